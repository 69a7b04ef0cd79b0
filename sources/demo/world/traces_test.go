package world

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"fntop/sources/demo"
)

// xraySegment is what a reader of a segment document looks at.
type xraySegment struct {
	ID        string
	Name      string
	TraceID   string  `json:"trace_id"`
	ParentID  string  `json:"parent_id"`
	Origin    string  `json:"origin"`
	Namespace string  `json:"namespace"`
	Start     float64 `json:"start_time"`
	End       float64 `json:"end_time"`
	Fault     bool
	Error     bool
	Inferred  bool
	AWS       struct {
		RequestID string `json:"request_id"`
	}
	Cause *struct {
		Exceptions []struct{ Type, Message string }
	}
	Subsegments []xraySegment
}

func parse(t *testing.T, tr demo.Traced) []xraySegment {
	t.Helper()
	var out []xraySegment
	for _, s := range tr.Segments {
		var d xraySegment
		if err := json.Unmarshal([]byte(s.Document), &d); err != nil {
			t.Fatalf("%v: %s", err, s.Document)
		}
		if d.ID != s.ID || len(s.Document) > 64<<10 {
			t.Errorf("segment %s: document of %s, %d bytes", s.ID, d.ID, len(s.Document))
		}
		out = append(out, d)
	}
	return out
}

// TestTracesAgreeWithTruth finds the trace of every sampled invocation, and no
// other trace.
func TestTracesAgreeWithTruth(t *testing.T) {
	for _, c := range someWindows() {
		t.Run(c.name, func(t *testing.T) {
			w := New(Config{Seed: c.seed})
			end := c.start.Add(5 * time.Minute)
			truth := tell(w, c.start.Add(-2*time.Minute), end.Add(12*time.Minute))
			asOf := end.Add(90 * time.Minute)
			for _, region := range w.Regions() {
				compareTraces(t, w, region, truth, c.start, end, asOf)
			}
		})
	}
}

func compareTraces(t *testing.T, w *World, region string, truth told, start, end, asOf time.Time) {
	t.Helper()
	found := map[string]demo.Traced{}
	var last time.Time
	for tr := range w.Traces(region, start, end, asOf) {
		if _, twice := found[tr.ID]; twice {
			t.Errorf("trace %s twice", tr.ID)
		}
		if !last.IsZero() && tr.Start.After(last) || tr.Start.Before(start) || !tr.Start.Before(end) {
			t.Errorf("trace %s of %v after %v: not newest first", tr.ID, tr.Start, last)
		}
		last = tr.Start
		found[tr.ID] = tr
		one, ok := w.Trace(region, tr.ID, asOf)
		if !ok || !slices.Equal(one.Segments, tr.Segments) {
			t.Errorf("trace %s alone is another", tr.ID)
		}
	}
	attempts := map[string][]*InvocationRecord{}
	for _, list := range truth.invocations {
		for _, r := range list {
			if r.Region == region && r.TraceID != nil && r.Sampled {
				attempts[*r.TraceID] = append(attempts[*r.TraceID], r)
			}
		}
	}
	// Page by page, each up to where the one before ended, finds the same.
	pages, stop := 0, end
	for {
		n := 0
		for tr := range w.Traces(region, start, stop, asOf) {
			if _, ok := found[tr.ID]; !ok {
				t.Errorf("trace %s is only on a page", tr.ID)
			}
			pages++
			if n++; n == 100 {
				stop = tr.Start
				break
			}
		}
		if n < 100 {
			break
		}
	}
	if pages != len(found) {
		t.Errorf("%s: %d traces page by page, %d in one go", region, pages, len(found))
	}
	for id, tr := range found {
		runs := attempts[id]
		if len(runs) == 0 {
			t.Errorf("trace %s is of no invocation", id)
			continue
		}
		if tr.RequestID != runs[0].RequestID || tr.Function != runs[0].Function {
			t.Errorf("trace %s: %s %s, %d segments for %d attempts", id, tr.Function, tr.RequestID, len(tr.Segments), len(runs))
		}
		checkSegments(t, tr, runs)
	}
	for id, runs := range attempts {
		began := at(t, runs[0].Time)
		if _, ok := found[id]; !ok && runs[0].Attempt == 1 && began.After(start.Add(15*time.Second)) && began.Before(end) {
			t.Errorf("%s %s is sampled and has no trace %s", runs[0].Function, runs[0].RequestID, id)
		}
	}
}

