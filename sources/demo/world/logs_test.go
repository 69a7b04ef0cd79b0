package world

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

func events(t *testing.T, w *World, region, group string, start, end, asOf time.Time) []sources.LogEvent {
	t.Helper()
	seq, ok := w.Logs(region, group, start, end, asOf)
	if !ok {
		t.Fatalf("no log group %s", group)
	}
	return slices.Collect(seq)
}

// spoken is what the log says of one invocation.
type spoken struct {
	id, stream string
	start, end time.Time
	durationMS float64
	billedMS   int64
	initMS     float64
	restoreMS  float64
	memory     int
	maxMemory  int
	status     string
	errorType  string
	trace      string
	sampled    bool
}

var reportField = regexp.MustCompile(`(?:^|\t|\n)(?:REPORT |XRAY )?([A-Z][A-Za-z ]*?): ([^\t\n]+)`)

// read turns the events of a log group into invocations, by the documented
// line formats only.
func read(t *testing.T, all []sources.LogEvent) []spoken {
	t.Helper()
	open := map[string]time.Time{} // by stream and request
	var out []spoken
	for _, e := range all {
		switch {
		case strings.HasPrefix(e.Message, "START RequestId: "):
			open[e.Stream+strings.Fields(e.Message)[2]] = e.Time
		case strings.HasPrefix(e.Message, "REPORT "):
			s := spoken{stream: e.Stream, end: e.Time}
			for _, m := range reportField.FindAllStringSubmatch(e.Message, -1) {
				s.set(t, m[1], m[2])
			}
			s.start = open[e.Stream+s.id]
			out = append(out, s)
		case strings.HasPrefix(e.Message, "{"):
			if s, ok := readJSON(t, e, open); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

func (s *spoken) set(t *testing.T, name, value string) {
	t.Helper()
	number := func() float64 {
		v, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
		if err != nil {
			t.Fatalf("%s: %q", name, value)
		}
		return v
	}
	switch name {
	case "RequestId":
		s.id = value
	case "Duration":
		s.durationMS = number()
	case "Billed Duration":
		s.billedMS = int64(number())
	case "Memory Size":
		s.memory = int(number())
	case "Max Memory Used":
		s.maxMemory = int(number())
	case "Init Duration":
		s.initMS = number()
	case "Restore Duration":
		s.restoreMS = number()
	case "Billed Restore Duration", "SegmentId":
	case "Status":
		s.status = value
	case "Error Type":
		s.errorType = value
	case "TraceId":
		s.trace = value
	case "Sampled":
		s.sampled = value == "true"
	default:
		t.Errorf("unknown field %q", name)
	}
}

func readJSON(t *testing.T, e sources.LogEvent, open map[string]time.Time) (spoken, bool) {
	t.Helper()
	var line struct {
		Time   string
		Type   string
		Record struct {
			RequestID string
			Status    string
			ErrorType string
			Metrics   struct {
				DurationMS        float64
				BilledDurationMS  int64
				MemorySizeMB      int
				MaxMemoryUsedMB   int
				InitDurationMS    float64
				RestoreDurationMS float64
			}
			Tracing struct{ Value string }
		}
	}
	if err := json.Unmarshal([]byte(e.Message), &line); err != nil {
		t.Fatalf("%v: %s", err, e.Message)
	}
	r := line.Record
	switch line.Type {
	case "platform.start":
		open[e.Stream+r.RequestID] = e.Time
	case "platform.report":
		s := spoken{
			id: r.RequestID, stream: e.Stream, start: open[e.Stream+r.RequestID], end: e.Time,
			durationMS: r.Metrics.DurationMS, billedMS: r.Metrics.BilledDurationMS, initMS: r.Metrics.InitDurationMS, restoreMS: r.Metrics.RestoreDurationMS,
			memory: r.Metrics.MemorySizeMB, maxMemory: r.Metrics.MaxMemoryUsedMB, status: r.Status, errorType: r.ErrorType,
		}
		if root, ok := strings.CutPrefix(r.Tracing.Value, "Root="); ok {
			s.trace, _, _ = strings.Cut(root, ";")
			s.sampled = strings.HasSuffix(root, "Sampled=1")
		}
		return s, true
	}
	return spoken{}, false
}

// TestLogsAgreeWithTruth finds every invocation of the truth in the logs with
// the same figures, and no other.
func TestLogsAgreeWithTruth(t *testing.T) {
	for _, c := range someWindows() {
		t.Run(c.name, func(t *testing.T) {
			w := New(Config{Seed: c.seed})
			truth := tell(w, c.start, c.end)
			for r := range w.byGroup {
				for group, members := range w.byGroup[r] {
					compareLogs(t, w, regionTable[r].name, group, members, truth, c.start, c.end)
				}
			}
		})
	}
}

func compareLogs(t *testing.T, w *World, region, group string, members []*function, truth told, start, end time.Time) {
	t.Helper()
	longest := int64(0)
	want := map[string]*InvocationRecord{}
	for _, f := range members {
		longest = max(longest, f.longest)
		for _, r := range truth.invocations[region+"/"+f.name] {
			want[r.RequestID+" "+r.Time] = r
		}
	}
	all := events(t, w, region, group, start, end.Add(time.Duration(longest)*time.Millisecond), end.Add(later))
	for _, s := range read(t, all) {
		if s.start.IsZero() || !s.start.Before(end) {
			continue // began before or after the window
		}
		key := s.id + " " + stamp(s.start.UnixMilli())
		r := want[key]
		if r == nil {
			t.Errorf("%s: report of %s is not in the truth", group, key)
			continue
		}
		delete(want, key)
		if diff := differs(s, r); diff != "" {
			t.Errorf("%s %s: %s", group, key, diff)
		}
	}
	for key := range want {
		t.Errorf("%s: %s has no report", group, key)
	}
}

func differs(s spoken, r *InvocationRecord) string {
	num := func(p *float64) float64 {
		if p == nil {
			return 0
		}
		return *p
	}
	text := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	switch {
	case s.stream != r.Environment:
		return "stream " + s.stream + ", truth " + r.Environment
	case math.Abs(s.durationMS-r.DurationMS) > 1e-6 || s.billedMS != r.BilledMS || math.Abs(s.initMS-num(r.InitMS)) > 1e-6 || math.Abs(s.restoreMS-num(r.RestoreMS)) > 1e-6:
		return fmt.Sprintf("%+v, truth %+v", s, *r)
	case s.memory != r.MemoryMB || s.maxMemory != r.MaxMemoryMB || s.maxMemory > s.memory:
		return fmt.Sprintf("memory %d of %d, truth %d of %d", s.maxMemory, s.memory, r.MaxMemoryMB, r.MemoryMB)
	case s.trace != text(r.TraceID) || s.sampled != (r.Sampled && s.trace != ""):
		return "trace " + s.trace + ", truth " + text(r.TraceID)
	}
	status := map[string][]string{
		"ok": {"", "success"}, "error": {"", "failure"}, "timeout": {"timeout"},
		"exit": {"error"}, "out-of-memory": {"error"}, "init-error": {"error"},
	}[r.Outcome]
	if !slices.Contains(status, s.status) {
		return "status " + s.status + " for " + r.Outcome
	}
	if s.errorType != "" && s.errorType != text(r.ErrorType) {
		return "error type " + s.errorType + ", truth " + text(r.ErrorType)
	}
	return ""
}

// TestStreamsAreWellFormed checks that an environment serves one request at a
// time and writes its lines in order, beginning with its init.
func TestStreamsAreWellFormed(t *testing.T) {
	start, length := time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC), 30*time.Minute
	if raced {
		length = 5 * time.Minute
	}
	w := New(Config{Seed: 8})
	for r := range w.byGroup {
		for group, members := range w.byGroup[r] {
			all := events(t, w, regionTable[r].name, group, start, start.Add(length), start.Add(time.Hour))
			checkStreams(t, group, members, all)
		}
	}
}

func checkStreams(t *testing.T, group string, members []*function, all []sources.LogEvent) {
	t.Helper()
	type life struct {
		last      sources.LogEvent
		in        string // request that is running
		lines     int
		requested bool
	}
	lives := map[string]*life{}
	ids := map[string]bool{}
	pattern := regexp.MustCompile(`^\d{4}/\d\d/\d\d/(` + regexp.QuoteMeta(members[0].name) + `|` + regexp.QuoteMeta(members[len(members)-1].name) + `)?\[(\$LATEST|\d+)\]\[?[0-9a-f]{32}\]?$`)
	var last time.Time
	for _, e := range all {
		if e.Time.Before(last) {
			t.Fatalf("%s: %v after %v", group, e.Time, last)
		}
		last = e.Time
		if ids[e.ID] || len(e.ID) != 56 {
			t.Fatalf("%s: event ID %s is not new", group, e.ID)
		}
		ids[e.ID] = true
		if d := e.Ingested.Sub(e.Time); d < 200*time.Millisecond || d > 3*time.Second {
			t.Fatalf("%s: ingested after %v", group, d)
		}
		if !pattern.MatchString(e.Stream) {
			t.Fatalf("stream %q", e.Stream)
		}
		l := lives[e.Stream]
		if l == nil {
			l = &life{}
			lives[e.Stream] = l
		}
		if e.Ingested.Before(l.last.Ingested) {
			t.Fatalf("%s: a later line was ingested earlier", e.Stream)
		}
		switch {
		case strings.HasPrefix(e.Message, "START "), strings.Contains(e.Message, `"type":"platform.start"`):
			if l.in != "" {
				t.Fatalf("%s: two requests at once", e.Stream)
			}
			l.in, l.requested = "running", true
		case strings.HasPrefix(e.Message, "REPORT "), strings.Contains(e.Message, `"type":"platform.report"`):
			if l.in == "" && l.requested {
				t.Fatalf("%s: a report without a start", e.Stream)
			}
			l.in = ""
		case strings.HasPrefix(e.Message, "INIT_START"), strings.HasPrefix(e.Message, "RESTORE_START"), strings.Contains(e.Message, `"type":"platform.initStart"`):
			if l.lines > 0 {
				t.Fatalf("%s: an init in the middle of a stream", e.Stream)
			}
		}
		l.last = e
		l.lines++
	}
}

// TestLogsComeAsTimeGoesOn checks that nothing is readable before it was
// ingested, that nothing that was readable goes away, and that pieces add up
// to the whole.
func TestLogsComeAsTimeGoesOn(t *testing.T) {
	end := time.Date(2026, 11, 23, 12, 1, 30, 250_000_000, time.UTC)
	start := end.Add(-150 * time.Second)
	w := New(Config{Seed: 6})
	const region, group = "us-east-1", "/aws/lambda/search-api"
	whole := events(t, w, region, group, start, end, end.Add(time.Minute))
	var pieces []sources.LogEvent
	for at := start; at.Before(end); at = at.Add(7 * time.Second) {
		stop := at.Add(7 * time.Second)
		if stop.After(end) {
			stop = end
		}
		pieces = append(pieces, events(t, New(Config{Seed: 6}), region, group, at, stop, end.Add(time.Minute))...)
	}
	if !slices.Equal(whole, pieces) {
		t.Fatalf("%d events in one go, %d in pieces, or others", len(whole), len(pieces))
	}
	seen := map[string]bool{}
	for asOf := start; asOf.Before(end.Add(5 * time.Second)); asOf = asOf.Add(time.Second) {
		now := map[string]bool{}
		for _, e := range events(t, w, region, group, start, end, asOf) {
			if e.Ingested.After(asOf) {
				t.Fatalf("%v is readable at %v", e.Ingested, asOf)
			}
			now[e.ID] = true
		}
		for id := range seen {
			if !now[id] {
				t.Fatalf("event %s is gone at %v", id, asOf)
			}
		}
		seen = now
	}
	if len(seen) != len(whole) {
		t.Errorf("%d events in the end, want %d", len(seen), len(whole))
	}
}

// TestLogGroups checks which groups there are.
func TestLogGroups(t *testing.T) {
	w := New(Config{Seed: 1})
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, region := range w.Regions() {
		for _, f := range w.Functions(region, now) {
			if _, ok := w.Logs(region, f.LogGroup, now.Add(-time.Minute), now, now); !ok {
				t.Errorf("%s has no log group %s", f.ID.Name, f.LogGroup)
			}
		}
	}
	for _, c := range [][2]string{{"us-east-1", "/aws/lambda/no-such"}, {"eu-north-1", "/aws/lambda/checkout-api"}, {"", ""}} {
		if _, ok := w.Logs(c[0], c[1], now.Add(-time.Minute), now, now); ok {
			t.Errorf("there is a group %v", c)
		}
	}
}
