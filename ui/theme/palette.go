package theme

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// palette is the looks of a theme before they become sequences.
type palette struct {
	strong, muted, faint, accent, selected, bar ansi.Style
	good, warn, bad, start, run, spark, key     ansi.Style
	series                                      [4]ansi.Style
	keyColor, mutedColor                        color.Color
	flat                                        bool
}

func (t *Theme) apply(p palette) {
	sgr := func(s ansi.Style) Style {
		if len(s) == 0 {
			return Style{}
		}
		return Style{s.String()}
	}
	t.Strong, t.Muted, t.Faint = sgr(p.strong), sgr(p.muted), sgr(p.faint)
	t.Accent, t.Key = sgr(p.accent), sgr(p.key)
	t.Selected, t.Bar = sgr(p.selected), sgr(p.bar)
	t.Good, t.Warn, t.Bad = sgr(p.good), sgr(p.warn), sgr(p.bad)
	t.Init, t.Run, t.Spark = sgr(p.start), sgr(p.run), sgr(p.spark)
	t.KeyColor, t.MutedColor, t.FlatSelection = p.keyColor, p.mutedColor, p.flat
	for i := range t.Series {
		t.Series[i] = sgr(p.series[i])
	}
}

func fg(c color.Color) ansi.Style { return ansi.Style{}.ForegroundColor(c) }

// fullPalette is for terminals with 256 colours or more.
func fullPalette(dark bool, profile colorprofile.Profile) palette {
	pick := lipgloss.LightDark(dark)
	on := func(light, dark string) ansi.Style {
		return fg(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	bg := func(light, dark string) ansi.Style {
		return ansi.Style{}.BackgroundColor(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	selected := bg("#dfeef3", "#1a323b")
	if profile == colorprofile.ANSI256 {
		selected = bg("#d7ffff", "#303030") // the nearest of 256 is too bright for what stands on it
	}
	return palette{
		strong:   ansi.Style{}.Bold(),
		muted:    on("#59616c", "#9ea7b1"),
		faint:    on("#a0a7b0", "#525a66"),
		accent:   on("#0a5c6c", "#4fc3d0").Bold(),
		key:      on("#0a5c6c", "#4fc3d0"),
		selected: selected,
		bar:      bg("#edf0f3", "#1b2129"),
		good:     on("#1c6330", "#7fc98b"),
		warn:     on("#7a4f00", "#e3b341"),
		bad:      on("#b3201a", "#ff7b72"),
		start:    on("#2f4fb0", "#79a8ff"),
		run:      on("#0a5c6c", "#4fc3d0"),
		spark:    on("#22697a", "#4fb0be"),
		series: [4]ansi.Style{
			on("#0a5c6c", "#4fc3d0"),
			on("#5f2fb8", "#bda3f5"),
			on("#755800", "#e0a83a"),
			on("#b3201a", "#ff7b72"),
		},
		keyColor:   pick(lipgloss.Color("#0a5c6c"), lipgloss.Color("#4fc3d0")),
		mutedColor: pick(lipgloss.Color("#59616c"), lipgloss.Color("#9ea7b1")),
	}
}

// highPalette is for terminals with 256 colours or more, when contrast is
// wanted above all. The selected line turns colours around, and nothing but
// rules steps back.
func highPalette(dark bool) palette {
	pick := lipgloss.LightDark(dark)
	on := func(light, dark string) ansi.Style {
		return fg(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	return palette{
		strong:   ansi.Style{}.Bold(),
		muted:    on("#30343b", "#d8d8d8"),
		faint:    on("#5c626b", "#a8a8a8"),
		accent:   on("#00005f", "#5fffff").Bold(),
		key:      on("#00005f", "#5fffff").Bold(),
		selected: ansi.Style{}.Reverse(true),
		good:     on("#0a4a1a", "#87ff87"),
		warn:     on("#5f0000", "#ffd75f").Bold(),
		bad:      on("#8b0000", "#ffafaf").Bold(),
		start:    on("#1a2f8a", "#afd7ff"),
		run:      on("#00005f", "#5fffff"),
		spark:    on("#00005f", "#5fffff"),
		series: [4]ansi.Style{
			on("#00005f", "#5fffff"),
			on("#4b0a9e", "#d7afff"),
			on("#444444", "#ffd75f"),
			on("#8b0000", "#ffafaf"),
		},
		keyColor:   pick(lipgloss.Color("#00005f"), lipgloss.Color("#5fffff")),
		mutedColor: pick(lipgloss.Color("#30343b"), lipgloss.Color("#d8d8d8")),
		flat:       true,
	}
}

// basicPalette is for the sixteen basic colours, which every terminal user
// may have changed: it uses them for what they are called, the bright ones on
// a dark background. With high contrast nothing steps back, since what grey
// looks like is up to the user's colours.
func basicPalette(dark, high bool) palette {
	muted := ansi.Style{}.Faint()
	cyan, red, green, yellow, blue, magenta := ansi.Cyan, ansi.Red, ansi.Green, ansi.Yellow, ansi.Blue, ansi.Magenta
	if dark {
		muted = fg(ansi.BrightBlack)
		red, yellow, blue, magenta = ansi.BrightRed, ansi.BrightYellow, ansi.BrightBlue, ansi.BrightMagenta
	}
	if dark && high {
		cyan, green = ansi.BrightCyan, ansi.BrightGreen
	}
	if high {
		muted = nil
	}
	return palette{
		strong:   ansi.Style{}.Bold(),
		muted:    muted,
		faint:    muted,
		accent:   fg(cyan).Bold(),
		key:      fg(cyan),
		selected: ansi.Style{}.Reverse(true),
		good:     fg(green),
		warn:     fg(yellow),
		bad:      fg(red),
		start:    fg(blue),
		run:      fg(cyan),
		spark:    fg(cyan),
		series:   [4]ansi.Style{fg(cyan), fg(magenta), fg(yellow), fg(red)},
		keyColor: cyan,
		flat:     true,
	}
}

// plainPalette has no colours.
func plainPalette() palette {
	bold, faint := ansi.Style{}.Bold(), ansi.Style{}.Faint()
	return palette{
		strong: bold, accent: bold, key: bold, bad: bold, warn: bold,
		muted: faint, faint: faint,
		selected: ansi.Style{}.Reverse(true),
		series:   [4]ansi.Style{bold, nil, nil, faint},
		flat:     true,
	}
}
