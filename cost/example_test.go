package cost_test

import (
	"encoding/json"
	"fmt"
	"time"

	"fntop/cost"
)

// A cold start and why it costs what it does.
func ExampleInvocation() {
	price, err := cost.Invocation(cost.InvocationInput{
		Region: "us-east-1", Arch: cost.ARM, MemoryMB: 2048,
		Billed: 1924 * time.Millisecond, Duration: 713 * time.Millisecond, Init: 1210 * time.Millisecond,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(price.Total, "a million like it", price.PerMillion())
	fmt.Println(price.ExplainBilled())
	for _, line := range price.Explain() {
		fmt.Printf("%-8s  %s\n", line.Component, line.Text)
	}
	// Output:
	// $0.0000515 a million like it $51.51
	// 714 ms + 1,210 ms init = 1,924 ms
	// requests  1 request × $0.20 per million = $0.0000002
	// compute   714 ms × 2048 MB = 1.428 GB-s × $0.0000133334 = $0.0000190
	// init      1,210 ms × 2048 MB = 2.42 GB-s × $0.0000133334 = $0.0000323
	// total     $0.0000002 + $0.0000190 + $0.0000323 = $0.0000515
}

// Unknown amounts say so, and leave the others readable.
func ExampleInvocation_unknown() {
	price, err := cost.Invocation(cost.InvocationInput{
		Region: "il-central-1", Arch: cost.ARM, MemoryMB: 1024, Billed: 300 * time.Millisecond,
	})
	dollars, ok := price.Total.Float64()
	fmt.Println(price.Components.Requests, price.Components.Compute, price.Total)
	fmt.Println(dollars, ok, err)
	// Output:
	// $0.00000021 – –
	// 0 false <nil>
}

func ExampleEstimate() {
	quote, err := cost.Estimate(cost.EstimateInput{
		Region: "us-east-1", Arch: cost.X86, MemoryMB: 1536,
		Requests: 3_000_000, Duration: 120 * time.Millisecond,
		FreeTier: true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, amount := range quote.Components.All() {
		if !amount.IsZero() {
			fmt.Printf("%-9s %6s\n", name, amount)
		}
	}
	fmt.Printf("%-9s %6s\n", "total", quote.Total)
	fmt.Println("average", quote.PerMillion, "marginal", quote.NextMillion, "a million")
	// Output:
	// requests   $0.60
	// compute    $9.00
	// free_tier -$6.87
	// total      $2.73
	// average $0.911 marginal $3.20 a million
}

func ExampleQuote_json() {
	quote, _ := cost.Estimate(cost.EstimateInput{
		Region: "eu-west-1", Arch: cost.ARM, MemoryMB: 128, Requests: 1_000_000, Duration: 100 * time.Millisecond,
	})
	text, _ := json.MarshalIndent(quote, "", "  ")
	fmt.Println(string(text))
	// Output:
	// {
	//   "total_usd": 0.3666675,
	//   "per_million_usd": 0.3666675,
	//   "per_invocation_usd": 0.0000003666675,
	//   "components": {
	//     "requests": 0.2,
	//     "compute": 0.1666675,
	//     "init": 0,
	//     "ephemeral_storage": 0,
	//     "provisioned": 0,
	//     "snapstart": 0,
	//     "logs_ingestion": 0,
	//     "free_tier": 0
	//   },
	//   "region": "eu-west-1",
	//   "arch": "arm64",
	//   "price_date": "2026-11-23"
	// }
}

// Two functions of one account share one free tier.
func ExampleMonth() {
	bill, err := cost.Month([]cost.Usage{
		{Region: "us-east-1", Arch: cost.ARM, Requests: 4_000_000, Compute: 600_000 * cost.GBSecond},
		{Region: "eu-west-1", Arch: cost.X86, Requests: 1_000_000, Compute: 200_000 * cost.GBSecond},
	}, true)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range bill.Lines {
		fmt.Println(line.Total(), "of which free", line.FreeTier)
	}
	fmt.Println(bill.Total)
	// Output:
	// $4.64 of which free -$4.16
	// $1.83 of which free -$1.71
	// $6.47
}

// What growing by a tenth would add to this month's bill.
func ExampleMarginal() {
	used := []cost.Usage{{Region: "us-east-1", Arch: cost.X86, Requests: 950_000, Compute: 500_000 * cost.GBSecond}}
	more := cost.Usage{Region: "us-east-1", Arch: cost.X86, Requests: 95_000, Compute: 50_000 * cost.GBSecond}
	added, err := cost.Marginal(used, more, true)
	fmt.Println(added.Total(), err)
	// Output:
	// $0.842 <nil>
}

func ExamplePriceOf() {
	price, ok := cost.PriceOf("us-east-1", cost.X86, cost.ComputePrice)
	unit, _ := price.Item.Unit()
	for _, tier := range price.Tiers {
		fmt.Printf("from %d %ss: %s\n", tier.From, unit, tier.USD.Exact())
	}
	fmt.Println(price.Date, ok)

	_, ok = cost.PriceOf("eu-west-1", cost.ARM, cost.ProvisionedPrice)
	fmt.Println(ok)
	// Output:
	// from 0 GB-seconds: $0.0000166667
	// from 6000000000 GB-seconds: $0.000015
	// from 15000000000 GB-seconds: $0.0000133334
	// 2026-09-19 true
	// false
}

// A poll of five metrics of a hundred functions.
func ExampleAPIPrice() {
	price, ok := cost.APIPrice("cloudwatch:GetMetricData")
	fmt.Println(price.Of(cost.CallUse{Requests: 1, Metrics: 500}).Exact(), ok)

	price, ok = cost.APIPrice("logs:FilterLogEvents")
	fmt.Println(price.Of(cost.CallUse{Requests: 1}), ok)

	_, ok = cost.APIPrice("lambda:InvokeFunction")
	fmt.Println(ok)
	// Output:
	// $0.005 true
	// $0.00 true
	// false
}
