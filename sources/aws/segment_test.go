package aws

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

// sampleDocuments are those of one invocation in the old style: Lambda's two
// segments, an init before its segment's start, a call and a fault.
var sampleDocuments = []string{
	`{"id":"1111111111111111","name":"thumbnailer","trace_id":"1-6d2f3a10-0123456789abcdef01234567","origin":"AWS::Lambda",
	"start_time":1795424400.0,"end_time":1795424400.612,"resource_arn":"arn:aws:lambda:us-east-1:123456789012:function:thumbnailer",
	"http":{"response":{"status":200}},"aws":{"request_id":"7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b"}}`,
	`{"id":"89abcdef01234567","name":"thumbnailer","trace_id":"1-6d2f3a10-0123456789abcdef01234567","parent_id":"1111111111111111",
	"origin":"AWS::Lambda::Function","start_time":1795424400.2,"end_time":1795424400.61,
	"aws":{"function_arn":"arn:aws:lambda:us-east-1:123456789012:function:thumbnailer"},
	"annotations":{"bucket":"uploads","size":48213,"ratio":0.5,"cached":true,"none":null,"list":[1],"aws:responseLatency":1.25},
	"subsegments":[
	{"id":"2222222222222222","name":"Initialization","start_time":1795424400.11,"end_time":1795424400.191},
	{"id":"3333333333333333","name":"Invocation","start_time":1795424400.2,"end_time":1795424400.6,"subsegments":[
	{"id":"4444444444444444","name":"S3","namespace":"aws","start_time":1795424400.22,"end_time":1795424400.31,
	"aws":{"operation":"GetObject","bucket_name":"uploads"},"http":{"response":{"status":200,"content_length":48213}}},
	{"id":"5555555555555555","name":"SQS","namespace":"aws","start_time":1795424400.52,"end_time":1795424400.59,"fault":true,
	"aws":{"operation":"SendMessage","queue_url":"https://sqs.us-east-1.amazonaws.com/123456789012/thumbs"},
	"cause":{"exceptions":[{"id":"6666666666666666","type":"QueueDoesNotExist","message":"The specified queue does not exist","remote":true,
	"stack":[{"path":"/var/task/app.py","line":12,"label":"handler"},{"label":"main"},{"path":"boot.py"}]}]}}]},
	{"id":"7777777777777777","name":"Overhead","start_time":1795424400.6,"end_time":1795424400.61}]}`,
}

const sampleID = "1-6d2f3a10-0123456789abcdef01234567"

func sampleTime(ms float64) time.Time {
	return time.Unix(1795424400, 0).Add(time.Duration(ms * float64(time.Millisecond))).UTC()
}

// outline draws a trace as indented lines: name, start, duration, marks.
func outline(t sources.Trace) string {
	var b strings.Builder
	var draw func(spans []*sources.Span, depth int)
	draw = func(spans []*sources.Span, depth int) {
		for _, s := range spans {
			fmt.Fprintf(&b, "%s%s", strings.Repeat("  ", depth), s.Name)
			if !s.Start.IsZero() {
				fmt.Fprintf(&b, " @%v", s.Start.Sub(sampleTime(0)))
			}
			if d, ok := s.Duration.Get(); ok {
				fmt.Fprintf(&b, " +%v", d)
			}
			for _, mark := range []struct {
				on   bool
				word string
			}{{s.ColdInit, "cold"}, {s.Orphan, "orphan"}, {s.Fault, "fault"}, {s.Error, "error"}, {s.Throttle, "throttle"}} {
				if mark.on {
					b.WriteString(" " + mark.word)
				}
			}
			b.WriteByte('\n')
			draw(s.Children, depth+1)
		}
	}
	draw(t.Spans, 0)
	if t.Partial {
		b.WriteString("partial\n")
	}
	return b.String()
}

func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }

