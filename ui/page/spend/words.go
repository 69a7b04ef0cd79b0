package spend

import (
	"math"
	"time"

	"fntop/sources"
	"fntop/sources/spending"
	"fntop/ui/format"
)

// signed is an amount with its sign, "" for none. ASCII.
func signed(x float64) string {
	switch {
	case x == 0:
		return ""
	case math.Abs(x) < 0.005:
		return "~0"
	case x > 0:
		return "+" + format.Cents(x)
	}
	return format.Cents(x)
}

// change is an amount of dollars with its sign and cents: "+$96.00", "-$0.30",
// "~$0".
func change(x float64) string {
	switch {
	case math.Abs(x) < 0.005:
		return "~$0"
	case x > 0:
		return "+$" + format.Cents(x)
	}
	return "-$" + format.Cents(-x)
}

// rough is change without cents from ten dollars on, for narrow places.
func rough(x float64) string {
	switch abs := math.Abs(x); {
	case abs < 0.005:
		return "$0"
	case abs < 9.995 || !(abs < 1e15):
		return change(x)
	case x > 0:
		return "+$" + format.Int(int64(math.Round(abs)))
	default:
		return "-$" + format.Int(int64(math.Round(abs)))
	}
}

// what is what an option sets.
func what(o spending.Option) string {
	switch o.Setting {
	case spending.SetLogs:
		return "half logs"
	case spending.SetSnapStart:
		return "SnapStart"
	case spending.SetMemory, spending.SetARM, spending.SetProvisioned:
	}
	return o.To
}

// short is an option in a few words: "arm64 -$22.77", and "512 MB to -$145"
// where it is anything from nothing to that.
func short(o spending.Option) string {
	low, ok := o.Low.Get()
	high, known := o.High.Get()
	switch {
	case !ok || !known:
		return what(o) + " " + format.Unknown
	case rough(low) == rough(high):
		return what(o) + " " + rough(low)
	case high == 0:
		return what(o) + " to " + rough(low)
	}
	return what(o) + " " + rough(low) + " to " + rough(high)
}

// latency is what a request takes longer: "+200ms", "0 to +328ms"; "" where it
// is not told or the same.
func latency(o spending.Option) string {
	faster, ok := o.Faster.Get()
	slower, known := o.Slower.Get()
	switch {
	case !ok || !known || faster == 0 && slower == 0:
		return ""
	case later(faster) == later(slower):
		return later(faster)
	}
	return later(faster) + " to " + later(slower)
}

func later(d time.Duration) string {
	switch {
	case d == 0:
		return "0"
	case d > 0:
		return "+" + format.Duration(d)
	}
	return "-" + format.Duration(max(-d, 0))
}

// several counts things in words.
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return format.Int(int64(n)) + " " + thing + "s"
}

// figure is an amount that may be unknown.
func figure(usd sources.Opt[float64]) string { return format.Opt(usd, format.USD) }
