package spending_test

import (
	"math"
	"testing"

	"fntop/sources"
	"fntop/sources/spending"
)

// options are those of the first function, by setting and what it would be.
func options(usage spending.Usage) map[string]spending.Option {
	all := make(map[string]spending.Option)
	for _, o := range spending.WhatIf(usage, 0) {
		all[string(o.Setting)+" "+o.To] = o
	}
	return all
}

// TestWhatIfOnProvisionedConcurrency: what is kept ready costs as its memory and
// its architecture do, and what runs on it is priced as such.
func TestWhatIfOnProvisionedConcurrency(t *testing.T) {
	fn := function("1", "us-east-1", "f")
	fn.MemoryMB = 2048
	usage := sampled(read(t, &steady{requests: 3600, ms: 99.5}, fn), spending.Sample{Requests: 1, MaxMemoryMB: sources.Some(100)})
	used := &usage.Used[0]
	copy(used.Provisioned, used.Requests)
	used.Kept = sources.Some(10)
	const ready, run, cold = 10 * 2 * 730 * 3600 * 0.0000041667, 730 * 360 * 2 * 0.0000097222, 730 * 360 * 2 * 0.0000166667
	const arm = ready*(0.0000033334/0.0000041667-1) + run*(0.0000077778/0.0000097222-1)
	for what, want := range map[string][2]float64{
		"memory 1024 MB": {-(ready + run) / 2, cold - run - ready/2},
		"memory 4096 MB": {ready, ready + run},
		"arm64 arm64":    {arm, arm},
	} {
		o, ok := options(usage)[what]
		low, high := o.Low.Or(math.NaN()), o.High.Or(math.NaN())
		if !ok || !(math.Abs(low-want[0]) < 1e-3*ready) || !(math.Abs(high-want[1]) < 1e-3*ready) {
			t.Errorf("%s: %v to %v, want %v", what, low, high, want)
		}
	}
	// What is kept is not known: neither is what it would cost otherwise.
	used.Kept = sources.Opt[int]{}
	for _, what := range []string{"memory 1024 MB", "memory 4096 MB", "arm64 arm64"} {
		if o, ok := options(usage)[what]; !ok || o.Low.Known() || o.High.Known() {
			t.Errorf("%s: %v to %v", what, o.Low, o.High)
		}
	}
}
