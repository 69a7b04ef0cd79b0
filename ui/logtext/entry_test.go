package logtext_test

import (
	"strings"
	"testing"

	"fntop/sources"
	"fntop/ui/logtext"
	"fntop/ui/widget/logview"
)

const request = "7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b"

func TestEntry(t *testing.T) {
	for _, c := range []struct {
		name, message, text string
		level               logview.Level
		quiet               bool
	}{
		{"start", "START RequestId: " + request + " Version: $LATEST\n", "START RequestId: " + request + " Version: $LATEST", logview.NoLevel, true},
		{"report", "REPORT RequestId: " + request + "\tDuration: 17.21 ms\t\n", "REPORT RequestId: " + request + "\tDuration: 17.21 ms\t", logview.NoLevel, true},
		{"init", "INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: x", "INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: x", logview.NoLevel, true},
		{"python", "[INFO]\t2026-11-23T09:00:01.120Z\t" + request + "\tthumbnail request\n", "thumbnail request", logview.Info, false},
		{"python warning", "[WARNING]\t2026-11-23T09:00:01.120Z\t" + request + "\told\n", "old", logview.Warn, false},
		{"node", "2026-11-23T09:00:01.120Z\t" + request + "\tERROR\tboom\tand more", "boom\tand more", logview.Error, false},
		{"node of another request", "2026-11-23T09:00:01.120Z\tother-id\tINFO\thello", "other-id\tINFO\thello", logview.NoLevel, false},
		{"error", "[ERROR] ValueError: cannot identify image file", "ValueError: cannot identify image file", logview.Error, false},
		{"an error with a word", "ERROR something broke", "ERROR something broke", logview.Error, false},
		{"brackets that are no level", "[cache] hit", "[cache] hit", logview.NoLevel, false},
		{"traceback", "Traceback (most recent call last):\n  File x", "Traceback (most recent call last):", logview.Error, false},
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
		got := of(c.message)
		if got.Text != c.text || got.Level != c.level || got.Quiet != c.quiet {
			t.Errorf("%s: %q, level %d, quiet %v; want %q, %d, %v", c.name, got.Text, got.Level, got.Quiet, c.text, c.level, c.quiet)
		}
	}
}

// of is the entry of events with these messages.
func of(messages ...string) logview.Entry { return logtext.Entry(events(messages...), request) }

func events(messages ...string) []sources.LogEvent {
	list := make([]sources.LogEvent, len(messages))
	for i, m := range messages {
		list[i].Message = m
	}
	return list
}

func TestJSONOpensInSteps(t *testing.T) {
	e := of(`{"message":"m","stack":"a\nb","n":[1]}`)
	want := "{\n  \"message\": \"m\",\n  \"stack\": \"a\n    b\",\n  \"n\": [\n    1\n  ]\n}"
	if e.Full == nil || e.Full() != want || e.Deep != nil {
		t.Errorf("opened: %q, want %q, and nothing below", e.Full(), want)
	}
	long := `{"id":"0123456789","name":"a name that is long enough to be left out"}`
	e = of(`{"level":"INFO","order":` + long + `,"small":{"a":1},"items":[` + long + `]}`)
	want = "{\n  \"level\": \"INFO\",\n  \"order\": {2 fields},\n  \"small\": {\"a\":1},\n  \"items\": [1 item]\n}"
	if e.Full == nil || e.Full() != want {
		t.Errorf("opened: %q, want %q", e.Full(), want)
	}
	if e.Deep == nil || strings.Count(e.Deep(), "left out") != 2 {
		t.Error("opened once more, it does not show all")
	}
	if e = of(`[` + long + `]`); e.Full == nil || e.Full() != "[\n  {2 fields}\n]" {
		t.Errorf("an array opens to %q", e.Full())
	}
	if e = of(`{"path":"C:\\new"}`); e.Full() != "{\n  \"path\": \"C:\\\\new\"\n}" {
		t.Errorf("a backslash and an n become %q", e.Full())
	}
}

func TestTextThatEndsInJSON(t *testing.T) {
	line := "2026-11-23T09:00:01.120Z\t" + request + "\tERROR\tInvoke Error \t" + `{"errorType":"Error","stack":["Error: x","    at f"]}`
	e := of(line)
	if e.Level != logview.Error || !strings.HasPrefix(e.Text, "Invoke Error") || e.Full == nil {
		t.Fatalf("%q at level %d", e.Text, e.Level)
	}
	if want := "Invoke Error\n{\n  \"errorType\": \"Error\""; !strings.HasPrefix(e.Full(), want) {
		t.Errorf("opened: %q", e.Full())
	}
	if e = of("Processing {not json}"); e.Full != nil {
		t.Error("what is no JSON opens to something else")
	}
}

func FuzzEntry(f *testing.F) {
	for _, s := range []string{
		"[INFO]\t2026-11-23T09:00:01.120Z\tx\ty", `{"message":"a","b":[1,{}]}`, "{", "\t\t\t\t", "[", "[ERROR] ",
		`{"message":"\ud800"}`, "Traceback (most recent call last):\r  File\rE: x", "panic: x\n\ngoroutine 1 [running]:\n", `x {"a":{}}`, "[1,2]",
	} {
		f.Add(s, "\tat x")
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		list := events(one, two, one)
		next := 0
		for _, g := range logtext.Groups(list) {
			if g.From != next || g.To <= g.From {
				t.Fatalf("group %v after %d", g, next)
			}
			next = g.To
			e := logtext.Entry(list[g.From:g.To], "x")
			for _, text := range []func() string{e.Full, e.Deep} {
				if text != nil {
					_ = text()
				}
			}
		}
		if next != len(list) {
			t.Fatalf("%d events of %d are in groups", next, len(list))
		}
	})
}
