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
//   - A view that grows ([Model.Advance]) keeps its place, and costs what is
//     on the screen however long it is.
package logview

import "fntop/ui/theme"

// Level is how grave an entry is.
type Level int

// The levels.
const (
	NoLevel Level = iota
	Trace
	Debug
	Info
	Warn
	Error
	Fatal
)

// Entry is one log event.
type Entry struct {
	// Key tells entries apart; it stays when entries are added.
	Key  string
	Time string // as it is shown; ASCII
	// Name says where the entry comes from, in a column of NameWidth.
	Name      string
	NameStyle theme.Style
	Level     Level
	Text      string // may hold several lines, and anything
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
	// NameWidth is the width of the names; 0 leaves them out.
	NameWidth int
	// Match gives the first part of a row's text that is to stand out; nil for
	// none. It gets text as it is shown.
	Match func(text string) (from, to int, ok bool)

	width, height int
	wrap          bool
	left          int // columns that are scrolled out at the left

	n       int
	at      func(int) Entry
	gone    int            // entries that have left at the beginning
	made    map[int]*entry // by index, those that are gone counted
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
	m.forget()
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
		m.forget()
	}
	grows := height > m.height
	m.width, m.height = max(width, 0), max(height, 0)
	m.clamp()
	m.seek()
	if m.follows && grows {
		m.End()
	}
}

// Len is the number of entries.
func (m *Model) Len() int { return m.n }

// Cursor is the entry under the cursor.
func (m *Model) Cursor() int { return m.cursor }

// Wrapped tells whether long lines are wrapped.
func (m *Model) Wrapped() bool { return m.wrap }

// ToggleWrap wraps long lines, or cuts them.
func (m *Model) ToggleWrap() {
	m.wrap, m.left = !m.wrap, 0
	m.forget()
	m.topRow = 0
	m.seek()
}

// entry gives an entry laid out for the width.
func (m *Model) entry(i int) *entry {
	if e := m.made[m.gone+i]; e != nil {
		return e
	}
	e := m.lay(m.at(i))
	m.made[m.gone+i] = e
	return e
}
