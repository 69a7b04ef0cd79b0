package poll

import (
	"testing"
	"time"
)

// TestSlowerOnRequest: who wants metrics less often pays for them less often,
// and misses none of them.
func TestSlowerOnRequest(t *testing.T) {
	const span = 30 * time.Minute
	used := func(every time.Duration) (usd, perHour float64, pace Pace) {
		s := newSimulation(t, 400, 80)
		s.every = every
		s.run(span) // everything has been asked for once
		began := s.usd
		s.run(span)
		plan := Make(s.now, s.demands, s.ledger, s.cloud, s.allowed())
		if s.twice > 0 {
			t.Errorf("every %v: %d final datapoints were paid for twice", every, s.twice)
		}
		return s.usd - began, plan.PerHour, plan.Pace
	}
	usual, usualHour, pace := used(0)
	if pace.Slowed || pace.Rows != time.Minute {
		t.Errorf("by default the pace is %+v", pace)
	}
	if same, _, _ := used(time.Second); same != usual {
		t.Errorf("every second costs $%.4f, every minute $%.4f", same, usual)
	}
	slow, slowHour, pace := used(10 * time.Minute)
	if pace.Slowed || pace.Rows != 10*time.Minute || pace.Rest < 10*time.Minute {
		t.Errorf("every ten minutes the pace is %+v", pace)
	}
	if slow > usual/5 || slowHour > usualHour/5 {
		t.Errorf("every ten minutes costs $%.4f and $%.4f planned, every minute $%.4f and $%.4f",
			slow, slowHour*unitUSD, usual, usualHour*unitUSD)
	}
}
