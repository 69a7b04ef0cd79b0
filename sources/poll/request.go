package poll

import (
	"time"

	"fntop/sources"
)

// Kind is what a request asks for.
type Kind int

// The kinds of request.
const (
	Catalogue   Kind = iota // the functions of a scope
	Metrics                 // metrics of functions
	Cold                    // reports of cold starts of a function
	Invocations             // platform log lines of a function
	Lines                   // log lines of one invocation
	Traces                  // traces by ID
)

var kindNames = [...]string{"catalogue", "metrics", "cold", "invocations", "lines", "traces"} //nolint:gochecknoglobals // constant table

// String is the kind's name for logs.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// Request is one call to make on one scope. The fields beside Kind and Scope
// belong to some kinds only, as noted.
type Request struct {
	Kind  Kind
	Scope sources.Scope

	Metrics sources.MetricWindow // Metrics
	// Whole marks a Metrics request for figures over all of a demanded window
	// in one point each; Until is that window's fixed end, zero when it moves.
	Whole bool
	Until time.Time

	Function sources.FunctionID // Cold, Invocations, Lines
	Invoked  InvocationRef      // Lines
	Traces   []string           // Traces: their IDs

	Start, End time.Time // Cold, Invocations, Lines: the span to read
	Limit      int       // Invocations: newest so many; 0 means all

	// Billed is how many metrics the request is billed for; 0 for calls that
	// are free.
	Billed int
}

// Plan is what to do now.
type Plan struct {
	// Requests are due, most urgent first.
	Requests []Request
	// Next is when something more becomes due; zero when nothing will unless
	// demands or knowledge change.
	Next time.Time
	// Pending counts what is demanded and has never been answered.
	Pending int
	// OverBudget counts requests that were left out because of the budget.
	OverBudget int
	// BackgroundRest is until when nothing in the background becomes due; zero
	// when something is due or under way. See Ledger.Rest.
	BackgroundRest  time.Time
	backgroundCount int
}

// Budget is what may be spent. The zero Budget has no limit.
type Budget struct {
	// Free allows only calls that cost nothing.
	Free bool
	// Limited tells whether Left is a ceiling; Left is how many billed metrics
	// may still be asked for now.
	Limited bool
	Left    int
}

// Known is what the planner needs to know of the fleet.
type Known interface {
	// Scopes are the scopes that are open, in the user's order.
	Scopes() []sources.Scope
	// Functions are all functions, in the order of discovery.
	Functions() []sources.FunctionID
	// Readable tells whether the function's log group is known.
	Readable(id sources.FunctionID) bool
	// Idle tells whether the function is known to have had no invocation in
	// the window.
	Idle(id sources.FunctionID, w sources.Window) bool
	// Timeout is the function's timeout; 0 while it is not known.
	Timeout(id sources.FunctionID) time.Duration
	// ColdFrom is since when cold starts are known; zero when they are not.
	ColdFrom(id sources.FunctionID) time.Time
}
