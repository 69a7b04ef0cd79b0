package engine

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/monthly"
	"fntop/sources/poll"
	"fntop/sources/spending"
)

// Bounds of reading the month.
const (
	// sampled is how many functions of a place REPORT lines are read of, those
	// that use the most compute, and samplingLimit how long that may take: a
	// quota bounds how fast it goes. What was not reached is said.
	sampled       = 30
	samplingLimit = 5 * time.Minute
	// sampleAge is from when a sample is read again, and changes of memory are.
	sampleAge = 24 * time.Hour
	// memoryLimit is how long changes of memory are looked up for, at most.
	memoryLimit = 30 * time.Second

	firstRetry, longestRetry = time.Minute, time.Hour
)

// readPlace reads the hours of a place, and then what costs nothing.
func (l *loop) readPlace(ctx context.Context, p *place, wants monthWants) {
	part, src := l.month.places[p.source.Scope()], p.source
	callCtx := sources.WithUrgency(meter.WithPurpose(ctx, string(poll.ForSpend)), sources.Background)
	callCtx, tally := meter.WithTally(callCtx)
	callCtx, cancel := context.WithTimeout(callCtx, callLimit)
	r := &monthReading{job: part.job, wants: wants, cancel: cancel, tally: tally}
	part.reading = r
	l.changed = true
	now := l.clock.Now()
	memory := !r.job.all || now.Sub(part.remembered) > sampleAge
	if r.job.all && memory {
		part.remembered = now
	}
	l.calls.Go(func() {
		defer cancel()
		work := r.job.usage.Part(r.job.indices)
		err := l.safely(func() error {
			return monthly.Read(callCtx, src, &work, func(functions int) {
				read := snapshotOf(work)
				l.answer(ctx, func() { l.someRead(part, r, read, functions) })
			})
		})
		read := snapshotOf(work)
		l.answer(ctx, func() { l.hoursRead(part, r, read, err) })
		for _, step := range restOf(src, memory) {
			err := l.safely(func() error { return step(callCtx, &work) })
			read := snapshotOf(work)
			l.answer(ctx, func() { l.restRead(part, r, read, err) })
		}
		l.answer(ctx, func() { part.reading = nil })
	})
}

// safely makes a panic in a source an error.
func (l *loop) safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			l.engine.config.Log.Error("reading the month panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = &sources.Error{Op: "read the month", Kind: sources.Other, Err: fmt.Errorf("internal error: %v", p), Fix: "please report it; --log-file has the details"}
		}
	}()
	return do()
}

// snapshotOf is usage that stays as it is while more is read into the other.
// Hours are not read into it again.
func snapshotOf(u spending.Usage) spending.Usage {
	u.Used = slices.Clone(u.Used)
	return u
}

// restOf are the steps that read what costs nothing: settings of concurrency,
// REPORT lines, and changes of memory where those are wanted.
func restOf(src sources.Source, memory bool) []func(context.Context, *spending.Usage) error {
	var steps []func(context.Context, *spending.Usage) error
	if from, ok := src.(sources.ConcurrencyReader); ok {
		steps = append(steps, func(ctx context.Context, u *spending.Usage) error { return spending.ReadSettings(ctx, from, u) })
	}
	steps = append(steps, func(ctx context.Context, u *spending.Usage) error { return sampleReports(ctx, src, u) })
	if from, ok := src.(sources.ChangeReader); ok && memory {
		steps = append(steps, func(ctx context.Context, u *spending.Usage) error {
			within, cancel := context.WithTimeout(ctx, memoryLimit)
			defer cancel()
			err := spending.ReadMemory(within, from, u)
			if sources.KindOf(err) == sources.TimedOutCall {
				return nil // as far back as the time reached, which is said
			}
			return err
		})
	}
	return steps
}

// sampleReports reads REPORT lines of the functions that use the most compute
// and have no sample of the last day.
func sampleReports(ctx context.Context, from spending.Reporter, usage *spending.Usage) error {
	var indices []int
	for _, i := range spending.Dearest(*usage, sampled) {
		if s, ok := usage.Used[i].Sample.Get(); !ok || usage.Span.Now.Sub(s.To) > sampleAge {
			indices = append(indices, i)
		}
	}
	if len(indices) == 0 || ctx.Err() != nil {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, samplingLimit)
	defer cancel()
	some := usage.Part(indices)
	err := spending.ReadSamples(within, from, &some, spending.SampleOptions{Functions: len(indices)})
	*usage = usage.Put(indices, some)
	if within.Err() != nil {
		return nil // the rest is not sampled, which is said
	}
	return err
}

