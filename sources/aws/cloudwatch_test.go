package aws

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fntop/sources"
)

var metricsStart = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// window is an hour of one-minute points for so many functions.
func window(functions int, stats ...sources.Stat) sources.MetricWindow {
	w := sources.MetricWindow{Start: metricsStart, End: metricsStart.Add(time.Hour)}
	for i := range functions {
		w.Queries = append(w.Queries, sources.MetricQuery{
			Function: sources.FunctionID{Cloud: sources.AWS, Account: testAccount, Region: testRegion, Name: fmt.Sprintf("fn-%04d", i)},
			Metric:   sources.MetricDuration, Stats: stats, Period: time.Minute,
		})
	}
	return w
}

// asked is the queries of a request: IDs in order, and the stat of each.
func asked(body map[string]any) (ids []string, stats map[string]string) {
	stats = make(map[string]string)
	for _, q := range body["MetricDataQueries"].([]any) {
		q := q.(map[any]any)
		id := q["Id"].(string)
		ids = append(ids, id)
		stats[id] = q["MetricStat"].(map[any]any)["Stat"].(string)
	}
	return ids, stats
}

func result(id, status string, points ...float64) map[string]any {
	var times []any
	for i := range points {
		times = append(times, epochTag(metricsStart.Add(time.Duration(i)*time.Minute)))
	}
	return map[string]any{"Id": id, "StatusCode": status, "Timestamps": times, "Values": points}
}

func at(minute int) time.Time { return metricsStart.Add(time.Duration(minute) * time.Minute) }

func TestMetricsAsksInFullBatches(t *testing.T) {
	var (
		mu    sync.Mutex
		sizes []int
	)
	s, _, m := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, body map[string]any) {
			ids, stats := asked(body)
			mu.Lock()
			sizes = append(sizes, len(ids))
			mu.Unlock()
			byQuery := make(map[string]int)
			var results []any
			for _, id := range ids {
				query, _, _ := strings.Cut(id, "s")
				byQuery[query]++
				value := 1.0
				if stats[id] == "p95" {
					value = 95
				}
				results = append(results, result(id, "Complete", value))
			}
			for query, n := range byQuery {
				if n != 3 {
					t.Errorf("query %s was split: %d of its statistics in one request", query, n)
				}
			}
			answerCBOR(w, map[string]any{"MetricDataResults": results})
		},
	})
	const functions = 400 // 1,200 statistics: 166 functions fit a request of 500
	got, err := s.Metrics(t.Context(), window(functions, sources.StatSum, sources.StatAverage, sources.StatP95))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(sizes)
	if !slices.Equal(sizes, []int{204, 498, 498}) {
		t.Errorf("requests of %v queries", sizes)
	}
	if len(got) != functions*3 {
		t.Fatalf("%d results", len(got))
	}
	for i, r := range got {
		want := 1.0
		if r.Stat == sources.StatP95 {
			want = 95
		}
		if r.Query != i/3 || r.Partial || len(r.Points) != 1 || r.Points[0] != (sources.Point{Time: at(0), Value: want}) {
			t.Fatalf("result %d: %+v", i, r)
		}
	}
	if op := opOf(m, opGetMetricData); op.Metrics != functions || math.Abs(op.USD-functions*1e-5) > 1e-12 {
		t.Errorf("billed for %d metrics, $%v; three statistics of one metric are one", op.Metrics, op.USD)
	}
}

func TestMetricsCutsBatchesByPoints(t *testing.T) {
	w := window(300, sources.StatSum)
	w.End = w.Start.Add(14 * 24 * time.Hour) // 20,160 points each: five fit 100,800
	batches, failed := cutBatches(w)
	if len(batches) != 60 || len(batches[0]) != 5 || failed != nil {
		t.Errorf("%d batches, the first of %d, errors %v", len(batches), len(batches[0]), failed)
	}
	w = window(2, make([]sources.Stat, 1100)...)
	if batches, _ = cutBatches(w); len(batches) != 6 {
		t.Errorf("%d batches for two queries of 1,100 statistics", len(batches))
	}
}

