package platformlog

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"time"
)

// pairSlack is by how much the time between START and REPORT may exceed the
// reported duration before the two are taken to be of different attempts.
// Lambda retries a failed event a minute later at the earliest.
const pairSlack = 30 * time.Second

// lateLine is how long after the report a line with its request ID still
// belongs to that attempt.
const lateLine = time.Second

// line is one line that carries a request ID.
type line struct {
	position

	kind    Kind
	stream  *stream
	event   uint64 // hash of the event's ID; only of events without a time
	details *details
}

// compareLines orders the lines of a request by their times. Those of one
// time are in the order in which Lambda writes them.
func compareLines(a, b line) int {
	if a.at != b.at {
		return cmp.Compare(a.at, b.at)
	}
	if a.at != untimed {
		if c := cmp.Compare(rank(a.kind), rank(b.kind)); c != 0 {
			return c
		}
	}
	return cmp.Or(
		cmp.Compare(a.order, b.order),
		cmp.Compare(a.kind, b.kind),
		strings.Compare(a.stream.name, b.stream.name),
		a.details.compare(b.details),
	)
}

// request is everything that is known about one request ID.
type request struct {
	id       string
	lines    []line // in order
	attempts []*attempt
	// base is the number of attempts that have been forgotten. What is not
	// after floor is of forgotten attempts: of these, or of others before the
	// request was known here.
	base  int
	floor position
	// told is the hash of the last forgotten report when it had no time.
	told uint64

	// Most requests have one attempt and few lines: these need no memory of
	// their own.
	few  [3]line
	one  [1]*attempt
	only attempt
	used bool // only is taken

	queued bool // waits to be rebuilt or resolved
	stale  bool // its lines have changed
}

// attempt is one run of a request.
type attempt struct {
	request *request
	stream  *stream
	// begin and end are its span in the stream. end is the report's position;
	// it is meaningless while there is no report.
	begin, end position
	startAt    position
	nth        int // of those of the request when it was made

	start, report *details // nil when the line is not there
	done          *details // platform.runtimeDone
	timeout, exit *details
	failure       *details // the runtime's line about a failed handler
	jsonFailure   *details // the same in JSON, where code can write it too
	marks         []*mark  // lines without a request ID that belong to it

	hash     uint64 // of the invocation that was given last
	reported bool   // it was given at least once
	dead     bool   // replaced by a newer reading
	crashed  bool   // it ended its environment's runtime
	linked   bool   // the request after it has been told
	heir     heir   // what was before it in the stream, once that is forgotten
	running  bool   // it has begun and may still be running
	doubt    bool   // a failure in its stream may be its own or another's
}

// heir is what is remembered of the attempt before in the stream.
type heir uint8

const (
	heirOfNone heir = iota // it is not forgotten, or there was none
	heirOfOther
	heirOfCrash
)

// insert adds a line; ok is false for one that is there already. last tells
// whether it is the last one now.
func (q *request) insert(l line, ordered bool) (last, ok bool) {
	n := len(q.lines)
	switch {
	case l.at == untimed && l.event != 0:
		if slices.ContainsFunc(q.lines, l.same) {
			return false, false
		}
	case ordered && l.at != untimed && n > 0 && q.lines[n-1].at >= l.at:
		i, _ := slices.BinarySearchFunc(q.lines, l.at, func(m line, at int64) int { return cmp.Compare(m.at, at) })
		for looked := 0; i < n && q.lines[i].at == l.at && looked < maxSame; i, looked = i+1, looked+1 {
			if q.lines[i].same(l) {
				return false, false
			}
		}
	}
	i := n
	if n > 0 && compareLines(q.lines[n-1], l) >= 0 {
		if i, ok = slices.BinarySearchFunc(q.lines, l, compareLines); ok {
			return false, false
		}
	}
	q.lines = slices.Insert(q.lines, i, l)
	return i == n, true
}

