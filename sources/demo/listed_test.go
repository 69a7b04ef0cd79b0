package demo_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

// What ListMetrics lists can be read with the dimensions it lists, and what it
// does not list cannot.
func TestListedMetricsCanBeRead(t *testing.T) {
	fleet := world.New(world.Config{Seed: 5})
	c := newCloud(t, demo.ServerConfig{Model: fleet})
	client := cloudwatch.NewFromConfig(c.config("us-east-1"))
	var listed []types.Metric
	pager := cloudwatch.NewListMetricsPaginator(client, &cloudwatch.ListMetricsInput{RecentlyActive: types.RecentlyActivePt3h})
	for pager.HasMorePages() {
		page, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, page.Metrics...)
	}
	end := simulated.Truncate(time.Hour)
	read := func(metrics []types.Metric) (found []float64) {
		t.Helper()
		for chunk := range slices.Chunk(metrics, 500) {
			in := &cloudwatch.GetMetricDataInput{StartTime: aws.Time(end.Add(-2 * time.Hour)), EndTime: &end}
			for i, m := range chunk {
				in.MetricDataQueries = append(in.MetricDataQueries, types.MetricDataQuery{Id: aws.String(fmt.Sprintf("q%d", i)), MetricStat: &types.MetricStat{
					Metric: &m, Period: aws.Int32(7200), Stat: aws.String("SampleCount"),
				}})
			}
			for _, r := range allResults(t, client, in) {
				found = append(found, sumValues(r))
			}
		}
		return found
	}
	counts := read(listed)
	by, names := map[string]float64{}, map[string]int{}
	for i, m := range listed {
		key := *m.Namespace + " " + *m.MetricName
		for _, d := range m.Dimensions {
			key += " " + *d.Name + "=" + *d.Value
		}
		by[key] = counts[i]
		if counts[i] > 0 {
			names[*m.MetricName]++
		} else if *m.MetricName != "AsyncEventsDropped" {
			t.Errorf("nothing in %s", key)
		}
	}
	for _, key := range []string{
		"AWS/Lambda Invocations", "AWS/Lambda ClaimedAccountConcurrency", "AWS/Lambda UnreservedConcurrentExecutions",
		"AWS/Lambda Invocations FunctionName=search-api Resource=search-api", "AWS/Lambda IteratorAge FunctionName=clickstream-ingest",
		"AWS/Lambda ProvisionedConcurrencyUtilization FunctionName=fraud-score Resource=fraud-score:live",
		"AWS/Logs IncomingBytes LogGroupName=/aws/lambda/search-api", "AWS/Logs IncomingLogEvents LogGroupName=/aws/lambda/search-api",
	} {
		if by[key] == 0 {
			t.Errorf("%s is not listed", key)
		}
	}
	if a, b := by["AWS/Lambda Invocations FunctionName=checkout-api"], by["AWS/Lambda Invocations FunctionName=checkout-api Resource=checkout-api:live"]; a == 0 || a != b {
		t.Errorf("%v invocations of a function, %v of its alias", a, b)
	}
	if len(names) < 17 {
		t.Errorf("only these have data: %v", names)
	}
	dimensions := func(pairs ...string) (out []types.Dimension) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, types.Dimension{Name: &pairs[i], Value: &pairs[i+1]})
		}
		return out
	}
	lambda, logs := aws.String("AWS/Lambda"), aws.String("AWS/Logs")
	missing := []types.Metric{
		{Namespace: lambda, MetricName: aws.String("ProvisionedConcurrentExecutions"), Dimensions: dimensions("FunctionName", "fraud-score")},
		{Namespace: lambda, MetricName: aws.String("Invocations"), Dimensions: dimensions("FunctionName", "checkout-api", "Resource", "checkout-api")},
		{Namespace: lambda, MetricName: aws.String("Invocations"), Dimensions: dimensions("FunctionName", "search-api", "Resource", "search-api:live")},
		{Namespace: lambda, MetricName: aws.String("Invocations"), Dimensions: dimensions("Resource", "search-api")},
		{Namespace: lambda, MetricName: aws.String("Invocations"), Dimensions: dimensions("FunctionName", "search-api", "ExecutedVersion", "1")},
		{Namespace: lambda, MetricName: aws.String("Invocations"), Dimensions: dimensions("FunctionName", "nobody")},
		{Namespace: lambda, MetricName: aws.String("UnreservedConcurrentExecutions"), Dimensions: dimensions("FunctionName", "search-api")},
		{Namespace: lambda, MetricName: aws.String("IncomingBytes"), Dimensions: dimensions("FunctionName", "search-api")},
		{Namespace: logs, MetricName: aws.String("IncomingBytes"), Dimensions: dimensions("LogGroupName", "/aws/lambda/nobody")},
		{Namespace: logs, MetricName: aws.String("Invocations"), Dimensions: dimensions("LogGroupName", "/aws/lambda/search-api")},
		{Namespace: aws.String("AWS/SQS"), MetricName: aws.String("Invocations")},
	}
	for i, n := range read(missing) {
		if n != 0 {
			t.Errorf("%v samples of %s %v", n, *missing[i].MetricName, missing[i].Dimensions)
		}
	}
}
