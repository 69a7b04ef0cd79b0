package meter

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestNoLimitAllowsEverything(t *testing.T) {
	b := NewBudget(Limit{}, newClock().now)
	if !b.Allow(1e6) || !math.IsInf(b.Left(), 1) {
		t.Error("an unlimited budget refuses")
	}
	k, ok := b.Book(1e6)
	if !ok {
		t.Fatal("an unlimited budget does not book")
	}
	k.Settle(1e6)
	if !b.Allow(1e6) {
		t.Error("an unlimited budget refuses after spending")
	}
}

func TestFreeOnly(t *testing.T) {
	b := NewBudget(Limit{FreeOnly: true, Limited: true, USDPerHour: 10}, newClock().now)
	if !b.Allow(0) {
		t.Error("a free call is refused")
	}
	if _, ok := b.Book(1e-5); ok || b.Left() != 0 {
		t.Error("a call that costs is allowed")
	}
}

func TestCeilingOfNothing(t *testing.T) {
	for _, usd := range []float64{0, -1, math.NaN()} {
		b := NewBudget(Limit{Limited: true, USDPerHour: usd}, newClock().now)
		if b.Allow(1e-5) || !b.Allow(0) {
			t.Errorf("a ceiling of %v: allows a price, or refuses what is free", usd)
		}
	}
}

func TestBookingsInFlightCannotOverspend(t *testing.T) {
	c := newClock()
	b := NewBudget(Limit{Limited: true, USDPerHour: 0.06}, c.now) // a cent at once
	first, ok := b.Book(0.005)
	if !ok {
		t.Fatal("the first call is refused")
	}
	second, ok := b.Book(0.005)
	if !ok {
		t.Fatal("the second call is refused")
	}
	if _, ok := b.Book(0.00001); ok {
		t.Fatal("a third call is allowed while two are in flight")
	}
	first.Settle(0) // never sent
	if !near(b.Left(), 0.005) {
		t.Errorf("left after a call that was not sent: %v", b.Left())
	}
	second.Settle(0.004)
	second.Settle(0.004) // again: nothing
	if !near(b.Left(), 0.006) {
		t.Errorf("left after a cheaper call: %v", b.Left())
	}
}

func TestDebtIsPaidOffFirst(t *testing.T) {
	c := newClock()
	b := NewBudget(Limit{Limited: true, USDPerHour: 0.06}, c.now)
	k, _ := b.Book(0.01)
	k.Settle(0.02) // retried, say
	if b.Left() != 0 || b.Allow(1e-9) || !b.Allow(0) {
		t.Error("in debt, and something that costs is allowed")
	}
	c.pass(12 * time.Minute) // five sixths of 0.06 an hour make a cent
	if b.Left() > 1e-12 {
		t.Errorf("just out of debt, left = %v", b.Left())
	}
	c.pass(6 * time.Minute)
	if !near(b.Left(), 0.005) {
		t.Errorf("left = %v, want 0.005", b.Left())
	}
}

func TestBadPrices(t *testing.T) {
	b := NewBudget(Limit{Limited: true, USDPerHour: 0.06}, newClock().now)
	if b.Allow(math.NaN()) || b.Allow(math.Inf(1)) {
		t.Error("a price that is no number is allowed")
	}
	k, ok := b.Book(-5)
	if !ok || k.USD() != 0 {
		t.Error("a negative price adds to the budget")
	}
	k.Settle(-5)
	if !near(b.Left(), 0.01) {
		t.Errorf("left = %v", b.Left())
	}
}

// TestCeilingHolds spends as greedily as it can for a day, with calls of
// random price and length, and looks at every span of sixty minutes.
func TestCeilingHolds(t *testing.T) {
	const ceiling = 0.25
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		c := newClock()
		begin := c.now()
		b := NewBudget(Limit{Limited: true, USDPerHour: ceiling}, c.now)
		type spent struct {
			at  time.Duration
			usd float64
		}
		var all []spent
		type flight struct {
			k    *Booking
			ends time.Time
		}
		var flights []flight
		longest := []int{60, 1200}[seed%2] // seconds
		for c.now().Sub(begin) < 24*time.Hour {
			for range 3 {
				if k, ok := b.Book(float64(1+random.IntN(500)) * 0.00001); ok {
					flights = append(flights, flight{k, c.now().Add(time.Duration(random.IntN(longest)) * time.Second)})
				}
			}
			c.pass(time.Duration(1+random.IntN(60)) * time.Second)
			kept := flights[:0]
			for _, f := range flights {
				if f.ends.After(c.now()) {
					kept = append(kept, f)
					continue
				}
				usd := f.k.USD() * float64(random.IntN(3)) / 2 // nothing, half or all of it
				f.k.Settle(usd)
				all = append(all, spent{c.now().Sub(begin), usd})
			}
			flights = kept
		}
		worst, sum, first := 0.0, 0.0, 0
		for _, s := range all {
			sum += s.usd
			for all[first].at <= s.at-time.Hour {
				sum -= all[first].usd
				first++
			}
			worst = max(worst, sum)
		}
		if worst > ceiling+1e-9 {
			t.Errorf("seed %d: %v spent within an hour, the ceiling is %v", seed, worst, ceiling)
		}
		if longest == 60 && worst < ceiling*0.8 {
			t.Errorf("seed %d: only %v of %v an hour is ever used", seed, worst, ceiling)
		}
	}
}
