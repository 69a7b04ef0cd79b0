package function

import (
	"math"
	"slices"
	"strconv"
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

// columns are the columns of the list; scale gives the scale of its bars.
func columns(scale func() bars) []table.Column {
	return []table.Column{
		{ID: colTime, Title: "TIME", Min: 12, Max: 12},
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

// bars is the scale of the bars: the time that init and run may take before a
// bar is cut at its edge. It is rounded, so that it rarely changes.
type bars struct{ init, run time.Duration }

// scaleBars takes the scale from the invocations: nine of ten fit.
func scaleBars(list []sources.Invocation) bars {
	var inits, runs []time.Duration
	for i := range list {
		if d, ok := list[i].Duration.Get(); ok {
			runs = append(runs, d)
		}
		if d, ok := startup(&list[i]); ok {
			inits = append(inits, d)
		}
	}
	return bars{init: roundUp(percentile(inits)), run: roundUp(percentile(runs))}
}

// startup is the time a request waited for its environment: init or restore.
func startup(inv *sources.Invocation) (time.Duration, bool) {
	return inv.Init.OrElse(inv.Restore).Get()
}

// percentile is the 90th percentile, 0 of nothing.
func percentile(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(len(list)*9/10, len(list)-1)]
}

// roundUp is the next 1, 2 or 5 times a power of ten.
func roundUp(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	for power := int64(1); power < 1<<60; power *= 10 {
		for _, m := range []int64{1, 2, 5} {
			if round := time.Duration(m * power); round >= d {
				return round
			}
		}
	}
	return d
}

// draw draws the bar of an invocation: the init before the moment the handler
// started, which is the same column in every row, and the run behind it.
func (s bars) draw(b *line.Builder, th *theme.Theme, inv *sources.Invocation, width int) {
	if s.init+s.run <= 0 || width < 2 {
		return
	}
	cells := func(d time.Duration) int { return s.cells(d, width) }
	zero := s.zero(width)
	start := b.Used()
	if d, ok := startup(inv); ok && zero > 0 {
		n := min(max(cells(d), 1), zero)
		b.Space(zero-n).Repeat(th.Init, th.Glyphs.BarInit, n)
	}
	b.To(start + zero)
	d, ok := inv.Duration.Get()
	if !ok {
		if inv.Outcome == sources.Running {
			b.Sign(th.Muted, th.Glyphs.More)
		}
		return
	}
	st := th.Run
	if bad(inv.Outcome) {
		st = th.Bad
	}
	room := width - zero
	n := max(cells(d), 1)
	if n > room {
		b.Repeat(st, th.Glyphs.BarRun, room-1).Sign(st, th.Glyphs.More)
		return
	}
	b.Repeat(st, th.Glyphs.BarRun, n)
}

// cells is the columns that a time takes.
func (s bars) cells(d time.Duration, width int) int {
	total := float64(s.init + s.run)
	return int(math.Round(float64(width) * min(max(float64(d)/total, 0), 2)))
}

// zero is the column at which handlers start.
func (s bars) zero(width int) int {
	zero := min(s.cells(s.init, width), width-1)
	if s.init > 0 {
		zero = max(zero, 1)
	}
	return zero
}

// head names the two sides of the bars.
func (s bars) head(b *line.Builder, th *theme.Theme, width int) {
	if s.init+s.run <= 0 || width < 10 {
		b.Text(th.Muted, "RUN")
		return
	}
	zero, start := s.zero(width), b.Used()
	if zero >= len("INIT ") {
		b.Space(zero-len("INIT ")).Text(th.Muted, "INIT")
	}
	b.To(start + zero)
	if width-zero >= len("RUN") {
		b.Text(th.Muted, "RUN")
	}
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

// rows draws the invocations.
type rows struct {
	p   *Page
	env *page.Env
}

// Len is the number of invocations.
func (r rows) Len() int { return len(r.p.fn.Invocations) }

// Cell is what stands in a column of an invocation's row.
func (r rows) Cell(i, id, width int) table.Cell {
	inv, th := &r.p.fn.Invocations[i], r.env.Theme
	switch id {
	case colTime:
		t, ok := inv.Start.OrElse(inv.Reported).Get()
		if !ok {
			return unknownCell(th)
		}
		return table.Cell{Text: format.Clock(r.env.In(t))}
	case colBar:
		return table.Cell{Draw: func(b *line.Builder) { r.p.bars.draw(b, th, inv, width) }}
	case colDuration:
		return duration(th, inv.Duration, theme.Style{})
	case colInit:
		return duration(th, inv.Init.OrElse(inv.Restore), th.Init)
	case colBilled:
		if d, ok := inv.Billed.Get(); ok {
			return table.Cell{Text: format.Millis(d), Style: th.Muted}
		}
		return unknownCell(th)
	case colMemory:
		return memory(th, inv)
	case colOutcome:
		text, st := Outcome(th, inv)
		return table.Cell{Text: text, Style: st}
	case colCost:
		if usd, ok := r.env.Price(*inv, r.p.fn.Config); ok {
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

// memory is the memory used of the memory there is.
func memory(th *theme.Theme, inv *sources.Invocation) table.Cell {
	used, ok := inv.MaxMemoryMB.Get()
	size, known := inv.MemoryMB.Get()
	if !ok || !known {
		return unknownCell(th)
	}
	text, st := strconv.Itoa(used)+"/"+strconv.Itoa(size), th.Muted
	if float64(used) >= tight*float64(size) {
		text, st = th.Glyphs.Rise+text, th.Warn
	}
	return table.Cell{Text: text, Style: st}
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
