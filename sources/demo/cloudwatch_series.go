package demo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources"
)

// lambdaNamespace is where Lambda's metrics are.
const lambdaNamespace = "AWS/Lambda"

// metricsOf are the metrics that are listed for a function, or with an empty
// name for the region: those of all, and those of what invokes it (Lambda
// Developer Guide, "Types of metrics for Lambda functions").
func (s *Server) metricsOf(region, function string, asOf time.Time) []sources.Metric {
	out := []sources.Metric{
		sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles,
		sources.MetricDuration, sources.MetricConcurrency,
	}
	if function == "" {
		return out
	}
	for _, t := range s.model.Triggers(region, function, asOf) {
		switch t.Kind {
		case TriggerS3, TriggerSNS, TriggerEventBridge:
			out = append(out, "AsyncEventsReceived", "AsyncEventAge", "AsyncEventsDropped")
		case TriggerKinesis, TriggerDynamoDB:
			out = append(out, "IteratorAge")
		case TriggerSQS, TriggerAPIGateway, TriggerALB, TriggerURL:
		}
	}
	return out
}

// target tells whose metric it is: a function's, or with an empty name the
// region's. ok is false for metrics that the model does not have: CloudWatch
// answers those with nothing, not with an error.
func (m metricName) target() (function string, ok bool) {
	if m.Namespace != lambdaNamespace {
		return "", false
	}
	resource := ""
	for _, d := range m.Dimensions {
		switch d.Name {
		case "FunctionName":
			function = d.Value
		case "Resource":
			resource = d.Value
		default:
			return "", false
		}
	}
	// With a Resource it is a version's or an alias's; only the unqualified
	// one, which is called like the function, exists here.
	if resource != "" && resource != function || len(m.Dimensions) > 0 && function == "" {
		return "", false
	}
	return function, true
}

// seriesKey is a question to the model: statistics of one metric in one
// period are asked for together.
type seriesKey struct {
	function string
	metric   sources.Metric
	period   time.Duration
}

// readSeries answers the queries, in their order.
func (s *Server) readSeries(ctx context.Context, c *call, in *getMetricDataInput, asOf time.Time) ([]series, error) {
	out := make([]series, len(in.MetricDataQueries))
	if !s.lives(c.Region) {
		return out, nil
	}
	questions := map[seriesKey][]int{}
	var order []seriesKey
	for i, q := range in.MetricDataQueries {
		if q.MetricStat == nil {
			out[i].messages = []types.MessageData{{
				Code: aws.String("UnsupportedExpression"), Value: aws.String("Expressions are not supported here"),
			}}
			continue
		}
		function, ok := q.MetricStat.Metric.target()
		if !ok {
			continue
		}
		key := seriesKey{
			function: function, metric: sources.Metric(q.MetricStat.Metric.MetricName),
			period: time.Duration(max(int64(q.MetricStat.Period), 60)) * time.Second,
		}
		if questions[key] == nil {
			order = append(order, key)
		}
		questions[key] = append(questions[key], i)
	}
	for _, key := range order {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		queries := questions[key]
		stats := make([]sources.Stat, len(queries))
		for i, q := range queries {
			stats[i] = sources.Stat(in.MetricDataQueries[q].MetricStat.Stat)
		}
		start, end := metricWindow(in.StartTime.Time, in.EndTime.Time, key.period, asOf)
		answers := s.model.Metric(c.Region, key.function, key.metric, stats, key.period, start, end, asOf)
		for i, q := range queries {
			if i < len(answers) {
				out[q].points = until(answers[i], in.EndTime.Time)
			}
		}
	}
	return out, nil
}

const day = 24 * time.Hour

// metricWindow rounds a window as CloudWatch does: the start down, to a
// minute, five minutes or an hour by its age (API reference, GetMetricData,
// StartTime); the end up to the minute, since a point belongs to the window
// when its beginning does. What is no longer kept at the period, or lies
// ahead, is cut off in whole periods, so that the others stay where they are.
func metricWindow(start, end time.Time, period time.Duration, asOf time.Time) (time.Time, time.Time) {
	unit := time.Minute
	switch age := asOf.Sub(start); {
	case age >= 63*day:
		unit = time.Hour
	case age >= 15*day:
		unit = 5 * time.Minute
	}
	start, end = start.UTC().Truncate(unit), end.UTC().Add(time.Minute-1).Truncate(time.Minute)
	if oldest := asOf.Add(-retention(period)); start.Before(oldest) {
		// In seconds: such spans can be longer than a time.Duration.
		step := int64(period / time.Second)
		skip := (oldest.Unix() - start.Unix() + step) / step * step
		start = time.Unix(start.Unix()+skip, 0).UTC()
	}
	if newest := asOf.Add(time.Minute).Truncate(time.Minute); end.After(newest) {
		end = newest
	}
	return start, end
}

// retention is how long CloudWatch keeps points that make up a period (API
// reference, GetMetricData): minutes 15 days, five minutes 63 days, hours 455
// days.
func retention(period time.Duration) time.Duration {
	switch {
	case period%time.Hour == 0:
		return 455 * day
	case period%(5*time.Minute) == 0:
		return 63 * day
	}
	return 15 * day
}

// until drops the points at or after the end.
func until(points []sources.Point, end time.Time) []sources.Point {
	for len(points) > 0 && !points[len(points)-1].Time.Before(end) {
		points = points[:len(points)-1]
	}
	return points
}
