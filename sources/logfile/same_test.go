package logfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"fntop/sources"
)

const tail = "\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB"

const (
	reqR = "11111111-1111-4111-8111-111111111111"
	reqS = "22222222-2222-4222-8222-222222222222"
)

func startOf(id string) string  { return "START RequestId: " + id + " Version: 1" }
func reportOf(id string) string { return "REPORT RequestId: " + id + "\tDuration: 2.00 ms" + tail }

// said is what matters of invocations here, one a line, in order.
func said(list []sources.Invocation) string {
	var lines []string
	for _, inv := range list {
		cold := "-"
		if c, ok := inv.Cold.Get(); ok {
			cold = fmt.Sprint(c)
		}
		lines = append(lines, fmt.Sprintf("%s/%d %s %s cold=%s trace=%s", inv.RequestID[:1], inv.Attempt, inv.Outcome, inv.ErrorType, cold, inv.TraceID))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func invocationsOf(t *testing.T, r io.Reader, opts Options) []sources.Invocation {
	t.Helper()
	var got []sources.Invocation
	for inv, err := range Invocations(t.Context(), r, opts) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, inv)
	}
	return got
}

// dribble gives its text in pieces of n bytes and pauses after some of them.
type dribble struct {
	s      string
	n      int
	pauses int // after so many reads
	reads  int
}

func (d *dribble) Read(p []byte) (int, error) {
	if d.s == "" {
		return 0, io.EOF
	}
	if d.reads++; d.pauses > 0 && d.reads%d.pauses == 0 {
		time.Sleep(2 * idleAfter)
	}
	n := copy(p[:min(d.n, len(p))], d.s)
	d.s = d.s[n:]
	return n, nil
}

