package fleet

import (
	"maps"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// Errors have risen when the newest minutes have at least twice as many as is
// usual in the window, and at least so many a minute more.
const (
	roseMinutes = 3
	roseFactor  = 2
	roseLeast   = 5
)

// ErrorsRose tells whether the errors of a whole scope have risen just now,
// against what is usual in the window. It is false while the scope's totals
// are not known.
func (f *Fleet) ErrorsRose(s sources.Scope, w sources.Window, now time.Time) bool {
	h := f.scopeStats[s]
	if h == nil || h.total == nil {
		return false
	}
	period := poll.RowPeriod(w)
	errors := h.total.series[seriesKey{sources.MetricErrors, sources.StatSum, period, 0}]
	start, _ := poll.SeriesSpan(w, now)
	if errors == nil || errors.from.After(start) || now.Sub(errors.final()) > 2*period+2*settled {
		return false
	}
	steps := int(errors.final().Sub(start) / period)
	newest := max(int(roseMinutes*time.Minute/period), 1)
	if steps < 3*newest {
		return false
	}
	values := make([]float64, steps)
	for _, p := range errors.points {
		if i := int(p.Time.Sub(start) / period); !p.Time.Before(start) && i < steps {
			values[i] = p.Value / period.Minutes()
		}
	}
	recent := 0.0
	for _, v := range values[steps-newest:] {
		recent += v / float64(newest)
	}
	usual := slices.Sorted(slices.Values(values[:steps-newest]))[(steps-newest)/2]
	return recent >= roseFactor*usual && recent-usual >= roseLeast
}

// ApplyRanking takes the series of the functions with the most of a metric.
func (f *Fleet) ApplyRanking(r poll.Request, top []sources.Ranked, now time.Time) {
	q := r.Rank
	for i := range top {
		f.merge(top[i].Function, now, func(fn *Function) {
			all := maps.Clone(fn.series)
			if all == nil {
				all = make(map[seriesKey]*series)
			}
			key := seriesKey{q.Metric, sources.StatSum, q.Period, 0}
			all[key] = all[key].extend(top[i].Points, q.Start, q.End, now)
			fn.series = all
		})
	}
}
