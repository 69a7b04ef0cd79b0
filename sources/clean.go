package sources

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// maxMarks is how many combining marks one character may carry. Real
// scripts need two or three; towers of hundreds are an attack on the screen.
const maxMarks = 4

// Clean makes text from outside safe to draw on one line of a terminal: no
// control bytes, no escape sequences, no invalid UTF-8, no invisible or
// direction-changing characters, and no character whose width terminals
// disagree about. What is removed stays visible as a sign where it can: ESC
// becomes "␛", a newline "⏎", and U+FFFD stands for the rest. Tabs become a
// space. What is left takes as many columns as its code points take one by
// one, however a terminal counts: characters that terminals join into one
// (Hangul letters, Indic conjuncts, flags, joined emoji) are composed or
// taken apart.
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
	c := cleaner{out: make([]byte, 0, len(s)+8), newline: newline}
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		switch {
		case r == utf8.RuneError && size == 1:
			c.base(utf8.RuneError)
		case r == '\r' && strings.HasPrefix(s, "\n"):
			// The newline that follows stands for both.
		default:
			c.add(r)
		}
	}
	c.settle()
	return string(c.out)
}

// cleaner writes what may be shown of a text, one code point after the other.
type cleaner struct {
	out     []byte
	newline rune
	last    rune // the last base character; 0 when marks have nothing to stand on
	at      int  // where it begins in out
	marks   int  // on it
}

func (c *cleaner) add(r rune) {
	switch {
	case r > ' ' && r <= '~', r > 0xa0 && r < 0x250 && r != 0xad, r >= 0x4e00 && r <= 0x9fff:
		c.base(r) // ASCII, Latin and Chinese: nothing to look up
	case unicode.In(r, unicode.Cc, unicode.Zs, unicode.Zl, unicode.Zp):
		c.space(r)
	case unicode.In(r, unicode.Mn, unicode.Me):
		c.mark(r)
	case unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs), r >= 0x1f3fb && r <= 0x1f3ff:
		// Format, direction and private-use characters: each either shows
		// nothing or something else on every terminal. Skin tones join what
		// stands before them.
	case isJamo(r):
		c.jamo(r)
	default:
		c.letter(r)
	}
}

// space writes what stands for a control or a space.
func (c *cleaner) space(r rune) {
	switch {
	case r == '\n', unicode.In(r, unicode.Zl, unicode.Zp):
		c.sign(c.newline)
	case r == '\t', unicode.Is(unicode.Zs, r):
		c.sign(' ')
	case r < ' ':
		c.sign('␀' + r) // Control Pictures, U+2400
	case r == 0x7f:
		c.sign('␡')
	default: // C1 controls, which some terminals obey
		c.sign(utf8.RuneError)
	}
}

// letter writes a character that stands by itself, or what stands for one
// that would not.
func (c *cleaner) letter(r rune) {
	switch {
	case r >= 0x1f1e6 && r <= 0x1f1ff: // regional indicators pair up into flags
		c.base('A' + r - 0x1f1e6)
	case r == 0x0e33: // Thai and Lao am: a mark and a vowel in one
		c.mark(0x0e4d)
		c.base(0x0e32)
	case r == 0x0eb3:
		c.mark(0x0ecd)
		c.base(0x0eb2)
	case r == 0xff9e: // halfwidth sound marks join, fullwidth ones do not
		c.base(0x309b)
	case r == 0xff9f:
		c.base(0x309c)
	case unicode.Is(unicode.Mc, r), isPrepended(r), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r),
		!unicode.IsPrint(r), runewidth.RuneWidth(r) == 0:
		c.base(utf8.RuneError)
	default:
		c.base(r)
	}
}

// sign writes a character that carries no marks.
func (c *cleaner) sign(r rune) {
	c.settle()
	c.out = utf8.AppendRune(c.out, r)
	c.last = 0
}

// base writes a character that may carry marks.
func (c *cleaner) base(r rune) {
	c.settle()
	c.last, c.at, c.marks = r, len(c.out), 0
	c.out = utf8.AppendRune(c.out, r)
}

// mark writes a combining mark where there is something for it to stand on.
// Marks that join consonants into one (virama) are left out.
func (c *cleaner) mark(r rune) {
	if c.last == 0 || c.marks >= maxMarks || runewidth.RuneWidth(r) != 0 || isLinker(r) ||
		unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
		return
	}
	c.settle()
	c.out = utf8.AppendRune(c.out, r)
	c.marks++
}

// Hangul letters (jamo) that follow each other make a syllable. Those of
// modern Korean are composed by arithmetic (Unicode Standard 16, section
// 3.12); any other letter by itself would join what stands beside it.
const (
	hangulL, hangulV, hangulT, hangulS = 0x1100, 0x1161, 0x11a7, 0xac00
	countL, countV, countT             = 19, 21, 28
)

func isJamo(r rune) bool {
	return r >= 0x1100 && r <= 0x11ff || r >= 0xa960 && r <= 0xa97f || r >= 0xd7b0 && r <= 0xd7ff
}

func isLead(r rune) bool { return r >= hangulL && r < hangulL+countL }

func (c *cleaner) jamo(r rune) {
	free := c.last != 0 && c.marks == 0
	switch {
	case isLead(r):
		c.base(r)
	case free && isLead(c.last) && r >= hangulV && r < hangulV+countV:
		c.compose(hangulS + ((c.last-hangulL)*countV+r-hangulV)*countT)
	case free && r > hangulT && r < hangulT+countT && c.last >= hangulS &&
		c.last < hangulS+countL*countV*countT && (c.last-hangulS)%countT == 0:
		c.compose(c.last + r - hangulT)
	default:
		c.base(utf8.RuneError)
	}
}

// compose puts a syllable in the place of the last character.
func (c *cleaner) compose(r rune) {
	c.out = utf8.AppendRune(c.out[:c.at], r)
	c.last = r
}

// settle replaces a leading letter that no vowel has followed.
func (c *cleaner) settle() {
	if isLead(c.last) {
		c.out = append(c.out[:c.at], string(utf8.RuneError)...)
		c.last = utf8.RuneError
	}
}

// isLinker tells the marks that join the consonants around them (Unicode 16,
// DerivedCoreProperties, Indic_Conjunct_Break=Linker, without spacing ones).
func isLinker(r rune) bool {
	switch r {
	case 0x094d, 0x09cd, 0x0acd, 0x0b4d, 0x0c4d, 0x0d4d, 0x1039, 0x17d2, 0x1a60, 0x1b44, 0x1bab, 0xa9c0, 0xaaf6,
		0x10a3f, 0x11133, 0x113d0, 0x1193e, 0x11a47, 0x11a99, 0x11f42:
		return true
	}
	return false
}

// isPrepended tells the letters that join what follows (Unicode 16,
// GraphemeBreakProperty, Prepend, without format characters).
func isPrepended(r rune) bool {
	switch r {
	case 0x0d4e, 0x111c2, 0x111c3, 0x113d1, 0x1193f, 0x11941, 0x11a84, 0x11a85, 0x11a86, 0x11a87, 0x11a88, 0x11a89,
		0x11d46, 0x11f02:
		return true
	}
	return false
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
		part = Clean(part)
		b.WriteString(part)
		for _, r := range part {
			col += runewidth.RuneWidth(r)
		}
	}
	return b.String()
}
