package pricing

import (
	"math"
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
)

func function() sources.Function {
	return sources.Function{
		ID:           sources.FunctionID{Cloud: sources.AWS, Account: "123456789012", Region: "us-east-1", Name: "f"},
		Architecture: sources.X86, MemoryMB: 1024, EphemeralMB: 512, Runtime: "python3.13", PackageType: sources.PackageZip,
	}
}

func invocation(at time.Time) sources.Invocation {
	return sources.Invocation{
		Start:    sources.Some(at),
		Duration: sources.Some(17210 * time.Microsecond), Init: sources.Some(80520 * time.Microsecond),
		MemoryMB: sources.Some(512),
	}
}

// perGBs and perRequest are the published prices of us-east-1 on x86_64.
const (
	perGBs     = 0.0000166667
	perRequest = 0.20 / 1e6
)

func TestInvocation(t *testing.T) {
	recent, old := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), time.Date(2025, 7, 31, 0, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		inv    sources.Invocation
		billed float64 // milliseconds at 512 MB
	}{
		"billed from the durations": {invocation(recent), 98},
		"before inits were billed":  {invocation(old), 18},
		"the reported billed duration": {func() sources.Invocation {
			i := invocation(old)
			i.Billed = sources.Some(98 * time.Millisecond)
			return i
		}(), 98},
		"without a time it is billed today": {func() sources.Invocation { i := invocation(old); i.Start = sources.Opt[time.Time]{}; return i }(), 98},
	} {
		t.Run(name, func(t *testing.T) {
			usd, ok := USD(tc.inv, function())
			if want := perRequest + tc.billed/1000*0.5*perGBs; !ok || math.Abs(usd-want) > 1e-12 {
				t.Errorf("%v (known %v), want %v", usd, ok, want)
			}
			if lines := Explain(tc.inv, function()); len(lines) < 3 || !strings.HasPrefix(lines[len(lines)-1], "total") {
				t.Errorf("explained as %q", lines)
			}
		})
	}
}

func TestUnknownPrices(t *testing.T) {
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	nowhere, noArch, noMemory := function(), function(), function()
	nowhere.ID.Region, noArch.Architecture, noMemory.MemoryMB = "mars-north-1", "", 0
	bare := sources.Invocation{Duration: sources.Some(time.Second)}
	if _, ok := USD(invocation(at), nowhere); ok {
		t.Error("a region without a price list has a price")
	}
	if _, ok := Usage(nowhere, 1, time.Second); ok {
		t.Error("usage in a region without a price list has a price")
	}
	if _, ok := USD(invocation(at), noArch); ok {
		t.Error("an unknown architecture has a price")
	}
	if _, ok := USD(bare, noMemory); ok {
		t.Error("unknown memory has a price")
	}
	managed := sources.Invocation{Duration: sources.Some(1000148 * time.Microsecond), Outcome: sources.OK}
	if usd, ok := USD(managed, function()); ok {
		t.Errorf("a report without a bill costs %v", usd)
	}
	if _, ok := USD(sources.Invocation{Outcome: sources.Running}, function()); ok {
		t.Error("a running invocation has a price")
	}
	if lines := Explain(invocation(at), nowhere); lines != nil {
		t.Errorf("an unknown price is explained: %q", lines)
	}
}

func TestUsageIsTheSum(t *testing.T) {
	fn := function()
	fn.EphemeralMB = 2048
	sum := 0.0
	for i := range 1000 {
		inv := sources.Invocation{Billed: sources.Some(time.Duration(i+1) * time.Millisecond), Duration: sources.Some(time.Duration(i+1) * time.Millisecond)}
		usd, ok := USD(inv, fn)
		if !ok {
			t.Fatal("no price")
		}
		sum += usd
	}
	usd, ok := Usage(fn, 1000, 500500*time.Millisecond)
	if !ok || math.Abs(usd-sum) > 1e-12 {
		t.Errorf("usage costs %v (known %v), its invocations %v", usd, ok, sum)
	}
}

func TestProvisionedIsCheaper(t *testing.T) {
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	on, okOn := OnCapacity(function(), invocation(at), false)
	provisioned, okProvisioned := OnCapacity(function(), invocation(at), true)
	if want := perRequest + 0.098*0.5*0.0000097222; !okOn || !okProvisioned || math.Abs(provisioned-want) > 1e-12 || provisioned >= on {
		t.Errorf("on demand %v, provisioned %v, want %v", on, provisioned, want)
	}
}

func TestCall(t *testing.T) {
	for _, tc := range []struct {
		call meter.Call
		want float64
	}{
		{meter.Call{Op: "cloudwatch:GetMetricData", Metrics: 500}, 0.005},
		{meter.Call{Op: "logs:FilterLogEvents"}, 0},
		{meter.Call{Op: "lambda:ListFunctions"}, 0},
		{meter.Call{Op: "xray:BatchGetTraces", Traces: 5}, 2.5e-6},
		{meter.Call{Op: "nothing:Known"}, 0},
	} {
		if got := Call(tc.call); math.Abs(got-tc.want) > 1e-15 {
			t.Errorf("%s costs %v, want %v", tc.call.Op, got, tc.want)
		}
	}
	if got := MetricUSD(); math.Abs(got-1e-5) > 1e-15 {
		t.Errorf("a metric costs %v", got)
	}
}
