package engine

import (
	"fntop/sources"
	"fntop/sources/poll"
)

// monthWants are the functions whose cost is wanted.
type monthWants struct {
	all bool
	ids map[sources.FunctionID]bool
}

func (w *monthWants) add(s poll.Spending) {
	w.all = w.all || s.All
	if s.Function != (sources.FunctionID{}) {
		if w.ids == nil {
			w.ids = make(map[sources.FunctionID]bool)
		}
		w.ids[s.Function] = true
	}
}

func (w *monthWants) any() bool { return w.all || len(w.ids) > 0 }

// holds tells whether something of a reading is still wanted.
func (w *monthWants) holds(r *monthReading) bool {
	if w.all {
		return true
	}
	for id := range r.wants.ids {
		if w.ids[id] {
			return true
		}
	}
	return false
}

// monthWants are what is wanted to be read, and what of it only the price is
// asked of.
func (l *loop) monthWants() (read, look monthWants) {
	for _, d := range l.demands {
		if d.Spending.Read {
			read.add(d.Spending)
		} else {
			look.add(d.Spending)
		}
	}
	return read, look
}
