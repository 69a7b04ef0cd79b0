// Package traffic adds up the traffic of functions into one picture.
package traffic

import (
	"math"
	"slices"
	"time"

	"fntop/sources/fleet"
)

// Sum adds up the invocations a minute of functions whose windows may
// start at different minutes. The zero Sum is ready.
type Sum struct {
	start time.Time // of the first step
	step  time.Duration
	sum   []float64
	// gap is, for each step, the traffic a minute of functions that have not
	// been read that far.
	gap []float64
	all float64
}

// Enough is the share of the traffic of which a figure must be known to stand
// for the whole fleet: at the newest minutes, which only some functions have
// been read to, a sum would look like a drop.
const Enough = 0.98

// longest bounds the steps of a chart.
const longest = 1 << 15

// Add takes the traffic of a function in.
func (c *Sum) Add(row *fleet.Row) {
	if len(row.PerMinute) == 0 || row.Step <= 0 || row.Start.IsZero() {
		return
	}
	if c.sum == nil {
		c.start, c.step = row.Start, row.Step
	}
	if row.Step != c.step {
		return
	}
	shift := int(row.Start.Sub(c.start) / c.step)
	if shift > longest || shift < -longest || len(row.PerMinute) > longest {
		return
	}
	if shift < 0 { // an older start than any before: move what there is
		c.sum = append(make([]float64, -shift), c.sum...)
		c.gap = append(slices.Repeat([]float64{c.all}, -shift), c.gap...)
		c.start, shift = row.Start, 0
	}
	for len(c.sum) < shift+len(row.PerMinute) { // nobody before has been read so far
		c.sum = append(c.sum, 0)
		c.gap = append(c.gap, c.all)
	}
	mean, n := 0.0, 0
	for _, v := range row.PerMinute {
		if !math.IsNaN(v) {
			mean += v
			n++
		}
	}
	if n == 0 {
		return
	}
	mean /= float64(n)
	c.all += mean
	for i := range c.sum {
		j := i - shift
		if j < 0 || j >= len(row.PerMinute) || math.IsNaN(row.PerMinute[j]) {
			c.gap[i] += mean
			continue
		}
		c.sum[i] += row.PerMinute[j]
	}
}

// Values are the sums, in steps from the first on, NaN where too little is known.
func (c *Sum) Values() []float64 {
	for i := range c.sum {
		if c.gap[i] > (1-Enough)*c.all {
			c.sum[i] = math.NaN()
		}
	}
	return c.sum
}

// Last is the newest step of which enough is known: its sum, and its end. ok is
// false when there is none.
func (c *Sum) Last() (perMinute float64, end time.Time, ok bool) {
	for i, v := range slices.Backward(c.Values()) {
		if !math.IsNaN(v) {
			return v, c.start.Add(time.Duration(i+1) * c.step), true
		}
	}
	return 0, time.Time{}, false
}
