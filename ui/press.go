package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/ui/page"
	"fntop/ui/page/bill"
	"fntop/ui/page/function"
	"fntop/ui/page/invocation"
	"fntop/ui/page/tail"
	"fntop/ui/page/trace"
)

// press routes a key press: ways out, then what is open on top, then text
// that is being typed, then keys of the whole program, then the page.
func (a *App) press(press tea.KeyPressMsg) tea.Cmd {
	a.toast = toast{}
	k := a.env.Keys
	switch {
	case press.String() == "ctrl+c":
		return tea.Quit
	case key.Matches(press, k.Suspend):
		return tea.Suspend
	case a.overlay != nil:
		if a.overlay.press(a, press) {
			a.overlay = nil
		}
		return nil
	case a.command.Focused():
		return a.typeCommand(press)
	}
	if t, ok := a.top().(typist); ok && t.Capturing() {
		return a.take(a.top().Press(a.scene(), press))
	}
	switch {
	case key.Matches(press, k.Quit):
		return tea.Quit
	case key.Matches(press, k.Help):
		a.overlay = newHelp()
	case key.Matches(press, k.Command):
		a.command.Set("")
		a.command.Focus()
		a.look()
	case key.Matches(press, k.Pause):
		a.pause()
	case key.Matches(press, k.Refresh):
		a.again()
	case key.Matches(press, k.Bill):
		a.openBill()
	case key.Matches(press, k.Cost):
		a.openCost()
	case key.Matches(press, k.Faults):
		a.openFaults()
	default:
		return a.take(a.top().Press(a.scene(), press))
	}
	return nil
}

// take does what a page asks for.
func (a *App) take(step page.Step) tea.Cmd {
	switch s := step.(type) {
	case page.OpenFunction:
		a.open(function.New(s.Function, a.env.Window).Open(s.Tab, s.At))
	case page.OpenInvocation:
		a.open(invocation.New(s))
	case page.OpenTail:
		a.open(tail.New(s.Functions, a.env.Now))
	case page.OpenTrace:
		a.open(trace.New(s.Ref, s.Title))
	case page.Zoom:
		a.zoom(s.By)
	case page.Back:
		a.back()
	case page.Copy:
		a.say(page.Say{Text: "Copied " + s.What + ".", Done: true})
		return tea.SetClipboard(s.Text)
	case page.Link:
		return a.link(s)
	case page.Say:
		a.say(s)
	}
	return nil
}

// deepest bounds the stack: who follows traces to logs to traces for hours
// loses the oldest steps between.
const deepest = 32

// open puts a page on the stack.
func (a *App) open(p Page) {
	if len(a.stack) >= deepest {
		a.stack = append(a.stack[:1], a.stack[2:]...)
	}
	a.stack = append(a.stack, p)
	a.show()
}

// back takes the top page off, and finds the one below as it was.
func (a *App) back() {
	if len(a.stack) == 1 {
		return
	}
	a.stack[len(a.stack)-1] = nil
	a.stack = a.stack[:len(a.stack)-1]
	if a.held == nil && a.newest != nil {
		a.addUp()
	}
	a.show()
}

// home goes back to the functions page.
func (a *App) home() {
	clear(a.stack[1:])
	a.stack = a.stack[:1]
	if a.held == nil && a.newest != nil {
		a.addUp()
	}
	a.show()
}

// openBill opens the bill, or closes it when it is open.
func (a *App) openBill() {
	if _, ok := a.top().(*bill.Page); ok {
		a.back()
		return
	}
	var planned sources.Opt[float64]
	if a.newest != nil {
		planned = sources.Some(a.planned(a.newest))
	}
	a.open(bill.New(planned))
}

// openCost opens the cost of the month, or goes back to it.
func (a *App) openCost() {
	if a.top() == a.spend {
		a.back()
		return
	}
	if i := slices.Index(a.stack, Page(a.spend)); i >= 0 {
		clear(a.stack[i+1:])
		a.stack = a.stack[:i+1]
		a.show()
		return
	}
	a.open(a.spend)
}

// sayExport says how the month's cost becomes a file: the dashboard writes none.
func (a *App) sayExport() {
	a.say(page.Say{Text: "fntop cost -o csv > cost.csv writes the month for a spreadsheet, -o json for programs."})
}

// pause holds the picture, or lets it go on.
func (a *App) pause() {
	if a.held != nil {
		a.held = nil
		if a.newest != nil {
			a.addUp()
		}
	} else if a.newest != nil {
		a.held = a.newest
	}
	a.show()
}

// again asks for fresh data now.
func (a *App) again() {
	a.refresh++
	a.say(page.Say{Text: "Asked for fresh data.", Done: true})
}
