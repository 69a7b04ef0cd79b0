package platformlog

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"fntop/sources"
)

type answers map[sources.InvocationKey]sources.Invocation

func (a answers) take(list []sources.Invocation) {
	for _, inv := range list {
		a[inv.Key()] = inv
	}
}

func (a answers) check(t *testing.T, want answers) {
	t.Helper()
	for key, w := range want {
		got, ok := a[key]
		if !ok {
			t.Errorf("missing %+v", w)
		} else if got != w {
			t.Errorf("%v:\n got %+v\nwant %+v", key, got, w)
		}
	}
	for key, got := range a {
		if _, ok := want[key]; !ok {
			t.Errorf("made up %+v", got)
		}
	}
}

func truthOf(w *world) answers {
	a := answers{}
	a.take(w.truth)
	return a
}

// TestCorrelatorTruth checks that what comes out is what happened, whatever
// the order of the events, however often they come and however they are split.
func TestCorrelatorTruth(t *testing.T) {
	for seed := range uint64(400) {
		w := newWorld(seed)
		want := truthOf(w)
		c := NewCorrelator(w.fn)
		got := answers{}
		got.take(c.Add(w.events))
		got.check(t, want)
		if again := c.Add(w.events); len(again) != 0 {
			t.Errorf("the same events again change %+v", again)
		}
		for range 4 {
			events := slices.Concat(w.events, w.events[:w.rng.IntN(len(w.events))])
			w.rng.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			c, got := NewCorrelator(w.fn), answers{}
			for len(events) > 0 {
				n := 1 + w.rng.IntN(len(events))
				got.take(c.Add(events[:n]))
				events = events[n:]
			}
			got.check(t, want)
		}
		if t.Failed() {
			t.Fatalf("seed %d, json %v", seed, w.json)
		}
	}
}

// TestCorrelatorOneByOne checks that each single event only ever changes what
// it says: after each, the answers are those for the events so far in one go.
func TestCorrelatorOneByOne(t *testing.T) {
	for seed := range uint64(60) {
		w := newWorld(seed)
		w.rng.Shuffle(len(w.events), func(i, j int) { w.events[i], w.events[j] = w.events[j], w.events[i] })
		c, got := NewCorrelator(w.fn), answers{}
		for i := range w.events {
			got.take(c.Add(w.events[i : i+1]))
			want := answers{}
			want.take(NewCorrelator(w.fn).Add(w.events[:i+1]))
			got.check(t, want)
			if t.Failed() {
				t.Fatalf("seed %d, after %d events", seed, i+1)
			}
		}
	}
}

// TestForget checks that forgetting does not change what is remembered.
func TestForget(t *testing.T) {
	for seed := range uint64(100) {
		w := newWorld(seed)
		slices.SortStableFunc(w.events, func(a, b sources.LogEvent) int { return a.Time.Compare(b.Time) })
		want := truthOf(w)
		c, got := NewCorrelator(w.fn), answers{}
		for i := range w.events {
			// Every event comes three times, late copies included.
			for _, j := range []int{i, i, max(0, i-7)} {
				got.take(c.Add(w.events[j : j+1]))
			}
			c.Forget(w.events[i].Time.Add(-time.Second))
		}
		// Only the last run of a request is sure to keep its number: earlier
		// ones may have been forgotten, and then counting begins anew.
		for key := range want {
			if want[key].Attempt > 1 {
				for n := range key.Attempt {
					delete(want, sources.InvocationKey{RequestID: key.RequestID, Attempt: n + 1})
					delete(got, sources.InvocationKey{RequestID: key.RequestID, Attempt: n + 1})
				}
			}
		}
		got.check(t, want)
		end := w.events[len(w.events)-1].Time.Add(24 * time.Hour)
		c.Forget(end)
		if len(c.requests) != 0 || len(c.streams) != 0 || len(c.running) != 0 {
			t.Errorf("a day later there are %d requests, %d streams", len(c.requests), len(c.streams))
		}
		if again := c.Add(w.events); len(again) != 0 {
			t.Errorf("forgotten events come back: %+v", again)
		}
		if t.Failed() {
			t.Fatalf("seed %d, json %v", seed, w.json)
		}
	}
}

