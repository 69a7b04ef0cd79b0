package events

import (
	"cmp"
	"slices"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// Most is how many events are kept, the newest ones.
const Most = 500

// atOnce is how many functions one call of Find judges: ten thousand that all
// have changed would make a screen wait.
const atOnce = 1000

// Finder finds the events of one snapshot after the other. It gives what
// judging each function anew would, and judges only those that have changed.
// The zero Finder is ready. It is used by one goroutine.
type Finder struct {
	window sources.Window
	judged []*fleet.Function // by their place in the snapshot
	events [][]Event
	next   int // the place to go on at
}

// Find gives what happened within the window, newest first. more tells that
// some functions have not been judged as they are now, and will be by the next
// call. The result is the caller's.
func (f *Finder) Find(snap *fleet.Snapshot, w sources.Window) (all []Event, more bool) {
	n := snap.Len()
	if f.window != w || n < len(f.judged) {
		*f = Finder{window: w}
	}
	f.judged = append(f.judged, make([]*fleet.Function, n-len(f.judged))...)
	f.events = append(f.events, make([][]Event, n-len(f.events))...)
	more = f.judge(snap)
	start, _ := poll.SeriesSpan(w, snap.At)
	for i := range f.events {
		for k := range f.events[i] {
			if e := &f.events[i][k]; !e.Start.Before(start) {
				all = append(all, *e)
			}
		}
	}
	slices.SortFunc(all, newestFirst)
	return all[:min(len(all), Most)], more
}

// judge judges the functions that have changed, from where it left off.
func (f *Finder) judge(snap *fleet.Snapshot) (more bool) {
	j, left := newJudge(f.window), atOnce
	n := snap.Len()
	for range n {
		if f.next >= n {
			f.next = 0
		}
		if fn := snap.Function(f.next); f.judged[f.next] != fn {
			if left == 0 {
				return true
			}
			left--
			f.judged[f.next], f.events[f.next] = fn, j.events(fn)
		}
		f.next++
	}
	return false
}

func newestFirst(a, b Event) int {
	return cmp.Or(b.Start.Compare(a.Start), a.Function.Compare(b.Function), cmp.Compare(a.Kind, b.Kind))
}