// logs are logs of which the reading of a pipe and that of a file differed, or
// that were read wrongly by both, with what they say.
func logs() map[string]struct{ text, want string } {
	iso := func(stamp, stream, line string) string {
		return "2026-11-23T" + stamp + "Z " + strings.TrimSpace(stream+" "+line) + "\n"
	}
	aa, bb := "2026/11/23/[1]aa", "2026/11/23/[1]bb"
	spring := "2026-11-23T09:00:01.120Z  INFO 8 --- [           main] com.example.App   : Spring line\n"
	pair := startOf(reqR) + "\n" + reportOf(reqR) + "\n"
	jsonPair := `{"time":"2026-11-23T09:00:00.000Z","type":"platform.start","record":{"requestId":"` + reqR + `","version":"1"}}` + "\n%s" +
		`{"time":"2026-11-23T09:00:00.100Z","type":"platform.report","record":{"requestId":"` + reqR + `","metrics":{"durationMs":100,"billedDurationMs":100,"memorySizeMB":128,"maxMemoryUsedMB":60},"status":"%s"}}` + "\n"
	okR := "1/1 ok  cold=false trace="
	failure := "[ERROR] ValueError: x\nTraceback (most recent call last):\n  File \"a.py\", line 1, in h\n"
	return map[string]struct{ text, want string }{
		"streams in sequence": {
			iso("12:00:00.000", aa, startOf(reqR)) + iso("12:00:00.002", aa, reportOf(reqR)) + iso("11:00:00.000", bb, startOf(reqS)) + iso("11:00:00.002", bb, reportOf(reqS)),
			okR + "\n2/1 ok  cold=false trace=",
		},
		"streams in sequence without names": {
			iso("12:00:00.000", "", startOf(reqR)) + iso("12:00:00.001", "", failure) + iso("12:00:00.002", "", reportOf(reqR)) +
				iso("11:00:00.000", "", startOf(reqS)) + iso("11:00:00.001", "", failure) + iso("11:00:00.002", "", reportOf(reqS)),
			"1/1 error ValueError cold=false trace=\n2/1 error ValueError cold=false trace=",
		},
		"an open one in its stream": {
			iso("12:00:00.000", aa, startOf(reqR)) + iso("12:00:00.002", aa, "x") + iso("11:00:00.000", bb, startOf(reqS)) + iso("11:00:00.002", bb, reportOf(reqS)) + iso("12:20:00.000", aa, "y"),
			"1/1 unknown  cold=- trace=\n2/1 ok  cold=false trace=",
		},
		"hours of other lines": {
			iso("09:00:00.000", aa, startOf(reqR)) + iso("12:00:00.000", aa, "other"), "1/1 unknown  cold=- trace=",
		},
		"still running": {
			iso("09:00:00.000", aa, startOf(reqR)) + iso("09:01:00.000", aa, "other"), "1/1 running  cold=- trace=",
		},
		"hours of other lines in JSON": {
			strings.SplitAfter(fmt.Sprintf(jsonPair, "", ""), "\n")[0] + `{"timestamp":"2026-11-23T12:00:00.000Z","level":"INFO","message":"x"}` + "\n", "1/1 unknown  cold=- trace=",
		},
		"results in the first line":       {`{"level":"info","results":[1,2]}` + "\n" + fmt.Sprintf(jsonPair, "", "success"), okR},
		"events in the first line":        {`{"level":"info","events":["a"]}` + "\n" + pair, okR},
		"objects as events, but no log's": {`{"level":"info","events":[{"message":"m"}]}` + "\n" + pair, okR},
		"an event ID in the first line":   {`{"level":"info","message":"x","eventId":"e-1"}` + "\n" + pair, okR},
		"a stream in the first line":      {`{"level":"info","message":"x","logStreamName":"s"}` + "\n" + fmt.Sprintf(jsonPair, "", "success"), okR},
		"Spring first":                    {strings.Repeat(spring, 700) + pair, okR},
		"stamped, text first":             {"hello\n" + strings.Repeat("x\n", 40000) + iso("09:00:00.000", aa, startOf(reqR)) + iso("09:00:00.002", aa, reportOf(reqR)), okR},
		"trace line of its own": {
			iso("09:00:00.000", aa, startOf(reqR)) + iso("09:00:00.002", aa, reportOf(reqR)) + iso("09:00:00.002", aa, "XRAY TraceId: "+tr1+"\tSegmentId: 1\tSampled: true"), okR + tr1,
		},
		"trace line before its report": {
			iso("09:00:00.000", aa, startOf(reqS)) + iso("09:00:00.002", aa, reportOf(reqS)) + iso("09:00:00.500", aa, startOf(reqR)) +
				iso("09:00:00.502", aa, "XRAY TraceId: "+tr1+"\tSegmentId: 1\tSampled: true") + iso("09:00:00.502", aa, reportOf(reqR)),
			okR + tr1 + "\n2/1 ok  cold=false trace=",
		},
		"interleaved without names": {
			startOf(reqR) + "\n" + startOf(reqS) + "\n" + failure + reportOf(reqS) + "\n" + reportOf(reqR) + "\n",
			"1/1 unknown  cold=false trace=\n2/1 unknown  cold=false trace=",
		},
		"a lost report, without names": {
			startOf("3") + "\n" + startOf(reqS) + "\n" + failure + reportOf(reqS) + "\n" + pair, "1/1 ok  cold=false trace=\n2/1 error ValueError cold=false trace=\n3/1 unknown  cold=- trace=",
		},
		"in whole seconds, without names": {
			iso("09:00:01", "", startOf(reqR)) + iso("09:00:01", "", startOf(reqS)) + iso("09:00:01", "", failure) + iso("09:00:01", "", reportOf(reqS)) + iso("09:00:01", "", reportOf(reqR)),
			"1/1 unknown  cold=false trace=\n2/1 unknown  cold=false trace=",
		},
		"a handled error": {startOf(reqR) + "\n[ERROR] ConnectionError: attempt 1 failed, retrying\n" + reportOf(reqR) + "\n", okR},
		"a failure of the runtime": {
			startOf(reqR) + "\n[ERROR] Runtime.ImportModuleError: Unable to import module 'a'\nTraceback (most recent call last):\n" + reportOf(reqR) + "\n",
			"1/1 error Runtime.ImportModuleError cold=false trace=",
		},
		"an error in JSON, Python": {
			fmt.Sprintf(jsonPair, `{"timestamp":"2026-11-23T09:00:00.050Z","level":"ERROR","errorType":"KeyError","errorMessage":"bad","requestId":"`+reqR+`","stackTrace":["x"]}`+"\n", "failure"),
			"1/1 error KeyError cold=false trace=",
		},
		"an error in JSON, Node.js": {
			fmt.Sprintf(jsonPair, `{"timestamp":"2026-11-23T09:00:00.050Z","level":"ERROR","requestId":"`+reqR+`","message":{"errorType":"KeyError","errorMessage":"bad","stackTrace":["x"]}}`+"\n", "failure"),
			"1/1 error KeyError cold=false trace=",
		},
		"an error in JSON, tail json": {
			iso("09:00:00.000", aa, startOf(reqR)) + iso("09:00:00.001", aa, "\n{\n  \"level\": \"ERROR\",\n  \"errorType\": \"KeyError\",\n  \"errorMessage\": \"bad\",\n  \"requestId\": \""+reqR+"\",\n  \"stackTrace\": []\n}") +
				iso("09:00:00.002", aa, "\n{\n  \"type\": \"platform.report\",\n  \"record\": {\n    \"requestId\": \""+reqR+"\",\n    \"status\": \"failure\",\n    \"metrics\": {\n      \"durationMs\": 2,\n      \"billedDurationMs\": 2\n    }\n  }\n}"),
			"1/1 error KeyError cold=false trace=",
		},
		"an error in the millisecond of its START": {
			`{"timestamp":"2026-11-23T09:00:00.000Z","level":"ERROR","errorType":"KeyError","errorMessage":"bad","requestId":"` + reqR + `"}` + "\n" + fmt.Sprintf(jsonPair, "", "failure"),
			"1/1 error KeyError cold=false trace=",
		},
		"proactive without a name": {
			iso("09:00:00.000", "", "INIT_START Runtime Version: x") + iso("09:10:00.000", "", startOf(reqR)) + iso("09:10:00.002", "", reportOf(reqR)+"\tInit Duration: 300.00 ms"), okR,
		},
		"an init of another log": {
			iso("09:00:00.000", "", "INIT_START Runtime Version: x") + iso("08:10:00.000", "", startOf(reqR)) + iso("08:10:00.002", "", reportOf(reqR)+"\tInit Duration: 300.00 ms"), "1/1 ok  cold=true trace=",
		},
		"after a crash, with an older one open": {
			iso("09:00:00.000", aa, startOf("3")) + iso("09:00:01.000", aa, reportOf(reqS)+"\tStatus: error\tError Type: Runtime.OutOfMemory") + iso("09:00:02.000", aa, reportOf(reqR)),
			"1/1 ok  cold=true trace=\n2/1 out-of-memory Runtime.OutOfMemory cold=false trace=\n3/1 running  cold=- trace=",
		},
		"managed instances": {
			iso("09:00:00.000", aa, `{"type":"platform.report","record":{"requestId":"`+reqS+`","status":"error","errorType":"Runtime.ExitError","metrics":{"durationMs":2}}}`) +
				iso("09:00:01.000", aa, `{"type":"platform.report","record":{"requestId":"`+reqR+`","status":"success","metrics":{"durationMs":2}}}`),
			okR + "\n2/1 exit Runtime.ExitError cold=false trace=",
		},
		"a report twice":         {pair + reportOf(reqR) + "\n", okR},
		"indented, as copied":    {"  " + startOf(reqR) + "\n  hello\n  " + reportOf(reqR) + "\n", okR},
		"a retry, without times": {pair + pair, okR + "\n1/2 ok  cold=false trace="},
	}
}