func TestForgetKeepsAttemptNumbers(t *testing.T) {
	c := NewCorrelator(sources.Function{Timeout: time.Second})
	c.Add([]sources.LogEvent{
		event("s", 0, "START RequestId: a Version: 1"),
		event("s", 10, "REPORT RequestId: a\tDuration: 10.00 ms\tStatus: timeout"),
		event("s", 60000, "START RequestId: a Version: 1"),
	})
	c.Forget(at(30000))
	got := c.Add([]sources.LogEvent{
		event("s", 10, "REPORT RequestId: a\tDuration: 10.00 ms\tStatus: timeout"),
		event("s", 60010, "REPORT RequestId: a\tDuration: 10.00 ms"),
	})
	if len(got) != 1 || got[0].Attempt != 2 || got[0].Outcome != sources.OK {
		t.Errorf("got %+v", got)
	}
}

func at(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }

func event(stream string, ms int, message string) sources.LogEvent {
	return sources.LogEvent{Stream: stream, Time: at(ms), Message: message}
}

const report = "REPORT RequestId: a\tDuration: 100.00 ms\tBilled Duration: 100 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t"

// TestOutcomes checks single stories: what the last answer about request "a"
// is.
func TestOutcomes(t *testing.T) {
	start, init := "START RequestId: a Version: 1", "INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: x"
	jsonStart := `{"time":"2026-11-23T09:00:00.000Z","type":"platform.start","record":{"requestId":"a","version":"1"}}`
	jsonReport := func(status string) string {
		return `{"time":"2026-11-23T09:00:00.100Z","type":"platform.report","record":{"requestId":"a","metrics":{"durationMs":100.0},` + status + `}}`
	}
	for _, test := range []struct {
		name   string
		events []sources.LogEvent
		want   sources.Outcome
		kind   string
		cold   sources.Opt[bool]
	}{
		{"begun", []sources.LogEvent{event("s", 0, start)}, sources.Running, "", sources.Opt[bool]{}},
		{"ended, not reported", []sources.LogEvent{event("s", 0, start), event("s", 9, "END RequestId: a")}, sources.Running, "", sources.Opt[bool]{}},
		{"reported", []sources.LogEvent{event("s", 0, start), event("s", 100, report)}, sources.OK, "", sources.Some(false)},
		{"only a report", []sources.LogEvent{event("s", 100, report)}, sources.OK, "", sources.Some(false)},
		{"only a cold report", []sources.LogEvent{event("s", 100, report+"Init Duration: 5.00 ms\t")}, sources.OK, "", sources.Some(true)},
		{"python error", []sources.LogEvent{event("s", 0, start), event("s", 50, "[ERROR] KeyError: x\nTraceback (most recent call last):\n"), event("s", 100, report)}, sources.Failed, "KeyError", sources.Some(false)},
		{"python error, only a report", []sources.LogEvent{event("s", 50, "[ERROR] KeyError: x\nTraceback (most recent call last):\n"), event("s", 100, report)}, sources.Failed, "KeyError", sources.Some(false)},
		{"python error in the millisecond of the report", []sources.LogEvent{event("s", 0, start), event("s", 100, "[ERROR] KeyError: x\nTraceback (most recent call last):\n"), event("s", 100, report), event("s", 100, "START RequestId: b Version: 1")}, sources.Failed, "KeyError", sources.Some(false)},
		{"python error before", []sources.LogEvent{event("s", -1, "[ERROR] KeyError: x\nTraceback (most recent call last):\n"), event("s", 0, start), event("s", 100, report)}, sources.OK, "", sources.Some(false)},
		{"python error in another stream", []sources.LogEvent{event("s", 0, start), event("t", 50, "[ERROR] KeyError: x\nTraceback (most recent call last):\n"), event("s", 100, report)}, sources.OK, "", sources.Some(false)},
		{"node error", []sources.LogEvent{event("s", 0, start), event("s", 50, "2026-11-23T09:00:00.050Z\ta\tERROR\tInvoke Error \t{\"errorType\":\"TypeError\"}"), event("s", 100, report)}, sources.Failed, "TypeError", sources.Some(false)},
		{"java error", []sources.LogEvent{event("s", 0, start), event("s", 50, "no: a.B\na.B: no\n\tat a.C\n"), event("s", 100, report)}, sources.Failed, "a.B", sources.Some(false)},
		{"logged error", []sources.LogEvent{event("s", 0, start), event("s", 50, "2026-11-23T09:00:00.050Z\ta\tERROR\tno"), event("s", 60, "[ERROR]\t2026-11-23T09:00:00.050Z\ta\tno"), event("s", 70, `{"level":"ERROR","requestId":"a","message":"no"}`), event("s", 100, report)}, sources.OK, "", sources.Some(false)},
		{"json error in a text log", []sources.LogEvent{event("s", 0, start), event("s", 50, `{"level":"ERROR","requestId":"a","message":{"errorType":"E","errorMessage":"m"}}`), event("s", 100, report)}, sources.OK, "", sources.Some(false)},
		{"json failure", []sources.LogEvent{event("s", 0, jsonStart), event("s", 50, `{"level":"ERROR","requestId":"a","message":{"errorType":"E","errorMessage":"m"}}`), event("s", 100, jsonReport(`"status":"failure"`))}, sources.Failed, "E", sources.Some(false)},
		{"json failure with a type", []sources.LogEvent{event("s", 100, jsonReport(`"status":"failure","errorType":"F"`))}, sources.Failed, "F", sources.Some(false)},
		{"json success with a logged error", []sources.LogEvent{event("s", 0, jsonStart), event("s", 50, `{"level":"ERROR","requestId":"a","message":{"errorType":"E","errorMessage":"m"}}`), event("s", 100, jsonReport(`"status":"success"`))}, sources.OK, "", sources.Some(false)},
		{"json status of tomorrow", []sources.LogEvent{event("s", 100, jsonReport(`"status":"throttled"`))}, sources.Unknown, "", sources.Some(false)},
		{"json done says it", []sources.LogEvent{event("s", 0, jsonStart), event("s", 50, `{"type":"platform.runtimeDone","record":{"requestId":"a","status":"failure","errorType":"G"}}`)}, sources.Failed, "G", sources.Opt[bool]{}},
		{"time-out", []sources.LogEvent{event("s", 0, start), event("s", 100, report+"Status: timeout")}, sources.TimedOut, "", sources.Some(false)},
		{"old time-out", []sources.LogEvent{event("s", 0, start), event("s", 100, "2026-11-23T09:00:00.100Z a Task timed out after 0.10 seconds\n\n"), event("s", 100, report)}, sources.TimedOut, "", sources.Some(false)},
		{"time-out at full memory is a time-out", []sources.LogEvent{event("s", 100, report+"Status: timeout")}, sources.TimedOut, "", sources.Some(false)},
		{"sandbox time-out", []sources.LogEvent{event("s", 100, report+"Status: error\tError Type: Sandbox.Timedout")}, sources.TimedOut, "Sandbox.Timedout", sources.Some(false)},
		{"exit", []sources.LogEvent{event("s", 100, report+"Status: error\tError Type: Runtime.ExitError")}, sources.Exited, "Runtime.ExitError", sources.Some(false)},
		{"extension crash", []sources.LogEvent{event("s", 100, report+"Status: error\tError Type: Extension.Crash")}, sources.Exited, "Extension.Crash", sources.Some(false)},
		{"old exit", []sources.LogEvent{event("s", 0, start), event("s", 99, "RequestId: a Error: Runtime exited without providing a reason"), event("s", 99, "Runtime.ExitError"), event("s", 100, report)}, sources.Exited, "Runtime.ExitError", sources.Some(false)},
		{"old out of memory", []sources.LogEvent{event("s", 0, start), event("s", 99, "RequestId: a Error: Runtime exited with error: signal: killed\nRuntime.ExitError"), event("s", 100, report)}, sources.OutOfMemory, "Runtime.ExitError", sources.Some(false)},
		{"out of memory", []sources.LogEvent{event("s", 100, report+"Status: error\tError Type: Runtime.OutOfMemory")}, sources.OutOfMemory, "Runtime.OutOfMemory", sources.Some(false)},
		{"full memory and an exit is an exit", []sources.LogEvent{event("s", 100, report+"Status: error")}, sources.Exited, "", sources.Some(false)},
		{"too large an answer", []sources.LogEvent{event("s", 100, report+"Status: error\tError Type: Function.ResponseSizeTooLarge")}, sources.Failed, "Function.ResponseSizeTooLarge", sources.Some(false)},
		{"import error, only a report", []sources.LogEvent{event("s", 100, report+"Status: error\tError Type: Runtime.ImportModuleError")}, sources.InitFailed, "Runtime.ImportModuleError", sources.Some(false)},
		{"init exits", []sources.LogEvent{event("s", -900, init), event("s", -500, "INIT_REPORT Init Duration: 400.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError"), event("s", -1, "INIT_REPORT Init Duration: 400.00 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError"), event("s", 0, start), event("s", 100, report+"Status: error\tError Type: Runtime.ExitError")}, sources.InitFailed, "Runtime.ExitError", sources.Some(true)},
		{"init exits once, handler exits", []sources.LogEvent{event("s", -900, init), event("s", -500, "INIT_REPORT Init Duration: 400.00 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError"), event("s", 0, start), event("s", 100, report+"Init Duration: 400.00 ms\tStatus: error\tError Type: Runtime.ExitError")}, sources.Exited, "Runtime.ExitError", sources.Some(true)},
		{"cold", []sources.LogEvent{event("s", -500, init), event("s", 0, start), event("s", 100, report+"Init Duration: 400.00 ms\t")}, sources.OK, "", sources.Some(true)},
		{"proactive", []sources.LogEvent{event("s", -60000, init), event("s", 0, start), event("s", 100, report+"Init Duration: 400.00 ms\t")}, sources.OK, "", sources.Some(false)},
		{"proactive, only the report", []sources.LogEvent{event("s", -60000, init), event("s", 100, report+"Init Duration: 400.00 ms\t")}, sources.OK, "", sources.Some(false)},
		{"nearly ten seconds of init", []sources.LogEvent{event("s", -10100, init), event("s", 0, start), event("s", 100, report+"Init Duration: 9990.00 ms\t")}, sources.OK, "", sources.Some(true)},
		{"cut and repeated", []sources.LogEvent{event("s", -12000, init), event("s", -2000, "INIT_REPORT Init Duration: 9999.00 ms\tPhase: init\tStatus: timeout"), event("s", 0, start), event("s", 100, report+"Init Duration: 1900.00 ms\t")}, sources.OK, "", sources.Some(true)},
		{"second request", []sources.LogEvent{event("s", -500, init), event("s", -400, "START RequestId: b Version: 1"), event("s", -300, "REPORT RequestId: b\tDuration: 100.00 ms\tInit Duration: 80.00 ms"), event("s", 0, start), event("s", 100, report)}, sources.OK, "", sources.Some(false)},
		{"repeated after a crash", []sources.LogEvent{event("s", -400, "START RequestId: b Version: 1"), event("s", -300, "REPORT RequestId: b\tDuration: 100.00 ms\tStatus: timeout"), event("s", -100, "INIT_REPORT Init Duration: 80.00 ms\tPhase: invoke"), event("s", 0, start), event("s", 100, report)}, sources.OK, "", sources.Some(true)},
		{"after a time-out", []sources.LogEvent{event("s", -400, "START RequestId: b Version: 1"), event("s", -300, "REPORT RequestId: b\tDuration: 100.00 ms\tStatus: timeout"), event("s", 0, start), event("s", 100, report)}, sources.OK, "", sources.Some(true)},
		{"after an old exit", []sources.LogEvent{event("s", -400, "START RequestId: b Version: 1"), event("s", -350, "Runtime.ExitError"), event("s", -300, "REPORT RequestId: b\tDuration: 100.00 ms"), event("s", 0, start), event("s", 100, report)}, sources.OK, "", sources.Some(true)},
		{"after an error", []sources.LogEvent{event("s", -400, "START RequestId: b Version: 1"), event("s", -350, "[ERROR] KeyError: x\nTraceback (most recent call last):\n"), event("s", -300, "REPORT RequestId: b\tDuration: 100.00 ms"), event("s", 0, start), event("s", 100, report)}, sources.OK, "", sources.Some(false)},
		{"after a time-out in another stream", []sources.LogEvent{event("t", -400, "START RequestId: b Version: 1"), event("t", -300, "REPORT RequestId: b\tDuration: 100.00 ms\tStatus: timeout"), event("s", 0, start), event("s", 100, report)}, sources.OK, "", sources.Some(false)},
		{"after a time-out in an unknown stream", []sources.LogEvent{event("", -400, "START RequestId: b Version: 1"), event("", -300, "REPORT RequestId: b\tDuration: 100.00 ms\tStatus: timeout"), event("", 0, start), event("", 100, report)}, sources.OK, "", sources.Some(false)},
		{"provisioned", []sources.LogEvent{event("s", -5000, `{"type":"platform.initStart","record":{"initializationType":"provisioned-concurrency","phase":"init"}}`), event("s", 0, jsonStart), event("s", 100, `{"type":"platform.report","record":{"requestId":"a","status":"success","metrics":{"durationMs":100.0,"initDurationMs":400}}}`)}, sources.OK, "", sources.Some(false)},
		{"restore", []sources.LogEvent{event("s", -600, "RESTORE_START Runtime Version: java:21\tRuntime Version ARN: x"), event("s", -1, "RESTORE_REPORT Restore Duration: 511.25 ms"), event("s", 0, start), event("s", 100, report+"Restore Duration: 511.25 ms\tBilled Restore Duration: 303 ms\t")}, sources.OK, "", sources.Some(true)},
		{"restore fails", []sources.LogEvent{event("s", -600, "RESTORE_START Runtime Version: java:21\tRuntime Version ARN: x"), event("s", -1, "RESTORE_REPORT Restore Duration: 511.25 ms\tStatus: error\tError Type: Runtime.ExitError"), event("s", 0, start), event("s", 100, report+"Status: error\tError Type: Runtime.ExitError")}, sources.InitFailed, "Runtime.ExitError", sources.Some(true)},
	} {
		t.Run(test.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test needs the same numbers each time
			for range 10 {
				got := answers{}
				c := NewCorrelator(sources.Function{Timeout: time.Second})
				for i := range test.events {
					got.take(c.Add(test.events[i : i+1]))
				}
				inv := got[sources.InvocationKey{RequestID: "a", Attempt: 1}]
				if inv.Outcome != test.want || inv.ErrorType != test.kind || inv.Cold != test.cold {
					t.Errorf("got %+v", inv)
				}
				if inv.Start != sources.Some(at(0)) {
					t.Errorf("it began at %v", inv.Start)
				}
				rng.Shuffle(len(test.events), func(i, j int) {
					test.events[i], test.events[j] = test.events[j], test.events[i]
				})
			}
		})
	}
}

