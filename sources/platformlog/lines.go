package platformlog

import (
	"time"

	"fntop/sources"
)

// LinesOf gives the log events of one invocation out of those of its
// environment, which are in the order of the stream. They begin after the
// report of the invocation before it, so that the init of a cold start
// belongs to it, and end with its own report. Events that name another
// request are left out, as environments that serve several at once have them.
// complete tells whether the report is among the events. What cannot be
// attributed to the invocation is not given: without a START or REPORT of it
// there are only the events that name its request.
func LinesOf(inv sources.Invocation, events []sources.LogEvent) (own []sources.LogEvent, complete bool) {
	records := make([]Record, len(events))
	for i, e := range events {
		records[i], _ = Parse(e.Message)
	}
	from, to, complete := bounds(inv, events, records)
	for i := range events {
		id := records[i].RequestID
		if id == "" && records[i].Kind == Application {
			id = Describe(events[i].Message).RequestID
		}
		within := i >= from && i < to
		if within && id == "" || id == inv.RequestID && (within || from == to) {
			own = append(own, events[i])
		}
	}
	return own, complete
}

// bounds finds the run of events between the end of the invocation before
// and the end of this one.
func bounds(inv sources.Invocation, events []sources.LogEvent, records []Record) (from, to int, complete bool) {
	start, report := -1, -1
	var startGap, reportGap time.Duration
	for i, r := range records {
		if r.RequestID != inv.RequestID {
			continue
		}
		switch r.Kind {
		case Start:
			if gap := apart(events[i].Time, inv.Start); start < 0 || gap < startGap {
				start, startGap = i, gap
			}
		case Report:
			if gap := apart(events[i].Time, inv.Reported); report < 0 || gap < reportGap {
				report, reportGap = i, gap
			}
		default:
		}
	}
	switch {
	case report >= 0:
		to = report + 1
		if to < len(records) && records[to].Kind == XRay {
			to++
		}
	case start >= 0:
		to = nextStart(records, start+1)
	default:
		return 0, 0, false
	}
	anchor := report
	if start >= 0 && (report < 0 || start < report) {
		anchor = start
	}
	for from = anchor; from > 0; from-- {
		if k := records[from-1].Kind; k == Report || k == XRay {
			break
		}
	}
	return from, to, report >= 0
}

// nextStart is the index of the first START from i on, or the end.
func nextStart(records []Record, i int) int {
	for i < len(records) && records[i].Kind != Start {
		i++
	}
	return i
}

// apart is how far an event is from where the invocation is known to be; 0
// when that is not known.
func apart(t time.Time, at sources.Opt[time.Time]) time.Duration {
	v, ok := at.Get()
	if !ok {
		return 0
	}
	return t.Sub(v).Abs()
}
