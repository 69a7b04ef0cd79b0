package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
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
	a.toast = toast{Say: page.Say{Text: text, Done: true}, link: l.URL, until: a.env.Now.Add(linkTime)}
	return tea.SetClipboard(l.URL)
}

// expire takes a toast away that has stood long enough.
func (a *App) expire() {
	if a.toast.Text != "" && a.env.Now.After(a.toast.until) {
		a.toast = toast{}
	}
}

// drawToast gives the lines of the toast: one, or two for bad news that take
// them; nil for none.
func (a *App) drawToast() []string {
	if a.toast.Text == "" {
		return nil
	}
	th := a.env.Theme
	b := line.New(th).Reset(a.width, theme.Style{}).Space(1)
	if !a.toast.Bad {
		st, sign := th.Muted, th.Glyphs.Dot
		if a.toast.Done {
			st, sign = th.Good, th.Glyphs.Good
		}
		b.Sign(st, sign).Space(1).Link(theme.Style{}, a.toast.Text, a.toast.link)
		return []string{b.String()}
	}
	text := sources.Clean(a.toast.Text)
	first, rest := wrap(text, a.width-toastIndent)
	lines := []string{b.Sign(th.Bad, th.Glyphs.Fail).Space(1).Text(th.Strong, first).String()}
	if rest != "" && a.height > leastHeight {
		lines = append(lines, b.Reset(a.width, theme.Style{}).Space(toastIndent).Text(th.Strong, rest).String())
	} else if rest != "" {
		lines[0] = b.Reset(a.width, theme.Style{}).Space(1).Sign(th.Bad, th.Glyphs.Fail).Space(1).Text(th.Strong, text).String()
	}
	return lines
}

// toastIndent is the columns before the text of a toast.
const toastIndent = 3

// wrap breaks a clean text at the last space at which the first part fits into
// width; a text that fits, or has no such space, is all first part.
func wrap(text string, width int) (first, rest string) {
	if line.Width(text) <= width {
		return text, ""
	}
	for i := min(len(text)-1, 4*width); i > 0; i-- {
		if text[i] == ' ' && line.Width(text[:i]) <= width {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}
