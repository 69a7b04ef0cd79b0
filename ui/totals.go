package ui

import (
	"math"
	"slices"
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
	errors    sources.Opt[float64] // per invocation; of nearly all of them
	throttles sources.Opt[int64]
	cold      sources.Opt[float64] // per invocation
	costHour  sources.Opt[float64] // dollars an hour
	// These tell that a figure is of nearly the whole fleet, and not of those
	// functions or places only that have been read so far.
	allActive, allTraffic, allThrottles, allCost bool
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
	active, told, living                 int
	anyInv, anyErrs, anyThr, anyCold     bool
	anyUSD                               bool
	window                               time.Duration
	// expected are the functions that may have had traffic, and counted those
	// of them whose traffic over the window is known.
	expected, counted int
	// minute is the end of the newest minute of all rows that have been added,
	// while mixed is false.
	minute time.Time
	mixed  bool
}

// total adds up a snapshot. A share is over those functions only whose both
// figures are known.
func total(snap *fleet.Snapshot, w sources.Window) totals {
	var s sums
	var t totals
	var chart traffic.Sum
	var row fleet.Row
	for i := range snap.Len() {
		fn := snap.Function(i)
		if !fn.Gone {
			t.functions++
		}
		live, told := fn.Active.Get()
		if told && !fn.Gone {
			s.told++
			if live {
				s.living++
			}
		}
		row = fn.Row(w)
		s.add(&row)
		chart.Add(&row)
		if !fn.Gone && (live || !told) {
			s.expect(&row)
		}
	}
	covered := float64(s.counted) >= traffic.Enough*float64(s.expected)
	t.take(&s, covered)
	t.flow(&chart, snap.At)
	if t.allTraffic = covered; !covered {
		for i := range t.traffic { // the shape of a part is not that of all
			t.traffic[i] = math.NaN()
		}
	}
	t.places(snap, w)
	if s.counted > 0 && s.counted == s.expected && !s.mixed && !s.minute.IsZero() {
		// All rows are of one minute: the sum of what they show.
		t.perMinute, t.age = sources.Some(s.rate), sources.Some(snap.At.Sub(s.minute))
	}
	if slices.ContainsFunc(snap.Places, func(pl fleet.Place) bool { return pl.State != fleet.Open }) {
		t.allTraffic, t.allThrottles, t.allCost = false, false, false // what is there adds to it
	}
	return t
}

// take takes the sums of all rows over; covered tells that these are of nearly
// the whole fleet.
func (t *totals) take(s *sums, covered bool) {
	switch {
	case s.told > 0:
		t.active = sources.Some(max(s.living, s.active))
	case s.anyInv:
		t.active = sources.Some(s.active)
	}
	t.allActive = covered || s.told == t.functions
	nearlyAll := func(of int64) bool { return covered && float64(of) >= traffic.Enough*float64(s.inv) }
	if s.errsOf > 0 && nearlyAll(s.errsOf) {
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
	t.allThrottles, t.allCost, t.allCold = nearlyAll(s.thrOf), nearlyAll(s.usdOf), nearlyAll(s.coldOf)
	t.coldOf = s.coldFunctions
}

// flow takes the traffic of a chart, of one minute for all.
func (t *totals) flow(chart *traffic.Sum, at time.Time) {
	t.traffic = chart.Values()
	if v, end, ok := chart.Last(); ok {
		t.perMinute, t.age = sources.Some(v), sources.Some(at.Sub(end))
	}
}

// places takes the figures that the clouds add up themselves, where every open
// place has them: they are of all functions, those without a row included.
func (t *totals) places(snap *fleet.Snapshot, w sources.Window) {
	var s sums
	var chart traffic.Sum
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
	}
	if open == 0 {
		return
	}
	t.throttles, t.allThrottles, t.allTraffic = sources.Some(s.thr), true, true
	if s.inv > 0 {
		t.errors = sources.Some(float64(s.errs) / float64(s.inv))
	}
	t.flow(&chart, snap.At)
}

// expect notes a function that may have had traffic.
func (s *sums) expect(row *fleet.Row) {
	s.expected++
	if !row.Invocations.Known() {
		return
	}
	s.counted++
	if s.minute.IsZero() {
		s.minute = row.Through
	}
	s.mixed = s.mixed || row.Through.IsZero() || !row.Through.Equal(s.minute)
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
	s.rate += row.LastMinute.Or(0)
	if usd, ok := row.CostUSD.Get(); ok {
		s.anyUSD = true
		s.usd += usd
		s.usdOf += inv
		s.window = max(s.window, row.End.Sub(row.Start))
	}
}
