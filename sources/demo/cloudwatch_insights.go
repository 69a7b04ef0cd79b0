package demo

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources"
	"fntop/sources/demo/metricsql"
	"fntop/sources/demo/wire"
)

// The limits of Metrics Insights (CloudWatch User Guide, "Metrics Insights
// quotas", 2026): two weeks of data, the first 10,000 matching metrics, one
// query in a call.
const (
	insightsHistory = 14 * day
	insightsMetrics = 10_000
	insightsPerCall = 1
	insightsRate    = 10 // calls a second ("CloudWatch service quotas", 2026)
)

// otherGroup is the group of metrics that lack a label they are grouped by
// ("Query components and syntax in CloudWatch Metrics Insights", GROUP BY).
const otherGroup = "Other"

// insights reads the queries for Metrics Insights among the expressions.
func (in *getMetricDataInput) insights() *wire.Error {
	n := 0
	for i := range in.MetricDataQueries {
		q := &in.MetricDataQueries[i]
		if !metricsql.IsQuery(q.Expression) {
			continue
		}
		query, err := metricsql.Parse(q.Expression)
		switch {
		case err != nil:
			return validationError("Error in expression '" + q.ID + "': " + err.Error())
		case !validPeriod(int64(q.Period)):
			return validationError("The parameter Period of the Metrics Insights query '" + q.ID + "' must be 1, 5, 10, 20, 30 or a multiple of 60.")
		}
		if n++; n > insightsPerCall {
			return validationError("Only one Metrics Insights query is allowed in a GetMetricData request.")
		}
		q.query = query
	}
	return nil
}

// insight is the answer to a query: a time series for each group.
type insight struct {
	s          *Server
	q          *metricsql.Query
	region     string
	period     time.Duration
	start, end time.Time
	asOf       time.Time
	stats      []sources.Stat
	groups     map[string]*insightGroup
}

// insightGroup is the observations of one group by period.
type insightGroup struct {
	values []string // of the labels grouped by
	points []observation
}

// observation is what is known of a period, as far as the function needs it.
type observation struct {
	some       bool
	sum, count float64
	least      float64
	most       float64
}

// insight answers a query, and tells how many metrics it looked at, which is
// what it is billed by.
func (s *Server) insight(ctx context.Context, region string, in *getMetricDataInput, mq *metricDataQuery, asOf time.Time) (out []series, metrics int, err error) {
	r := &insight{s: s, q: mq.query, region: region, period: time.Duration(max(int64(mq.Period), 60)) * time.Second, asOf: asOf, groups: map[string]*insightGroup{}}
	r.start, r.end = metricWindow(in.StartTime.Time, in.EndTime.Time, r.period, asOf)
	r.start = notBefore(r.start, asOf.Add(-insightsHistory), r.period)
	r.stats = map[metricsql.Function][]sources.Stat{
		metricsql.Sum: {sources.StatSum}, metricsql.Count: {"SampleCount"}, metricsql.Avg: {sources.StatSum, "SampleCount"},
		metricsql.Min: {"Minimum"}, metricsql.Max: {sources.StatMaximum},
	}[r.q.Function]
	for _, owner := range s.owners(region, asOf) {
		if owner.namespace != r.q.Namespace {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, metrics, err
		}
		var answers [][]sources.Point // of this owner, whatever the dimensions
		for _, known := range s.metricsOf(region, owner) {
			if string(known.metric) != r.q.Metric || !matches(r.q, known.dimensions) {
				continue
			}
			if metrics == insightsMetrics {
				return r.series(in.EndTime.Time), metrics, nil
			}
			metrics++
			if answers == nil {
				answers = s.read(region, known.target, known.metric, r.stats, r.period, r.start, r.end, asOf)
			}
			r.add(known.dimensions, answers)
		}
	}
	return r.series(in.EndTime.Time), metrics, nil
}

// matches tells whether a metric with these dimensions is asked for.
func matches(q *metricsql.Query, dimensions []types.Dimension) bool {
	if q.Schema {
		if len(dimensions) != len(q.Labels) {
			return false
		}
		for _, label := range q.Labels {
			if _, ok := valueOf(dimensions, label); !ok {
				return false
			}
		}
	}
	for _, c := range q.Where {
		if v, ok := valueOf(dimensions, c.Label); (ok && v == c.Value) == c.Not {
			return false
		}
	}
	return true
}

