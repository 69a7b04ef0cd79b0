package demo_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

func insightsInput(query string, period int32, start, end time.Time) *cloudwatch.GetMetricDataInput {
	return &cloudwatch.GetMetricDataInput{
		StartTime: &start, EndTime: &end,
		MetricDataQueries: []types.MetricDataQuery{{Id: aws.String("top"), Expression: &query, Period: &period}},
	}
}

// allResults follows the tokens.
func allResults(t *testing.T, client *cloudwatch.Client, in *cloudwatch.GetMetricDataInput) (out []types.MetricDataResult) {
	t.Helper()
	pager := cloudwatch.NewGetMetricDataPaginator(client, in)
	for pager.HasMorePages() {
		page, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.MetricDataResults {
			if n := len(out); n > 0 && *out[n-1].Id == *r.Id && *out[n-1].Label == *r.Label {
				out[n-1].Timestamps = append(out[n-1].Timestamps, r.Timestamps...)
				out[n-1].Values = append(out[n-1].Values, r.Values...)
				continue
			}
			out = append(out, r)
		}
	}
	return out
}

func sumValues(r types.MetricDataResult) (sum float64) {
	for _, v := range r.Values {
		sum += v
	}
	return sum
}

// A query says of each function what GetMetricData says of it.
func TestInsightsAgreesWithMetrics(t *testing.T) {
	for seed := range uint64(3) {
		fleet := world.New(world.Config{Seed: seed, Functions: 60})
		c := newCloud(t, demo.ServerConfig{Model: fleet})
		client := cloudwatch.NewFromConfig(c.config("us-east-1"))
		end := simulated.Truncate(5 * time.Minute)
		start := end.Add(-time.Hour)
		functions := fleet.Functions("us-east-1", simulated)
		for _, tt := range []struct{ function, metric, stat string }{
			{"SUM", "Invocations", "Sum"},
			{"AVG", "Duration", "Average"},
			{"MAX", "Duration", "Maximum"},
			{"MIN", "Duration", "Minimum"},
			{"COUNT", "Errors", "SampleCount"},
			{"SUM", "AsyncEventsReceived", "Sum"},
		} {
			t.Run(fmt.Sprint(seed, tt.function, tt.metric), func(t *testing.T) {
				plain := &cloudwatch.GetMetricDataInput{StartTime: &start, EndTime: &end}
				for i, f := range functions {
					plain.MetricDataQueries = append(plain.MetricDataQueries, metricQuery(fmt.Sprintf("q%d", i), f.ID.Name, tt.metric, tt.stat, 300))
				}
				var want []types.MetricDataResult
				for i, r := range allResults(t, client, plain) {
					if r.Label = aws.String(functions[i].ID.Name); len(r.Values) > 0 {
						want = append(want, r)
					}
				}
				query := "SELECT " + tt.function + "(" + tt.metric + `) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName`
				compareSeries(t, allResults(t, client, insightsInput(query, 300, start, end)), want)
				if len(want) < 5 {
					t.Errorf("%d functions: the test says nothing", len(want))
				}
				slices.SortStableFunc(want, func(a, b types.MetricDataResult) int { return -cmp.Compare(sumValues(a), sumValues(b)) })
				top := allResults(t, client, insightsInput(query+" ORDER BY SUM() DESC LIMIT 4", 300, start, end))
				compareSeries(t, top, want[:4])
			})
		}
	}
}

func compareSeries(t *testing.T, got, want []types.MetricDataResult) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d series, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		same := slices.EqualFunc(g.Values, w.Values, func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) })
		if *g.Id != "top" || *g.Label != *w.Label || g.StatusCode != types.StatusCodeComplete || !same ||
			!slices.EqualFunc(g.Timestamps, w.Timestamps, time.Time.Equal) {
			t.Fatalf("%d: %s %v\nwant %s %v", i, *g.Label, g.Values, *w.Label, w.Values)
		}
	}
}

