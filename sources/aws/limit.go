package aws

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
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

// limiter holds calls back to a quota. It halves its rate when the cloud
// throttles, and raises it again evenly, up to the quota. It may be used by
// several goroutines at once.
type limiter struct {
	quota rate.Limit
	now   func() time.Time
	lim   *rate.Limiter

	mu      sync.Mutex
	slowed  time.Time // when the rate was halved last; zero when never
	changed time.Time // when the rate was set last
}

// newLimiter makes a limiter for a quota of so many units a second, of which
// burst may be taken at once.
func newLimiter(perSecond float64, burst int, now func() time.Time) *limiter {
	quota := rate.Limit(perSecond)
	return &limiter{quota: quota, now: now, lim: rate.NewLimiter(quota, max(1, burst))}
}

// wait blocks until n units may be used or the context ends. It fails at once
// when the context would end first.
func (l *limiter) wait(ctx context.Context, n int) error {
	l.regain()
	if err := l.lim.WaitN(ctx, min(max(n, 0), l.lim.Burst())); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &tooLate{perSecond: l.perSecond()}
	}
	return nil
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
	l.slowed, l.changed = now, now
	l.lim.SetLimit(max(l.lim.Limit()/2, l.quota*slowestShare))
}

// regain raises the rate by what the time since the last change is worth.
func (l *limiter) regain() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed.IsZero() || l.lim.Limit() >= l.quota {
		return
	}
	now := l.now()
	passed := now.Sub(l.changed)
	if passed < haltTime {
		return
	}
	l.changed = now
	l.lim.SetLimit(min(l.quota, l.lim.Limit()+l.quota*rate.Limit(passed.Seconds()/recovery.Seconds())))
}

// perSecond is the present rate.
func (l *limiter) perSecond() float64 { return float64(l.lim.Limit()) }
