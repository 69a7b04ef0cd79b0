// Package pricing joins what the clouds tell of functions and invocations to
// the price lists of package cost.
package pricing

import (
	"cmp"
	"strings"
	"time"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/meter"
)

// initBilledSince is when AWS Lambda began to bill the init phase of zip
// packages on managed runtimes ("AWS Lambda standardizes billing for INIT
// Phase", AWS Compute Blog).
func initBilledSince() time.Time { return time.Date(2025, 8, 1, 0, 0, 0, 0, time.UTC) }

// Invocation prices one invocation of a function. Memory and region are those
// of the invocation, else the function's; architecture and ephemeral storage
// are the function's of today. ok is false when what it used, or the
// price of that, is not known: a report without a billed duration and without
// memory is one of managed instances, which are not billed by invocation
// (Lambda Developer Guide, "Telemetry API Event schema reference").
func Invocation(inv sources.Invocation, fn sources.Function) (p cost.InvocationPrice, ok bool) {
	in, ok := invocationInput(inv, fn)
	if !ok {
		return p, false
	}
	p, err := cost.Invocation(in)
	return p, err == nil && p.Total.Known()
}

func invocationInput(inv sources.Invocation, fn sources.Function) (in cost.InvocationInput, ok bool) {
	in = input(fn)
	in.Region = cmp.Or(inv.Function.Region, in.Region)
	in.MemoryMB = inv.MemoryMB.Or(fn.MemoryMB)
	in.Billed, in.Duration, in.Init = inv.Billed.Or(0), inv.Duration.Or(0), inv.Init.Or(0)
	in.BilledRestore = inv.BilledRestore.Or(0)
	if at, known := inv.Start.Get(); known && at.Before(initBilledSince()) && fn.PackageType == sources.PackageZip && !strings.HasPrefix(fn.Runtime, "provided") {
		in.FreeInit = true
	}
	ok = in.MemoryMB != 0 && in.Region != "" && in.Arch != "" &&
		(in.Billed != 0 || inv.Duration.Known() && (inv.MemoryMB.Known() || in.Capacity == cost.OnManagedInstances))
	return in, ok
}

// OnCapacity is the price of one invocation in dollars, told on what it ran:
// provisioned concurrency has a price of its own.
func OnCapacity(fn sources.Function, inv sources.Invocation, provisioned bool) (usd float64, ok bool) {
	in, ok := invocationInput(inv, fn)
	if !ok {
		return 0, false
	}
	if provisioned {
		in.Capacity = cost.OnProvisioned
	}
	p, err := cost.Invocation(in)
	if err != nil {
		return 0, false
	}
	return p.Total.Float64()
}

// USD is the price of one invocation in dollars.
func USD(inv sources.Invocation, fn sources.Function) (float64, bool) {
	p, ok := Invocation(inv, fn)
	if !ok {
		return 0, false
	}
	return p.Total.Float64()
}

// Explain is the arithmetic of the price of one invocation, a step a line.
func Explain(inv sources.Invocation, fn sources.Function) []string {
	p, ok := Invocation(inv, fn)
	if !ok {
		return nil
	}
	var lines []string
	for _, l := range p.Explain() {
		lines = append(lines, strings.ReplaceAll(l.Component, "_", " ")+"  "+l.Text)
	}
	return lines
}

// Usage prices a number of invocations of a function that were billed for so
// much time together, at first-tier prices before the free tier. ok is false
// when the price is not known.
func Usage(fn sources.Function, invocations int64, billed time.Duration) (usd float64, ok bool) {
	one, okOne := billedFor(fn, time.Millisecond)
	two, okTwo := billedFor(fn, 2*time.Millisecond)
	if !okOne || !okTwo {
		return 0, false
	}
	perMS := two - one
	ms := float64(billed) / float64(time.Millisecond)
	return float64(invocations)*(one-perMS) + ms*perMS, true
}

func billedFor(fn sources.Function, billed time.Duration) (float64, bool) {
	in := input(fn)
	in.Billed, in.Duration = billed, billed
	p, err := cost.Invocation(in)
	if err != nil {
		return 0, false
	}
	return p.Total.Float64()
}

func input(fn sources.Function) cost.InvocationInput {
	in := cost.InvocationInput{
		Region: fn.ID.Region, Arch: cost.Arch(fn.Architecture), MemoryMB: fn.MemoryMB, EphemeralMB: fn.EphemeralMB,
		Java: strings.HasPrefix(fn.Runtime, "java"),
	}
	if fn.ManagedInstances {
		in.Capacity = cost.OnManagedInstances
	}
	return in
}

// Call is what a call of a cloud's API costs, for a meter.
func Call(c meter.Call) float64 {
	p, ok := cost.APIPrice(c.Op)
	if !ok {
		return 0
	}
	usd, _ := p.Of(cost.CallUse{Requests: 1, Metrics: c.Metrics, Traces: c.Traces, Live: c.Live}).Float64()
	return usd
}

// MetricUSD is the price of one billed metric of GetMetricData.
func MetricUSD() float64 {
	return Call(meter.Call{Op: "cloudwatch:GetMetricData", Metrics: 1})
}
