package ui

import (
	"math"
	"slices"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

func TestTotals(t *testing.T) {
	w := sample.Window()
	start, end := w.At(sample.Now())
	nan := math.NaN()
	row := func(from time.Time, perMinute []float64, inv, errs, cold sources.Opt[int64]) fleet.Row {
		return fleet.Row{
			Start: from, End: end, Step: time.Minute, PerMinute: perMinute, Invocations: inv, Errors: errs, ColdStarts: cold,
			LastMinute: sources.Some(perMinute[len(perMinute)-1]), Through: from.Add(time.Duration(len(perMinute)) * time.Minute),
		}
	}
	n := func(v int64) sources.Opt[int64] { return sources.Some(v) }
	var none sources.Opt[int64]
	make1 := func(name string, r fleet.Row) *fleet.Function {
		return (&fleet.Function{ID: sources.FunctionID{Name: name}}).WithRow(w, r)
	}
	gone := make1("gone", fleet.Row{})
	gone.Gone = true
	idle := make1("idle", fleet.Row{})
	idle.Active = sources.Some(false) // nobody asks
	known := []*fleet.Function{
		make1("a", row(start, []float64{1, 2, 3}, n(100), n(10), n(5))),
		make1("b", row(start.Add(time.Minute), []float64{10, 20}, n(300), n(6), none)),
		make1("c", row(start, []float64{0, 0, 0}, n(0), n(0), none)),
		gone, idle,
	}
	head := fleet.Snapshot{At: sample.Now()}
	got := total(fleet.Assemble(head, known, nil, nil), w)
	if got.functions != 4 || got.active != sources.Some(2) || got.perMinute != sources.Some(23.0) || !got.allTraffic {
		t.Errorf("%d functions, %v active, %v a minute", got.functions, got.active, got.perMinute)
	}
	if age := got.age.Or(0); age != sample.Now().Sub(start.Add(3*time.Minute)) {
		t.Errorf("the newest minute is said to be %v old", age)
	}
	if got.errors != sources.Some(0.04) {
		t.Errorf("errors %v, want 16 of 400", got.errors)
	}
	if got.cold != sources.Some(0.05) {
		t.Errorf("cold %v, want 5 of 100", got.cold)
	}
	if got.allCold || got.coldOf != 1 || got.allCost || got.allThrottles {
		t.Errorf("what is known of a part passes for the whole: %+v", got)
	}
	if got.throttles.Known() || got.costHour.Known() {
		t.Error("what nobody knows has a sum")
	}
	if want := []float64{nan, 12, 23}; !equal(got.traffic, want) { // b has not been read at the first minute
		t.Errorf("traffic %v, want %v", got.traffic, want)
	}

	part := total(fleet.Assemble(head, append(known, make1("unread", fleet.Row{})), nil, nil), w)
	if part.allTraffic || part.allActive || part.errors.Known() || !equal(part.traffic, []float64{nan, nan, nan}) {
		t.Errorf("a part passes for the whole: %+v", part)
	}
	empty := total(fleet.Assemble(fleet.Snapshot{}, nil, nil, nil), w)
	if empty.active.Known() || empty.perMinute.Known() || len(empty.traffic) != 0 {
		t.Errorf("totals of nothing: %+v", empty)
	}
}

// TestAPartOfTheFleetIsNotTheFleet changes the range: while few rows are read
// over the new one, the header has no zeros and no shares, and says at least.
func TestAPartOfTheFleetIsNotTheFleet(t *testing.T) {
	s := sample.Fleet(24)
	d := open(t, 120, 40).show(s)
	d.sees("errors 0.1%", "throttles 48 in 1h")
	fns := sample.Functions(24)
	for i, fn := range fns {
		if i > 2 && fn.ID.Name != "geo-lookup" {
			fns[i] = fn.WithRow(sample.Window(), fleet.Row{})
		}
	}
	d.show(fleet.Assemble(sample.Head(24), fns, nil, nil)).sees("invocations ≥", "errors –", "throttles ≥12 in 1h")
	for i, fn := range fns {
		if i > 0 {
			fns[i] = fn.WithRow(sample.Window(), fleet.Row{})
		}
	}
	d.show(fleet.Assemble(sample.Head(24), fns, nil, nil)).sees("invocations ≥", "errors –", "throttles –").seesNot("throttles 0")
}

// TestTheHeaderAndTheRowsAreOfOneMinute gives the cloud's own total a burst in
// a minute that the rows have not been read to yet, and one without.
func TestTheHeaderAndTheRowsAreOfOneMinute(t *testing.T) {
	w := sample.Window()
	start, end := w.At(sample.Now())
	row := func(perMinute ...float64) fleet.Row {
		zero := sources.Some[int64](0)
		return fleet.Row{
			Start: start, End: end, Step: time.Minute, PerMinute: perMinute, Invocations: sources.Some[int64](10), Errors: zero, Throttles: zero,
			LastMinute: sources.Some(perMinute[len(perMinute)-1]), Through: start.Add(time.Duration(len(perMinute)) * time.Minute),
		}
	}
	function := func(name string, r fleet.Row) *fleet.Function {
		return (&fleet.Function{ID: sources.FunctionID{Name: name}, Active: sources.Some(true)}).WithRow(w, r)
	}
	head := fleet.Snapshot{At: sample.Now(), Places: []fleet.Place{
		{State: fleet.Open, Total: function("", row(30, 30, 900))}, {State: fleet.Open, Total: function("", row(5, 5, 5, 5))},
	}}
	fns := []*fleet.Function{function("a", row(10, 20)), function("b", row(20, 15))}
	got := total(fleet.Assemble(head, fns, nil, nil), w)
	if got.perMinute != sources.Some(35.0) || got.age != sources.Some(sample.Now().Sub(start.Add(2*time.Minute))) {
		t.Errorf("%v a minute, %v old; the rows show 20 and 15", got.perMinute, got.age)
	}
	// Where rows are of several minutes, the clouds' totals of one minute.
	got = total(fleet.Assemble(head, append(fns, function("c", row(1))), nil, nil), w)
	if got.perMinute != sources.Some(905.0) || got.age != sources.Some(sample.Now().Sub(start.Add(3*time.Minute))) {
		t.Errorf("%v a minute, %v old; want the newest minute of both places", got.perMinute, got.age)
	}
}

func equal(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
}

func TestTotalsOfOddWindows(t *testing.T) {
	w := sample.Window()
	far := (&fleet.Function{ID: sources.FunctionID{Name: "far"}}).WithRow(w, fleet.Row{Start: time.Unix(0, 0), Step: time.Minute, PerMinute: []float64{1}})
	near := (&fleet.Function{ID: sources.FunctionID{Name: "near"}}).WithRow(w, fleet.Row{Start: sample.Now(), Step: time.Minute, PerMinute: []float64{1}})
	other := (&fleet.Function{ID: sources.FunctionID{Name: "other"}}).WithRow(w, fleet.Row{Start: sample.Now(), Step: time.Hour, PerMinute: []float64{1}})
	for _, list := range [][]*fleet.Function{{far, near, other}, {near, far, other}, {other, near, far}} {
		if got := total(fleet.Assemble(fleet.Snapshot{}, list, nil, nil), w); len(got.traffic) > 1<<17 {
			t.Errorf("a chart of %d minutes", len(got.traffic))
		}
	}
}
