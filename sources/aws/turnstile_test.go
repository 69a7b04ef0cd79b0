package aws

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
)

// passing is a crowd in front of a limiter, for use in a bubble of fake time.
// It notes who passed when.
type passing struct {
	l     *limiter
	began time.Time

	mu    sync.Mutex
	wg    sync.WaitGroup
	names []string
	times []time.Duration
	errs  map[string]error
}

func newPassing(l *limiter) *passing {
	return &passing{l: l, began: time.Now(), errs: make(map[string]error)}
}

// send lets somebody wait, and returns when it does so.
func (p *passing) send(ctx context.Context, u sources.Urgency, name string) {
	p.wg.Go(func() {
		err := p.l.wait(sources.WithUrgency(ctx, u), 1)
		p.mu.Lock()
		defer p.mu.Unlock()
		if err != nil {
			p.errs[name] = err
			return
		}
		p.names = append(p.names, name)
		p.times = append(p.times, time.Since(p.began))
	})
	synctest.Wait()
}

func TestUrgentCallsGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPassing(newLimiter(5, 1, time.Now))
		for i := range 50 {
			p.send(t.Context(), sources.Background, fmt.Sprintf("background %d", i))
		}
		time.Sleep(500 * time.Millisecond) // background 0, 1 and 2 have gone, 3 is due in 100 ms
		p.send(t.Context(), sources.Visible, "visible 0")
		p.send(t.Context(), sources.Visible, "visible 1")
		p.send(t.Context(), sources.Focused, "focused 0")
		p.send(t.Context(), sources.Focused, "focused 1")
		p.wg.Wait()
		want := []string{"background 0", "background 1", "background 2", "focused 0", "focused 1", "visible 0", "visible 1"}
		for i := 3; i < 50; i++ {
			want = append(want, fmt.Sprintf("background %d", i))
		}
		if !slices.Equal(p.names, want) {
			t.Errorf("order %v", p.names)
		}
		for i, at := range p.times {
			if at.Round(time.Millisecond) != time.Duration(i)*200*time.Millisecond {
				t.Errorf("%s passed at %v, the %d. at 5 a second", p.names[i], at, i)
			}
		}
	})
}

func TestBackgroundStarvesWhileOthersUseUpTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPassing(newLimiter(5, 1, time.Now))
		p.send(t.Context(), sources.Visible, "first")
		p.send(t.Context(), sources.Background, "background")
		for i := range 20 {
			p.send(t.Context(), sources.Visible, fmt.Sprint(i))
			p.send(t.Context(), sources.Visible, fmt.Sprint(i, "b"))
			time.Sleep(200 * time.Millisecond)
		}
		p.wg.Wait()
		if p.names[len(p.names)-1] != "background" {
			t.Errorf("order %v", p.names)
		}
	})
}

func TestCancelledTurnsArePassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPassing(newLimiter(5, 1, time.Now))
		front, leaveFront := context.WithCancel(t.Context())
		middle, leaveMiddle := context.WithCancel(t.Context())
		p.send(t.Context(), sources.Background, "a")
		p.send(front, sources.Background, "front")
		p.send(t.Context(), sources.Background, "b")
		p.send(middle, sources.Background, "middle")
		p.send(t.Context(), sources.Background, "c")
		time.Sleep(100 * time.Millisecond)
		leaveMiddle()
		synctest.Wait()
		time.Sleep(50 * time.Millisecond)
		leaveFront() // its turn would be in 50 ms: it is b's now
		p.wg.Wait()
		if !slices.Equal(p.names, []string{"a", "b", "c"}) || !slices.Equal(p.times, []time.Duration{0, 200 * time.Millisecond, 400 * time.Millisecond}) {
			t.Errorf("%v at %v", p.names, p.times)
		}
		for _, name := range []string{"front", "middle"} {
			if !errors.Is(p.errs[name], context.Canceled) {
				t.Errorf("%s: %v", name, p.errs[name])
			}
		}
		// Nobody waits, so nothing is owed: the next goes after the last.
		p.send(t.Context(), sources.Focused, "d")
		p.wg.Wait()
		if p.times[3] != 600*time.Millisecond {
			t.Errorf("d at %v", p.times[3])
		}
	})
}

// TestTurnOfACancelledOneAtThatInstant ends the context of the one at the
// front at the very time of its turn: the turn is taken or passed on, never
// lost and never doubled.
func TestTurnOfACancelledOneAtThatInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 50 {
			p := newPassing(newLimiter(5, 1, time.Now))
			p.send(t.Context(), sources.Background, "a")
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(200*time.Millisecond, cancel)
			p.send(ctx, sources.Focused, "leaves")
			p.send(t.Context(), sources.Background, "b")
			p.wg.Wait()
			want := 200 * time.Millisecond
			if p.errs["leaves"] == nil {
				want = 400 * time.Millisecond
			}
			if last := len(p.names) - 1; p.names[last] != "b" || p.times[last] != want {
				t.Fatalf("%v at %v, leaving gave %v", p.names, p.times, p.errs)
			}
		}
	})
}

func TestTurnThatComesTooLateSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPassing(newLimiter(5, 1, time.Now))
		for i := range 11 {
			p.send(t.Context(), sources.Visible, fmt.Sprint(i))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		var late *tooLate
		if err := p.l.wait(sources.WithUrgency(ctx, sources.Background), 1); !errors.As(err, &late) || time.Since(began) != 0 {
			t.Errorf("behind two seconds of others with one to wait: %v after %v", err, time.Since(began))
		}
		if err := p.l.wait(sources.WithUrgency(ctx, sources.Focused), 1); err != nil || time.Since(began) != 200*time.Millisecond {
			t.Errorf("before all others: %v after %v", err, time.Since(began))
		}
		p.wg.Wait()
		// One that is overtaken until its time is up.
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p.send(short, sources.Background, "overtaken")
		for i := range 9 {
			p.send(t.Context(), sources.Focused, fmt.Sprint("f", i))
		}
		p.wg.Wait()
		if !errors.As(p.errs["overtaken"], &late) || !errors.Is(p.errs["overtaken"], context.DeadlineExceeded) {
			t.Errorf("overtaken: %v", p.errs["overtaken"])
		}
	})
}

// TestCrowdKeepsTheRate sends a crowd of all urgencies with people who leave,
// and looks at every span of time between two that passed.
func TestCrowdKeepsTheRate(t *testing.T) {
	for seed := range uint64(8) {
		synctest.Test(t, func(t *testing.T) {
			const perSecond, burst = 15, 3
			random := rand.New(rand.NewPCG(seed, 1))
			p := newPassing(newLimiter(perSecond, burst, time.Now))
			for i := range 300 {
				ctx := t.Context()
				if random.IntN(3) == 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithCancel(ctx)
					time.AfterFunc(time.Duration(random.IntN(3000))*time.Millisecond, cancel)
				}
				p.send(ctx, sources.Urgency(random.IntN(3)), fmt.Sprint(i))
				time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
			}
			p.wg.Wait()
			if len(p.names)+len(p.errs) != 300 || len(p.names) < 200 {
				t.Fatalf("%d passed, %d left", len(p.names), len(p.errs))
			}
			for i := range p.times {
				for j := i; j < len(p.times); j++ {
					span := (p.times[j] - p.times[i] + time.Microsecond).Seconds()
					if n := j - i + 1; float64(n) > burst+perSecond*span+1e-6 {
						t.Fatalf("seed %d: %d passed within %v", seed, n, p.times[j]-p.times[i])
					}
				}
			}
			p.l.mu.Lock()
			defer p.l.mu.Unlock()
			if p.l.queue.front() != nil || p.l.queue.units != [3]int{} {
				t.Errorf("the queue is not empty: %+v", p.l.queue)
			}
		})
	}
}

func TestThrottlingSlowsDownThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPassing(newLimiter(10, 1, time.Now))
		for i := range 40 {
			p.send(t.Context(), sources.Background, fmt.Sprint(i))
		}
		p.l.throttled()
		time.Sleep(haltTime - time.Millisecond)
		p.mu.Lock()
		if n := len(p.names); n != 5 {
			t.Errorf("%d in a second at five a second", n)
		}
		p.mu.Unlock()
		p.wg.Wait()
		// At 5 a second, and 1/6 more every second, 40 take 7 s; at 10 they
		// would take 3.9 s, at 5 all the time 7.8 s.
		if last := p.times[39]; last < 6900*time.Millisecond || last > 7300*time.Millisecond {
			t.Errorf("the last passed at %v", last)
		}
	})
}

func TestAnswersToTheFocusedComeFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		focused := make(chan struct{})
		f := newFake(t, map[string]handler{
			opFilterLogEvents: func(w http.ResponseWriter, body map[string]any) {
				if body["logGroupName"] == "focused" {
					close(focused)
				}
				answerJSON(w, map[string]any{})
			},
		})
		o := options(t, "http://fake.invalid")
		o.HTTPClient = &http.Client{Transport: direct{f}}
		o.Regions = []string{"eu-central-1"} // 5 calls a second
		s := openOne(t, o)
		var wg sync.WaitGroup
		ask := func(u sources.Urgency, group string) {
			wg.Go(func() {
				q := logQuery()
				q.Group = group
				if err := s.Logs(sources.WithUrgency(t.Context(), u), q, func(sources.LogPage) error { return nil }); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		for range 50 {
			ask(sources.Background, "background")
		}
		began := time.Now()
		ask(sources.Focused, "focused")
		<-focused
		if took := time.Since(began); took > 200*time.Millisecond {
			t.Errorf("a focused call waited %v behind fifty others", took)
		}
		wg.Wait()
	})
}
