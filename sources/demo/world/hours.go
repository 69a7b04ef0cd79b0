package world

import "fntop/sources"

// hour is what a function did in an hour.
type hour struct {
	n, errs, throttles int64
	us                 int64 // summed duration
	received, dropped  int64 // events, of functions that Lambda queues them for
}

// hourAt sums an hour. For a plain function it follows from the arrivals, and
// for most minutes without a look at any of them.
func (w *World) hourAt(f *function, index int64) hour {
	key := chunkKey{f.index, index}
	if h, ok := w.hours.get(key); ok {
		return h
	}
	if f.plain() {
		return w.hours.put(key, w.countHour(f, index), 1)
	}
	return w.hours.put(key, w.simulateHour(f, index), 1)
}

// simulateHour sums an hour from its invocations.
func (w *World) simulateHour(f *function, index int64) hour {
	var h hour
	from, to := index*hourMS, (index+1)*hourMS
	w.chunksIn(f, from-minuteMS, to, func(c *chunk) bool {
		for i := range c.records {
			r := &c.records[i]
			if r.at >= from && r.at < to && r.attempt == 1 {
				h.received++
			}
			if r.start < from || r.start >= to {
				continue
			}
			h.n++
			if r.dropped() {
				h.dropped++
			}
			h.us += int64(r.dur)
			if r.failed() {
				h.errs++
			}
		}
		for _, at := range c.throttle {
			if at >= from && at < to {
				h.throttles++
			}
		}
		return true
	})
	return h
}

// countHour sums an hour from its arrivals.
func (w *World) countHour(f *function, index int64) hour {
	var h hour
	d := f.cards()
	s := w.borrow()
	defer w.scratches.Put(s)
	for minute := index * 60; minute < (index+1)*60; minute++ {
		n := w.firstAttempts(f, minute, s)
		if n == 0 {
			continue
		}
		us, errs := d.modes[f.modeIn(minute)].run(f.firstCard(minute)&d.mask, n)
		h.n += int64(n)
		h.received += int64(n)
		h.errs += int64(errs)
		h.us += int64(us)
	}
	for _, a := range w.hourRetries(f, index) {
		c := &d.modes[a.mode]
		h.n++
		h.us += int64(c.dur[a.card])
		if c.out[a.card] != fine {
			h.errs++
			if a.attempt == attempts {
				h.dropped++
			}
		}
	}
	return h
}

// firstAttempts is the number of first attempts that arrive in a minute.
func (w *World) firstAttempts(f *function, minute int64, s *scratch) int {
	if f.pattern == queued {
		return len(w.queueTimes(f, minute, s))
	}
	usualN, surgeN := w.count(f, minute)
	return usualN + surgeN
}

// hourRetries gives the retries that arrive in an hour, in no order.
func (w *World) hourRetries(f *function, index int64) []arrival {
	if !f.origin.async() {
		return nil
	}
	var out []arrival
	for m := index*60 - f.retrySpan(); m < (index+1)*60; m++ {
		out = w.retriesFrom(f, m, index*hourMS, (index+1)*hourMS, out)
	}
	return out
}

// fillHour adds an hour to the period that holds it.
func (w *World) fillHour(q *query, f *function, minute int64) {
	a := &q.aggs[q.index(minute)]
	if q.metric == sources.MetricDuration && (q.want.values || q.want.extremes) {
		w.hourDurations(f, minute/60, func(us uint32) { a.add(int64(us), q.want) })
		return
	}
	h := w.hourAt(f, minute/60)
	switch q.metric {
	case sources.MetricInvocations:
		a.addMany(1, h.n, q.want)
	case metricAsyncReceived:
		a.addMany(1, h.received, q.want)
	case metricAsyncDropped:
		a.addMany(1, h.dropped, q.want)
	case sources.MetricThrottles:
		a.addMany(0, h.n, q.want)
		a.addMany(1, h.throttles, q.want)
	case sources.MetricErrors:
		a.addMany(0, h.n-h.errs, q.want)
		a.addMany(1, h.errs, q.want)
	case sources.MetricDuration:
		a.n += h.n
		a.sum += h.us
	default:
	}
}

// hourDurations yields the durations of an hour of a plain function in no
// order.
func (w *World) hourDurations(f *function, index int64, yield func(us uint32)) {
	d := f.cards()
	s := w.borrow()
	defer w.scratches.Put(s)
	for minute := index * 60; minute < (index+1)*60; minute++ {
		dur, card := d.modes[f.modeIn(minute)].dur, f.firstCard(minute)
		for range w.firstAttempts(f, minute, s) {
			yield(dur[card&d.mask])
			card++
		}
	}
	for _, a := range w.hourRetries(f, index) {
		yield(d.modes[a.mode].dur[a.card])
	}
}
