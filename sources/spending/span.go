package spending

import "time"

// HistoryWeeks is how far before the month the hours are read: as far as a
// forecast looks, and far enough for all of the month before. It costs nothing
// more, since a metric is paid for by the request and not by the hour
// (CloudWatch User Guide, GetMetricData), and hours are kept 455 days.
const HistoryWeeks = 5

// settled is when a minute of a metric is final.
const settled = 3 * time.Minute

// Span is the time that is read. Its times are UTC, as bills have it.
type Span struct {
	Start, Month, End time.Time // the hours begin, the month begins and ends
	Now               time.Time // up to when metrics are final, at a full minute
}

// SpanAt is the span of the month of a moment.
func SpanAt(now time.Time) Span {
	now = now.UTC().Add(-settled).Truncate(time.Minute)
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	return Span{Start: month.AddDate(0, 0, -7*HistoryWeeks), Month: month, End: month.AddDate(0, 1, 0), Now: now}
}

// Hours is how many hours of the span have begun: as many as a [Used] has.
func (s Span) Hours() int { return int((s.Now.Sub(s.Start) + time.Hour - 1) / time.Hour) }

// hour is the number of the hour that a time is in, from the span's start.
func (s Span) hour(t time.Time) int { return int(t.Sub(s.Start) / time.Hour) }

// at is when an hour begins.
func (s Span) at(hour int) time.Time { return s.Start.Add(time.Duration(hour) * time.Hour) }

// lastMonth is when the month before begins. ok is false when the span does
// not reach back so far.
func (s Span) lastMonth() (begin time.Time, ok bool) {
	begin = s.Month.AddDate(0, -1, 0)
	return begin, !begin.Before(s.Start)
}
