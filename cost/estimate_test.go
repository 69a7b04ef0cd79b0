package cost

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestEstimateComponents(t *testing.T) {
	const kb, mb = 1 << 10, 1 << 20
	base := EstimateInput{MemoryMB: 1024, Requests: 1_000_000, Duration: time.Second}
	for name, c := range map[string]struct {
		change func(*EstimateInput)
		want   Components
	}{
		"plain": {
			func(*EstimateInput) {},
			Components{Requests: dollars(t, "0.2"), Compute: dollars(t, "16.6667")},
		},
		"cold starts": {
			// 1 % × 1.5 s of init
			func(in *EstimateInput) { in.InitRate, in.InitDuration = 0.01, 1500*ms },
			Components{Requests: dollars(t, "0.2"), Compute: dollars(t, "16.6667"), Init: dollars(t, "0.2500005")},
		},
		"init and handler are rounded up together": {
			func(in *EstimateInput) {
				in.Duration, in.InitRate, in.InitDuration = 500*ms+400*time.Microsecond, 1, 500*ms+500*time.Microsecond
			},
			Components{
				Requests: dollars(t, "0.2"), Compute: dollars(t, "8.3500167"), Init: dollars(t, "8.33335"),
			},
		},
		"free tier": {
			func(in *EstimateInput) { in.FreeTier = true },
			Components{Requests: dollars(t, "0.2"), Compute: dollars(t, "16.6667"), FreeTier: dollars(t, "-6.86668")},
		},
		"asynchronous events": {
			func(in *EstimateInput) { in.AsyncEventBytes = 257 * kb },
			Components{Requests: dollars(t, "0.4"), Compute: dollars(t, "16.6667")},
		},
		"storage, cold starts included": {
			func(in *EstimateInput) {
				in.EphemeralMB, in.InitRate, in.InitDuration = 1536, 0.5, time.Second
			},
			Components{
				Requests: dollars(t, "0.2"), Compute: dollars(t, "16.6667"), Init: dollars(t, "8.33335"),
				EphemeralStorage: dollars(t, "0.04635"),
			},
		},
		"provisioned for 7 minutes is 10": {
			func(in *EstimateInput) {
				in.Requests = 0
				in.Provisioned = ProvisionedPlan{Concurrency: 2, Kept: 7 * time.Minute}
			},
			Components{Provisioned: dollars(t, "0.00500004")},
		},
		"provisioned for 10 minutes is 10": {
			func(in *EstimateInput) {
				in.Requests = 0
				in.Provisioned = ProvisionedPlan{Concurrency: 2, Kept: 10 * time.Minute}
			},
			Components{Provisioned: dollars(t, "0.00500004")},
		},
		"half on provisioned, no cold starts there": {
			func(in *EstimateInput) {
				in.Provisioned = ProvisionedPlan{Concurrency: 1, Kept: 5 * time.Minute, Requests: 500_000}
				in.InitRate, in.InitDuration = 1, time.Second
			},
			Components{
				Requests: dollars(t, "0.2"), Compute: dollars(t, "13.19445"), Init: dollars(t, "8.33335"),
				Provisioned: dollars(t, "0.00125001"),
			},
		},
		"SnapStart, an hour is three": {
			func(in *EstimateInput) {
				in.InitRate, in.InitDuration = 0.001, 200*ms
				in.SnapStart = SnapStartPlan{Versions: 2, Cached: time.Hour}
			},
			Components{
				Requests: dollars(t, "0.2"), Compute: dollars(t, "16.6667"), Init: dollars(t, "0.00333334"),
				SnapStart: dollars(t, "0.17229916"), // 21,600 GB-s and 1,000 GB restored
			},
		},
		"SnapStart rounds handler and restore apart": {
			func(in *EstimateInput) {
				in.Duration, in.InitRate, in.InitDuration = 500*ms+400*time.Microsecond, 1, 500*ms+500*time.Microsecond
				in.SnapStart = SnapStartPlan{Versions: 1, Java: true}
			},
			Components{
				Requests: dollars(t, "0.2"), Compute: dollars(t, "8.3500167"), Init: dollars(t, "8.3500167"),
			},
		},
		"SnapStart of Java is free": {
			func(in *EstimateInput) {
				in.InitRate, in.InitDuration = 0.001, 200*ms
				in.SnapStart = SnapStartPlan{Versions: 2, Cached: 1000 * time.Hour, Java: true}
			},
			Components{Requests: dollars(t, "0.2"), Compute: dollars(t, "16.6667"), Init: dollars(t, "0.00333334")},
		},
		"streaming up to 6 MB": {
			func(in *EstimateInput) { in.StreamedBytes = 6 * mb },
			Components{Requests: dollars(t, "0.2"), Compute: dollars(t, "16.6667")},
		},
		"streaming": {
			func(in *EstimateInput) { in.StreamedBytes = 7 * mb },
			Components{
				Requests: dollars(t, "0.2"), Compute: dollars(t, "16.6667"),
				ResponseStreaming: dollars(t, "7.8125"),
			},
		},
		"logs": {
			func(in *EstimateInput) { in.LogBytes = 400 },
			Components{
				Requests: dollars(t, "0.2"), Compute: dollars(t, "16.6667"),
				LogIngestion: dollars(t, "0.5").ratio(400_000_000, 1<<30),
			},
		},
	} {
		in := base
		c.change(&in)
		q := quoted(t, in)
		if q.Components != c.want {
			t.Errorf("%s:\n%+v, want\n%+v", name, q.Components, c.want)
		}
	}
}

