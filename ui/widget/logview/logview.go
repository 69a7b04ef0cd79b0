// Package logview shows log lines: one entry after the other, wrapped or cut
// at the edge, each of which can be opened to show all of it.
//
// # Words
//
// An entry is one log event. A line is a line of its text, as the text itself
// is divided. A row is a line of the screen: a line longer than the screen is
// cut to one row, or wrapped into several.
//
// # Rules
//
//   - Rows are laid out when they are shown, not before: an entry of 256 KB
//     costs what is seen of it.
//   - The cursor and what is open are kept by the entries' keys.
//   - While the view is at its end, it follows what is added.
//   - Opening, folding and finding change what is shown and never an entry.
package logview

import (
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Level is how grave an entry is.
type Level int

// The levels.
const (
	NoLevel Level = iota
	Debug
	Info
	Warn
	Error
)

// Entry is one log event.
type Entry struct {
	// Key tells entries apart; it stays when entries are added.
	Key   string
	Time  string // as it is shown; ASCII
	Level Level
	Text  string // may hold several lines, and anything
	// Full is what is shown when the entry is open, such as indented JSON;
	// nil means all lines of Text.
	Full func() string
	// Deep is what is shown when the entry is opened once more, such as what
	// is nested in indented JSON; nil means that Full is all there is.
	Deep func() string
	// Hidden is how many lines Full has and Text leaves out, when that is
	// worth telling; 0 for none.
	Hidden int
	// Quiet marks the lines of the platform, which step back.
	Quiet bool
}

// Model is the state of a view.
type Model struct {
	// Ellipsis is the sign of one column where a line is cut.
	Ellipsis string

	width, height int
	wrap          bool

	n       int
	at      func(int) Entry
	made    map[int]*entry
	open    map[string]int // how far entries are open, when it is not allOpen
	allOpen bool
	needle  string // what is looked for, as [Model.Find] got it
	cursor  int
	top     int // first entry on the screen
	topRow  int // its first row on the screen
	follows bool
}

// New makes an empty view that follows its end.
func New() *Model {
	return &Model{Ellipsis: "…", made: make(map[int]*entry), open: make(map[string]int), wrap: true}
}

// Set replaces the entries: n of them, which at gives. The cursor stays on
// the entry it was on.
func (m *Model) Set(n int, at func(int) Entry) {
	key, topKey := "", ""
	if m.n > 0 {
		key, topKey = m.entry(m.cursor).Key, m.entry(m.top).Key
	}
	m.n, m.at = n, at
	m.made = make(map[int]*entry)
	m.cursor = m.find(key, m.cursor)
	if top := m.find(topKey, m.top); top != m.top {
		m.top = top
	}
	m.clamp()
	if m.follows {
		m.End()
	}
}

// find gives the entry of that key, near where it was.
func (m *Model) find(key string, near int) int {
	for d := range m.n {
		if i := near + d; i < m.n && m.entry(i).Key == key {
			return i
		}
		if i := near - d; i >= 0 && i < m.n && m.entry(i).Key == key {
			return i
		}
		if d > 1000 {
			break
		}
	}
	return max(min(near, m.n-1), 0)
}

// Resize gives the view its area.
func (m *Model) Resize(width, height int) {
	if width != m.width {
		m.made = make(map[int]*entry)
	}
	m.width, m.height = max(width, 0), max(height, 0)
	m.clamp()
	m.seek()
}

// Len is the number of entries.
func (m *Model) Len() int { return m.n }

// Cursor is the entry under the cursor.
func (m *Model) Cursor() int { return m.cursor }

// Wrapped tells whether long lines are wrapped.
func (m *Model) Wrapped() bool { return m.wrap }

// ToggleWrap wraps long lines, or cuts them.
func (m *Model) ToggleWrap() {
	m.wrap = !m.wrap
	m.made = make(map[int]*entry)
	m.topRow = 0
	m.seek()
}

// entry gives an entry laid out for the width.
func (m *Model) entry(i int) *entry {
	if e := m.made[i]; e != nil {
		return e
	}
	e := m.lay(m.at(i))
	m.made[i] = e
	return e
}

// Draw gives at most height lines.
func (m *Model) Draw(th *theme.Theme) []string {
	b := line.New(th)
	lines := make([]string, 0, m.height)
	i, row := m.top, m.topRow
	for i < m.n && len(lines) < m.height {
		e := m.entry(i)
		text, ok := e.row(row)
		if !ok {
			i, row = i+1, 0
			continue
		}
		lines = append(lines, m.draw(b, th, e, row, text, i == m.cursor))
		row++
	}
	return lines
}

// draw writes one row: time and level before the first of an entry.
func (m *Model) draw(b *line.Builder, th *theme.Theme, e *entry, row int, text string, selected bool) string {
	base := theme.Style{}
	if selected {
		base = th.Selected
	}
	b.Reset(m.width, base)
	if selected && row == 0 {
		b.Sign(th.Accent, th.Glyphs.Cursor)
	} else {
		b.Space(1)
	}
	if row == 0 && e.indent > 0 {
		b.Text(th.Muted, e.Time).Space(1)
		word, st := level(th, e.Level)
		b.Cell(st, word, levelWidth, false)
	}
	b.To(1 + e.indent)
	m.mark(b, th, m.look(th, e), text, e.rowWidth(row, text))
	if row == 0 && e.hidden > 0 {
		b.Space(1).Text(th.Accent, e.more())
	}
	return b.String()
}

func (m *Model) look(th *theme.Theme, e *entry) theme.Style {
	switch {
	case e.Quiet:
		return th.Muted
	case e.Level == Error:
		return th.Bad
	default:
		return theme.Style{}
	}
}

// level is the word of a level.
func level(th *theme.Theme, l Level) (string, theme.Style) {
	switch l {
	case Debug:
		return "DEBUG", th.Muted
	case Info:
		return "INFO", th.Good
	case Warn:
		return "WARN", th.Warn
	case Error:
		return "ERROR", th.Bad
	case NoLevel:
		return "", theme.Style{}
	}
	return "", theme.Style{}
}
