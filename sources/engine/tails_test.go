package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// tailed is a source whose logs can be tailed: an event a second.
type tailed struct {
	*pretend
	breaks time.Duration // the tail breaks off after so long; 0 never
}

func (p *tailed) place() sources.Place { return p.as(p) }

func (p *tailed) Tail(ctx context.Context, q sources.TailQuery, update func(sources.TailUpdate) error) error {
	if err := p.do(ctx, "tail"); err != nil {
		return err
	}
	began := time.Now()
	for p.breaks == 0 || time.Since(began) < p.breaks {
		select {
		case <-ctx.Done():
			return &sources.Error{Op: "tail", Kind: sources.Cancelled, Err: ctx.Err()}
		case <-time.After(time.Second):
		}
		now := time.Now()
		e := sources.LogEvent{ID: "tail " + now.String(), Time: now, Message: "m"}
		u := sources.TailUpdate{Events: []sources.TailEvent{{Function: q.Functions[0].ID, LogEvent: e}}, Sampled: now.Second()%10 == 0}
		if err := update(u); err != nil {
			return err
		}
	}
	return &sources.Error{Op: "tail", Kind: sources.Unreachable, Err: errors.New("it broke off")}
}

// tailDemand is a function page of which a live tail is wanted.
func tailDemand(t *testing.T, v *Viewer) (poll.Demand, sources.FunctionID) {
	t.Helper()
	w := sources.Window{Since: time.Hour}
	n := v.Want(poll.Demand{Catalogue: true, Window: w})
	s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
	id := s.Function(0).ID
	return poll.Demand{Window: w, Focus: []poll.Focus{{Function: id, Invocations: true, Limit: 50, Window: w, Tail: true}}}, id
}

// TestATailIsSharedAndEndsWithTheWish lets two viewers tail one function, and
// both leave one after the other.
func TestATailIsSharedAndEndsWithTheWish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &tailed{pretend: newPretend("us-east-1", 10)}
		e := run(t, p.place())
		one, two := e.View(), e.View()
		defer one.Close()
		d, id := tailDemand(t, one)
		one.Want(d)
		two.Want(d)
		s := until(t, one, func(s *fleet.Snapshot) bool {
			fn := s.Get(id)
			return fn.Tail.On && len(fn.Invocations) > 5 && strings.HasPrefix(fn.Invocations[0].RequestID, "tail")
		})
		if age := s.At.Sub(s.Get(id).Invocations[0].Start.Or(time.Time{})); age > 2*time.Second {
			t.Errorf("the newest invocation is %v old", age)
		}
		until(t, one, func(s *fleet.Snapshot) bool { return !s.Get(id).Tail.Sampled.IsZero() })
		before := p.count("logs")
		time.Sleep(time.Minute)
		if n := p.count("logs") - before; n < 5 || n > 7 {
			t.Errorf("%d reads of the log in a minute beside the tail, want one each ten seconds", n)
		}
		two.Close()
		time.Sleep(10 * time.Second)
		if n := p.count("tail"); n != 1 {
			t.Errorf("%d tails for two viewers", n)
		}
		d.Focus = slices.Clone(d.Focus) // the engine has the one before
		d.Focus[0].Tail = false
		one.Want(d)
		until(t, one, func(s *fleet.Snapshot) bool { return !s.Get(id).Tail.On && s.Get(id).Tail.Err == nil })
		before = p.count("logs")
		time.Sleep(time.Minute)
		if n := p.count("logs") - before; n < 25 {
			t.Errorf("%d reads of the log in a minute after the tail", n)
		}
	})
}

// TestATailThatBreaksIsSaid checks that a tail that has failed says so, is not
// begun again by itself, and that the log is read as before.
func TestATailThatBreaksIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &tailed{pretend: newPretend("us-east-1", 10), breaks: 10 * time.Second}
		v := run(t, p.place()).View()
		defer v.Close()
		d, id := tailDemand(t, v)
		v.Want(d)
		until(t, v, func(s *fleet.Snapshot) bool { return sources.KindOf(s.Get(id).Tail.Err) == sources.Unreachable })
		before := p.count("logs")
		time.Sleep(time.Minute)
		if n := p.count("logs") - before; n < 25 || p.count("tail") != 1 {
			t.Errorf("%d reads of the log in a minute, %d tails", n, p.count("tail"))
		}
	})
}

// TestATailMustBeAfforded checks that no tail begins on a small budget or none.
func TestATailMustBeAfforded(t *testing.T) {
	for name, budget := range map[string]poll.Budget{"free": {Free: true}, "small": {Limited: true, Left: poll.TailMetrics - 1, PerMinute: 100}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &tailed{pretend: newPretend("us-east-1", 10)}
				e := New(Config{Places: []sources.Place{p.place()}, Clock: Wall{}, Budget: func(time.Time) poll.Budget { return budget }})
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- e.Run(ctx) }()
				defer func() {
					cancel()
					if err := <-done; !errors.Is(err, context.Canceled) {
						t.Errorf("Run: %v", err)
					}
				}()
				v := e.View()
				defer v.Close()
				d, id := tailDemand(t, v)
				v.Want(d)
				until(t, v, func(s *fleet.Snapshot) bool { return sources.KindOf(s.Get(id).Tail.Err) == sources.OverBudget })
				if n := p.count("tail"); n != 0 {
					t.Errorf("%d tails", n)
				}
			})
		})
	}
}
