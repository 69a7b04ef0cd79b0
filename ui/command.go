package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/ui/page"
	"fntop/ui/page/function"
	"fntop/ui/page/functions"
	"fntop/ui/theme"
)

// command is one word of the command line.
type command struct {
	// arg names its argument: empty when it takes none, in brackets when it
	// may be left out.
	name, arg string
	run       func(a *App, arg string) (tea.Cmd, error)
}

// commands are the words of the command line, by name.
func (a *App) commands() []command {
	do := func(f func(*App)) func(*App, string) (tea.Cmd, error) {
		return func(a *App, _ string) (tea.Cmd, error) { f(a); return nil, nil }
	}
	all := []command{
		{"bill", "", do((*App).openBill)},
		{"cost", "", do((*App).openCost)},
		{"export", "", do((*App).sayExport)},
		{"faults", "", do((*App).openFaults)},
		{"filter", "WORDS", func(a *App, arg string) (tea.Cmd, error) {
			a.home()
			return nil, a.functions.SetFilter(a.scene(), arg)
		}},
		{"functions", "", do((*App).home)},
		{"group", "BY", func(a *App, arg string) (tea.Cmd, error) {
			g, err := functions.ParseGrouping(arg)
			if err != nil {
				return nil, err
			}
			a.home()
			a.functions.GroupBy(a.scene(), g)
			return nil, nil
		}},
		{"help", "", do(func(a *App) { a.overlay = newHelp() })},
		{"logs", "[FUNCTION...]", (*App).tailNamed},
		{"open", "FUNCTION", (*App).openNamed},
		{"pause", "", do((*App).pause)},
		{"quit", "", func(*App, string) (tea.Cmd, error) { return tea.Quit, nil }},
		{"range", "SPAN", (*App).setRange},
		{"refresh", "", do((*App).again)},
		{"sort", "COLUMN", func(a *App, arg string) (tea.Cmd, error) {
			a.home()
			if arg == "" || !a.functions.SortBy(a.scene(), arg) {
				return nil, fmt.Errorf("no column %q", sources.Clean(arg))
			}
			return nil, nil
		}},
		{"tail", "[FUNCTION...]", (*App).tailNamed},
		{"theme", "NAME", func(a *App, arg string) (tea.Cmd, error) {
			choice, err := theme.ParseChoice(arg)
			if err != nil {
				return nil, fmt.Errorf("no theme %q: %w", sources.Clean(arg), err)
			}
			a.spec.Choice = choice
			a.dress()
			return nil, nil
		}},
	}
	return slices.DeleteFunc(all, func(c command) bool { return c.name == "faults" && len(a.opts.Faults) == 0 })
}

// openNamed opens the function of that name, or the only one whose name
// begins so.
func (a *App) openNamed(name string) (tea.Cmd, error) {
	if name == "" || a.newest == nil {
		return nil, fmt.Errorf("open needs the name of a function")
	}
	var found []sources.FunctionID
	for i := range a.newest.Len() {
		id := a.newest.Function(i).ID
		if id.Name == name {
			found = []sources.FunctionID{id}
			break
		}
		if strings.HasPrefix(id.Name, name) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("no function %q", sources.Clean(name))
	case 1:
		return a.take(page.OpenFunction{Function: found[0]}), nil
	default:
		return nil, fmt.Errorf("%d functions begin with %q", len(found), sources.Clean(name))
	}
}

// ranged is a page with a time range of its own.
type ranged interface {
	// Offered are the names of the ranges there are.
	Offered() []string
	// SetRange takes one of them; false when it is none.
	SetRange(env *page.Env, name string) bool
}

// ranges are the time ranges that can be chosen on the page that is seen.
func (a *App) ranges() []string {
	switch p := a.top().(type) {
	case ranged:
		return p.Offered()
	case *functions.Page:
		return function.RangeNames(function.Ranges())
	}
	return nil
}

// setRange takes a time range for the page that is seen.
func (a *App) setRange(name string) (tea.Cmd, error) {
	offered := a.ranges()
	at := slices.Index(offered, strings.ToLower(name))
	switch p, ok := a.top().(ranged); {
	case len(offered) == 0:
		return nil, fmt.Errorf("this page has no time range")
	case at < 0:
		return nil, fmt.Errorf("no range %q: there are %s", sources.Clean(name), strings.Join(offered, " "))
	case ok:
		p.SetRange(a.scene(), offered[at])
	default:
		a.setWindow(function.Ranges()[at])
	}
	return nil, nil
}

