package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/spending"
	"fntop/ui/format"
	"fntop/ui/sums"
)

// costView writes a report.
type costView struct {
	g       *globals
	s       streams
	report  spending.Report
	usage   spending.Usage
	options spending.Options
	now     time.Time
	single  bool   // of one function
	until   string // what the rows are of where it is not all of the month
}

// writeLines writes a row for each function, and what they add up to: for a
// person the dearest first and below them the total, else by name and the total
// on standard error, where it spoils no sum.
func (v *costView) writeLines() error {
	lines := slices.Clone(v.report.Lines)
	byName := func(a, b spending.Line) int {
		return cmp.Or(a.Function.Compare(b.Function), cmp.Compare(a.Group, b.Group))
	}
	switch v.g.output {
	case "csv":
		slices.SortFunc(lines, byName)
		out := newWriter[costCSV](v.s.out, "csv", nil)
		for i := range lines {
			if err := out.write(shapeLine(&lines[i]).flat()); err != nil {
				return err
			}
		}
		return v.finish(out.close())
	case "table":
		slices.SortStableFunc(lines, func(a, b spending.Line) int { return cmp.Or(b.ToDate.Cmp(a.ToDate), byName(a, b)) })
	default:
		slices.SortFunc(lines, byName)
	}
	out := newWriter(v.s.out, v.g.output, v.lineColumns())
	for i := range lines {
		if err := out.write(shapeLine(&lines[i])); err != nil {
			return err
		}
	}
	if v.g.output == "table" && !v.single {
		t, sum := v.report.Total, sums.Of(&v.report, true)
		total := spending.Line{
			Group: "total", ToDate: cost.Unknown(), Components: sum.Components(&v.report), AtLeast: sum.AtLeast, Forecast: sum.Forecast,
			Used: cost.Usage{Requests: t.Requests},
		}
		if sum.ToDate.Known() {
			total.ToDate = t.ToDate
		}
		if err := out.write(shapeLine(&total)); err != nil {
			return err
		}
	}
	return v.finish(out.close())
}

// finish writes the lines below the rows.
func (v *costView) finish(err error) error {
	if err != nil {
		return err
	}
	out, before := v.s.out, ""
	if v.g.output != "table" {
		out, before = v.s.err, "fntop: "
	}
	lines := v.summary()
	if v.single && v.g.output == "table" {
		lines = append(lines, v.report.Lines[0].Notes...)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintf(out, "%s%s\n", before, sources.Clean(v.plain(line))); err != nil {
			return err
		}
	}
	return nil
}

// plain is text in ASCII where that is wanted.
func (v *costView) plain(text string) string { return v.g.plainText(text) }

func (v *costView) lineColumns() []column[costShape] {
	usd := func(of func(costShape) cost.USD) func(costShape) string {
		return func(c costShape) string { return v.plain(amountCell(of(c))) }
	}
	// A log group has logs, and nothing of the rest.
	own := func(of func(costShape) cost.USD) func(costShape) string {
		return func(c costShape) string {
			if c.Function == nil && c.Region != "" {
				return v.plain(format.Unknown)
			}
			return v.plain(amountCell(of(c)))
		}
	}
	columns := []column[costShape]{
		{"FUNCTION", false, func(c costShape) string {
			switch {
			case c.Function != nil:
				return *c.Function
			case c.Region == "":
				return "total"
			}
			return "logs " + *c.LogGroup
		}},
		{"REGION", false, func(c costShape) string { return c.Region }},
	}
	if v.accounts() > 1 {
		columns = append(columns, column[costShape]{"ACCOUNT", false, func(c costShape) string { return c.Account }})
	}
	return append(columns,
		column[costShape]{"MTD", true, func(c costShape) string {
			if c.AtLeast && c.MonthToDate.Known() {
				return v.plain("≥" + amountCell(c.MonthToDate))
			}
			return v.plain(amountCell(c.MonthToDate))
		}},
		column[costShape]{"FORECAST", true, func(c costShape) string {
			if c.AtLeast && c.Forecast != nil {
				return v.plain("≥" + number(c.Forecast))
			}
			return v.plain(number(c.Forecast))
		}},
		column[costShape]{"RANGE", true, func(c costShape) string {
			if c.Low == nil {
				return v.plain(format.Unknown)
			}
			return v.plain(format.Amount(*c.Low) + "–" + format.Amount(*c.High))
		}},
		column[costShape]{"REQUESTS", true, own(func(c costShape) cost.USD { return c.Components.Requests })},
		column[costShape]{"COMPUTE", true, own(func(c costShape) cost.USD { return c.Components.Compute })},
		column[costShape]{"INIT", true, func(c costShape) string {
			if c.Sample != nil && c.Sample.ColdStarts == 0 && c.Sample.Part && c.Components.Init.IsZero() {
				return "~0" // there was none in the part that was looked at
			}
			return own(func(c costShape) cost.USD { return c.Components.Init })(c)
		}},
		column[costShape]{"LOGS", true, usd(func(c costShape) cost.USD { return c.Components.LogIngestion })},
		column[costShape]{"OTHER", true, own(others)},
		column[costShape]{"FREE", true, usd(func(c costShape) cost.USD { return c.Components.FreeTier })},
		column[costShape]{"$/1M", true, usd(func(c costShape) cost.USD { return c.PerMillion })},
	)
}

