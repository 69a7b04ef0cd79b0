package fleet

import (
	"time"

	"fntop/sources"
)

// PointsBefore gives the points of a series as it was so much earlier, with
// the same results as [Function.Points]. Times are those of the points
// themselves.
func (f *Function) PointsBefore(m sources.Metric, st sources.Stat, period, before time.Duration) (points []sources.Point, from, through time.Time, ok bool) {
	return f.Points(m, beforeStat(st, before), period)
}

// WithPointsBefore gives a copy of the function that has this series, as it
// was so much earlier.
func (f *Function) WithPointsBefore(m sources.Metric, st sources.Stat, period, before time.Duration, points []sources.Point, from, through time.Time) *Function {
	return f.WithPoints(m, beforeStat(st, before), period, points, from, through)
}

func beforeStat(st sources.Stat, before time.Duration) sources.Stat {
	return st + sources.Stat("-"+before.String())
}
