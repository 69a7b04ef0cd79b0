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
)

// lateReport is how long after the timeout a report may come.
const lateReport = time.Minute

// Pass makes invocations out of a log that is read once, in the order in
// which it was written, such as a file. It gives each invocation once, when
// nothing more about it can be expected, and needs a bounded amount of memory
// for a log of any length. Lines of one stream may be out of order, and lines
// may come twice, within some ten thousand lines. It is used by one goroutine.
type Pass struct {
	c      *Correlator
	window uint64
	batch  uint64
	looked uint64 // the sequence number at which the queues were looked through
	done   []turn // requests with a report, in order of the report
	begun  []turn // requests with a start
	kept   int    // length of begun when it was last gone through
	live   bool
	traces bool // trace lines come as lines of their own
}

// turn is a request's place in a queue.
type turn struct {
	q        *request
	sequence uint64
}

// NewPass makes a pass for a function. When the log is still being written,
// live makes it give each invocation as soon as its report has been read,
// where it otherwise waits for lines that may come late.
func NewPass(fn sources.Function, live bool) *Pass {
	c := NewCorrelator(fn)
	c.ordered = true
	p := &Pass{c: c, window: passWindow, batch: passBatch, live: live}
	if live {
		p.window, p.batch = 0, 1
	}
	return p
}

// Add takes in the next event, whose message has been parsed into r, and hands
// over the invocations that are complete now, in order of their reports. It is
// false when yield was.
func (p *Pass) Add(e *sources.LogEvent, r *Record, yield func(sources.Invocation) bool) bool {
	before := p.c.sequence
	q := p.c.record(e, r)
	if r.Kind == XRay && !p.traces {
		p.traces = true
		if p.live {
			p.window = 1
		}
	}
	if q != nil {
		switch r.Kind {
		case Report:
			p.done = append(p.done, turn{q, p.c.sequence})
		case Start:
			p.begun = append(p.begun, turn{q, p.c.sequence})
		default:
		}
	}
	return p.c.sequence == before || p.c.sequence-p.looked < p.batch || p.look(yield)
}

// look hands over what has waited long enough.
func (p *Pass) look(yield func(sources.Invocation) bool) bool {
	p.looked = p.c.sequence
	p.c.refresh()
	n := 0
	for n < len(p.done) && p.done[n].sequence+p.window <= p.c.sequence {
		if !p.release(p.done[n], yield) {
			return false
		}
		n++
	}
	p.done = shift(p.done, n)
	if len(p.begun) > 2*p.kept+passBatch {
		p.begun = slices.DeleteFunc(p.begun, func(t turn) bool { return t.q.oldestOpen() == nil })
		p.kept = len(p.begun)
	}
	n = 0
	for n < len(p.begun) {
		open := p.begun[n].q.oldestOpen()
		if open != nil && !p.lost(p.begun[n], open, len(p.begun)-n) {
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

// lost tells whether the report of an attempt is past waiting for.
func (p *Pass) lost(t turn, open *attempt, waiting int) bool {
	switch {
	case waiting > passOpen:
		return true
	case open.begin.at == untimed:
		return t.sequence+passOpenWait <= p.c.sequence
	}
	return open.begin.after(p.c.timeout+lateReport).at < p.c.newest
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
func (p *Pass) release(t turn, yield func(sources.Invocation) bool) bool {
	n, more := 0, true
	for n < len(t.q.attempts) && more {
		a := t.q.attempts[n]
		if a.report == nil || a.end.order > t.sequence {
			break
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
		a := q.attempts[n]
		inv := p.c.resolve(a, q.base+n+1)
		if inv.Outcome == sources.Running {
			inv.Outcome = sources.Unknown
		}
		open = a.report == nil
		more = yield(inv)
		n++
	}
	p.c.forget(q, n)
	return more
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
