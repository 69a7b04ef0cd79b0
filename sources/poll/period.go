package poll

import (
	"time"

	"fntop/sources"
)

// ChartPeriod is the length of one point for a window of this length: a
// minute up to three hours, five minutes up to two days, an hour beyond. It
// keeps a series under 600 points for windows of three weeks, and never asks
// CloudWatch for a period it no longer has while the window ends near now
// (one-minute points are kept 15 days, five-minute points 63 days: CloudWatch
// API reference, GetMetricData).
func ChartPeriod(window time.Duration) time.Duration {
	switch {
	case window <= 3*time.Hour:
		return time.Minute
	case window <= 48*time.Hour:
		return 5 * time.Minute
	default:
		return time.Hour
	}
}

// mostPoints bounds the points of one series of a window.
const mostPoints = 1500

// RowPeriod is the length of one point of a window's series. A window with a
// fixed end gets a period that divides it, so that its points add up to it
// exactly, where that does not make too many of them; one that moves is cut on
// the grid of the period.
func RowPeriod(w sources.Window) time.Duration {
	longest := ChartPeriod(w.Since)
	if w.Until.IsZero() {
		return longest
	}
	start, end := w.At(w.Until)
	for period := longest; period > 0 && end.Sub(start)/period <= mostPoints; period -= time.Minute {
		if end.Sub(start)%period == 0 {
			return period
		}
	}
	return longest
}

// SeriesSpan is the span a window's series is read over: whole minutes for a
// fixed window, which may begin a little sooner where no period divides it, and
// for one that moves the start cut down to the grid of the period.
func SeriesSpan(w sources.Window, now time.Time) (start, end time.Time) {
	start, end = w.At(now)
	period := RowPeriod(w)
	if w.Until.IsZero() {
		return start.Truncate(period), end
	}
	if over := end.Sub(start) % period; over > 0 {
		start = start.Add(over - period)
	}
	return start, end
}
