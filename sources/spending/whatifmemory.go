package spending

import (
	"fmt"
	"math"
	"slices"
	"time"

	"fntop/sources"
)

// memory is other memory: what the function has had before as it ran then, and
// half and twice of today's, within the bounds of what can happen.
func (b *base) memory() []Option {
	var all []Option
	seen := []int{b.mb}
	now := b.mean
	if len(b.u.Memory) > 0 {
		var n float64
		if n, now = b.at(b.mb); n < fewest {
			return nil // how long it takes with today's is not known
		}
	}
	run := b.runs(b.requests * now * float64(b.mb))
	for _, step := range b.u.Memory {
		if slices.Contains(seen, step.MB) {
			continue
		}
		seen = append(seen, step.MB)
		n, ms := b.at(step.MB)
		if n < fewest {
			continue
		}
		low, high := b.anywhere(b.requests * ms * float64(step.MB))
		o := b.resized(Option{Setting: SetMemory, To: fmt.Sprintf("%d MB", step.MB), Basis: Observed}, step.MB, low-run, high-run)
		o.Faster, o.Slower = milliseconds(ms-now), milliseconds(ms-now)
		o.Note = fmt.Sprintf("as %.0f requests ran with that memory", n)
		all = append(all, o)
	}
	cheapest, dearest := b.anywhere(b.requests * now * float64(b.mb))
	init := times(b.init, b.rates.compute)
	if half := b.mb / 2; half >= leastMB && !slices.Contains(seen, half) && b.fits(half) {
		all = append(all, b.resized(Option{
			Setting: SetMemory, To: fmt.Sprintf("%d MB", half), Basis: Assumed,
			Faster: sources.Some(time.Duration(0)), Slower: milliseconds(now),
			Note: "from as long as now to twice as long: CPU goes with memory",
		}, half, -(run+init)/2, dearest-run))
	}
	if twice := b.mb * 2; twice <= mostMB && !slices.Contains(seen, twice) {
		all = append(all, b.resized(Option{
			Setting: SetMemory, To: fmt.Sprintf("%d MB", twice), Basis: Assumed,
			Faster: milliseconds(-now / 2), Slower: sources.Some(time.Duration(0)),
			Note: "from half as long to as long as now: CPU goes with memory",
		}, twice, cheapest-run, run+init))
	}
	return all
}

// runs is what so many MB·ms of handlers cost when as much of them as now is on
// provisioned concurrency.
func (b *base) runs(mbms float64) float64 {
	kept := b.kept / b.run()
	return times(mbms*(1-kept), b.rates.compute) + times(mbms*kept, b.rates.kept)
}

// anywhere is what so many MB·ms of handlers cost at least and at most: how much
// of them is on provisioned concurrency changes with how long they take.
func (b *base) anywhere(mbms float64) (low, high float64) {
	if b.kept == 0 {
		usd := times(mbms, b.rates.compute)
		return usd, usd
	}
	return mbms * min(b.rates.compute, b.rates.kept), mbms * max(b.rates.compute, b.rates.kept)
}

// resized is an option whose runs cost from low to high more, and which keeps as
// many environments ready as today, of another memory. What that costs is not
// known where the setting is not.
func (b *base) resized(o Option, mb int, low, high float64) Option {
	ready := times(b.readyAt(mb)-b.readyAt(b.mb), b.rates.ready)
	if math.IsNaN(low + high + ready) {
		return o
	}
	o.Low, o.High = sources.Some(low+ready), sources.Some(high+ready)
	return o
}

// readyAt is the MB·ms of a month that today's provisioned concurrency keeps
// ready with a memory; NaN where it is on and not known.
func (b *base) readyAt(mb int) float64 {
	n, ok := b.u.Kept.Get()
	if !ok && b.kept > 0 {
		return math.NaN()
	}
	return float64(n) * float64(mb) * billedHours * float64(time.Hour/time.Millisecond)
}

// Memory goes from 128 to 10,240 MB (Lambda Developer Guide, "Lambda quotas").
const leastMB, mostMB = 128, 10_240

// fits tells whether what the function has been seen to use fits with a tenth
// to spare.
func (b *base) fits(mb int) bool {
	s, _ := b.u.Sample.Get()
	used, ok := s.MaxMemoryMB.Get()
	return ok && float64(used)*1.1 <= float64(mb)
}

// at is how many requests ran with a memory, and how long each on average.
func (b *base) at(mb int) (requests, mean float64) {
	ms := 0.0
	for i := range b.u.Requests {
		if had, ok := b.u.memoryAt(b.span, i); !ok || had != mb {
			continue
		}
		if c := b.u.count(b.span, i, i+1); c.unknown == 0 {
			requests += c.requests
			ms += c.ms
		}
	}
	return requests, ms / requests
}
