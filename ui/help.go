package ui

import (
	"fmt"
	"slices"
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

func (h *helpBox) press(a *App, press tea.KeyPressMsg) bool {
	switch press.String() {
	case "down":
		h.scroll(a, 1)
	case "up":
		h.scroll(a, -1)
	case "pgdown":
		h.scroll(a, max(a.helpRoom(), 1))
	case "pgup":
		h.scroll(a, -max(a.helpRoom(), 1))
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

// scroll moves through the lines as far as there are any.
func (h *helpBox) scroll(a *App, by int) {
	h.top = max(min(h.top+by, len(h.lines(a, a.helpWidth()))-a.helpRoom()), 0)
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

// lines are all that the help has to say, in so many columns.
func (h *helpBox) lines(a *App, width int) []string {
	switch {
	case h.query != "":
		return h.found(a, width)
	case width >= 68:
		return strings.Split(a.helpModel(width).FullHelpView(a.groups()), "\n")
	}
	var list []entry
	for _, g := range a.groups() {
		for _, b := range g {
			if e := (entry{b.Help().Key, b.Help().Desc}); b.Enabled() && !slices.Contains(list, e) {
				list = append(list, e)
			}
		}
	}
	return a.entries(list, width)
}

// helpFoot is the height from which there are lines below the keys, and
// helpFrame that from which there is a frame around them.
const (
	helpFoot  = 14
	helpFrame = 8
)

// helpWidth is the columns of the lines.
func (a *App) helpWidth() int {
	width, height := a.overlayArea()
	if height < helpFrame {
		return width
	}
	return width - 4
}

// helpRoom is how many lines of keys are seen at a time, the one that says
// that there are more included.
func (a *App) helpRoom() int {
	_, height := a.overlayArea()
	switch {
	case height < helpFrame:
		return max(height-1, 1)
	case height < helpFoot:
		return height - 3
	default:
		return height - 6
	}
}

func (h *helpBox) draw(a *App, width, height int) []string {
	g, th := &a.env.Theme.Glyphs, a.env.Theme
	text, room := h.lines(a, a.helpWidth()), a.helpRoom()
	below := max(len(text)-h.top-room, 0)
	text = text[min(h.top, len(text)):]
	text = text[:min(room, len(text))]
	if below > 0 || h.top > 0 {
		more := fmt.Sprintf("%d more below", below)
		if below == 0 {
			more = "the end"
		}
		text = append(text, line.New(th).Reset(a.helpWidth(), theme.Style{}).Text(th.Muted, g.KeyUp+" "+g.KeyDown+"  "+more).String())
	}
	if height < helpFrame { // all of the width, so that nothing shines through
		b := line.New(th)
		for i, l := range text {
			text[i] = b.Reset(width, theme.Style{}).Glyphs(theme.Style{}, l, line.Width(line.Plain(l))).To(width).String()
		}
		return text
	}
	if height >= helpFoot {
		foot := []string{"", fmt.Sprintf("%s failed, or 1 %% errors and more   %s high   %s changed   %s not known", g.Fail, g.Rise, g.Mark, g.Unknown), "type to search   esc closes"}
		if h.query != "" {
			foot = []string{"", "backspace, esc clears"}
		}
		text = append(text, foot...)
	}
	title := strings.TrimSpace("fntop " + a.opts.Version)
	if h.query != "" {
		title = "help: " + h.query
	}
	return box(th, title, text[:min(len(text), height-2)], width)
}

// entry is a key or a command, and what it does.
type entry struct{ name, text string }

// entries are lines of keys or commands, in two columns.
func (a *App) entries(list []entry, width int) []string {
	th := a.env.Theme
	b := line.New(th)
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

// found are the keys and commands that have the query in their name or in
// what they do.
func (h *helpBox) found(a *App, width int) []string {
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
	if len(list) == 0 {
		return []string{line.New(th).Reset(width, theme.Style{}).Text(th.Muted, "No key and no command is about that.").String()}
	}
	return a.entries(list, width)
}
