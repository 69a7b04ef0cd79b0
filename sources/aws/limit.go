package aws

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"fntop/sources"
)

// How a limiter reacts to being told that it is too fast. Quotas belong to
// the account: others use them up too, so a documented quota is a ceiling and
// not a promise.
const (
	// slowestShare is the least a limiter slows down to, as a share of the
	// quota.
	slowestShare = 1.0 / 32
	// recovery is how long a limiter takes from standstill to the full quota.
	recovery = time.Minute
	// haltTime is for how long after slowing down further refusals are taken
	// to be of the same crowd of calls, and do not slow down again.
	haltTime = time.Second
)

// limiter holds calls back to a quota, the most urgent first
// ([sources.UrgencyOf]). A call that waits is overtaken by a more urgent one
// that comes later, even when it is next; so what is not urgent gets nothing
// while more urgent calls use up the quota. It halves its rate when the cloud
// throttles, and raises it again evenly, up to the quota. It may be used by
// several goroutines at once.
type limiter struct {
	quota float64 // units a second
	burst int     // units that may be used at once
	now   func() time.Time

	mu      sync.Mutex
	rate    float64 // units a second at present
	queue   turnstile
	left    float64   // units that may be used
	at      time.Time // when left was right, on the machine's clock
	slowed  time.Time // when the rate was halved last; zero when never
	changed time.Time // when the rate was set last
}

// newLimiter makes a limiter for a quota of so many units a second, of which
// burst may be taken at once.
func newLimiter(perSecond float64, burst int, now func() time.Time) *limiter {
	burst = max(1, burst)
	return &limiter{quota: perSecond, burst: burst, now: now, rate: perSecond, left: float64(burst)}
}

// wait blocks until n units may be used or the context ends. It fails at once
// when the context would end first, as things stand.
func (l *limiter) wait(ctx context.Context, n int) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	t := newTurn(sources.UrgencyOf(ctx), min(max(n, 0), l.burst))
	err := l.join(ctx, t)
	for err == nil {
		var (
			took  bool
			delay time.Duration
		)
		if took, delay, err = l.draw(ctx, t); took || err != nil {
			return err
		}
		err = l.await(ctx, t, delay)
	}
	return err
}

// join puts a turn into the queue unless those before it take too long.
func (l *limiter) join(ctx context.Context, t *turn) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := machineTime()
	l.refill(now)
	l.regain()
	if endsWithin(ctx, now, l.delay(l.queue.ahead(t)+t.units)) {
		return &tooLate{perSecond: l.rate}
	}
	l.queue.join(t)
	return nil
}

// draw takes the units of a turn that is at the front and leaves the queue.
// Otherwise it gives the time after which to draw again, which is negative
// when the turn has not got to the front. After an error the turn is not in the
// queue any more.
func (l *limiter) draw(ctx context.Context, t *turn) (took bool, delay time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.queue.front() != t {
		return false, -1, nil
	}
	now := machineTime()
	l.refill(now)
	l.regain()
	delay = l.delay(t.units)
	switch {
	case ctx.Err() != nil:
		err = l.ended(ctx)
	case delay == 0:
		took = true
		l.left -= float64(t.units)
	case endsWithin(ctx, now, delay):
		err = &tooLate{perSecond: l.rate}
	default:
		return false, min(delay, haltTime), nil // the rate may rise meanwhile
	}
	l.queue.leave(t)
	return took, 0, err
}

// await sleeps until the turn should draw again, or its context ends, which
// takes it out of the queue.
func (l *limiter) await(ctx context.Context, t *turn, delay time.Duration) error {
	var enough <-chan time.Time
	if delay >= 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case <-enough:
	case <-t.called:
	case <-ctx.Done():
		l.mu.Lock()
		defer l.mu.Unlock()
		l.queue.leave(t)
		return l.ended(ctx)
	}
	return nil
}

// ended is the error of a turn whose context has ended in the queue.
func (l *limiter) ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &tooLate{perSecond: l.rate}
	}
	return ctx.Err()
}

// refill adds the units that have come since the last time. What the turn at
// the front is late by, for it woke up late, is not lost to those behind it.
func (l *limiter) refill(now time.Time) {
	most := l.burst
	if t := l.queue.front(); t != nil {
		most += t.units
	}
	if passed := now.Sub(l.at); !l.at.IsZero() && passed > 0 {
		l.left = min(float64(most), l.left+l.rate*passed.Seconds())
	}
	l.at = now
}

// delay is how long it takes until so many units may be used.
func (l *limiter) delay(units int) time.Duration {
	missing := float64(units) - l.left
	if missing <= grain {
		return 0
	}
	return time.Duration(math.Ceil(missing / l.rate * float64(time.Second)))
}

// grain is the size of rounding errors, in units.
const grain = 1e-6

// machineTime is the time by which timers run and contexts end, whatever the
// clock of the calls says.
func machineTime() time.Time {
	return time.Now() //nolint:forbidigo // timers and contexts go by no other clock
}

// endsWithin tells whether the context ends before the delay is over.
func endsWithin(ctx context.Context, now time.Time, delay time.Duration) bool {
	end, ok := ctx.Deadline()
	return ok && end.Sub(now) < delay
}

// tooLate is the error of a call whose turn would come after its context
// ends.
type tooLate struct{ perSecond float64 }

func (e *tooLate) Error() string {
	return fmt.Sprintf("its turn at %.3g calls a second comes too late", e.perSecond)
}

func (*tooLate) Unwrap() error { return context.DeadlineExceeded }

// RetryableError keeps the SDK from trying again.
func (*tooLate) RetryableError() bool { return false }

// throttled tells the limiter that the cloud refused a call as too many.
func (l *limiter) throttled() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if !l.slowed.IsZero() && now.Sub(l.slowed) < haltTime {
		return
	}
	l.refill(machineTime())
	l.slowed, l.changed = now, now
	l.rate = max(l.rate/2, l.quota*slowestShare)
}

// regain raises the rate by what the time since the last change is worth.
func (l *limiter) regain() {
	if l.changed.IsZero() || l.rate >= l.quota {
		return
	}
	now := l.now()
	passed := now.Sub(l.changed)
	if passed < haltTime {
		return
	}
	l.changed = now
	l.rate = min(l.quota, l.rate+l.quota*(passed.Seconds()/recovery.Seconds()))
}

// perSecond is the present rate.
func (l *limiter) perSecond() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rate
}
