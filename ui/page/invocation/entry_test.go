package invocation

import (
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/ui/widget/logview"
)

const request = "7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b"

func TestEntry(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 1, 120e6, time.UTC)
	for _, c := range []struct {
		name, message, text string
		level               logview.Level
		quiet               bool
	}{
		{"start", "START RequestId: " + request + " Version: $LATEST\n", "START RequestId: " + request + " Version: $LATEST\n", logview.NoLevel, true},
		{"report", "REPORT RequestId: " + request + "\tDuration: 17.21 ms\t\n", "REPORT RequestId: " + request + "\tDuration: 17.21 ms\t\n", logview.NoLevel, true},
		{"init", "INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: x", "INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: x", logview.NoLevel, true},
		{"python", "[INFO]\t2026-11-23T09:00:01.120Z\t" + request + "\tthumbnail request\n", "thumbnail request", logview.Info, false},
		{"python warning", "[WARNING]\t2026-11-23T09:00:01.120Z\t" + request + "\told\n", "old", logview.Warn, false},
		{"node", "2026-11-23T09:00:01.120Z\t" + request + "\tERROR\tboom\tand more", "boom\tand more", logview.Error, false},
		{"node of another request", "2026-11-23T09:00:01.120Z\tother-id\tINFO\thello", "other-id\tINFO\thello", logview.NoLevel, false},
		{"error", "[ERROR] ValueError: cannot identify image file", "ValueError: cannot identify image file", logview.Error, false},
		{"an error with a word", "ERROR something broke", "ERROR something broke", logview.Error, false},
		{"brackets that are no level", "[cache] hit", "[cache] hit", logview.NoLevel, false},
		{"traceback", "Traceback (most recent call last):\n  File x", "Traceback (most recent call last):\n  File x", logview.Error, false},
		{"timeout", "2026-11-23T09:00:01.120Z " + request + " Task timed out after 3.00 seconds\n\n", "2026-11-23T09:00:01.120Z " + request + " Task timed out after 3.00 seconds", logview.Error, false},
		{"plain", "hello", "hello", logview.NoLevel, false},
		{"tabs that divide nothing", "a\tb\tc", "a\tb\tc", logview.NoLevel, false},
		{"json", `{"timestamp":"x","level":"WARN","requestId":"r","message":"low stock","item":17}`, `low stock  item=17`, logview.Warn, false},
		{"json of a logger", `{"level":"debug","msg":"m","a":{"b":1},"c":"d"}`, `m  a={"b":1} c="d"`, logview.Debug, false},
		{"json error", `{"errorMessage":"no","errorType":"E","stackTrace":["a"]}`, `no  errorType="E"`, logview.Error, false},
		{"json platform", `{"time":"x","type":"platform.start","record":{}}`, `{"time":"x","type":"platform.start","record":{}}`, logview.NoLevel, true},
		{"json without a message", `{"order":17}`, `{"order":17}`, logview.NoLevel, false},
		{"json message of lines", `{"message":"one\ntwo"}`, `one`, logview.NoLevel, false},
		{"json whose message is no text", `{"message":{"a":1},"level":"INFO"}`, `{"message":{"a":1},"level":"INFO"}`, logview.Info, false},
		{"not json", `{broken`, `{broken`, logview.NoLevel, false},
		{"empty", "", "", logview.NoLevel, false},
	} {
		got := entry(&sources.LogEvent{ID: "1", Time: at, Message: c.message}, 0, request, time.UTC)
		if got.Text != c.text || got.Level != c.level || got.Quiet != c.quiet {
			t.Errorf("%s: %q, level %d, quiet %v; want %q, %d, %v", c.name, got.Text, got.Level, got.Quiet, c.text, c.level, c.quiet)
		}
		if got.Time != "09:00:01.120" {
			t.Errorf("%s: time %q", c.name, got.Time)
		}
	}
}

func TestEntryTimeAndKey(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	got := entry(&sources.LogEvent{Time: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Message: "x"}, 7, "", zone)
	if got.Time != "10:00:00.000" || got.Key != "#7" {
		t.Errorf("time %q, key %q", got.Time, got.Key)
	}
	if got := entry(&sources.LogEvent{Message: "x"}, 0, "", zone); strings.TrimSpace(got.Time) != "" || len(got.Time) != 12 {
		t.Errorf("without a time it is %q", got.Time)
	}
}

func TestIndent(t *testing.T) {
	e := entry(&sources.LogEvent{Message: `{"message":"m","stack":"a\nb","n":[1]}`}, 0, "", time.UTC)
	want := "{\n  \"message\": \"m\",\n  \"stack\": \"a\n    b\",\n  \"n\": [\n    1\n  ]\n}"
	if e.Full == nil || e.Full() != want {
		t.Errorf("opened: %q, want %q", e.Full(), want)
	}
}

func FuzzEntry(f *testing.F) {
	for _, s := range []string{"[INFO]\t2026-11-23T09:00:01.120Z\tx\ty", `{"message":"a","b":[1,{}]}`, "{", "\t\t\t\t", "[", "[ERROR] ", `{"message":"\ud800"}`} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, message string) {
		e := entry(&sources.LogEvent{Message: message}, 0, "x", time.UTC)
		if e.Full != nil {
			_ = e.Full()
		}
	})
}

func TestSpan(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		inv      sources.Invocation
		from, to time.Time
	}{
		{"nothing is known", sources.Invocation{}, time.Time{}, time.Time{}},
		{"running", sources.Invocation{Start: sources.Some(start)}, start.Add(-slack), time.Time{}},
		{"cold and reported", sources.Invocation{
			Start: sources.Some(start), Reported: sources.Some(start.Add(3 * time.Second)), Init: sources.Some(2 * time.Second),
		}, start.Add(-slack - 2*time.Second), start.Add(3*time.Second + slack)},
		{"only a report", sources.Invocation{
			Reported: sources.Some(start), Duration: sources.Some(time.Second),
		}, start.Add(-slack - time.Second), start.Add(slack)},
		{"no report time", sources.Invocation{
			Start: sources.Some(start), Duration: sources.Some(time.Second),
		}, start.Add(-slack), start.Add(time.Second + slack)},
	} {
		if from, to := span(c.inv); !from.Equal(c.from) || !to.Equal(c.to) {
			t.Errorf("%s: from %v to %v, want %v to %v", c.name, from, to, c.from, c.to)
		}
	}
}
