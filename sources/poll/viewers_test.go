package poll

import "testing"

// TestViewersOfTheSameShareABudget checks that the pace on a budget follows what is
// asked for, not how many look at it.
func TestViewersOfTheSameShareABudget(t *testing.T) {
	c := newCloud(30)
	d := hourDemand(c.ids)
	d.Totals = true
	budget := Budget{Limited: true, Left: 10_000, PerMinute: 100}
	one := Make(start(), []Demand{d}, NewLedger(), c, budget)
	ten := Make(start(), []Demand{d, d, d, d, d, d, d, d, d, d}, NewLedger(), c, budget)
	if one.Pace != ten.Pace || one.PerHour != ten.PerHour {
		t.Errorf("ten viewers: %+v at %v an hour; one: %+v at %v", ten.Pace, ten.PerHour, one.Pace, one.PerHour)
	}
	if !one.Pace.Slowed {
		t.Error("a budget of 100 metrics a minute does not slow 120 down")
	}
}
