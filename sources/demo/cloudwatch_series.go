package demo

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources"
)

// The namespaces that are served.
const (
	lambdaNamespace = "AWS/Lambda"
	logsNamespace   = "AWS/Logs"
)

// target is whose metric it is: a function's, a log group's, or the region's.
type target struct {
	namespace string
	// name is the function or the log group; empty is the region.
	name string
	// resource tells that the metric has the dimension Resource.
	resource bool
}

// target tells whose metric it is. ok is false for metrics that do not exist:
// CloudWatch answers those with nothing, not with an error.
func (m metricName) target(s *Server, region string) (t target, ok bool) {
	dimensions := map[string]string{}
	for _, d := range m.Dimensions {
		if _, twice := dimensions[d.Name]; twice || d.Value == "" {
			return t, false
		}
		dimensions[d.Name] = d.Value
	}
	t = target{namespace: m.Namespace, name: dimensions["FunctionName"]}
	switch m.Namespace {
	case logsNamespace:
		t.name, ok = dimensions["LogGroupName"]
		return t, ok && len(dimensions) == 1 && slices.Contains(groupMetrics(), sources.Metric(m.MetricName))
	case lambdaNamespace:
	default:
		return t, false
	}
	resource, qualified := dimensions["Resource"]
	t.resource = qualified
	known := len(dimensions)
	if t.name != "" {
		known--
	}
	if qualified {
		known--
	}
	_, alias := s.model.Emitted(region, t.name)
	return t, known == 0 && (!qualified || t.name != "" && resource == resourceOf(t.name, alias)) && s.emits(region, t, sources.Metric(m.MetricName))
}

// resourceOf is the value of the dimension Resource: the function as it is
// called, with its alias (Lambda Developer Guide, "Viewing metrics for Lambda
// functions").
func resourceOf(function, alias string) string {
	if alias == "" {
		return function
	}
	return function + ":" + alias
}

// groupMetrics are the metrics of a log group.
func groupMetrics() []sources.Metric { return []sources.Metric{"IncomingBytes", "IncomingLogEvents"} }

// emits tells whether a metric of Lambda exists with these dimensions.
func (s *Server) emits(region string, t target, m sources.Metric) bool {
	metrics, _ := s.model.Emitted(region, t.name)
	return slices.Contains(metrics, m) && (t.resource || !onlyWithResource(m))
}

// onlyWithResource tells whether a metric is of an alias or a version and not
// of the function as a whole (Lambda Developer Guide, "Types of metrics for
// Lambda functions").
func onlyWithResource(m sources.Metric) bool {
	return m == "ProvisionedConcurrentExecutions" || m == "ProvisionedConcurrencyUtilization"
}

// read asks the model for statistics of one metric.
func (s *Server) read(region string, t target, m sources.Metric, stats []sources.Stat, period time.Duration, start, end, asOf time.Time) [][]sources.Point {
	if t.namespace == logsNamespace {
		return s.model.GroupMetric(region, t.name, m, stats, period, start, end, asOf)
	}
	return s.model.Metric(region, t.name, m, stats, period, start, end, asOf)
}

// seriesKey is a question to the model: statistics of one metric in one
// period are asked for together.
type seriesKey struct {
	target target
	metric sources.Metric
	period time.Duration
}

// readSeries answers the queries, in their order: each with one series, those
// for Metrics Insights with any number. metrics is how many metrics the latter
// looked at.
func (s *Server) readSeries(ctx context.Context, c *call, in *getMetricDataInput, asOf time.Time) (out []series, metrics int, err error) {
	byQuery := make([][]series, len(in.MetricDataQueries))
	for i := range in.MetricDataQueries {
		byQuery[i] = []series{{query: i}}
	}
	questions := map[seriesKey][]int{}
	var order []seriesKey
	for i := range in.MetricDataQueries {
		q := &in.MetricDataQueries[i]
		switch {
		case q.query != nil:
			if byQuery[i], metrics, err = s.insight(ctx, c.Region, in, q, asOf); err != nil {
				return nil, 0, err
			}
			for k := range byQuery[i] {
				byQuery[i][k].query = i
			}
			continue
		case q.MetricStat == nil:
			byQuery[i][0].messages = []types.MessageData{{
				Code: aws.String("UnsupportedExpression"), Value: aws.String("Expressions are not supported here"),
			}}
			continue
		}
		target, ok := q.MetricStat.Metric.target(s, c.Region)
		if !ok || !s.lives(c.Region) {
			continue
		}
		key := seriesKey{
			target: target, metric: sources.Metric(q.MetricStat.Metric.MetricName),
			period: time.Duration(max(int64(q.MetricStat.Period), 60)) * time.Second,
		}
		if questions[key] == nil {
			order = append(order, key)
		}
		questions[key] = append(questions[key], i)
	}
	for _, key := range order {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		queries := questions[key]
		stats := make([]sources.Stat, len(queries))
		for i, q := range queries {
			stats[i] = sources.Stat(in.MetricDataQueries[q].MetricStat.Stat)
		}
		start, end := metricWindow(in.StartTime.Time, in.EndTime.Time, key.period, asOf)
		answers := s.read(c.Region, key.target, key.metric, stats, key.period, start, end, asOf)
		for i, q := range queries {
			if i < len(answers) {
				byQuery[q][0].points = until(answers[i], in.EndTime.Time)
			}
		}
	}
	return slices.Concat(byQuery...), metrics, nil
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
	start = notBefore(start, asOf.Add(-retention(period)), period)
	if newest := asOf.Add(time.Minute).Truncate(time.Minute); end.After(newest) {
		end = newest
	}
	return start, end
}

// notBefore moves a start on in whole periods until it is not before the
// oldest.
func notBefore(start, oldest time.Time, period time.Duration) time.Time {
	if !start.Before(oldest) {
		return start
	}
	// In seconds: such spans can be longer than a time.Duration.
	step := int64(period / time.Second)
	skip := (oldest.Unix() - start.Unix() + step) / step * step
	return time.Unix(start.Unix()+skip, 0).UTC()
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