func TestEstimateAverageAndMarginal(t *testing.T) {
	in := EstimateInput{MemoryMB: 1024, Requests: 2_000_000, Duration: time.Second, FreeTier: true}
	q := quoted(t, in)
	// 1 M requests and 1.6 M GB-s are paid for.
	for name, c := range map[string]struct {
		got  USD
		want string
	}{
		"total":          {q.Total, "$26.86672"},
		"per million":    {q.PerMillion, "$13.43336"},
		"per invocation": {q.PerInvocation, "$0.00001343336"},
		"next million":   {q.NextMillion, "$16.8667"},
	} {
		if got := c.got.Exact(); got != c.want {
			t.Errorf("%s is %s, want %s", name, got, c.want)
		}
	}
	in.Requests = 0
	if q := quoted(t, in); q.PerMillion.Known() || q.PerInvocation.Known() || !q.Total.IsZero() {
		t.Errorf("of no requests one costs %v", q.PerInvocation)
	}
}

func TestEstimateJSON(t *testing.T) {
	q := quoted(t, EstimateInput{
		Arch: ARM, MemoryMB: 512, Requests: 3_000_000, Duration: 120 * ms, InitRate: 0.01, InitDuration: 400 * ms,
	})
	got, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Total      float64 `json:"total_usd"`
		PerMillion float64 `json:"per_million_usd"`
		Per        float64 `json:"per_invocation_usd"`
		Components map[string]float64
		Region     string
		Arch       string
		PriceDate  string `json:"price_date"`
	}
	d := json.NewDecoder(strings.NewReader(string(got)))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	var sum float64
	for _, name := range []string{
		"requests", "compute", "init", "ephemeral_storage", "provisioned", "snapstart", "logs_ingestion", "free_tier",
	} {
		amount, ok := doc.Components[name]
		if !ok {
			t.Errorf("there is no component %q", name)
		}
		sum += amount
	}
	if len(doc.Components) != 8 || math.Abs(sum-doc.Total) > 1e-12 || math.Abs(doc.Per*1e6-doc.PerMillion) > 1e-12 {
		t.Errorf("%s: components add up to %v", got, sum)
	}
	if doc.Region != "us-east-1" || doc.Arch != "arm64" || doc.PriceDate != "2026-09-19" {
		t.Errorf("%s", got)
	}

	unknown, err := json.Marshal(quoted(t, EstimateInput{Region: "mars", MemoryMB: 512, Requests: 3, Duration: ms}))
	if want := `{"total_usd":null,"per_million_usd":null,"per_invocation_usd":null,"components":{"requests":null,` +
		`"compute":null,"init":0,"ephemeral_storage":0,"provisioned":0,"snapstart":0,"logs_ingestion":0,"free_tier":0},` +
		`"region":"mars","arch":"x86_64","price_date":""}`; err != nil || string(unknown) != want {
		t.Errorf("%s (%v), want\n%s", unknown, err, want)
	}
}

// An estimate is what the single invocations cost, times their number.
func TestEstimateIsTheSumOfInvocations(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for range 1000 {
		in := EstimateInput{
			Region: "sa-east-1", Arch: []Arch{X86, ARM}[r.IntN(2)], MemoryMB: 128 + r.IntN(10113), EphemeralMB: 512 + r.IntN(9729),
			Requests: 1 + r.Int64N(1000), Duration: time.Duration(1 + r.Int64N(int64(time.Minute))),
			InitRate: r.Float64(), InitDuration: time.Duration(r.Int64N(int64(time.Second))),
			AsyncEventBytes: r.Int64N(1 << 20),
		}
		one := InvocationInput{
			Region: in.Region, Arch: in.Arch, MemoryMB: in.MemoryMB, EphemeralMB: in.EphemeralMB,
			Duration: in.Duration, AsyncEventBytes: in.AsyncEventBytes,
		}
		warm := priced(t, one)
		one.Init = in.InitDuration
		coldPrice := priced(t, one)
		cold := share(in.InitRate, in.Requests)
		want := coldPrice.Total.Times(cold).Add(warm.Total.Times(in.Requests - cold))
		if q := quoted(t, in); q.Total != want {
			t.Fatalf("%+v costs %s, its invocations %s", in, q.Total.Exact(), want.Exact())
		}
	}
}

