package logview

// Move moves the cursor by entries. Through an entry that is higher than the
// screen it moves by rows.
func (m *Model) Move(by int) {
	for ; by > 0; by-- {
		m.down()
	}
	for ; by < 0; by++ {
		m.up()
	}
	m.settle()
}

func (m *Model) down() {
	if m.n == 0 {
		return
	}
	if first := m.line(m.cursor); first >= 0 {
		if _, more := m.entry(m.cursor).row(m.firstRow(m.cursor) + m.height - first); more {
			m.scroll(1)
			return
		}
	}
	if m.cursor < m.n-1 {
		m.cursor++
		m.seek()
	}
}

func (m *Model) up() {
	if m.n == 0 {
		return
	}
	if m.top == m.cursor && m.topRow > 0 {
		m.topRow--
		return
	}
	if m.cursor > 0 {
		m.cursor--
		m.seekEnd()
	}
}

// Page scrolls by screens.
func (m *Model) Page(by int) { m.shift(by * max(m.height-1, 1)) }

// HalfPage scrolls by half a screen.
func (m *Model) HalfPage(by int) { m.shift(by * max(m.height/2, 1)) }

// Scroll scrolls by rows and takes the cursor along.
func (m *Model) Scroll(rows int) { m.shift(rows) }

// shift scrolls by rows and takes the cursor along.
func (m *Model) shift(rows int) {
	top, row := m.top, m.topRow
	m.scroll(rows)
	switch {
	case m.top == top && m.topRow == row && rows > 0:
		m.cursor = max(m.n-1, 0)
	case m.top == top && m.topRow == row:
		m.cursor = 0
	default:
		m.cursor = m.top
		if m.topRow > 0 && m.top < m.n-1 && m.line(m.top+1) >= 0 {
			m.cursor = m.top + 1
		}
	}
	m.settle()
}

// Home goes to the first entry.
func (m *Model) Home() {
	m.cursor, m.top, m.topRow, m.follows = 0, 0, 0, false
}

// End goes to the last entry.
func (m *Model) End() {
	m.cursor = max(m.n-1, 0)
	m.top, m.topRow = m.cursor, 0
	if m.n > 0 {
		m.topRow = m.entry(m.cursor).count()
		m.scrollUp(m.height)
	}
	m.settle()
}

// settle notes whether the view is at its end, and then follows it.
func (m *Model) settle() { m.follows = m.n > 0 && m.cursor == m.n-1 && m.atEnd() }

// atEnd tells that the last row is on the screen.
func (m *Model) atEnd() bool {
	rest := m.height
	for i := m.top; i < m.n; i++ {
		e, first := m.entry(i), m.firstRow(i)
		if _, more := e.row(first + rest); more {
			return false
		}
		rest -= e.count() - first
	}
	return true
}

// firstRow is the first row of an entry that is on the screen.
func (m *Model) firstRow(i int) int {
	if i == m.top {
		return m.topRow
	}
	return 0
}

// line is the line of the screen that an entry begins on, or -1 when it is
// not on the screen.
func (m *Model) line(entry int) int {
	at, i, row := 0, m.top, m.topRow
	for i < m.n && at < m.height {
		if i == entry {
			return at
		}
		if _, ok := m.entry(i).row(row); !ok {
			i, row = i+1, 0
			continue
		}
		at, row = at+1, row+1
	}
	return -1
}

// scroll moves the picture by rows, not beyond the ends.
func (m *Model) scroll(rows int) {
	if rows < 0 {
		m.scrollUp(-rows)
		return
	}
	for ; rows > 0 && !m.atEnd(); rows-- {
		m.topRow++
		if _, ok := m.entry(m.top).row(m.topRow); !ok && m.top < m.n-1 {
			m.top, m.topRow = m.top+1, 0
		}
	}
}

func (m *Model) scrollUp(rows int) {
	for ; rows > 0; rows-- {
		switch {
		case m.topRow > 0:
			m.topRow--
		case m.top > 0:
			m.top--
			m.topRow = m.entry(m.top).count() - 1
		default:
			return
		}
	}
}

// seek scrolls down until the cursor's entry is on the screen, all of it when
// there is room.
func (m *Model) seek() {
	if m.n == 0 || m.height == 0 {
		return
	}
	if m.cursor < m.top || m.cursor == m.top && m.topRow > 0 {
		m.top, m.topRow = m.cursor, 0
		return
	}
	for m.cursor > m.top {
		first := m.line(m.cursor)
		if first >= 0 {
			_, more := m.entry(m.cursor).row(m.height - first)
			if !more || first == 0 {
				return
			}
		}
		m.topRow++
		if _, ok := m.entry(m.top).row(m.topRow); !ok {
			m.top, m.topRow = m.top+1, 0
		}
	}
}

// seekEnd scrolls up until the cursor's entry is on the screen, its end
// first.
func (m *Model) seekEnd() {
	if m.cursor >= m.top {
		return
	}
	m.top = m.cursor
	m.topRow = max(m.entry(m.cursor).count()-m.height, 0)
}

// clamp keeps cursor and top within the entries.
func (m *Model) clamp() {
	m.cursor = max(min(m.cursor, m.n-1), 0)
	m.top = max(min(m.top, m.n-1), 0)
	if m.n == 0 {
		m.topRow = 0
		return
	}
	if _, ok := m.entry(m.top).row(m.topRow); !ok {
		m.topRow = 0
	}
}

// Select puts the cursor on the entry on a line of the screen, and tells
// whether there is one.
func (m *Model) Select(at int) bool {
	for i := m.top; i < m.n && at >= 0; i++ {
		for row := m.firstRow(i); ; row++ {
			if _, ok := m.entry(i).row(row); !ok {
				break
			}
			if at == 0 {
				m.cursor = i
				m.settle()
				return true
			}
			at--
		}
	}
	return false
}
