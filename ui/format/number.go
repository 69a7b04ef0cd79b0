package format

import (
	"math"
	"strconv"
)

// Int writes a whole number with thousands separators: "1,234,567". ASCII.
func Int(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= 3 {
		return sign + digits
	}
	out := make([]byte, 0, len(sign)+len(digits)+len(digits)/3)
	out = append(out, sign...)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, digits[i])
	}
	return string(out)
}

// Count writes a number of things in at most six columns: "12,402", "124k",
// "1.24M". ASCII. Fractions are kept below ten, as rates have them.
func Count(x float64) string {
	switch abs := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "?"
	case abs == math.Trunc(abs) && abs < 100_000:
		return Int(int64(x))
	case abs < 9.95:
		return strconv.FormatFloat(x, 'f', 1, 64)
	case abs < 99_999.5:
		return Int(int64(math.Round(x)))
	case abs < 999_500:
		return significant(x/1e3) + "k"
	case abs < 999.5e6:
		return significant(x/1e6) + "M"
	case abs < 999.5e9:
		return significant(x/1e9) + "G"
	default:
		return strconv.FormatFloat(x, 'e', 0, 64)
	}
}

// CountIn is Count in at most so many columns, as long as they are four: where
// it takes more, with fewer digits and a unit, so that no digit is ever cut off
// unseen: "10.5k" of 10,512 in five. ASCII.
func CountIn(x float64, width int) string {
	text := Count(x)
	abs := math.Abs(x)
	for _, unit := range []struct {
		size float64
		sign string
	}{{1e3, "k"}, {1e6, "M"}, {1e9, "G"}} {
		for decimals := 1; len(text) > width && abs >= unit.size && decimals >= 0; decimals-- {
			text = strconv.FormatFloat(x/unit.size, 'f', decimals, 64) + unit.sign
		}
	}
	return text
}

// significant writes three significant digits of 1 ≤ |x| < 1000.
func significant(x float64) string {
	switch abs := math.Abs(x); {
	case abs < 9.995:
		return strconv.FormatFloat(x, 'f', 2, 64)
	case abs < 99.95:
		return strconv.FormatFloat(x, 'f', 1, 64)
	default:
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
}

// Percent writes a share, 0 to 1, as per cent without the sign: "0.0", "4.1",
// "100". A share that is not zero never reads as zero: "<0.1". ASCII.
func Percent(share float64) string {
	p := share * 100
	switch {
	case math.IsNaN(p) || math.IsInf(p, 0):
		return "?"
	case p > 0 && p < 0.05:
		return "<0.1"
	case p < 99.95:
		return strconv.FormatFloat(p, 'f', 1, 64)
	default:
		return strconv.FormatFloat(p, 'f', 0, 64)
	}
}

// Bytes writes a size in decimal units, as clouds bill them: "48.2 kB". ASCII.
func Bytes(n int64) string {
	x, abs := float64(n), math.Abs(float64(n))
	switch {
	case abs < 1000:
		return strconv.FormatInt(n, 10) + " B"
	case abs < 999_500:
		return significant(x/1e3) + " kB"
	case abs < 999.5e6:
		return significant(x/1e6) + " MB"
	case abs < 999.5e9:
		return significant(x/1e9) + " GB"
	default:
		return significant(x/1e12) + " TB"
	}
}
