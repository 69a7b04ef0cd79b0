package logfile

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"fntop/sources"
)

func readAll(t *testing.T, f *File) []sources.LogEvent {
	t.Helper()
	var got []sources.LogEvent
	for e, err := range f.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		e.Message = strings.TrimRight(e.Message, "\n")
		got = append(got, e)
	}
	return got
}

func zip(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	// Two members, as in files that were put together.
	for _, part := range []string{s[:len(s)/2], s[len(s)/2:]} {
		w := gzip.NewWriter(&b)
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func inUTF16(s string, order binary.ByteOrder) string {
	b := make([]byte, 2)
	order.PutUint16(b, 0xfeff)
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, 0, 0)
		order.PutUint16(b[len(b)-2:], u)
	}
	return string(b)
}

// TestEvents reads the story in every form, whole and in little pieces,
// compressed, marked, and with the line ends of Windows.
func TestEvents(t *testing.T) {
	for _, form := range forms(t) {
		t.Run(form.name, func(t *testing.T) {
			expected := form.want.of(story())
			check := func(what string, r io.Reader, live bool) {
				t.Helper()
				opts := form.opts
				opts.Live = live
				f := New(r, opts)
				got := readAll(t, f)
				if !reflect.DeepEqual(got, expected) {
					t.Errorf("%s:\n got %q\nwant %q", what, got, expected)
				}
				s := f.Stats()
				if s.Format != form.format || s.Events != 13 || s.Platform != 10 || s.Runtime != 1 || s.Application != 2 ||
					s.Malformed != 0 || s.Foreign != 0 || s.Cut != 0 {
					t.Errorf("%s: %+v", what, s)
				}
			}
			check("whole", strings.NewReader(form.text), false)
			check("live", strings.NewReader(form.text), true)
			check("byte by byte", iotest.OneByteReader(strings.NewReader(form.text)), false)
			check("data with the end", iotest.DataErrReader(strings.NewReader(form.text)), false)
			check("compressed", strings.NewReader(zip(t, form.text)), false)
			check("marked", strings.NewReader("\ufeff"+form.text), false)
			check("UTF-16", strings.NewReader(inUTF16(form.text, binary.LittleEndian)), false)
			check("UTF-16, the other way", iotest.HalfReader(strings.NewReader(inUTF16(form.text, binary.BigEndian))), false)
			check("without a last line end", strings.NewReader(strings.TrimRight(form.text, "\n")), false)
			if form.format != Documents && form.format != EventLines {
				crlf := strings.ReplaceAll(form.text, "\n", "\r\n")
				for i := range expected {
					expected[i].Message = strings.ReplaceAll(expected[i].Message, "\n", "\r\n")
				}
				check("with line ends of Windows", strings.NewReader(crlf), false)
			}
		})
	}
}

// TestInvocations checks that every form gives the same invocations, as far as
// it has times and streams.
func TestInvocations(t *testing.T) {
	ms := func(f float64) sources.Opt[time.Duration] { return sources.Some(time.Duration(f*1e6 + 0.5)) }
	mb := sources.Some[int]
	fn := sources.FunctionID{Cloud: sources.AWS, Region: "us-east-1", Name: "thumbs"}
	for _, form := range forms(t) {
		t.Run(form.name, func(t *testing.T) {
			base := sources.Invocation{Function: fn, Attempt: 1, Version: "$LATEST", MemoryMB: mb(512), Cold: sources.Some(false)}
			if form.want.stream {
				base.Environment = stream
			}
			a, b, c := base, base, base
			a.RequestID, a.Duration, a.Billed, a.Init, a.MaxMemoryMB = id1, ms(17.21), ms(98), ms(80.52), mb(61)
			a.Cold, a.Outcome, a.TraceID, a.Sampled = sources.Some(true), sources.OK, tr1, true
			b.RequestID, b.Duration, b.Billed, b.MaxMemoryMB, b.Outcome, b.ErrorType = id2, ms(3.02), ms(4), mb(63), sources.Failed, "ValueError"
			c.RequestID, c.Duration, c.Billed, c.MaxMemoryMB, c.Outcome = id3, ms(3000), ms(3000), mb(240), sources.TimedOut
			if form.want.time {
				at := func(n int) sources.Opt[time.Time] {
					return sources.Some(epoch.Add(time.Duration(n) * 10 * time.Millisecond))
				}
				a.Start, a.Reported, b.Start, b.Reported, c.Start, c.Reported = at(1), at(5), at(6), at(9), at(10), at(12)
			}
			for _, live := range []bool{false, true} {
				opts := form.opts
				opts.Live = live
				opts.Function.ID = fn
				var got []sources.Invocation
				for inv, err := range Invocations(t.Context(), strings.NewReader(form.text), opts) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, inv)
				}
				if expected := []sources.Invocation{a, b, c}; !reflect.DeepEqual(got, expected) {
					t.Errorf("live %v:\n got %+v\nwant %+v", live, got, expected)
				}
			}
		})
	}
}

