package engine

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/poll"
)

// tail is a live tail of the logs of some functions of one scope, or what is
// left of one that has failed: it is not begun again until it has been
// unwanted for once.
type tail struct {
	functions []sources.Function
	cancel    context.CancelFunc
	ended     bool
}

// tailWants are the functions whose logs are to be tailed live: for their
// invocations, for their lines, or for both.
func (l *loop) tailWants() map[sources.FunctionID]bool {
	wanted := make(map[sources.FunctionID]bool)
	for _, d := range l.demands {
		for _, f := range d.Focus {
			if f.Tail && f.Invocations && f.Window.Until.IsZero() {
				wanted[f.Function] = true
			}
		}
		for _, ref := range d.Tail {
			if ref.Live {
				wanted[ref.Function] = true
			}
		}
	}
	return wanted
}

// tailLogs begins the tails that are wanted and ends the others. One function
// is tailed once, however many look at it, and functions of one scope that
// are wanted together share a tail, which costs the same as a tail of one.
func (l *loop) tailLogs(ctx context.Context, budget poll.Budget, now time.Time) {
	wanted := l.tailWants()
	for id, t := range l.tails {
		switch {
		case !wanted[id]:
			l.leaveTail(id, t)
		case !t.ended && budget.Limited && budget.Left <= 0:
			l.tailEnded(t, errTailBudget(id))
		}
	}
	waiting := make(map[sources.Scope][]sources.Function)
	for id := range wanted {
		// An unlisted function comes once it is listed.
		if config, known := l.fleet.Config(id); known && l.tails[id] == nil && l.source(l.fleet.Reader(id)) != nil {
			scope := l.fleet.Reader(id)
			waiting[scope] = append(waiting[scope], config)
		}
	}
	for scope, functions := range waiting {
		slices.SortFunc(functions, func(a, b sources.Function) int { return a.ID.Compare(b.ID) })
		for some := range slices.Chunk(functions, sources.MaxTailGroups) {
			l.beginTail(ctx, scope, some, budget, now)
		}
	}
}

func errTailBudget(id sources.FunctionID) error {
	return &sources.Error{
		Op: "logs:StartLiveTail", On: id.Name, Kind: sources.OverBudget,
		Err: fmt.Errorf("a live tail costs $0.60 an hour"), Fix: "the log is read every two seconds, which is free; raise --budget for a live tail",
	}
}

// leaveTail takes a function that nobody wants tailed any more off its tail,
// which ends with the last one.
func (l *loop) leaveTail(id sources.FunctionID, t *tail) {
	delete(l.tails, id)
	l.fleet.EndTail(id, nil)
	l.changed = true
	for i := range t.functions {
		if l.tails[t.functions[i].ID] == t {
			return
		}
	}
	t.ended = true
	t.cancel()
}

// beginTail begins one tail of some functions.
func (l *loop) beginTail(ctx context.Context, scope sources.Scope, functions []sources.Function, budget poll.Budget, now time.Time) {
	t := &tail{functions: functions, cancel: func() {}}
	for i := range functions {
		l.tails[functions[i].ID] = t
	}
	l.changed = true
	first := functions[0].ID
	tailer, ok := l.source(scope).(sources.Tailer)
	switch {
	case budget.Free || budget.Limited && budget.Left < poll.TailMetrics:
		l.tailEnded(t, errTailBudget(first))
		return
	case !ok:
		l.tailEnded(t, &sources.Error{Op: "tail the log", On: first.Name, Kind: sources.Unsupported})
		return
	}
	for i := range functions {
		l.fleet.BeginTail(functions[i].ID, now)
	}
	tailCtx, cancel := context.WithCancel(meter.WithPurpose(ctx, string(poll.ForTail)))
	t.cancel = cancel
	l.calls.Go(func() {
		defer cancel()
		err := l.runTail(tailCtx, ctx, tailer, t)
		l.answer(ctx, func() {
			if !t.ended { // nobody has ended it meanwhile
				l.tailEnded(t, err)
			}
		})
	})
}

// runTail hands over what a tail brings until it ends.
func (l *loop) runTail(tailCtx, ctx context.Context, tailer sources.Tailer, t *tail) (err error) {
	defer func() {
		if p := recover(); p != nil {
			l.engine.config.Log.Error("tail panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = &sources.Error{Op: "tail the log", On: t.functions[0].ID.Name, Kind: sources.Other, Err: fmt.Errorf("internal error: %v", p), Fix: "please report it; --log-file has the details"}
		}
	}()
	return tailer.Tail(tailCtx, sources.TailQuery{Functions: t.functions}, func(u sources.TailUpdate) error {
		events := make(map[sources.FunctionID][]sources.LogEvent)
		for i := range u.Events {
			id := u.Events[i].Function
			events[id] = append(events[id], u.Events[i].LogEvent)
		}
		l.answer(ctx, func() { l.applyTail(t, events, u.Sampled) })
		return tailCtx.Err()
	})
}

// applyTail takes an update of a tail, for those of its functions that are
// still wanted.
func (l *loop) applyTail(t *tail, events map[sources.FunctionID][]sources.LogEvent, sampled bool) {
	if t.ended {
		return
	}
	now := l.clock.Now()
	for i := range t.functions {
		id := t.functions[i].ID
		if l.tails[id] != t {
			continue
		}
		invocations := slices.ContainsFunc(l.demands, func(d poll.Demand) bool {
			return slices.ContainsFunc(d.Focus, func(f poll.Focus) bool { return f.Function == id && f.Invocations })
		})
		l.fleet.ApplyTail(id, events[id], invocations, sampled, now)
	}
}

// tailEnded notes that a tail has ended, and why.
func (l *loop) tailEnded(t *tail, err error) {
	t.ended = true
	t.cancel()
	for i := range t.functions {
		if id := t.functions[i].ID; l.tails[id] == t {
			l.fleet.EndTail(id, err)
		}
	}
	l.changed = true
	if err != nil {
		l.engine.config.Log.Warn("live tail", "function", t.functions[0].ID.Name, "functions", len(t.functions), "error", err)
	}
}
