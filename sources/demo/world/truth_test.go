package world

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

// told is the truth of a window by function.
type told struct {
	invocations map[string][]*InvocationRecord // by region/name
	colds       map[string][]*ColdStartRecord
	changes     map[string][]*ChangeRecord
	functions   map[string]*FunctionRecord
}

func place(p Place) string { return p.Region + "/" + p.Function }

func tell(w *World, start, end time.Time) told {
	t := told{map[string][]*InvocationRecord{}, map[string][]*ColdStartRecord{}, map[string][]*ChangeRecord{}, map[string]*FunctionRecord{}}
	for r := range w.Truth(start, end) {
		switch r := r.(type) {
		case *InvocationRecord:
			t.invocations[place(r.Place)] = append(t.invocations[place(r.Place)], r)
		case *ColdStartRecord:
			t.colds[place(r.Place)] = append(t.colds[place(r.Place)], r)
		case *ChangeRecord:
			t.changes[place(r.Place)] = append(t.changes[place(r.Place)], r)
		case *FunctionRecord:
			t.functions[place(r.Place)] = r
		}
	}
	return t
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02T15:04:05.000Z", s)
	if err != nil {
		t.Fatalf("time %q: %v", s, err)
	}
	return v
}

// windows are spans of seeds and times, among them one over a full hour, one
// over midnight and one on a weekend.
func windows() []testSpan {
	day := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, time.UTC) }
	all := []testSpan{
		{"hour", 1, day(23, 13, 48), day(23, 14, 6)},
		{"midnight", 2, day(23, 23, 55), day(24, 0, 5)},
		{"weekend", 3, day(21, 8, 55), day(21, 9, 5)},
		{"evening", 4, day(19, 19, 51), day(19, 20, 2)},
	}
	if raced {
		for i := range all {
			cut := 2 * all[i].end.Sub(all[i].start) / 5
			all[i].start, all[i].end = all[i].start.Add(cut).Truncate(time.Minute), all[i].end.Add(-cut).Truncate(time.Minute)
		}
	}
	return all
}

// someWindows are all windows, or two with the race detector on.
func someWindows() []testSpan {
	if raced {
		return windows()[:2]
	}
	return windows()
}

type testSpan struct {
	name       string
	seed       uint64
	start, end time.Time
}

const later = 2 * time.Hour // when everything has become visible

// TestMetricsAgreeWithTruth compares every statistic of every minute with
// what the invocations say.
func TestMetricsAgreeWithTruth(t *testing.T) {
	for _, c := range someWindows() {
		t.Run(c.name, func(t *testing.T) {
			w := New(Config{Seed: c.seed})
			truth := tell(w, c.start, c.end)
			for _, f := range w.functions {
				compareMinutes(t, w, f, truth, c.start, c.end, time.Minute)
				compareMinutes(t, w, f, truth, c.start, c.end, 5*time.Minute)
				compareMinutes(t, w, f, truth, c.start, c.end, c.end.Sub(c.start))
			}
		})
	}
}

