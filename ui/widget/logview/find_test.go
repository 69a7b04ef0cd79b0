package logview_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"fntop/ui/theme"
	"fntop/ui/widget/logview"
)

func nested() *logview.Model {
	m := logview.New()
	m.Resize(60, 9)
	m.Set(3, func(i int) logview.Entry {
		e := logview.Entry{Key: string(rune('a' + i)), Text: "line"}
		if i == 1 {
			e.Text, e.Hidden = "Traceback: boom", 2
			e.Full = func() string { return "one\ntwo" }
			e.Deep = func() string { return "one\ntwo\nneedle" }
		}
		return e
	})
	m.Home()
	return m
}

func TestOpeningInSteps(t *testing.T) {
	m := nested()
	m.Move(1)
	wantScreen(t, m, "        line", "▸       Traceback: boom … 2 more lines", "        line")
	m.Toggle()
	wantScreen(t, m, "        line", "▸       one", "        two", "        line")
	m.Toggle()
	wantScreen(t, m, "        line", "▸       one", "        two", "        needle", "        line")
	m.Toggle()
	wantScreen(t, m, "        line", "▸       Traceback: boom … 2 more lines", "        line")
	m.ToggleAll()
	wantScreen(t, m, "        line", "▸       one", "        two", "        needle", "        line")
	m.Toggle()
	wantScreen(t, m, "        line", "▸       Traceback: boom … 2 more lines", "        line")
	m.ToggleAll()
	m.ToggleAll()
	wantScreen(t, m, "        line", "▸       one", "        two", "        needle", "        line")
}

func TestFind(t *testing.T) {
	m := view(60, 4, "alpha", "beta one", "gamma", "Beta two", "delta", "the beta")
	if m.FindNext(1) {
		t.Error("nothing is looked for, and found")
	}
	m.Find("BETA")
	for _, c := range []struct{ by, cursor, at int }{{0, 1, 1}, {0, 1, 1}, {1, 3, 2}, {1, 5, 3}, {1, 1, 1}, {-1, 5, 3}, {-1, 3, 2}} {
		if !m.FindNext(c.by) || m.Cursor() != c.cursor {
			t.Fatalf("by %d: the cursor is on %d, want %d", c.by, m.Cursor(), c.cursor)
		}
		if at, of := m.Matches(); at != c.at || of != 3 {
			t.Errorf("it is %d of %d, want %d of 3", at, of, c.at)
		}
		if !strings.Contains(strings.ToLower(screen(m)), "▸14:00:00.000 info  ") {
			t.Errorf("the cursor is not on the screen:\n%s", screen(m))
		}
	}
	m.Find("nowhere")
	if m.FindNext(1) || m.Cursor() != 3 {
		t.Errorf("found nothing and moved to %d", m.Cursor())
	}
}

// TestFindOpens what is folded, as far as it must, and scrolls to it.
func TestFindOpens(t *testing.T) {
	m := nested()
	m.Find("needle")
	if !m.FindNext(1) || m.Cursor() != 1 || !strings.Contains(screen(m), "needle") {
		t.Errorf("not opened:\n%s", screen(m))
	}
	rows := strings.Repeat("row\n", 60) + "needle\n" + strings.Repeat("row\n", 60)
	m = view(60, 6, "first", rows, "last")
	m.Find("needle")
	if !m.FindNext(1) || !strings.Contains(screen(m), "needle") {
		t.Errorf("it is not on the screen:\n%s", screen(m))
	}
}

func TestMatchesAreMarked(t *testing.T) {
	m := view(60, 4, "a beta and BETA", "other")
	m.Move(1)
	m.Find("beta")
	th := theme.New(theme.Spec{Dark: true, Profile: colorprofile.TrueColor})
	drawn := m.Draw(th)[0]
	if got := strings.Count(drawn, th.Accent.SGR()); got != 2 {
		t.Errorf("%d marks in %q", got, drawn)
	}
}
