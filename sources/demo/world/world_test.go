package world

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fntop/sources"
)

// questions are many questions to a world, each with its answer as text.
func questions(seed uint64) []func(w *World) string {
	base := time.Date(2026, 11, 22, 22, 30, 0, 0, time.UTC)
	rnd := rand.New(rand.NewPCG(seed, 1))
	names := []string{"checkout-api", "search-api", "image-resize", "thumbnail-index", "profile-cache", "partner-webhook", "fraud-score", "legacy-sync"}
	metrics := functionMetrics()
	var out []func(w *World) string
	for range 60 {
		start := base.Add(time.Duration(rnd.IntN(180)) * time.Minute)
		end := start.Add(time.Duration(1+rnd.IntN(12)) * time.Minute)
		asOf := end.Add(time.Duration(rnd.IntN(400)) * time.Second)
		name, m := names[rnd.IntN(len(names))], metrics[rnd.IntN(len(metrics))]
		period := time.Duration(1+rnd.IntN(3)) * time.Minute
		switch rnd.IntN(4) {
		case 0, 1:
			out = append(out, func(w *World) string {
				return fmt.Sprint(w.Metric("us-east-1", name, m, []sources.Stat{"Sum", "p95", "Maximum"}, period, start, end, asOf))
			})
		case 2:
			out = append(out, func(w *World) string {
				var b strings.Builder
				seq, _ := w.Logs("us-east-1", "/aws/lambda/"+name, start, start.Add(40*time.Second), asOf)
				for e := range seq {
					fmt.Fprintln(&b, e)
				}
				return b.String()
			})
		default:
			out = append(out, func(w *World) string {
				var b strings.Builder
				for t := range w.Traces("us-east-1", start, start.Add(20*time.Second), asOf) {
					fmt.Fprintln(&b, t)
				}
				return b.String()
			})
		}
	}
	return out
}

// TestAnswersDoNotDependOnTheOrder asks the same questions forwards of one
// world, backwards of another with hardly a cache, and each of a new one.
func TestAnswersDoNotDependOnTheOrder(t *testing.T) {
	seeds := []uint64{1, 77}
	if raced {
		seeds = seeds[:1]
	}
	for _, seed := range seeds {
		all := questions(seed)
		one, other := New(Config{Seed: seed}), New(Config{Seed: seed, KeepInvocations: 1})
		want := make([]string, len(all))
		said := 0
		for i, ask := range all {
			want[i] = ask(one)
			said += len(want[i])
		}
		if said < 100_000 {
			t.Errorf("seed %d: the answers are only %d bytes", seed, said)
		}
		for i := range slices.Backward(all) {
			if got := all[i](other); got != want[i] {
				t.Fatalf("seed %d: question %d asked backwards is answered otherwise", seed, i)
			}
		}
		for i := 0; i < len(all); i += 7 {
			if got := all[i](New(Config{Seed: seed})); got != want[i] {
				t.Fatalf("seed %d: question %d of a new world is answered otherwise", seed, i)
			}
		}
	}
}

// TestSeedsDiffer checks that the seed decides what happens.
func TestSeedsDiffer(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ask := func(seed uint64) string {
		return fmt.Sprint(New(Config{Seed: seed}).Metric("us-east-1", "checkout-api", sources.MetricDuration, []sources.Stat{"Sum"}, time.Minute, start, start.Add(5*time.Minute), start.Add(time.Hour)))
	}
	if ask(1) == ask(2) {
		t.Error("two seeds, one world")
	}
}

// TestTruthInPieces checks that a window told in one go and in odd pieces is
// the same, over the borders of environments' lives.
func TestTruthInPieces(t *testing.T) {
	start := time.Date(2026, 11, 23, 6, 58, 0, 0, time.UTC)
	end := start.Add(9 * time.Minute)
	tellAll := func(w *World, from, to time.Time) []string {
		var out []string
		for r := range w.Truth(from, to) {
			switch r := r.(type) {
			case *InvocationRecord:
				out = append(out, r.Time+r.Region+r.Function+r.RequestID+r.Environment+fmt.Sprint(r.DurationMS, r.Cold))
			case *ColdStartRecord:
				out = append(out, r.Time+r.Region+r.Function+r.RequestID+r.Cause+fmt.Sprint(r.Before, r.InitMS))
			}
		}
		slices.Sort(out)
		return out
	}
	whole := tellAll(New(Config{Seed: 12}), start, end)
	w := New(Config{Seed: 12, KeepInvocations: 2000})
	var pieces []string
	for to := end; to.After(start); {
		from := to.Add(-37 * time.Second)
		if from.Before(start) {
			from = start
		}
		pieces = append(pieces, tellAll(w, from, to)...)
		to = from
	}
	slices.Sort(pieces)
	if !slices.Equal(whole, pieces) {
		t.Errorf("%d records in one go, %d in pieces, or others", len(whole), len(pieces))
	}
}

