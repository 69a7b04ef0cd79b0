package spending_test

import (
	"math"
	"testing"
	"time"

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

// TestBurstsOverflowWhatIsKeptReady replays hours of bursts on the environments
// of the option, and looks for the truth between its ends.
func TestBurstsOverflowWhatIsKeptReady(t *testing.T) {
	const ms, requests, hours = 500.0, 720.0, 730
	usage := sampled(read(t, &steady{requests: requests, ms: ms - 0.5}, function("1", "us-east-1", "f")), spending.Sample{
		Requests: 1000, Cold: 50, Init: 50 * time.Second,
	})
	o, ok := options(usage)["provisioned 1 kept ready"]
	if !ok {
		t.Fatalf("%+v", options(usage))
	}
	for _, burst := range []float64{1, 4, 20, requests} { // so many at once, the bursts apart
		kept, cold := requests/burst*ms, (requests-requests/burst)*ms // one of each burst finds room
		const compute, ready, run = 0.0000166667, 0.0000041667, 0.0000097222
		before := hours * (requests*ms/1000*compute + requests*0.05*compute)
		inits := requests * 0.05 * (1 - 1/burst) * compute
		after := hours * (3600*ready + kept/1000*run + cold/1000*compute + inits)
		low, high := o.Low.Or(math.NaN()), o.High.Or(math.NaN())
		if usd := after - before; !(low <= usd+1e-9) || !(usd <= high) || low == high {
			t.Errorf("bursts of %.0f: %v, the option is %v to %v", burst, usd, low, high)
		}
	}
}
