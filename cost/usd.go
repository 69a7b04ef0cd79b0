package cost

import (
	"cmp"
	"math"
	"math/bits"
)

// USD is an exact amount of US dollars, or unknown. It is a value: it can be
// copied and compared with ==, and its zero value is no money.
//
// It counts units of 2⁻³⁰ · 10⁻¹⁴ dollars (about 9.3 · 10⁻²⁴) in 128 bits and
// reaches a little over ±1.5 · 10¹⁵ dollars. What does not fit is unknown.
// Arithmetic with an unknown amount gives an unknown amount.
type USD struct {
	hi, lo uint64 // two's complement; the lowest of all values means unknown
}

const (
	signBit = 1 << 63
	// One dollar is decimalUnits << binaryUnits units: the powers of two carry
	// the 1,024s of MB and GB, the powers of ten the decimals of the prices.
	decimalUnits  = 100_000_000_000_000
	decimalPlaces = 14
	binaryUnits   = 30
)

// Unknown is an amount that is not known.
func Unknown() USD { return USD{hi: signBit} }

// Known tells whether the amount is known.
func (u USD) Known() bool { return u != Unknown() }

// IsZero tells whether the amount is known to be nothing.
func (u USD) IsZero() bool { return u == USD{} }

// Sign is -1, 0 or 1 as the amount is negative, zero or positive, and 0 when
// it is unknown.
func (u USD) Sign() int {
	switch {
	case u.IsZero(), !u.Known():
		return 0
	case u.negative():
		return -1
	}
	return 1
}

// Add gives u + v.
func (u USD) Add(v USD) USD {
	if !u.Known() || !v.Known() {
		return Unknown()
	}
	lo, carry := bits.Add64(u.lo, v.lo, 0)
	hi, _ := bits.Add64(u.hi, v.hi, carry)
	sum := USD{hi, lo}
	if u.negative() == v.negative() && sum.negative() != u.negative() {
		return Unknown()
	}
	return sum
}

// Sub gives u - v.
func (u USD) Sub(v USD) USD { return u.Add(v.Neg()) }

// Neg gives -u.
func (u USD) Neg() USD {
	if !u.Known() {
		return u
	}
	lo, carry := bits.Add64(^u.lo, 1, 0)
	return USD{^u.hi + carry, lo}
}

// Times gives n · u.
func (u USD) Times(n int64) USD { return u.ratio(n, 1) }

// Per gives u shared out evenly over n, such as the average price of n
// requests, to the nearest unit. It is unknown when n is not positive.
func (u USD) Per(n int64) USD {
	if n <= 0 {
		return Unknown()
	}
	return u.ratio(1, n)
}

// Cmp is -1, 0 or 1 as u is less than, equal to or greater than v. An unknown
// amount sorts before every known one.
func (u USD) Cmp(v USD) int {
	return cmp.Or(cmp.Compare(u.hi^signBit, v.hi^signBit), cmp.Compare(u.lo, v.lo))
}

// Float64 gives the nearest float64; ok is false, and the number 0, when the
// amount is unknown. A float64 has 15 significant digits: amounts below a
// thousand dollars come out right to 10⁻¹² dollars.
func (u USD) Float64() (dollars float64, ok bool) {
	if !u.Known() {
		return 0, false
	}
	hi, lo := u.magnitude()
	if hi|lo == 0 {
		return 0, true
	}
	// With the highest bit at the top, the quotient by decimalUnits (47 bits)
	// keeps 81 bits or more; what is cut off afterwards is kept as one sticky
	// bit, so that the only rounding is that of the last conversion.
	shift := leadingZeros(hi, lo)
	hi, lo = shiftLeft(hi, lo, shift)
	qhi, rest := hi/decimalUnits, hi%decimalUnits
	qlo, rest := bits.Div64(rest, lo, decimalUnits)
	drop := leadingZeros(qhi, qlo)
	top, low := shiftLeft(qhi, qlo, drop)
	if low|rest != 0 {
		top |= 1
	}
	f := math.Ldexp(float64(top), 64-drop-shift-binaryUnits)
	if u.negative() {
		f = -f
	}
	return f, true
}

func (u USD) negative() bool { return u.hi&signBit != 0 }

// magnitude gives the absolute value of a known amount.
func (u USD) magnitude() (hi, lo uint64) {
	if u.negative() {
		u = u.Neg()
	}
	return u.hi, u.lo
}

// signed makes an amount of a magnitude and a sign.
func signed(hi, lo uint64, negative bool) USD {
	u := USD{hi, lo}
	switch {
	case u.negative():
		return Unknown() // does not fit
	case negative:
		return u.Neg()
	}
	return u
}

// ratio gives u · n / d to the nearest unit, halves away from zero; d must be
// positive.
func (u USD) ratio(n, d int64) USD {
	hi, lo, rest, ok := u.mulDiv(n, d)
	if !ok {
		return Unknown()
	}
	if div := abs(d); rest >= div-rest {
		var carry uint64
		lo, carry = bits.Add64(lo, 1, 0)
		hi += carry
	}
	return signed(hi, lo, u.negative() != (n < 0))
}

// portion gives the part of u that falls to part out of whole, towards zero.
// Portions of 0, a, a+b, … differ by shares that add up to u exactly.
func (u USD) portion(part, whole int64) USD {
	if part == 0 {
		return USD{}
	}
	hi, lo, _, ok := u.mulDiv(part, whole)
	if !ok {
		return Unknown()
	}
	return signed(hi, lo, u.negative())
}

// mulDiv gives |u| · |n| / |d| and the rest. ok is false when u is unknown, d
// is zero or the quotient does not fit 128 bits.
func (u USD) mulDiv(n, d int64) (hi, lo, rest uint64, ok bool) {
	if !u.Known() || d == 0 {
		return 0, 0, 0, false
	}
	uhi, ulo := u.magnitude()
	mul, div := abs(n), abs(d)
	mid, w0 := bits.Mul64(ulo, mul)
	w2, w1 := bits.Mul64(uhi, mul)
	w1, carry := bits.Add64(w1, mid, 0)
	w2 += carry
	if w2 >= div {
		return 0, 0, 0, false
	}
	hi, rest = bits.Div64(w2, w1, div)
	lo, rest = bits.Div64(rest, w0, div)
	return hi, lo, rest, true
}

// abs is the absolute value, right for the lowest int64 too.
func abs(n int64) uint64 {
	if n < 0 {
		return -uint64(n) //nolint:gosec // two's complement is meant
	}
	return uint64(n)
}

func leadingZeros(hi, lo uint64) int {
	if hi != 0 {
		return bits.LeadingZeros64(hi)
	}
	return 64 + bits.LeadingZeros64(lo)
}

func shiftLeft(hi, lo uint64, n int) (uint64, uint64) {
	if n >= 64 {
		return lo << (n - 64), 0
	}
	return hi<<n | lo>>(64-n), lo << n
}
