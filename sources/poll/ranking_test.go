package poll

import (
	"testing"
	"time"

	"fntop/sources"
)

// TestWhoFailsIsAskedOnceInAWhile lets the errors of a large scope rise and
// checks that one ranking is bought, none where rows are read often anyhow or the
// budget is too small, and that what it brings is not bought again.
func TestWhoFailsIsAskedOnceInAWhile(t *testing.T) {
	rankings := func(functions int, failing bool, budget Budget) (n, billed int) {
		s := newSimulation(t, functions, functions)
		s.run(10 * time.Minute)
		s.cloud.failing = failing
		before := s.requests[Ranking]
		for range 60 {
			plan := Make(s.now, s.demands, s.ledger, s.cloud, budget)
			for _, r := range plan.Requests {
				if r.Kind == Ranking {
					billed += r.Billed
				}
				s.send(r)
			}
			s.ledger.Planned(plan)
			s.now = s.now.Add(10 * time.Second)
			s.land()
		}
		return s.requests[Ranking] - before, billed
	}
	if n, billed := rankings(2000, true, Budget{}); n != 1 || billed != 2000 {
		t.Errorf("%d rankings for %d metrics in ten minutes of many errors, want one for 2,000", n, billed)
	}
	if n, _ := rankings(2000, false, Budget{}); n != 0 {
		t.Errorf("%d rankings without a rise", n)
	}
	if n, _ := rankings(200, true, Budget{}); n != 0 {
		t.Errorf("%d rankings of a scope that is read every five minutes", n)
	}
	if n, _ := rankings(2000, true, Budget{Limited: true, Left: 1500, PerMinute: 1000}); n != 0 {
		t.Errorf("%d rankings beyond the budget", n)
	}
}

// TestWhatARankingBringsIsKnown checks that the series of a ranking are not asked
// for again before they are due.
func TestWhatARankingBringsIsKnown(t *testing.T) {
	c := newCloud(2000)
	c.failing = true
	led := NewLedger()
	d := Demand{AllRows: true, Totals: true, Window: sources.Window{Since: time.Hour}}
	led.restActive = 2000
	now := start()
	plan := Make(now, []Demand{d}, led, c, Budget{})
	ranked := c.ids[1500:1600]
	found := false
	for _, r := range plan.Requests {
		if r.Kind == Ranking {
			found = true
			led.Sent(r, now)
			led.Answered(r, Result{Ranked: ranked}, now)
		}
	}
	if !found {
		t.Fatal("no ranking in the plan")
	}
	for _, r := range Make(now.Add(time.Second), []Demand{d}, led, c, Budget{}).Requests {
		for _, q := range r.Metrics.Queries {
			if q.Metric == sources.MetricErrors && q.Function.Name >= ranked[0].Name && q.Function.Name < "fn-01600" {
				t.Fatalf("errors of %s are asked for a second after the ranking", q.Function.Name)
			}
		}
	}
}
