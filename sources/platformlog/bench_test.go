package platformlog

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

// textMix is what a function in text format writes: of each invocation the
// three platform lines and six lines of its own, one of them multi-line.
func textMix() []string {
	var lines []string
	for i := range 200 {
		id := fmt.Sprintf("7d0e3c6a-41b2-4f0e-9a55-0c1d2e%06x", i)
		lines = append(lines,
			"START RequestId: "+id+" Version: $LATEST\n",
			"[INFO]\t2026-11-23T09:00:01.120Z\t"+id+"\tthumbnail request bucket=uploads key=cats/1.jpg size=48213\n",
			"2026-11-23T09:00:01.140Z\t"+id+"\tINFO\tfetching object from s3 with retries=3 and region us-east-1\n",
			"ERROR could not reach the cache at 10.0.3.17:6379, going on without it\n",
			"resize: 1280x960 -> 320x240 in 31.2 ms, quality 82, progressive\n",
			"{\"level\":\"INFO\",\"location\":\"handler:41\",\"message\":\"stored\",\"timestamp\":\"2026-11-23 09:00:01,333\",\"service\":\"thumbs\",\"cold_start\":false,\"function_request_id\":\""+id+"\"}\n",
			"response headers:\n  content-type: image/jpeg\n  content-length: 18211\n  x-amz-request-id: TX00000\n",
			"END RequestId: "+id+"\n",
			"REPORT RequestId: "+id+"\tDuration: "+strconv.Itoa(10+i)+".21 ms\tBilled Duration: "+strconv.Itoa(11+i)+" ms\tMemory Size: 512 MB\tMax Memory Used: 61 MB\t\nXRAY TraceId: 1-6d2f3a10-0123456789abcdef01234567\tSegmentId: 89abcdef01234567\tSampled: true\t\n",
		)
	}
	return lines
}

// jsonMix is the same for the JSON format.
func jsonMix() []string {
	var lines []string
	for i := range 200 {
		id := fmt.Sprintf("7d0e3c6a-41b2-4f0e-9a55-0c1d2e%06x", i)
		lines = append(lines,
			`{"time":"2026-11-23T09:10:00.470Z","type":"platform.start","record":{"requestId":"`+id+`","functionArn":"arn:aws:lambda:us-east-1:123456789012:function:orders","version":"$LATEST"}}`,
			`{"timestamp":"2026-11-23T09:10:01.000Z","level":"INFO","requestId":"`+id+`","message":"{\"order\":17,\"state\":\"accepted\",\"customer\":\"c-1029\"}"}`,
			`{"level":"INFO","location":"handler:41","message":"stored","timestamp":"2026-11-23 09:10:01,333","service":"orders","cold_start":false,"function_name":"orders","function_memory_size":"512","function_request_id":"`+id+`","xray_trace_id":"1-6d2f3c68-710d76f009d6e7785905449a"}`,
			`{"timestamp":"2026-11-23T09:10:01.200Z","level":"ERROR","requestId":"`+id+`","logger":"root","message":"cache away","errorType":"ConnectionError","errorMessage":"refused","stackTrace":["a","b"]}`,
			`{"time":"2026-11-23T09:10:01.704Z","type":"platform.report","record":{"requestId":"`+id+`","metrics":{"durationMs":`+strconv.Itoa(1000+i)+`.96,"billedDurationMs":1698,"memorySizeMB":256,"maxMemoryUsedMB":123,"initDurationMs":463.512},"tracing":{"spanId":"54565fb41ac79632","type":"X-Amzn-Trace-Id","value":"Root=1-6d2f3c68-710d76f009d6e7785905449a;Parent=0efbd19962d95b05;Sampled=1"},"spans":[{"name":"responseLatency","start":"2026-11-23T09:10:01.700Z","durationMs":0.847}],"status":"success"}}`,
		)
	}
	return lines
}

func size(lines []string) (n int64) {
	for _, l := range lines {
		n += int64(len(l))
	}
	return n
}

// plainReport is the parser one would write first, to measure against.
var (
	plainReport = regexp.MustCompile(`^REPORT RequestId: (\S+)\s+Duration: ([\d.]+) ms\s+Billed Duration: (\d+) ms\s+Memory Size: (\d+) MB\s+Max Memory Used: (\d+) MB(?:\s+Init Duration: ([\d.]+) ms)?(?:\s+Status: (\w+))?(?:\s+Error Type: (\S+))?(?:\s+XRAY TraceId: (\S+))?`)
	plainStart  = regexp.MustCompile(`^START RequestId: (\S+) Version: (\S+)`)
)

