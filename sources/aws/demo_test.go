package aws_test

import (
	"cmp"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"fntop/sources"
	"fntop/sources/aws"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
	"fntop/sources/meter"
)

// TestAgainstTheDemoCloud runs the whole path, SDK included, against the demo
// cloud, and compares with what its model says.
func TestAgainstTheDemoCloud(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	model := world.New(world.Config{Seed: 7, Functions: 40})
	server := demo.NewServer(demo.ServerConfig{Model: model, Now: clock})
	loopback := httptest.NewServer(server)
	defer loopback.Close()
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	defer transport.CloseIdleConnections()
	counted := meter.New(time.Now, nil)
	region := model.Regions()[0]
	places := aws.Places(t.Context(), aws.Options{
		Regions: []string{region}, EndpointURL: loopback.URL, Meter: counted, Now: clock,
		Credentials: credentials.NewStaticCredentialsProvider("AKIADEMO", "demo", ""),
		HTTPClient:  &http.Client{Transport: transport}, AttemptTimeout: 5 * time.Minute,
	})
	source, err := places[0].Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := (sources.Scope{Cloud: sources.AWS, Account: model.Account(), Region: region}); source.Scope() != want {
		t.Fatalf("scope %v, want %v", source.Scope(), want)
	}

	functions := compareFunctions(t, source, model.Functions(region, now))
	busiest := compareMetrics(t, source, model, functions, now)
	traced := compareInvocations(t, source, model, busiest, now)
	compareTraces(t, source, model, functions, traced, now)

	loopback.Close() // it counts a call when it is over
	for _, op := range counted.Bill().Ops {
		served := server.Counts()[op.Name]
		if op.Calls != served.Calls || op.Metrics != served.Metrics || op.Errors != 0 {
			t.Errorf("metered %+v, served %+v", op, served)
		}
	}
}

