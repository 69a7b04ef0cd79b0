package spending

import (
	"math"
	"time"

	"fntop/sources"
)

// drawn is what one stretch told.
type drawn struct {
	requests float64
	cold     int
	restores int
	billed   time.Duration // of inits and restores
	waited   time.Duration // of inits and restores that are told
	told     int
}

func (d *drawn) add(found map[sources.InvocationKey]sources.Invocation) {
	for _, inv := range found {
		if !inv.Cold.Or(false) {
			continue
		}
		d.cold++
		d.billed += billedInit(inv)
		if inv.Restore.Known() {
			d.restores++
		}
		if wait, ok := inv.Init.OrElse(inv.Restore).Get(); ok {
			d.waited += wait
			d.told++
		}
	}
}

// billedInit is what of the billed duration is not the handler's.
func billedInit(inv sources.Invocation) time.Duration {
	if restore, ok := inv.BilledRestore.Get(); ok {
		return restore
	}
	billed, ok := inv.Billed.Get()
	duration, okDuration := inv.Duration.Get()
	if !ok || !okDuration {
		return 0
	}
	return max(0, billed-roundUp(duration))
}

func roundUp(d time.Duration) time.Duration {
	return (d + time.Millisecond - 1).Truncate(time.Millisecond)
}

// cold adds up what the stretches told, with the error that follows from how
// they differ: that of a ratio of sums (Cochran, Sampling Techniques, 1977,
// ch. 6).
func (s *Sample) cold(parts []drawn) {
	var waited time.Duration
	told := 0
	for _, p := range parts {
		s.Requests += p.requests
		s.Cold += p.cold
		s.Restores += p.restores
		s.Init += p.billed
		waited += p.waited
		told += p.told
	}
	if told > 0 {
		s.InitMean = sources.Some(waited / time.Duration(told))
	}
	n := float64(len(parts))
	if n < 2 || s.Requests <= 0 || s.Init <= 0 {
		return
	}
	rate, squares := float64(s.Init)/s.Requests, 0.0
	for _, p := range parts {
		d := float64(p.billed) - rate*p.requests
		squares += d * d
	}
	s.InitError = sources.Some(math.Sqrt(n/(n-1)*squares) / float64(s.Init))
}

// ordinary takes in the newest reports.
func (s *Sample) ordinary(found map[sources.InvocationKey]sources.Invocation) {
	var up time.Duration
	rounded := 0
	for _, inv := range found {
		duration, ok := inv.Duration.Get()
		if !ok || !inv.Billed.Known() {
			continue
		}
		s.Reports++
		up += roundUp(duration) - duration
		rounded++
		if mb, ok := inv.MaxMemoryMB.Get(); ok {
			s.MaxMemoryMB = sources.Some(max(mb, s.MaxMemoryMB.Or(0)))
		}
	}
	if rounded > 0 {
		s.Rounding = sources.Some(up / time.Duration(rounded))
	}
}
