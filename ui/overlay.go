package ui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
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

// helpBox lists what every key does, from the bindings themselves.
type helpBox struct{ top int }

func newHelp() *helpBox { return &helpBox{} }

func (h *helpBox) press(a *App, press tea.KeyPressMsg) bool {
	k := a.env.Keys
	switch {
	case key.Matches(press, k.Down), key.Matches(press, k.PageDown):
		h.top++
	case key.Matches(press, k.Up), key.Matches(press, k.PageUp):
		h.top = max(h.top-1, 0)
	default:
		return true
	}
	return false
}

func (h *helpBox) draw(a *App, width, height int) []string {
	k := a.env.Keys
	env := a.scene()
	moving := make(map[string]bool)
	for _, b := range k.Moving() {
		moving[b.Help().Key] = true
	}
	var here []key.Binding
	for _, b := range a.top().Keys(env) {
		if !moving[b.Help().Key] {
			here = append(here, b)
		}
	}
	groups := [][]key.Binding{here, k.Moving(), k.Global()}
	var text []string
	if width >= 72 {
		text = strings.Split(a.helpModel(width-4).FullHelpView(groups), "\n")
	} else {
		for _, g := range groups {
			text = append(text, strings.Split(a.helpModel(width-4).FullHelpView([][]key.Binding{g}), "\n")...)
			text = append(text, "")
		}
	}
	g := &a.env.Theme.Glyphs
	text = append(text, "", fmt.Sprintf("%s failed, or 1 %% errors and more   %s high   %s changed   %s not known", g.Fail, g.Rise, g.Mark, g.Unknown))
	title := "fntop " + a.opts.Version
	if room := height - 2; len(text) > room {
		room = max(room, 1)
		top := min(h.top, len(text)-room)
		text = text[top : top+room]
	}
	return box(a.env.Theme, strings.TrimSpace(title), text, width)
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