// someRead takes over what has come in of a reading that goes on. Where an
// earlier reading of the whole place is shown it is only counted.
func (l *loop) someRead(part *monthPlace, r *monthReading, read spending.Usage, functions int) {
	r.done = functions
	if !part.whole {
		l.tookMonth(part, r, read)
	}
}

// hoursRead takes over what has been read of a place. What was given up or has
// failed meanwhile is kept too, since it has been paid; where there is an
// earlier reading of the whole place, that one goes on being shown.
func (l *loop) hoursRead(part *monthPlace, r *monthReading, read spending.Usage, err error) {
	r.sampling, part.rest = true, nil
	if err == nil && len(read.Unread()) > 0 && part.whole {
		err = &sources.Error{Op: "cloudwatch:GetMetricData", Kind: sources.Other, Err: errPartial, Fix: "what is missing is asked for again"}
	}
	r.aside = err != nil && part.whole
	l.tookMonth(part, r, read)
	part.whole = part.whole || r.job.all && err == nil
	now := l.clock.Now()
	switch {
	case sources.KindOf(err) == sources.Cancelled:
		part.err = nil
	case err != nil:
		l.engine.config.Log.Warn("read the month", "error", err)
		part.err = first(err)
		part.retry = now.Add(min(firstRetry<<min(part.fails, 6), longestRetry))
		part.fails++
	default:
		part.err, part.fails, part.retry = nil, 0, time.Time{}
		part.through = read.Span.Now
		if len(read.Unread()) > 0 { // the answer was incomplete
			part.retry = read.Span.Next()
		}
	}
}

// restRead takes over what costs nothing.
func (l *loop) restRead(part *monthPlace, r *monthReading, read spending.Usage, err error) {
	l.tookMonth(part, r, read)
	if err == nil || sources.KindOf(err) == sources.Cancelled {
		return
	}
	part.rest = first(err)
	l.engine.config.Log.Warn("read settings, REPORT lines and changes of memory for the month", "error", err)
}

// first is the first of several errors, which are much the same: that thirty
// functions' logs are denied is said once.
func first(err error) error {
	all, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	for _, one := range all.Unwrap() {
		if one != nil {
			return first(one)
		}
	}
	return err
}

// tookMonth takes over more of a reading.
func (l *loop) tookMonth(part *monthPlace, r *monthReading, read spending.Usage) {
	usage := r.job.usage.Put(r.job.indices, read)
	part.version++
	if r.aside {
		part.pending = &usage
		return
	}
	part.usage, part.pending = usage, nil
	l.month.version++
}

// reckon makes the reckoning anew when more has been read, one at a time. Its
// goroutine works on usage that nobody changes.
func (l *loop) reckon(ctx context.Context) {
	m := &l.month
	if m.running || m.version == m.reckoned {
		return
	}
	var usages []spending.Usage
	whole := true
	for _, p := range l.places {
		if p.source == nil {
			continue
		}
		part := m.place(p.source.Scope())
		switch {
		case part.usage.Span == m.span:
			usages = append(usages, part.usage.Known())
			whole = whole && part.whole
		case part.whole:
			return // of this place an earlier hour is shown: not a mixture
		default:
			whole = false
		}
	}
	m.running = true
	version, free := m.version, m.whole
	l.calls.Go(func() {
		out, err := reckoned(ctx, spending.Join(usages...), free)
		l.answer(ctx, func() {
			m.running, m.reckoned = false, version
			if err != nil {
				l.engine.config.Log.Error("reckon the month", "error", err)
				return
			}
			out.Whole = whole
			m.shown = out
		})
	})
}

// reckoned makes a reckoning.
func reckoned(ctx context.Context, usage spending.Usage, freeTier bool) (*fleet.Month, error) {
	report, err := spending.Bill(usage, spending.Options{FreeTier: freeTier})
	if err != nil {
		return nil, err
	}
	out := &fleet.Month{Usage: usage, Report: &report, FreeTier: freeTier, Options: make([][]spending.Option, len(usage.Used))}
	for i := range usage.Used {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		out.Options[i] = spending.WhatIf(usage, i)
	}
	out.Today, out.TodayAll = usage.Today()
	return out, nil
}
