package cost

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// InputError tells which input makes no sense, and why. It is the only kind
// of error in this package.
type InputError struct {
	Field   string // as a user would call it, such as "memory"
	Value   string
	Problem string // such as "must be 128 to 10240 MB"
}

// Error gives one line such as "memory 64 must be 128 to 10240 MB".
func (e *InputError) Error() string {
	return fmt.Sprintf("%s %s %s", e.Field, e.Value, e.Problem)
}

// notNegative refuses values below zero.
func notNegative(field string, n int64) error {
	if n < 0 {
		return &InputError{Field: field, Value: fmt.Sprint(n), Problem: "must not be negative"}
	}
	return nil
}

// within refuses values outside of low to high, which are in the given unit.
func within(field string, n, low, high int64, unit string) error {
	if n < low || n > high {
		return &InputError{
			Field: field, Value: fmt.Sprint(n),
			Problem: strings.TrimSpace(fmt.Sprintf("must be %d to %d %s", low, high, unit)),
		}
	}
	return nil
}

// product multiplies two counts, none of them negative.
func product(field string, a, b int64) (int64, error) {
	hi, lo := bits.Mul64(abs(a), abs(b))
	if hi != 0 || lo&signBit != 0 {
		return 0, tooLarge(field, fmt.Sprintf("%d × %d", a, b))
	}
	return int64(lo), nil //nolint:gosec // the highest bit is clear
}

// sum adds up counts, none of them negative.
func sum(field string, counts ...int64) (int64, error) {
	var total int64
	for _, n := range counts {
		total += n
		if total < 0 {
			return 0, tooLarge(field, "in total")
		}
	}
	return total, nil
}

func tooLarge(field, value string) error {
	return &InputError{Field: field, Value: value, Problem: "is more than can be counted (2^63)"}
}

// milliseconds rounds a duration up to whole milliseconds, the granularity of
// billing since December 2020.
func milliseconds(d time.Duration) int64 {
	ms := int64(d / time.Millisecond)
	if d%time.Millisecond > 0 {
		ms++
	}
	return ms
}

// ceilTo rounds a duration up to a multiple of step.
func ceilTo(d, step time.Duration) time.Duration {
	if rest := d % step; rest > 0 {
		return d - rest + step
	}
	return d
}

// proportion gives n · part / whole, rounded down, where 0 ≤ part ≤ whole,
// 0 < whole and 0 ≤ n.
func proportion(n, part, whole int64) int64 {
	hi, lo := bits.Mul64(abs(n), abs(part))
	quotient, _ := bits.Div64(hi, lo, abs(whole))
	return int64(quotient) //nolint:gosec // not more than n
}
