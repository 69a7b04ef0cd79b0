package poll

import (
	"slices"
	"time"

	"fntop/sources"
)

// How often what is known about functions beside their figures is asked for
// again. All of it is free of charge, and on quotas that others share.
const (
	changesEvery     = 75 * time.Second
	tagsEvery        = 15 * time.Minute
	mappingsEvery    = 5 * time.Minute
	triggersEvery    = 10 * time.Minute
	limitsEvery      = 10 * time.Minute
	concurrencyEvery = 5 * time.Minute
)

// How changes are read. An event may be delivered late, so each reading goes
// back over what may still come up. Of a long window the last day is read
// first, and the rest in slices from new to old, each as long as the engine lets
// one call be; after so many of them the rest is left out.
const (
	changesLate   = 30 * time.Minute
	changesFirst  = 24 * time.Hour
	changesKept   = 90 * 24 * time.Hour // (CloudTrail API reference, LookupEvents)
	historyEvery  = 20 * time.Second
	historySlices = 40
)

// factKey names something that is asked of a scope, or of a function, now and
// then. A scope stands for itself as a function without a name.
type factKey struct {
	kind Kind
	id   sources.FunctionID
}

// factOf is what a request of such a kind asks for.
func factOf(r Request) factKey {
	if r.Kind == Triggers || r.Kind == Concurrency {
		return factKey{r.Kind, r.Function}
	}
	return factKey{r.Kind, r.Scope.In("")}
}

// facts plans what is asked for now and then.
func (p *planner) facts(demands []Demand) {
	p.changes(demands)
	for _, d := range demands {
		for _, f := range d.Focus {
			if f.Limits {
				p.functionFact(Concurrency, f.Function, ForLimits, concurrencyEvery)
				p.scopeFact(Limits, f.Function.Scope(), ForLimits, limitsEvery)
			}
			if d.Triggers {
				p.functionFact(Triggers, f.Function, ForTriggers, triggersEvery)
			}
		}
		for _, s := range p.open {
			if d.Tags {
				p.scopeFact(Tags, s, ForTags, tagsEvery)
			}
			if d.Triggers {
				p.scopeFact(EventSources, s, ForTriggers, mappingsEvery)
			}
		}
	}
	for _, d := range demands {
		if d.Triggers {
			for _, id := range d.Rows {
				p.functionFact(Triggers, id, ForRowTriggers, triggersEvery)
			}
		}
	}
}

// scopeFact plans something of a whole scope.
func (p *planner) scopeFact(kind Kind, s sources.Scope, purpose Purpose, pace time.Duration) {
	if p.factDue(factKey{kind, s.In("")}, pace) {
		p.ask(Request{Kind: kind, Scope: s, For: purpose})
	}
}

// functionFact plans something of a function.
func (p *planner) functionFact(kind Kind, id sources.FunctionID, purpose Purpose, pace time.Duration) {
	if p.factDue(factKey{kind, id}, pace) {
		p.ask(Request{Kind: kind, Scope: id.Scope(), Function: id, For: purpose})
	}
}

// factDue tells whether to ask for something now. A function that is read
// through another account cannot be asked about: the calls are of its own.
func (p *planner) factDue(k factKey, pace time.Duration) bool {
	s := k.id.Scope()
	return p.isOpen(s) && p.known.Reads(s, k.kind) && p.first(taken{kind: k.kind, function: k.id}) && p.due(p.ledger.facts[k], pace)
}

// changes plans the changes of every scope, over all windows of those who want
// them.
func (p *planner) changes(demands []Demand) {
	start, end := changesSpan(demands, p.now)
	if !end.After(start) {
		return
	}
	for _, s := range p.open {
		if p.isOpen(s) && p.known.Reads(s, Changes) {
			p.changesOf(s, start, end)
		}
	}
}

// changesSpan is from the earliest begin of a window to the latest end.
func changesSpan(demands []Demand, now time.Time) (start, end time.Time) {
	for _, d := range demands {
		if !d.Changes {
			continue
		}
		windows := []sources.Window{d.Window}
		for _, f := range d.Focus {
			windows = append(windows, f.Window)
		}
		for _, w := range windows {
			if w.Since <= 0 {
				continue
			}
			from, _ := w.At(now)
			start = sooner(start, from)
			if w.Until.IsZero() {
				end = now
			} else {
				end = later(end, w.Until)
			}
		}
	}
	if end.After(now) {
		end = now
	}
	return later(start, now.Add(-changesKept)), end
}

func (p *planner) changesOf(s sources.Scope, start, end time.Time) {
	e := p.ledger.facts[factKey{Changes, s.In("")}]
	read := e != nil && !e.from.IsZero()
	switch {
	case !read:
		if p.due(e, changesEvery) {
			p.ask(Request{Kind: Changes, Scope: s, For: ForChanges, Start: later(start, end.Add(-changesFirst)), End: end})
		}
		return
	case e.through.Before(end) && p.due(e, changesEvery):
		// What is final and what has come up since lie side by side; after a
		// gap the call's own bound leaves the rest to later slices.
		from := later(start, e.end.Add(-changesLate))
		p.ask(Request{Kind: Changes, Scope: s, For: ForChanges, Start: from, End: end})
		return
	}
	if !e.from.After(start) || e.done || e.tries >= historySlices {
		return
	}
	p.plan.Pending++ // more of the past is wanted than has been read
	if e.inFlight || e.fails > 0 {
		return
	}
	if next := e.deep.Add(historyEvery); next.After(p.now) {
		p.wake(next)
		return
	}
	p.ask(Request{Kind: Changes, Scope: s, For: ForHistory, Start: start, End: e.from})
}

// changesRead notes how far a reading of changes has come.
func (e *entry) changesRead(r Request, res Result, now time.Time) {
	start := r.Start
	if res.Oldest.After(start) {
		start = res.Oldest
	}
	if start.After(e.end) {
		e.tries = 0 // what was read before is behind a gap
	}
	e.done = res.Full
	e.covered(start, r.End, sooner(r.End, now.Add(-changesLate)))
}

// wantsFact tells whether the demand has use for what such a request gives.
func (d Demand) wantsFact(r Request) bool {
	focused := func(ok func(Focus) bool) bool { return slices.ContainsFunc(d.Focus, ok) }
	switch r.Kind { //nolint:exhaustive // the others are no facts
	case Changes:
		return d.Changes
	case Tags:
		return d.Tags
	case EventSources:
		return d.Triggers
	case Triggers:
		return d.Triggers && (slices.Contains(d.Rows, r.Function) || focused(func(f Focus) bool { return f.Function == r.Function }))
	case Limits:
		return focused(func(f Focus) bool { return f.Limits && f.Function.Scope() == r.Scope })
	case Concurrency:
		return focused(func(f Focus) bool { return f.Limits && f.Function == r.Function })
	}
	return false
}
