package logview_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"fntop/ui/theme"
	"fntop/ui/widget/logview"
)

func view(width, height int, texts ...string) *logview.Model {
	m := logview.New()
	m.Resize(width, height)
	set(m, texts...)
	m.Home()
	return m
}

func set(m *logview.Model, texts ...string) {
	m.Set(len(texts), func(i int) logview.Entry {
		return logview.Entry{Key: fmt.Sprint(i), Time: "14:00:00.000", Level: logview.Info, Text: texts[i]}
	})
}

func screen(m *logview.Model) string {
	lines := m.Draw(theme.New(theme.Spec{Dark: true, Profile: colorprofile.TrueColor}))
	for i, l := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n")
}

func wantScreen(t *testing.T, m *logview.Model, want ...string) {
	t.Helper()
	if got := screen(m); got != strings.Join(want, "\n") {
		t.Errorf("shown:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func TestWrapAndCut(t *testing.T) {
	m := view(30, 6, "a short line", "a long line that goes on", "end")
	wantScreen(t, m, "▸a short line", " a long line that goes on", " end")
	m = view(44, 6, "a short line", "a long line that goes on", "end")
	wantScreen(t, m,
		"▸14:00:00.000 INFO  a short line",
		" 14:00:00.000 INFO  a long line that goes on",
		" 14:00:00.000 INFO  end")
	m = view(40, 6, "abcdefghijklmnopqrstuvwxyz", "函数函数函数函数函数函", "end")
	wantScreen(t, m,
		"▸14:00:00.000 INFO  abcdefghijklmnopqrst",
		"                    uvwxyz",
		" 14:00:00.000 INFO  函数函数函数函数函数",
		"                    函",
		" 14:00:00.000 INFO  end")
	m.ToggleWrap()
	wantScreen(t, m,
		"▸14:00:00.000 INFO  abcdefghijklmnopqrs…",
		" 14:00:00.000 INFO  函数函数函数函数函…",
		" 14:00:00.000 INFO  end")
}

func TestAnEntryOfSeveralLinesIsFolded(t *testing.T) {
	m := view(60, 9, "Traceback\n  one\r\n  two\r  three\n  four\n", "end")
	wantScreen(t, m,
		"▸14:00:00.000 INFO  Traceback … 4 more lines",
		" 14:00:00.000 INFO  end")
	m.Toggle()
	wantScreen(t, m,
		"▸14:00:00.000 INFO  Traceback",
		"                      one", "                      two", "                      three", "                      four",
		" 14:00:00.000 INFO  end")
	m.Toggle()
	m.Move(1)
	m.Move(-1)
	if !strings.Contains(screen(m), "… 4 more lines") {
		t.Error("it does not fold again")
	}
}

func TestFull(t *testing.T) {
	m := logview.New()
	m.Resize(60, 6)
	m.Set(1, func(int) logview.Entry {
		return logview.Entry{Key: "k", Time: "14:00:00.000", Text: "short", Full: func() string { return "{\n  1\n}" }}
	})
	wantScreen(t, m, "▸14:00:00.000       short")
	m.Toggle()
	wantScreen(t, m, "▸14:00:00.000       {", "                      1", "                    }")
}

func TestAFoldedLineIsShownInPart(t *testing.T) {
	m := view(40, 20, strings.Repeat("0123456789", 100), "end")
	lines := strings.Split(screen(m), "\n")
	if len(lines) != 7 || !strings.HasSuffix(lines[5], "…") {
		t.Errorf("a line of 1000 columns takes\n%s", screen(m))
	}
	m.Toggle()
	if got := strings.Count(screen(m), "\n") + 1; got != 20 {
		t.Errorf("opened, it takes %d rows of 20", got)
	}
}

func TestMoving(t *testing.T) {
	var texts []string
	for i := range 50 {
		texts = append(texts, fmt.Sprintf("line %d", i))
	}
	m := view(60, 10, texts...)
	for _, c := range []struct {
		name     string
		do       func()
		cursor   int
		first    string
		lastSeen string
	}{
		{"start", func() {}, 0, "line 0", "line 9"},
		{"down", func() { m.Move(1) }, 1, "line 0", "line 9"},
		{"to the edge", func() { m.Move(8) }, 9, "line 0", "line 9"},
		{"beyond it", func() { m.Move(1) }, 10, "line 1", "line 10"},
		{"back", func() { m.Move(-9) }, 1, "line 1", "line 10"},
		{"above", func() { m.Move(-1) }, 0, "line 0", "line 9"},
		{"page", func() { m.Page(1) }, 9, "line 9", "line 18"},
		{"half a page", func() { m.HalfPage(1) }, 14, "line 14", "line 23"},
		{"page back", func() { m.Page(-1) }, 5, "line 5", "line 14"},
		{"end", m.End, 49, "line 40", "line 49"},
		{"down at the end", func() { m.Move(1) }, 49, "line 40", "line 49"},
		{"page at the end", func() { m.Page(1) }, 49, "line 40", "line 49"},
		{"page back from the end", func() { m.Page(-1) }, 31, "line 31", "line 40"},
		{"home", m.Home, 0, "line 0", "line 9"},
		{"up at the top", func() { m.Move(-1) }, 0, "line 0", "line 9"},
	} {
		c.do()
		lines := strings.Split(screen(m), "\n")
		if m.Cursor() != c.cursor || !strings.HasSuffix(lines[0], c.first) || !strings.HasSuffix(lines[len(lines)-1], c.lastSeen) {
			t.Errorf("%s: cursor %d, shown from %q to %q; want %d, %q, %q",
				c.name, m.Cursor(), lines[0], lines[len(lines)-1], c.cursor, c.first, c.lastSeen)
		}
	}
}

// TestMovingThroughATallEntry: an entry higher than the screen is gone
// through row by row, down and up, and none of its rows is skipped.
func TestMovingThroughATallEntry(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "row %d\n", i)
	}
	m := view(60, 10, "first", b.String(), "last")
	m.Move(1)
	m.Toggle()
	seen := map[string]bool{}
	note := func() {
		for l := range strings.SplitSeq(screen(m), "\n") {
			if i := strings.Index(l, "row "); i >= 0 {
				seen[l[i:]] = true
			}
		}
	}
	for range 60 {
		note()
		m.Move(1)
	}
	if len(seen) != 40 || m.Cursor() != 2 {
		t.Fatalf("going down %d rows of 40 were seen, the cursor is on %d", len(seen), m.Cursor())
	}
	clear(seen)
	for range 60 {
		note()
		m.Move(-1)
	}
	if len(seen) != 40 || m.Cursor() != 0 {
		t.Fatalf("going up %d rows of 40 were seen, the cursor is on %d", len(seen), m.Cursor())
	}
}