func compareFunctions(t *testing.T, source sources.Source, want []sources.Function) []sources.Function {
	t.Helper()
	var got []sources.Function
	err := source.Functions(t.Context(), func(page []sources.Function) error {
		got = append(got, page...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	byName := func(a, b sources.Function) int { return cmp.Compare(a.ID.Name, b.ID.Name) }
	slices.SortFunc(got, byName)
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d functions, want %d", len(got), len(want))
	}
	for i, fn := range want {
		// A listing has neither of these (Lambda API, ListFunctions).
		fn.State, fn.Tags = "", nil
		fn.ProvisionedConcurrency, fn.ReservedConcurrency = sources.Opt[int]{}, sources.Opt[int]{}
		fn.LastModified = fn.LastModified.Truncate(time.Millisecond)
		if !reflect.DeepEqual(got[i], fn) {
			t.Errorf("function %d:\n%+v\nwant\n%+v", i, got[i], fn)
		}
	}
	return got
}

// compareMetrics compares an hour of all functions and gives the one with the
// most invocations.
func compareMetrics(t *testing.T, source sources.Source, model demo.Model, functions []sources.Function, now time.Time) sources.Function {
	t.Helper()
	w := sources.MetricWindow{Start: now.Add(-time.Hour), End: now}
	for _, fn := range functions {
		for _, q := range []sources.MetricQuery{
			{Metric: sources.MetricInvocations, Stats: []sources.Stat{sources.StatSum}, Period: time.Minute},
			{Metric: sources.MetricErrors, Stats: []sources.Stat{sources.StatSum}, Period: time.Hour},
			{
				Metric: sources.MetricDuration, Period: 5 * time.Minute,
				Stats: []sources.Stat{sources.StatAverage, sources.StatP50, sources.StatP95, sources.StatP99, sources.StatMaximum},
			},
			{Metric: sources.MetricConcurrency, Stats: []sources.Stat{sources.StatMaximum}, Period: time.Minute},
		} {
			q.Function = fn.ID
			w.Queries = append(w.Queries, q)
		}
	}
	got, err := source.Metrics(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	var (
		busiest sources.Function
		most    = -1.0
		next    int
		points  int
	)
	for i, q := range w.Queries {
		want := model.Metric(q.Function.Region, q.Function.Name, q.Metric, q.Stats, q.Period, w.Start, w.End, now)
		sum := 0.0
		for j, stat := range q.Stats {
			r := got[next]
			next++
			points += len(r.Points)
			same := slices.EqualFunc(r.Points, want[j], func(a, b sources.Point) bool {
				return a.Time.Equal(b.Time) && math.Abs(a.Value-b.Value) <= 1e-9*math.Abs(b.Value)
			})
			if r.Query != i || r.Stat != stat || r.Partial || !same {
				t.Fatalf("%s %s %s: %+v\nwant %v", q.Function.Name, q.Metric, stat, r, want[j])
			}
			for _, p := range r.Points {
				sum += p.Value
			}
		}
		if q.Metric == sources.MetricInvocations && sum > most {
			most, busiest = sum, functions[i/4]
		}
	}
	if next != len(got) || points == 0 {
		t.Errorf("%d results for %d statistics, %d points", len(got), next, points)
	}
	return busiest
}

// compareInvocations reads the platform lines of ten minutes and gives the
// invocations they tell of.
func compareInvocations(t *testing.T, source sources.Source, model demo.Model, fn sources.Function, now time.Time) []sources.Invocation {
	t.Helper()
	start, end := now.Add(-15*time.Minute), now.Add(-5*time.Minute)
	want := 0
	events, ok := model.Logs(fn.ID.Region, fn.LogGroup, start, end, now)
	if !ok {
		t.Fatalf("%s has no log group", fn.ID.Name)
	}
	for range events {
		want++
	}
	all := 0
	q := sources.LogQuery{Function: fn.ID, Group: fn.LogGroup, Format: fn.LogFormat, Select: sources.LogAll, Start: start, End: end}
	if err := source.Logs(t.Context(), q, func(p sources.LogPage) error { all += len(p.Events); return nil }); err != nil {
		t.Fatal(err)
	}
	if all != want || all == 0 {
		t.Errorf("%s: %d events, want %d", fn.ID.Name, all, want)
	}
	correlator := source.Correlator(fn)
	found := make(map[sources.InvocationKey]sources.Invocation)
	q.Select, q.NewestFirst = sources.LogPlatform, true
	err := source.Logs(t.Context(), q, func(p sources.LogPage) error {
		for _, inv := range correlator.Add(p.Events) {
			found[inv.Key()] = inv
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var list []sources.Invocation
	for _, inv := range found {
		list = append(list, inv)
	}
	// Invocations are counted by their start and logged through to their end,
	// so the ends of the window may differ by those under way.
	sum := 0.0
	for _, p := range model.Metric(fn.ID.Region, fn.ID.Name, sources.MetricInvocations, []sources.Stat{sources.StatSum}, time.Minute, start, end, now)[0] {
		sum += p.Value
	}
	if diff := math.Abs(float64(len(list)) - sum); diff > 0.02*sum+5 {
		t.Errorf("%s: %d invocations in the logs, %v in the metrics", fn.ID.Name, len(list), sum)
	}
	return list
}

func compareTraces(t *testing.T, source sources.Source, model demo.Model, functions []sources.Function, invocations []sources.Invocation, now time.Time) {
	t.Helper()
	var fn sources.Function
	for _, f := range functions {
		if f.Tracing == sources.TracingActive {
			fn = f
			break
		}
	}
	if fn.ID.Name == "" {
		t.Fatal("no function of the demo cloud is traced")
	}
	summaries, err := source.TraceSummaries(t.Context(), sources.TraceQuery{
		Function: fn.ID, Start: now.Add(-time.Hour), End: now.Add(-time.Minute), Limit: 12,
	})
	if err != nil || len(summaries) == 0 {
		t.Fatalf("%d summaries, %v", len(summaries), err)
	}
	var ids []string
	for _, s := range summaries {
		ids = append(ids, s.ID)
	}
	for _, inv := range invocations {
		if inv.Sampled && len(ids) < 20 {
			ids = append(ids, inv.TraceID)
		}
	}
	traces, err := source.Traces(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range traces {
		want, ok := model.Trace(fn.ID.Region, tr.ID, now)
		if !ok || len(tr.Spans) == 0 || tr.Start.Sub(want.Start).Abs() > time.Millisecond {
			t.Errorf("trace %s from %v: the model says %v, %v", tr.ID, tr.Start, want.Start, ok)
		}
	}
	if len(traces) < len(summaries) {
		t.Errorf("%d traces of %d summaries", len(traces), len(summaries))
	}
}
