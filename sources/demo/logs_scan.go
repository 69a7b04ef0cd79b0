package demo

import (
	"context"
	"slices"
	"time"

	"fntop/sources"
)

// The limits of one reading of a log group. Page sizes are documented (API
// reference, FilterLogEvents); how much the service reads before it answers
// with what it has, down to an empty page with a token, is not.
const (
	maxPageEvents = 10_000
	maxPageBytes  = 1 << 20
	eventOverhead = 100 // the keys and numbers of an event in JSON, about
	maxScan       = 50_000
	maxSpans      = 64
)

// logRetention is how far back a reading goes that names no start.
const logRetention = 30 * 24 * time.Hour

// scan is one reading of a log group.
type scan struct {
	s             *Server
	region, group string
	asOf          time.Time
	start, end    time.Time                    // start ≤ Time < end
	keep          func(*sources.LogEvent) bool // nil keeps all
	read          int                          // events read so far
}

// visitor takes an event and the positions before and after it, and tells
// whether to go on.
type visitor func(ev *sources.LogEvent, before, after position) bool

// forward visits the events after a position, oldest first. It gives the
// position where it stopped, and whether that is the end.
func (sc *scan) forward(ctx context.Context, from position, visit visitor) (stopped position, end bool) {
	if from.at.Before(sc.start) {
		from = position{at: sc.start}
	}
	events, ok := sc.s.model.Logs(sc.region, sc.group, from.at, sc.end, sc.asOf)
	if !ok {
		return from, true
	}
	cursor, skip := from, from.skip
	for ev := range events {
		if sc.read++; sc.read > maxScan || sc.read%1024 == 0 && ctx.Err() != nil {
			return cursor, false
		}
		if sc.keep != nil && !sc.keep(&ev) {
			continue
		}
		if skip > 0 && ev.Time.Equal(from.at) {
			skip--
			continue
		}
		next := position{at: ev.Time, skip: 1}
		if ev.Time.Equal(cursor.at) {
			next.skip = cursor.skip + 1
		}
		if !visit(&ev, cursor, next) {
			return cursor, false
		}
		cursor = next
	}
	return cursor, true
}

// The spans that a backward reading takes at once.
const (
	firstSpan     = 2 * time.Second
	narrowestSpan = time.Millisecond
	widestSpan    = 24 * time.Hour
	fewEvents     = 500
	manyEvents    = 5_000
)

// backward visits the events before a position, newest first. The model reads
// only forwards, so it reads spans, wider ones where there is little.
func (sc *scan) backward(ctx context.Context, from position, visit visitor) (stopped position, end bool) {
	if from.at.After(sc.end) {
		from = position{at: sc.end}
	}
	cursor, width := from, firstSpan
	for range maxSpans {
		if cursor.at.Before(sc.start) || cursor.at.Equal(sc.start) && cursor.skip == 0 {
			return cursor, true
		}
		lo := cursor.at.Add(-width)
		if lo.Before(sc.start) {
			lo = sc.start
		}
		events, places, tooMany := sc.span(lo, cursor)
		if tooMany && width > narrowestSpan {
			width = max(width/16, narrowestSpan)
			continue
		}
		for i, ev := range slices.Backward(events) {
			if !visit(&ev, places[i], position{at: ev.Time, skip: places[i].skip + 1}) {
				return cursor, false
			}
			cursor = places[i]
		}
		cursor = position{at: lo}
		if sc.read > maxScan || ctx.Err() != nil {
			return cursor, false
		}
		switch n := len(events); {
		case n < fewEvents:
			width = min(2*width, widestSpan)
		case n > manyEvents:
			width = max(width/2, narrowestSpan)
		}
	}
	return cursor, false
}

// span gives the kept events from lo up to the position, with the position
// before each. It gives up with tooMany on a span that is too wide for one
// reading.
func (sc *scan) span(lo time.Time, to position) (events []sources.LogEvent, places []position, tooMany bool) {
	end := to.at
	if to.skip > 0 {
		end = end.Add(1) // those at exactly that time, up to skip
	}
	seq, ok := sc.s.model.Logs(sc.region, sc.group, lo, end, sc.asOf)
	if !ok {
		return nil, nil, false
	}
	place, already := position{at: lo}, sc.read
	for ev := range seq {
		if sc.read++; sc.read-already > maxScan && end.Sub(lo) > narrowestSpan+1 {
			return nil, nil, true
		}
		if sc.keep != nil && !sc.keep(&ev) {
			continue
		}
		if !ev.Time.Equal(place.at) {
			place = position{at: ev.Time}
		}
		if ev.Time.Equal(to.at) && place.skip >= to.skip {
			break
		}
		events, places = append(events, ev), append(places, place)
		place.skip++
	}
	return events, places, false
}
