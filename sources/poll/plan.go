package poll

import (
	"slices"
	"time"

	"fntop/sources"
)

// Overlaps of log reads: events become readable some seconds after their
// time, so each read goes back a little, and now and then a good deal.
const (
	followOverlap = 15 * time.Second
	deepOverlap   = 90 * time.Second
	deepEvery     = 30 * time.Second
	coldOverlap   = 90 * time.Second
	// catchUp is the longest gap that following a log reads as a whole.
	catchUp = 2 * time.Minute
)

// maxQueries is how many statistics one GetMetricData call takes (CloudWatch
// API reference: 500 MetricDataQuery structures). Larger requests would be
// split behind the planner's back and answered later.
const maxQueries = 500

// unfinishedTries bounds how often a trace or an invocation's log is asked
// for again while it is not complete.
const unfinishedTries = 40

// Make plans: what to ask now so that the demands are met, most urgent
// first. It changes nothing.
func Make(now time.Time, demands []Demand, led *Ledger, known Known, budget Budget) Plan {
	p := planner{now: now, ledger: led, known: known, budget: budget, open: known.Scopes(), merged: make(map[seriesKey]bool, 256), taken: make(map[taken]bool, 64)}
	p.unseen = len(demands) > 0
	for _, d := range demands {
		p.unseen = p.unseen && d.Unseen
		p.catalogue = p.catalogue || d.Catalogue
	}
	p.gates()
	p.setPace(demands)
	for _, d := range demands {
		p.details(d)
	}
	for _, d := range demands {
		p.focus(d)
	}
	p.tails(demands)
	p.traceLists(demands)
	for _, d := range demands {
		p.totals(d)
	}
	for _, d := range demands {
		p.rows(d)
	}
	p.flush()
	p.activity(demands)
	p.rankings(demands)
	p.coldRows(demands)
	p.facts(demands)
	p.list()
	p.rest(demands)
	return p.plan
}

type planner struct {
	now       time.Time
	ledger    *Ledger
	known     Known
	budget    Budget
	plan      Plan
	open      []sources.Scope
	gate      map[sources.Scope]gate
	catalogue bool
	unseen    bool
	merged    map[seriesKey]bool // series planned already, for several viewers
	taken     map[taken]bool     // other things planned already
	seen      map[sources.FunctionID]bool
	batches   []batch // Metrics requests being filled
	filling   map[batchKey]int

	// reserve is how many metrics of a budget the rest leaves to the screen.
	reserve int
	// While the rest is planned: slack is by how much sooner things are due,
	// onlyNew leaves out what has been answered well, and retry is when the
	// first that failed may be asked again.
	slack   time.Duration
	onlyNew bool
	retry   time.Time
}

// taken names what a request other than Metrics asks for.
type taken struct {
	kind     Kind
	function sources.FunctionID
	key      sources.InvocationKey
	trace    TraceRef
}

// batch is a Metrics request being filled.
type batch struct {
	request    Request
	statistics int
}

// batchKey is what queries of one request must share.
type batchKey struct {
	scope      sources.Scope
	purpose    Purpose
	start, end time.Time
	whole      bool
	until      time.Time
	before     time.Duration
}

// first tells whether nobody before has planned this in this plan.
func (p *planner) first(t taken) bool {
	if p.taken[t] {
		return false
	}
	p.taken[t] = true
	return true
}

// longestRetry bounds how long after a failure something is left alone. What
// would have to wait longer was noted before the clock was set back.
const longestRetry = 10 * time.Minute

// due tells whether an entry may be asked for now, at the given pace, and
// notes when it will be if not. A pace of zero means once.
func (p *planner) due(e *entry, pace time.Duration) bool {
	if e == nil {
		p.plan.Pending++
		return true
	}
	if !e.answered {
		p.plan.Pending++
	}
	if e.inFlight {
		return false
	}
	if e.fails > 0 {
		if e.retry.After(p.now) && e.retry.Before(p.now.Add(longestRetry)) {
			p.wake(e.retry)
			p.retry = sooner(p.retry, e.retry)
			return false
		}
		return true
	}
	if e.asked.IsZero() || e.asked.After(p.now) { // never, or before the clock was set back
		return true
	}
	if e.answered && (pace == 0 || p.onlyNew) {
		return false
	}
	if next := e.asked.Add(p.every(pace) - p.slack); next.After(p.now) {
		p.wake(next)
		return false
	}
	return true
}

func (p *planner) wake(t time.Time) { p.plan.Next = sooner(p.plan.Next, t) }

// sooner is the earlier of two times, of which the first may be zero.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// ask puts a request into the plan.
func (p *planner) ask(r Request) {
	p.plan.Requests = append(p.plan.Requests, r)
	p.asked(r.Scope)
}

// list plans the catalogue of each open scope.
func (p *planner) list() {
	if !p.catalogue {
		return
	}
	for _, s := range p.open {
		if p.isOpen(s) && p.due(p.ledger.catalogue[s], p.relist(s)) {
			p.ask(Request{Kind: Catalogue, Scope: s, For: ForNames})
		}
	}
}

