package main

import (
	"testing"
	"time"

	"fntop/sources"
)

// TestKept asks for windows of the past: what CloudWatch keeps in longer steps
// is asked for in whole ones only.
func TestKept(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	const day = 24 * time.Hour
	for _, c := range []struct {
		since, ago time.Duration
		ok         bool
	}{
		{time.Hour, day, true},
		{2891 * time.Minute, day, true},       // in steps of 59 minutes
		{2891 * time.Minute, 20 * day, false}, // which are no multiple of five
		{2890 * time.Minute, 20 * day, false}, // of 34
		{3815 * time.Minute, 20 * day, true},  // of 35
		{time.Hour, 20 * day, false},
		{6 * time.Hour, 20 * day, true},
		{49 * time.Hour, 20 * day, true},
		{49 * time.Hour, 70 * day, true},
		{3815 * time.Minute, 70 * day, false},
	} {
		err := kept(sources.Window{Since: c.since, Until: now.Add(-c.ago)}, now)
		if (err == nil) != c.ok {
			t.Errorf("%v until %v ago: %v", c.since, c.ago, err)
		}
	}
}
