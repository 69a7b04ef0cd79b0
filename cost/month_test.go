package cost

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// anyUsage gives usage of several regions and architectures, some of it in
// the upper tiers, all of it with known prices.
func anyUsage(r *rand.Rand) Usage {
	count := func(most int64) int64 { return r.Int64N(most) >> r.IntN(40) }
	u := Usage{
		Region:           []string{"us-east-1", "eu-west-1", "eu-central-2", "ap-east-1"}[r.IntN(4)],
		Arch:             []Arch{X86, ARM}[r.IntN(2)],
		Requests:         count(1 << 34),
		Compute:          MemoryTime(count(1e15)),
		Init:             MemoryTime(count(1e13)),
		Spillover:        MemoryTime(count(1e12)),
		EphemeralStorage: MemoryTime(count(1e14)),
	}
	if u.Region == "us-east-1" {
		u.Compute *= 40
		u.Provisioned, u.ProvisionedRun = MemoryTime(count(1e14)), MemoryTime(count(1e14))
		u.SnapStartCache, u.SnapStartRestored = MemoryTime(count(1e14)), count(1e10)
		u.StreamedBytes, u.LogBytes = count(1<<42), count(1<<46)
	}
	return u
}

func anyMonth(r *rand.Rand) []Usage {
	usage := make([]Usage, 1+r.IntN(12))
	for i := range usage {
		usage[i] = anyUsage(r)
	}
	return usage
}

func TestMonthAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 2000 {
		usage := anyMonth(r)
		for _, freeTier := range []bool{false, true} {
			bill := billed(t, freeTier, usage...)
			var lines Components
			for _, line := range bill.Lines {
				lines = lines.Add(line)
				if line.FreeTier.Sign() > 0 || line.Total().Sign() < 0 {
					t.Fatalf("a line of %+v", line)
				}
			}
			if lines != bill.Components || lines.Total() != bill.Total || !bill.Total.Known() {
				t.Fatalf("lines add up to %+v, bill is %+v", lines, bill)
			}
			if !freeTier && !bill.Components.FreeTier.IsZero() {
				t.Fatalf("no free tier takes off %v", bill.Components.FreeTier)
			}
		}
	}
}

// The bill is that of pools: it does not matter how usage is cut into lines,
// nor in which order they come.
func TestMonthDoesNotDependOnLines(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for range 500 {
		usage := anyMonth(r)
		// Without the free tier: sharing it out rounds to whole MB·ms.
		whole := billed(t, false, usage...)
		shuffled := slices.Clone(usage)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		half := shuffled[0]
		half.Compute /= 3
		half.Requests /= 2
		other := shuffled[0]
		other.Compute -= half.Compute
		other.Requests -= half.Requests
		other.Init, other.Spillover, other.EphemeralStorage = 0, 0, 0
		other.Provisioned, other.ProvisionedRun, other.SnapStartCache = 0, 0, 0
		other.SnapStartRestored, other.StreamedBytes, other.LogBytes = 0, 0, 0
		shuffled[0] = half
		cut := billed(t, false, append(shuffled, other)...)
		if cut.Total != whole.Total {
			t.Fatalf("%s in one, %s in parts", whole.Total.Exact(), cut.Total.Exact())
		}
	}
}

func TestMonthIsMonotone(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for range 500 {
		usage := anyMonth(r)
		for _, freeTier := range []bool{false, true} {
			base := billed(t, freeTier, usage...)
			for name, grow := range map[string]func(*Usage){
				"request": func(u *Usage) { u.Requests++ },
				"compute": func(u *Usage) { u.Compute++ },
				"init":    func(u *Usage) { u.Init++ },
				"storage": func(u *Usage) { u.EphemeralStorage++ },
			} {
				more := slices.Clone(usage)
				grow(&more[r.IntN(len(more))])
				grown := billed(t, freeTier, more...)
				step := grown.Total.Sub(base.Total)
				if !freeTier && step.Sign() <= 0 {
					t.Fatalf("one more %s costs %s", name, step.Exact())
				}
				// The free tier is shared out in whole requests and MB·ms: one
				// of each line can move to another price.
				slack := dollars(t, "0.0000000005")
				if name == "request" {
					slack = dollars(t, "0.000001")
				}
				if step.Add(slack).Sign() < 0 {
					t.Fatalf("with the free tier one more %s costs %s", name, step.Exact())
				}
			}
		}
	}
}

