package platformlog

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

func seedLines() []string {
	return append(applicationLines()[:50],
		"START RequestId: a Version: $LATEST", "END RequestId: a", report, report+"Init Duration: 80.52 ms\t\nXRAY TraceId: "+tr1+"\tSegmentId: 1\tSampled: true\t\n",
		strings.ReplaceAll(report, "\t", " ")+"Status: error Error Type: Runtime.ExitError",
		"INIT_START Runtime Version: x\tRuntime Version ARN: y", "INIT_REPORT Init Duration: 206.72 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError",
		"RESTORE_START Runtime Version: x", "RESTORE_REPORT Restore Duration: 511.25 ms\tStatus: timeout", "EXTENSION\tName: x\tState: Ready\tEvents: []",
		"TELEMETRY\tName: x", "LOGS\tName: x", "XRAY TraceId: "+tr1, "2024-03-04T17:22:38.033Z a Task timed out after 3.00 seconds", "RequestId: a Error: Runtime exited\nRuntime.ExitError", "Runtime.ExitError",
		"[ERROR] KeyError: x\nTraceback (most recent call last):\n", "2026-11-23T09:00:01.120Z\ta\tERROR\tInvoke Error \t{\"errorType\":\"E\"}", "2026-11-23T09:00:01.120Z\ta\tfail\tA.B: x\n   at c", "x: a.B\na.B: x",
		"Error raised from handler method\n{\"errorType\":\"E\"}", `2026/11/23 09:00:01 {"errorMessage":"m","errorType":"e"}`)
}

func seedDocuments() []string {
	return []string{
		`{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":"a","metrics":{"durationMs":1233.96,"billedDurationMs":1698,"memorySizeMB":256,"maxMemoryUsedMB":123,"initDurationMs":463.512},"tracing":{"value":"Root=1-62e900b2-710d76f009d6e7785905449a;Sampled=1"},"spans":[{"name":"responseLatency","durationMs":1}],"status":"success"}}`,
		`{"type":"platform.start","record":{"requestId":"a","version":"1","tenantId":"t"}}`, `{"type":"platform.runtimeDone","record":{"requestId":"a","status":"failure","errorType":"E"},}`,
		`{"type":"platform.initReport","record":{"phase":"invoke","status":"timeout","metrics":{"durationMs":1e3}}}`, `{"record":{"metrics":{"durationMs":"7"}},"type":"platform.restoreReport"}`,
		`{"level":"ERROR","requestId":"a","message":{"errorType":"E","errorMessage":"m"}}`, `{"level":"ERROR","errorType":"E","errorMessage":"m","requestId":"a","stackTrace":[]}`, `{"errorMessage":"m","errorType":"e"}`,
		`{"a":"\u0022\\","type":"platform.x"}`, `{"type":"platform.start","type":"platform.report"}`,
	}
}

// FuzzParseText looks for panics and for values that no line can have.
func FuzzParseText(f *testing.F) {
	for _, s := range seedLines() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := Parse(s)
		checkRecord(t, s, r, ok)
		if l := Describe(s); ok && l.Kind != r.Kind {
			t.Errorf("Describe(%q) = %+v", s, l)
		}
	})
}

// FuzzParseJSON compares with encoding/json wherever that can read the text.
func FuzzParseJSON(f *testing.F) {
	for _, s := range seedDocuments() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := Parse(s)
		checkRecord(t, s, r, ok)
		if strings.HasPrefix(s, "{") {
			compareJSON(t, s, r)
		}
		Describe(s)
	})
}

func checkRecord(t *testing.T, s string, r Record, ok bool) {
	t.Helper()
	if ok != (r.Kind != Application) {
		t.Errorf("Parse(%q) = %+v, %v", s, r, ok)
	}
	for _, d := range []sources.Opt[time.Duration]{r.Duration, r.Billed, r.Init, r.Restore, r.BilledRestore} {
		if v, known := d.Get(); v < 0 || v > (maxMillis+1)*time.Millisecond || !known && v != 0 {
			t.Errorf("Parse(%q) has the duration %v", s, v)
		}
	}
	if r.MemoryMB.Or(0) < 0 || r.MaxMemoryMB.Or(0) < 0 {
		t.Errorf("Parse(%q) has negative memory", s)
	}
	if r.Kind == Report && r.RequestID == "" {
		t.Errorf("Parse(%q) is a report of nothing", s)
	}
}

