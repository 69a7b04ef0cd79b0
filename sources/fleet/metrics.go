package fleet

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// settled is how long after its end a minute without a point is taken for
// silence. Before that the point may still be on its way.
const settled = 3 * time.Minute

// wholePeriod marks the series that hold figures over all of a window: their
// key carries the window's length as a negative period, so that they never
// meet the series of a chart.
func wholePeriod(length time.Duration) time.Duration { return -length }

// ApplyMetrics takes the answers to a request. Queries in unanswered keep
// what was known of them.
func (f *Fleet) ApplyMetrics(r poll.Request, results []sources.MetricResult, unanswered map[int]bool, err error, now time.Time) {
	h := f.scope(r.Scope)
	h.note(&h.metrics, err, now)
	perFunction := make(map[sources.FunctionID][]int) // queries by function
	var order []sources.FunctionID
	for i, q := range r.Metrics.Queries {
		if perFunction[q.Function] == nil {
			order = append(order, q.Function)
		}
		perFunction[q.Function] = append(perFunction[q.Function], i)
	}
	byQuery := make(map[int][]sources.MetricResult, len(r.Metrics.Queries))
	for _, res := range results {
		byQuery[res.Query] = append(byQuery[res.Query], res)
	}
	for _, id := range order {
		f.merge(id, now, func(fn *Function) {
			all := make(map[seriesKey]*series, len(fn.series)+2)
			maps.Copy(all, fn.series)
			fn.series = all
			var failed error
			for _, i := range perFunction[id] {
				if unanswered[i] {
					failed = cmp.Or(failed, err)
					continue
				}
				f.mergeQuery(all, r, r.Metrics.Queries[i], byQuery[i], now)
			}
			fn.Metrics.note(failed, now)
		})
	}
}

// merge changes a function, or the totals of a scope where the ID has no name,
// and computes its figures.
func (f *Fleet) merge(id sources.FunctionID, now time.Time, edit func(*Function)) {
	if id.Name != "" {
		f.change(id, func(fn *Function) {
			edit(fn)
			f.computeRows(fn, now)
		})
		return
	}
	h := f.scope(id.Scope())
	if h.total == nil {
		h.total = &Function{ID: id, Config: sources.Function{ID: id}}
	}
	h.total = f.total(h.total, edit, now)
}

// total gives a changed copy of a scope's totals.
func (f *Fleet) total(old *Function, edit func(*Function), now time.Time) *Function {
	c := *old
	edit(&c)
	c.rows = f.rowsOf(&c, nil, now)
	return &c
}

func (f *Fleet) mergeQuery(all map[seriesKey]*series, r poll.Request, q sources.MetricQuery, results []sources.MetricResult, now time.Time) {
	for _, stat := range q.Stats {
		var points []sources.Point
		for _, res := range results {
			if res.Stat == stat {
				points = res.Points
			}
		}
		key := seriesKey{q.Metric, stat, q.Period, r.Before}
		if r.Whole {
			key.period = wholePeriod(q.Period)
			all[key] = &series{points, r.Metrics.Start, r.Metrics.End, now}
			continue
		}
		all[key] = all[key].extend(points, r.Metrics.Start, r.Metrics.End, now)
	}
}

// extend gives the series with the points of [from, through) replaced. A gap
// before from drops what was before it: a series has no holes.
func (s *series) extend(points []sources.Point, from, through, read time.Time) *series {
	if s == nil || from.After(s.through) || through.Before(s.from) {
		return &series{points, from, through, read}
	}
	merged := make([]sources.Point, 0, len(s.points)+len(points))
	for _, p := range s.points {
		if p.Time.Before(from) {
			merged = append(merged, p)
		}
	}
	merged = append(merged, points...)
	for _, p := range s.points {
		if !p.Time.Before(through) {
			merged = append(merged, p)
		}
	}
	next := &series{points: merged, from: s.from, through: s.through, read: s.read}
	if !through.Before(s.through) { // else the newest of it has not been read again
		next.read = latest(s.read, read)
	}
	if from.Before(next.from) {
		next.from = from
	}
	if through.After(next.through) {
		next.through = through
	}
	return next.bounded()
}

// maxPoints bounds a series: two weeks of hours, two days of five minutes and
// a day of minutes fit.
const maxPoints = 2000

func (s *series) bounded() *series {
	if over := len(s.points) - maxPoints; over > 0 {
		s.points = slices.Clone(s.points[over:])
		s.from = s.points[0].Time
	}
	return s
}

// computeRows computes the figures of a function over each demanded window.
func (f *Fleet) computeRows(fn *Function, now time.Time) {
	fn.rows = f.rowsOf(fn, f.records[f.index[fn.ID]].cold, now)
}

func (f *Fleet) rowsOf(fn *Function, cold *coldStarts, now time.Time) []windowRow {
	rows := make([]windowRow, 0, len(f.windows))
	for _, w := range f.windows {
		rows = append(rows, windowRow{w, f.row(fn, cold, w, now)})
	}
	return rows
}

