package format_test

import (
	"math"
	"testing"
	"time"

	"fntop/sources"
	"fntop/ui/format"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{format.Int(0), "0"},
		{format.Int(999), "999"},
		{format.Int(1000), "1,000"},
		{format.Int(-1234567), "-1,234,567"},
		{format.Int(math.MinInt64), "-9,223,372,036,854,775,808"},
		{format.Count(0), "0"},
		{format.Count(0.25), "0.2"},
		{format.Count(9.94), "9.9"},
		{format.Count(9.96), "10"},
		{format.Count(12402), "12,402"},
		{format.Count(99_999.4), "99,999"},
		{format.Count(100_000), "100k"},
		{format.Count(123_456), "123k"},
		{format.Count(999_499), "999k"},
		{format.Count(999_500), "1.00M"},
		{format.Count(1_240_000), "1.24M"},
		{format.Count(12_400_000_000), "12.4G"},
		{format.Count(-5), "-5"},
		{format.Count(1e300), "1e+300"},
		{format.Count(math.NaN()), "?"},
		{format.Count(math.Inf(-1)), "?"},
		{format.CountIn(12402, 6), "12,402"},
		{format.CountIn(10512, 5), "10.5k"},
		{format.CountIn(48_749, 5), "48.7k"},
		{format.CountIn(10512, 4), "11k"},
		{format.CountIn(123_456, 4), "123k"},
		{format.CountIn(1_240_000, 5), "1.24M"},
		{format.CountIn(1_240_000, 4), "1.2M"},
		{format.CountIn(99_999, 5), "100k"},
		{format.CountIn(9.4, 5), "9.4"},
		{format.USDIn(0.00123, 8), "$0.0012"},
		{format.USDIn(1284.1, 9), "$1,284.10"},
		{format.USDIn(1284.1, 8), "$1,284"},
		{format.USDIn(12_345.67, 8), "$12,346"},
		{format.USDIn(12_345.67, 6), "$12.3k"},
		{format.USDIn(0.00001, 8), "<$0.0001"},
		{format.Percent(0), "0.0"},
		{format.Percent(0.00001), "<0.1"},
		{format.Percent(0.0005), "0.1"},
		{format.Percent(0.041), "4.1"},
		{format.Percent(0.9996), "100"},
		{format.Percent(1), "100"},
		{format.Percent(math.NaN()), "?"},
		{format.Bytes(0), "0 B"},
		{format.Bytes(999), "999 B"},
		{format.Bytes(48_213), "48.2 kB"},
		{format.Bytes(999_499), "999 kB"},
		{format.Bytes(999_500), "1.00 MB"},
		{format.Bytes(5e12), "5.00 TB"},
		{format.Opt(sources.Opt[int64]{}, format.Int), "–"},
		{format.Opt(sources.Some(int64(0)), format.Int), "0"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestDurations(t *testing.T) {
	const us, ms, s = time.Microsecond, time.Millisecond, time.Second
	for d, want := range map[time.Duration]string{
		0:                                    "0ms",
		20 * us:                              "<0.1ms",
		60 * us:                              "0.1ms",
		9949 * us:                            "9.9ms",
		9950 * us:                            "10ms",
		34 * ms:                              "34ms",
		999499 * us:                          "999ms",
		999500 * us:                          "1.00s",
		1920 * ms:                            "1.92s",
		9994 * ms:                            "9.99s",
		9995 * ms:                            "10.0s",
		59949 * ms:                           "59.9s",
		59950 * ms:                           "1m00s",
		125 * s:                              "2m05s",
		time.Hour - ms:                       "1h00m",
		62 * time.Minute:                     "1h02m",
		24*time.Hour - 31*s:                  "23h59m",
		24*time.Hour - 29*s:                  "1d00h",
		76 * time.Hour:                       "3d04h",
		-5 * ms:                              "-5.0ms",
		time.Duration(math.MaxInt64):         "106751d23h",
		time.Duration(math.MinInt64):         "-106751d23h",
		time.Duration(math.MaxInt64 / 2):     "53376d00h",
		100*24*time.Hour + 30*time.Minute*12: "100d06h",
	} {
		if got := format.Duration(d); got != want {
			t.Errorf("Duration(%d) = %q, want %q", int64(d), got, want)
		}
	}
	for _, c := range []struct{ got, want string }{
		{format.Millis(1924 * ms), "1,924ms"},
		{format.Millis(1923*ms + 1), "1,924ms"},
		{format.Millis(0), "0ms"},
		{format.ExactMillis(1233960 * us), "1,233.96 ms"},
		{format.ExactMillis(17210 * us), "17.21 ms"},
		{format.ExactMillis(5 * us), "0.01 ms"},
		{format.ExactMillis(-17210 * us), "-17.21 ms"},
		{format.Age(-time.Hour), "<10s"},
		{format.Age(9999 * ms), "<10s"},
		{format.Age(10 * s), "10s"},
		{format.Age(119 * s), "110s"},
		{format.Age(120 * s), "2m"},
		{format.Age(119 * time.Minute), "119m"},
		{format.Age(2 * time.Hour), "2h"},
		{format.Age(50 * time.Hour), "2d"},
		{format.Span(15 * time.Minute), "15m"},
		{format.Span(time.Hour), "1h"},
		{format.Span(90 * time.Minute), "1h30m"},
		{format.Span(24 * time.Hour), "1d"},
		{format.Span(30 * s), "30s"},
		{format.Span(ms), "<1s"},
		{format.Span(-s), "0m"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestMoney(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{format.USD(0), "$0"},
		{format.USD(1284.1), "$1,284.10"},
		{format.USD(0.42), "$0.42"},
		{format.USD(0.0996), "$0.10"},
		{format.USD(0.0042), "$0.0042"},
		{format.USD(0.0000513), "$0.0000513"},
		{format.USD(1e-12), "<$0.0000001"},
		{format.USD(-310), "-$310.00"},
		{format.USD(math.NaN()), "?"},
		{format.USDShort(0.00004), "<$0.0001"},
		{format.USDShort(0.00012), "$0.0001"},
		{format.USDShort(2.714), "$2.71"},
		{format.USDShort(12_345_678), "$12.3M"},
		{format.PerInvocation(0.0000513), "$0.0000513"},
		{format.PerInvocation(0.0000002), "$0.0000002"},
		{format.PerInvocation(1e-9), "<$0.0000001"},
		{format.PerInvocation(0), "$0.0000000"},
		{format.Amount(3.214), "3.21"},
		{format.Amount(0.001), "<0.01"},
		{format.Amount(0), "0.00"},
		{format.Amount(1204.55), "1,205"},
		{format.Amount(12_345_678), "12.3M"},
		{format.Amount(math.Inf(1)), "?"},
		{format.USDWhole(3310.49), "$3,310"},
		{format.USDWhole(42.1), "$42.10"},
		{format.USDWhole(math.Inf(1)), "?"},
		{format.Signed(0), ""},
		{format.Signed(0.004), "~0"},
		{format.Signed(1234.5), "+1,234.50"},
		{format.Signed(-0.35), "-0.35"},
		{format.USDChange(96), "+$96.00"},
		{format.USDChange(-0.3), "-$0.30"},
		{format.USDChange(0.001), "~$0"},
		{format.Cents(0), "0.00"},
		{format.Cents(1204.554), "1,204.55"},
		{format.Cents(0.004), "<0.01"},
		{format.Cents(-0.004), "-<0.01"},
		{format.Cents(-3.128), "-3.13"},
		{format.Cents(12_345_678), "12.3M"},
		{format.Cents(math.NaN()), "?"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestClock(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 3, 21, 480e6, time.UTC)
	for _, c := range []struct{ got, want string }{
		{format.Clock(at), "14:03:21.480"},
		{format.ClockSeconds(at), "14:03:21"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestUSDPerHour(t *testing.T) {
	for x, want := range map[float64]string{0: "$0.00/h", 0.0011: "<$0.01/h", 0.0049: "<$0.01/h", 0.005: "$0.01/h", 0.078: "$0.08/h", 1234.5: "$1,234.50/h"} {
		if got := format.USDPerHour(x); got != want {
			t.Errorf("%g is %s, want %s", x, got, want)
		}
	}
}
