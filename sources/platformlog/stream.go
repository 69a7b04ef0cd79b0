package platformlog

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"fntop/sources"
)

// mark is a line without a request ID: it belongs to an attempt by its place
// in the stream.
type mark struct {
	position

	kind    Kind
	event   uint64
	details *details
	owner   *attempt
	spent   bool // its owner has been forgotten
}

// crowd is how many marks a stream may have, of a log that is read once,
// before those that say nothing new are let go of.
const crowd = 1024

func compareMarks(a, b *mark) int {
	if c := a.compare(b.position); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.kind, b.kind), a.details.compare(b.details))
}

// stream is one execution environment's log.
type stream struct {
	name  string
	spans []*attempt // in order of begin
	marks []*mark    // in order
	// longest is at least as long as any closed span.
	longest int64
	// concurrent is set once two spans have overlapped. It only saves looking
	// for overlaps where there are none.
	concurrent bool
	// exclusive is false where several environments or requests at once write
	// into the stream, so that a place in it says nothing.
	exclusive bool

	// ordered means that positions of one time are in the order of writing.
	ordered  bool
	sequence uint64 // of its newest line; only in an ordered log
	clock    clock
	part     uint32 // of the line that is read; see position
	timed    bool   // its last START or REPORT had a time
	timeout  time.Duration
	open     int // spans without a report, those in added included
	crowd    int // with so many marks there are too many

	foreign bool // it is of another function, in a shared log group

	first, last int64    // time of the oldest and newest line; untimed if none
	floor       position // end of the newest forgotten span
	past        past

	removed int        // dead spans that are still in spans
	added   []*attempt // not in spans yet
	dirtyLo position   // marks between these may have another owner now
	dirtyHi position
	touched bool
	listed  bool // in the correlator's list of streams to settle
	thick   bool // in its list of streams that may have marks without use
}

// past is what is remembered of forgotten invocations.
type past struct {
	invocations int
	crashes     int
	lastCrash   int64
	lastUsed    int64
	init        sources.Opt[time.Duration] // of the oldest report that has one
	restore     sources.Opt[time.Duration]
	version     string
	// tail is the end of the last one, and tailCrashed whether it ended the
	// runtime.
	tail        position
	tailCrashed bool
	// initFailures and initError are of lines that have been let go.
	initFailures int
	initError    string
}

func newStream(name string, exclusive bool) *stream {
	return &stream{
		name: name, exclusive: exclusive,
		first: untimed, last: untimed,
		floor: position{at: untimed},
		clock: clock{untimed},
		crowd: crowd,
		past:  past{lastCrash: untimed, lastUsed: untimed, tail: position{at: untimed}},
	}
}

// seen notes that the stream has a line of this time.
func (s *stream) seen(at int64) {
	if at == untimed {
		return
	}
	if s.first == untimed || at < s.first {
		s.first = at
	}
	s.last = max(s.last, at)
}

// insert adds a mark; it is false for one that is there already.
func (s *stream) insert(m *mark, ordered bool) bool {
	if m.at == untimed && m.event != 0 {
		if slices.ContainsFunc(s.marks, func(o *mark) bool { return o.event == m.event && o.kind == m.kind }) {
			return false
		}
	} else if ordered && m.at != untimed && s.has(m) {
		return false
	}
	n := len(s.marks)
	i := n
	if n > 0 && compareMarks(s.marks[n-1], m) >= 0 {
		var found bool
		i, found = slices.BinarySearchFunc(s.marks, m, compareMarks)
		if found {
			return false
		}
	}
	s.marks = slices.Insert(s.marks, i, m)
	s.touch(m.position, m.position)
	return true
}

// has tells whether a mark of the same time and content is there. Times in
// whole seconds are taken to be cut off, so that they tell nothing.
func (s *stream) has(m *mark) bool {
	if m.at%int64(time.Second) == 0 {
		return false
	}
	i := len(s.marks) - 1
	if s.part == 0 { // else the times are not in order, and the newest ones will do
		i, _ = slices.BinarySearchFunc(s.marks, m.at+1, func(o *mark, at int64) int { return cmp.Compare(o.at, at) })
		i--
	}
	for looked := 0; i >= 0 && looked < maxSame && (s.part > 0 || s.marks[i].at == m.at); i, looked = i-1, looked+1 {
		if o := s.marks[i]; o.at == m.at && o.kind == m.kind && o.details.compare(m.details) == 0 {
			return true
		}
	}
	return false
}

// maxSame bounds how many lines of one time a line is compared with to find
// out whether it has come before.
const maxSame = 64

// ended notes that an attempt that was open has its report now.
func (s *stream) ended(a *attempt) {
	s.open--
	for _, m := range a.marks {
		s.touch(m.position, m.position)
	}
	s.touch(a.begin, s.reach(a, s.after(a)))
	if a.begin.at != untimed {
		s.longest = max(s.longest, a.end.at-a.begin.at)
	}
	if s.concurrent || len(s.spans) == 0 || s.spans[len(s.spans)-1] == a {
		return
	}
	if i, found := slices.BinarySearchFunc(s.spans, a, compareSpans); found && i+1 < len(s.spans) {
		s.concurrent = overlaps(a, s.spans[i+1])
	}
}

