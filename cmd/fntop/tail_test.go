package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
	"fntop/sources/engine"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// fastAt is a clock that shows a moment at its begin and runs five times as
// fast as the wall's.
type fastAt struct {
	engine.Fast
	offset time.Duration
}

func newFastAt(moment time.Time) fastAt {
	now := time.Now()
	return fastAt{engine.Fast{Epoch: now, Speed: 5}, moment.Sub(now)}
}

func (c fastAt) Now() time.Time { return c.Fast.Now().Add(c.offset) }

// TestTailAgreesWithTheTruth follows three functions of the demo cloud, with a
// look back, for a minute of its time, and holds what is printed against what
// was logged: every line once, in the order in which they became readable.
func TestTailAgreesWithTheTruth(t *testing.T) {
	moment := time.Date(2026, 11, 23, 14, 30, 0, 0, time.UTC)
	clock := newFastAt(moment)
	c := overTheWireOn(t, clock, 7, demo.Faults{})
	v := c.engine.View()
	defer v.Close()
	snap := settled(t, v, poll.Demand{Catalogue: true})
	since := clock.Now().Add(-2 * time.Minute)
	var ids []sources.FunctionID
	for _, id := range functionIDs(snap) {
		if events, ok := c.world.Logs(id.Region, snap.Get(id).Config.LogGroup, since, clock.Now(), clock.Now()); ok && len(ids) < 3 {
			n := 0
			for range events {
				n++
			}
			if n > 50 && n < 3000 {
				ids = append(ids, id)
			}
		}
	}
	var out, errs bytes.Buffer
	o := new(tailOptions)
	g := &globals{output: "ndjson", color: "never"}
	ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
	defer cancel()
	_ = newTailer(streams{out: &out, err: &errs}, g, o, ids).follow(ctx, v, since)
	through := clock.Now().Add(-30 * time.Second)
	if errs.Len() > 0 {
		t.Errorf("said: %s", errs.String())
	}
	type line struct{ function, stream, time, message string }
	got, order := make(map[line]int), []line{}
	reports := make(map[string]int)
	for dec := json.NewDecoder(&out); ; {
		var l lineShape
		if err := dec.Decode(&l); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		k := line{l.Function, *l.Stream, *l.Time, l.Message}
		got[k]++
		order = append(order, k)
		if l.RequestID == nil {
			continue
		}
		if strings.HasPrefix(l.Message, "REPORT RequestId: "+*l.RequestID) || strings.Contains(l.Message, `"platform.report"`) {
			reports[l.Function+*l.RequestID]++
		}
	}
	ingested, want := make(map[line]time.Time), make(map[line]int)
	functions := make(map[string]bool)
	for _, id := range ids {
		functions[id.Name] = true
		events, _ := c.world.Logs(id.Region, snap.Get(id).Config.LogGroup, since, clock.Now(), clock.Now())
		for e := range events {
			k := line{id.Name, e.Stream, e.Time.Format(timeLayout), e.Message}
			ingested[k] = e.Ingested
			if e.Time.Before(through) {
				want[k]++
			}
		}
	}
	if len(want) < 300 || len(ids) != 3 {
		t.Fatalf("%d lines of %d functions were logged", len(want), len(ids))
	}
	for k, n := range want {
		if got[k] != n {
			t.Fatalf("%v came %d times, want %d", k, got[k], n)
		}
	}
	for i, k := range order {
		if _, ok := ingested[k]; !ok {
			t.Fatalf("%v was never logged", k)
		}
		if i > 0 && ingested[k].Before(ingested[order[i-1]]) {
			t.Fatalf("line %d of %d, readable at %v, comes after one of %v", i, len(order), ingested[k], ingested[order[i-1]])
		}
	}
	invocations := 0
	for record := range c.world.Truth(since.Add(time.Second), through) {
		// Invocations that ended long enough ago have written their reports.
		if r, ok := record.(*world.InvocationRecord); ok && functions[r.Function] && r.DurationMS < 5000 {
			if at, err := time.Parse(timeLayout, r.Time); err == nil && at.After(through.Add(-10*time.Second)) {
				continue
			}
			if invocations++; reports[r.Function+r.RequestID] == 0 {
				t.Errorf("invocation %s of %s has no report", r.RequestID, r.Function)
			}
		}
	}
	t.Logf("%d lines, %d invocations", len(order), invocations)
}

// TestTailPrints one line for each event, clean, with its filters.
func TestTailPrints(t *testing.T) {
	one := sources.FunctionID{Cloud: sources.AWS, Account: "1", Region: "us-east-1", Name: "one"}
	other := one
	other.Name = "the-other"
	at := time.Date(2026, 11, 23, 14, 3, 25, 1e6, time.UTC)
	texts := []string{
		"[INFO]\t2026-11-23T14:03:25.001Z\t7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b\thello\x1b[2J\nthere\n",
		"[ERROR]\t2026-11-23T14:03:25.001Z\t7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b\tpayment refused\n",
		`{"level":"WARN","message":"slow","ms":812}`,
		"no level\u202e here",
	}
	var lines []fleet.Line
	for i, text := range texts {
		id := one
		if i%2 == 1 {
			id = other
		}
		lines = append(lines, fleet.Line{Seq: uint64(i + 11), Function: id, LogEvent: sources.LogEvent{Time: at, Stream: "s", Message: text}})
	}
	snap := &fleet.Snapshot{Journal: fleet.NewJournal(lines, 11, 15, map[sources.FunctionID]fleet.Tailed{one: {}, other: {Cut: true}})}
	for name, c := range map[string]struct {
		o     tailOptions
		color string
		want  string
	}{
		"all": {tailOptions{}, "never", "2026-11-23T14:03:25.001Z  one        INFO   hello␛[2J⏎there\n" +
			"2026-11-23T14:03:25.001Z  the-other  ERROR  payment refused\n" +
			"2026-11-23T14:03:25.001Z  one        WARN   {\"level\":\"WARN\",\"message\":\"slow\",\"ms\":812}\n" +
			"2026-11-23T14:03:25.001Z  the-other         no level here\n"},
		"level":  {tailOptions{level: "warn", filter: "/slow|level/"}, "never", "2026-11-23T14:03:25.001Z  one        WARN   {\"level\":\"WARN\",\"message\":\"slow\",\"ms\":812}\n"},
		"colour": {tailOptions{filter: "PAYMENT"}, "always", "\x1b[2m2026-11-23T14:03:25.001Z\x1b[m  \x1b[35mthe-other\x1b[m  \x1b[31mERROR\x1b[m  payment refused\n"},
	} {
		var out, errs bytes.Buffer
		g := &globals{output: "table", color: c.color}
		if err := c.o.check(g); err != nil {
			t.Fatal(err)
		}
		tl := newTailer(streams{out: &out, err: &errs}, g, &c.o, []sources.FunctionID{one, other})
		if err := tl.take(snap); err != nil {
			t.Fatal(err)
		}
		if out.String() != c.want {
			t.Errorf("%s: printed\n%q\nwant\n%q", name, out.String(), c.want)
		}
		for _, said := range []string{"10 lines were dropped", "the-other: the log had more lines"} {
			if !strings.Contains(errs.String(), said) {
				t.Errorf("%s: %q is not said: %q", name, said, errs.String())
			}
		}
		before := out.Len()
		if err := tl.take(snap); err != nil || out.Len() != before {
			t.Errorf("%s: printed twice (%v)", name, err)
		}
	}
}
