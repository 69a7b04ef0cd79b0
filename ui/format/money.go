package format

import (
	"math"
	"strconv"
	"strings"
)

// USD writes an amount of dollars: cents from one dollar on, and below it as
// many digits as say something: "$1,284.10", "$0.42", "$0.0042". ASCII.
func USD(x float64) string {
	abs := math.Abs(x)
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "?"
	case abs == 0:
		return "$0"
	case abs < 0.000_000_05:
		return "<$0.0000001"
	case abs < 0.000_995:
		return dollars(x, 7)
	case abs < 0.099_5:
		return dollars(x, 4)
	default:
		return dollars(x, 2)
	}
}

// USDShort is USD in at most ten columns and four decimals, for columns of a
// table: "$0.0042", "<$0.0001". ASCII.
func USDShort(x float64) string {
	switch abs := math.Abs(x); {
	case x > 0 && x < 0.000_05:
		return "<$0.0001"
	case abs > 0 && abs < 0.099_5:
		return dollars(x, 4)
	case abs >= 99_999.995:
		return "$" + Count(x)
	}
	return USD(x)
}

// USDIn is USDShort in at most so many columns, as long as they are six: where
// it takes more, without cents or in thousands: "$1,284" of $1,284.10 in eight.
// ASCII.
func USDIn(x float64, width int) string {
	text := USDShort(x)
	if len(text) > width && math.Abs(x) >= 1 {
		text = "$" + CountIn(math.Round(x), width-1)
	}
	return text
}

// PerInvocation writes what one invocation costs, to a tenth of a
// millionth of a dollar: "$0.0000513". ASCII.
func PerInvocation(x float64) string {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "?"
	case x > 0 && x < 0.000_000_05:
		return "<$0.0000001"
	case math.Abs(x) >= 100:
		return dollars(x, 2)
	default:
		return dollars(x, 7)
	}
}

// Amount writes dollars without the sign, for columns whose title has it:
// "3.21", "1,204". ASCII.
func Amount(x float64) string {
	switch abs := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "?"
	case x > 0 && abs < 0.005:
		return "<0.01"
	case abs < 999.995:
		return strconv.FormatFloat(x, 'f', 2, 64)
	case abs < 999_999.5:
		return Int(int64(math.Round(x)))
	default:
		return Count(x)
	}
}

func dollars(x float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, frac, _ := strings.Cut(s, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
		whole = Int(n)
	}
	sign := ""
	if x < 0 {
		sign = "-"
	}
	return sign + "$" + whole + "." + frac
}