func TestOneRequestMore(t *testing.T) {
	one := dollars(t, "0.0000002")
	for _, c := range []struct {
		requests int64
		step     USD // of the next one
	}{
		{0, USD{}}, {999_999, USD{}}, {1_000_000, one}, {1_000_001, one}, {1 << 50, one},
	} {
		u := Usage{Region: "us-east-1", Arch: ARM, Requests: c.requests}
		got, err := Marginal([]Usage{u}, Usage{Region: "us-east-1", Arch: ARM, Requests: 1}, true)
		if err != nil || got.Total() != c.step {
			t.Errorf("after %d requests one more costs %v (%v), want %v", c.requests, got.Total(), err, c.step)
		}
	}
}

// One MB·ms at the edge of the free tier and of the tiers, which are counted
// after the free tier has been taken off.
func TestOneMemoryTimeMore(t *testing.T) {
	const billion = 1_000_000_000 * GBSecond
	rate := func(s string) USD { return dollars(t, s).ratio(1, int64(GBSecond)) }
	for _, c := range []struct {
		used     MemoryTime
		freeTier bool
		step     USD
	}{
		{0, true, USD{}},
		{freeCompute - 1, true, USD{}},
		{freeCompute, true, rate("0.0000166667")},
		{6*billion - 1, false, rate("0.0000166667")},
		{6 * billion, false, rate("0.000015")},
		{6 * billion, true, rate("0.0000166667")},
		{6*billion + freeCompute - 1, true, rate("0.0000166667")},
		{6*billion + freeCompute, true, rate("0.000015")},
		{15 * billion, false, rate("0.0000133334")},
	} {
		for _, more := range []Usage{{Compute: 1}, {Init: 1}} {
			used := Usage{Region: "us-east-1", Arch: X86, Compute: c.used}
			more.Region, more.Arch = used.Region, used.Arch
			got, err := Marginal([]Usage{used}, more, c.freeTier)
			if err != nil || got.Total() != c.step {
				t.Errorf("after %s (free tier %v) one MB·ms more costs %s (%v), want %s",
					c.used, c.freeTier, got.Total().Exact(), err, c.step.Exact())
			}
		}
	}
}

func TestTiersArePerRegionAndArchitecture(t *testing.T) {
	const most = 6_000_000_000 * GBSecond
	split := billed(t, false,
		Usage{Region: "us-east-1", Arch: X86, Compute: most},
		Usage{Region: "us-east-1", Arch: ARM, Compute: most},
		Usage{Region: "us-east-2", Arch: X86, Compute: most},
	)
	for i, want := range []string{"100000.20", "80000.40", "100000.20"} {
		if got := split.Lines[i].Compute.Decimal(2); got != want {
			t.Errorf("line %d costs %s, want %s: all are in the first tier", i, got, want)
		}
	}
	// Two functions of one pool pay its average price.
	one := billed(t, false,
		Usage{Region: "us-east-1", Arch: X86, Compute: most},
		Usage{Region: "us-east-1", Arch: X86, Init: most},
	)
	if got := one.Total.Decimal(2); got != "190000.20" {
		t.Errorf("twice the first tier costs %s", got)
	}
	if one.Lines[0].Compute.Decimal(2) != "95000.10" || one.Lines[1].Init.Decimal(2) != "95000.10" {
		t.Errorf("it is shared out as %v and %v", one.Lines[0].Compute, one.Lines[1].Init)
	}
	average, marginal := one.Total.ratio(int64(GBSecond), int64(2*most)), "$0.000015"
	price, _ := PriceOf("us-east-1", X86, ComputePrice)
	if got := price.Marginal(int64(2 * most)).Exact(); got != marginal || average.String() != "$0.0000158" {
		t.Errorf("average %s, marginal %s", average, got)
	}
}

// Log data is tiered by region, whatever wrote it.
func TestLogTiersArePerRegion(t *testing.T) {
	const tb = 1 << 40
	bill := billed(t, false,
		Usage{Region: "us-east-1", Arch: X86, LogBytes: 10 * tb},
		Usage{Region: "us-east-1", Arch: ARM, LogBytes: 20 * tb},
	)
	if got := bill.Total.Exact(); got != "$10,240.00" { // 10 TB at $0.50 and 20 TB at $0.25
		t.Errorf("30 TB cost %s", got)
	}
}

