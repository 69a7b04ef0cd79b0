package ui

import (
	tea "charm.land/bubbletea/v2"

	"fntop/ui/page"
)

// worker is a page that has something to do which takes longer than a key may
// wait. It does so in parts, between which keys are taken and frames drawn.
type worker interface {
	// Working tells that there is more to do.
	Working() bool
	// Work does a part of it.
	Work(env *page.Env)
}

// workMsg lets the top page work.
type workMsg struct{}

// startWork lets the top page work when it has to and does not yet.
func (a *App) startWork() tea.Cmd {
	w, ok := a.top().(worker)
	if a.working || !ok || !w.Working() {
		return nil
	}
	a.working = true
	return func() tea.Msg { return workMsg{} }
}

// work does a part of what the top page has to do.
func (a *App) work() {
	a.working = false
	if w, ok := a.top().(worker); ok && w.Working() {
		w.Work(a.scene())
	}
}
