package ui

import (
	"math"
	"time"

	"fntop/ui/format"
)

// named is a figure of the header with its name.
type named struct{ name, value string }

// monthFresh is up to what age the month is told in the header. It is read
// again only while its page is open, since that costs money.
const monthFresh = 2*time.Hour + 15*time.Minute

// money is what the functions cost, in several ways, the longest first: today,
// the month so far and what it will come to where that has been read, and else
// what an hour like now costs.
func (a *App) money() []named {
	t := &a.totals
	run := []named{{"cost", a.atLeast(t.costHour.Known() && !t.allCost) + opt(t.costHour, format.USD, "/h")}}
	snap := a.scene().Snapshot
	if snap == nil || snap.Spending == nil || snap.Spending.Month == nil {
		return run
	}
	m := snap.Spending.Month
	total := &m.Report.Total
	date, ok := total.ToDate.Float64()
	f, known := total.Forecast.Get()
	if !m.Whole || !ok || !known || a.env.Since(m.Report.Span.Now) > monthFresh {
		return run
	}
	g := &a.env.Theme.Glyphs
	month := a.atLeast(total.AtLeast) + format.USDWhole(date) + " " + g.Arrow + " " + format.USDWhole(f.Value)
	exactly := month + " " + g.PlusMinus + format.USDWhole(math.Max(f.High-f.Value, f.Value-f.Low))
	return []named{
		{"today", a.atLeast(!m.TodayAll) + format.USD(m.Today) + "  month " + exactly}, {"month", exactly}, {"month", month},
	}
}
