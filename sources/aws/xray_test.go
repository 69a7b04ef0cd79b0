package aws

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fntop/sources"
)

// idAt is a trace ID that began at a time.
func idAt(at time.Time, n int) string { return fmt.Sprintf("1-%08x-%024x", at.Unix(), n) }

// segmentText is a small segment document.
func segmentText(id string, start time.Time) string {
	return fmt.Sprintf(`{"id":%q,"name":"fn","start_time":%d.25,"end_time":%d.75}`, id, start.Unix(), start.Unix())
}

func TestTracesInChunksOfFive(t *testing.T) {
	var (
		mu    sync.Mutex
		sizes []int
	)
	s, _, m := sourceOf(t, map[string]handler{
		opBatchGetTraces: func(w http.ResponseWriter, body map[string]any) {
			ids := body["TraceIds"].([]any)
			mu.Lock()
			sizes = append(sizes, len(ids))
			mu.Unlock()
			var traces []any
			for _, id := range slices.Backward(ids) {
				if strings.HasSuffix(id.(string), "0b") {
					continue // not there
				}
				traces = append(traces, map[string]any{"Id": id, "Segments": []any{
					map[string]any{"Id": "1", "Document": segmentText("1", logsStart)},
				}})
			}
			answerJSON(w, map[string]any{"Traces": traces})
		},
	})
	var ids, want []string
	for i := range 12 {
		ids = append(ids, idAt(logsStart, i))
		if i != 11 {
			want = append(want, ids[i])
		}
	}
	ids[3] = strings.ReplaceAll(strings.ToUpper(ids[3][2:]), "-", "") // as OpenTelemetry writes it
	ids = append(ids, "", "nonsense", ids[0], "1-123-456", "1-zzzzzzzz-000000000000000000000000")
	traces, err := s.Traces(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, tr := range traces {
		got = append(got, tr.ID)
		if tr.Duration != 500*time.Millisecond || tr.Partial || !tr.Start.Equal(logsStart.Add(250*time.Millisecond)) {
			t.Errorf("trace %+v", tr)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("traces\n%v\nwant\n%v", got, want)
	}
	slices.Sort(sizes)
	if !slices.Equal(sizes, []int{2, 5, 5}) {
		t.Errorf("requests for %v traces", sizes)
	}
	if op := opOf(m, opBatchGetTraces); op.Calls != 3 {
		t.Errorf("%+v", m.Bill())
	}
}

func TestTracesFollowsPagesAndAsksAgain(t *testing.T) {
	a, b, c := idAt(logsStart, 1), idAt(logsStart, 2), idAt(logsStart, 3)
	var requests []string
	s, _, _ := sourceOf(t, map[string]handler{
		opBatchGetTraces: func(w http.ResponseWriter, body map[string]any) {
			request := fmt.Sprintf("%d %v", len(body["TraceIds"].([]any)), body["NextToken"])
			requests = append(requests, request)
			trace := func(id, segment string) any {
				return map[string]any{"Id": id, "Duration": 1.5, "LimitExceeded": id == a, "Segments": []any{
					map[string]any{"Id": segment, "Document": segmentText(segment, logsStart)},
				}}
			}
			switch request {
			case "3 <nil>":
				answerJSON(w, map[string]any{
					"Traces": []any{trace(a, "1")}, "NextToken": "p2", "UnprocessedTraceIds": []any{b, "1-other"},
				})
			case "3 p2":
				answerJSON(w, map[string]any{"Traces": []any{trace(a, "2")}, "UnprocessedTraceIds": []any{c}})
			case "2 <nil>":
				answerJSON(w, map[string]any{"Traces": []any{trace(b, "1")}, "UnprocessedTraceIds": []any{c}})
			default:
				t.Errorf("unexpected request %s", request)
				answerJSON(w, map[string]any{})
			}
		},
	})
	got, err := s.Traces(t.Context(), []string{a, b, c})
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(got[0].Spans) != 2 || !got[0].Partial {
		t.Errorf("two pages, limit exceeded: %+v", got[0])
	}
	if len(got[1].Spans) != 1 || got[1].Partial {
		t.Errorf("processed at the second go: %+v", got[1])
	}
	if len(got[2].Spans) != 0 || !got[2].Partial || !got[2].Start.Equal(logsStart) {
		t.Errorf("never processed: %+v", got[2])
	}
}

func TestTracesKeepsWhatAFailureLeaves(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opBatchGetTraces: func(w http.ResponseWriter, body map[string]any) {
			ids := body["TraceIds"].([]any)
			if len(ids) == 1 {
				refuse(opBatchGetTraces, 400, "InvalidRequestException", "no")(w, body)
				return
			}
			answerJSON(w, map[string]any{"Traces": []any{map[string]any{"Id": ids[0], "Segments": []any{}}}})
		},
	})
	var ids []string
	for i := range 6 {
		ids = append(ids, idAt(logsStart, i))
	}
	got, err := s.Traces(t.Context(), ids)
	wantError(t, err, sources.Other, ids[5], "InvalidRequestException")
	if len(got) != 1 || got[0].ID != ids[0] {
		t.Errorf("%+v", got)
	}
}

