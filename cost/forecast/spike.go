package forecast

import (
	"math"
	"slices"
)

const (
	// A spike's hour has so many times what any of its peers has, …
	spikeFactor = 4
	// … is so much more than all but the highest hours, which are this part
	// of them, or as many as one spike has where that is not too many, …
	spikeHeight = 2
	highest     = 0.02
	mostHighest = 0.05
	// … exceeds what is usual by this part of a usual day, …
	spikeShare = 0.25
	// … and is not a part of a run that is longer: that is a new level.
	longestSpike = 36
)

// findSpikes makes clean: the values with the hours of one-off spikes brought
// down to what is usual at that time. The peers of an hour are the same hour
// of the week in other weeks, and the hours beside it; where there are no
// other weeks, the same hour of other days.
func (h *history) findSpikes() {
	h.clean = slices.Clone(h.y)
	usual := h.usualDay()
	if !(usual > 0) {
		return
	}
	least := spikeShare * usual
	if !slices.ContainsFunc(h.y[h.begin:], func(v float64) bool { return v > least }) {
		return
	}
	least = max(least, spikeHeight*h.high())
	spiked := make(map[int]float64) // what is usual, by hour
	for i := h.begin; i < len(h.y); i++ {
		v := h.y[i]
		if !(v > least) { // unknown too
			continue
		}
		if most, mean, ok := h.peers(i); ok && v > spikeFactor*most && v-mean > spikeShare*usual {
			spiked[i] = mean
		}
	}
	for i := h.begin; i < len(h.y); i++ {
		if _, ok := spiked[i]; !ok {
			continue
		}
		end := i + 1
		for gap := 0; end+gap < len(h.y) && gap <= 2; {
			if _, more := spiked[end+gap]; more {
				end, gap = end+gap+1, 0
				continue
			}
			gap++
		}
		if end-i <= longestSpike {
			note := Note{Reason: Spike, At: h.at(i), Hours: end - i}
			for k := i; k < end; k++ {
				if mean, ok := spiked[k]; ok {
					h.clean[k] = mean
					note.Amount += h.y[k] - mean
				}
			}
			h.notes = append(h.notes, note)
			h.spikes++
			h.largest = max(h.largest, note.Amount)
		}
		i = end
	}
}

// high is what all but the highest hours stay below.
func (h *history) high() float64 {
	known := make([]float64, 0, len(h.y)-h.begin)
	for _, v := range h.y[h.begin:] {
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	slices.Sort(known)
	n := float64(len(known) - 1)
	return known[int(n-max(highest*n, min(longestSpike, mostHighest*n)))]
}

// another is what the range of the hours from n to end allows for one more
// spike: the largest there was, when it is likelier than one in ten that there is
// one, or one of a month ago when it would come again.
func (h *history) another(n, end int) float64 {
	if h.spikes == 0 || end <= n {
		return 0
	}
	expected := float64(h.spikes) * float64(end-n) / float64(len(h.y)-h.begin)
	if -math.Expm1(-expected) >= 0.1 {
		return h.largest
	}
	largest := 0.0
	for _, note := range h.notes {
		if again := hoursBetween(h.start, note.At.AddDate(0, 1, 0)); note.Reason == Spike && again >= n && again < end {
			largest = max(largest, note.Amount)
		}
	}
	return largest
}

// usualDay is the median of the days; the mean where most days have nothing.
func (h *history) usualDay() float64 {
	var totals []float64
	all := 0.0
	for end := len(h.y); end-day >= h.begin; end -= day {
		if total, known := sumOf(h.y[end-day : end]); known == day {
			totals = append(totals, total)
			all += total
		}
	}
	if len(totals) < 3 {
		return 0
	}
	if m := median(totals); m > 0 {
		return m
	}
	// Half of the days have nothing: what is more than all of the others
	// together is a spike, and a day of it is usual.
	return all / float64(len(totals)) * 2 / spikeShare
}

// peers gives the largest of an hour's peers, and the mean of those at the
// same time. ok is false when there are none.
func (h *history) peers(i int) (most, mean float64, ok bool) {
	for _, step := range []int{week, day} {
		n, sum := 0, 0.0
		look := func(k int) {
			for d := -1; d <= 1; d++ {
				if k+d < h.begin || k+d >= len(h.y) || math.IsNaN(h.y[k+d]) {
					continue
				}
				most = max(most, h.y[k+d])
				if d == 0 {
					n++
					sum += h.y[k]
				}
			}
		}
		for k := i - step; k >= max(h.begin, i-lookBack*step); k -= step {
			look(k)
		}
		for k := i + step; k < len(h.y) && k <= i+lookBack*step; k += step {
			look(k)
		}
		if n > 0 {
			return most, sum / float64(n), true
		}
	}
	return 0, 0, false
}

// sumOf adds up what is known.
func sumOf(values []float64) (total float64, known int) {
	for _, v := range values {
		if !math.IsNaN(v) {
			total += v
			known++
		}
	}
	return total, known
}

// median reorders the values; it is 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	m := len(values) / 2
	if len(values)%2 == 1 {
		return values[m]
	}
	return (values[m-1] + values[m]) / 2
}
