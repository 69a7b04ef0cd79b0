package spend

import (
	"fntop/sources"
	"fntop/ui/format"
)

// several counts things in words.
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return format.Int(int64(n)) + " " + thing + "s"
}

// doneOf says how far a reading has come: "1,200 of 2,000 functions".
func doneOf(done, of int) string {
	return format.Int(int64(done)) + " of " + several(of, "function")
}

// figure is an amount that may be unknown.
func figure(usd sources.Opt[float64]) string { return format.Opt(usd, format.USD) }