// same tells whether two lines that have come at different times are one.
func (l line) same(m line) bool {
	if l.kind != m.kind || l.at != m.at {
		return false
	}
	if l.at == untimed {
		return l.event != 0 && l.event == m.event
	}
	return l.stream == m.stream && l.details.compare(m.details) == 0
}

// again tells whether a line without a time repeats the one before it: a
// START or REPORT that comes twice with nothing between is of one attempt.
func (q *request) again(l line, seed maphash.Seed) bool {
	if l.at != untimed || l.event != 0 || l.kind != Start && l.kind != Report {
		return false
	}
	if n := len(q.lines); n > 0 {
		last := &q.lines[n-1]
		return last.at == untimed && last.event == 0 && last.kind == l.kind && last.stream == l.stream && last.details.compare(l.details) == 0
	}
	return l.kind == Report && q.told != 0 && q.told == l.details.hash(seed)
}

// attempt gives room for an attempt.
func (q *request) attempt() *attempt {
	if q.used {
		return new(attempt)
	}
	q.used = true
	return &q.only
}

// build reads the attempts off the lines.
func (q *request) build() []*attempt {
	var all []*attempt
	var open []*attempt // the last attempt of each stream, closed or not
	var loose []line    // lines that no attempt has taken yet
	last := func(s *stream) int {
		return slices.IndexFunc(open, func(a *attempt) bool { return a.stream == s })
	}
	begin := func(l line) *attempt {
		a := q.attempt()
		*a = attempt{request: q, stream: l.stream, begin: l.position}
		all = append(all, a)
		if i := last(l.stream); i >= 0 {
			open[i] = a
		} else {
			open = append(open, a)
		}
		return a
	}
	for _, l := range q.lines {
		var a *attempt
		if i := last(l.stream); i >= 0 {
			a = open[i]
		}
		switch {
		case l.kind == Start:
			a = begin(l)
			a.start, a.startAt = l.details, l.position
		case l.kind == Report:
			if a == nil || a.report != nil || !plausible(a, l) {
				a = begin(l)
				a.begin = l.reportBegin()
				for _, f := range loose {
					if f.stream == l.stream {
						a.take(f)
						a.begin = earlier(a.begin, f.position)
					}
				}
			}
			loose = slices.DeleteFunc(loose, func(f line) bool { return f.stream == l.stream })
			a.report, a.end = l.details, l.position
			if a.end.less(a.begin) {
				a.begin, a.end = a.end, a.begin
			}
		case a != nil && (a.report == nil || !a.end.after(lateLine).less(l.position)):
			a.take(l)
		default:
			loose = append(loose, l)
		}
	}
	slices.SortStableFunc(all, func(a, b *attempt) int {
		return cmp.Or(a.begin.compare(b.begin), strings.Compare(a.stream.name, b.stream.name))
	})
	for i, a := range all {
		a.nth = i
	}
	return all
}

// plausible tells whether the report can be of the attempt that has begun.
func plausible(a *attempt, report line) bool {
	d, ok := report.details.duration.Get()
	if !ok || report.at == untimed || a.begin.at == untimed {
		return true
	}
	return report.at <= a.begin.after(d+pairSlack).at && a.begin.at <= report.after(pairSlack).at
}

// reportBegin is where an attempt began of which only the report is known.
func (l line) reportBegin() position {
	d, ok := l.details.duration.Get()
	if !ok || l.at == untimed {
		return l.position
	}
	p := position{at: addClamped(l.at, -int64(d)), order: rank(Start), part: l.part}
	if l.stream.ordered {
		p.order = 0
	}
	return p
}

func earlier(a, b position) position {
	if b.less(a) {
		return b
	}
	return a
}

// take adds a line between start and report.
func (a *attempt) take(l line) {
	switch l.kind {
	case RuntimeDone:
		a.done = l.details
	case TimeoutLine:
		a.timeout = l.details
	case ExitLine:
		a.exit = l.details
	case RuntimeError:
		if l.details.json {
			a.jsonFailure = l.details
		} else {
			a.failure = l.details
		}
	default:
	}
}
