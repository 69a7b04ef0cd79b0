package logfile

import (
	"bytes"
	"io"
	"reflect"
	"testing"
	"testing/iotest"

	"fntop/sources"
)

// FuzzRead checks that no input makes the reader panic or lose count, and that
// it does not matter in which pieces the input comes.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"", "\n", "hello\n", "START RequestId: a Version: 1\nREPORT RequestId: a\tDuration: 1.00 ms\nXRAY TraceId: 1\n",
		"2026-11-23T09:00:01.120000+00:00 " + stream + " START RequestId: a Version: 1\nmore\n2026-11-23T09:00:01 x\n",
		"\x1b[32m2026-11-23T09:00:01.120Z\x1b[0m \x1b[36m" + stream + "\x1b[0m hello\n", "1700000000000\thello\n", "2026-11-23T09:00:01.120Z START RequestId: a\n",
		`{"events":[{"message":"a","timestamp":1,"eventId":"1"},{"message":"b"}],"nextToken":"x"}{"events":[]}`,
		`{"logStream":"s","logEvents":[{"id":"1","timestamp":1,"message":"REPORT RequestId: a\tDuration: 1.00 ms"}]}`,
		`{"results":[[{"field":"@message","value":"x"},{"field":"@timestamp","value":"2026-11-23 09:00:01.120"}]]}`,
		`["a","b\u0041"]`, `[{"message":"a","logStreamName":"s"}]`, `{"timestamp":1,"message":"a","eventId":"1"}` + "\n{}\n",
		`{"events":[]}]`, `:`, `{"events":[`, `{"events":[1,{"a":[{}]},"x"]`, `{"events":]`, `{"events":[}`, `{"a"}`, "\xff\xfea\x00\n\x00", "\xef\xbb\xbfhello", "\x1f\x8b",
		"[ERROR] KeyError: x\nTraceback (most recent call last):\n  File\nValueError: x\n}\n]\n", "a: b.C\nb.C: a\n\tat\nCaused by: x\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func(r io.Reader, live bool) (events []sources.LogEvent, s Stats, kind string) {
			file := New(r, Options{Live: live})
			for e, err := range file.Events(t.Context()) {
				if err != nil {
					kind = err.Error()
					break
				}
				events = append(events, e)
			}
			return events, file.Stats(), kind
		}
		whole, stats, kind := read(bytes.NewReader(data), false)
		if stats.Events != int64(len(whole)) || stats.Events != stats.Platform+stats.Runtime+stats.Application+stats.Malformed {
			t.Errorf("%q: %d events, %+v", data, len(whole), stats)
		}
		for _, e := range whole {
			if len(e.Message) > MaxEvent {
				t.Errorf("%q: an event of %d bytes", data, len(e.Message))
			}
		}
		pieces, again, otherKind := read(iotest.OneByteReader(bytes.NewReader(data)), false)
		again.Bytes = stats.Bytes
		if !reflect.DeepEqual(whole, pieces) || stats != again || kind != otherKind {
			t.Errorf("%q:\nwhole  %q %+v %s\npieces %q %+v %s", data, whole, stats, kind, pieces, again, otherKind)
		}
		piped, third, thirdKind := read(iotest.HalfReader(bytes.NewReader(data)), true)
		third.Bytes = stats.Bytes
		if !reflect.DeepEqual(whole, piped) || stats != third || kind != thirdKind {
			t.Errorf("%q:\nwhole %q %+v %s\npiped %q %+v %s", data, whole, stats, kind, piped, third, thirdKind)
		}
		for inv, err := range Invocations(t.Context(), bytes.NewReader(data), Options{Live: len(data)%2 == 0}) {
			if err == nil && (inv.Outcome == "" || inv.RequestID == "" || inv.Attempt < 1) {
				t.Errorf("%q: %+v", data, inv)
			}
		}
		if stats.Format == Raw && !stats.Gzip && bytes.IndexByte(data, 0xff) < 0 {
			if want := int64(bytes.Count(data, []byte("\n"))); stats.Lines != want && stats.Lines != want+1 {
				t.Errorf("%q has %d lines, %d were counted", data, want, stats.Lines)
			}
		}
	})
}
