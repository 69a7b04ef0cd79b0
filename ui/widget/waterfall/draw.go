package waterfall

import (
	"strings"
	"time"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// The columns of a waterfall.
const (
	ColName = iota
	ColBar
	ColDuration
	ColNote
)

// Columns are the columns of the table that shows a trace of this length.
func Columns(total time.Duration) []table.Column {
	return []table.Column{
		{ID: ColName, Title: "SPAN", Min: 20, Max: 44},
		{ID: ColBar, Min: 16, Max: 400, Drop: 2, Head: func(b *line.Builder, th *theme.Theme, width int) {
			ruler(b, th, total, width)
		}},
		{ID: ColDuration, Title: "TIME", Min: 7, Max: 8, Right: true, Drop: 1},
		{ID: ColNote, Title: "WHAT", Min: 16, Max: 38, Drop: 3},
	}
}

// View answers for the cells of a waterfall.
type View struct {
	List  []Row
	Total time.Duration // length of the trace
	Theme *theme.Theme
}

// Len is the number of rows.
func (v *View) Len() int { return len(v.List) }

// Cell is what stands in a column of a row.
func (v *View) Cell(i, id, width int) table.Cell {
	r, th := &v.List[i], v.Theme
	switch id {
	case ColName:
		return table.Cell{Draw: func(b *line.Builder) { v.name(b, r, width) }}
	case ColBar:
		return table.Cell{Draw: func(b *line.Builder) { v.bar(b, r, width) }}
	case ColDuration:
		switch {
		case r.Open:
			return table.Cell{Text: "open", Style: th.Warn}
		case r.Gap:
			return table.Cell{Text: format.Duration(r.End - r.Start), Style: th.Muted}
		}
		return table.Cell{Text: format.Duration(r.End - r.Start)}
	case ColNote:
		text, st := Note(th, r)
		return table.Cell{Text: text, Style: st}
	}
	return table.Cell{}
}

// name writes the tree, a sign for what went wrong, and the name.
func (v *View) name(b *line.Builder, r *Row, width int) {
	th := v.Theme
	end := b.Used() + width
	tree := r.Tree
	// A tree deeper than half the column is cut at its root.
	if deepest := max(width/2/2, 1); len(tree) > deepest {
		b.Sign(th.Faint, th.Glyphs.Ellipsis).Space(1)
		tree = tree[len(tree)-deepest+1:]
	}
	for _, br := range tree {
		b.Glyphs(th.Faint, br.sign(&th.Glyphs), 2)
	}
	if len(tree) > 0 {
		b.Space(1)
	}
	if r.Gap {
		b.Cell(th.Muted, "self", end-b.Used(), false)
		return
	}
	st := theme.Style{}
	switch {
	case r.Span.Fault || r.Span.Error || r.Span.Throttle:
		b.Sign(th.Bad, th.Glyphs.Fail).Space(1)
		st = th.Bad
	case r.Span.ColdInit:
		st = th.Init
	case r.OnPath:
		st = th.Strong
	}
	b.Cell(st, r.Span.Name, end-b.Used(), false)
}

// bar draws a row on the time line.
func (v *View) bar(b *line.Builder, r *Row, width int) {
	if v.Total <= 0 || width <= 0 {
		return
	}
	at := func(d time.Duration) int {
		d = max(min(d, v.Total), 0)
		return int(float64(width) * (float64(d) / float64(v.Total)))
	}
	from := min(at(r.Start), width-1)
	to := max(at(r.End), from+1)
	th := v.Theme
	sign, st := th.Glyphs.BarRun, th.Muted
	switch {
	case r.Gap:
		sign, st = th.Glyphs.BarIdle, th.Faint
	case r.Span.Fault || r.Span.Error || r.Span.Throttle:
		st = th.Bad
	case r.Span.ColdInit:
		sign, st = th.Glyphs.BarInit, th.Init
	case r.OnPath:
		st = th.Run
	}
	b.Space(from)
	if r.Open {
		b.Repeat(st, sign, to-from-1).Sign(st, th.Glyphs.More)
		return
	}
	b.Repeat(st, sign, to-from)
}

// Note is what a row has to say beside its name: what failed, what was
// called, or what kind of span it is.
func Note(th *theme.Theme, r *Row) (string, theme.Style) {
	s := r.Span
	switch {
	case r.Gap:
		return "own work", th.Muted
	case s.Exception != nil && s.Exception.Type != "":
		return s.Exception.Type, th.Bad
	case s.Throttle:
		return "throttled", th.Bad
	case s.Fault:
		return "fault", th.Bad
	case s.Error:
		return "error", th.Bad
	case s.ColdInit:
		return "cold start", th.Init
	case s.Resource != "":
		return s.Resource, th.Muted
	case s.Orphan:
		return "parent missing", th.Warn
	}
	return Kind(s), th.Muted
}

// Kind is the kind of a span as people say it.
func Kind(s *sources.Span) string {
	switch s.Kind {
	case "aws":
		return "AWS call"
	case "remote":
		return "remote call"
	}
	return s.Kind
}

// ruler writes the time line's figures.
func ruler(b *line.Builder, th *theme.Theme, total time.Duration, width int) {
	if total <= 0 || width < 8 {
		return
	}
	const room = 7
	step := niceStep(total, max(width/room, 1))
	start := b.Used()
	for t := time.Duration(0); t <= total; t += step {
		text := format.Duration(t)
		if t == 0 {
			text = "0"
		}
		if whole, ok := strings.CutSuffix(text, ".0ms"); ok {
			text = whole + "ms"
		}
		x := int(float64(width) * float64(t) / float64(total))
		if x+len(text) > width || b.Used() > start+x {
			continue
		}
		b.To(start+x).Text(th.Muted, text)
	}
}

// niceStep is a round distance that divides total into about so many parts.
func niceStep(total time.Duration, parts int) time.Duration {
	raw := total / time.Duration(parts)
	for power := int64(time.Microsecond); power < 1<<60; power *= 10 {
		for _, m := range []int64{1, 2, 5} {
			if round := time.Duration(m * power); round >= raw {
				return round
			}
		}
	}
	return max(raw, 1)
}
