package logview

// How far an entry is open.
const (
	shut   = iota
	opened // to Full
	deep   // to Deep
)

// Toggle opens the entry under the cursor, one step further each time, and
// then folds it.
func (m *Model) Toggle() {
	if m.n == 0 {
		return
	}
	e := m.entry(m.cursor)
	next := shut
	switch {
	case e.state == shut:
		next = opened
	case e.state == opened && e.Deep != nil:
		next = deep
	}
	m.setState(m.cursor, next)
}

// ToggleAll opens all entries as far as they go, or folds them all when one of
// them is open.
func (m *Model) ToggleAll() {
	anyOpen := m.allOpen
	for _, state := range m.open {
		anyOpen = anyOpen || state != shut
	}
	m.allOpen = !anyOpen
	clear(m.open)
	m.forget()
	m.topRow = 0
	m.clamp()
	m.seek()
}

// setState opens or folds one entry.
func (m *Model) setState(i, state int) {
	key := m.entry(i).Key
	if state == shut && !m.allOpen {
		delete(m.open, key)
	} else {
		m.open[key] = state
	}
	delete(m.made, m.gone+i)
	if m.top == i {
		m.topRow = 0
	}
	m.clamp()
}

// state is how far an entry is open.
func (m *Model) state(e *Entry) int {
	state, ok := m.open[e.Key]
	if !ok && m.allOpen {
		state = deep
	}
	if state == deep && e.Deep == nil {
		state = opened
	}
	return state
}
