package demo_test

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"

	"fntop/sources"
	"fntop/sources/demo"
)

// eachProtocol gives a CloudWatch client of every protocol.
func eachProtocol(config aws.Config) map[string]*cloudwatch.Client {
	return map[string]*cloudwatch.Client{
		"cbor": cloudwatch.NewFromConfig(config),
		"json": cloudwatch.NewFromConfig(config, func(o *cloudwatch.Options) {
			o.Protocol = awsjson.New10(schemas.GraniteServiceVersion20100801)
		}),
		"query": cloudwatch.NewFromConfig(config, func(o *cloudwatch.Options) {
			o.Protocol = awsquery.New(schemas.GraniteServiceVersion20100801)
		}),
	}
}

func metricQuery(id, function, metric, stat string, period int32) types.MetricDataQuery {
	q := types.MetricDataQuery{Id: aws.String(id), MetricStat: &types.MetricStat{
		Metric: &types.Metric{Namespace: aws.String("AWS/Lambda"), MetricName: aws.String(metric)},
		Period: aws.Int32(period), Stat: aws.String(stat),
	}}
	if function != "" {
		q.MetricStat.Metric.Dimensions = []types.Dimension{{Name: aws.String("FunctionName"), Value: aws.String(function)}}
	}
	return q
}

func TestGetMetricData(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	end := simulated.Truncate(time.Minute)
	start := end.Add(-30 * time.Minute)
	for name, client := range eachProtocol(c.config("us-east-1")) {
		t.Run(name, func(t *testing.T) {
			queries := []types.MetricDataQuery{
				metricQuery("a", "fn-001", "Invocations", "Sum", 60),
				metricQuery("b", "fn-001", "Duration", "p95", 60),
				metricQuery("c", "", "Invocations", "Sum", 300),
				metricQuery("d", "idle-007", "Invocations", "Sum", 60),
				metricQuery("e", "nobody", "Invocations", "Sum", 60),
				metricQuery("f", "fn-001", "NoSuchMetric", "Sum", 60),
				metricQuery("g", "fn-002", "Errors", "Average", 1800),
			}
			queries[5].MetricStat.Metric.Namespace = aws.String("AWS/SQS")
			queries[1].Label = aws.String("p95 of ${PROP('Dim.FunctionName')} & <co>")
			out, err := client.GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
				StartTime: aws.Time(start.Add(15 * time.Second)), EndTime: &end, MetricDataQueries: queries, ScanBy: types.ScanByTimestampAscending,
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(out.MetricDataResults) != len(queries) || out.NextToken != nil {
				t.Fatalf("%d results, token %v", len(out.MetricDataResults), out.NextToken)
			}
			for i, r := range out.MetricDataResults {
				m := queries[i].MetricStat
				function := ""
				if len(m.Metric.Dimensions) > 0 {
					function = *m.Metric.Dimensions[0].Value
				}
				var points []sources.Point
				if *m.Metric.Namespace == "AWS/Lambda" {
					points = c.model.Metric("us-east-1", function, sources.Metric(*m.Metric.MetricName), []sources.Stat{sources.Stat(*m.Stat)},
						time.Duration(*m.Period)*time.Second, start, end, simulated)[0]
				}
				if *r.Id != *queries[i].Id || r.StatusCode != types.StatusCodeComplete {
					t.Errorf("result %d: %s %s", i, *r.Id, r.StatusCode)
				}
				if got := pointsOf(r); !slices.EqualFunc(got, points, samePoint) {
					t.Errorf("%s: got %v\nwant %v", *r.Id, got, points)
				}
			}
			if got := len(out.MetricDataResults[0].Values); got < 15 {
				t.Errorf("a has %d points: the test says nothing", got)
			}
			if got := *out.MetricDataResults[1].Label; got != "p95 of fn-001 & <co>" {
				t.Errorf("label %q", got)
			}
		})
	}
}

func samePoint(a, b sources.Point) bool { return a.Time.Equal(b.Time) && a.Value == b.Value }

func pointsOf(r types.MetricDataResult) (out []sources.Point) {
	for i := range r.Timestamps {
		out = append(out, sources.Point{Time: r.Timestamps[i], Value: r.Values[i]})
	}
	return out
}