// TestMetricsComeAsTimeGoesOn checks the lag: nothing of a minute before one
// minute after its close, everything after three and the longest invocation,
// and no point ever shrinks.
func TestMetricsComeAsTimeGoesOn(t *testing.T) {
	start := time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)
	end := start.Add(4 * time.Minute)
	w := New(Config{Seed: 3})
	for _, name := range []string{"checkout-api", "partner-webhook", "invoice-pdf"} {
		f := w.byName[usEast][name]
		final := map[time.Time]float64{}
		for _, p := range w.Metric("us-east-1", name, sources.MetricInvocations, []sources.Stat{"Sum"}, time.Minute, start, end, end.Add(time.Hour))[0] {
			final[p.Time] = p.Value
		}
		if len(final) < 3 {
			t.Fatalf("%s: only %d minutes", name, len(final))
		}
		before := map[time.Time]float64{}
		for asOf := start; asOf.Before(end.Add(6 * time.Minute)); asOf = asOf.Add(5 * time.Second) {
			now := map[time.Time]float64{}
			for _, p := range w.Metric("us-east-1", name, sources.MetricInvocations, []sources.Stat{"Sum"}, time.Minute, start, end, asOf)[0] {
				now[p.Time] = p.Value
				if age := asOf.Sub(p.Time.Add(time.Minute)); age < time.Minute {
					t.Fatalf("%s: %v is visible %v after its close", name, p.Time, age)
				}
			}
			for at, v := range final {
				if now[at] < before[at] {
					t.Fatalf("%s: %v has shrunk", name, at)
				}
				if asOf.Sub(at.Add(time.Minute)) > 4*time.Minute+time.Duration(f.longest)*time.Millisecond && now[at] != v {
					t.Fatalf("%s: %v is %v, should have come to %v", name, at, now[at], v)
				}
			}
			before = now
		}
	}
}

// TestLargeFleet checks a fleet of ten thousand: names, regions, activity.
func TestLargeFleet(t *testing.T) {
	const n = 10_000
	w := New(Config{Seed: 5, Functions: n})
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	total, active := 0, 0
	groups := map[string]int{}
	for _, region := range w.Regions() {
		all := w.Functions(region, now)
		total += len(all)
		if !slices.IsSortedFunc(all, func(a, b sources.Function) int { return strings.Compare(a.ID.Name, b.ID.Name) }) {
			t.Errorf("%s: functions are not in order", region)
		}
		for _, f := range all {
			groups[region+f.LogGroup]++
			if f.MemoryMB < 128 || f.MemoryMB > 10_240 || f.Timeout <= 0 || f.Timeout > 15*time.Minute || !f.LastModified.Before(now) || f.LastModified.Before(now.AddDate(-1, 0, 0)) {
				t.Errorf("%+v", f)
			}
		}
		names := w.Active(region, now.Add(-3*time.Hour), now)
		active += len(names)
		if !slices.IsSorted(names) {
			t.Errorf("%s: active functions are not in order", region)
		}
	}
	if total != n || len(groups) < n-10 {
		t.Errorf("%d functions in %d log groups, want %d", total, len(groups), n)
	}
	if active < n/5 || active > n*9/10 {
		t.Errorf("%d of %d functions are active", active, n)
	}
}

// TestActiveIsWhatHasInvocations compares activity with the metric.
func TestActiveIsWhatHasInvocations(t *testing.T) {
	w := New(Config{Seed: 5, Functions: 300})
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	for _, region := range w.Regions() {
		names := w.Active(region, now.Add(-time.Hour), now)
		for _, f := range w.Functions(region, now) {
			points := w.Metric(region, f.ID.Name, sources.MetricInvocations, []sources.Stat{"Sum"}, time.Hour, now.Add(-time.Hour), now, now.Add(later))[0]
			if slices.Contains(names, f.ID.Name) != (len(points) > 0) {
				t.Errorf("%s %s: active %v, points %v", region, f.ID.Name, len(points) == 0, points)
			}
		}
	}
}

