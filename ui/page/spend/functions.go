package spend

import (
	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/sums"
	"fntop/ui/theme"
	"fntop/ui/whatif"
	"fntop/ui/widget/table"
)

// column names a column of the table by function, in the order of the screen.
type column int

const (
	colName column = iota
	colAccount
	colRegion
	colToDate
	colForecast
	colRange
	colRequests
	colCompute
	colInit
	colLogs
	colOther
	colFree
	colMillion
	colWhatIf
	colCount
)

// columns are the columns of the table by function. They leave a narrow screen
// in an order of their own: what it comes to stays longest.
func columns(many manyOf) []table.Column {
	const name = 18
	all := []table.Column{{ID: int(colName), Title: "FUNCTION", Min: name, Max: min(max(many.name, name), 48)}}
	if many.accounts {
		all = append(all, table.Column{ID: int(colAccount), Title: "ACCOUNT", Min: 12, Max: 12, Drop: 10})
	}
	if many.regions {
		all = append(all, table.Column{ID: int(colRegion), Title: "REGION", Min: min(max(many.region, 9), 14), Max: 14, Drop: 9})
	}
	money := func(c column, title string, width, drop int) table.Column {
		return table.Column{ID: int(c), Title: title, Min: width, Max: width + 1, Right: true, Drop: drop}
	}
	return append(all,
		money(colToDate, "MTD", 10, 1),
		money(colForecast, "FORECAST", 9, 2),
		table.Column{ID: int(colRange), Title: "RANGE", Min: 19, Max: 21, Right: true, Drop: 13},
		money(colRequests, "REQUESTS", 9, 8),
		money(colCompute, "COMPUTE", 9, 4),
		money(colInit, "INIT", 7, 5),
		money(colLogs, "LOGS", 7, 6),
		money(colOther, "OTHER", 7, 11),
		money(colFree, "FREE", 8, 12),
		money(colMillion, "$/1M", 8, 7),
		table.Column{ID: int(colWhatIf), Title: "WHAT IF", Min: 20, Max: 44, Drop: 3},
	)
}

// functionRows draws the items.
type functionRows struct {
	p  *Page
	th *theme.Theme
}

// Len is the number of rows.
func (r functionRows) Len() int { return len(r.p.shown) }

// Cell is what stands in a column of a row.
func (r functionRows) Cell(i, id, width int) table.Cell {
	it, th := &r.p.items[r.p.shown[i]], r.th
	l := &r.p.month.Report.Lines[it.line]
	switch c := column(id); c {
	case colName:
		if it.group != "" {
			return table.Cell{Text: it.title(), Style: th.Muted}
		}
		return table.Cell{Text: it.title()}
	case colAccount:
		return table.Cell{Text: it.id.Account, Style: th.Muted}
	case colRegion:
		return table.Cell{Text: it.id.Region, Style: th.Muted}
	case colToDate, colForecast:
		st := theme.Style{}
		if c == colToDate {
			st = th.Strong
		}
		cell := money(th, it.figures[c], st)
		cell.Text = sums.Mark(th.Glyphs.AtLeast, l.AtLeast, it.figures[c], cell.Text)
		return cell
	case colRange:
		if f, ok := l.Forecast.Get(); ok {
			return table.Cell{Text: format.Cents(f.Low) + " to " + format.Cents(f.High), Style: th.Muted}
		}
		return table.Cell{Text: format.Unknown, Style: th.Muted}
	case colWhatIf:
		return bestCell(th, it, width)
	default:
		return money(th, it.figures[c], theme.Style{})
	}
}

// money is an amount with its cents, quiet when there is none.
func money(th *theme.Theme, usd sources.Opt[float64], st theme.Style) table.Cell {
	x, ok := usd.Get()
	switch {
	case !ok:
		return table.Cell{Text: format.Unknown, Style: th.Muted}
	case x == 0:
		return table.Cell{Text: format.Cents(0), Style: th.Muted}
	}
	return table.Cell{Text: format.Cents(x), Style: st}
}

// bestCell is what would save most, with its latency where there is room.
func bestCell(th *theme.Theme, it *item, width int) table.Cell {
	switch {
	case !it.weighed:
		return table.Cell{Text: format.Unknown, Style: th.Muted}
	case !it.ok:
		return table.Cell{Text: "nothing saves", Style: th.Muted}
	}
	text := whatif.Short(it.best)
	if slower := whatif.Latency(it.best); slower != "" && len(text)+len(slower)+3 <= width {
		text += " (" + slower + ")"
	}
	return table.Cell{Text: text}
}
