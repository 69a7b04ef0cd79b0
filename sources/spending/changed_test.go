package spending_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/spending"
)

// weeks is usage of which the last two weeks are of so many requests, ms and
// bytes an hour each.
func weeks(fn sources.Function, before, after [3]float64) spending.Usage {
	span := spending.SpanAt(moment())
	u := spending.NewUsage([]sources.Function{fn}, span)
	used := &u.Used[0]
	hours := span.Hours()
	for _, list := range []*[]float64{&used.Requests, &used.Milliseconds, &used.Provisioned, &used.LogBytes} {
		*list = make([]float64, hours)
	}
	full := int(span.Now.Sub(span.Start) / time.Hour)
	for i := full - 2*7*24; i < full; i++ {
		v := before
		if i >= full-7*24 {
			v = after
		}
		used.Requests[i], used.Milliseconds[i], used.LogBytes[i] = v[0], v[0]*v[1], v[0]*v[2]
	}
	return u
}

func TestWhatChanged(t *testing.T) {
	fn := function("1", "us-east-1", "f")
	const request, gbs = 0.2e-6, 0.0000166667
	for _, tc := range []struct {
		what          string
		before, after [3]float64
		memory        []spending.MemoryStep
		cause         spending.Cause
		want          float64
	}{
		{"traffic", [3]float64{100, 99.5, 0}, [3]float64{150, 99.5, 0}, nil, spending.CauseTraffic, 168 * 50 * (request + 0.1*gbs)},
		{"less traffic", [3]float64{100, 99.5, 0}, [3]float64{50, 99.5, 0}, nil, spending.CauseTraffic, -168 * 50 * (request + 0.1*gbs)},
		{"duration", [3]float64{100, 99.5, 0}, [3]float64{100, 199.5, 0}, nil, spending.CauseDuration, 168 * 100 * 0.1 * gbs},
		{
			"memory",
			[3]float64{100, 99.5, 0},
			[3]float64{100, 99.5, 0},
			[]spending.MemoryStep{{MB: 512}, {At: time.Date(2026, 11, 11, 11, 59, 0, 0, time.UTC), MB: 1024}},
			spending.CauseMemory, 168 * 100 * 0.1 * gbs / 2,
		},
		{"logs", [3]float64{100, 99.5, 1 << 20}, [3]float64{100, 99.5, 3 << 20}, nil, spending.CauseLogs, 168 * 100 * 2.0 / 1024 * 0.5},
		{"new", [3]float64{}, [3]float64{100, 99.5, 0}, nil, spending.CauseNew, 168 * 100 * (request + 0.1*gbs)},
		{"gone", [3]float64{100, 99.5, 0}, [3]float64{}, nil, spending.CauseGone, -168 * 100 * (request + 0.1*gbs)},
	} {
		usage := weeks(fn, tc.before, tc.after)
		usage.Used[0].Memory = tc.memory
		c := spending.Compare(usage)
		if len(c.Lines) != 1 || len(c.Lines[0].Causes) != 1 || c.Lines[0].Causes[0].Cause != tc.cause {
			t.Errorf("%s: %+v", tc.what, c.Lines)
			continue
		}
		if got, ok := c.Lines[0].Causes[0].USD.Float64(); !ok || math.Abs(got-tc.want) > 1e-6*math.Abs(tc.want) {
			t.Errorf("%s: %v, want %v", tc.what, got, tc.want)
		}
	}
	if c := spending.Compare(weeks(fn, [3]float64{100, 50, 10}, [3]float64{100, 50, 10})); len(c.Lines) != 0 {
		t.Errorf("nothing changed: %+v", c.Lines)
	}
}

// TestCausesAddUp: to the last unit, whatever changes with whatever.
func TestCausesAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		some := func() [3]float64 {
			if r.IntN(10) == 0 {
				return [3]float64{}
			}
			return [3]float64{math.Round(r.ExpFloat64() * 1000), r.ExpFloat64() * 300, r.ExpFloat64() * 4000}
		}
		usage := weeks(function("1", "us-east-1", "f"), some(), some())
		usage.Used[0].Memory = []spending.MemoryStep{{MB: 128 << r.IntN(5)}, {At: moment().AddDate(0, 0, -r.IntN(12)), MB: 128 << r.IntN(5)}}
		for i := range usage.Used[0].Provisioned {
			usage.Used[0].Provisioned[i] = usage.Used[0].Requests[i] * math.Round(r.Float64()*4) / 4
		}
		for _, d := range spending.Compare(usage).Lines {
			var sum cost.USD
			for _, p := range d.Causes {
				sum = sum.Add(p.USD)
			}
			if sum != d.USD() || !sum.Known() {
				t.Fatalf("causes add up to %v, the difference is %v: %+v", sum.Exact(), d.USD().Exact(), d)
			}
		}
	}
}

func TestUnknownWeeksAreNotCompared(t *testing.T) {
	usage := weeks(function("1", "us-east-1", "f"), [3]float64{1, 1, 1}, [3]float64{2, 2, 2})
	usage.Used[0].Requests[len(usage.Used[0].Requests)-20] = math.NaN()
	if c := spending.Compare(usage); c.Unknown != 1 || len(c.Lines) != 0 {
		t.Errorf("%+v", c)
	}
}