func TestFreeTierIsOnePerAccount(t *testing.T) {
	// 300,000 + 300,000 + 200,000 GB-s in two regions and on both architectures:
	// half of each line is free.
	usage := []Usage{
		{Region: "us-east-1", Arch: X86, Requests: 1_000_000, Compute: 200_000 * GBSecond, Init: 100_000 * GBSecond},
		{Region: "us-east-1", Arch: ARM, Requests: 600_000, Compute: 300_000 * GBSecond},
		{Region: "ap-east-1", Arch: X86, Requests: 400_000, Compute: 200_000 * GBSecond},
	}
	bill := billed(t, true, usage...)
	for i, want := range []string{
		"-2.60000500000", // 500,000 × $0.20/M + 150,000 × $0.0000166667
		"-2.06001000000",
		"-2.34800000000",
	} {
		if got := bill.Lines[i].FreeTier.Decimal(11); got != want {
			t.Errorf("line %d: %s is free, want %s", i, got, want)
		}
	}
	before := billed(t, false, usage...)
	if bill.Components.Compute != before.Components.Compute || bill.Components.Init != before.Components.Init {
		t.Error("components are not before the free tier")
	}
	if got := before.Total.Add(bill.Components.FreeTier); got != bill.Total {
		t.Errorf("total is %s, want %s", bill.Total.Exact(), got.Exact())
	}
}

func TestFreeTierIsUsedToTheLastUnit(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for range 2000 {
		weights := make([]int64, 1+r.IntN(20))
		var all int64
		for i := range weights {
			weights[i] = r.Int64N(1<<40) >> r.IntN(41)
			all += weights[i]
		}
		grant := min(all, r.Int64N(1<<42)>>r.IntN(42))
		var given int64
		for i, share := range allot(grant, weights, all) {
			if share < 0 || share > weights[i] {
				t.Fatalf("%d of a weight of %d", share, weights[i])
			}
			given += share
		}
		if given != grant {
			t.Fatalf("%d of %d are given", given, grant)
		}
	}
}

func TestFreeTierCovers(t *testing.T) {
	const gb = 1 << 30
	for name, c := range map[string]struct {
		usage Usage
		free  string // taken off
	}{
		"requests":        {Usage{Requests: 3_000_000}, "$0.20"},
		"few requests":    {Usage{Requests: 500_000}, "$0.10"},
		"compute":         {Usage{Compute: freeCompute, Init: freeCompute}, "$6.66668"},
		"logs":            {Usage{LogBytes: 8 * gb}, "$2.50"},
		"streaming":       {Usage{StreamedBytes: 300 * gb}, "$0.80"},
		"spillover":       {Usage{Spillover: freeCompute}, "$0.00"},
		"provisioned":     {Usage{Provisioned: freeCompute, ProvisionedRun: freeCompute}, "$0.00"},
		"storage":         {Usage{EphemeralStorage: freeCompute}, "$0.00"},
		"SnapStart":       {Usage{SnapStartCache: freeCompute, SnapStartRestored: 1024}, "$0.00"},
		"compute at edge": {Usage{Region: Edge, Compute: freeCompute, Requests: 1000}, "$0.00"},
	} {
		u := c.usage
		u.Arch = X86
		if u.Region == "" {
			u.Region = "us-east-1"
		}
		bill := billed(t, true, u)
		if got := bill.Components.FreeTier.Neg().Exact(); got != c.free {
			t.Errorf("%s: %s is free, want %s", name, got, c.free)
		}
		if !bill.Total.Known() {
			t.Errorf("%s: total is unknown", name)
		}
	}
}

func TestMonthWithUnknownPrices(t *testing.T) {
	bill := billed(t, true,
		Usage{Region: "us-east-1", Arch: X86, Requests: 2_000_000, Compute: GBSecond},
		Usage{Region: "mars", Arch: X86, Requests: 2_000_000},
		Usage{Region: "il-central-1", Arch: ARM, Requests: 1, Compute: GBSecond, Spillover: GBSecond},
		Usage{Region: "mars", Arch: X86},
		Usage{Region: "us-east-2", Arch: X86, LogIABytes: 1 << 30},
		Usage{Region: "us-east-1", Arch: X86, LogIABytes: 1 << 30},
	)
	for i, want := range []bool{true, false, false, true, true, false} {
		if got := bill.Lines[i].Total().Known(); got != want {
			t.Errorf("line %d is known: %v, want %v", i, got, want)
		}
	}
	if bill.Total.Known() || bill.Components.Requests.Known() || bill.Components.Compute.Known() {
		t.Errorf("total %v, requests %v, compute %v", bill.Total, bill.Components.Requests, bill.Components.Compute)
	}
	if got := bill.Components.EphemeralStorage; !got.IsZero() {
		t.Errorf("no storage costs %v", got)
	}
	if got := bill.Lines[2].Requests.Exact(); got != "$0.00000021" {
		t.Errorf("a request in il-central-1 costs %s", got)
	}
}