func TestSettle(t *testing.T) {
	c := NewCorrelator(sources.Function{Timeout: time.Second})
	c.Add([]sources.LogEvent{event("s", 0, "START RequestId: a Version: 1"), event("s", 100, "START RequestId: b Version: 1")})
	if got := c.Settle(at(900)); len(got) != 0 {
		t.Errorf("too early: %+v", got)
	}
	if got := c.Settle(at(1050)); len(got) != 1 || got[0].RequestID != "a" || got[0].Outcome != sources.Unknown {
		t.Errorf("got %+v", got)
	}
	if got := c.Settle(at(1060)); len(got) != 0 {
		t.Errorf("again: %+v", got)
	}
	if got := c.Add([]sources.LogEvent{event("t", 10, "START RequestId: c Version: 1")}); len(got) != 1 || got[0].Outcome != sources.Unknown {
		t.Errorf("begun long ago: %+v", got)
	}
	if got := c.Add([]sources.LogEvent{event("s", 99, report)}); len(got) != 1 || got[0].Outcome != sources.OK {
		t.Errorf("the report came after all: %+v", got)
	}
}

// TestManagedInstances checks that concurrent requests in one stream are kept
// apart and that lines of nobody are given to nobody.
func TestManagedInstances(t *testing.T) {
	c := NewCorrelator(sources.Function{ManagedInstances: true})
	got := answers{}
	jr := func(id, status string) string {
		return `{"type":"platform.report","record":{"requestId":"` + id + `","status":"` + status + `","metrics":{"durationMs":90}}}`
	}
	js := func(id string) string {
		return `{"type":"platform.start","record":{"requestId":"` + id + `","version":"3"}}`
	}
	got.take(c.Add([]sources.LogEvent{
		event("s", 0, js("a")), event("s", 10, js("b")), event("s", 20, js("c")),
		event("s", 30, "[ERROR] KeyError: x\nTraceback (most recent call last):\n"),
		event("s", 90, jr("b", "success")), event("s", 100, jr("a", "failure")), event("s", 120, jr("c", "success")),
	}))
	for id, want := range map[string]sources.Outcome{"a": sources.Failed, "b": sources.OK, "c": sources.OK} {
		inv := got[sources.InvocationKey{RequestID: id, Attempt: 1}]
		if inv.Outcome != want || inv.ErrorType != "" || inv.Billed.Known() || inv.MemoryMB.Known() || inv.Cold != sources.Some(false) {
			t.Errorf("%s: %+v", id, inv)
		}
	}
}

