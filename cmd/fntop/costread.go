package main

import (
	"context"
	"sync"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/monthly"
	"fntop/sources/spending"
)

// costPurpose is what the calls are counted for.
const costPurpose = "the month's cost"

// scope is an opened place and its catalogue.
type scope struct {
	source    sources.Source
	functions []sources.Function
}

// openScopes opens and lists all places at once. Those that could be listed in
// part are among the scopes, and an error is among the failures.
func openScopes(ctx context.Context, places []sources.Place) (scopes []scope, failed []error) {
	ctx = meter.WithPurpose(ctx, costPurpose)
	found := make([]scope, len(places))
	errs := make([]error, len(places))
	var group sync.WaitGroup
	for i, place := range places {
		group.Go(func() {
			if found[i].source, errs[i] = place.Open(ctx); errs[i] != nil {
				found[i].source = nil
				return
			}
			errs[i] = found[i].source.Functions(ctx, func(page []sources.Function) error {
				found[i].functions = append(found[i].functions, page...)
				return nil
			})
		})
	}
	group.Wait()
	for i, sc := range found {
		if errs[i] != nil {
			failed = append(failed, errs[i])
		}
		if sc.source != nil && (errs[i] == nil || len(sc.functions) > 0) {
			scopes = append(scopes, sc)
		}
	}
	return scopes, failed
}

func allIDs(scopes []scope) []sources.FunctionID {
	var ids []sources.FunctionID
	for _, sc := range scopes {
		for _, fn := range sc.functions {
			ids = append(ids, fn.ID)
		}
	}
	return ids
}

// sampling is how long REPORT lines are read for, at most: a quota bounds how
// fast that goes.
const sampling = 30 * time.Second

// readScopes reads what was used in all scopes at once.
func readScopes(ctx context.Context, scopes []scope, usages []spending.Usage, progress *costProgress) (failed []error) {
	ctx = meter.WithPurpose(ctx, costPurpose)
	errs := make([][4]error, len(scopes))
	var group sync.WaitGroup
	for i := range scopes {
		if len(usages[i].Used) == 0 {
			continue
		}
		group.Go(func() {
			errs[i][0] = monthly.Read(ctx, scopes[i].source, &usages[i], func(functions int) { progress.hours(i, functions) })
			progress.samples(1)
			defer progress.samples(-1)
			if settings, ok := scopes[i].source.(sources.ConcurrencyReader); ok {
				errs[i][2] = spending.ReadSettings(ctx, settings, &usages[i])
			}
			if changes, ok := scopes[i].source.(sources.ChangeReader); ok {
				errs[i][3] = readMemory(ctx, changes, &usages[i])
			}
			within, cancel := context.WithTimeout(ctx, sampling)
			defer cancel()
			errs[i][1] = inTime(ctx, spending.ReadSamples(within, scopes[i].source, &usages[i], spending.SampleOptions{}))
		})
	}
	group.Wait()
	for _, e := range errs {
		for _, err := range e {
			if err != nil {
				failed = append(failed, err)
			}
		}
	}
	return failed
}

// lookingUp is how long changes of memory are looked up for, at most: a quota of
// two calls a second bounds how fast that goes.
const lookingUp = 5 * time.Second

// readMemory reads when memory was changed, as far back as the time allows.
func readMemory(ctx context.Context, from sources.ChangeReader, usage *spending.Usage) error {
	within, cancel := context.WithTimeout(ctx, lookingUp)
	defer cancel()
	return inTime(ctx, spending.ReadMemory(within, from, usage))
}

// inTime leaves out that there was no more time for the rest of something: what
// is not known then is said with the figures.
func inTime(ctx context.Context, err error) error {
	if ctx.Err() == nil && sources.KindOf(err) == sources.TimedOutCall {
		return nil
	}
	return err
}
