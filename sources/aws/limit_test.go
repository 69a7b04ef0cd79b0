package aws

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
)

// taken is how many units a crowd takes from a limiter in a span of time.
func taken(t *testing.T, l *limiter, span time.Duration) int {
	t.Helper()
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	n := 0
	for l.wait(ctx, 1) == nil {
		n++
	}
	if ctx.Err() == nil { // it fails at once when the time would not do
		<-ctx.Done()
	}
	return n
}

func TestLimiterKeepsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(15, 3, time.Now)
		if n := taken(t, l, 10*time.Second); n < 150 || n > 153 {
			t.Errorf("%d in ten seconds at 15 a second", n)
		}
	})
}

func TestLimiterSlowsDownAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(16, 1, time.Now)
		for range 20 { // a crowd of calls that were all under way
			l.throttled()
		}
		if l.perSecond() != 8 {
			t.Errorf("%v a second after one wave of refusals, want 8", l.perSecond())
		}
		time.Sleep(haltTime)
		l.throttled()
		if l.perSecond() != 4 {
			t.Errorf("%v a second after a second wave, want 4", l.perSecond())
		}
		for range 20 {
			time.Sleep(haltTime)
			l.throttled()
		}
		if l.perSecond() != 16*slowestShare {
			t.Errorf("%v a second at the least, want %v", l.perSecond(), 16*slowestShare)
		}
		time.Sleep(30 * time.Second)
		_ = l.wait(t.Context(), 1)
		if want := 16 * (slowestShare + 0.5); math.Abs(l.perSecond()-want) > 1e-9 {
			t.Errorf("%v a second half a minute later, want %v", l.perSecond(), want)
		}
		time.Sleep(time.Hour)
		_ = l.wait(t.Context(), 1)
		if l.perSecond() != 16 {
			t.Errorf("%v a second an hour later, want the quota", l.perSecond())
		}
	})
}

func TestLimiterObeysItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(0.1, 1, time.Now)
		if err := l.wait(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		err := l.wait(short, 1)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 0 {
			t.Errorf("%v after %v; it would have to wait ten seconds", err, time.Since(began))
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		began = time.Now()
		if err := l.wait(ctx, 1); !errors.Is(err, context.Canceled) || time.Since(began) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestLimiterTakesNoMoreThanItsBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(100, 100, time.Now)
		if err := l.wait(t.Context(), 1_000_000); err != nil {
			t.Errorf("a request larger than the burst never goes: %v", err)
		}
	})
}

func TestLimiterIsSafeForConcurrentUse(t *testing.T) {
	l := newLimiter(1e6, 100, time.Now)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 100 {
				_ = l.wait(t.Context(), 1)
				if i == 0 {
					l.throttled()
				}
			}
		})
	}
	wg.Wait()
}

func TestQuotas(t *testing.T) {
	for region, want := range map[string]float64{"us-east-1": 25, "eu-central-1": 5, "ca-west-1": 5, "eu-west-1": 10, "": 10} {
		if got := quotaFilterLogEvents(region); got != want {
			t.Errorf("%s: %v", region, got)
		}
	}
	now := func() time.Time { return metricsStart }
	all := newLimits(now)
	one := sources.Scope{Cloud: sources.AWS, Account: "1", Region: "eu-central-1"}
	other := one
	other.Account = "2"
	if first := all.of(one); first != all.of(one) || first == all.of(other) {
		t.Error("quotas belong to an account in a region")
	}
	s := all.of(one)
	if s.points(usage{points: 1, start: metricsStart.Add(-2 * time.Hour)}) != s.pointsNew ||
		s.points(usage{points: 1, start: metricsStart.Add(-4 * time.Hour)}) != s.pointsOld || s.points(usage{}) != nil {
		t.Error("the quota of points is chosen by the start of the window")
	}
	s.throttled(opGetMetricData, usage{points: 1, start: metricsStart})
	if s.byAction[opGetMetricData].perSecond() != 250 || s.pointsNew.perSecond() != quotaPointsNew/2 || s.pointsOld.perSecond() != quotaPointsOld {
		t.Error("throttling slows down what was used")
	}
	var none *scopeLimits
	none.throttled("x", usage{})
	if err := none.wait(t.Context(), "x", usage{points: 5}); err != nil {
		t.Error(err)
	}
}