func valueOf(dimensions []types.Dimension, label string) (value string, ok bool) {
	for _, d := range dimensions {
		if *d.Name == label {
			return *d.Value, true
		}
	}
	return "", false
}

// add adds a metric to its group.
func (r *insight) add(dimensions []types.Dimension, answers [][]sources.Point) {
	if !slices.ContainsFunc(answers, func(points []sources.Point) bool { return len(points) > 0 }) {
		return
	}
	values := make([]string, len(r.q.Group))
	for i, label := range r.q.Group {
		v, ok := valueOf(dimensions, label)
		if !ok {
			v = otherGroup
		}
		values[i] = v
	}
	key := strings.Join(values, "\x00")
	g := r.groups[key]
	if g == nil {
		g = &insightGroup{values: values, points: make([]observation, max(0, (r.end.Sub(r.start)+r.period-1)/r.period))}
		r.groups[key] = g
	}
	for i, points := range answers {
		for _, p := range points {
			k := int(p.Time.Sub(r.start) / r.period)
			if k >= 0 && k < len(g.points) {
				g.points[k].add(r.stats[i], p.Value)
			}
		}
	}
}

func (o *observation) add(stat sources.Stat, v float64) {
	switch stat {
	case sources.StatSum:
		o.sum += v
	case "SampleCount":
		o.count += v
	case "Minimum":
		if !o.some || v < o.least {
			o.least = v
		}
	case sources.StatMaximum:
		if !o.some || v > o.most {
			o.most = v
		}
	default:
	}
	o.some = true
}

func (o *observation) value(f metricsql.Function) float64 {
	switch f {
	case metricsql.Count:
		return o.count
	case metricsql.Avg:
		return o.sum / o.count
	case metricsql.Min:
		return o.least
	case metricsql.Max:
		return o.most
	case metricsql.Sum:
	}
	return o.sum
}

// series are the time series in the order asked for, as many as may be.
func (r *insight) series(end time.Time) []series {
	type ranked struct {
		group *insightGroup
		rank  float64
		series
	}
	var all []ranked
	for _, g := range r.groups {
		one := ranked{group: g, series: series{label: aws.String(strings.Join(g.values, " "))}}
		if len(g.values) == 0 {
			one.label = nil
		}
		for k := range g.points {
			if o := &g.points[k]; o.some {
				at := r.start.Add(time.Duration(k) * r.period)
				one.points = append(one.points, sources.Point{Time: at, Value: o.value(r.q.Function)})
			}
		}
		if one.points = until(one.points, end); len(one.points) == 0 {
			continue
		}
		one.rank = scalar(r.q.Order, one.points)
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b ranked) int {
		order := cmp.Compare(a.rank, b.rank)
		if r.q.Descending {
			order = -order
		}
		return cmp.Or(order, slices.Compare(a.group.values, b.group.values))
	})
	out := make([]series, 0, min(len(all), r.q.Limit))
	for i := range all[:min(len(all), r.q.Limit)] {
		out = append(out, all[i].series)
	}
	return out
}

// scalar is the value of a time series that it is ordered by; 0 without a
// function.
func scalar(f metricsql.Function, points []sources.Point) float64 {
	sum, least, most := 0.0, math.Inf(1), math.Inf(-1)
	for _, p := range points {
		sum += p.Value
		least, most = min(least, p.Value), max(most, p.Value)
	}
	switch f {
	case metricsql.Sum:
		return sum
	case metricsql.Count:
		return float64(len(points))
	case metricsql.Avg:
		return sum / float64(len(points))
	case metricsql.Min:
		return least
	case metricsql.Max:
		return most
	}
	return 0
}

// allowInsights charges the quota of Metrics Insights' own. Its 4,300,000
// datapoints a second cannot be reached with ten calls of 500 series.
func (s *Server) allowInsights(in *getMetricDataInput, region string) bool {
	if !slices.ContainsFunc(in.MetricDataQueries, func(q metricDataQuery) bool { return q.query != nil }) {
		return true
	}
	return s.quotas.take("insights/"+region, insightsRate, 1, s.wall())
}
