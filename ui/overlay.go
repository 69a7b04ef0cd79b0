package ui

import (
	tea "charm.land/bubbletea/v2"

	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// overlay is drawn over the page and takes the keys while it is open.
type overlay interface {
	// press takes a key press, and tells whether the overlay closes.
	press(a *App, press tea.KeyPressMsg) bool
	// draw gives the lines of the box, at most width wide and height high.
	draw(a *App, width, height int) []string
}

// box puts a frame with a title around lines.
func box(th *theme.Theme, title string, text []string, width int) []string {
	g := &th.Glyphs
	inner := line.Width(title) + 2
	for _, l := range text {
		inner = max(inner, line.Width(line.Plain(l)))
	}
	inner = max(min(inner, width-4), 0)
	b := line.New(th)
	rule := func(left, right, title string) string {
		b.Reset(inner+4, theme.Style{}).Sign(th.Faint, left).Repeat(th.Faint, g.Rule, 1)
		if title != "" {
			b.Space(1).Text(th.Accent, title).Space(1)
		}
		return b.Repeat(th.Faint, g.Rule, b.Left()-1).Sign(th.Faint, right).String()
	}
	lines := []string{rule(g.BoxTopLeft, g.BoxTopRight, title)}
	for _, l := range text {
		b.Reset(inner+4, theme.Style{}).Sign(th.Faint, g.Pipe).Space(1)
		if w := line.Width(line.Plain(l)); w <= inner {
			b.Glyphs(theme.Style{}, l, w)
		} else {
			b.Cell(theme.Style{}, line.Plain(l), inner, false)
		}
		lines = append(lines, b.To(inner+3).Sign(th.Faint, g.Pipe).String())
	}
	return append(lines, rule(g.BoxLowLeft, g.BoxLowRight, ""))
}
