package platformlog

import (
	"slices"
	"time"

	"fntop/sources"
)

// The bounds of what a Pass remembers, in lines about invocations and in
// invocations.
const (
	passWindow   = 1 << 15 // lines for which a reported invocation is held
	passBatch    = 1 << 10 // lines after which the held ones are looked through
	passOpen     = 1 << 17 // invocations without a report
	passStreams  = 1 << 16 // environments without an invocation that is held
	passOpenWait = 1 << 18 // lines for which one without any time waits for its report
	passLines    = 1 << 9  // lines of one request
)

// Pass makes invocations out of a log that is read once, in the order in
// which it was written, such as a file. It gives each invocation once, when
// nothing more about it can be expected, and needs a bounded amount of memory
// for a log of any length. Lines of one stream may be out of order, and lines
// may come twice, within some ten thousand lines. Streams may come one after
// the other, also without their names, or mixed. It is used by one goroutine.
type Pass struct {
	c      *Correlator
	window uint64
	batch  uint64
	looked uint64 // the sequence number at which the queues were looked through
	done   []turn // requests with a report, in order of the report
	begun  []turn // requests with a start
	kept   int    // length of begun when it was last gone through
}

// turn is a request's place in a queue.
type turn struct {
	q        *request
	sequence uint64
}

// NewPass makes a pass for a function.
func NewPass(fn sources.Function) *Pass {
	c := NewCorrelator(fn)
	c.ordered = true
	return &Pass{c: c, window: passWindow, batch: passBatch}
}

// Add takes in the next event, whose message has been parsed into r, and hands
// over the invocations that are complete now, in order of their reports. It is
// false when yield was. Of application lines only the time counts: it tells
// that a request without a report is not running any more.
func (p *Pass) Add(e *sources.LogEvent, r *Record, yield func(sources.Invocation) bool) bool {
	before := p.c.sequence
	if r.Kind == Application && e.Time.IsZero() {
		r.Time = jsonTime(e.Message)
	}
	q := p.c.record(e, r)
	if q != nil {
		switch r.Kind {
		case Report:
			p.done = append(p.done, turn{q, p.c.sequence})
		case Start:
			p.begun = append(p.begun, turn{q, p.c.sequence})
		default:
		}
		if len(q.lines) > passLines && !p.crowded(q, yield) {
			return false
		}
	}
	return p.c.sequence == before || p.c.sequence-p.looked < p.batch || p.look(p.window, false, yield)
}

// Idle says that the log has no more lines right now: what is complete is
// handed over without waiting for lines that may come late. It is false when
// yield was.
func (p *Pass) Idle(yield func(sources.Invocation) bool) bool { return p.look(0, true, yield) }

// look hands over what has waited for so many lines.
func (p *Pass) look(window uint64, idle bool, yield func(sources.Invocation) bool) bool {
	p.looked = p.c.sequence
	p.c.refresh()
	n := 0
	for n < len(p.done) && p.done[n].sequence+window <= p.c.sequence {
		if !p.release(p.done[n], idle, yield) {
			return false
		}
		n++
	}
	p.done = shift(p.done, n)
	if len(p.begun) > 2*p.kept+passBatch || idle {
		if !p.sift(idle, yield) {
			return false
		}
	}
	n = 0
	for n < len(p.begun) {
		open := p.begun[n].q.oldestOpen()
		if open != nil && !p.lost(p.begun[n], open, idle) && len(p.begun)-n <= passOpen {
			break
		}
		if open != nil && !p.giveUp(p.begun[n].q, yield) {
			return false
		}
		n++
	}
	p.begun = shift(p.begun, n)
	p.c.tidy(passStreams, p.window+passWindow)
	return true
}

// sift goes through all that have begun, for those that have ended or are
// lost.
func (p *Pass) sift(idle bool, yield func(sources.Invocation) bool) bool {
	more := true
	p.begun = slices.DeleteFunc(p.begun, func(t turn) bool {
		open := t.q.oldestOpen()
		if open != nil && more && p.lost(t, open, idle) {
			more = p.giveUp(t.q, yield)
			open = t.q.oldestOpen()
		}
		return open == nil
	})
	p.kept = len(p.begun)
	return more
}

