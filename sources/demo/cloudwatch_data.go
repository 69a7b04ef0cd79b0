package demo

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources"
	"fntop/sources/demo/metricsql"
	"fntop/sources/demo/wire"
)

// The limits of GetMetricData (API reference).
const (
	maxMetricQueries     = 500
	maxDatapoints        = 100_800
	statisticsPerMetric  = 5 // of one metric in one request, billed as one
	timestampsAscending  = "TimestampAscending"
	timestampsDescending = "TimestampDescending"
)

type getMetricDataInput struct {
	MetricDataQueries []metricDataQuery
	StartTime         *wire.Time
	EndTime           *wire.Time
	ScanBy            string
	NextToken         string
	MaxDatapoints     *wire.Int
}

type metricDataQuery struct {
	ID         string `json:"Id"`
	MetricStat *struct {
		Metric metricName
		Period wire.Int
		Stat   string
	}
	Expression string
	Period     wire.Int // of an expression that needs one
	Label      *string
	ReturnData *wire.Bool

	query *metricsql.Query // of an expression that is one
}

// metricName is a metric: its namespace, name and dimensions.
type metricName struct {
	Namespace  string
	MetricName string
	Dimensions []dimension
}

type dimension struct {
	Name  string
	Value string
}

func getMetricData(ctx context.Context, s *Server, c *call) (any, *wire.Error) {
	var in getMetricDataInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	if failure := in.check(); failure != nil {
		return nil, failure
	}
	page, failure := in.page(c)
	if failure != nil {
		return nil, failure
	}
	c.metrics = in.billed()
	if c.faults.quotas && (!s.allowInsights(&in, s.quotaRegion(c)) || !s.allowDatapoints(&in, c)) {
		return nil, c.Fail(wire.Throttled)
	}
	series, analysed, err := s.readSeries(ctx, c, &in, page.asOf)
	if err != nil {
		return nil, c.Fail(wire.Internal)
	}
	c.metrics += analysed
	out := &cloudwatch.GetMetricDataOutput{Messages: []types.MessageData{}}
	var next int
	out.MetricDataResults, next = in.results(series, page, c.faults.has(FaultPartial, c))
	if next >= 0 {
		out.NextToken = aws.String(dataPage{offset: next, asOf: page.asOf, sum: page.sum}.String())
	}
	return out, nil
}

func (in *getMetricDataInput) check() *wire.Error {
	switch n := len(in.MetricDataQueries); {
	case n == 0:
		return validationError("The parameter MetricDataQueries is required.")
	case n > maxMetricQueries:
		return validationError("The collection MetricDataQueries must not have a size greater than 500.")
	case in.StartTime == nil:
		return validationError("The parameter StartTime is required.")
	case in.EndTime == nil:
		return validationError("The parameter EndTime is required.")
	case !in.StartTime.Before(in.EndTime.Time):
		return validationError("The parameter StartTime must be less than the parameter EndTime.")
	case in.MaxDatapoints != nil && (*in.MaxDatapoints < 1 || *in.MaxDatapoints > maxDatapoints):
		return validationError(fmt.Sprintf("The parameter MaxDatapoints must be between 1 and %d.", maxDatapoints))
	}
	switch in.ScanBy {
	case "", timestampsAscending, timestampsDescending:
	default:
		return validationError("The value " + in.ScanBy + " for parameter ScanBy is invalid.")
	}
	seen := map[string]bool{}
	for i := range in.MetricDataQueries {
		q := &in.MetricDataQueries[i]
		if failure := q.check(fmt.Sprintf("MetricDataQueries.member.%d", i+1)); failure != nil {
			return failure
		}
		if seen[q.ID] {
			return validationError("The values for parameter Id in parameter MetricDataQueries must be unique. Found duplicate: " + q.ID)
		}
		seen[q.ID] = true
	}
	return in.insights()
}

func (q *metricDataQuery) check(member string) *wire.Error {
	if !validID(q.ID) {
		return validationError("The value " + q.ID + " for parameter " + member +
			".Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.")
	}
	switch {
	case q.MetricStat == nil && q.Expression == "":
		return validationError("Either MetricStat or Expression must be specified for " + member + ".")
	case q.MetricStat != nil && q.Expression != "":
		return validationError("MetricStat and Expression must not both be specified for " + member + ".")
	case q.MetricStat == nil:
		return nil
	}
	member += ".MetricStat"
	switch {
	case q.MetricStat.Metric.MetricName == "":
		return validationError("The parameter " + member + ".Metric.MetricName is required.")
	case !validPeriod(int64(q.MetricStat.Period)):
		return validationError("The parameter " + member + ".Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
	case !validStat(q.MetricStat.Stat):
		return validationError("The value " + q.MetricStat.Stat + " for parameter " + member + ".Stat is not supported.")
	}
	return nil
}

func validID(id string) bool {
	if id == "" || len(id) > 255 || id[0] < 'a' || id[0] > 'z' {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	}) < 0
}