// TestSameFromAPipe checks that the same bytes give the same invocations from
// a file, from a pipe at full speed, and from one that pauses.
func TestSameFromAPipe(t *testing.T) {
	for name, log := range logs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := said(invocationsOf(t, strings.NewReader(log.text), Options{})); got != log.want {
				t.Errorf("file:\n%s\nwant\n%s", got, log.want)
			}
			if got := said(invocationsOf(t, strings.NewReader(log.text), Options{Live: true})); got != log.want {
				t.Errorf("pipe:\n%s\nwant\n%s", got, log.want)
			}
			if got := said(invocationsOf(t, &dribble{s: log.text, n: 4099}, Options{Live: true})); got != log.want {
				t.Errorf("pipe in pieces:\n%s\nwant\n%s", got, log.want)
			}
		})
	}
	for _, form := range forms(t) {
		t.Run(form.name, func(t *testing.T) {
			t.Parallel()
			want := invocationsOf(t, strings.NewReader(form.text), form.opts)
			opts := form.opts
			opts.Live = true
			for _, text := range []string{form.text, zip(t, form.text)} {
				for _, r := range []io.Reader{strings.NewReader(text), &dribble{s: text, n: 100}, &dribble{s: text, n: len(text)/3 + 1, pauses: 2}} {
					if got := invocationsOf(t, r, opts); !slices.Equal(got, want) {
						t.Errorf("pipe:\n%+v\nfile:\n%+v", got, want)
					}
				}
			}
		})
	}
}

