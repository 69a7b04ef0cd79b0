package poll

import "slices"

// Wanted tells whether any of the demands still has use for a request's
// answer.
func Wanted(r Request, demands []Demand) bool {
	return slices.ContainsFunc(demands, func(d Demand) bool { return d.wants(r) })
}

func (d Demand) wants(r Request) bool {
	switch r.Kind {
	case Catalogue:
		return d.Catalogue
	case Activity:
		return d.wantsActivity()
	case Ranking:
		return d.AllRows
	case Metrics:
		if r.For == ForTotals {
			return d.Totals
		}
		for _, q := range r.Metrics.Queries {
			if d.AllRows || slices.Contains(d.Rows, q.Function) ||
				slices.ContainsFunc(d.Focus, func(f Focus) bool { return f.Function == q.Function }) {
				return true
			}
		}
		return false
	case Cold:
		return slices.Contains(d.Rows, r.Function)
	case Invocations, TraceList:
		return slices.ContainsFunc(d.Focus, func(f Focus) bool { return f.Function == r.Function && f.lists(r.Kind) })
	case Tail:
		return slices.ContainsFunc(d.Tail, func(ref TailRef) bool { return ref.Function == r.Function })
	case Lines:
		return slices.ContainsFunc(d.Lines, func(ref InvocationRef) bool {
			return ref.Function == r.Function && ref.Key == r.Invoked.Key
		})
	case Traces:
		return slices.ContainsFunc(d.Traces, func(ref TraceRef) bool {
			return ref.Scope == r.Scope && slices.Contains(r.Traces, ref.ID)
		})
	case Changes, Tags, EventSources, Triggers, Limits, Concurrency:
		return d.wantsFact(r)
	}
	return false
}

// lists tells whether the focus is on the invocations, or on the traces, of its
// function.
func (f Focus) lists(k Kind) bool {
	return k == Invocations && f.Invocations || k == TraceList && f.TraceList
}
