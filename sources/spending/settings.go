package spending

import (
	"context"
	"errors"

	"fntop/sources"
)

// ReadSettings reads what provisioned concurrency is set to, of the functions
// that something ran on it of in the month. It costs nothing. Functions that
// could not be read keep what they had, and the error tells why.
func ReadSettings(ctx context.Context, from sources.ConcurrencyReader, usage *Usage) error {
	var failed []error
	span := usage.Span
	for i := range usage.Used {
		u := &usage.Used[i]
		if c := u.count(span, span.hour(span.Month), span.Hours()); c.kept == 0 {
			continue
		}
		set, err := from.Concurrency(ctx, u.Function.ID)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		kept := 0
		for _, p := range set.Provisioned {
			kept += p.Requested
		}
		u.Kept = sources.Some(kept)
	}
	return errors.Join(failed...)
}
