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
		return fleet.Row{Start: from, End: end, Step: time.Minute, PerMinute: perMinute, Invocations: inv, Errors: errs, ColdStarts: cold, LastMinute: sources.Some(2.0)}
	}
	n := func(v int64) sources.Opt[int64] { return sources.Some(v) }
	var none sources.Opt[int64]
	make1 := func(name string, r fleet.Row) *fleet.Function {
		return (&fleet.Function{ID: sources.FunctionID{Name: name}}).WithRow(w, r)
	}
	gone := make1("gone", fleet.Row{})
	gone.Gone = true
	snap := fleet.Assemble(fleet.Snapshot{}, []*fleet.Function{
		make1("a", row(start, []float64{1, 2, 3}, n(100), n(10), n(5))),
		make1("b", row(start.Add(time.Minute), []float64{10, 20}, n(300), none, none)),
		make1("c", row(start, []float64{0, 0, 0}, n(0), n(0), none)),
		make1("unknown", fleet.Row{}),
		gone,
	}, nil, nil)
	got := total(snap, w)
	if got.functions != 4 || got.active != sources.Some(2) || got.perMinute != sources.Some(6.0) {
		t.Errorf("%d functions, %v active, %v a minute", got.functions, got.active, got.perMinute)
	}
	if got.errors != sources.Some(0.1) { // of the functions whose errors are known
		t.Errorf("errors %v, want 10 of 100", got.errors)
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
	empty := total(fleet.Assemble(fleet.Snapshot{}, nil, nil, nil), w)
	if empty.active.Known() || empty.perMinute.Known() || len(empty.traffic) != 0 {
		t.Errorf("totals of nothing: %+v", empty)
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
