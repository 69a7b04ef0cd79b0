package functions

import (
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/filter"
	"fntop/ui/format"
	"fntop/ui/theme"
	"fntop/ui/widget/spark"
	"fntop/ui/widget/table"
)

// column names a column of the table, in the order of the screen.
type column int

const (
	colName column = iota
	colAccount
	colRegion
	colRuntime
	colMemory
	colPerMinute
	colSpark
	colSum
	colErrors
	colThrottles
	colP50
	colP95
	colP99
	colCold
	colInit
	colPrice
	colCost
	colCount
)

// columns are the columns of the table. They leave a narrow screen in an
// order of their own: what tells most about trouble stays longest.
func columns(many manyOf) []table.Column {
	const name, region, runtime = 22, 9, 10
	all := []table.Column{
		{ID: int(colName), Title: "FUNCTION", Min: name, Max: min(max(many.name, name), 64)},
	}
	if many.accounts {
		all = append(all, table.Column{ID: int(colAccount), Title: "ACCOUNT", Min: 12, Max: 12, Drop: 8})
	}
	if many.regions {
		all = append(all, table.Column{ID: int(colRegion), Title: "REGION", Min: region, Max: min(max(many.region, region), 14), Drop: 7})
	}
	return append(all,
		table.Column{ID: int(colRuntime), Title: "RUNTIME", Min: runtime, Max: min(max(many.runtime, runtime), 16), Drop: 10},
		table.Column{ID: int(colMemory), Title: "MEM", Min: 5, Max: 5, Right: true, Drop: 13},
		table.Column{ID: int(colPerMinute), Title: "INV/MIN", Min: 8, Max: 8, Right: true, Drop: 1},
		table.Column{ID: int(colSpark), Title: "TRAFFIC", Min: 10, Max: 30, Drop: 6},
		table.Column{ID: int(colSum), Title: "INV", Min: 7, Max: 8, Right: true, Drop: 14},
		table.Column{ID: int(colErrors), Title: "ERR%", Min: 5, Max: 6, Right: true, Drop: 2},
		table.Column{ID: int(colThrottles), Title: "THR", Min: 5, Max: 6, Right: true, Drop: 9},
		table.Column{ID: int(colP50), Title: "P50", Min: 6, Max: 7, Right: true, Drop: 12},
		table.Column{ID: int(colP95), Title: "P95", Min: 6, Max: 7, Right: true, Drop: 3},
		table.Column{ID: int(colP99), Title: "P99", Min: 6, Max: 7, Right: true, Drop: 11},
		table.Column{ID: int(colCold), Title: "COLD%", Min: 6, Max: 6, Right: true, Drop: 4},
		table.Column{ID: int(colInit), Title: "INIT95", Min: 7, Max: 7, Right: true, Drop: 8},
		table.Column{ID: int(colPrice), Title: "$/1M", Min: 7, Max: 8, Right: true, Drop: 5},
		table.Column{ID: int(colCost), Title: "COST", Min: 8, Max: 10, Right: true, Drop: 15},
	)
}

// descending is the direction a column is sorted in first: names from A on,
// figures from the largest on.
func (c column) descending() bool {
	switch c {
	case colName, colAccount, colRegion, colRuntime:
		return false
	default:
		return true
	}
}

// text gives the text that a column is sorted by; nil when it holds figures.
func (c column) text() func(*fleet.Function) string {
	switch c {
	case colName:
		return func(fn *fleet.Function) string { return fn.ID.Name }
	case colAccount:
		return func(fn *fleet.Function) string { return fn.ID.Account }
	case colRegion:
		return func(fn *fleet.Function) string { return fn.ID.Region }
	case colRuntime:
		return func(fn *fleet.Function) string { return fn.Config.Runtime }
	default:
		return nil
	}
}

// figure gives the figure that a column is sorted by.
func (c column) figure(fn *fleet.Function, row *fleet.Row) (float64, bool) {
	switch c {
	case colMemory:
		return float64(fn.Config.MemoryMB), fn.Configured
	case colPerMinute, colSpark:
		return row.LastMinute.Get()
	case colSum:
		return number(row.Invocations)
	case colErrors:
		return filter.ErrorShare(row).Get()
	case colThrottles:
		return number(row.Throttles)
	case colP50:
		return number(row.P50)
	case colP95:
		return number(row.P95)
	case colP99:
		return number(row.P99)
	case colCold:
		return row.ColdRate.Get()
	case colInit:
		return number(row.InitP95)
	case colPrice:
		return row.CostPerMillion.Get()
	case colCost:
		return row.CostUSD.Get()
	default:
		return 0, false
	}
}

