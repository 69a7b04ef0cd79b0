package function

import (
	"math"
	"slices"
	"time"

	"fntop/sources"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// bars is the scale of the bars: the time that init and run may take before a
// bar is cut at its edge. It is rounded, so that it rarely changes.
type bars struct{ init, run time.Duration }

// scaleBars takes the scale from the invocations: nine of ten fit.
func scaleBars(list []*sources.Invocation) bars {
	var inits, runs []time.Duration
	for i := range list {
		if d, ok := list[i].Duration.Get(); ok {
			runs = append(runs, d)
		}
		if d, ok := startup(list[i]); ok {
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
