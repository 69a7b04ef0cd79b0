package engine

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/poll"
)

// tail is the live tail of a function's log, or what is left of one that has
// failed: it is not begun again until it has been unwanted for once.
type tail struct {
	cancel context.CancelFunc
	ended  bool
}

// tailLogs begins the tails that are wanted and ends the others. One function
// is tailed once, however many look at it.
func (l *loop) tailLogs(ctx context.Context, budget poll.Budget, now time.Time) {
	wanted := make(map[sources.FunctionID]bool)
	for _, d := range l.demands {
		for _, f := range d.Focus {
			if f.Tail && f.Invocations && f.Window.Until.IsZero() {
				wanted[f.Function] = true
			}
		}
	}
	for id, t := range l.tails {
		switch {
		case !wanted[id]:
			t.cancel()
			delete(l.tails, id)
			l.fleet.EndTail(id, nil)
			l.changed = true
		case !t.ended && budget.Limited && budget.Left <= 0:
			t.cancel()
			l.tailEnded(id, t, errTailBudget(id))
		}
	}
	for id := range wanted {
		if l.tails[id] == nil {
			l.beginTail(ctx, id, budget, now)
		}
	}
}

func errTailBudget(id sources.FunctionID) error {
	return &sources.Error{
		Op: "logs:StartLiveTail", On: id.Name, Kind: sources.OverBudget,
		Err: fmt.Errorf("a live tail costs $0.60 an hour"), Fix: "the log is read every two seconds, which is free; raise --budget for a live tail",
	}
}

// beginTail begins the tail of one function.
func (l *loop) beginTail(ctx context.Context, id sources.FunctionID, budget poll.Budget, now time.Time) {
	config, known := l.fleet.Config(id)
	src := l.source(l.fleet.Reader(id))
	if !known || src == nil {
		return // it comes once the function is listed
	}
	t := &tail{cancel: func() {}}
	l.tails[id] = t
	l.changed = true
	tailer, ok := src.(sources.Tailer)
	switch {
	case budget.Free || budget.Limited && budget.Left < poll.TailMetrics:
		l.tailEnded(id, t, errTailBudget(id))
		return
	case !ok:
		l.tailEnded(id, t, &sources.Error{Op: "tail the log", On: id.Name, Kind: sources.Unsupported})
		return
	}
	l.fleet.BeginTail(id, now)
	tailCtx, cancel := context.WithCancel(meter.WithPurpose(ctx, string(poll.ForTail)))
	t.cancel = cancel
	l.calls.Go(func() {
		defer cancel()
		err := l.runTail(tailCtx, ctx, tailer, config)
		l.answer(ctx, func() {
			if l.tails[id] == t { // nobody has ended it meanwhile
				l.tailEnded(id, t, err)
			}
		})
	})
}

// runTail hands over what a tail brings until it ends.
func (l *loop) runTail(tailCtx, ctx context.Context, tailer sources.Tailer, fn sources.Function) (err error) {
	defer func() {
		if p := recover(); p != nil {
			l.engine.config.Log.Error("tail panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = &sources.Error{Op: "tail the log", On: fn.ID.Name, Kind: sources.Other, Err: fmt.Errorf("internal error: %v", p), Fix: "please report it; --log-file has the details"}
		}
	}()
	return tailer.Tail(tailCtx, sources.TailQuery{Functions: []sources.Function{fn}}, func(u sources.TailUpdate) error {
		events := make([]sources.LogEvent, 0, len(u.Events))
		for i := range u.Events {
			if u.Events[i].Function == fn.ID {
				events = append(events, u.Events[i].LogEvent)
			}
		}
		l.answer(ctx, func() {
			if t := l.tails[fn.ID]; t != nil && !t.ended {
				l.fleet.ApplyTail(fn.ID, events, u.Sampled, l.clock.Now())
			}
		})
		return tailCtx.Err()
	})
}

func (l *loop) tailEnded(id sources.FunctionID, t *tail, err error) {
	t.ended = true
	l.fleet.EndTail(id, err)
	l.changed = true
	if err != nil {
		l.engine.config.Log.Warn("live tail", "function", id.Name, "error", err)
	}
}
