package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/poll"
)

func (l *loop) busy() map[poll.Lane]int {
	busy := make(map[poll.Lane]int)
	for _, f := range l.flights {
		busy[f.request.Lane()]++
	}
	return busy
}

// LineSelector is a source that can tell which of a stream's log events
// belong to one invocation.
type LineSelector interface {
	// LinesOf gives the events of the invocation, in order, out of those of
	// its environment; complete tells whether its end is among them.
	LinesOf(inv sources.Invocation, events []sources.LogEvent) (own []sources.LogEvent, complete bool)
}

// send starts a request. Its answer comes back through the loop.
func (l *loop) send(ctx context.Context, r poll.Request, now time.Time) {
	src := l.source(r.Scope)
	if src == nil {
		return
	}
	callCtx, cancel := context.WithTimeout(sources.WithUrgency(meter.WithPurpose(ctx, string(r.For)), r.Urgency()), callLimit)
	l.lastID++
	id := l.lastID
	l.flights[id] = &flight{r, cancel}
	l.ledger.Sent(r, now)
	call := l.call(ctx, src, r, now)
	l.calls.Go(func() {
		finish := l.guarded(callCtx, r, call)
		cancel()
		l.answer(ctx, func() {
			delete(l.flights, id)
			result := finish()
			if result.Err != nil {
				l.engine.config.Log.Warn("call", "kind", r.Kind.String(), "region", r.Scope.Region, "error", result.Err)
			}
			l.ledger.Answered(r, result, l.clock.Now())
		})
	})
}

