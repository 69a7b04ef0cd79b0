package functions

import (
	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/filter"
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
	const name, region = 22, 9
	runtime := 10
	if many.prepared {
		runtime += 2
	}
	all := []table.Column{
		{ID: int(colName), Title: "FUNCTION", Min: name, Max: min(max(many.name, name), 64)},
	}
	if many.accounts {
		all = append(all, table.Column{ID: int(colAccount), Title: "ACCOUNT", Min: 12, Max: 12, Drop: 8})
	}
	if many.regions {
		all = append(all, table.Column{ID: int(colRegion), Title: "REGION", Min: region, Max: min(max(many.region, region), 14), Drop: 7, First: true})
	}
	return append(all,
		table.Column{ID: int(colRuntime), Title: "RUNTIME", Min: runtime, Max: min(max(many.runtime, runtime), 17), Drop: 10, First: true},
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

// title is what stands over a column.
func (c column) title() string {
	for _, one := range every() {
		if one.ID == int(c) {
			return one.Title
		}
	}
	return ""
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

// addsUp tells that a column has subtotals to sort by.
func (c column) addsUp() bool {
	switch c {
	case colPerMinute, colSpark, colSum, colErrors, colThrottles, colCold, colPrice, colCost:
		return true
	default:
		return false
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
		return runtimeOf
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
