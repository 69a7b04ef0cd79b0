package ui

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Fault is a way in which the demo cloud can be made to fail while the
// dashboard runs.
type Fault struct {
	Name string // a word or two: "throttle"
	Text string // what happens then
	// Set makes the cloud fail so, or no longer. It is called from Update and
	// must not block.
	Set func(on bool)
	// On is whether the cloud fails so from the start.
	On bool
}

// faultsBox lists the faults and switches them.
type faultsBox struct{ cursor int }

func (f *faultsBox) press(a *App, press tea.KeyPressMsg) bool {
	k, last := a.env.Keys, len(a.opts.Faults)-1
	switch {
	case key.Matches(press, k.Down):
		f.cursor = min(f.cursor+1, last)
	case key.Matches(press, k.Up):
		f.cursor = max(f.cursor-1, 0)
	case key.Matches(press, k.Home):
		f.cursor = 0
	case key.Matches(press, k.End):
		f.cursor = last
	case key.Matches(press, k.Open), press.String() == "space":
		a.switchFault(f.cursor)
	case len(press.Text) == 1 && press.Text[0] >= '1' && int(press.Text[0]-'1') <= last:
		f.cursor = int(press.Text[0] - '1')
		a.switchFault(f.cursor)
	case press.Text == "0":
		for i := range a.opts.Faults {
			if a.opts.Faults[i].On {
				a.switchFault(i)
			}
		}
	default:
		return true
	}
	return false
}

// switchFault turns a fault on, or off again.
func (a *App) switchFault(i int) {
	f := &a.opts.Faults[i]
	f.On = !f.On
	f.Set(f.On)
}

func (f *faultsBox) draw(a *App, width, height int) []string {
	th := a.env.Theme
	names, words := 0, 0
	for _, fault := range a.opts.Faults {
		names, words = max(names, line.Width(fault.Name)), max(words, line.Width(fault.Text))
	}
	b := line.New(th)
	var text []string
	for i, fault := range a.opts.Faults {
		b.Reset(min(names+words+12, max(width-4, 0)), theme.Style{})
		style, state := theme.Style{}, "off"
		if fault.On {
			style, state = th.Bad, "ON"
		}
		if i == f.cursor {
			b.Sign(th.Accent, th.Glyphs.Cursor)
		} else {
			b.Space(1)
		}
		b.Space(1).Text(th.Muted, fmt.Sprint(i+1)).Space(2).Cell(style, fault.Name, names, false).Space(2)
		b.Cell(style, state, 3, false).Space(2).Text(th.Muted, fault.Text)
		text = append(text, b.String())
	}
	if room := height - 4; len(text) > room && room > 0 {
		top := min(max(f.cursor-room/2, 0), len(text)-room)
		text = text[top : top+room]
	}
	enter := th.Glyphs.Enter
	text = append(text, "", enter+" or its number switches   0 none   esc closes")
	return box(th, "make the demo cloud fail", text, width)
}

// openFaults opens the list of faults, where there is a demo cloud to fail.
func (a *App) openFaults() {
	if len(a.opts.Faults) > 0 {
		a.overlay = &faultsBox{}
	}
}

// failing are the faults that are on, for the header.
func (a *App) failing() string {
	text := ""
	for _, f := range a.opts.Faults {
		if f.On {
			if text != "" {
				text += ", "
			}
			text += f.Name
		}
	}
	return text
}