// TestUntimed checks lines without times, as in a file of raw lines: their
// order counts, and equal lines are not the same line.
func TestUntimed(t *testing.T) {
	lines := []string{
		"INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: x",
		"START RequestId: a Version: 7",
		"[ERROR] ValueError: x\nTraceback (most recent call last):\n",
		"END RequestId: a",
		"REPORT RequestId: a\tDuration: 3.00 ms\tBilled Duration: 84 ms\tInit Duration: 80.52 ms\t",
		"XRAY TraceId: " + tr1 + "\tSegmentId: 89abcdef01234567\tSampled: true\t",
		"START RequestId: b Version: 7",
		"REPORT RequestId: b\tDuration: 3000.00 ms\tStatus: timeout",
		"START RequestId: b Version: 7",
		"REPORT RequestId: b\tDuration: 3000.00 ms\tStatus: timeout",
		"START RequestId: c Version: 7",
	}
	c, got := NewCorrelator(sources.Function{}), answers{}
	for _, l := range lines {
		got.take(c.Add([]sources.LogEvent{{Message: l}}))
	}
	got.take(c.Settle(at(0)))
	ms := func(f float64) sources.Opt[time.Duration] { return sources.Some(time.Duration(f * 1e6)) }
	want := answers{}
	want.take([]sources.Invocation{
		{RequestID: "a", Attempt: 1, Version: "7", Duration: ms(3), Billed: ms(84), Init: ms(80.52), Cold: sources.Some(true), Outcome: sources.Failed, ErrorType: "ValueError", TraceID: tr1, Sampled: true},
		{RequestID: "b", Attempt: 1, Version: "7", Duration: ms(3000), Cold: sources.Some(false), Outcome: sources.TimedOut},
		{RequestID: "b", Attempt: 2, Version: "7", Duration: ms(3000), Cold: sources.Some(false), Outcome: sources.TimedOut},
		{RequestID: "c", Attempt: 1, Version: "7", Outcome: sources.Unknown},
	})
	got.check(t, want)
}

