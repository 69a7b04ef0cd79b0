package ui

import (
	"math"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
)

// totals are the figures of the whole fleet over one window, as far as they
// are known.
type totals struct {
	functions int
	active    sources.Opt[int] // that live, or had invocations in the window
	perMinute sources.Opt[float64]
	errors    sources.Opt[float64] // per invocation
	throttles sources.Opt[int64]
	cold      sources.Opt[float64] // per invocation
	costHour  sources.Opt[float64] // dollars an hour
	// Figures that are only read for rows that have been on the screen may
	// be known of a part of the fleet. These tell that they are known of
	// nearly all its invocations.
	allThrottles, allCost bool
	// coldOf is how many functions' cold starts are in cold, and allCold that
	// these are nearly all invocations.
	coldOf  int
	allCold bool
	traffic []float64 // invocations a minute; NaN is not known
	age     sources.Opt[time.Duration]
}

// sums adds up while the functions are walked.
type sums struct {
	inv, errs, errsOf, thr, cold, coldOf int64
	thrOf, usdOf                         int64 // invocations of functions of which it is known
	coldFunctions                        int
	rate, usd                            float64
	active, living                       int
	anyLiving                            bool
	anyInv, anyErrs, anyThr, anyCold     bool
	anyRate, anyUSD                      bool
	window                               time.Duration
}

// total adds up a snapshot. A share is over those functions only whose both
// figures are known.
func total(snap *fleet.Snapshot, w sources.Window) totals {
	var s sums
	t := totals{functions: 0}
	var chart traffic
	var row fleet.Row
	for i := range snap.Len() {
		fn := snap.Function(i)
		if !fn.Gone {
			t.functions++
		}
		if live, ok := fn.Active.Get(); ok {
			s.anyLiving = true
			if live && !fn.Gone {
				s.living++
			}
		}
		row = fn.Row(w)
		s.add(&row)
		chart.add(&row)
		if age, ok := row.MetricsAge.Get(); ok && age < t.age.Or(math.MaxInt64) {
			t.age = sources.Some(age)
		}
	}
	switch {
	case s.anyLiving:
		t.active = sources.Some(max(s.living, s.active))
	case s.anyInv:
		t.active = sources.Some(s.active)
	}
	if s.anyRate {
		t.perMinute = sources.Some(s.rate)
	}
	if s.anyErrs && s.errsOf > 0 {
		t.errors = sources.Some(float64(s.errs) / float64(s.errsOf))
	}
	if s.anyThr {
		t.throttles = sources.Some(s.thr)
	}
	if s.anyCold && s.coldOf > 0 {
		t.cold = sources.Some(float64(s.cold) / float64(s.coldOf))
	}
	if s.anyUSD && s.window > 0 {
		t.costHour = sources.Some(s.usd / s.window.Hours())
	}
	nearlyAll := func(of int64) bool { return float64(of) >= enough*float64(s.inv) }
	t.allThrottles, t.allCost, t.allCold = nearlyAll(s.thrOf), nearlyAll(s.usdOf), nearlyAll(s.coldOf)
	t.coldOf = s.coldFunctions
	t.traffic = chart.values()
	t.places(snap, w)
	return t
}

// places takes the figures that the clouds add up themselves, where every open
// place has them: they are of all functions, those without a row included.
func (t *totals) places(snap *fleet.Snapshot, w sources.Window) {
	var s sums
	var chart traffic
	var age sources.Opt[time.Duration]
	open := 0
	for i := range snap.Places {
		p := &snap.Places[i]
		if p.State != fleet.Open {
			continue
		}
		if p.Total == nil {
			return
		}
		row := p.Total.Row(w)
		if !row.Invocations.Known() || !row.Errors.Known() || !row.Throttles.Known() {
			return
		}
		open++
		s.add(&row)
		chart.add(&row)
		if a, ok := row.MetricsAge.Get(); ok && a > age.Or(-1) {
			age = sources.Some(a)
		}
	}
	if open == 0 {
		return
	}
	t.throttles, t.allThrottles = sources.Some(s.thr), true
	if s.anyRate {
		t.perMinute = sources.Some(s.rate)
	}
	if s.inv > 0 {
		t.errors = sources.Some(float64(s.errs) / float64(s.inv))
	}
	t.traffic = chart.values()
	if age.Known() {
		t.age = age
	}
}

func (s *sums) add(row *fleet.Row) {
	inv, known := row.Invocations.Get()
	if known {
		s.anyInv = true
		s.inv += inv
		if inv > 0 {
			s.active++
		}
		if errs, ok := row.Errors.Get(); ok {
			s.anyErrs = true
			s.errs += errs
			s.errsOf += inv
		}
		if cold, ok := row.ColdStarts.Get(); ok {
			s.anyCold = true
			s.cold += cold
			s.coldOf += inv
			s.coldFunctions++
		}
	}
	if thr, ok := row.Throttles.Get(); ok {
		s.anyThr = true
		s.thr += thr
		s.thrOf += inv
	}
	if rate, ok := row.LastMinute.Get(); ok {
		s.anyRate = true
		s.rate += rate
	}
	if usd, ok := row.CostUSD.Get(); ok {
		s.anyUSD = true
		s.usd += usd
		s.usdOf += inv
		s.window = max(s.window, row.End.Sub(row.Start))
	}
}

// traffic adds up the invocations a minute of functions whose windows may
// start at different minutes.
type traffic struct {
	start time.Time // of the first step
	step  time.Duration
	sum   []float64
	// gap is, for each step, the traffic a minute of functions that have not
	// been read that far.
	gap []float64
	all float64
}

// enough is the share of the traffic of which a figure must be known to stand
// for the whole fleet: at the newest minutes, which only some functions have
// been read to, a sum would look like a drop.
const enough = 0.98

// longest bounds the steps of a chart.
const longest = 1 << 15

func (c *traffic) add(row *fleet.Row) {
	if len(row.PerMinute) == 0 || row.Step <= 0 || row.Start.IsZero() {
		return
	}
	if c.sum == nil {
		c.start, c.step = row.Start, row.Step
	}
	if row.Step != c.step {
		return
	}
	shift := int(row.Start.Sub(c.start) / c.step)
	if shift > longest || shift < -longest || len(row.PerMinute) > longest {
		return
	}
	if shift < 0 { // an older start than any before: move what there is
		c.sum = append(make([]float64, -shift), c.sum...)
		c.gap = append(make([]float64, -shift), c.gap...)
		c.start, shift = row.Start, 0
	}
	for len(c.sum) < shift+len(row.PerMinute) {
		c.sum = append(c.sum, 0)
		c.gap = append(c.gap, 0)
	}
	mean, n := 0.0, 0
	for _, v := range row.PerMinute {
		if !math.IsNaN(v) {
			mean += v
			n++
		}
	}
	if n == 0 {
		return
	}
	mean /= float64(n)
	c.all += mean
	for i := range c.sum {
		j := i - shift
		if j < 0 || j >= len(row.PerMinute) || math.IsNaN(row.PerMinute[j]) {
			c.gap[i] += mean
			continue
		}
		c.sum[i] += row.PerMinute[j]
	}
}

// values are the sums, NaN where too little is known.
func (c *traffic) values() []float64 {
	for i := range c.sum {
		if c.gap[i] > (1-enough)*c.all {
			c.sum[i] = math.NaN()
		}
	}
	return c.sum
}