// TestJSONLogs reads logs in Lambda's JSON format, whose lines must not be
// taken for events or documents.
func TestJSONLogs(t *testing.T) {
	platform := `{"time":"2026-11-23T09:10:00.470Z","type":"platform.start","record":{"requestId":"` + id1 + `","version":"$LATEST"}}`
	app := `{"timestamp":"2026-11-23T09:10:01.000Z","level":"INFO","requestId":"` + id1 + `","message":"{\"order\":17}"}`
	report := `{"time":"2026-11-23T09:10:01.704Z","type":"platform.report","record":{"requestId":"` + id1 + `","metrics":{"durationMs":1233.96},"status":"success"}}`
	pretty := "{\n    \"time\": \"2026-11-23T09:10:00.470Z\",\n    \"type\": \"platform.start\",\n    \"record\": {\n        \"requestId\": \"" + id1 + "\"\n    }\n}"
	for _, test := range []struct {
		name, text string
		format     Format
		events     int64
		platform   int64
	}{
		{"raw", platform + "\n" + app + "\n" + report + "\n", Raw, 3, 2},
		{"raw, application first", app + "\n" + report + "\n", Raw, 2, 1},
		{"pretty-printed", pretty + "\n" + app + "\n" + report + "\n", Raw, 3, 2},
		{"tail json", "2026-11-23T09:10:00.470000+00:00 " + stream + " \n" + pretty + "\n2026-11-23T09:10:01+00:00 " + stream + " \n" + strings.ReplaceAll(pretty, ".start", ".report") + "\n2026-11-23T09:10:02+00:00 " + stream + " hello\n", Stamped, 3, 2},
		{"tail detailed", "2026-11-23T09:10:00.470000+00:00 " + stream + " " + platform + "\n", Stamped, 1, 1},
		{"events", `{"timestamp":1,"message":` + fmt.Sprintf("%q", report) + `,"eventId":"1"}` + "\n", EventLines, 1, 1},
		{"fntop's own", `{"id":"1","time":"2026-11-23T09:10:00.470Z","ingested":"2026-11-23T09:10:00.470Z","stream":"s","message":` + fmt.Sprintf("%q", report) + `}` + "\n", EventLines, 1, 1},
		{"message is an object", `{"timestamp":1,"logStreamName":"s","message":` + report + `}` + "\n", EventLines, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := New(strings.NewReader(test.text), Options{})
			for _, err := range f.Events(t.Context()) {
				if err != nil {
					t.Error(err)
				}
			}
			if s := f.Stats(); s.Format != test.format || s.Events != test.events || s.Platform != test.platform || s.Foreign != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// TestJoining checks which raw lines make one event.
func TestJoining(t *testing.T) {
	start := "START RequestId: " + id1 + " Version: 1"
	for name, events := range map[string][]string{
		"python logging": {
			start, "[ERROR]\t2026-11-23T09:00:01.120Z\t" + id1 + "\tno\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n    g()\nValueError: x\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\", line 3\nKeyError: 'y'",
			"END RequestId: " + id1,
		},
		"java":         {start, "woops: java.lang.RuntimeException\njava.lang.RuntimeException: woops\n\tat a.B.c(B.java:1)\nCaused by: java.io.IOException\n\t... 12 more", "next"},
		"dotnet":       {"2026-11-23T09:00:01.120Z\t" + id1 + "\tfail\tSystem.Exception: no\n   at A.B()\n   at C.D()", "next"},
		"ruby":         {"Error raised from handler method\n{\n  \"errorMessage\": \"no\",\n  \"errorType\": \"E\"\n}", "END RequestId: " + id1},
		"old crash":    {"RequestId: " + id1 + " Error: Runtime exited with error: exit status 1\nRuntime.ExitError", "END RequestId: " + id1},
		"old time-out": {"2026-11-23T09:00:01.120Z " + id1 + " Task timed out after 3.00 seconds", "END RequestId: " + id1},
		"pretty json":  {"{\n  \"a\": [\n    1\n  ]\n}", "{\n  \"b\": 1\n}"},
		"python logging of an own exception": {
			start, "[ERROR]\t2026-11-23T09:00:01.120Z\t" + id1 + "\tfailed\nTraceback (most recent call last):\n  File \"a.py\", line 1, in h\n    f()\nmypkg.errors.Oops: some", "done: yes",
			"END RequestId: " + id1,
		},
		"python runtime, chained": {
			start, "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n  File \"a.py\", line 1, in h\n    f()\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\", line 1, in h\n    g()\nKeyError: 'x'",
			"END RequestId: " + id1,
		},
		"python runtime": {
			start, "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n  File \"a.py\", line 1, in h\n    f()", "done: yes",
		},
		"go panic": {
			start, "panic: boom\n\ngoroutine 1 [running]:\nmain.handler(...)\n\t/src/main.go:12\nmain.(*T).run(0x1, {0x2, 0x3})\n\t/src/main.go:7 +0x1d\nexit status 2", "END RequestId: " + id1,
		},
		"not of platform": {start, "  indented", "more"},
		"not a trace":     {"plain", "ValueError: x", "java.lang.Exception: y"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, blank := range []string{"\n", "\n\n"} {
				got := []string{}
				for _, e := range readAll(t, New(strings.NewReader(strings.Join(events, blank)+"\n"), Options{})) {
					got = append(got, strings.TrimRight(e.Message, "\n"))
				}
				if !reflect.DeepEqual(got, events) {
					t.Errorf("got %q\nwant %q", got, events)
				}
			}
		})
	}
}

func TestNothingInSilence(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Stats
	}{
		{"empty", "", Stats{}},
		{"blank", "\n\n \n", Stats{Lines: 3}},
		{"malformed", "REPORT RequestId: x\tDur\nhello\n", Stats{Lines: 2, Events: 2, Malformed: 1, Application: 1}},
		{"text before the first stamp", "garbage\n2026-11-23T09:00:01.120000+00:00 " + stream + " START RequestId: x Version: 1\n", Stats{Format: Stamped, Lines: 2, Events: 1, Platform: 1, Foreign: 1}},
		{"objects that are no events", `{"timestamp":1,"message":"a","eventId":"1"}` + "\n{}\n" + `{"message":` + "\n", Stats{Format: EventLines, Lines: 3, Events: 1, Application: 1, Foreign: 2}},
		{"values that are no events", `{"events":[1,null,{"a":1},["x"],{"message":"m"}],"other":{"events":[]}} 12 "x" {} {"events":[]}`, Stats{Format: Documents, Lines: 8, Events: 1, Application: 1, Foreign: 7}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := New(strings.NewReader(test.text), Options{})
			readAll(t, f)
			test.want.Bytes = int64(len(test.text))
			if got := f.Stats(); got != test.want {
				t.Errorf("got %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestLongEvents(t *testing.T) {
	long := strings.Repeat("x", 3*MaxEvent)
	for name, text := range map[string]string{
		"raw":     "START RequestId: a Version: 1\n" + long + "\nREPORT RequestId: a\tDuration: 1.00 ms\n",
		"stamped": "2026-11-23T09:00:01.120Z START RequestId: a Version: 1\n2026-11-23T09:00:01.121Z " + long + "\n2026-11-23T09:00:01.122Z REPORT RequestId: a\tDuration: 1.00 ms\n",
		"json":    `{"events":[{"message":"START RequestId: a Version: 1"},{"message":"` + long + `"},{"message":"REPORT RequestId: a\tDuration: 1.00 ms"}]}`,
		"huge":    `{"events":[{"message":"START RequestId: a Version: 1"},{"message":"` + long + long + long + `"},{"message":"REPORT RequestId: a\tDuration: 1.00 ms"}]}`,
		"many":    "START RequestId: a Version: 1\ntrace\n" + strings.Repeat("\tat somewhere\n", MaxEvent/10) + "REPORT RequestId: a\tDuration: 1.00 ms\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := New(strings.NewReader(text), Options{})
			n := 0
			for inv, err := range f.Invocations(t.Context()) {
				if err != nil || inv.Outcome != sources.OK {
					t.Errorf("%+v, %v", inv, err)
				}
				n++
			}
			if n != 1 || f.Stats().Cut != 1 {
				t.Errorf("%d invocations, %+v", n, f.Stats())
			}
			for e, err := range New(strings.NewReader(text), Options{}).Events(t.Context()) {
				if err != nil || len(e.Message) > MaxEvent {
					t.Errorf("%d bytes, %v", len(e.Message), err)
				}
			}
		})
	}
}

// TestErrors checks that what was read before an error is given.
func TestErrors(t *testing.T) {
	boom := errors.New("boom")
	raw := "START RequestId: a Version: 1\nREPORT RequestId: a\tDuration: 1.00 ms\n"
	zipped := zip(t, raw)
	document := `{"events":[{"message":"START RequestId: a Version: 1"},{"message":"REPORT RequestId: a\tDuration: 1.00 ms"}`
	for _, test := range []struct {
		name string
		r    io.Reader
		n    int
		is   error
		kind sources.Kind
	}{
		{"reader", io.MultiReader(strings.NewReader(raw), iotest.ErrReader(boom)), 1, boom, sources.Other},
		{"reader at once", iotest.ErrReader(boom), 0, boom, sources.Other},
		{"gzip cut off", strings.NewReader(zipped[:len(zipped)-3]), 1, io.ErrUnexpectedEOF, sources.Other},
		{"gzip broken", strings.NewReader("\x1f\x8bnonsense"), 0, gzip.ErrHeader, sources.Other},
		{"document cut off", strings.NewReader(document), 1, nil, sources.Malformed},
		{"document broken", strings.NewReader(document + "]:"), 1, nil, sources.Malformed},
		{"stray bracket", strings.NewReader(document + "]}]"), 1, nil, sources.Malformed},
		{"no progress", io.MultiReader(strings.NewReader(raw), idle{}), 1, io.ErrNoProgress, sources.Other},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := 0
			var last error
			for _, err := range Invocations(t.Context(), test.r, Options{}) {
				if err == nil {
					n++
				} else if last != nil {
					t.Errorf("a second error: %v", err)
				}
				last = err
			}
			if n != test.n || last == nil || test.is != nil && !errors.Is(last, test.is) || sources.KindOf(last) != test.kind {
				t.Errorf("%d invocations and %v", n, last)
			}
		})
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	line := strings.Repeat("hello hello hello\n", 1000)
	f := New(&endless{line: line}, Options{})
	n := 0
	var last error
	for _, err := range f.Events(ctx) {
		if n++; n == 5000 {
			cancel()
		}
		last = err
	}
	if !errors.Is(last, context.Canceled) || n > 200000 {
		t.Errorf("%d events and %v", n, last)
	}
}

type endless struct{ line string }

func (e *endless) Read(p []byte) (int, error) { return copy(p, e.line), nil }

// TestStopping checks that a caller may stop at any time.
func TestStopping(t *testing.T) {
	for _, form := range forms(t) {
		for stop := 1; stop < 3; stop++ {
			n := 0
			for _, err := range New(strings.NewReader(form.text), form.opts).Events(t.Context()) {
				if n++; n == stop || err != nil {
					break
				}
			}
			m := 0
			for _, err := range New(strings.NewReader(form.text), form.opts).Invocations(t.Context()) {
				if m++; m == stop || err != nil {
					break
				}
			}
			if n != stop || m != stop {
				t.Errorf("%s: %d events, %d invocations, want %d", form.name, n, m, stop)
			}
		}
	}
}

// TestLive checks that an invocation is given before its log goes on.
func TestLive(t *testing.T) {
	r, w := io.Pipe()
	f := New(r, Options{Live: true})
	got := make(chan sources.Invocation)
	done := make(chan error, 1)
	go func() {
		defer close(got)
		for inv, err := range f.Invocations(context.Background()) {
			if err != nil {
				done <- err
				return
			}
			got <- inv
		}
		done <- nil
	}()
	for i := range 3 {
		id := fmt.Sprintf("r%d", i)
		_, _ = io.WriteString(w, "START RequestId: "+id+" Version: 1\n")
		_, _ = io.WriteString(w, "REPORT RequestId: "+id+"\tDuration: 1.00 ms\n")
		if inv := <-got; inv.RequestID != id || inv.Outcome != sources.OK {
			t.Errorf("%+v", inv)
		}
	}
	_ = w.Close()
	if _, more := <-got; more {
		t.Error("one too many")
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "2026-11-23-[$LATEST]0123456789abcdef0123456789abcdef")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "000000.gz")
	text := join(story(), func(e sources.LogEvent) string {
		return e.Time.Format("2006-01-02T15:04:05.000Z") + " " + e.Message
	})
	if err := os.WriteFile(path, []byte(zip(t, text)), 0o600); err != nil {
		t.Fatal(err)
	}
	var told []int64
	f, err := Open(path, Options{Progress: func(n int64) { told = append(told, n) }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	n := 0
	for inv, err := range f.Invocations(t.Context()) {
		if err != nil || inv.Environment != stream {
			t.Errorf("%+v, %v", inv, err)
		}
		n++
	}
	if s := f.Stats(); n != 3 || !s.Gzip || s.Bytes != f.Size() || len(told) != 1 || told[0] != f.Size() {
		t.Errorf("%d invocations, %+v of %d bytes, told %v", n, s, f.Size(), told)
	}
	if _, err := Open(filepath.Join(dir, "none"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("opening nothing: %v", err)
	}
}

func TestExportedStream(t *testing.T) {
	got := map[string]string{}
	want := map[string]string{
		"x/2026-11-23-[$LATEST]ab/000000.gz": "2026/11/23/[$LATEST]ab",
		"x/2026-11-23-fn[7][ab-cd]/000001":   "2026/11/23/fn[7][ab-cd]",
		"x/2026-11-23-[$LATEST]ab/log.gz":    "",
		"000000.gz":                          "",
		"logs/000000.gz":                     "",
	}
	for path := range want {
		got[path] = exportedStream(filepath.FromSlash(path))
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