func TestEstimateIsMonotone(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for range 500 {
		in := EstimateInput{
			MemoryMB: 128 + r.IntN(10000), EphemeralMB: 512 + r.IntN(9000), Arch: ARM,
			Requests: 1 + r.Int64N(1<<34)>>r.IntN(34), Duration: time.Duration(1 + r.Int64N(int64(time.Minute))),
			InitRate: r.Float64() / 2, InitDuration: time.Duration(r.Int64N(int64(time.Second))),
			LogBytes: r.Int64N(1000), FreeTier: r.IntN(2) == 0,
		}
		base := quoted(t, in).Total
		for name, change := range map[string]func(*EstimateInput){
			"a request":      func(in *EstimateInput) { in.Requests++ },
			"a millisecond":  func(in *EstimateInput) { in.Duration += ms },
			"a MB":           func(in *EstimateInput) { in.MemoryMB++ },
			"a MB of /tmp":   func(in *EstimateInput) { in.EphemeralMB++ },
			"cold starts":    func(in *EstimateInput) { in.InitRate *= 2 },
			"slower init":    func(in *EstimateInput) { in.InitDuration += ms },
			"no free tier":   func(in *EstimateInput) { in.FreeTier = false },
			"x86_64":         func(in *EstimateInput) { in.Arch = X86 },
			"a byte of logs": func(in *EstimateInput) { in.LogBytes++ },
		} {
			more := in
			change(&more)
			if got := quoted(t, more).Total; got.Cmp(base) < 0 {
				t.Fatalf("%s more: %s after %s (%+v)", name, got.Exact(), base.Exact(), in)
			}
		}
	}
}

func TestShareOfColdStarts(t *testing.T) {
	for _, c := range []struct {
		rate float64
		n    int64
		want int64
	}{
		{0, 1000, 0},
		{1, math.MaxInt64, math.MaxInt64},
		{0.01, 7_440_000, 74_400},
		{0.1, 10_000_000, 1_000_000},
		{0.5, 1, 1},
		{0.4999, 1, 0},
		{0.5, math.MaxInt64, 1 << 62},
		{5e-324, math.MaxInt64, 0},
		{0.3, 0, 0},
	} {
		if got := share(c.rate, c.n); got != c.want {
			t.Errorf("%v of %d is %d, want %d", c.rate, c.n, got, c.want)
		}
	}
}

func TestEstimateRefuses(t *testing.T) {
	fine := EstimateInput{Region: "us-east-1", Arch: X86, MemoryMB: 128, Requests: 10, Duration: ms}
	for name, c := range map[string]struct {
		field  string
		change func(*EstimateInput)
	}{
		"no memory":           {"memory", func(in *EstimateInput) { in.MemoryMB = 0 }},
		"little memory":       {"memory", func(in *EstimateInput) { in.MemoryMB = 127 }},
		"much memory":         {"memory", func(in *EstimateInput) { in.MemoryMB = 10241 }},
		"little storage":      {"ephemeral storage", func(in *EstimateInput) { in.EphemeralMB = 511 }},
		"much storage":        {"ephemeral storage", func(in *EstimateInput) { in.EphemeralMB = 10241 }},
		"negative requests":   {"requests", func(in *EstimateInput) { in.Requests = -1 }},
		"no duration":         {"duration", func(in *EstimateInput) { in.Duration = 0 }},
		"negative duration":   {"duration", func(in *EstimateInput) { in.Duration = -ms }},
		"endless duration":    {"duration", func(in *EstimateInput) { in.Duration = math.MaxInt64 }},
		"negative init":       {"init duration", func(in *EstimateInput) { in.InitDuration = -1 }},
		"negative init rate":  {"init rate", func(in *EstimateInput) { in.InitRate = -0.1 }},
		"init rate above 1":   {"init rate", func(in *EstimateInput) { in.InitRate = 1.1 }},
		"init rate NaN":       {"init rate", func(in *EstimateInput) { in.InitRate = math.NaN() }},
		"init rate infinite":  {"init rate", func(in *EstimateInput) { in.InitRate = math.Inf(1) }},
		"large event":         {"asynchronous event", func(in *EstimateInput) { in.AsyncEventBytes = 1 << 21 }},
		"negative response":   {"response size", func(in *EstimateInput) { in.StreamedBytes = -1 }},
		"negative logs":       {"log size", func(in *EstimateInput) { in.LogBytes = -1 }},
		"negative kept ready": {"provisioned concurrency", func(in *EstimateInput) { in.Provisioned.Concurrency = -1 }},
		"negative kept":       {"provisioned time", func(in *EstimateInput) { in.Provisioned.Kept = -1 }},
		"negative run":        {"provisioned duration", func(in *EstimateInput) { in.Provisioned.Duration = -1 }},
		"more run than asked": {
			"requests on provisioned concurrency", func(in *EstimateInput) { in.Provisioned.Requests = 11 },
		},
		"negative versions": {"SnapStart versions", func(in *EstimateInput) { in.SnapStart.Versions = -1 }},
		"negative cached":   {"SnapStart time", func(in *EstimateInput) { in.SnapStart.Cached = -1 }},
		"too many requests": {"memory-time", func(in *EstimateInput) { in.Requests = math.MaxInt64 }},
		"too many logs":     {"log bytes", func(in *EstimateInput) { in.LogBytes = math.MaxInt64 }},
		"too much streamed": {"streamed bytes", func(in *EstimateInput) { in.StreamedBytes = math.MaxInt64 }},
	} {
		in := fine
		c.change(&in)
		q, err := Estimate(in)
		var wrong *InputError
		if !errors.As(err, &wrong) || wrong.Field != c.field || wrong.Error() == "" || q != (Quote{}) {
			t.Errorf("%s: %+v, %v", name, q, err)
		}
	}
}

