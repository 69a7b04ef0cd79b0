package events

import (
	"math"
	"slices"
)

// track is counts on a grid of steps, and what they are set against: a step
// that has not been read has neither.
type track struct {
	count, of []float64
}

// reset makes room for n steps that have not been read.
func (t *track) reset(n int) {
	t.count, t.of = append(t.count[:0], make([]float64, n)...), append(t.of[:0], make([]float64, n)...)
}

// sum adds up the steps [from, to), and counts those that were read.
func (t *track) sum(from, to int) (count, of float64, read int) {
	for i := from; i < to; i++ {
		count += t.count[i]
		of += t.of[i]
		if t.of[i] > 0 {
			read++
		}
	}
	return count, of, read
}

// spike is a run of steps with far more than usual.
type spike struct {
	from, to  int // steps, to is exclusive
	lead      int // the first step of those that tell what is usual
	count, of float64
	usual     float64 // per unit of what it is set against, before
}

// widths are how many steps are judged together: a sudden spike shows in one,
// a small one in many.
func widths() [3]int { return [3]int{1, 5, 15} }

// rule tells whether a count is a spike.
type rule struct {
	least float64 // it is none below
	tell  func(count, of, before, beforeOf float64) bool
}

// spikes finds the spikes of a track, in the order of time.
func (r rule) spikes(t *track) []spike {
	var all []spike
	free := warm // the first step that belongs to no spike
	for i := warm; i < len(t.count); i++ {
		if t.count[i] <= 0 {
			continue
		}
		s, ok := r.at(t, free, i)
		if !ok {
			continue
		}
		s.grow(t)
		free, i = s.to, s.to-1
		if s.from >= Lead {
			all = append(all, s)
		}
	}
	return all
}

// at tells whether a spike shows at step i, and where it began, at the step
// free or later.
func (r rule) at(t *track, free, i int) (spike, bool) {
	for _, width := range widths() {
		from := i + 1 - width
		if from < free {
			break
		}
		count, of, _ := t.sum(from, i+1)
		if count < r.least {
			continue
		}
		lead := max(from-Lead, 0)
		before, beforeOf, read := t.sum(lead, from)
		if read < warm || !r.tell(count, of, before, beforeOf) || count < clearly*t.most(lead, from, width) {
			continue
		}
		usual := before / beforeOf
		for from < i && t.count[from] <= usual*t.of[from] { // where it really began
			from++
		}
		return spike{from: from, to: i + 1, lead: lead, usual: usual}, true
	}
	return spike{}, false
}

// grow takes the steps in that belong to the spike, up to a quiet time, and
// counts. What is more than usual and still small beside the highest step of
// the spike is its end and not it.
func (s *spike) grow(t *track) {
	top := slices.Max(t.count[s.from:s.to])
	for i := s.to; i < len(t.count) && i < s.to+quiet; i++ {
		if t.count[i] > 2*s.usual*t.of[i] && t.count[i] >= top/10 {
			s.to = i + 1
			top = max(top, t.count[i])
		}
	}
	s.count, s.of, _ = t.sum(s.from, s.to)
}

// most is the highest count of any width steps in a row within [from, to).
func (t *track) most(from, to, width int) float64 {
	top, sum := 0.0, 0.0
	for i := from; i < to; i++ {
		sum += t.count[i]
		if i-width >= from {
			sum -= t.count[i-width]
		}
		top = max(top, sum)
	}
	return top
}

// far is the rule of what there is always some of, and begins of what there
// was none of before.
func far() rule {
	return rule{least, func(count, of, before, beforeOf float64) bool {
		return of > 0 && beforeOf > 0 && count >= times*before/beforeOf*of && improbable(count, of, before, beforeOf)
	}}
}

func begins() rule {
	return rule{1, func(_, _, before, _ float64) bool { return before == 0 }}
}

// improbable tells that a steady source which gave before in beforeOf gives
// count or more in of with a probability below rare. The rate of the source is
// not known but from what it gave: with Jeffreys' prior the count has a negative
// binomial distribution (Gelman and others, Bayesian Data Analysis, 3rd edition,
// sections 2.6 and 2.8), so that little before makes a spike harder to tell.
func improbable(count, of, before, beforeOf float64) bool {
	r, q := before+0.5, of/(of+beforeOf)
	if count <= r*q/(1-q) {
		return false
	}
	a, _ := math.Lgamma(count + r)
	b, _ := math.Lgamma(count + 1)
	c, _ := math.Lgamma(r)
	first := math.Exp(a - b - c + r*math.Log1p(-q) + count*math.Log(q))
	// Each further term is at most so many times the one before it.
	ratio := max((count+r)/(count+1)*q, q)
	if ratio >= 1 {
		return false
	}
	return first/(1-ratio) < rare
}
