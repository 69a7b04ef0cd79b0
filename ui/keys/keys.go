// Package keys is the one table of key bindings. Dispatch, the hints at the
// foot of the screen and the help overlay are all made from it, so that the
// same key means the same thing everywhere.
package keys

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/ui/theme"
)

// Map is every binding there is. Pages choose from it.
type Map struct {
	Up, Down, PageUp, PageDown, HalfUp, HalfDown, Home, End key.Binding
	Left, Right, NextTab                                    key.Binding
	Shorter, Longer                                         key.Binding

	// The tabs of a page: the one before, and each by its number.
	PreviousTab, Tabs key.Binding
	// ZoomIn and ZoomOut change the range around the charts' cursor; Compare
	// draws an earlier one beneath.
	ZoomIn, ZoomOut, Compare key.Binding
	// ColdStarts opens the cold starts of a function.
	ColdStarts key.Binding

	Open, Back, Filter, Sort, Reverse, Copy key.Binding
	Trace, Wrap, Fold, FoldAll              key.Binding
	// Logs tails the logs of functions; Mark chooses several of them. Unfold is
	// Fold where enter opens something else.
	Logs, Mark, Level, Unfold key.Binding
	// Next and Previous go to where the text is that was typed.
	Next, Previous key.Binding
	// Older and Newer go through a list from one detail to the next, Before and
	// After through what one execution environment ran.
	Older, Newer, Before, After key.Binding
	// CopyID copies the ID of what a page is about, where Copy copies what is
	// selected on it.
	CopyID key.Binding
	// Console gives a link to what is selected in the cloud's web console.
	Console key.Binding
	// Group goes on to the next grouping of rows, and Events opens the list of
	// what has happened.
	Group, Events key.Binding
	// Live turns a live tail on and off.
	Live key.Binding

	// Cost opens what the functions cost in the month.
	Cost key.Binding

	Pause, Refresh, Bill, Command, Help, Quit, Suspend key.Binding
	// Faults is for the demo cloud alone and disabled elsewhere.
	Faults key.Binding
}

// New makes the bindings; the glyphs say how keys with a sign are written.
func New(g *theme.Glyphs) *Map {
	bind := func(help, text string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, text))
	}
	return &Map{
		Up:       bind(g.KeyUp+" k", "up", "up", "k"),
		Down:     bind(g.KeyDown+" j", "down", "down", "j"),
		PageUp:   bind("PgUp", "page up", "pgup", "ctrl+b"),
		PageDown: bind("PgDn", "page down", "pgdown", "ctrl+f"),
		HalfUp:   bind("^u", "half a page up", "ctrl+u"),
		HalfDown: bind("^d", "half a page down", "ctrl+d"),
		Home:     bind("g", "first", "g", "home"),
		End:      bind("G", "last", "G", "end"),

		Left:    bind(g.KeyLeft, "earlier", "left"),
		Right:   bind(g.KeyRight, "later", "right"),
		NextTab: bind("tab", "next tab", "tab"),
		Shorter: bind("[", "shorter range", "["),
		Longer:  bind("]", "longer range", "]"),

		PreviousTab: bind("shift+tab", "previous tab", "shift+tab"),
		Tabs:        bind("1", "a tab by its number", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
		ZoomIn:      bind("+", "zoom in", "+"),
		ZoomOut:     bind("-", "zoom out", "-"),
		Compare:     bind("=", "compare", "="),
		ColdStarts:  bind("c", "cold starts", "c"),

		Open:     bind(g.Enter, "open", "enter"),
		Back:     bind("esc", "back", "esc"),
		Filter:   bind("/", "filter", "/"),
		Sort:     bind("s", "sort", "s"),
		Reverse:  bind("S", "reverse", "S"),
		Copy:     bind("y", "copy", "y"),
		Console:  bind("o", "console link", "o"),
		Group:    bind("B", "group by", "B"),
		Events:   bind("e", "events", "e"),
		Trace:    bind("t", "trace", "t"),
		Live:     bind("L", "live tail", "L"),
		Wrap:     bind("w", "wrap lines", "w"),
		Fold:     bind(g.Enter, "unfold", "enter"),
		FoldAll:  bind("Z", "unfold all", "Z"),
		Logs:     bind("l", "logs", "l"),
		Mark:     bind("space", "mark", "space"),
		Unfold:   bind("z", "unfold line", "z"),
		Level:    bind("v", "level", "v"),
		Next:     bind("n", "next match", "n"),
		Previous: bind("N", "match before", "N"),
		Older:    bind("<", "older", "<"),
		Newer:    bind(">", "newer", ">"),
		Before:   bind("{", "before in its environment", "{"),
		After:    bind("}", "after in its environment", "}"),
		CopyID:   bind("Y", "copy ID", "Y"),

		Cost:    bind("$", "cost", "$"),
		Pause:   bind("p", "pause", "p"),
		Refresh: bind("r", "refresh", "r"),
		Bill:    bind("b", "bill", "b"),
		Command: bind(":", "command", ":"),
		Help:    bind("?", "help", "?"),
		Quit:    bind("q", "quit", "q", "ctrl+c"),
		Suspend: bind("^z", "suspend", "ctrl+z"),
		Faults:  bind("F", "make the demo fail", "F"),
	}
}