func number[T ~int64](v sources.Opt[T]) (float64, bool) {
	x, ok := v.Get()
	return float64(x), ok
}

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
	// at is the row that fn and row are of.
	at  int
	fn  *fleet.Function
	row fleet.Row
}

// Len is the number of rows.
func (r *rows) Len() int { return len(r.p.order) }

// Cell is what stands in a column of a row.
func (r *rows) Cell(i, id, width int) table.Cell {
	if r.fn == nil || r.at != i {
		r.at, r.fn = i, r.p.snap.Function(int(r.p.order[i]))
		r.row = r.fn.Row(r.p.win)
	}
	if c, ok := r.text(column(id)); ok {
		return c
	}
	return r.figure(column(id), width)
}

// text gives the cells that say what a function is.
func (r *rows) text(c column) (table.Cell, bool) {
	th, cfg := r.th, &r.fn.Config
	switch c {
	case colName:
		if r.fn.Gone {
			return table.Cell{Text: r.fn.ID.Name + " (gone)", Style: th.Muted}, true
		}
		if n, ok := r.row.Invocations.Get(); ok && n == 0 {
			return table.Cell{Text: r.fn.ID.Name, Style: th.Muted}, true
		}
		return table.Cell{Text: r.fn.ID.Name}, true
	case colAccount:
		return table.Cell{Text: r.fn.ID.Account, Style: th.Muted}, true
	case colRegion:
		return table.Cell{Text: r.fn.ID.Region, Style: th.Muted}, true
	case colRuntime:
		text := cfg.Runtime
		switch {
		case !r.fn.Configured:
			text = format.Unknown
		case text == "" && cfg.PackageType == sources.PackageImage:
			text = "image"
		case text == "":
			text = format.Unknown
		}
		return table.Cell{Text: text, Style: th.Muted}, true
	case colMemory:
		if !r.fn.Configured {
			return table.Cell{Text: format.Unknown, Style: th.Muted}, true
		}
		return table.Cell{Text: format.Int(int64(cfg.MemoryMB)), Style: th.Muted}, true
	default:
		return table.Cell{}, false
	}
}

// figure gives the cells that say what a function does.
func (r *rows) figure(c column, width int) table.Cell {
	th, row := r.th, &r.row
	switch c {
	case colPerMinute:
		return figure(th, row.LastMinute, format.Count, theme.Style{})
	case colSpark:
		return table.Cell{Text: spark.Draw(&th.Glyphs, row.PerMinute, width), Style: th.Spark, Trusted: true}
	case colSum:
		return figure(th, row.Invocations, func(n int64) string { return format.Count(float64(n)) }, theme.Style{})
	case colErrors:
		return r.errors()
	case colThrottles:
		cell := figure(th, row.Throttles, func(n int64) string { return format.Count(float64(n)) }, th.Warn)
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
		return figure(th, row.CostUSD, format.USDShort, theme.Style{})
	default:
		return table.Cell{}
	}
}

// errors is the error rate, with a sign when it is high.
func (r *rows) errors() table.Cell {
	share := filter.ErrorShare(&r.row)
	v, ok := share.Get()
	switch {
	case !ok:
		return table.Cell{Text: format.Unknown, Style: r.th.Muted}
	case v >= highErrors:
		return table.Cell{Text: r.th.Glyphs.Fail + format.Percent(v), Style: r.th.Bad}
	}
	return quietZero(r.th, table.Cell{Text: format.Percent(v)}, v == 0)
}

// cold is the share of cold starts, with a sign when it is high.
func (r *rows) cold() table.Cell {
	v, ok := r.row.ColdRate.Get()
	switch {
	case !ok:
		return table.Cell{Text: format.Unknown, Style: r.th.Muted}
	case v >= highCold:
		return table.Cell{Text: r.th.Glyphs.Rise + format.Percent(v), Style: r.th.Init}
	}
	return quietZero(r.th, table.Cell{Text: format.Percent(v)}, v == 0)
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
