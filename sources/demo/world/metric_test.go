package world

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"fntop/sources"
)

// pointsOf asks for one statistic and gives its points by time.
func pointsOf(answer []sources.Point) map[time.Time]float64 {
	out := map[time.Time]float64{}
	for _, p := range answer {
		out[p.Time] = p.Value
	}
	return out
}

func total(points []sources.Point) (sum float64) {
	for _, p := range points {
		sum += p.Value
	}
	return sum
}

// What CloudWatch says of a log group's volume is what its lines add up to.
func TestIncomingAgreesWithLogs(t *testing.T) {
	start := time.Date(2026, 11, 23, 14, 57, 0, 0, time.UTC)
	end := start.Add(7 * time.Minute)
	stats := []sources.Stat{"Sum", "SampleCount", "Maximum", "Minimum"}
	seeds := uint64(3)
	if raced {
		seeds = 1
	}
	for seed := range seeds {
		w := New(Config{Seed: seed})
		compared := 0
		for r := range w.regions {
			for group := range w.byGroup[r] {
				region := regionTable[r].name
				asOf := end.Add(time.Hour)
				for _, period := range []time.Duration{time.Minute, 7 * time.Minute} {
					type volume struct{ sum, n, most, least float64 }
					want := map[time.Time]volume{}
					seq, _ := w.Logs(region, group, start.Add(-time.Minute), end, asOf)
					for e := range seq {
						if e.Ingested.Before(start) || !e.Ingested.Before(end) {
							continue
						}
						at := e.Ingested.Add(-(e.Ingested.Sub(start) % period))
						size := float64(len(e.Message) + 26)
						v := want[at]
						if v.n == 0 {
							v.most, v.least = size, size
						}
						want[at] = volume{v.sum + size, v.n + 1, max(v.most, size), min(v.least, size)}
					}
					bytes := w.GroupMetric(region, group, "IncomingBytes", stats, period, start, end, asOf)
					count := w.GroupMetric(region, group, "IncomingLogEvents", stats, period, start, end, asOf)
					if len(bytes[0]) != len(want) || len(count[0]) != len(want) {
						t.Fatalf("seed %d, %s: %d and %d points, want %d", seed, group, len(bytes[0]), len(count[0]), len(want))
					}
					for i, p := range bytes[0] {
						v := want[p.Time]
						if p.Value != v.sum || bytes[1][i].Value != v.n || bytes[2][i].Value != v.most || bytes[3][i].Value != v.least || count[0][i].Value != v.n {
							t.Errorf("seed %d, %s at %v: %v of %v, want %+v", seed, group, p.Time, p.Value, bytes[1][i].Value, v)
						}
						compared++
					}
				}
			}
		}
		if compared < 100 {
			t.Errorf("seed %d: %d points compared", seed, compared)
		}
	}
}

// Late minutes of a log group become visible one to three minutes after they
// have closed.
func TestIncomingComesLate(t *testing.T) {
	w := New(Config{Seed: 4})
	now := time.Date(2026, 11, 23, 15, 0, 30, 0, time.UTC)
	points := w.GroupMetric("us-east-1", "/aws/lambda/search-api", "IncomingBytes", []sources.Stat{"Sum"}, time.Minute, now.Add(-10*time.Minute), now, now)[0]
	if len(points) < 6 || points[len(points)-1].Time.After(now.Add(-2*time.Minute)) {
		t.Errorf("%v", points)
	}
}

// Hours are the sums of their minutes where they are exact, and near them
// where they are not; whatever was asked before.
func TestIncomingHours(t *testing.T) {
	asOf := time.Date(2026, 11, 23, 15, 10, 0, 0, time.UTC)
	for seed := range uint64(2) {
		w, other := New(Config{Seed: seed}), New(Config{Seed: seed, KeepInvocations: 1})
		for _, name := range []string{"pricing-engine", "search-api", "heartbeat", "fraud-score", "profile-cache"} {
			group := "/aws/lambda/" + name
			if _, ok := w.byGroup[usEast][group]; !ok {
				continue
			}
			ask := func(w *World, m sources.Metric, period time.Duration, start time.Time) []sources.Point {
				return w.GroupMetric("us-east-1", group, m, []sources.Stat{"Sum"}, period, start, start.Add(time.Hour), asOf)[0]
			}
			for _, m := range []sources.Metric{metricIncomingBytes, metricIncomingEvents} {
				for _, back := range []time.Duration{time.Hour, 30 * time.Hour} {
					start := asOf.Truncate(time.Hour).Add(-back)
					hour, minutes := total(ask(w, m, time.Hour, start)), total(ask(w, m, time.Minute, start))
					off := math.Abs(hour-minutes) / max(minutes, 1)
					if minutes == 0 || back == time.Hour && off > 0 || off > 0.06 {
						t.Errorf("seed %d, %s %s %v ago: %v in the hour, %v in its minutes", seed, name, m, back, hour, minutes)
					}
					if again := total(ask(other, m, time.Hour, start)); again != hour {
						t.Errorf("seed %d, %s: %v, and %v of another world", seed, name, hour, again)
					}
				}
			}
		}
	}
}

// What Lambda says of its queue of events follows from the invocations.
func TestAsyncMetricsAgreeWithInvocations(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	end := start.Add(6 * time.Hour)
	asOf := end.Add(2 * time.Hour)
	for seed := range uint64(3) {
		w := New(Config{Seed: seed, Functions: 60})
		received, dropped := 0.0, 0.0
		for _, f := range w.functions {
			if !f.origin.async() || f.rate > 100 {
				continue
			}
			want := map[sources.Metric]map[time.Time]float64{metricAsyncReceived: {}, metricAsyncDropped: {}}
			ages := map[time.Time][]float64{}
			w.chunksIn(f, start.UnixMilli()-minuteMS, end.UnixMilli(), func(c *chunk) bool {
				for i := range c.records {
					r := &c.records[i]
					arrived, began := time.UnixMilli(r.at).UTC().Truncate(time.Minute), time.UnixMilli(r.start).UTC().Truncate(time.Minute)
					if r.attempt == 1 && !arrived.Before(start) && arrived.Before(end) {
						want[metricAsyncReceived][arrived]++
					}
					if began.Before(start) || !began.Before(end) {
						continue
					}
					if r.attempt == 3 && r.outcome != fine {
						want[metricAsyncDropped][began]++
					}
					ages[began] = append(ages[began], float64(w.eventAge(f, r)))
					if age := w.eventAge(f, r); age < 0 || r.attempt == 1 && age > r.start-r.at+100 || r.attempt == 2 && age < 60_000 || r.attempt == 3 && age < 180_000 {
						t.Errorf("seed %d, %s: an age of %d ms at attempt %d", seed, f.name, age, r.attempt)
					}
				}
				return true
			})
			for m, byMinute := range want {
				minutes := w.Metric(f.regionName(), f.name, m, []sources.Stat{"Sum"}, time.Minute, start, end, asOf)[0]
				if got := pointsOf(minutes); len(got) != len(byMinute) || fmt.Sprint(got) != fmt.Sprint(byMinute) {
					t.Errorf("seed %d, %s %s: %d minutes, want %d", seed, f.name, m, len(got), len(byMinute))
				}
				hours := w.Metric(f.regionName(), f.name, m, []sources.Stat{"Sum"}, time.Hour, start, end, asOf)[0]
				if total(hours) != total(minutes) {
					t.Errorf("seed %d, %s %s: %v in hours, %v in minutes", seed, f.name, m, total(hours), total(minutes))
				}
			}
			received += total(w.Metric(f.regionName(), f.name, metricAsyncReceived, []sources.Stat{"Sum"}, 6*time.Hour, start, end, asOf)[0])
			dropped += total(w.Metric(f.regionName(), f.name, metricAsyncDropped, []sources.Stat{"Sum"}, 6*time.Hour, start, end, asOf)[0])
			oldest := w.Metric(f.regionName(), f.name, metricAsyncAge, []sources.Stat{"Maximum", "SampleCount"}, time.Minute, start, end, asOf)
			for i, p := range oldest[0] {
				if p.Value != slices.Max(ages[p.Time]) || oldest[1][i].Value != float64(len(ages[p.Time])) {
					t.Errorf("seed %d, %s: age %v at %v, want %v", seed, f.name, p.Value, p.Time, ages[p.Time])
				}
			}
		}
		if received == 0 || dropped == 0 {
			t.Errorf("seed %d: %v events, %v dropped: the test says nothing", seed, received, dropped)
		}
	}
}

