// Package engine is the loop that owns a fleet: it merges what viewers want,
// plans, calls, applies the answers and publishes snapshots. It is the only
// writer of the fleet; everything else sees snapshots.
//
// One goroutine runs the loop. Calls run in goroutines of their own, each with
// a context that ends with the wish behind it, and hand their answers to the
// loop. Viewers are never waited for: each has room for the newest snapshot.
package engine

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
)

// Config is what an engine needs.
type Config struct {
	Places []sources.Place
	Clock  Clock // required
	// Bill gives what has been spent so far; nil when nothing is metered.
	Bill func() meter.Bill
	// Budget gives what may be spent now; nil without a limit.
	Budget func(now time.Time) poll.Budget
	// Price is what usage of a function costs; see fleet.Config.
	Price func(fn sources.Function, u fleet.Usage) (usd float64, ok bool)
	Log   *slog.Logger // nil logs nothing
}

// Engine is a loop that has been made and is run by Run. View may be called
// from anywhere.
type Engine struct {
	config Config
	wake   chan struct{} // room for one: something to look at

	mu      sync.Mutex
	viewers []*Viewer
	ended   bool
}

// New makes an engine.
func New(c Config) *Engine {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Bill == nil {
		c.Bill = func() meter.Bill { return meter.Bill{} }
	}
	if c.Budget == nil {
		c.Budget = func(time.Time) poll.Budget { return poll.Budget{} }
	}
	return &Engine{config: c, wake: make(chan struct{}, 1)}
}

// Viewer is one user of an engine: a dashboard, or a headless command.
type Viewer struct {
	engine  *Engine
	updates chan *fleet.Snapshot // room for one: the newest

	// Guarded by engine.mu.
	demand poll.Demand
	number int
}

// View adds a viewer, which wants nothing yet.
func (e *Engine) View() *Viewer {
	v := &Viewer{engine: e, updates: make(chan *fleet.Snapshot, 1)}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended {
		close(v.updates)
		return v
	}
	e.viewers = append(e.viewers, v)
	return v
}

// Want replaces what the viewer wants and gives the number of this demand,
// which later snapshots carry once they take it into account. It never waits.
func (v *Viewer) Want(d poll.Demand) int {
	v.engine.mu.Lock()
	v.number++
	v.demand = d
	n := v.number
	v.engine.mu.Unlock()
	v.engine.nudge()
	return n
}

// Updates gives the newest snapshot, each at most once; one that was not
// taken is replaced by the next. It is closed when the viewer or the engine
// ends.
func (v *Viewer) Updates() <-chan *fleet.Snapshot { return v.updates }

// Close takes the viewer and its demand away.
func (v *Viewer) Close() {
	e := v.engine
	e.mu.Lock()
	for i, other := range e.viewers {
		if other == v {
			e.viewers = append(e.viewers[:i:i], e.viewers[i+1:]...)
			close(v.updates)
			break
		}
	}
	e.mu.Unlock()
	e.nudge()
}

func (e *Engine) nudge() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// demands gives what the viewers want now, and the numbers of those demands.
func (e *Engine) demands() ([]poll.Demand, map[*Viewer]int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]poll.Demand, 0, len(e.viewers))
	numbers := make(map[*Viewer]int, len(e.viewers))
	for _, v := range e.viewers {
		all = append(all, v.demand)
		numbers[v] = v.number
	}
	return all, numbers
}

// publish hands a snapshot to every viewer, in place of one it has not taken.
func (e *Engine) publish(s *fleet.Snapshot, numbers map[*Viewer]int, settled bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, v := range e.viewers {
		number, planned := numbers[v]
		own := *s
		own.Demand, own.Settled = number, settled && planned
		select {
		case <-v.updates:
		default:
		}
		v.updates <- &own
	}
}

// Run is the loop. It returns when the context ends and every call it made
// has returned: with the context's error, or with the one that made it stop.
func (e *Engine) Run(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	l := newLoop(e)
	defer func() {
		if p := recover(); p != nil {
			e.config.Log.Error("engine panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error: %v", p)
		}
		cancel()
		l.calls.Wait()
		e.mu.Lock()
		e.ended = true
		for _, v := range e.viewers {
			close(v.updates)
		}
		e.viewers = nil
		e.mu.Unlock()
	}()
	for {
		l.step(ctx)
		fired, stop := l.timer()
		select {
		case <-ctx.Done():
			stop()
			return context.Cause(ctx)
		case answer := <-l.answers:
			answer()
			l.changed = true
		case <-e.wake:
		case <-fired:
		}
		stop()
		l.drain(ctx)
	}
}
