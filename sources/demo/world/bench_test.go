package world

import (
	"testing"
	"time"

	"fntop/sources"
)

var benchNow = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

func askAll(w *World, metrics []sources.Metric, stats []sources.Stat, period, back time.Duration) (points int) {
	for _, region := range w.Regions() {
		for _, f := range w.Functions(region, benchNow) {
			for _, m := range metrics {
				for _, p := range w.Metric(region, f.ID.Name, m, stats, period, benchNow.Add(-back), benchNow, benchNow) {
					points += len(p)
				}
			}
		}
	}
	return points
}

func rowMetrics() []sources.Metric {
	return []sources.Metric{sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles, sources.MetricDuration, sources.MetricConcurrency}
}

// BenchmarkLastHour is what a dashboard asks of the default fleet as it
// starts: every metric of the last hour, minute by minute.
func BenchmarkLastHour(b *testing.B) {
	for b.Loop() {
		askAll(New(Config{Seed: 1}), rowMetrics(), []sources.Stat{"Sum", "Average", "Maximum", "p50", "p95"}, time.Minute, time.Hour)
	}
}

// BenchmarkLastHourAgain is the same of a world that has been asked before.
func BenchmarkLastHourAgain(b *testing.B) {
	w := New(Config{Seed: 1})
	askAll(w, rowMetrics(), []sources.Stat{"Sum"}, time.Minute, time.Hour)
	for b.Loop() {
		askAll(w, rowMetrics(), []sources.Stat{"Sum", "Average", "Maximum", "p50", "p95"}, time.Minute, time.Hour)
	}
}

// BenchmarkMonth is the hourly sums of thirty days of the whole fleet.
func BenchmarkMonth(b *testing.B) {
	for b.Loop() {
		askAll(New(Config{Seed: 1}), []sources.Metric{sources.MetricInvocations, sources.MetricErrors, sources.MetricDuration}, []sources.Stat{"Sum"}, time.Hour, 30*24*time.Hour)
	}
}

// BenchmarkDayOfBusiest is a chart of a day of the busiest function.
func BenchmarkDayOfBusiest(b *testing.B) {
	for b.Loop() {
		w := New(Config{Seed: 1})
		w.Metric("us-east-1", "checkout-api", sources.MetricDuration, []sources.Stat{"p50", "p95", "p99"}, 5*time.Minute, benchNow.Add(-24*time.Hour), benchNow, benchNow)
	}
}

// BenchmarkMinuteOfLogs reads a minute of the busiest function's log.
// BenchmarkWeekOfIncoming is what a week of hours of the volume of logs takes,
// of all groups of the default fleet.
func BenchmarkWeekOfIncoming(b *testing.B) {
	for b.Loop() {
		w := New(Config{Seed: 1})
		end := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
		for r := range w.regions {
			for group := range w.byGroup[r] {
				w.GroupMetric(regionTable[r].name, group, metricIncomingBytes, []sources.Stat{"Sum"}, time.Hour, end.Add(-7*24*time.Hour), end, end)
			}
		}
	}
}

func BenchmarkMinuteOfLogs(b *testing.B) {
	w := New(Config{Seed: 1})
	n, bytes := 0, 0
	for b.Loop() {
		n, bytes = 0, 0
		seq, _ := w.Logs("us-east-1", "/aws/lambda/checkout-api", benchNow.Add(-2*time.Minute), benchNow.Add(-time.Minute), benchNow)
		for e := range seq {
			n++
			bytes += len(e.Message)
		}
	}
	b.ReportMetric(float64(n), "events")
	b.SetBytes(int64(bytes))
}

// BenchmarkMinuteOfTraces makes the documents of a region's traces.
func BenchmarkMinuteOfTraces(b *testing.B) {
	w := New(Config{Seed: 1})
	n := 0
	for b.Loop() {
		n = 0
		for range w.Traces("us-east-1", benchNow.Add(-2*time.Minute), benchNow.Add(-time.Minute), benchNow) {
			n++
		}
	}
	b.ReportMetric(float64(n), "traces")
}

// BenchmarkNewLarge makes a fleet of ten thousand and lists it.
func BenchmarkNewLarge(b *testing.B) {
	for b.Loop() {
		w := New(Config{Seed: 1, Functions: 10_000})
		for _, region := range w.Regions() {
			w.Functions(region, benchNow)
		}
	}
}

// BenchmarkFirstChangesLarge takes a page of the changes of ten thousand
// functions.
func BenchmarkFirstChangesLarge(b *testing.B) {
	w := New(Config{Seed: 1, Functions: 10_000})
	for b.Loop() {
		n := 0
		for range w.Changes("us-east-1", benchNow.Add(-90*24*time.Hour), benchNow, benchNow) {
			if n++; n == 50 {
				break
			}
		}
	}
}

// BenchmarkNinetyDaysLarge takes all of them.
func BenchmarkNinetyDaysLarge(b *testing.B) {
	w, n := New(Config{Seed: 1, Functions: 10_000}), 0
	for b.Loop() {
		n = 0
		for range w.Changes("us-east-1", benchNow.Add(-90*24*time.Hour), benchNow, benchNow) {
			n++
		}
	}
	b.ReportMetric(float64(n), "changes")
}

// BenchmarkTriggersLarge takes all triggers of a region.
func BenchmarkTriggersLarge(b *testing.B) {
	w := New(Config{Seed: 1, Functions: 10_000})
	for b.Loop() {
		w.Triggers("us-east-1", "", benchNow)
	}
}

// BenchmarkActiveLarge finds out which of ten thousand were invoked in the
// last three hours.
func BenchmarkActiveLarge(b *testing.B) {
	w := New(Config{Seed: 1, Functions: 10_000})
	for b.Loop() {
		for _, region := range w.Regions() {
			w.Active(region, benchNow.Add(-3*time.Hour), benchNow)
		}
	}
}

// BenchmarkLastHourLarge is the last hour of five metrics of ten thousand
// functions.
func BenchmarkLastHourLarge(b *testing.B) {
	for b.Loop() {
		askAll(New(Config{Seed: 1, Functions: 10_000}), rowMetrics(), []sources.Stat{"Sum", "Maximum", "p95"}, time.Minute, time.Hour)
	}
}

// BenchmarkTruthHour tells everything that happened in an hour.
func BenchmarkTruthHour(b *testing.B) {
	n := 0
	for b.Loop() {
		n = 0
		for range New(Config{Seed: 1}).Truth(benchNow.Add(-time.Hour), benchNow) {
			n++
		}
	}
	b.ReportMetric(float64(n), "records")
}
