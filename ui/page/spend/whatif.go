package spend

import (
	"fntop/sources/spending"
	"fntop/ui/format"
	"fntop/ui/theme"
	"fntop/ui/whatif"
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
	all []spending.Option
	th  *theme.Theme
}

// Len is the number of rows.
func (r optionRows) Len() int { return len(r.all) }

// Cell is what stands in a column of a row.
func (r optionRows) Cell(i, id, _ int) table.Cell {
	o, th := &r.all[i], r.th
	switch id {
	case optWhat:
		return table.Cell{Text: whatif.What(*o)}
	case optMonth:
		if text := whatif.Month(*o); text != format.Unknown {
			return table.Cell{Text: text, Style: th.Strong}
		}
		return table.Cell{Text: format.Unknown, Style: th.Muted}
	case optRequest:
		switch {
		case whatif.Latency(*o) != "":
			return table.Cell{Text: whatif.Latency(*o)}
		case whatif.Same(*o):
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