func TestInsightsClauses(t *testing.T) {
	fleet := world.New(world.Config{Seed: 3, Functions: 60})
	c := newCloud(t, demo.ServerConfig{Model: fleet})
	client := cloudwatch.NewFromConfig(c.config("us-east-1"))
	end := simulated.Truncate(5 * time.Minute)
	start := end.Add(-time.Hour)
	ask := func(query string) []types.MetricDataResult {
		t.Helper()
		return allResults(t, client, insightsInput(query, 3600, start, end))
	}
	one := func(query string) float64 {
		t.Helper()
		got := ask(query)
		if len(got) != 1 || len(got[0].Values) != 1 {
			t.Fatalf("%s: %+v", query, got)
		}
		return got[0].Values[0]
	}
	const by = ` FROM SCHEMA("AWS/Lambda", FunctionName)`
	whole := one("SELECT SUM(Invocations)" + by)
	if region := one(`SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda")`); region != whole || whole == 0 {
		t.Errorf("%v of all functions, %v of the region", whole, region)
	}
	// Without a schema the region, the functions and their resources are summed.
	if all := one(`SELECT SUM(Invocations) FROM "AWS/Lambda"`); all != 3*whole {
		t.Errorf("%v of all metrics, %v of all functions", all, whole)
	}
	search := one("SELECT SUM(Invocations)" + by + " WHERE FunctionName = 'search-api'")
	others := one("SELECT SUM(Invocations)" + by + " WHERE FunctionName != 'search-api'")
	if search == 0 || search+others != whole {
		t.Errorf("%v and %v are not %v", search, others, whole)
	}
	if none := ask("SELECT SUM(Invocations)" + by + " WHERE FunctionName = 'Search-API'"); len(none) != 0 {
		t.Errorf("%+v", none)
	}
	qualified := one(`SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", "Resource", FunctionName) WHERE "Resource" = 'checkout-api:live'`)
	if unqualified := one("SELECT SUM(Invocations)" + by + " WHERE FunctionName = 'checkout-api'"); qualified != unqualified {
		t.Errorf("%v by its alias, %v by its name", qualified, unqualified)
	}
	// Metrics without the label are in a group of their own.
	groups := ask(`SELECT SUM(Invocations) FROM "AWS/Lambda" WHERE FunctionName = 'search-api' GROUP BY "Resource"`)
	if len(groups) != 2 || *groups[0].Label != "Other" || *groups[1].Label != "search-api" {
		t.Errorf("%+v", groups)
	}
	if two := ask(`SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", FunctionName, "Resource") GROUP BY "Resource", FunctionName LIMIT 1`); len(two) != 1 || !strings.Contains(*two[0].Label, " ") {
		t.Errorf("%+v", two)
	}
	up := ask("SELECT SUM(Invocations)" + by + " GROUP BY FunctionName ORDER BY MAX()")
	if len(up) < 5 || !slices.IsSortedFunc(up, func(a, b types.MetricDataResult) int { return cmp.Compare(sumValues(a), sumValues(b)) }) {
		t.Errorf("ascending by default: %d", len(up))
	}
	logs := ask(`SELECT SUM(IncomingBytes) FROM SCHEMA("AWS/Logs", LogGroupName) GROUP BY LogGroupName ORDER BY SUM() DESC LIMIT 3`)
	if len(logs) != 3 || !strings.HasPrefix(*logs[0].Label, "/aws/lambda/") || sumValues(logs[0]) < sumValues(logs[2]) {
		t.Errorf("%+v", logs)
	}
	// A call is billed by the metrics that match, whether they are returned or
	// not.
	before := c.countsOf(t, "cloudwatch:GetMetricData", 0)
	ask("SELECT SUM(Invocations)" + by + " GROUP BY FunctionName LIMIT 2")
	if n := c.countsOf(t, "cloudwatch:GetMetricData", before.Calls+1).Metrics - before.Metrics; n != int64(len(fleet.Functions("us-east-1", simulated))) {
		t.Errorf("billed %d metrics", n)
	}
}

// Two weeks can be asked for, and no more.
func TestInsightsHistory(t *testing.T) {
	fleet := world.New(world.Config{Seed: 3})
	c := newCloud(t, demo.ServerConfig{Model: fleet})
	client := cloudwatch.NewFromConfig(c.config("us-east-1"))
	end := simulated.Truncate(24 * time.Hour)
	got := allResults(t, client, insightsInput(`SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", FunctionName)`, 86400, end.Add(-30*24*time.Hour), end))
	if len(got) != 1 || len(got[0].Values) != 13 || got[0].Timestamps[12].Before(simulated.Add(-14*24*time.Hour)) {
		t.Errorf("%+v", got)
	}
}

func TestInsightsRefusals(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	const good = `SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName`
	end := simulated
	start := end.Add(-time.Hour)
	for name, client := range eachProtocol(c.config("us-east-1")) {
		for what, in := range map[string]*cloudwatch.GetMetricDataInput{
			"syntax":     insightsInput("SELECT SUM(Invocations) FROM", 60, start, end),
			"percentile": insightsInput(strings.Replace(good, "SUM", "P99", 1), 60, start, end),
			"limit":      insightsInput(good+" LIMIT 501", 60, start, end),
			"period":     insightsInput(good, 61, start, end),
		} {
			if _, err := client.GetMetricData(t.Context(), in); !isValidation(err) {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
		two := insightsInput(good, 60, start, end)
		two.MetricDataQueries = append(two.MetricDataQueries, types.MetricDataQuery{Id: aws.String("b"), Expression: aws.String(good), Period: aws.Int32(60)})
		if _, err := client.GetMetricData(t.Context(), two); !isValidation(err) {
			t.Errorf("%s two queries: %v", name, err)
		}
		// One may stand beside other metrics, and math that is not served beside it.
		two.MetricDataQueries[1] = metricQuery("b", "fn-001", "Invocations", "Sum", 60)
		two.MetricDataQueries = append(two.MetricDataQueries, types.MetricDataQuery{Id: aws.String("m"), Expression: aws.String("SUM(METRICS())")})
		out, err := client.GetMetricData(t.Context(), two)
		if err != nil {
			t.Fatal(err)
		}
		results := out.MetricDataResults
		if n := len(results); n != 110 || *results[0].Label != "fn-000" || *results[n-2].Id != "b" || len(results[n-2].Values) == 0 ||
			results[n-1].StatusCode != types.StatusCodeInternalError {
			t.Errorf("%s: %d results", name, n)
		}
	}
}

func TestInsightsQuota(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Faults: demo.Faults{Quotas: true}, Wall: func() time.Time { return simulated }})
	client := cloudwatch.NewFromConfig(c.config("us-east-1"))
	in := insightsInput(`SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", FunctionName)`, 60, simulated.Add(-time.Hour), simulated)
	for range 10 {
		if _, err := client.GetMetricData(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.GetMetricData(t.Context(), in); codeOf(err) != "Throttling" {
		t.Errorf("an eleventh in a second: %v", err)
	}
}

// isValidation tells whether CloudWatch refused a request as not valid: the
// query protocol has another code for it.
func isValidation(err error) bool {
	code := codeOf(err)
	return code == "ValidationError" || code == "ValidationException"
}
