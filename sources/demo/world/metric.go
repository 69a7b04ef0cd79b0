package world

import (
	"slices"
	"time"

	"fntop/sources"
)

// Metrics beside those that package sources names (Lambda Developer Guide,
// "Types of metrics for Lambda functions").
const (
	metricExtensions       sources.Metric = "PostRuntimeExtensionsDuration"
	metricAsyncReceived    sources.Metric = "AsyncEventsReceived"
	metricAsyncAge         sources.Metric = "AsyncEventAge"
	metricAsyncDropped     sources.Metric = "AsyncEventsDropped"
	metricIteratorAge      sources.Metric = "IteratorAge"
	metricProvisionedRuns  sources.Metric = "ProvisionedConcurrencyInvocations"
	metricSpillover        sources.Metric = "ProvisionedConcurrencySpilloverInvocations"
	metricProvisioned      sources.Metric = "ProvisionedConcurrentExecutions"
	metricProvisionedUsage sources.Metric = "ProvisionedConcurrencyUtilization"
	metricUnreserved       sources.Metric = "UnreservedConcurrentExecutions"
	metricClaimed          sources.Metric = "ClaimedAccountConcurrency"
)

// functionMetrics are the metrics that a function of the fleet can have.
func functionMetrics() []sources.Metric {
	return []sources.Metric{
		sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles,
		sources.MetricDuration, sources.MetricConcurrency, metricExtensions,
		metricAsyncReceived, metricAsyncAge, metricAsyncDropped, metricIteratorAge,
		metricProvisionedRuns, metricSpillover, metricProvisioned, metricProvisionedUsage,
	}
}

// provisionedMetric tells whether a metric is about provisioned concurrency.
func provisionedMetric(m sources.Metric) bool {
	switch m {
	case metricProvisionedRuns, metricSpillover, metricProvisioned, metricProvisionedUsage:
		return true
	default:
	}
	return false
}

// liveAlias is the alias that callers of published versions use.
const liveAlias = "live"

// Emitted are the metrics that there are of a function, or with an empty name
// of a whole region, and the alias that the function is called by; empty when
// it is called without one.
func (w *World) Emitted(region, function string) (metrics []sources.Metric, alias string) {
	r, ok := regionIndex(region)
	if !ok {
		return nil, ""
	}
	f := w.byName[r][function]
	switch {
	case function == "":
		for _, m := range functionMetrics() {
			if w.someHas(r, m) && m != metricIteratorAge && !provisionedMetric(m) {
				metrics = append(metrics, m)
			}
		}
		return append(metrics, metricUnreserved, metricClaimed), ""
	case f == nil:
		return nil, ""
	case f.publishes():
		alias = liveAlias
	}
	for _, m := range functionMetrics() {
		if applies(m, f) {
			metrics = append(metrics, m)
		}
	}
	return metrics, alias
}

// someHas tells whether some function of a region has a metric.
func (w *World) someHas(r uint8, m sources.Metric) bool {
	return slices.ContainsFunc(w.regions[r], func(f *function) bool { return applies(m, f) })
}

// The lag of metrics: a minute becomes visible one to three minutes after it
// has closed.
const (
	lagLeast = 60 * second
	lagMost  = 180 * second
)

// lag is how long after its close a minute of a function becomes visible, ms.
func (f *function) lag(minute int64) int64 {
	h := hash3(f.seed^0x1a6, uint64(minute), 0)
	u := unit(h)
	return lagLeast + int64(u*u*float64(lagMost-lagLeast)) // most come early
}

// query is a question for a metric in terms of minutes.
type query struct {
	metric sources.Metric
	want   wants
	from   int64 // minute of the first period
	period int64 // minutes
	first  int64 // minutes that are looked at
	last   int64
	asOf   int64 // ms
	aggs   []aggregate
}

