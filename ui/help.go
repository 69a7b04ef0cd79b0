package ui

import (
	"fmt"
	"strings"
	"unicode"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/ui/filter"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// helpBox lists what every key does, from the bindings themselves. What is
// typed searches it, and the commands.
type helpBox struct {
	top   int
	query string
}

func newHelp() *helpBox { return &helpBox{} }

// mostQuery is how long a search may be.
const mostQuery = 40

func (h *helpBox) press(_ *App, press tea.KeyPressMsg) bool {
	switch press.String() {
	case "down", "pgdown":
		h.top++
	case "up", "pgup":
		h.top = max(h.top-1, 0)
	case "esc":
		if h.query == "" {
			return true
		}
		h.query, h.top = "", 0
	case "backspace":
		if h.query == "" {
			return true
		}
		runes := []rune(h.query)
		h.query, h.top = string(runes[:len(runes)-1]), 0
	case "?":
		return true
	default:
		if press.Text == "" || strings.ContainsFunc(press.Text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return true
		}
		if len(h.query) < mostQuery {
			h.query, h.top = h.query+press.Text, 0
		}
	}
	return false
}

// groups are the bindings of the page, those that move, and those of every
// page.
func (a *App) groups() [][]key.Binding {
	k := a.env.Keys
	moving := make(map[string]bool)
	for _, b := range k.Moving() {
		moving[b.Help().Key] = true
	}
	var here []key.Binding
	for _, b := range a.top().Keys(a.scene()) {
		if !moving[b.Help().Key] {
			here = append(here, b)
		}
	}
	return [][]key.Binding{here, k.Moving(), k.Global()}
}

func (h *helpBox) draw(a *App, width, height int) []string {
	var text []string
	switch {
	case h.query != "":
		text = h.found(a, width-4)
	case width >= 72:
		text = strings.Split(a.helpModel(width-4).FullHelpView(a.groups()), "\n")
	default:
		for _, g := range a.groups() {
			text = append(text, strings.Split(a.helpModel(width-4).FullHelpView([][]key.Binding{g}), "\n")...)
			text = append(text, "")
		}
	}
	g := &a.env.Theme.Glyphs
	foot := []string{"", "type to search   esc closes"}
	if h.query == "" {
		foot = append([]string{"", fmt.Sprintf("%s failed, or 1 %% errors and more   %s high   %s changed   %s not known", g.Fail, g.Rise, g.Mark, g.Unknown)}, foot[1:]...)
	} else {
		foot[1] = "backspace, esc clears"
	}
	room := max(height-2-len(foot), 1)
	if len(text) > room {
		top := min(h.top, len(text)-room)
		text = text[top : top+room]
	}
	text = append(text, foot...)
	text = text[:min(len(text), max(height-2, 1))]
	title := strings.TrimSpace("fntop " + a.opts.Version)
	if h.query != "" {
		title = "help: " + h.query
	}
	return box(a.env.Theme, title, text, width)
}

// found are the keys and commands that have the query in their name or in
// what they do.
func (h *helpBox) found(a *App, width int) []string {
	type entry struct{ name, text string }
	var list []entry
	seen := make(map[entry]bool)
	add := func(e entry) {
		if !seen[e] && (filter.Contains(e.name, h.query) || filter.Contains(e.text, h.query)) {
			seen[e] = true
			list = append(list, e)
		}
	}
	for _, g := range a.groups() {
		for _, b := range g {
			if b.Enabled() {
				add(entry{b.Help().Key, b.Help().Desc})
			}
		}
	}
	for _, c := range a.commands() {
		add(entry{strings.TrimSpace(":" + c.name + " " + c.arg), about()[c.name]})
	}
	th := a.env.Theme
	b := line.New(th)
	if len(list) == 0 {
		return []string{b.Reset(width, theme.Style{}).Text(th.Muted, "No key and no command is about that.").String()}
	}
	names := 0
	for _, e := range list {
		names = max(names, line.Width(e.name))
	}
	var lines []string
	for _, e := range list {
		lines = append(lines, b.Reset(width, theme.Style{}).Cell(th.Key, e.name, names, false).Space(2).Text(theme.Style{}, e.text).String())
	}
	return lines
}
