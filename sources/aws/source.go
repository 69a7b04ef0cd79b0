package aws

import (
	"context"
	"crypto/sha256"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/pricing"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/xray"

	"fntop/sources"
	"fntop/sources/meter"
)

// The operations that a Source makes, as permissions spell them.
const (
	opListFunctions     = "lambda:ListFunctions"
	opGetMetricData     = "cloudwatch:GetMetricData"
	opListMetrics       = "cloudwatch:ListMetrics"
	opFilterLogEvents   = "logs:FilterLogEvents"
	opStartLiveTail     = "logs:StartLiveTail"
	opGetTraceSummaries = "xray:GetTraceSummaries"
	opBatchGetTraces    = "xray:BatchGetTraces"

	opListAccountAliases = "iam:ListAccountAliases"

	opLookupEvents = "cloudtrail:LookupEvents"
	opGetResources = "tag:GetResources"

	opListEventSourceMappings = "lambda:ListEventSourceMappings"
	opGetPolicy               = "lambda:GetPolicy"
	opListAliases             = "lambda:ListAliases"
	opListFunctionURLs        = "lambda:ListFunctionUrlConfigs"
	opGetAccountSettings      = "lambda:GetAccountSettings"
	opGetFunctionConcurrency  = "lambda:GetFunctionConcurrency"
	opListProvisionedSettings = "lambda:ListProvisionedConcurrencyConfigs"
)

// Source is one account in one region. It is made by opening a place, and may
// be used by several goroutines at once.
type Source struct {
	scope   sources.Scope
	now     func() time.Time
	explain explainer
	meter   *meter.Meter

	lambda *lambda.Client
	cw     *cloudwatch.Client
	logs   *cloudwatchlogs.Client
	xray   *xray.Client
	iam    *iam.Client
	bill   *costexplorer.Client
	prices *pricing.Client
	trail  *cloudtrail.Client
	tags   *resourcegroupstaggingapi.Client

	unlinked   atomic.Bool // ListMetrics will not look into linked accounts
	monitoring atomic.Bool // metrics of linked accounts have been seen
}

var (
	_ sources.Source = (*Source)(nil)
	_ sources.Tailer = (*Source)(nil)
)

func newSource(scope sources.Scope, cfg aws.Config, b *base, x explainer) *Source {
	// An endpoint the user named beats those of the environment, which the SDK
	// would prefer service by service.
	endpoint := func(base **string) {
		if b.options.EndpointURL != "" {
			*base = aws.String(b.options.EndpointURL)
		}
	}
	return &Source{
		scope:   scope,
		now:     b.options.Now,
		explain: x,
		meter:   b.options.Meter,
		lambda:  b.lambdaClient(cfg),
		cw:      cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) { endpoint(&o.BaseEndpoint) }),
		logs:    cloudwatchlogs.NewFromConfig(cfg, func(o *cloudwatchlogs.Options) { endpoint(&o.BaseEndpoint) }),
		xray:    xray.NewFromConfig(cfg, func(o *xray.Options) { endpoint(&o.BaseEndpoint) }),
		iam:     iam.NewFromConfig(cfg, func(o *iam.Options) { endpoint(&o.BaseEndpoint) }),
		bill: costexplorer.NewFromConfig(cfg, func(o *costexplorer.Options) {
			o.Region = billRegion
			endpoint(&o.BaseEndpoint)
		}),
		prices: pricing.NewFromConfig(cfg, func(o *pricing.Options) {
			o.Region = priceRegion(scope.Region)
			endpoint(&o.BaseEndpoint)
		}),
		trail: cloudtrail.NewFromConfig(cfg, func(o *cloudtrail.Options) { endpoint(&o.BaseEndpoint) }),
		tags: resourcegroupstaggingapi.NewFromConfig(cfg, func(o *resourcegroupstaggingapi.Options) {
			endpoint(&o.BaseEndpoint)
		}),
	}
}

func (b *base) lambdaClient(cfg aws.Config) *lambda.Client {
	return lambda.NewFromConfig(cfg, func(o *lambda.Options) {
		if b.options.EndpointURL != "" {
			o.BaseEndpoint = aws.String(b.options.EndpointURL)
		}
	})
}

// Scope is the account and region. The account is empty for an emulator that
// does not tell it.
func (s *Source) Scope() sources.Scope { return s.scope }

// failed explains an error of one call.
func (s *Source) failed(ctx context.Context, op, on string, err error) error {
	return s.explain.explain(ctx, op, on, err)
}

// pager follows page tokens. Its zero value is at the first page.
type pager struct {
	token *string
	seen  map[[sha256.Size]byte]struct{}
}

// next moves on to the page of this token. more is false when there is none.
// A token that has been followed before means that the service goes round in
// circles: that is an error, since what was read is not all.
func (p *pager) next(token *string, op, on string) (more bool, err error) {
	if token == nil || *token == "" {
		return false, nil
	}
	if p.seen == nil {
		p.seen = make(map[[sha256.Size]byte]struct{})
	}
	sum := sha256.Sum256([]byte(*token))
	if _, again := p.seen[sum]; again {
		return false, &sources.Error{
			Op: op, On: on, Kind: sources.Malformed,
			Err: &cause{text: "the same page was offered twice: there may be more than was read"},
		}
	}
	p.seen[sum] = struct{}{}
	p.token = token
	return true, nil
}
