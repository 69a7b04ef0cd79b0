package theme

import (
	"image/color"

	"charm.land/lipgloss/v2"
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
func fullPalette(dark bool) palette {
	pick := lipgloss.LightDark(dark)
	on := func(light, dark string) ansi.Style {
		return fg(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	bg := func(light, dark string) ansi.Style {
		return ansi.Style{}.BackgroundColor(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	return palette{
		strong:   ansi.Style{}.Bold(),
		muted:    on("#5f6773", "#8b949e"),
		faint:    on("#a0a7b0", "#525a66"),
		accent:   on("#0b7285", "#4fc3d0").Bold(),
		key:      on("#0b7285", "#4fc3d0"),
		selected: bg("#d5e8ee", "#1f3942"),
		bar:      bg("#e9edf1", "#1b2129"),
		good:     on("#2b7a3d", "#7fc98b"),
		warn:     on("#9a6700", "#e3b341"),
		bad:      on("#c4281c", "#ff7b72"),
		start:    on("#3a5fcd", "#79a8ff"),
		run:      on("#0b7285", "#4fc3d0"),
		spark:    on("#3b8ea0", "#3f93a0"),
		series: [4]ansi.Style{
			on("#0b7285", "#4fc3d0"),
			on("#8250df", "#b392f0"),
			on("#b08800", "#d29922"),
			on("#c4281c", "#ff7b72"),
		},
		keyColor:   pick(lipgloss.Color("#0b7285"), lipgloss.Color("#4fc3d0")),
		mutedColor: pick(lipgloss.Color("#5f6773"), lipgloss.Color("#8b949e")),
	}
}

// basicPalette is for the sixteen basic colours, which every terminal user
// may have changed: it uses them for what they are called, the bright ones on
// a dark background.
func basicPalette(dark bool) palette {
	muted := ansi.Style{}.Faint()
	cyan, red, green, yellow, blue, magenta := ansi.Cyan, ansi.Red, ansi.Green, ansi.Yellow, ansi.Blue, ansi.Magenta
	if dark {
		muted = fg(ansi.BrightBlack)
		red, yellow, blue, magenta = ansi.BrightRed, ansi.BrightYellow, ansi.BrightBlue, ansi.BrightMagenta
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
