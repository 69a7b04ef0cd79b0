package platformlog

import (
	"slices"
	"time"
)

// maxLook bounds how many invocations are looked at to find the one a line
// without a request ID belongs to. It matters only where several environments
// share a stream name, as in copied logs, and then such lines belong to none.
const maxLook = 4096

// traceSlack is how long after its report a trace line may come.
const traceSlack = 2 * time.Second

// owner finds the attempt a mark belongs to, or nil.
func (s *stream) owner(m *mark) *attempt {
	// next is the first span that begins after the mark.
	next, _ := slices.BinarySearchFunc(s.spans, m.position, func(a *attempt, p position) int {
		if p.less(a.begin) {
			return 1
		}
		return -1
	})
	switch m.kind {
	case XRay:
		return s.reportBefore(m.position, next)
	case RuntimeError, ExitLine, TimeoutLine:
		if !s.exclusive || s.doubtful(m.position, next) {
			return nil
		}
		a := s.containing(m.position, next)
		if a != nil || next >= len(s.spans) {
			return a
		}
		if n := s.spans[next]; m.at == untimed && n.start == nil && n.begin.part == m.part || s.ordered && m.at != untimed && n.begin.at == m.at {
			return n // its START was before the first line there is, or comes in the same millisecond
		}
		return nil
	default:
	}
	// An init belongs to the request that waited for it or came after it.
	if a := s.containing(m.position, next); a != nil && a.report != nil {
		return a
	}
	if next < len(s.spans) && s.spans[next].begin.part == m.part {
		return s.spans[next]
	}
	return nil
}

// doubtful tells whether a line about a failure is of several requests, in a
// log without stream names: of each that it lies within. None of them can then
// be said to have gone well for want of such a line.
func (s *stream) doubtful(p position, next int) bool {
	if !s.ordered || s.name != "" || !s.concurrent {
		return false
	}
	var holders [8]*attempt
	n := 0
	for i, looked := next-1, 0; i >= 0 && looked < maxSame && n < len(holders); i, looked = i-1, looked+1 {
		if a := s.spans[i]; a.report != nil && p.less(a.end) {
			holders[n] = a
			n++
		}
	}
	if n < 2 {
		return false
	}
	for _, a := range holders[:n] {
		a.doubt = true
	}
	return true
}

// openLines is for how many lines of a log without times a request that has
// begun is taken to be running while others begin.
const openLines = 1 << 10

// disown takes the lines about a failure from an attempt that is handed over
// while others of a log without stream names run, to one of which they may
// belong as well.
func (s *stream) disown(a *attempt) {
	if s.name != "" || s.open == 0 {
		return
	}
	a.marks = slices.DeleteFunc(a.marks, func(m *mark) bool {
		if m.kind != RuntimeError && m.kind != ExitLine && m.kind != TimeoutLine {
			return false
		}
		others := false
		for _, o := range s.spans {
			if o != a && o.report == nil && o.mayHold(m.position, s.timeout) {
				o.doubt, others = true, true
			}
		}
		if others {
			a.doubt = true
			m.owner, m.spent = nil, true
		}
		return others
	})
}

// mayHold tells whether an attempt without a report may be running at p.
func (a *attempt) mayHold(p position, timeout time.Duration) bool {
	switch {
	case a.begin.part != p.part || p.less(a.begin):
		return false
	case p.at == untimed:
		return a.begin.at == untimed && p.order <= a.begin.order+openLines
	}
	return p.at <= a.begin.after(timeout).at
}

// containing finds the one span that holds a position. Where a span ends in
// the very millisecond in which the next begins, the line is of the one that
// ends. Where several hold it, none does.
func (s *stream) containing(p position, next int) *attempt {
	var inside, edge *attempt
	for i, looked := next-1, 0; i >= 0 && looked < maxLook; i, looked = i-1, looked+1 {
		a := s.spans[i]
		if a.report == nil {
			if i == next-1 { // running, and nothing has begun since
				inside = a
			}
		} else if !a.end.less(p) {
			switch {
			case !s.ordered && p.at != untimed && (a.end.at == p.at || a.begin.at == p.at):
				edge = a
			case inside != nil:
				return nil
			default:
				inside = a
			}
		}
		if s.concurrent {
			if p.at != untimed && a.begin.at != untimed && addClamped(a.begin.at, s.longest) < p.at {
				break
			}
		} else if i < next-2 {
			break
		}
	}
	if edge != nil && (inside == nil || inside.report == nil) {
		return edge
	}
	return inside
}

// reportBefore finds the attempt whose report is the last one before p.
func (s *stream) reportBefore(p position, next int) *attempt {
	if s.ordered && p.at != untimed {
		if a, found := s.reportBeside(p, next); found {
			return a
		}
	}
	var best *attempt
	tie := false
	for i, looked := next-1, 0; i >= 0 && looked < maxLook; i, looked = i-1, looked+1 {
		a := s.spans[i]
		near := p.at == untimed || !a.end.after(traceSlack).less(p)
		if a.report != nil && !p.less(a.end) && near {
			switch {
			case best == nil || best.end.less(a.end):
				best, tie = a, false
			case best.end == a.end:
				tie = true
			}
		}
		if !s.concurrent && i < next-2 {
			break
		}
	}
	if tie {
		return nil
	}
	return best
}

// reportBeside finds the attempt whose report is of the same time as p, where
// the one before p, if any, is of another: lines of one millisecond may have
// changed places. found is false where that is not so.
func (s *stream) reportBeside(p position, next int) (a *attempt, found bool) {
	var first *attempt
	for i := max(next-3, 0); i < min(next+3, len(s.spans)); i++ {
		b := s.spans[i]
		if b.report == nil || b.end.at != p.at || b.end.part != p.part {
			continue
		}
		if b.end.less(p) {
			return nil, false
		}
		if first == nil || b.end.less(first.end) {
			first = b
		}
	}
	return first, first != nil
}