func TestGetMetricDataScanAndSeries(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	end := simulated.Truncate(time.Minute).Add(-10 * time.Minute)
	start := end.Add(-7 * time.Minute)
	client := cloudwatch.NewFromConfig(c.config("us-east-1"))
	ask := func(in cloudwatch.GetMetricDataInput) []sources.Point {
		t.Helper()
		in.MetricDataQueries = []types.MetricDataQuery{metricQuery("a", "fn-001", "Invocations", "Sum", 60)}
		out, err := client.GetMetricData(t.Context(), &in)
		if err != nil {
			t.Fatal(err)
		}
		return pointsOf(out.MetricDataResults[0])
	}
	ascending := ask(cloudwatch.GetMetricDataInput{StartTime: &start, EndTime: &end, ScanBy: types.ScanByTimestampAscending})
	descending := ask(cloudwatch.GetMetricDataInput{StartTime: &start, EndTime: &end})
	slices.Reverse(descending)
	if len(ascending) < 4 || !slices.EqualFunc(ascending, descending, samePoint) {
		t.Errorf("ascending %v, descending %v", ascending, descending)
	}
	for _, p := range ascending {
		if p.Time.Before(start) || !p.Time.Before(end) {
			t.Errorf("point at %v is outside [%v, %v)", p.Time, start, end)
		}
	}
	// An end within a minute takes that minute's point in.
	late := end.Add(-30 * time.Second)
	if got := ask(cloudwatch.GetMetricDataInput{StartTime: &start, EndTime: &late, ScanBy: types.ScanByTimestampAscending}); !slices.EqualFunc(got, ascending, samePoint) {
		t.Errorf("until %v: %v", late, got)
	}
	// What lags is not there yet.
	now := simulated.Truncate(time.Minute)
	for _, p := range ask(cloudwatch.GetMetricDataInput{StartTime: &start, EndTime: &now}) {
		if p.Time.Add(3 * time.Minute).After(simulated) {
			t.Errorf("point at %v is visible at %v", p.Time, simulated)
		}
	}
}

func TestGetMetricDataPages(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	end := simulated.Truncate(time.Minute)
	start := end.Add(-time.Hour)
	in := func() *cloudwatch.GetMetricDataInput {
		return &cloudwatch.GetMetricDataInput{StartTime: &start, EndTime: &end, MetricDataQueries: []types.MetricDataQuery{
			metricQuery("empty0", "idle-007", "Errors", "Sum", 60),
			metricQuery("a", "fn-001", "Invocations", "Sum", 60),
			metricQuery("empty1", "idle-007", "Invocations", "Sum", 60),
			metricQuery("b", "fn-002", "Invocations", "Sum", 60),
			metricQuery("c", "fn-003", "Invocations", "Sum", 60),
			metricQuery("empty2", "idle-007", "Duration", "Sum", 60),
		}}
	}
	for name, client := range eachProtocol(c.config("us-east-1")) {
		t.Run(name, func(t *testing.T) {
			whole, err := client.GetMetricData(t.Context(), in())
			if err != nil {
				t.Fatal(err)
			}
			want := map[string][]sources.Point{}
			for _, r := range whole.MetricDataResults {
				want[*r.Id] = pointsOf(r)
			}
			n := int32(len(want["a"]))
			if len(want) != 6 || n < 30 {
				t.Fatalf("whole answer: %v", want)
			}
			for _, most := range []int32{1, 7, n, n + 1, 2 * n, 3 * n, 3*n + 1} {
				got, status := map[string][]sources.Point{}, map[string][]types.StatusCode{}
				request := in()
				request.MaxDatapoints = aws.Int32(most)
				for pages := 1; ; pages++ {
					page, err := client.GetMetricData(t.Context(), request)
					if err != nil {
						t.Fatal(err)
					}
					points := 0
					for _, r := range page.MetricDataResults {
						points += len(r.Values)
						got[*r.Id] = append(got[*r.Id], pointsOf(r)...)
						status[*r.Id] = append(status[*r.Id], r.StatusCode)
					}
					if points > int(most) {
						t.Errorf("%d datapoints on a page of %d", points, most)
					}
					if request.NextToken = page.NextToken; page.NextToken == nil {
						if want := int(3*n+most-1) / int(most); pages != want {
							t.Errorf("by %d: %d pages, want %d", most, pages, want)
						}
						break
					}
				}
				if len(got) != 6 {
					t.Errorf("by %d: results of %d queries", most, len(got))
				}
				for id := range want {
					if !slices.EqualFunc(got[id], want[id], samePoint) {
						t.Errorf("by %d: %s differs", most, id)
					}
					last := len(status[id]) - 1
					for i, s := range status[id] {
						if (s == types.StatusCodePartialData) != (i < last) {
							t.Errorf("by %d: %s has status %v", most, id, status[id])
							break
						}
					}
					if strings.HasPrefix(id, "empty") && last != 0 {
						t.Errorf("by %d: %s is on %d pages", most, id, last+1)
					}
				}
			}
		})
	}
}

