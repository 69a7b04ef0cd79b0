package poll

import (
	"slices"
	"time"

	"fntop/sources"
)

// TailRef names a function all of whose log lines are followed.
type TailRef struct {
	Function sources.FunctionID
	// Since is since when lines are wanted, UTC, by their own time. What was
	// logged before the following began is read once, the newest
	// [TailLookBack] lines of it.
	Since time.Time
	// Live asks for a live tail beside the reading, which costs money by the
	// minute: see [sources.Tailer].
	Live bool
}

// TailLookBack is how many of the newest lines are read of what a function
// has logged before it is followed, or while nobody could ask.
const TailLookBack = 10_000

// Bounds of how far a read goes back over what has been read. A log of many
// lines is read again for a shorter time, so that following it does not take
// all of a quota; leastOverlap is longer than ingestion mostly takes.
const (
	rereadLines      = 5_000
	deepRereadLines  = 30_000
	leastOverlap     = 5 * time.Second
	leastDeepOverlap = 15 * time.Second
)

// overlapOf is how far to go back at so many lines a second: base, but for no
// more than so many lines, and never less than least.
func overlapOf(base, least time.Duration, lines, perSecond float64) time.Duration {
	if perSecond <= 0 || lines/perSecond >= base.Seconds() {
		return base
	}
	return max(time.Duration(lines/perSecond*float64(time.Second)), least)
}

// tails plans the logs that are followed line by line, in turn: the one that
// was asked for longest ago comes first, so that a small quota starves none.
func (p *planner) tails(demands []Demand) {
	refs := mergeTails(demands)
	asked := func(ref TailRef) time.Time {
		if e := p.ledger.tail[ref.Function]; e != nil {
			return e.asked
		}
		return time.Time{}
	}
	slices.SortStableFunc(refs, func(a, b TailRef) int { return asked(a).Compare(asked(b)) })
	for _, ref := range refs {
		if p.isOpen(p.known.Reader(ref.Function)) {
			p.tail(ref)
		}
	}
}

// mergeTails is what all viewers want of each function.
func mergeTails(demands []Demand) []TailRef {
	var refs []TailRef
	at := make(map[sources.FunctionID]int)
	for _, d := range demands {
		for _, ref := range d.Tail {
			i, seen := at[ref.Function]
			if !seen {
				at[ref.Function] = len(refs)
				refs = append(refs, ref)
				continue
			}
			refs[i].Live = refs[i].Live || ref.Live
			if ref.Since.Before(refs[i].Since) {
				refs[i].Since = ref.Since
			}
		}
	}
	return refs
}

func (p *planner) tail(ref TailRef) {
	if !p.known.Readable(ref.Function) {
		p.plan.Pending++
		return
	}
	e := p.ledger.tail[ref.Function]
	pace := followEvery
	if ref.Live && p.known.Tailing(ref.Function) {
		pace = tailedEvery
	}
	if !p.due(e, pace) {
		return
	}
	r := Request{Kind: Tail, Scope: p.known.Reader(ref.Function), For: ForTailed, Function: ref.Function, Start: ref.Since, End: p.now}
	switch {
	case e == nil || e.from.IsZero():
		r.Limit = TailLookBack
	case e.from.After(ref.Since) && !e.cut:
		r.End, r.Limit = e.from, TailLookBack // another viewer wants more of the past
	case p.now.Sub(e.end) > catchUp:
		r.Start, r.Limit = e.end.Add(-deepOverlap), TailLookBack
	default:
		r.Deep = p.now.Sub(e.deep) >= deepEvery
		r.Start = e.end.Add(-overlapOf(followOverlap, leastOverlap, rereadLines, e.rate))
		if r.Deep {
			r.Start = e.end.Add(-overlapOf(deepOverlap, leastDeepOverlap, deepRereadLines, e.rate))
		}
		r.Start = later(ref.Since, r.Start)
	}
	if !r.Start.Before(r.End) { // a Since that is still to come
		r.Start = r.End.Add(-time.Millisecond)
	}
	p.ask(r)
}

// tailed notes how a read of a followed log went.
func (e *entry) tailed(r Request, res Result) {
	start := r.Start
	if !res.Oldest.IsZero() {
		start = res.Oldest
		e.cut = true
	}
	if span := r.End.Sub(start).Seconds(); span > 0 {
		e.rate = float64(res.Events) / span
	}
	e.covered(start, r.End, r.End)
	if r.Deep {
		e.deep = e.asked
	}
}

// ForgetTails drops what is known about logs that nobody follows any more.
func (l *Ledger) ForgetTails(ids []sources.FunctionID) {
	for _, id := range ids {
		delete(l.tail, id)
	}
}
