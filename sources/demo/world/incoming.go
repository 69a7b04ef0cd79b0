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

// Whole hours of the figures are exact for the last hours and for functions
// that do not log much. Of older and busier hours a few minutes are read, and
// the rest reckoned from them by the number of invocations, so that weeks can
// be had. Which it is follows from the question alone. Shorter periods are
// always exact.
const (
	exactHours       = 3
	exactInvocations = 2_000
)

// readMinutes are the minutes of an hour that are read for an estimate.
var readMinutes = [...]int64{4, 14, 24, 34, 44, 54} //nolint:gochecknoglobals // constant table

// GroupMetric gives statistics of IncomingBytes or IncomingLogEvents of a log
// group, an event being one sample, in the minute of its arrival. See
// [World.Metric] for periods and visibility. Hours of busy functions that are
// older than three hours are estimates at periods of an hour and more.
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
	exactFrom := floorDiv(q.asOf, hourMS) - exactHours
	for m := q.first; m < q.last; {
		hour := m / 60
		whole := m%60 == 0 && m+60 <= q.last && q.index(m) == q.index(m+59) && m+60 <= f.settledBefore(q.asOf)
		if whole && !q.want.values && !q.want.extremes {
			exact := hour >= exactFrom || w.hourAt(f, hour).n <= exactInvocations
			q.addIncoming(m, w.incomingHour(f, hour, exact))
			m += 60
			continue
		}
		n := min(q.last, (hour+1)*60)
		w.eventsIn(f, m, n, func(minute, size int64) {
			if minute < f.settledBefore(q.asOf) || q.visible(first, minute, 0) {
				v := int64(1)
				if q.metric == metricIncomingBytes {
					v = size
				}
				q.aggs[q.index(minute)].add(v, q.want)
			}
		})
		m = n
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

// incomingKey is an hour of a function's lines, read in full or in part.
type incomingKey struct {
	chunkKey
	exact bool
}

// incomingHour is what a function wrote that arrived in an hour.
func (w *World) incomingHour(f *function, index int64, exact bool) incoming {
	key := incomingKey{chunkKey{f.index, index}, exact}
	if in, ok := w.incoming.get(key); ok {
		return in
	}
	var in incoming
	count := func(_, size int64) {
		in.events++
		in.bytes += size
	}
	if exact {
		w.eventsIn(f, index*60, (index+1)*60, count)
		return w.incoming.put(key, in, 1)
	}
	read := int64(0)
	for _, k := range readMinutes {
		minute := index*60 + k
		w.eventsIn(f, minute, minute+1, count)
		w.chunksIn(f, (minute-1)*minuteMS, (minute+1)*minuteMS, func(c *chunk) bool {
			for i := range c.records {
				if c.records[i].start/minuteMS == minute {
					read++
				}
			}
			return true
		})
	}
	if all := w.hourAt(f, index).n; read > 0 {
		in.events = in.events * all / read
		in.bytes = in.bytes * all / read
	}
	return w.incoming.put(key, in, 1)
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
