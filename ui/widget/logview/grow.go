package logview

// Advance takes over that entries have left at the beginning, or have come
// there when left is negative, and others have come at the end: there are n
// now, which at gives. The others are as they were, and stay where they are on the screen, unless the view follows its
// end.
func (m *Model) Advance(left, n int, at func(int) Entry) {
	follows := m.follows || m.n == 0
	m.gone += left
	m.cursor -= left
	if m.top -= left; m.top < 0 {
		m.top, m.topRow = 0, 0
	}
	m.n, m.at = n, at
	m.clamp()
	if follows {
		m.End()
	}
	m.prune()
}

// Replace takes other entries over: n of them, which at gives. The cursor is
// on one of them, on a line of the screen if there are enough above. A view
// that follows its end goes there.
func (m *Model) Replace(n int, at func(int) Entry, cursor, line int) {
	follows := m.follows
	m.n, m.at = n, at
	m.forget()
	m.cursor, m.topRow = max(min(cursor, n-1), 0), 0
	m.top = m.cursor
	switch {
	case n == 0 || follows:
		m.End()
		m.follows = follows
	default:
		m.scrollUp(max(min(line, m.height-1), 0))
		m.seek()
		m.fill()
	}
}

// fill scrolls back when the end leaves rows of the screen free.
func (m *Model) fill() {
	free := m.height
	for i, row := m.top, m.topRow; i < m.n && free > 0; row++ {
		if _, ok := m.entry(i).row(row); ok {
			free--
		} else {
			i, row = i+1, -1
		}
	}
	m.scrollUp(free)
}

// CursorLine is the line of the screen that the entry under the cursor begins
// on; 0 when its beginning is not on the screen.
func (m *Model) CursorLine() int { return max(m.line(m.cursor), 0) }

// SelectEntry puts the cursor on an entry, and scrolls until that is seen.
func (m *Model) SelectEntry(i int) {
	m.cursor = max(min(i, m.n-1), 0)
	if m.line(m.cursor) < 0 { // in the middle, so that what is around it is seen
		m.top, m.topRow = m.cursor, 0
		m.scrollUp(m.height / 2)
	}
	m.seek()
	m.settle()
}

// Top is the first entry on the screen.
func (m *Model) Top() int { return m.top }

// Following tells that the view is at its end, and follows it.
func (m *Model) Following() bool { return m.follows }

// Hold stays where it is, though that is the end.
func (m *Model) Hold() { m.follows = false }

// Left is how many columns are scrolled out at the left.
func (m *Model) Left() int { return m.left }

// Shift scrolls lines that are not wrapped sideways, to the right when by is
// positive.
func (m *Model) Shift(by int) {
	if m.wrap {
		return
	}
	m.left = max(m.left+by, 0)
	m.forget()
	m.clamp()
}

// forget lets go of what is laid out.
func (m *Model) forget() { m.made = make(map[int]*entry) }

// laidOut is how many entries may be laid out for each line of the screen
// before those off the screen are let go of.
const laidOut = 8

// prune lets go of what is laid out far off the screen.
func (m *Model) prune() {
	if len(m.made) <= laidOut*max(m.height, 32) {
		return
	}
	from, to := m.gone+m.top-m.height, m.gone+m.top+2*m.height
	for i := range m.made {
		if i < from || i > to {
			delete(m.made, i)
		}
	}
}
