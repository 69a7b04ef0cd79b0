package fleet

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// coldStarts are the cold starts of one function, as its reports tell them.
type coldStarts struct {
	correlator    sources.Correlator
	known         map[sources.InvocationKey]ColdStart
	from, through time.Time
	dropped       bool
}

// keptCold bounds the cold starts remembered of one function.
const keptCold = 20_000

// follower is the log of one function being followed.
type follower struct {
	correlator    sources.Correlator
	known         map[sources.InvocationKey]sources.Invocation
	from, through time.Time
	dropped       int
	wanted        time.Time // when somebody last followed it
}

// KeptInvocations bounds the invocations remembered of a function that is
// followed live.
const KeptInvocations = 20_000

// settler is a correlator that can tell which invocations will never end.
type settler interface {
	Settle(now time.Time) []sources.Invocation
}

// forgetter is a correlator that can let go of what is old.
type forgetter interface{ Forget(before time.Time) }

// ApplyCold takes a page of cold-start reports.
func (f *Fleet) ApplyCold(id sources.FunctionID, events []sources.LogEvent) {
	r := f.record(id)
	if r.cold == nil {
		r.cold = &coldStarts{correlator: f.config.Correlator(r.pub.Config), known: make(map[sources.InvocationKey]ColdStart)}
	}
	if r.cold.correlator == nil {
		return
	}
	for _, inv := range r.cold.correlator.Add(events) {
		at, ok := inv.Start.Get()
		if !ok || !inv.Cold.Or(false) {
			continue
		}
		r.cold.known[inv.Key()] = ColdStart{at, inv.Init.OrElse(inv.Restore).Or(0)}
	}
}

// EndCold notes that the reports of [start, end) have been read, well or
// badly.
func (f *Fleet) EndCold(id sources.FunctionID, start, end time.Time, err error, now time.Time) {
	r := f.record(id)
	h := f.scope(id.Scope())
	h.note(&h.logs, ofPlace(err), now)
	if c := r.cold; c == nil && err == nil {
		r.cold = &coldStarts{correlator: f.config.Correlator(r.pub.Config), known: make(map[sources.InvocationKey]ColdStart)}
	}
	if c := r.cold; c != nil && err == nil {
		c.from, c.through = joinSpan(c.from, c.through, start, end)
		c.forget(f.oldest(now))
	}
	f.change(id, func(fn *Function) {
		fn.Cold.note(err, now)
		if c := r.cold; c != nil && err == nil {
			fn.ColdStarts, fn.ColdFrom, fn.ColdThrough = c.sorted(), c.from, c.through
		}
		f.computeRows(fn, now)
	})
}

func (c *coldStarts) sorted() []ColdStart {
	return slices.SortedFunc(maps.Values(c.known), func(a, b ColdStart) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Init, b.Init))
	})
}

