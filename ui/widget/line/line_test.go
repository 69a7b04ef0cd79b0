package line_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

func dark() *theme.Theme {
	return theme.New(theme.Spec{Dark: true, Profile: colorprofile.TrueColor})
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"checkout", 8, "checkout"},
		{"checkout", 7, "checko…"},
		{"checkout", 1, "…"},
		{"checkout", 0, ""},
		{"", 5, ""},
		{"函数名", 6, "函数名"},
		{"函数名", 5, "函数…"},
		{"函数名", 4, "函…"},
		{"e\u0301a\u0301x", 2, "e\u0301…"},
		{"a\x1b[31mb", 4, "a␛[…"},
		{"a\nb", 5, "a⏎b"},
		{strings.Repeat("x", 300_000), 4, "xxx…"},
		{"ab" + strings.Repeat("\u200d", 300_000), 4, "ab…"},
	} {
		got, w := line.Fit(c.in, c.width, "…")
		if got != c.want || w != ansi.StringWidth(got) || w > c.width {
			t.Errorf("Fit(%.20q, %d) = %q, %d; want %q", c.in, c.width, got, w, c.want)
		}
	}
}

func FuzzFit(f *testing.F) {
	f.Add("checkout-api", 5)
	f.Add("函数\x1b[2J名e\u0301\u200d", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		width %= 300
		got, w := line.Fit(s, width, "…")
		if w != ansi.StringWidth(got) || w > max(width, 0) {
			t.Errorf("Fit(%q, %d) = %q, %d", s, width, got, w)
		}
	})
}

func TestBuilder(t *testing.T) {
	th := dark()
	b := line.New(th)
	b.Reset(12, theme.Style{}).Text(th.Bad, "ab").Space(1).Cell(th.Muted, "c", 3, true).Cell(theme.Style{}, "defgh", 4, false)
	if got, want := ansi.Strip(b.String()), "ab   cdef…"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	b.Reset(4, theme.Style{}).Text(th.Bad, "abcdefg").Text(th.Bad, "x").Space(5).Repeat(th.Bad, "─", 3).Glyphs(th.Bad, "──", 2)
	if got, want := ansi.Strip(b.String()), "abc…"; got != want {
		t.Errorf("beyond its width the line is %q, want %q", got, want)
	}
	b.Reset(6, th.Selected).Text(theme.Style{}, "ab")
	if got, want := ansi.Strip(b.String()), "ab    "; got != want {
		t.Errorf("a line with a style is %q, want it filled: %q", got, want)
	}
	b.Reset(-3, theme.Style{}).Text(th.Bad, "abc").Repeat(th.Bad, "x", -1)
	if got := b.String(); got != "" {
		t.Errorf("a line without width is %q", got)
	}
	b.Reset(9, theme.Style{}).Text(theme.Style{}, "a").To(4).Text(theme.Style{}, "b").To(2).Text(theme.Style{}, "c")
	if got, want := b.String(), "a   bc"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestStylesDoNotLeak checks that a piece's style ends where the piece does,
// and that the line's own style goes on behind it.
func TestStylesDoNotLeak(t *testing.T) {
	th := dark()
	b := line.New(th)
	b.Reset(10, th.Selected).Text(th.Bad, "a").Text(theme.Style{}, "b")
	want := th.Selected.SGR() + th.Bad.SGR() + "a" + ansi.ResetStyle + th.Selected.SGR() + "b        " + ansi.ResetStyle
	if got := b.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	b.Reset(10, theme.Style{}).Text(th.Bad, "a").Text(th.Bad, "b")
	if got, want := b.String(), th.Bad.SGR()+"ab"+ansi.ResetStyle; got != want {
		t.Errorf("%q, want one sequence for both: %q", got, want)
	}
}

func TestWithoutColoursASelectedLineHasNoPatches(t *testing.T) {
	th := theme.New(theme.Spec{Profile: colorprofile.ANSI})
	got := line.New(th).Reset(3, th.Selected).Text(th.Bad, "a").Text(th.Muted, "b").String()
	if want := th.Selected.SGR() + "ab " + ansi.ResetStyle; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestClip(t *testing.T) {
	if got := line.Clip([]string{"a", "b", "c"}, 2); len(got) != 2 {
		t.Errorf("%q", got)
	}
	if got := line.Clip([]string{"a"}, 3); len(got) != 3 || got[0] != "a" || got[2] != "" {
		t.Errorf("%q", got)
	}
	if got := line.Clip(nil, -1); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func BenchmarkFitHuge(b *testing.B) {
	huge := strings.Repeat("log line ", 30_000)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = line.Fit(huge, 120, "…")
	}
}
