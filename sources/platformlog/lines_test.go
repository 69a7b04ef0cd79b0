package platformlog

import (
	"slices"
	"testing"
	"time"

	"fntop/sources"
)

func TestLinesOf(t *testing.T) {
	const a, b = "7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b", "1b7f9a10-6f3c-4c57-8d1e-93aa10b2c3d4"
	at := func(s int) time.Time { return time.Date(2026, 11, 23, 9, 0, s, 0, time.UTC) }
	events := func(messages ...string) (out []sources.LogEvent) {
		for i, m := range messages {
			out = append(out, sources.LogEvent{Time: at(i), Message: m})
		}
		return out
	}
	start := func(id string) string { return "START RequestId: " + id + " Version: $LATEST" }
	end := func(id string) string { return "END RequestId: " + id }
	report := func(id string) string {
		return "REPORT RequestId: " + id + "\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\t"
	}
	initStart := "INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:ab"
	for name, tc := range map[string]struct {
		inv      sources.Invocation
		events   []sources.LogEvent
		want     []int
		complete bool
	}{
		"cold start has its init": {
			sources.Invocation{RequestID: a},
			events(initStart, "loading", start(a), "hello", end(a), report(a), start(b), "other", report(b)),
			[]int{0, 1, 2, 3, 4, 5},
			true,
		},
		"warm one begins after the report before it": {
			sources.Invocation{RequestID: b},
			events(start(a), "x", report(a), start(b), "other", end(b), report(b), "late"),
			[]int{3, 4, 5, 6},
			true,
		},
		"trace line of its own": {
			sources.Invocation{RequestID: a},
			events(start(a), report(a), "XRAY TraceId: 1-6d2f3a10-0123456789abcdef01234567\tSegmentId: 89abcdef01234567\tSampled: true\t", start(b)),
			[]int{0, 1, 2},
			true,
		},
		"running": {
			sources.Invocation{RequestID: b},
			events(start(a), report(a), start(b), "working"),
			[]int{2, 3},
			false,
		},
		"second attempt": {
			sources.Invocation{RequestID: a, Attempt: 2, Start: sources.Some(at(3)), Reported: sources.Some(at(5))},
			events(start(a), "one", report(a), start(a), "two", report(a)),
			[]int{3, 4, 5},
			true,
		},
		"several at once": {
			sources.Invocation{RequestID: a},
			events(start(a), start(b), "[INFO]\t2026-11-23T09:00:01.120Z\t"+b+"\tof b", "[INFO]\t2026-11-23T09:00:01.120Z\t"+a+"\tof a", report(b), report(a)),
			[]int{0, 3, 5},
			true,
		},
		"only its name": {
			sources.Invocation{RequestID: a},
			events("[INFO]\t2026-11-23T09:00:01.120Z\t"+a+"\tof a", "of nobody"),
			[]int{0},
			false,
		},
		"nothing": {sources.Invocation{RequestID: a}, nil, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			own, complete := LinesOf(tc.inv, tc.events)
			var got []int
			for _, e := range own {
				got = append(got, slices.Index(tc.events, e))
			}
			if !slices.Equal(got, tc.want) || complete != tc.complete {
				t.Errorf("got events %v, complete %v; want %v, %v", got, complete, tc.want, tc.complete)
			}
		})
	}
}
