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
// sum. Hours are priced at the memory of their time. A change of it tells only
// what it was changed to: before the oldest known change the memory is what
// reports show, and else unknown, and the compute in no sum. Where no change is
// known, today's is taken.
//
// Provisioned concurrency costs the same whether something runs on it or not: it
// is known where its setting has been read, and since when. What snapshots of
// SnapStart cost is not known, which is said of each function that has them, as
// far as it ran. Large asynchronous events, which count as several requests,
// streamed responses, traces and log groups of the Infrequent Access class are
// not noticed.
package spending

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"fntop/sources"
)

// MostMetrics is how many metrics [Read] asks for at most, each of which costs
// something: four for each function, and one for each shared log group.
func MostMetrics(usage Usage) int {
	n := 0
	for i := range usage.Used {
		switch u := &usage.Used[i]; {
		case u.Group != "":
			n++
		case u.shared || u.Function.LogGroup == "":
			n += 3
		default:
			n += 4
		}
	}
	return n
}

// NewUsage is the usage of the functions of a catalogue, of which nothing has
// been read. Log groups that several of them share have an entry of their own,
// after the functions.
func NewUsage(functions []sources.Function, span Span) Usage {
	u := Usage{Span: span, Used: make([]Used, 0, len(functions))}
	writers := make(map[group]int)
	for _, fn := range functions {
		writers[groupOf(fn)]++
	}
	var groups []Used
	for _, fn := range functions {
		g := groupOf(fn)
		shared := fn.LogGroup != "" && writers[g] != 1
		u.Used = append(u.Used, Used{Function: fn, shared: shared})
		if shared && writers[g] > 1 {
			groups = append(groups, Used{Function: sources.Function{ID: fn.ID.Scope().In("")}, Group: g.name})
			writers[g] = 0 // once
		}
	}
	u.Used = append(u.Used, groups...)
	return u
}

type group struct {
	scope sources.Scope
	name  string
}

func groupOf(fn sources.Function) group { return group{fn.ID.Scope(), fn.LogGroup} }

// Only leaves just one function in the usage. The free tier and the tiers of
// its account cannot be told from it.
func (u Usage) Only(id sources.FunctionID) Usage {
	u.Used = slices.DeleteFunc(slices.Clone(u.Used), func(u Used) bool { return u.Function.ID != id || u.Group != "" })
	u.Deleted = nil
	return u
}

// At is a copy of the usage over another span: hours that both have are kept,
// the others are unknown. Read it again to fill them.
func (u Usage) At(span Span) Usage {
	by := int(span.Start.Sub(u.Span.Start) / time.Hour)
	moved := Usage{Span: span, Used: slices.Clone(u.Used), Deleted: u.Deleted}
	for i := range moved.Used {
		used := &moved.Used[i]
		for _, list := range used.lists() {
			*list = span.shifted(*list, by)
		}
		used.final = max(0, used.final-by)
	}
	return moved
}

// shifted is a list without its first hours, as long as the span's lists; with
// unknown ones before it where by is negative.
func (s Span) shifted(list []float64, by int) []float64 {
	out := s.unknown()
	for i := range out {
		if from := i + by; from >= 0 && from < len(list) {
			out[i] = list[from]
		}
	}
	return out
}

// lists are the hours of what is read.
func (u *Used) lists() []*[]float64 {
	all := []*[]float64{&u.Requests, &u.Milliseconds, &u.Provisioned}
	if !u.shared && (u.Group != "" || u.Function.LogGroup != "") {
		all = append(all, &u.LogBytes)
	}
	return all
}

