package world

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"fntop/sources"
)

// Record is one line of truth: an *[InvocationRecord], *[ColdStartRecord],
// *[ChangeRecord], *[TriggerRecord] or *[FunctionRecord]. Marshalled to JSON it has the field
// names of fntop's own output; null is unknown.
type Record interface{ record() }

// stamp is a time in RFC 3339 with milliseconds, UTC.
func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

func ms(us int64) float64 { return float64(us) / 1000 }

// Truth yields what really happened in [start, end): invocations, cold starts
// and changes in time order, then what invokes the functions, then the
// functions with their figures over the window. An invocation and a cold start belong to the window in which the
// handler started.
func (w *World) Truth(start, end time.Time) iter.Seq[Record] {
	from, to := clampUp(start), clampUp(end)
	return func(yield func(Record) bool) {
		figures := make([]figures, len(w.functions))
		for at := from; at < to; {
			next := min(to, (floorDiv(at, minuteMS)+1)*minuteMS)
			for _, r := range w.truthIn(at, next, figures) {
				if !yield(r) {
					return
				}
			}
			at = next
		}
		for _, f := range w.functions {
			for _, t := range w.triggersOf(f, to) {
				if !yield(triggerRecord(f, t)) {
					return
				}
			}
		}
		for i, f := range w.functions {
			if !yield(w.functionRecord(f, &figures[i], to)) {
				return
			}
		}
	}
}

// dated is a record with its place in the order.
type dated struct {
	at    int64
	order uint64
	Record
}

// truthIn gives the records of a span of at most a minute, in order.
func (w *World) truthIn(from, to int64, totals []figures) []Record {
	var all []dated
	for i, f := range w.functions {
		for _, d := range f.deedsIn(from, to) {
			all = append(all, dated{d.at(), uint64(i), changeRecord(d)})
		}
		w.chunksIn(f, from-minuteMS, to, func(c *chunk) bool {
			for k := range c.records {
				r := &c.records[k]
				if r.start < from || r.start >= to {
					continue
				}
				v := w.invocation(f, c, r)
				order := uint64(i)<<32 | uint64(k)
				rec := w.invocationRecord(v)
				totals[i].add(v, rec.CostUSD)
				all = append(all, dated{r.start, order, rec})
				if v.cold() {
					all = append(all, dated{r.start, order, w.coldRecord(v)})
				}
			}
			for _, at := range c.throttle {
				if at >= from && at < to {
					totals[i].throttles++
				}
			}
			for m, n := range c.carry {
				if at := c.from + int64(m)*minuteMS; at >= from && at < to {
					totals[i].busy = max(totals[i].busy, int64(n))
				}
			}
			for k := range c.records {
				if r := &c.records[k]; r.at >= from && r.at < to {
					totals[i].busy = max(totals[i].busy, int64(r.busy))
				}
			}
			return true
		})
	}
	slices.SortStableFunc(all, func(a, b dated) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order))
	})
	out := make([]Record, len(all))
	for i := range all {
		out[i] = all[i].Record
	}
	return out
}

// changesIn gives the changes made in [from, to), by time.
func (f *function) changesIn(from, to int64) []change {
	var out []change
	for _, t := range f.changeTracks() {
		if t.none() {
			continue
		}
		for k := t.last(from-1) + 1; t.at(k) < to; k++ {
			out = append(out, t.change(k))
		}
	}
	slices.SortFunc(out, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	return out
}

// figures are the sums of one function over the window.
type figures struct {
	n, errs, throttles, busy, cold int64
	us                             int64
	durations                      []uint32
	inits                          []uint32
	usd                            float64
	unpriced                       bool
}

func (t *figures) add(v invocation, usd *float64) {
	t.n++
	if v.r.failed() {
		t.errs++
	}
	t.us += int64(v.r.dur)
	t.durations = append(t.durations, v.r.dur)
	if v.cold() {
		t.cold++
		if v.r.init > 0 {
			t.inits = append(t.inits, v.r.init)
		}
	}
	if usd == nil {
		t.unpriced = true
		return
	}
	t.usd += *usd
}

// known is the invocation as far as fntop could know it.
func (v invocation) known() sources.Invocation {
	r := v.r
	inv := sources.Invocation{
		Function: v.f.id(), RequestID: v.requestID(), Attempt: int(r.attempt),
		Environment: v.stream(), Version: v.p.config.version,
		Start:       sources.Some(time.UnixMilli(r.start).UTC()),
		Reported:    sources.Some(time.UnixMilli(v.ended()).UTC()),
		Duration:    sources.Some(time.Duration(r.dur) * time.Microsecond),
		Billed:      sources.Some(time.Duration(v.billedMS()) * time.Millisecond),
		MemoryMB:    sources.Some(v.p.config.memory),
		MaxMemoryMB: sources.Some(int(r.memory)),
		Cold:        sources.Some(v.cold()),
		Outcome:     r.outcome.result(), ErrorType: v.errorType(),
		TraceID: v.traceID(), Sampled: r.has(flagSampled),
	}
	if us := v.initShown(); us > 0 {
		inv.Init = sources.Some(time.Duration(us) * time.Microsecond)
	}
	if us, billed := v.restore(); us > 0 {
		inv.Restore = sources.Some(time.Duration(us) * time.Microsecond)
		inv.BilledRestore = sources.Some(time.Duration(billed) * time.Millisecond)
	}
	return inv
}
