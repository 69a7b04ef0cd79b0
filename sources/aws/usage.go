package aws

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/xray"
)

// statsPerMetric is how many statistics of one metric in one request are
// billed as one metric (CloudWatch User Guide, GetMetricData).
const statsPerMetric = 5

// usage is what a request uses of quotas and is billed by.
type usage struct {
	metrics  int64 // as billed
	points   int64 // data points asked for, at most; without those of a query
	start    time.Time
	insights bool          // a Metrics Insights query is among it
	live     time.Duration // of a live tail, charged as it begins
}

// usageOf reads it off the input of an operation. analysed is how many metrics
// a Metrics Insights query among it will look through at most.
func usageOf(input any, analysed int64) usage {
	if _, ok := input.(*cloudwatchlogs.StartLiveTailInput); ok {
		return usage{live: tailMinute}
	}
	in, ok := input.(*cloudwatch.GetMetricDataInput)
	if !ok || in == nil {
		return usage{}
	}
	u := usage{start: aws.ToTime(in.StartTime)}
	span := aws.ToTime(in.EndTime).Sub(u.start)
	stats := make(map[string]int64)
	for i := range in.MetricDataQueries {
		q := &in.MetricDataQueries[i]
		if q.MetricStat == nil || q.MetricStat.Metric == nil {
			u.insights = true // fntop sends no other expressions
			u.metrics += analysed
			continue
		}
		stats[metricKey(q)]++
		u.points += pointsIn(span, time.Duration(aws.ToInt32(q.MetricStat.Period))*time.Second)
	}
	for _, n := range stats {
		u.metrics += (n + statsPerMetric - 1) / statsPerMetric
	}
	return u
}

// pointsIn is how many periods of this length begin in a span.
func pointsIn(span, period time.Duration) int64 {
	if span <= 0 || period <= 0 {
		return 0
	}
	return int64((span + period - 1) / period)
}

// metricKey tells metrics of one request apart. Whether the same metric at
// two periods is billed once or twice is not documented; it counts twice.
func metricKey(q *types.MetricDataQuery) string {
	var b strings.Builder
	m := q.MetricStat
	write := func(s string) {
		b.WriteString(s)
		b.WriteByte(0)
	}
	write(aws.ToString(q.AccountId))
	write(aws.ToString(m.Metric.Namespace))
	write(aws.ToString(m.Metric.MetricName))
	write(time.Duration(aws.ToInt32(m.Period)).String())
	for _, d := range m.Metric.Dimensions {
		write(aws.ToString(d.Name))
		write(aws.ToString(d.Value))
	}
	return b.String()
}

// tracesOf is how many traces an answer scanned or retrieved, which is what
// X-Ray bills.
func tracesOf(result any) int64 {
	switch out := result.(type) {
	case *xray.GetTraceSummariesOutput:
		if out != nil {
			return max(0, aws.ToInt64(out.TracesProcessedCount))
		}
	case *xray.BatchGetTracesOutput:
		if out != nil {
			return int64(len(out.Traces))
		}
	}
	return 0
}