// TestManyStreamsInSequence reads twenty streams of the same two hours, one
// after the other, by name and without.
func TestManyStreamsInSequence(t *testing.T) {
	for _, named := range []bool{false, true} {
		var b strings.Builder
		for s := range 20 {
			for k := range 1000 {
				at := epoch.Add(time.Duration(k) * 7 * time.Second)
				id := fmt.Sprintf("%08d-1111-4111-8111-%012d", s, k)
				name := ""
				if named {
					name = fmt.Sprintf("2026/11/23/[1]%08x ", s)
				}
				fmt.Fprintf(&b, "%s %s%s\n", at.Format("2006-01-02T15:04:05.000Z"), name, startOf(id))
				fmt.Fprintf(&b, "%s %s%s\n", at.Add(2*time.Millisecond).Format("2006-01-02T15:04:05.000Z"), name, reportOf(id))
			}
		}
		for _, live := range []bool{false, true} {
			count := map[sources.Outcome]int{}
			for _, inv := range invocationsOf(t, strings.NewReader(b.String()), Options{Live: live}) {
				count[inv.Outcome]++
			}
			if want := map[sources.Outcome]int{sources.OK: 20000}; !maps.Equal(count, want) {
				t.Errorf("named %v, live %v: %v", named, live, count)
			}
		}
	}
}