// maxPeriod bounds a period: the API takes no more than 455 days of data.
const maxPeriod = 455 * 24 * 60 * 60

func validPeriod(seconds int64) bool {
	switch seconds {
	case 1, 5, 10, 20, 30:
		return true
	}
	return seconds > 0 && seconds <= maxPeriod && seconds%60 == 0
}

// validStat knows the plain statistics and percentiles; of the extended ones
// (TM, WM, PR, TC, TS, IQM) only the names.
func validStat(stat string) bool {
	switch stat {
	case "SampleCount", "Sum", "Average", "Minimum", "Maximum", "IQM":
		return true
	}
	if digits, ok := strings.CutPrefix(stat, "p"); ok {
		p, err := strconv.ParseFloat(digits, 64)
		return err == nil && p >= 0 && p <= 100 && !strings.ContainsAny(digits, "eExX+-_")
	}
	for _, prefix := range []string{"tm", "wm", "tc", "ts", "TM(", "WM(", "PR(", "TC(", "TS("} {
		if len(stat) > len(prefix) && strings.HasPrefix(stat, prefix) {
			return true
		}
	}
	return false
}

func validationError(message string) *wire.Error {
	return &wire.Error{
		Status: http.StatusBadRequest, Code: "ValidationException", QueryCode: "ValidationError", Message: message,
	}
}

// billed counts the metrics of the request, beside those that Metrics Insights
// looks at: up to five statistics of one
// metric are one (CloudWatch User Guide, GetMetricData).
func (in *getMetricDataInput) billed() int {
	statistics := map[string]map[string]bool{}
	for _, q := range in.MetricDataQueries {
		if q.MetricStat == nil {
			continue
		}
		m := q.MetricStat.Metric
		parts := []string{m.Namespace, m.MetricName}
		for _, d := range m.Dimensions {
			parts = append(parts, d.Name, d.Value)
		}
		key := strings.Join(parts, "\x00")
		if statistics[key] == nil {
			statistics[key] = map[string]bool{}
		}
		statistics[key][q.MetricStat.Stat] = true
	}
	n := 0
	for _, stats := range statistics {
		n += (len(stats) + statisticsPerMetric - 1) / statisticsPerMetric
	}
	return n
}

// allowDatapoints charges the datapoints the request may give at most.
func (s *Server) allowDatapoints(in *getMetricDataInput, c *call) bool {
	span := min(in.EndTime.Sub(in.StartTime.Time), maxPeriod*time.Second)
	n := 0
	for _, q := range in.MetricDataQueries {
		if q.MetricStat != nil {
			period := time.Duration(max(int64(q.MetricStat.Period), 60)) * time.Second
			n += int(min((span+period-1)/period, olderDatapoints))
		}
	}
	recent := c.asOf.Sub(in.StartTime.Time) <= 3*time.Hour
	return s.quotas.allowDatapoints(s.quotaRegion(c), n, recent, s.wall())
}

// dataPage is a page of GetMetricData's datapoints, counted over all results.
type dataPage struct {
	offset, limit int
	asOf          time.Time
	sum           uint64
}

// String is the page as a token.
func (p dataPage) String() string {
	return base64.RawURLEncoding.EncodeToString(
		[]byte(fmt.Sprintf("%d.%d.%d", p.offset, p.asOf.UnixNano(), p.sum)))
}

// page reads which page is asked for.
func (in *getMetricDataInput) page(c *call) (dataPage, *wire.Error) {
	parts := []string{in.StartTime.String(), in.EndTime.String(), in.ScanBy, c.Region}
	for _, q := range in.MetricDataQueries {
		parts = append(parts, q.ID)
	}
	page := dataPage{asOf: c.asOf, limit: maxDatapoints, sum: sumOf(parts...)}
	if in.MaxDatapoints != nil {
		page.limit = int(*in.MaxDatapoints)
	}
	if in.NextToken == "" {
		return page, nil
	}
	var asOf int64
	var sum uint64
	text, err := base64.RawURLEncoding.DecodeString(in.NextToken)
	if err == nil {
		_, err = fmt.Sscanf(string(text), "%d.%d.%d", &page.offset, &asOf, &sum)
	}
	if err != nil || sum != page.sum || page.offset < 0 || page.offset > math.MaxInt32 {
		return page, &wire.Error{
			Status: http.StatusBadRequest, Code: "InvalidNextToken", Message: "The token " + in.NextToken + " is invalid.",
		}
	}
	page.asOf = time.Unix(0, asOf).UTC()
	return page, nil
}