// Read reads what the functions used; all are of the reader's scope. Functions
// without a request in the span are asked for nothing else. Hours that have
// been read and are final are not asked for again. What could not be read is
// unknown, and the error tells why; the rest stands.
//
// A metric costs the same whatever the number of hours: reading again each hour
// costs as much each time.
func Read(ctx context.Context, reader sources.MetricReader, usage *Usage) error {
	span := usage.Span
	first := series{span: span}
	for i := range usage.Used {
		u := &usage.Used[i]
		for _, list := range u.lists() {
			if len(*list) != span.Hours() {
				*list = span.shifted(*list, 0)
			}
		}
		if u.Group != "" {
			u.Requests, u.Milliseconds, u.Provisioned = span.nothing(), span.nothing(), span.nothing()
			continue
		}
		first.ask(sources.MetricQuery{Function: u.Function.ID, Metric: sources.MetricInvocations}, u.Requests, u.final)
	}
	failed := first.read(ctx, reader)
	second := series{span: span}
	for i := range usage.Used {
		u := &usage.Used[i]
		if silent(u.Requests) && u.Group == "" {
			for _, list := range u.lists() {
				clear(*list)
			}
			continue
		}
		if u.Group == "" {
			second.ask(sources.MetricQuery{Function: u.Function.ID, Metric: sources.MetricDuration}, u.Milliseconds, u.final)
			second.ask(sources.MetricQuery{Function: u.Function.ID, Metric: sources.MetricProvisionedRuns}, u.Provisioned, u.final)
		}
		if u.LogBytes != nil {
			group := cmp.Or(u.Group, u.Function.LogGroup)
			second.ask(sources.MetricQuery{Function: u.Function.ID, LogGroup: group, Metric: sources.MetricIncomingBytes}, u.LogBytes, u.final)
		}
	}
	failed = errors.Join(failed, second.read(ctx, reader))
	for i := range usage.Used {
		usage.Used[i].final = span.hour(span.Now)
	}
	return failed
}

// Join puts usage of several scopes together, which have the same span.
func Join(all ...Usage) Usage {
	var joined Usage
	for _, u := range all {
		joined.Span = u.Span
		joined.Used = append(joined.Used, u.Used...)
		joined.Deleted = append(joined.Deleted, u.Deleted...)
	}
	return joined
}

// nothing is hours in which nothing was used.
func (s Span) nothing() []float64 { return make([]float64, s.Hours()) }

// silent tells whether there was nothing in any hour, for certain.
func silent(hours []float64) bool {
	return !slices.ContainsFunc(hours, func(v float64) bool { return v != 0 }) // unknown is not silent
}

// unknown is hours of which nothing is known.
func (s Span) unknown() []float64 {
	hours := make([]float64, s.Hours())
	for i := range hours {
		hours[i] = math.NaN()
	}
	return hours
}

// series is a request for hourly sums, and where they go.
type series struct {
	span Span
	// from has the queries by the hour from which they are asked.
	from map[int]*asked
}

type asked struct {
	queries []sources.MetricQuery
	into    [][]float64
}

// ask asks for a list's hours that are not final or not known.
func (s *series) ask(q sources.MetricQuery, into []float64, final int) {
	q.Stats, q.Period = []sources.Stat{sources.StatSum}, time.Hour
	from := min(final, max(0, len(into)-1))
	if i := slices.IndexFunc(into[:from], math.IsNaN); i >= 0 {
		from = i
	}
	for i := from; i < len(into); i++ {
		into[i] = math.NaN()
	}
	if s.from == nil {
		s.from = make(map[int]*asked)
	}
	if s.from[from] == nil {
		s.from[from] = new(asked)
	}
	a := s.from[from]
	a.queries, a.into = append(a.queries, q), append(a.into, into)
}

// read reads all that was asked for. An hour without a point is 0 where the
// answer is complete, and unknown where it is not.
func (s *series) read(ctx context.Context, reader sources.MetricReader) error {
	var failed []error
	for _, from := range slices.Sorted(maps.Keys(s.from)) {
		a := s.from[from]
		results, err := reader.Metrics(ctx, sources.MetricWindow{Start: s.span.at(from), End: s.span.Now, Queries: a.queries})
		if err != nil {
			failed = append(failed, err)
		}
		for _, r := range results {
			hours := a.into[r.Query]
			if !r.Partial {
				clear(hours[from:])
			}
			for _, p := range r.Points {
				if i := s.span.hour(p.Time); !p.Time.Before(s.span.at(from)) && i < len(hours) && p.Value >= 0 {
					hours[i] = p.Value
				}
			}
		}
	}
	return errors.Join(failed...)
}
