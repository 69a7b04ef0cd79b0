package fleet

import (
	"cmp"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// maxTraces bounds the traces that are kept in the list of one function.
const maxTraces = 500

// ApplyTraceList takes what a search for traces of a function has found, newest
// first. oldest is set when a limit ended it: nothing before that was looked
// at. With an error some may be missing, and what is known reaches no further.
func (f *Fleet) ApplyTraceList(r poll.Request, found []sources.TraceSummary, oldest time.Time, err error, now time.Time) {
	f.scope(r.Scope).traces.note(ofPlace(err), now)
	rec := f.record(r.Function)
	have := rec.pub
	rec.listed = now
	health := have.Searched
	if health.note(err, now); err == nil && have.Searched.Err == nil && !have.Searched.Good.IsZero() {
		health = have.Searched // the time alone is no news
	}
	list, from, through := have.Traces, have.TracesFrom, have.TracesThrough
	if err == nil {
		start := latest(r.Start, oldest)
		switch {
		case r.Deep:
			from = start
		case r.Anew || start.After(through):
			list, from, through = kept(list, start, r.End), start, r.End
		default:
			through = latest(through, r.End)
		}
	}
	list = mergeTraces(list, found)
	if len(list) > maxTraces {
		list = list[:maxTraces:maxTraces]
		from = latest(from, list[maxTraces-1].Start)
	}
	same := len(list) == len(have.Traces) && (len(list) == 0 || &list[0] == &have.Traces[0])
	if same && from.Equal(have.TracesFrom) && through.Equal(have.TracesThrough) && health == have.Searched {
		return
	}
	f.change(r.Function, func(fn *Function) {
		fn.Traces, fn.TracesFrom, fn.TracesThrough, fn.Searched = list, from, through, health
	})
}

// kept are the traces of a list that began between two moments.
func kept(list []sources.TraceSummary, start, end time.Time) []sources.TraceSummary {
	out := func(t sources.TraceSummary) bool { return t.Start.Before(start) || t.Start.After(end) }
	if !slices.ContainsFunc(list, out) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), out)
}

// mergeTraces adds what was found to a list, newest first. Of a trace that is
// in both, what was found counts: it may have grown. A list that has all of it
// is given as it is.
func mergeTraces(list, found []sources.TraceSummary) []sources.TraceSummary {
	at := make(map[string]int, len(list))
	for i := range list {
		at[list[i].ID] = i
	}
	var fresh []sources.TraceSummary
	replaced := make(map[string]bool)
	for i := range found {
		t := &found[i]
		j, known := at[t.ID]
		if known && sameTrace(&list[j], t) || replaced[t.ID] {
			continue
		}
		replaced[t.ID] = true
		fresh = append(fresh, *t)
	}
	if len(fresh) == 0 {
		return list
	}
	for i := range list {
		if !replaced[list[i].ID] {
			fresh = append(fresh, list[i])
		}
	}
	slices.SortStableFunc(fresh, func(a, b sources.TraceSummary) int {
		return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(a.ID, b.ID))
	})
	return fresh
}

// sameTrace tells whether two answers say the same of a trace.
func sameTrace(a, b *sources.TraceSummary) bool {
	return a.ID == b.ID && a.Start.Equal(b.Start) && a.Duration == b.Duration && a.Response == b.Response &&
		a.Error == b.Error && a.Fault == b.Fault && a.Throttle == b.Throttle && a.Partial == b.Partial && a.Status == b.Status &&
		slices.Equal(a.Services, b.Services) && slices.Equal(a.Annotations, b.Annotations)
}

// retainTraceLists lets go of the lists that nobody has wanted for a while, and
// gives their functions.
func (f *Fleet) retainTraceLists(demands []poll.Demand, now time.Time) (gone []sources.FunctionID) {
	for _, d := range demands {
		for _, one := range d.Focus {
			if i, ok := f.index[one.Function]; ok && one.TraceList && !f.records[i].listed.IsZero() {
				f.records[i].listed = now
			}
		}
	}
	for _, r := range f.records {
		if r.listed.IsZero() || now.Sub(r.listed) <= keptUnfollowed {
			continue
		}
		r.listed = time.Time{}
		gone = append(gone, r.pub.ID)
		f.change(r.pub.ID, func(fn *Function) {
			fn.Traces, fn.TracesFrom, fn.TracesThrough, fn.Searched = nil, time.Time{}, time.Time{}, Health{}
		})
	}
	return gone
}