// compareJSON checks the top-level type and the request ID of valid documents.
// Documents that use a name twice, or names that differ in case only, mean
// other things to other readers.
func compareJSON(t *testing.T, s string, r Record) {
	t.Helper()
	var doc map[string]json.RawMessage
	if json.Unmarshal([]byte(s), &doc) != nil || strings.Count(s, `"type"`) > 1 || strings.Contains(s, `\u`) || strings.Count(s, `"record"`) > 1 {
		return
	}
	var kind string
	if json.Unmarshal(doc["type"], &kind) != nil || !strings.HasPrefix(kind, "platform.") {
		if r.Kind.Platform() && r.Kind != RuntimeError && r.Format == sources.LogJSON {
			t.Errorf("Parse(%q) = %+v", s, r)
		}
		return
	}
	if !r.Kind.Platform() {
		t.Errorf("Parse(%q) = %+v", s, r)
	}
	var record map[string]json.RawMessage
	var id string
	if json.Unmarshal(doc["record"], &record) != nil || json.Unmarshal(record["requestId"], &id) != nil || strings.Count(s, `"requestId"`) > 1 {
		return
	}
	if r.RequestID != id && strings.ToValidUTF8(s, "") == s {
		t.Errorf("Parse(%q) has the request ID %q, want %q", s, r.RequestID, id)
	}
}

// fuzzEvents makes events out of bytes: few names and times, so that they
// meet.
func fuzzEvents(data []byte) []sources.LogEvent {
	lines := seedLines()[50:]
	lines = append(lines, seedDocuments()...)
	var events []sources.LogEvent
	for ; len(data) >= 3 && len(events) < 200; data = data[3:] {
		m := lines[int(data[0])%len(lines)]
		if data[1]&1 != 0 {
			m = strings.NewReplacer(": a", ": b", `:"a"`, `:"b"`, "\ta\t", "\tb\t").Replace(m)
		}
		stream := []string{"s", "t", ""}[int(data[1]>>1)%3]
		events = append(events, sources.LogEvent{Stream: stream, Time: epoch.Add(time.Duration(data[2]) * 20 * time.Millisecond), Message: m})
	}
	return events
}

// FuzzCorrelator checks that order, split and repetition of events do not
// matter, whatever nonsense they are.
func FuzzCorrelator(f *testing.F) {
	f.Add([]byte("abcdefghijklmnopqrstuvwxyz0123456789"), uint64(1))
	rng := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a test needs the same numbers each time
	for range 20 {
		data := make([]byte, 60)
		for i := range data {
			data[i] = byte(rng.UintN(256))
		}
		f.Add(data, rng.Uint64())
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		events := fuzzEvents(data)
		fn := sources.Function{Timeout: time.Second, ManagedInstances: seed&1 != 0}
		want := answers{}
		c := NewCorrelator(fn)
		want.take(c.Add(events))
		want.take(c.Settle(epoch.Add(3 * time.Second)))

		rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test needs the same numbers each time
		again := append(events, events[:len(events)/2]...)
		rng.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		got := answers{}
		d := NewCorrelator(fn)
		for len(again) > 0 {
			n := 1 + rng.IntN(len(again))
			got.take(d.Add(again[:n]))
			if rng.IntN(3) == 0 {
				got.take(d.Settle(epoch.Add(3 * time.Second)))
			}
			again = again[n:]
		}
		got.take(d.Settle(epoch.Add(3 * time.Second)))
		got.check(t, want)
		for key, inv := range got {
			if inv.Outcome == "" || inv.Outcome == sources.OK && !inv.Reported.Known() {
				t.Errorf("%v: %+v", key, inv)
			}
		}

		e := NewCorrelator(fn)
		for i := range events {
			e.Add(events[i : i+1])
			e.Forget(events[rng.IntN(i+1)].Time)
		}
		e.Environments()
	})
}
