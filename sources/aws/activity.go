package aws

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"fntop/sources"
)

var _ sources.ActivityReader = (*Source)(nil)

// maxName is the longest name taken for that of a function, in bytes: Lambda
// allows 64 (API reference, CreateFunction), and replicas of Lambda@Edge have
// a region before it.
const maxName = 128

// Active tells which functions have a recent datapoint of Invocations, with
// ListMetrics, up to 500 metrics a page. In a monitoring account (CloudWatch
// cross-account observability) those of the linked accounts are among them,
// each in its own account. Where the service refuses to look into linked
// accounts, those of the own account are all there is.
func (s *Source) Active(ctx context.Context, page func([]sources.FunctionID) error) error {
	in := &cloudwatch.ListMetricsInput{
		Namespace:      aws.String(metricNamespace),
		MetricName:     aws.String(string(sources.MetricInvocations)),
		Dimensions:     []types.DimensionFilter{{Name: aws.String(functionDimension)}},
		RecentlyActive: types.RecentlyActivePt3h,
	}
	if !s.unlinked.Load() {
		in.IncludeLinkedAccounts = aws.Bool(true)
	}
	var p pager
	for {
		out, err := s.cw.ListMetrics(ctx, in)
		if err != nil && in.NextToken == nil && in.IncludeLinkedAccounts != nil && refused(err) {
			in.IncludeLinkedAccounts = nil
			if out, err = s.cw.ListMetrics(ctx, in); err == nil {
				s.unlinked.Store(true) // it is not asked again
			}
		}
		if err != nil {
			return s.failed(ctx, opListMetrics, s.scope.Region, err)
		}
		ids, err := s.activeIn(out)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			if err := page(ids); err != nil {
				return err
			}
		}
		more, err := p.next(out.NextToken, opListMetrics, s.scope.Region)
		if err != nil || !more {
			return err
		}
		in.NextToken = p.token
	}
}

// refused tells whether the service did not like the request itself.
func refused(err error) bool {
	if status := statusOf(err); status < http.StatusBadRequest || status >= http.StatusInternalServerError {
		return false
	}
	switch classify(err) {
	case sources.Denied, sources.Unsupported, sources.NotFound, sources.Other:
		return true
	case sources.NoCredentials, sources.ExpiredCredentials, sources.Throttled, sources.Unreachable,
		sources.TimedOutCall, sources.Malformed, sources.Cancelled, sources.OverBudget:
	}
	return false
}

// activeIn is the functions of one page. Metrics with further dimensions are
// of the same functions again, by version or alias.
func (s *Source) activeIn(out *cloudwatch.ListMetricsOutput) ([]sources.FunctionID, error) {
	owners := out.OwningAccounts
	if len(owners) > 0 && len(owners) != len(out.Metrics) {
		return nil, s.badOwners()
	}
	var ids []sources.FunctionID
	for i := range out.Metrics {
		d := out.Metrics[i].Dimensions
		if len(d) != 1 || aws.ToString(d[0].Name) != functionDimension || !isName(aws.ToString(d[0].Value)) {
			continue
		}
		scope := s.scope
		if len(owners) > 0 && owners[i] != "" && scope.Account != "" && owners[i] != scope.Account {
			if !isAccount(owners[i]) {
				return nil, s.badOwners()
			}
			scope.Account = owners[i]
			s.monitoring.Store(true)
		}
		ids = append(ids, scope.In(*d[0].Value))
	}
	return ids, nil
}

// badOwners is the error of a page that does not tell whose its metrics are.
// To take them for one's own would mix up functions of the same name.
func (s *Source) badOwners() error {
	return &sources.Error{
		Op: opListMetrics, On: s.scope.Region, Kind: sources.Malformed,
		Err: &cause{text: "it does not tell which account each metric is of"},
	}
}

// isName tells whether this can be the name of a function: Lambda's have
// letters, digits, hyphens and underscores only. The dot and whatever else is
// visible ASCII is let through; nothing else can be one.
func isName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isAccount tells whether this is the number of an AWS account.
func isAccount(s string) bool {
	if len(s) != len("123456789012") {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
