package cost

import (
	"math/big"
	"testing"
	"time"
)

// The worked examples of the AWS Lambda pricing page (us-east-1, 2026 copy).
// The page rounds each amount to the cent and adds up the rounded amounts, and
// so do these tests: published amounts, published total.

// published is what an example prints: amounts, and their total.
type published struct {
	amounts []USD
	printed []string
	total   string
}

func (p published) check(t *testing.T) {
	t.Helper()
	sum := new(big.Rat)
	for i, amount := range p.amounts {
		if got := amount.Decimal(2); got != p.printed[i] {
			t.Errorf("amount %d is %s (%s), the page has %s", i, got, amount.Exact(), p.printed[i])
		}
		cents, ok := new(big.Rat).SetString(amount.Decimal(2))
		if !ok {
			t.Fatalf("amount %d is %v", i, amount)
		}
		sum.Add(sum, cents)
	}
	if got := sum.FloatString(2); got != p.total || len(p.amounts) != len(p.printed) {
		t.Errorf("total is %s, the page has %s", got, p.total)
	}
}

func quoted(tb testing.TB, in EstimateInput) Quote {
	tb.Helper()
	if in.Region == "" {
		in.Region = "us-east-1"
	}
	if in.Arch == "" {
		in.Arch = X86
	}
	q, err := Estimate(in)
	if err != nil {
		tb.Fatal(err)
	}
	if q.Components.Total() != q.Total {
		tb.Fatalf("components %+v do not add up to %s", q.Components, q.Total.Exact())
	}
	return q
}

func billed(tb testing.TB, freeTier bool, usage ...Usage) MonthBill {
	tb.Helper()
	bill, err := Month(usage, freeTier)
	if err != nil {
		tb.Fatal(err)
	}
	return bill
}

// of prices a quantity of an item in us-east-1.
func of(tb testing.TB, arch Arch, item Item, usage int64) USD {
	tb.Helper()
	p, ok := PriceOf("us-east-1", arch, item)
	if !ok {
		tb.Fatalf("no price of %s", item)
	}
	return p.Of(usage)
}

// gbSeconds checks a memory-time that an example prints.
func gbSeconds(tb testing.TB, m MemoryTime, want int64) {
	tb.Helper()
	if m != MemoryTime(want)*GBSecond {
		tb.Errorf("usage is %s, the page has %d GB-s", m, want)
	}
}

func TestWorkedExample1(t *testing.T) { // an app's backend
	in := EstimateInput{MemoryMB: 1536, Requests: 3_000_000, Duration: 120 * ms, FreeTier: true}
	q := quoted(t, in)
	gbSeconds(t, q.Usage.Compute, 540_000)
	if got := q.Total.Decimal(2); got != "2.73" {
		t.Errorf("total is %s", q.Total.Exact())
	}
	compute := of(t, X86, ComputePrice, 140_000*int64(GBSecond))
	published{
		amounts: []USD{compute, q.Total.Sub(compute)},
		printed: []string{"2.33", "0.40"}, total: "2.73",
	}.check(t)
}

func TestWorkedExample2(t *testing.T) { // data processing, without the free tier
	q := quoted(t, EstimateInput{MemoryMB: 1024, Requests: 7_440_000, Duration: 2 * time.Second})
	gbSeconds(t, q.Usage.Compute, 14_880_000)
	published{
		amounts: []USD{q.Components.Compute, q.Components.Requests},
		printed: []string{"248.00", "1.49"}, total: "249.49",
	}.check(t)
	if got := q.Total.Decimal(2); got != "249.49" {
		t.Errorf("total is %s", q.Total.Exact())
	}
}

func TestWorkedExample3(t *testing.T) { // more ephemeral storage
	q := quoted(t, EstimateInput{
		MemoryMB: 4096, EphemeralMB: 2048, Requests: 6_000_000, Duration: 280 * ms, FreeTier: true,
	})
	gbSeconds(t, q.Usage.Compute, 6_720_000)
	gbSeconds(t, q.Usage.EphemeralStorage, 2_520_000)
	compute := of(t, X86, ComputePrice, 6_320_000*int64(GBSecond))
	requests := q.Total.Sub(compute).Sub(q.Components.EphemeralStorage)
	published{
		amounts: []USD{compute, requests, q.Components.EphemeralStorage},
		printed: []string{"105.33", "1.00", "0.08"}, total: "106.41",
	}.check(t)
	if got := q.Total.Decimal(2); got != "106.41" {
		t.Errorf("total is %s", q.Total.Exact())
	}
}