func compareMinutes(t *testing.T, w *World, f *function, truth told, start, end time.Time, period time.Duration) {
	t.Helper()
	key := f.regionName() + "/" + f.name
	durations := map[time.Time][]float64{}
	errs := map[time.Time]float64{}
	for _, r := range truth.invocations[key] {
		bin := start.Add(at(t, r.Time).Sub(start).Truncate(period))
		durations[bin] = append(durations[bin], r.DurationMS)
		if r.Outcome != "ok" {
			errs[bin]++
		}
	}
	stats := []sources.Stat{"Sum", "SampleCount", "Average", "Minimum", "Maximum", "p50", "p95", "p99.9", "p0", "p100"}
	get := func(m sources.Metric) []map[time.Time]float64 {
		var out []map[time.Time]float64
		for _, points := range w.Metric(f.regionName(), f.name, m, stats, period, start, end, end.Add(later)) {
			by := map[time.Time]float64{}
			for _, p := range points {
				by[p.Time] = p.Value
			}
			out = append(out, by)
		}
		return out
	}
	inv, er, dur := get(sources.MetricInvocations), get(sources.MetricErrors), get(sources.MetricDuration)
	if len(inv[0]) != len(durations) {
		t.Errorf("%s: %d minutes with invocations, truth has %d", key, len(inv[0]), len(durations))
	}
	for bin, ds := range durations {
		slices.Sort(ds)
		sum := 0.0
		for _, d := range ds {
			sum += d
		}
		n := float64(len(ds))
		checks := []struct {
			what      string
			got, want float64
		}{
			{"invocations", inv[0][bin], n},
			{"errors", er[0][bin], errs[bin]},
			{"error samples", er[1][bin], n},
			{"duration sum", dur[0][bin], sum},
			{"duration samples", dur[1][bin], n},
			{"duration average", dur[2][bin], sum / n},
			{"duration minimum", dur[3][bin], ds[0]},
			{"duration maximum", dur[4][bin], ds[len(ds)-1]},
			{"p50", dur[5][bin], quantile(ds, 0.5)},
			{"p95", dur[6][bin], quantile(ds, 0.95)},
			{"p99.9", dur[7][bin], quantile(ds, 0.999)},
			{"p0", dur[8][bin], ds[0]},
			{"p100", dur[9][bin], ds[len(ds)-1]},
		}
		for _, c := range checks {
			if math.Abs(c.got-c.want) > 1e-9*max(1, c.want) {
				t.Errorf("%s %s %v: %s %v, truth says %v", key, period, bin.Format("15:04"), c.what, c.got, c.want)
			}
		}
	}
}

// quantile is the percentile by its definition in the package documentation,
// written apart from the code.
func quantile(sorted []float64, q float64) float64 {
	rank := q * float64(len(sorted)-1)
	low := math.Floor(rank)
	high := min(low+1, float64(len(sorted)-1))
	return sorted[int(low)]*(1-(rank-low)) + sorted[int(high)]*(rank-low)
}

// TestFunctionRecordsAddUp compares the figures of the truth with its own
// invocations and with the metrics.
func TestFunctionRecordsAddUp(t *testing.T) {
	c := windows()[0]
	w := New(Config{Seed: c.seed})
	truth := tell(w, c.start, c.end)
	if len(truth.functions) != DefaultFunctions {
		t.Fatalf("%d function records, want %d", len(truth.functions), DefaultFunctions)
	}
	throttled := false
	for key, f := range truth.functions {
		if int(f.Invocations) != len(truth.invocations[key]) || int(f.ColdStarts) != len(truth.colds[key]) {
			t.Errorf("%s: %d invocations and %d cold starts in the record, %d and %d in the list", key, f.Invocations, f.ColdStarts, len(truth.invocations[key]), len(truth.colds[key]))
		}
		one := func(m sources.Metric, s sources.Stat) float64 {
			points := w.Metric(f.Region, f.Function, m, []sources.Stat{s}, c.end.Sub(c.start), c.start, c.end, c.end.Add(later))[0]
			if len(points) == 0 {
				return 0
			}
			return points[0].Value
		}
		if got := one(sources.MetricThrottles, "Sum"); got != float64(f.Throttles) {
			t.Errorf("%s: %v throttles, truth says %d", key, got, f.Throttles)
		}
		throttled = throttled || f.Throttles > 0
		if got := one(sources.MetricConcurrency, "Maximum"); got != float64(f.ConcurrencyMax) {
			t.Errorf("%s: concurrency %v, truth says %d", key, got, f.ConcurrencyMax)
		}
		if f.P95MS != nil && one(sources.MetricDuration, "p95") != *f.P95MS {
			t.Errorf("%s: p95 %v, truth says %v", key, one(sources.MetricDuration, "p95"), *f.P95MS)
		}
	}
	if !throttled {
		t.Error("nothing was throttled")
	}
}

