package ui

import (
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/sources/fleet"
	"fntop/ui/page"
	"fntop/ui/page/function"
	"fntop/ui/page/functions"
)

// Memory keeps how the user has left the dashboard, for each account. Its
// methods may block: they are called outside of Update, from one goroutine at
// a time.
type Memory interface {
	// Load gives what was saved last; ok is false when there is nothing.
	Load(account string) (v View, ok bool, err error)
	// Save replaces what was saved.
	Save(account string, v View) error
}

// View is how the user has left the dashboard. It is comparable.
type View struct {
	Functions functions.View
	// Window is what the figures of the functions page are computed over; 0
	// when it is not known.
	Window time.Duration
}

// keeper remembers the view of the accounts that are watched.
type keeper struct {
	memory  Memory
	account string // several are joined by "+"; empty while they are not known
	began   View   // before anything was loaded
	loaded  bool   // what was saved is known, or that there is nothing
	saved   View

	mu     sync.Mutex // guards latest, and lets one write at a time
	latest View
}

type (
	rememberedMsg struct {
		view View
		ok   bool
		err  error
	}
	savedMsg struct{ err error }
)

// accounts names the accounts that are watched, once all places were tried.
func accounts(snap *fleet.Snapshot) string {
	var all []string
	for _, pl := range snap.Places {
		if pl.State == fleet.Opening {
			return ""
		}
		if pl.Account != "" {
			all = append(all, pl.Account)
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "+")
}

// view is how the user sees the functions page.
func (a *App) view() View {
	v := View{Functions: a.functions.View(), Window: a.env.Window.Since}
	if a.opts.WindowGiven { // for this time only
		v.Window = a.keeper.saved.Window
	}
	return v
}

// recall loads what was saved, when the accounts have become known.
func (a *App) recall() tea.Cmd {
	k := &a.keeper
	if k.memory == nil || k.account != "" || a.newest == nil {
		return nil
	}
	if k.account = accounts(a.newest); k.account == "" {
		return nil
	}
	memory, account := k.memory, k.account
	return func() tea.Msg {
		v, ok, err := memory.Load(account)
		return rememberedMsg{v, ok, err}
	}
}

// remembered takes over what was saved, unless the user has been quicker.
func (a *App) remembered(msg rememberedMsg) {
	k := &a.keeper
	untouched := a.view() == k.began
	k.loaded = true
	if msg.err != nil {
		a.say(page.Say{Text: msg.err.Error(), Bad: true})
	}
	k.saved = msg.view
	if msg.ok && untouched {
		if msg.view.Window > 0 && !a.opts.WindowGiven {
			a.env.Window.Since = msg.view.Window
		}
		a.functions.Restore(a.scene(), msg.view.Functions)
	}
	if !msg.ok {
		k.saved = a.view() // as it is at each start: nothing to keep
	}
	a.show()
}

// keep saves how the user sees the page, when that has changed.
func (a *App) keep() tea.Cmd {
	k := &a.keeper
	v := a.view()
	if !k.loaded || v == k.saved {
		return nil
	}
	k.saved = v
	k.mu.Lock()
	k.latest = v
	k.mu.Unlock()
	return func() tea.Msg { return savedMsg{k.write()} }
}

// write saves the latest view, whichever the caller meant to save: so that an
// older one never replaces a newer.
func (k *keeper) write() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.memory.Save(k.account, k.latest)
}

// zoom takes the next shorter or longer window for the functions page.
func (a *App) zoom(by int) {
	ranges := function.Ranges()
	now, at := a.env.Window.Since, 0
	for i, r := range ranges {
		if r <= now {
			at = i
		}
	}
	if by < 0 && ranges[at] < now { // between two ranges
		by = 0
	}
	a.setWindow(ranges[max(min(at+by, len(ranges)-1), 0)])
}

// setWindow takes another window for the functions page.
func (a *App) setWindow(since time.Duration) {
	a.env.Window.Since = since
	if a.held == nil && a.newest != nil {
		a.totals, a.added = total(a.newest, a.env.Window), a.env.Now
	}
	a.show()
}