func TestWorkedExample4(t *testing.T) { // provisioned concurrency for a part of the day
	q := quoted(t, EstimateInput{
		MemoryMB: 1536, Requests: 3_000_000, Duration: 120 * ms, FreeTier: true,
		Provisioned: ProvisionedPlan{Concurrency: 100, Kept: 8 * time.Hour, Requests: 500_000, Duration: 100 * ms},
	})
	gbSeconds(t, q.Usage.Provisioned, 4_320_000)
	gbSeconds(t, q.Usage.ProvisionedRun, 75_000)
	gbSeconds(t, q.Usage.Compute, 450_000)
	on := of(t, X86, ProvisionedRunPrice, int64(q.Usage.ProvisionedRun))
	off := of(t, X86, ComputePrice, 50_000*int64(GBSecond))
	requests := q.Total.Sub(on).Sub(off).Sub(q.Components.Provisioned)
	published{
		amounts: []USD{q.Components.Provisioned, requests, on, off},
		printed: []string{"18.00", "0.40", "0.73", "0.83"}, total: "19.96",
	}.check(t)
	if got := q.Total.Decimal(2); got != "19.96" {
		t.Errorf("total is %s", q.Total.Exact())
	}
}

func TestWorkedExample5(t *testing.T) { // provisioned concurrency for a day
	q := quoted(t, EstimateInput{
		MemoryMB: 4096, Requests: 2_000_000, Duration: 280 * ms,
		Provisioned: ProvisionedPlan{Concurrency: 7, Kept: 24 * time.Hour, Requests: 2_000_000},
	})
	gbSeconds(t, q.Usage.Provisioned, 2_419_200)
	gbSeconds(t, q.Usage.ProvisionedRun, 2_240_000)
	published{
		amounts: []USD{q.Components.Provisioned, q.Components.Compute, q.Components.Requests},
		printed: []string{"10.08", "21.78", "0.40"}, total: "32.26",
	}.check(t)
	if got := q.Total.Decimal(2); got != "32.26" {
		t.Errorf("total is %s", q.Total.Exact())
	}
}

func TestWorkedExample6(t *testing.T) { // SnapStart, for 31 days
	q := quoted(t, EstimateInput{
		MemoryMB: 1024, Requests: 7_440_000, Duration: 2 * time.Second, InitRate: 0.01,
		SnapStart: SnapStartPlan{Versions: 1, Cached: 31 * 24 * time.Hour},
	})
	gbSeconds(t, q.Usage.SnapStartCache, 2_678_400)
	if q.Usage.SnapStartRestored != 74_400*1024 {
		t.Errorf("%d MB restored", q.Usage.SnapStartRestored)
	}
	cache := of(t, X86, SnapStartCachePrice, int64(q.Usage.SnapStartCache))
	published{
		amounts: []USD{q.Components.Compute, q.Components.Requests, cache, q.Components.SnapStart.Sub(cache)},
		printed: []string{"248.00", "1.49", "4.03", "10.40"}, total: "263.92",
	}.check(t)
	if got := q.Total.Decimal(2); got != "263.92" {
		t.Errorf("total is %s", q.Total.Exact())
	}
}

// Example 7 takes off the free requests and duration, but not the 100 GB of
// streaming that it mentions: the streamed part is priced without.
func TestWorkedExample7(t *testing.T) { // response streaming
	in := EstimateInput{MemoryMB: 1536, Requests: 3_000_000, Duration: 500 * ms, FreeTier: true}
	q := quoted(t, in)
	gbSeconds(t, q.Usage.Compute, 2_250_000)
	compute := of(t, X86, ComputePrice, 1_850_000*int64(GBSecond))

	in.Requests, in.StreamedBytes, in.FreeTier = 1_000_000, 7<<20, false
	streamed := quoted(t, in).Components.ResponseStreaming
	published{
		amounts: []USD{compute, q.Total.Sub(compute), streamed},
		printed: []string{"30.83", "0.40", "7.81"}, total: "39.04",
	}.check(t)

	in.FreeTier = true
	less := streamed.Sub(dollars(t, "0.8")) // 100 GB × $0.008
	free := quoted(t, in)
	in.StreamedBytes = 0
	if got := free.Total.Sub(quoted(t, in).Total); got != less {
		t.Errorf("with the free tier streaming costs %s, want %s", got.Exact(), less.Exact())
	}
}

func TestWorkedExample8(t *testing.T) { // durable functions, arm64
	bill := billed(t, true, Usage{
		Region: "us-east-1", Arch: ARM, Requests: 2_000_000, Compute: 32_000_000 * GBSecond,
	})
	compute := of(t, ARM, ComputePrice, 31_600_000*int64(GBSecond))
	const gb = 1 << 30
	published{
		amounts: []USD{
			compute, bill.Total.Sub(compute),
			of(t, ARM, DurableOperationPrice, 4_000_000),
			of(t, ARM, DurableWritePrice, 104*gb),
			of(t, ARM, DurableRetentionPrice, 728*gb/10),
		},
		printed: []string{"421.34", "0.20", "32.00", "26.00", "10.92"}, total: "490.46",
	}.check(t)
}

