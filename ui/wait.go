package ui

import (
	"time"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"

	"fntop/sources/fleet"
)

type (
	snapshotMsg struct{ snapshot *fleet.Snapshot }
	endedMsg    struct{}
	tickMsg     struct{}
)

// tick is how often ages are looked at again.
const tick = 5 * time.Second

// Snapshots of a large fleet cost a pass over it: they are taken a little less
// often. The engine keeps the newest only.
const (
	largeFleet = 1000
	largePause = 400 * time.Millisecond
)

// waitSnapshot waits for the next snapshot. Each arrival arms it again, so
// that there is one of it at any time.
func (a *App) waitSnapshot() tea.Cmd {
	updates, done := a.viewer.Updates(), a.done
	large := a.newest != nil && a.newest.Len() >= largeFleet
	return func() tea.Msg {
		if large {
			t := time.NewTimer(largePause)
			defer t.Stop()
			select {
			case <-t.C:
			case <-done:
				return nil
			}
		}
		select {
		case s, ok := <-updates:
			if !ok {
				return endedMsg{}
			}
			return snapshotMsg{s}
		case <-done:
			return nil
		}
	}
}

// waitTick waits a while, or until the end.
func (a *App) waitTick() tea.Cmd {
	done := a.done
	return func() tea.Msg {
		t := time.NewTimer(tick)
		defer t.Stop()
		select {
		case <-t.C:
			return tickMsg{}
		case <-done:
			return nil
		}
	}
}

// busy tells that the first data are still on their way: the one case in
// which something turns on the screen.
func (a *App) busy() bool {
	if a.ended {
		return false
	}
	if a.newest == nil {
		return true
	}
	for _, pl := range a.newest.Places {
		if pl.State == fleet.Opening || pl.State == fleet.Open && !pl.Complete && pl.Catalog.Err == nil {
			return true
		}
	}
	return false
}

// startSpinner starts the spinner when it should turn and does not.
func (a *App) startSpinner() tea.Cmd {
	if a.spinning || !a.busy() {
		return nil
	}
	a.spinning = true
	return a.spin.Tick
}

func (a *App) turnSpinner(msg spinner.TickMsg) tea.Cmd {
	if !a.busy() {
		a.spinning = false
		return nil
	}
	var cmd tea.Cmd
	a.spin, cmd = a.spin.Update(msg)
	return cmd
}
