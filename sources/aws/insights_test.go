package aws

import (
	"fmt"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
)

func rankQuery() sources.RankQuery {
	return sources.RankQuery{
		Metric: sources.MetricInvocations, Start: metricsStart, End: metricsStart.Add(time.Hour),
		Period: 5 * time.Minute, Limit: 100, Analysed: 1200,
	}
}

// series is one series of a ranking's answer.
func series(label, status string, points ...float64) map[string]any {
	r := result(rankingID, status, points...)
	r["Label"] = label
	return r
}

func rankedNames(top []sources.Ranked) (names []string) {
	for _, r := range top {
		names = append(names, r.Function.Name)
	}
	return names
}

func TestTopAsksOneQuery(t *testing.T) {
	s, _, m := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, body map[string]any) {
			queries := body["MetricDataQueries"].([]any)
			q := queries[0].(map[any]any)
			got := fmt.Sprint(len(queries), body["StartTime"], body["EndTime"], q["Expression"], q["Period"], q["MetricStat"], q["AccountId"])
			want := fmt.Sprint(1, metricsStart, metricsStart.Add(time.Hour),
				`SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName ORDER BY SUM() DESC LIMIT 100`,
				300, nil, nil)
			if got != want {
				t.Errorf("asked\n%s\nwant\n%s", got, want)
			}
			answerCBOR(w, map[string]any{"MetricDataResults": []any{
				series("busy", "Complete", 5, 7), series("calm", "Complete", 1), series("silent", "Complete"),
			}})
		},
	})
	top, partial, err := s.Top(t.Context(), rankQuery())
	want := []sources.Ranked{
		{Function: idOf(testAccount, "busy"), Points: []sources.Point{{Time: at(0), Value: 5}, {Time: at(1), Value: 7}}},
		{Function: idOf(testAccount, "calm"), Points: []sources.Point{{Time: at(0), Value: 1}}},
		{Function: idOf(testAccount, "silent")},
	}
	if err != nil || partial || !reflect.DeepEqual(top, want) {
		t.Errorf("%+v, %v, %v\nwant %+v", top, partial, err, want)
	}
	if op := opOf(m, opGetMetricData); op.Calls != 1 || op.Metrics != 1200 || math.Abs(op.USD-0.012) > 1e-12 {
		t.Errorf("booked %+v; each metric analysed is one", op)
	}
}

func TestTopFollowsPages(t *testing.T) {
	calls := 0
	s, _, m := sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, body map[string]any) {
			if calls++; calls == 1 {
				answerCBOR(w, map[string]any{"NextToken": "t", "MetricDataResults": []any{
					series("b", "PartialData", 2), series("a", "Complete", 9),
				}})
				return
			}
			if body["NextToken"] != "t" {
				t.Errorf("token %v", body["NextToken"])
			}
			more := series("b", "Complete", 0, 8)
			more["Timestamps"], more["Values"] = more["Timestamps"].([]any)[1:], more["Values"].([]float64)[1:]
			answerCBOR(w, map[string]any{"MetricDataResults": []any{more, series("c", "Complete", 1)}})
		},
	})
	q := rankQuery()
	q.Analysed = 0
	top, partial, err := s.Top(t.Context(), q)
	if err != nil || partial || !slices.Equal(rankedNames(top), []string{"b", "a", "c"}) || len(top[0].Points) != 2 {
		t.Errorf("%+v, %v, %v", top, partial, err)
	}
	if op := opOf(m, opGetMetricData); op.Metrics != 2*sources.MaxAnalysed {
		t.Errorf("booked %d for two pages of an unknown number", op.Metrics)
	}
}

func TestTopSaysWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		answer  map[string]any
		partial bool
		names   []string
	}{
		"complete":       {map[string]any{"MetricDataResults": []any{series("a", "Complete", 1)}}, false, []string{"a"}},
		"no function":    {map[string]any{"MetricDataResults": []any{series("", "Complete")}}, false, nil},
		"no group":       {map[string]any{"MetricDataResults": []any{series(rankingID, "Complete")}}, false, nil},
		"nothing":        {map[string]any{"MetricDataResults": []any{}}, false, nil},
		"partial series": {map[string]any{"MetricDataResults": []any{series("a", "PartialData", 1)}}, true, []string{"a"}},
		"partial, no function": {
			map[string]any{"MetricDataResults": []any{series("a", "Complete", 1), series("x\x1b[31m", "PartialData", 1)}}, true, []string{"a"},
		},
		"value without a number": {map[string]any{"MetricDataResults": []any{series("a", "Complete", math.NaN())}}, true, []string{"a"}},
		"too many metrics": {map[string]any{
			"Messages":          []any{map[string]any{"Code": "MaxMetricsExceeded", "Value": "The query matched too many metrics"}},
			"MetricDataResults": []any{series("a", "Complete", 1)},
		}, true, []string{"a"}},
		"answer to another query": {map[string]any{"MetricDataResults": []any{result("q0s0", "PartialData", 1)}}, false, nil},
	} {
		s, _, _ := sourceOf(t, map[string]handler{
			opGetMetricData: func(w http.ResponseWriter, _ map[string]any) { answerCBOR(w, c.answer) },
		})
		top, partial, err := s.Top(t.Context(), rankQuery())
		if err != nil || partial != c.partial || !slices.Equal(rankedNames(top), c.names) {
			t.Errorf("%s: %+v, %v, %v", name, top, partial, err)
		}
	}
}

func TestTopFails(t *testing.T) {
	s, f, _ := sourceOf(t, map[string]handler{opGetMetricData: refuse(opGetMetricData, 403, "AccessDenied", "no")})
	_, partial, err := s.Top(t.Context(), rankQuery())
	wantError(t, err, sources.Denied, opGetMetricData)
	if !partial {
		t.Error("a failed ranking is not whole")
	}
	for _, change := range []func(*sources.RankQuery){
		func(q *sources.RankQuery) { q.Limit = 0 },
		func(q *sources.RankQuery) { q.Limit = sources.MaxRanked + 1 },
		func(q *sources.RankQuery) { q.Period = 90 * time.Second },
		func(q *sources.RankQuery) { q.Period = 0 },
		func(q *sources.RankQuery) { q.Metric = "" },
		func(q *sources.RankQuery) { q.Metric = "1x" },
		func(q *sources.RankQuery) { q.Metric = `Errors) FROM "AWS/EC2" --` },
	} {
		q := rankQuery()
		change(&q)
		_, _, err := s.Top(t.Context(), q)
		wantError(t, err, sources.Unsupported, opGetMetricData)
	}
	q := rankQuery()
	q.End = q.Start.Add(time.Second)
	if top, partial, err := s.Top(t.Context(), q); top != nil || partial || err != nil {
		t.Errorf("a window without a minute: %v, %v, %v", top, partial, err)
	}
	if f.count(opGetMetricData) != 1 {
		t.Errorf("%d calls", f.count(opGetMetricData))
	}

	s, _, _ = sourceOf(t, map[string]handler{
		opGetMetricData: func(w http.ResponseWriter, _ map[string]any) {
			answerCBOR(w, map[string]any{"MetricDataResults": []any{series("a", "Complete", 1), series("b", "InternalError")}})
		},
	})
	top, partial, err := s.Top(t.Context(), rankQuery())
	wantError(t, err, sources.Other, "on b", "InternalError")
	if !slices.Equal(rankedNames(top), []string{"a"}) || !partial {
		t.Errorf("%+v, %v", top, partial)
	}
}

func TestTopInAMonitoringAccountIsOfThisAccount(t *testing.T) {
	var asked []string
	s, _, _ := sourceOf(t, map[string]handler{
		opListMetrics: listMetricsAnswer([]any{linkedAccount}, "", listedMetric("FunctionName", "theirs")),
		opGetMetricData: func(w http.ResponseWriter, body map[string]any) {
			asked = append(asked, body["MetricDataQueries"].([]any)[0].(map[any]any)["Expression"].(string))
			answerCBOR(w, map[string]any{"MetricDataResults": []any{}})
		},
	})
	if _, err := active(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Top(t.Context(), rankQuery()); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 1 || !strings.Contains(asked[0], `FunctionName) WHERE AWS.AccountId = '`+testAccount+`' GROUP BY`) {
		t.Errorf("%q", asked)
	}
}

func TestRankingsKeepTheirOwnQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t, map[string]handler{
			opGetMetricData: func(w http.ResponseWriter, _ map[string]any) {
				answerCBOR(w, map[string]any{"MetricDataResults": []any{}})
			},
		})
		s, _ := bubbled(t, f)
		began := time.Now()
		for range 30 {
			if _, _, err := s.Top(t.Context(), rankQuery()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began).Round(time.Millisecond); took != 2800*time.Millisecond { // two at once
			t.Errorf("30 rankings took %v at %d a second", took, quotaInsights)
		}
	})
}
