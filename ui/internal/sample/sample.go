// Package sample makes snapshots for the tests of views: a fleet in which
// there is something to see, the same at each run.
package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
)

// Now is the time of the samples.
func Now() time.Time { return time.Date(2026, 11, 23, 14, 3, 25, 0, time.UTC) }

// Window is the window of the samples' rows.
func Window() sources.Window { return sources.Window{Since: time.Hour} }

// Account is the account of the samples.
const Account = "123456789012"

// Regions are the regions of the samples.
func Regions() []string { return []string{"us-east-1", "eu-west-1"} }

type kind struct {
	name, runtime string
	memory        int
	rate          float64 // invocations a minute
	p50           time.Duration
	errors, cold  float64 // shares
	init          time.Duration
	arch          sources.Architecture
}

func kinds() []kind {
	const ms = time.Millisecond
	return []kind{
		{"checkout-api", "nodejs22.x", 1024, 12402, 34 * ms, 0.002, 0.008, 612 * ms, sources.X86},
		{"image-resize", "python3.13", 2048, 46, 410 * ms, 0.041, 0.184, 1840 * ms, sources.ARM},
		{"orders-consumer", "java21", 1769, 3120, 88 * ms, 0, 0, 340 * ms, sources.X86},
		{"session-store", "nodejs22.x", 512, 2204, 12 * ms, 0.0003, 0.004, 410 * ms, sources.ARM},
		{"search-indexer", "python3.12", 3008, 640, 1920 * ms, 0.012, 0.03, 2210 * ms, sources.X86},
		{"auth-token-verify", "provided.al2023", 256, 5120, 4 * ms, 0, 0.001, 62 * ms, sources.ARM},
		{"invoice-pdf", "", 4096, 14, 6400 * ms, 0.07, 0.52, 4100 * ms, sources.X86},
		{"nightly-report", "python3.13", 1024, 0, 0, 0, 0, 0, sources.X86},
		{"webhook-fanout", "nodejs20.x", 256, 318, 55 * ms, 0.0, 0.022, 380 * ms, sources.X86},
		{"geo-lookup", "dotnet8", 512, 77, 8 * ms, 0.0, 0.09, 720 * ms, sources.ARM},
		{"video-transcode-dispatcher", "ruby3.3", 1536, 41, 740 * ms, 0.005, 0.11, 890 * ms, sources.X86},
		{"etl-hourly", "java17", 8192, 2, 38 * time.Second, 0, 0.9, 5200 * ms, sources.X86},
	}
}

// Functions makes n functions with figures over Window.
func Functions(n int) []*fleet.Function {
	rng := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // the same at each run
	all := kinds()
	list := make([]*fleet.Function, 0, n)
	for i := range n {
		k := all[i%len(all)]
		if i >= len(all) {
			k.name = fmt.Sprintf("%s-%03d", k.name, i/len(all))
			k.rate = math.Floor(k.rate * math.Pow(0.71, float64(i%17)) * rng.Float64())
		}
		list = append(list, function(k, i, rng))
	}
	return list
}

func function(k kind, i int, rng *rand.Rand) *fleet.Function {
	region := Regions()[0]
	if i%4 == 3 {
		region = Regions()[1]
	}
	id := sources.FunctionID{Cloud: sources.AWS, Account: Account, Region: region, Name: k.name}
	f := &fleet.Function{ID: id, Configured: true, Reader: id.Scope()}
	f.Config = sources.Function{
		ID: id, ARN: "arn:aws:lambda:" + region + ":" + Account + ":function:" + k.name, Runtime: k.runtime,
		Architecture: k.arch, MemoryMB: k.memory, EphemeralMB: 512, Timeout: 30 * time.Second,
		PackageType: sources.PackageZip, CodeSize: 4_800_000, LastModified: Now().AddDate(0, 0, -3-i%40),
		Version: "$LATEST", State: "Active", LogGroup: "/aws/lambda/" + k.name, LogFormat: sources.LogText,
		Tracing: sources.TracingActive,
	}
	if k.runtime == "" {
		f.Config.PackageType = sources.PackageImage
	}
	if k.name == "image-resize" {
		f.Config.LastModified = time.Date(2026, 11, 23, 13, 31, 12, 0, time.UTC)
	}
	return f.WithRow(Window(), row(k, rng))
}

// lag is how far metrics are behind.
const lag = 2

