package cost

import (
	"fmt"
	"math/big"
	"strings"
)

// unknownText is how an unknown amount reads.
const unknownText = "–"

// maxPlaces is the number of decimals of one unit: no amount has more.
const maxPlaces = decimalPlaces + binaryUnits

// String gives the amount for people: "$1,284.10", "$0.42", "$0.0000513",
// "-$2.33". It has two decimals, and below a dollar as many as three
// significant digits take. An unknown amount is "–".
func (u USD) String() string {
	if !u.Known() {
		return unknownText
	}
	return u.dollars(u.places(), 2)
}

// Exact gives the amount for people with all its decimals, two at least, as
// prices are published: "$0.0000166667", "$0.20". An unknown amount is "–".
func (u USD) Exact() string {
	if !u.Known() {
		return unknownText
	}
	return u.dollars(maxPlaces, 2)
}

// Decimal gives the amount as a plain decimal number with so many decimals
// (0 to 44), halves rounded away from zero: "1284.10". An unknown amount is
// "–".
func (u USD) Decimal(places int) string {
	if !u.Known() {
		return unknownText
	}
	places = min(max(places, 0), maxPlaces)
	n := u.big()
	n.Mul(n, pow10(places))
	unit := new(big.Int).Lsh(big.NewInt(decimalUnits), binaryUnits)
	negative := n.Sign() < 0
	n.Abs(n).Add(n, new(big.Int).Rsh(unit, 1))
	n.Quo(n, unit)
	negative = negative && n.Sign() != 0

	digits := n.String()
	if pad := places + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	if places > 0 {
		point := len(digits) - places
		digits = digits[:point] + "." + digits[point:]
	}
	if negative {
		return "-" + digits
	}
	return digits
}

// MarshalJSON gives the amount as a number, or null when it is unknown. It has
// up to 24 decimals, which is all there are to durations and requests.
func (u USD) MarshalJSON() ([]byte, error) {
	if !u.Known() {
		return []byte("null"), nil
	}
	const places = 24
	return []byte(trimZeros(u.Decimal(places), 0)), nil
}

// ParseUSD reads a decimal number of dollars such as "0.1632", with up to 14
// decimals. The error is an [*InputError].
func ParseUSD(s string) (USD, error) {
	bad := func(problem string) (USD, error) {
		return Unknown(), &InputError{Field: "amount", Value: fmt.Sprintf("%.40q", s), Problem: problem}
	}
	number, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(number, ".")
	switch {
	case whole == "" || point && fraction == "" || !isDigits(whole) || !isDigits(fraction):
		return bad("is not a decimal number")
	case len(fraction) > decimalPlaces:
		return bad("has more than 14 decimals")
	case len(strings.TrimLeft(whole, "0")) > 15:
		return bad("is too large")
	}
	n, _ := new(big.Int).SetString(whole+fraction+strings.Repeat("0", decimalPlaces-len(fraction)), 10)
	n.Lsh(n, binaryUnits)
	lo := new(big.Int).And(n, new(big.Int).SetUint64(1<<64-1)).Uint64()
	u := signed(n.Rsh(n, 64).Uint64(), lo, negative)
	return u, nil
}

// big gives the units of a known amount.
func (u USD) big() *big.Int {
	hi, lo := u.magnitude()
	n := new(big.Int).SetUint64(hi)
	n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(lo))
	if u.negative() {
		n.Neg(n)
	}
	return n
}

// places is the number of decimals that a known amount takes to show three
// significant digits, and two at least.
func (u USD) places() int {
	const probe = 24
	digits := strings.TrimPrefix(u.Decimal(probe), "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole != "0" {
		return 2
	}
	zeros := len(fraction) - len(strings.TrimLeft(fraction, "0"))
	if zeros == probe {
		return 2
	}
	return zeros + 3
}

// dollars gives the amount with a sign, thousands separators and at most so
// many decimals; zeros at the end are cut down to the least number.
func (u USD) dollars(most, least int) string {
	number, negative := strings.CutPrefix(trimZeros(u.Decimal(most), least), "-")
	whole, fraction, point := strings.Cut(number, ".")
	text := "$" + group(whole)
	if point {
		text += "." + fraction
	}
	if negative {
		return "-" + text
	}
	return text
}

// trimZeros cuts zeros at the end of the decimals, and the point with the
// last of them, but leaves so many decimals as are there at least.
func trimZeros(number string, least int) string {
	point := strings.IndexByte(number, '.')
	if point < 0 {
		return number
	}
	end := len(number)
	for end > point+1+least && number[end-1] == '0' {
		end--
	}
	if end == point+1 {
		end = point
	}
	return number[:end]
}

// group puts thousands separators into a run of digits.
func group(digits string) string {
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func isDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func pow10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}
