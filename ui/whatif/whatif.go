// Package whatif writes what could be set otherwise: what is set, and what that
// is worth in dollars a month and in the time of a request.
package whatif

import (
	"math"
	"time"

	"fntop/sources/spending"
	"fntop/ui/format"
)

// Worth is the USD a month that an option is taken to save: the middle between
// its ends, 0 where they are not known.
func Worth(o spending.Option) float64 {
	low, high, ok := ends(o)
	if !ok {
		return 0
	}
	return -(low + high) / 2
}

func ends(o spending.Option) (low, high float64, ok bool) {
	low, okLow := o.Low.Get()
	high, okHigh := o.High.Get()
	return low, high, okLow && okHigh && !math.IsNaN(low+high)
}

// What is what an option sets.
func What(o spending.Option) string {
	switch o.Setting {
	case spending.SetLogs:
		return "half logs"
	case spending.SetSnapStart:
		return "SnapStart"
	case spending.SetMemory, spending.SetARM, spending.SetProvisioned:
	}
	return o.To
}

// Short is an option in a few words: "arm64 -$22.77", and "512 MB to -$145"
// where it is anything from nothing to that.
func Short(o spending.Option) string {
	low, high, ok := ends(o)
	switch {
	case !ok:
		return What(o) + " " + format.Unknown
	case rough(low) == rough(high):
		return What(o) + " " + rough(low)
	case high == 0:
		return What(o) + " to " + rough(low)
	}
	return What(o) + " " + rough(low) + " to " + rough(high)
}

// rough is an amount with its sign, without cents from ten dollars on.
func rough(x float64) string {
	switch abs := math.Abs(x); {
	case abs < 0.005:
		return "$0"
	case abs < 9.995 || !(abs < 1e15):
		return format.USDChange(x)
	case x > 0:
		return "+$" + format.Int(int64(math.Round(abs)))
	default:
		return "-$" + format.Int(int64(math.Round(abs)))
	}
}

// Month is what an option costs more a month, in dollars without the sign:
// "-22.77", "-144.66 to 0".
func Month(o spending.Option) string {
	low, high, ok := ends(o)
	switch {
	case !ok:
		return format.Unknown
	case low == high:
		return amount(low)
	}
	return amount(low) + " to " + amount(high)
}

func amount(x float64) string {
	if x == 0 {
		return "0"
	}
	return format.Signed(x)
}

// Latency is what a request takes longer: "+200ms", "0 to +328ms"; "" where it
// is not told, or the same.
func Latency(o spending.Option) string {
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

// Same tells that a request takes as long as before.
func Same(o spending.Option) bool {
	return o.Setting == spending.SetLogs || o.Faster.Known() && Latency(o) == ""
}

func later(d time.Duration) string {
	switch {
	case d == 0:
		return "0"
	case d > 0:
		return "+" + format.Duration(d)
	}
	return format.Duration(d)
}