// TestHoursAgreeWithMinutes compares the sums of hours, which are counted
// without simulating environments, with those of their minutes.
func TestHoursAgreeWithMinutes(t *testing.T) {
	end := time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)
	start, seeds := end.Add(-8*time.Hour), []uint64{1, 9}
	if raced {
		start, seeds = end.Add(-2*time.Hour), seeds[:1]
	}
	for _, seed := range seeds {
		w := New(Config{Seed: seed})
		for _, f := range w.functions {
			for _, m := range []sources.Metric{sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles, sources.MetricDuration} {
				stats := []sources.Stat{"Sum", "SampleCount"}
				if m == sources.MetricDuration && f.plain() {
					stats = append(stats, "p90", "Maximum")
				}
				whole := w.Metric(f.regionName(), f.name, m, stats, time.Hour, start, end, end.Add(later))
				if len(stats) > 2 {
					compareHours(t, w, f, whole[2:], start, end)
				}
				pieces := w.Metric(f.regionName(), f.name, m, stats[:2], time.Minute, start, end, end.Add(later))
				for i := range stats[:2] {
					by := map[time.Time]float64{}
					for _, p := range pieces[i] {
						by[p.Time.Truncate(time.Hour)] += p.Value
					}
					if len(by) != len(whole[i]) {
						t.Errorf("seed %d %s %s: %d hours, minutes say %d", seed, f.name, m, len(whole[i]), len(by))
					}
					for _, p := range whole[i] {
						if math.Abs(p.Value-by[p.Time]) > 1e-9*max(1, p.Value) {
							t.Errorf("seed %d %s %s %s at %v: %v in the hour, %v in its minutes", seed, f.name, m, stats[i], p.Time, p.Value, by[p.Time])
						}
					}
				}
			}
		}
	}
}

// compareHours compares percentiles and maxima of whole hours with those of
// the invocations.
func compareHours(t *testing.T, w *World, f *function, got [][]sources.Point, start, end time.Time) {
	t.Helper()
	hours := map[time.Time][]float64{}
	w.chunksIn(f, start.UnixMilli()-minuteMS, end.UnixMilli(), func(c *chunk) bool {
		for i := range c.records {
			if r := &c.records[i]; r.start >= start.UnixMilli() && r.start < end.UnixMilli() {
				hour := time.UnixMilli(r.start).UTC().Truncate(time.Hour)
				hours[hour] = append(hours[hour], float64(r.dur)/1000)
			}
		}
		return true
	})
	for hour := range hours {
		slices.Sort(hours[hour])
	}
	for _, p := range got[0] {
		if want := quantile(hours[p.Time], 0.9); math.Abs(p.Value-want) > 1e-9*want {
			t.Errorf("%s p90 of %v: %v, invocations say %v", f.name, p.Time, p.Value, want)
		}
	}
	for _, p := range got[1] {
		if want := quantile(hours[p.Time], 1); p.Value != want {
			t.Errorf("%s maximum of %v: %v, invocations say %v", f.name, p.Time, p.Value, want)
		}
	}
}

// TestRegionIsTheSumOfFunctions compares region totals with the functions',
// and the region's concurrency with that of its functions at any moment.
func TestRegionIsTheSumOfFunctions(t *testing.T) {
	c := windows()[1]
	w := New(Config{Seed: c.seed})
	for _, region := range w.Regions() {
		total := w.Metric(region, "", sources.MetricInvocations, []sources.Stat{"Sum"}, time.Minute, c.start, c.end, c.end.Add(later))[0]
		most := w.Metric(region, "", sources.MetricConcurrency, []sources.Stat{"Maximum"}, time.Minute, c.start, c.end, c.end.Add(later))[0]
		sums, highest := map[time.Time]float64{}, map[time.Time]float64{}
		for _, f := range w.Functions(region, c.end) {
			for _, p := range w.Metric(region, f.ID.Name, sources.MetricInvocations, []sources.Stat{"Sum"}, time.Minute, c.start, c.end, c.end.Add(later))[0] {
				sums[p.Time] += p.Value
			}
			for _, p := range w.Metric(region, f.ID.Name, sources.MetricConcurrency, []sources.Stat{"Maximum"}, time.Minute, c.start, c.end, c.end.Add(later))[0] {
				highest[p.Time] = max(highest[p.Time], p.Value)
			}
		}
		if len(total) != len(sums) {
			t.Errorf("%s: %d minutes, functions have %d", region, len(total), len(sums))
		}
		for _, p := range total {
			if p.Value != sums[p.Time] {
				t.Errorf("%s %v: %v invocations, functions add up to %v", region, p.Time, p.Value, sums[p.Time])
			}
		}
		for _, p := range most {
			if p.Value < highest[p.Time] {
				t.Errorf("%s %v: %v at once, one function alone has %v", region, p.Time, p.Value, highest[p.Time])
			}
		}
	}
}