// results cuts the page out of the series. next is the offset of the next
// page, or -1. A result that goes on in the next page is PartialData.
func (in *getMetricDataInput) results(series []series, page dataPage, spoil bool) (out []types.MetricDataResult, next int) {
	total := 0
	for i := range series {
		if in.MetricDataQueries[series[i].query].returned() {
			total += len(series[i].points)
		}
	}
	end := page.offset + page.limit
	next = -1
	if total > end {
		next = end
	}
	labels := in.labels()
	out = make([]types.MetricDataResult, 0, len(series))
	first := 0 // offset of the series' first point
	for i := range series {
		query := &in.MetricDataQueries[series[i].query]
		if !query.returned() {
			continue
		}
		n := len(series[i].points)
		from, to := max(page.offset-first, 0), min(end-first, n)
		// A series without points is on the page where its first would be.
		here := from < to || n == 0 && first >= page.offset && (first < end || next < 0)
		first += n
		if !here {
			continue
		}
		result := in.result(&series[i], from, to)
		result.Id, result.Label = aws.String(query.ID), aws.String(labels[series[i].query])
		if label := series[i].label; label != nil {
			result.Label = label
			if query.Label != nil && *query.Label != "" {
				result.Label = aws.String(strings.ReplaceAll(*query.Label, "${LABEL}", *label))
			}
		}
		if spoil {
			half := len(result.Values) / 2
			result.Timestamps, result.Values = result.Timestamps[:half], result.Values[:half]
			result.StatusCode = types.StatusCodePartialData
		}
		out = append(out, result)
	}
	return out, next
}

// result is the part of a series from one point to another, in the order of
// the scan.
func (in *getMetricDataInput) result(s *series, from, to int) types.MetricDataResult {
	n := len(s.points)
	out := types.MetricDataResult{
		StatusCode: types.StatusCodeComplete, Messages: s.messages,
		Timestamps: make([]time.Time, 0, to-from), Values: make([]float64, 0, to-from),
	}
	switch {
	case s.messages != nil:
		out.StatusCode = types.StatusCodeInternalError
	case to < n:
		out.StatusCode = types.StatusCodePartialData
	}
	for i := from; i < to; i++ {
		p := s.points[n-1-i]
		if in.ScanBy == timestampsAscending {
			p = s.points[i]
		}
		out.Timestamps = append(out.Timestamps, p.Time.UTC())
		out.Values = append(out.Values, p.Value)
	}
	return out
}

// returned tells whether the query's result is in the answer.
func (q *metricDataQuery) returned() bool { return q.ReturnData == nil || bool(*q.ReturnData) }

// labels names the results: as asked for, or by what sets them apart.
func (in *getMetricDataInput) labels() []string {
	metrics, owners := map[string]bool{}, map[string]bool{}
	for _, q := range in.MetricDataQueries {
		if q.MetricStat != nil {
			metrics[q.MetricStat.Metric.MetricName] = true
			owners[q.MetricStat.Metric.owner()] = true
		}
	}
	out := make([]string, len(in.MetricDataQueries))
	for i, q := range in.MetricDataQueries {
		switch {
		case q.MetricStat == nil:
			out[i] = q.ID
		case len(owners) == 1 || q.MetricStat.Metric.owner() == "":
			out[i] = q.MetricStat.Metric.MetricName
		case len(metrics) == 1:
			out[i] = q.MetricStat.Metric.owner()
		default:
			out[i] = q.MetricStat.Metric.owner() + " " + q.MetricStat.Metric.MetricName
		}
		if q.Label != nil && *q.Label != "" {
			out[i] = q.dynamicLabel(out[i])
		}
	}
	return out
}

// owner is what the metric is of: its dimensions' values.
func (m metricName) owner() string {
	values := make([]string, len(m.Dimensions))
	for i, d := range m.Dimensions {
		values[i] = d.Value
	}
	return strings.Join(values, " ")
}

// dynamicLabel fills in the parts of a label that are properties of the
// metric (CloudWatch User Guide, "Use dynamic labels").
func (q *metricDataQuery) dynamicLabel(standard string) string {
	if q.MetricStat == nil || !strings.Contains(*q.Label, "${") {
		return *q.Label
	}
	m := q.MetricStat
	pairs := []string{
		"${LABEL}", standard, "${PROP('MetricName')}", m.Metric.MetricName, "${PROP('Namespace')}", m.Metric.Namespace,
		"${PROP('Stat')}", m.Stat, "${PROP('Period')}", strconv.FormatInt(int64(m.Period), 10),
	}
	for _, d := range m.Metric.Dimensions {
		pairs = append(pairs, "${PROP('Dim."+d.Name+"')}", d.Value)
	}
	return strings.NewReplacer(pairs...).Replace(*q.Label)
}

// series is the answer to one query before it is cut into pages.
type series struct {
	query    int             // index of the query
	label    *string         // of a group; nil where the query has one label
	points   []sources.Point // oldest first
	messages []types.MessageData
}
