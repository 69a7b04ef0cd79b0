package demo_test

import (
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	cetypes "github.com/aws/aws-sdk-go-v2/service/costexplorer/types"
	"github.com/aws/aws-sdk-go-v2/service/pricing"
	pricetypes "github.com/aws/aws-sdk-go-v2/service/pricing/types"

	"fntop/cost"
	awssource "fntop/sources/aws"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

// billedFor asks for the bill of some days, filtered to a region; "" is all.
func billedFor(t *testing.T, c *cloud, start, end string, g cetypes.Granularity, region string) []cetypes.ResultByTime {
	t.Helper()
	in := &costexplorer.GetCostAndUsageInput{
		TimePeriod: &cetypes.DateInterval{Start: aws.String(start), End: aws.String(end)}, Granularity: g,
		Metrics: []string{"UnblendedCost", "UsageQuantity"},
		GroupBy: []cetypes.GroupDefinition{{Type: cetypes.GroupDefinitionTypeDimension, Key: aws.String("USAGE_TYPE")}},
	}
	if region != "" {
		in.Filter = &cetypes.Expression{Dimensions: &cetypes.DimensionValues{Key: cetypes.DimensionRegion, Values: []string{region}}}
	}
	out, err := costexplorer.NewFromConfig(c.config("us-east-1")).GetCostAndUsage(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out.ResultsByTime
}

func billTotal(t *testing.T, spans []cetypes.ResultByTime, metric string) map[string]float64 {
	t.Helper()
	sums := make(map[string]float64)
	for _, span := range spans {
		for _, g := range span.Groups {
			v, err := strconv.ParseFloat(*g.Metrics[metric].Amount, 64)
			if err != nil {
				t.Fatal(err)
			}
			sums[g.Keys[0]] += v
		}
	}
	return sums
}

// The bill is a day behind, its days add up to its month, and its requests are
// those of the metrics.
func TestTheBill(t *testing.T) {
	now := time.Date(2026, 11, 4, 7, 0, 0, 0, time.UTC)
	fleet := world.New(world.Config{Seed: 3})
	c := newCloud(t, demo.ServerConfig{Model: fleet, Now: func() time.Time { return now }})
	const region = "ap-southeast-2" // has few functions
	days := billedFor(t, c, "2026-11-01", "2026-11-05", cetypes.GranularityDaily, region)
	month := billedFor(t, c, "2026-11-01", "2026-12-01", cetypes.GranularityMonthly, region)
	if len(days) != 4 || len(month) != 1 || len(days[1].Groups) == 0 || len(days[2].Groups) != 0 || !month[0].Estimated {
		t.Fatalf("%d days: %+v", len(days), days)
	}
	whole := billTotal(t, month, "UnblendedCost")
	for name, usd := range billTotal(t, days, "UnblendedCost") {
		if math.Abs(usd-whole[name]) > 1e-8 {
			t.Errorf("%s: days are %v, the month %v", name, usd, whole[name])
		}
	}
	requests := 0.0
	for _, fn := range fleet.Functions(region, now) {
		requests += sumOfMetric(t, c.config(region), fn.ID.Name, "Invocations", time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC))
	}
	if got := billTotal(t, month, "UsageQuantity")["APS2-Request"]; got != requests || got == 0 {
		t.Errorf("%v requests are billed, there were %v", got, requests)
	}
}

// The price list is the program's own, in a form that fntop reads back.
func TestThePriceList(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 3}), Now: func() time.Time { return simulated }})
	pager := pricing.NewGetProductsPaginator(pricing.NewFromConfig(c.config("us-east-1")), &pricing.GetProductsInput{
		ServiceCode: aws.String("AWSLambda"), MaxResults: aws.Int32(40),
		Filters: []pricetypes.Filter{{Type: pricetypes.FilterTypeTermMatch, Field: aws.String("regionCode"), Value: aws.String("us-east-1")}},
	})
	entries := 0
	for pager.HasMorePages() {
		page, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		entries += len(page.PriceList)
	}
	if entries != 10 {
		t.Errorf("%d entries of us-east-1", entries)
	}
	source, err := awssource.Places(t.Context(), awssource.Options{
		Regions: []string{"us-east-1"}, EndpointURL: c.url, Credentials: c.config("us-east-1").Credentials,
	})[0].Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	prices, err := source.(*awssource.Source).Prices(t.Context(), "2026-11-26", "the demo cloud")
	if err != nil || len(prices) < 100 {
		t.Fatalf("%d prices: %v", len(prices), err)
	}
	for _, p := range prices {
		own, ok := cost.PriceOf(p.Region, p.Arch, p.Item)
		if p.Arch == "" && !ok {
			own, ok = cost.PriceOf(p.Region, cost.X86, p.Item)
		}
		if !ok || own.Tiers[0] != p.Tiers[0] || p.Date != "2026-11-26" || p.Source != "the demo cloud" {
			t.Errorf("%+v, want %+v", p, own)
		}
		if p.Item == cost.ComputePrice && p.Region == "us-east-1" && len(p.Tiers) != 3 {
			t.Errorf("%d tiers: %+v", len(p.Tiers), p)
		}
	}
}
