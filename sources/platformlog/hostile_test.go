package platformlog

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

// TestPassMarksWithoutAnOwner checks that lines that belong to no invocation,
// or all to one, do not stay in memory, and that the last of them still count.
func TestPassMarksWithoutAnOwner(t *testing.T) {
	failure := "[ERROR] ValueError: %d\nTraceback (most recent call last):\n"
	for name, test := range map[string]struct {
		first, line string
		step        int // milliseconds from line to line
	}{
		"failures without times":    {"", failure, -1},
		"failures":                  {"", failure, 1},
		"failures at one time":      {"", failure, 0},
		"inits":                     {"", "INIT_START Runtime Version: x%d", 1},
		"failed inits":              {"", "INIT_REPORT Init Duration: %d.00 ms\tPhase: init\tStatus: error", 1},
		"in one invocation":         {"START RequestId: a Version: 1", failure, 0},
		"in one without times":      {"START RequestId: a Version: 1", failure, -1},
		"the same START":            {"START RequestId: a Version: 1", "START RequestId: a Version: 1", -1},
		"STARTs at other times":     {"START RequestId: a Version: 1", "START RequestId: a Version: 1", 1},
		"STARTs of other versions":  {"START RequestId: a Version: 1", "START RequestId: a Version: %d", -1},
		"time-outs of one request":  {"START RequestId: a Version: 1", "2026-11-23T09:00:00.000Z a Task timed out after %d.00 seconds", -1},
		"time-outs, with times":     {"START RequestId: a Version: 1", "2026-11-23T09:00:00.000Z a Task timed out after %d.00 seconds", 1},
		"of a request never begun":  {"", "2026-11-23T09:00:00.000Z a Task timed out after %d.00 seconds", 1},
		"REPORTs that are the same": {"", "REPORT RequestId: a\tDuration: 1.00 ms", -1},
	} {
		t.Run(name, func(t *testing.T) {
			p := NewPass(sources.Function{Timeout: time.Second})
			given := 0
			yield := func(sources.Invocation) bool { given++; return true }
			add := func(i int, format string) {
				e := sources.LogEvent{Message: format}
				if strings.Contains(format, "%") {
					e.Message = fmt.Sprintf(format, i)
				}
				if test.step >= 0 {
					e.Time = epoch.Add(time.Duration(i*test.step) * time.Millisecond)
				}
				addAll(p, []sources.LogEvent{e}, yield)
			}
			if test.first != "" {
				add(0, test.first)
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			began := time.Now()
			const n = 50_000
			for i := range n {
				add(i, test.line)
			}
			took := time.Since(began)
			runtime.GC()
			runtime.ReadMemStats(&after)
			used := int64(after.HeapAlloc) - int64(before.HeapAlloc)
			if used > 4<<20 || took > 30*time.Second {
				t.Errorf("%d KB and %v for %d lines", used/1024, took, n)
			}
			t.Logf("%d KB, %v, %d given", used/1024, took, given)
			p.End(yield)
			runtime.KeepAlive(p)
		})
	}
}

// TestPassCrowdedOutcome checks that letting go of lines changes no outcome.
func TestPassCrowdedOutcome(t *testing.T) {
	p := NewPass(sources.Function{Timeout: time.Hour})
	events := []sources.LogEvent{event("s", 0, "START RequestId: a Version: 1"), event("s", 0, "Runtime.ExitError")}
	for i := range 10_000 {
		events = append(events, event("s", i, fmt.Sprintf("[ERROR] E%d: x\nTraceback (most recent call last):\n", i)))
	}
	events = append(events, event("s", 10_001, "REPORT RequestId: a\tDuration: 10001.00 ms"), event("s", 10_002, "START RequestId: b Version: 1"))
	for i := range 10_000 {
		events = append(events, event("s", 10_003+i, fmt.Sprintf("[ERROR] E%d: x\nTraceback (most recent call last):\n", i)))
	}
	events = append(events, event("s", 20_004, "REPORT RequestId: b\tDuration: 10002.00 ms"))
	got := collect(t, p, events, 100)
	a, b := got[sources.InvocationKey{RequestID: "a", Attempt: 1}], got[sources.InvocationKey{RequestID: "b", Attempt: 1}]
	if len(got) != 2 || a.Outcome != sources.Exited || b.Outcome != sources.Failed || b.ErrorType != "E9999" {
		t.Errorf("got %+v", got)
	}
}
