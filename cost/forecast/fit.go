package forecast

import (
	"math"
	"slices"
)

// steepest is the trend, in its logarithm a week, that is still extrapolated:
// what grows by more than a quarter a week is being launched.
const steepest = 0.25

// windows are how many of the newest days may tell the level. Which of them
// does, the errors of the past decide.
func windows() [3]int { return [3]int{7, 14, 28} }

// fit is the hours of a week, a level and a trend, as of one moment.
type fit struct {
	end     int           // the moment: hours from the beginning of the series
	first   int           // hour of the week of the series' first hour
	profile [week]float64 // of mean 1
	slope   float64       // of the level's logarithm, an hour
	damping float64       // hours; a trend ahead of it comes to little more
	levels  [3]float64    // at the end, by window
	level   float64
	scatter float64 // of the newest days around their level, relative
}

// scratch is what fitting needs room for.
type scratch struct {
	detrended [lookBack * week]float64 // from the newest hour backwards
	weeks     [lookBack][week]float64
}

// fitAt fits what is known before a moment.
func fitAt(h *history, end int) *fit {
	f := &fit{end: end, first: h.first}
	begin := max(h.begin, end-lookBack*week)
	if end <= begin {
		return f
	}
	var s scratch
	past := h.clean[begin:end]
	f.findTrend(past)
	factor, grow := math.Exp(f.slope/2), math.Exp(f.slope)
	z := s.detrended[:len(past)]
	for age := range z {
		z[age] = past[len(past)-1-age] * factor // NaN stays
		if f.slope != 0 {
			factor *= grow
		}
	}
	f.findProfile(z, &s)
	f.findLevels(z)
	return f
}

// use takes the level of a window.
func (f *fit) use(window int) { f.level = f.levels[window] }

// hourOf is the hour of the week of an hour of the series.
func (f *fit) hourOf(i int) int { return int(floorMod(int64(f.first+i), week)) }

// before is the hour of the week before.
func before(hour int) int {
	if hour == 0 {
		return week - 1
	}
	return hour - 1
}

// findTrend compares days with the same days a week later. What does not rise
// above its own scatter is no trend.
func (f *fit) findTrend(past []float64) {
	var total [lookBack * 7]float64
	days := len(past) / day
	for j := range days {
		t, known := sumOf(past[len(past)-(j+1)*day : len(past)-j*day])
		total[j] = t / float64(known)
		if known < 18 {
			total[j] = math.NaN()
		}
	}
	var ratios []float64
	for j := 0; j+7 < days; j++ {
		if total[j] > 0 && total[j+7] > 0 {
			ratios = append(ratios, math.Log(total[j]/total[j+7]))
		}
	}
	if len(ratios) < 7 {
		return
	}
	m := median(ratios)
	for i := range ratios {
		ratios[i] = math.Abs(ratios[i] - m)
	}
	// Ratios overlap: there are half as many of their own. 1.48 makes a
	// standard deviation of a median deviation, 1.25 that of a median.
	se := 1.25 * 1.48 * median(ratios) / math.Sqrt(float64(len(ratios))/2)
	if m == 0 {
		return
	}
	clear := m * m / (m*m + se*se) // from 0 to 1: how far it stands out of its scatter
	f.slope = max(-steepest, min(steepest, m*clear)) / week
	f.damping = 6 * week
	if clear > 0.95 {
		f.damping = 26 * week
	}
	if days < 3*7 {
		f.damping = week
	}
}

// findProfile makes the hours of the week: the mean over the weeks, each
// relative to its own level, without the largest and the smallest where there
// are enough. With less than a week it is the hours of the day.
func (f *fit) findProfile(z []float64, s *scratch) {
	weeks := 0
	for k := 0; (k+1)*week <= len(z); k++ {
		part := z[k*week : (k+1)*week]
		total, known := sumOf(part)
		if known < week/2 || !(total > 0) {
			continue
		}
		level := total / float64(known)
		hour := f.hourOf(f.end - 1 - k*week)
		for _, v := range part {
			s.weeks[weeks][hour] = v / level
			hour = before(hour)
		}
		weeks++
	}
	if weeks == 0 {
		f.dailyProfile(z)
		return
	}
	sum, known := 0.0, 0
	for hour := range f.profile {
		f.profile[hour] = typical(s, weeks, hour)
		if !math.IsNaN(f.profile[hour]) {
			sum += f.profile[hour]
			known++
		}
	}
	for hour := range f.profile {
		switch {
		case !(sum > 0):
			f.profile[hour] = 1
		case math.IsNaN(f.profile[hour]):
			f.profile[hour] = 1 // no week has this hour
		default:
			f.profile[hour] *= float64(known) / sum
		}
	}
}