// Example 9 does not follow from the price list: the page rounds the price of
// an environment to $0.000167 and the duration, $333.334, up to $333.34. With
// the page's rounding its total comes out; ours is $368.67.
func TestWorkedExample9(t *testing.T) { // tenant isolation
	q := quoted(t, EstimateInput{MemoryMB: 1024, Requests: 10_000_000, Duration: 2 * time.Second})
	environments := of(t, X86, TenantIsolationPrice, 200_000*1024)
	exact := q.Total.Add(environments)
	if got := exact.Decimal(4); got != "368.6674" {
		t.Errorf("total is %s", got)
	}
	cent := dollars(t, "0.01")
	up := dollars(t, q.Components.Compute.Decimal(2)).Add(cent) // to the next cent
	published{
		amounts: []USD{q.Components.Requests, up, dollars(t, "0.000167").Times(200_000)},
		printed: []string{"2.00", "333.34", "33.40"}, total: "368.74",
	}.check(t)
	if up.Cmp(q.Components.Compute) <= 0 || up.Sub(q.Components.Compute).Cmp(cent) >= 0 {
		t.Errorf("%s is not the cent after %s", up, q.Components.Compute.Exact())
	}
}

func TestWorkedExample10(t *testing.T) { // managed instances
	bill := billed(t, false, Usage{Region: "us-east-1", Arch: ARM, Requests: 100_000_000})
	const hours = 2000
	published{
		amounts: []USD{
			bill.Total,
			dollars(t, "0.0457").Times(hours), // what the page pays for an m7g.xlarge
			ManagedInstanceFee(dollars(t, "0.1632"), hours*time.Hour),
		},
		printed: []string{"20.00", "91.40", "48.96"}, total: "160.36",
	}.check(t)
	for onDemand, fee := range map[string]string{"0.1632": "$0.02448", "0.1785": "$0.026775", "0.145": "$0.02175"} {
		if got := ManagedInstanceFee(dollars(t, onDemand), time.Hour).Exact(); got != fee {
			t.Errorf("the fee on $%s is %s, the page has %s", onDemand, got, fee)
		}
	}
	if ManagedInstanceFee(Unknown(), time.Hour).Known() || ManagedInstanceFee(dollars(t, "1"), -1).Known() {
		t.Error("a fee of the unknown is known")
	}
}

// Of example 11 only the SQS pollers are a test: the page's Kafka sum counts
// twice the requests it names. Its poller line is right.
func TestWorkedExample11(t *testing.T) { // event pollers
	q := quoted(t, EstimateInput{MemoryMB: 1024, Requests: 30_000_000, Duration: time.Second})
	published{
		amounts: []USD{q.Components.Compute, q.Components.Requests, of(t, X86, SQSPollerPrice, 8000*3600)},
		printed: []string{"500.00", "6.00", "74.00"}, total: "580.00",
	}.check(t)
	if got := of(t, X86, KafkaPollerPrice, 800*3600).Exact(); got != "$148.00" {
		t.Errorf("800 hours of Kafka pollers cost %s", got)
	}
}

func TestWorkedExample12(t *testing.T) { // Lambda@Edge
	q := quoted(t, EstimateInput{
		Region: Edge, MemoryMB: 128, Requests: 10_000_000, Duration: 10 * ms, FreeTier: true, // it has none
	})
	published{
		amounts: []USD{q.Components.Compute, q.Components.Requests},
		printed: []string{"0.63", "6.00"}, total: "6.63",
	}.check(t)
	if !q.Components.FreeTier.IsZero() {
		t.Errorf("the free tier takes off %v", q.Components.FreeTier)
	}
}

func TestWorkedExample13(t *testing.T) { // the old page
	q := quoted(t, EstimateInput{MemoryMB: 512, Requests: 3_000_000, Duration: time.Second, FreeTier: true})
	gbSeconds(t, q.Usage.Compute, 1_500_000)
	compute := of(t, X86, ComputePrice, 1_100_000*int64(GBSecond))
	requests := q.Total.Sub(compute)
	published{
		amounts: []USD{compute, requests},
		printed: []string{"18.33", "0.40"}, total: "18.73",
	}.check(t)

	old := Price{Item: ComputePrice, Tiers: []Tier{{USD: dollars(t, "0.00001667")}}}
	published{
		amounts: []USD{old.Of(1_100_000 * int64(GBSecond)), requests},
		printed: []string{"18.34", "0.40"}, total: "18.74",
	}.check(t)
}