// joinSpan joins a span that was read to what had been read before; a gap
// drops what was before it.
func joinSpan(from, through, start, end time.Time) (time.Time, time.Time) {
	if from.IsZero() || start.After(through) {
		return start, end
	}
	return earlier(from, start), latest(through, end)
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (c *coldStarts) forget(before time.Time) {
	for k, v := range c.known {
		if v.At.Before(before) {
			delete(c.known, k)
		}
	}
	if fg, ok := c.correlator.(forgetter); ok {
		fg.Forget(before)
	}
	c.dropped = len(c.known) > keptCold
	c.from = latest(c.from, before)
}

// addCold fills in the cold starts of the window. The rate is of the span in
// which both the invocations, up to known, and the cold starts are known.
func (row *Row) addCold(c *coldStarts, known time.Time, invocations *series) {
	if n, ok := row.Invocations.Get(); ok && n == 0 && !known.Before(row.End.Add(-settled)) && (c == nil || len(c.known) == 0) {
		row.ColdStarts = sources.Some[int64](0)
	}
	if c == nil || c.from.IsZero() || c.from.After(row.Start) || c.dropped {
		return
	}
	var inits []time.Duration
	rated, counted := 0, latest(known, invocations.counted(row.Step))
	for _, s := range c.known {
		if s.At.Before(row.Start) || !s.At.Before(row.End) {
			continue
		}
		inits = append(inits, s.Init)
		if s.At.Before(known) {
			rated++
		}
		if s.At.Before(counted) {
			row.initSum += s.Init
		}
	}
	row.ColdStarts = sources.Some(int64(len(inits)))
	if n, ok := invocations.sum(row.Start, known).Get(); ok && n > 0 && !known.IsZero() {
		row.ColdRate = sources.Some(min(float64(rated)/float64(n), 1))
	}
	if len(inits) > 0 {
		slices.Sort(inits)
		row.InitP50 = sources.Some(percentile(inits, 0.50))
		row.InitP95 = sources.Some(percentile(inits, 0.95))
	}
}

// percentile is the p-th quantile of sorted values by linear interpolation
// between the closest ranks.
func percentile(sorted []time.Duration, p float64) time.Duration {
	pos := p * float64(len(sorted)-1)
	i := int(pos)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + time.Duration((pos-float64(i))*float64(sorted[i+1]-sorted[i]))
}

// ApplyInvocations takes a page of a function's platform log lines.
func (f *Fleet) ApplyInvocations(id sources.FunctionID, events []sources.LogEvent) {
	r := f.record(id)
	if r.focus == nil {
		r.focus = &follower{correlator: f.config.Correlator(r.pub.Config), known: make(map[sources.InvocationKey]sources.Invocation)}
	}
	if r.focus.correlator == nil {
		return
	}
	r.focus.take(r.focus.correlator.Add(events))
	if len(r.focus.known) <= 4096 {
		f.publishInvocations(id, r)
	}
}

func (w *follower) take(invocations []sources.Invocation) {
	for _, inv := range invocations {
		w.known[inv.Key()] = inv
	}
}

// EndInvocations notes that the log of [start, end) has been read, well or
// badly. oldest is when a limit cut the reading short, and then nothing
// before it is known. live bounds what is kept.
func (f *Fleet) EndInvocations(id sources.FunctionID, start, end, oldest time.Time, live bool, err error, now time.Time) {
	r := f.record(id)
	h := f.scope(id.Scope())
	h.note(&h.logs, ofPlace(err), now)
	if r.focus == nil && err == nil {
		f.ApplyInvocations(id, nil)
	}
	if w := r.focus; w != nil {
		w.wanted = now
		if s, ok := w.correlator.(settler); ok {
			w.take(s.Settle(now))
		}
		if err == nil {
			if !oldest.IsZero() {
				start = oldest
			}
			w.from, w.through = joinSpan(w.from, w.through, start, end)
		}
		if live {
			w.bound(KeptInvocations)
		}
		f.publishInvocations(id, r)
	}
	f.change(id, func(fn *Function) { fn.Logs.note(err, now) })
}

// bound keeps the newest n invocations.
func (w *follower) bound(n int) {
	if len(w.known) <= n {
		return
	}
	all := w.sorted()
	for _, inv := range all[n:] {
		delete(w.known, inv.Key())
	}
	w.dropped += len(all) - n
	oldest := began(all[n-1])
	w.from = latest(w.from, oldest)
	if fg, ok := w.correlator.(forgetter); ok {
		fg.Forget(oldest)
	}
}

func (w *follower) sorted() []sources.Invocation {
	all := make([]sources.Invocation, 0, len(w.known))
	for _, inv := range w.known {
		all = append(all, inv)
	}
	slices.SortFunc(all, newestFirst)
	return all
}

func newestFirst(a, b sources.Invocation) int {
	return cmp.Or(
		began(b).Compare(began(a)),
		cmp.Compare(a.RequestID, b.RequestID),
		cmp.Compare(b.Attempt, a.Attempt),
	)
}

func began(inv sources.Invocation) time.Time { return inv.Start.OrElse(inv.Reported).Or(time.Time{}) }

func (f *Fleet) publishInvocations(id sources.FunctionID, r *record) {
	w := r.focus
	f.change(id, func(fn *Function) {
		fn.Invocations = w.sorted()
		fn.InvocationsFrom, fn.InvocationsThrough = w.from, w.through
		fn.InvocationsDropped = w.dropped
	})
}

// Invocation gives what is known of one invocation; its request ID is empty
// when nothing is.
func (f *Fleet) Invocation(id sources.FunctionID, key sources.InvocationKey) sources.Invocation {
	if i, ok := f.index[id]; ok && f.records[i].focus != nil {
		return f.records[i].focus.known[key]
	}
	return sources.Invocation{}
}

// oldest is the start of the longest window that anybody looks at.
func (f *Fleet) oldest(now time.Time) time.Time {
	oldest := now.Add(-f.keep)
	for _, w := range f.windows {
		start, _ := poll.SeriesSpan(w, now)
		oldest = earlier(oldest, start)
	}
	return oldest
}

// ColdFrom is since when the cold starts of a function are known.
func (f *Fleet) ColdFrom(id sources.FunctionID) time.Time {
	if i, ok := f.index[id]; ok && f.records[i].cold != nil {
		return f.records[i].cold.from
	}
	return time.Time{}
}
