package sources_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-runewidth"

	"fntop/sources"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "checkout-api", "checkout-api"},
		{"empty", "", ""},
		{"umlaut", "Größe", "Größe"},
		{"decomposed", "Gro\u0308ße", "Gro\u0308ße"},
		{"chinese", "函数名", "函数名"},
		{"escape", "\x1b[31mred\x1b[0m", "␛[31mred␛[0m"},
		{"osc", "a\x1b]0;title\x07b", "a␛]0;title␇b"},
		{"newline", "one\ntwo\r\nthree", "one⏎two⏎three"},
		{"return", "over\rwritten", "over␍written"},
		{"tab", "a\tb", "a b"},
		{"backspace", "ab\b\b", "ab␈␈"},
		{"delete", "a\x7fb", "a␡b"},
		{"nul", "a\x00b", "a␀b"},
		{"c1", "a\u009b31mb", "a\ufffd31mb"},
		{"invalid", "a\xff\xfeb", "a\ufffd\ufffdb"},
		{"half a character", "a\xe2\x82", "a\ufffd\ufffd"},
		{"surrogate", "a\xed\xa0\x80b", "a\ufffd\ufffd\ufffdb"},
		{"right-to-left override", "gpj\u202egnp.exe", "gpjgnp.exe"},
		{"isolate", "a\u2066b\u2069c", "abc"},
		{"zero width", "a\u200bb\u200dc\ufeffd", "abcd"},
		{"line separator", "a\u2028b", "a⏎b"},
		{"nonbreaking space", "a\u00a0b", "a b"},
		{"private use", "a\ue000b", "ab"},
		{"soft hyphen", "a\u00adb", "ab"},
		{"marks without a base", "\u0301a", "a"},
		{"tower of marks", "a" + strings.Repeat("\u0301", 300), "a" + strings.Repeat("\u0301", 4)},
		{"selector", "❤\ufe0f", "❤"},
		{"flag", "🇩🇪", "DE"},
		{"joined", "👩\u200d💻", "👩💻"},
		{"skin tone", "👍🏽", "👍"},
		{"decomposed Korean", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"},
		{"syllable and letter", "하\u11ab", "한"},
		{"lone Hangul letters", "\u1112x\u1161\u11ab", "\ufffdx\ufffd\ufffd"},
		{"Thai am", "กำ", "ก\u0e4d\u0e32"},
		{"virama", "क्ष", "कष"},
		{"spacing vowel", "कि", "क\ufffd"},
		{"halfwidth sound mark", "ｶﾞ", "ｶ゛"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sources.Clean(c.in); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
			checkClean(t, c.in)
		})
	}
}

func TestCleanLines(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"one\ntwo\r\n", []string{"one", "two"}},
		{"a\tb\n\tc", []string{"a   b", "    c"}},
		{"", []string{""}},
		{"a\n\nb", []string{"a", "", "b"}},
		{"\x1b[2Ja\nb", []string{"␛[2Ja", "b"}},
	} {
		if got := sources.CleanLines(c.in); !slices.Equal(got, c.want) {
			t.Errorf("CleanLines(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// checkClean checks what Clean promises of any text.
func checkClean(t *testing.T, in string) {
	t.Helper()
	got := sources.Clean(in)
	if !utf8.ValidString(got) {
		t.Fatalf("Clean(%q) = %q is not valid UTF-8", in, got)
	}
	sum, narrow := 0, runewidth.Condition{} // whatever the locale of the test
	for _, r := range got {
		switch {
		case r < ' ' || r >= 0x7f && r < 0xa0:
			t.Fatalf("Clean(%q) = %q has the control %#x", in, got, r)
		case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Cs, unicode.Co, unicode.Bidi_Control, unicode.Variation_Selector):
			t.Fatalf("Clean(%q) = %q has the invisible %U", in, got, r)
		case r != utf8.RuneError && !unicode.IsPrint(r):
			t.Fatalf("Clean(%q) = %q has %U, which is not printable", in, got, r)
		}
		sum += narrow.RuneWidth(r)
	}
	if w := ansi.StringWidth(got); w != sum {
		t.Fatalf("Clean(%q) = %q: %d columns by character, %d by code point", in, got, w, sum)
	}
	if w := ansi.StringWidthWc(got); w != sum {
		t.Fatalf("Clean(%q) = %q: %d columns by wcwidth, %d by code point", in, got, w, sum)
	}
	if again := sources.Clean(got); again != got {
		t.Fatalf("Clean(%q) = %q, and cleaned again %q", in, got, again)
	}
	for _, l := range sources.CleanLines(in) {
		if strings.ContainsAny(l, "\n\r\t\x1b") {
			t.Fatalf("CleanLines(%q) has the line %q", in, l)
		}
	}
}

// TestCleanEveryCodePoint puts each code point between characters that others
// join, plane 2 and beyond by samples.
func TestCleanEveryCodePoint(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		checkClean(t, "a"+string(r)+"क"+string(r)+"क가"+string(r)+"ᆨ")
		if r > 0x1ffff && r%0x1000 > 0x200 {
			r += 0xff
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"checkout-api", "\x1b[31mred", "a\u200db", "e\u0301\u0301\u0301\u0301\u0301\u0301", "🇩🇪🇩", "👩\u200d👩\u200d👧", "\u1100\u1161\u11a8", "각",
		"ไทยกำ", "नमस्ते क्षि", "\u0600 1", "ﷺ", "\u0e33", "\U000e0041", "한\u200d국", "\u20dd", "a\u20dd", "❤\ufe0f", "☎\ufe0e", "1\ufe0f\u20e3",
		"\xff\xc0\x80", "\u115f\u1160", "\u3164", "\u2800", "\u00ad", "\u180e", "\u061c", "က္က", "𑄀𑄁", "\u0d4e\u0d15", "\u09b0\u09cd\u09af",
	} {
		f.Add(s)
	}
	f.Fuzz(checkClean)
}

func BenchmarkCleanPlain(b *testing.B) {
	for b.Loop() {
		_ = sources.Clean("arn:aws:lambda:us-east-1:123456789012:function:checkout-api")
	}
}

func BenchmarkCleanForeign(b *testing.B) {
	for b.Loop() {
		_ = sources.Clean("Bestellung für Köln: 函数名 überprüft ✓")
	}
}