// others are the components without a column, those that are known.
func others(c costShape) cost.USD {
	total, known := cost.USD{}, false
	for _, usd := range []cost.USD{
		c.Components.EphemeralStorage, c.Components.Provisioned, c.Components.SnapStart, c.Components.ResponseStreaming,
	} {
		if usd.Known() {
			total, known = total.Add(usd), known || !usd.IsZero()
		}
	}
	if !known && (!c.Components.Provisioned.Known() || !c.Components.SnapStart.Known()) {
		return cost.Unknown()
	}
	return total
}

func amountCell(u cost.USD) string { return number(dollars(u)) }

func number(usd *float64) string {
	switch {
	case usd == nil:
		return format.Unknown
	case *usd < 0 && *usd > -leastShown:
		return "-<0.01"
	case *usd == 0:
		return "0"
	}
	return format.Amount(*usd)
}

func (v *costView) accounts() int {
	seen := make(map[string]bool)
	for i := range v.report.Lines {
		seen[v.report.Lines[i].Function.Account] = true
	}
	return len(seen)
}

// writeComponents writes what all functions together cost, by component.
func (v *costView) writeComponents() error {
	components := sums.Of(&v.report, true).Components(&v.report)
	paid := 0.0
	for name, usd := range components.All() {
		if f, ok := usd.Float64(); ok && name != "free_tier" {
			paid += f
		}
	}
	out := newWriter(v.s.out, v.g.output, []column[componentShape]{
		{"COMPONENT", false, func(c componentShape) string { return strings.ReplaceAll(c.Component, "_", " ") }},
		{"MTD", true, func(c componentShape) string { return v.plain(amountCell(c.MonthToDate)) }},
		{"SHARE", true, func(c componentShape) string {
			if c.Share == nil {
				return v.plain(format.Unknown)
			}
			return format.Percent(*c.Share) + " %"
		}},
		{"BASIS", false, func(c componentShape) string { return v.plain(c.Basis) }},
	})
	for name, usd := range components.All() {
		if name == "response_streaming" {
			continue // not read
		}
		row := componentShape{Component: name, MonthToDate: usd, Basis: v.basis(name)}
		if f, ok := usd.Float64(); ok && paid > 0 && name != "free_tier" {
			row.Share = new(f / paid)
		}
		if err := out.write(row); err != nil {
			return err
		}
	}
	return v.finish(out.close())
}

// writeChanged writes what the last seven days cost against the seven before.
func (v *costView) writeChanged() error {
	cell := func(of func(changedShape) cost.USD) func(changedShape) string {
		return func(c changedShape) string { return v.plain(signed(dollars(of(c)))) }
	}
	out := newWriter(v.s.out, v.g.output, []column[changedShape]{
		{"FUNCTION", false, func(c changedShape) string {
			if c.Function == nil {
				return "logs " + *c.LogGroup
			}
			return *c.Function
		}},
		{"REGION", false, func(c changedShape) string { return c.Region }},
		{"WEEK BEFORE", true, func(c changedShape) string { return v.plain(amountCell(c.Before)) }},
		{"WEEK", true, func(c changedShape) string { return v.plain(amountCell(c.After)) }},
		{"CHANGE", true, cell(func(c changedShape) cost.USD { return c.Difference })},
		{"TRAFFIC", true, cell(func(c changedShape) cost.USD { return c.Traffic })},
		{"DURATION", true, cell(func(c changedShape) cost.USD { return c.Duration })},
		{"MEMORY", true, cell(func(c changedShape) cost.USD { return c.Memory })},
		{"LOGS", true, cell(func(c changedShape) cost.USD { return c.Logs })},
		{"NEW", true, cell(func(c changedShape) cost.USD { return c.New.Add(c.Gone) })},
	})
	for _, d := range v.report.Changed.Lines {
		if usd, ok := d.USD().Float64(); v.g.output == "table" && ok && math.Abs(usd) < leastShown {
			continue
		}
		if err := out.write(shapeChanged(d)); err != nil {
			return err
		}
	}
	return v.finish(out.close())
}

func signed(usd *float64) string {
	switch {
	case usd == nil:
		return format.Unknown
	case *usd == 0:
		return ""
	case math.Abs(*usd) < leastShown:
		return "~0"
	case *usd > 0:
		return "+" + format.Amount(*usd)
	}
	return format.Amount(*usd)
}