func checkSegments(t *testing.T, tr demo.Traced, runs []*InvocationRecord) {
	t.Helper()
	docs := parse(t, tr)
	parents := map[string]bool{}
	var ids func(s xraySegment)
	ids = func(s xraySegment) {
		if parents[s.ID] || len(s.ID) != 16 {
			t.Errorf("trace %s: segment ID %q twice", tr.ID, s.ID)
		}
		parents[s.ID] = true
		if s.End < s.Start {
			t.Errorf("trace %s: %s ends before it starts", tr.ID, s.Name)
		}
		for _, c := range s.Subsegments {
			ids(c)
		}
	}
	for _, d := range docs {
		ids(d)
	}
	functions := 0
	for i, d := range docs {
		if d.TraceID != tr.ID || (i > 0) != (d.ParentID != "") || i > 0 && !parents[d.ParentID] {
			t.Errorf("trace %s: segment %s of trace %s has the parent %q", tr.ID, d.Origin, d.TraceID, d.ParentID)
		}
		switch {
		case i == 0:
			if d.Origin != "AWS::Lambda" || d.AWS.RequestID != tr.RequestID || d.Fault != (runs[len(runs)-1].Outcome != "ok") {
				t.Errorf("trace %s begins with a segment of %s for %s, fault %v", tr.ID, d.Origin, d.AWS.RequestID, d.Fault)
			}
		case d.Origin == "AWS::Lambda::Function":
			if functions < len(runs) {
				checkFunctionSegment(t, tr, d, runs[functions])
			}
			functions++
		case !d.Inferred:
			t.Errorf("trace %s: a segment of %s", tr.ID, d.Origin)
		}
	}
	if functions != len(runs) {
		t.Errorf("trace %s: %d function segments for %d attempts", tr.ID, functions, len(runs))
	}
}

func checkFunctionSegment(t *testing.T, tr demo.Traced, d xraySegment, run *InvocationRecord) {
	t.Helper()
	failed := run.Outcome != "ok"
	if d.AWS.RequestID != run.RequestID || d.Fault != failed || failed && (d.Cause == nil || len(d.Cause.Exceptions) == 0) {
		t.Errorf("trace %s: segment for %s, fault %v for %s", tr.ID, d.AWS.RequestID, d.Fault, run.Outcome)
	}
	cold := slices.ContainsFunc(d.Subsegments, func(s xraySegment) bool {
		return s.Name == "Init" || s.Name == "Initialization" || s.Name == "Restore"
	})
	if cold != run.Cold {
		t.Errorf("trace %s: an init %v, truth says %v", tr.ID, cold, run.Cold)
	}
}

// TestSampling checks the first request of a second and five in a hundred of
// the others.
func TestSampling(t *testing.T) {
	start := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	w := New(Config{Seed: 1})
	f := w.byName[usEast]["checkout-api"]
	seconds, more, others := map[int64]bool{}, 0, 0
	for i := range int64(20) {
		var s scratch
		for _, a := range w.arrivalsIn(f, start.UnixMilli()/minuteMS+i, &s) {
			sec := a.at / second
			switch {
			case !seconds[sec]:
				seconds[sec] = true
				if !a.sampled {
					t.Fatalf("the first request of second %d is not sampled", sec)
				}
			case a.sampled:
				more++
				fallthrough
			default:
				others++
			}
		}
	}
	if share := float64(more) / float64(others); share < 0.04 || share > 0.06 {
		t.Errorf("%v of the other %d requests are sampled, want about 0.05", share, others)
	}
}

// TestTracesComeAsTimeGoesOn checks that a trace shows up some ten seconds
// after its end, and grows with its retries.
func TestTracesComeAsTimeGoesOn(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	w := New(Config{Seed: 1})
	grown := false
	for tr := range w.Traces("us-east-1", start, start.Add(10*time.Minute), start.Add(time.Hour)) {
		docs := parse(t, tr)
		end := time.UnixMicro(int64(docs[1].End * 1e6))
		if _, ok := w.Trace("us-east-1", tr.ID, end.Add(5*time.Second)); ok {
			t.Fatalf("%s is visible five seconds after its end", tr.ID)
		}
		early, ok := w.Trace("us-east-1", tr.ID, end.Add(14*time.Second))
		if !ok {
			t.Fatalf("%s is not visible fourteen seconds after its end", tr.ID)
		}
		if len(early.Segments) < len(tr.Segments) {
			grown = true
		}
	}
	if !grown {
		t.Error("no trace has grown with a retry")
	}
}

func TestTraceOfNobody(t *testing.T) {
	w := New(Config{Seed: 1})
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	var id string
	for tr := range w.Traces("us-east-1", now.Add(-5*time.Minute), now, now) {
		id = tr.ID
		break
	}
	if _, ok := w.Trace("us-east-1", id, now); !ok {
		t.Fatal("the trace itself is not found")
	}
	if _, ok := w.Trace("eu-west-1", id, now); ok {
		t.Error("found in another region")
	}
	for _, bad := range []string{"", "1-", id[:34], id + "0", "2" + id[1:], "1-zzzzzzzz-000000000000000000000000", "1-6b0454e9-000000000000000000000000", id[:34] + "x", id[:11] + "ffffffff" + id[19:], "1-ffffffff-ffffffffffffffffffffffff", "1-00000000-000000000000000000000000"} {
		if tr, ok := w.Trace("us-east-1", bad, now); ok {
			t.Errorf("%q is the trace of %s", bad, tr.Function)
		}
	}
}
