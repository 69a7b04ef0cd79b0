package sources

import (
	"context"
	"time"
)

// Lister lists the functions of a scope.
type Lister interface {
	// Functions hands each page of the catalogue to page as it comes, and
	// returns when the last one has been handed over. On an error the pages
	// handed over before it stand. An error from page ends the listing.
	Functions(ctx context.Context, page func([]Function) error) error
}

// MetricReader reads metrics.
type MetricReader interface {
	// Metrics answers the queries of one window, in batches as large as the
	// cloud takes. It returns what it got also when it returns an error: an
	// answer that is missing, or marked partial, is not known.
	Metrics(ctx context.Context, w MetricWindow) ([]MetricResult, error)
}

// LogReader reads log events.
type LogReader interface {
	// Logs hands pages of events over as they come. Pages may overlap those
	// of an earlier call: events are told apart by their ID.
	Logs(ctx context.Context, q LogQuery, page func(LogPage) error) error
}

// Tailer follows log events as they come in.
type Tailer interface {
	// Tail hands over what the functions log from now on, about once a second,
	// until ctx ends or something goes wrong; it returns with an error either
	// way, and nothing of it runs on. A session of the cloud that has run as
	// long as it may is renewed. update is called by one goroutine at a time;
	// when it is slow the cloud drops what it cannot hand over, without a
	// word. An error from update ends the tail.
	//
	// It costs money for every minute begun, whether anything is logged or
	// not.
	Tail(ctx context.Context, q TailQuery, update func(TailUpdate) error) error
}

// Correlator turns the log events of one function into invocations. It takes
// events in any order, with duplicates, over any number of calls. It is used
// by one goroutine.
type Correlator interface {
	// Add takes events and gives the invocations that are new or have changed.
	Add(events []LogEvent) []Invocation
}

// InvocationReader is the ability to make invocations out of log events.
type InvocationReader interface {
	// Correlator makes a fresh correlator for the function.
	Correlator(fn Function) Correlator
}

// TraceReader reads traces.
type TraceReader interface {
	// Traces fetches traces by ID. Those that are not found are missing from
	// the result.
	Traces(ctx context.Context, ids []string) ([]Trace, error)
	// TraceSummaries searches traces of a function, newest first.
	TraceSummaries(ctx context.Context, q TraceQuery) ([]TraceSummary, error)
}

// Source is one scope of one cloud: an account in a region.
type Source interface {
	Lister
	MetricReader
	LogReader
	InvocationReader
	TraceReader
	// Scope is the account and region this source reads.
	Scope() Scope
}

// Place is a scope that has been asked for and may not be open yet: the
// account behind a profile is only known after a call.
type Place struct {
	// Label is what the user asked for, such as "us-east-1" or
	// "prod/us-east-1".
	Label  string
	Region string
	// Open finds credentials and account. It may be called again after it has
	// failed.
	Open func(ctx context.Context) (Source, error)
}

// Window is a span of time that a view shows. A zero Until means now.
type Window struct {
	Since time.Duration
	Until time.Time
}

// At gives the ends of the window at the given time, in whole minutes.
func (w Window) At(now time.Time) (start, end time.Time) {
	end = w.Until
	if end.IsZero() {
		end = now
	}
	return MinutesOf(end.Add(-w.Since), end)
}
