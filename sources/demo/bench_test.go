package demo_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"fntop/sources"
	"fntop/sources/demo"
)

// Client and server share the machine: the figures are of both together.

func BenchmarkListFunctionsPage(b *testing.B) {
	c := newCloud(b, demo.ServerConfig{})
	client := lambda.NewFromConfig(c.config("us-east-1"))
	for b.Loop() {
		if _, err := client.ListFunctions(b.Context(), &lambda.ListFunctionsInput{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// BenchmarkListFunctionsAll lists 10,000 functions in 200 pages.
func BenchmarkListFunctionsAll(b *testing.B) {
	model := newFake()
	model.functions["us-east-1"] = nil
	for i := range 10_000 {
		model.functions["us-east-1"] = append(model.functions["us-east-1"], fakeFunction("us-east-1", fmt.Sprintf("fn-%05d", i)))
	}
	c := newCloud(b, demo.ServerConfig{Model: model})
	client := lambda.NewFromConfig(c.config("us-east-1"))
	for b.Loop() {
		n := 0
		pager := lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{})
		for pager.HasMorePages() {
			page, err := pager.NextPage(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			n += len(page.Functions)
		}
		if n != 10_000 {
			b.Fatal(n)
		}
	}
}

func benchmarkMetricData(b *testing.B, c *cloud, functions []sources.Function) {
	b.Helper()
	client := cloudwatch.NewFromConfig(c.config("us-east-1"))
	var queries []cwtypes.MetricDataQuery
	for i := range 500 {
		queries = append(queries, metricQuery(fmt.Sprintf("q%d", i), functions[i%len(functions)].ID.Name, "Invocations", "Sum", 60))
	}
	end := simulated.Truncate(time.Minute)
	in := &cloudwatch.GetMetricDataInput{StartTime: aws.Time(end.Add(-time.Hour)), EndTime: &end, MetricDataQueries: queries}
	for b.Loop() {
		if _, err := client.GetMetricData(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// BenchmarkGetMetricData asks for 500 metrics of an hour by the minute.
func BenchmarkGetMetricData(b *testing.B) {
	c := newCloud(b, demo.ServerConfig{})
	benchmarkMetricData(b, c, c.model.functions["us-east-1"])
}

func BenchmarkFilterLogEvents(b *testing.B) {
	c := newCloud(b, demo.ServerConfig{})
	client := cloudwatchlogs.NewFromConfig(c.config("us-east-1"))
	in := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(busyGroup), FilterPattern: aws.String(`"Init Duration"`)}
	for b.Loop() {
		if _, err := client.FilterLogEvents(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWorld is the same through the simulated fleet.
func BenchmarkWorld(b *testing.B) {
	c, functions := newWorldCloud(b, 10_000)
	b.Run("GetMetricData", func(b *testing.B) { benchmarkMetricData(b, c, functions) })
	b.Run("FilterLogEvents", func(b *testing.B) {
		client := cloudwatchlogs.NewFromConfig(c.config("us-east-1"))
		for i := 0; b.Loop(); i++ {
			in := &cloudwatchlogs.FilterLogEventsInput{
				LogGroupName: aws.String(functions[i%200].LogGroup), StartTime: aws.Int64(simulated.Add(-5 * time.Minute).UnixMilli()),
			}
			if _, err := client.FilterLogEvents(b.Context(), in); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
	})
	b.Run("ListFunctionsPage", func(b *testing.B) {
		client := lambda.NewFromConfig(c.config("us-east-1"))
		for b.Loop() {
			if _, err := client.ListFunctions(b.Context(), &lambda.ListFunctionsInput{}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
	})
	b.Run("Insights", func(b *testing.B) {
		client := cloudwatch.NewFromConfig(c.config("us-east-1"))
		end := simulated.Truncate(5 * time.Minute)
		in := insightsInput(`SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName ORDER BY SUM() DESC`, 300, end.Add(-3*time.Hour), end)
		for b.Loop() {
			if _, err := client.GetMetricData(b.Context(), in); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ListFunctionsAll", func(b *testing.B) {
		client := lambda.NewFromConfig(c.config("us-east-1"))
		for b.Loop() {
			pager := lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{})
			for pager.HasMorePages() {
				if _, err := pager.NextPage(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("ListMetricsActive", func(b *testing.B) {
		client := cloudwatch.NewFromConfig(c.config("us-east-1"))
		for b.Loop() {
			pager := cloudwatch.NewListMetricsPaginator(client, &cloudwatch.ListMetricsInput{
				Namespace: aws.String("AWS/Lambda"), MetricName: aws.String("Invocations"), RecentlyActive: cwtypes.RecentlyActivePt3h,
			})
			for pager.HasMorePages() {
				if _, err := pager.NextPage(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkServe is the server alone, without a network or a client: pages of
// ListFunctions out of 10,000 functions.
func BenchmarkServe(b *testing.B) {
	c, _ := newWorldCloud(b, 10_000)
	req := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/2015-03-31/functions", nil)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEMO/20261123/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=00")
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		c.server.ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
