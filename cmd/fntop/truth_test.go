package main

import (
	"context"
	"math"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"fntop/sources"
	"fntop/sources/aws"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
	"fntop/sources/engine"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
	"fntop/sources/pricing"
)

// cloud is the demo cloud behind a loopback server, and an engine on it whose
// clock stands at one moment, so that everything before it is final.
type cloud struct {
	world  *world.World
	server *demo.Server
	engine *engine.Engine
	meter  *meter.Meter
}

// at is a clock that starts at a moment of the past and runs like the wall's.
type at struct {
	engine.Wall
	offset time.Duration
}

func (c at) Now() time.Time { return c.Wall.Now().Add(c.offset) }

func overTheWire(t *testing.T, moment time.Time, seed uint64, faults demo.Faults) cloud {
	t.Helper()
	return overTheWireOn(t, at{offset: time.Until(moment)}, seed, faults)
}

// overTheWireOn is overTheWire on a clock of the caller's.
func overTheWireOn(t *testing.T, clock engine.Clock, seed uint64, faults demo.Faults) cloud {
	t.Helper()
	c := cloud{world: world.New(world.Config{Seed: seed, Price: pricing.OnCapacity})}
	c.server = demo.NewServer(demo.ServerConfig{Model: c.world, Now: clock.Now, Faults: faults})
	server := httptest.NewServer(c.server)
	t.Cleanup(server.Close)
	c.meter = meter.New(clock.Now, pricing.Call)
	places := aws.Places(t.Context(), aws.Options{
		Regions: c.world.Regions(), EndpointURL: server.URL, Meter: c.meter,
		Credentials: credentials.NewStaticCredentialsProvider("AKIATEST", "test", ""),
		Now:         clock.Now,
	})
	c.engine = engine.New(engine.Config{
		Places: places, Clock: clock, Bill: c.meter.Bill,
		Price: func(fn sources.Function, u fleet.Usage) (float64, bool) {
			return pricing.Usage(fn, u.Invocations, u.Billed)
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.engine.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return c
}

func settled(t *testing.T, v *engine.Viewer, d poll.Demand) *fleet.Snapshot {
	t.Helper()
	n := v.Want(d)
	timeout := time.NewTimer(2 * time.Minute)
	defer timeout.Stop()
	for {
		select {
		case s, ok := <-v.Updates():
			if !ok {
				t.Fatal("the engine ended")
			}
			if s.Demand >= n && s.Settled {
				return s
			}
		case <-timeout.C:
			t.Fatal("not settled after two minutes")
		}
	}
}

// TestFunctionsAgreeWithTheTruth asks for everything over an hour through the
// real SDK clients, and holds it against what the demo cloud says happened.
func TestFunctionsAgreeWithTheTruth(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 30, 0, 0, time.UTC)
	window := sources.Window{Since: time.Hour, Until: now.Add(-30 * time.Minute)}
	c := overTheWire(t, now, 7, demo.Faults{})
	v := c.engine.View()
	defer v.Close()
	snap := settled(t, v, poll.Demand{Catalogue: true, Window: window})
	var rows []sources.FunctionID
	for i := range snap.Len() {
		rows = append(rows, snap.Function(i).ID)
	}
	if len(rows) < 24 {
		t.Fatalf("%d functions, want at least 24", len(rows))
	}
	snap = settled(t, v, poll.Demand{Catalogue: true, Window: window, Rows: rows, Concurrency: true})
	checked := 0
	told := make(map[string]*told)
	for record := range c.world.Truth(window.Until.Add(-window.Since), window.Until) {
		truth, ok := record.(*world.FunctionRecord)
		if !ok {
			note(told, record)
			continue
		}
		fn := snap.Get(sources.FunctionID{Cloud: sources.AWS, Account: truth.Account, Region: truth.Region, Name: truth.Function})
		if fn == nil {
			t.Errorf("%s is not listed", truth.Function)
			continue
		}
		checked++
		compareRow(t, truth, fn, fn.Row(window), told[truth.Region+"/"+truth.Function])
	}
	if checked != len(rows) {
		t.Errorf("%d functions are true, %d are listed", checked, len(rows))
	}
}

// told is what the log and the configuration tell of a function, of which its
// figures are made: a cold start after a crash leaves no init in the log, the
// memory of the past is not in the configuration of today, and neither is
// provisioned concurrency.
type told struct {
	inits        []float64 // milliseconds, as reports show them
	reconfigured bool
}

func note(all map[string]*told, record world.Record) {
	of := func(p world.Place) *told {
		key := p.Region + "/" + p.Function
		if all[key] == nil {
			all[key] = new(told)
		}
		return all[key]
	}
	switch r := record.(type) {
	case *world.InvocationRecord:
		if r.InitMS != nil {
			of(r.Place).inits = append(of(r.Place).inits, *r.InitMS)
		} else if r.RestoreMS != nil {
			of(r.Place).inits = append(of(r.Place).inits, *r.RestoreMS)
		}
	case *world.ChangeRecord:
		of(r.Place).reconfigured = true
	}
}

// quantile interpolates between the closest ranks.
func quantile(values []float64, p float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	pos := p * float64(len(values)-1)
	i := int(pos)
	next := min(i+1, len(values)-1)
	return new(values[i] + (pos-float64(i))*(values[next]-values[i]))
}

func compareRow(t *testing.T, truth *world.FunctionRecord, fn *fleet.Function, row fleet.Row, log *told) {
	t.Helper()
	name := truth.Function
	if log == nil {
		log = new(told)
	}
	count := func(what string, got sources.Opt[int64], want int64) {
		if v, ok := got.Get(); !ok || v != want {
			t.Errorf("%s: %s %d (known %v), truth %d", name, what, v, ok, want)
		}
	}
	count("invocations", row.Invocations, truth.Invocations)
	count("errors", row.Errors, truth.Errors)
	count("throttles", row.Throttles, truth.Throttles)
	count("cold starts", row.ColdStarts, int64(len(log.inits)))
	millis := func(what string, got sources.Opt[time.Duration], want *float64, tolerance float64) {
		d, ok := got.Get()
		if ok != (want != nil) {
			t.Errorf("%s: %s known %v, truth known %v", name, what, ok, want != nil)
			return
		}
		if ok && math.Abs(float64(d)/1e6-*want) > tolerance*max(*want, 1) {
			t.Errorf("%s: %s %v, truth %vms", name, what, d, *want)
		}
	}
	millis("average", row.Average, truth.AverageMS, 1e-6)
	millis("p50", row.P50, truth.P50MS, 1e-6)
	millis("p95", row.P95, truth.P95MS, 1e-6)
	millis("p99", row.P99, truth.P99MS, 1e-6)
	millis("init p50", row.InitP50, quantile(log.inits, 0.50), 1e-6)
	millis("init p95", row.InitP95, quantile(log.inits, 0.95), 1e-6)
	provisioned := name == "fraud-score"
	if truth.CostUSD != nil && truth.Invocations > 0 && !log.reconfigured && !provisioned {
		usd, ok := row.CostUSD.Get()
		if !ok || math.Abs(usd-*truth.CostUSD) > 0.01**truth.CostUSD {
			t.Errorf("%s: cost %v (known %v), truth %v", name, usd, ok, *truth.CostUSD)
		}
	}
	if fn.Config.MemoryMB != truth.MemoryMB || fn.Config.LogGroup != truth.LogGroup || fn.Config.ARN != truth.ARN {
		t.Errorf("%s: configuration %+v", name, fn.Config)
	}
}

// TestInvocationsAgreeWithTheTruth reads the platform log of every function
// over ten minutes, and holds each invocation against what happened.
func TestInvocationsAgreeWithTheTruth(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 30, 0, 0, time.UTC)
	window := sources.Window{Since: 10 * time.Minute, Until: now.Add(-20 * time.Minute)}
	c := overTheWire(t, now, 3, demo.Faults{})
	v := c.engine.View()
	defer v.Close()
	snap := settled(t, v, poll.Demand{Catalogue: true, Window: window})
	d := poll.Demand{Catalogue: true, Window: window}
	for i := range snap.Len() {
		d.Focus = append(d.Focus, poll.Focus{Function: snap.Function(i).ID, Invocations: true, Window: window})
	}
	snap = settled(t, v, d)
	type key struct{ region, function, request, start string }
	from := window.Until.Add(-window.Since)
	got := make(map[key]sources.Invocation)
	for _, f := range d.Focus {
		for _, inv := range snap.Get(f.Function).Invocations {
			if start, ok := inv.Start.Get(); ok && !start.Before(from) && start.Before(window.Until) {
				got[key{f.Function.Region, f.Function.Name, inv.RequestID, start.Format("2006-01-02T15:04:05.000Z")}] = inv
			}
		}
	}
	n := 0
	for record := range c.world.Truth(from, window.Until) {
		truth, ok := record.(*world.InvocationRecord)
		if !ok {
			continue
		}
		n++
		inv, ok := got[key{truth.Region, truth.Function, truth.RequestID, truth.Time}]
		if !ok {
			t.Fatalf("%s %s at %s is not known", truth.Function, truth.RequestID, truth.Time)
		}
		ms := func(d sources.Opt[time.Duration]) float64 { return float64(d.Or(-1)) / 1e6 }
		if math.Abs(ms(inv.Duration)-truth.DurationMS) > 1e-9 || ms(inv.Billed) != float64(truth.BilledMS) ||
			inv.Cold.Or(!truth.Cold) != truth.Cold || string(inv.Outcome) != truth.Outcome ||
			inv.Attempt > truth.Attempt || // runs before the window are not known

			inv.Environment != truth.Environment || inv.Sampled != truth.Sampled || inv.MaxMemoryMB.Or(-1) != truth.MaxMemoryMB {
			t.Errorf("%s %s: %+v, truth %+v", truth.Function, truth.RequestID, inv, *truth)
		}
	}
	if n != len(got) || n < 10_000 {
		t.Errorf("%d invocations happened, %d are known", n, len(got))
	}
}
