package world

import (
	"slices"
	"testing"
	"time"
)

// TestBoundariesFollowEachOther walks along the boundaries of functions and
// checks that both directions agree, whichever moment between two is asked.
func TestBoundariesFollowEachOther(t *testing.T) {
	w := New(Config{Seed: 21, Functions: 60})
	start := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).UnixMilli()
	for _, f := range w.functions {
		b := f.boundaryBefore(start)
		kinds := map[changeKind]bool{}
		for range 30 {
			next := f.boundaryAfter(b.at)
			if next.at <= b.at {
				t.Fatalf("%s: boundary %v after %v", f.name, next, b)
			}
			for _, at := range []int64{b.at, b.at + 1, (b.at + next.at) / 2, next.at - 1} {
				if got := f.boundaryBefore(at); got != b {
					t.Fatalf("%s: before %d is %v, want %v", f.name, at, got, b)
				}
				if got := f.boundaryAfter(at); got != next {
					t.Fatalf("%s: after %d is %v, want %v", f.name, at, got, next)
				}
			}
			kinds[next.kind] = true
			b = next
		}
		if f.bad.none() && f.configs.none() && f.creation.none() && !kinds[recycling] {
			t.Errorf("%s is never recycled", f.name)
		}
	}
}

// TestChunksAroundBoundaries simulates the time around boundaries forwards in
// one world and backwards in another that remembers nothing, and compares
// every record.
func TestChunksAroundBoundaries(t *testing.T) {
	one, other := New(Config{Seed: 22}), New(Config{Seed: 22, KeepInvocations: 1})
	start := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC).UnixMilli()
	ramps, joined := 0, 0
	for i, f := range one.functions {
		b := f.boundaryAfter(start)
		for b.kind != recycling && b.at < start+4*hourMS {
			b = f.boundaryAfter(b.at)
		}
		if b.ramp > 0 {
			ramps++
		}
		first := floorDiv(b.at, f.chunk) - 2
		last := min(floorDiv(b.at+b.ramp, f.chunk)+2, first+12)
		var forwards []*chunk
		for k := first; k <= last; k++ {
			forwards = append(forwards, one.chunkAt(f, k))
		}
		for k := last; k >= first; k-- {
			want, got := forwards[k-first], other.chunkAt(other.functions[i], k)
			if !slices.Equal(want.records, got.records) || !slices.Equal(want.throttle, got.throttle) || !slices.Equal(want.carry, got.carry) {
				t.Errorf("%s: chunk %d is another when asked backwards", f.name, k)
			}
			if len(want.pools) > 1 {
				joined++
			}
		}
	}
	if ramps == 0 || joined == 0 {
		t.Errorf("%d ramps and %d chunks of several pools: the borders were not tried", ramps, joined)
	}
}

// TestRecyclingIsSmooth checks that recycling replaces every environment of a
// busy function, and not all at the same moment.
func TestRecyclingIsSmooth(t *testing.T) {
	w := New(Config{Seed: 23})
	start := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).UnixMilli()
	tried := 0
	for _, f := range w.functions {
		if !f.slow.none() || !f.surge.when.none() || f.provisioned > 0 {
			continue // what comes and goes needs its environments at once
		}
		for b := f.boundaryAfter(start); b.at < start+dayMS; b = f.boundaryAfter(b.at) {
			if b.ramp > 0 {
				tried += recycledEvenly(t, w, f, b)
			}
		}
	}
	if tried < 10 {
		t.Errorf("only %d environments were recycled", tried)
	}
}

func recycledEvenly(t *testing.T, w *World, f *function, b boundary) int {
	t.Helper()
	total, perMinute := 0, map[int64]int{}
	w.chunksIn(f, b.at, b.at+b.ramp+20*minuteMS, func(c *chunk) bool {
		for i := range c.records {
			r := &c.records[i]
			if r.at >= b.at+b.ramp && r.created < b.at-minuteMS { // provisioned ones are made ready before
				t.Errorf("%s: an environment of %d served %d, boundary %v", f.name, r.created, r.at, b)
			}
			if r.cause == causeRecycled {
				total++
				perMinute[r.at/minuteMS]++
			}
		}
		return true
	})
	for m, n := range perMinute {
		if n > max(3, total/2) {
			t.Errorf("%s: %d of %d environments were recycled in minute %d", f.name, n, total, m)
		}
	}
	return total
}

// FuzzTraceID gives anything for a trace ID.
func FuzzTraceID(f *testing.F) {
	w := New(Config{Seed: 1})
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for tr := range w.Traces("us-east-1", now.Add(-time.Minute), now, now) {
		f.Add(tr.ID)
		break
	}
	f.Add("1-6b0454e9-000000000000000000000000")
	f.Add("")
	f.Fuzz(func(t *testing.T, id string) {
		if tr, ok := w.Trace("us-east-1", id, now); ok && tr.ID != id {
			t.Errorf("%q is %q", id, tr.ID)
		}
	})
}
