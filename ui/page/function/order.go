package function

import (
	"cmp"
	"slices"
	"time"

	"fntop/sources"
	"fntop/ui/page"
)

// sortKey is what an invocation is sorted by. Equal ones stay in the order
// of the snapshot, which is by time.
type sortKey struct {
	num   float64
	index int32
	known bool
}

// sortable are the columns that can be sorted by, in the order of the key.
func sortable() []int { return []int{colTime, colDuration, colInit, colMemory, colCost} }

// choose finds the invocations that lie in the window and pass the filter,
// and sorts them.
func (l *list) choose(env *page.Env) {
	fn := l.p.fn
	start, end := l.p.window.At(env.Now)
	price := func(inv *sources.Invocation) (float64, bool) { return env.Price(*inv, fn.Config) }
	l.scratch, l.within = l.scratch[:0], 0
	for i := range fn.Invocations {
		inv := &fn.Invocations[i]
		if t := began(inv); !t.IsZero() && (t.Before(start) || !l.p.window.Until.IsZero() && !t.Before(end)) {
			continue
		}
		l.within++
		if !l.filter.Match(inv, price) {
			continue
		}
		k := sortKey{index: int32(i)} //nolint:gosec // a fleet keeps far fewer invocations
		if l.sort != colTime {
			k.num, k.known = figure(l.sort, inv, price)
		}
		l.scratch = append(l.scratch, k)
	}
	switch {
	case l.sort != colTime:
		slices.SortStableFunc(l.scratch, l.before)
	case !l.desc:
		slices.Reverse(l.scratch)
	}
	l.order = l.order[:0]
	for _, k := range l.scratch {
		l.order = append(l.order, k.index)
	}
}

// before orders two invocations; what is not known comes last.
func (l *list) before(a, b sortKey) int {
	switch {
	case a.known && !b.known:
		return -1
	case !a.known && b.known:
		return 1
	case l.desc:
		return cmp.Compare(b.num, a.num)
	}
	return cmp.Compare(a.num, b.num)
}

// figure is what a column is sorted by.
func figure(column int, inv *sources.Invocation, price func(*sources.Invocation) (float64, bool)) (float64, bool) {
	timed := func(v sources.Opt[time.Duration]) (float64, bool) {
		d, ok := v.Get()
		return float64(d), ok
	}
	switch column {
	case colDuration:
		return timed(inv.Duration)
	case colInit:
		return timed(inv.Init.OrElse(inv.Restore))
	case colMemory:
		used, ok := inv.MaxMemoryMB.Get()
		return float64(used), ok
	case colCost:
		return price(inv)
	}
	return 0, false
}

// sortBy sorts by a column, the largest first; the one that is sorted by
// already turns around.
func (l *list) sortBy(env *page.Env, column int) {
	switch {
	case !slices.Contains(sortable(), column):
		return
	case column == l.sort:
		l.desc = !l.desc
	default:
		l.sort, l.desc = column, true
	}
	l.take(env)
}

// nextSort goes on to the next column that can be sorted by.
func (l *list) nextSort(env *page.Env) {
	all := sortable()
	l.sortBy(env, all[(slices.Index(all, l.sort)+1)%len(all)])
}
