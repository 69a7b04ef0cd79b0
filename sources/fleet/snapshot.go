// Package fleet keeps what is known about functions and hands it out as
// immutable snapshots. A Fleet has one writer, the engine; a [Snapshot] and
// everything it leads to never changes and may be read from anywhere.
package fleet

import (
	"maps"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/poll"
)

// Snapshot is what was known at one moment. Snapshots share what has not
// changed between them.
type Snapshot struct {
	At     time.Time // the engine's time of publication, UTC
	Places []Place   // in the order the user named them
	Bill   meter.Bill
	// InFlight is the number of requests that have not been answered yet.
	InFlight int
	// OverBudget counts what is wanted and was left out because of the budget.
	OverBudget int
	// Pace is how often figures are asked for, and MetricsPerHour what an
	// hour of that costs, in the price of a billed metric.
	Pace           poll.Pace
	MetricsPerHour float64
	// Journal is the log lines of the functions that are followed line by line;
	// nil while nobody follows any.
	Journal *Journal
	// Spending is what the functions cost in the month; nil while nobody has
	// asked.
	Spending *Spending
	// Settled means that everything demanded up to demand number Demand was
	// asked for and answered, well or badly, and nothing is due now.
	Settled bool
	// Demand is the number of the newest demand of this viewer that the
	// snapshot takes into account, as Viewer.Want returned it.
	Demand int

	chunks [][]*Function
	index  map[sources.FunctionID]int
	lines  map[lineKey]*Lines
	traces map[poll.TraceRef]*Trace

	changes []sources.Change // newest first
}

type lineKey struct {
	function sources.FunctionID
	key      sources.InvocationKey
}

// PlaceState is how far a place has come.
type PlaceState int

// The states of a place.
const (
	Opening PlaceState = iota // credentials and account are being found
	Open                      // it answers
	Failed                    // it could not be opened; Err says why; it is tried again
)

// Place is an account in a region, as far as it is open.
type Place struct {
	Label   string // what the user asked for
	Cloud   sources.Cloud
	Region  string
	Account string // empty while unknown
	// AccountName is the account's alias; empty when it has none, or it was not
	// told.
	AccountName string
	State       PlaceState
	Err         error // of opening; nil while fine
	Listed      int   // functions in the catalogue so far
	Complete    bool  // the catalogue has been read to its end at least once
	Catalog     Health
	Activity    Health // of asking which functions live
	Metrics     Health
	Logs        Health
	Traces      Health
	Changes     Health // of asking what was done to functions
	Tags        Health
	Triggers    Health // of asking for event source mappings
	Concurrency Health // of asking for limits and settings of concurrency
	// Limits are the limits of concurrency of the place.
	Limits sources.Opt[sources.ConcurrencyLimits]
	// Total is the figures of all its functions together, by window; nil when
	// nobody has asked.
	Total *Function
}

// Health is how the last calls for one kind of data went.
type Health struct {
	Good time.Time // last success, UTC; zero when there was none
	Bad  time.Time // last failure after Good; zero when there was none
	Err  error     // of the last call; nil when it succeeded
}