// crowded lets go of lines of a request that has more than any request has:
// of attempts, the last one stays, and of its lines the first ones and the
// newest.
func (p *Pass) crowded(q *request, yield func(sources.Invocation) bool) bool {
	p.c.refresh()
	n, more := 0, true
	for n+1 < len(q.attempts) && more {
		more = yield(p.over(q, n))
		n++
	}
	p.c.forget(q, n)
	if len(q.lines) > passLines/2 {
		first, rest := 16, len(q.lines)-passLines/4
		q.lines = slices.DeleteFunc(q.lines, func(l line) bool {
			first, rest = first-1, rest-1
			return first < 0 && rest >= 0 && l.kind != Start && l.kind != Report
		})
	}
	return more
}

// shift takes the first n turns off a queue.
func shift(queue []turn, n int) []turn {
	if n == 0 {
		return queue
	}
	if 2*n < len(queue) && cap(queue) < 4*passOpen {
		rest := queue[n:]
		clear(queue[:n])
		return rest
	}
	return append(make([]turn, 0, len(queue)-n+passBatch), queue[n:]...)
}

// lateReport is how long after the timeout a report may come.
const lateReport = time.Minute

// lost tells whether the report of an attempt is past waiting for. The time
// that counts is that of its own stream, because streams may come one after
// the other; that of the others counts where they come mixed, which shows
// after very many lines, or in a log that is read as it is written.
func (p *Pass) lost(t turn, open *attempt, idle bool) bool {
	age := p.c.sequence - t.sequence
	if open.begin.at == untimed {
		return age >= passOpenWait
	}
	until := open.begin.after(p.c.timeout + lateReport).at
	if s := open.stream; s.part != open.begin.part || s.clock.at > until {
		return idle || age >= p.window
	}
	return p.c.clock.at > until && (idle || age >= passOpenWait)
}

// oldestOpen is the first attempt without a report.
func (q *request) oldestOpen() *attempt {
	for _, a := range q.attempts {
		if a.report == nil {
			return a
		}
	}
	return nil
}

// release hands over the attempts of a request whose reports have been read
// by this turn, and forgets them.
func (p *Pass) release(t turn, idle bool, yield func(sources.Invocation) bool) bool {
	n, more := 0, true
	for n < len(t.q.attempts) && more {
		a := t.q.attempts[n]
		if a.report == nil || a.end.order > t.sequence {
			break
		}
		if idle {
			a.stream.disown(a)
		}
		more = yield(p.c.resolve(a, t.q.base+n+1))
		n++
	}
	p.c.forget(t.q, n)
	return more
}

// giveUp hands over the attempts of a request up to the first one without a
// report.
func (p *Pass) giveUp(q *request, yield func(sources.Invocation) bool) bool {
	n, more, open := 0, true, false
	for n < len(q.attempts) && more && !open {
		open = q.attempts[n].report == nil
		more = yield(p.over(q, n))
		n++
	}
	p.c.forget(q, n)
	return more
}

// over is an attempt that is not waited for any longer.
func (p *Pass) over(q *request, i int) sources.Invocation {
	inv := p.c.resolve(q.attempts[i], q.base+i+1)
	if inv.Outcome == sources.Running {
		inv.Outcome = sources.Unknown
	}
	return inv
}

// End hands over everything that is left. Invocations without a report are
// [sources.Running] when the log ends before their function's timeout has
// passed, and [sources.Unknown] otherwise or when the log has no times.
func (p *Pass) End(yield func(sources.Invocation) bool) bool {
	p.c.refresh()
	p.c.now = max(p.c.now, p.c.newest)
	for _, queue := range [][]turn{p.done, p.begun} {
		for _, t := range queue {
			q := t.q
			n, more := 0, true
			for ; n < len(q.attempts) && more; n++ {
				a := q.attempts[n]
				inv := p.c.resolve(a, q.base+n+1)
				if inv.Outcome == sources.Running && a.begin.at == untimed {
					inv.Outcome = sources.Unknown
				}
				more = yield(inv)
			}
			p.c.forget(q, n)
			if !more {
				return false
			}
		}
	}
	p.done, p.begun = nil, nil
	return true
}

// Environments gives what is known of the environments that are still
// remembered.
func (p *Pass) Environments() []Environment { return p.c.Environments() }

// jsonTime is the time that a JSON line of Lambda's own format begins with.
func jsonTime(s string) time.Time {
	const key = `{"timestamp":"`
	const length = len("2006-01-02T15:04:05.000Z")
	if len(s) <= len(key)+length || s[:len(key)] != key || s[len(key)+length] != '"' {
		return time.Time{}
	}
	t, _ := timestamp(s[len(key) : len(key)+length])
	return t
}
