package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-runewidth"
)

// stripStyles takes the style sequences and links off a line, and fails on any other
// control.
func stripStyles(tb testing.TB, l string) string {
	tb.Helper()
	var b strings.Builder
	for len(l) > 0 {
		if l[0] != '\x1b' {
			if l[0] < ' ' || l[0] == 0x7f {
				tb.Fatalf("a control byte %#x in %q", l[0], l)
			}
			b.WriteByte(l[0])
			l = l[1:]
			continue
		}
		if link, rest, ok := strings.Cut(l, "\a"); ok && strings.HasPrefix(link, "\x1b]8;;") {
			if link = strings.TrimPrefix(link, "\x1b]8;;"); link != "" && !strings.HasPrefix(link, "https://") || strings.ContainsAny(link, "\x1b ") {
				tb.Fatalf("a link to %q", link)
			}
			l = rest
			continue
		}
		end := strings.IndexByte(l, 'm')
		if end < 0 || !strings.HasPrefix(l, "\x1b[") || strings.Trim(l[2:end], "0123456789;:") != "" {
			tb.Fatalf("an escape sequence that is no style: %q", l)
		}
		l = l[end+1:]
	}
	return b.String()
}

// cellWidth is the wider of what two ways of counting give: by characters,
// and by code points as simple terminals do.
func cellWidth(s string) int {
	sum := 0
	for _, r := range s {
		sum += runewidth.RuneWidth(r)
	}
	return max(sum, ansi.StringWidth(s))
}
