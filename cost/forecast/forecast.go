// Package forecast tells what a month will come to, from the hours there were:
// of dollars, requests or anything else that adds up.
//
// The hours so far are taken as they are. The rest of the month follows the
// hours of the week of up to five weeks before, at the level of the newest
// days, with the trend from week to week where there is one. The range comes
// from the method's own errors: it is applied at earlier moments of the same
// history, and held against what came then.
//
// One-off spikes count where they happened and are not expected again. Hours
// that are not known are not zero: they are filled in. Each of these is said in
// a [Note].
//
// The package is pure: no clock, no chance, no I/O.
package forecast

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// Series is a value for each hour. NaN is unknown; nothing is negative.
type Series struct {
	Start  time.Time // of the first hour, at a full hour
	Values []float64
}

// Input is a month and what is known of it.
type Input struct {
	Series
	// From and End are the ends of the month, or of any span of full hours.
	From, End time.Time
	// Now is up to when the values are known. The hour that it falls in has
	// only what came before it. Values after it are not looked at.
	Now time.Time
}

// Forecast is what the month comes to. Low and High are the range that it is
// expected in nine times of ten; nothing is below what there is already.
type Forecast struct {
	Value, Low, High float64
	// SoFar is the sum of the known hours of the month until now, Filled what
	// its unknown ones are thought to have been, and Rest what is still to
	// come. The three add up to Value.
	SoFar, Filled, Rest float64
	// Spread is the error of Rest that the range allows for, relative to it.
	Spread float64
	// Notes are what the figures do not show, most important first.
	Notes []Note
}

// ErrUnknown means that there is no known hour to tell anything from: none at
// all, or none before the hour of now, in which it began.
var ErrUnknown = errors.New("no hour is known")

// Limits of the input: more would be a mistake.
const (
	mostHours = 24 * 366 * 10
	week      = 168
	day       = 24
	// lookBack is how many weeks tell of the hours of the week.
	lookBack = 5
)

// Month forecasts the sum of From to End. The error is [ErrUnknown], or tells
// what makes no sense in the input.
func Month(in Input) (Forecast, error) {
	if err := in.check(); err != nil {
		return Forecast{}, err
	}
	h := newHistory(in)
	if !h.known() || h.justBegun() && in.Now.Before(in.End) {
		return Forecast{}, ErrUnknown
	}
	return h.forecast(in), nil
}

func (in Input) check() error {
	full := func(t time.Time) bool { return t.Equal(t.Truncate(time.Hour)) }
	switch {
	case !full(in.Start) || !full(in.From) || !full(in.End):
		return errors.New("series and month begin and end at full hours")
	case !in.From.Before(in.End):
		return errors.New("the month ends before it begins")
	case in.Now.Before(in.Start):
		return errors.New("now is before the series begins")
	case hoursBetween(in.Start, in.End) > mostHours || hoursBetween(in.From, in.End) > mostHours || hoursBetween(in.Start, in.Now) > mostHours:
		return errors.New("more than ten years")
	}
	for i, v := range in.Values {
		if v < 0 || math.IsInf(v, 0) {
			return fmt.Errorf("value %d is %v: it must be a number from 0 on, or unknown", i, v)
		}
	}
	return nil
}

