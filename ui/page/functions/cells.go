package functions

import (
	"strconv"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/filter"
	"fntop/ui/format"
	"fntop/ui/theme"
	"fntop/ui/widget/table"
)

// highErrors and highCold are the shares from which a figure gets a sign: one
// error in a hundred, one cold start in ten.
const (
	highErrors = 0.01
	highCold   = 0.10
)

// rows draws the functions of one snapshot.
type rows struct {
	p  *Page
	th *theme.Theme
	// at is the row that the others are of: a function with its figures, or
	// the header of a group.
	at    int
	fn    *fleet.Function
	row   fleet.Row
	group *group
}

// Len is the number of rows.
func (r *rows) Len() int { return len(r.p.order) }

// Cell is what stands in a column of a row.
func (r *rows) Cell(i, id, width int) table.Cell {
	if r.at != i || r.fn == nil && r.group == nil {
		r.at = i
		if r.fn, r.group = r.p.rowAt(i); r.fn != nil {
			r.row = r.fn.Row(r.p.win)
		}
	}
	if r.group != nil {
		return r.header(column(id), width)
	}
	if c, ok := r.text(column(id), width); ok {
		return c
	}
	return r.figure(column(id), width)
}

// text gives the cells that say what a function is.
func (r *rows) text(c column, width int) (table.Cell, bool) {
	th := r.th
	switch c {
	case colName:
		return r.name(width), true
	case colAccount:
		return table.Cell{Text: r.fn.ID.Account, Style: th.Muted}, true
	case colRegion:
		return table.Cell{Text: r.fn.ID.Region, Style: th.Muted}, true
	case colRuntime:
		return r.runtime(width), true
	case colMemory:
		if !r.fn.Configured {
			return table.Cell{Text: format.Unknown, Style: th.Muted}, true
		}
		text := format.Int(int64(r.fn.Config.MemoryMB))
		if len(text) > width {
			text = strconv.Itoa(r.fn.Config.MemoryMB)
		}
		return table.Cell{Text: text, Style: th.Muted}, true
	default:
		return table.Cell{}, false
	}
}

// figure gives the cells that say what a function does.
func (r *rows) figure(c column, width int) table.Cell {
	th, row := r.th, &r.row
	rate := func(x float64) string { return format.CountIn(x, width) }
	count := func(n int64) string { return rate(float64(n)) }
	switch c {
	case colPerMinute:
		return figure(th, row.LastMinute, rate, theme.Style{})
	case colSpark:
		return r.traffic(width)
	case colSum:
		return figure(th, row.Invocations, count, theme.Style{})
	case colErrors:
		return r.errors()
	case colThrottles:
		cell := figure(th, row.Throttles, count, th.Warn)
		return quietZero(th, cell, row.Throttles.Or(1) == 0)
	case colP50:
		return figure(th, row.P50, format.Duration, theme.Style{})
	case colP95:
		return figure(th, row.P95, format.Duration, theme.Style{})
	case colP99:
		return figure(th, row.P99, format.Duration, theme.Style{})
	case colCold:
		return r.cold()
	case colInit:
		return figure(th, row.InitP95, format.Duration, th.Init)
	case colPrice:
		return figure(th, row.CostPerMillion, format.Amount, theme.Style{})
	case colCost:
		return figure(th, row.CostUSD, func(usd float64) string { return format.USDIn(usd, width) }, theme.Style{})
	default:
		return table.Cell{}
	}
}

// errors is the error rate, with a sign when it is high.
func (r *rows) errors() table.Cell {
	return errorCell(r.th, filter.ErrorShare(&r.row))
}

func errorCell(th *theme.Theme, share sources.Opt[float64]) table.Cell {
	v, ok := share.Get()
	switch {
	case !ok:
		return table.Cell{Text: format.Unknown, Style: th.Muted}
	case v >= highErrors:
		return table.Cell{Text: th.Glyphs.Fail + format.Percent(v), Style: th.Bad}
	}
	return quietZero(th, table.Cell{Text: format.Percent(v)}, v == 0)
}

// cold is the share of cold starts, with a sign when it is high.
func (r *rows) cold() table.Cell {
	return coldCell(r.th, r.row.ColdRate)
}

func coldCell(th *theme.Theme, share sources.Opt[float64]) table.Cell {
	v, ok := share.Get()
	switch {
	case !ok:
		return table.Cell{Text: format.Unknown, Style: th.Muted}
	case v >= highCold:
		return table.Cell{Text: th.Glyphs.Rise + format.Percent(v), Style: th.Init}
	}
	return quietZero(th, table.Cell{Text: format.Percent(v)}, v == 0)
}

func figure[T int64 | float64 | time.Duration](th *theme.Theme, v sources.Opt[T], write func(T) string, st theme.Style) table.Cell {
	x, ok := v.Get()
	if !ok {
		return table.Cell{Text: format.Unknown, Style: th.Muted}
	}
	return table.Cell{Text: write(x), Style: st}
}

// quietZero steps back where a figure is zero, so that the eye finds those
// that are not.
func quietZero(th *theme.Theme, c table.Cell, zero bool) table.Cell {
	if zero {
		c.Style = th.Muted
	}
	return c
}
