package events_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/events"
	"fntop/sources/fleet"
)

func now() time.Time { return time.Date(2026, 11, 23, 14, 3, 0, 0, time.UTC) }

func hour() sources.Window { return sources.Window{Since: time.Hour} }

// minutes is what was counted in each minute up to now.
type minutes struct {
	runs, errors, throttles, cold []int
	changes                       []sources.Change
}

// steady is n minutes of a function that does the same all the time.
func steady(n, runs int) *minutes {
	m := &minutes{runs: make([]int, n), errors: make([]int, n), throttles: make([]int, n), cold: make([]int, n)}
	for i := range m.runs {
		m.runs[i] = runs
	}
	return m
}

func (m *minutes) function(name string) *fleet.Function {
	id := sources.FunctionID{Cloud: sources.AWS, Account: "123456789012", Region: "us-east-1", Name: name}
	fn := &fleet.Function{ID: id, Changes: m.changes}
	start := now().Add(-time.Duration(len(m.runs)) * time.Minute)
	for metric, counts := range map[sources.Metric][]int{
		sources.MetricInvocations: m.runs, sources.MetricErrors: m.errors, sources.MetricThrottles: m.throttles,
	} {
		var points []sources.Point
		for i, n := range counts {
			if m.runs[i] > 0 || n > 0 { // as CloudWatch does: no invocation, no point
				points = append(points, sources.Point{Time: start.Add(time.Duration(i) * time.Minute), Value: float64(n)})
			}
		}
		fn = fn.WithPoints(metric, sources.StatSum, time.Minute, points, start, now())
	}
	fn.ColdFrom, fn.ColdThrough = start, now()
	for i, n := range m.cold {
		for k := range n {
			fn.ColdStarts = append(fn.ColdStarts, fleet.ColdStart{At: start.Add(time.Duration(i)*time.Minute + time.Duration(k)*time.Second), Init: time.Second})
		}
	}
	return fn
}

// ago is the time so many minutes ago.
func ago(minutes int) time.Time { return now().Add(-time.Duration(minutes) * time.Minute) }

// poisson draws a count.
func poisson(rng *rand.Rand, mean float64) int {
	if mean > 50 {
		return max(int(math.Round(mean+rng.NormFloat64()*math.Sqrt(mean))), 0)
	}
	n, p := 0, math.Exp(-mean)
	for u := rng.Float64(); u > p; u *= rng.Float64() {
		n++
	}
	return n
}

// TestSteadyTrafficHasNoEvents: an hour of 28 functions with steady Poisson
// traffic, errors and cold starts, for 300 seeds.
func TestSteadyTrafficHasNoEvents(t *testing.T) {
	rates := []float64{0.05, 0.3, 1, 2, 4, 8, 15, 30, 60, 120, 400, 1500, 9000, 0.7}
	shares := []float64{0, 0.0001, 0.001, 0.01, 0.05, 0.3}
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 99))
		for i := range 28 {
			rate := rates[i%len(rates)]
			errs, cold := shares[rng.IntN(len(shares))], shares[rng.IntN(len(shares))]
			m := steady(60+rng.IntN(60), 0)
			for k := range m.runs {
				m.runs[k] = poisson(rng, rate)
				m.errors[k] = min(poisson(rng, float64(m.runs[k])*errs), m.runs[k])
				m.cold[k] = min(poisson(rng, rate*cold), 500)
			}
			if found := events.Of(m.function("steady"), hour()); len(found) > 0 {
				t.Errorf("seed %d, %v a minute, errors %v, cold starts %v: %+v", seed, rate, errs, cold, found)
			}
		}
	}
}

