package spending_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"fntop/sources/spending"
)

// halved is usage of a function of 2048 MB and 100 ms that had 1024 MB and
// 200 ms until six days ago. Only the change is known.
func halved(t *testing.T) (usage spending.Usage, at time.Time) {
	t.Helper()
	fn := function("1", "us-east-1", "f")
	fn.MemoryMB = 2048
	usage = sampled(read(t, &steady{requests: 1000, ms: 99.5}, fn, function("1", "us-east-1", "other")), spending.Sample{Requests: 1})
	at = moment().Truncate(time.Hour).AddDate(0, 0, -6)
	used := &usage.Used[0]
	for i := range used.Milliseconds {
		if usage.Span.Start.Add(time.Duration(i) * time.Hour).Before(at) {
			used.Milliseconds[i] = 1000 * 199.5
		}
	}
	used.Memory = []spending.MemoryStep{{At: at, MB: 2048}}
	return usage, at
}

// TestMemoryBeforeTheOldestChange: what it was is not known, so that compute of
// those hours is in no sum, and nothing is above the truth.
func TestMemoryBeforeTheOldestChange(t *testing.T) {
	usage, at := halved(t)
	const gbs = 0.0000166667
	r := bill(t, usage, spending.Options{})
	l := r.Lines[0]
	hours := usage.Span.Now.Sub(at).Hours()
	if got, ok := l.Components.Compute.Float64(); !ok || math.Abs(got-hours*1000*0.1*2*gbs) > 1e-6 {
		t.Errorf("compute of %v known hours: %v, %v", hours, got, ok)
	}
	blind := int(at.Sub(usage.Span.Month).Hours())
	if !l.AtLeast || !l.LastMonthAtLeast || r.Missing.Memory != 1 || r.Missing.MemoryHours != blind || !r.Total.AtLeast {
		t.Errorf("at least %v, last month %v, %+v", l.AtLeast, l.LastMonthAtLeast, r.Missing)
	}
	if !strings.Contains(strings.Join(l.Notes, "\n"), "memory before 12 November 12:00 UTC is not known") {
		t.Errorf("notes %q", l.Notes)
	}
	// What is to come is at today's memory, and costs the same each hour.
	date, _ := l.ToDate.Float64()
	rest := (720 - 420) * (1000*0.1*2*gbs + 1000*0.2e-6)
	if f := l.Forecast.Or(spending.Range{}); math.Abs(f.Value-date-rest) > 0.001*rest || f.Low > f.Value || f.High < f.Value {
		t.Errorf("forecast %+v, want %v", f, date+rest)
	}
	if l.LastMonth.Sign() <= 0 {
		t.Errorf("the requests of last month are known: %v", l.LastMonth)
	}
	if c := spending.Compare(usage); c.Unknown != 1 || len(c.Lines) != 0 {
		t.Errorf("a week of unknown memory is compared: %+v", c)
	}
	if all := spending.WhatIf(usage, 0); all != nil {
		t.Errorf("what if after six days: %+v", all)
	}
	if days := usage.Days(0); !math.IsNaN(days[0].USD) || math.IsNaN(days[0].Requests) || math.IsNaN(days[len(days)-1].USD) {
		t.Errorf("days %+v and %+v", days[0], days[len(days)-1])
	}

	// With no hour of known memory compute is unknown and not nothing.
	usage.Used[0].Memory[0].At = moment().Add(-time.Minute)
	if l := bill(t, usage, spending.Options{}).Lines[0]; l.Components.Compute.Known() || !l.Components.Requests.Known() || l.Forecast.Known() || len(l.Notes) < 2 {
		t.Errorf("%+v", l)
	}
}

// TestReportsTellTheMemoryBefore: as far back as they go, or as all changes are
// known.
func TestReportsTellTheMemoryBefore(t *testing.T) {
	usage, at := halved(t)
	const gbs = 0.0000166667
	seen := at.AddDate(0, 0, -2)
	sampled(usage, spending.Sample{Requests: 1, Memory: []spending.MemorySeen{{From: seen, To: at.Add(-time.Hour), MB: 1024}, {From: at, To: moment(), MB: 2048}}})
	compute := func() float64 {
		usd, _ := bill(t, usage, spending.Options{}).Lines[0].Components.Compute.Float64()
		return usd
	}
	if got, want := compute(), 8*24*1000*0.2*gbs; math.Abs(got-want) > 1e-6 {
		t.Errorf("compute of eight days %v, want %v", got, want)
	}
	usage.Used[0].MemorySince = usage.Span.Start
	if got, want := compute(), 420*1000*0.2*gbs; math.Abs(got-want) > 1e-6 {
		t.Errorf("compute of all hours %v, want %v", got, want)
	}
	if r := bill(t, usage, spending.Options{}); r.Lines[0].AtLeast || r.Missing.Any() {
		t.Errorf("%+v, %+v", r.Lines[0], r.Missing)
	}
	// Twice the memory for half as long is no change of the cost.
	c := spending.Compare(usage)
	if len(c.Lines) != 0 {
		t.Errorf("%+v", c.Lines)
	}
}

// TestGoingBackIsHeldAgainstToday: against how long it takes at today's memory,
// and not at all there was.
func TestGoingBackIsHeldAgainstToday(t *testing.T) {
	usage, at := halved(t)
	usage.Used[0].Memory = []spending.MemoryStep{{MB: 1024}, {At: at, MB: 2048}}
	options := spending.WhatIf(usage, 0)
	i := slices.IndexFunc(options, func(o spending.Option) bool { return o.Setting == spending.SetMemory && o.To == "1024 MB" })
	if i < 0 {
		t.Fatalf("%+v", options)
	}
	o := options[i]
	if usd := o.Low.Or(math.NaN()); o.Basis != spending.Observed || !(math.Abs(usd) < 1e-6) || o.Low != o.High || o.Slower.Or(0) != 100*time.Millisecond {
		t.Errorf("%v to %v, %v slower, %s", o.Low, o.High, o.Slower, o.Basis)
	}
	// Of a handful of runs nothing is held against anything.
	usage.Used[0].Memory[1].At = moment().Add(-time.Minute)
	for _, o := range spending.WhatIf(usage, 0) {
		if o.Setting == spending.SetMemory {
			t.Errorf("%+v", o)
		}
	}
}

// TestReportsShowMemory reads it from REPORT lines.
func TestReportsShowMemory(t *testing.T) {
	usage := read(t, &steady{requests: 100, ms: 10}, function("1", "us-east-1", "f"))
	raised := moment().AddDate(0, 0, -3).Truncate(time.Hour)
	if err := spending.ReadSamples(t.Context(), &reports{raised: raised}, &usage, spending.SampleOptions{}); err != nil {
		t.Fatal(err)
	}
	s, _ := usage.Used[0].Sample.Get()
	if len(s.Memory) != 2 || s.Memory[0].MB != 512 || s.Memory[1].MB != 1024 {
		t.Fatalf("%+v", s.Memory)
	}
	first, second := s.Memory[0], s.Memory[1]
	if first.From.Sub(usage.Span.Month).Abs() > time.Minute || !first.To.Before(raised) || second.From.Sub(raised).Abs() > time.Minute {
		t.Errorf("%+v", s.Memory)
	}
}