func plainText(s string) (id string, d time.Duration, ok bool) {
	if m := plainReport.FindStringSubmatch(s); m != nil {
		f, _ := strconv.ParseFloat(m[2], 64)
		return m[1], time.Duration(f * 1e6), true
	}
	if m := plainStart.FindStringSubmatch(s); m != nil {
		return m[1], 0, true
	}
	return "", 0, false
}

func plainJSON(s string) (id string, d time.Duration, ok bool) {
	var e struct {
		Time   time.Time
		Type   string
		Record struct {
			RequestID string `json:"requestId"`
			Version   string
			Status    string
			Metrics   struct {
				DurationMs, BilledDurationMs, MemorySizeMB, MaxMemoryUsedMB, InitDurationMs float64
			}
			Tracing struct{ Value string }
		}
	}
	if json.Unmarshal([]byte(s), &e) != nil || !strings.HasPrefix(e.Type, "platform.") {
		return "", 0, false
	}
	return e.Record.RequestID, time.Duration(e.Record.Metrics.DurationMs * 1e6), true
}

func BenchmarkParse(b *testing.B) {
	for _, mix := range []struct {
		name  string
		lines []string
		plain func(string) (string, time.Duration, bool)
	}{
		{"text", textMix(), plainText},
		{"json", jsonMix(), plainJSON},
	} {
		b.Run(mix.name+"/fntop", func(b *testing.B) {
			b.SetBytes(size(mix.lines))
			b.ReportAllocs()
			for b.Loop() {
				for _, l := range mix.lines {
					r, _ := Parse(l)
					sink += len(r.RequestID)
				}
			}
		})
		b.Run(mix.name+"/plain", func(b *testing.B) {
			b.SetBytes(size(mix.lines))
			b.ReportAllocs()
			for b.Loop() {
				for _, l := range mix.lines {
					id, _, _ := mix.plain(l)
					sink += len(id)
				}
			}
		})
	}
}

var sink int

// manyEvents is what a busy function writes: streams of 100 invocations, with
// a Python error in one of twenty.
func manyEvents(invocations int) []sources.LogEvent {
	var events []sources.LogEvent
	for i := range invocations {
		stream := fmt.Sprintf("2026/11/23/[$LATEST]%032x", i/100)
		id := fmt.Sprintf("7d0e3c6a-41b2-4f0e-9a55-0c1d%08x", i)
		begin := epoch.Add(time.Duration(i) * 7 * time.Millisecond)
		emit := func(after time.Duration, m string) {
			events = append(events, sources.LogEvent{ID: fmt.Sprintf("%056d", len(events)), Time: begin.Add(after), Stream: stream, Message: m})
		}
		emit(0, "START RequestId: "+id+" Version: $LATEST\n")
		if i%20 == 0 {
			emit(time.Millisecond, "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n")
		}
		emit(5*time.Millisecond, "END RequestId: "+id+"\n")
		emit(5*time.Millisecond, "REPORT RequestId: "+id+"\tDuration: 5.21 ms\tBilled Duration: 6 ms\tMemory Size: 512 MB\tMax Memory Used: 61 MB\t\n")
	}
	return events
}

// BenchmarkCorrelator adds 20,000 invocations in pages, oldest first and newest
// first. The size is that of the messages.
func BenchmarkCorrelator(b *testing.B) {
	events := manyEvents(20000)
	var bytes int64
	for i := range events {
		bytes += int64(len(events[i].Message))
	}
	backwards := slices.Clone(events)
	slices.Reverse(backwards)
	for _, test := range []struct {
		name   string
		events []sources.LogEvent
		page   int
	}{{"pages", events, 10000}, {"newestfirst", backwards, 10000}, {"trickle", events, 10}} {
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(bytes)
			b.ReportAllocs()
			for b.Loop() {
				c := NewCorrelator(sources.Function{Timeout: 3 * time.Second})
				for page := range slices.Chunk(test.events, test.page) {
					sink += len(c.Add(page))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20000, "ns/invocation")
		})
	}
}
