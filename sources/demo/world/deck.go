package world

import "math/bits"

// outcome is how an invocation ends.
type outcome uint8

const (
	fine outcome = iota
	handlerError
	timedOut
	exited
	outOfMemory
	initFailed
)

// mode selects a face of the deck.
type mode = uint8

const (
	usual  mode = iota
	slowed      // a downstream is slow
	modes
)

// deck is the invocations of a function as a deck of cards: what each takes
// and how it ends. A minute's invocations are a run of cards from a random
// place on, so that their count, errors and summed duration follow from two
// prefix sums, and still each has its own.
type deck struct {
	mask   uint32
	modes  [modes]cards
	mean   float64  // ms in the usual mode
	wasted []uint32 // memory that each card uses over the base, MB
}

type cards struct {
	dur    []uint32 // µs
	out    []outcome
	sums   []uint64 // of dur before each card
	errs   []uint32 // places of the cards that are not fine, rising
	before []uint32 // how many errors before each card
}

// cards gives the deck, made at first use.
func (f *function) cards() *deck {
	if d := f.deck.Load(); d != nil {
		return d
	}
	f.deck.CompareAndSwap(nil, f.newDeck()) // two of them are the same
	return f.deck.Load()
}

func (f *function) newDeck() *deck {
	peak := 3*f.rate + f.surge.rate
	n := 1 << bits.Len(uint(max(64, min(8*peak, 1<<15-1))))
	d := &deck{mask: uint32(n - 1), wasted: make([]uint32, n)}
	d.modes[usual] = f.newCards(n, usual)
	d.modes[slowed] = d.modes[usual]
	if !f.slow.none() {
		d.modes[slowed] = f.newCards(n, slowed)
	}
	d.mean = float64(d.modes[usual].sums[n]) / float64(n) / 1000
	spread := max(4, f.memoryUse/12)
	for i := range d.wasted {
		d.wasted[i] = uint32(pick(hash3(f.seed, 0x3e3, uint64(i)), spread))
	}
	return d
}

// newCards draws the cards of one mode. Card i is the same invocation in
// every mode, only the slow call and what fails by it differ.
func (f *function) newCards(n int, m mode) cards {
	c := cards{
		dur: make([]uint32, n), out: make([]outcome, n),
		sums: make([]uint64, n+1), before: make([]uint32, n+1),
	}
	limit := int64(f.timeout)*1_000_000 - f.initCap - 1000
	limit = max(limit, int64(f.timeout)*600_000)
	for i := range n {
		h := hash3(f.seed, 0xdec, uint64(i))
		ms := lognormal(h, f.median, f.sigma)
		if unit(hash2(h, 1)) < f.tail {
			ms *= f.tailBy * span(hash2(h, 2), 0.6, 1.6)
		}
		out := f.faults.draw(unit(hash2(h, 3)))
		if m == slowed {
			ms += lognormal(hash2(h, 4), f.slowBy, 0.35)
			if unit(hash2(h, 5)) < f.slowFail {
				out = handlerError
			}
		}
		us := min(int64(ms*1000), limit)
		switch out {
		case timedOut:
			us = int64(f.timeout) * 1_000_000
		case exited:
			us = int64(float64(us) * span(hash2(h, 6), 0.1, 0.9))
		default:
		}
		if !f.json {
			us -= us % 10 // REPORT has two decimals of a millisecond
		}
		us = max(us, 800)
		c.dur[i], c.out[i] = uint32(us), out
		c.sums[i+1] = c.sums[i] + uint64(us)
		c.before[i+1] = c.before[i]
		if out != fine {
			c.errs = append(c.errs, uint32(i))
			c.before[i+1]++
		}
	}
	return c
}

// draw maps a unit number to an outcome.
func (x faults) draw(u float64) outcome {
	switch {
	case u < x.timeout:
		return timedOut
	case u < x.timeout+x.exit:
		return exited
	case u < x.timeout+x.exit+x.handler:
		return handlerError
	}
	return fine
}

// run sums the cards of n invocations from a place on.
func (c *cards) run(from uint32, n int) (us uint64, errs int) {
	size := len(c.dur)
	i := int(from)
	for n > 0 {
		k := min(n, size-i)
		us += c.sums[i+k] - c.sums[i]
		errs += int(c.before[i+k] - c.before[i])
		n -= k
		i = 0
	}
	return us, errs
}
