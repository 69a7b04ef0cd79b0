package poll

import (
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
	before time.Duration
}

// billedMetrics is how many metrics a query is billed as: up to five
// statistics of one metric are one, and each five more another (CloudWatch
// User Guide, GetMetricData).
func billedMetrics(stats int) int { return (stats + 4) / 5 }

// rows plans the figures of the rows on the screen.
func (p *planner) rows(d Demand) {
	start, end := d.Window.At(p.now)
	if !end.After(start) {
		return
	}
	if p.seen == nil {
		p.seen = make(map[sources.FunctionID]bool)
	}
	first := p.idleFirst(d)
	for _, id := range d.Rows {
		p.seen[id] = true
		switch reader := p.known.Reader(id); {
		case !p.isOpen(reader):
		case first && p.awaitsActivity(reader):
			p.plan.Pending++
		default:
			p.series(id, d.Window, p.rowWants(id, d), ForRows)
		}
	}
}

// idleFirst tells whether the rows wait until it is known which of them are
// idle: for a long table that is printed once.
func (p *planner) idleFirst(d Demand) bool {
	return !d.Window.Until.IsZero() && d.wantsActivity() && !p.budget.Free && !p.budget.Limited
}

// rowMetrics is how many billed metrics rowWants are.
func (p *planner) rowMetrics(id sources.FunctionID, d Demand) int {
	switch {
	case p.silent(id, d.Window):
		return 2
	case d.Concurrency:
		return 5
	}
	return 4
}

// rowWants are the series that the figures of a row are made of. Errors and
// durations are not asked for while there is no sign of an invocation.
func (p *planner) rowWants(id sources.FunctionID, d Demand) []want {
	start, end := d.Window.At(p.now)
	period, length := RowPeriod(d.Window), end.Sub(start)
	pace := p.base()
	if d.Window.Until.IsZero() {
		pace = p.plan.Pace.Rows
	}
	sum := []sources.Stat{sources.StatSum}
	wants := []want{
		{metric: sources.MetricInvocations, stats: sum, period: period, pace: pace},
		{metric: sources.MetricThrottles, stats: sum, period: period, pace: pace},
	}
	if p.silent(id, d.Window) {
		return wants
	}
	wants = append(wants,
		want{metric: sources.MetricErrors, stats: sum, period: period, pace: pace},
		// The percentiles of a long window hardly move within a minute.
		want{metric: sources.MetricDuration, stats: WholeStats(), period: length, pace: max(pace, (length / 60).Truncate(time.Minute)), whole: true},
	)
	if pace == 0 {
		wants[3].pace = 0
	}
	if d.Concurrency {
		wants = append(wants, want{metric: sources.MetricConcurrency, stats: []sources.Stat{sources.StatMaximum}, period: period, pace: pace})
	}
	return wants
}

// silent tells whether there is no sign that the function was invoked in the
// window: none was counted, or the cloud says that it is idle and none has
// been counted yet.
func (p *planner) silent(id sources.FunctionID, w sources.Window) bool {
	if p.known.Idle(id, w) {
		return true
	}
	if e := p.ledger.series[seriesKey{function: id, metric: sources.MetricInvocations, period: RowPeriod(w)}]; e != nil && e.answered && e.fails == 0 {
		return false // some were counted
	}
	active, known := p.known.Active(id)
	return known && !active
}

func totalMetrics() []sources.Metric {
	return []sources.Metric{sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles}
}

// totals plans the figures of all functions of each scope together, which
// cost as much as those of a single one.
func (p *planner) totals(d Demand) {
	if !d.Totals {
		return
	}
	wants := make([]want, 0, len(totalMetrics()))
	for _, m := range totalMetrics() {
		wants = append(wants, want{metric: m, stats: []sources.Stat{sources.StatSum}, period: RowPeriod(d.Window), pace: p.base()})
	}
	for _, s := range p.open {
		if p.isOpen(s) {
			p.series(s.In(""), d.Window, wants, ForTotals)
		}
	}
}

// chart plans the series of a function's charts.
func (p *planner) chart(f Focus) {
	p.series(f.Function, f.Window, chartWants(f.Window, p.base()), ForCharts)
}

