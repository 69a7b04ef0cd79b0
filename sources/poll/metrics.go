package poll

import (
	"slices"
	"time"

	"fntop/sources"
)

// want is one series that somebody wants.
type want struct {
	metric sources.Metric
	stats  []sources.Stat
	period time.Duration
	pace   time.Duration
	whole  bool
}

// billedMetrics is how many metrics a query is billed as: up to five
// statistics of one metric are one, and each five more another (CloudWatch
// User Guide, GetMetricData).
func billedMetrics(stats int) int { return (stats + 4) / 5 }

// rows plans the figures of the rows on the screen.
func (p *planner) rows(d Demand) {
	start, end := d.Window.At(p.now)
	length := end.Sub(start)
	if length <= 0 {
		return
	}
	period := RowPeriod(d.Window)
	wants := []want{
		{metric: sources.MetricInvocations, stats: []sources.Stat{sources.StatSum}, period: period, pace: visibleEvery},
		{metric: sources.MetricErrors, stats: []sources.Stat{sources.StatSum}, period: period, pace: visibleEvery},
		{metric: sources.MetricThrottles, stats: []sources.Stat{sources.StatSum}, period: period, pace: visibleEvery},
		{metric: sources.MetricDuration, stats: WholeStats(), period: length, pace: visibleEvery, whole: true},
	}
	if d.Concurrency {
		wants = append(wants, want{metric: sources.MetricConcurrency, stats: []sources.Stat{sources.StatMaximum}, period: period, pace: visibleEvery})
	}
	if p.seen == nil {
		p.seen = make(map[sources.FunctionID]bool)
	}
	for _, id := range d.Rows {
		p.seen[id] = true
		if p.isOpen(id.Scope()) {
			p.series(id, d.Window, wants)
		}
	}
}

// background plans the traffic of every function that has no row on a screen.
// It looks at all of them only when one can be due.
func (p *planner) background(demands []Demand) {
	if !slices.ContainsFunc(demands, func(d Demand) bool { return d.AllRows }) {
		return
	}
	ids := p.known.Functions()
	p.plan.backgroundCount = len(ids)
	if led := p.ledger; len(ids) == led.restCount && led.rest.After(p.now) {
		p.plan.BackgroundRest = led.rest
		p.wake(led.rest)
		return
	}
	pending, next := p.plan.Pending, p.plan.Next
	p.plan.Next = time.Time{}
	for _, d := range demands {
		if !d.AllRows {
			continue
		}
		wants := []want{
			{metric: sources.MetricInvocations, stats: []sources.Stat{sources.StatSum}, period: RowPeriod(d.Window), pace: backgroundEvery},
			{metric: sources.MetricErrors, stats: []sources.Stat{sources.StatSum}, period: RowPeriod(d.Window), pace: backgroundEvery},
		}
		for _, id := range ids {
			if !p.seen[id] && p.isOpen(id.Scope()) {
				p.series(id, d.Window, wants)
			}
		}
	}
	if len(p.batches) == 0 && p.plan.Pending == pending {
		p.plan.BackgroundRest = p.plan.Next
	}
	if !next.IsZero() {
		p.wake(next)
	}
	p.flush()
}

// chart plans the series of a function's charts.
func (p *planner) chart(f Focus) {
	period := RowPeriod(f.Window)
	sum := []sources.Stat{sources.StatSum}
	p.series(f.Function, f.Window, []want{
		{metric: sources.MetricInvocations, stats: sum, period: period, pace: visibleEvery},
		{metric: sources.MetricErrors, stats: sum, period: period, pace: visibleEvery},
		{metric: sources.MetricThrottles, stats: sum, period: period, pace: visibleEvery},
		{metric: sources.MetricConcurrency, stats: []sources.Stat{sources.StatMaximum}, period: period, pace: visibleEvery},
		{metric: sources.MetricDuration, stats: ChartStats(), period: period, pace: visibleEvery},
	})
}

// WholeStats are the statistics of Duration over all of a window, in one
// point. They are five, which is what one billed metric covers.
func WholeStats() []sources.Stat {
	return []sources.Stat{sources.StatSum, sources.StatAverage, sources.StatP50, sources.StatP95, sources.StatP99}
}

// ChartStats are the statistics of Duration that charts draw.
func ChartStats() []sources.Stat {
	return []sources.Stat{sources.StatP50, sources.StatP95, sources.StatP99, sources.StatAverage, sources.StatMaximum}
}

// RowPeriod is the length of one point of a window's series. A window with a
// fixed end gets a period that divides it, so that its points add up to it
// exactly; one that moves is cut on the grid of the period.
func RowPeriod(w sources.Window) time.Duration {
	period := ChartPeriod(w.Since)
	if !w.Until.IsZero() {
		start, end := w.At(w.Until)
		if end.Sub(start)%period != 0 {
			return time.Minute
		}
	}
	return period
}

