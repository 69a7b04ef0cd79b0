// Package line builds single lines of the screen out of styled pieces of
// exact width.
//
// It is the one door through which text from outside reaches the screen:
// every text is cleaned here ([sources.Clean]), cut with an ellipsis between
// characters, and padded. A text of any length costs only what is shown of it.
package line

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/theme"
)

// Builder builds one line. Make it with [New], and use it again with Reset.
// It never writes beyond its width.
type Builder struct {
	th    *theme.Theme
	buf   []byte
	base  string // style of the whole line
	now   string // style that is on beside base
	width int
	used  int
	flat  bool // styles of pieces are left out
}

// New makes a builder that draws with the theme.
func New(th *theme.Theme) *Builder { return &Builder{th: th} }

// Reset starts a line of the given width, all of it in the style base.
func (b *Builder) Reset(width int, base theme.Style) *Builder {
	b.buf, b.base, b.now = b.buf[:0], base.SGR(), ""
	b.width, b.used = max(width, 0), 0
	b.flat = b.th != nil && b.th.FlatSelection && b.base != "" && base == b.th.Selected
	b.buf = append(b.buf, b.base...)
	return b
}

// Left is the number of columns that are still free.
func (b *Builder) Left() int { return b.width - b.used }

// Used is the number of columns that are filled.
func (b *Builder) Used() int { return b.used }

// style switches to a style on top of the line's own.
func (b *Builder) style(st theme.Style) {
	sgr := st.SGR()
	if b.flat {
		sgr = ""
	}
	if sgr == b.now {
		return
	}
	if b.now != "" {
		b.buf = append(b.buf, ansi.ResetStyle...)
		b.buf = append(b.buf, b.base...)
	}
	b.buf = append(b.buf, sgr...)
	b.now = sgr
}

// Space leaves n columns free.
func (b *Builder) Space(n int) *Builder {
	n = min(n, b.Left())
	if n <= 0 {
		return b
	}
	b.style(theme.Style{})
	b.pad(n)
	return b
}

func (b *Builder) pad(n int) {
	for range n {
		b.buf = append(b.buf, ' ')
	}
	b.used += n
}

// To leaves columns free up to the given one.
func (b *Builder) To(column int) *Builder { return b.Space(column - b.used) }

// Glyphs writes signs of the theme that are known to be width columns wide.
// They are not cleaned, and left out when they do not fit.
func (b *Builder) Glyphs(st theme.Style, signs string, width int) *Builder {
	if width > b.Left() {
		return b
	}
	b.style(st)
	b.buf = append(b.buf, signs...)
	b.used += width
	return b
}

// Sign writes one sign of the theme, one column wide.
func (b *Builder) Sign(st theme.Style, sign string) *Builder { return b.Glyphs(st, sign, 1) }

// Repeat writes a sign of one column n times, or as often as there is room.
func (b *Builder) Repeat(st theme.Style, sign string, n int) *Builder {
	n = min(n, b.Left())
	if n <= 0 {
		return b
	}
	b.style(st)
	for range n {
		b.buf = append(b.buf, sign...)
	}
	b.used += n
	return b
}

// Text writes text, cleaned, and cut when there is less room.
func (b *Builder) Text(st theme.Style, text string) *Builder {
	s, w := b.fit(text, b.Left())
	if w == 0 {
		return b
	}
	b.style(st)
	b.buf = append(b.buf, s...)
	b.used += w
	return b
}

// Link writes text like Text, which leads to a URL on terminals that know
// links (OSC 8). A URL with anything but printable ASCII in it is left out.
func (b *Builder) Link(st theme.Style, text, url string) *Builder {
	if url == "" || strings.ContainsFunc(url, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return b.Text(st, text)
	}
	b.buf = append(b.buf, ansi.SetHyperlink(url)...)
	b.Text(st, text)
	b.buf = append(b.buf, ansi.ResetHyperlink()...)
	return b
}

// Cell writes text, cleaned and cut, into exactly width columns: at their
// left, or at their right when right is true.
func (b *Builder) Cell(st theme.Style, text string, width int, right bool) *Builder {
	width = min(width, b.Left())
	if width <= 0 {
		return b
	}
	s, w := b.fit(text, width)
	if right {
		b.Space(width - w)
	}
	if w > 0 {
		b.style(st)
		b.buf = append(b.buf, s...)
		b.used += w
	}
	if !right {
		b.Space(width - w)
	}
	return b
}

func (b *Builder) fit(text string, width int) (string, int) {
	if b.th != nil && b.th.Glyphs.ASCII {
		if text == format.Unknown {
			text = b.th.Glyphs.Unknown
		}
		text = strings.ReplaceAll(text, " — ", " - ") // as errors have it before what to do
	}
	ellipsis := "…"
	if b.th != nil {
		ellipsis = b.th.Glyphs.Ellipsis
	}
	return Fit(text, width, ellipsis)
}

// String ends the line. A line with a style of its own is filled to its
// width; any other ends where its text ends.
func (b *Builder) String() string {
	if b.base != "" {
		b.Space(b.Left())
	}
	if b.base != "" || b.now != "" {
		b.buf = append(b.buf, ansi.ResetStyle...)
		b.now = ""
	}
	return string(b.buf)
}

// bytesPerColumn bounds how many bytes of a text are looked at for one
// column: a character with four combining marks takes up to twenty.
const bytesPerColumn = 24

// Fit cleans text and cuts it to at most width columns, the ellipsis of one
// column included. It returns the columns that the result takes.
func Fit(text string, width int, ellipsis string) (string, int) {
	if width <= 0 || text == "" {
		return "", 0
	}
	cut := false
	if limit := bytesPerColumn * (width + 1); len(text) > limit {
		for limit > 0 && !utf8.RuneStart(text[limit]) {
			limit--
		}
		text, cut = text[:limit], true
	}
	text = sources.Clean(text)
	w := Width(text)
	if w <= width && !cut {
		return text, w
	}
	if w < width { // the part that was looked at has fewer columns
		return text + ellipsis, w + 1
	}
	if ascii(text) {
		return text[:width-1] + ellipsis, width
	}
	text = ansi.Truncate(text, width-1, "")
	return text + ellipsis, Width(text) + 1
}

// Width is the number of columns that cleaned text takes.
func Width(text string) int {
	if ascii(text) {
		return len(text)
	}
	return ansi.StringWidth(text)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Blank gives n empty lines.
func Blank(n int) []string { return make([]string, max(n, 0)) }

// Clip makes exactly height lines: what is too much is cut, what is missing
// is empty.
func Clip(lines []string, height int) []string {
	height = max(height, 0)
	if len(lines) > height {
		return lines[:height]
	}
	return append(lines, Blank(height-len(lines))...)
}

// Plain takes the styles off a drawn line.
func Plain(s string) string {
	if !strings.Contains(s, "\x1b") {
		return s
	}
	return ansi.Strip(s)
}
