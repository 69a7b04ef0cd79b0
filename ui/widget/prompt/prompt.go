// Package prompt is a line in which the user types: a label, the text, and a
// remark such as what is wrong with the text.
package prompt

import (
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// limit is how many characters may be typed.
const limit = 200

// Model is one such line. Its zero value is not usable: see [New].
type Model struct {
	Label string // ASCII
	input textinput.Model
}

// New makes an empty line with a label.
func New(label string) *Model {
	in := textinput.New()
	in.Prompt = ""
	in.CharLimit = limit
	in.SetVirtualCursor(false) // the terminal's own: it blinks without traffic
	return &Model{Label: label, input: in}
}

// Focus starts taking keys.
func (m *Model) Focus() { _ = m.input.Focus() } // its command only blinks a virtual cursor

// Blur stops taking keys.
func (m *Model) Blur() { m.input.Blur() }

// Focused tells whether keys are taken.
func (m *Model) Focused() bool { return m.input.Focused() }

// Value is the text.
func (m *Model) Value() string { return m.input.Value() }

// Set replaces the text and puts the cursor behind it.
func (m *Model) Set(text string) {
	m.input.SetValue(text)
	m.input.CursorEnd()
}

// Update takes a key press or a paste.
func (m *Model) Update(msg tea.Msg) {
	if paste, ok := msg.(tea.PasteMsg); ok {
		paste.Content = sources.Clean(strings.TrimSpace(paste.Content))
		msg = paste
	}
	m.input, _ = m.input.Update(msg) // its commands only blink and read the clipboard
}

// Draw gives the line and the column of the cursor, or -1 when it has none.
// The remark stands at the right edge, in the style given.
func (m *Model) Draw(th *theme.Theme, width int, remark string, st theme.Style) (drawn string, cursor int) {
	b := line.New(th).Reset(width, theme.Style{})
	b.Space(1).Text(th.Accent, m.Label).Space(1)
	room := max(b.Left()-1, 0)
	if remark != "" {
		room = max(room*2/5, min(room, 12))
	}
	before, after := m.around()
	for line.Width(before) > room && before != "" { // the end of the text is where the cursor is
		_, size := utf8.DecodeRuneInString(before)
		before = before[size:]
	}
	b.Text(theme.Style{}, before)
	cursor = -1
	if m.Focused() {
		cursor = min(b.Used(), max(width-1, 0))
	}
	b.Text(theme.Style{}, cutTo(after, room-line.Width(before)))
	if remark != "" {
		b.Space(2).Text(st, remark)
	}
	return b.String(), cursor
}

// Bar is the line of a filter: what is being typed, or else what was taken
// before, if anything, and the remark behind it. The cursor is as in Draw.
func (m *Model) Bar(th *theme.Theme, width int, taken, remark string, st theme.Style) (drawn string, cursor int) {
	if m.Focused() {
		return m.Draw(th, width, remark, st)
	}
	b := line.New(th).Reset(width, theme.Style{}).Space(1)
	if taken != "" {
		b.Text(th.Accent, m.Label).Space(1).Text(theme.Style{}, taken).Space(3)
	}
	return b.Text(st, remark).String(), -1
}

// around is the text before and behind the cursor, cleaned.
func (m *Model) around() (before, after string) {
	runes := []rune(m.input.Value())
	at := min(m.input.Position(), len(runes))
	return sources.Clean(string(runes[:at])), sources.Clean(string(runes[at:]))
}

func cutTo(s string, width int) string {
	s, _ = line.Fit(s, width, "")
	return s
}
