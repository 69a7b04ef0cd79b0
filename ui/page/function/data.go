package function

import (
	"math"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
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
	// measured is the last point of which metrics are known; -1 for none.
	measured int

	invocations, errors, throttles []float64
	// live is invocations a minute counted from the log, at points that the
	// metrics have not reached yet.
	live          []float64
	p50, p95, p99 []float64
	concurrency   []float64
	// cold is cold starts a point, counted from the log, and init the 95th
	// percentile of their inits, in milliseconds.
	cold, init []float64

	before *earlier // what is compared with; nil for nothing
}

// earlier is the series of a window before, point by point.
type earlier struct{ invocations, errors, p50, p95, p99, concurrency []float64 }

// read takes the series of the function over the window.
func (p *Page) read(env *page.Env) data {
	start, end := poll.SeriesSpan(p.window, env.Now)
	d := data{now: env.Now, start: start.In(env.Now.Location()), step: poll.RowPeriod(p.window)}
	d.points = int((end.Sub(start) + d.step - 1) / d.step)
	if d.points <= 0 || d.points > 1<<14 {
		d.points = 0
		return d
	}
	d.invocations = p.rate(&d, sources.MetricInvocations, 0)
	d.errors = p.rate(&d, sources.MetricErrors, 0)
	d.throttles = p.rate(&d, sources.MetricThrottles, 0)
	d.p50 = p.level(&d, sources.MetricDuration, sources.StatP50, 0)
	d.p95 = p.level(&d, sources.MetricDuration, sources.StatP95, 0)
	d.p99 = p.level(&d, sources.MetricDuration, sources.StatP99, 0)
	d.concurrency = p.level(&d, sources.MetricConcurrency, sources.StatMaximum, 0)
	if b := p.before; b > 0 {
		d.before = &earlier{
			invocations: p.rate(&d, sources.MetricInvocations, b),
			errors:      p.rate(&d, sources.MetricErrors, b),
			p50:         p.level(&d, sources.MetricDuration, sources.StatP50, b),
			p95:         p.level(&d, sources.MetricDuration, sources.StatP95, b),
			p99:         p.level(&d, sources.MetricDuration, sources.StatP99, b),
			concurrency: p.level(&d, sources.MetricConcurrency, sources.StatMaximum, b),
		}
	}
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
	d.measured = -1
	for i, v := range d.invocations {
		if !math.IsNaN(v) {
			d.measured = i
		}
	}
	return d
}

// rate gives one count a minute for each point; a period that has been read
// and had no samples counts nothing.
func (p *Page) rate(d *data, m sources.Metric, before time.Duration) []float64 {
	out := p.series(d, m, sources.StatSum, 0, before)
	for i := range out {
		out[i] /= d.step.Minutes()
	}
	return out
}

// level gives one value a point, which a period without samples has none of.
func (p *Page) level(d *data, m sources.Metric, st sources.Stat, before time.Duration) []float64 {
	return p.series(d, m, st, math.NaN(), before)
}

// series gives one value a point, of the window or of the one so much before.
// silent is the value of a period that has been read and had no samples.
func (p *Page) series(d *data, m sources.Metric, st sources.Stat, silent float64, before time.Duration) []float64 {
	out := unknown(d.points)
	points, from, through, ok := p.fn.Points(m, st, d.step)
	if before > 0 {
		points, from, through, ok = p.fn.PointsBefore(m, st, d.step, before)
		from, through = from.Add(before), through.Add(before)
	}
	if !ok {
		return out
	}
	// Until it is final, silence is not known from lateness, and a count may
	// be of a part of its step.
	final := p.fn.Final(m, st, d.step, before).Add(before)
	if through.After(final) {
		through = final
	}
	for i := range out {
		t := d.start.Add(time.Duration(i) * d.step)
		if !t.Before(from) && !t.Add(d.step).After(through) {
			out[i] = silent
		}
	}
	for _, pt := range points {
		if i := d.index(pt.Time.Add(before)); i >= 0 && (st != sources.StatSum || !pt.Time.Add(before+d.step).After(final)) {
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
	p.fromCold(d)
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

// fromCold counts the cold starts, which are in the order of time.
func (p *Page) fromCold(d *data) {
	d.init = unknown(d.points)
	list := p.fn.ColdStarts
	for len(list) > 0 {
		at, n := d.index(list[0].At), 1
		for n < len(list) && d.index(list[n].At) == at {
			n++
		}
		if at >= 0 && !math.IsNaN(d.cold[at]) {
			d.cold[at] += float64(n)
			d.init[at] = float64(quantile(inits(list[:n]), 0.95)) / float64(time.Millisecond)
		}
		list = list[n:]
	}
}

// inits are the known inits of cold starts, sorted.
func inits(list []fleet.ColdStart) []time.Duration {
	all := make([]time.Duration, len(list))
	for i := range list {
		all[i] = list[i].Init
	}
	slices.Sort(all)
	return all
}

// quantile is the q-th quantile of sorted values by linear interpolation
// between the closest ranks; 0 of nothing.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	pos := q * float64(len(sorted)-1)
	i := int(pos)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + time.Duration((pos-float64(i))*float64(sorted[i+1]-sorted[i]))
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
