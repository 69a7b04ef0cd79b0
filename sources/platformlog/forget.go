package platformlog

import (
	"cmp"
	"hash/maphash"
	"slices"
	"time"
)

// unusedKeep is how much longer an environment is remembered that has been
// prepared and not used yet: its first request has to be told from a cold one.
const unusedKeep = 6 * time.Hour

// Forget lets go of what ended before the time: finished invocations, those
// that can no longer be running, and environments that have been silent since.
// From then on, lines older than that which belong to nothing remembered are
// ignored, so that a page read twice does not bring old invocations back.
// Attempts keep their numbers: of forgotten requests the newest ones are
// remembered by their number of attempts.
func (c *Correlator) Forget(before time.Time) {
	at := instant(before)
	if at == untimed {
		return
	}
	c.horizon = max(c.horizon, at)
	for _, q := range c.requests {
		n := 0
		for n < len(q.attempts) && c.over(q.attempts[n], at) {
			n++
		}
		c.forget(q, n)
	}
	for name, s := range c.streams {
		s.merge()
		s.settle(func(a *attempt) { c.enqueue(a.request) })
		if s.over(at) {
			delete(c.streams, name)
			continue
		}
		s.thin()
		s.thick = false
	}
	clear(c.thinning)
	c.thinning = c.thinning[:0]
	c.current = nil
}

// over tells whether the environment can be forgotten.
func (s *stream) over(at int64) bool {
	if s.foreign {
		return true
	}
	if len(s.spans) > 0 || s.last == untimed || s.last >= at {
		return false
	}
	unused := s.past.invocations == 0 && len(s.marks) > 0
	return !unused || addClamped(s.last, int64(unusedKeep)) < at
}

// over tells whether an attempt ended before the time.
func (c *Correlator) over(a *attempt, at int64) bool {
	if a.report != nil {
		return a.end.at != untimed && a.end.at < at
	}
	return a.begin.at != untimed && a.begin.after(c.timeout).at < at
}

// forget lets go of the first n attempts of a request.
func (c *Correlator) forget(q *request, n int) {
	if n == 0 {
		return
	}
	for i, a := range q.attempts[:n] {
		end := a.end
		if a.report == nil {
			end = a.begin
			for _, l := range q.lines {
				if l.stream == a.stream && end.less(l.position) && (i+1 == len(q.attempts) || l.less(q.attempts[i+1].begin)) {
					end = l.position
				}
			}
		} else {
			a.stream.past.add(a)
		}
		if next := a.stream.after(a); next != nil && next.heir == heirOfNone {
			next.heir = heirOfOther
			if a.crashed {
				next.heir = heirOfCrash
			}
		}
		if past := &a.stream.past; !end.less(past.tail) {
			past.tail, past.tailCrashed = end, a.crashed
		}
		q.lines = slices.DeleteFunc(q.lines, func(l line) bool {
			return l.stream == a.stream && !end.less(l.position)
		})
		if q.floor.less(end) {
			q.floor = end
		}
		if a.stream.floor.less(end) {
			a.stream.floor = end
		}
		for _, m := range a.marks {
			m.spent = true
		}
		if a.report != nil && a.end.at == untimed {
			q.told = a.report.hash(c.seed)
		}
		a.stream.drop(a)
		c.list(a.stream)
		c.thicken(a.stream)
	}
	q.attempts = slices.Delete(q.attempts, 0, n)
	q.base += n
	if len(q.attempts) == 0 {
		c.retire(q)
	}
}

// thicken says that a stream may have marks without use.
func (c *Correlator) thicken(s *stream) {
	if !s.thick {
		s.thick = true
		c.thinning = append(c.thinning, s)
	}
}

// retire lets go of a request that has no attempts left, but for their count.
func (c *Correlator) retire(q *request) {
	delete(c.requests, q.id)
	delete(c.running, q)
	q.lines, q.attempts = nil, nil
	c.retired.put(maphash.String(c.seed, q.id), retiree{q.base, q.floor, q.told})
}

