package aws

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources"
)

var _ sources.Ranker = (*Source)(nil)

// rankingID names the query of a ranking within its request. All series of
// the answer carry it; one that is of no function may have it for a label too.
const rankingID = "fntop_ranking"

// analysedKey is the context key of how many metrics a Metrics Insights query
// looks through.
//
// A GetMetricData request is billed by the metrics requested, $0.01 for 1,000
// (Amazon CloudWatch pricing, 2026). A Metrics Insights query names none; an
// alarm on one is billed by the metrics the query analyses (same page). Whether
// that also goes for the query in GetMetricData is not said there, nor in the
// CloudWatch User Guide, which only says that queries made in the console are
// free (looked for on 2026-11-25). Every metric analysed is counted as one
// requested: the dear side.
type analysedKey struct{}

func withAnalysed(ctx context.Context, metrics int) context.Context {
	return context.WithValue(ctx, analysedKey{}, int64(metrics))
}

// analysedUnder is the most there can be where nothing has been said.
func analysedUnder(ctx context.Context) int64 {
	if n, ok := ctx.Value(analysedKey{}).(int64); ok {
		return n
	}
	return sources.MaxAnalysed
}

// Top ranks functions by the sum of a metric, with one Metrics Insights query.
// It reaches back two weeks. What was got comes back with an error. In an
// account that monitors others, the ranking is of this account alone once
// [Source.Active] has found the others; before, functions of the same name in
// several accounts run together.
func (s *Source) Top(ctx context.Context, q sources.RankQuery) (top []sources.Ranked, partial bool, err error) {
	q.Start, q.End = sources.MinutesOf(q.Start, q.End)
	if err := s.checkRanking(q); err != nil {
		return nil, false, err
	}
	if !q.End.After(q.Start) {
		return nil, false, nil
	}
	analysed := q.Analysed
	if analysed <= 0 || analysed > sources.MaxAnalysed {
		analysed = sources.MaxAnalysed
	}
	ctx = withAnalysed(ctx, analysed)
	in := &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(q.Start),
		EndTime:   aws.Time(q.End),
		ScanBy:    types.ScanByTimestampAscending,
		MetricDataQueries: []types.MetricDataQuery{{
			Id:         aws.String(rankingID),
			Expression: aws.String(s.rankingQuery(q)),
			Period:     aws.Int32(int32(q.Period / time.Second)), //nolint:gosec // bounded by checkRanking
		}},
	}
	r := ranking{byName: make(map[string]*statAnswer)}
	var p pager
	for {
		out, err := s.cw.GetMetricData(ctx, in)
		if err != nil {
			return r.top(s.scope), true, s.failed(ctx, opGetMetricData, s.scope.Region, err)
		}
		r.add(out)
		more, err := p.next(out.NextToken, opGetMetricData, s.scope.Region)
		if err != nil {
			return r.top(s.scope), true, err
		}
		if !more {
			return r.top(s.scope), r.partial(), r.refusal(s.scope.Region)
		}
		in.NextToken = p.token
	}
}

// checkRanking refuses what cannot be asked, and names of metrics that would
// have to be quoted in the query, which none of Lambda's has.
func (s *Source) checkRanking(q sources.RankQuery) error {
	text := ""
	switch {
	case q.Period < time.Minute || q.Period%time.Minute != 0 || q.Period > math.MaxInt32*time.Second:
		text = fmt.Sprintf("a period of %v: only whole minutes are kept", q.Period)
	case q.Limit < 1 || q.Limit > sources.MaxRanked:
		text = fmt.Sprintf("%d functions: a ranking has 1 to %d", q.Limit, sources.MaxRanked)
	case !isIdentifier(string(q.Metric)):
		text = "not the name of a metric"
	default:
		return nil
	}
	return &sources.Error{Op: opGetMetricData, On: string(q.Metric), Kind: sources.Unsupported, Err: &cause{text: text}}
}

// rankingQuery is the query (CloudWatch User Guide, "Query components and
// syntax in CloudWatch Metrics Insights"). SCHEMA with the one dimension
// leaves out the series by version and alias.
func (s *Source) rankingQuery(q sources.RankQuery) string {
	where := ""
	if s.monitoring.Load() && isAccount(s.scope.Account) {
		where = " WHERE AWS.AccountId = '" + s.scope.Account + "'"
	}
	return fmt.Sprintf(`SELECT SUM(%s) FROM SCHEMA("%s", %s)%s GROUP BY %s ORDER BY SUM() DESC LIMIT %d`,
		q.Metric, metricNamespace, functionDimension, where, functionDimension, q.Limit)
}

func isIdentifier(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// ranking gathers the pages that answer a ranking. A series may go on in a
// later page.
type ranking struct {
	names  []string // in the order of their appearance
	byName map[string]*statAnswer
	other  []statAnswer // series that are of no function
	cut    bool         // the cloud says that it has not looked at everything
}

func (r *ranking) add(out *cloudwatch.GetMetricDataOutput) {
	// A message is about limits that were reached; as much as possible has
	// been done all the same (API reference, GetMetricData, Messages).
	r.cut = r.cut || len(out.Messages) > 0
	for i := range out.MetricDataResults {
		result := &out.MetricDataResults[i]
		if aws.ToString(result.Id) != rankingID {
			continue
		}
		name := aws.ToString(result.Label)
		if !isName(name) || name == rankingID {
			var other statAnswer
			other.add(result)
			r.other = append(r.other, other)
			continue
		}
		series := r.byName[name]
		if series == nil {
			series = &statAnswer{}
			r.names = append(r.names, name)
			r.byName[name] = series
		}
		series.add(result)
	}
}

// top is what the pages have given, the highest sum first. Series that were
// refused before their first point are left out.
func (r *ranking) top(scope sources.Scope) []sources.Ranked {
	sums := make(map[string]float64, len(r.names))
	top := make([]sources.Ranked, 0, len(r.names))
	for _, name := range r.names {
		series := r.byName[name]
		points := inOrder(series.points)
		if len(points) == 0 && refusalOf(series) != nil {
			continue
		}
		for _, p := range points {
			sums[name] += p.Value
		}
		top = append(top, sources.Ranked{Function: scope.In(name), Points: points})
	}
	slices.SortStableFunc(top, func(a, b sources.Ranked) int {
		return cmp.Compare(sums[b.Function.Name], sums[a.Function.Name])
	})
	return top
}

// partial tells whether anything is known to be missing.
func (r *ranking) partial() bool {
	partial := r.cut
	for _, series := range r.byName {
		partial = partial || series.partial(true)
	}
	for i := range r.other {
		partial = partial || r.other[i].partial(true)
	}
	return partial
}

// refusal is the error of the first series that CloudWatch would not or could
// not answer; nil when there is none.
func (r *ranking) refusal(region string) error {
	for _, name := range r.names {
		if e := refusalOf(r.byName[name]); e != nil {
			e.On = name
			return e
		}
	}
	for i := range r.other {
		if e := refusalOf(&r.other[i]); e != nil {
			e.On = region
			return e
		}
	}
	return nil
}
