package fleet

import (
	"iter"
	"maps"
	"slices"
	"sort"
	"time"

	"fntop/sources"
)

// KeptLines and KeptLineBytes bound the log lines kept of all functions that
// are followed line by line, together: the number of lines, and the bytes of
// their messages. The oldest go first.
const (
	KeptLines     = 20_000
	KeptLineBytes = 16 << 20
)

// Line is one log line of a function that is followed.
type Line struct {
	// Seq is the line's number in the journal, from 1. Numbers of lines that
	// were dropped, or whose function nobody follows any more, are missing.
	Seq      uint64
	Function sources.FunctionID
	sources.LogEvent
}

// Tailed is how the following of one function's log does.
type Tailed struct {
	Health
	// From is since when the log has been read, and Through up to when; zero
	// before the first answer.
	From, Through time.Time
	// Cut tells that lines are missing, because there were more than are read
	// at once.
	Cut bool
}

// Journal is the log lines of the functions that are followed: in the order
// in which the cloud made them readable, as far as they came in within
// holdMost; what comes later stands where it came in. It never changes.
type Journal struct {
	chunks      []chunk
	first, next uint64
	functions   map[sources.FunctionID]Tailed
}

// chunk is a run of lines. A full one never changes; the last one grows
// behind what a journal shows of it.
type chunk struct {
	lines []Line
	bytes int
}

// A chunk is full at so many lines or bytes.
const (
	chunkLines = 512
	chunkBytes = 256 << 10
)

// First is the number of the oldest line that has not been dropped for room,
// and Next the number that the next line will have.
func (j *Journal) First() uint64 { return j.first }

// Next is the number that the next line will have.
func (j *Journal) Next() uint64 { return j.next }

// Function tells how the following of a function does; ok is false when
// nobody follows it.
func (j *Journal) Function(id sources.FunctionID) (t Tailed, ok bool) {
	t, ok = j.functions[id]
	return t, ok
}

// Since yields the lines from number seq on, in order.
func (j *Journal) Since(seq uint64) iter.Seq[*Line] {
	return func(yield func(*Line) bool) {
		i := sort.Search(len(j.chunks), func(i int) bool {
			lines := j.chunks[i].lines
			return lines[len(lines)-1].Seq >= seq
		})
		seq = max(seq, j.first)
		for ; i < len(j.chunks); i++ {
			lines := j.chunks[i].lines
			at := sort.Search(len(lines), func(k int) bool { return lines[k].Seq >= seq })
			for k := at; k < len(lines); k++ {
				if !yield(&lines[k]) {
					return
				}
			}
		}
	}
}

// NewJournal makes a journal of these lines, as they are numbered. It is how
// a replay and the tests of views make one without an engine.
func NewJournal(lines []Line, first, next uint64, functions map[sources.FunctionID]Tailed) *Journal {
	j := &Journal{first: first, next: next, functions: maps.Clone(functions)}
	for part := range slices.Chunk(lines, chunkLines) {
		j.chunks = append(j.chunks, chunk{lines: part})
	}
	return j
}

// Bounds of how long lines wait for those of other functions that may belong
// before them.
const (
	// holdMost is how long a function that is not read holds up the others,
	// and holdFirst how long the first reading of one does.
	holdMost  = 10 * time.Second
	holdFirst = 30 * time.Second
)

// journal is the journal as its owner keeps it.
type journal struct {
	chunks      []chunk
	first, next uint64
	lines       int // kept, those that are held included
	bytes       int
	held        []heldLine
	arrivals    int64
	functions   map[sources.FunctionID]*tailed
	// ahead is by how much the cloud's clock is known to be ahead of ours.
	ahead     time.Duration
	published *Journal // nil when it has changed
}

// heldLine is a line that waits for its place.
type heldLine struct {
	Line
	order   int64 // of arrival; of a reading backwards, backwards
	arrived time.Time
}

// tailed is one function that is followed.
type tailed struct {
	generation int
	state      Tailed
	began      time.Time
	// mark is a time of ours at which everything had been read that was
	// readable then.
	mark time.Time
	seen seen
}

func newJournal() *journal {
	return &journal{first: 1, next: 1, functions: make(map[sources.FunctionID]*tailed)}
}

