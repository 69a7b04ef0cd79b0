// Package events finds what happened to functions: deploys and other changes,
// spikes of cold starts and of errors, first errors, throttling that began, and
// functions that fell silent. It is pure, and an event carries the counts that
// it was told by.
//
// # How
//
// Whatever is counted is set against the [Lead] steps before it, which are what
// is usual. A spike is a count that a steady function has less than once in ten
// million such steps (see improbable), that is at least three times the usual,
// and clearly more than any stretch as long among the steps before: bursts that
// come again and again are usual. Errors are set against invocations, so that
// more traffic alone makes no spike of them; cold starts against time.
//
// A step is judged by what was before it and never again otherwise, so that an
// event neither comes late nor goes before it leaves the window. What has not
// been read is not taken for silence.
package events

import (
	"time"

	"fntop/sources"
)

// Kind is what happened.
type Kind string

// The kinds of event.
const (
	Deploy      Kind = "deploy"       // new code, see sources.Change.Deploy
	Changed     Kind = "change"       // anything else that somebody did
	ColdStarts  Kind = "cold-starts"  // far more than usual
	Errors      Kind = "errors"       // far more per invocation than usual
	FirstErrors Kind = "first-errors" // there were none before
	Throttles   Kind = "throttles"    // there were none before
	Silence     Kind = "silence"      // no invocations, where some were usual
)

// Event is something that happened to a function.
type Event struct {
	Function sources.FunctionID
	Kind     Kind
	// Start is when it began, and End up to when it has been seen to go on,
	// UTC. Those of spikes are at the grid of the metrics; those of changes are
	// the times of the first and the last of them.
	Start, End time.Time
	// Count is the cold starts, errors or throttles from Start to End, or how
	// many changes there were; 0 for silence.
	Count int64
	// Of is the invocations between Start and End, for errors.
	Of int64
	// Usual is how many there would have been as usual: of cold starts in as
	// long a time, of errors in as many invocations, of invocations where there
	// is silence. Lead is how long a time before Start that was told by.
	Usual float64
	Lead  time.Duration
	// Change is the newest of the changes, with a version and an alias of any
	// of them; of a spike, the deploy that came shortly before it, or nil.
	Change *sources.Change
}

// Lead is how many steps before something tell what is usual.
const Lead = 30

const (
	// warm is how many steps must have been read before anything is judged.
	// What begins before Lead steps is not told: it may have begun earlier.
	warm = 10
	// rare is the probability under which a count is no chance. A fleet of ten
	// thousand functions has a million or so steps an hour to judge; most have
	// nothing that could be a spike.
	rare = 1e-7
	// least and times are what a spike must have at least to be worth a word.
	least = 5
	times = 3
	// clearly is how many times more a spike must be than any before it.
	clearly = 1.5
	// quiet is after how many usual steps a spike is over.
	quiet = 5
	// together is how far apart what belongs to one deploy may be, and after
	// how far how long after one a spike is told with it.
	together = 10 * time.Minute
	after    = 15 * time.Minute
	// settled is how long after its end a step without a point may still get
	// one.
	settled = 3 * time.Minute
)
