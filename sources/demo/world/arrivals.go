package world

import (
	"cmp"
	"slices"
)

// Arrivals are made minute by minute from the seed alone. Nothing that
// happens to an invocation later (a cold start, a throttle) moves another, so
// that any minute can be had without the ones before it.
//
// A cold start begins its handler later than it arrived, and everything
// counts an invocation where its handler starts. So that the hours can be
// counted without simulating the environments, no request arrives in the last
// moments of an hour (function.guard): none is carried over a full hour.

// arrival is one request for an invocation.
type arrival struct {
	at      int64  // ms
	minute  int64  // the minute it first arrived in, with index its identity
	index   uint32 // within that minute
	card    uint32
	attempt uint8 // from 1; retries share the identity
	mode    mode
	sampled bool // X-Ray traces it
}

// rateAt is the rate of usual traffic in a minute.
func (w *World) rateAt(f *function, minute int64) float64 {
	if f.rate == 0 {
		return 0
	}
	curve := f.week.at(minute + regionTable[f.region].zone)
	if curve == 0 {
		return 0
	}
	// A slow drift that people cause, and days that are better than others.
	const node = 17
	k, part := floorDiv(minute, node), float64(floorMod(minute, node))/node
	a, b := unit(hash3(f.seed, 0xd1, uint64(k))), unit(hash3(f.seed, 0xd1, uint64(k+1)))
	drift := 0.86 + float64(0.28*(a+float64((b-a)*part)))
	day := 0.95 + float64(0.1*unit(hash3(f.seed, 0xda7, uint64(floorDiv(minute, 24*60)))))
	return f.rate * curve * drift * day
}

// count is the number of first attempts that arrive in a minute, where it
// follows from the minute alone: not for queued arrivals.
func (w *World) count(f *function, minute int64) (usualN, surgeN int) {
	key := hash3(f.seed, 0xa44, uint64(minute))
	switch f.pattern {
	case random:
		usualN = poisson(key, w.rateAt(f, minute))
	case paced:
		usualN = int(w.rateAt(f, minute) + span(key, 0, 1))
	case clocked:
		if floorMod(minute-int64(f.seed%uint64(f.every)), int64(f.every)) == 0 {
			usualN = max(1, f.fan)
		}
	case queued:
	}
	if from, to := f.surgeIn(minute); from < to {
		mean := f.surge.rate * float64(to-from) / float64(minuteMS)
		mean *= span(hash3(f.seed, 0x5e, uint64(f.surge.when.last(from+minute*minuteMS))), 0.8, 1.25)
		surgeN = poisson(hash2(key, 1), mean)
	}
	return usualN, surgeN
}

// surgeIn is the part of a minute that lies in a surge, ms from its start;
// empty when none does.
func (f *function) surgeIn(minute int64) (from, to int64) {
	if f.surge.when.none() {
		return 0, 0
	}
	start := minute * minuteMS
	at := f.surge.when.at(f.surge.when.last(start + minuteMS - 1))
	from, to = max(0, at-start), min(minuteMS, at+f.surge.length-start)
	return from, max(from, to)
}

// modeIn tells whether a downstream is slow in a minute.
func (f *function) modeIn(minute int64) mode {
	if f.slow.none() {
		return usual
	}
	at := floorDiv(f.slow.at(f.slow.last(minute*minuteMS+minuteMS-1)), minuteMS)
	if minute >= at && minute < at+f.slowFor/minuteMS {
		return slowed
	}
	return usual
}

// firstCard is where in the deck a minute's run of cards begins.
func (f *function) firstCard(minute int64) uint32 {
	return uint32(hash3(f.seed, 0xca, uint64(minute)) >> 20)
}

// openMS is how long a minute takes arrivals, ms.
func (f *function) openMS(minute int64) int64 {
	if minute%60 == 59 || minute%60 == -1 {
		return minuteMS - f.guard
	}
	return minuteMS
}

// scratch is what the arrivals of a minute are made in; it is used again.
type scratch struct {
	times    []int64
	surge    []int64
	arrivals []arrival
	retries  []arrival
	ticks    []int
	sub      *scratch
}

// borrow takes a scratch; it is put back into w.scratches.
func (w *World) borrow() *scratch {
	s, ok := w.scratches.Get().(*scratch)
	if !ok {
		return &scratch{}
	}
	return s
}

// under is the scratch for another function's arrivals meanwhile.
func (s *scratch) under() *scratch {
	if s.sub == nil {
		s.sub = &scratch{}
	}
	return s.sub
}

