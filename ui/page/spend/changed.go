package spend

import (
	"fntop/sources/spending"
	"fntop/ui/format"
	"fntop/ui/theme"
	"fntop/ui/widget/table"
)

const (
	chgName = iota
	chgRegion
	chgBefore
	chgAfter
	chgChange
	chgTraffic
	chgDuration
	chgMemory
	chgLogs
	chgNew
	chgOther
)

// changedColumns are the columns of the view of what changed.
func changedColumns(many manyOf) []table.Column {
	all := []table.Column{{ID: chgName, Title: "FUNCTION", Min: 18, Max: min(max(many.name, 18), 48)}}
	if many.regions {
		all = append(all, table.Column{ID: chgRegion, Title: "REGION", Min: min(max(many.region, 9), 14), Max: 14, Drop: 8})
	}
	money := func(id int, title string, drop int) table.Column {
		return table.Column{ID: id, Title: title, Min: max(len(title), 9), Max: max(len(title), 9) + 1, Right: true, Drop: drop}
	}
	return append(all,
		money(chgBefore, "WEEK BEFORE", 3), money(chgAfter, "THIS WEEK", 2), money(chgChange, "CHANGE", 0),
		money(chgTraffic, "TRAFFIC", 1), money(chgDuration, "DURATION", 1), money(chgMemory, "MEMORY", 4),
		money(chgLogs, "LOGS", 5), money(chgNew, "NEW, GONE", 6), money(chgOther, "OTHER", 9),
	)
}

type changedRows struct {
	lines []spending.Difference
	th    *theme.Theme
}

// Len is the number of rows.
func (r changedRows) Len() int { return len(r.lines) }

// Cell is what stands in a column of a row.
func (r changedRows) Cell(i, id, _ int) table.Cell {
	d, th := &r.lines[i], r.th
	switch id {
	case chgName:
		if d.Group != "" {
			return table.Cell{Text: name{d.Function, d.Group}.title(), Style: th.Muted}
		}
		return table.Cell{Text: d.Function.Name}
	case chgRegion:
		return table.Cell{Text: d.Function.Region, Style: th.Muted}
	case chgBefore:
		return money(th, dollars(d.Before), theme.Style{})
	case chgAfter:
		return money(th, dollars(d.After), theme.Style{})
	case chgChange:
		x, ok := d.USD().Float64()
		if !ok {
			return table.Cell{Text: format.Unknown, Style: th.Muted}
		}
		return table.Cell{Text: format.Signed(x), Style: th.Strong}
	}
	for _, p := range d.Causes {
		if causeColumn(p.Cause) == id {
			if x, ok := p.USD.Float64(); ok {
				return table.Cell{Text: format.Signed(x)}
			}
		}
	}
	return table.Cell{}
}

func causeColumn(c spending.Cause) int {
	switch c {
	case spending.CauseTraffic:
		return chgTraffic
	case spending.CauseDuration:
		return chgDuration
	case spending.CauseMemory:
		return chgMemory
	case spending.CauseLogs:
		return chgLogs
	case spending.CauseNew, spending.CauseGone:
		return chgNew
	case spending.CauseOther:
	}
	return chgOther
}
