package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/logfile"
	"fntop/ui/format"
)

// summaryShape is what saved log lines add up to. Unknown is null.
type summaryShape struct {
	// Function, region and account are null where they are not known or where
	// the invocations do not agree on them.
	Function      *string          `json:"function"`
	Region        *string          `json:"region"`
	Account       *string          `json:"account"`
	Functions     int              `json:"functions"` // that the lines tell apart
	First         *string          `json:"first"`
	Last          *string          `json:"last"`
	Invocations   int64            `json:"invocations"`
	ColdStarts    int64            `json:"cold_starts"`
	ColdRate      *float64         `json:"cold_rate"`
	Outcomes      map[string]int64 `json:"outcomes"`
	Errors        map[string]int64 `json:"errors"`
	DurationP50MS *float64         `json:"duration_p50_ms"`
	DurationP95MS *float64         `json:"duration_p95_ms"`
	DurationP99MS *float64         `json:"duration_p99_ms"`
	DurationMaxMS *float64         `json:"duration_max_ms"`
	InitP50MS     *float64         `json:"init_p50_ms"`
	InitP95MS     *float64         `json:"init_p95_ms"`
	InitP99MS     *float64         `json:"init_p99_ms"`
	InitMaxMS     *float64         `json:"init_max_ms"`
	RestoreP50MS  *float64         `json:"restore_p50_ms"`
	RestoreP95MS  *float64         `json:"restore_p95_ms"`
	MemoryP50MB   *int             `json:"max_memory_p50_mb"`
	MemoryP95MB   *int             `json:"max_memory_p95_mb"`
	MemoryMaxMB   *int             `json:"max_memory_max_mb"`
	BilledMS      *int64           `json:"billed_ms"` // null where no line tells a bill
	GBSeconds     *float64         `json:"gb_seconds"`
	CostUSD       *float64         `json:"cost_usd"`
	Unpriced      int64            `json:"unpriced"` // invocations that cost_usd leaves out
}

// writeSummary writes what the invocations add up to, and gives their number.
func (g *globals) writeSummary(ctx context.Context, s streams, file *logfile.File, price func(sources.Invocation) (float64, bool)) (int64, error) {
	var (
		sum      logfile.Summary
		usd      float64
		priced   int64
		unpriced int64
		failed   error
	)
	for inv, err := range file.Invocations(ctx) {
		if err != nil {
			failed = err
			break
		}
		sum.Add(inv)
		if c, ok := price(inv); ok {
			usd += c
			priced++
		} else {
			unpriced++
		}
	}
	g.clearProgress(s)
	if failed != nil {
		fmt.Fprintf(s.err, "fntop: the totals are partial: the reading ended after %s\n", format.Bytes(file.Stats().Bytes))
	}
	shape := shapeSummary(sum.Totals())
	if shape.Unpriced = unpriced; priced > 0 {
		shape.CostUSD = &usd
	}
	if g.output == "table" {
		return shape.Invocations, errors.Join(printSummary(s, shape), failed)
	}
	out := newWriter[summaryShape](s.out, g.output, nil)
	return shape.Invocations, errors.Join(out.write(shape), out.close(), failed)
}

func shapeSummary(t logfile.Totals) summaryShape {
	shape := summaryShape{
		Invocations: t.Invocations, ColdStarts: t.Cold, ColdRate: pointer(t.ColdRate),
		Outcomes: make(map[string]int64), Errors: make(map[string]int64),
	}
	if t.Invocations == 0 || t.Unbilled < t.Invocations {
		shape.BilledMS, shape.GBSeconds = new(t.Billed.Milliseconds()), new(t.GBSeconds)
	}
	shape.Functions = len(t.Functions)
	shape.Function = common(t.Functions, func(id sources.FunctionID) string { return id.Name })
	shape.Region = common(t.Functions, func(id sources.FunctionID) string { return id.Region })
	shape.Account = common(t.Functions, func(id sources.FunctionID) string { return id.Account })
	for outcome, n := range t.Outcomes {
		shape.Outcomes[string(outcome)] = n
	}
	for _, e := range t.Errors {
		shape.Errors[e.Type] = e.Count
	}
	stamp := func(o sources.Opt[time.Time]) *string {
		at, ok := o.Get()
		if !ok {
			return nil
		}
		return new(at.UTC().Format(timeLayout))
	}
	shape.First, shape.Last = stamp(t.First), stamp(t.Last)
	if d := t.Duration; d.Count > 0 {
		shape.DurationP50MS, shape.DurationP95MS = millis(sources.Some(d.P50)), millis(sources.Some(d.P95))
		shape.DurationP99MS, shape.DurationMaxMS = millis(sources.Some(d.P99)), millis(sources.Some(d.Max))
	}
	if d := t.Init; d.Count > 0 {
		shape.InitP50MS, shape.InitP95MS = millis(sources.Some(d.P50)), millis(sources.Some(d.P95))
		shape.InitP99MS, shape.InitMaxMS = millis(sources.Some(d.P99)), millis(sources.Some(d.Max))
	}
	if d := t.Restore; d.Count > 0 {
		shape.RestoreP50MS, shape.RestoreP95MS = millis(sources.Some(d.P50)), millis(sources.Some(d.P95))
	}
	if m := t.MaxMemory; m.Count > 0 {
		shape.MemoryP50MB, shape.MemoryP95MB, shape.MemoryMaxMB = new(m.P50), new(m.P95), new(m.Max)
	}
	return shape
}

