package world

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"fntop/sources"
)

// Statistics beside those that package sources names.
const (
	statMinimum     sources.Stat = "Minimum"
	statSampleCount sources.Stat = "SampleCount"
)

// wants says what has to be collected for the statistics asked for.
type wants struct {
	values   bool // every sample, for percentiles
	extremes bool
}

// aggregate is the samples of one period.
type aggregate struct {
	n, sum   int64
	min, max int64
	values   []uint32
	sorted   bool
}

func (a *aggregate) add(v int64, want wants) {
	if a.n == 0 {
		a.min, a.max = v, v
	} else {
		a.min, a.max = min(a.min, v), max(a.max, v)
	}
	a.n++
	a.sum += v
	if want.values {
		a.values = append(a.values, uint32(min(v, math.MaxUint32)))
	}
}

// addMany adds n equal samples.
func (a *aggregate) addMany(v, n int64, want wants) {
	if n == 0 {
		return
	}
	a.add(v, want)
	a.n += n - 1
	a.sum += v * (n - 1)
	if want.values {
		for range n - 1 {
			a.values = append(a.values, uint32(v))
		}
	}
}

// percentile is the p-th percentile of the samples: linear between the two
// closest ranks, so that p0 is the least and p100 the greatest. CloudWatch
// documents what a percentile means and not how it interpolates ("CloudWatch
// statistics definitions").
func (a *aggregate) percentile(p float64) float64 {
	if !a.sorted {
		slices.Sort(a.values)
		a.sorted = true
	}
	rank := p / 100 * float64(len(a.values)-1)
	low := int(rank)
	v := float64(a.values[low])
	if low+1 < len(a.values) {
		v += float64((float64(a.values[low+1]) - v) * (rank - float64(low)))
	}
	return v
}

// wanted tells what the statistics need.
func wanted(stats []sources.Stat) wants {
	var w wants
	for _, s := range stats {
		switch s {
		case sources.StatSum, sources.StatAverage, statSampleCount:
		case sources.StatMaximum, statMinimum:
			w.extremes = true
		default:
			if _, ok := percentileOf(s); ok {
				w.values = true
			}
		}
	}
	return w
}

// percentileOf reads "p95" or "p99.9".
func percentileOf(s sources.Stat) (float64, bool) {
	text, ok := strings.CutPrefix(string(s), "p")
	if !ok || strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	p, err := strconv.ParseFloat(text, 64)
	if err != nil || p < 0 || p > 100 {
		return 0, false
	}
	return p, true
}

// reader gives the function that reads a statistic, before scaling; ok is
// false for one that is not known.
func reader(s sources.Stat) (read func(*aggregate) float64, ok bool) {
	switch s {
	case sources.StatSum:
		return func(a *aggregate) float64 { return float64(a.sum) }, true
	case statSampleCount:
		return func(a *aggregate) float64 { return float64(a.n) }, true
	case sources.StatAverage:
		return func(a *aggregate) float64 { return float64(a.sum) / float64(a.n) }, true
	case sources.StatMaximum:
		return func(a *aggregate) float64 { return float64(a.max) }, true
	case statMinimum:
		return func(a *aggregate) float64 { return float64(a.min) }, true
	default:
	}
	if p, ok := percentileOf(s); ok {
		return func(a *aggregate) float64 { return a.percentile(p) }, true
	}
	return nil, false
}
