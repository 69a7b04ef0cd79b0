package ui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"fntop/ui/fuzzy"
	"fntop/ui/page"
	"fntop/ui/page/functions"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// about says what the words of the command line do.
func about() map[string]string {
	return map[string]string{
		"bill":      "what fntop itself has asked for, and what that costs",
		"cost":      "what the functions cost in the month",
		"export":    "the month's cost as a file: fntop cost -o csv",
		"faults":    "make the demo cloud fail",
		"filter":    "show only functions that pass: err>1 runtime:python",
		"functions": "the table of all functions",
		"group":     "the table by a tag, stack, account, region or runtime",
		"help":      "every key",
		"logs":      "the logs of functions, in one stream",
		"open":      "a function by its name",
		"pause":     "hold the picture, or let it go on",
		"quit":      "end fntop",
		"range":     "the time range of the figures, and of a function's charts: 15m 3h 1d",
		"refresh":   "ask for fresh data now",
		"sort":      "the table by a column",
		"tail":      "the logs of functions, in one stream: those marked, or by name",
		"theme":     "other looks",
	}
}

// offer is a line of the palette: something that enter does.
type offer struct {
	name, detail string
	score        int
	run          func(*App) tea.Cmd
}

// palette is what the command line offers for what has been typed.
type palette struct {
	offers []offer
	cursor int
	moved  bool // the user has chosen, which weighs more than what was typed
}

const (
	mostOffers = 200 // that are kept
	mostShown  = 8   // that are on the screen at a time
)

// look finds what to offer for the text of the command line.
func (a *App) look() {
	a.palette = palette{}
	p := &a.palette
	word, arg, hasArg := strings.Cut(strings.TrimLeft(a.command.Value(), " "), " ")
	if hasArg {
		p.offers = a.arguments(word, strings.TrimSpace(arg))
	} else {
		p.offers = append(a.words(word), a.named(word)...)
	}
	p.offers = p.offers[:min(len(p.offers), mostOffers)]
}

// words are the commands that match, those that begin so first.
func (a *App) words(word string) []offer {
	var list []offer
	for _, c := range a.commands() {
		text := about()[c.name]
		score, ok := fuzzy.Match(word, c.name)
		switch {
		case strings.HasPrefix(c.name, word):
			score += 1 << 20
		case !ok && (len(word) < 3 || !strings.Contains(text, strings.ToLower(word))):
			continue
		}
		o := offer{name: c.name, detail: text, score: score, run: func(a *App) tea.Cmd { return a.runCommand(c.name) }}
		if c.arg != "" {
			o.name += " " + c.arg
		}
		if c.needsArg() {
			o.run = func(a *App) tea.Cmd { a.ask(c.name); return nil }
		}
		list = append(list, o)
	}
	slices.SortStableFunc(list, better)
	return list
}

// ask opens the command line for a command that needs an argument.
func (a *App) ask(name string) {
	a.command.Set(name + " ")
	a.command.Focus()
	a.look()
}

// arguments are what may follow a command.
func (a *App) arguments(word, arg string) []offer {
	found := a.candidates(word)
	if i := slices.IndexFunc(found, func(c command) bool { return c.name == word }); i >= 0 {
		found = found[i : i+1]
	}
	if len(found) != 1 {
		return nil
	}
	var all []string
	switch name := found[0].name; name {
	case "sort":
		all = functions.SortColumns()
	case "group":
		all = functions.Groupings(a.newest)
	case "range":
		all = a.ranges()
	case "theme":
		all = theme.Choices()
	case "open":
		if arg == "" {
			return a.everything()
		}
		return a.named(arg)
	case "tail", "logs":
		return a.tailed(name, arg)
	default:
		return nil
	}
	var list []offer
	for _, text := range all {
		if score, ok := fuzzy.Match(arg, text); ok {
			list = append(list, offer{name: text, score: score, run: func(a *App) tea.Cmd {
				return a.runCommand(found[0].name + " " + text)
			}})
		}
	}
	slices.SortStableFunc(list, better)
	return list
}