func TestFollowing(t *testing.T) {
	texts := []string{"a", "b", "c", "d"}
	m := view(60, 3, texts...)
	m.End()
	set(m, append(texts, "e", "f")...)
	if got := screen(m); !strings.Contains(got, "f") {
		t.Errorf("at the end, it does not follow:\n%s", got)
	}
	m.Move(-1)
	set(m, append(texts, "e", "f", "g")...)
	if got := screen(m); strings.Contains(got, "  g") || m.Cursor() != 4 {
		t.Errorf("away from the end, it follows; the cursor is on %d:\n%s", m.Cursor(), got)
	}
}

// numbered gives the entries of a view that begins with number first.
func numbered(first int) func(int) logview.Entry {
	return func(i int) logview.Entry {
		return logview.Entry{Key: fmt.Sprint(first + i), Text: fmt.Sprintf("line %d", first+i)}
	}
}

// TestAdvance: entries come and go at both ends, and the others stay where
// they are on the screen.
func TestAdvance(t *testing.T) {
	m := logview.New()
	m.Resize(30, 4)
	m.Advance(0, 100, numbered(0))
	wantScreen(t, m, " line 96", " line 97", " line 98", "▸line 99")
	m.Advance(10, 100, numbered(10))
	wantScreen(t, m, " line 106", " line 107", " line 108", "▸line 109")
	m.Move(-5)
	want := []string{"▸line 104", " line 105", " line 106", " line 107"}
	wantScreen(t, m, want...)
	for _, step := range []struct{ left, first, n int }{{0, 10, 150}, {90, 100, 60}, {-40, 60, 100}, {44, 104, 56}} {
		m.Advance(step.left, step.n, numbered(step.first))
		wantScreen(t, m, want...)
	}
	if m.Following() || m.Cursor() != 0 || m.Top() != 0 {
		t.Errorf("following %v, cursor %d, top %d", m.Following(), m.Cursor(), m.Top())
	}
	m.Advance(2, 54, numbered(106)) // what was under the cursor is gone
	wantScreen(t, m, "▸line 106", " line 107", " line 108", " line 109")
	m.End()
	m.Hold()
	m.Advance(0, 60, numbered(106))
	wantScreen(t, m, " line 156", " line 157", " line 158", "▸line 159")
	m.SelectEntry(20)
	wantScreen(t, m, " line 124", " line 125", "▸line 126", " line 127")
	m.Replace(5, numbered(300), 3, 1)
	wantScreen(t, m, " line 301", " line 302", "▸line 303", " line 304")
	m.Replace(0, numbered(0), 3, 1)
	wantScreen(t, m, "")
	m.Advance(0, 2, numbered(7))
	wantScreen(t, m, " line 7", "▸line 8")
}