func TestGetMetricDataRetention(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := cloudwatch.NewFromConfig(c.config("us-east-1"))
	tests := []struct {
		age    time.Duration
		period int32
		want   bool
		unit   time.Duration // what the start is rounded to
	}{
		{14 * 24 * time.Hour, 60, true, time.Minute},
		{16 * 24 * time.Hour, 60, false, 5 * time.Minute},
		{16 * 24 * time.Hour, 300, true, 5 * time.Minute},
		{64 * 24 * time.Hour, 300, false, time.Hour},
		{64 * 24 * time.Hour, 3600, true, time.Hour},
		{460 * 24 * time.Hour, 3600, false, time.Hour},
		{15*24*time.Hour + time.Hour, 120, true, 0}, // the younger half of the window is still there
	}
	for _, tt := range tests {
		start := simulated.Add(-tt.age)
		out, err := client.GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
			StartTime: &start, EndTime: aws.Time(start.Add(2 * time.Hour)), ScanBy: types.ScanByTimestampAscending,
			MetricDataQueries: []types.MetricDataQuery{metricQuery("a", "fn-001", "Invocations", "Sum", tt.period)},
		})
		if err != nil {
			t.Fatal(err)
		}
		times := out.MetricDataResults[0].Timestamps
		if (len(times) > 0) != tt.want {
			t.Errorf("%v old by %d s: %d points", tt.age, tt.period, len(times))
		}
		if tt.unit == 0 {
			if age := simulated.Sub(times[0]); age > 15*24*time.Hour || times[0].Sub(start.Truncate(5*time.Minute))%(2*time.Minute) != 0 {
				t.Errorf("first point %v old at %v", age, times[0])
			}
			continue
		}
		if tt.want && times[0].Sub(start.Truncate(tt.unit))%(time.Duration(tt.period)*time.Second) != 0 {
			t.Errorf("%v old: first point at %v, start %v", tt.age, times[0], start)
		}
	}
}

func TestGetMetricDataRefuses(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	good := func() *cloudwatch.GetMetricDataInput {
		return &cloudwatch.GetMetricDataInput{
			StartTime: aws.Time(simulated.Add(-time.Hour)), EndTime: aws.Time(simulated),
			MetricDataQueries: []types.MetricDataQuery{metricQuery("a", "fn-001", "Invocations", "Sum", 60)},
		}
	}
	tests := map[string]struct {
		change  func(in *cloudwatch.GetMetricDataInput)
		message string
	}{
		"too many queries": {func(in *cloudwatch.GetMetricDataInput) {
			in.MetricDataQueries = nil
			for i := range 501 {
				in.MetricDataQueries = append(in.MetricDataQueries, metricQuery(fmt.Sprintf("q%d", i), "fn-001", "Invocations", "Sum", 60))
			}
		}, "must not have a size greater than 500"},
		"no queries": {func(in *cloudwatch.GetMetricDataInput) { in.MetricDataQueries = []types.MetricDataQuery{} }, "MetricDataQueries is required"},
		"end first":  {func(in *cloudwatch.GetMetricDataInput) { in.StartTime, in.EndTime = in.EndTime, in.StartTime }, "must be less than"},
		"bad id":     {func(in *cloudwatch.GetMetricDataInput) { in.MetricDataQueries[0].Id = aws.String("A") }, "expected pattern"},
		"same id": {func(in *cloudwatch.GetMetricDataInput) {
			in.MetricDataQueries = append(in.MetricDataQueries, in.MetricDataQueries[0])
		}, "must be unique"},
		"odd period":     {func(in *cloudwatch.GetMetricDataInput) { in.MetricDataQueries[0].MetricStat.Period = aws.Int32(90) }, "Period"},
		"bad statistic":  {func(in *cloudwatch.GetMetricDataInput) { in.MetricDataQueries[0].MetricStat.Stat = aws.String("p101") }, "Stat"},
		"max datapoints": {func(in *cloudwatch.GetMetricDataInput) { in.MaxDatapoints = aws.Int32(100_801) }, "MaxDatapoints"},
		"neither":        {func(in *cloudwatch.GetMetricDataInput) { in.MetricDataQueries[0].MetricStat = nil }, "Either MetricStat or Expression"},
	}
	for name, client := range eachProtocol(c.config("us-east-1")) {
		t.Run(name, func(t *testing.T) {
			for name, tt := range tests {
				in := good()
				tt.change(in)
				_, err := client.GetMetricData(t.Context(), in)
				var invalid *types.ValidationException
				if !errors.As(err, &invalid) || !strings.Contains(invalid.ErrorMessage(), tt.message) || invalid.ErrorFault() != smithy.FaultClient {
					t.Errorf("%s: %v", name, err)
				}
			}
			in := good()
			in.NextToken = aws.String("nonsense")
			var token *types.InvalidNextToken
			if _, err := client.GetMetricData(t.Context(), in); !errors.As(err, &token) {
				t.Errorf("bad token: %v", err)
			}
			if _, err := client.GetMetricData(t.Context(), good()); err != nil {
				t.Errorf("the good one: %v", err)
			}
		})
	}
}