// common is what all functions have in common; unknown where they differ.
func common(ids []sources.FunctionID, of func(sources.FunctionID) string) *string {
	if len(ids) == 0 || slices.ContainsFunc(ids, func(id sources.FunctionID) bool { return of(id) != of(ids[0]) }) {
		return nil
	}
	return text(of(ids[0]))
}

// whose names the functions of a summary for a person; it is empty when the
// lines do not tell.
func (t *summaryShape) whose() (label, name string) {
	label = "function"
	name = format.Int(int64(t.Functions)) + " functions"
	switch {
	case t.Function != nil:
		name = *t.Function
	case t.Functions < 2:
		label, name = "region", ""
	}
	for _, place := range []*string{t.Region, t.Account} {
		if place != nil {
			name = strings.TrimSpace(name + " " + *place)
		}
	}
	return label, name
}

// printSummary writes the summary for a person.
func printSummary(s streams, t summaryShape) error {
	type line struct{ name, value string }
	ms := func(v *float64) string {
		if v == nil {
			return format.Unknown
		}
		return format.Duration(time.Duration(*v * float64(time.Millisecond)))
	}
	mb := func(v *int) string {
		if v == nil {
			return format.Unknown
		}
		return format.Int(int64(*v)) + " MB"
	}
	out := newWriter(s.out, "table", []column[line]{
		{"WHAT", false, func(l line) string { return l.name }},
		{"FIGURE", false, func(l line) string { return l.value }},
	})
	var failed error
	add := func(name, value string) { failed = errors.Join(failed, out.write(line{name, value})) }
	if label, whose := t.whose(); whose != "" {
		add(label, whose)
	}
	if t.First != nil && t.Last != nil {
		add("time", *t.First+" – "+*t.Last)
	}
	add("invocations", format.Int(t.Invocations))
	rate := format.Unknown
	if t.ColdRate != nil {
		rate = format.Percent(*t.ColdRate) + " %"
	}
	add("cold starts", fmt.Sprintf("%s (%s)", format.Int(t.ColdStarts), rate))
	for _, name := range sortedByCount(t.Outcomes) {
		add("outcome "+name, format.Int(t.Outcomes[name]))
	}
	for _, name := range sortedByCount(t.Errors) {
		add("error "+name, format.Int(t.Errors[name]))
	}
	add("duration", fmt.Sprintf("p50 %s  p95 %s  p99 %s  max %s", ms(t.DurationP50MS), ms(t.DurationP95MS), ms(t.DurationP99MS), ms(t.DurationMaxMS)))
	add("init", fmt.Sprintf("p50 %s  p95 %s  p99 %s  max %s", ms(t.InitP50MS), ms(t.InitP95MS), ms(t.InitP99MS), ms(t.InitMaxMS)))
	if t.RestoreP50MS != nil {
		add("restore", fmt.Sprintf("p50 %s  p95 %s", ms(t.RestoreP50MS), ms(t.RestoreP95MS)))
	}
	add("memory used", fmt.Sprintf("p50 %s  p95 %s  max %s", mb(t.MemoryP50MB), mb(t.MemoryP95MB), mb(t.MemoryMaxMB)))
	billed := format.Unknown
	if t.BilledMS != nil {
		billed = fmt.Sprintf("%s ms, %.3f GB-s", format.Int(*t.BilledMS), *t.GBSeconds)
	}
	add("billed", billed)
	add("cost", summaryCost(t))
	return errors.Join(failed, out.close())
}

func summaryCost(t summaryShape) string {
	switch {
	case t.CostUSD == nil && t.Invocations > 0 && t.BilledMS == nil && t.DurationP50MS != nil && t.MemoryP50MB == nil:
		return format.Unknown + " (the lines tell of no bill)"
	case t.CostUSD == nil && t.Region != nil && !slices.Contains(cost.Regions(), *t.Region):
		return format.Unknown + " (no prices are known for the region)"
	case t.CostUSD == nil && t.Invocations > 0 && t.Region == nil:
		return format.Unknown + " (name --region and --arch, and --memory where the lines lack it)"
	case t.CostUSD == nil && t.Invocations > 0:
		return format.Unknown + " (name --arch, and --memory where the lines lack it)"
	case t.CostUSD == nil:
		return format.Unknown
	case t.Unpriced > 0:
		return fmt.Sprintf("%s; the price of %s more is not known", format.USD(*t.CostUSD), format.Int(t.Unpriced))
	}
	return format.USD(*t.CostUSD)
}

// sortedByCount are the names with the highest counts first.
func sortedByCount(counts map[string]int64) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}