// touch says that marks from lo to hi may have another owner now.
func (s *stream) touch(lo, hi position) {
	if !s.touched {
		s.touched, s.dirtyLo, s.dirtyHi = true, lo, hi
		return
	}
	s.dirtyLo = earlier(s.dirtyLo, lo)
	if s.dirtyHi.less(hi) {
		s.dirtyHi = hi
	}
}

// before and after give the neighbours of an attempt in the stream, or nil.
func (s *stream) before(a *attempt) *attempt {
	if i, _ := slices.BinarySearchFunc(s.spans, a, compareSpans); i > 0 {
		return s.spans[i-1]
	}
	return nil
}

func (s *stream) after(a *attempt) *attempt {
	n := len(s.spans)
	if n == 0 || s.spans[n-1] == a {
		return nil
	}
	i, found := slices.BinarySearchFunc(s.spans, a, compareSpans)
	if found {
		i++
	}
	if i < n {
		return s.spans[i]
	}
	return nil
}

// drop takes an attempt out of the stream.
func (s *stream) drop(a *attempt) {
	a.dead = true
	s.removed++
	if a.report == nil {
		s.open--
	}
	for _, m := range a.marks {
		m.owner = nil
		s.touch(m.position, m.position)
	}
	a.marks = nil
	s.touch(a.begin, s.reach(a, s.after(a)))
}

// reach is up to where the owner of a mark may depend on the attempt: its own
// marks, and those up to the next attempt that the one before could own.
func (s *stream) reach(a, next *attempt) position {
	if a.report == nil || next == nil {
		return position{math.MaxInt64, math.MaxUint64, math.MaxUint32}
	}
	p := a.end.after(traceSlack)
	if a.end.at == untimed {
		p.order = math.MaxUint64
	}
	if p.less(next.begin) {
		return next.begin
	}
	return p
}

// add puts an attempt into the stream, from the next merge on.
func (s *stream) add(a *attempt) {
	s.added = append(s.added, a)
	if a.report == nil {
		s.open++
	}
}

func compareSpans(a, b *attempt) int {
	if c := a.begin.compare(b.begin); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.request.id, b.request.id), cmp.Compare(a.nth, b.nth))
}

// bury takes out the dead spans. Mostly they are the first ones.
func (s *stream) bury() {
	dead := func(a *attempt) bool { return a.dead }
	n := 0
	for n < len(s.spans) && s.spans[n].dead {
		n++
	}
	clear(s.spans[:n])
	s.spans = s.spans[n:]
	s.removed -= n
	if s.removed > 0 {
		had := len(s.added)
		s.added = slices.DeleteFunc(s.added, dead)
		s.removed -= had - len(s.added)
	}
	if s.removed > 0 {
		s.spans = slices.DeleteFunc(s.spans, dead)
	}
	s.removed = 0
}

// merge brings the spans up to date.
func (s *stream) merge() {
	if s.removed > 0 {
		s.bury()
	}
	if len(s.added) == 0 {
		return
	}
	slices.SortFunc(s.added, compareSpans)
	n := len(s.spans)
	s.spans = append(s.spans, s.added...)
	if n > 0 && compareSpans(s.spans[n-1], s.added[0]) > 0 {
		slices.SortFunc(s.spans, compareSpans)
	}
	for _, a := range s.added {
		if a.report != nil && a.begin.at != untimed {
			s.longest = max(s.longest, a.end.at-a.begin.at)
		}
	}
	if len(s.marks) == 0 && s.concurrent {
		s.added = s.added[:0]
		return
	}
	for _, a := range s.added {
		i, _ := slices.BinarySearchFunc(s.spans, a, compareSpans)
		lo := position{at: untimed}
		if i > 0 {
			lo = s.spans[i-1].begin
			s.concurrent = s.concurrent || overlaps(s.spans[i-1], a)
		}
		var next *attempt
		if i+1 < len(s.spans) {
			next = s.spans[i+1]
			s.concurrent = s.concurrent || overlaps(a, next)
		}
		s.touch(lo, s.reach(a, next))
	}
	clear(s.added)
	s.added = s.added[:0]
}

// overlaps tells whether a, which begins first, has not ended when b begins.
func overlaps(a, b *attempt) bool { return a.report != nil && b.begin.less(a.end) }

// settle finds the owners of the marks that may have changed. changed is
// called for each attempt that has won or lost one.
func (s *stream) settle(changed func(*attempt)) {
	if !s.touched {
		return
	}
	s.touched = false
	i, _ := slices.BinarySearchFunc(s.marks, s.dirtyLo, func(m *mark, p position) int {
		if m.less(p) {
			return -1
		}
		return 1
	})
	for ; i < len(s.marks) && !s.dirtyHi.less(s.marks[i].position); i++ {
		m := s.marks[i]
		if m.spent {
			continue
		}
		owner := s.owner(m)
		if owner == m.owner {
			continue
		}
		if old := m.owner; old != nil {
			old.marks = slices.DeleteFunc(old.marks, func(o *mark) bool { return o == m })
			changed(old)
		}
		m.owner = owner
		if owner != nil {
			at, _ := slices.BinarySearchFunc(owner.marks, m, compareMarks)
			owner.marks = slices.Insert(owner.marks, at, m)
			changed(owner)
		}
	}
}
