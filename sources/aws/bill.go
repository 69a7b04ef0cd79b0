package aws

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer/types"

	"fntop/sources"
)

var _ sources.BillReader = (*Source)(nil)

const (
	opGetCostAndUsage = "ce:GetCostAndUsage"
	// billRegion is where Cost Explorer is, for all regions (AWS General
	// Reference, "AWS Cost Explorer endpoints").
	billRegion = "us-east-1"
	unblended  = "UnblendedCost"
	quantity   = "UsageQuantity"
	fixNoBill  = "the account's settings must allow IAM access to billing, too"
)

// billedServices are what Lambda and the logs are billed under, in Cost
// Explorer's spelling.
func billedServices() []string { return []string{"AWS Lambda", "AmazonCloudWatch"} }

// Bill asks Cost Explorer with GetCostAndUsage, for $0.01 a page. It is the
// source's own account's bill, also where the credentials are those of the
// payer for others.
func (s *Source) Bill(ctx context.Context, q sources.BillQuery) ([]sources.Billed, error) {
	in := &costexplorer.GetCostAndUsageInput{
		TimePeriod: &types.DateInterval{
			Start: aws.String(q.Start.UTC().Format(time.DateOnly)), End: aws.String(q.End.UTC().Format(time.DateOnly)),
		},
		Granularity: types.GranularityMonthly,
		Metrics:     []string{unblended, quantity},
		GroupBy:     []types.GroupDefinition{{Type: types.GroupDefinitionTypeDimension, Key: aws.String("USAGE_TYPE")}},
		Filter:      s.billFilter(q),
	}
	var (
		billed []sources.Billed
		p      pager
	)
	for {
		out, err := s.bill.GetCostAndUsage(ctx, in)
		if err != nil {
			failed := explained(s.failed(ctx, opGetCostAndUsage, s.scope.Account, err))
			if failed.Kind == sources.Denied {
				failed.Fix += "; " + fixNoBill
			}
			return billed, failed
		}
		for _, span := range out.ResultsByTime {
			for _, g := range span.Groups {
				b, err := s.billedGroup(g)
				if err != nil {
					return billed, err
				}
				billed = append(billed, b)
			}
		}
		more, err := p.next(out.NextPageToken, opGetCostAndUsage, s.scope.Account)
		if err != nil || !more {
			return billed, err
		}
		in.NextPageToken = p.token
	}
}

func (s *Source) billFilter(q sources.BillQuery) *types.Expression {
	dimension := func(key types.Dimension, values ...string) types.Expression {
		return types.Expression{Dimensions: &types.DimensionValues{Key: key, Values: values}}
	}
	all := []types.Expression{
		dimension(types.DimensionService, billedServices()...),
		dimension(types.DimensionLinkedAccount, s.scope.Account),
	}
	if len(q.Regions) > 0 {
		all = append(all, dimension(types.DimensionRegion, q.Regions...))
	}
	return &types.Expression{And: all}
}

func (s *Source) billedGroup(g types.Group) (sources.Billed, error) {
	number := func(metric string) (float64, error) {
		return strconv.ParseFloat(aws.ToString(g.Metrics[metric].Amount), 64)
	}
	usd, err := number(unblended)
	used, err2 := number(quantity)
	if err == nil {
		err = err2
	}
	unit := aws.ToString(g.Metrics[unblended].Unit)
	switch {
	case err != nil || len(g.Keys) != 1:
		return sources.Billed{}, &sources.Error{
			Op: opGetCostAndUsage, On: s.scope.Account, Kind: sources.Malformed, Err: &cause{text: "an amount that is no number", err: err},
		}
	case unit != "USD":
		return sources.Billed{}, &sources.Error{
			Op: opGetCostAndUsage, On: s.scope.Account, Kind: sources.Unsupported, Err: &cause{text: "a bill in " + oneLine(unit) + ", not in USD"},
		}
	}
	return sources.Billed{UsageType: g.Keys[0], USD: usd, Quantity: used}, nil
}
