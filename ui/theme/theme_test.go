package theme_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"fntop/ui/theme"
)

func profiles() []colorprofile.Profile {
	return []colorprofile.Profile{
		colorprofile.Unknown, colorprofile.NoTTY, colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor,
	}
}

func TestGlyphsAreOneColumnWide(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		g := reflect.ValueOf(theme.New(theme.Spec{ASCII: ascii}).Glyphs)
		wide := map[string]int{"Tee": 2, "Corner": 2, "Trunk": 2}
		words := map[string]bool{"Enter": true, "KeyUp": true, "KeyDown": true, "KeyLeft": true, "KeyRight": true}
		for i := range g.NumField() {
			name := g.Type().Field(i).Name
			var signs []string
			switch v := g.Field(i).Interface().(type) {
			case string:
				signs = []string{v}
			case []string:
				signs = v
			default:
				continue
			}
			for _, s := range signs {
				want := max(wide[name], 1)
				if got := ansi.StringWidth(s); got != want && (!ascii || !words[name]) {
					t.Errorf("%s %q is %d columns wide, want %d", name, s, got, want)
				}
				if ascii && strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) {
					t.Errorf("%s %q is not ASCII", name, s)
				}
			}
		}
	}
}

// TestWithoutColours: NO_COLOR and terminals without colours get attributes
// only.
func TestWithoutColours(t *testing.T) {
	for _, p := range []colorprofile.Profile{colorprofile.NoTTY, colorprofile.ASCII} {
		th := reflect.ValueOf(*theme.New(theme.Spec{Profile: p}))
		for i := range th.NumField() {
			st, ok := reflect.TypeAssert[theme.Style](th.Field(i))
			if !ok {
				continue
			}
			for code := range strings.SplitSeq(strings.Trim(st.SGR(), "\x1b[m"), ";") {
				if code != "" && code != "1" && code != "2" && code != "7" {
					t.Errorf("%s has %q", th.Type().Field(i).Name, st.SGR())
				}
			}
		}
	}
}

// TestTheSelectionIsVisible in every profile, on both backgrounds.
func TestTheSelectionIsVisible(t *testing.T) {
	for _, p := range profiles() {
		for _, dark := range []bool{false, true} {
			if theme.New(theme.Spec{Profile: p, Dark: dark}).Selected.SGR() == "" {
				t.Errorf("%v, dark %v: the selected line looks like any other", p, dark)
			}
		}
	}
}

func TestRender(t *testing.T) {
	th := theme.New(theme.Spec{Dark: true, Profile: colorprofile.TrueColor})
	if got := th.Bad.Render("x"); got != th.Bad.SGR()+"x"+ansi.ResetStyle {
		t.Errorf("%q", got)
	}
	if got := (theme.Style{}).Render("x"); got != "x" {
		t.Errorf("%q", got)
	}
}
