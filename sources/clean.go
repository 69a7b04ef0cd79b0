package sources

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"github.com/rivo/uniseg"
)

// maxMarks is how many combining marks one character may carry. Real
// scripts need two or three; towers of hundreds are an attack on the screen.
const maxMarks = 4

// Clean makes text from outside safe to draw on one line of a terminal: no
// control bytes, no escape sequences, no invalid UTF-8, no invisible or
// direction-changing characters, and no character whose width terminals
// disagree about. What is removed stays visible as a sign where it can: ESC
// becomes "␛", a newline "⏎". Tabs become a space.
func Clean(s string) string {
	if printable(s) {
		return s
	}
	return clean(s, '⏎')
}

// CleanLines is Clean for text of several lines: it splits at line ends and
// cleans each line. Tabs advance to the next multiple of four columns. An
// ending newline gives no empty last line.
func CleanLines(s string) []string {
	s = strings.TrimRight(s, "\r\n")
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		if strings.IndexByte(line, '\t') >= 0 {
			line = expandTabs(line)
		}
		lines[i] = Clean(line)
	}
	return lines
}

// printable tells whether s is plain printable ASCII, which most text is.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func clean(s string, newline rune) string {
	var b strings.Builder
	b.Grow(len(s))
	state := -1
	for len(s) > 0 {
		var cluster string
		cluster, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		cleanCluster(&b, cluster, newline)
	}
	return b.String()
}

// cleanCluster writes what may be shown of one grapheme cluster. A cluster is
// kept whole only while every terminal gives it the same width: a base
// character with combining marks. Joined emoji, flags and variation selectors
// are taken apart.
func cleanCluster(b *strings.Builder, cluster string, newline rune) {
	marks := 0
	base := false
	for len(cluster) > 0 {
		r, size := utf8.DecodeRuneInString(cluster)
		cluster = cluster[size:]
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteRune(utf8.RuneError)
			base = true
		case r == '\r' && strings.HasPrefix(cluster, "\n"):
			// The newline that follows stands for both.
		case r == '\n':
			b.WriteRune(newline)
		case r == '\t':
			b.WriteByte(' ')
		case r < ' ':
			b.WriteRune('␀' + r) // Control Pictures, U+2400
		case r == 0x7f:
			b.WriteRune('␡')
		case r < 0xa0 && r > 0x7f: // C1 controls, which some terminals obey
			b.WriteRune(utf8.RuneError)
		case unicode.In(r, unicode.Mn, unicode.Me):
			if base && marks < maxMarks && runewidth.RuneWidth(r) == 0 && !isSelector(r) {
				b.WriteRune(r)
				marks++
			}
		case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
			// Format, direction, separator and private-use characters: each
			// either shows nothing or something else on every terminal.
			if unicode.In(r, unicode.Zl, unicode.Zp) {
				b.WriteRune(newline)
			}
		case unicode.In(r, unicode.Zs):
			b.WriteByte(' ')
		case r >= 0x1f1e6 && r <= 0x1f1ff: // regional indicators pair up into flags
			b.WriteRune('A' + r - 0x1f1e6)
			base = true
		case r >= 0x1f3fb && r <= 0x1f3ff: // skin tones join what stands before
		case !unicode.IsPrint(r) || runewidth.RuneWidth(r) == 0:
			b.WriteRune(utf8.RuneError)
			base = true
		default:
			b.WriteRune(r)
			base = true
		}
	}
}

func isSelector(r rune) bool {
	return r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef
}

func expandTabs(s string) string {
	var b strings.Builder
	col := 0
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			n := 4 - col%4
			b.WriteString("    "[:n])
			col += n
		}
		b.WriteString(part)
		col += uniseg.StringWidth(part)
	}
	return b.String()
}