// A line in the pool of an unknown price that has nothing free owes nothing
// unknown to the free tier.
func TestMonthSpilloverOfUnknownPrice(t *testing.T) {
	bill := billed(t, true,
		Usage{Region: "il-central-1", Arch: ARM, Compute: GBSecond},
		Usage{Region: "il-central-1", Arch: ARM, Spillover: GBSecond},
	)
	if bill.Lines[0].FreeTier.Known() || !bill.Lines[1].FreeTier.IsZero() {
		t.Errorf("free are %v and %v", bill.Lines[0].FreeTier, bill.Lines[1].FreeTier)
	}
}

func TestMonthRefuses(t *testing.T) {
	for name, usage := range map[string][]Usage{
		"negative requests":      {{Requests: -1}},
		"negative compute":       {{Compute: -1}},
		"negative init":          {{Init: math.MinInt64}},
		"negative spillover":     {{Spillover: -1}},
		"negative run":           {{ProvisionedRun: -1}},
		"negative provisioned":   {{Provisioned: -1}},
		"negative storage":       {{EphemeralStorage: -1}},
		"negative cache":         {{SnapStartCache: -1}},
		"negative restores":      {{SnapStartRestored: -1}},
		"negative stream":        {{StreamedBytes: -1}},
		"negative logs":          {{LogBytes: -1}},
		"negative cheap logs":    {{LogIABytes: -1}},
		"compute beyond 2^63":    {{Compute: math.MaxInt64, Init: 1}},
		"spillover beyond 2^63":  {{Compute: math.MaxInt64, Spillover: 1}},
		"a pool beyond 2^63":     {{Requests: math.MaxInt64}, {Requests: 1}},
		"an account beyond 2^63": {{Region: "a", Requests: math.MaxInt64}, {Region: "b", Requests: 1}},
	} {
		bill, err := Month(usage, true)
		var wrong *InputError
		if !errors.As(err, &wrong) || !bill.Total.IsZero() || bill.Lines != nil {
			t.Errorf("%s: %+v, %v", name, bill, err)
		}
		if _, err := Marginal(usage, Usage{}, true); err == nil {
			t.Errorf("%s: no error before", name)
		}
	}
	if _, err := Marginal(nil, Usage{Requests: -1}, true); err == nil {
		t.Error("negative usage is added")
	}
	if bill := billed(t, true); !bill.Total.IsZero() || len(bill.Lines) != 0 {
		t.Errorf("no usage: %+v", bill)
	}
}

// The largest usage that can be counted has a price.
func TestMonthOfTheLargestUsage(t *testing.T) {
	bill := billed(t, false, Usage{
		Region: "us-east-1", Arch: X86, Requests: math.MaxInt64, Compute: math.MaxInt64,
		EphemeralStorage: math.MaxInt64, Provisioned: math.MaxInt64, ProvisionedRun: math.MaxInt64,
		SnapStartCache: math.MaxInt64, SnapStartRestored: math.MaxInt64,
		StreamedBytes: math.MaxInt64, LogBytes: math.MaxInt64,
	})
	for name, amount := range bill.Components.All() {
		if !amount.Known() || amount.Sign() < 0 {
			t.Errorf("%s costs %v", name, amount)
		}
	}
	want := new(big.Rat).Mul(big.NewRat(math.MaxInt64, 1), big.NewRat(2, 10_000_000))
	if got := exactly(t, bill.Components.Requests); got.Cmp(want) != 0 {
		t.Errorf("requests cost %s", got.FloatString(10))
	}
}

func TestHold(t *testing.T) {
	for _, c := range []struct {
		mb    int
		d     time.Duration
		times int64
		want  MemoryTime
		text  string
	}{
		{2048, 1924 * ms, 1, 2048 * 1924, "3.848 GB-s"},
		{1024, time.Second, 3, 3 * GBSecond, "3 GB-s"},
		{128, 1, 1, 128, "0.000125 GB-s"},
		{1769, ms + 1, 1, 3538, "0.003455078125 GB-s"},
		{1, ms, 1, 1, "0.0000009765625 GB-s"},
		{128, time.Second, 0, 0, "0 GB-s"},
	} {
		got, err := Hold(c.mb, c.d, c.times)
		if err != nil || got != c.want || got.String() != c.text {
			t.Errorf("%d MB for %v, %d times, is %d, %q (%v)", c.mb, c.d, c.times, got, got, err)
		}
	}
	if got := (3 * GBSecond / 2).GBSeconds(); got != 1.5 {
		t.Errorf("%v GB-s", got)
	}
	for _, c := range []struct {
		mb    int
		d     time.Duration
		times int64
	}{{-1, 1, 1}, {1, -1, 1}, {1, 1, -1}, {1 << 40, time.Hour, 1 << 20}, {1024, math.MaxInt64, 1 << 40}} {
		if got, err := Hold(c.mb, c.d, c.times); err == nil {
			t.Errorf("%+v is %v", c, got)
		}
	}
}
