package logfile

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"fntop/sources"
)

func TestSummary(t *testing.T) {
	var s Summary
	if got := s.Totals(); got.Invocations != 0 || got.ColdRate.Known() || got.First.Known() || got.Duration.Count != 0 {
		t.Errorf("of nothing: %+v", got)
	}
	at := func(n int) sources.Opt[time.Time] { return sources.Some(epoch.Add(time.Duration(n) * time.Second)) }
	ms := func(n int) sources.Opt[time.Duration] { return sources.Some(time.Duration(n) * time.Millisecond) }
	for i := 1; i <= 100; i++ {
		inv := sources.Invocation{Start: at(100 - i), Duration: ms(i), Billed: ms(10), MemoryMB: sources.Some(2048), MaxMemoryMB: sources.Some(i), Cold: sources.Some(false), Outcome: sources.OK}
		if i%4 == 0 {
			inv.Cold, inv.Init = sources.Some(true), ms(1000)
		}
		if i > 97 {
			inv.Outcome, inv.ErrorType = sources.Failed, "ValueError"
		}
		s.Add(inv)
	}
	s.Add(sources.Invocation{Outcome: sources.Unknown})
	s.Add(sources.Invocation{Outcome: sources.Exited, ErrorType: "A"})
	got := s.Totals()
	if got.Invocations != 102 || got.Cold != 25 || got.Warm != 75 || got.ColdRate != sources.Some(0.25) || got.Unbilled != 2 {
		t.Errorf("counts: %+v", got)
	}
	if got.Billed != time.Second || math.Abs(got.GBSeconds-2) > 1e-12 || got.First != at(0) || got.Last != at(99) {
		t.Errorf("sums: %+v", got)
	}
	if got.Outcomes[sources.OK] != 97 || got.Outcomes[sources.Failed] != 3 || got.Outcomes[sources.Unknown] != 1 || got.Outcomes[sources.Exited] != 1 ||
		!slices.Equal(got.Errors, []ErrorCount{{"ValueError", 3}, {"A", 1}}) {
		t.Errorf("outcomes: %+v %+v", got.Outcomes, got.Errors)
	}
	d := got.Duration
	const m = time.Millisecond
	if d != (Distribution[time.Duration]{Count: 100, Min: m, Max: 100 * m, Mean: float64(50500 * time.Microsecond), P50: 50 * m, P90: 90 * m, P95: 95 * m, P99: 99 * m, Exact: true}) {
		t.Errorf("durations: %+v", d)
	}
	if got.MaxMemory.P95 != 95 || got.Init.Count != 25 || got.Init.P50 != time.Second || got.Restore.Count != 0 {
		t.Errorf("others: %+v", got)
	}
}

// TestSummaryOfMany compares the percentiles of many values with the exact
// ones.
func TestSummaryOfMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test needs the same numbers each time
	for name, draw := range map[string]func() time.Duration{
		"log-normal": func() time.Duration { return time.Duration(math.Exp(rng.NormFloat64()*1.5) * 50e6) },
		"uniform":    func() time.Duration { return time.Duration(rng.Int64N(int64(900 * time.Second))) },
		"short":      func() time.Duration { return time.Duration(rng.Int64N(3000)) * 10 * time.Microsecond },
	} {
		t.Run(name, func(t *testing.T) {
			var s Summary
			var all []time.Duration
			for range 5*maxExact + 7 {
				d := draw()
				all = append(all, d)
				s.Add(sources.Invocation{Duration: sources.Some(d), Outcome: sources.OK})
			}
			slices.Sort(all)
			got := s.Totals().Duration
			if got.Exact || got.Count != int64(len(all)) || got.Min != all[0] || got.Max != all[len(all)-1] {
				t.Errorf("%+v", got)
			}
			for q, v := range map[float64]time.Duration{.5: got.P50, .9: got.P90, .95: got.P95, .99: got.P99} {
				want := all[int(math.Ceil(q*float64(len(all))))-1]
				if off := math.Abs(float64(v-want)) / float64(want); off > 0.0011 {
					t.Errorf("p%v is %v, want %v: off by %v", q*100, v, want, off)
				}
			}
		})
	}
	var s Summary
	for _, d := range []time.Duration{math.MaxInt64, 0, 1} {
		for range maxExact {
			s.Add(sources.Invocation{Duration: sources.Some(d)})
		}
	}
	if got := s.Totals().Duration; got.Max != math.MaxInt64 || got.P99 > got.Max || got.P50 > time.Microsecond {
		t.Errorf("%+v", got)
	}
}

func TestSummaryErrorTypesAreBounded(t *testing.T) {
	var s Summary
	for i := range 3 * maxErrorTypes {
		s.Add(sources.Invocation{Outcome: sources.Failed, ErrorType: time.Duration(i).String()})
	}
	if got := s.Totals(); len(got.Errors) != maxErrorTypes || got.OtherErrors != 2*maxErrorTypes {
		t.Errorf("%d types and %d others", len(got.Errors), got.OtherErrors)
	}
}
