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

// USDPerHour writes a rate of spending in cents an hour: "$0.08/h", and
// "<$0.01/h" for what is less and not nothing. ASCII.
func USDPerHour(x float64) string {
	if x > 0 && x < 0.005 {
		return "<$0.01/h"
	}
	return dollars(x, 2) + "/h"
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

// USDWhole is USD without cents from a hundred dollars on, for forecasts, which
// are no more exact than that: "$3,310", "$42.10". ASCII.
func USDWhole(x float64) string {
	if x >= 99.5 && x < 1e15 {
		return "$" + Int(int64(math.Round(x)))
	}
	return USD(x)
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

// Cents writes dollars without the sign and always with cents, for columns in
// which they stand below each other: "3.21", "1,204.55", "<0.01", "-<0.01". ASCII.
func Cents(x float64) string {
	switch abs := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "?"
	case x > 0 && abs < 0.005:
		return "<0.01"
	case x < 0 && abs < 0.005:
		return "-<0.01"
	case abs < 9_999_999.995:
		return strings.Replace(dollars(x, 2), "$", "", 1)
	default:
		return Count(x)
	}
}

// Signed is Cents with a sign, "" for nothing and "~0" for less than a cent.
// ASCII.
func Signed(x float64) string {
	switch {
	case x == 0:
		return ""
	case math.Abs(x) < 0.005:
		return "~0"
	case x > 0:
		return "+" + Cents(x)
	}
	return Cents(x)
}

// USDChange is an amount of dollars with its sign and cents: "+$96.00",
// "-$0.30", "~$0". ASCII.
func USDChange(x float64) string {
	switch {
	case math.Abs(x) < 0.005:
		return "~$0"
	case x > 0:
		return "+$" + Cents(x)
	}
	return "-$" + Cents(-x)
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
