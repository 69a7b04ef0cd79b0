package world

import (
	"math"
	"time"
)

// Times inside the world are milliseconds, minutes or hours since 1970 UTC;
// durations are microseconds.
const (
	second   = int64(1000)
	minuteMS = 60 * second
	hourMS   = 60 * minuteMS
	dayMS    = 24 * hourMS
)

// The world exists from 2020 to the end of the century. Before, nothing has
// happened, and nobody asks after it.
const (
	worldBegins = 1_577_836_800_000 // ms: 2020-01-01
	worldEnds   = 4_102_444_800_000 // ms: 2100-01-01
)

// clamp is a time in milliseconds, rounded down, within the world's.
func clamp(t time.Time) int64 {
	switch {
	case t.Year() < 2020:
		return worldBegins
	case t.Year() >= 2100:
		return worldEnds
	}
	return t.UnixMilli()
}

// clampUp is clamp, rounded up.
func clampUp(t time.Time) int64 {
	at := clamp(t)
	if at < worldEnds && at > worldBegins && t.Nanosecond()%1_000_000 != 0 {
		at++
	}
	return at
}

// rhythm is how traffic follows the clock of the people behind it.
type rhythm uint8

const (
	steady   rhythm = iota // machines: day and night, weekday and weekend alike
	shoppers               // consumers: evenings and weekends
	workers                // business: weekday working hours, little else
	officeOn               // only while an office is open; silent at night and on weekends
	rhythms
)

// week is a curve over the hours of a week from Monday 0:00 local time, with
// mean 1.
type week [168]float64

// newWeeks draws the curves of all rhythms.
func newWeeks() *[rhythms]week {
	var all [rhythms]week
	for h := range 168 {
		day, hour := h/24, float64(h%24)
		weekend := day >= 5
		all[steady][h] = 1 + 0.08*math.Cos((hour-15)/24*2*math.Pi)
		all[shoppers][h] = 0.25 + bell(hour, 12.5, 3.2)*0.8 + bell(hour, 20, 2.4)*1.3
		all[workers][h] = 0.12 + bell(hour, 11, 2.2) + bell(hour, 15, 2.4)
		if weekend {
			all[shoppers][h] *= 1.22
			all[workers][h] *= 0.3
		}
		if !weekend && hour >= 7 && hour < 19 {
			all[officeOn][h] = 0.35 + bell(hour, 10.5, 2) + bell(hour, 14.5, 2.2)
		}
	}
	for r := range all {
		sum := 0.0
		for _, v := range all[r] {
			sum += v
		}
		for h := range all[r] {
			all[r][h] *= 168 / sum
		}
	}
	return &all
}

// bell is a bump around an hour of the day.
func bell(hour, centre, width float64) float64 {
	d := math.Abs(hour - centre)
	d = min(d, 24-d)
	return math.Exp(-d * d / (2 * width * width))
}

// at gives the curve at a minute since 1970 in local time, between the hours
// by a straight line. Where the curve is zero at the hour's start it stays
// zero for the hour: an office opens and closes on the hour.
func (w *week) at(localMinute int64) float64 {
	// 1 January 1970 was a Thursday: three days after a Monday.
	m := floorMod(localMinute+3*24*60, 168*60)
	h := m / 60
	a, b := w[h], w[(h+1)%168]
	if a == 0 || b == 0 {
		return a
	}
	return a + float64((b-a)*float64(m%60)/60)
}

func floorMod(a, b int64) int64 { return a - b*floorDiv(a, b) }

// track is a recurring event: the k-th happens in the k-th period, at the
// phase, moved by up to jitter of a period.
type track struct {
	seed   uint64
	period int64   // ms
	phase  int64   // ms, 0 … period
	jitter float64 // 0 … <1 of a period
}

// at is when the k-th event happens, ms, at a full second.
func (t track) at(k int64) int64 {
	at := k*t.period + t.phase
	if t.jitter > 0 {
		at += int64(unit(hash2(t.seed, uint64(k))) * t.jitter * float64(t.period))
	}
	return at - floorMod(at, second)
}

// last is the newest event at or before a time.
func (t track) last(ms int64) (k int64) {
	k = floorDiv(ms-t.phase, t.period) + 1
	for t.at(k) > ms {
		k--
	}
	return k
}

// none tells that the track has no events.
func (t track) none() bool { return t.period == 0 }