// TestConcurrencyIsOverlap counts for every function how many of its
// invocations overlap, and compares with the metric.
func TestConcurrencyIsOverlap(t *testing.T) {
	for _, c := range someWindows() {
		w := New(Config{Seed: c.seed})
		from, to := c.start.UnixMilli()/minuteMS, c.end.UnixMilli()/minuteMS
		for _, f := range w.functions {
			want := map[int64]int64{}
			walk(w.steps(f, from, to, func(*record) bool { return true }, nil), from, to, func(minute, n int64) {
				want[minute] = max(want[minute], n)
			})
			points := w.Metric(f.regionName(), f.name, sources.MetricConcurrency, []sources.Stat{"Maximum"}, time.Minute, c.start, c.end, c.end.Add(later))[0]
			if len(points) != len(want) {
				t.Errorf("%s %s: %d minutes, overlap has %d", c.name, f.name, len(points), len(want))
			}
			for _, p := range points {
				if m := p.Time.UnixMilli() / minuteMS; p.Value != float64(want[m]) {
					t.Errorf("%s %s %v: concurrency %v, overlap %d", c.name, f.name, p.Time, p.Value, want[m])
				}
			}
			if f.reserved > 0 {
				for m, n := range want {
					if n > int64(f.reserved) {
						t.Errorf("%s %s: %d at once in minute %d, reserved are %d", c.name, f.name, n, m, f.reserved)
					}
				}
			}
		}
	}
}

// TestBillIsTheFormula checks Billed = ceil(Duration + Init), and for a
// restore ceil(Duration) + billed restore, on every invocation.
func TestBillIsTheFormula(t *testing.T) {
	c := windows()[3]
	w := New(Config{Seed: c.seed})
	cold, restored := 0, 0
	for _, list := range tell(w, c.start, c.end).invocations {
		for _, r := range list {
			us := math.Round(r.DurationMS * 1000)
			if r.InitMS != nil {
				us += math.Round(*r.InitMS * 1000)
				cold++
			}
			want := int64(math.Ceil(us / 1000))
			if r.RestoreMS != nil {
				restored++
				if r.BilledMS <= want || float64(r.BilledMS-want) > *r.RestoreMS {
					t.Errorf("%s: billed %d with a restore of %v", r.RequestID, r.BilledMS, *r.RestoreMS)
				}
				continue
			}
			if r.BilledMS != want {
				t.Errorf("%s: billed %d, formula says %d", r.RequestID, r.BilledMS, want)
			}
		}
	}
	if (cold == 0 || restored == 0) && !raced {
		t.Errorf("%d inits and %d restores: the formula was not tried on both", cold, restored)
	}
}

// TestTruthIsInOrderAndMarshals checks order, window and JSON of the truth.
func TestTruthIsInOrderAndMarshals(t *testing.T) {
	c := windows()[1]
	w := New(Config{Seed: c.seed, Price: func(_ sources.Function, inv sources.Invocation, _ bool) (float64, bool) {
		return float64(inv.Billed.Or(0)) * 1e-12, true
	}})
	last := ""
	keys := map[string]bool{}
	for r := range w.Truth(c.start, c.end) {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		kind, _ := m["type"].(string)
		keys[kind] = true
		if stamp, ok := m["time"].(string); ok {
			if stamp < last {
				t.Fatalf("%s after %s", stamp, last)
			}
			last = stamp
			if v := at(t, stamp); v.Before(c.start) || !v.Before(c.end) {
				t.Fatalf("%s is outside the window", stamp)
			}
		}
		if kind == "invocation" && m["cost_usd"] == nil {
			t.Fatal("no cost")
		}
	}
	for _, k := range []string{"invocation", "cold_start", "change", "function"} {
		if !keys[k] {
			t.Errorf("no %s in the truth", k)
		}
	}
}

