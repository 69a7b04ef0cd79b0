package meter

import (
	"math"
	"sync"
	"time"
)

// Limit is what may be spent on calls. The zero Limit allows everything.
type Limit struct {
	// Limited tells whether USDPerHour is a ceiling.
	Limited bool
	// USDPerHour is the most that may be spent in any sixty minutes.
	USDPerHour float64
	// FreeOnly allows only calls that cost nothing.
	FreeOnly bool
}

// A sixth of the ceiling may be spent at once; the rest flows in evenly over
// the hour. The sum over any sixty minutes is the ceiling.
const (
	burstShare = 1.0 / 6
	flowShare  = 1 - burstShare
)

// grain is the size of rounding errors, in USD: a hundred-millionth of the
// price of one metric.
const grain = 1e-13

// Budget keeps spending under a ceiling. What is booked counts as spent until
// it is settled, so that calls in flight at the same time cannot overspend
// together. It may be used by several goroutines at once.
type Budget struct {
	limit Limit
	now   func() time.Time

	mu     sync.Mutex
	level  float64 // what may be spent, before what is booked is taken off
	booked float64
	at     time.Time // when level was right
}

// NewBudget makes a budget. A ceiling that is negative or not a number is
// taken for zero: nothing that costs money.
func NewBudget(limit Limit, now func() time.Time) *Budget {
	if !(limit.USDPerHour > 0) {
		limit.USDPerHour = 0
	}
	return &Budget{limit: limit, now: now, level: limit.USDPerHour * burstShare, at: now()}
}

// Limit is the limit the budget was made with.
func (b *Budget) Limit() Limit { return b.limit }

// Flow is how much becomes available, in USD an hour; +Inf without a ceiling.
func (b *Budget) Flow() float64 {
	switch {
	case b.limit.FreeOnly:
		return 0
	case !b.limit.Limited:
		return math.Inf(1)
	}
	return b.limit.USDPerHour * flowShare
}

// Allow tells whether a call of this price may be made now. To make it, book
// it.
func (b *Budget) Allow(usd float64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.allow(usd)
}

// Left is how much may be booked now, in USD: never negative, and +Inf
// without a ceiling. A sixth of the hourly ceiling is the most there ever is.
func (b *Budget) Left() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left()
}

// Book sets the price of a call aside. It gives nil and false when that would
// break the ceiling. Every booking must be settled.
func (b *Budget) Book(usd float64) (*Booking, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.allow(usd) {
		return nil, false
	}
	usd = max(usd, 0)
	b.booked += usd
	return &Booking{budget: b, usd: usd}, true
}

func (b *Budget) allow(usd float64) bool {
	if math.IsNaN(usd) {
		return false
	}
	return usd <= 0 || usd <= b.left()+grain
}

func (b *Budget) left() float64 {
	switch {
	case b.limit.FreeOnly:
		return 0
	case !b.limit.Limited:
		return math.Inf(1)
	}
	b.flow()
	return max(0, b.level-b.booked)
}

// Spend takes off what was spent without a booking. It may bring the budget
// below zero, which is paid off before anything else is allowed.
func (b *Budget) Spend(usd float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spend(usd)
}

func (b *Budget) spend(usd float64) {
	if usd > 0 && b.limit.Limited {
		b.flow()
		b.level -= usd
	}
}

// flow lets in what has become available since the last time.
func (b *Budget) flow() {
	now := b.now()
	passed := now.Sub(b.at)
	if passed <= 0 {
		return
	}
	b.at = now
	b.level = min(b.limit.USDPerHour*burstShare, b.level+b.limit.USDPerHour*flowShare*passed.Hours())
}

// Booking is money set aside for one call.
type Booking struct {
	budget *Budget
	usd    float64
	done   bool
}

// USD is the amount set aside.
func (k *Booking) USD() float64 { return k.usd }

// Settle replaces the amount set aside by what the call really cost: 0 for
// one that was never sent. A call that cost more than was booked is paid off
// before anything else is allowed. Settling again does nothing.
func (k *Booking) Settle(usd float64) {
	b := k.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if k.done {
		return
	}
	k.done = true
	b.booked -= k.usd
	if b.booked < grain {
		b.booked = 0
	}
	b.spend(usd)
}
