package world

import (
	"slices"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/demo"
)

// TestTriggersFitTheOrigin checks that what invokes a function is of the kind
// that its traffic is simulated as, and that nothing invokes what gets none.
func TestTriggersFitTheOrigin(t *testing.T) {
	fits := map[origin][]demo.TriggerKind{
		fromAPI:      {demo.TriggerAPIGateway, demo.TriggerURL, demo.TriggerALB},
		fromEvent:    {demo.TriggerS3, demo.TriggerSNS, demo.TriggerEventBridge},
		fromSchedule: {demo.TriggerEventBridge},
		fromQueue:    {demo.TriggerSQS},
		fromStream:   {demo.TriggerKinesis, demo.TriggerDynamoDB},
	}
	asOf := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	for _, seed := range []uint64{0, 1, 7} {
		w := New(Config{Seed: seed, Functions: 2000})
		sources, ids := map[string]string{}, map[string]bool{}
		for _, f := range w.functions {
			triggers := w.triggersOf(f, asOf.UnixMilli())
			silent := f.rate == 0 && f.pattern == random
			for _, trigger := range triggers {
				if silent != (trigger.State == demo.TriggerDisabled) || !silent && !slices.Contains(fits[f.origin], trigger.Kind) {
					t.Errorf("%s, origin %d, rate %v: %+v", f.name, f.origin, f.rate, trigger)
				}
				if (trigger.Mapping != nil) != trigger.Kind.Polled() || (trigger.Rule != nil && trigger.Rule.Schedule != "") != (f.origin == fromSchedule) ||
					(trigger.Qualifier != "") != (f.configAt(asOf.UnixMilli()).version != "$LATEST") || trigger.Modified.After(asOf) {
					t.Errorf("%s: %+v", f.name, trigger)
				}
				key := f.regionName() + trigger.Source
				if other := sources[key]; other != "" {
					t.Errorf("%s and %s share %s", f.name, other, trigger.Source)
				}
				sources[key] = f.name
				if trigger.Mapping != nil && ids[trigger.ID] {
					t.Errorf("%s: the mapping's UUID %s comes again", f.name, trigger.ID)
				}
				ids[trigger.ID] = true
			}
			if f.origin != fromAPI && len(triggers) != 1 {
				t.Errorf("%s, origin %d: %d triggers", f.name, f.origin, len(triggers))
			}
		}
	}
}

// TestNamedResourcesFit checks that what sends to a function is what another
// one's calls name.
func TestNamedResourcesFit(t *testing.T) {
	w := New(Config{})
	for _, f := range w.functions {
		for _, c := range f.calls {
			if c.service == "SQS" {
				queue := c.resource[len("https://sqs.us-east-1.amazonaws.com/123456789012/"):]
				if !slices.ContainsFunc(w.functions, func(g *function) bool { return g.sender.via == viaQueue && g.sender.name == queue && g.up == f }) {
					t.Errorf("%s sends to %s, which nobody reads", f.name, queue)
				}
			}
		}
		if f.sender.via == viaBucket && !slices.ContainsFunc(f.calls, func(c call) bool {
			return c.service == "S3" && c.operation == "GetObject" && c.resource == f.sender.name
		}) {
			t.Errorf("%s is invoked by %s, which it does not read", f.name, f.sender.name)
		}
	}
}

// TestDeedsInAnyWay checks that the changes newest first, those of a span and
// those that the catalogue tells of are the same.
func TestDeedsInAnyWay(t *testing.T) {
	from, to := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).UnixMilli(), time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC).UnixMilli()
	for _, seed := range []uint64{1, 2} {
		w := New(Config{Seed: seed, Functions: 100})
		ids := map[string]bool{}
		last := to
		for d := range deedsBefore(w.functions, from, to) {
			if d.at() > last || d.at() < from || ids[d.id()] {
				t.Fatalf("%s of %s at %d after %d", d.api.event, d.f.name, d.at(), last)
			}
			last = d.at()
			ids[d.id()] = true
			if d.delivered() < d.at()+minuteMS {
				t.Errorf("%s is delivered after %d ms", d.api.event, d.delivered()-d.at())
			}
			switch d.api.kind {
			case demo.ChangeCode, demo.ChangeConfiguration, demo.ChangeCreate:
				if modified := d.f.source(d.f.effective(d.c)).LastModified.UnixMilli(); modified != d.at() {
					t.Errorf("%s: %s at %d, last modified %d", d.f.name, d.api.event, d.at(), modified)
				}
			}
		}
		n := 0
		for _, f := range w.functions {
			for at := from; at < to; at += 7 * hourMS {
				for _, d := range f.deedsIn(at, min(to, at+7*hourMS)) {
					if n++; !ids[d.id()] {
						t.Errorf("%s of %s at %d is only in its span", d.api.event, f.name, d.at())
					}
				}
			}
		}
		if n != len(ids) || n < 500 {
			t.Errorf("%d in spans, %d newest first", n, len(ids))
		}
	}
}

