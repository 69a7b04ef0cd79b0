package demo

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources"
	"fntop/sources/demo/wire"
)

// metricsPerPage is the page size of ListMetrics (API reference).
const metricsPerPage = 500

type listMetricsInput struct {
	Namespace             string
	MetricName            string
	Dimensions            []dimension
	NextToken             string
	RecentlyActive        string
	IncludeLinkedAccounts *wire.Bool
	OwningAccount         string
}

// listMetrics lists the metrics of the region without dimensions first, then
// of each function, by name: with FunctionName alone, and with FunctionName
// and Resource, as Lambda emits them for calls without a qualifier.
func listMetrics(ctx context.Context, s *Server, c *call) (any, *wire.Error) {
	var in listMetricsInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	if in.RecentlyActive != "" && in.RecentlyActive != "PT3H" {
		return nil, validationError("The value " + in.RecentlyActive + " for parameter RecentlyActive is invalid. Valid values: PT3H")
	}
	lister := metricLister{s: s, c: c, in: &in, out: &cloudwatch.ListMetricsOutput{Metrics: []types.Metric{}}}
	if in.Namespace != "" && in.Namespace != lambdaNamespace || in.OwningAccount != "" && in.OwningAccount != s.model.Account() {
		return lister.out, nil
	}
	after, skip, failure := in.position()
	if failure != nil {
		return nil, failure
	}
	catalogue := s.catalogue(c.Region, c.asOf)
	if after == "" && skip == 0 && len(catalogue.functions) > 0 && !lister.add("", 0) {
		return lister.out, nil
	}
	functions := catalogue.after(after)
	if f, ok := catalogue.find(after); ok && skip > 0 && !lister.add(f.ID.Name, skip) {
		return lister.out, nil
	}
	for i := range functions {
		if err := ctx.Err(); err != nil {
			return nil, c.Fail(wire.Internal) // nobody waits for it any more
		}
		if !lister.add(functions[i].ID.Name, 0) {
			break
		}
	}
	return lister.out, nil
}

// position reads the token: go on after a function, or within it.
func (in *listMetricsInput) position() (after string, skip int, failure *wire.Error) {
	if in.NextToken == "" {
		return "", 0, nil
	}
	text, err := parseNameToken(in.NextToken)
	count, name, ok := strings.Cut(text, "|")
	skip, convErr := strconv.Atoi(count)
	if err != nil || !ok || convErr != nil || skip < 0 {
		return "", 0, &wire.Error{
			Status: http.StatusBadRequest, Code: "InvalidParameterValueException", QueryCode: "InvalidParameterValue",
			Message: "Invalid nextToken",
		}
	}
	return name, skip, nil
}

// metricLister fills one page.
type metricLister struct {
	s   *Server
	c   *call
	in  *listMetricsInput
	out *cloudwatch.ListMetricsOutput
}

// add lists the metrics of a function, or of the region, that the request
// asks for, without the first skip of them. It gives false when the page was
// full before the end.
func (l *metricLister) add(function string, skip int) bool {
	if l.in.RecentlyActive != "" && !l.s.recentlyActive(l.c.Region, function, l.c.asOf) {
		return true
	}
	metrics := l.s.metricsOf(l.c.Region, function, l.c.asOf)
	listed := 0
	for _, dimensions := range dimensionsOf(function) {
		if !l.in.dimensionsMatch(dimensions) {
			continue
		}
		for _, metric := range metrics {
			if l.in.MetricName != "" && l.in.MetricName != string(metric) {
				continue
			}
			if listed++; listed <= skip {
				continue
			}
			if len(l.out.Metrics) == metricsPerPage {
				l.out.NextToken = aws.String(nameToken(strconv.Itoa(listed-1) + "|" + function))
				return false
			}
			l.out.Metrics = append(l.out.Metrics, types.Metric{
				Namespace: aws.String(lambdaNamespace), MetricName: aws.String(string(metric)), Dimensions: dimensions,
			})
			if l.in.IncludeLinkedAccounts != nil && bool(*l.in.IncludeLinkedAccounts) {
				l.out.OwningAccounts = append(l.out.OwningAccounts, l.s.model.Account())
			}
		}
	}
	return true
}

func dimensionsOf(function string) [][]types.Dimension {
	if function == "" {
		return [][]types.Dimension{{}}
	}
	name := types.Dimension{Name: aws.String("FunctionName"), Value: aws.String(function)}
	resource := types.Dimension{Name: aws.String("Resource"), Value: aws.String(function)}
	return [][]types.Dimension{{name}, {name, resource}}
}

// dimensionsMatch tells whether a metric has all dimensions of the filter.
func (in *listMetricsInput) dimensionsMatch(have []types.Dimension) bool {
	for _, want := range in.Dimensions {
		found := false
		for _, d := range have {
			found = found || *d.Name == want.Name && (want.Value == "" || *d.Value == want.Value)
		}
		if !found {
			return false
		}
	}
	return true
}

// The window of RecentlyActive, and how long its answers are kept, in
// simulated time.
const (
	recentWindow = 3 * time.Hour
	activityAge  = 5 * time.Minute
)

// activity remembers which functions had datapoints of late.
type activity struct {
	mu      sync.Mutex
	regions map[string]*regionActivity
}

type regionActivity struct {
	at     time.Time
	active map[string]bool
}

// recentlyActive tells whether a function, or with an empty name any in the
// region, was invoked in the last three hours.
func (s *Server) recentlyActive(region, function string, asOf time.Time) bool {
	at := asOf.Truncate(activityAge)
	s.active.mu.Lock()
	if s.active.regions == nil {
		s.active.regions = map[string]*regionActivity{}
	}
	known := s.active.regions[region]
	if known == nil || !known.at.Equal(at) {
		known = &regionActivity{at: at, active: map[string]bool{}}
		s.active.regions[region] = known
	}
	active, ok := known.active[function]
	s.active.mu.Unlock()
	if ok {
		return active
	}
	points := s.model.Metric(region, function, sources.MetricInvocations, []sources.Stat{sources.StatSum},
		recentWindow, at.Add(-recentWindow), at, at)
	active = len(points) > 0 && len(points[0]) > 0
	s.active.mu.Lock()
	known.active[function] = active
	s.active.mu.Unlock()
	return active
}
