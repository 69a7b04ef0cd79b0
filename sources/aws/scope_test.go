package aws

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

func TestMetricsOfAWholeScopeAndOfOtherAccounts(t *testing.T) {
	w := window(3, sources.StatSum)
	w.Queries[0].Function.Name = ""
	w.Queries[1].Function.Account = linkedAccount
	s, _, m := sourceOf(t, map[string]handler{
		opGetMetricData: func(rw http.ResponseWriter, body map[string]any) {
			var got []string
			for _, q := range body["MetricDataQueries"].([]any) {
				q := q.(map[any]any)
				metric := q["MetricStat"].(map[any]any)["Metric"].(map[any]any)
				got = append(got, fmt.Sprintf("%v %v", q["AccountId"], metric["Dimensions"]))
			}
			dimension := func(name string) string { return "[map[Name:FunctionName Value:" + name + "]]" }
			want := []string{"<nil> <nil>", linkedAccount + " " + dimension("fn-0001"), "<nil> " + dimension("fn-0002")}
			if !slices.Equal(got, want) {
				t.Errorf("asked for %q, want %q", got, want)
			}
			answerCBOR(rw, map[string]any{"MetricDataResults": []any{
				result("q0s0", "Complete", 10), result("q1s0", "Forbidden"), result("q2s0", "Complete", 2),
			}})
		},
	})
	got, err := s.Metrics(t.Context(), w)
	wantError(t, err, sources.Denied, "fn-0001 Duration")
	if len(got) != 3 || got[0].Points[0].Value != 10 || got[2].Points[0].Value != 2 {
		t.Errorf("%+v", got)
	}
	if op := opOf(m, opGetMetricData); op.Metrics != 3 {
		t.Errorf("billed for %d", op.Metrics)
	}
}

func TestErrorsOnAWholeScopeNameTheRegion(t *testing.T) {
	w := window(1, sources.StatSum)
	w.Queries[0].Function.Name = ""
	s, _, _ := sourceOf(t, map[string]handler{opGetMetricData: refuse(opGetMetricData, 400, "ValidationError", "odd")})
	_, err := s.Metrics(t.Context(), w)
	wantError(t, err, sources.Other, "on "+testRegion, "odd")
	w.Queries[0].Period = time.Second
	_, err = s.Metrics(t.Context(), w)
	wantError(t, err, sources.Unsupported, "on "+testRegion)
}

func TestSameNameInTwoAccountsIsTwoMetrics(t *testing.T) {
	w := window(2, sources.StatSum)
	w.Queries[1].Function.Name = w.Queries[0].Function.Name
	s := &Source{scope: sources.Scope{Cloud: sources.AWS, Account: testAccount, Region: testRegion}}
	batches, _ := cutBatches(w)
	if u := usageOf(s.metricInput(w, batches[0]), 0); u.metrics != 1 {
		t.Errorf("the same metric twice is billed as %d", u.metrics)
	}
	w.Queries[1].Function.Account = linkedAccount
	if u := usageOf(s.metricInput(w, batches[0]), 0); u.metrics != 2 || u.insights {
		t.Errorf("%+v", u)
	}
	in := s.metricInput(w, batches[0])
	query := types.MetricDataQuery{Id: in.MetricDataQueries[0].Id, Expression: in.MetricDataQueries[0].Id}
	in.MetricDataQueries = append(in.MetricDataQueries, query)
	if u := usageOf(in, 40); u.metrics != 42 || !u.insights {
		t.Errorf("with a query that looks through 40 metrics: %+v", u)
	}
}

// TestScopeMetricsAgainstTheDemoCloud compares the metric of the region with
// the sum over its functions.
func TestScopeMetricsAgainstTheDemoCloud(t *testing.T) {
	now := metricsStart
	model := world.New(world.Config{Seed: 5, Functions: 60})
	region := model.Regions()[0]
	o := options(t, "http://demo.invalid")
	o.Regions = []string{region}
	o.Now = func() time.Time { return now }
	o.HTTPClient = &http.Client{Transport: direct{demo.NewServer(demo.ServerConfig{Model: model, Now: o.Now})}}
	s := openOne(t, o)
	w := sources.MetricWindow{Start: now.Add(-time.Hour), End: now}
	ask := func(name string) {
		w.Queries = append(w.Queries, sources.MetricQuery{
			Function: s.Scope().In(name), Metric: sources.MetricInvocations, Stats: []sources.Stat{sources.StatSum}, Period: time.Hour,
		})
	}
	ask("")
	for _, fn := range model.Functions(region, now) {
		ask(fn.ID.Name)
	}
	got, err := s.Metrics(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[bool]float64{}
	for _, r := range got {
		for _, p := range r.Points {
			sums[r.Query == 0] += p.Value
		}
	}
	if sums[true] != sums[false] || sums[true] == 0 {
		t.Errorf("the region has %v invocations, its functions have %v", sums[true], sums[false])
	}
}

func TestFeaturesNameWhatASourceDoes(t *testing.T) {
	named := make(map[string]bool)
	for _, f := range Features() {
		for _, action := range f.Actions {
			named[action] = true
		}
	}
	want := make(map[string]bool)
	for _, action := range allActions() {
		want[action] = true
	}
	if !reflect.DeepEqual(named, want) {
		t.Errorf("features name %v, a source does %v", named, want)
	}
	limits := newScopeLimits(testRegion, time.Now)
	for action := range want {
		if limits.byAction[action] == nil {
			t.Errorf("%s has no limiter", action)
		}
	}
}
