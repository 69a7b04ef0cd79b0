package world

import "math/bits"

// runner serves the requests of a pool, one after the other.
type runner struct {
	w     *World
	p     *pool
	f     *function
	d     *deck
	c     *chunk
	keep  bool
	state state
}

// find gives the lowest slot that is warm and free; −1 when there is none.
// Taking the lowest lets those that are only needed in peaks idle out.
func (s *state) find(at int64) int {
	for i := range s.environments {
		if e := &s.environments[i]; e.free <= at && e.expire >= at {
			return i
		}
	}
	return -1
}

// room gives the lowest slot whose environment is gone, or a new one, and
// counts the environments that are alive.
func (s *state) room(at int64) (slot, alive int) {
	slot = -1
	for i := range s.environments {
		switch e := &s.environments[i]; {
		case e.free > at || e.expire >= at:
			alive++
		case slot < 0:
			slot = i
		}
	}
	if slot < 0 {
		slot = len(s.environments)
		s.environments = append(s.environments, environment{})
	}
	return slot, alive
}

// arrive serves one request, or turns it away.
func (r *runner) arrive(a *arrival) {
	r.state.pass(a.at)
	busy := len(r.state.running)
	if r.f.reserved > 0 && busy >= r.f.reserved {
		if r.keep {
			r.c.throttle = append(r.c.throttle, a.at)
		}
		return
	}
	rec := record{
		at: a.at, start: a.at, minute: a.minute, index: a.index, card: a.card,
		attempt: a.attempt, mode: a.mode, busy: uint16(min(busy+1, 1<<16-1)),
		dur: r.d.modes[a.mode].dur[a.card], outcome: r.d.modes[a.mode].out[a.card],
	}
	if a.sampled {
		rec.flags |= flagSampled
	}
	slot := r.state.find(a.at)
	if slot < 0 {
		slot = r.start(&rec)
	}
	e := &r.state.environments[slot]
	rec.slot, rec.created = uint16(slot), e.created
	if e.kept {
		rec.flags |= flagProvisioned
	}
	if e.served == 0 && !e.reset {
		rec.flags |= flagFresh
	}
	switch {
	case r.p.config.broken:
		r.fail(&rec, e)
	case e.reset:
		rec.cause = causeCrash
		rec.hidden = r.f.initOf(r.p.config, a.at, slot)
		rec.start = a.at + ceilMS(int64(rec.hidden))
	}
	r.serve(&rec, e)
	r.state.run(e.end)
	if r.keep {
		r.c.records = append(r.c.records, rec)
	}
}

// start creates an environment for a request and gives its slot.
func (r *runner) start(rec *record) int {
	slot, alive := r.state.room(rec.at)
	r.state.environments[slot] = environment{created: rec.at}
	rec.cause = causeDeploy // any; only what is kept needs to know
	if r.keep {
		rec.cause = r.w.causeOf(r.p, rec.at, r.state.started, alive)
	}
	r.state.started++
	rec.init = r.f.initOf(r.p.config, rec.at, slot)
	rec.start = rec.at + ceilMS(int64(rec.init))
	return slot
}

// causeOf says why a request needed a new environment: the started-th since
// the boundary, while others were alive. Where the environments before the
// boundary could have served it, the boundary is to blame.
func (w *World) causeOf(p *pool, at int64, started, alive int) cause {
	if p.begin.kind != recycling && started == 0 && alive == 0 {
		return p.begin.kind.cause()
	}
	if at-p.begin.at < p.begin.ramp+p.f.idleMax() {
		usable := 0
		for _, e := range w.leftOver(p) {
			if e.expire >= at-p.begin.ramp {
				usable++
			}
		}
		if started < usable {
			return p.begin.kind.cause()
		}
	}
	if alive == 0 {
		return causeIdle
	}
	return causeScaleOut
}

// cause is what a cold start by this change is called.
func (k changeKind) cause() cause {
	switch k {
	case configChange:
		return causeConfig
	case createChange:
		return causeFirst
	case recycling:
		return causeRecycled
	case codeChange:
	}
	return causeDeploy
}

// fail is an invocation whose code cannot be loaded. In a new environment the
// init fails, and Lambda tries it again within the invocation; later only
// within the invocation.
func (r *runner) fail(rec *record, e *environment) {
	again := r.f.initOf(r.p.config, rec.at+1, int(rec.slot))
	if rec.init > 0 {
		rec.flags |= flagFailedInit
	} else {
		rec.cause = causeCrash
	}
	rec.outcome = initFailed
	rec.hidden = again
	rec.start = rec.at + ceilMS(int64(rec.init)) + ceilMS(int64(again))
	rec.dur = 900 + again%1400/10*10
	e.reset = true
}

// serve runs the handler.
func (r *runner) serve(rec *record, e *environment) {
	f, limit := r.f, r.p.config.memory
	used := f.memoryUse + int(r.d.wasted[rec.card]) + bits.Len32(e.served)
	if f.leak > 0 {
		used += int(float64(e.served) * f.leak)
		if used >= limit {
			rec.outcome = outOfMemory
			rec.dur = uint32(uint64(rec.dur) * uint64(30+rec.dur%60) / 1000 * 10)
			used = limit
		}
	}
	if rec.outcome != outOfMemory {
		used = min(used, limit-1)
	}
	e.memory = max(e.memory, uint16(used))
	rec.memory = e.memory
	if rec.hidden > 0 {
		rec.dur += rec.hidden
		if rec.outcome == timedOut {
			rec.dur = uint32(f.timeout) * 1_000_000
		}
	}
	e.end = rec.end()
	e.free = ceilMS(e.end) + 1 + f.extensionMS(rec)
	e.served++
	if !e.kept {
		e.expire = e.free + f.idleOf(e.created, int(rec.slot))
	}
	switch rec.outcome {
	case timedOut, exited, outOfMemory, initFailed:
		e.reset, e.served, e.memory = true, 0, 0
	default:
		e.reset = false
	}
}

// extensionMS is how long extensions run on after the handler.
func (f *function) extensionMS(rec *record) int64 {
	if f.extension == "" {
		return 0
	}
	return 2 + int64(f.identity(rec.minute, rec.index)>>50%14)
}

// initOf is how long an init or a restore takes, µs.
func (f *function) initOf(c config, at int64, slot int) uint32 {
	h := hash3(f.seed^0x171, uint64(at), uint64(slot))
	us := float64(f.initMedian)
	if f.snapStart {
		us = restoreMedian(f)
	}
	us *= span(hash2(f.seed^0x4e4, uint64(c.number)), 0.92, 1.1)
	if c.slowInit {
		us *= 2
	}
	if c.broken {
		us *= 0.6
	}
	us = lognormal(h, us, 0.11)
	v := min(int64(us), f.initCap)
	if !f.json {
		v -= v % 10
	}
	return uint32(max(v, 500))
}

// restoreMedian is how long it takes to restore a snapshot, µs: some hundred
// milliseconds, more for more memory (golden samples: 326 to 790 ms).
func restoreMedian(f *function) float64 { return 280_000 + float64(f.memory)*90 }