// Metric gives statistics of one metric of one function, or of a region when
// the function name is empty. A sample counts for the minute in which its
// invocation started; minutes are visible one to three minutes after they
// have closed, and an invocation not before it has ended. Points are kept as
// long as CloudWatch does for their period (CloudWatch API Reference,
// GetMetricData).
func (w *World) Metric(region, function string, m sources.Metric, stats []sources.Stat, period time.Duration, start, end, asOf time.Time) [][]sources.Point {
	out := make([][]sources.Point, len(stats))
	r, ok := regionIndex(region)
	if !ok {
		return out
	}
	q := newQuery(m, stats, period, start, end, asOf)
	if q.first >= q.last {
		return out
	}
	w.fill(&q, r, function)
	return q.points(stats, out)
}

// newQuery is the question in minutes; first is not before last when there is
// nothing to find.
func newQuery(m sources.Metric, stats []sources.Stat, period time.Duration, start, end, asOf time.Time) query {
	q := query{metric: m, want: wanted(stats), period: max(1, int64(period/time.Minute)), asOf: clamp(asOf)}
	q.from = floorDiv(start.Unix(), 60) // periods are counted from here, also when it is long ago
	q.first = max(q.from, floorDiv(q.asOf, minuteMS)-retention(q.period))
	q.last = min(floorDiv(clamp(end), minuteMS), floorDiv(q.asOf, minuteMS))
	if q.first < q.last {
		skipped := (q.first - q.from) / q.period // periods that are no longer kept
		q.from += skipped * q.period
		q.aggs = make([]aggregate, (q.last-q.from+q.period-1)/q.period)
	}
	return q
}

// points reads the statistics off what was collected.
func (q *query) points(stats []sources.Stat, out [][]sources.Point) [][]sources.Point {
	for i, st := range stats {
		read, ok := reader(st)
		if !ok {
			continue
		}
		scale := q.scale()
		if st == statSampleCount {
			scale = 1
		}
		for k := range q.aggs {
			if a := &q.aggs[k]; a.n > 0 {
				at := time.UnixMilli((q.from + int64(k)*q.period) * minuteMS).UTC()
				out[i] = append(out[i], sources.Point{Time: at, Value: read(a) / scale})
			}
		}
	}
	return out
}

// retention is how long points of a period are kept, minutes.
func retention(period int64) int64 {
	const day = 24 * 60
	switch {
	case period < 5:
		return 15 * day
	case period < 60:
		return 63 * day
	}
	return 455 * day
}

// scale turns samples into the unit of the metric.
func (q *query) scale() float64 {
	switch q.metric {
	case sources.MetricDuration, metricExtensions:
		return 1000 // µs in a millisecond
	case metricProvisionedUsage:
		return 1e6
	default:
	}
	return 1
}

// fill collects the samples of the functions asked for.
func (w *World) fill(q *query, r uint8, name string) {
	if name != "" {
		if f := w.byName[r][name]; f != nil && q.metric != metricUnreserved && q.metric != metricClaimed {
			w.fillFunction(q, f)
		}
		return
	}
	switch q.metric {
	case sources.MetricConcurrency, metricUnreserved, metricClaimed:
		w.fillRegion(q, r)
	case metricProvisioned, metricProvisionedUsage:
	default:
		for _, f := range w.regions[r] {
			w.fillFunction(q, f)
		}
	}
}

// fillFunction collects the samples of one function: whole hours from their
// sums, the rest from the invocations.
func (w *World) fillFunction(q *query, f *function) {
	if !applies(q.metric, f) {
		return
	}
	for m := q.first; m < q.last; {
		if q.wholeHour(f, m) {
			w.fillHour(q, f, m)
			m += 60
			continue
		}
		n := m + 1
		for n < q.last && !q.wholeHour(f, n) {
			n++
		}
		w.fillMinutes(q, f, m, n)
		m = n
	}
}

// applies tells whether the function has the metric at all.
func applies(m sources.Metric, f *function) bool {
	switch m {
	case sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles, sources.MetricDuration, sources.MetricConcurrency:
		return true
	case metricExtensions:
		return f.extension != ""
	case metricAsyncReceived, metricAsyncAge, metricAsyncDropped:
		return f.origin.async()
	case metricIteratorAge:
		return f.origin == fromStream
	case metricProvisionedRuns, metricSpillover, metricProvisioned, metricProvisionedUsage:
		return f.provisioned > 0
	default: // of a log group, or none
		return false
	}
}

