package fleet

import (
	"math"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// TestMinutesThatWereNotReadAreNotSilent reads an hour of a busy function at a
// moment when its newest minutes are not published yet, and looks at it for
// twenty minutes without reading again, as rows off the screen are. No minute
// may turn into one without traffic only because time goes by.
func TestMinutesThatWereNotReadAreNotSilent(t *testing.T) {
	f, ids := newFleet(1)
	f.SetWindows([]sources.Window{hour()}, now())
	id := ids[0]
	start, end := now().Truncate(time.Minute).Add(-time.Hour), now().Truncate(time.Minute)
	published := end.Add(-2 * time.Minute) // the last two are on their way
	r := request(id, sources.MetricInvocations, []sources.Stat{sources.StatSum}, start, end, false)
	f.ApplyMetrics(r, []sources.MetricResult{{Query: 0, Stat: sources.StatSum, Points: perMinute(start, published, 100)}}, nil, nil, now())
	for later := time.Duration(0); later <= 20*time.Minute; later += time.Minute {
		at := now().Add(later)
		f.change(id, func(fn *Function) { f.computeRows(fn, at) })
		row := f.function(id).Row(hour())
		for i, v := range row.PerMinute {
			if !math.IsNaN(v) && v != 100 {
				t.Fatalf("%v later minute %d of %d has %v a minute, want 100 or unknown", later, i, len(row.PerMinute), v)
			}
		}
		if got, ok := row.LastMinute.Get(); !ok || got != 100 {
			t.Errorf("%v later the last minute has %v, %v", later, got, ok)
		}
		if age := row.MetricsAge.Or(0); age < later+2*time.Minute {
			t.Errorf("%v later the metrics are said to be %v old", later, age)
		}
	}
	// A minute that is older than metrics are late, and has no point, was
	// silent.
	f.ApplyMetrics(r, []sources.MetricResult{{Query: 0, Stat: sources.StatSum, Points: perMinute(start, end.Add(-10*time.Minute), 100)}}, nil, nil, now())
	if got, ok := f.function(id).Row(hour()).LastMinute.Get(); !ok || got != 0 {
		t.Errorf("ten minutes without points: %v, %v; want silence", got, ok)
	}
}

// TestTotalsThatStillGrowAreUnknown checks that the newest minutes of a scope's
// total, of which some functions are not published yet, are not taken for a drop.
func TestTotalsThatStillGrowAreUnknown(t *testing.T) {
	f, _ := newFleet(1)
	f.SetWindows([]sources.Window{hour()}, now())
	start, end := now().Truncate(time.Minute).Add(-time.Hour), now().Truncate(time.Minute)
	points := perMinute(start, end, 1000)
	for i := range 2 { // half of the functions are on their way
		points[len(points)-1-i].Value = 500
	}
	r := request(scope().In(""), sources.MetricInvocations, []sources.Stat{sources.StatSum}, start, end, false)
	f.ApplyMetrics(r, []sources.MetricResult{{Query: 0, Stat: sources.StatSum, Points: points}}, nil, nil, now())
	row := publish(f).Places[0].Total.Row(hour())
	if got, ok := row.LastMinute.Get(); !ok || got != 1000 {
		t.Errorf("the last minute has %v, %v; want 1000", got, ok)
	}
}

// TestAnUnfinishedStepIsNoRate reads a long window at each phase of its step
// of five minutes: the newest step holds as many minutes as are published, and
// says nothing about the pace before it is whole.
func TestAnUnfinishedStepIsNoRate(t *testing.T) {
	const step = 5 * time.Minute
	w := sources.Window{Since: 12 * time.Hour}
	for phase := range 10 {
		f, ids := newFleet(1)
		f.SetWindows([]sources.Window{w}, now())
		at := now().Add(time.Duration(phase) * time.Minute)
		published := at.Add(-2 * time.Minute).Truncate(time.Minute)
		start, end := poll.SeriesSpan(w, at)
		var points []sources.Point
		for s := start; s.Before(published); s = s.Add(step) {
			points = append(points, sources.Point{Time: s, Value: 100 * min(published.Sub(s), step).Minutes()})
		}
		r := request(ids[0], sources.MetricInvocations, []sources.Stat{sources.StatSum}, start, end, false)
		r.Metrics.Queries[0].Period = step
		f.ApplyMetrics(r, []sources.MetricResult{{Query: 0, Stat: sources.StatSum, Points: points}}, nil, nil, at)
		row := f.function(ids[0]).Row(w)
		if got := row.LastMinute.Or(-1); got != 100 {
			t.Errorf("phase %d: %v a minute, want 100", phase, got)
		}
		for i, v := range row.PerMinute {
			if !math.IsNaN(v) && v != 100 {
				t.Errorf("phase %d: step %d of %d has %v a minute, want 100 or unknown", phase, i, len(row.PerMinute), v)
			}
		}
		if age := row.MetricsAge.Or(0); age < 3*time.Minute || age > 3*time.Minute+step+time.Minute {
			t.Errorf("phase %d: the metrics are %v old", phase, age)
		}
	}
}

// TestReadingThePastMakesNothingFinal widens a window after its newest minutes
// were read too early: they stay unknown until they are read again.
func TestReadingThePastMakesNothingFinal(t *testing.T) {
	f, ids := newFleet(1)
	end := now().Truncate(time.Minute)
	start := end.Add(-time.Hour)
	sum := []sources.Stat{sources.StatSum}
	early := perMinute(start, end.Add(-time.Minute), 100)
	early[len(early)-1].Value = 7 // a part of it is published
	f.ApplyMetrics(request(ids[0], sources.MetricInvocations, sum, start, end, false),
		[]sources.MetricResult{{Query: 0, Stat: sources.StatSum, Points: early}}, nil, nil, now())
	later := now().Add(10 * time.Minute)
	before := start.Add(-2 * time.Hour)
	f.ApplyMetrics(request(ids[0], sources.MetricInvocations, sum, before, start, false),
		[]sources.MetricResult{{Query: 0, Stat: sources.StatSum, Points: perMinute(before, start, 100)}}, nil, nil, later)
	for i, v := range f.function(ids[0]).Row(hour()).PerMinute {
		if !math.IsNaN(v) && v != 100 {
			t.Errorf("minute %d has %v, want 100 or unknown", i, v)
		}
	}
}