func TestWhatIf(t *testing.T) {
	fn := function("1", "us-east-1", "f")
	usage := sampled(read(t, &steady{requests: 3600, ms: 99.5, bytes: 1000}, fn), spending.Sample{
		Requests: 1000, Cold: 10, Init: 10 * 500 * time.Millisecond, InitMean: sources.Some(500 * time.Millisecond),
		MaxMemoryMB: sources.Some(300),
	})
	const n, gbs, arm = 3600 * 730, 0.0000166667, 0.0000133334
	handler, init := n*0.1, n*0.005
	got := make(map[string]spending.Option)
	for _, o := range spending.WhatIf(usage, 0) {
		got[string(o.Setting)+" "+o.To] = o
	}
	for what, want := range map[string][2]float64{
		"memory 512 MB":            {-(handler + init) / 2 * gbs, 0},
		"memory 2048 MB":           {0, (handler + init) * gbs},
		"arm64 arm64":              {-(handler + init) * (gbs - arm), -(handler + init) * (gbs - arm)},
		"logs half the bytes":      {-n * 1000.0 / (1 << 30) * 0.5 / 2, -n * 1000.0 / (1 << 30) * 0.5 / 2},
		"provisioned 1 kept ready": {730*3600*0.0000041667 + handler*(0.0000097222-gbs) - init*gbs, 730 * 3600 * 0.0000041667},
	} {
		o, ok := got[what]
		low, high := o.Low.Or(math.NaN()), o.High.Or(math.NaN())
		if !ok || !(math.Abs(low-want[0]) < 1e-4*math.Abs(want[0])+1e-9) || !(math.Abs(high-want[1]) < 1e-4*math.Abs(want[1])+1e-9) {
			t.Errorf("%s: %v to %v, want %v (there are %v)", what, low, high, want, got)
		}
	}
	if o := got["provisioned 1 kept ready"]; o.Faster.Or(0) != -5*time.Millisecond {
		t.Errorf("cold starts of 500ms for one in a hundred: %v", o.Faster)
	}
	if _, ok := got["snapstart on one version"]; ok {
		t.Error("SnapStart for Node.js")
	}

	// Memory it has had is observed; memory that it would not fit in is left out.
	usage.Used[0].Memory = []spending.MemoryStep{{MB: 512}, {At: usage.Span.Month, MB: 1024}}
	s := usage.Used[0].Sample.Or(spending.Sample{})
	s.MaxMemoryMB = sources.Some(500)
	usage.Used[0].Sample = sources.Some(s)
	for _, o := range spending.WhatIf(usage, 0) {
		if o.Setting == spending.SetMemory && o.To == "512 MB" && (o.Basis != spending.Observed || o.Slower.Or(-1) != 0) {
			t.Errorf("%+v", o)
		}
	}
	usage.Used[0].Memory = nil
	for _, o := range spending.WhatIf(usage, 0) {
		if o.To == "512 MB" {
			t.Errorf("500 MB are used: %+v", o)
		}
	}
	usage.Used[0].Requests[len(usage.Used[0].Requests)-30] = math.NaN()
	if all := spending.WhatIf(usage, 0); all != nil {
		t.Errorf("of an unknown hour: %+v", all)
	}
}

func TestMemorySteps(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }
	got := spending.MemorySteps([]sources.Change{
		{Kind: sources.ChangeConfiguration, Time: at(9), What: "timeout 30 s, memory 2048 MB, environment"},
		{Kind: sources.ChangeConfiguration, Time: at(8), What: "/tmp 1024 MB"},
		{Kind: sources.ChangeCode, Time: at(7), What: "memory 1 MB"},
		{Kind: sources.ChangeConfiguration, Time: at(6), What: "memory 99999999999 MB"},
		{Kind: sources.ChangeCreated, Time: at(5), What: "memory 512 MB"},
	})
	if want := []spending.MemoryStep{{At: at(5), MB: 512}, {At: at(9), MB: 2048}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestReadMemory gives each function its own changes, also those of a reading
// that was cut short.
func TestReadMemory(t *testing.T) {
	a, b := function("1", "us-east-1", "a"), function("1", "us-east-1", "b")
	usage := spending.NewUsage([]sources.Function{a, b}, spending.SpanAt(moment()))
	cut := errors.New("cut short")
	if err := spending.ReadMemory(t.Context(), changes{err: cut, all: []sources.Change{
		{Function: a.ID, Kind: sources.ChangeConfiguration, Time: moment(), What: "memory 2048 MB"},
		{Function: a.ID, Kind: sources.ChangeConfiguration, Time: moment().AddDate(0, 0, -9), What: "memory 1024 MB"},
	}}, &usage); !errors.Is(err, cut) {
		t.Errorf("error %v", err)
	}
	if got := usage.Used[0].Memory; len(got) != 2 || got[0].MB != 1024 || len(usage.Used[1].Memory) != 0 {
		t.Errorf("%v, %v", got, usage.Used[1].Memory)
	}
}

type changes struct {
	all []sources.Change
	err error
}

func (c changes) Changes(_ context.Context, _, _ time.Time, page func(sources.ChangePage) error) error {
	return errors.Join(page(sources.ChangePage{Changes: c.all}), c.err)
}
