package cost

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// dollars reads an amount that is known to be fine.
func dollars(tb testing.TB, s string) USD {
	tb.Helper()
	u, err := ParseUSD(s)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

// exactly gives an amount as a fraction of dollars.
func exactly(tb testing.TB, u USD) *big.Rat {
	tb.Helper()
	if !u.Known() {
		tb.Fatal("the amount is unknown")
	}
	unit := new(big.Int).Lsh(big.NewInt(decimalUnits), binaryUnits)
	return new(big.Rat).SetFrac(u.big(), unit)
}

// anyUSD gives amounts of all sizes and both signs.
func anyUSD(r *rand.Rand) USD {
	u := USD{hi: r.Uint64(), lo: r.Uint64()}
	shift := r.IntN(127)
	hi, lo := u.hi, u.lo
	for range shift {
		lo = lo>>1 | hi<<63
		hi >>= 1
	}
	return signed(hi&^signBit, lo, r.IntN(2) == 0)
}

// fits tells whether an integer of units is an amount, and gives it.
func fits(n *big.Int) (USD, bool) {
	if new(big.Int).Abs(n).BitLen() > 127 {
		return Unknown(), false
	}
	a := new(big.Int).Abs(n)
	lo := new(big.Int).And(a, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	return signed(new(big.Int).Rsh(a, 64).Uint64(), lo, n.Sign() < 0), true
}

func TestUSDArithmeticIsThatOfIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		u, v := anyUSD(r), anyUSD(r)
		n := r.Int64() >> r.IntN(63)
		if r.IntN(2) == 0 {
			n = -n
		}
		d := r.Int64()>>r.IntN(63) + 1

		sum, _ := fits(new(big.Int).Add(u.big(), v.big()))
		if got := u.Add(v); got != sum {
			t.Fatalf("%v + %v = %v, want %v", u, v, got, sum)
		}
		if got := u.Sub(v); got != u.Add(v.Neg()) {
			t.Fatalf("%v - %v = %v", u, v, got)
		}
		if got, want := u.Cmp(v), u.big().Cmp(v.big()); got != want {
			t.Fatalf("%v cmp %v = %d, want %d", u, v, got, want)
		}
		if got, want := u.Sign(), u.big().Sign(); got != want {
			t.Fatalf("sign of %v = %d, want %d", u, got, want)
		}
		scaled, _ := fits(halfUp(new(big.Int).Mul(u.big(), big.NewInt(n)), d))
		if got := u.ratio(n, d); got != scaled {
			t.Fatalf("%v × %d / %d = %v, want %v", u, n, d, got, scaled)
		}
	}
}

// halfUp divides, halves away from zero.
func halfUp(n *big.Int, d int64) *big.Int {
	div := big.NewInt(d)
	q, rest := new(big.Int).QuoRem(n, div, new(big.Int))
	if rest.Abs(rest).Lsh(rest, 1).Cmp(div) >= 0 {
		q.Add(q, big.NewInt(int64(n.Sign())))
	}
	return q
}

func TestUSDFloat64IsTheNearest(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		u := anyUSD(r)
		want, _ := exactly(t, u).Float64()
		if got, ok := u.Float64(); !ok || got != want {
			t.Fatalf("Float64 of %s = %v, want %v", u.Exact(), got, want)
		}
	}
	// Next to the middle of two float64s, by one unit.
	for _, off := range []int64{-1, 0, 1} {
		n := new(big.Int).Lsh(big.NewInt(1<<53+1), 25)
		u, _ := fits(n.Mul(n, big.NewInt(decimalUnits)).Add(n, big.NewInt(off)))
		want, _ := exactly(t, u).Float64()
		if got, ok := u.Float64(); !ok || got != want {
			t.Errorf("Float64 of %s = %v, want %v", u.Exact(), got, want)
		}
	}
	if f, ok := Unknown().Float64(); ok || f != 0 {
		t.Errorf("unknown is %v, %v", f, ok)
	}
}

