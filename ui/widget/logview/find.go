package logview

import "fntop/ui/filter"

// Find sets what is looked for, without regard to the case of ASCII letters;
// empty for nothing. It stands out wherever it is shown. The cursor stays.
// Find sets Match.
func (m *Model) Find(text string) {
	m.needle, m.Match = text, nil
	if text != "" {
		m.Match = func(row string) (from, to int, ok bool) {
			at := filter.Index(row, text)
			return at, at + len(text), at >= 0
		}
	}
}

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
