package logview

import (
	"fntop/ui/filter"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Find sets what is looked for, without regard to the case of ASCII letters;
// empty for nothing. It is marked wherever it is shown. The cursor stays.
func (m *Model) Find(text string) { m.needle = text }

// Finding is what is looked for; empty for nothing.
func (m *Model) Finding() string { return m.needle }

// FindNext goes to the next entry that holds what is looked for, or the one
// before when by is negative, around the ends; an entry that holds it in what
// is folded is opened. It tells whether there is one. With by 0 the entry
// under the cursor counts, too.
func (m *Model) FindNext(by int) bool {
	if m.needle == "" {
		return false
	}
	step, first := 1, 1
	if by < 0 {
		step = -1
	}
	if by == 0 {
		first = 0
	}
	for d := first; d <= m.n; d++ {
		i := ((m.cursor+step*d)%m.n + m.n) % m.n
		e := m.at(i)
		if state, ok := m.holds(&e); ok {
			m.reach(i, state)
			return true
		}
	}
	return false
}

// Matches is how many entries hold what is looked for, and the place of the
// cursor among them, from 1; 0 when it is on none. It reads every entry, and
// is for a change of what is looked for or of the entries, not for each frame.
func (m *Model) Matches() (at, of int) {
	if m.needle == "" {
		return 0, 0
	}
	for i := range m.n {
		e := m.at(i)
		if _, ok := m.holds(&e); !ok {
			continue
		}
		of++
		if i == m.cursor {
			at = of
		}
	}
	return at, of
}

// holds tells whether an entry holds what is looked for, and how far it must
// be open to show it.
func (m *Model) holds(e *Entry) (state int, ok bool) {
	have := m.state(e)
	for state, text := range []func() string{func() string { return e.Text }, e.Full, e.Deep} {
		if text != nil && filter.Contains(text(), m.needle) {
			return max(state, have), true
		}
	}
	return 0, false
}

// reach puts the cursor on an entry, open so far that it shows what is looked
// for, and scrolls to it.
func (m *Model) reach(i, state int) {
	if e := m.entry(i); e.state < state || state == shut && e.hidden > 0 && !m.shows(e) {
		m.setState(i, max(state, opened))
	}
	down := i > m.cursor
	m.cursor = i
	if down {
		m.seek()
	} else {
		m.seekEnd()
		m.seek()
	}
	e := m.entry(i)
	for row := range e.count() {
		if !filter.Contains(e.rows[row].text, m.needle) {
			continue
		}
		if first := m.line(i); first < 0 || row < m.firstRow(i) || first+row-m.firstRow(i) >= m.height {
			m.top, m.topRow = i, max(row-m.height/2, 0)
		}
		break
	}
	m.settle()
}

// shows tells whether what is looked for is in what is shown of an entry.
func (m *Model) shows(e *entry) bool {
	for _, l := range e.lines {
		if filter.Contains(l, m.needle) {
			return true
		}
	}
	return false
}

// mark writes a row and marks what is looked for in it.
func (m *Model) mark(b *line.Builder, th *theme.Theme, st theme.Style, text string, width int) {
	parts := cut(text, m.needle)
	sum := 0
	for _, part := range parts {
		sum += line.Width(part)
	}
	if sum != width || width > b.Left() { // a mark would take a character apart
		b.Glyphs(st, text, width)
		return
	}
	for i, part := range parts {
		look := st
		if i%2 == 1 {
			look = th.Match
		}
		b.Glyphs(look, part, line.Width(part))
	}
}

// cut divides text into what is not the needle and what is, in turns.
func cut(text, needle string) []string {
	var parts []string
	for needle != "" {
		at := filter.Index(text, needle)
		if at < 0 {
			break
		}
		end := at + len(needle)
		parts = append(parts, text[:at], text[at:end])
		text = text[end:]
	}
	return append(parts, text)
}
