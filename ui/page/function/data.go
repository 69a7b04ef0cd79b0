package function

import (
	"math"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
	"fntop/ui/page"
)

// data is what the charts draw: for each series one value a point, NaN where
// it is not known. Rates are a minute; durations are milliseconds.
type data struct {
	now    time.Time
	start  time.Time
	step   time.Duration
	points int
	newest int // the last point with anything known

	invocations, errors, throttles []float64
	// live is invocations a minute counted from the log, at points that the
	// metrics have not reached yet.
	live          []float64
	p50, p95, p99 []float64
	concurrency   []float64
	cold          []float64 // cold starts a point, counted from the log
}

// read takes the series of the function over the window.
func (p *Page) read(env *page.Env) data {
	start, end := poll.SeriesSpan(p.window, env.Now)
	d := data{now: env.Now, start: start.In(env.Now.Location()), step: poll.RowPeriod(p.window)}
	d.points = int((end.Sub(start) + d.step - 1) / d.step)
	if d.points <= 0 || d.points > 1<<14 {
		d.points = 0
		return d
	}
	sum := func(m sources.Metric) []float64 { return p.series(&d, m, sources.StatSum, 0) }
	d.invocations, d.errors, d.throttles = sum(sources.MetricInvocations), sum(sources.MetricErrors), sum(sources.MetricThrottles)
	perMinute := d.step.Minutes()
	for _, s := range [][]float64{d.invocations, d.errors, d.throttles} {
		for i := range s {
			s[i] /= perMinute
		}
	}
	gap := math.NaN()
	d.p50 = p.series(&d, sources.MetricDuration, sources.StatP50, gap)
	d.p95 = p.series(&d, sources.MetricDuration, sources.StatP95, gap)
	d.p99 = p.series(&d, sources.MetricDuration, sources.StatP99, gap)
	d.concurrency = p.series(&d, sources.MetricConcurrency, sources.StatMaximum, gap)
	for i, v := range d.invocations {
		if v == 0 && math.IsNaN(d.concurrency[i]) {
			d.concurrency[i] = 0 // nothing ran
		}
	}
	p.fromLog(&d)
	d.newest = -1
	for _, s := range [][]float64{d.invocations, d.live, d.p50, d.concurrency, d.cold} {
		for i, v := range s {
			if i > d.newest && !math.IsNaN(v) {
				d.newest = i
			}
		}
	}
	return d
}

// settled is how long after its end a period without a point is taken for
// one without samples: metrics come one to three minutes late, and until then
// silence is not known from lateness. The fleet waits as long for its rows.
const settled = 3 * time.Minute

// series gives one value a point. silent is the value of a period that has
// been read and had no samples.
func (p *Page) series(d *data, m sources.Metric, st sources.Stat, silent float64) []float64 {
	out := unknown(d.points)
	points, from, through, ok := p.fn.Points(m, st, d.step)
	if !ok {
		return out
	}
	if limit := d.now.Add(-settled); through.After(limit) {
		through = limit
	}
	for i := range out {
		t := d.start.Add(time.Duration(i) * d.step)
		if !t.Before(from) && !t.Add(d.step).After(through) {
			out[i] = silent
		}
	}
	for _, pt := range points {
		if i := d.index(pt.Time); i >= 0 {
			out[i] = pt.Value
		}
	}
	return out
}

// index is the point that a moment lies in, or -1.
func (d *data) index(t time.Time) int {
	if t.IsZero() || t.Before(d.start) || d.step <= 0 {
		return -1
	}
	i := int(t.Sub(d.start) / d.step)
	if i >= d.points {
		return -1
	}
	return i
}

// fromLog counts what the log tells: cold starts, for which there is no
// metric, and the invocations of points the metrics have not reached. Only
// points that have been read without a gap are known.
func (p *Page) fromLog(d *data) {
	d.cold = d.read(p.fn.ColdFrom, p.fn.ColdThrough)
	for _, c := range p.fn.ColdStarts {
		if at := d.index(c.At); at >= 0 && !math.IsNaN(d.cold[at]) {
			d.cold[at]++
		}
	}
	d.live = d.read(p.fn.InvocationsFrom, p.fn.InvocationsThrough)
	for i := range p.fn.Invocations {
		inv := &p.fn.Invocations[i]
		start, ok := inv.Start.Get()
		if !ok {
			continue
		}
		at := d.index(start)
		if at < 0 || math.IsNaN(d.live[at]) {
			continue
		}
		d.live[at] += 1 / d.step.Minutes()
	}
	for i := range d.live {
		if !math.IsNaN(d.invocations[i]) {
			d.live[i] = math.NaN()
		}
	}
}

// read is 0 at the points that have been read from the log without a gap,
// and unknown at the others.
func (d *data) read(from, through time.Time) []float64 {
	out := unknown(d.points)
	if from.IsZero() || through.IsZero() {
		return out
	}
	for i := range out {
		t := d.start.Add(time.Duration(i) * d.step)
		if !t.Before(from) && !t.Add(d.step).After(through) {
			out[i] = 0
		}
	}
	return out
}

func unknown(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}