func TestMetricsSendsTheWindow(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, body map[string]any) {
			q := body["MetricDataQueries"].([]any)[0].(map[any]any)["MetricStat"].(map[any]any)
			metric := q["Metric"].(map[any]any)
			dimension := metric["Dimensions"].([]any)[0].(map[any]any)
			got := fmt.Sprint(body["StartTime"], body["EndTime"], body["ScanBy"], metric["Namespace"], metric["MetricName"],
				dimension["Name"], dimension["Value"], q["Period"], q["Stat"])
			want := fmt.Sprint(metricsStart, metricsStart.Add(time.Hour), "TimestampAscending", "AWS/Lambda", "Duration",
				"FunctionName", "fn-0000", 300, "p99")
			if got != want {
				t.Errorf("sent\n%s\nwant\n%s", got, want)
			}
			answerCBOR(w, map[string]any{"MetricDataResults": []any{result("q0s0", "Complete")}})
		},
	})
	w := window(1, sources.StatP99)
	w.Queries[0].Period = 5 * time.Minute
	w.Start, w.End = w.Start.Add(59*time.Second), w.End.Add(59*time.Second)
	got, err := s.Metrics(t.Context(), w)
	if err != nil || len(got) != 1 || got[0].Partial || len(got[0].Points) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestMetricsMergesPages(t *testing.T) {
	s, f, _ := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, body map[string]any) {
			switch body["NextToken"] {
			case nil:
				answerCBOR(w, map[string]any{"NextToken": "2", "MetricDataResults": []any{
					result("q0s0", "PartialData", 1, 2),
					map[string]any{
						"Id": "q1s0", "StatusCode": "PartialData",
						"Timestamps": []any{epochTag(at(5)), epochTag(at(3))}, "Values": []any{5.0, 3.0},
					},
				}})
			case "2":
				answerCBOR(w, map[string]any{"NextToken": "3", "MetricDataResults": []any{}})
			default:
				answerCBOR(w, map[string]any{"MetricDataResults": []any{
					map[string]any{
						"Id": "q0s0", "StatusCode": "Complete",
						"Timestamps": []any{epochTag(at(1)), epochTag(at(2))}, "Values": []any{20.0, 3.0},
					},
					map[string]any{
						"Id": "q1s0", "StatusCode": "PartialData",
						"Timestamps": []any{epochTag(at(4))}, "Values": []any{4.0},
					},
				}})
			}
		},
	})
	got, err := s.Metrics(t.Context(), window(2, sources.StatSum))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]sources.Point{
		{{Time: at(0), Value: 1}, {Time: at(1), Value: 20}, {Time: at(2), Value: 3}},
		{{Time: at(3), Value: 3}, {Time: at(4), Value: 4}, {Time: at(5), Value: 5}},
	}
	for i, r := range got {
		if !slices.Equal(r.Points, want[i]) {
			t.Errorf("result %d: %v, want %v", i, r.Points, want[i])
		}
	}
	if got[0].Partial || !got[1].Partial {
		t.Errorf("partial: %v, %v; want the second only", got[0].Partial, got[1].Partial)
	}
	if f.count(opGetMetricData) != 3 {
		t.Errorf("%d calls", f.count(opGetMetricData))
	}
}

func TestMetricsStatusAndMessages(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, _ map[string]any) {
			answerCBOR(w, map[string]any{
				"MetricDataResults": []any{
					result("q0s0", "Complete", 7),
					result("q1s0", "Forbidden"),
					result("q2s0", "InternalError"),
					// q3s0 is missing
					map[string]any{
						"Id": "q4s0", "StatusCode": "Complete",
						"Timestamps": []any{epochTag(at(0)), epochTag(at(1)), epochTag(at(2)), epochTag(at(3))},
						"Values":     []any{math.NaN(), math.Inf(1), 3.0},
					},
					map[string]any{
						"Id": "q5s0", "StatusCode": "PartialData",
						"Messages": []any{map[string]any{"Code": "ArithmeticError", "Value": "one value  was\x1b[2J left out"}},
					},
					result("q6s0", ""),
					result("q99s0", "Complete", 1),
					map[string]any{"StatusCode": "Complete"},
				},
			})
		},
	})
	got, err := s.Metrics(t.Context(), window(7, sources.StatSum))
	wantError(t, err, sources.Denied, "fn-0001 Duration", "fntop iam-policy")
	if len(got) != 7 {
		t.Fatalf("%d results, want 7: %+v", len(got), got)
	}
	wantPartial := []bool{false, true, true, true, true, true, false}
	wantMessage := []string{"", "Forbidden", "InternalError", "no answer", "3 values without a number or a time", "ArithmeticError: one value was\x1b[2J left out", ""}
	for i, r := range got {
		if r.Partial != wantPartial[i] || r.Message != wantMessage[i] {
			t.Errorf("result %d: partial %v, message %q", i, r.Partial, r.Message)
		}
	}
	if !slices.Equal(got[0].Points, []sources.Point{{Time: at(0), Value: 7}}) {
		t.Errorf("the good result is %v", got[0].Points)
	}
	if !slices.Equal(got[4].Points, []sources.Point{{Time: at(2), Value: 3}}) {
		t.Errorf("beside values that are no numbers: %v", got[4].Points)
	}
}

func TestMetricsTellsAGlobalMessage(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, _ map[string]any) {
			answerCBOR(w, map[string]any{
				"Messages":          []any{map[string]any{"Code": "MaxMetricsExceeded", "Value": "Maximum number of allowed metrics exceeded"}},
				"MetricDataResults": []any{result("q0s0", "Complete", 7)},
			})
		},
	})
	got, err := s.Metrics(t.Context(), window(2, sources.StatSum))
	wantError(t, err, sources.Other, "Maximum number of allowed metrics exceeded")
	if len(got) != 2 || got[0].Partial || !got[1].Partial {
		t.Errorf("%+v", got)
	}
}