// needsArg tells that the command does nothing without an argument.
func (c command) needsArg() bool { return c.arg != "" && !strings.HasPrefix(c.arg, "[") }

// chooser is a page on which functions can be chosen.
type chooser interface{ Chosen() []sources.FunctionID }

// tailNamed follows the logs of the functions of these names, or without any
// those that are chosen on the page.
func (a *App) tailNamed(arg string) (tea.Cmd, error) {
	var ids []sources.FunctionID
	if c, ok := a.top().(chooser); ok && arg == "" {
		ids = c.Chosen()
	}
	for name := range strings.FieldsSeq(arg) {
		id, err := sources.Find(name, a.functionIDs())
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	switch {
	case len(ids) == 0:
		return nil, fmt.Errorf("no function is chosen here: tail needs names")
	case len(ids) > page.MostTailed:
		return nil, fmt.Errorf("%d functions: no more than %d can be tailed at once", len(ids), page.MostTailed)
	}
	return a.take(page.OpenTail{Functions: ids}), nil
}

// functionIDs are the functions that are known.
func (a *App) functionIDs() []sources.FunctionID {
	if a.newest == nil {
		return nil
	}
	ids := make([]sources.FunctionID, a.newest.Len())
	for i := range ids {
		ids[i] = a.newest.Function(i).ID
	}
	return ids
}

// typeCommand takes a key press while the command line is open.
func (a *App) typeCommand(press tea.KeyPressMsg) tea.Cmd {
	switch press.String() {
	case "esc":
		a.command.Blur()
	case "enter":
		return a.enter()
	case "up":
		a.palette.choose(-1)
	case "down":
		a.palette.choose(1)
	case "tab":
		a.complete()
	case "backspace":
		if a.command.Value() == "" {
			a.command.Blur()
			return nil
		}
		a.command.Update(press)
		a.look()
	default:
		a.command.Update(press)
		a.look()
	}
	return nil
}

// complete takes the name of what is offered over into the text.
func (a *App) complete() {
	p := &a.palette
	if len(p.offers) == 0 {
		return
	}
	text, _, asks := strings.Cut(p.offers[p.cursor].name, " ")
	word, _, hasArg := strings.Cut(strings.TrimLeft(a.command.Value(), " "), " ")
	switch {
	case hasArg:
		text = word + " " + p.offers[p.cursor].name
	case !slices.ContainsFunc(a.commands(), func(c command) bool { return c.name == text }):
		text = "open " + p.offers[p.cursor].name
	case asks:
		text += " "
	}
	a.command.Set(text)
	a.look()
}

// runCommand does what was typed. A word may be cut short as long as it is
// the beginning of one command only.
func (a *App) runCommand(text string) tea.Cmd {
	word, arg, _ := strings.Cut(strings.TrimSpace(text), " ")
	if word == "" {
		return nil
	}
	found := a.candidates(word)
	if i := slices.IndexFunc(found, func(c command) bool { return c.name == word }); i >= 0 {
		found = found[i : i+1]
	}
	if len(found) != 1 {
		a.say(page.Say{Text: fmt.Sprintf("No command %q: there are %s.", sources.Clean(word), names(a.commands())), Bad: true})
		return nil
	}
	cmd, err := found[0].run(a, strings.TrimSpace(arg))
	if err != nil {
		a.say(page.Say{Text: err.Error(), Bad: true})
	}
	a.show()
	return cmd
}

// candidates are the commands that begin with what has been typed.
func (a *App) candidates(text string) []command {
	word, _, _ := strings.Cut(strings.TrimLeft(text, " "), " ")
	var found []command
	for _, c := range a.commands() {
		if strings.HasPrefix(c.name, word) {
			found = append(found, c)
		}
	}
	return found
}

func names(list []command) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = c.name
	}
	return strings.Join(words, " ")
}

// commandHint tells what may be typed.
func (a *App) commandHint() string {
	k := a.env.Keys
	if c := a.candidates(a.command.Value()); len(c) == 1 && c[0].arg != "" {
		return c[0].name + " " + c[0].arg
	}
	return "tab completes  " + a.env.Theme.Glyphs.KeyUp + " " + a.env.Theme.Glyphs.KeyDown + " choose  " + k.Open.Help().Key + " does it"
}
