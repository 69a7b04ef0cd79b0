package poll

import (
	"slices"
	"time"

	"fntop/sources"
)

// How often what can still change is asked for again. One request for five
// minutes costs what one for one minute costs, so what is less wanted is
// asked for less often and loses nothing.
const (
	catalogueEvery  = 5 * time.Minute
	visibleEvery    = time.Minute     // a row on the screen: one-minute metrics change no faster
	backgroundEvery = 5 * time.Minute // a row off the screen
	coldEvery       = 30 * time.Second
	coldIdleEvery   = 5 * time.Minute // a function without traffic has no cold starts
	followEvery     = 2 * time.Second // the log of the function in focus
	unseenFactor    = 3
)

// Overlaps of log reads: events become readable some seconds after their
// time, so each read goes back a little, and now and then a good deal.
const (
	followOverlap = 15 * time.Second
	deepOverlap   = 90 * time.Second
	deepEvery     = 30 * time.Second
	coldOverlap   = 90 * time.Second
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
	p := planner{now: now, ledger: led, known: known, budget: budget, open: known.Scopes(), merged: make(map[seriesKey]bool), taken: make(map[taken]bool)}
	p.unseen = len(demands) > 0
	for _, d := range demands {
		p.unseen = p.unseen && d.Unseen
	}
	for _, d := range demands {
		p.catalogue = p.catalogue || d.Catalogue
		p.details(d)
	}
	for _, d := range demands {
		p.focus(d)
	}
	for _, d := range demands {
		p.rows(d)
	}
	p.flush()
	for _, d := range demands {
		p.coldRows(d)
	}
	p.list()
	p.background(demands)
	return p.plan
}

type planner struct {
	now       time.Time
	ledger    *Ledger
	known     Known
	budget    Budget
	plan      Plan
	open      []sources.Scope
	catalogue bool
	unseen    bool
	merged    map[seriesKey]bool // series planned already, for several viewers
	taken     map[taken]bool     // other things planned already
	seen      map[sources.FunctionID]bool
	batches   []batch // Metrics requests being filled
	filling   map[batchKey]int
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
	start, end time.Time
	whole      bool
	until      time.Time
}

func (p *planner) every(d time.Duration) time.Duration {
	if p.unseen {
		return d * unseenFactor
	}
	return d
}

// first tells whether nobody before has planned this in this plan.
func (p *planner) first(t taken) bool {
	if p.taken[t] {
		return false
	}
	p.taken[t] = true
	return true
}

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
	next := e.retry
	if e.fails == 0 {
		if e.answered && pace == 0 && !e.asked.IsZero() {
			return false
		}
		if !e.asked.IsZero() {
			next = e.asked.Add(p.every(pace))
		}
	}
	if next.After(p.now) {
		p.wake(next)
		return false
	}
	return true
}

func (p *planner) wake(t time.Time) {
	if p.plan.Next.IsZero() || t.Before(p.plan.Next) {
		p.plan.Next = t
	}
}

func (p *planner) isOpen(s sources.Scope) bool { return slices.Contains(p.open, s) }

func (p *planner) ask(r Request) { p.plan.Requests = append(p.plan.Requests, r) }

// list plans the catalogue of each open scope.
func (p *planner) list() {
	if !p.catalogue {
		return
	}
	for _, s := range p.open {
		if p.due(p.ledger.catalogue[s], catalogueEvery) {
			p.ask(Request{Kind: Catalogue, Scope: s})
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
			p.ask(Request{Kind: Traces, Scope: ref.Scope, Traces: []string{ref.ID}})
		}
	}
	for _, ref := range d.Lines {
		e := p.ledger.lines[lineKey{ref.Function, ref.Key}]
		if !p.isOpen(ref.Function.Scope()) || e != nil && (e.done || e.tries >= unfinishedTries) {
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
			p.ask(Request{Kind: Lines, Scope: ref.Function.Scope(), Function: ref.Function, Invoked: ref, Start: ref.Start, End: end})
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
		if !p.isOpen(f.Function.Scope()) {
			continue
		}
		if f.Invocations && p.first(taken{kind: Invocations, function: f.Function}) {
			p.followLog(f)
		}
		if f.Charts {
			p.chart(f)
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
	if !p.due(e, followEvery) {
		return
	}
	from := p.now.Add(-f.Window.Since)
	read := e != nil && e.answered && e.end.After(from)
	switch {
	case !read, e.from.After(from.Add(time.Minute)) && !e.cut:
		p.askLog(f, from, p.now, f.Limit) // nothing was read, or not so much of the past
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
	p.ask(Request{Kind: Invocations, Scope: f.Function.Scope(), Function: f.Function, Start: from, End: to, Limit: limit})
}

// coldRows plans the reports of cold starts of the rows, which are free of
// charge.
func (p *planner) coldRows(d Demand) {
	for _, id := range d.Rows {
		if p.isOpen(id.Scope()) && p.known.Readable(id) && p.first(taken{kind: Cold, function: id}) {
			p.coldRow(id, d.Window)
		}
	}
}

func (p *planner) coldRow(id sources.FunctionID, w sources.Window) {
	e := p.ledger.cold[id]
	idle := p.known.Idle(id, w)
	ask := func(start, end time.Time) {
		p.ask(Request{Kind: Cold, Scope: id.Scope(), Function: id, Start: start, End: end})
	}
	if !w.Until.IsZero() { // a window of the past: once
		start, end := w.At(p.now)
		silent := idle && end.Before(p.now.Add(-settle))
		if !silent && p.due(e, 0) {
			ask(start, end)
		}
		return
	}
	pace := coldEvery
	if idle {
		pace = coldIdleEvery
	}
	start, _ := SeriesSpan(w, p.now)
	from := p.known.ColdFrom(id)
	covers := !from.IsZero() && !from.After(start)
	switch wider := !covers && e != nil && e.answered && e.fails == 0; {
	case wider && !e.inFlight:
		p.plan.Pending++ // what was read was of a shorter window: at once
	case wider:
		p.plan.Pending++
		return
	case !p.due(e, pace):
		return
	}
	if covers && e != nil && e.end.After(start) {
		start = later(start, e.end.Add(-coldOverlap))
	}
	ask(start, p.now)
}