// Function is what is known about one function.
type Function struct {
	ID sources.FunctionID
	// Config is the configuration. Until Configured it holds only the ID: the
	// function is known from its metrics and has not been listed yet.
	Config     sources.Function
	Configured bool
	Gone       bool // no longer in the catalogue
	// Active is whether the function had a datapoint within the three hours
	// before it was last looked at; unknown while it has not been.
	Active sources.Opt[bool]
	// Reader is the scope through which the function is read: its own, or that
	// of an account that observes it.
	Reader sources.Scope

	Metrics Health // metrics of this function
	Cold    Health // its cold-start reports
	Logs    Health // its invocations

	// Invocations are the newest known ones, newest first. Only a focused
	// function has them, and keeps them while it is wanted again.
	Invocations []sources.Invocation
	// InvocationsThrough is up to when the log has been read, and
	// InvocationsFrom since when it has been read without a gap; zero when not.
	InvocationsFrom    time.Time
	InvocationsThrough time.Time
	// InvocationsDropped counts older ones that were let go to bound memory,
	// or were never read because the log holds more than is shown.
	InvocationsDropped int
	// Traces are the newest traces that went through it, newest first, up to
	// 500. Only a focused function has them, and keeps them while it is wanted
	// again. They are known between TracesFrom and TracesThrough without a
	// gap; both are zero while nobody has searched. Searched is how searching
	// went; its Good is the first success since a failure.
	Traces        []sources.TraceSummary
	TracesFrom    time.Time
	TracesThrough time.Time
	Searched      Health
	// Tail is the live tail of its log.
	Tail Tail

	// Changes are what was done to the function, newest first, since
	// ChangesFrom; that is zero while nobody has asked.
	Changes     []sources.Change
	ChangesFrom time.Time
	// Tagged tells that Config.Tags are known; a function without tags then
	// has none.
	Tagged bool
	// Triggers are what invokes the function, in a stable order. Mapped tells
	// that its event source mappings are among them, and Triggered how asking
	// for the others went; its Good is the first success since a failure.
	Triggers  []sources.Trigger
	Mapped    bool
	Triggered Health
	// Concurrency is its settings of concurrency.
	Concurrency sources.Opt[sources.FunctionConcurrency]

	// ColdStarts are the cold starts whose reports have been read, oldest
	// first, from ColdFrom to ColdThrough without a gap; both are zero when
	// none have been read.
	ColdStarts  []ColdStart
	ColdFrom    time.Time
	ColdThrough time.Time

	rows   []windowRow
	series map[seriesKey]*series
}

// ColdStart is an invocation whose report shows an init or a restore.
type ColdStart struct {
	At   time.Time     // the handler started
	Init time.Duration // the init, or the restore
}

type windowRow struct {
	window sources.Window
	row    Row
}

// Row is the figures of one function over one window. What is not known is
// an empty Opt.
type Row struct {
	Start, End  time.Time // the window the figures are of, whole minutes
	Invocations sources.Opt[int64]
	Errors      sources.Opt[int64]
	Throttles   sources.Opt[int64]
	// PerMinute is invocations a minute in each step from Start. A step
	// without traffic is 0; one that is not known yet is NaN.
	PerMinute []float64
	Step      time.Duration // length of one step; a minute for windows up to three hours
	// LastMinute is the invocations of the newest minute that is complete.
	LastMinute  sources.Opt[float64]
	DurationSum sources.Opt[time.Duration]
	Average     sources.Opt[time.Duration]
	P50         sources.Opt[time.Duration]
	P95         sources.Opt[time.Duration]
	P99         sources.Opt[time.Duration]
	Concurrency sources.Opt[int] // highest at any moment
	ColdStarts  sources.Opt[int64]
	// ColdRate is ColdStarts per invocation, 0 to 1.
	ColdRate sources.Opt[float64]
	InitP50  sources.Opt[time.Duration]
	InitP95  sources.Opt[time.Duration]
	// CostUSD is what the invocations of the window cost by the public price
	// list; CostPerMillion is for a million like them.
	CostUSD        sources.Opt[float64]
	CostPerMillion sources.Opt[float64]
	// MetricsAge is how old the newest metric minute is.
	MetricsAge sources.Opt[time.Duration]

	initSum time.Duration // of the known cold starts
}

type seriesKey struct {
	metric sources.Metric
	stat   sources.Stat
	period time.Duration
	before time.Duration // of windows so much earlier: a run of its own
}

// Lines is the log lines of one invocation.
type Lines struct {
	Events   []sources.LogEvent // in time order, as in the stream
	Health   Health
	Complete bool // the report has been read: no more will come
	Loading  bool
	Cut      bool // there are more lines than are kept
}

// Trace is a trace as far as it has been fetched.
type Trace struct {
	Trace   sources.Trace
	Found   bool
	Loading bool
	Health  Health
}

const chunkSize = 128

// Len is the number of functions known, those that are gone included.
func (s *Snapshot) Len() int {
	if len(s.chunks) == 0 {
		return 0
	}
	last := len(s.chunks) - 1
	return last*chunkSize + len(s.chunks[last])
}

// Function gives the i-th function, 0 ≤ i < Len. The order is the order of
// discovery, and stays.
func (s *Snapshot) Function(i int) *Function { return s.chunks[i/chunkSize][i%chunkSize] }