func row(k kind, rng *rand.Rand) fleet.Row {
	start, end := Window().At(Now())
	const age = 84 * time.Second
	r := fleet.Row{Start: start, End: end, Step: time.Minute, Through: Now().Add(-age), MetricsAge: sources.Some(age)}
	phase := rng.Float64() * 6
	total := 0.0
	for m := range 60 {
		if m >= 60-lag {
			r.PerMinute = append(r.PerMinute, math.NaN())
			continue
		}
		v := k.rate * (0.55 + 0.4*math.Sin(phase+float64(m)/9) + 0.1*rng.Float64())
		if burst := float64(m) - phase*9; burst > 0 && burst < 6 && k.cold > 0.1 {
			v *= 3
		}
		v = math.Round(max(v, 0))
		r.PerMinute = append(r.PerMinute, v)
		total += v
	}
	r.LastMinute = sources.Some(r.PerMinute[59-lag])
	n := int64(total)
	r.Invocations, r.Throttles = sources.Some(n), sources.Some(int64(0))
	r.Errors = sources.Some(int64(math.Round(total * k.errors)))
	if k.errors > 0.02 {
		r.Throttles = sources.Some(int64(12))
	}
	if n == 0 {
		return r
	}
	r.P50, r.P95, r.P99 = sources.Some(k.p50), sources.Some(k.p50*7/2), sources.Some(k.p50*10)
	r.Average = sources.Some(k.p50 * 13 / 10)
	r.DurationSum = sources.Some(k.p50 * 13 / 10 * time.Duration(n))
	r.ColdStarts = sources.Some(int64(math.Round(total * k.cold)))
	r.ColdRate = sources.Some(k.cold)
	if k.cold > 0 {
		r.InitP50, r.InitP95 = sources.Some(k.init*8/10), sources.Some(k.init)
	}
	perCall := 0.20e-6 + (k.p50*13/10).Seconds()*float64(k.memory)/1024*0.0000166667
	r.CostPerMillion, r.CostUSD = sources.Some(perCall*1e6), sources.Some(perCall*total)
	return r
}

// Places are both regions, open and read to their end.
func Places(functions int) []fleet.Place {
	var all []fleet.Place
	for i, region := range Regions() {
		n := functions / 4
		if i == 0 {
			n = functions - n
		}
		good := fleet.Health{Good: Now().Add(-3 * time.Second)}
		all = append(all, fleet.Place{
			Label: region, Cloud: sources.AWS, Region: region, Account: Account, State: fleet.Open,
			Listed: n, Complete: true, Catalog: good, Metrics: good, Logs: good, Traces: good,
			Changes: good, Tags: good, Triggers: good,
			Limits: sources.Some(sources.ConcurrencyLimits{Total: 1100, Unreserved: 1000}),
		})
	}
	return all
}

// Bill is a bill with some calls on it.
func Bill() meter.Bill {
	ops := []meter.Op{
		{Name: "cloudwatch:GetMetricData", Calls: 42, Metrics: 2210, BytesIn: 1_840_223, BytesOut: 220_100, USD: 0.0221, Busy: 4 * time.Second},
		{Name: "cloudwatch:ListMetrics", Calls: 3, BytesIn: 88_210, Busy: 300 * time.Millisecond},
		{Name: "lambda:ListFunctions", Calls: 21, BytesIn: 2_404_100, Busy: 2 * time.Second},
		{Name: "logs:FilterLogEvents", Calls: 311, Throttles: 4, Retries: 4, Errors: 4, BytesIn: 9_220_400, Busy: 31 * time.Second},
		{Name: "sts:GetCallerIdentity", Calls: 2, BytesIn: 1_200, Busy: 90 * time.Millisecond},
	}
	uses := []meter.Op{
		{Name: "rows on the screen", Calls: 28, Metrics: 1900, BytesIn: 1_640_223, BytesOut: 190_100, USD: 0.019, Busy: 3 * time.Second},
		{Name: "rows off the screen", Calls: 14, Metrics: 310, BytesIn: 200_000, BytesOut: 30_000, USD: 0.0031, Busy: time.Second},
		{Name: "cold starts of rows", Calls: 311, Throttles: 4, Retries: 4, Errors: 4, BytesIn: 9_220_400, Busy: 31 * time.Second},
		{Name: "names of functions", Calls: 24, BytesIn: 2_492_310, Busy: 2300 * time.Millisecond},
		{Name: "credentials and accounts", Calls: 2, BytesIn: 1_200, Busy: 90 * time.Millisecond},
	}
	b := meter.Bill{Since: Now().Add(-17 * time.Minute), Ops: ops, Uses: uses, PerHour: 0.078}
	for _, op := range ops {
		b.Total.Calls += op.Calls
		b.Total.Errors += op.Errors
		b.Total.Throttles += op.Throttles
		b.Total.Retries += op.Retries
		b.Total.Metrics += op.Metrics
		b.Total.BytesIn += op.BytesIn
		b.Total.BytesOut += op.BytesOut
		b.Total.USD += op.USD
		b.Total.Busy += op.Busy
	}
	return b
}

// Head is the part of a snapshot that is not functions.
func Head(functions int) fleet.Snapshot {
	return fleet.Snapshot{At: Now(), Places: Places(functions), Bill: Bill(), MetricsPerHour: 7800, Settled: true, Demand: math.MaxInt32}
}

// Fleet is a snapshot of n functions, of which image-resize is focused.
func Fleet(n int) *fleet.Snapshot {
	functions := Functions(n)
	lines := map[sources.FunctionID]map[sources.InvocationKey]*fleet.Lines{}
	traces := map[poll.TraceRef]*fleet.Trace{}
	for i, f := range functions {
		if f.ID.Name == "image-resize" {
			functions[i] = Focus(f)
			lines[f.ID] = Lines(functions[i])
			traces[poll.TraceRef{Scope: f.ID.Scope(), ID: TraceID}] = Trace()
		}
	}
	head := Head(n)
	head.Journal = Journal(1, 1240)
	return fleet.Assemble(head, functions, lines, traces)
}

// Focused is the function of the samples whose detail is known.
func Focused() sources.FunctionID {
	return sources.FunctionID{Cloud: sources.AWS, Account: Account, Region: Regions()[0], Name: "image-resize"}
}
