package aws

import (
	"strings"
	"time"
)

// The years that a time in a trace can lie in. What is outside is not a time.
const (
	firstEpochSecond = 946_684_800   // 2000
	lastEpochSecond  = 7_258_118_400 // 2200
)

// maxDigits is how many digits of a number are looked at: ten for the seconds
// and nine for the nanoseconds are needed.
const maxDigits = 40

// epoch reads a JSON number of seconds since 1970, such as "1795424400.11" or
// "1.79542440011E9", exactly to the nanosecond, the digits after which are
// rounded. A float64 would be off by a quarter of a microsecond. ok is false
// when it is no number or no time from 2000 to 2199.
func epoch(number string) (t time.Time, ok bool) {
	digits, exponent, ok := decimal(number)
	if !ok {
		return time.Time{}, false
	}
	// The value is 0.digits times ten to the exponent, in seconds. Nanoseconds
	// are wanted: the first exponent+9 digits, and one more to round by.
	keep := exponent + 9
	if keep < 0 || keep > len("7258118400")+9 {
		return time.Time{}, false
	}
	var nanos int64
	for i := range keep {
		nanos *= 10
		if i < len(digits) {
			nanos += int64(digits[i] - '0')
		}
	}
	if keep < len(digits) && digits[keep] >= '5' {
		nanos++
	}
	const second = int64(time.Second)
	if nanos/second < firstEpochSecond || nanos/second >= lastEpochSecond {
		return time.Time{}, false
	}
	return time.Unix(nanos/second, nanos%second).UTC(), true
}

// decimal takes a JSON number that is not negative apart: it is 0.digits
// times ten to the exponent. The digits have no leading zero; zero has none.
func decimal(number string) (digits string, exponent int, ok bool) {
	mantissa, power, scientific := strings.Cut(strings.ToLower(number), "e")
	if scientific {
		if exponent, ok = smallInt(power); !ok {
			return "", 0, false
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits = whole + fraction
	if digits == "" {
		return "", 0, false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return "", 0, false
		}
	}
	exponent += len(whole)
	trimmed := strings.TrimLeft(digits, "0")
	exponent -= len(digits) - len(trimmed)
	if trimmed == "" {
		return "", 0, true
	}
	return trimmed[:min(len(trimmed), maxDigits)], exponent, true
}

// smallInt reads an exponent. Numbers beyond a thousand are no times.
func smallInt(s string) (n int, ok bool) {
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	if s = strings.TrimLeft(s, "0"); len(s) > 3 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}
