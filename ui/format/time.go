package format

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration writes a time in at most six columns: "0.4ms", "34ms", "1.92s",
// "12.3s", "2m05s", "1h02m", "3d04h". ASCII.
func Duration(d time.Duration) string {
	if d < 0 {
		return "-" + Duration(-max(d, math.MinInt64+1))
	}
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case d == 0:
		return "0ms"
	case ms < 0.05:
		return "<0.1ms"
	case ms < 9.95:
		return strconv.FormatFloat(ms, 'f', 1, 64) + "ms"
	case ms < 999.5:
		return strconv.FormatFloat(ms, 'f', 0, 64) + "ms"
	case ms < 9_995:
		return strconv.FormatFloat(ms/1e3, 'f', 2, 64) + "s"
	case ms < 59_950:
		return strconv.FormatFloat(ms/1e3, 'f', 1, 64) + "s"
	}
	if d < time.Hour-500*time.Millisecond {
		d = d.Round(time.Second)
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	}
	if d < 24*time.Hour-30*time.Second {
		d = d.Round(time.Minute)
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	d = min(d, math.MaxInt64-time.Hour).Round(time.Hour)
	return fmt.Sprintf("%dd%02dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}

// Millis writes a time in whole milliseconds with separators, rounded up as
// bills are: "1,924ms". ASCII.
func Millis(d time.Duration) string {
	ms := int64(d / time.Millisecond)
	if d%time.Millisecond > 0 {
		ms++
	}
	return Int(ms) + "ms"
}

// ExactMillis writes a time in milliseconds with the two decimals a report
// has: "1,233.96 ms". ASCII.
func ExactMillis(d time.Duration) string {
	if d < 0 {
		return "-" + ExactMillis(-max(d, math.MinInt64+1))
	}
	hundredths := int64((d + 5*time.Microsecond) / (10 * time.Microsecond))
	return fmt.Sprintf("%s.%02d ms", Int(hundredths/100), hundredths%100)
}

// Age writes how old something is, coarsely, so that a screen at rest changes
// rarely: "<10s", then steps of ten seconds, then minutes, hours, days. ASCII.
func Age(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "<10s"
	case d < 2*time.Minute:
		return strconv.Itoa(int(d/(10*time.Second))*10) + "s"
	case d < 2*time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	default:
		return strconv.Itoa(int(d/(24*time.Hour))) + "d"
	}
}

// Span writes the length of a time range without needless zeros: "15m", "1h",
// "1d", "1h30m". ASCII.
func Span(d time.Duration) string {
	if d <= 0 {
		return "0m"
	}
	var b strings.Builder
	for _, unit := range []struct {
		length time.Duration
		sign   byte
	}{{24 * time.Hour, 'd'}, {time.Hour, 'h'}, {time.Minute, 'm'}, {time.Second, 's'}} {
		if n := int64(d / unit.length); n > 0 {
			b.WriteString(strconv.FormatInt(n, 10))
			b.WriteByte(unit.sign)
			d %= unit.length
		}
	}
	if b.Len() == 0 {
		return "<1s"
	}
	return b.String()
}

// Clock writes the time of day with milliseconds, "14:03:21.480", in the zone
// t is in. ASCII.
func Clock(t time.Time) string { return t.Format("15:04:05.000") }

// ClockSeconds writes the time of day with seconds, "14:03:21". ASCII.
func ClockSeconds(t time.Time) string { return t.Format("15:04:05") }
