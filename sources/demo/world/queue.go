package world

// A queued function takes the messages that another function sends: one for
// each of its invocations that goes well. They are gathered for a window and
// handed over in batches.

// messageDelay is how long a message takes to be seen in the queue, ms.
const messageDelay = 150

// queueTimes gives when the batches of a minute arrive, ms from its start.
func (w *World) queueTimes(f *function, minute int64, s *scratch) []int64 {
	ticks := int(minuteMS / f.window)
	if cap(s.ticks) < ticks {
		s.ticks = make([]int, ticks)
	}
	counts := s.ticks[:ticks]
	clear(counts)
	start := minute * minuteMS
	back := f.up.longest/minuteMS + 2
	for m := minute - back; m <= minute; m++ {
		for _, seen := range w.messagesOf(f.up, m, s) {
			tick := floorDiv(seen, f.window) + 1 - start/f.window
			if tick >= 0 && tick < int64(ticks) {
				counts[tick]++
			}
		}
	}
	s.times = s.times[:0]
	open := f.openMS(minute)
	for tick, n := range counts {
		at := int64(tick) * f.window
		for i := range (n + f.batch - 1) / f.batch {
			jitter := int64(hash3(f.seed, uint64(minute), uint64(tick*1000+i)) % uint64(f.window/8))
			s.times = append(s.times, (at+min(f.window-1, int64(i)*7+jitter))*open/minuteMS)
		}
	}
	insertionSort(s.times)
	return s.times
}

// messagesOf gives when the messages of the invocations that arrived in a
// minute are seen in the queue, ms.
func (w *World) messagesOf(up *function, minute int64, s *scratch) []int64 {
	key := chunkKey{up.index, minute}
	if seen, ok := w.messages.get(key); ok {
		return seen
	}
	all := w.arrivalsIn(up, minute, s.under())
	seen := make([]int64, 0, len(all))
	for _, a := range all {
		c := &up.cards().modes[a.mode]
		if c.out[a.card] == fine {
			seen = append(seen, a.at+ceilMS(int64(c.dur[a.card]))+messageDelay)
		}
	}
	return w.messages.put(key, seen, 1+len(seen))
}

// insertionSort sorts what is nearly in order.
func insertionSort(v []int64) {
	for i := 1; i < len(v); i++ {
		for j := i; j > 0 && v[j] < v[j-1]; j-- {
			v[j], v[j-1] = v[j-1], v[j]
		}
	}
}
