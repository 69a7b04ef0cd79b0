package plain

import (
	"cmp"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/format"
)

// lasting is for how long a state must hold to be told.
const lasting = 45 * time.Second

// held is a state that is told when it has held for a while.
type held struct {
	told, now bool
	since     time.Time // of now
}

// take takes the state of this moment and tells whether it has changed for
// long enough to be told.
func (h *held) take(state bool, now time.Time) bool {
	if state != h.now || h.since.IsZero() {
		h.now, h.since = state, now
	}
	if h.now == h.told || now.Sub(h.since) < lasting {
		return false
	}
	h.told = h.now
	return true
}

// part is something that is read of a place: "metrics", or the place itself
// when it is empty.
type part struct {
	place int
	what  string
}

// health is how reading a part goes.
type health struct {
	bad  held
	from time.Time // when it began to fail
}

// health tells which places, and what of them, cannot be read, and when that
// is over.
func (w *Watch) health() {
	for i := range w.snap.Places {
		p := &w.snap.Places[i]
		name := placeName(p)
		var opening error
		if p.State == fleet.Failed {
			opening = p.Err
		}
		w.check(part{i, ""}, name, opening)
		if p.State != fleet.Open {
			continue
		}
		for _, read := range []struct {
			what   string
			health fleet.Health
		}{
			{"the list of functions", p.Catalog}, {"metrics", p.Metrics}, {"logs", p.Logs}, {"changes", p.Changes},
		} {
			w.check(part{i, read.what}, read.what+" of "+name, read.health.Err)
		}
	}
}

// check tells when a part begins to fail, and when it is over. A place that
// cannot be opened, and what will not mend by itself, is told at once.
func (w *Watch) check(key part, what string, err error) {
	h := w.places[key]
	if h == nil {
		h = new(health)
		w.places[key] = h
	}
	failing := err != nil
	if failing && !h.bad.now {
		h.from = w.now
	}
	if failing && final(err) {
		h.bad.now, h.bad.since = true, w.now.Add(-lasting)
	}
	if !h.bad.take(failing, w.now) {
		return
	}
	verb := "is"
	if key.what == "metrics" || key.what == "logs" || key.what == "changes" {
		verb = "are"
	}
	if failing {
		w.sayf("%s %s not read: %s", what, verb, strings.Join(sources.CleanLines(err.Error()), "; "))
		return
	}
	w.sayf("%s %s read again, after %s", what, verb, format.Span(max(h.bad.since.Sub(h.from), time.Second).Round(time.Second)))
}

// final tells of an error that waiting does not mend.
func final(err error) bool {
	switch sources.KindOf(err) {
	case sources.Denied, sources.NoCredentials, sources.ExpiredCredentials:
		return true
	default:
		return false
	}
}

// placeName is how a place is called.
func placeName(p *fleet.Place) string {
	account := cmp.Or(p.AccountName, p.Account)
	name := cmp.Or(p.Label, p.Region)
	if account != "" && !strings.Contains(name, account) {
		name += " of account " + account
	}
	return sources.Clean(name)
}

// budget tells when the budget is reached, and when it suffices again.
func (w *Watch) budget() {
	pace := &w.snap.Pace
	if pace.Free || !w.reached.take(pace.Slowed || w.snap.OverBudget > 0, w.now) {
		return
	}
	rows, rest := "no more", "no more"
	if pace.Rows > 0 {
		rows = "every " + format.Span(pace.Rows)
	}
	if pace.Rest > 0 {
		rest = "every " + format.Span(pace.Rest)
	}
	if w.reached.told {
		w.sayf("the budget is reached: the busiest functions are read %s, the others %s", rows, rest)
		return
	}
	w.sayf("the budget suffices again: the busiest functions are read %s, the others %s", rows, rest)
}
