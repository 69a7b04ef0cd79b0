package world

import (
	"slices"
	"sync"
)

// environment is an execution environment: it serves one request at a time.
type environment struct {
	created int64 // ms
	free    int64 // ms from which it takes the next request
	expire  int64 // ms after which it is gone when it gets none
	end     int64 // µs: end of its last invocation
	served  uint32
	memory  uint16 // MB high-water mark
	reset   bool   // it crashed: the next request waits for an init
	kept    bool   // provisioned
}

// pool is the environments of a function between two boundaries. No
// environment lives through a boundary, so a pool can be simulated without
// knowing the ones before it.
type pool struct {
	f      *function
	begin  boundary
	next   boundary
	end    int64 // ms: from here on it gets no requests
	config config

	once sync.Once
	left []environment // see leftOver

	mu     sync.Mutex
	first  int64   // the chunk of the boundary
	stride int64   // chunks between marks
	marks  []state // as every stride-th chunk begins
	tip    state   // as the chunk after the last one simulated begins
	tipAt  int64   // that chunk
}

// state is the environments at a moment.
type state struct {
	environments []environment
	started      int     // environments on demand since the boundary
	running      []int64 // ends of the invocations in flight, µs, rising
}

// pass lets time go on to a moment, ms.
func (s *state) pass(ms int64) {
	n := 0
	for n < len(s.running) && s.running[n] <= ms*1000 {
		n++
	}
	if n > 0 {
		s.running = s.running[:copy(s.running, s.running[n:])]
	}
}

// run takes up an invocation that ends at a time, µs.
func (s *state) run(end int64) {
	s.running = append(s.running, end)
	for i := len(s.running) - 1; i > 0 && s.running[i-1] > end; i-- {
		s.running[i], s.running[i-1] = s.running[i-1], s.running[i]
	}
}

// clone is a copy that can be changed.
func (s *state) clone() state {
	return state{environments: slices.Clone(s.environments), started: s.started, running: slices.Clone(s.running)}
}

func (w *World) newPool(f *function, b boundary) *pool {
	p := &pool{f: f, begin: b, next: f.boundaryAfter(b.at), first: floorDiv(b.at, f.chunk), stride: max(1, 10*minuteMS/f.chunk)}
	p.end = p.next.at
	if p.next.ramp > 0 {
		p.end = min(p.next.at+p.next.ramp, f.boundaryAfter(p.next.at).at)
	}
	p.config = f.configAt(b.at)
	var s state
	for i := range f.provisioned {
		created := b.at - 40*second + int64(i)*700
		s.environments = append(s.environments, environment{created: created, free: b.at, expire: p.end + dayMS, kept: true})
	}
	p.marks, p.tip, p.tipAt = []state{s}, s, p.first
	return p
}

// leftOver gives the environments on demand that the pool before had at this
// pool's boundary: how they would have served its requests tells why those
// had to wait.
func (w *World) leftOver(p *pool) []environment {
	p.once.Do(func() {
		f, at := p.f, p.begin.at
		before := w.poolAt(f, f.boundaryBefore(at-1))
		index := floorDiv(at, f.chunk)
		s := w.borrow()
		defer w.scratches.Put(s)
		first := w.stateAt(before, index)
		run := runner{w: w, p: before, f: f, d: f.cards(), c: &chunk{}, state: first.clone()}
		for minute := index * f.chunk / minuteMS; minute*minuteMS < at; minute++ {
			for _, a := range w.arrivalsIn(f, minute, s) {
				if a.at < at && before.mine(&a) {
					run.arrive(&a)
				}
			}
		}
		for _, e := range run.state.environments {
			if !e.kept && e.expire >= at {
				p.left = append(p.left, e)
			}
		}
	})
	return p.left
}

// Environments that get no requests are ended after some minutes: 5 to 45 are
// commonly observed. The world keeps to the lower end.
func (f *function) idleMin() int64 { return 5*minuteMS + int64(f.seed>>20%2)*minuteMS }
func (f *function) idleMax() int64 { return f.idleMin() + 3*minuteMS }

func (f *function) idleOf(created int64, slot int) int64 {
	h := hash3(f.seed^0x1d1e, uint64(created), uint64(slot))
	return f.idleMin() + int64(h%uint64(3*minuteMS))
}

// mine tells whether a request goes to this pool. Over a ramp the new pool
// gets more and more of them.
func (p *pool) mine(a *arrival) bool {
	if a.at < p.begin.at || a.at >= p.end {
		return false
	}
	if p.begin.ramp > 0 && a.at < p.begin.at+p.begin.ramp && p.f.coin(a) >= float64(a.at-p.begin.at)/float64(p.begin.ramp) {
		return false
	}
	return a.at < p.next.at || p.f.coin(a) >= float64(a.at-p.next.at)/float64(p.next.ramp)
}

func (f *function) coin(a *arrival) float64 {
	return unit(hash2(f.identity(a.minute, a.index), 0x4a3+uint64(a.attempt)))
}

// stateAt is the environments as a chunk begins; it must not be changed.
func (w *World) stateAt(p *pool, index int64) state {
	p.mu.Lock()
	defer p.mu.Unlock()
	if index <= p.first {
		return p.marks[0]
	}
	at := min((index-p.first)/p.stride, int64(len(p.marks))-1)
	s, from := p.marks[at], p.first+at*p.stride
	if p.tipAt <= index && p.tipAt > from {
		s, from = p.tip, p.tipAt
	}
	for ; from < index; from++ {
		_, s = w.simulate(p, s, from, false)
		p.reach(from+1, s)
	}
	return s
}

// reach remembers the environments as a chunk begins.
func (p *pool) reach(index int64, s state) {
	p.tip, p.tipAt = s, index
	if index == p.first+int64(len(p.marks))*p.stride {
		p.marks = append(p.marks, s)
	}
}

// part is what one pool did in a chunk.
func (w *World) part(p *pool, index int64) *chunk {
	before := w.stateAt(p, index)
	c, after := w.simulate(p, before, index, true)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reach(index+1, after)
	return c
}

// simulate runs a pool through a chunk.
func (w *World) simulate(p *pool, before state, index int64, keep bool) (*chunk, state) {
	f := p.f
	c := &chunk{from: index * f.chunk, to: (index + 1) * f.chunk, pools: []*pool{p}}
	s := w.borrow()
	defer w.scratches.Put(s)
	run := runner{w: w, p: p, f: f, d: f.cards(), c: c, keep: keep, state: before.clone()}
	for minute := c.from / minuteMS; minute < c.to/minuteMS; minute++ {
		run.state.pass(minute * minuteMS)
		c.carry = append(c.carry, uint16(min(len(run.state.running), 1<<16-1)))
		if minute*minuteMS >= p.end {
			continue
		}
		all := w.arrivalsIn(f, minute, s)
		if keep && c.records == nil {
			c.records = make([]record, 0, len(all)*int((c.to-minute*minuteMS)/minuteMS))
		}
		for i := range all {
			if p.mine(&all[i]) {
				run.arrive(&all[i])
			}
		}
	}
	run.state.trim(c.to)
	if keep {
		c.settle()
	}
	return c, run.state
}

// trim forgets environments that are gone, from the last slot on.
func (s *state) trim(ms int64) {
	n := len(s.environments)
	for n > 0 && s.environments[n-1].expire < ms && s.environments[n-1].end <= ms*1000 {
		n--
	}
	s.environments = slices.Clip(s.environments[:n])
}