func TestShiftNamesAndMatches(t *testing.T) {
	m := logview.New()
	m.NameWidth = 5
	m.Resize(50, 3)
	m.Advance(0, 1, func(int) logview.Entry {
		return logview.Entry{Key: "k", Time: "14:00:00.000", Name: "name", Level: logview.Fatal, Text: "abcdefghij函数klmnopqrstuvwxyz"}
	})
	m.Shift(4)
	wantScreen(t, m, "▸14:00:00.000 name  FATAL abcdefghij函数klmnopqrst", "                          uvwxyz")
	m.ToggleWrap()
	wantScreen(t, m, "▸14:00:00.000 name  FATAL abcdefghij函数klmnopqrs…")
	m.Shift(11) // within a wide character, which stays
	wantScreen(t, m, "▸14:00:00.000 name  FATAL 函数klmnopqrstuvwxyz")
	m.Shift(50)
	wantScreen(t, m, "▸14:00:00.000 name  FATAL")
	m.Shift(-100)
	th := theme.New(theme.Spec{Dark: true, Profile: colorprofile.TrueColor})
	m.Match = func(s string) (int, int, bool) {
		i := strings.IndexByte(s, 'c')
		return i, i + 2, i >= 0
	}
	if got := m.Draw(th)[0]; !strings.Contains(got, th.Accent.SGR()+"cd") {
		t.Errorf("the match does not stand out: %q", got)
	}
	m.Match = func(s string) (int, int, bool) { return 0, 0, true } // nothing, for ever
	wantScreen(t, m, "▸14:00:00.000 name  FATAL abcdefghij函数klmnopqrs…")
}

func TestCleaned(t *testing.T) {
	m := view(60, 5, "a\x1b[2Jb\tc\x00", "x\u202ey")
	got := screen(m)
	for _, bad := range []string{"\x1b", "\t", "\x00", "\u202e"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q came through", bad)
		}
	}
	if !strings.Contains(got, "a␛[2Jb  c␀") {
		t.Errorf("shown %q", got)
	}
}

func TestEmpty(t *testing.T) {
	m := view(60, 5)
	m.Toggle()
	m.Move(1)
	m.Move(-1)
	m.Page(1)
	m.End()
	m.Home()
	m.ToggleWrap()
	m.Resize(0, 0)
	if got := screen(m); got != "" {
		t.Errorf("nothing is shown as %q", got)
	}
}

func FuzzView(f *testing.F) {
	f.Add("a line", "one\ntwo\rthree", 40, 10, []byte{1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Add(strings.Repeat("e\u0301函", 200), "\t\x1b[31m\u200d", 21, 3, []byte{7, 1, 1, 1, 0, 0, 3, 2, 6})
	f.Fuzz(func(t *testing.T, a, b string, width, height int, steps []byte) {
		width, height = abs(width)%130, abs(height)%40
		m := view(width, height, a, b, a+b, "end")
		if len(steps) > 60 {
			steps = steps[:60]
		}
		for _, s := range steps {
			switch s % 18 {
			case 0:
				m.Move(-1)
			case 1:
				m.Move(1)
			case 2:
				m.Page(-1)
			case 3:
				m.Page(1)
			case 4:
				m.End()
			case 5:
				m.Home()
			case 6:
				m.ToggleWrap()
			case 7:
				m.Toggle()
			case 8:
				set(m, a, b)
			case 9:
				set(m, a, b, b, b, a, "end")
			case 10:
				m.Resize(int(s), int(s)%17)
				width, height = int(s), int(s)%17
			case 11:
				all := []string{a, b, a + b, "end", b, a}
				left := int(s) % 4
				m.Advance(left, len(all)-left, func(i int) logview.Entry { return logview.Entry{Key: fmt.Sprint(left + i), Text: all[left+i]} })
			case 12:
				m.Shift(int(s) - 128)
			case 13:
				m.SelectEntry(int(s) % 7)
				m.NameWidth = int(s) % 9
			case 14:
				m.Match = func(text string) (int, int, bool) {
					return strings.Index(text, "e"), strings.Index(text, "e") + 1, strings.Contains(text, "e")
				}
				m.ToggleAll()
			case 16:
				m.Find(string([]rune(a)[:min(len([]rune(a)), 2)]))
				_, _ = m.Matches()
			case 17:
				m.FindNext(int(s)%3 - 1)
			}
			lines := strings.Split(screen(m), "\n")
			if len(lines) > max(height, 1) {
				t.Fatalf("%d rows of %d", len(lines), height)
			}
			for _, l := range lines {
				if w := ansi.StringWidth(l); w > width {
					t.Fatalf("a row of %d columns in %d: %q", w, width, l)
				}
			}
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return -max(n, -1<<31)
	}
	return n
}

// BenchmarkHugeLines draws a screen of lines of 256 KB each, laid out anew.
func BenchmarkHugeLines(b *testing.B) {
	var texts []string
	for range 50 {
		texts = append(texts, strings.Repeat("0123456789abcdef", 16<<10))
	}
	m := view(120, 40, texts...)
	th := theme.New(theme.Spec{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Resize(120+i%2, 40) // forgets the layout
		_ = m.Draw(th)
	}
}
