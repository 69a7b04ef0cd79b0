package ui

import (
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"fntop/ui/internal/sample"
	"fntop/ui/theme"
)

// looks are ways to come to each theme but the dark one, which TestStyled
// keeps, and ASCII, which TestASCII does.
func looks() map[string]func(*desk) {
	return map[string]func(*desk){
		"light":         func(d *desk) { d.send(tea.BackgroundColorMsg{Color: color.White}) },
		"high-contrast": func(d *desk) { d.wish(theme.HighContrast) },
		"no-colour":     func(d *desk) { d.wish(theme.Plain) },
		"16-colours":    func(d *desk) { d.send(tea.ColorProfileMsg{Profile: colorprofile.ANSI}) },
	}
}

// wish is a choice of the user.
func (d *desk) wish(c theme.Choice) {
	d.app.spec.Choice = c
	d.app.dress()
	d.app.show()
}

func TestThemes(t *testing.T) {
	for look, put := range looks() {
		for _, view := range []string{"functions", "function"} {
			t.Run(look+"/"+view, func(t *testing.T) {
				d := open(t, 120, 30).show(sample.Fleet(20))
				put(d)
				views()[view](d)
				checkFrame(t, d.frame(), 120, 30)
				golden.RequireEqual(t, strings.ReplaceAll(d.frame(), "\x1b", "␛"))
			})
		}
	}
}

// TestThemesDifferInStylesOnly: what stands on the screen is the same in each
// theme, so that nothing is told by colour alone.
func TestThemesDifferInStylesOnly(t *testing.T) {
	for view, walk := range views() {
		dark := open(t, 120, 40).show(sample.Fleet(20))
		walk(dark)
		for look, put := range looks() {
			d := open(t, 120, 40).show(sample.Fleet(20))
			put(d)
			walk(d)
			if d.screen() != dark.screen() {
				t.Errorf("%s in %s reads\n%s\nand in the dark theme\n%s", view, look, d.screen(), dark.screen())
			}
			if d.frame() == dark.frame() {
				t.Errorf("%s in %s has the styles of the dark theme", view, look)
			}
		}
	}
}

// TestStatesHaveASign: what is drawn in the colours of trouble says so by a
// sign, a word or a figure that is not zero.
func TestStatesHaveASign(t *testing.T) {
	check := func(name, frame string) {
		th := theme.New(theme.Spec{Dark: true})
		for _, st := range []theme.Style{th.Bad, th.Warn} {
			for i, part := range strings.Split(frame, st.SGR()) {
				text, _, _ := strings.Cut(part, "\x1b")
				if i > 0 && strings.Trim(text, " 0.,%") == "" {
					t.Errorf("%s: %q has a colour and no sign", name, text)
				}
			}
		}
	}
	for name, walk := range views() {
		d := open(t, 120, 40).show(sample.Fleet(60))
		walk(d)
		check(name, d.frame())
	}
	for name, snap := range states() {
		check(name, open(t, 120, 40).show(snap).frame())
	}
}
