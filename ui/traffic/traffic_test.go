package traffic_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"fntop/sources/fleet"
	"fntop/ui/traffic"
)

// TestTheEndIsNoDrop adds up functions that were looked at at different
// minutes, in any order: where a large one is not known, the traffic of a small
// one does not stand for all.
func TestTheEndIsNoDrop(t *testing.T) {
	nan := math.NaN()
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	row := func(from int, perMinute ...float64) *fleet.Row {
		return &fleet.Row{Start: start.Add(time.Duration(from) * time.Minute), Step: time.Minute, PerMinute: perMinute}
	}
	large := row(1, 1000, 1000, 1000, nan)
	later, earlier := row(3, 1, 1, nan, nan), row(0, 1, 1, 1, 1)
	want := []float64{nan, 1001, 1001, 1001, nan, nan, nan}
	for _, rows := range [][]*fleet.Row{
		{large, row(0, 1, 1, 1, 1, 1, 1, 1)}, {row(0, 1, 1, 1, 1, 1, 1, 1), large},
	} {
		check(t, rows, want)
	}
	check(t, []*fleet.Row{large, later}, []float64{1000, 1000, 1001, nan, nan, nan})
	check(t, []*fleet.Row{later, large}, []float64{1000, 1000, 1001, nan, nan, nan})
	check(t, []*fleet.Row{large, earlier}, []float64{nan, 1001, 1001, 1001, nan})
}

func check(t *testing.T, rows []*fleet.Row, want []float64) {
	t.Helper()
	var sum traffic.Sum
	for _, r := range rows {
		sum.Add(r)
	}
	got := sum.Values()
	if !slices.EqualFunc(got, want, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }) {
		t.Errorf("got %v, want %v", got, want)
	}
}
