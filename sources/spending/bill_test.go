package spending_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/spending"
)

func bill(t *testing.T, usage spending.Usage, o spending.Options) spending.Report {
	t.Helper()
	r, err := spending.Bill(usage, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// read reads functions of one scope from a fake.
func read(t *testing.T, from *steady, functions ...sources.Function) spending.Usage {
	t.Helper()
	usage := spending.NewUsage(functions, spending.SpanAt(moment()))
	if err := spending.Read(t.Context(), from, &usage); !errors.Is(err, from.err) {
		t.Fatal(err)
	}
	return usage
}

func sampled(usage spending.Usage, s spending.Sample) spending.Usage {
	for i := range usage.Used {
		usage.Used[i].Sample, usage.Used[i].Kept = sources.Some(s), sources.Some(0)
	}
	return usage
}

// TestBillByHand holds a bill against arithmetic done apart: 420 hours of the
// month to 18 November 12:00.
func TestBillByHand(t *testing.T) {
	usage := sampled(
		read(t, &steady{requests: 10_000, ms: 100, bytes: 1024}, function("1", "us-east-1", "f")),
		spending.Sample{Requests: 1000, Cold: 10, Init: 5 * time.Second, Reports: 100, Rounding: sources.Some(250 * time.Microsecond)},
	)
	const n = 420 * 10_000
	r := bill(t, usage, spending.Options{})
	c := r.Lines[0].Components
	for _, tc := range []struct {
		what string
		got  cost.USD
		want float64
	}{
		{"requests", c.Requests, n * 0.2e-6},
		{"compute", c.Compute, n * 0.10025 * 0.0000166667},
		{"init", c.Init, n * 0.005 * 0.0000166667},
		{"logs", c.LogIngestion, n * 1024.0 / (1 << 30) * 0.5},
		{"free tier", c.FreeTier, 0},
	} {
		if got, ok := tc.got.Float64(); !ok || math.Abs(got-tc.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", tc.what, got, tc.want)
		}
	}
	if rounding := r.Lines[0].Correction.Rounding.Or(-1); math.Abs(rounding-n*0.00025*0.0000166667) > 1e-9 {
		t.Errorf("rounding %v", rounding)
	}
	// A steady month comes to its hours, and last month had 744.
	f := r.Lines[0].Forecast.Or(spending.Range{})
	date, _ := r.Lines[0].ToDate.Float64()
	if want := date / 420 * 720; math.Abs(f.Value-want) > 0.001*want || f.Low > f.Value || f.Value > f.High {
		t.Errorf("forecast %+v, want %v", f, want)
	}
	if last, _ := r.Lines[0].LastMonth.Float64(); math.Abs(last-date/420*744) > 1e-6 {
		t.Errorf("last month %v, want %v", last, date/420*744)
	}
	if r.Lines[0].AtLeast || r.Missing.Any() || r.PriceDate == "" {
		t.Errorf("%+v %+v %q", r.Lines[0], r.Missing, r.PriceDate)
	}
}

// TestSumsAreExact: components add up to lines and lines to the total to the
// last unit, with free tiers of two accounts and without.
func TestSumsAreExact(t *testing.T) {
	usage := sampled(daily(append(many(40), function("222222222222", "us-east-1", "g")), spending.SpanAt(moment())),
		spending.Sample{Requests: 7, Cold: 1, Init: 333 * time.Millisecond})
	for _, o := range []spending.Options{{}, {FreeTier: true}, {FreeTier: true, OnePayer: true}} {
		r := bill(t, usage, o)
		var sum cost.USD
		for _, l := range r.Lines {
			var line cost.USD
			for _, usd := range l.Components.All() {
				if usd.Known() {
					line = line.Add(usd)
				}
			}
			if line != l.ToDate {
				t.Errorf("%v: %s: components are %v, to date %v", o, l.Function.Name, line, l.ToDate)
			}
			sum = sum.Add(l.ToDate)
		}
		var components cost.USD
		for _, usd := range r.Total.Components.All() {
			components = components.Add(usd)
		}
		if sum != r.Total.ToDate || components != sum {
			t.Errorf("%v: lines are %v, components %v, total %v", o, sum, components, r.Total.ToDate)
		}
	}
}

// TestFreeTierIsTheAccounts: an account under it pays nothing, one a request
// above pays for one, and two accounts have two unless one pays for both.
func TestFreeTierIsTheAccounts(t *testing.T) {
	at := func(accounts []string, requests float64, o spending.Options) cost.USD {
		var functions []sources.Function
		for _, a := range accounts {
			fn := function(a, "us-east-1", "f")
			functions = append(functions, fn)
		}
		u := spending.NewUsage(functions, spending.SpanAt(moment()))
		for i := range u.Used {
			hours := u.Span.Hours()
			u.Used[i].Requests, u.Used[i].Milliseconds = make([]float64, hours), make([]float64, hours)
			u.Used[i].Provisioned, u.Used[i].LogBytes = make([]float64, hours), make([]float64, hours)
			u.Used[i].Requests[hours-2] = requests
			u.Used[i].Sample = sources.Some(spending.Sample{Requests: requests, Rounding: sources.Some(time.Duration(0))})
		}
		return bill(t, u, o).Total.ToDate
	}
	free, one := spending.Options{FreeTier: true}, []string{"1"}
	perRequest, _ := cost.PriceOf("us-east-1", cost.X86, cost.RequestPrice)
	for _, tc := range []struct {
		what string
		got  cost.USD
		want cost.USD
	}{
		{"at the free tier", at(one, 1e6, free), cost.USD{}},
		{"one above", at(one, 1e6+1, free), perRequest.Of(1)},
		{"without", at(one, 1e6, spending.Options{}), perRequest.Of(1e6)},
		{"two accounts at theirs", at([]string{"1", "2"}, 1e6, free), cost.USD{}},
		{"two with one payer", at([]string{"1", "2"}, 1e6, spending.Options{FreeTier: true, OnePayer: true}), perRequest.Of(1e6)},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %v, want %v", tc.what, tc.got, tc.want)
		}
	}
}

// TestWhatIsMissingIsSaid loses answers, and looks for what is unknown then and
// what stands.
func TestWhatIsMissingIsSaid(t *testing.T) {
	of := func(name string, m sources.Metric) func(sources.MetricQuery) bool {
		return func(q sources.MetricQuery) bool {
			return q.Metric == m && (q.Function.Name == name || strings.HasSuffix(q.LogGroup, name))
		}
	}
	denied := &sources.Error{Op: "cloudwatch:GetMetricData", Kind: sources.Denied}
	for what, from := range map[string]*steady{
		"denied":  {requests: 100, ms: 10, bytes: 10, lost: of("lost", sources.MetricDuration), err: denied},
		"partial": {requests: 100, ms: 10, bytes: 10, partly: of("lost", sources.MetricIncomingBytes)},
		"nothing": {requests: 100, ms: 10, bytes: 10, lost: of("lost", sources.MetricInvocations), err: denied},
	} {
		usage := sampled(read(t, from, function("1", "us-east-1", "kept"), function("1", "us-east-1", "lost")), spending.Sample{Requests: 1})
		if what == "partial" { // the hour that is missing is one of the month
			usage.Used[1].LogBytes[0], usage.Used[1].LogBytes[usage.Span.Hours()-3] = 1, math.NaN()
		}
		r := bill(t, usage, spending.Options{})
		kept, lost := r.Lines[0], r.Lines[1]
		if !kept.ToDate.Known() || !kept.Forecast.Known() || r.Total.ToDate != kept.ToDate {
			t.Errorf("%s: what was read does not stand: %+v", what, kept)
		}
		if lost.ToDate.Known() || lost.Forecast.Known() || lost.Components.Compute.Known() || len(lost.Notes) == 0 {
			t.Errorf("%s: what was not read is known: %+v", what, lost)
		}
		if r.Missing.Functions != 1 || r.Missing.Hours < 1 || !r.Total.AtLeast {
			t.Errorf("%s: %+v", what, r.Missing)
		}
	}
}

// TestUnknownComponentsAreLeftOut: init without a sample, logs of a group that
// is shared or has no price, provisioned concurrency and SnapStart.
func TestUnknownComponentsAreLeftOut(t *testing.T) {
	two, shared := function("1", "us-east-1", "two"), function("1", "us-east-1", "shared")
	shared.LogGroup = two.LogGroup
	snap := function("1", "us-east-1", "snap")
	snap.SnapStart = true
	abroad := function("1", "eu-west-1", "abroad")
	nowhere := function("1", "xx-nowhere-1", "nowhere")
	usage := read(t, &steady{requests: 100, ms: 10, bytes: 1e6}, two, shared, snap, abroad, nowhere)
	for i := range usage.Used {
		usage.Used[i].Kept = sources.Some(0)
	}
	usage.Used[2].Kept = sources.Opt[int]{}
	usage.Used[2].Provisioned[usage.Span.Hours()-5] = 50
	r := bill(t, usage, spending.Options{FreeTier: true})
	if got := len(r.Lines); got != 6 || r.Lines[5].Group != two.LogGroup {
		t.Fatalf("%d lines: the shared group has none", got)
	}
	for i, tc := range []struct {
		init, logs, kept, snap bool // known
	}{
		{false, false, true, true},
		{false, false, true, true},
		{false, true, false, false},
		{false, false, true, true},
	} {
		c := r.Lines[i].Components
		if c.Init.Known() != tc.init || c.LogIngestion.Known() != tc.logs || c.Provisioned.Known() != tc.kept || c.SnapStart.Known() != tc.snap {
			t.Errorf("%s: %+v", r.Lines[i].Function.Name, c)
		}
		if !r.Lines[i].AtLeast || !r.Lines[i].ToDate.Known() {
			t.Errorf("%s: at least %v", r.Lines[i].Function.Name, r.Lines[i].ToDate)
		}
	}
	if r.Lines[4].ToDate.Known() || len(r.Missing.Regions) != 1 || r.Missing.Regions[0] != "xx-nowhere-1" {
		t.Errorf("a region without prices: %+v %+v", r.Lines[4], r.Missing)
	}
	if m := r.Missing; m.Init != 4 || m.Provisioned != 1 || m.SnapStart != 1 || m.LogPrice != 1 || m.InitCompute <= 0 {
		t.Errorf("%+v", m)
	}
	if r.Total.Components.Init.Known() || !r.Total.Components.LogIngestion.Known() {
		t.Errorf("%+v", r.Total.Components)
	}
	// What it keeps ready is known once the settings are.
	usage.Used[2].Kept = sources.Some(3)
	kept, ok := bill(t, usage, spending.Options{}).Lines[2].Components.Provisioned.Float64()
	if want := 3 * 5 * 3600 * 0.0000041667; !ok || math.Abs(kept-want) > 1e-9 {
		t.Errorf("kept ready %v, want %v", kept, want)
	}
}

// TestNothingKnownIsNotNothing: what is denied is no zero, neither in total nor
// last month, forecast or change; nor is the nothing of those that are known to
// be silent while the rest is unknown.
func TestNothingKnownIsNotNothing(t *testing.T) {
	denied := &sources.Error{Op: "cloudwatch:GetMetricData", Kind: sources.Denied}
	from := &steady{requests: 100, ms: 10, lost: func(sources.MetricQuery) bool { return true }, err: denied}
	usage := read(t, from, function("1", "us-east-1", "a"), function("1", "us-east-1", "b"))
	for range 2 {
		r := bill(t, usage, spending.Options{})
		total := r.Total
		if total.ToDate.Known() || total.Components.Requests.Known() || total.LastMonth.Known() || total.Forecast.Known() {
			t.Errorf("%+v", total)
		}
		if !total.AtLeast || !total.ForecastAtLeast || !total.LastMonthAtLeast {
			t.Errorf("%+v", total)
		}
		if usd := r.Changed.Total.USD(); usd.Known() && r.Changed.Unknown == 2 {
			t.Errorf("changed by %v", usd)
		}
		silent := read(t, &steady{}, function("1", "us-east-1", "silent"))
		usage = spending.Join(usage, silent)
	}
	// A component that is left out is missing in all of them.
	r := bill(t, read(t, &steady{requests: 100, ms: 10, bytes: 1}, function("1", "us-east-1", "f")), spending.Options{})
	if !r.Total.ForecastAtLeast || !r.Total.LastMonthAtLeast || !r.Lines[0].LastMonthAtLeast || !r.Total.LastMonth.Known() || !r.Total.Forecast.Known() {
		t.Errorf("%+v", r.Total)
	}
	r = bill(t, sampled(read(t, &steady{requests: 100, ms: 10, bytes: 1}, function("1", "us-east-1", "f")), spending.Sample{Requests: 1}), spending.Options{})
	if r.Total.AtLeast || r.Total.ForecastAtLeast || r.Total.LastMonthAtLeast || r.Lines[0].LastMonthAtLeast {
		t.Errorf("%+v", r.Total)
	}
}

// TestHoursArePaidOnce reads again an hour later: only what was not final is
// asked for, and the bill is as if all had been read at once.
func TestHoursArePaidOnce(t *testing.T) {
	from := &steady{requests: 100, ms: 10, bytes: 10}
	usage := read(t, from, function("1", "us-east-1", "f"))
	from.windows = nil
	later := usage.At(spending.SpanAt(moment().Add(time.Hour)))
	if err := spending.Read(t.Context(), from, &later); err != nil {
		t.Fatal(err)
	}
	for _, w := range from.windows {
		if w.End.Sub(w.Start) > 2*time.Hour {
			t.Errorf("asked again from %v to %v", w.Start, w.End)
		}
	}
	fresh := spending.NewUsage([]sources.Function{function("1", "us-east-1", "f")}, later.Span)
	if err := spending.Read(t.Context(), from, &fresh); err != nil {
		t.Fatal(err)
	}
	if a, b := bill(t, later, spending.Options{}), bill(t, fresh, spending.Options{}); a.Total.ToDate != b.Total.ToDate || !a.Total.ToDate.Known() {
		t.Errorf("%v, and read at once %v", a.Total.ToDate, b.Total.ToDate)
	}
	// The next month begins anew, with what it shares with this one.
	next := usage.At(spending.SpanAt(moment().AddDate(0, 0, 20)))
	if got := len(next.Used[0].Requests); got != next.Span.Hours() || next.Used[0].Requests[0] != 100 || !math.IsNaN(next.Used[0].Requests[got-1]) {
		t.Errorf("%d hours, %v, %v", got, next.Used[0].Requests[0], next.Used[0].Requests[got-1])
	}
}

// TestForecastIsAfterTheFreeTier, also where logs have no price.
func TestForecastIsAfterTheFreeTier(t *testing.T) {
	for _, region := range []string{"us-east-1", "eu-west-1"} {
		usage := sampled(read(t, &steady{requests: 10_000, ms: 99.5, bytes: 1000}, function("1", region, "f")), spending.Sample{Requests: 1})
		value := func(free bool) float64 {
			return bill(t, usage, spending.Options{FreeTier: free}).Total.Forecast.Or(spending.Range{}).Value
		}
		free := 1e6*0.2e-6 + 400_000*0.0000166667
		if region == "us-east-1" {
			free += 5 * 0.5
		}
		if got := value(false) - value(true); math.Abs(got-free) > 0.001 {
			t.Errorf("%s: the free tier takes %v off, want %v", region, got, free)
		}
	}
}

// TestTheMonthBegins: before its first minute is final there is nothing to pay,
// and last month is known.
func TestTheMonthBegins(t *testing.T) {
	usage := daily(many(3), spending.SpanAt(time.Date(2026, 11, 1, 0, 3, 0, 0, time.UTC)))
	r := bill(t, usage, spending.Options{FreeTier: true})
	if !r.Total.ToDate.IsZero() || r.Total.LastMonth.Sign() <= 0 || r.Total.Forecast.Or(spending.Range{}).Value <= 0 {
		t.Errorf("%+v", r.Total)
	}
}

func BenchmarkBill2000FunctionsSixRegions(b *testing.B) {
	usage := daily(many(2000), spending.SpanAt(moment()))
	b.ReportAllocs()
	for b.Loop() {
		r, err := spending.Bill(usage, spending.Options{FreeTier: true})
		if err != nil || !r.Total.ToDate.Known() {
			b.Fatal(err)
		}
	}
}
