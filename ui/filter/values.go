package filter

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Number reads a plain number; a per cent sign behind it says nothing.
func Number(s string) (float64, error) {
	x, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil || x != x { //nolint:gocritic // NaN is not a bound
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return x, nil
}

// Megabytes reads an amount of memory in MB: with a unit, MB or GB, or in MB
// without one.
func Megabytes(s string) (float64, error) {
	factor, digits := 1.0, strings.ToLower(s)
	for _, unit := range []struct {
		name string
		size float64
	}{{"mb", 1}, {"gb", 1024}, {"m", 1}, {"g", 1024}} {
		if rest, ok := strings.CutSuffix(digits, unit.name); ok {
			factor, digits = unit.size, rest
			break
		}
	}
	x, err := Number(digits)
	if err != nil {
		return 0, fmt.Errorf("%q is not an amount of memory: write 512 or 2GB", s)
	}
	return x * factor, nil
}

// Millis reads a time as milliseconds: with a unit, or in milliseconds without
// one.
func Millis(s string) (float64, error) {
	if x, err := Number(s); err == nil && !strings.HasSuffix(s, "%") {
		return x, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time: write 500ms, 1s or 2m", s)
	}
	return float64(d) / float64(time.Millisecond), nil
}

// Minutes reads an age as minutes: with a unit, of which d is a day, or in
// minutes without one.
func Minutes(s string) (float64, error) {
	if x, err := Number(s); err == nil && !strings.HasSuffix(s, "%") {
		return x, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if x, err := Number(days); err == nil {
			return x * 24 * 60, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not an age: write 30m, 1h or 2d", s)
	}
	return d.Minutes(), nil
}

// Contains tells whether s holds part, without regard to the case of ASCII
// letters. It allocates nothing.
func Contains(s, part string) bool { return Index(s, part) >= 0 }

// Index is where part begins in s, without regard to the case of ASCII
// letters, or -1. It allocates nothing.
func Index(s, part string) int {
	if len(part) == 0 {
		return 0
	}
	first := lower(part[0])
	for i := 0; i+len(part) <= len(s); i++ {
		if lower(s[i]) != first {
			continue
		}
		j := 1
		for j < len(part) && lower(s[i+j]) == lower(part[j]) {
			j++
		}
		if j == len(part) {
			return i
		}
	}
	return -1
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