// Every invocation of a function with provisioned concurrency either ran on it
// or spilled over, and no more can be busy than are provisioned.
func TestProvisionedMetricsAgreeWithInvocations(t *testing.T) {
	start := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	end := start.Add(40 * time.Minute)
	asOf := end.Add(time.Hour)
	spilled := 0.0
	for seed := range uint64(3) {
		w := New(Config{Seed: seed})
		for _, f := range w.functions {
			if f.provisioned == 0 {
				continue
			}
			ask := func(m sources.Metric, stat sources.Stat) []sources.Point {
				return w.Metric(f.regionName(), f.name, m, []sources.Stat{stat}, time.Minute, start, end, asOf)[0]
			}
			runs, spill, all := total(ask(metricProvisionedRuns, "Sum")), total(ask(metricSpillover, "Sum")), total(ask(sources.MetricInvocations, "Sum"))
			if runs+spill != all || runs == 0 {
				t.Errorf("seed %d, %s: %v and %v of %v", seed, f.name, runs, spill, all)
			}
			spilled += spill
			busy, use := ask(metricProvisioned, "Maximum"), pointsOf(ask(metricProvisionedUsage, "Maximum"))
			if len(busy) == 0 || len(busy) != len(use) {
				t.Errorf("seed %d, %s: %d and %d points", seed, f.name, len(busy), len(use))
			}
			for _, p := range busy {
				if p.Value > float64(f.provisioned) || math.Abs(use[p.Time]-p.Value/float64(f.provisioned)) > 1e-6 {
					t.Errorf("seed %d, %s: %v busy of %d, used %v", seed, f.name, p.Value, f.provisioned, use[p.Time])
				}
			}
		}
	}
	if spilled == 0 {
		t.Error("nothing ever spills over")
	}
}

// A metric that a function emits has as many samples as it has invocations,
// where each invocation is one; what it does not emit has none.
func TestEmitted(t *testing.T) {
	start := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	end := start.Add(10 * time.Minute)
	w := New(Config{Seed: 2})
	seen := map[sources.Metric]bool{}
	for _, f := range w.functions {
		ask := func(m sources.Metric) float64 {
			return total(w.Metric(f.regionName(), f.name, m, []sources.Stat{"SampleCount"}, time.Minute, start, end, end.Add(time.Hour))[0])
		}
		metrics, alias := w.Emitted(f.regionName(), f.name)
		if (alias == "live") != (f.configAt(start.UnixMilli()).version != "$LATEST") {
			t.Errorf("%s: alias %q", f.name, alias)
		}
		all := ask(sources.MetricInvocations)
		for _, m := range functionMetrics() {
			n := ask(m)
			switch {
			case !slices.Contains(metrics, m):
				if n != 0 {
					t.Errorf("%s has %v samples of %s, which it does not emit", f.name, n, m)
				}
				continue
			case m == metricExtensions, m == metricIteratorAge, m == sources.MetricDuration, m == metricAsyncAge:
				if n != all {
					t.Errorf("%s has %v samples of %s, %v invocations", f.name, n, m, all)
				}
			}
			seen[m] = seen[m] || n > 0
		}
	}
	for _, m := range functionMetrics() {
		if !seen[m] && m != metricAsyncDropped {
			t.Errorf("nothing ever has %s", m)
		}
	}
	if metrics, alias := w.Emitted("us-east-1", "nobody"); metrics != nil || alias != "" {
		t.Errorf("of a function that is not there: %v, %q", metrics, alias)
	}
	if metrics, _ := w.Emitted("ap-south-2", ""); metrics != nil {
		t.Errorf("of a region without functions: %v", metrics)
	}
	of, _ := w.Emitted("us-east-1", "")
	for _, m := range of {
		if total(w.Metric("us-east-1", "", m, []sources.Stat{"SampleCount"}, time.Minute, start, end, end.Add(time.Hour))[0]) == 0 && m != metricAsyncDropped {
			t.Errorf("the region has no samples of %s", m)
		}
	}
	if slices.Contains(of, metricIteratorAge) || !slices.Contains(of, metricClaimed) {
		t.Errorf("the region's metrics are %v", of)
	}
}