// typical is what the weeks have at an hour. Where it is mostly nothing, it is
// the mean: the middle would be nothing at all.
func typical(s *scratch, weeks, hour int) float64 {
	least, most, sum, n, zeros := math.Inf(1), 0.0, 0.0, 0, 0
	for k := range weeks {
		v := s.weeks[k][hour]
		if math.IsNaN(v) {
			continue
		}
		n++
		sum += v
		least, most = min(least, v), max(most, v)
		if v == 0 {
			zeros++
		}
	}
	switch {
	case n == 0:
		return math.NaN()
	case n >= 4 && zeros == 0:
		return (sum - least - most) / float64(n-2)
	}
	return sum / float64(n)
}

// dailyProfile takes every day of the week for the same.
func (f *fit) dailyProfile(z []float64) {
	var sum, n [day]float64
	total, known := 0.0, 0.0
	hourOfWeek := f.hourOf(f.end)
	for _, v := range z {
		hourOfWeek = before(hourOfWeek)
		if !math.IsNaN(v) {
			hour := hourOfWeek % day
			sum[hour] += v
			n[hour]++
			total += v
			known++
		}
	}
	for hour := range f.profile {
		f.profile[hour] = 1
		if n[hour%day] > 0 && total > 0 && known >= day {
			f.profile[hour] = sum[hour%day] / n[hour%day] * known / total
		}
	}
}

// findLevels finds the level by the newest days, each relative to what the
// profile expects of it. The lowest and the highest day of each seven are left
// out, unless there are days with nothing among them.
func (f *fit) findLevels(z []float64) {
	type dayLevel struct{ value, weight float64 }
	var (
		days    [lookBack * 7]dayLevel
		n, idle int
	)
	hour := f.hourOf(f.end)
	for from := 0; from < len(z) && n < len(days); from += day {
		got, expected := 0.0, 0.0
		for _, v := range z[from:min(from+day, len(z))] {
			hour = before(hour)
			if !math.IsNaN(v) {
				got += v
				expected += f.profile[hour]
			}
		}
		if expected > 0.01*day {
			days[n] = dayLevel{got / expected, expected}
			if got == 0 {
				idle++
			}
			n++
		}
	}
	for w, window := range windows() {
		room := days
		some := room[:min(n, window)]
		if trim := len(some) / 7; trim > 0 && idle*10 < n {
			slices.SortFunc(some, func(a, b dayLevel) int {
				switch {
				case a.value < b.value:
					return -1
				case a.value > b.value:
					return 1
				}
				return 0
			})
			some = some[trim : len(some)-trim]
		}
		got, expected := 0.0, 0.0
		for _, d := range some {
			got += d.value * d.weight
			expected += d.weight
		}
		if expected > 0 {
			f.levels[w] = got / expected
		}
	}
	f.level = f.levels[0]
	mean, squares, weight := 0.0, 0.0, 0.0
	for _, d := range days[:min(n, 28)] {
		mean += d.value * d.weight
		weight += d.weight
	}
	if mean /= weight; mean > 0 {
		for _, d := range days[:min(n, 28)] {
			squares += d.weight * (d.value/mean - 1) * (d.value/mean - 1)
		}
		f.scatter = math.Sqrt(squares / weight)
	}
}

// sum is what is expected of the hours from a to b, which are ahead.
func (f *fit) sum(a, b int) float64 {
	return f.level * f.weight(a, b, nil)
}

// weight is sum for a level of 1, of the hours that are known in y only, if
// it is given.
func (f *fit) weight(a, b int, y []float64) float64 {
	total := 0.0
	hour := f.hourOf(a)
	trend := 1.0
	for i := a; i < b; i++ {
		if f.slope != 0 && (i == a || (i-f.end)%day == 0) {
			ahead := float64(i - f.end + day/2)
			trend = math.Exp(f.slope * f.damping * -math.Expm1(-ahead/f.damping))
		}
		if y == nil || !math.IsNaN(y[i]) {
			total += f.profile[hour] * trend
		}
		if hour++; hour == week {
			hour = 0
		}
	}
	return total
}

// past is what an hour that is not known is thought to have been.
func (f *fit) past(i int) float64 {
	return f.level * f.profile[f.hourOf(i)] * math.Exp(-f.slope*float64(f.end-i))
}
