package world

// Asynchronous events that fail are tried again by Lambda one minute later,
// and two minutes after that (Lambda Developer Guide, "How Lambda handles
// errors and retries with asynchronous invocation"). All attempts share the
// request ID. When a retry comes follows from the minute and the card of the
// first attempt alone.

// attempts is the most that Lambda makes of one asynchronous event.
const attempts = 3

// coldMS is the longest that a handler can start after its arrival.
func (f *function) coldMS() int64 { return ceilMS(f.initCap) + 1 }

// retriesFrom gives the retries of the first attempts of one minute that
// arrive in [from, to).
func (w *World) retriesFrom(f *function, minute, from, to int64, out []arrival) []arrival {
	usualN, surgeN := w.count(f, minute)
	n := usualN + surgeN
	if n == 0 {
		return out
	}
	d, m := f.cards(), f.modeIn(minute)
	c := &d.modes[m]
	first := f.firstCard(minute) & d.mask
	// The run of cards may go round the deck more than once.
	i := c.before[first]
	for lap := uint32(0); len(c.errs) > 0; i++ {
		if int(i) == len(c.errs) {
			i = 0
			lap += d.mask + 1
		}
		index := c.errs[i] + lap - first
		if int(index) >= n {
			break
		}
		out = f.retriesOf(arrival{minute: minute, index: index, card: c.errs[i], mode: m, attempt: 1}, c, from, to, out)
	}
	return out
}

// retriesOf gives the retries of one failed first attempt that arrive in
// [from, to).
func (f *function) retriesOf(a arrival, c *cards, from, to int64, out []arrival) []arrival {
	id := f.identity(a.minute, a.index)
	at := (a.minute + 1) * minuteMS
	for a.attempt < attempts && c.out[a.card] != fine {
		wait := int64(a.attempt) * minuteMS
		at += f.coldMS() + ceilMS(int64(c.dur[a.card])) + wait + int64(hash2(id, uint64(a.attempt))%15_000)
		at = f.clearHour(at, id)
		a.attempt++
		a.card = f.retryCard(a, c, id)
		if at >= from && at < to {
			a.at = at
			out = append(out, a)
		}
	}
	return out
}

// retryCard is what the next attempt does: half of the events can never be
// handled and fail the same way again, the others go well.
func (f *function) retryCard(a arrival, c *cards, id uint64) uint32 {
	if hash2(id, 0xbad)&1 == 0 {
		return a.card
	}
	size := uint32(len(c.dur))
	card := uint32(hash2(id, uint64(a.attempt))>>32) & (size - 1)
	for range size {
		if c.out[card] == fine {
			break
		}
		card = (card + 1) & (size - 1)
	}
	return card
}

// clearHour moves a time out of the moments before a full hour in which
// nothing arrives.
func (f *function) clearHour(at int64, id uint64) int64 {
	left := hourMS - floorMod(at, hourMS)
	if left <= f.guard {
		at += left + int64(hash2(id, 0x60)%200)
	}
	return at
}

// retrySpan is how many minutes before its last retry an event can have
// arrived.
func (f *function) retrySpan() int64 {
	return (5*minuteMS+2*f.longest+f.guard)/minuteMS + 1
}

// retriesIn gives the retries that arrive in a minute, in no order.
func (w *World) retriesIn(f *function, minute int64, s *scratch) []arrival {
	out := s.retries[:0]
	from, to := minute*minuteMS, (minute+1)*minuteMS
	for m := minute - f.retrySpan(); m < minute; m++ {
		n := len(out)
		out = w.retriesFrom(f, m, from, to, out)
		if f.traced && len(out) > n {
			times := w.times(f, m, s)
			for i := n; i < len(out); i++ {
				out[i].sampled = f.sampledFirst(times, m, out[i].index)
			}
		}
	}
	s.retries = out
	return out
}

// sampledFirst tells whether X-Ray samples the first attempt of an event,
// given when those of its minute arrive; retries share its trace.
func (f *function) sampledFirst(times []int64, minute int64, index uint32) bool {
	if f.sampledAnyway(minute, index) || index == 0 {
		return true
	}
	return times[index]/second != times[index-1]/second
}
