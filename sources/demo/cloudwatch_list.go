package demo

import (
	"cmp"
	"context"
	"net/http"
	"slices"
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

// listMetrics lists the metrics of Lambda in the region without dimensions
// first, then of each function, by name: with FunctionName alone, and with
// FunctionName and Resource. Those of the log groups follow.
func listMetrics(ctx context.Context, s *Server, c *call) (any, *wire.Error) {
	var in listMetricsInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	if in.RecentlyActive != "" && in.RecentlyActive != "PT3H" {
		return nil, validationError("The value " + in.RecentlyActive + " for parameter RecentlyActive is invalid. Valid values: PT3H")
	}
	lister := metricLister{s: s, c: c, in: &in, out: &cloudwatch.ListMetricsOutput{Metrics: []types.Metric{}}}
	if in.OwningAccount != "" && in.OwningAccount != s.model.Account() {
		return lister.out, nil
	}
	first, skip, failure := in.position()
	if failure != nil {
		return nil, failure
	}
	for _, owner := range s.owners(c.Region, c.asOf) {
		switch order := owner.compare(first); {
		case order < 0, in.Namespace != "" && in.Namespace != owner.namespace:
			continue
		case order > 0:
			skip = 0
		}
		if err := ctx.Err(); err != nil {
			return nil, c.Fail(wire.Internal) // nobody waits for it any more
		}
		if !lister.add(owner, skip) {
			break
		}
	}
	return lister.out, nil
}

// compare orders owners as they are listed.
func (t target) compare(other target) int {
	return cmp.Or(cmp.Compare(t.namespace, other.namespace), cmp.Compare(t.name, other.name))
}

// owners are all that have metrics in a region, in the order of listing.
func (s *Server) owners(region string, asOf time.Time) []target {
	catalogue := s.catalogue(region, asOf)
	if len(catalogue.functions) == 0 {
		return nil
	}
	owners := make([]target, 0, 1+len(catalogue.functions)+len(catalogue.groups))
	owners = append(owners, target{namespace: lambdaNamespace})
	for i := range catalogue.functions {
		owners = append(owners, target{namespace: lambdaNamespace, name: catalogue.functions[i].ID.Name})
	}
	for _, group := range catalogue.groups {
		owners = append(owners, target{namespace: logsNamespace, name: group})
	}
	return owners
}

// knownMetric is a metric that exists.
type knownMetric struct {
	target     target
	metric     sources.Metric
	dimensions []types.Dimension
}

// metricsOf are the metrics of an owner: those without the dimension Resource
// first.
func (s *Server) metricsOf(region string, owner target) []knownMetric {
	dimension := func(name, value string) types.Dimension {
		return types.Dimension{Name: aws.String(name), Value: aws.String(value)}
	}
	var out []knownMetric
	if owner.namespace == logsNamespace {
		dimensions := []types.Dimension{dimension("LogGroupName", owner.name)}
		for _, m := range groupMetrics() {
			out = append(out, knownMetric{owner, m, dimensions})
		}
		return out
	}
	metrics, alias := s.model.Emitted(region, owner.name)
	var dimensions []types.Dimension
	if owner.name != "" {
		dimensions = append(dimensions, dimension("FunctionName", owner.name))
	}
	for _, m := range metrics {
		if !onlyWithResource(m) {
			out = append(out, knownMetric{owner, m, dimensions})
		}
	}
	if owner.name == "" {
		return out
	}
	owner.resource = true
	dimensions = append(slices.Clip(dimensions), dimension("Resource", resourceOf(owner.name, alias)))
	for _, m := range metrics {
		out = append(out, knownMetric{owner, m, dimensions})
	}
	return out
}

// position reads the token: which owner to go on with, and how many of its
// metrics have been listed.
func (in *listMetricsInput) position() (first target, skip int, failure *wire.Error) {
	if in.NextToken == "" {
		return target{}, 0, nil
	}
	text, err := parseNameToken(in.NextToken)
	parts := strings.SplitN(text, "|", 3)
	if err == nil && len(parts) == 3 {
		if skip, err = strconv.Atoi(parts[0]); err == nil && skip >= 0 {
			return target{namespace: parts[1], name: parts[2]}, skip, nil
		}
	}
	return target{}, 0, &wire.Error{
		Status: http.StatusBadRequest, Code: "InvalidParameterValueException", QueryCode: "InvalidParameterValue",
		Message: "Invalid nextToken",
	}
}

// metricLister fills one page.
type metricLister struct {
	s   *Server
	c   *call
	in  *listMetricsInput
	out *cloudwatch.ListMetricsOutput
}

// add lists the metrics of an owner that the request asks for, without the
// first skip of them. It gives false when the page was full before the end.
func (l *metricLister) add(owner target, skip int) bool {
	if l.in.RecentlyActive != "" && !l.s.ownerActive(l.c.Region, owner, l.c.asOf) {
		return true
	}
	listed := 0
	for _, known := range l.s.metricsOf(l.c.Region, owner) {
		if l.in.MetricName != "" && l.in.MetricName != string(known.metric) || !l.in.dimensionsMatch(known.dimensions) {
			continue
		}
		if listed++; listed <= skip {
			continue
		}
		if len(l.out.Metrics) == metricsPerPage {
			l.out.NextToken = aws.String(nameToken(strconv.Itoa(listed-1) + "|" + owner.namespace + "|" + owner.name))
			return false
		}
		l.out.Metrics = append(l.out.Metrics, types.Metric{
			Namespace: aws.String(owner.namespace), MetricName: aws.String(string(known.metric)), Dimensions: known.dimensions,
		})
		if l.in.IncludeLinkedAccounts != nil && bool(*l.in.IncludeLinkedAccounts) {
			l.out.OwningAccounts = append(l.out.OwningAccounts, l.s.model.Account())
		}
	}
	return true
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

// ownerActive tells whether an owner of metrics had datapoints of late: a log
// group has when one of its functions has.
func (s *Server) ownerActive(region string, owner target, asOf time.Time) bool {
	if owner.namespace != logsNamespace {
		return s.recentlyActive(region, owner.name, asOf)
	}
	return slices.ContainsFunc(s.catalogue(region, asOf).writers[owner.name], func(function string) bool {
		return s.recentlyActive(region, function, asOf)
	})
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
	// Most functions that were invoked at all were so a moment ago, which
	// costs less to find out.
	for _, window := range [...]time.Duration{10 * time.Minute, time.Hour, recentWindow} {
		points := s.model.Metric(region, function, sources.MetricInvocations, []sources.Stat{sources.StatSum},
			window, at.Add(-window), at, at)
		if active = len(points) > 0 && len(points[0]) > 0; active {
			break
		}
	}
	s.active.mu.Lock()
	known.active[function] = active
	s.active.mu.Unlock()
	return active
}