func TestUSDWhatDoesNotFitIsUnknown(t *testing.T) {
	most := signed(signBit-1, math.MaxUint64, false)
	for name, got := range map[string]USD{
		"sum":            most.Add(most),
		"difference":     most.Neg().Sub(most),
		"product":        most.Times(2),
		"lowest product": most.Times(math.MinInt64),
		"quotient by 0":  most.Per(0),
		"by less than 0": most.Per(-1),
		"unknown + 1":    Unknown().Add(dollars(t, "1")),
		"1 - unknown":    dollars(t, "1").Sub(Unknown()),
		"-unknown":       Unknown().Neg(),
		"unknown × 0":    Unknown().Times(0),
		"unknown / 2":    Unknown().Per(2),
	} {
		if got.Known() {
			t.Errorf("%s is %v, want unknown", name, got)
		}
	}
	if got := most.Times(-1); got != most.Neg() || got.Neg() != most {
		t.Errorf("the lowest amount is %v", got)
	}
	if (USD{}).IsZero() != true || Unknown().IsZero() || Unknown().Sign() != 0 {
		t.Error("zero and unknown are mixed up")
	}
}

func TestUSDText(t *testing.T) {
	for _, c := range []struct{ in, text, exact, cents string }{
		{"0", "$0.00", "$0.00", "0.00"},
		{"1284.1", "$1,284.10", "$1,284.10", "1284.10"},
		{"1234567.894999", "$1,234,567.89", "$1,234,567.894999", "1234567.89"},
		{"0.42", "$0.42", "$0.42", "0.42"},
		{"0.4251", "$0.425", "$0.4251", "0.43"},
		{"0.9999", "$1.00", "$0.9999", "1.00"},
		{"0.0000513069232", "$0.0000513", "$0.0000513069232", "0.00"},
		{"0.0000002", "$0.0000002", "$0.0000002", "0.00"},
		{"0.0000166667", "$0.0000167", "$0.0000166667", "0.00"},
		{"-2.33334", "-$2.33", "-$2.33334", "-2.33"},
		{"-0.004", "-$0.004", "-$0.004", "0.00"},
		{"-0.005", "-$0.005", "-$0.005", "-0.01"},
		{"999999999999999.99", "$999,999,999,999,999.99", "$999,999,999,999,999.99", "999999999999999.99"},
	} {
		u := dollars(t, c.in)
		if got := u.String(); got != c.text {
			t.Errorf("String of %s = %s, want %s", c.in, got, c.text)
		}
		if got := u.Exact(); got != c.exact {
			t.Errorf("Exact of %s = %s, want %s", c.in, got, c.exact)
		}
		if got := u.Decimal(2); got != c.cents {
			t.Errorf("Decimal of %s = %s, want %s", c.in, got, c.cents)
		}
	}
	u := Unknown()
	if u.String() != "–" || u.Exact() != "–" || u.Decimal(2) != "–" {
		t.Errorf("unknown reads %s, %s and %s", u, u.Exact(), u.Decimal(2))
	}
	if got := dollars(t, "2.5").Decimal(0); got != "3" {
		t.Errorf("2.5 without decimals is %s", got)
	}
	if got := dollars(t, "1").Decimal(-7); got != "1" {
		t.Errorf("1 with fewer than no decimals is %s", got)
	}
}

func TestUSDJSON(t *testing.T) {
	type doc struct {
		A, B, C USD
		D       USD `json:",omitzero"`
	}
	got, err := json.Marshal(doc{A: dollars(t, "0.20").Per(1_000_000), B: Unknown(), C: dollars(t, "12")})
	if want := `{"A":0.0000002,"B":null,"C":12}`; err != nil || string(got) != want {
		t.Errorf("JSON is %s (%v), want %s", got, err, want)
	}
}

func TestParseUSDRefuses(t *testing.T) {
	for _, s := range []string{
		"", "-", ".", "1.", ".5", "+1", "1e3", "1,000", " 1", "1 ", "--1", "0x1", "1.2.3", "$1", "NaN", "١",
		"0.123456789012345", "1234567890123456",
	} {
		u, err := ParseUSD(s)
		var wrong *InputError
		if !errors.As(err, &wrong) || u.Known() {
			t.Errorf("ParseUSD(%q) = %v, %v", s, u, err)
		}
	}
}

func FuzzParseUSD(f *testing.F) {
	for _, s := range []string{"0", "-1.5", "0.0000166667", "999999999999999.99999999999999", "1e9", "0.00000000000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseUSD(s)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok || exactly(t, u).Cmp(want) != 0 {
			t.Fatalf("ParseUSD(%q) = %s", s, u.Exact())
		}
		again, err := ParseUSD(u.Decimal(decimalPlaces))
		if err != nil || again != u {
			t.Fatalf("%q prints as %s, which reads as %v (%v)", s, u.Decimal(decimalPlaces), again, err)
		}
	})
}