func TestTraceOfAnInvocation(t *testing.T) {
	got := buildTrace(sampleID, sampleDocuments)
	want := lines(
		"thumbnailer @0s +612ms",
		"  thumbnailer @200ms +410ms",
		"    Initialization @110ms +81ms cold",
		"    Invocation @200ms +400ms",
		"      S3 @220ms +90ms",
		"      SQS @520ms +70ms fault",
		"    Overhead @600ms +10ms",
	)
	if outline(got) != want {
		t.Errorf("got\n%swant\n%s", outline(got), want)
	}
	if got.ID != sampleID || !got.Start.Equal(sampleTime(0)) || got.Duration != 612*time.Millisecond {
		t.Errorf("%s from %v for %v", got.ID, got.Start, got.Duration)
	}
	root := got.Spans[0]
	function := root.Children[0]
	invocation := function.Children[1]
	if root.Kind != "AWS::Lambda" || root.RequestID != "7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b" || root.Status.Or(0) != 200 {
		t.Errorf("root: %+v", root)
	}
	annotations := map[string]string{
		"bucket": "uploads", "size": "48213", "ratio": "0.5", "cached": "true", "aws:responseLatency": "1.25",
	}
	if !reflect.DeepEqual(function.Annotations, annotations) {
		t.Errorf("annotations: %v", function.Annotations)
	}
	s3, sqs := invocation.Children[0], invocation.Children[1]
	if s3.Resource != "GetObject uploads" || s3.Kind != "aws" || s3.Status.Or(0) != 200 || s3.ParentID != "3333333333333333" {
		t.Errorf("S3: %+v", s3)
	}
	exception := &sources.Exception{
		Type: "QueueDoesNotExist", Message: "The specified queue does not exist", Remote: true,
		Stack: []string{"handler (/var/task/app.py:12)", "main", "boot.py"},
	}
	if sqs.Resource != "SendMessage thumbs" || !reflect.DeepEqual(sqs.Exception, exception) {
		t.Errorf("SQS: %+v, %+v", sqs, sqs.Exception)
	}
	if sqs.RequestID != "" || s3.RequestID != "" {
		t.Error("a request ID of another service is taken for Lambda's")
	}
}

func TestTraceInNewStyle(t *testing.T) {
	got := buildTrace(sampleID, []string{
		`{"id":"f","name":"fn","origin":"AWS::Lambda::Function","start_time":1795424400.2,"end_time":1795424400.6,"subsegments":[
		{"id":"i","name":"Init","start_time":1795424400.1,"end_time":1795424400.2},
		{"id":"d","name":"DynamoDB","namespace":"aws","start_time":1795424400.3,"end_time":1795424400.4,
		 "aws":{"operation":"Query","table_name":"orders"},
		 "subsegments":[{"id":"n","name":"Init","start_time":1795424400.3,"end_time":1795424400.31}]}]}`,
		`{"id":"r","name":"Restore","type":"subsegment","parent_id":"f","start_time":1795424400.15,"end_time":1795424400.19}`,
	})
	want := lines(
		"fn @200ms +400ms",
		"  Init @100ms +100ms cold",
		"  Restore @150ms +40ms cold",
		"  DynamoDB @300ms +100ms",
		"    Init @300ms +10ms", // the program's own
	)
	if outline(got) != want {
		t.Errorf("got\n%swant\n%s", outline(got), want)
	}
}

