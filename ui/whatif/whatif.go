// Package whatif writes what could be set otherwise: what is set, and what that
// is worth in dollars a month and in the time of a request.
package whatif

import (
	"cmp"
	"math"
	"time"

	"fntop/sources/spending"
	"fntop/ui/format"
)

// leastShown is half a cent: what is less is nothing to a person.
const leastShown = 0.005

// Sure is the USD a month that an option saves whatever holds: 0 where it may
// save nothing, and where its ends are not known.
func Sure(o spending.Option) float64 {
	if low, high, ok := ends(o); ok && max(low, high) <= -leastShown {
		return -max(low, high)
	}
	return 0
}

// Saves tells that an option saves something, or may.
func Saves(o spending.Option) bool {
	low, high, ok := ends(o)
	return ok && low+high <= -2*leastShown
}

// Compare puts the better of two options first: what saves most for sure, and
// after all that does what saves most if things go half as well as they may.
// What is not known comes last.
func Compare(a, b spending.Option) int {
	lowA, highA, okA := ends(a)
	lowB, highB, okB := ends(b)
	switch {
	case okA != okB && okA:
		return -1
	case okA != okB:
		return 1
	case !okA:
		return 0
	}
	return cmp.Or(cmp.Compare(Sure(b), Sure(a)), cmp.Compare(lowA+highA, lowB+highB))
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

// Short is an option in a few words: "arm64 -$22.77", and with both ends, the
// lesser first, where they differ: "512 MB $0 to -$145".
func Short(o spending.Option) string {
	low, high, ok := ends(o)
	switch {
	case !ok:
		return What(o) + " " + format.Unknown
	case rough(low) == rough(high):
		return What(o) + " " + rough(low)
	case low < 0 && high <= 0:
		return What(o) + " " + rough(high) + " to " + rough(low)
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
