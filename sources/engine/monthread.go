package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
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
	memoryLimit = 10 * time.Second

	firstRetry, longestRetry = time.Minute, time.Hour
)

// readPlace reads the hours of a place, and then a sample of REPORT lines.
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
		err := l.safely(func() error { return spending.Read(callCtx, src, &work) })
		read := spending.Usage{Span: work.Span, Used: slices.Clone(work.Used)}
		l.answer(ctx, func() { l.hoursRead(part, r, read, err) })
		logs := l.safely(func() error { return readRest(callCtx, src, &work, memory) })
		l.answer(ctx, func() { l.samplesRead(part, r, work, logs) })
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

// readRest reads what costs nothing: settings of concurrency, changes of memory
// where that is wanted, and REPORT lines.
func readRest(ctx context.Context, src sources.Source, usage *spending.Usage, memory bool) error {
	var failed []error
	if settings, ok := src.(sources.ConcurrencyReader); ok && ctx.Err() == nil {
		failed = append(failed, spending.ReadSettings(ctx, settings, usage))
	}
	if changes, ok := src.(sources.ChangeReader); ok && memory && ctx.Err() == nil {
		within, cancel := context.WithTimeout(ctx, memoryLimit)
		err := spending.ReadMemory(within, changes, usage)
		if within.Err() == nil {
			failed = append(failed, err) // and else as far as the time reached
		}
		cancel()
	}
	return errors.Join(append(failed, sampleReports(ctx, src, usage))...)
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

// hoursRead takes over what has been read of a place. What was cancelled
// meanwhile is kept too: it has been paid.
func (l *loop) hoursRead(part *monthPlace, r *monthReading, read spending.Usage, err error) {
	r.sampling = true
	l.tookMonth(part, r, read)
	part.whole = part.whole || r.job.all && err == nil
	now := l.clock.Now()
	switch {
	case sources.KindOf(err) == sources.Cancelled:
		part.err = nil
	case err != nil:
		l.engine.config.Log.Warn("read the month", "error", err)
		part.err = err
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

// samplesRead takes over what REPORT lines told.
func (l *loop) samplesRead(part *monthPlace, r *monthReading, read spending.Usage, err error) {
	part.reading = nil
	l.tookMonth(part, r, read)
	if sources.KindOf(err) == sources.Cancelled {
		err = nil
	}
	part.logs = err
	if err != nil {
		l.engine.config.Log.Warn("read REPORT lines of the month", "error", err)
	}
}

func (l *loop) tookMonth(part *monthPlace, r *monthReading, read spending.Usage) {
	part.usage = r.job.usage.Put(r.job.indices, read)
	part.version++
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
		case part.reading != nil && !part.through.IsZero():
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
