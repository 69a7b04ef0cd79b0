package logfile

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

// textLog is what a function in text format writes: three platform lines and
// six lines of its own for each invocation.
func textLog(invocations int, stamp func(i int) string) string {
	var b strings.Builder
	for i := range invocations {
		id := fmt.Sprintf("7d0e3c6a-41b2-4f0e-9a55-0c1d%08x", i)
		for _, line := range []string{
			"START RequestId: " + id + " Version: $LATEST",
			"[INFO]\t2026-11-23T09:00:01.120Z\t" + id + "\tthumbnail request bucket=uploads key=cats/1.jpg size=48213",
			"2026-11-23T09:00:01.140Z\t" + id + "\tINFO\tfetching object from s3 with retries=3 and region us-east-1",
			"ERROR could not reach the cache at 10.0.3.17:6379, going on without it",
			"resize: 1280x960 -> 320x240 in 31.2 ms, quality 82, progressive",
			"{\"level\":\"INFO\",\"location\":\"handler:41\",\"message\":\"stored\",\"timestamp\":\"2026-11-23 09:00:01,333\",\"service\":\"thumbs\",\"cold_start\":false,\"function_request_id\":\"" + id + "\"}",
			"response headers:\n  content-type: image/jpeg\n  content-length: 18211\n  x-amz-request-id: TX00000",
			"END RequestId: " + id,
			fmt.Sprintf("REPORT RequestId: %s\tDuration: %d.21 ms\tBilled Duration: %d ms\tMemory Size: 512 MB\tMax Memory Used: 61 MB\t\nXRAY TraceId: 1-6d2f3a10-0123456789abcdef01234567\tSegmentId: 89abcdef01234567\tSampled: true\t", id, 10+i%900, 11+i%900),
		} {
			b.WriteString(stamp(i) + line + "\n")
		}
	}
	return b.String()
}

func jsonLog(invocations int) string {
	var b strings.Builder
	for i := range invocations {
		id := fmt.Sprintf("7d0e3c6a-41b2-4f0e-9a55-0c1d%08x", i)
		for _, line := range []string{
			`{"time":"2026-11-23T09:10:00.470Z","type":"platform.start","record":{"requestId":"` + id + `","functionArn":"arn:aws:lambda:us-east-1:123456789012:function:orders","version":"$LATEST"}}`,
			`{"timestamp":"2026-11-23T09:10:01.000Z","level":"INFO","requestId":"` + id + `","message":"{\"order\":17,\"state\":\"accepted\",\"customer\":\"c-1029\"}"}`,
			`{"level":"INFO","location":"handler:41","message":"stored","timestamp":"2026-11-23 09:10:01,333","service":"orders","cold_start":false,"function_name":"orders","function_memory_size":"512","function_request_id":"` + id + `","xray_trace_id":"1-6d2f3c68-710d76f009d6e7785905449a"}`,
			`{"time":"2026-11-23T09:10:01.704Z","type":"platform.report","record":{"requestId":"` + id + `","metrics":{"durationMs":1000.96,"billedDurationMs":1698,"memorySizeMB":256,"maxMemoryUsedMB":123},"status":"success"}}`,
		} {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

func documentLog(b *testing.B, text string) string {
	b.Helper()
	var out strings.Builder
	out.WriteString(`{"events": [`)
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if i > 0 {
			out.WriteString(", ")
		}
		fmt.Fprintf(&out, `{"logStreamName": "2026/11/23/[$LATEST]0123", "timestamp": %d, "message": %q, "ingestionTime": 1700000000000, "eventId": "%056d"}`, 1700000000000+i, line+"\n", i)
	}
	out.WriteString(`]}`)
	return out.String()
}

func none(int) string { return "" }

func stamped(i int) string {
	return epoch.Add(time.Duration(i)*time.Millisecond).Format("2006-01-02T15:04:05.000000+00:00") + " 2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef "
}

// BenchmarkInvocations measures the way from bytes to invocations.
func BenchmarkInvocations(b *testing.B) {
	text := textLog(20000, none)
	for _, test := range []struct{ name, text string }{
		{"text", text},
		{"stamped", textLog(20000, stamped)},
		{"json", jsonLog(20000)},
		{"platform", jsonOnly(text)},
		{"document", documentLog(b, jsonOnly(text))},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(int64(len(test.text)))
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for _, err := range Invocations(b.Context(), strings.NewReader(test.text), Options{}) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n != 20000 {
					b.Fatal(n)
				}
			}
		})
	}
}

// jsonOnly leaves the platform lines of a text log.
func jsonOnly(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "START ") || strings.HasPrefix(line, "END ") || strings.HasPrefix(line, "REPORT ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func BenchmarkGzip(b *testing.B) {
	text := textLog(20000, none)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for _, err := range Invocations(b.Context(), bytes.NewReader(zipped.Bytes()), Options{}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// repeat reads a text over and over, with other request IDs each time.
type repeat struct {
	make func(round int) string
	n    int
	rest string
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.n == 0 {
			return 0, io.EOF
		}
		r.n--
		r.rest = r.make(r.n)
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// TestMemory checks that a log four times as long needs no more memory.
func TestMemory(t *testing.T) {
	part := textLog(2000, none)
	use := func(rounds int) uint64 {
		r := &repeat{n: rounds, make: func(round int) string {
			return strings.ReplaceAll(part, "-9a55-0c1d", fmt.Sprintf("-%04x-%04x", round/65536, round%65536))
		}}
		var most uint64
		var stats runtime.MemStats
		var sum Summary
		n := 0
		for inv, err := range Invocations(t.Context(), r, Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			sum.Add(inv)
			if n++; n%20000 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&stats)
				most = max(most, stats.HeapAlloc)
			}
		}
		if want := int64(rounds * 2000); sum.Totals().Invocations != want || sum.Totals().Outcomes[sources.OK] != want {
			t.Errorf("%+v", sum.Totals())
		}
		return most
	}
	small, large := use(30), use(90)
	if large > small*5/4 {
		t.Errorf("%d KB for 60,000 invocations, %d KB for 180,000", small/1024, large/1024)
	}
	t.Logf("%d KB for 60,000 invocations, %d KB for 180,000", small/1024, large/1024)
}
