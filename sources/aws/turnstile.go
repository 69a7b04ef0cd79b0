package aws

import (
	"slices"

	"fntop/sources"
)

// turnstile is the queue in front of a limiter: the most urgent first, and
// those of one urgency in the order they came. It has no lock of its own.
type turnstile struct {
	waiting [sources.Focused + 1][]*turn // by urgency
	units   [sources.Focused + 1]int     // those wanted, by urgency
}

// turn is one place in the queue.
type turn struct {
	urgency sources.Urgency
	units   int           // those wanted
	called  chan struct{} // something comes when the turn has got to the front
}

// newTurn makes a turn; an urgency beyond the list is taken for its end.
func newTurn(u sources.Urgency, units int) *turn {
	u = min(max(u, sources.Background), sources.Focused)
	return &turn{urgency: u, units: units, called: make(chan struct{}, 1)}
}

// ahead is how many units are wanted by those that t would have to wait for
// if it joined now.
func (q *turnstile) ahead(t *turn) int {
	sum := 0
	for _, units := range q.units[t.urgency:] {
		sum += units
	}
	return sum
}

func (q *turnstile) join(t *turn) {
	q.waiting[t.urgency] = append(q.waiting[t.urgency], t)
	q.units[t.urgency] += t.units
}

// front is whose turn it is; nil when nobody waits.
func (q *turnstile) front() *turn {
	for _, line := range slices.Backward(q.waiting[:]) {
		if len(line) > 0 {
			return line[0]
		}
	}
	return nil
}

// leave takes a turn out of the queue, wherever it stands, and calls the one
// that has got to the front by that.
func (q *turnstile) leave(t *turn) {
	line := q.waiting[t.urgency]
	i := slices.Index(line, t)
	if i < 0 {
		return
	}
	wasFront := q.front() == t
	q.waiting[t.urgency] = slices.Delete(line, i, i+1)
	q.units[t.urgency] -= t.units
	if next := q.front(); wasFront && next != nil {
		select {
		case next.called <- struct{}{}:
		default: // it has been called already
		}
	}
}