// TestSlowFirstLine checks that the first read does not decide the format.
func TestSlowFirstLine(t *testing.T) {
	rest := startOf(reqR) + "\n" + reportOf(reqR) + "\n"
	for name, first := range map[string]string{
		"Spring":          "2026-11-23T09:00:01.120Z  INFO 8 --- [           main] com.example.App   : Spring line\n",
		"half a line":     "STA",
		"half a document": "{\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := first + strings.TrimPrefix(rest, first)
			if first == "{\n" {
				text = `{` + "\n" + `"events":[{"message":"` + startOf(reqR) + `"},{"message":"` + strings.ReplaceAll(reportOf(reqR), "\t", `\t`) + `"}]}`
			}
			r, w := io.Pipe()
			go func() {
				_, _ = io.WriteString(w, first)
				time.Sleep(3 * idleAfter)
				_, _ = io.WriteString(w, text[len(first):])
				_ = w.Close()
			}()
			if got, want := said(invocationsOf(t, r, Options{Live: true})), "1/1 ok  cold=false trace="; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestTorn checks that half a line at the end of a broken input is not taken
// for a whole one.
func TestTorn(t *testing.T) {
	text := startOf(reqR) + "\n" + reportOf(reqR)
	text = text[:strings.Index(text, "Memory Size")]
	for _, live := range []bool{false, true} {
		f := New(io.MultiReader(strings.NewReader(text), &failing{io.ErrUnexpectedEOF}), Options{Live: live})
		var got []sources.Invocation
		var failed error
		for inv, err := range f.Invocations(t.Context()) {
			if failed = err; err == nil {
				got = append(got, inv)
			}
		}
		if s := f.Stats(); said(got) != "1/1 unknown  cold=- trace=" || !errors.Is(failed, io.ErrUnexpectedEOF) || s.Torn != 1 || s.Lines != 2 || s.Events != 1 {
			t.Errorf("%s, %v, %+v", said(got), failed, s)
		}
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func TestPaddedGzip(t *testing.T) {
	text := startOf(reqR) + "\n" + reportOf(reqR) + "\n"
	if got, want := said(invocationsOf(t, strings.NewReader(zip(t, text)+strings.Repeat("\x00", 512)), Options{})), "1/1 ok  cold=false trace="; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var failed error
	for _, err := range Invocations(t.Context(), strings.NewReader(zip(t, text)+"\x00x"), Options{}) {
		failed = err
	}
	if failed == nil {
		t.Error("text after the gzip data is no error")
	}
}

// TestCancelWhileNothingComes checks that a reading ends with its context
// though its input gives nothing, and that what was complete has been given.
func TestCancelWhileNothingComes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", startOf(reqR) + "\n" + reportOf(reqR) + "\n"} {
		ctx, cancel := context.WithCancel(t.Context())
		f, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		opened := make(chan *os.File)
		go func() { // opening waits for the reader
			w, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err == nil {
				_, _ = io.WriteString(w, text)
			}
			opened <- w
		}()
		n := 0
		var failed error
		time.AfterFunc(4*idleAfter, cancel)
		began := time.Now()
		for _, err := range f.Invocations(ctx) {
			if failed = err; err == nil {
				n++
			}
		}
		if !errors.Is(failed, context.Canceled) || n != min(len(text), 1) || time.Since(began) > 5*time.Second {
			t.Errorf("%d invocations and %v after %v", n, failed, time.Since(began))
		}
		_ = (<-opened).Close()
		_ = f.Close()
	}
}

// TestIdle checks that the caller is told when all there is has been given,
// and can end the reading.
func TestIdle(t *testing.T) {
	r, w := io.Pipe()
	given, stop := 0, errors.New("enough")
	opts := Options{Live: true, Idle: func() error {
		if given > 0 {
			return stop
		}
		return nil
	}}
	go func() { _, _ = io.WriteString(w, startOf(reqR)+"\n"+reportOf(reqR)+"\n") }()
	var failed error
	for _, err := range Invocations(t.Context(), r, opts) {
		if failed = err; err == nil {
			given++
		}
	}
	if !errors.Is(failed, stop) || given != 1 {
		t.Errorf("%d invocations and %v", given, failed)
	}
	_ = w.Close()
}

// TestStatsAddUp checks that nothing is left out of the counts.
func TestStatsAddUp(t *testing.T) {
	for name, text := range map[string]string{
		"objects":     `{"events":[{"message":"a"}]}{"a":1}{"events":"x"}[]`,
		"cut off":     `{"events":[{"message":"a"},{"message":"b`,
		"much":        `{"events":[{"message":"a"},{"message":"` + strings.Repeat("x", 7*MaxEvent) + `"}]}`,
		"nothing new": `{"events":[],"searchedLogStreams":[]}`,
	} {
		f := New(strings.NewReader(text), Options{})
		for _, err := range f.Events(t.Context()) {
			if err != nil && name != "cut off" {
				t.Errorf("%s: %v", name, err)
			}
		}
		s := f.Stats()
		if s.Format != Documents || s.Lines != s.Events+s.Foreign+s.Torn || s.Events != s.Platform+s.Runtime+s.Application+s.Malformed || s.Malformed != 0 {
			t.Errorf("%s: %+v", name, s)
		}
		if want := map[string]int64{"objects": 2, "cut off": 1, "much": 1}[name]; s.Foreign+s.Torn != want {
			t.Errorf("%s: %+v, want %d that are no events", name, s, want)
		}
	}
}

// TestIdleWhileOthersRun checks that a failure is not laid on the request that
// ends first, where another one runs.
func TestIdleWhileOthersRun(t *testing.T) {
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, startOf(reqR)+"\n"+startOf(reqS)+"\n[ERROR] ValueError: x\nTraceback (most recent call last):\n"+reportOf(reqS)+"\n")
		time.Sleep(3 * idleAfter)
		_, _ = io.WriteString(w, reportOf(reqR)+"\n")
		_ = w.Close()
	}()
	if got, want := said(invocationsOf(t, r, Options{Live: true})), "1/1 unknown  cold=false trace=\n2/1 unknown  cold=false trace="; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