// view is the journal as it is now; nil while nobody follows anything.
func (j *journal) view() *Journal {
	if len(j.functions) == 0 {
		return nil
	}
	if j.published == nil {
		functions := make(map[sources.FunctionID]Tailed, len(j.functions))
		for id, t := range j.functions {
			functions[id] = t.state
		}
		j.published = &Journal{chunks: slices.Clone(j.chunks), first: j.first, next: j.next, functions: functions}
	}
	return j.published
}

// take takes what was read of a function. backwards tells that the events
// came newest first, byTail that a live tail has handed them over.
func (j *journal) take(id sources.FunctionID, t *tailed, events []sources.LogEvent, backwards, byTail bool, now time.Time) {
	for i := range events {
		e := &events[i]
		if !t.seen.isNew(e, byTail) {
			continue
		}
		if e.Ingested.IsZero() {
			e.Ingested = e.Time
		}
		j.ahead = max(j.ahead, e.Ingested.Sub(now))
		j.arrivals++
		order := j.arrivals
		if backwards {
			order = -order
		}
		j.held = append(j.held, heldLine{Line{Function: id, LogEvent: *e}, order, now})
		j.lines++
		j.bytes += len(e.Message)
	}
	j.bound()
}

// release puts lines in their places that no other can come before any more.
func (j *journal) release(now time.Time) {
	if len(j.held) == 0 {
		return
	}
	mark := now
	for _, t := range j.functions {
		wait := holdMost
		if t.mark.IsZero() {
			wait = holdFirst
		}
		if behind := latest(t.mark, t.began); t.state.Err == nil && now.Sub(behind) < wait {
			mark = earlier(mark, t.mark)
		}
	}
	if !mark.IsZero() {
		mark = mark.Add(j.ahead)
	}
	j.place(func(l *heldLine) bool {
		return !l.Ingested.After(mark) || now.Sub(l.arrived) >= j.holdOf(l)
	})
}

// holdOf is how long a line is held at most, whatever the clocks say.
func (j *journal) holdOf(l *heldLine) time.Duration {
	if t := j.functions[l.Function]; t != nil && t.mark.IsZero() {
		return holdFirst
	}
	return holdMost
}

// place puts the held lines that are ready at the end of the journal.
func (j *journal) place(ready func(*heldLine) bool) {
	var out []heldLine
	kept := j.held[:0]
	for i := range j.held {
		if ready(&j.held[i]) {
			out = append(out, j.held[i])
		} else {
			kept = append(kept, j.held[i])
		}
	}
	if len(out) == 0 {
		return
	}
	clear(j.held[len(kept):])
	j.held = kept
	slices.SortFunc(out, before)
	for i := range out {
		out[i].Seq = j.next
		j.next++
		j.push(out[i].Line)
	}
	j.published = nil
}

// push appends a line to the last chunk, or begins another. What a published
// journal shows of a chunk stays as it is.
func (j *journal) push(l Line) {
	if n := len(j.chunks); n == 0 || len(j.chunks[n-1].lines) == chunkLines || j.chunks[n-1].bytes >= chunkBytes {
		j.chunks = append(j.chunks, chunk{lines: make([]Line, 0, chunkLines)})
	}
	c := &j.chunks[len(j.chunks)-1]
	c.lines = append(c.lines, l)
	c.bytes += len(l.Message)
}

// bound drops the oldest lines beyond what is kept, chunk by chunk.
func (j *journal) bound() {
	for j.lines > KeptLines || j.bytes > KeptLineBytes {
		if len(j.chunks) == 0 {
			slices.SortFunc(j.held, before)
			oldest := j.held[min(len(j.held), chunkLines)-1]
			j.place(func(l *heldLine) bool { return before(*l, oldest) <= 0 })
		}
		gone := j.chunks[0]
		j.chunks = slices.Clone(j.chunks[1:]) // a published journal has the old ones
		j.first = gone.lines[len(gone.lines)-1].Seq + 1
		j.lines -= len(gone.lines)
		j.bytes -= gone.bytes
		j.published = nil
	}
}

// drop takes the lines of the functions away that nobody follows any more.
func (j *journal) drop(gone map[sources.FunctionID]bool) {
	old, held := j.chunks, j.held
	j.chunks, j.held, j.lines, j.bytes, j.published = nil, nil, 0, 0, nil
	for _, c := range old {
		for _, l := range c.lines {
			if !gone[l.Function] {
				j.push(l)
				j.lines++
				j.bytes += len(l.Message)
			}
		}
	}
	for _, l := range held {
		if !gone[l.Function] {
			j.held = append(j.held, l)
			j.lines++
			j.bytes += len(l.Message)
		}
	}
}
