package spending

import (
	"context"
	"errors"
	"time"

	"fntop/sources"
)

// mostSettings is how many functions on which nothing has run that is kept ready
// are asked for it at a time, so that it stays quick: reading settings has a
// quota of 15 calls a second that other reads share.
const mostSettings = 100

// ReadSettings reads what provisioned concurrency is set to: of the functions
// that something ran on it of in the month or that had it, and of some others
// that have not been read, since environments cost the same when nothing runs on
// them. It costs nothing. Functions that could not be read keep what they had,
// and the error tells why, but for those others, of which it stays unknown.
func ReadSettings(ctx context.Context, from sources.ConcurrencyReader, usage *Usage) error {
	var (
		failed []error
		idle   []*Used
	)
	span := usage.Span
	for i := range usage.Used {
		u := &usage.Used[i]
		if !u.onKept(span) && u.Kept.Or(0) == 0 {
			if !u.Kept.Known() && u.canKeep() {
				idle = append(idle, u)
			}
			continue
		}
		if err := u.readKept(ctx, from); err != nil {
			failed = append(failed, err)
		}
	}
	for _, u := range idle[:min(mostSettings, len(idle))] {
		if err := u.readKept(ctx, from); err != nil && sources.KindOf(err) != sources.NotFound {
			break // the next would fare no better
		}
	}
	return errors.Join(failed...)
}

// onKept tells whether something ran on provisioned concurrency in the month.
func (u *Used) onKept(span Span) bool {
	for i := span.hour(span.Month); i < len(u.Provisioned); i++ {
		if u.Provisioned[i] > 0 {
			return true
		}
	}
	return false
}

// readKept reads the setting of one function.
func (u *Used) readKept(ctx context.Context, from sources.ConcurrencyReader) error {
	set, err := from.Concurrency(ctx, u.Function.ID)
	if err != nil {
		return err
	}
	kept, told := 0, true
	var since time.Time
	for _, p := range set.Provisioned {
		kept += p.Requested
		at, ok := p.Since.Get()
		if told = told && ok; at.After(since) {
			since = at
		}
	}
	u.Kept, u.KeptSince = sources.Some(kept), sources.Opt[time.Time]{}
	if told && kept > 0 {
		u.KeptSince = sources.Some(since)
	}
	return nil
}
