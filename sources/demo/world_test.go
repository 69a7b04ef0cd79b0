package demo_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/xray"

	"fntop/sources"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

// What CloudWatch says of the simulated fleet, its logs and its traces say,
// too, as far as a client can see.
func TestWorldThroughTheWire(t *testing.T) {
	fleet := world.New(world.Config{Seed: 7})
	c := newCloud(t, demo.ServerConfig{Model: fleet})
	region := fleet.Regions()[0]
	config := c.config(region)
	functions := allFunctions(t, config)
	if want := len(fleet.Functions(region, simulated)); len(functions) != want || want == 0 {
		t.Fatalf("%d functions, want %d", len(functions), want)
	}
	end := simulated.Add(-30 * time.Minute).Truncate(time.Minute)
	start := end.Add(-10 * time.Minute)
	compared := 0
	for _, f := range functions {
		if f.LoggingConfig.LogFormat != lambdatypes.LogFormatText || !strings.HasSuffix(*f.LoggingConfig.LogGroup, *f.FunctionName) {
			continue
		}
		invocations := sumOfMetric(t, config, *f.FunctionName, "Invocations", start, end)
		if invocations == 0 || invocations > 5_000 {
			continue
		}
		reports, traceID := reportsOf(t, config, *f.LoggingConfig.LogGroup, start, end)
		if float64(reports) != invocations {
			t.Errorf("%s: %d reports, %v invocations", *f.FunctionName, reports, invocations)
		}
		if traceID != "" {
			out, err := xray.NewFromConfig(config).BatchGetTraces(t.Context(), &xray.BatchGetTracesInput{TraceIds: []string{traceID}})
			if err != nil || len(out.Traces) != 1 || len(out.Traces[0].Segments) == 0 {
				t.Errorf("%s: trace %s: %v, %v", *f.FunctionName, traceID, out, err)
			}
		}
		if compared++; compared == 4 {
			break
		}
	}
	if compared == 0 {
		t.Error("no function to compare")
	}
}

func allFunctions(t *testing.T, config aws.Config) (out []lambdatypes.FunctionConfiguration) {
	t.Helper()
	pager := lambda.NewListFunctionsPaginator(lambda.NewFromConfig(config), &lambda.ListFunctionsInput{})
	for pager.HasMorePages() {
		page, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Functions...)
	}
	return out
}

func sumOfMetric(t *testing.T, config aws.Config, function, metric string, start, end time.Time) (sum float64) {
	t.Helper()
	out, err := cloudwatch.NewFromConfig(config).GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
		StartTime: &start, EndTime: &end,
		MetricDataQueries: []cwtypes.MetricDataQuery{metricQuery("a", function, metric, "Sum", 60)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range out.MetricDataResults[0].Values {
		sum += v
	}
	return sum
}

// reportsOf counts the reports of the invocations that started in the window,
// which are written up to a few minutes later, and gives one sampled trace.
func reportsOf(t *testing.T, config aws.Config, group string, start, end time.Time) (n int, traceID string) {
	t.Helper()
	sampled := regexp.MustCompile(`XRAY TraceId: (\S+)\tSegmentId: \S+\tSampled: true`)
	began := map[string]int{}
	client := cloudwatchlogs.NewFromConfig(config)
	read := func(pattern string, end time.Time, each func(message string)) {
		pager := cloudwatchlogs.NewFilterLogEventsPaginator(client, &cloudwatchlogs.FilterLogEventsInput{
			LogGroupName: &group, FilterPattern: &pattern,
			StartTime: aws.Int64(start.UnixMilli()), EndTime: aws.Int64(end.UnixMilli() - 1),
		})
		for pager.HasMorePages() {
			page, err := pager.NextPage(context.WithoutCancel(t.Context()))
			if err != nil {
				t.Fatal(err)
			}
			for _, ev := range page.Events {
				each(*ev.Message)
			}
		}
	}
	idOf := func(message string) string { return strings.Fields(message)[2] }
	read(`"START RequestId"`, end, func(message string) { began[idOf(message)]++ })
	read(`"REPORT RequestId"`, end.Add(15*time.Minute), func(message string) {
		if id := idOf(message); began[id] > 0 {
			began[id]--
			n++
			if m := sampled.FindStringSubmatch(message); m != nil {
				traceID = m[1]
			}
		}
	})
	return n, traceID
}

// newWorldCloud serves a fleet of the size for benchmarks.
func newWorldCloud(b *testing.B, functions int) (*cloud, []sources.Function) {
	b.Helper()
	fleet := world.New(world.Config{Seed: 1, Functions: functions})
	c := newCloud(b, demo.ServerConfig{Model: fleet})
	return c, fleet.Functions("us-east-1", simulated)
}
