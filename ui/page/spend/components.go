package spend

import (
	"fmt"
	"strings"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/format"
	"fntop/ui/sums"
	"fntop/ui/theme"
	"fntop/ui/widget/table"
)

const (
	comName = iota
	comToDate
	comShare
	comBasis
)

func componentColumns() []table.Column {
	return []table.Column{
		{ID: comName, Title: "COMPONENT", Min: 18, Max: 20},
		{ID: comToDate, Title: "MTD", Min: 11, Max: 12, Right: true},
		{ID: comShare, Title: "SHARE", Min: 7, Max: 7, Right: true, Drop: 2},
		{ID: comBasis, Title: "RECKONED FROM", Min: 24, Max: 140, Drop: 1},
	}
}

// component is a component of the total.
type component struct {
	name  string
	usd   sources.Opt[float64]
	share sources.Opt[float64] // of what is paid, before the free tier
	basis string
}

// Components that are not like the others.
const (
	freeTier  = "free_tier"
	streaming = "response_streaming"
)

// components are the components of the total, and the total.
func (p *Page) components() []component {
	total := sums.Of(p.month.Report, p.month.Whole)
	parts := total.Components(p.month.Report)
	paid := 0.0
	for name, usd := range parts.All() {
		if x, ok := usd.Float64(); ok && name != freeTier {
			paid += x
		}
	}
	var all []component
	for name, usd := range parts.All() {
		if name == streaming && usd.IsZero() {
			continue // it is not read
		}
		c := component{name: strings.ReplaceAll(name, "_", " "), usd: dollars(usd), basis: basis(name, p.month)}
		if x, ok := usd.Float64(); ok && paid > 0 && name != freeTier {
			c.share = sources.Some(x / paid)
		}
		all = append(all, c)
	}
	last := component{name: "total", usd: total.ToDate}
	if total.AtLeast && total.ToDate.Known() {
		last.basis = "what is known of it"
	}
	return append(all, last)
}

// basis says what a component is reckoned from.
func basis(name string, m *fleet.Month) string {
	reports, cold, sampled := 0, 0, 0
	for i := range m.Report.Lines {
		if s, ok := m.Report.Lines[i].Correction.Sample.Get(); ok {
			reports += s.Reports
			cold += s.Cold
			sampled++
		}
	}
	of := "REPORT lines of " + several(sampled, "function")
	switch name {
	case "requests":
		return "hourly metrics"
	case "compute":
		text := "hourly metrics, " + format.USD(m.Report.Total.Rounding) + " of it durations rounded up"
		if reports > 0 {
			text += ": " + format.Int(int64(reports)) + " " + of
		}
		return text
	case "init":
		if sampled == 0 {
			return "REPORT lines, of which none have been read"
		}
		return several(cold, "cold start") + " in " + of
	case "ephemeral_storage":
		return "hourly metrics and today's configuration"
	case "provisioned":
		return "as it is set today, where something ran on it"
	case "snapstart":
		return "not read; free for Java"
	case "logs_ingestion":
		return "hourly metrics of log groups, Standard class"
	case freeTier:
		if !m.FreeTier {
			return "not taken off: it is the whole account's"
		}
		return "of each account, shared out by usage"
	}
	return "not read"
}

type componentRows struct {
	all []component
	th  *theme.Theme
}

// Len is the number of rows.
func (r componentRows) Len() int { return len(r.all) }

// Cell is what stands in a column of a row.
func (r componentRows) Cell(i, id, _ int) table.Cell {
	c, th := &r.all[i], r.th
	last := i == len(r.all)-1
	switch id {
	case comName:
		if last {
			return table.Cell{Text: c.name, Style: th.Strong}
		}
		return table.Cell{Text: c.name}
	case comToDate:
		if last {
			return money(th, c.usd, th.Strong)
		}
		return money(th, c.usd, theme.Style{})
	case comShare:
		if x, ok := c.share.Get(); ok {
			return table.Cell{Text: fmt.Sprintf("%s%%", format.Percent(x)), Style: th.Muted}
		}
		return table.Cell{}
	case comBasis:
		return table.Cell{Text: c.basis, Style: th.Muted}
	}
	return table.Cell{}
}