// Moving are the bindings that move a cursor through rows.
func (m *Map) Moving() []key.Binding {
	return []key.Binding{m.Up, m.Down, m.PageUp, m.PageDown, m.HalfUp, m.HalfDown, m.Home, m.End}
}

// Global are the bindings that work on every page.
func (m *Map) Global() []key.Binding {
	return []key.Binding{m.Pause, m.Refresh, m.Copy, m.Console, m.Cost, m.Bill, m.Command, m.Help, m.Faults, m.Suspend, m.Quit}
}

// Short is what the foot of the screen says of bindings: without those that
// move, which everybody knows, and with pairs in one.
func (m *Map) Short(bindings []key.Binding) []key.Binding {
	pairs := []struct {
		one, other key.Binding
		text       string
	}{
		{m.Shorter, m.Longer, "range"},
		{m.Left, m.Right, "read charts"},
		{m.ZoomIn, m.ZoomOut, "zoom"},
		{m.Sort, m.Reverse, "sort"},
		{m.Next, m.Previous, "next match"},
		{m.Older, m.Newer, "older, newer"},
		{m.Before, m.After, "same environment"},
	}
	hidden := make(map[string]bool)
	for _, b := range m.Moving() {
		hidden[b.Help().Key] = true
	}
	var short []key.Binding
	for _, b := range bindings {
		at := b.Help().Key
		if hidden[at] || !b.Enabled() {
			continue
		}
		hidden[at] = true
		for _, p := range pairs {
			if at == p.one.Help().Key {
				text := p.text
				if desc := b.Help().Desc; desc != p.one.Help().Desc { // the page has a word of its own for both
					text = desc
				}
				b.SetHelp(at+" "+p.other.Help().Key, text)
				hidden[p.other.Help().Key] = true
			}
		}
		short = append(short, b)
	}
	return short
}

// Named gives a binding another text for help, such as "open" as "read".
func Named(b key.Binding, text string) key.Binding {
	b.SetHelp(b.Help().Key, text)
	return b
}

// Mover is what moves through rows, such as a table.
type Mover interface {
	Move(by int)
	Page(by int)
	HalfPage(by int)
	Home()
	End()
}

// Move moves by a key press, and tells whether it was one that moves.
func (m *Map) Move(press tea.KeyPressMsg, to Mover) bool {
	switch {
	case key.Matches(press, m.Up):
		to.Move(-1)
	case key.Matches(press, m.Down):
		to.Move(1)
	case key.Matches(press, m.PageUp):
		to.Page(-1)
	case key.Matches(press, m.PageDown):
		to.Page(1)
	case key.Matches(press, m.HalfUp):
		to.HalfPage(-1)
	case key.Matches(press, m.HalfDown):
		to.HalfPage(1)
	case key.Matches(press, m.Home):
		to.Home()
	case key.Matches(press, m.End):
		to.End()
	default:
		return false
	}
	return true
}
