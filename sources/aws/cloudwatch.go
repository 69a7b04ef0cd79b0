package aws

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"golang.org/x/sync/errgroup"

	"fntop/sources"
)

const (
	metricNamespace   = "AWS/Lambda"
	functionDimension = "FunctionName"
	logsNamespace     = "AWS/Logs"
	groupDimension    = "LogGroupName"
	// batchQueries and batchPoints are what one request of GetMetricData may
	// ask for; beyond so many points the answer comes in pages (API reference,
	// GetMetricData).
	batchQueries = 500
	batchPoints  = 100_800
	// batchesAtOnce is how many requests of one window are under way.
	batchesAtOnce = 4
)

// wanted is one statistic of one query.
type wanted struct {
	query int // index into MetricWindow.Queries
	nth   int // index into its Stats
	stat  sources.Stat
}

// id names the statistic within a request.
func (w wanted) id() string { return "q" + strconv.Itoa(w.query) + "s" + strconv.Itoa(w.nth) }

// Metrics answers the queries of a window with as few requests as it can. The
// statistics of one query stay in one request, where five of them cost as
// much as one. A batch or a query that is refused leaves the others standing:
// what was got comes back with the error.
func (s *Source) Metrics(ctx context.Context, w sources.MetricWindow) ([]sources.MetricResult, error) {
	w.Start, w.End = sources.MinutesOf(w.Start, w.End)
	if !w.End.After(w.Start) {
		return nil, nil
	}
	batches, failed := cutBatches(w)
	var (
		group   errgroup.Group
		mu      sync.Mutex
		stopped bool
		answers = make([]*answer, len(batches))
	)
	group.SetLimit(batchesAtOnce)
	for i, batch := range batches {
		group.Go(func() error {
			mu.Lock()
			skip := stopped
			mu.Unlock()
			if skip {
				return nil
			}
			a := newAnswer(w, batch)
			answers[i] = a
			if err := s.metricBatch(ctx, w, batch, a); err != nil {
				a.failed = append(a.failed, err)
				mu.Lock()
				defer mu.Unlock()
				stopped = stopped || hopeless(err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var results []sources.MetricResult
	for _, a := range answers {
		if a != nil {
			results = append(results, a.results()...)
			failed = append(failed, a.failed...)
		}
	}
	return results, oneOf(failed)
}

// hopeless tells whether every further request would fail in the same way.
func hopeless(err error) bool {
	switch sources.KindOf(err) {
	case sources.NoCredentials, sources.ExpiredCredentials, sources.Denied, sources.Cancelled, sources.OverBudget:
		return true
	case sources.Other, sources.Throttled, sources.Unreachable, sources.TimedOutCall, sources.Malformed,
		sources.NotFound, sources.Unsupported:
	}
	return false
}

// cutBatches divides the queries into requests. Queries that cannot be asked
// are left out, each with an error.
func cutBatches(w sources.MetricWindow) (batches [][]wanted, failed []error) {
	var (
		batch  []wanted
		points int64
	)
	for i, q := range w.Queries {
		if q.Period < time.Minute || q.Period%time.Minute != 0 || q.Period > math.MaxInt32*time.Second {
			failed = append(failed, &sources.Error{
				Op: opGetMetricData, On: nameOf(q.Function), Kind: sources.Unsupported,
				Err: &cause{text: fmt.Sprintf("a period of %v: only whole minutes are kept", q.Period)},
			})
			continue
		}
		perStat := pointsIn(w.End.Sub(w.Start), q.Period)
		for first := 0; first < len(q.Stats); first += batchQueries {
			some := q.Stats[first:min(first+batchQueries, len(q.Stats))]
			cost := perStat * int64(len(some))
			if len(batch) > 0 && (len(batch)+len(some) > batchQueries || points+cost > batchPoints) {
				batches, batch, points = append(batches, batch), nil, 0
			}
			for n, stat := range some {
				batch = append(batch, wanted{query: i, nth: first + n, stat: stat})
			}
			points += cost
		}
	}
	if len(batch) > 0 {
		batches = append(batches, batch)
	}
	return batches, failed
}

// metricBatch makes one request and follows its pages.
func (s *Source) metricBatch(ctx context.Context, w sources.MetricWindow, batch []wanted, a *answer) error {
	in := s.metricInput(w, batch)
	on := s.scope.Region
	if len(w.Queries) == 1 {
		on = nameOf(w.Queries[0].Function)
	}
	var p pager
	for {
		out, err := s.cw.GetMetricData(ctx, in)
		if err != nil {
			return s.failed(ctx, opGetMetricData, on, err)
		}
		a.add(out)
		more, err := p.next(out.NextToken, opGetMetricData, on)
		if err != nil {
			return err
		}
		if !more {
			a.answered = true
			return nil
		}
		in.NextToken = p.token
	}
}

// nameOf is the function's name, or the region of a whole scope.
func nameOf(id sources.FunctionID) string { return cmp.Or(id.Name, id.Region) }

func (s *Source) metricInput(w sources.MetricWindow, batch []wanted) *cloudwatch.GetMetricDataInput {
	in := &cloudwatch.GetMetricDataInput{
		StartTime:         aws.Time(w.Start),
		EndTime:           aws.Time(w.End),
		ScanBy:            types.ScanByTimestampAscending,
		MetricDataQueries: make([]types.MetricDataQuery, 0, len(batch)),
	}
	for _, want := range batch {
		in.MetricDataQueries = append(in.MetricDataQueries, s.metricQuery(want, w.Queries[want.query]))
	}
	return in
}

// metricQuery asks for one statistic: of a function, or of all functions of
// the scope together, which is the metric without dimensions.
func (s *Source) metricQuery(want wanted, q sources.MetricQuery) types.MetricDataQuery {
	out := types.MetricDataQuery{
		Id: aws.String(want.id()),
		MetricStat: &types.MetricStat{
			Metric: &types.Metric{
				Namespace:  aws.String(metricNamespace),
				MetricName: aws.String(string(q.Metric)),
			},
			Period: aws.Int32(int32(q.Period / time.Second)), //nolint:gosec // bounded by cutBatches
			Stat:   aws.String(string(want.stat)),
		},
	}
	switch {
	case q.LogGroup != "":
		out.MetricStat.Metric.Namespace = aws.String(logsNamespace)
		out.MetricStat.Metric.Dimensions = []types.Dimension{{
			Name: aws.String(groupDimension), Value: aws.String(q.LogGroup),
		}}
	case q.Function.Name != "":
		out.MetricStat.Metric.Dimensions = []types.Dimension{{
			Name: aws.String(functionDimension), Value: aws.String(q.Function.Name),
		}}
	}
	if account := q.Function.Account; account != "" && account != s.scope.Account {
		out.AccountId = aws.String(account) // linked to this one, which monitors it
	}
	return out
}