// guarded makes a call. A panic in a source is a failed call and not the end of
// the program, whose terminal would be left in disorder.
func (l *loop) guarded(ctx context.Context, r poll.Request, call func(context.Context) func() poll.Result) (finish func() poll.Result) {
	defer func() {
		if p := recover(); p != nil {
			l.engine.config.Log.Error("call panicked", "kind", r.Kind.String(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err := &sources.Error{Op: r.Kind.String(), On: r.Scope.Region, Kind: sources.Other, Err: fmt.Errorf("internal error: %v", p), Fix: "please report it; --log-file has the details"}
			finish = func() poll.Result { return failed(r, err) }
		}
	}()
	return call(ctx)
}

// failed is the result of a request of which nothing was answered.
func failed(r poll.Request, err error) poll.Result {
	res := poll.Result{Err: err, Unanswered: make(map[int]bool)}
	for i := range r.Metrics.Queries {
		res.Unanswered[i] = true
	}
	return res
}

// call prepares a request: the function it gives does the I/O and returns
// another, for the loop, that applies the answer.
func (l *loop) call(ctx context.Context, src sources.Source, r poll.Request, now time.Time) func(context.Context) func() poll.Result {
	switch r.Kind {
	case poll.Catalogue:
		return l.callCatalogue(ctx, src, r)
	case poll.Activity:
		return l.callActivity(ctx, src, r)
	case poll.Ranking:
		return l.callRanking(src, r)
	case poll.Metrics:
		return l.callMetrics(src, r)
	case poll.Cold, poll.Invocations:
		return l.callLogs(ctx, src, r, now)
	case poll.Tail:
		return l.callTail(ctx, src, r, now)
	case poll.Lines:
		return l.callLines(src, r, now)
	case poll.Traces:
		return l.callTraces(src, r)
	case poll.TraceList:
		return l.callTraceList(src, r)
	case poll.Changes, poll.Tags, poll.EventSources, poll.Triggers, poll.Limits, poll.Concurrency:
		return l.callFact(ctx, src, r)
	}
	return unsupported(r)
}

func (l *loop) callCatalogue(ctx context.Context, src sources.Source, r poll.Request) func(context.Context) func() poll.Result {
	return func(callCtx context.Context) func() poll.Result {
		err := src.Functions(callCtx, func(page []sources.Function) error {
			l.answer(ctx, func() { l.fleet.ApplyFunctions(r.Scope, page, l.clock.Now()) })
			return callCtx.Err()
		})
		return func() poll.Result {
			l.fleet.EndListing(r.Scope, err, l.clock.Now())
			return poll.Result{Err: err}
		}
	}
}

func (l *loop) callActivity(ctx context.Context, src sources.Source, r poll.Request) func(context.Context) func() poll.Result {
	return func(callCtx context.Context) func() poll.Result {
		var err error = &sources.Error{Op: "find active functions", On: r.Scope.Region, Kind: sources.Unsupported}
		if reader, ok := src.(sources.ActivityReader); ok {
			err = reader.Active(callCtx, func(page []sources.FunctionID) error {
				l.answer(ctx, func() { l.fleet.ApplyActivity(r.Scope, page) })
				return callCtx.Err()
			})
		}
		return func() poll.Result {
			l.fleet.EndActivity(r.Scope, err, l.clock.Now())
			return poll.Result{Err: err}
		}
	}
}

func (l *loop) callRanking(src sources.Source, r poll.Request) func(context.Context) func() poll.Result {
	return func(callCtx context.Context) func() poll.Result {
		var top []sources.Ranked
		var err error = &sources.Error{Op: "rank functions", On: r.Scope.Region, Kind: sources.Unsupported}
		if ranker, ok := src.(sources.Ranker); ok {
			top, _, err = ranker.Top(callCtx, r.Rank)
		}
		return func() poll.Result {
			res := poll.Result{Err: err}
			if err == nil {
				l.fleet.ApplyRanking(r, top, l.clock.Now())
				for i := range top {
					res.Ranked = append(res.Ranked, top[i].Function)
				}
			}
			return res
		}
	}
}

func (l *loop) callMetrics(src sources.Source, r poll.Request) func(context.Context) func() poll.Result {
	return func(callCtx context.Context) func() poll.Result {
		results, err := src.Metrics(callCtx, r.Metrics)
		missing := unanswered(r.Metrics, results)
		if err == nil && len(missing) > 0 {
			err = &sources.Error{Op: "cloudwatch:GetMetricData", On: r.Scope.Region, Kind: sources.Other, Err: errPartial, Fix: "what is missing is asked for again"}
		}
		return func() poll.Result {
			l.fleet.ApplyMetrics(r, results, missing, err, l.clock.Now())
			return poll.Result{Err: err, Unanswered: missing}
		}
	}
}

// errPartial is an answer that the cloud itself calls incomplete.
var errPartial = errors.New("the answer is incomplete")

// unanswered are the queries that lack a statistic, or got only part of one.
func unanswered(w sources.MetricWindow, results []sources.MetricResult) map[int]bool {
	whole := make(map[int]int, len(w.Queries))
	for _, res := range results {
		if !res.Partial {
			whole[res.Query]++
		}
	}
	missing := make(map[int]bool)
	for i, q := range w.Queries {
		if whole[i] < len(q.Stats) {
			missing[i] = true
		}
	}
	return missing
}

// reportLag is how long after its handler ended an invocation's report may
// still be written and become readable.
const reportLag = 30 * time.Second

func (l *loop) callLogs(ctx context.Context, src sources.Source, r poll.Request, now time.Time) func(context.Context) func() poll.Result {
	config, _ := l.fleet.Config(r.Function)
	live := !r.End.Before(now)
	q := sources.LogQuery{
		Function: r.Function, Group: config.LogGroup, Format: config.LogFormat,
		Select: sources.LogPlatform, Start: r.Start, End: r.End,
		Limit: r.Limit, NewestFirst: r.Limit > 0,
	}
	if r.Kind == poll.Cold {
		q.Select = sources.LogCold
	}
	if live {
		// An event may carry a time a little ahead of ours.
		q.End = now.Add(time.Minute)
	} else if q.End = r.End.Add(config.Timeout + reportLag); q.End.After(now) {
		// Invocations that began in the window may end after it.
		q.End = now
	}
	return func(callCtx context.Context) func() poll.Result {
		var oldest time.Time
		truncated := false
		err := src.Logs(callCtx, q, func(p sources.LogPage) error {
			for _, e := range p.Events {
				if oldest.IsZero() || e.Time.Before(oldest) {
					oldest = e.Time
				}
			}
			truncated = truncated || p.Truncated
			l.answer(ctx, func() {
				if r.Kind == poll.Cold {
					l.fleet.ApplyCold(r.Function, p.Events)
				} else {
					l.fleet.ApplyInvocations(r.Function, p.Events)
				}
			})
			return callCtx.Err()
		})
		if !truncated {
			oldest = time.Time{}
		}
		return func() poll.Result {
			if r.Kind == poll.Cold {
				l.fleet.EndCold(r.Function, r.Start, r.End, err, l.clock.Now())
			} else {
				l.fleet.EndInvocations(r.Function, r.Start, r.End, oldest, live, err, l.clock.Now())
			}
			return poll.Result{Err: err, Oldest: oldest}
		}
	}
}

func (l *loop) callLines(src sources.Source, r poll.Request, now time.Time) func(context.Context) func() poll.Result {
	config, _ := l.fleet.Config(r.Function)
	inv := l.fleet.Invocation(r.Function, r.Invoked.Key)
	if inv.RequestID == "" {
		inv = sources.Invocation{Function: r.Function, RequestID: r.Invoked.Key.RequestID, Attempt: r.Invoked.Key.Attempt, Environment: r.Invoked.Environment}
	}
	lead := 2*time.Second + inv.Init.OrElse(inv.Restore).Or(0)
	q := sources.LogQuery{
		Function: r.Function, Group: config.LogGroup, Format: config.LogFormat, Select: sources.LogAll,
		Start: r.Start.Add(-lead), End: earliest(r.End.Add(reportLag), now.Add(time.Minute)),
	}
	if r.Invoked.Environment != "" {
		q.Streams = []string{r.Invoked.Environment}
	} else {
		q.RequestID = r.Invoked.Key.RequestID
	}
	l.fleet.BeginLines(r.Invoked)
	return func(callCtx context.Context) func() poll.Result {
		var events []sources.LogEvent
		err := src.Logs(callCtx, q, func(p sources.LogPage) error {
			events = append(events, p.Events...)
			return callCtx.Err()
		})
		own, complete := events, !r.Invoked.End.IsZero()
		if selector, ok := src.(LineSelector); ok {
			own, complete = selector.LinesOf(inv, events)
		}
		return func() poll.Result {
			l.fleet.EndLines(r.Invoked, own, complete, err, l.clock.Now())
			return poll.Result{Err: err, Done: map[string]bool{r.Invoked.Key.RequestID: complete}}
		}
	}
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// traceGrace is how old a trace must be before a complete one is believed to
// be the whole of it: segments arrive one by one.
const traceGrace = time.Minute

func (l *loop) callTraces(src sources.Source, r poll.Request) func(context.Context) func() poll.Result {
	l.fleet.BeginTraces(r.Scope, r.Traces)
	return func(callCtx context.Context) func() poll.Result {
		found, err := src.Traces(callCtx, r.Traces)
		return func() poll.Result {
			now := l.clock.Now()
			l.fleet.EndTraces(r.Scope, r.Traces, found, err, now)
			done := make(map[string]bool, len(found))
			for _, t := range found {
				done[t.ID] = !t.Partial && now.Sub(t.Start.Add(t.Duration)) > traceGrace
			}
			return poll.Result{Err: err, Done: done}
		}
	}
}

// cancelUnwanted ends the calls that no viewer waits for any more.
func (l *loop) cancelUnwanted() {
	for _, f := range l.flights {
		if !poll.Wanted(f.request, l.demands) {
			f.cancel()
		}
	}
}
