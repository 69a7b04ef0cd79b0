// Package spark draws sparklines: one row of signs whose height is a value.
package spark

import (
	"math"
	"strings"

	"fntop/ui/theme"
)

// Draw gives width signs for the values in their order. Where there are more
// values than columns, a column is the mean of its values; where there are
// fewer, a value is repeated. Values are set against the largest mean: zero is
// the lowest sign, and whatever is more than zero is at least the next. NaN is
// not known: a column without a known value is a gap.
func Draw(g *theme.Glyphs, values []float64, width int) string {
	if width <= 0 {
		return ""
	}
	var b strings.Builder
	b.Grow(3 * width)
	if len(values) == 0 {
		for range width {
			b.WriteString(g.SparkGap)
		}
		return b.String()
	}
	top := 0.0
	for i := range width {
		if v := bucket(values, i, width); v > top && !math.IsInf(v, 0) {
			top = v
		}
	}
	for i := range width {
		b.WriteString(sign(g, bucket(values, i, width), top))
	}
	return b.String()
}

// bucket is the mean of the known values of column i of width, or NaN.
func bucket(values []float64, i, width int) float64 {
	from := i * len(values) / width
	to := max((i+1)*len(values)/width, from+1)
	sum, n := 0.0, 0
	for _, v := range values[from:to] {
		if !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}

func sign(g *theme.Glyphs, v, top float64) string {
	last := len(g.Spark) - 1
	switch {
	case math.IsNaN(v):
		return g.SparkGap
	case v <= 0 || top <= 0:
		return g.Spark[0]
	case v >= top:
		return g.Spark[last]
	}
	return g.Spark[min(max(int(math.Ceil(v/top*float64(last))), 1), last)]
}