// TestAsyncMetricsAddUp checks that the metrics of the events that a trigger
// sends follow from the invocations.
func TestAsyncMetricsAddUp(t *testing.T) {
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	end, asOf := start.Add(20*time.Minute), start.Add(time.Hour)
	w := New(Config{Seed: 3})
	told := tell(w, start, end)
	for _, f := range w.functions {
		if !f.origin.async() {
			continue
		}
		var first, dropped float64
		for _, r := range told.invocations[f.regionName()+"/"+f.name] {
			if r.Attempt == 1 {
				first++
			}
			if r.Attempt == attempts && r.Outcome != string(sources.OK) {
				dropped++
			}
		}
		for metric, want := range map[sources.Metric]float64{metricAsyncReceived: first, metricAsyncDropped: dropped} {
			var sum float64
			for _, p := range w.Metric(f.regionName(), f.name, metric, []sources.Stat{sources.StatSum}, time.Minute, start, end, asOf)[0] {
				sum += p.Value
			}
			if sum != want {
				t.Errorf("%s: %s %v, truth %v", f.name, metric, sum, want)
			}
		}
	}
}

// TestLimitsOfTriggersHold checks that no more runs at once than a mapping
// lets through: its maximum, or the batches of the eight shards that the logs
// name.
func TestLimitsOfTriggersHold(t *testing.T) {
	end := time.Date(2026, 11, 23, 19, 0, 0, 0, time.UTC)
	limited := 0
	w := New(Config{Seed: 2})
	for key, rec := range tell(w, end.Add(-12*time.Minute), end).functions {
		for _, trigger := range w.Triggers(rec.Region, rec.Function, end) {
			if trigger.Mapping == nil {
				continue
			}
			most := int64(trigger.Mapping.MaxConcurrency + 8*trigger.Mapping.Parallel)
			if most == 0 {
				continue
			}
			if limited++; rec.ConcurrencyMax > most || rec.Invocations == 0 {
				t.Errorf("%s: %d at once, %d are let through; %d invocations", key, rec.ConcurrencyMax, most, rec.Invocations)
			}
		}
	}
	if limited < 4 {
		t.Errorf("%d mappings with a limit", limited)
	}
}

// TestLastResult checks that a mapping tells how the last batch went, at once
// when it has ended.
func TestLastResult(t *testing.T) {
	from := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC).UnixMilli()
	w := New(Config{Seed: 1})
	f := w.byName[euWest]["inventory-sync"]
	problems := 0
	w.chunksIn(f, from, from+2*hourMS, func(c *chunk) bool {
		for i := range c.records {
			r := &c.records[i]
			if !r.failed() {
				continue
			}
			alone := true // nothing else ended in the same millisecond
			for k := range c.records {
				alone = alone && (k == i || ceilMS(c.records[k].end()) != ceilMS(r.end()))
			}
			if alone {
				problems++
				if got := w.lastResult(f, ceilMS(r.end())); got != "PROBLEM: Function call failed" {
					t.Errorf("after a failure at %d: %s", r.at, got)
				}
			}
		}
		return true
	})
	if problems == 0 {
		t.Error("nothing failed")
	}
	if got := w.lastResult(f, worldBegins); got != "OK" && got != "No records processed" {
		t.Errorf("at the beginning: %s", got)
	}
	silent := newFunction(1, 0, &spec{name: "silent", runtime: &python313, timeout: 3, median: 5, memory: 128, origin: fromStream, deploys: f.deploys}, newWeeks())
	if got := w.lastResult(silent, from); got != "No records processed" {
		t.Errorf("without traffic: %s", got)
	}
}
