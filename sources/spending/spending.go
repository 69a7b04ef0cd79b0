// Package spending makes of hourly metrics and a sample of REPORT lines what
// functions cost: the month so far and what it will come to, what changed, and
// what would cost less.
//
// Reading and reckoning are apart. [Read] and [ReadSamples] ask a source, and
// [Bill], [Compare] and [WhatIf] are pure: they can be made again whenever
// hours come in.
//
// # What is known
//
// Read from metrics are the requests, the duration and the bytes of logs.
// Metrics know neither the init of cold starts nor how durations were rounded
// up (Lambda Developer Guide, "Types of metrics for Lambda functions"): both
// come from REPORT lines of the functions that use the most compute, and are
// said to. The init of a function without such a sample is unknown and in no
// sum. Hours are priced at the memory of their time where changes of it are
// known, and else at today's.
//
// Not known from any of these are what provisioned concurrency costs to be
// kept, what snapshots of SnapStart cost, and large asynchronous events, which
// count as several requests.
package spending

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"fntop/sources"
)

// MostMetrics is how many metrics [Read] asks for at most, each of which costs
// something: four for each function.
func MostMetrics(functions int) int { return 4 * functions }

// NewUsage is the usage of functions of which nothing has been read.
func NewUsage(functions []sources.Function, span Span) Usage {
	u := Usage{Span: span, Used: make([]Used, 0, len(functions))}
	writers := make(map[group]int)
	for _, fn := range functions {
		writers[groupOf(fn)]++
		u.Used = append(u.Used, Used{Function: fn})
	}
	for i := range u.Used {
		fn := u.Used[i].Function
		if g := groupOf(fn); fn.LogGroup != "" && writers[g] > 1 {
			u.Used = append(u.Used, Used{Function: sources.Function{ID: fn.ID.Scope().In("")}, Group: g.name})
			writers[g] = 0 // once
		}
	}
	return u
}

type group struct {
	scope sources.Scope
	name  string
}

func groupOf(fn sources.Function) group { return group{fn.ID.Scope(), fn.LogGroup} }

// Read reads what the functions of one scope used. Functions without a request
// in the span are asked for nothing else. What could not be read is unknown,
// and the error tells why; the rest stands.
func Read(ctx context.Context, reader sources.MetricReader, functions []sources.Function, span Span) (Usage, error) {
	usage := NewUsage(functions, span)
	first := series{span: span}
	shared := make(map[string]bool)
	for i := range usage.Used {
		u := &usage.Used[i]
		if u.Group != "" {
			shared[u.Group] = true
			continue
		}
		first.ask(sources.MetricQuery{Function: u.Function.ID, Metric: sources.MetricInvocations}, &u.Requests)
	}
	failed := first.read(ctx, reader)
	second := series{span: span}
	for i := range usage.Used {
		u := &usage.Used[i]
		fn := u.Function
		switch own := fn.LogGroup != "" && !shared[fn.LogGroup]; {
		case u.Group != "":
			u.Requests, u.Milliseconds, u.Provisioned = span.nothing(), span.nothing(), span.nothing()
			second.ask(sources.MetricQuery{Function: fn.ID, LogGroup: u.Group, Metric: sources.MetricIncomingBytes}, &u.LogBytes)
		case silent(u.Requests):
			u.Milliseconds, u.Provisioned = span.nothing(), span.nothing()
			if own {
				u.LogBytes = span.nothing()
			}
		default:
			second.ask(sources.MetricQuery{Function: fn.ID, Metric: sources.MetricDuration}, &u.Milliseconds)
			second.ask(sources.MetricQuery{Function: fn.ID, Metric: sources.MetricProvisionedRuns}, &u.Provisioned)
			if own {
				second.ask(sources.MetricQuery{Function: fn.ID, LogGroup: fn.LogGroup, Metric: sources.MetricIncomingBytes}, &u.LogBytes)
			}
		}
	}
	return usage, errors.Join(failed, second.read(ctx, reader))
}

// Join puts usage of several scopes together, which have the same span.
func Join(all ...Usage) Usage {
	var joined Usage
	for _, u := range all {
		joined.Span = u.Span
		joined.Used = append(joined.Used, u.Used...)
	}
	return joined
}

// nothing is hours in which nothing was used.
func (s Span) nothing() []float64 { return make([]float64, s.Hours()) }

// silent tells whether there was nothing in any hour, for certain.
func silent(hours []float64) bool {
	return !slices.ContainsFunc(hours, func(v float64) bool { return v != 0 }) // unknown is not silent
}

// series is a request for hourly sums, and where they go.
type series struct {
	span    Span
	queries []sources.MetricQuery
	into    []*[]float64
}

func (s *series) ask(q sources.MetricQuery, into *[]float64) {
	q.Stats, q.Period = []sources.Stat{sources.StatSum}, time.Hour
	s.queries, s.into = append(s.queries, q), append(s.into, into)
}

// read reads all that was asked for. An hour without a point is 0 where the
// answer is complete, and unknown where it is not.
func (s *series) read(ctx context.Context, reader sources.MetricReader) error {
	n := s.span.Hours()
	for _, into := range s.into {
		*into = make([]float64, n)
		for i := range *into {
			(*into)[i] = math.NaN()
		}
	}
	if len(s.queries) == 0 {
		return nil
	}
	results, err := reader.Metrics(ctx, sources.MetricWindow{Start: s.span.Start, End: s.span.Now, Queries: s.queries})
	for _, r := range results {
		hours := *s.into[r.Query]
		if !r.Partial {
			clear(hours)
		}
		for _, p := range r.Points {
			if i := s.span.hour(p.Time); !p.Time.Before(s.span.Start) && i < n && p.Value >= 0 {
				hours[i] = p.Value
			}
		}
	}
	return err
}