// named are the functions that match.
func (a *App) named(word string) []offer {
	if word == "" || a.newest == nil {
		return nil
	}
	var list []offer
	for i := range a.newest.Len() {
		if score, ok := fuzzy.Match(word, a.newest.Function(i).ID.Name); ok {
			list = append(list, a.function(i, score))
		}
	}
	slices.SortStableFunc(list, better)
	return list
}

// tailed completes the last of the names behind a command.
func (a *App) tailed(command, arg string) []offer {
	before, last := "", arg
	if i := strings.LastIndexByte(arg, ' '); i >= 0 {
		before, last = arg[:i+1], arg[i+1:]
	}
	list := a.named(last)
	if last == "" {
		list = a.everything()
	}
	for i := range list {
		o := &list[i]
		o.name = before + o.name
		o.run = func(a *App) tea.Cmd { return a.runCommand(command + " " + o.name) }
	}
	return list
}

// everything is the first functions there are.
func (a *App) everything() []offer {
	if a.newest == nil {
		return nil
	}
	var list []offer
	for i := range min(a.newest.Len(), mostOffers) {
		list = append(list, a.function(i, 0))
	}
	return list
}

func (a *App) function(i, score int) offer {
	id := a.newest.Function(i).ID
	return offer{name: id.Name, detail: id.Region, score: score, run: func(a *App) tea.Cmd {
		return a.take(page.OpenFunction{Function: id})
	}}
}

func better(a, b offer) int { return cmp.Compare(b.score, a.score) }

// choose moves through what is offered.
func (p *palette) choose(by int) {
	p.cursor = max(min(p.cursor+by, len(p.offers)-1), 0)
	p.moved = len(p.offers) > 0
}

// enter does what was typed when that is clear, and else what is offered.
func (a *App) enter() tea.Cmd {
	a.command.Blur()
	text, p := a.command.Value(), &a.palette
	if len(p.offers) == 0 || !p.moved && a.clear(text) {
		return a.runCommand(text)
	}
	cmd := p.offers[p.cursor].run(a)
	a.show()
	return cmd
}

// clear tells that a text is a command by itself: one word that is the
// beginning of one command which needs no more, or one with all of its
// argument.
func (a *App) clear(text string) bool {
	word, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	if arg != "" {
		return slices.ContainsFunc(a.palette.offers, func(o offer) bool { return o.name == strings.TrimSpace(arg) })
	}
	found := a.candidates(word)
	if i := slices.IndexFunc(found, func(c command) bool { return c.name == word }); i >= 0 {
		found = found[i : i+1]
	}
	return word == "" || len(found) == 1 && !found[0].needsArg()
}

// drawPalette gives the lines of what is offered, the last one just above the
// foot, and at most height of them.
func (a *App) drawPalette(height int) []string {
	p, th := &a.palette, a.env.Theme
	n := min(len(p.offers), mostShown, height-1)
	if n <= 0 {
		return nil
	}
	top := max(min(p.cursor-n/2, len(p.offers)-n), 0)
	names := 0
	for _, o := range p.offers[top : top+n] {
		names = max(names, line.Width(line.Plain(o.name)))
	}
	names = min(max(names, 16), max(a.width-24, 16), 64)
	b := line.New(th)
	lines := []string{b.Reset(a.width, theme.Style{}).Repeat(th.Faint, th.Glyphs.Rule, a.width).String()}
	for i := top; i < top+n; i++ {
		o := &p.offers[i]
		if i == p.cursor && (p.moved || a.command.Value() != "") {
			b.Reset(a.width, th.Selected).Sign(th.Accent, th.Glyphs.Cursor)
		} else {
			b.Reset(a.width, th.Bar).Space(1)
		}
		lines = append(lines, b.Space(1).Cell(theme.Style{}, o.name, names, false).Space(2).Text(th.Muted, o.detail).String())
	}
	return lines
}
