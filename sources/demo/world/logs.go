package world

import (
	"cmp"
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"time"

	"fntop/sources"
)

// logRetention is how long log events are kept.
const logRetention = 30 * dayMS

// Logs yields the events of a log group with start ≤ Time < end that could be
// read at asOf, in time order. Lines of one environment keep the order in
// which they were written. Events are kept for thirty days; a function that is
// deleted and created again finds its old log group.
func (w *World) Logs(region, group string, start, end, asOf time.Time) (events iter.Seq[sources.LogEvent], ok bool) {
	r, ok := regionIndex(region)
	if !ok {
		return nil, false
	}
	members := w.byGroup[r][group]
	if len(members) == 0 {
		return nil, false
	}
	q := logQuery{w: w, members: members, asOf: clamp(asOf)}
	q.from = max(clampUp(start), q.asOf-logRetention)
	q.to = min(clampUp(end), q.asOf)
	return q.all, true
}

type logQuery struct {
	w        *World
	members  []*function
	from, to int64 // ms
	asOf     int64
}

// logLine is an event before it has been given its ID.
type logLine struct {
	at       int64 // ms
	function uint32
	slot     uint16
	order    uint16 // within its invocation
	created  int64
	start    int64 // of its invocation
	stream   string
	text     string
}

// all yields the events span by span.
func (q *logQuery) all(yield func(sources.LogEvent) bool) {
	span := hourMS
	for _, f := range q.members {
		span = min(span, f.chunk)
	}
	var lines []logLine
	for at := q.from; at < q.to; {
		next := min(q.to, (floorDiv(at, span)+1)*span)
		lines = lines[:0]
		for _, f := range q.members {
			lines = q.linesIn(f, at, next, lines)
		}
		slices.SortFunc(lines, compareLines)
		for i := range lines {
			l := &lines[i]
			h := hashString(0x106, l.stream)
			in := ingested(h, l.at)
			if in > q.asOf {
				continue
			}
			if !yield(sources.LogEvent{
				ID: eventID(h, l), Time: time.UnixMilli(l.at).UTC(), Ingested: time.UnixMilli(in).UTC(),
				Stream: l.stream, Message: l.text,
			}) {
				return
			}
		}
		at = next
	}
}

func compareLines(a, b logLine) int {
	return cmp.Or(
		cmp.Compare(a.at, b.at), cmp.Compare(a.function, b.function), cmp.Compare(a.created, b.created),
		cmp.Compare(a.slot, b.slot), cmp.Compare(a.start, b.start), cmp.Compare(a.order, b.order),
	)
}

// linesIn appends the lines of a function that lie in [from, to).
func (q *logQuery) linesIn(f *function, from, to int64, out []logLine) []logLine {
	out = q.w.provisioningLines(f, from, to, out)
	q.w.chunksIn(f, from-f.longest, to, func(c *chunk) bool {
		for i := range c.records {
			r := &c.records[i]
			if r.at >= to || ceilMS(r.end()) < from {
				continue
			}
			v := q.w.invocation(f, c, r)
			n := len(out)
			out = v.lines(out)
			stream := v.stream()
			kept := out[:n]
			for k := n; k < len(out); k++ {
				l := out[k]
				if l.at < from || l.at >= to {
					continue
				}
				l.function, l.slot, l.created, l.start = f.index, r.slot, r.created, r.start
				l.order, l.stream = uint16(k-n), stream
				kept = append(kept, l)
			}
			out = kept
		}
		return true
	})
	return out
}

// Events of a stream are written in batches: flush is how far these are
// apart, and every batch arrives after a delay of its own. An event can be
// read 0.2 to 3 seconds after its time, and never before one that was
// written earlier to the stream.
const (
	flush        = 1500
	slowestFlush = 2*flush + 200 + 1300
)

func ingested(stream uint64, at int64) int64 {
	phase := int64(stream % flush)
	k := floorDiv(at+phase, flush) + 1
	return k*flush - phase + 200 + int64(hash2(stream, uint64(k))%1300)
}

// eventID is a decimal number of 56 digits, like those of CloudWatch Logs,
// that grows with time.
func eventID(stream uint64, l *logLine) string {
	a := hash3(stream, uint64(l.start), uint64(l.order))
	high, low := bits.Mul64(uint64(l.at), 22_369_621)
	_ = high // zero for some hundred thousand years
	return fmt.Sprintf("%020d%018d%018d", low, a%1e18, hash2(a, uint64(l.at))%1e18)
}
