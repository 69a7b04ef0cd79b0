package aws

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"fntop/sources"
)

var _ sources.ConcurrencyReader = (*Source)(nil)

// ConcurrencyLimits gives the limits of the account in the region with
// GetAccountSettings.
func (s *Source) ConcurrencyLimits(ctx context.Context) (sources.ConcurrencyLimits, error) {
	out, err := s.lambda.GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
	if err != nil {
		return sources.ConcurrencyLimits{}, s.failed(ctx, opGetAccountSettings, s.scope.Region, err)
	}
	if out.AccountLimit == nil || out.AccountLimit.UnreservedConcurrentExecutions == nil {
		return sources.ConcurrencyLimits{}, &sources.Error{
			Op: opGetAccountSettings, On: s.scope.Region, Kind: sources.Malformed,
			Err: &cause{text: "it holds no limits of concurrency"},
		}
	}
	return sources.ConcurrencyLimits{
		Total:      int(out.AccountLimit.ConcurrentExecutions),
		Unreserved: int(*out.AccountLimit.UnreservedConcurrentExecutions),
	}, nil
}

// Concurrency gives what is reserved and provisioned for a function.
func (s *Source) Concurrency(ctx context.Context, fn sources.FunctionID) (c sources.FunctionConcurrency, err error) {
	if c.Reserved, err = s.reserved(ctx, fn); err == nil {
		c.Provisioned, err = s.provisioned(ctx, fn)
	}
	return c, err
}

// reserved asks GetFunctionConcurrency.
func (s *Source) reserved(ctx context.Context, fn sources.FunctionID) (n sources.Opt[int], err error) {
	out, err := s.lambda.GetFunctionConcurrency(ctx, &lambda.GetFunctionConcurrencyInput{FunctionName: aws.String(fn.Name)})
	if err != nil {
		return n, s.failed(ctx, opGetFunctionConcurrency, fn.Name, err)
	}
	if out.ReservedConcurrentExecutions != nil {
		n = sources.Some(int(*out.ReservedConcurrentExecutions))
	}
	return n, nil
}

// provisioned asks ListProvisionedConcurrencyConfigs.
func (s *Source) provisioned(ctx context.Context, fn sources.FunctionID) (all []sources.ProvisionedConcurrency, err error) {
	in := &lambda.ListProvisionedConcurrencyConfigsInput{FunctionName: aws.String(fn.Name)}
	var p pager
	for {
		out, err := s.lambda.ListProvisionedConcurrencyConfigs(ctx, in)
		if err != nil {
			return all, s.failed(ctx, opListProvisionedSettings, fn.Name, err)
		}
		for i := range out.ProvisionedConcurrencyConfigs {
			item := &out.ProvisionedConcurrencyConfigs[i]
			_, qualifier, ok := functionNamed(s.scope, aws.ToString(item.FunctionArn))
			if !ok {
				continue
			}
			all = append(all, sources.ProvisionedConcurrency{
				Qualifier: qualifier, Status: string(item.Status),
				Requested: int(aws.ToInt32(item.RequestedProvisionedConcurrentExecutions)),
				Available: int(aws.ToInt32(item.AvailableProvisionedConcurrentExecutions)),
				Since:     setSince(aws.ToString(item.LastModified)),
			})
		}
		more, err := p.next(out.NextMarker, opListProvisionedSettings, fn.Name)
		if err != nil || !more {
			return all, err
		}
		in.Marker = p.token
	}
}

// setSince reads when provisioned concurrency was set: "2019-12-31T20:28:49+0000"
// (Lambda API Reference, "ListProvisionedConcurrencyConfigs").
func setSince(text string) sources.Opt[time.Time] {
	at, err := time.Parse("2006-01-02T15:04:05-0700", text) // a fraction of a second is read too
	if err != nil {
		return sources.Opt[time.Time]{}
	}
	return sources.Some(at.UTC())
}