func TestTraceSummaries(t *testing.T) {
	var spans []string
	s, _, _ := sourceOf(t, map[string]handler{
		opGetTraceSummaries: func(w http.ResponseWriter, body map[string]any) {
			start, end := int64(body["StartTime"].(float64)), int64(body["EndTime"].(float64))
			if want := `service(id(name: "check\"out", type: "AWS::Lambda::Function"))`; body["FilterExpression"] != want {
				t.Errorf("expression %v, want %v", body["FilterExpression"], want)
			}
			token := body["NextToken"]
			spans = append(spans, fmt.Sprint(start-logsStart.Unix(), " ", end-logsStart.Unix(), " ", token))
			summary := func(second int64) any {
				at := time.Unix(second, 0)
				return map[string]any{
					"Id": idAt(at, 1), "StartTime": second, "Duration": 1.25, "ResponseTime": 0.75,
					"HasError": true, "HasFault": second%2 == 0, "HasThrottle": false, "IsPartial": true,
					"Http":       map[string]any{"HttpStatus": 502, "HttpURL": "https://example.com/?token=secret"},
					"EntryPoint": map[string]any{"Name": "api", "Type": "AWS::ApiGateway::Stage"},
					"ServiceIds": []any{map[string]any{"Name": "check\"out"}, map[string]any{"Name": "api"}, map[string]any{}, map[string]any{"Name": "S3"}},
					"Annotations": map[string]any{
						"tenant": []any{map[string]any{"AnnotationValue": map[string]any{"StringValue": strings.Repeat("x", 900)}}},
						"batch":  []any{map[string]any{"AnnotationValue": map[string]any{"NumberValue": 12.5}}},
						"again":  []any{map[string]any{"AnnotationValue": map[string]any{"BooleanValue": true}}, map[string]any{}},
						"none":   []any{},
					},
				}
			}
			if token == nil {
				answerJSON(w, map[string]any{
					"TraceSummaries": []any{summary(end), summary(end - 60)}, "NextToken": "2", "TracesProcessedCount": 1000,
				})
				return
			}
			answerJSON(w, map[string]any{"TraceSummaries": []any{
				summary(start), map[string]any{"Id": idAt(time.Unix(start+5, 0), 2)}, map[string]any{},
			}})
		},
	})
	q := sources.TraceQuery{
		Function: s.Scope().In(`check"out`), Start: logsStart.Add(-13 * time.Hour), End: logsStart,
	}
	got, err := s.TraceSummaries(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"-21600 0 <nil>", "-21600 0 2",
		"-43200 -21600 <nil>", "-43200 -21600 2",
		"-46800 -43200 <nil>", "-46800 -43200 2",
	}
	if !slices.Equal(spans, want) {
		t.Errorf("asked for\n%v\nwant\n%v", spans, want)
	}
	if len(got) != 10 { // 12, of which two stand at a border
		t.Errorf("%d summaries", len(got))
	}
	bare := got[slices.IndexFunc(got, func(t sources.TraceSummary) bool { return !t.Partial })]
	if bare.Duration.Known() || bare.Response.Known() || bare.Status.Known() || bare.Services != nil || bare.Annotations != nil {
		t.Errorf("of a trace that says nothing is known %+v", bare)
	}
	if !slices.IsSortedFunc(got, func(a, b sources.TraceSummary) int { return b.Start.Compare(a.Start) }) {
		t.Errorf("not newest first: %+v", got)
	}
	first := sources.TraceSummary{
		ID: idAt(logsStart, 1), Start: logsStart, Duration: sources.Some(1250 * time.Millisecond), Response: sources.Some(750 * time.Millisecond),
		Error: true, Fault: true, Partial: true, Status: sources.Some(502), Services: []string{"api", `check"out`, "S3"},
		Annotations: []sources.Setting{{Name: "again", Value: "true"}, {Name: "batch", Value: "12.5"}, {Name: "tenant", Value: strings.Repeat("x", longestValue)}},
	}
	if !reflect.DeepEqual(got[0], first) {
		t.Errorf("first is %+v, want %+v", got[0], first)
	}

	spans, q.Limit = nil, 3
	got, err = s.TraceSummaries(t.Context(), q)
	if err != nil || len(got) != 3 || len(spans) != 2 {
		t.Errorf("limited: %d summaries of %d calls, %v", len(got), len(spans), err)
	}
}