func chartWants(w sources.Window, pace time.Duration) []want {
	period := RowPeriod(w)
	sum := []sources.Stat{sources.StatSum}
	return []want{
		{metric: sources.MetricInvocations, stats: sum, period: period, pace: pace},
		{metric: sources.MetricErrors, stats: sum, period: period, pace: pace},
		{metric: sources.MetricThrottles, stats: sum, period: period, pace: pace},
		{metric: sources.MetricConcurrency, stats: []sources.Stat{sources.StatMaximum}, period: period, pace: pace},
		{metric: sources.MetricDuration, stats: ChartStats(), period: period, pace: pace},
	}
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

// series plans what is missing of the wanted series of one function.
func (p *planner) series(id sources.FunctionID, w sources.Window, wants []want, purpose Purpose) {
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
		if want.pace == 0 {
			p.plan.OverBudget++
			continue
		}
		pending, over := p.plan.Pending, p.plan.OverBudget
		switch e := p.ledger.series[key]; {
		case e == nil:
			p.plan.Pending++
			p.query(id, w, want, purpose, start, end)
		case want.whole:
			p.wholeDue(e, id, w, want, purpose, start, end)
		default:
			p.tailDue(e, id, w, want, purpose, start, end)
		}
		if p.plan.OverBudget > over {
			p.plan.Pending = pending // nobody waits for what may not be asked
		}
	}
}

// wholeDue plans a figure over all of a window again: when the window has
// moved, or when its end was too new to be final.
func (p *planner) wholeDue(e *entry, id sources.FunctionID, w sources.Window, want want, purpose Purpose, start, end time.Time) {
	if e.fails == 0 && e.answered && !e.end.Before(end) && !e.asked.IsZero() && !e.through.Before(end) {
		return // final
	}
	pace := want.pace
	if !w.Until.IsZero() {
		pace = settle
	}
	if p.due(e, p.together(e, pace)) {
		p.query(id, w, want, purpose, start, end)
	}
}

// tailDue plans the part of a series that has not been read, or was read
// before it was final.
func (p *planner) tailDue(e *entry, id sources.FunctionID, w sources.Window, want want, purpose Purpose, start, end time.Time) {
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
			p.query(id, w, want, purpose, start, e.from)
			return
		}
		p.query(id, w, want, purpose, start, end)
		return
	case !w.Until.IsZero():
		pace = settle
	}
	if !p.due(e, p.together(e, pace)) {
		return
	}
	if covered {
		// A sample belongs to the minute its invocation began in and appears
		// when that has ended (Lambda Developer Guide, "Viewing metrics"): a
		// minute can change for as long as the timeout.
		start = later(start, finalUntil(e.from, e.end, want.period, e.read.Add(-p.known.Timeout(id))))
	}
	if start.Before(end) {
		p.query(id, w, want, purpose, start, end)
	}
}

// tick is when in a minute series are asked for again: a little after the one
// before has ended.
const tick = 5 * time.Second

// together moves a pace of whole minutes by up to half a minute, once, so that
// all series come due at the same moment of a minute, whenever each was first
// asked for. What is read in the same minute is known up to the same minute:
// the figures of the functions and of the fleet then agree.
func (p *planner) together(e *entry, pace time.Duration) time.Duration {
	if e == nil || e.asked.IsZero() || p.unseen || pace%time.Minute != 0 {
		return pace
	}
	late := e.asked.Add(-tick)
	return pace - late.Sub(late.Round(time.Minute))
}

// query adds a query to the request that is being filled for its span, and
// starts another when it is full.
func (p *planner) query(id sources.FunctionID, w sources.Window, want want, purpose Purpose, start, end time.Time) {
	if p.budget.Free {
		p.plan.OverBudget++
		return
	}
	price := billedMetrics(len(want.stats))
	least := price
	if purpose == ForRest {
		least += p.reserve
	}
	if p.budget.Limited && p.budget.Left < least {
		p.plan.OverBudget++
		return
	}
	key := batchKey{scope: p.known.Reader(id), purpose: purpose, start: start, end: end, whole: want.whole, before: want.before}
	if want.whole {
		key.until = w.Until
	}
	if p.filling == nil {
		p.filling = make(map[batchKey]int)
	}
	i, ok := p.filling[key]
	if !ok || p.batches[i].statistics+len(want.stats) > maxQueries {
		if !p.isOpen(key.scope) {
			return // a probe is one request
		}
		p.asked(key.scope)
		i = len(p.batches)
		p.filling[key] = i
		p.batches = append(p.batches, batch{request: Request{
			Kind: Metrics, Scope: key.scope, For: purpose, Whole: want.whole, Until: key.until, Before: want.before,
			Metrics: sources.MetricWindow{Start: start, End: end},
		}})
	}
	p.budget.Left -= price
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