func TestTraceTrees(t *testing.T) {
	for name, c := range map[string]struct {
		documents []string
		want      string
	}{
		"a segment hangs under the subsegment that called it": {
			[]string{
				`{"id":"b","name":"callee","parent_id":"call","start_time":1795424400.2,"end_time":1795424400.3}`,
				`{"id":"a","name":"caller","start_time":1795424400,"end_time":1795424401,"subsegments":[
				{"id":"call","name":"Lambda","start_time":1795424400.1,"end_time":1795424400.4}]}`,
			},
			lines("caller @0s +1s", "  Lambda @100ms +300ms", "    callee @200ms +100ms"),
		},
		"a subsegment sent apart": {
			[]string{
				`{"id":"s","name":"part","type":"subsegment","parent_id":"a","start_time":1795424400.1,"end_time":1795424400.2}`,
				`{"id":"a","name":"whole","start_time":1795424400,"end_time":1795424401}`,
			},
			lines("whole @0s +1s", "  part @100ms +100ms"),
		},
		"an inferred segment is folded into its subsegment": {
			[]string{
				`{"id":"a","name":"fn","start_time":1795424400,"end_time":1795424401,"subsegments":[
				{"id":"s","name":"SQS","namespace":"aws","start_time":1795424400.1,"end_time":1795424400.2}]}`,
				`{"id":"i","name":"SQS","inferred":true,"origin":"AWS::SQS::Queue","parent_id":"s","fault":true,"start_time":1795424400.1,"end_time":1795424400.2}`,
				`{"id":"c","name":"consumer","parent_id":"i","start_time":1795424400.5,"end_time":1795424400.6}`,
			},
			lines("fn @0s +1s", "  SQS @100ms +100ms fault", "    consumer @500ms +100ms"),
		},
		"an inferred segment without its subsegment stays": {
			[]string{`{"id":"i","name":"SQS","inferred":true,"parent_id":"gone","start_time":1795424400.1,"end_time":1795424400.2}`},
			lines("SQS @100ms +100ms orphan"),
		},
		"a segment whose caller is not traced is an orphan, and complete": {
			[]string{`{"id":"a","name":"fn","parent_id":"gone","start_time":1795424400,"end_time":1795424401}`},
			lines("fn @0s +1s orphan"),
		},
		"a subsegment whose segment is missing can still find it": {
			[]string{`{"id":"a","name":"part","type":"subsegment","parent_id":"gone","start_time":1795424400,"end_time":1795424401}`},
			lines("part @0s +1s orphan", "partial"),
		},
		"in progress": {
			[]string{`{"id":"a","name":"fn","in_progress":true,"start_time":1795424400,"subsegments":[
			{"id":"b","name":"done","start_time":1795424400.1,"end_time":1795424400.3}]}`},
			lines("fn @0s", "  done @100ms +200ms", "partial"),
		},
		"in progress with an end that does not count": {
			[]string{`{"id":"a","name":"fn","in_progress":true,"start_time":1795424400,"end_time":1795424401}`},
			lines("fn @0s", "partial"),
		},
		"sent while running and again when done": {
			[]string{
				`{"id":"a","name":"fn","in_progress":true,"start_time":1795424400}`,
				`{"id":"a","name":"fn","start_time":1795424400,"end_time":1795424401}`,
				`{"id":"a","name":"fn","in_progress":true,"start_time":1795424400}`,
			},
			lines("fn @0s +1s"),
		},
		"nested and sent apart": {
			[]string{
				`{"id":"s","name":"part","type":"subsegment","parent_id":"a","start_time":1795424400.1,"end_time":1795424400.2}`,
				`{"id":"a","name":"fn","in_progress":true,"start_time":1795424400,"subsegments":[
				{"id":"s","name":"part","in_progress":true,"start_time":1795424400.1}]}`,
			},
			lines("fn @0s", "  part @100ms +100ms", "partial"),
		},
		"two that call each other their parent": {
			[]string{
				`{"id":"a","name":"a","parent_id":"b","start_time":1795424400,"end_time":1795424401}`,
				`{"id":"b","name":"b","parent_id":"a","start_time":1795424400,"end_time":1795424401}`,
			},
			lines("b @0s +1s orphan", "  a @0s +1s", "partial"),
		},
		"its own parent": {
			[]string{`{"id":"a","name":"a","parent_id":"a","start_time":1795424400,"end_time":1795424401}`},
			lines("a @0s +1s orphan", "partial"),
		},
		"within itself": {
			[]string{`{"id":"a","name":"a","start_time":1795424400,"end_time":1795424401,"subsegments":[
			{"id":"b","name":"b","subsegments":[{"id":"a","name":"a"}]}]}`},
			lines("b orphan", "  a @0s +1s", "partial"),
		},
		"without times": {
			[]string{
				`{"id":"a","name":"fn"}`,
				`{"id":"b","name":"late","start_time":1795424400.5,"end_time":1795424400.4}`,
				`{"id":"c","name":"zero","start_time":0,"end_time":1}`,
			},
			lines("late @500ms", "fn", "zero", "partial"),
		},
		"without IDs": {
			[]string{
				`{"name":"x","start_time":1795424400,"end_time":1795424401}`,
				`{"name":"y","start_time":1795424400,"end_time":1795424401}`,
			},
			lines("x @0s +1s", "y @0s +1s"),
		},
		"documents that are none": {
			[]string{"", "null", "[]", "42", `"x"`, "{", `{"id":"a"`, `{}`, `{"id":"ok","name":"fn","start_time":1795424400,"end_time":1795424401}`},
			lines("fn @0s +1s", "partial"),
		},
		"members of the wrong type": {
			[]string{`{"id":7,"name":"fn","start_time":"1795424400","end_time":"1795424401","error":"true","fault":1,"throttle":{},
			"http":{"request":"GET","response":{"status":"429"}},"aws":[1],"sql":null,"cause":7,"annotations":"x",
			"subsegments":[1,null,"x",{"id":"s","name":"part","start_time":1795424400.5,"end_time":1795424400.6,"subsegments":{}}]}`},
			lines("fn @0s +1s fault error", "  part @500ms +100ms", "partial"),
		},
		"exponents": {
			[]string{`{"id":"a","name":"fn","start_time":1.7954244005E9,"end_time":17954244102500e-4}`},
			lines("fn @500ms +9.75s"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outline(buildTrace(sampleID, c.documents)); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

func TestTraceDepthBombs(t *testing.T) {
	t.Run("nested", func(t *testing.T) {
		const depth = 9000
		doc := strings.Repeat(`{"name":"x","subsegments":[`, depth) + strings.Repeat(`]}`, depth)
		tr := buildTrace(sampleID, []string{doc})
		if d := depthOf(tr.Spans); d > maxDepth+1 || !tr.Partial {
			t.Errorf("depth %d, partial %v", d, tr.Partial)
		}
	})
	t.Run("chained", func(t *testing.T) {
		var documents []string
		for i := range 15_000 {
			documents = append(documents, fmt.Sprintf(`{"id":"%d","parent_id":"%d","name":"x","end_time":1795424401,"start_time":1795424400}`, i, i-1))
		}
		tr := buildTrace(sampleID, documents)
		if d := depthOf(tr.Spans); d > maxDepth || countOf(tr.Spans) != 15_000 {
			t.Errorf("depth %d, %d spans", d, countOf(tr.Spans))
		}
	})
	t.Run("many", func(t *testing.T) {
		doc := `{"name":"x","subsegments":[` + strings.Repeat(`{"name":"y"},`, maxSpans+10) + `{}]}`
		tr := buildTrace(sampleID, []string{doc})
		if n := countOf(tr.Spans); n != maxSpans || !tr.Partial {
			t.Errorf("%d spans, partial %v", n, tr.Partial)
		}
	})
	t.Run("huge", func(t *testing.T) {
		doc := `{"name":"` + strings.Repeat("x", maxDocument) + `"}`
		if tr := buildTrace(sampleID, []string{doc}); len(tr.Spans) != 0 || !tr.Partial {
			t.Errorf("a document of %d bytes was read", len(doc))
		}
	})
}

func depthOf(spans []*sources.Span) int {
	deepest := 0
	for _, s := range spans {
		deepest = max(deepest, 1+depthOf(s.Children))
	}
	return deepest
}

func countOf(spans []*sources.Span) int {
	n := len(spans)
	for _, s := range spans {
		n += countOf(s.Children)
	}
	return n
}

func TestResources(t *testing.T) {
	for doc, want := range map[string]string{
		`{"aws":{"operation":"Query","table_name":"orders"}}`:                                 "Query orders",
		`{"aws":{"operation":"Publish","topic_arn":"arn:aws:sns:us-east-1:1:news"}}`:          "Publish news",
		`{"aws":{"operation":"Invoke","function_name":"pay"}}`:                                "Invoke pay",
		`{"aws":{"operation":"BatchWrite","resource_names":["a","b",3,"d"]}}`:                 "BatchWrite a, b, 3",
		`{"aws":{"operation":"ListTables"}}`:                                                  "ListTables",
		`{"aws":{"operation":"SendMessage","queue_url":"nonsense"}}`:                          "SendMessage nonsense",
		`{"http":{"request":{"method":"GET","url":"https://u:p@api.example.com/x?token=1"}}}`: "GET api.example.com",
		`{"http":{"request":{"url":"not a url \u0000"}}}`:                                     "",
		`{"sql":{"sanitized_query":"SELECT *\n FROM t WHERE id = ?","url":"x"}}`:              "SELECT * FROM t WHERE id = ?",
		`{"sql":{"database_type":"PostgreSQL","url":"jdbc:postgresql://u:p@db.x:5432/shop"}}`: "PostgreSQL db.x:5432/shop",
		`{"sql":{"database_type":"MSSQL","url":"jdbc:sqlserver://db.x;user=sa;password=pw"}}`: "MSSQL",
		`{"sql":{"database_type":"MySQL","url":"jdbc:mysql://db.x/shop;password=pw?x=1"}}`:    "MySQL db.x/shop",
		`{"sql":{"connection_string":"user=sa;password=pw"}}`:                                 "",
		`{}`: "",
	} {
		var d document
		if err := json.Unmarshal([]byte(doc), &d); err != nil {
			t.Fatal(err)
		}
		if got := d.span().Resource; got != want {
			t.Errorf("%s: %q, want %q", doc, got, want)
		}
	}
}

func TestCauseByReference(t *testing.T) {
	tr := buildTrace(sampleID, []string{
		`{"id":"a","name":"fn","start_time":1795424400,"end_time":1795424401,"fault":true,"cause":"eeeeeeeeeeeeeeee","subsegments":[
		{"id":"b","name":"x","start_time":1795424400,"end_time":1795424401,"cause":{"exceptions":[
		 {"id":"ffffffffffffffff","type":"Outer"},{"id":"eeeeeeeeeeeeeeee","type":"ValueError","message":"bad"}]}},
		{"id":"c","name":"y","start_time":1795424400,"end_time":1795424401,"cause":"0000000000000000"}]}`,
	})
	root := tr.Spans[0]
	if e := root.Exception; e == nil || e.Type != "ValueError" || e.Message != "bad" {
		t.Errorf("by reference: %+v", e)
	}
	if e := root.Children[0].Exception; e == nil || e.Type != "Outer" {
		t.Errorf("its own: %+v", e)
	}
	if e := root.Children[1].Exception; e != nil {
		t.Errorf("to nothing: %+v", e)
	}
}

func TestEpoch(t *testing.T) {
	for in, want := range map[string]int64{
		"1795424400":               1795424400_000000000,
		"1795424400.0":             1795424400_000000000,
		"1795424400.11":            1795424400_110000000,
		"1795424400.191":           1795424400_191000000,
		"1.681339658206941E9":      1681339658_206941000,
		"1.681339658206941e+9":     1681339658_206941000,
		"1795424400.1234567894":    1795424400_123456789,
		"1795424400.1234567896":    1795424400_123456790,
		"1795424400.1234567895":    1795424400_123456790,
		"1795424400.9999999999":    1795424401_000000000,
		"17954244001234567896e-10": 1795424400_123456790,
		"0.0000000017954244e18":    1795424400_000000000,
		"001795424400":             1795424400_000000000,
	} {
		got, ok := epoch(in)
		if !ok || got.UnixNano() != want || got.Location() != time.UTC {
			t.Errorf("%s: %d, %v, want %d", in, got.UnixNano(), ok, want)
		}
	}
	for _, in := range []string{
		"", "-1795424400", "0", "1", "1e3", "1e99", "1e-99", "1e999999999999", "1795424400e1", "NaN", "Infinity", "0x6b", "1.2.3", ".", "e9", "1795424400e", "1795424400e+-0", "1795424400s", " 1795424400",
	} {
		if got, ok := epoch(in); ok {
			t.Errorf("%q: %v, want none", in, got)
		}
	}
}

// FuzzEpoch compares with exact arithmetic.
func FuzzEpoch(f *testing.F) {
	for _, s := range []string{"1795424400.11", "1.681339658206941E9", "1e9", "-1", "0", "1795424400.1234567895", "9e-300", "7258118399.9999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := epoch(s)
		if value, err := strconv.ParseFloat(s, 64); !ok || err != nil || math.Abs(value) > 1e12 || len(s) > 35 {
			if ok && (got.Before(time.Unix(firstEpochSecond, 0)) || got.After(time.Unix(lastEpochSecond, 0))) {
				t.Errorf("%q: %v", s, got)
			}
			return
		}
		exact, valid := new(big.Rat).SetString(s)
		if !valid {
			return
		}
		exact.Mul(exact, big.NewRat(1e9, 1))
		off := exact.Sub(exact, new(big.Rat).SetInt64(got.UnixNano()))
		if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 {
			t.Errorf("%q: %d is off by %v ns", s, got.UnixNano(), off)
		}
	})
}

// FuzzSegments checks what every trace must hold, whatever the documents.
func FuzzSegments(f *testing.F) {
	f.Add(sampleDocuments[0], sampleDocuments[1])
	f.Add(`{"id":"a","name":"a","parent_id":"b"}`, `{"id":"b","name":"b","parent_id":"a","subsegments":[{"id":"a"},{"id":"b","inferred":true}]}`)
	f.Add(`{"id":"i","name":"x","inferred":true,"parent_id":"s"}`, `{"id":"a","name":"y","subsegments":[{"id":"s","name":"x","cause":"e","subsegments":[{"id":"i","name":"z"}]}]}`)
	f.Add(`[]`, `{"start_time":1e9,"end_time":-1,"subsegments":[[]]}`)
	f.Fuzz(func(t *testing.T, one, two string) {
		tr := buildTrace(sampleID, []string{one, two})
		seen := make(map[*sources.Span]bool)
		var walk func(spans []*sources.Span, depth int)
		walk = func(spans []*sources.Span, depth int) {
			for _, s := range spans {
				if seen[s] || depth > maxDepth+1 {
					t.Fatalf("a span is in the tree twice or too deep (%d)", depth)
				}
				seen[s] = true
				if d, ok := s.Duration.Get(); ok && (d < 0 || s.Start.IsZero()) {
					t.Errorf("duration %v from %v", d, s.Start)
				}
				if !s.Start.IsZero() && (s.Start.Before(tr.Start) || s.Start.Add(s.Duration.Or(0)).After(tr.Start.Add(tr.Duration))) {
					t.Errorf("span from %v for %v lies outside of the trace", s.Start, s.Duration)
				}
				if s.Orphan && depth > 1 {
					t.Error("an orphan has a parent")
				}
				walk(s.Children, depth+1)
			}
		}
		walk(tr.Spans, 1)
		if tr.Duration < 0 {
			t.Errorf("duration %v", tr.Duration)
		}
	})
}

func BenchmarkTrace(b *testing.B) {
	bytes := 0
	for _, d := range sampleDocuments {
		bytes += len(d)
	}
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		buildTrace(sampleID, sampleDocuments)
	}
}
