package function

import (
	"strconv"
	"strings"
	"time"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// The columns of the list.
const (
	colTime = iota
	colBar
	colDuration
	colInit
	colBilled
	colMemory
	colOutcome
	colCost
)

// timeWidth is the columns of a moment of a window.
func timeWidth(w sources.Window) int {
	if w.Since > day {
		return len("Nov 23 14:03:21")
	}
	return len("14:03:21.480")
}

// moment writes a moment of a window: with the day in one that is longer.
func moment(env *page.Env, t time.Time, w sources.Window) string {
	if w.Since > day {
		return env.In(t).Format("Jan 2 15:04:05")
	}
	return format.Clock(env.In(t))
}

// columns are the columns of the list; scale gives the scale of its bars.
func columns(w sources.Window, scale func() bars) []table.Column {
	return []table.Column{
		{ID: colTime, Title: "TIME", Min: timeWidth(w), Max: timeWidth(w)},
		{ID: colBar, Min: 12, Max: 60, Drop: 5, Head: func(b *line.Builder, th *theme.Theme, width int) {
			scale().head(b, th, width)
		}},
		{ID: colDuration, Title: "DURATION", Min: 8, Max: 8, Right: true, Drop: 2},
		{ID: colInit, Title: "INIT", Min: 6, Max: 7, Right: true, Drop: 4},
		{ID: colBilled, Title: "BILLED", Min: 8, Max: 9, Right: true, Drop: 6},
		{ID: colMemory, Title: "MEMORY", Min: 10, Max: 12, Right: true, Drop: 7},
		{ID: colOutcome, Title: "OUTCOME", Min: 10, Max: 34, Drop: 1},
		{ID: colCost, Title: "COST", Min: 10, Max: 11, Right: true, Drop: 3},
	}
}

// rows draws the invocations.
type rows struct {
	l   *list
	env *page.Env
}

// Len is the number of invocations.
func (r rows) Len() int { return len(r.l.order) }

// Cell is what stands in a column of an invocation's row.
func (r rows) Cell(i, id, width int) table.Cell {
	inv, th := r.l.at(i), r.env.Theme
	switch id {
	case colTime:
		t, ok := inv.Start.OrElse(inv.Reported).Get()
		if !ok {
			return unknownCell(th)
		}
		return table.Cell{Text: moment(r.env, t, r.l.p.window)}
	case colBar:
		return table.Cell{Draw: func(b *line.Builder) { r.l.bars.draw(b, th, inv, width) }}
	case colDuration:
		return duration(th, inv.Duration, theme.Style{})
	case colInit:
		return duration(th, inv.Init.OrElse(inv.Restore), th.Init)
	case colBilled:
		if d, ok := inv.Billed.Get(); ok {
			text := format.Millis(d)
			if len(text) > width {
				text = strings.ReplaceAll(text, ",", "")
			}
			return table.Cell{Text: text, Style: th.Muted}
		}
		return unknownCell(th)
	case colMemory:
		return memory(th, inv, width)
	case colOutcome:
		text, st := Outcome(th, inv)
		return table.Cell{Text: text, Style: st}
	case colCost:
		if usd, ok := r.env.Price(*inv, r.l.p.fn.Config); ok {
			return table.Cell{Text: format.PerInvocation(usd)}
		}
		return unknownCell(th)
	}
	return table.Cell{}
}

func unknownCell(th *theme.Theme) table.Cell {
	return table.Cell{Text: format.Unknown, Style: th.Muted}
}

func duration(th *theme.Theme, v sources.Opt[time.Duration], st theme.Style) table.Cell {
	d, ok := v.Get()
	if !ok {
		return unknownCell(th)
	}
	return table.Cell{Text: format.Duration(d), Style: st}
}

// tight is the share of the memory from which it is called tight.
const tight = 0.9

// memory is the memory used of the memory there is: in MB, or as a share where
// that is too wide.
func memory(th *theme.Theme, inv *sources.Invocation, width int) table.Cell {
	used, ok := inv.MaxMemoryMB.Get()
	size, known := inv.MemoryMB.Get()
	if !ok || !known {
		return unknownCell(th)
	}
	text, st := strconv.Itoa(used)+"/"+strconv.Itoa(size), th.Muted
	if len(text)+1 > width && size > 0 {
		text = strconv.Itoa(used*100/size) + "%"
	}
	if float64(used) >= tight*float64(size) {
		text, st = th.Glyphs.Rise+text, th.Warn
	}
	return table.Cell{Text: text, Style: st}
}

func bad(o sources.Outcome) bool {
	switch o {
	case sources.Failed, sources.TimedOut, sources.OutOfMemory, sources.Exited, sources.InitFailed:
		return true
	case sources.OK, sources.Running, sources.Unknown:
		return false
	}
	return false
}

// Outcome is how an invocation ended, with a sign where it ended badly.
func Outcome(th *theme.Theme, inv *sources.Invocation) (string, theme.Style) {
	g := &th.Glyphs
	switch inv.Outcome {
	case sources.OK:
		return "ok", th.Muted
	case sources.Running:
		return "running" + g.Ellipsis, th.Muted
	case sources.Failed, sources.TimedOut, sources.OutOfMemory, sources.Exited, sources.InitFailed:
		text := g.Fail + " " + string(inv.Outcome)
		if inv.ErrorType != "" {
			text += " " + inv.ErrorType
		}
		return text, th.Bad
	case sources.Unknown:
		return "? unknown", th.Warn
	}
	return "? unknown", th.Warn
}
