package spend

import (
	"fntop/sources/spending"
	"fntop/ui/format"
	"fntop/ui/theme"
	"fntop/ui/widget/table"
)

const (
	optWhat = iota
	optMonth
	optRequest
	optBasis
	optNote
)

// optionColumns are the columns of the view of what could be set otherwise.
func optionColumns() []table.Column {
	return []table.Column{
		{ID: optWhat, Title: "SET", Min: 14, Max: 22},
		{ID: optMonth, Title: "A MONTH", Min: 18, Max: 24, Right: true},
		{ID: optRequest, Title: "A REQUEST", Min: 16, Max: 20, Right: true, Drop: 1},
		{ID: optBasis, Title: "BASIS", Min: 10, Max: 11, Drop: 2},
		{ID: optNote, Title: "WHAT THAT RESTS ON", Min: 50, Max: 90, Drop: 3},
	}
}

type optionRows struct {
	all []option
	th  *theme.Theme
}

// Len is the number of rows.
func (r optionRows) Len() int { return len(r.all) }

// Cell is what stands in a column of a row.
func (r optionRows) Cell(i, id, _ int) table.Cell {
	o, th := &r.all[i], r.th
	switch id {
	case optWhat:
		return table.Cell{Text: what(o.Option)}
	case optMonth:
		low, ok := o.Low.Get()
		high, known := o.High.Get()
		switch {
		case !ok || !known:
			return table.Cell{Text: format.Unknown, Style: th.Muted}
		case low == high:
			return table.Cell{Text: amount(low), Style: th.Strong}
		}
		return table.Cell{Text: amount(low) + " to " + amount(high), Style: th.Strong}
	case optRequest:
		switch text := latency(o.Option); {
		case text != "":
			return table.Cell{Text: text}
		case o.Faster.Known():
			return table.Cell{Text: "the same", Style: th.Muted}
		case o.Setting == spending.SetLogs:
			return table.Cell{Text: "the same", Style: th.Muted}
		}
		return table.Cell{Text: format.Unknown, Style: th.Muted}
	case optBasis:
		return table.Cell{Text: string(o.Basis), Style: th.Muted}
	case optNote:
		return table.Cell{Text: o.Note, Style: th.Muted}
	}
	return table.Cell{}
}

// amount is signed, where nothing is 0.
func amount(x float64) string {
	if text := signed(x); text != "" {
		return text
	}
	return "0"
}
