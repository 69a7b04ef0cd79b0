package engine

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// jumpy is a clock that can be set, as that of a laptop is when it wakes up.
// Its timers know nothing of that.
type jumpy struct{ ahead atomic.Int64 }

func (c *jumpy) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())).UTC() }
func (c *jumpy) Timer(d time.Duration) (<-chan time.Time, func()) {
	return Wall{}.Timer(d)
}
func (c *jumpy) Rate() float64 { return 1 }

// Active makes a pretend source one that knows which functions live: the even
// ones.
func (p *living) Active(ctx context.Context, page func([]sources.FunctionID) error) error {
	if err := p.do(ctx, "active"); err != nil {
		return err
	}
	var ids []sources.FunctionID
	for i := 0; i < p.functions; i += 2 {
		ids = append(ids, p.function(i).ID)
	}
	return page(ids)
}

type living struct{ *pretend }

func (p *living) place() sources.Place { return p.as(p) }

// screen is a functions view of thirty rows, one of which is open too.
func screen(t *testing.T, v *Viewer) (*fleet.Snapshot, []sources.FunctionID, sources.Window) {
	t.Helper()
	w := sources.Window{Since: time.Hour}
	n := v.Want(poll.Demand{Catalogue: true, Window: w})
	s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
	rows := rowsOf(s, 30)
	n = v.Want(poll.Demand{
		Catalogue: true, AllRows: true, Totals: true, Window: w, Rows: rows,
		Focus: []poll.Focus{{Function: rows[0], Invocations: true, Limit: 100, Window: w}},
	})
	s = until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
	return s, rows, w
}

func (p *pretend) total() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, calls := range p.calls {
		n += calls
	}
	return n
}

func (p *pretend) failing(fail func(op string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = fail
}

// fresh waits until every row is as new as metrics can be.
func fresh(t *testing.T, v *Viewer, c Clock, rows []sources.FunctionID, w sources.Window) {
	t.Helper()
	until(t, v, func(s *fleet.Snapshot) bool {
		return !slices.ContainsFunc(rows, func(id sources.FunctionID) bool {
			row := s.Get(id).Row(w)
			n, ok := row.Invocations.Get()
			return !ok || n != 600 || c.Now().Sub(row.End) > 2*time.Minute
		})
	})
}

// TestAWeeksGapOfTheClock checks that a machine that slept for a week catches
// up with about as many calls as a start takes, and has every figure again.
func TestAWeeksGapOfTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, clock := &living{newPretend("us-east-1", 600)}, new(jumpy)
		v := runOn(t, clock, p.place()).View()
		defer v.Close()
		_, rows, w := screen(t, v)
		begin := p.total()
		time.Sleep(2 * time.Minute)
		before := p.total()
		time.Sleep(2 * time.Minute)
		usual := p.total() - before
		clock.ahead.Store(int64(7 * 24 * time.Hour))
		before = p.total()
		fresh(t, v, clock, rows, w)
		if n := p.total() - before; n > begin+usual {
			t.Errorf("%d calls to catch up with a week; the start took %d, and two minutes take %d", n, begin, usual)
		}
		if n := p.count("logs"); n == 0 {
			t.Error("the log in focus was never read")
		}
		clock.ahead.Store(int64(6 * 24 * time.Hour)) // and set back a day
		time.Sleep(2 * time.Minute)
		before = p.total()
		time.Sleep(2 * time.Minute)
		if n := p.total() - before; n < usual/2 || n > 2*usual {
			t.Errorf("%d calls in two minutes after the clock was set back, %d before", n, usual)
		}
	})
}

// TestExpiredCredentialsMakeNoStorm lets credentials expire for an hour and
// then renews them, as a sign-on does behind the program's back.
func TestExpiredCredentialsMakeNoStorm(t *testing.T) {
	for name, kind := range map[string]sources.Kind{
		"expired": sources.ExpiredCredentials, "unreachable": sources.Unreachable, "no answer": sources.TimedOutCall,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &living{newPretend("us-east-1", 600)}
				v := run(t, p.place()).View()
				defer v.Close()
				_, rows, w := screen(t, v)
				p.failing(func(op string) error { return &sources.Error{Op: op, Kind: kind} })
				before := p.total()
				time.Sleep(time.Hour)
				most := 100
				if kind == sources.ExpiredCredentials {
					most = 125
				}
				if n := p.total() - before; n > most {
					t.Errorf("%d calls in an hour without an answer, want about one or two a minute", n)
				}
				p.failing(nil)
				back := time.Now()
				fresh(t, v, Wall{}, rows, w)
				if took := time.Since(back); took > 3*time.Minute {
					t.Errorf("the rows were fresh %v after the answers came back", took)
				}
			})
		})
	}
}

// TestWhatIsRefusedIsLeftAlone counts the calls of twenty minutes in which one kind of
// call is refused, and sees that the others go on.
func TestWhatIsRefusedIsLeftAlone(t *testing.T) {
	for name, tc := range map[string]struct {
		op   string
		kind sources.Kind
		most int // calls in twenty minutes
	}{
		"denied metrics":       {"metrics", sources.Denied, 5*8 + 40},
		"denied activity":      {"active", sources.Denied, 5},
		"denied listing":       {"list", sources.Denied, 41},
		"denied logs":          {"cold", sources.Denied, 5*30 + 40},
		"throttled logs":       {"cold", sources.Throttled, 30 * 26},
		"unreadable metrics":   {"metrics", sources.Malformed, 8 * 26},
		"throttled everything": {"", sources.Throttled, 30*26 + 8*26 + 26*4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &living{newPretend("us-east-1", 600)}
				v := run(t, p.place()).View()
				defer v.Close()
				screen(t, v)
				p.failing(func(op string) error {
					if tc.op == "" || op == tc.op {
						return &sources.Error{Op: op, Kind: tc.kind}
					}
					return nil
				})
				count := func() int {
					if tc.op == "" {
						return p.total()
					}
					return p.count(tc.op)
				}
				before, all := count(), p.total()
				time.Sleep(20 * time.Minute)
				n := count() - before
				if n > tc.most || n == 0 {
					t.Errorf("%d calls in twenty minutes, want 1 to %d", n, tc.most)
				}
				if rest := p.total() - all - n; tc.op != "" && rest == 0 {
					t.Error("nothing else was asked for")
				}
			})
		})
	}
}

// TestScrollingBuysLittle holds a key down through six hundred rows and back.
func TestScrollingBuysLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &living{newPretend("us-east-1", 600)}
		v := run(t, p.place()).View()
		defer v.Close()
		s, _, w := screen(t, v)
		all := rowsOf(s, 600)
		d := poll.Demand{Catalogue: true, AllRows: true, Totals: true, Window: w}
		before, cold := p.asked(), p.count("cold")
		for at := 0; at+30 < len(all); at++ { // thirty rows a second
			d.Rows = all[at : at+30]
			v.Want(d)
			time.Sleep(time.Second / 30)
		}
		d.Rows = all[570:]
		v.Want(d)
		time.Sleep(5 * time.Second)
		d.Rows = all[:30]
		v.Want(d)
		time.Sleep(5 * time.Second)
		// What the way passes is not read; the last screen is bought, and the
		// first one is known.
		if n := p.asked() - before; n > 3*30*4 {
			t.Errorf("scrolling to the end and back asked for %d series, want little more than a screen's %d", n, 30*4)
		}
		if n := p.count("cold") - cold; n > 30*6 {
			t.Errorf("scrolling read %d logs", n)
		}
	})
}
