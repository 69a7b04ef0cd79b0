// Package theme holds how things look: one struct of styles named by what
// they mean, and the signs (glyphs) that are drawn. Pages and widgets get a
// [Theme] and never name a colour.
//
// A theme is built from what is known of the terminal: its background and its
// colour profile. Styles are written in full colour; the renderer reduces
// them to what the terminal shows. Only for the sixteen basic colours, where
// reducing gives poor results, the theme picks the colours itself, and
// without colours it marks with bold, faint and reverse.
//
// State is never told by a colour alone: every style that means something is
// drawn beside a sign or a word that means the same.
package theme

import (
	"image/color"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Style is a way to draw text: the escape sequence that switches it on. The
// zero Style is the terminal's own look. It is comparable.
type Style struct {
	sgr string
}

// SGR is the sequence that switches the style on, starting from the
// terminal's own look or from a line's style; empty for the zero Style.
func (s Style) SGR() string { return s.sgr }

// Render draws text in the style and switches it off again. It is for single
// pieces; lines are built with package line.
func (s Style) Render(text string) string {
	if s.sgr == "" || text == "" {
		return text
	}
	return s.sgr + text + ansi.ResetStyle
}

// Theme is how things look on one terminal.
type Theme struct {
	// Text is ordinary text; Strong stands out, Muted steps back, Faint is
	// for rules and axes.
	Text, Strong, Muted, Faint Style
	// Accent is the one colour that leads the eye: titles, keys, the cursor.
	Accent Style
	// Selected is the line under the cursor, as the style of a whole line.
	Selected Style
	// FlatSelection tells that Selected turns colours around, so that colours
	// on such a line would only make it patchy.
	FlatSelection bool
	// Bar is the first line of the screen, as the style of a whole line.
	Bar Style
	// Good is alive and well, Warn is near a limit or old, Bad is what hurts.
	Good, Warn, Bad Style
	// Init is the time and count of cold starts, Run that of handlers.
	Init, Run Style
	// Spark is the small chart of a table row.
	Spark Style
	// Series are the lines of a chart, in the order of their drawing.
	Series [4]Style
	// Key is a key name in help texts.
	Key Style

	Glyphs Glyphs

	// KeyColor and MutedColor are the colours of Key and Muted, for the parts
	// that take colours instead of styles; nil where there are none.
	KeyColor, MutedColor color.Color
}

// Spec is what is known of the terminal. The zero Spec is a light background
// in full colour.
type Spec struct {
	Dark    bool
	Profile colorprofile.Profile
	ASCII   bool   // draw with ASCII signs only
	Choice  Choice // what the user wants
}

// New builds the theme for a terminal.
func New(spec Spec) *Theme {
	th := &Theme{Glyphs: unicodeGlyphs()}
	if spec.ASCII {
		th.Glyphs = asciiGlyphs()
	}
	th.apply(spec.palette())
	return th
}

// palette chooses the looks: what the terminal cannot show wins over what the
// user wants.
func (spec Spec) palette() palette {
	dark := spec.Dark
	switch spec.Choice {
	case Dark:
		dark = true
	case Light:
		dark = false
	case Auto, HighContrast, Basic, Plain:
	}
	high := spec.Choice == HighContrast
	switch {
	case spec.Profile == colorprofile.NoTTY, spec.Profile == colorprofile.ASCII, spec.Choice == Plain:
		return plainPalette()
	case spec.Profile == colorprofile.ANSI, spec.Choice == Basic:
		return basicPalette(dark, high)
	case high:
		return highPalette(dark)
	default:
		return fullPalette(dark, spec.Profile)
	}
}