// Codes of the query protocol reach query-compatible clients in the others.
func TestQueryCompatibleCode(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	for name, client := range eachProtocol(c.config("us-east-1")) {
		t.Run(name, func(t *testing.T) {
			_, err := client.GetMetricStatistics(t.Context(), &cloudwatch.GetMetricStatisticsInput{
				Namespace: aws.String("AWS/Lambda"), MetricName: aws.String("Invocations"), Period: aws.Int32(60),
				StartTime: aws.Time(simulated.Add(-48 * time.Hour)), EndTime: aws.Time(simulated), Statistics: []types.Statistic{types.StatisticSum},
			})
			var combination *types.InvalidParameterCombinationException
			if !errors.As(err, &combination) || !strings.Contains(combination.ErrorMessage(), "2880") {
				t.Fatal(err)
			}
			if strings.HasSuffix(t.Name(), "query") {
				return // in query the SDK gives the modelled name
			}
			if combination.ErrorCode() != "InvalidParameterCombination" {
				t.Errorf("code %q", combination.ErrorCode())
			}
		})
	}
}

func TestGetMetricDataExpressionAndReturnData(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	hidden := metricQuery("a", "fn-001", "Invocations", "Sum", 60)
	hidden.ReturnData = aws.Bool(false)
	out, err := cloudwatch.NewFromConfig(c.config("us-east-1")).GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(simulated.Add(-time.Hour)), EndTime: aws.Time(simulated),
		MetricDataQueries: []types.MetricDataQuery{hidden, {Id: aws.String("e"), Expression: aws.String("a*2")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.MetricDataResults) != 1 || *out.MetricDataResults[0].Id != "e" ||
		out.MetricDataResults[0].StatusCode != types.StatusCodeInternalError || len(out.MetricDataResults[0].Messages) != 1 {
		t.Errorf("%+v", out.MetricDataResults)
	}
}

func TestListMetrics(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	list := func(t *testing.T, client *cloudwatch.Client, in *cloudwatch.ListMetricsInput) []string {
		t.Helper()
		var out []string
		pager := cloudwatch.NewListMetricsPaginator(client, in)
		for pager.HasMorePages() {
			page, err := pager.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Metrics) > 500 {
				t.Fatalf("%d metrics on a page", len(page.Metrics))
			}
			for _, m := range page.Metrics {
				line := *m.MetricName
				for _, d := range m.Dimensions {
					line += " " + *d.Name + "=" + *d.Value
				}
				out = append(out, line)
			}
		}
		return out
	}
	for name, client := range eachProtocol(c.config("us-east-1")) {
		t.Run(name, func(t *testing.T) {
			all := list(t, client, &cloudwatch.ListMetricsInput{Namespace: aws.String("AWS/Lambda")})
			if sorted := slices.Sorted(slices.Values(all)); len(slices.Compact(sorted)) != 5+120*2*5 || len(all) != len(sorted) {
				t.Errorf("%d metrics, %d different", len(all), len(slices.Compact(sorted)))
			}
			active := list(t, client, &cloudwatch.ListMetricsInput{
				Namespace: aws.String("AWS/Lambda"), MetricName: aws.String("Invocations"), RecentlyActive: types.RecentlyActivePt3h,
				Dimensions: []types.DimensionFilter{{Name: aws.String("FunctionName")}},
			})
			if len(active) != 108*2 || slices.ContainsFunc(active, func(s string) bool { return strings.Contains(s, "idle") }) {
				t.Errorf("%d active: %v…", len(active), active[:5])
			}
			one := list(t, client, &cloudwatch.ListMetricsInput{Dimensions: []types.DimensionFilter{{Name: aws.String("FunctionName"), Value: aws.String("fn-001")}}})
			if len(one) != 10 || one[0] != "Invocations FunctionName=fn-001" || one[9] != "ConcurrentExecutions FunctionName=fn-001 Resource=fn-001" {
				t.Errorf("one function: %v", one)
			}
			if none := list(t, client, &cloudwatch.ListMetricsInput{Namespace: aws.String("AWS/SQS")}); len(none) != 0 {
				t.Errorf("another namespace: %v", none)
			}
		})
	}
	if none := list(t, cloudwatch.NewFromConfig(c.config("ap-south-2")), &cloudwatch.ListMetricsInput{}); len(none) != 0 {
		t.Errorf("another region: %v", none)
	}
	_, err := cloudwatch.NewFromConfig(c.config("us-east-1")).ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{NextToken: aws.String("x")})
	var invalid *types.InvalidParameterValueException
	if !errors.As(err, &invalid) || invalid.ErrorCode() != "InvalidParameterValue" {
		t.Errorf("bad token: %v", err)
	}
}

