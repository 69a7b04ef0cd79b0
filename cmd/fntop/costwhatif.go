package main

import (
	"cmp"
	"math"
	"slices"
	"time"

	"fntop/sources/spending"
	"fntop/ui/format"
	"fntop/ui/whatif"
)

// writeWhatIf writes what could be set otherwise, what saves most for sure first.
func (v *costView) writeWhatIf() error {
	type row struct {
		optionShape
		option spending.Option
	}
	var rows []row
	for i := range v.usage.Used {
		for _, o := range spending.WhatIf(v.usage, i) {
			rows = append(rows, row{shapeOption(v.usage.Used[i].Function.ID, o), o})
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return whatif.Compare(a.option, b.option) })
	worth := func(o optionShape) float64 {
		if o.Low == nil {
			return math.Inf(1)
		}
		return *o.Low
	}
	between := func(low, high *float64, write func(float64) string) string {
		switch {
		case low == nil || high == nil:
			return v.plain(format.Unknown)
		case write(*low) == write(*high):
			return write(*low)
		}
		return write(*low) + " to " + write(*high)
	}
	usd := func(x float64) string { return cmp.Or(signed(&x), "0") }
	ms := func(x float64) string {
		d := time.Duration(x * float64(time.Millisecond))
		if d < 0 {
			return "-" + format.Duration(-d)
		} else if d == 0 {
			return "0"
		}
		return "+" + format.Duration(d)
	}
	out := newWriter(v.s.out, v.g.output, []column[optionShape]{
		{"FUNCTION", false, func(o optionShape) string { return *o.Function }},
		{"REGION", false, func(o optionShape) string { return o.Region }},
		{"SETTING", false, func(o optionShape) string { return o.Setting }},
		{"TO", false, func(o optionShape) string { return o.To }},
		{"$/MONTH", true, func(o optionShape) string { return between(o.Low, o.High, usd) }},
		{"A REQUEST", true, func(o optionShape) string { return between(o.Faster, o.Slower, ms) }},
		{"BASIS", false, func(o optionShape) string { return o.Basis }},
		{"NOTE", false, func(o optionShape) string { return o.Note }},
	})
	for _, r := range rows {
		if v.g.output == "table" && !v.single && !(worth(r.optionShape) < -leastShown) {
			continue // it saves nothing
		}
		if err := out.write(r.optionShape); err != nil {
			return err
		}
	}
	return v.finish(out.close())
}
