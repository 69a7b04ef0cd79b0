package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/ui/page"
)

// pointed is a page that can be clicked at and scrolled by the mouse. Any
// other page is scrolled by the keys that move. Nothing needs the mouse.
type pointed interface {
	// Click takes a click at a place in the page's area.
	Click(env *page.Env, x, y int) page.Step
	// Scroll moves what the page shows by lines, down when by is positive.
	Scroll(env *page.Env, by int)
}

// wheelLines is how far a step of the wheel scrolls, and wheelPace how often
// at most: a touchpad sends hundreds of steps a second.
const (
	wheelLines = 3
	wheelPace  = 33 * time.Millisecond
)

// wheelMsg ends a while in which steps of the wheel were added up.
type wheelMsg struct{}

// wheel adds steps of the wheel up while it turns.
type wheel struct {
	turning bool
	lines   int
}

// sieve merges floods of mouse events before they cost a frame each. It runs
// where Update does.
func sieve(model tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.MouseMotionMsg, tea.MouseReleaseMsg:
		return nil // nothing is dragged
	case tea.MouseWheelMsg:
		a, ok := model.(*App)
		if ok && a.wheel.turning {
			a.wheel.lines += lines(msg)
			return nil
		}
	}
	return msg
}

func lines(msg tea.MouseWheelMsg) int {
	switch msg.Button {
	case tea.MouseWheelUp:
		return -wheelLines
	case tea.MouseWheelDown:
		return wheelLines
	default:
		return 0
	}
}

// turn takes a step of the wheel: the first at once, the next together.
func (a *App) turn(msg tea.MouseWheelMsg) tea.Cmd {
	if a.wheel.turning {
		a.wheel.lines += lines(msg)
		return nil
	}
	a.wheel.turning = true
	a.scroll(lines(msg))
	return a.waitWheel()
}

// turned scrolls by what has been added up.
func (a *App) turned() tea.Cmd {
	by := a.wheel.lines
	if by == 0 {
		a.wheel.turning = false
		return nil
	}
	a.wheel.lines = 0
	a.scroll(by)
	return a.waitWheel()
}

// waitWheel waits until steps of the wheel are worth a frame again.
func (a *App) waitWheel() tea.Cmd {
	done := a.done
	return func() tea.Msg {
		t := time.NewTimer(wheelPace)
		defer t.Stop()
		select {
		case <-t.C:
			return wheelMsg{}
		case <-done:
			return nil
		}
	}
}

// scroll scrolls what is on top by lines.
func (a *App) scroll(by int) {
	press := tea.KeyPressMsg{Code: tea.KeyDown}
	if by < 0 {
		press.Code = tea.KeyUp
	}
	const most = 1000 // steps while the program was busy
	n := min(max(by, -by), most)
	switch p, ok := a.top().(pointed); {
	case a.overlay != nil:
		for range n {
			if a.overlay.press(a, press) {
				a.overlay = nil
				return
			}
		}
	case a.command.Focused():
		for range n / wheelLines {
			_ = a.typeCommand(press) // moving asks for nothing
		}
	case ok:
		p.Scroll(a.scene(), max(min(by, most), -most))
	default:
		for range n {
			_ = a.take(a.top().Press(a.scene(), press))
		}
	}
}

// click takes a click: on the page, where there is nothing over it.
func (a *App) click(msg tea.MouseClickMsg) tea.Cmd {
	a.toast = toast{}
	y := msg.Y - a.headerHeight()
	p, ok := a.top().(pointed)
	if msg.Button != tea.MouseLeft || a.overlay != nil || a.command.Focused() || !ok || y < 0 || y >= a.bodyHeight() {
		return nil
	}
	return a.take(p.Click(a.scene(), msg.X, y))
}
