package invocation

import (
	"testing"
	"time"

	"fntop/sources"
)

func TestSpan(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		inv      sources.Invocation
		from, to time.Time
	}{
		{"nothing is known", sources.Invocation{}, time.Time{}, time.Time{}},
		{"running", sources.Invocation{Start: sources.Some(start)}, start.Add(-slack), time.Time{}},
		{"cold and reported", sources.Invocation{
			Start: sources.Some(start), Reported: sources.Some(start.Add(3 * time.Second)), Init: sources.Some(2 * time.Second),
		}, start.Add(-slack - 2*time.Second), start.Add(3*time.Second + slack)},
		{"only a report", sources.Invocation{
			Reported: sources.Some(start), Duration: sources.Some(time.Second),
		}, start.Add(-slack - time.Second), start.Add(slack)},
		{"no report time", sources.Invocation{
			Start: sources.Some(start), Duration: sources.Some(time.Second),
		}, start.Add(-slack), start.Add(time.Second + slack)},
	} {
		if from, to := span(c.inv); !from.Equal(c.from) || !to.Equal(c.to) {
			t.Errorf("%s: from %v to %v, want %v to %v", c.name, from, to, c.from, c.to)
		}
	}
}
