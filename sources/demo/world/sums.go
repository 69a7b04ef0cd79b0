package world

import "fntop/sources"

// minuteSum is what a chunk's invocations add to one minute.
type minuteSum struct {
	minute             int64
	n, errs, throttles int64
	us                 int64 // summed duration
}

// summable tells whether a metric can be had from the sums of minutes.
func (q *query) summable() bool {
	if q.want.values || q.want.extremes {
		return false
	}
	switch q.metric {
	case sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles, sources.MetricDuration:
		return true
	default:
	}
	return false
}

// fillSums collects minutes that are visible in full from their sums, which
// outlast the invocations they were made from.
func (w *World) fillSums(q *query, f *function, from, to int64) {
	// An invocation that arrived in the minute before can start in this one.
	for i := floorDiv((from-1)*minuteMS, f.chunk); i*f.chunk < to*minuteMS; i++ {
		for _, s := range w.sumsOf(f, i) {
			if s.minute >= from && s.minute < to {
				q.addSum(&s)
			}
		}
	}
}

func (q *query) addSum(s *minuteSum) {
	a := &q.aggs[q.index(s.minute)]
	switch q.metric {
	case sources.MetricInvocations:
		a.addMany(1, s.n, q.want)
	case sources.MetricErrors:
		a.addMany(0, s.n-s.errs, q.want)
		a.addMany(1, s.errs, q.want)
	case sources.MetricThrottles:
		a.addMany(0, s.n, q.want)
		a.addMany(1, s.throttles, q.want)
	case sources.MetricDuration:
		a.n += s.n
		a.sum += s.us
	default:
	}
}

// sumsOf are the sums of a chunk, by minute, without those of nothing.
func (w *World) sumsOf(f *function, index int64) []minuteSum {
	key := chunkKey{f.index, index}
	if sums, ok := w.sums.get(key); ok {
		return sums
	}
	c := w.chunkAt(f, index)
	first, last := c.from, c.to
	for i := range c.records {
		last = max(last, c.records[i].start+1)
	}
	all := make([]minuteSum, floorDiv(last-first+minuteMS-1, minuteMS)+1)
	at := func(ms int64) *minuteSum { return &all[(ms-first)/minuteMS] }
	for i := range c.records {
		r := &c.records[i]
		s := at(r.start)
		s.n++
		s.us += int64(r.dur)
		if r.failed() {
			s.errs++
		}
	}
	for _, ms := range c.throttle {
		at(ms).throttles++
	}
	var sums []minuteSum
	for i := range all {
		if s := &all[i]; s.n > 0 || s.throttles > 0 {
			s.minute = first/minuteMS + int64(i)
			sums = append(sums, *s)
		}
	}
	return w.sums.put(key, sums, 1+len(sums))
}
