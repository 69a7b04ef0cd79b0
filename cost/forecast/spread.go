package forecast

import "math"

const (
	// origins is how many moments of the past are forecast from, at most.
	origins = 10
	// leastSpread is the error that is always allowed for.
	leastSpread = 0.015
)

// spread tries the method out: it forecasts from earlier moments of the
// history, and compares with what came. It gives the relative error to allow
// for over so many hours ahead, and the window that did best.
func (h *history) spread(ahead int) (spread float64, window int) {
	n := len(h.y)
	days := (n - h.begin) / day
	least := 14 // days of history that a trial needs
	if days < 21 {
		least = 7
	}
	newest, oldest := min(7, (ahead+day-1)/day), days-least
	if newest > oldest {
		return untested(days), 0
	}
	step := max(1, (oldest-newest+origins)/origins)
	var squares, absolute [3]float64
	trials := 0.0
	for back := newest; back <= oldest; back += step {
		origin := n - back*day
		span := min(ahead, back*day)
		got, known := sumOf(h.clean[origin : origin+span])
		if known < span/2 {
			continue
		}
		f := fitAt(h, origin)
		weight := f.weight(origin, origin+span, h.clean)
		trials++
		for w := range squares {
			e := relative(got, f.levels[w]*weight) * reach(ahead, span)
			squares[w] += e * e
			absolute[w] += math.Abs(e)
		}
	}
	if trials == 0 {
		return untested(days), 0
	}
	for w := range squares {
		if absolute[w] < 0.9*absolute[window] { // the newest days unless others do clearly better
			window = w
		}
	}
	own := max(1, min(trials, float64(oldest*day)/float64(ahead))) // trials that do not overlap
	spread = math.Sqrt(squares[window]/trials) * (1.7 + 1.5/own)
	return max(spread, leastSpread), window
}

// reach makes more of an error over a shorter span than the one ahead.
func reach(ahead, span int) float64 {
	return min(1.5, math.Sqrt(float64(ahead)/float64(span)))
}

// noise is the error to allow for because days differ: those ahead, and the
// ones that the level was taken from.
func (f *fit) noise(ahead, window int) float64 {
	const ninety = 1.645 // standard deviations, nine times of ten
	return ninety * f.scatter * math.Sqrt(day/float64(max(ahead, 1))+1/float64(windows()[window]))
}

// relative is the error of a forecast, relative to it.
func relative(got, expected float64) float64 {
	switch {
	case expected > 0:
		return max(-1, min(3, got/expected-1))
	case got > 0:
		return 1
	}
	return 0
}

// untested is the error to allow for when the history is too short for a
// trial.
func untested(days int) float64 {
	switch {
	case days < 1:
		return 1
	case days < 3:
		return 0.6
	case days < 7:
		return 0.4
	}
	return 0.3
}