// TestRetriesShareTheRequest checks that asynchronous events that fail come
// back under their request ID a minute later at the earliest, at most twice.
func TestRetriesShareTheRequest(t *testing.T) {
	start := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	w := New(Config{Seed: 5})
	truth := tell(w, start, start.Add(40*time.Minute))
	second, third := 0, 0
	for key, list := range truth.invocations {
		byID := map[string][]*InvocationRecord{}
		for _, r := range list {
			byID[r.RequestID] = append(byID[r.RequestID], r)
		}
		f := w.byName[regionOf(t, list[0].Region)][list[0].Function]
		for id, runs := range byID {
			for i := 1; i < len(runs); i++ {
				prev, r := runs[i-1], runs[i]
				gap := at(t, r.Time).Sub(at(t, prev.Time)) - time.Duration(prev.DurationMS*1e6)
				if !f.origin.async() || r.Attempt != prev.Attempt+1 || prev.Outcome == "ok" || gap < time.Duration(prev.Attempt)*time.Minute {
					t.Errorf("%s %s: attempt %d %v after attempt %d (%s)", key, id, r.Attempt, gap, prev.Attempt, prev.Outcome)
				}
				switch r.Attempt {
				case 2:
					second++
				case 3:
					third++
				}
			}
		}
	}
	if second == 0 || third == 0 {
		t.Errorf("%d second and %d third attempts", second, third)
	}
}

func regionOf(t *testing.T, name string) uint8 {
	t.Helper()
	r, ok := regionIndex(name)
	if !ok {
		t.Fatalf("region %s", name)
	}
	return r
}

// TestColdStartsHaveTheirCauses checks what every cause implies.
func TestColdStartsHaveTheirCauses(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	seen := map[string]int{}
	for _, seed := range []uint64{1, 2} {
		w := New(Config{Seed: seed})
		for _, f := range w.functions {
			var changes []*ChangeRecord
			for _, d := range f.deedsIn(start.UnixMilli()-30*minuteMS, start.UnixMilli()+150*minuteMS) {
				changes = append(changes, changeRecord(d))
			}
			w.chunksIn(f, start.UnixMilli(), start.UnixMilli()+150*minuteMS, func(c *chunk) bool {
				for i := range c.records {
					if v := w.invocation(f, c, &c.records[i]); v.cold() {
						seen[v.r.cause.String()]++
						checkCause(t, f.name, w.coldRecord(v), changes)
					}
				}
				return true
			})
		}
	}
	for _, c := range []string{"deploy", "config-change", "scale-out", "idle", "recycled", "crash", "first"} {
		if seen[c] == 0 {
			t.Errorf("no cold start by %s; there are %v", c, seen)
		}
	}
}

func checkCause(t *testing.T, key string, c *ColdStartRecord, changes []*ChangeRecord) {
	t.Helper()
	recent := func(kind string) bool {
		began := at(t, c.Time)
		return slices.ContainsFunc(changes, func(ch *ChangeRecord) bool {
			d := began.Sub(at(t, ch.Time))
			return ch.Kind == kind && d > 0 && d < 30*time.Minute
		})
	}
	ok := true
	switch c.Cause {
	case "deploy":
		ok = recent("code") || c.IdleS != nil && *c.IdleS > 300
	case "config-change":
		ok = recent("configuration")
	case "first":
		ok = recent("create")
	case "idle":
		ok = c.IdleS == nil || *c.IdleS > 299
		ok = ok && c.Before == 0
	case "scale-out":
		ok = c.IdleS == nil || *c.IdleS < 0.05 // the other one is just putting its things away
	}
	if !ok || c.After != c.Before+1 || c.InitMS <= 0 || strings.TrimSpace(c.Environment) == "" {
		t.Errorf("%s: %+v idle %v does not fit its cause", key, *c, c.IdleS)
	}
}
