package ui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// leastWidth and leastHeight are the smallest screen there is a picture for.
const (
	leastWidth  = 20
	leastHeight = 5
)

// View draws the frame.
func (a *App) View() tea.View {
	v := tea.NewView("")
	v.AltScreen, v.ReportFocus, v.WindowTitle = true, true, "fntop"
	if !a.opts.NoMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	switch {
	case a.width <= 0 || a.height <= 0:
		return v
	case a.width < leastWidth || a.height < leastHeight:
		v.SetContent(strings.Join(a.tooSmall(), "\n"))
		return v
	}
	env := a.scene()
	lines := make([]string, 0, a.height)
	lines = append(lines, a.header()...)
	lines = append(lines, line.Clip(a.top().Draw(env), a.bodyHeight())...)
	foot, cursor := a.foot()
	lines = append(lines, foot)
	if told := a.drawToast(); len(told) > 1 && !a.command.Focused() {
		lines[len(lines)-2] = told[0]
	}
	if a.command.Focused() {
		offers := a.drawPalette(a.bodyHeight() / 2)
		copy(lines[len(lines)-1-len(offers):], offers)
	}
	if a.overlay != nil {
		w, h := a.overlayArea()
		lines = over(lines, a.overlay.draw(a, w, h), a.width, a.height)
	}
	v.SetContent(strings.Join(lines, "\n"))
	switch t, ok := a.top().(typist); {
	case a.overlay != nil:
	case a.command.Focused() && cursor >= 0:
		v.Cursor = tea.NewCursor(cursor, a.height-1)
	case ok:
		if x, y, shown := t.Cursor(env); shown {
			v.Cursor = tea.NewCursor(x, y+a.headerHeight())
		}
	}
	return v
}

// overlayArea is the room of what is drawn over the page, which stays in sight
// around it where there is room.
func (a *App) overlayArea() (width, height int) {
	const narrow = 30
	if a.width < narrow {
		return a.width, a.height - 2
	}
	return a.width - 4, a.height - 2
}

// tooSmall is the picture below the least size.
func (a *App) tooSmall() []string {
	b := line.New(a.env.Theme)
	texts := []string{"too small", fmt.Sprintf("%dx%d of %dx%d", a.width, a.height, leastWidth, leastHeight)}
	lines := make([]string, 0, a.height)
	for i := 0; i < len(texts) && i < a.height; i++ {
		lines = append(lines, b.Reset(a.width, theme.Style{}).Text(a.env.Theme.Text, texts[i]).String())
	}
	return lines
}

// bodyHeight is what the header and the foot leave to the page.
func (a *App) bodyHeight() int { return max(a.height-a.headerHeight()-1, 0) }

// foot is the last line: what is being typed, a toast, or what the keys do.
func (a *App) foot() (string, int) {
	th := a.env.Theme
	if a.command.Focused() {
		return a.command.Draw(th, a.width, a.commandHint(), th.Muted)
	}
	if told := a.drawToast(); told != nil {
		return told[len(told)-1], -1
	}
	return a.hints(), -1
}

// hints are the keys that do something now. They come from the bindings that
// dispatch uses. The ways to help and out of the page come first where they
// would have no room behind the others.
func (a *App) hints() string {
	env, k := a.scene(), a.env.Keys
	const first = 5 // of the page's own before the way to help
	own := k.Short(a.top().Keys(env))
	at := min(first, len(own))
	bindings := slices.Concat(own[:at], []key.Binding{k.Help, k.Quit}, own[at:], []key.Binding{k.Pause, k.Refresh, k.Cost, k.Bill, k.Command})
	h := a.helpModel(a.width - 1)
	fit := fitting(h, bindings, a.width-1)
	out := k.Quit
	if i := indexOf(own, k.Back); i >= 0 && len(a.stack) > 1 {
		out = own[i]
	}
	if indexOf(fit, k.Help) < 0 || indexOf(fit, out) < 0 {
		rest := slices.DeleteFunc(bindings, func(b key.Binding) bool { return sameKey(b, k.Help) || sameKey(b, out) })
		fit = fitting(h, append([]key.Binding{k.Help, out}, rest...), a.width-1)
	}
	return " " + h.ShortHelpView(fit)
}

// sameKey tells that two bindings are of one key.
func sameKey(a, b key.Binding) bool { return a.Help().Key == b.Help().Key }

// indexOf is where a binding is among others, whatever it does there; -1 when
// it is not.
func indexOf(all []key.Binding, b key.Binding) int {
	return slices.IndexFunc(all, func(one key.Binding) bool { return sameKey(one, b) })
}

// fitting are the bindings there is room for. Bubbles' help cuts by itself,
// but not when there is no room left for its ellipsis.
func fitting(h *help.Model, bindings []key.Binding, width int) []key.Binding {
	used := 0
	for i, b := range bindings {
		used += line.Width(b.Help().Key) + 1 + line.Width(b.Help().Desc)
		if i > 0 {
			used += line.Width(h.ShortSeparator)
		}
		if used > width {
			return bindings[:i]
		}
	}
	return bindings
}

// helpModel is Bubbles' help in the looks of the theme.
func (a *App) helpModel(width int) *help.Model {
	h := help.New()
	th := a.env.Theme
	h.ShortSeparator, h.Ellipsis = "  ", th.Glyphs.Ellipsis
	h.FullSeparator = "    "
	keyStyle, text := lipgloss.NewStyle(), lipgloss.NewStyle()
	if th.KeyColor != nil {
		keyStyle = keyStyle.Foreground(th.KeyColor)
	} else {
		keyStyle = keyStyle.Bold(true)
	}
	if th.MutedColor != nil {
		text = text.Foreground(th.MutedColor)
	}
	h.Styles = help.Styles{
		Ellipsis: text, ShortKey: keyStyle, ShortDesc: text, ShortSeparator: text,
		FullKey: keyStyle, FullDesc: text, FullSeparator: text,
	}
	h.SetWidth(width)
	return &h
}

// over lays a box over the middle of the lines.
func over(lines, box []string, width, height int) []string {
	boxWidth := 0
	for _, l := range box {
		boxWidth = max(boxWidth, lipgloss.Width(l))
	}
	base := lipgloss.NewLayer(strings.Join(lines, "\n"))
	top := lipgloss.NewLayer(strings.Join(box, "\n")).
		X(max((width-boxWidth)/2, 0)).Y(max((height-len(box))/2, 0)).Z(1)
	return strings.Split(lipgloss.NewCompositor(base, top).Render(), "\n")
}