// maxRetired bounds how many requests are remembered by their count alone.
const maxRetired = 1 << 16

// retiree is what is remembered of a forgotten request: a retry of it is not
// its first attempt, and a line before floor is nothing new.
type retiree struct {
	attempts int
	floor    position
	report   uint64 // hash of the last one when it had no time
}

// retired remembers the requests that were forgotten last, by the hashes of
// their IDs.
type retired struct {
	byID map[uint64]retiree
	ring []uint64 // the oldest is at next once it is full
	next int
}

func (r *retired) put(id uint64, q retiree) {
	if r.byID == nil {
		r.byID = make(map[uint64]retiree)
	}
	if _, ok := r.byID[id]; !ok {
		if len(r.ring) < maxRetired {
			r.ring = append(r.ring, id)
		} else {
			delete(r.byID, r.ring[r.next])
			r.ring[r.next] = id
			r.next = (r.next + 1) % maxRetired
		}
	}
	r.byID[id] = q
}

// tidy lets go of marks that have no use any more, and of environments that
// nothing is held of when there are too many.
func (c *Correlator) tidy(maxStreams int, window uint64) {
	c.refresh()
	for _, q := range c.queue {
		q.queued = false
	}
	clear(c.queue)
	c.queue = c.queue[:0]
	for _, s := range c.thinning {
		s.thin()
		s.uncrowd()
		s.thick = false
	}
	clear(c.thinning)
	c.thinning = c.thinning[:0]
	if len(c.streams) <= maxStreams || c.sequence < c.swept+window {
		return
	}
	c.swept = c.sequence
	for name, s := range c.streams {
		if len(s.spans) == 0 && s.sequence+window <= c.sequence {
			delete(c.streams, name)
		}
	}
	c.current = nil
}

// thin lets go of the marks of forgotten invocations and of those before the
// floor that never had an owner, but for the first of each kind that tells of
// the environment's beginning.
func (s *stream) thin() {
	var have [Malformed + 1]bool
	s.marks = slices.DeleteFunc(s.marks, func(m *mark) bool {
		if !m.spent && (m.owner != nil || s.floor.less(m.position)) {
			return false
		}
		m.spent = true
		if first := !have[m.kind]; first && m.details.boot != nil {
			have[m.kind] = true
			return false
		}
		s.past.letGo(m)
		return true
	})
}

// letGo counts what a mark that is let go of tells.
func (p *past) letGo(m *mark) {
	if m.details.boot != nil && failed(m.details.status) {
		p.initFailures++
		p.initError = cmp.Or(m.details.errorType, m.details.status)
	}
}

// crowdKept is how many of the newest marks of one kind stay of those that
// nobody or one invocation has too many of.
const crowdKept = 64

// uncrowd lets go of marks where there are very many: of a kind, the first and
// the newest ones of nobody and of each invocation stay, which is as much as
// an outcome is made of.
func (s *stream) uncrowd() {
	if len(s.marks) < s.crowd {
		return
	}
	type heap struct {
		owner *attempt
		kind  Kind
	}
	count := make(map[heap]int)
	for _, m := range s.marks {
		count[heap{m.owner, m.kind}]++
	}
	given := make(map[heap]int)
	thinner := make(map[*attempt]bool)
	s.marks = slices.DeleteFunc(s.marks, func(m *mark) bool {
		h := heap{m.owner, m.kind}
		given[h]++
		if given[h] == 1 || given[h] > count[h]-crowdKept {
			return false
		}
		m.spent = true
		if m.owner != nil {
			thinner[m.owner] = true
		}
		s.past.letGo(m)
		return true
	})
	for a := range thinner {
		a.marks = slices.DeleteFunc(a.marks, func(m *mark) bool { return m.spent })
	}
	s.crowd = max(crowd, 2*len(s.marks))
}
