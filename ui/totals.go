package ui

import (
	"math"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/traffic"
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
	var chart traffic.Sum
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
		chart.Add(&row)
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
	nearlyAll := func(of int64) bool { return float64(of) >= traffic.Enough*float64(s.inv) }
	t.allThrottles, t.allCost, t.allCold = nearlyAll(s.thrOf), nearlyAll(s.usdOf), nearlyAll(s.coldOf)
	t.coldOf = s.coldFunctions
	t.traffic = chart.Values()
	t.places(snap, w)
	return t
}

// places takes the figures that the clouds add up themselves, where every open
// place has them: they are of all functions, those without a row included.
func (t *totals) places(snap *fleet.Snapshot, w sources.Window) {
	var s sums
	var chart traffic.Sum
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
		chart.Add(&row)
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
	t.traffic = chart.Values()
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
