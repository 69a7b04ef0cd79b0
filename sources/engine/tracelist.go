package engine

import (
	"context"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/poll"
)

// callTraceList searches the traces of a function. What that was billed is only
// known from the answer: X-Ray bills all traces it has looked at.
func (l *loop) callTraceList(src sources.Source, r poll.Request) func(context.Context) func() poll.Result {
	q := sources.TraceQuery{Function: r.Function, Start: r.Start, End: r.End, Limit: r.Limit}
	return func(callCtx context.Context) func() poll.Result {
		callCtx, bill := meter.WithTally(callCtx)
		found, err := src.TraceSummaries(callCtx, q)
		var oldest time.Time
		if err == nil && r.Limit > 0 && len(found) >= r.Limit {
			oldest = found[len(found)-1].Start
		}
		return func() poll.Result {
			l.fleet.ApplyTraceList(r, found, oldest, err, l.clock.Now())
			return poll.Result{Err: err, Oldest: oldest, Events: len(found), Billed: bill.USD() / poll.MetricUSD}
		}
	}
}
