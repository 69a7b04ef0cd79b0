package plain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/format"
)

// sayf adds a line.
func (w *Watch) sayf(text string, args ...any) {
	w.lines = append(w.lines, w.Line(w.now, fmt.Sprintf(text, args...)))
}

// begin tells what is watched.
func (w *Watch) begin() {
	var accounts, regions []string
	add := func(list []string, name string) []string {
		if name = sources.Clean(name); name == "" || slices.Contains(list, name) {
			return list
		}
		return append(list, name)
	}
	for i := range w.snap.Places {
		p := &w.snap.Places[i]
		if p.State == fleet.Open {
			accounts = add(accounts, cmp.Or(p.AccountName, p.Account))
			regions = add(regions, p.Region)
		}
	}
	where := "no account"
	if len(accounts) > 0 {
		where = "account " + strings.Join(accounts, ", ") + " in " + strings.Join(regions, ", ")
	}
	if w.opts.Label != "" {
		where = sources.Clean(w.opts.Label) + ", " + where
	}
	w.sayf("fntop watches %s: %s%s. Figures are of the last %s, times are %s.",
		where, w.counts(), w.soFar(), format.Span(w.opts.Window.Since), w.now.In(w.opts.Zone).Format("MST"))
	w.sayf("%s", w.reads())
	if failing := w.failing(); failing != "" {
		w.sayf("failing: %s", failing)
	}
}

// soFar tells that the list of functions is not complete.
func (w *Watch) soFar() string {
	for i := range w.snap.Places {
		if p := &w.snap.Places[i]; p.State == fleet.Opening || p.State == fleet.Open && !p.Complete {
			return " so far"
		}
	}
	return ""
}

// reads is what is read, and what that costs.
func (w *Watch) reads() string {
	pace := &w.snap.Pace
	cost := "API " + w.planned()
	switch {
	case pace.Free:
		return "reads logs only, which are free: no metrics"
	case pace.Rows > 0:
		return "reads metrics every " + format.Span(pace.Rows) + ", and the logs of the busiest functions for cold starts; " + cost
	}
	return "reads logs; " + cost
}

// counts is how many functions there are.
func (w *Watch) counts() string {
	text := format.Int(int64(w.total.Functions)) + " functions"
	if w.total.Functions == 1 {
		text = "1 function"
	}
	if n, ok := w.total.Active.Get(); ok {
		text += ", " + format.Int(int64(n)) + " active"
	}
	return text
}

// The share of errors, and of how many invocations, from which a function is
// called failing.
const (
	failingShare = 0.01
	failingOf    = 20
	mostFailing  = 5
)

// failing names the functions that fail most, or is empty.
func (w *Watch) failing() string {
	type one struct {
		name  string
		share float64
	}
	var list []one
	for i := range w.snap.Len() {
		fn := w.snap.Function(i)
		row := fn.Row(w.opts.Window)
		n, errs := row.Invocations.Or(0), row.Errors.Or(0)
		if n >= failingOf && float64(errs) >= failingShare*float64(n) {
			list = append(list, one{w.name(fn.ID), float64(errs) / float64(n)})
		}
	}
	slices.SortStableFunc(list, func(a, b one) int { return cmp.Compare(b.share, a.share) })
	texts := make([]string, 0, mostFailing+1)
	for i, f := range list {
		if i == mostFailing {
			texts = append(texts, fmt.Sprintf("and %d more", len(list)-i))
			break
		}
		texts = append(texts, f.name+" "+format.Percent(f.share)+" %")
	}
	return strings.Join(texts, ", ")
}

// planned is what an hour like this costs, in words.
func (w *Watch) planned() string {
	return strings.Replace(format.USDPerHour(w.snap.MetricsPerHour*w.opts.MetricUSD), "/h", " an hour", 1)
}

// Status is the totals in words.
func (w *Watch) Status() string {
	if w.snap == nil {
		return "nothing is known yet"
	}
	t := &w.total
	part := func(of bool) string {
		if of {
			return "at least "
		}
		return ""
	}
	text := fmt.Sprintf("%s%s invocations a minute, errors %s, throttles %s%s, cold starts %s, cost %s%s; %s",
		part(t.PartTraffic), say(t.PerMinute, format.Count), say(t.Errors, percent), part(t.PartThrottles), say(t.Throttles, format.Int),
		say(t.Cold, percent), part(t.PartCost), say(t.CostHour, func(x float64) string { return format.USD(x) + " an hour" }), w.counts())
	if age, ok := t.Age.Get(); ok {
		text += "; metrics " + format.Age(age+max(w.now.Sub(w.snap.At), 0)) + " old"
	}
	return text + "; API " + w.planned()
}

func percent(share float64) string { return format.Percent(share) + " %" }

// say writes a figure, or that it is not known.
func say[T any](v sources.Opt[T], write func(T) string) string {
	x, ok := v.Get()
	if !ok {
		return "unknown"
	}
	return write(x)
}