// index is the period a minute belongs to.
func (q *query) index(minute int64) int64 { return (minute - q.from) / q.period }

// wholeHour tells whether an hour from this minute on lies in one period, can
// be had from its sums, and is old enough to be visible in full.
func (q *query) wholeHour(f *function, m int64) bool {
	if m%60 != 0 || m+60 > q.last || q.index(m) != q.index(m+59) {
		return false
	}
	switch q.metric {
	case sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles, metricAsyncReceived, metricAsyncDropped:
	case sources.MetricDuration:
		if !f.plain() && (q.want.values || q.want.extremes) {
			return false
		}
	default:
		return false
	}
	return m+60 <= f.settledBefore(q.asOf)
}

// settledBefore is the minute before which everything is visible at asOf.
func (f *function) settledBefore(asOf int64) int64 {
	return floorDiv(asOf-f.longest-minuteMS-lagMost, minuteMS)
}

// visible tells whether the sample of an invocation is visible.
func (q *query) visible(f *function, minute, endMS int64) bool {
	closed := max((minute+1)*minuteMS, floorDiv(endMS+minuteMS-1, minuteMS)*minuteMS)
	return closed+f.lag(minute) <= q.asOf
}

// fillMinutes collects the samples of a span of minutes.
func (w *World) fillMinutes(q *query, f *function, from, to int64) {
	if q.metric == sources.MetricConcurrency {
		w.fillBusy(q, f, from, to)
		return
	}
	if q.metric == metricProvisioned || q.metric == metricProvisionedUsage {
		w.fillProvisioned(q, f, from, to)
		return
	}
	sure := f.settledBefore(q.asOf)
	if q.summable() && from < sure {
		w.fillSums(q, f, from, min(to, sure))
		if from = sure; from >= to {
			return
		}
	}
	// An invocation that arrived in the minute before can start in this one.
	w.chunksIn(f, (from-1)*minuteMS, to*minuteMS, func(c *chunk) bool {
		for i := range c.records {
			r := &c.records[i]
			minute := r.start / minuteMS
			if q.metric == metricAsyncReceived {
				minute = r.at / minuteMS // Lambda takes the event before it has an environment for it
			}
			if minute < from || minute >= to || minute >= sure && !q.visible(f, minute, ceilMS(r.end())) {
				continue
			}
			if v, ok := w.sample(q.metric, f, r); ok {
				q.aggs[q.index(minute)].add(v, q.want)
			}
		}
		if q.metric == sources.MetricThrottles {
			for _, at := range c.throttle {
				if minute := at / minuteMS; minute >= from && minute < to && (minute < sure || q.visible(f, minute, at)) {
					q.aggs[q.index(minute)].add(1, q.want)
				}
			}
		}
		return true
	})
}

// sample is what an invocation adds to a metric; ok is false when nothing.
func (w *World) sample(m sources.Metric, f *function, r *record) (v int64, ok bool) {
	switch m {
	case sources.MetricInvocations:
		return 1, true
	case sources.MetricErrors:
		if r.failed() {
			return 1, true
		}
		return 0, true
	case sources.MetricThrottles:
		return 0, true
	case sources.MetricDuration:
		return int64(r.dur), true
	case metricExtensions:
		return f.extensionMS(r) * 1000, true
	case metricAsyncReceived:
		return 1, r.attempt == 1
	case metricAsyncAge:
		return w.eventAge(f, r), true
	case metricAsyncDropped:
		return 1, r.dropped()
	case metricIteratorAge:
		return 60 + int64(f.identity(r.minute, r.index)>>44%900), true
	case metricProvisionedRuns:
		return 1, r.has(flagProvisioned)
	case metricSpillover:
		return 1, !r.has(flagProvisioned)
	default:
	}
	return 0, false
}

// eventAge is how long an asynchronous event had waited when its handler
// started, ms.
func (w *World) eventAge(f *function, r *record) int64 {
	age := r.start - r.at + 12 + int64(f.identity(r.minute, r.index)>>46%70)
	if r.attempt > 1 {
		var s scratch
		if times := w.times(f, r.minute, &s); int(r.index) < len(times) {
			age += r.at - (r.minute*minuteMS + times[r.index])
		}
	}
	return age
}
