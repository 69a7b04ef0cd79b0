// Package monthly reads the hours of a month of many functions, some at a time,
// so that what has come in is told of and kept while the rest is on its way.
package monthly

import (
	"context"
	"errors"
	"slices"

	"fntop/sources"
	"fntop/sources/spending"
)

const (
	// together is how many functions are read at a time. Their hours of two
	// months take some requests of GetMetricData.
	together = 100
	// fewer is how many are read at a time when that took too long, and tries
	// how often, at most, in all.
	fewer, tries = 25, 3
)

// Read reads what the functions of a usage used, as [spending.Read] does. After
// some of them it tells how many functions have been asked for: the usage has
// what came in by then. What takes too long is asked for again, fewer at a time.
// After a failure that every request would have nothing more is asked for, and
// what is left is unknown.
func Read(ctx context.Context, reader sources.MetricReader, usage *spending.Usage, told func(functions int)) error {
	var failed []error
	done := 0
	for some := range slices.Chunk(indices(len(usage.Used)), together) {
		err := read(ctx, reader, usage, some)
		if err != nil {
			failed = append(failed, err)
		}
		if hopeless(ctx, err) {
			reader = nothing{}
		}
		for _, i := range some {
			if usage.Used[i].Group == "" {
				done++
			}
		}
		if told != nil {
			told(done)
		}
	}
	return errors.Join(failed...)
}

// read reads some functions, and again what of them took too long.
func read(ctx context.Context, reader sources.MetricReader, usage *spending.Usage, some []int) error {
	part := usage.Part(some)
	err := spending.Read(ctx, reader, &part)
	*usage = usage.Put(some, part)
	for try := 1; try < tries && late(ctx, err); try++ {
		var failed []error
		unread := usage.Part(some).Unread()
		for again := range slices.Chunk(unread, fewer) {
			of := make([]int, len(again))
			for k, i := range again {
				of[k] = some[i]
			}
			part := usage.Part(of)
			failed = append(failed, spending.Read(ctx, reader, &part))
			*usage = usage.Put(of, part)
		}
		err = errors.Join(failed...)
	}
	return err
}

// late tells that a request took too long, and not all that was wanted.
func late(ctx context.Context, err error) bool {
	return ctx.Err() == nil && sources.KindOf(err) == sources.TimedOutCall
}

// hopeless tells whether every further request would fail in the same way.
func hopeless(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return true
	}
	switch sources.KindOf(err) {
	case sources.NoCredentials, sources.ExpiredCredentials, sources.Denied, sources.Cancelled, sources.OverBudget:
		return true
	case sources.Other, sources.Throttled, sources.Unreachable, sources.TimedOutCall, sources.Malformed,
		sources.NotFound, sources.Unsupported:
	}
	return false
}

// nothing answers nothing, so that what is asked of it stays unknown.
type nothing struct{}

// Metrics has no answer.
func (nothing) Metrics(context.Context, sources.MetricWindow) ([]sources.MetricResult, error) {
	return nil, nil
}

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