func (f *Fleet) row(fn *Function, cold *coldStarts, w sources.Window, now time.Time) Row {
	period := poll.RowPeriod(w)
	start, end := poll.SeriesSpan(w, now)
	row := Row{Start: start, End: end, Step: period}
	get := func(m sources.Metric, st sources.Stat) *series { return fn.series[seriesKey{m, st, period, 0}] }

	invocations := get(sources.MetricInvocations, sources.StatSum)
	row.Invocations = invocations.sum(start, end)
	row.Errors = get(sources.MetricErrors, sources.StatSum).sum(start, end)
	if n, ok := row.Invocations.Get(); ok && n == 0 {
		row.Errors = sources.Some[int64](0) // each is of an invocation
	}
	row.Throttles = get(sources.MetricThrottles, sources.StatSum).sum(start, end)
	row.Concurrency = get(sources.MetricConcurrency, sources.StatMaximum).max(start, end)
	known := row.traffic(invocations, now)

	f.whole(&row, fn, w)
	row.addCold(cold, known, invocations)
	f.price(&row, fn)
	return row
}

// whole fills in the figures that come as one point over all of the window.
func (f *Fleet) whole(row *Row, fn *Function, w sources.Window) {
	start, end := w.At(row.End)
	get := func(st sources.Stat) (float64, bool) {
		s := fn.series[seriesKey{sources.MetricDuration, st, wholePeriod(end.Sub(start)), 0}]
		if s == nil || len(s.points) != 1 {
			// More than one point means that the cloud cut the window on a grid
			// of its own: percentiles of parts do not make one of the whole.
			return 0, false
		}
		if !w.Until.IsZero() && !s.through.Equal(end) {
			return 0, false
		}
		return s.points[0].Value, true
	}
	ms := func(st sources.Stat) (o sources.Opt[time.Duration]) {
		if v, ok := get(st); ok {
			o = sources.Some(time.Duration(math.Round(v * float64(time.Millisecond))))
		}
		return o
	}
	row.DurationSum = ms(sources.StatSum)
	row.Average, row.P50 = ms(sources.StatAverage), ms(sources.StatP50)
	row.P95, row.P99 = ms(sources.StatP95), ms(sources.StatP99)
}

// traffic fills in the sparkline, and gives the time up to which the
// invocations are known. A step counts once it is final: before that a point
// may be of a part of the step only, or of some functions of a total.
func (row *Row) traffic(s *series, now time.Time) (known time.Time) {
	if s == nil || row.Step <= 0 {
		return time.Time{}
	}
	steps := int((row.End.Sub(row.Start) + row.Step - 1) / row.Step)
	values := make([]float64, max(steps, 0))
	final := s.final()
	counts := func(at time.Time) bool { return !at.Before(s.from) && !at.Add(row.Step).After(final) }
	for i := range values {
		if !counts(row.Start.Add(time.Duration(i) * row.Step)) {
			values[i] = math.NaN()
		}
	}
	for _, p := range s.points {
		if i := int(p.Time.Sub(row.Start) / row.Step); !p.Time.Before(row.Start) && i < len(values) && counts(p.Time) {
			values[i] = p.Value / row.Step.Minutes()
		}
	}
	row.PerMinute = values
	for i, v := range slices.Backward(values) {
		if !math.IsNaN(v) {
			row.LastMinute = sources.Some(v)
			known = row.Start.Add(time.Duration(i+1) * row.Step)
			row.Through, row.MetricsAge = known, sources.Some(now.Sub(known))
			break
		}
	}
	return known
}

// counted is the end of the newest step that has a point.
func (s *series) counted(step time.Duration) time.Time {
	if s == nil || len(s.points) == 0 {
		return time.Time{}
	}
	return s.points[len(s.points)-1].Time.Add(step)
}

// sum adds up the points of [start, end); unknown when the series has not
// been read from start.
func (s *series) sum(start, end time.Time) sources.Opt[int64] {
	if s == nil || s.from.After(start) || !s.through.After(start) {
		return sources.Opt[int64]{}
	}
	total := 0.0
	for _, p := range s.points {
		if !p.Time.Before(start) && p.Time.Before(end) {
			total += p.Value
		}
	}
	return sources.Some(int64(math.Round(total)))
}

func (s *series) max(start, end time.Time) sources.Opt[int] {
	if s == nil || s.from.After(start) {
		return sources.Opt[int]{}
	}
	var top sources.Opt[int]
	for _, p := range s.points {
		if !p.Time.Before(start) && p.Time.Before(end) && int(p.Value) >= top.Or(0) {
			top = sources.Some(int(p.Value))
		}
	}
	return top
}

// price derives what the window's invocations cost. Billed time is the
// average duration of each, half a millisecond for each invocation (billing rounds each up to
// a whole one, which is half a millisecond on average), and the init of the
// cold starts that are known.
func (f *Fleet) price(row *Row, fn *Function) {
	n, ok := row.Invocations.Get()
	if !ok || n == 0 || !fn.Configured || f.config.Price == nil || fn.Config.ManagedInstances {
		return
	}
	average, ok := row.Average.Get()
	if !ok {
		return
	}
	billed := time.Duration(n)*(average+time.Millisecond/2) + row.initSum
	usd, ok := f.config.Price(fn.Config, Usage{Invocations: n, Billed: billed})
	if !ok {
		return
	}
	row.CostUSD = sources.Some(usd)
	row.CostPerMillion = sources.Some(usd / float64(n) * 1e6)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
