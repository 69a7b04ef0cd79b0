package world

import (
	"cmp"
	"slices"

	"fntop/sources"
)

// Concurrency is sampled whenever a request is let in, with that request
// counted, and as each minute begins while something is in flight. Its
// maximum over a minute is then the most that ran at once, inits included
// (Lambda Developer Guide, "Understanding Lambda function scaling").

// fillBusy collects the concurrency of a function.
func (w *World) fillBusy(q *query, f *function, from, to int64) {
	sure := f.settledBefore(q.asOf)
	w.chunksIn(f, from*minuteMS, to*minuteMS, func(c *chunk) bool {
		for i, n := range c.carry {
			if m := c.from/minuteMS + int64(i); n > 0 && m >= from && m < to && (m < sure || q.visible(f, m, 0)) {
				q.aggs[q.index(m)].add(int64(n), q.want)
			}
		}
		for i := range c.records {
			r := &c.records[i]
			if m := r.at / minuteMS; m >= from && m < to && (m < sure || q.visible(f, m, 0)) {
				q.aggs[q.index(m)].add(int64(r.busy), q.want)
			}
		}
		return true
	})
}

// step is a change of what is in flight.
type step struct {
	at int64 // µs
	by int64
}

// fillProvisioned collects how many provisioned environments are busy.
func (w *World) fillProvisioned(q *query, f *function, from, to int64) {
	steps := w.steps(f, from, to, func(r *record) bool { return r.has(flagProvisioned) }, nil)
	walk(steps, from, to, func(minute, n int64) {
		if !q.visible(f, minute, 0) {
			return
		}
		// Where environments are replaced, invocations end on the old ones while
		// others begin on the new.
		n = min(n, int64(f.provisioned))
		if q.metric == metricProvisionedUsage {
			n = n * 1_000_000 / int64(f.provisioned)
		}
		q.aggs[q.index(minute)].add(n, q.want)
	})
}

// fillRegion collects the concurrency of all functions of a region together,
// an hour at a time.
func (w *World) fillRegion(q *query, r uint8) {
	reserved := int64(0)
	for _, f := range w.regions[r] {
		reserved += int64(max(f.reserved, f.provisioned)) // what is provisioned is part of what is reserved
	}
	for from := q.first; from < q.last; from += 60 {
		to := min(from+60, q.last)
		var steps []step
		for _, f := range w.regions[r] {
			if q.metric != sources.MetricConcurrency && f.reserved > 0 {
				continue
			}
			steps = w.steps(f, from, to, func(*record) bool { return true }, steps)
		}
		walk(steps, from, to, func(minute, n int64) {
			if (minute+1)*minuteMS+lagMost > q.asOf {
				return
			}
			if q.metric == metricClaimed {
				n += reserved
			}
			q.aggs[q.index(minute)].add(n, q.want)
		})
	}
}

// steps appends the begin and end of every invocation that is in flight
// within a span of minutes.
func (w *World) steps(f *function, from, to int64, match func(*record) bool, out []step) []step {
	start, stop := from*minuteMS, to*minuteMS
	w.chunksIn(f, start-f.longest, stop, func(c *chunk) bool {
		for i := range c.records {
			r := &c.records[i]
			if r.at < stop && r.end() > start*1000 && match(r) {
				out = append(out, step{r.at * 1000, 1}, step{r.end(), -1})
			}
		}
		return true
	})
	return out
}

// walk goes through the steps in time and yields what is in flight after each
// begin, and as each minute begins when that is something.
func walk(steps []step, from, to int64, yield func(minute, n int64)) {
	slices.SortFunc(steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) // ends first
	})
	n, i := int64(0), 0
	for minute := from; minute < to; minute++ {
		start := minute * minuteMS * 1000
		for ; i < len(steps) && steps[i].at < start; i++ {
			n += steps[i].by
		}
		for ; i < len(steps) && steps[i].at == start && steps[i].by < 0; i++ {
			n += steps[i].by
		}
		if n > 0 {
			yield(minute, n)
		}
		for ; i < len(steps) && steps[i].at < start+minuteMS*1000; i++ {
			n += steps[i].by
			if steps[i].by > 0 {
				yield(minute, n)
			}
		}
	}
}
