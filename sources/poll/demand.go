// Package poll plans: given what viewers want, what is known, what may be
// spent and what time it is, it says which calls to make next. It is pure: it
// does no I/O and reads no clock.
package poll

import (
	"time"

	"fntop/sources"
)

// Demand is what one viewer wants to see. The engine merges the demands of
// all viewers, so that what several want is asked for once. The zero Demand
// wants nothing.
type Demand struct {
	// Catalogue asks for the list of functions.
	Catalogue bool
	// Window is the span the rows are computed over.
	Window sources.Window
	// Rows are the functions whose figures are wanted, most wanted first: the
	// rows on the screen in their order.
	Rows []sources.FunctionID
	// Concurrency asks for the highest concurrency of each row as well, which
	// costs one metric more a row.
	Concurrency bool
	// AllRows asks for the traffic of every function that lives, now and then:
	// enough to sort by.
	AllRows bool
	// Totals asks for the figures of all functions together over Window.
	Totals bool
	// Focus is the functions whose detail is open.
	Focus []Focus
	// Tail are functions all of whose log lines are followed.
	Tail []TailRef
	// Lines are invocations whose log lines are open.
	Lines []InvocationRef
	// Traces are traces that are open.
	Traces []TraceRef
	// Changes asks for what was done to the functions of every scope since the
	// earliest window of the demand began.
	Changes bool
	// Tags asks for the tags of all functions, now and then.
	Tags bool
	// Triggers asks for what invokes the rows and the functions in focus.
	Triggers bool
	// Spending asks for what the functions cost in the month.
	Spending Spending
	// Unseen means that nobody is looking just now (the terminal has lost the
	// focus): everything is asked for at a third of the pace.
	Unseen bool
	// Refresh is raised by one each time the user asks for fresh data now.
	Refresh int
}

// Focus is a function whose detail is open.
type Focus struct {
	Function sources.FunctionID
	// Charts asks for the series of the charts over Window.
	Charts bool
	// Invocations asks for the invocations of Window, followed live when
	// Window has no end.
	Invocations bool
	// Tail asks for a live tail of the log, which costs money by the minute,
	// beside Invocations.
	Tail bool
	// Limit is how many of the newest invocations are wanted; 0 means all.
	Limit  int
	Window sources.Window
	// TraceList asks for the newest traces that went through the function in
	// Window, up to [NewestTraces], which costs money.
	TraceList bool
	// Limits asks for the concurrency settings of the function and the limits
	// of its scope.
	Limits bool
	// Before asks for the charts of the same window so much earlier too; 0 for
	// nothing.
	Before time.Duration
}

// InvocationRef names one invocation whose log lines are wanted.
type InvocationRef struct {
	Function    sources.FunctionID
	Key         sources.InvocationKey
	Environment string    // its log stream
	Start       time.Time // the span to look in, UTC
	End         time.Time // zero while it runs
}

// TraceRef names a trace.
type TraceRef struct {
	Scope sources.Scope
	ID    string
}

// Spending is what is wanted of the month's cost. The zero Spending wants
// nothing.
type Spending struct {
	// All asks for the cost of all functions, and Function for that of one; its
	// zero value for none.
	All      bool
	Function sources.FunctionID
	// Read has it read, which costs money. Without it only what reading costs
	// is found out.
	Read bool
}

// Wanted tells whether anything is.
func (s Spending) Wanted() bool { return s.All || s.Function != (sources.FunctionID{}) }
