package poll

import (
	"testing"
	"time"

	"fntop/sources"
)

// TestTheLedgerForgetsWhatNobodyWants lets functions come and go, and windows
// change, for two days.
func TestTheLedgerForgetsWhatNobodyWants(t *testing.T) {
	c := newCloud(50)
	led := NewLedger()
	most := 0
	for hour := range 48 {
		now := start().Add(time.Duration(hour) * time.Hour)
		scope := c.scopes[0]
		c.ids = append(c.ids[1:], scope.In("new-"+now.Format("0215"))) // one is deleted, one is made
		d := hourDemand(c.ids[20:])
		d.Window.Since = time.Duration(15+hour) * time.Minute
		answerAll(t, led, Make(now, []Demand{d}, led, c, Budget{}), now)
		most = max(most, len(led.series))
	}
	if perHour := 30 * 4; most > perHour*9 || len(led.cold) > 50 {
		t.Errorf("%d series and %d logs remembered, %d are wanted at a time", most, len(led.cold), perHour)
	}
}

// TestALateAnswerDoesNotBringBackWhatWasLetGo closes a function's page while its
// log is being read.
func TestALateAnswerDoesNotBringBackWhatWasLetGo(t *testing.T) {
	c := newCloud(1)
	led := NewLedger()
	w := sources.Window{Since: time.Hour}
	d := Demand{Focus: []Focus{{Function: c.ids[0], Invocations: true, Limit: 100, Window: w}}}
	plan := Make(start(), []Demand{d}, led, c, Budget{})
	if len(plan.Requests) != 1 {
		t.Fatalf("%d requests", len(plan.Requests))
	}
	r := plan.Requests[0]
	led.Sent(r, start())
	led.Forget(c.ids, nil, nil, nil)
	led.Answered(r, Result{}, start().Add(time.Second))
	again := Make(start().Add(2*time.Second), []Demand{d}, led, c, Budget{})
	if len(again.Requests) != 1 || again.Requests[0].Start != start().Add(2*time.Second).Add(-time.Hour) {
		t.Errorf("opened again it asks for %+v, want the whole hour", again.Requests)
	}
}

// TestActivityStaysWithinTheBudget checks that finding out which functions live
// takes a small part of a budget, and never a small budget's all.
func TestActivityStaysWithinTheBudget(t *testing.T) {
	for _, perMinute := range []float64{1, 5, 70, 1000} {
		s := newSimulation(t, 10_000, 2000)
		s.demands[0].Rows = nil
		spent, minutes := 0, 180
		for m := range minutes {
			plan := Make(s.now, s.demands, s.ledger, s.cloud, Budget{Limited: true, Left: 200, PerMinute: perMinute})
			for _, r := range plan.Requests {
				if r.Kind == Activity {
					spent += r.Billed
				}
				s.ledger.Sent(r, s.now)
				s.ledger.Answered(r, Result{}, s.now)
			}
			s.ledger.Planned(plan)
			s.now = start().Add(time.Duration(m) * time.Minute)
		}
		if most := activityShare*perMinute*float64(minutes) + 41; float64(spent) > most {
			t.Errorf("with %v metrics a minute, %d went into activity in three hours, want at most %.0f", perMinute, spent, most)
		}
	}
}
