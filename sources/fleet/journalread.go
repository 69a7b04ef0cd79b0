package fleet

import (
	"cmp"
	"hash/maphash"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// before is the order of the journal.
func before(a, b heldLine) int {
	return cmp.Or(a.Ingested.Compare(b.Ingested), a.Time.Compare(b.Time), cmp.Compare(a.order, b.order))
}

// seen tells events apart that are read more than once. It remembers them by
// a hash of 64 bits: of a hundred thousand events, one is taken for another
// in one case of three thousand million.
type seen struct {
	seed      maphash.Seed
	now, past map[uint64]struct{}
	// text counts what the reading and the tail have brought, by stream, time
	// and message, while there is a tail: its events have no ID.
	live          bool
	text, oldText map[uint64]brought
	turned        time.Time
}

// brought counts events that are alike, by the two ways they come.
type brought struct{ read, tail int32 }

// rememberFor is for how long of a log's own time its events are remembered:
// longer than any read goes back over what has been read.
const rememberFor = 2 * time.Minute

func newSeen() seen {
	return seen{seed: maphash.MakeSeed(), now: make(map[uint64]struct{}), text: make(map[uint64]brought)}
}

// isNew tells whether an event has not come before, and remembers it.
func (s *seen) isNew(e *sources.LogEvent, byTail bool) bool {
	if e.ID != "" {
		h := maphash.String(s.seed, e.ID)
		if _, ok := s.now[h]; ok {
			return false
		}
		if _, ok := s.past[h]; ok {
			return false
		}
		s.now[h] = struct{}{}
	}
	if !s.live && !byTail {
		return true
	}
	h := s.textOf(e)
	b, ok := s.text[h]
	if !ok {
		b = s.oldText[h]
	}
	most := max(b.read, b.tail)
	if byTail {
		b.tail++
	} else {
		b.read++
	}
	s.text[h] = b
	return max(b.read, b.tail) > most
}

func (s *seen) textOf(e *sources.LogEvent) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	_, _ = h.WriteString(e.Stream)
	_, _ = h.WriteString(e.Time.Format(time.RFC3339Nano))
	_, _ = h.WriteString(e.Message)
	return h.Sum64()
}

// turn forgets what is too old to be read again, once the log has been read
// up to the time given.
func (s *seen) turn(through time.Time) {
	if s.turned.IsZero() {
		s.turned = through
	}
	if through.Sub(s.turned) < rememberFor {
		return
	}
	s.turned = through
	s.past, s.now = s.now, make(map[uint64]struct{})
	s.oldText, s.text = s.text, make(map[uint64]brought)
}

// Tails begins to follow the logs that are wanted line by line, and lets go
// of the others, which it gives.
func (f *Fleet) Tails(demands []poll.Demand, now time.Time) (gone []sources.FunctionID) {
	j := f.journal
	wanted := make(map[sources.FunctionID]bool)
	for _, d := range demands {
		for _, ref := range d.Tail {
			wanted[ref.Function] = wanted[ref.Function] || ref.Live
		}
	}
	drop := make(map[sources.FunctionID]bool)
	for id := range j.functions {
		if _, ok := wanted[id]; !ok {
			delete(j.functions, id)
			drop[id] = true
			gone = append(gone, id)
		}
	}
	if len(drop) > 0 {
		j.drop(drop)
	}
	for id, live := range wanted {
		t := j.functions[id]
		if t == nil {
			j.arrivals++
			t = &tailed{generation: int(j.arrivals), began: now, seen: newSeen()}
			j.functions[id], j.published = t, nil
		}
		t.seen.live = live
	}
	return gone
}

// TailGeneration names the following of a function that is under way, for
// answers to be told from those of an earlier one; 0 when there is none.
func (f *Fleet) TailGeneration(id sources.FunctionID) int {
	if t := f.journal.functions[id]; t != nil {
		return t.generation
	}
	return 0
}

// ApplyTailed takes a page of the log of a function that is followed.
func (f *Fleet) ApplyTailed(id sources.FunctionID, generation int, events []sources.LogEvent, newestFirst bool, now time.Time) {
	if t := f.journal.functions[id]; t != nil && t.generation == generation {
		f.journal.take(id, t, events, newestFirst, false, now)
	}
}

// EndTailed notes that the log of [start, end) has been read line by line,
// well or badly; asked is when that began, and oldest when a limit cut it
// short. It tells whether the function is still followed as it was.
func (f *Fleet) EndTailed(r poll.Request, generation int, asked, oldest time.Time, err error, now time.Time) bool {
	h := f.scope(r.Function.Scope())
	h.note(&h.logs, ofPlace(err), now)
	t := f.journal.functions[r.Function]
	if t == nil || t.generation != generation {
		return false
	}
	f.journal.published = nil
	t.state.note(err, now)
	if err == nil {
		start := r.Start
		if !oldest.IsZero() {
			start, t.state.Cut = oldest, true
		}
		t.state.From, t.state.Through = joinSpan(t.state.From, t.state.Through, start, r.End)
		t.mark = latest(t.mark, asked)
		t.seen.turn(t.state.Through)
	}
	f.journal.release(now)
	return true
}

// tailLines takes what a live tail has brought of a function that is followed.
func (f *Fleet) tailLines(id sources.FunctionID, events []sources.LogEvent, now time.Time) {
	t := f.journal.functions[id]
	if t == nil || !t.seen.live {
		return
	}
	f.journal.take(id, t, events, false, true, now)
	if !t.mark.IsZero() {
		t.mark = latest(t.mark, now.Add(-tailLag))
	}
	f.journal.release(now)
}

// tailLag is by how much a live tail is behind: it hands over once a second.
const tailLag = time.Second
