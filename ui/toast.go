package ui

import (
	"time"

	"fntop/ui/page"
)

// toast is a sentence at the foot of the screen. The next key press takes it
// away, and so does time.
type toast struct {
	page.Say
	until time.Time
}

// toastTime is how long a toast stays; bad news stay twice as long.
const toastTime = 6 * time.Second

func (a *App) say(s page.Say) {
	stay := toastTime
	if s.Bad {
		stay *= 2
	}
	a.toast = toast{s, a.env.Now.Add(stay)}
}

// expire takes a toast away that has stood long enough.
func (a *App) expire() {
	if a.toast.Text != "" && a.env.Now.After(a.toast.until) {
		a.toast = toast{}
	}
}