// details plans what a person has opened and is waiting for: traces and the
// log lines of invocations.
func (p *planner) details(d Demand) {
	for _, ref := range d.Traces {
		e := p.ledger.traces[ref]
		if !p.isOpen(ref.Scope) || e != nil && (e.done || e.tries >= unfinishedTries) {
			continue
		}
		if p.budget.Free {
			p.plan.OverBudget++ // X-Ray counts traces that are retrieved
			continue
		}
		if p.first(taken{kind: Traces, trace: ref}) && p.due(e, tracePace(e)) {
			p.ask(Request{Kind: Traces, Scope: ref.Scope, For: ForTraces, Traces: []string{ref.ID}})
		}
	}
	for _, ref := range d.Lines {
		e := p.ledger.lines[lineKey{ref.Function, ref.Key}]
		if !p.isOpen(p.known.Reader(ref.Function)) || e != nil && (e.done || e.tries >= unfinishedTries) {
			continue
		}
		if !p.known.Readable(ref.Function) {
			p.plan.Pending++
			continue
		}
		if p.first(taken{kind: Lines, function: ref.Function, key: ref.Key}) && p.due(e, followEvery) {
			end := ref.End
			if end.IsZero() {
				end = p.now
			}
			p.ask(Request{Kind: Lines, Scope: p.known.Reader(ref.Function), For: ForLines, Function: ref.Function, Invoked: ref, Start: ref.Start, End: end})
		}
	}
}

// tracePace asks for an unfinished trace less and less often: it is
// searchable within seconds and complete within a minute or so.
func tracePace(e *entry) time.Duration {
	if e == nil {
		return 0
	}
	return min(2*time.Second<<min(e.tries/3, 4), 30*time.Second)
}

// focus plans the charts and the live log of the functions in focus.
func (p *planner) focus(d Demand) {
	for _, f := range d.Focus {
		if !p.isOpen(p.known.Reader(f.Function)) {
			continue
		}
		if f.Invocations && p.first(taken{kind: Invocations, function: f.Function}) {
			p.followLog(f)
		}
		if f.Charts {
			p.chart(f)
		}
		if f.Charts && f.Before > 0 {
			p.chartBefore(f)
		}
	}
	p.flush()
}

func (p *planner) followLog(f Focus) {
	e := p.ledger.follow[f.Function]
	if !p.known.Readable(f.Function) {
		p.plan.Pending++
		return
	}
	if !f.Window.Until.IsZero() {
		p.pastLog(f, e)
		return
	}
	pace := followEvery
	if f.Tail && p.known.Tailing(f.Function) {
		pace = tailedEvery
	}
	if !p.due(e, pace) {
		return
	}
	from := p.now.Add(-f.Window.Since)
	read := e != nil && e.answered && e.end.After(from)
	switch {
	case !read, e.from.After(from.Add(time.Minute)) && !e.cut:
		p.askLog(f, from, p.now, f.Limit) // nothing was read, or not so much of the past
	case p.now.Sub(e.end) > catchUp:
		// The machine was asleep, or the cloud away. Only the newest of what
		// has been missed are wanted, as at the beginning.
		p.askLog(f, e.end.Add(-deepOverlap), p.now, f.Limit)
	default:
		overlap := followOverlap
		if p.now.Sub(e.deep) >= deepEvery {
			overlap = deepOverlap
		}
		p.askLog(f, later(from, e.end.Add(-overlap)), p.now, 0)
	}
}

// pastLog plans the log of a window of the past: it is read once.
func (p *planner) pastLog(f Focus, e *entry) {
	end := f.Window.Until
	from := end.Add(-f.Window.Since)
	read := e != nil && e.answered && e.fails == 0 && !e.inFlight
	if read && !e.end.Before(end) && (f.Limit > 0 || !e.from.After(from)) {
		return
	}
	if read || p.due(e, 0) {
		p.askLog(f, from, end, f.Limit)
	}
}

func (p *planner) askLog(f Focus, from, to time.Time, limit int) {
	p.ask(Request{Kind: Invocations, Scope: p.known.Reader(f.Function), For: ForLog, Function: f.Function, Start: from, End: to, Limit: limit})
}

// coldRows plans the reports of cold starts of the rows, which are free of
// charge. Those that have waited longest come first: where a small quota
// leaves no time for all of them, none is left out for good.
func (p *planner) coldRows(demands []Demand) {
	type waiting struct {
		request Request
		since   time.Time
	}
	var all []waiting
	for _, d := range demands {
		for _, id := range d.Rows {
			if !p.isOpen(p.known.Reader(id)) || !p.known.Readable(id) || !p.first(taken{kind: Cold, function: id}) {
				continue
			}
			if start, end, ok := p.coldRow(id, d.Window); ok {
				w := waiting{request: Request{Kind: Cold, Scope: p.known.Reader(id), For: ForCold, Function: id, Start: start, End: end}}
				if e := p.ledger.cold[id]; e != nil {
					w.since = e.asked
				}
				all = append(all, w)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b waiting) int { return a.since.Compare(b.since) })
	for _, w := range all {
		if p.isOpen(w.request.Scope) {
			p.ask(w.request)
		}
	}
}

// coldRow is the span of a row's log to read now, if any.
func (p *planner) coldRow(id sources.FunctionID, w sources.Window) (start, end time.Time, ok bool) {
	e := p.ledger.cold[id]
	idle := p.known.Idle(id, w)
	if !w.Until.IsZero() { // a window of the past: once
		start, end = w.At(p.now)
		silent := idle && end.Before(p.now.Add(-settle))
		return start, end, !silent && p.due(e, 0)
	}
	pace := coldEvery
	if idle || p.silent(id, w) {
		pace = coldIdleEvery
	}
	start, _ = SeriesSpan(w, p.now)
	from := p.known.ColdFrom(id)
	covers := !from.IsZero() && !from.After(start)
	switch wider := !covers && e != nil && e.answered && e.fails == 0; {
	case wider && !e.inFlight:
		p.plan.Pending++ // what was read was of a shorter window: at once
	case wider:
		p.plan.Pending++
		return start, end, false
	case !p.due(e, pace):
		return start, end, false
	}
	if covers && e != nil && e.end.After(start) {
		start = later(start, e.end.Add(-coldOverlap))
	}
	return start, p.now, true
}