func TestGetMetricStatistics(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	end := simulated.Truncate(time.Minute)
	start := end.Add(-20 * time.Minute)
	for name, client := range eachProtocol(c.config("us-east-1")) {
		t.Run(name, func(t *testing.T) {
			out, err := client.GetMetricStatistics(t.Context(), &cloudwatch.GetMetricStatisticsInput{
				Namespace: aws.String("AWS/Lambda"), MetricName: aws.String("Duration"), Period: aws.Int32(60), StartTime: &start, EndTime: &end,
				Dimensions: []types.Dimension{{Name: aws.String("FunctionName"), Value: aws.String("fn-001")}},
				Statistics: []types.Statistic{types.StatisticAverage, types.StatisticMaximum}, ExtendedStatistics: []string{"p95"},
			})
			if err != nil {
				t.Fatal(err)
			}
			stats := []sources.Stat{"Average", "Maximum", "p95"}
			want := c.model.Metric("us-east-1", "fn-001", "Duration", stats, time.Minute, start, end, simulated)
			slices.SortFunc(out.Datapoints, func(a, b types.Datapoint) int { return cmp.Compare(a.Timestamp.Unix(), b.Timestamp.Unix()) })
			if len(out.Datapoints) != len(want[0]) || len(want[0]) < 10 {
				t.Fatalf("%d datapoints, want %d", len(out.Datapoints), len(want[0]))
			}
			for i, d := range out.Datapoints {
				got := []float64{*d.Average, *d.Maximum, d.ExtendedStatistics["p95"]}
				if !d.Timestamp.Equal(want[0][i].Time) || d.Unit != types.StandardUnitMilliseconds ||
					!reflect.DeepEqual(got, []float64{want[0][i].Value, want[1][i].Value, want[2][i].Value}) {
					t.Errorf("datapoint %d: %v %v", i, d.Timestamp, got)
				}
			}
		})
	}
}

func TestBilledMetrics(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	var queries []types.MetricDataQuery
	for i, stat := range []string{"Sum", "Average", "Maximum", "p50", "p95", "p99"} { // six statistics are two metrics
		queries = append(queries, metricQuery(fmt.Sprintf("a%d", i), "fn-001", "Duration", stat, 60))
	}
	queries = append(queries, metricQuery("b", "fn-002", "Duration", "Sum", 60), metricQuery("c", "", "Duration", "Sum", 60))
	_, err := cloudwatch.NewFromConfig(c.config("us-east-1")).GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(simulated.Add(-time.Hour)), EndTime: aws.Time(simulated), MetricDataQueries: queries,
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := c.countsOf(t, "cloudwatch:GetMetricData", 1); n.Metrics != 4 || n.Calls != 1 || n.Errors != 0 || n.Bytes == 0 {
		t.Errorf("%+v", n)
	}
}
