package chart

import "math"

// scale is a value axis from zero to top.
type scale struct {
	step  float64 // value of one row
	top   float64 // value of the top row; 0 when all values are 0
	every int     // rows from one label to the next
}

// scaleFor finds an axis of so many steps that reaches top with round figures.
func scaleFor(top float64, steps int, whole bool) scale {
	steps = max(steps, 1)
	s := scale{every: 1}
	if steps >= 5 {
		s.every = 2
	}
	if top <= 0 {
		s.step = 1
		return s
	}
	// What is labelled is made round: the value of every rows.
	raw := top / float64(steps) * float64(s.every)
	label := roundUp(raw)
	if whole && label < 1 {
		label = 1
	}
	s.step = label / float64(s.every)
	s.top = s.step * float64(steps)
	return s
}

// roundUp is the next round figure: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times
// a power of ten.
func roundUp(x float64) float64 {
	if x <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8} {
		if m*power >= x*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}