func TestEstimateOfHugeWorkloads(t *testing.T) {
	q := quoted(t, EstimateInput{MemoryMB: 10240, Requests: 1_000_000_000_000, Duration: 900 * ms})
	// 9 × 10^12 GB-s, nearly all that can be counted, in the third tier.
	want := big.NewRat(9_000_000_000_000-15_000_000_000, 1)
	want.Mul(want, big.NewRat(133_334, 10_000_000_000)).Add(want, big.NewRat(2_350_002, 10))
	if got := exactly(t, q.Components.Compute); got.Cmp(want) != 0 {
		t.Errorf("costs %s, want %s", got.FloatString(10), want.FloatString(10))
	}
	if q.NextMillion.Exact() != "$120.2006" { // 9 M GB-s and a million requests
		t.Errorf("a million more cost %s", q.NextMillion.Exact())
	}
	// One more step does not fit.
	if _, err := Estimate(EstimateInput{
		Region: "us-east-1", Arch: X86, MemoryMB: 10240, Requests: 1_000_000_000_000, Duration: time.Second,
	}); err == nil {
		t.Error("more than can be counted has a price")
	}
}

func FuzzEstimate(f *testing.F) {
	f.Add("us-east-1", "arm64", 512, 1024, int64(3_000_000), int64(120e6), 0.01, int64(4e8), int64(0), int64(10), int64(3.6e12), int64(400), true)
	f.Add("eu-west-1", "x86_64", 10240, 10240, int64(1e12), int64(9e8), 1.0, int64(1), int64(1<<20), int64(1<<40), int64(9e17), int64(1<<62), false)
	f.Add("", "", -1, 0, int64(math.MinInt64), int64(math.MaxInt64), math.NaN(), int64(-1), int64(-1), int64(-1), int64(-1), int64(-1), true)
	f.Fuzz(func(t *testing.T, region, arch string, memory, storage int, requests, duration int64, rate float64,
		init, event, concurrency, kept, bytes int64, free bool,
	) {
		q, err := Estimate(EstimateInput{
			Region: region, Arch: Arch(arch), MemoryMB: memory, EphemeralMB: storage,
			Requests: requests, Duration: time.Duration(duration), InitRate: rate, InitDuration: time.Duration(init),
			AsyncEventBytes: event, StreamedBytes: bytes, LogBytes: bytes, FreeTier: free,
			Provisioned: ProvisionedPlan{Concurrency: concurrency, Kept: time.Duration(kept), Requests: requests / 3},
			SnapStart:   SnapStartPlan{Versions: concurrency, Cached: time.Duration(kept)},
		})
		if err != nil {
			if _, ok := errors.AsType[*InputError](err); !ok {
				t.Fatal(err)
			}
			return
		}
		if q.Components.Total() != q.Total {
			t.Fatalf("%+v", q)
		}
		for name, amount := range q.Components.All() {
			if amount.Known() && (amount.Sign() < 0) != (name == "free_tier" && amount.Sign() != 0) {
				t.Fatalf("%s is %s", name, amount.Exact())
			}
		}
		if q.Total.Sign() < 0 {
			t.Fatalf("total is %s", q.Total.Exact())
		}
		if _, err := json.Marshal(q); err != nil {
			t.Fatal(err)
		}
	})
}
