package poll

import (
	"time"

	"fntop/sources"
)

// NewestTraces is how many of the newest traces of a window are searched for.
const NewestTraces = 200

// How traces are searched for. X-Ray bills every trace of the account that it
// looks at, those of other functions too, so a window is searched from new to
// old, in spans that double, until there are enough; then only what is new is.
// A trace can be found some seconds to a minute after its request (facts of
// X-Ray in practice; no figure is published): each search goes back over that.
const (
	searchEvery = 30 * time.Second
	searchLate  = 75 * time.Second
	searchFirst = time.Hour + 2*time.Minute // an hour in whole minutes
	searchSpan  = 6 * time.Hour             // the longest one call may cover
	tracesKept  = 30 * 24 * time.Hour       // (X-Ray Developer Guide, "Concepts")
)

// Bounds of what a list may cost, in the price of a metric: MostSearched for
// going back through a window ($0.05, or 100,000 traces of the account), and
// hourlySearch for an hour of what is new. A search that costs more is made
// less often, up to slowestSearch.
const (
	MostSearched  = 5000
	hourlySearch  = 5000
	slowestSearch = 10 * time.Minute
	firstSearch   = NewestTraces / 20 // what the first one is taken to cost: its own traces
)

// search is what the searches for traces of a function have found and cost.
type search struct {
	traces int // of the window, going back
	// What was billed, in the price of a metric: for those traces, for the last
	// search, and for the last one for what is new.
	spent, last, news float64
}

// price is what the next search is taken to cost.
func (s *search) price() int {
	if s == nil {
		return firstSearch
	}
	return int(s.last) + 1
}

// pace is how often to search for what is new.
func (s *search) pace() time.Duration {
	if s == nil {
		return searchEvery
	}
	return max(min(time.Duration(s.news/hourlySearch*float64(time.Hour)), slowestSearch), searchEvery)
}

// found notes how far a search has come.
func (s *search) found(e *entry, r Request, res Result) {
	s.last = res.Billed
	start := later(r.Start, res.Oldest)
	switch {
	case r.Deep:
		e.from = start
	case r.Anew || start.After(e.end): // what was read before, if anything, is behind a gap
		e.from, e.end = start, r.End
		s.traces, s.spent = 0, 0
	default:
		e.end, s.news = later(e.end, r.End), res.Billed
		return
	}
	s.traces += res.Events
	s.spent += res.Billed
	e.cut = !res.Oldest.IsZero() || s.traces >= NewestTraces || s.spent >= MostSearched
}

// traceLists plans the lists of traces of the functions in focus. Of several
// windows that end now the longest holds the others.
func (p *planner) traceLists(demands []Demand) {
	var order []sources.FunctionID
	wanted := make(map[sources.FunctionID]Focus)
	for _, d := range demands {
		for _, f := range d.Focus {
			if !f.TraceList {
				continue
			}
			have, again := wanted[f.Function]
			if !again {
				order = append(order, f.Function)
			}
			if !again || f.Window.Until.IsZero() && (f.Window.Since > have.Window.Since || !have.Window.Until.IsZero()) {
				wanted[f.Function] = f
			}
		}
	}
	for _, id := range order {
		if p.isOpen(p.known.Reader(id)) {
			p.traceList(wanted[id])
		}
	}
}

// traceList plans the next search for traces of a function, if it is due and
// may be paid.
func (p *planner) traceList(f Focus) {
	if p.budget.Free {
		p.plan.OverBudget++
		return
	}
	cost := p.ledger.searched[f.Function]
	if f.Window.Until.IsZero() && cost != nil {
		p.plan.PerHour += cost.news * perHour(p.every(max(cost.pace(), p.budget.Every)))
	}
	pending := p.plan.Pending
	r, due := p.nextSearch(f, p.ledger.searches[f.Function], cost)
	if !due {
		return
	}
	r.Billed = cost.price()
	if p.budget.Limited && p.budget.Left < r.Billed {
		p.plan.Pending = pending // nobody waits for what may not be asked
		p.plan.OverBudget++
		p.wake(p.now.Add(searchEvery))
		return
	}
	p.budget.Left -= r.Billed
	p.ask(r)
}

// nextSearch is what to search next: the newest of a window of which nothing
// has been read, what is new, or what lies before.
func (p *planner) nextSearch(f Focus, e *entry, cost *search) (r Request, due bool) {
	start, end := f.Window.At(p.now)
	live := f.Window.Until.IsZero()
	if live || end.After(p.now) {
		end = p.now
	}
	start = later(start, p.now.Add(-tracesKept))
	if !start.Before(end) {
		return Request{}, false
	}
	r = Request{Kind: TraceList, Scope: p.known.Reader(f.Function), For: ForTraces, Function: f.Function, Start: start, End: end, Limit: NewestTraces}
	if e == nil || e.from.IsZero() || !e.reaches(start, end, live) {
		if r.Anew = true; end.Sub(start) > searchFirst {
			r.Start = end.Add(-searchFirst)
		}
		return r, p.atOnce(e)
	}
	if live && p.due(e, max(cost.pace(), p.budget.Every)) {
		r.Start = later(start, e.end.Add(-searchLate))
		return r, true
	}
	if !e.from.After(start) || e.cut {
		return Request{}, false
	}
	r.Deep, r.End, r.Limit = true, e.from, NewestTraces-cost.traces
	r.Start = later(start, e.from.Add(-min(max(e.end.Sub(e.from), searchFirst), searchSpan)))
	return r, p.atOnce(e)
}

// reaches tells whether what has been read of traces is of a window: up to
// close before its end when that is now, and else all of it or up to its end.
func (e *entry) reaches(start, end time.Time, live bool) bool {
	if live {
		return e.end.After(start) && !e.from.After(end) && end.Sub(e.end) < searchSpan
	}
	return e.end.Equal(end) || !e.from.After(start) && !e.end.Before(end)
}

// atOnce tells whether an entry may be asked for now, whenever it was before.
func (p *planner) atOnce(e *entry) bool {
	if e == nil || e.fails > 0 || !e.answered {
		return p.due(e, 0)
	}
	p.plan.Pending++
	return !e.inFlight
}