// SeriesSpan is the span a window's series is read over: whole minutes for a
// fixed window, and for one that moves the start cut down to the grid of the
// period.
func SeriesSpan(w sources.Window, now time.Time) (start, end time.Time) {
	start, end = w.At(now)
	if w.Until.IsZero() {
		start = start.Truncate(RowPeriod(w))
	}
	return start, end
}

// series plans what is missing of the wanted series of one function.
func (p *planner) series(id sources.FunctionID, w sources.Window, wants []want) {
	spanStart, spanEnd := SeriesSpan(w, p.now)
	for _, want := range wants {
		key := seriesKey{function: id, metric: want.metric, period: want.period}
		start, end := spanStart, spanEnd
		if want.whole {
			key.whole, key.until = true, w.Until
			start, end = w.At(p.now)
		}
		if p.merged[key] {
			continue
		}
		p.merged[key] = true
		pending, over := p.plan.Pending, p.plan.OverBudget
		switch e := p.ledger.series[key]; {
		case e == nil:
			p.plan.Pending++
			p.query(id, w, want, start, end)
		case want.whole:
			p.wholeDue(e, id, w, want, start, end)
		default:
			p.tailDue(e, id, w, want, start, end)
		}
		if p.plan.OverBudget > over {
			p.plan.Pending = pending // nobody waits for what may not be asked
		}
	}
}

// wholeDue plans a figure over all of a window again: when the window has
// moved, or when its end was too new to be final.
func (p *planner) wholeDue(e *entry, id sources.FunctionID, w sources.Window, want want, start, end time.Time) {
	if e.fails == 0 && e.answered && !e.end.Before(end) && !e.asked.IsZero() && !e.through.Before(end) {
		return // final
	}
	pace := want.pace
	if !w.Until.IsZero() {
		pace = settle
	}
	if p.due(e, pace) {
		p.query(id, w, want, start, end)
	}
}

// tailDue plans the part of a series that has not been read, or was read
// before it was final.
func (p *planner) tailDue(e *entry, id sources.FunctionID, w sources.Window, want want, start, end time.Time) {
	covered := !e.from.IsZero() && !e.from.After(start) && e.end.After(start)
	if !covered && e.answered && e.fails == 0 {
		p.plan.Pending++ // what has been answered was for another span
	}
	if e.fails == 0 && covered && !e.through.Before(end) {
		return // all of it is final
	}
	pace := want.pace
	switch {
	case !covered && !e.from.IsZero() && !e.inFlight && e.fails == 0:
		// More of the past is wanted than has been read: at once.
		if e.from.After(start) && !e.end.Before(start) && e.from.Before(end) {
			p.query(id, w, want, start, e.from)
			return
		}
		p.query(id, w, want, start, end)
		return
	case !w.Until.IsZero():
		pace = settle
	}
	if !p.due(e, pace) {
		return
	}
	if covered {
		// A sample belongs to the minute its invocation began in and appears
		// when that has ended (Lambda Developer Guide, "Viewing metrics"): as
		// much as the timeout is read again, which costs the same.
		late := p.known.Timeout(id)
		late = (late + want.period - 1).Truncate(want.period)
		start = later(start, e.through.Add(-late))
	}
	if start.Before(end) {
		p.query(id, w, want, start, end)
	}
}

// query adds a query to the request that is being filled for its span, and
// starts another when it is full.
func (p *planner) query(id sources.FunctionID, w sources.Window, want want, start, end time.Time) {
	if p.budget.Free {
		p.plan.OverBudget++
		return
	}
	price := billedMetrics(len(want.stats))
	if p.budget.Limited && p.budget.Left < price {
		p.plan.OverBudget++
		return
	}
	p.budget.Left -= price
	key := batchKey{scope: id.Scope(), start: start, end: end, whole: want.whole}
	if want.whole {
		key.until = w.Until
	}
	if p.filling == nil {
		p.filling = make(map[batchKey]int)
	}
	i, ok := p.filling[key]
	if !ok || p.batches[i].statistics+len(want.stats) > maxQueries {
		i = len(p.batches)
		p.filling[key] = i
		p.batches = append(p.batches, batch{request: Request{
			Kind: Metrics, Scope: key.scope, Whole: want.whole, Until: key.until,
			Metrics: sources.MetricWindow{Start: start, End: end},
		}})
	}
	b := &p.batches[i]
	b.statistics += len(want.stats)
	b.request.Metrics.Queries = append(b.request.Metrics.Queries, sources.MetricQuery{Function: id, Metric: want.metric, Stats: want.stats, Period: want.period})
	b.request.Billed += price
}

// flush hands the requests filled so far over, in the order they were begun.
func (p *planner) flush() {
	for _, b := range p.batches {
		p.plan.Requests = append(p.plan.Requests, b.request)
	}
	p.batches, p.filling = nil, nil
}