func TestTraceSummariesKeepsWhatAFailureLeaves(t *testing.T) {
	calls := 0
	s, _, _ := sourceOf(t, map[string]handler{
		opGetTraceSummaries: func(w http.ResponseWriter, body map[string]any) {
			if calls++; calls > 1 {
				refuse(opGetTraceSummaries, 403, "AccessDeniedException", "no")(w, body)
				return
			}
			answerJSON(w, map[string]any{"TraceSummaries": []any{map[string]any{"Id": idAt(logsStart, 1)}}})
		},
	})
	got, err := s.TraceSummaries(t.Context(), sources.TraceQuery{
		Function: s.Scope().In("f"), Start: logsStart.Add(-12 * time.Hour), End: logsStart,
	})
	wantError(t, err, sources.Denied, "xray:GetTraceSummaries")
	if len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestTraceSummariesKeepsToWhatXRayKeeps(t *testing.T) {
	o := options(t, "")
	o.Now = func() time.Time { return logsStart }
	calls, oldest := 0, int64(0)
	f := newFake(t, map[string]handler{
		opGetTraceSummaries: func(w http.ResponseWriter, body map[string]any) {
			calls++
			oldest = int64(body["StartTime"].(float64))
			answerJSON(w, map[string]any{})
		},
	})
	o.EndpointURL = f.serve()
	s := openOne(t, o)
	s.xray = unlimited(s, o) // 120 calls at five a second take their time
	if _, err := s.TraceSummaries(t.Context(), sources.TraceQuery{Function: s.Scope().In("f")}); err != nil {
		t.Fatal(err)
	}
	if want := logsStart.Add(-30 * 24 * time.Hour).Unix(); calls != 120 || oldest != want {
		t.Errorf("%d calls back to %d, want 120 to %d", calls, oldest, want)
	}
}

func TestTraceIDs(t *testing.T) {
	const x = "1-6d2f3a10-0123456789abcdef01234567"
	for in, want := range map[string]string{
		x:                                     x,
		"6d2f3a100123456789abcdef01234567":    x,
		"6D2F3A100123456789ABCDEF01234567":    x,
		"1-6d2f3a10-0123456789abcdef0123456":  "",
		"1-6d2f3a1-00123456789abcdef01234567": "",
		"2-6d2f3a10-0123456789abcdef01234567": "",
		"1-6d2f3a10-0123456789abcdef0123456g": "",
		"":                                    "",
	} {
		got, ok := traceID(in)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", in, got, ok)
		}
	}
	at, ok := traceTime(x)
	if !ok || at.Unix() != 0x6d2f3a10 {
		t.Errorf("%v, %v", at, ok)
	}
}
