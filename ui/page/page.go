// Package page is what the root and its pages say to each other. Each page
// lives in a package below.
//
// A page is a screen. It gets an [Env] with each call: the newest snapshot,
// the time, how things look; it never gets a client, so it can call no cloud
// even by mistake. It answers a key press with a [Step] that the root takes.
package page

import (
	"time"

	"fntop/sources"
	"fntop/sources/console"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/filter"
	"fntop/ui/keys"
	"fntop/ui/theme"
)

// Env is the world as a page sees it at one moment. It and what it leads to
// must not be changed by a page.
type Env struct {
	// Snapshot is what is known; nil before the engine's first.
	Snapshot *fleet.Snapshot
	// Now is the time, in the zone that clock times are shown in.
	Now   time.Time
	Theme *theme.Theme
	Keys  *keys.Map
	// Window is what the figures of rows are computed over.
	Window sources.Window
	// Paused tells that the user holds the picture.
	Paused bool
	// Behind tells that the snapshot does not take the newest demand into
	// account yet: what is missing may still come.
	Behind bool
	// Spinner is the frame of the one spinner; empty while nothing spins.
	Spinner string
	// Price and Explain say what an invocation costs; see ui.Options. They
	// are never nil.
	Price   func(sources.Invocation, sources.Function) (usd float64, ok bool)
	Explain func(sources.Invocation, sources.Function) []string
}

// Function is what is known of a function, or nil.
func (e *Env) Function(id sources.FunctionID) *fleet.Function {
	if e.Snapshot == nil {
		return nil
	}
	return e.Snapshot.Get(id)
}

// In gives a time in the zone that clock times are shown in.
func (e *Env) In(t time.Time) time.Time { return t.In(e.Now.Location()) }

// Since is how long ago something was, never negative.
func (e *Env) Since(t time.Time) time.Duration { return max(e.Now.Sub(t), 0) }

// Step is what a page asks the root to do after a key press; nil for nothing.
type Step interface{ step() }

// OpenFunction opens a function, on the tab of that title; an empty one is the
// first. At is the moment that its charts are read at; zero for none.
type OpenFunction struct {
	Function sources.FunctionID
	Tab      string
	At       time.Time
}

// OpenInvocation opens one invocation. Known is what is known of it, which
// the snapshot may have let go.
type OpenInvocation struct {
	Function sources.FunctionID
	Known    sources.Invocation
	// Near is a moment within the invocation or close to it, such as the time
	// of one of its log lines, for when Known does not tell when it ran; zero
	// when there is none.
	Near time.Time
	// Window is the window of the list it was opened from, which goes on
	// being read.
	Window sources.Window
	// Filter is that of the list it was opened from: older and newer ones are
	// those that pass it.
	Filter filter.Invocations
}

// OpenTrace opens a trace; Title says what it belongs to.
type OpenTrace struct {
	Ref   poll.TraceRef
	Title string
}

// OpenTail follows the logs of functions, at most MostTailed of them.
type OpenTail struct{ Functions []sources.FunctionID }

// MostTailed is how many functions are followed line by line at once. Each is
// a call of FilterLogEvents every two seconds, of which the smallest regions
// allow five a second (CloudWatch Logs quotas, 2026).
const MostTailed = 20

// Zoom takes the next longer or shorter window for the figures of rows: By is
// 1 or -1.
type Zoom struct{ By int }

// Back closes the page.
type Back struct{}

// Copy puts text on the user's clipboard; What names it.
type Copy struct{ What, Text string }

// Link shows a link into the cloud's web console and copies it; What names
// where it leads. An empty URL is one that there is none for.
type Link struct{ What, URL string }

// LinkTo is the link to a function.
func LinkTo(id sources.FunctionID) Link {
	url, _ := console.Function(id)
	return Link{What: "the function", URL: url}
}

// Say tells the user something in passing.
type Say struct {
	Text string
	Bad  bool // something is wrong
	Done bool // what was asked for has been done
}

func (OpenFunction) step()   {}
func (OpenInvocation) step() {}
func (OpenTrace) step()      {}
func (OpenTail) step()       {}
func (Zoom) step()           {}
func (Back) step()           {}
func (Copy) step()           {}
func (Link) step()           {}
func (Say) step()            {}