// times gives when the first attempts of a minute arrive, ms from its start,
// rising.
func (w *World) times(f *function, minute int64, s *scratch) []int64 {
	if f.pattern == queued {
		return w.queueTimes(f, minute, s)
	}
	usualN, surgeN := w.count(f, minute)
	open := f.openMS(minute)
	key := hash3(f.seed, 0x71e, uint64(minute))
	s.times = s.times[:0]
	switch f.pattern {
	case paced:
		for i := range usualN {
			u := unit(hash2(key, uint64(i)))
			s.times = append(s.times, int64((float64(i)+u)*float64(open)/float64(usualN)))
		}
	case clocked:
		at := 1000 + int64(hash2(key, 0)%900)
		for i := range usualN {
			s.times = append(s.times, at)
			at += 20 + int64(hash2(key, uint64(i)+1)%60)
		}
	default:
		s.times = w.scatter(s.times, key, usualN, 0, open)
	}
	if surgeN > 0 {
		from, to := f.surgeIn(minute)
		s.surge = w.scatter(s.surge[:0], hash2(key, 0x5e), surgeN, from*open/minuteMS, to*open/minuteMS)
		s.times = merge(s.times, s.surge)
	}
	return s.times
}

// merge puts two rising runs of times together in the place of the first.
func merge(a, b []int64) []int64 {
	i, j := len(a)-1, len(b)-1
	a = append(a, b...)
	for k := len(a) - 1; j >= 0; k-- {
		if i >= 0 && a[i] > b[j] {
			a[k] = a[i]
			i--
		} else {
			a[k] = b[j]
			j--
		}
	}
	return a
}

// scatter appends n times that lie independently in [from, to), in order:
// the sums of exponential gaps, scaled to the span.
func (w *World) scatter(times []int64, key uint64, n int, from, to int64) []int64 {
	if n == 0 {
		return times
	}
	var total float32
	first := len(times)
	gaps := key
	for range n {
		gaps += golden
		total += w.gaps.at(mix(gaps))
		times = append(times, int64(total*1024))
	}
	gaps += golden
	total += w.gaps.at(mix(gaps))
	scale := float64(to-from) / (float64(total) * 1024)
	for i := first; i < len(times); i++ {
		times[i] = from + max(0, min(int64(float64(times[i])*scale), to-from-1))
	}
	return times
}

// arrivalsIn gives the requests that arrive in a minute, first attempts and
// retries, by time.
func (w *World) arrivalsIn(f *function, minute int64, s *scratch) []arrival {
	times := w.times(f, minute, s)
	start, first, m := minute*minuteMS, f.firstCard(minute), f.modeIn(minute)
	s.arrivals = s.arrivals[:0]
	mask := f.cards().mask
	lastSecond := int64(-1)
	for i, t := range times {
		a := arrival{at: start + t, minute: minute, index: uint32(i), card: (first + uint32(i)) & mask, attempt: 1, mode: m}
		if f.traced {
			sec := t / second
			a.sampled = sec != lastSecond || f.sampledAnyway(minute, a.index)
			lastSecond = sec
		}
		s.arrivals = append(s.arrivals, a)
	}
	if f.origin.async() {
		s.retries = w.retriesIn(f, minute, s)
		if len(s.retries) > 0 {
			s.arrivals = append(s.arrivals, s.retries...)
			slices.SortFunc(s.arrivals, func(a, b arrival) int {
				return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.minute, b.minute), cmp.Compare(a.index, b.index), cmp.Compare(a.attempt, b.attempt))
			})
		}
	}
	if f.reserved > 0 {
		s.arrivals = f.clearBoundary(s.arrivals)
	}
	return s.arrivals
}

// sampledAnyway is the 5 % that X-Ray samples beyond the first request of a
// second (Lambda Developer Guide, "Visualize Lambda function invocations using
// AWS X-Ray").
func (f *function) sampledAnyway(minute int64, index uint32) bool {
	return f.identity(minute, index)>>40%20 == 0
}

// identity is the number behind an invocation's request ID and trace.
func (f *function) identity(minute int64, index uint32) uint64 {
	return hash3(f.seed, uint64(minute), uint64(index))
}

// clearBoundary drops the requests just before the environments of a
// throttled function are replaced: what is in flight counts against its
// reserved concurrency, and the new environments know nothing of the old.
func (f *function) clearBoundary(all []arrival) []arrival {
	if len(all) == 0 {
		return all
	}
	next := f.boundaryAfter(all[0].at).at
	kept := all[:0]
	for _, a := range all {
		for next <= a.at {
			next = f.boundaryAfter(a.at).at
		}
		if a.at+f.longest < next {
			kept = append(kept, a)
		}
	}
	return kept
}

// load is about how many invocations run at once around a time.
func (f *function) load(ms int64) float64 {
	perMinute := f.rate*f.week.at(floorDiv(ms, minuteMS)+regionTable[f.region].zone) + f.surge.rate/8
	return perMinute / 60_000 * f.cards().mean
}