// hoursBetween is how many full hours lie between two times.
func hoursBetween(from, to time.Time) int {
	const most = 1 << 30
	seconds := to.Unix() - from.Unix()
	return int(max(-most, min(most, floorDiv(seconds, 3600))))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// history is the hours that were.
type history struct {
	y     []float64 // full hours before now; NaN is unknown
	clean []float64 // y without one-off spikes
	first int       // hour of the week of y[0]
	begin int       // where what is to be continued begins
	// part is how much of the hour of now has passed, and partial what came in
	// it.
	part, partial float64
	notes         []Note
	largest       float64 // spike
	spikes        int
	start         time.Time
	stopped       bool
}

// newHistory cuts the series at now, and finds its beginning and its spikes.
func newHistory(in Input) *history {
	n := hoursBetween(in.Start, in.Now)
	h := &history{
		y: make([]float64, n), start: in.Start, partial: math.NaN(),
		first: int(floorMod(floorDiv(in.Start.Unix(), 3600), week)),
		part:  in.Now.Sub(in.Start.Add(time.Duration(n) * time.Hour)).Hours(),
	}
	for i := range h.y {
		h.y[i] = math.NaN()
	}
	copy(h.y, in.Values)
	if n < len(in.Values) {
		h.partial = in.Values[n]
	}
	h.findBegin()
	h.findEnd()
	h.findSpikes()
	return h
}

func floorMod(a, b int64) int64 { return a - b*floorDiv(a, b) }

func (h *history) known() bool {
	for _, v := range h.y {
		if !math.IsNaN(v) {
			return true
		}
	}
	return h.part > 0 && !math.IsNaN(h.partial)
}

// justBegun tells whether what there is all came in the hour of now: a few
// minutes tell nothing of a month.
func (h *history) justBegun() bool {
	return h.part > 0 && h.partial > 0 && !slices.ContainsFunc(h.y, func(v float64) bool { return v > 0 })
}

// at is when an hour begins.
func (h *history) at(i int) time.Time { return h.start.Add(time.Duration(i) * time.Hour) }

// quiet is the longest run of known zeros between two others.
func (h *history) quiet() (longest int) {
	run, seen := 0, false
	for _, v := range h.y {
		switch {
		case v > 0:
			if seen {
				longest = max(longest, run)
			}
			run, seen = 0, true
		case v == 0:
			run++
		}
	}
	return longest
}

// findBegin leaves out the silence before a new function's first hour. A
// function that is often silent for long is not new for it.
func (h *history) findBegin() {
	first, zeros := 0, 0
	for first < len(h.y) && !(h.y[first] > 0) {
		if h.y[first] == 0 {
			zeros++
		}
		first++
	}
	if first < len(h.y) && zeros >= day && zeros > 3*h.quiet() {
		h.begin = first
		h.notes = append(h.notes, Note{Reason: New, At: h.at(first)})
		return
	}
	for h.begin < len(h.y) && math.IsNaN(h.y[h.begin]) {
		h.begin++
	}
}

// findEnd notices a function that has stopped: it is silent for much longer
// than ever before.
func (h *history) findEnd() {
	last := len(h.y) - 1
	zeros := 0
	for last >= 0 && !(h.y[last] > 0) {
		if h.y[last] == 0 {
			zeros++
		}
		last--
	}
	switch {
	case last < 0:
		if zeros > 0 && !(h.partial > 0) {
			h.notes = append(h.notes, Note{Reason: Silent})
		}
	case zeros >= 2*day && zeros > 3*h.quiet() && !(h.part > 0 && h.partial > 0):
		h.stopped = true
		h.notes = append(h.notes, Note{Reason: Stopped, At: h.at(last + 1)})
	}
}

// forecast puts the parts together.
func (h *history) forecast(in Input) Forecast {
	var f Forecast
	n := len(h.y)
	from, end := hoursBetween(in.Start, in.From), hoursBetween(in.Start, in.End)
	model := fitAt(h, n)
	remaining := min(max(end-n, day), mostHours)
	spread, window := h.spread(remaining)
	model.use(window)
	spread = max(spread, model.noise(remaining, window))

	unknown := 0
	for i := from; i < min(end, n); i++ {
		if i >= 0 && !math.IsNaN(h.y[i]) {
			f.SoFar += h.y[i]
			continue
		}
		unknown++
		f.Filled += model.past(i)
	}
	ahead := max(from, n)
	if n >= from && n < end && h.part > 0 { // the hour of now
		whole := model.sum(n, n+1)
		ahead = n + 1
		if math.IsNaN(h.partial) {
			unknown++
			f.Filled += whole * h.part
		} else {
			f.SoFar += h.partial
		}
		f.Rest += whole * (1 - h.part)
	}
	if ahead < end {
		f.Rest += model.sum(ahead, end)
	}
	if h.stopped {
		f.Rest = 0
	}
	f.Spread = spread
	f.Value = f.SoFar + f.Filled + f.Rest
	f.Low = f.SoFar + (f.Filled+f.Rest)*max(0, 1-spread)
	f.High = f.SoFar + (f.Filled+f.Rest)*(1+spread)
	if f.Rest > 0 {
		f.High += h.another(n, end)
	}
	f.Notes = h.notes
	if unknown > 0 {
		f.Notes = append(f.Notes, Note{Reason: Missing, Hours: unknown, Amount: f.Filled})
	}
	if ahead < end && !h.stopped {
		if hours := n - h.begin; hours < 2*week {
			f.Notes = append(f.Notes, Note{Reason: ShortHistory, Hours: hours})
		}
		if g := math.Expm1(model.slope * week); math.Abs(g) >= 0.01 {
			f.Notes = append(f.Notes, Note{Reason: Trend, Amount: g})
		}
	}
	return f
}
