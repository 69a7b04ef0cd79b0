package function

import (
	"strings"
	"time"

	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// coldRows draws the cold starts.
type coldRows struct {
	c   *coldStarts
	env *page.Env
}

// Len is the number of cold starts.
func (r coldRows) Len() int { return len(r.c.list) }

// Cell is what stands in a column of a cold start's row.
func (r coldRows) Cell(i, id, width int) table.Cell {
	s, th := r.c.list[i], r.env.Theme
	switch id {
	case coldTime:
		return table.Cell{Text: moment(r.env, s.At, r.c.p.window)}
	case coldInit:
		if s.Init <= 0 { // the report did not say
			return unknownCell(th)
		}
		return table.Cell{Text: format.Duration(s.Init), Style: th.Init}
	case coldBar:
		return table.Cell{Draw: func(b *line.Builder) { lengthBar(b, th.Init, th.Glyphs.BarInit, &th.Glyphs, s.Init, r.c.full, width) }}
	}
	inv := r.c.invocation(i)
	if inv == nil {
		return unknownCell(th)
	}
	switch id {
	case coldDuration:
		return duration(th, inv.Duration, theme.Style{})
	case coldVersion:
		return table.Cell{Text: inv.Version, Style: th.Muted}
	case coldOutcome:
		text, st := Outcome(th, inv)
		return table.Cell{Text: text, Style: st}
	case coldEnvironment:
		return table.Cell{Text: environment(inv.Environment), Style: th.Muted}
	}
	return table.Cell{}
}

// environment is the part of a log stream's name that is of one environment
// alone: what follows the day and the version.
func environment(stream string) string {
	if _, own, ok := strings.Cut(stream, "]"); ok && own != "" {
		return own
	}
	return stream
}

// lengthBar draws how long something took beside the others, of which full is
// drawn over all of the width.
func lengthBar(b *line.Builder, st theme.Style, sign string, g *theme.Glyphs, d, full time.Duration, width int) {
	if full <= 0 || d <= 0 || width < 1 {
		return
	}
	if d > full {
		b.Repeat(st, sign, width-1).Sign(st, g.More)
		return
	}
	b.Repeat(st, sign, max(int(float64(width)*float64(d)/float64(full)), 1))
}