func TestEnvironments(t *testing.T) {
	name := "2026/11/23/[7]0123"
	c := NewCorrelator(sources.Function{Timeout: time.Second})
	c.Add([]sources.LogEvent{
		event(name, 0, "INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: "+arn),
		event(name, 500, "START RequestId: a Version: 7"),
		event(name, 550, "hello"),
		event(name, 600, "REPORT RequestId: a\tDuration: 100.00 ms\tInit Duration: 480.00 ms"),
		event(name, 700, "START RequestId: b Version: 7"),
		event(name, 1700, "REPORT RequestId: b\tDuration: 1000.00 ms\tStatus: timeout"),
		event(name, 1800, "INIT_REPORT Init Duration: 70.00 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError"),
		event(name, 1900, "START RequestId: c Version: 7"),
		event("other", 100, "hello"),
	})
	want := []Environment{
		{
			Stream: name, Version: "7", FirstSeen: sources.Some(at(0)), LastSeen: sources.Some(at(1900)), LastUsed: sources.Some(at(1700)),
			Running: true, InitStart: sources.Some(at(0)), RuntimeVersion: "python:3.13.v31", RuntimeVersionARN: arn, Init: ms(480),
			InitFailures: 1, InitError: "Runtime.ExitError", Invocations: 2, Crashes: 1, LastCrash: sources.Some(at(1700)),
		},
		{Stream: "other", FirstSeen: sources.Some(at(100)), LastSeen: sources.Some(at(100))},
	}
	check := func(when string) {
		t.Helper()
		got := c.Environments()
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", when, got, want)
		}
	}
	check("at first")
	c.Forget(at(1750))
	want = want[:1]
	check("after forgetting")
}

