package ui

import (
	"slices"

	"fntop/sources/poll"
)

// tailing is a page that goes on following logs while another is above it, so
// that it has lost nothing when it is seen again.
type tailing interface{ Tails() []poll.TailRef }

// want tells the engine what the top page wants, and what the pages below it
// follow, when that has changed.
func (a *App) want() {
	d := poll.Demand{Catalogue: true, Window: a.env.Window, Unseen: a.unseen, Refresh: a.refresh}
	a.top().Demand(a.scene(), &d)
	for _, p := range a.stack[:len(a.stack)-1] {
		if t, ok := p.(tailing); ok {
			d.Tail = append(d.Tail, t.Tails()...)
		}
	}
	if a.held != nil {
		d = poll.Demand{Window: a.env.Window, Tail: d.Tail, Lines: d.Lines, Traces: d.Traces, Spending: d.Spending, Unseen: a.unseen, Refresh: a.refresh}
	}
	if a.wanted && same(a.demand, d) {
		return
	}
	a.demand, a.wanted = d, true
	a.number = a.viewer.Want(d)
	a.scene()
}

// same tells whether two demands ask for the same.
func same(a, b poll.Demand) bool {
	return a.Catalogue == b.Catalogue && a.Window == b.Window && a.AllRows == b.AllRows &&
		a.Concurrency == b.Concurrency && a.Totals == b.Totals && a.Unseen == b.Unseen && a.Refresh == b.Refresh &&
		a.Changes == b.Changes && a.Tags == b.Tags && a.Triggers == b.Triggers && a.Spending == b.Spending &&
		slices.Equal(a.Rows, b.Rows) && slices.Equal(a.Tail, b.Tail) && slices.Equal(a.Focus, b.Focus) &&
		slices.Equal(a.Lines, b.Lines) && slices.Equal(a.Traces, b.Traces)
}
