// Package spending reads what functions used, hour by hour, from their metrics,
// and makes of it what they cost: the month so far, and what it will come to.
//
// Read from metrics are the requests, the duration and the bytes of logs. AWS
// rounds each invocation up to a millisecond: half a millisecond is added for
// each, which is the mean. Metrics know neither the memory of the past nor the
// init of cold starts (Lambda Developer Guide, "Types of metrics for Lambda
// functions"): all hours are priced at today's memory, and the init is unknown.
package spending

import (
	"context"
	"errors"
	"math"
	"time"

	"fntop/sources"
)

// HistoryWeeks is how far before the month the hours are read.
const HistoryWeeks = 5

// settled is when a minute of a metric is final.
const settled = 3 * time.Minute

// Span is the time that is read.
type Span struct {
	Start, Month, End time.Time // the hours begin, the month begins and ends
	Now               time.Time // up to when metrics are final, at a full minute
}

// SpanAt is the span of the month of a moment, in UTC, as bills have it.
func SpanAt(now time.Time) Span {
	now = now.UTC().Add(-settled).Truncate(time.Minute)
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	return Span{Start: month.AddDate(0, 0, -7*HistoryWeeks), Month: month, End: month.AddDate(0, 1, 0), Now: now}
}

// hours is how many hours the span has begun.
func (s Span) hours() int { return int((s.Now.Sub(s.Start) + time.Hour - 1) / time.Hour) }

// Used is what a function used. NaN is an hour that is not known.
type Used struct {
	Function sources.Function
	// Requests, Milliseconds (of duration), Provisioned (requests on
	// provisioned concurrency) and LogBytes are by hour from the span's start.
	// LogBytes is nil where the function has no log group of its own.
	Requests, Milliseconds, Provisioned, LogBytes []float64
}

// MostMetrics is how many metrics Read asks for at most, each of which costs
// something.
func MostMetrics(functions []sources.Function) int { return 4 * len(functions) }

// Read reads what the functions of one scope used. Functions without a request
// are asked for nothing else. What could not be read is unknown, and the error
// tells why; the rest stands.
func Read(ctx context.Context, reader sources.MetricReader, functions []sources.Function, span Span) ([]Used, error) {
	used := make([]Used, len(functions))
	first := series{span: span}
	for i, fn := range functions {
		used[i].Function = fn
		first.ask(sources.MetricQuery{Function: fn.ID, Metric: sources.MetricInvocations}, &used[i].Requests)
	}
	failed := first.read(ctx, reader)
	shared := make(map[string]int)
	for _, fn := range functions {
		shared[fn.LogGroup]++
	}
	second := series{span: span}
	for i, fn := range functions {
		u := &used[i]
		if silent(u.Requests) {
			u.Milliseconds, u.Provisioned = make([]float64, span.hours()), make([]float64, span.hours())
			if shared[fn.LogGroup] == 1 {
				u.LogBytes = make([]float64, span.hours())
			}
			continue
		}
		second.ask(sources.MetricQuery{Function: fn.ID, Metric: sources.MetricDuration}, &u.Milliseconds)
		second.ask(sources.MetricQuery{Function: fn.ID, Metric: sources.MetricProvisionedRuns}, &u.Provisioned)
		if fn.LogGroup != "" && shared[fn.LogGroup] == 1 {
			second.ask(sources.MetricQuery{Function: fn.ID, LogGroup: fn.LogGroup, Metric: sources.MetricIncomingBytes}, &u.LogBytes)
		}
	}
	return used, errors.Join(failed, second.read(ctx, reader))
}

// silent tells whether there was nothing in any hour, for certain.
func silent(hours []float64) bool {
	for _, v := range hours {
		if v != 0 { // unknown too
			return false
		}
	}
	return true
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
	n := s.span.hours()
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
			if i := int(p.Time.Sub(s.span.Start) / time.Hour); !p.Time.Before(s.span.Start) && i < n && p.Value >= 0 {
				hours[i] = p.Value
			}
		}
	}
	return err
}
