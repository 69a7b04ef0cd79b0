package spending_test

import (
	"context"
	"math"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/spending"
)

type settings struct {
	asked []sources.FunctionID
	since time.Time
	err   error
}

func (s *settings) ConcurrencyLimits(context.Context) (sources.ConcurrencyLimits, error) {
	return sources.ConcurrencyLimits{}, nil
}

func (s *settings) Concurrency(_ context.Context, fn sources.FunctionID) (c sources.FunctionConcurrency, err error) {
	s.asked = append(s.asked, fn)
	if fn.Name == "b" {
		c.Provisioned = []sources.ProvisionedConcurrency{{Requested: 5, Since: sources.Some(s.since)}, {Requested: 2, Since: sources.Some(s.since)}}
	}
	return c, s.err
}

// TestSettings reads what is kept ready first of what ran on it, and of no more
// than some others.
func TestSettings(t *testing.T) {
	usage := daily(append(many(150), function("1", "us-east-1", "b")), spending.SpanAt(moment()))
	usage.Used[150].Provisioned[usage.Span.Hours()-4] = 10
	from := &settings{since: moment()}
	if err := spending.ReadSettings(t.Context(), from, &usage); err != nil {
		t.Fatal(err)
	}
	if len(from.asked) != 101 || from.asked[0].Name != "b" || usage.Used[150].Kept.Or(0) != 7 || usage.Used[0].Kept.Or(-1) != 0 || usage.Used[149].Kept.Known() {
		t.Errorf("asked for %d: %v, %v", len(from.asked), usage.Used[150].Kept, usage.Used[149].Kept)
	}
	// Those without are asked once.
	from.asked = nil
	if err := spending.ReadSettings(t.Context(), from, &usage); err != nil || len(from.asked) != 51 || !usage.Used[149].Kept.Known() {
		t.Errorf("asked again for %d: %v", len(from.asked), err)
	}
	// What is denied is an error only of what is known to have it.
	usage = daily(many(50), spending.SpanAt(moment()))
	from = &settings{err: &sources.Error{Op: "lambda:ListProvisionedConcurrencyConfigs", Kind: sources.Denied}}
	if err := spending.ReadSettings(t.Context(), from, &usage); err != nil || len(from.asked) != 1 {
		t.Errorf("%d: %v", len(from.asked), err)
	}
	if r := bill(t, usage, spending.Options{}); r.Missing.Provisioned != 50 || !r.Total.AtLeast || r.Total.Components.Provisioned.Known() {
		t.Errorf("%+v", r.Missing)
	}
}

// TestWhatNothingRunsOn is kept ready costs all the same: since it is set, and
// what there was before is not known.
func TestWhatNothingRunsOn(t *testing.T) {
	fn := function("1", "us-east-1", "b")
	fn.MemoryMB = 2048
	usage := sampled(read(t, &steady{}, fn), spending.Sample{})
	usage.Used[0].Kept = sources.Opt[int]{}
	since := usage.Span.Now.Truncate(time.Hour).Add(-48 * time.Hour)
	if err := spending.ReadSettings(t.Context(), &settings{since: since}, &usage); err != nil {
		t.Fatal(err)
	}
	const hour = 7 * 2 * 3600 * 0.0000041667
	for _, tc := range []struct {
		what    string
		since   sources.Opt[time.Time]
		hours   float64
		atLeast bool
	}{
		{"since it is set", usage.Used[0].KeptSince, 48, true},
		{"all of the month", sources.Some(usage.Span.Month.Add(-time.Hour)), 420, false},
		{"not known", sources.Opt[time.Time]{}, math.NaN(), true},
	} {
		usage.Used[0].KeptSince = tc.since
		r := bill(t, usage, spending.Options{})
		l := r.Lines[0]
		got, ok := l.Components.Provisioned.Float64()
		if ok == math.IsNaN(tc.hours) || ok && math.Abs(got-tc.hours*hour) > 1e-6 {
			t.Errorf("%s: %v, %v", tc.what, got, ok)
		}
		if l.AtLeast != tc.atLeast || (r.Missing.Provisioned == 1) != tc.atLeast || len(l.Notes) == 0 {
			t.Errorf("%s: at least %v, %+v, %q", tc.what, l.AtLeast, r.Missing, l.Notes)
		}
	}
	o, ok := options(usage)["provisioned none kept ready"]
	if usd := o.Low.Or(0); !ok || math.Abs(usd+730*hour) > 1e-6 || o.Low != o.High {
		t.Errorf("%+v", o)
	}
}
