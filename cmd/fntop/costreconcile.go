package main

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/spending"
	"fntop/ui/format"
)

// reconciledShape is one component as it was reckoned and as it was billed.
type reconciledShape struct {
	Component  string   `json:"component"` // inits are part of the compute
	Reckoned   cost.USD `json:"reckoned_usd"`
	AtLeast    bool     `json:"at_least"` // reckoned leaves something out
	Billed     *float64 `json:"billed_usd"`
	Difference *float64 `json:"difference_usd"` // reckoned less billed
	Until      string   `json:"until"`          // of both; exclusive
}

// reconcileUSD is what asking for the bills costs: a page for each account.
func reconcileUSD(accounts int) float64 {
	p, _ := cost.APIPrice("ce:GetCostAndUsage")
	usd, _ := p.Of(cost.CallUse{Requests: int64(accounts)}).Float64()
	return usd
}

// payers are one scope of each account.
func payers(scopes []scope) (first []scope) {
	seen := make(map[string]bool)
	for _, sc := range scopes {
		if account := sc.source.Scope().Account; !seen[account] {
			seen[account] = true
			first = append(first, sc)
		}
	}
	return first
}

var errNotBilled = errors.New("nothing of this month is on the bill yet: it is a day behind")

// writeReconciled asks for the bills of the accounts and holds the month so far
// against them.
func (v *costView) writeReconciled(ctx context.Context, scopes []scope) error {
	until, ok := v.report.Span.BilledUntil()
	if !ok {
		return &sources.Error{
			Op: "reconcile", Kind: sources.NotFound, Err: errNotBilled,
			Fix: "try after " + v.report.Span.Month.AddDate(0, 0, 2).Format("2 January"),
		}
	}
	regions := make(map[string][]string)
	for _, sc := range scopes {
		at := sc.source.Scope()
		regions[at.Account] = append(regions[at.Account], at.Region)
	}
	var billed []sources.Billed
	for _, sc := range payers(scopes) {
		reader, ok := sc.source.(sources.BillReader)
		if !ok {
			return &sources.Error{Op: "reconcile", On: sc.source.Scope().Account, Kind: sources.Unsupported}
		}
		some, err := reader.Bill(meter.WithPurpose(ctx, costPurpose), sources.BillQuery{
			Start: v.report.Span.Month, End: until, Regions: regions[sc.source.Scope().Account],
		})
		if err != nil {
			return err
		}
		billed = append(billed, some...)
	}
	rows, err := spending.Reconcile(v.usage, v.options, until, billed)
	if err != nil {
		return err
	}
	v.until = "the rows are of the days to " + until.AddDate(0, 0, -1).Format("2 January") +
		", inits are part of the compute, and the bill of logs has those of other services too"
	out := newWriter(v.s.out, v.g.output, []column[reconciledShape]{
		{"COMPONENT", false, func(r reconciledShape) string { return strings.ReplaceAll(r.Component, "_", " ") }},
		{"RECKONED", true, func(r reconciledShape) string {
			if r.AtLeast && r.Reckoned.Known() {
				return v.plain("≥" + amountCell(r.Reckoned))
			}
			return v.plain(amountCell(r.Reckoned))
		}},
		{"BILLED", true, func(r reconciledShape) string { return v.plain(number(r.Billed)) }},
		{"DIFFERENCE", true, func(r reconciledShape) string { return v.plain(differenceCell(r)) }},
	})
	for _, r := range rows {
		row := reconciledShape{Component: r.Component, Reckoned: r.Reckoned, AtLeast: r.AtLeast, Billed: pointer(r.Billed), Until: until.Format(time.RFC3339)}
		if reckoned, ok := r.Reckoned.Float64(); ok && row.Billed != nil {
			row.Difference = new(reckoned - *row.Billed)
		}
		if r.Component == "other" && row.Billed == nil {
			continue
		}
		if err := out.write(row); err != nil {
			return err
		}
	}
	return v.finish(out.close())
}

func differenceCell(r reconciledShape) string {
	if r.Difference == nil {
		return format.Unknown
	}
	text := signed(r.Difference)
	if text == "" {
		return "0"
	}
	if *r.Billed > 0 {
		share := *r.Difference / *r.Billed
		sign := "+"
		if share < 0 {
			sign = "-"
		}
		text += " (" + sign + format.Percent(math.Abs(share)) + " %)"
	}
	return text
}