// TestStories checks that what a newcomer should find is there in any twelve
// minutes.
func TestStories(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3} {
		for _, hour := range []int{3, 15} {
			start := time.Date(2026, 11, 18, hour, 7, 0, 0, time.UTC)
			w := New(Config{Seed: seed})
			truth := tell(w, start, start.Add(12*time.Minute))
			causes := func(name, cause string) (n int) {
				for _, c := range truth.colds["us-east-1/"+name] {
					if c.Cause == cause {
						n++
					}
				}
				return n
			}
			function := func(name string) *FunctionRecord { return truth.functions["us-east-1/"+name] }
			outcomes := func(name, outcome string) (n int) {
				for _, r := range truth.invocations["us-east-1/"+name] {
					if r.Outcome == outcome {
						n++
					}
				}
				return n
			}
			asleep := 0
			for _, key := range []string{"us-east-1/report-export-us", "eu-west-1/report-export-eu", "ap-southeast-2/report-export-ap"} {
				if truth.functions[key].Invocations == 0 {
					asleep++
				}
			}
			inits := truth.colds["us-east-1/search-api"]
			slowest, fastest := 0.0, 1e9
			for _, c := range inits {
				if c.Cause == "deploy" {
					slowest, fastest = max(slowest, c.InitMS), min(fastest, c.InitMS)
				}
			}
			p99 := *function("checkout-api").P99MS
			for what, ok := range map[string]bool{
				"deploy doubles the init":    causes("search-api", "deploy") >= 2 && slowest > 1.4*fastest,
				"burst scales out":           causes("flash-sale", "scale-out") >= 4,
				"upload storm":               causes("image-resize", "scale-out") >= 4 && function("thumbnail-index").Invocations > 10,
				"leak runs out of memory":    outcomes("profile-cache", "out-of-memory") >= 1,
				"throttled":                  function("partner-webhook").Throttles > 50,
				"slow downstream":            p99 > 600,
				"a function sleeps at night": asleep >= 1,
			} {
				if !ok {
					t.Errorf("seed %d, %d o'clock: no story %q", seed, hour, what)
				}
			}
		}
	}
}

// TestOddQuestions asks what nobody should ask.
func TestOddQuestions(t *testing.T) {
	w := New(Config{Seed: 1})
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	far := time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC)
	times := []time.Time{{}, now, now.Add(time.Nanosecond), time.Unix(-1, 0), far}
	for _, start := range times {
		for _, end := range times {
			for _, asOf := range []time.Time{{}, now, time.Unix(0, 0)} {
				for _, period := range []time.Duration{-time.Hour, 0, time.Second, 1 << 62} {
					w.Metric("us-east-1", "heartbeat", sources.MetricDuration, []sources.Stat{"p50", "p", "p101", "pp", "p1e3", "tm90", "", "Sum"}, period, start, end, asOf)
				}
				if seq, ok := w.Logs("us-east-1", "/aws/lambda/heartbeat", start, end, asOf); ok {
					n := 0
					for range seq {
						if n++; n > 100 {
							break
						}
					}
				}
				for range w.Traces("us-east-1", start, end, asOf) {
					break
				}
			}
		}
	}
	if got := w.Metric("us-east-1", "no-such", sources.MetricDuration, []sources.Stat{"Sum"}, time.Minute, now.Add(-time.Hour), now, now); len(got) != 1 || len(got[0]) != 0 {
		t.Errorf("a function that does not exist has %v", got)
	}
	if got := w.Metric("us-east-1", "checkout-api", "NoSuchMetric", []sources.Stat{"Sum"}, time.Minute, now.Add(-time.Hour), now, now); len(got[0]) != 0 {
		t.Errorf("a metric that does not exist has %v", got)
	}
	for r := range w.Truth(now, now.Add(-time.Hour)) {
		if f, ok := r.(*FunctionRecord); ok && f.Invocations != 0 {
			t.Errorf("%s was invoked in an empty window", f.Function)
		}
	}
	if n := len(w.functions); New(Config{Functions: 1}).functions == nil || n != DefaultFunctions {
		t.Errorf("%d functions", n)
	}
}

// TestManyAskAtOnce asks from several goroutines; the race detector watches.
func TestManyAskAtOnce(t *testing.T) {
	all := questions(31)[:24]
	w, alone := New(Config{Seed: 31, KeepInvocations: 5000}), New(Config{Seed: 31})
	want := make([]string, len(all))
	for i, ask := range all {
		want[i] = ask(alone)
	}
	var group sync.WaitGroup
	for g := range 6 {
		group.Go(func() {
			for i := range all {
				k := (i*5 + g*7) % len(all)
				if got := all[k](w); got != want[k] {
					t.Errorf("question %d is answered otherwise when many ask", k)
				}
			}
		})
	}
	group.Wait()
}