// TestFound: what must be told, and by which figures.
func TestFound(t *testing.T) {
	deploy := sources.Change{Time: ago(13).Add(20 * time.Second), Kind: sources.ChangeCode, Who: "ci"}
	type want struct {
		kind  events.Kind
		start int // minutes ago
		count int64
		of    int64
		usual float64
	}
	for name, c := range map[string]struct {
		edit func(*minutes)
		want []want
	}{
		"steady": {func(*minutes) {}, nil},
		"cold starts, usually one in five minutes": {func(m *minutes) {
			for i := range m.cold {
				m.cold[i] = (i % 5) / 4
			}
			m.cold[78], m.cold[79] = 22, 19
		}, []want{{events.ColdStarts, 12, 41, 0, 0.4}}},
		"cold starts, usually none":    {func(m *minutes) { m.cold[80] = 30 }, []want{{events.ColdStarts, 10, 30, 0, 0}}},
		"cold starts that come again":  {func(m *minutes) { m.cold[35], m.cold[50], m.cold[65], m.cold[80] = 30, 31, 29, 32 }, []want{{events.ColdStarts, 55, 30, 0, 0}}},
		"a few cold starts":            {func(m *minutes) { m.cold[80] = 4 }, nil},
		"first errors":                 {func(m *minutes) { m.errors[85], m.errors[86] = 9, 10 }, []want{{events.FirstErrors, 5, 19, 20, 0}}},
		"two first errors are no news": {func(m *minutes) { m.errors[85], m.errors[86] = 1, 1 }, nil},
		"errors, usually few": {func(m *minutes) {
			for i := range m.errors {
				m.runs[i], m.errors[i] = 100, 1
			}
			m.errors[70], m.errors[71] = 40, 60
		}, []want{{events.Errors, 20, 100, 200, 2}}},
		"errors that grow with the traffic": {func(m *minutes) {
			for i := range m.errors {
				m.runs[i], m.errors[i] = 100, 1
			}
			m.runs[70], m.errors[70] = 4000, 41
		}, nil},
		"errors that slowly become more": {func(m *minutes) {
			for i := 75; i < 90; i++ {
				m.runs[i], m.errors[i] = 10, 1
			}
		}, []want{{events.FirstErrors, 15, 15, 150, 0}}},
		"throttling": {func(m *minutes) { m.throttles[60], m.throttles[61], m.throttles[64], m.throttles[74] = 1, 12, 3, 2 }, []want{{events.Throttles, 30, 16, 0, 0}}},
		"throttled all the time": {func(m *minutes) {
			for i := range m.throttles {
				m.throttles[i] = i % 3
			}
		}, nil},
		"silence": {func(m *minutes) {
			for i := 80; i < 90; i++ {
				m.runs[i] = 0
			}
		}, []want{{events.Silence, 10, 0, 0, 70}}},
		"silence that may be a delay": {func(m *minutes) {
			for i := 84; i < 90; i++ {
				m.runs[i] = 0
			}
		}, nil},
		"a pause as before": {func(m *minutes) {
			for i := range m.runs {
				if i%12 < 9 {
					m.runs[i] = 0
				}
			}
		}, nil},
		"a deploy": {func(m *minutes) { m.changes = []sources.Change{deploy} }, []want{{events.Deploy, 13, 1, 0, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			m := steady(90, 10)
			c.edit(m)
			var got []want
			for _, e := range events.Of(m.function("f"), hour()) {
				got = append(got, want{e.Kind, int(math.Ceil(now().Sub(e.Start).Minutes())), e.Count, e.Of, math.Round(e.Usual*10) / 10})
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestWhatASpikeFollows: a deploy shortly before it is told with it.
func TestWhatASpikeFollows(t *testing.T) {
	m := steady(90, 10)
	m.cold[78], m.cold[30] = 30, 0
	m.changes = []sources.Change{
		{Time: ago(12).Add(20 * time.Second), Kind: sources.ChangeVersion, Version: "41"},
		{Time: ago(13).Add(20 * time.Second), Kind: sources.ChangeCode, Who: "ci"},
		{Time: ago(40), Kind: sources.ChangeConfiguration, What: "memory 2048 MB"},
	}
	found := events.Of(m.function("f"), hour())
	if len(found) != 3 {
		t.Fatalf("%d events: %+v", len(found), found)
	}
	if d := found[0]; d.Kind != events.Deploy || d.Count != 2 || d.Change.Version != "41" || d.Change.Who != "ci" || !d.Start.Equal(m.changes[1].Time) {
		t.Errorf("the deploy is %+v of %+v", d, d.Change)
	}
	if c := found[1]; c.Kind != events.Changed || c.Change.What != "memory 2048 MB" {
		t.Errorf("the change is %+v", c)
	}
	if s := found[2]; s.Kind != events.ColdStarts || s.Change == nil || s.Change.Version != "41" {
		t.Errorf("the spike is %+v", s)
	}
	m.changes = m.changes[2:]
	for _, e := range events.Of(m.function("f"), hour()) {
		if e.Kind == events.ColdStarts && e.Change != nil {
			t.Error("a configuration an hour ago is blamed")
		}
	}
}

// TestDeploysApart: code, version and alias are one deploy, however many steps
// the alias takes, and new code after it is another.
func TestDeploysApart(t *testing.T) {
	change := func(minutes int, kind sources.ChangeKind, version string) sources.Change {
		return sources.Change{Time: ago(minutes), Kind: kind, Version: version}
	}
	m := steady(90, 10)
	m.changes = []sources.Change{
		change(2, sources.ChangeConfiguration, ""),
		change(3, sources.ChangeConfiguration, ""),
		change(5, sources.ChangeAlias, "8"),
		change(6, sources.ChangeAlias, "8"),
		change(7, sources.ChangeVersion, "8"),
		change(8, sources.ChangeCode, ""),
		change(12, sources.ChangeCode, ""),
		change(17, sources.ChangeCode, ""),
		change(40, sources.ChangeConcurrency, ""),
		change(41, sources.ChangeConfiguration, ""),
	}
	type deed struct {
		kind  events.Kind
		start int
		count int64
	}
	var got []deed
	for _, e := range events.Of(m.function("f"), hour()) {
		got = append(got, deed{e.Kind, int(now().Sub(e.Start).Minutes()), e.Count})
	}
	want := []deed{{events.Changed, 3, 2}, {events.Deploy, 8, 4}, {events.Deploy, 12, 1}, {events.Deploy, 17, 1}, {events.Changed, 40, 1}, {events.Changed, 41, 1}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestAnEventStaysAsItIs: it comes at once, keeps its time, and goes when it
// leaves the window.
func TestAnEventStaysAsItIs(t *testing.T) {
	whole := steady(240, 10)
	for i := range whole.cold {
		whole.cold[i] = (i % 7) / 6
	}
	whole.cold[120], whole.cold[121], whole.cold[122] = 25, 14, 3
	for minute := 121; minute < 240; minute++ {
		m := *whole
		m.runs, m.errors, m.throttles, m.cold = m.runs[:minute], m.errors[:minute], m.throttles[:minute], m.cold[:minute]
		found := events.Of(m.function("f"), hour())
		// The function's clock ends at now, so the spike moves into the past.
		at := now().Add(time.Duration(120-minute) * time.Minute)
		gone := minute-120 > 60
		switch {
		case len(found) == 0 && !gone:
			t.Fatalf("%d minutes after it, it is not told", minute-120)
		case len(found) > 1 || len(found) == 1 && !found[0].Start.Equal(at):
			t.Fatalf("%d minutes after it: %+v", minute-120, found)
		}
	}
}

// TestFewData: too little to judge by is not judged.
func TestFewData(t *testing.T) {
	for _, n := range []int{0, 1, 5, 29, 30} {
		m := steady(n, 10)
		if n > 0 {
			m.errors[n-1], m.cold[n-1], m.throttles[n-1] = 10, 50, 10
		}
		if found := events.Of(m.function("f"), hour()); len(found) > 0 {
			t.Errorf("%d minutes: %+v", n, found)
		}
	}
	if found := events.Of(&fleet.Function{}, hour()); len(found) > 0 {
		t.Errorf("nothing known: %+v", found)
	}
}

// TestHostileFigures: whatever a cloud says, nothing breaks.
func TestHostileFigures(t *testing.T) {
	values := []float64{math.NaN(), math.Inf(1), math.Inf(-1), -5, 1e300, 0, 5e-324, 3}
	for _, through := range []time.Time{now(), {}, now().Add(1 << 62)} {
		for _, from := range []time.Time{{}, now().Add(-2 * time.Hour), now().Add(1 << 61)} {
			fn := &fleet.Function{ColdFrom: from, ColdThrough: through}
			var points []sources.Point
			for i := range 200 {
				at := now().Add(time.Duration(i-150) * time.Minute)
				points = append(points, sources.Point{Time: at, Value: values[i%len(values)]})
				fn.ColdStarts = append(fn.ColdStarts, fleet.ColdStart{At: at, Init: math.MinInt64})
			}
			for _, m := range []sources.Metric{sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles} {
				fn = fn.WithPoints(m, sources.StatSum, time.Minute, points, from, through)
			}
			for _, w := range []sources.Window{hour(), {}, {Since: -time.Hour}, {Since: 1000 * time.Hour}} {
				for _, e := range events.Of(fn, w) {
					if math.IsNaN(e.Usual) || math.IsInf(e.Usual, 0) || e.Count < 0 || e.End.Before(e.Start) {
						t.Errorf("%v of %+v", e, w)
					}
				}
			}
		}
	}
}

// TestFinder: one snapshot after the other, it gives what judging anew does.
func TestFinder(t *testing.T) {
	busy := func(i int) *fleet.Function {
		m := steady(90, 10)
		m.cold[60+i%30] = 40
		return m.function(fmt.Sprintf("busy-%02d", i))
	}
	calm := steady(90, 10).function("calm")
	list := []*fleet.Function{calm, busy(3), calm, busy(7)}
	var f events.Finder
	snap := fleet.Assemble(fleet.Snapshot{At: now()}, list, nil, nil)
	first, _ := f.Find(snap, hour())
	if len(first) != 2 || first[0].Function.Name != "busy-07" || first[1].Function.Name != "busy-03" {
		t.Fatalf("%+v", first)
	}
	list = append(slices.Clone(list), busy(25))
	list[1] = calm
	snap = fleet.Assemble(fleet.Snapshot{At: now()}, list, nil, nil)
	var fresh events.Finder
	second, more := f.Find(snap, hour())
	anew, _ := fresh.Find(snap, hour())
	if more || !slices.Equal(second, anew) || len(second) != 2 || second[0].Function.Name != "busy-25" {
		t.Errorf("%+v, anew %+v", second, anew)
	}
	if later, _ := f.Find(fleet.Assemble(fleet.Snapshot{At: now().Add(2 * time.Hour)}, list, nil, nil), hour()); len(later) != 0 {
		t.Errorf("events older than the window: %+v", later)
	}
	if few, _ := f.Find(fleet.Assemble(fleet.Snapshot{At: now()}, list[:1], nil, nil), hour()); len(few) != 0 {
		t.Errorf("events of functions that are no more: %+v", few)
	}
}

// TestManyChangesAreJudgedInTurn: none is forgotten, however many there are.
func TestManyChangesAreJudgedInTurn(t *testing.T) {
	m := steady(90, 10)
	m.throttles[80] = 3
	fn := m.function("f")
	list := make([]*fleet.Function, 3500)
	for i := range list {
		list[i] = fn
	}
	snap := fleet.Assemble(fleet.Snapshot{At: now()}, list, nil, nil)
	var f events.Finder
	calls := 1
	found, more := f.Find(snap, hour())
	for ; more; calls++ {
		found, more = f.Find(snap, hour())
	}
	if calls != 4 || len(found) != events.Most {
		t.Errorf("%d calls, %d events", calls, len(found))
	}
}

// BenchmarkFind10000 takes a snapshot of 10,000 functions over in which 500
// have changed, as one answer of the metrics brings them; a twentieth of the
// functions fails now and then.
func BenchmarkFind10000(b *testing.B) {
	list := bigFleet()
	var f events.Finder
	snap := fleet.Assemble(fleet.Snapshot{At: now()}, list, nil, nil)
	f.Find(snap, hour())
	for at := 0; b.Loop(); at = (at + 500) % len(list) {
		b.StopTimer()
		for i := at; i < at+500; i++ {
			c := *list[i]
			list[i] = &c
		}
		snap = fleet.Assemble(fleet.Snapshot{At: now()}, list, nil, nil)
		b.StartTimer()
		f.Find(snap, hour())
	}
}

// BenchmarkFindAll10000 begins with 10,000 functions that nothing is known of.
func BenchmarkFindAll10000(b *testing.B) {
	snap := fleet.Assemble(fleet.Snapshot{At: now()}, bigFleet(), nil, nil)
	for b.Loop() {
		var f events.Finder
		f.Find(snap, hour())
	}
}

func bigFleet() []*fleet.Function {
	rng := rand.New(rand.NewPCG(1, 2))
	list := make([]*fleet.Function, 10_000)
	for i := range list {
		m := steady(90, 10)
		for k := range m.runs {
			if i%20 == 0 {
				m.errors[k] = poisson(rng, 0.2)
			}
			if i%4 == 0 {
				m.cold[k] = poisson(rng, 0.3)
			}
		}
		list[i] = m.function(fmt.Sprintf("f-%d", i))
	}
	return list
}
