package platformlog

import (
	"math"
	"strconv"
	"time"

	"fntop/sources"
)

// maxMillis bounds durations: a year. Anything longer is not a duration that
// Lambda could have measured.
const maxMillis = 366 * 24 * 3600 * 1000

// millis reads a decimal number of milliseconds exactly, to the nanosecond.
// Negative numbers, numbers of more than a year and anything else give an
// unknown value.
func millis(s string) sources.Opt[time.Duration] {
	var whole int64
	i := 0
	for ; i < len(s) && s[i]-'0' <= 9; i++ {
		whole = whole*10 + int64(s[i]-'0')
		if whole > maxMillis {
			return sources.Opt[time.Duration]{}
		}
	}
	if i == 0 {
		return sources.Opt[time.Duration]{}
	}
	ns := whole * int64(time.Millisecond)
	if i < len(s) && s[i] == '.' {
		scale := int64(time.Millisecond)
		start := i + 1
		for i = start; i < len(s) && s[i]-'0' <= 9; i++ {
			switch {
			case scale > 1:
				scale /= 10
				ns += int64(s[i]-'0') * scale
			case scale == 1: // the digit after the nanoseconds rounds them
				if s[i] >= '5' {
					ns++
				}
				scale = 0
			}
		}
		if i == start {
			return sources.Opt[time.Duration]{}
		}
	}
	if i == len(s) {
		return sources.Some(time.Duration(ns))
	}
	if s[i] == 'e' || s[i] == 'E' {
		return millisFloat(s)
	}
	return sources.Opt[time.Duration]{}
}

// millisFloat reads a number with an exponent.
func millisFloat(s string) sources.Opt[time.Duration] {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= 0 && f <= maxMillis) {
		return sources.Opt[time.Duration]{}
	}
	return sources.Some(time.Duration(math.Round(f * float64(time.Millisecond))))
}

// integer reads a whole number that is not negative. JSON writers may spell it
// as a float: 128.0.
func integer(s string) (int64, bool) {
	var n int64
	i := 0
	for ; i < len(s) && i < 18 && s[i]-'0' <= 9; i++ {
		n = n*10 + int64(s[i]-'0')
	}
	if i > 0 && i == len(s) {
		return n, true
	}
	if i == 0 {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f > 1e15 || f != math.Trunc(f) {
		return 0, false
	}
	return int64(f), true
}

// megabytes reads a size in MB as an int.
func megabytes(s string) sources.Opt[int] {
	n, ok := integer(s)
	if !ok || n > math.MaxInt32 {
		return sources.Opt[int]{}
	}
	return sources.Some(int(n))
}

// timestamp reads an RFC 3339 time. The usual shape, UTC with milliseconds, is
// read without the time package's parser.
func timestamp(s string) (time.Time, bool) {
	if len(s) == 24 && s[10] == 'T' && s[23] == 'Z' && s[19] == '.' && isDateTime(s) &&
		s[20]-'0' <= 9 && s[21]-'0' <= 9 && s[22]-'0' <= 9 {
		year, month, day := two(s[0:])*100+two(s[2:]), two(s[5:]), two(s[8:])
		hour, minute, second := two(s[11:]), two(s[14:]), two(s[17:])
		ms := int(s[20]-'0')*100 + two(s[21:])
		if month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60 && second < 60 {
			return time.Date(year, time.Month(month), day, hour, minute, second, ms*int(time.Millisecond), time.UTC), true
		}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, false
	}
	return t.UTC(), true
}

// isDateTime tells whether s begins like 2006-01-02T15:04:05.
func isDateTime(s string) bool {
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || (s[10] != 'T' && s[10] != ' ') || s[13] != ':' || s[16] != ':' {
		return false
	}
	for _, i := range [...]int{0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18} {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

func two(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }
