package world

import (
	"time"

	"fntop/sources"
)

// The metrics of a log group (CloudWatch Logs User Guide, "Monitoring with
// CloudWatch metrics"): what is written to it, when it arrives.
const (
	metricIncomingBytes  sources.Metric = "IncomingBytes"
	metricIncomingEvents sources.Metric = "IncomingLogEvents"
)

// eventBytes is what each event counts beside its message (CloudWatch Logs
// User Guide: an event's size is its message in UTF-8 plus 26 bytes).
const eventBytes = 26

// Whole hours of the figures are exact for the last hours, and for hours in
// which a function hardly ran. The others are reckoned from the number of
// invocations and what one of them wrote on average at midday, so that weeks
// can be had without simulating them: what an hour with many cold starts or
// errors wrote beyond that is not in them. Which it is follows from the
// question alone. Shorter periods are always exact.
const (
	exactHours       = 3
	exactInvocations = 60
	middayMinute     = 13*60 + 20 // local time, where the reading begins
	middayMinutes    = 20         // that are read at most
	middayLeast      = 30         // invocations that an average is made of
	middayEnough     = 300
)

// GroupMetric gives statistics of IncomingBytes or IncomingLogEvents of a log
// group, an event being one sample, in the minute of its arrival. See
// [World.Metric] for periods and visibility. Hours of busy functions that are
// older than three hours are estimates at periods of an hour and more, within
// some percent.
func (w *World) GroupMetric(region, group string, m sources.Metric, stats []sources.Stat, period time.Duration, start, end, asOf time.Time) [][]sources.Point {
	out := make([][]sources.Point, len(stats))
	r, ok := regionIndex(region)
	if !ok || m != metricIncomingBytes && m != metricIncomingEvents {
		return out
	}
	members := w.byGroup[r][group]
	if len(members) == 0 {
		return out
	}
	q := newQuery(m, stats, period, start, end, asOf)
	if q.first >= q.last {
		return out
	}
	for _, f := range members {
		w.fillIncoming(&q, f, members[0])
	}
	return q.points(stats, out)
}

// fillIncoming collects what one function writes to a log group, whose minutes
// become visible as those of the first member.
func (w *World) fillIncoming(q *query, f, first *function) {
	settled := min(f.settledBefore(q.asOf), first.settledBefore(q.asOf))
	exactFrom := floorDiv(q.asOf, hourMS) - exactHours
	plain := !q.want.values && !q.want.extremes
	for m := q.first; m < q.last; {
		hour := m / 60
		next := min(q.last, (hour+1)*60)
		whole := m%60 == 0 && next == m+60 && q.index(m) == q.index(m+59) && next <= settled
		switch {
		case plain:
			var in incoming
			reckoned := false
			if whole && hour < exactFrom {
				in, reckoned = w.reckonHour(f, hour)
			}
			if reckoned {
				q.addIncoming(m, in)
			} else {
				w.fillBlocks(q, f, first, m, next, settled)
			}
		default:
			w.eventsIn(f, m, next, func(minute, size int64) {
				if minute < settled || q.visible(first, minute, 0) {
					v := int64(1)
					if q.metric == metricIncomingBytes {
						v = size
					}
					q.aggs[q.index(minute)].add(v, q.want)
				}
			})
		}
		m = next
	}
}

// incoming is what arrived in a span.
type incoming struct{ events, bytes int64 }

func (q *query) addIncoming(minute int64, in incoming) {
	if in.events == 0 {
		return
	}
	a := &q.aggs[q.index(minute)]
	a.n += in.events
	if q.metric == metricIncomingBytes {
		a.sum += in.bytes
	} else {
		a.sum += in.events
	}
}

// blockMinutes is how many minutes of a function's lines are read and kept
// together.
const blockMinutes = 10

// incomingBlock is what arrived in each of some minutes.
type incomingBlock [blockMinutes]incoming

// fillBlocks collects minutes from what is kept of them.
func (w *World) fillBlocks(q *query, f, first *function, from, to, settled int64) {
	for m := from; m < to; m++ {
		if m >= settled && !q.visible(first, m, 0) {
			continue
		}
		b := w.blockAt(f, floorDiv(m, blockMinutes))
		q.addIncoming(m, b[floorMod(m, blockMinutes)])
	}
}

// blockAt is what a function wrote that arrived in a block of minutes.
func (w *World) blockAt(f *function, index int64) *incomingBlock {
	key := chunkKey{f.index, index}
	if b, ok := w.incoming.get(key); ok {
		return b
	}
	b := new(incomingBlock)
	w.eventsIn(f, index*blockMinutes, (index+1)*blockMinutes, func(minute, size int64) {
		in := &b[minute-index*blockMinutes]
		in.events++
		in.bytes += size
	})
	return w.incoming.put(key, b, 1)
}

// midday is what some invocations of a function wrote.
type midday struct {
	incoming
	invocations int64
}

// reckonHour reckons what a function wrote in an hour. ok is false for hours
// that have to be read.
func (w *World) reckonHour(f *function, hour int64) (in incoming, ok bool) {
	n := w.hourAt(f, hour).n
	if n <= exactInvocations {
		return in, false
	}
	d := w.middayOf(f, floorDiv(hour*60+regionTable[f.region].zone, 24*60))
	if d.invocations < middayLeast {
		return in, false
	}
	return incoming{events: d.events * n / d.invocations, bytes: d.bytes * n / d.invocations}, true
}

// middayOf reads what a function wrote around midday of a day of its region.
func (w *World) middayOf(f *function, day int64) midday {
	key := chunkKey{f.index, day}
	if d, ok := w.middays.get(key); ok {
		return d
	}
	var d midday
	minute := day*24*60 + middayMinute - regionTable[f.region].zone
	for end := minute + middayMinutes; minute < end && d.invocations < middayEnough; minute++ {
		w.eventsIn(f, minute, minute+1, func(_, size int64) {
			d.events++
			d.bytes += size
		})
		w.chunksIn(f, (minute-1)*minuteMS, (minute+1)*minuteMS, func(c *chunk) bool {
			for i := range c.records {
				if c.records[i].start/minuteMS == minute {
					d.invocations++
				}
			}
			return true
		})
	}
	return w.middays.put(key, d, 1)
}

// eventsIn yields the events of a function that arrive in a span of minutes,
// in no order: the minute and the size of each.
func (w *World) eventsIn(f *function, from, to int64, yield func(minute, size int64)) {
	// Flushing and the way take no more than slowestFlush.
	q := logQuery{w: w, members: []*function{f}}
	lines := q.linesIn(f, from*minuteMS-slowestFlush, to*minuteMS, nil)
	for i := range lines {
		l := &lines[i]
		if minute := ingested(hashString(0x106, l.stream), l.at) / minuteMS; minute >= from && minute < to {
			yield(minute, int64(len(l.text))+eventBytes)
		}
	}
}
