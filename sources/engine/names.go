package engine

import (
	"context"
	"slices"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/poll"
)

// nameAccounts finds out what people call the accounts, once for each, when
// somebody looks at a screen that says whose the functions are. An account that
// does not tell is known by its number.
func (l *loop) nameAccounts(ctx context.Context) {
	if !slices.ContainsFunc(l.demands, func(d poll.Demand) bool { return d.Totals }) {
		return
	}
	for _, p := range l.places {
		namer, ok := p.source.(sources.AccountNamer)
		if !ok {
			continue
		}
		account := p.source.Scope().Account
		if _, asked := l.names[account]; asked || account == "" {
			continue
		}
		l.names[account] = ""
		l.calls.Go(func() {
			callCtx, cancel := context.WithTimeout(meter.WithPurpose(ctx, string(poll.ForNames)), openLimit)
			defer cancel()
			name, err := namer.AccountName(sources.WithUrgency(callCtx, sources.Background))
			l.answer(ctx, func() {
				l.names[account] = name
				if err != nil {
					l.engine.config.Log.Info("name of the account", "account", account, "error", err)
				}
			})
		})
	}
}
