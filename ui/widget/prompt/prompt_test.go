package prompt_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"fntop/ui/theme"
	"fntop/ui/widget/prompt"
)

func typed(m *prompt.Model, text string) {
	for _, r := range text {
		m.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func TestTyping(t *testing.T) {
	th := theme.New(theme.Spec{})
	m := prompt.New("/")
	typed(m, "lost")
	if m.Value() != "" {
		t.Errorf("without focus %q was taken", m.Value())
	}
	m.Focus()
	typed(m, "err>1")
	m.Update(tea.KeyPressMsg{Code: tea.KeyBackspace})
	typed(m, "5")
	got, cursor := m.Draw(th, 40, "3 of 9", th.Muted)
	if want := " / err>5  3 of 9"; strings.TrimRight(ansi.Strip(got), " ") != want || cursor != 8 {
		t.Errorf("%q with the cursor at %d, want %q at 8", ansi.Strip(got), cursor, want)
	}
	m.Update(tea.PasteMsg{Content: " x\x1b]0;evil\x07\ny "})
	if v := m.Value(); strings.ContainsAny(v, "\x1b\x07\n") {
		t.Errorf("pasted %q", v)
	}
	m.Blur()
	if _, cursor := m.Draw(th, 40, "", th.Muted); cursor != -1 {
		t.Errorf("without focus the cursor is at %d", cursor)
	}
}

func TestALongTextShowsItsCursor(t *testing.T) {
	th := theme.New(theme.Spec{})
	m := prompt.New(":")
	m.Focus()
	m.Set(strings.Repeat("函数", 80))
	for width := range 60 {
		got, cursor := m.Draw(th, width, "a remark", th.Muted)
		if w := ansi.StringWidth(got); w > width || cursor >= max(width, 1) {
			t.Errorf("%d wide: %d columns, the cursor at %d", width, w, cursor)
		}
	}
}
