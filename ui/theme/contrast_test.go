package theme_test

import (
	"fmt"
	"image/color"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"fntop/ui/theme"
)

// luminance is the relative luminance of a colour (WCAG 2.2, "relative
// luminance").
func luminance(c color.Color) float64 {
	linear := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// contrast is the contrast ratio of two colours (WCAG 2.2, "contrast ratio").
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// colourOf is the colour that a style sets: "38" for letters, "48" for what
// is behind them. ok is false when it sets none.
func colourOf(t *testing.T, st theme.Style, what string) (c color.Color, ok bool) {
	t.Helper()
	parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(st.SGR(), "\x1b["), "m"), ";")
	at := slices.Index(parts, what)
	if at < 0 {
		return nil, false
	}
	if len(parts) < at+5 || parts[at+1] != "2" {
		t.Fatalf("%q is not a colour of 24 bits", st.SGR())
	}
	var rgb [3]uint8
	for i := range rgb {
		n, err := strconv.ParseUint(parts[at+2+i], 10, 8)
		if err != nil {
			t.Fatal(err)
		}
		rgb[i] = uint8(n)
	}
	return color.RGBA{rgb[0], rgb[1], rgb[2], 255}, true
}

// backgrounds are those of widely used terminals, as they come: xterm and the
// Linux console, Windows Terminal, VS Code, Ubuntu, Solarized.
func backgrounds(dark bool) []color.Color {
	names := []string{"#ffffff", "#fdf6e3"}
	if dark {
		names = []string{"#000000", "#0c0c0c", "#1e1e1e", "#300a24", "#002b36"}
	}
	var list []color.Color
	for _, n := range names {
		list = append(list, lipgloss.Color(n))
	}
	return list
}

// TestContrast: letters have a contrast of 4.5 to 1 at least on the terminal's
// background and on those of the theme's own lines, and of 7 to 1 in the theme
// for high contrast (WCAG 2.2, success criteria 1.4.3 and 1.4.6), in 24 bits
// and as 256 colours.
func TestContrast(t *testing.T) {
	for _, c := range []struct {
		name        string
		spec        theme.Spec
		text, faint float64
	}{
		{"dark", theme.Spec{Dark: true}, 4.5, 2},
		{"light", theme.Spec{}, 4.5, 2},
		{"dark as chosen", theme.Spec{Choice: theme.Dark}, 4.5, 2},
		{"light as chosen", theme.Spec{Dark: true, Choice: theme.Light}, 4.5, 2},
		{"high contrast dark", theme.Spec{Dark: true, Choice: theme.HighContrast}, 7, 4.5},
		{"high contrast light", theme.Spec{Choice: theme.HighContrast}, 7, 4.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			dark := c.spec.Dark && c.spec.Choice != theme.Light || c.spec.Choice == theme.Dark
			for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
				c.spec.Profile = profile
				checkContrast(t, theme.New(c.spec), profile, backgrounds(dark), c.text, c.faint)
			}
		})
	}
}

func checkContrast(t *testing.T, th *theme.Theme, profile colorprofile.Profile, behind []color.Color, text, faint float64) {
	t.Helper()
	terminals := len(behind)
	for _, st := range []theme.Style{th.Selected, th.Bar} {
		if bg, ok := colourOf(t, st, "48"); ok {
			behind = append(behind, profile.Convert(bg))
		}
	}
	checked := 0
	check := func(name string, st theme.Style) {
		t.Helper()
		fg, ok := colourOf(t, st, "38")
		if !ok {
			return // the terminal's own
		}
		checked++
		least := text
		if name == "Faint" { // rules and axes, which carry no meaning
			least = faint
		}
		for i, bg := range behind {
			if i >= terminals && name == "Faint" {
				continue
			}
			if got := contrast(profile.Convert(fg), bg); got < least {
				t.Errorf("%s in %v has a contrast of %.2f on %v, want %.1f", name, profile, got, hex(bg), least)
			}
		}
	}
	v := reflect.ValueOf(*th)
	for i := range v.NumField() {
		switch st := v.Field(i).Interface().(type) {
		case theme.Style:
			check(v.Type().Field(i).Name, st)
		case [4]theme.Style:
			for n := range st {
				check(fmt.Sprintf("%s[%d]", v.Type().Field(i).Name, n), st[n])
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d styles have colours", checked)
	}
}

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// TestChoices: what a terminal cannot show wins over what the user wants.
func TestChoices(t *testing.T) {
	of := func(c theme.Choice, p colorprofile.Profile) theme.Theme {
		return *theme.New(theme.Spec{Dark: true, Profile: p, Choice: c})
	}
	same := func(what string, a, b theme.Theme, want bool) {
		t.Helper()
		if reflect.DeepEqual(a, b) != want {
			t.Errorf("%s: same is %v, want %v", what, !want, want)
		}
	}
	full := of(theme.Auto, colorprofile.TrueColor)
	same("dark on dark", of(theme.Dark, colorprofile.TrueColor), full, true)
	same("light on dark", of(theme.Light, colorprofile.TrueColor), full, false)
	same("light", of(theme.Light, colorprofile.TrueColor), *theme.New(theme.Spec{Profile: colorprofile.TrueColor}), true)
	same("none is without colours", of(theme.Plain, colorprofile.TrueColor), of(theme.Auto, colorprofile.ASCII), true)
	same("high contrast without colours", of(theme.HighContrast, colorprofile.ASCII), of(theme.Auto, colorprofile.ASCII), true)
	same("basic is sixteen colours", of(theme.Basic, colorprofile.TrueColor), of(theme.Auto, colorprofile.ANSI), true)
	same("high contrast in sixteen colours", of(theme.HighContrast, colorprofile.ANSI), of(theme.Auto, colorprofile.ANSI), false)
	for _, name := range []string{"auto", "dark", "light", "high-contrast", "basic", "none"} {
		if _, err := theme.ParseChoice(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := theme.ParseChoice("pink"); err == nil || !strings.Contains(err.Error(), "high-contrast") {
		t.Errorf("pink: %v", err)
	}
}
