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
	Activity                // which functions of a scope live at all
	Metrics                 // metrics of functions
	Ranking                 // which functions have the most of a metric
	Cold                    // reports of cold starts of a function
	Invocations             // platform log lines of a function
	Lines                   // log lines of one invocation
	Tail                    // all log lines of a function
	Traces                  // traces by ID
	TraceList               // which traces went through a function

	Changes      // what was done to the functions of a scope
	Tags         // the tags of a scope's functions
	EventSources // the event source mappings of a scope
	Triggers     // what else invokes a function
	Limits       // how many invocations may run at once in a scope
	Concurrency  // how the concurrency of a function is set
)

var kindNames = [...]string{ //nolint:gochecknoglobals // constant table
	"catalogue", "activity", "metrics", "ranking", "cold", "invocations", "lines", "tail", "traces", "trace list",
	"changes", "tags", "event sources", "triggers", "limits", "concurrency",
}

// String is the kind's name for logs.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// Purpose is what a request is for, in the words of the bill.
type Purpose string

// The purposes.
const (
	ForNames  Purpose = "names of functions"
	ForTotals Purpose = "totals of the fleet"
	ForRows   Purpose = "rows on the screen"
	ForRest   Purpose = "rows off the screen"
	ForCold   Purpose = "cold starts of rows"
	// ForFailures finds out who fails when the errors of a scope have risen.
	ForFailures Purpose = "who fails"
	ForCharts   Purpose = "charts of a function"
	ForLog      Purpose = "invocations of a function"
	ForTail     Purpose = "live tail of a function"
	ForLines    Purpose = "log lines of an invocation"
	ForTailed   Purpose = "log lines of functions"
	ForTraces   Purpose = "traces"
	// ForSpend reads the hourly metrics of the month, and a sample of reports.
	ForSpend Purpose = "the month's cost"
	// ForBefore is the charts of an earlier window, to compare with.
	ForBefore      Purpose = "charts of an earlier window"
	ForChanges     Purpose = "changes of functions"
	ForHistory     Purpose = "earlier changes of functions"
	ForTags        Purpose = "tags of functions"
	ForTriggers    Purpose = "triggers of a function"
	ForRowTriggers Purpose = "triggers of rows"
	ForLimits      Purpose = "limits of concurrency"
)

// Request is one call to make on one scope. The fields beside Kind, Scope and
// For belong to some kinds only, as noted.
type Request struct {
	Kind  Kind
	Scope sources.Scope // that is asked
	For   Purpose

	Metrics sources.MetricWindow // Metrics
	// Whole marks a Metrics request for figures over all of a demanded window
	// in one point each; Until is that window's fixed end, zero when it moves.
	Whole bool
	Until time.Time
	// Before marks a Metrics request for the series of a window so much earlier
	// than the one that is looked at.
	Before time.Duration

	Rank sources.RankQuery // Ranking

	Function sources.FunctionID // Cold, Invocations, Lines, Tail, TraceList, Triggers, Concurrency
	Invoked  InvocationRef      // Lines
	Traces   []string           // Traces: their IDs

	Start, End time.Time // Cold, Invocations, Lines, Tail, TraceList, Changes: the span to read
	Limit      int       // Invocations, Tail, TraceList: newest so many; 0 means all
	// Deep goes back far over what has been read (Tail), or on to before it
	// (TraceList).
	Deep bool
	Anew bool // TraceList: what has been read before is let go of

	// Billed is what the request is billed, in the price of a metric; 0 for
	// calls that are free.
	Billed int
}

// Urgency is which requests go first where they queue for a quota.
func (r Request) Urgency() sources.Urgency {
	switch r.For {
	case ForTriggers:
		if r.Kind == EventSources { // of the whole scope
			return sources.Visible
		}
		return sources.Focused
	case ForCharts, ForLog, ForTail, ForTailed, ForLines, ForTraces, ForLimits:
		return sources.Focused
	case ForRows, ForTotals, ForCold, ForFailures, ForBefore, ForChanges, ForTags:
		return sources.Visible
	case ForNames:
		if r.Kind == Activity { // the first screen waits for it
			return sources.Visible
		}
	case ForRest, ForRowTriggers, ForHistory, ForSpend:
	}
	return sources.Background
}

// Lane is where requests queue: a slow region, or a slow kind of call, delays
// no other, and what is off the screen delays nothing that is on it.
type Lane struct {
	Scope sources.Scope
	Kind  Kind
	Rest  bool
}

// Lane is the lane of the request.
func (r Request) Lane() Lane {
	return Lane{r.Scope, r.Kind, r.For == ForRest || r.For == ForRowTriggers}
}

// Width is how many requests of a lane may be under way at once.
func (l Lane) Width() int {
	switch l.Kind {
	case Catalogue, Activity, Ranking, Changes, Tags, EventSources, Limits:
		return 1
	case Metrics, Cold, Invocations, Tail:
		return 4
	case Lines, Traces, TraceList, Triggers, Concurrency:
		return 2
	}
	return 1
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
	// Pace is how often things are asked for, and PerHour what an hour
	// of that costs once everything has been asked for, in the price of a
	// billed metric.
	Pace    Pace
	PerHour float64
	rest    restNote
}

// Budget is what may be spent. The zero Budget has no limit.
type Budget struct {
	// Free allows only calls that cost nothing.
	Free bool
	// Limited tells whether there is a ceiling: Left is how many billed
	// metrics may still be asked for now, and PerMinute how many become
	// available each minute.
	Limited   bool
	Left      int
	PerMinute float64
	// Every is the least time between two readings of the same metric. Less
	// than a minute means a minute: that is how often metrics have a point.
	Every time.Duration
}

// Known is what the planner needs to know of the fleet.
type Known interface {
	// Scopes are the scopes that are open, in the user's order.
	Scopes() []sources.Scope
	// Reads tells whether the scope can be asked for Changes, Tags,
	// EventSources, Triggers, Limits or Concurrency.
	Reads(s sources.Scope, k Kind) bool
	// TellsActivity tells whether the scope can say which functions live.
	TellsActivity(s sources.Scope) bool
	// Ranks tells whether the scope can rank its functions.
	Ranks(s sources.Scope) bool
	// ErrorsRose tells whether the errors of the whole scope have risen just
	// now, against the rest of the window.
	ErrorsRose(s sources.Scope, w sources.Window, now time.Time) bool
	// Functions are all functions, in the order of discovery.
	Functions() []sources.FunctionID
	// Listed is how many functions the scope's catalogue has.
	Listed(s sources.Scope) int
	// Reader is the scope through which the function is read: its own, or one
	// that observes it.
	Reader(id sources.FunctionID) sources.Scope
	// Readable tells whether the function's log group is known.
	Readable(id sources.FunctionID) bool
	// Tailing tells whether the function's log comes in by a live tail.
	Tailing(id sources.FunctionID) bool
	// TailSessions is how many live tails run: one may follow several logs.
	TailSessions() int
	// Active tells whether the function had a datapoint within
	// sources.ActiveSpan; known is false while nobody has said.
	Active(id sources.FunctionID) (active, known bool)
	// Idle tells whether the function is known to have had no invocation in
	// the window.
	Idle(id sources.FunctionID, w sources.Window) bool
	// Timeout is the function's timeout; 0 while it is not known.
	Timeout(id sources.FunctionID) time.Duration
	// ColdFrom is since when cold starts are known; zero when they are not.
	ColdFrom(id sources.FunctionID) time.Time
}
