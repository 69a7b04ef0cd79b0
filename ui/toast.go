package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/ui/page"
)

// toast is a sentence at the foot of the screen. The next key press takes it
// away, and so does time.
type toast struct {
	page.Say
	link  string // where Text leads; empty for nowhere
	until time.Time
}

// toastTime is how long a toast stays; bad news stay twice as long.
const toastTime = 6 * time.Second

func (a *App) say(s page.Say) {
	stay := toastTime
	if s.Bad {
		stay *= 2
	}
	a.toast = toast{Say: s, until: a.env.Now.Add(stay)}
}

// linkTime is how long a link stays: somebody must reach for the mouse.
const linkTime = 30 * time.Second

// link shows a link that the terminal can open (OSC 8) and copies it (OSC 52).
// No browser is started: over SSH there is none.
func (a *App) link(l page.Link) tea.Cmd {
	if l.URL == "" {
		a.say(page.Say{Text: "No console link is known for " + l.What + ".", Bad: true})
		return nil
	}
	text := "Copied: " + l.URL
	if a.opts.Demo {
		text = "Copied, though the demo is in no console: " + l.URL
	}
	a.toast = toast{Say: page.Say{Text: text}, link: l.URL, until: a.env.Now.Add(linkTime)}
	return tea.SetClipboard(l.URL)
}

// expire takes a toast away that has stood long enough.
func (a *App) expire() {
	if a.toast.Text != "" && a.env.Now.After(a.toast.until) {
		a.toast = toast{}
	}
}
