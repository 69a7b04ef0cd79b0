package engine

import (
	"context"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// callTail reads on in a log that is followed line by line.
func (l *loop) callTail(ctx context.Context, src sources.Source, r poll.Request, now time.Time) func(context.Context) func() poll.Result {
	config, _ := l.fleet.Config(r.Function)
	generation := l.fleet.TailGeneration(r.Function)
	q := sources.LogQuery{
		Function: r.Function, Group: config.LogGroup, Format: config.LogFormat, Select: sources.LogAll,
		Start: r.Start, End: r.End, Limit: r.Limit, NewestFirst: r.Limit > 0,
	}
	if !r.End.Before(now) {
		q.End = now.Add(time.Minute) // an event may carry a time a little ahead of ours
	}
	return func(callCtx context.Context) func() poll.Result {
		var oldest time.Time
		events, truncated := 0, false
		err := src.Logs(callCtx, q, func(p sources.LogPage) error {
			events += len(p.Events)
			truncated = truncated || p.Truncated
			for i := range p.Events {
				if at := p.Events[i].Time; oldest.IsZero() || at.Before(oldest) {
					oldest = at
				}
			}
			l.answer(ctx, func() { l.fleet.ApplyTailed(r.Function, generation, p.Events, q.NewestFirst, l.clock.Now()) })
			return callCtx.Err()
		})
		if !truncated {
			oldest = time.Time{}
		}
		return func() poll.Result {
			if !l.fleet.EndTailed(r, generation, now, oldest, err, l.clock.Now()) && err == nil {
				err = &sources.Error{Op: "tail the log", On: r.Function.Name, Kind: sources.Cancelled}
			}
			return poll.Result{Err: err, Oldest: oldest, Events: events}
		}
	}
}