func TestSharedLogGroup(t *testing.T) {
	c := NewCorrelator(sources.Function{ID: sources.FunctionID{Name: "orders"}})
	got := answers{}
	for i, name := range []string{"2026/11/23/orders[$LATEST][ab]", "2026/11/23/[$LATEST]cd", "2026/11/23/invoices[$LATEST][ef]", "made-up"} {
		got.take(c.Add([]sources.LogEvent{event(name, i, "START RequestId: "+name+" Version: 1")}))
	}
	if len(got) != 3 || got[sources.InvocationKey{RequestID: "2026/11/23/invoices[$LATEST][ef]", Attempt: 1}].Attempt != 0 || len(c.Environments()) != 3 {
		t.Errorf("got %+v", got)
	}
}

func TestStreamVersion(t *testing.T) {
	got := map[string]string{}
	for _, name := range []string{"2025/10/26/[$LATEST]143f", "2023/07/05/[56]374c", "2025/10/26/orders[12][ab]", "plain", "a[b]c", "a[", ""} {
		got[name] = streamVersion(name)
	}
	want := map[string]string{"2025/10/26/[$LATEST]143f": "$LATEST", "2023/07/05/[56]374c": "56", "2025/10/26/orders[12][ab]": "12", "plain": "", "a[b]c": "", "a[": "", "": ""}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
