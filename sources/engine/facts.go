package engine

import (
	"context"
	"errors"
	"maps"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// changePages is how many pages one reading of changes may take: at the two a
// second that CloudTrail allows, half a minute. What is older is left to the
// next one.
const changePages = 60

// errEnough ends a reading that has taken as many pages as it may.
var errEnough = errors.New("enough has been read")

// Reads tells whether the scope's source can be asked for this.
func (l *loop) Reads(s sources.Scope, k poll.Kind) (ok bool) {
	src := l.source(s)
	switch k { //nolint:exhaustive // the others are what every source can do
	case poll.Changes:
		_, ok = src.(sources.ChangeReader)
	case poll.Tags:
		_, ok = src.(sources.TagReader)
	case poll.EventSources, poll.Triggers:
		_, ok = src.(sources.TriggerReader)
	case poll.Limits, poll.Concurrency:
		_, ok = src.(sources.ConcurrencyReader)
	}
	return ok
}

// callFact prepares a request for what is known beside figures and logs. It is
// only asked of sources that Reads has told to be able to.
func (l *loop) callFact(ctx context.Context, src sources.Source, r poll.Request) func(context.Context) func() poll.Result {
	if reader, ok := src.(sources.ChangeReader); ok && r.Kind == poll.Changes {
		return l.callChanges(ctx, reader, r)
	}
	if reader, ok := src.(sources.TagReader); ok && r.Kind == poll.Tags {
		return l.callTags(reader, r)
	}
	if reader, ok := src.(sources.TriggerReader); ok && (r.Kind == poll.EventSources || r.Kind == poll.Triggers) {
		return l.callTriggers(reader, r)
	}
	if reader, ok := src.(sources.ConcurrencyReader); ok && (r.Kind == poll.Limits || r.Kind == poll.Concurrency) {
		return l.callConcurrency(reader, r)
	}
	return unsupported(r)
}

// unsupported is the call of a source that cannot make it.
func unsupported(r poll.Request) func(context.Context) func() poll.Result {
	return func(context.Context) func() poll.Result {
		return func() poll.Result { return failed(r, &sources.Error{Kind: sources.Unsupported}) }
	}
}

func (l *loop) callChanges(ctx context.Context, src sources.ChangeReader, r poll.Request) func(context.Context) func() poll.Result {
	return func(callCtx context.Context) func() poll.Result {
		pages, skipped, since := 0, 0, r.End
		err := src.Changes(callCtx, r.Start, r.End, func(p sources.ChangePage) error {
			pages, skipped, since = pages+1, skipped+p.Skipped, p.Since
			if len(p.Changes) > 0 {
				l.answer(ctx, func() { l.fleet.ApplyChanges(p.Changes) })
			}
			if pages == changePages && since.After(r.Start) {
				return errEnough
			}
			return callCtx.Err()
		})
		cut := errors.Is(err, errEnough)
		if cut {
			err = nil
		}
		return func() poll.Result {
			if skipped > 0 {
				l.engine.config.Log.Warn("audit events that could not be read", "region", r.Scope.Region, "events", skipped)
			}
			from, res := r.Start, poll.Result{Err: err}
			if cut { // others of its second may be on the next page
				from, res.Oldest = since.Add(time.Second), since
			}
			res.Full = l.fleet.EndChanges(r.Scope, from, r.End, err, l.clock.Now())
			return res
		}
	}
}

func (l *loop) callTags(src sources.TagReader, r poll.Request) func(context.Context) func() poll.Result {
	return func(callCtx context.Context) func() poll.Result {
		found := make(map[sources.FunctionID]map[string]string)
		err := src.Tags(callCtx, func(page map[sources.FunctionID]map[string]string) error {
			maps.Copy(found, page)
			return callCtx.Err()
		})
		return func() poll.Result {
			l.fleet.ApplyTags(r.Scope, found, err, l.clock.Now())
			return poll.Result{Err: err}
		}
	}
}

func (l *loop) callTriggers(src sources.TriggerReader, r poll.Request) func(context.Context) func() poll.Result {
	if r.Kind == poll.Triggers {
		return func(callCtx context.Context) func() poll.Result {
			found, err := src.TriggersOf(callCtx, r.Function)
			return func() poll.Result {
				l.fleet.ApplyTriggers(r.Function, found, err, l.clock.Now())
				return poll.Result{Err: err}
			}
		}
	}
	return func(callCtx context.Context) func() poll.Result {
		var found []sources.Trigger
		err := src.EventSources(callCtx, func(page []sources.Trigger) error {
			found = append(found, page...)
			return callCtx.Err()
		})
		return func() poll.Result {
			l.fleet.ApplyEventSources(r.Scope, found, err, l.clock.Now())
			return poll.Result{Err: err}
		}
	}
}

func (l *loop) callConcurrency(src sources.ConcurrencyReader, r poll.Request) func(context.Context) func() poll.Result {
	if r.Kind == poll.Concurrency {
		return func(callCtx context.Context) func() poll.Result {
			c, err := src.Concurrency(callCtx, r.Function)
			return func() poll.Result {
				l.fleet.ApplyConcurrency(r.Function, c, err, l.clock.Now())
				return poll.Result{Err: err}
			}
		}
	}
	return func(callCtx context.Context) func() poll.Result {
		limits, err := src.ConcurrencyLimits(callCtx)
		return func() poll.Result {
			l.fleet.ApplyLimits(r.Scope, limits, err, l.clock.Now())
			return poll.Result{Err: err}
		}
	}
}