// Get gives the function of this ID, or nil.
func (s *Snapshot) Get(id sources.FunctionID) *Function {
	i, ok := s.index[id]
	if !ok {
		return nil
	}
	return s.Function(i)
}

// Lines gives the log lines of an invocation, or nil when they have not been
// asked for.
func (s *Snapshot) Lines(fn sources.FunctionID, key sources.InvocationKey) *Lines {
	return s.lines[lineKey{fn, key}]
}

// Trace gives a trace, or nil when it has not been asked for.
func (s *Snapshot) Trace(ref poll.TraceRef) *Trace { return s.traces[ref] }

// Row gives the figures over a window, all unknown when nobody has demanded
// this window.
func (f *Function) Row(w sources.Window) Row {
	for i := range f.rows {
		if f.rows[i].window == w {
			return f.rows[i].row
		}
	}
	return Row{}
}

// Points gives the points of a series in time order, and the span that has
// been read: within it, a period without a point had no samples. ok is false
// when nothing has been read.
func (f *Function) Points(m sources.Metric, st sources.Stat, period time.Duration) (points []sources.Point, from, through time.Time, ok bool) {
	return f.PointsBefore(m, st, period, 0)
}

// PointsBefore is Points of a series that was asked for so much earlier, to
// compare with (poll.Focus, Before). The points have the times they are of.
func (f *Function) PointsBefore(m sources.Metric, st sources.Stat, period, before time.Duration) (points []sources.Point, from, through time.Time, ok bool) {
	s := f.series[seriesKey{m, st, period, before}]
	if s == nil {
		return nil, time.Time{}, time.Time{}, false
	}
	return s.points, s.from, s.through, true
}

// series is an immutable run of points; from and through bound what has been
// read without a gap.
type series struct {
	points        []sources.Point
	from, through time.Time
	read          time.Time // when the newest of it was read
}

// final is up to when a step without a point had no samples: the points of
// later ones may have been on their way when they were read.
func (s *series) final() time.Time { return earlier(s.through, s.read.Add(-settled)) }

// WithRow gives a copy of the function that has these figures for the window.
func (f *Function) WithRow(w sources.Window, r Row) *Function {
	c := *f
	c.rows = make([]windowRow, 0, len(f.rows)+1)
	for _, have := range f.rows {
		if have.window != w {
			c.rows = append(c.rows, have)
		}
	}
	c.rows = append(c.rows, windowRow{w, r})
	return &c
}

// WithPoints gives a copy of the function that has this series, read without
// a gap between from and through.
func (f *Function) WithPoints(m sources.Metric, st sources.Stat, period time.Duration, points []sources.Point, from, through time.Time) *Function {
	return f.WithPointsBefore(m, st, period, 0, points, from, through)
}

// WithPointsBefore is WithPoints of a series so much earlier, as PointsBefore
// gives it.
func (f *Function) WithPointsBefore(m sources.Metric, st sources.Stat, period, before time.Duration, points []sources.Point, from, through time.Time) *Function {
	c := *f
	c.series = make(map[seriesKey]*series, len(f.series)+1)
	maps.Copy(c.series, f.series)
	c.series[seriesKey{m, st, period, before}] = &series{points, from, through, through.Add(settled)}
	return &c
}

// Assemble makes a snapshot of these parts; the fields of head are kept. It
// is how a replay and the tests of views make snapshots without an engine.
func Assemble(head Snapshot, functions []*Function, lines map[sources.FunctionID]map[sources.InvocationKey]*Lines, traces map[poll.TraceRef]*Trace) *Snapshot {
	s := head
	s.index = make(map[sources.FunctionID]int, len(functions))
	s.chunks = nil
	var changes []sources.Change
	for i, f := range functions {
		changes = append(changes, f.Changes...)
		if i%chunkSize == 0 {
			s.chunks = append(s.chunks, nil)
		}
		s.chunks[i/chunkSize] = append(s.chunks[i/chunkSize], f)
		s.index[f.ID] = i
	}
	s.lines = make(map[lineKey]*Lines)
	for id, byKey := range lines {
		for key, l := range byKey {
			s.lines[lineKey{id, key}] = l
		}
	}
	s.traces = traces
	slices.SortStableFunc(changes, byNewest)
	s.changes = listed(changes)
	return &s
}