func TestMetricsKeepsWhatAFailureLeaves(t *testing.T) {
	s, f, _ := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, body map[string]any) {
			ids, _ := asked(body)
			if ids[0] == "q500s0" {
				refuse(opGetMetricData, 400, "InvalidParameterValue", "no")(w, body)
				return
			}
			var results []any
			for _, id := range ids {
				results = append(results, result(id, "Complete", 1))
			}
			answerCBOR(w, map[string]any{"MetricDataResults": results})
		},
	})
	got, err := s.Metrics(t.Context(), window(1200, sources.StatSum))
	wantError(t, err, sources.Other, "InvalidParameterValue")
	if len(got) != 700 || f.count(opGetMetricData) != 3 {
		t.Errorf("%d results of %d calls, want the 700 of the other batches", len(got), f.count(opGetMetricData))
	}
}

func TestMetricsStopsWhenDenied(t *testing.T) {
	s, f, _ := sourceOf(t, map[string]handler{
		opGetMetricData: refuse(opGetMetricData, 403, "AccessDenied", "no"),
	})
	_, err := s.Metrics(t.Context(), window(500*50, sources.StatSum))
	wantError(t, err, sources.Denied, "cloudwatch:GetMetricData", "us-east-1")
	if n := f.count(opGetMetricData); n >= 25 {
		t.Errorf("%d of 50 requests were sent after the first was refused", n)
	}
}

func TestMetricsMarksAnAnswerThatBreaksOff(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, body map[string]any) {
			if body["NextToken"] != nil {
				refuse(opGetMetricData, 400, "InvalidNextToken", "gone")(w, body)
				return
			}
			answerCBOR(w, map[string]any{"NextToken": "2", "MetricDataResults": []any{
				result("q0s0", "Complete", 1), result("q1s0", "PartialData", 1),
			}})
		},
	})
	got, err := s.Metrics(t.Context(), window(3, sources.StatSum))
	wantError(t, err, sources.Other, "InvalidNextToken")
	if len(got) != 2 || got[0].Partial || !got[1].Partial {
		t.Errorf("%+v", got)
	}
}

func TestMetricsRefusesImpossiblePeriods(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, body map[string]any) {
			if ids, _ := asked(body); !slices.Equal(ids, []string{"q2s0"}) {
				t.Errorf("asked for %v", ids)
			}
			answerCBOR(w, map[string]any{"MetricDataResults": []any{result("q2s0", "Complete", 1)}})
		},
	})
	w := window(3, sources.StatSum)
	w.Queries[0].Period, w.Queries[1].Period = 0, 90*time.Second
	got, err := s.Metrics(t.Context(), w)
	wantError(t, err, sources.Unsupported, "fn-0000", "1 more")
	if len(got) != 1 || got[0].Query != 2 {
		t.Errorf("%+v", got)
	}
}

func TestMetricsOfNoTimeAsksNothing(t *testing.T) {
	s, f, _ := sourceOf(t, nil)
	w := window(3, sources.StatSum)
	for _, end := range []time.Time{w.Start, w.Start.Add(59 * time.Second), w.Start.Add(-time.Hour)} {
		w.End = end
		if got, err := s.Metrics(t.Context(), w); got != nil || err != nil {
			t.Errorf("%v, %v", got, err)
		}
	}
	if got, err := s.Metrics(t.Context(), sources.MetricWindow{Start: w.Start, End: w.Start.Add(time.Hour)}); got != nil || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if f.count(opGetMetricData) != 0 {
		t.Error("something was asked")
	}
}

func TestMetricsIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	s, _, _ := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, _ map[string]any) {
			cancel()
			<-release
		},
	})
	defer close(release)
	got, err := s.Metrics(ctx, window(1200, sources.StatSum))
	wantError(t, err, sources.Cancelled)
	if len(got) != 0 {
		t.Errorf("%d results", len(got))
	}
}

func TestBilledMetrics(t *testing.T) {
	for n, want := range map[int]int64{1: 1, 5: 1, 6: 2, 10: 2, 11: 3} {
		stats := make([]sources.Stat, n)
		for i := range stats {
			stats[i] = sources.Stat(fmt.Sprintf("p%d", i+1))
		}
		w := window(2, stats...)
		var all []wanted
		batches, _ := cutBatches(w)
		for _, b := range batches {
			all = append(all, b...)
		}
		u := usageOf(new(Source).metricInput(w, all), 0)
		if u.metrics != 2*want || u.points != int64(2*n*60) {
			t.Errorf("%d statistics of two metrics: %d billed, %d points", n, u.metrics, u.points)
		}
	}
}

// BenchmarkMetricsAnswer takes in a full answer: 500 statistics of an hour.
func BenchmarkMetricsAnswer(b *testing.B) {
	points := make([]sources.Point, 60)
	for i := range points {
		points[i] = sources.Point{Time: at(i), Value: float64(i)}
	}
	b.ReportAllocs()
	for b.Loop() {
		for range 500 {
			inOrder(slices.Clone(points))
		}
	}
}
