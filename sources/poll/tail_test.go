package poll

import (
	"testing"
	"time"

	"fntop/sources"
)

// TestTailsTakeTurns plans ten followed logs of which only four can be asked
// at once: none waits longer than the others.
func TestTailsTakeTurns(t *testing.T) {
	c := newCloud(10)
	led := NewLedger()
	var d Demand
	for _, id := range c.ids {
		d.Tail = append(d.Tail, TailRef{Function: id, Since: start()})
	}
	asked := make(map[sources.FunctionID]time.Time)
	for now, i := start(), 0; i < 100; now, i = now.Add(2*time.Second), i+1 {
		plan := Make(now, []Demand{d, d}, led, c, Budget{Free: true})
		for _, r := range plan.Requests[:min(4, len(plan.Requests))] {
			asked[r.Function] = now
			led.Sent(r, now)
			led.Answered(r, Result{}, now)
		}
		for _, id := range c.ids {
			if wait := now.Sub(asked[id]); i > 3 && wait > 6*time.Second {
				t.Fatalf("%s has waited %v", id.Name, wait)
			}
		}
	}
}

// TestABusyLogIsReReadShorter: what is read again stays small beside what is
// new, and never shorter than ingestion takes.
func TestABusyLogIsReReadShorter(t *testing.T) {
	for _, rate := range []int{1, 300, 5000, 100_000} {
		c, led, now := newCloud(1), NewLedger(), start()
		d := Demand{Tail: []TailRef{{Function: c.ids[0], Since: now.Add(-time.Minute)}}}
		read, longest := 0.0, time.Duration(0)
		for range 300 {
			now = now.Add(2 * time.Second)
			for _, r := range Make(now, []Demand{d}, led, c, Budget{}).Requests {
				span := r.End.Sub(r.Start)
				if r.Limit == 0 && span < leastOverlap {
					t.Fatalf("a read of %v", span)
				}
				longest = max(longest, span)
				read += span.Seconds()
				led.Sent(r, now)
				led.Answered(r, Result{Events: int(span.Seconds() * float64(rate))}, now)
			}
		}
		t.Logf("%d lines a second: %.1f times the log is read, at most %v at once", rate, read/600, longest)
		switch again := read / 600; {
		case rate >= 5000 && again > 5:
			t.Errorf("at %d lines a second the log is read %.1f times", rate, again)
		case rate == 1 && longest < deepOverlap:
			t.Errorf("a quiet log is re-read for %v", longest)
		}
	}
}

// TestAfterSleepTheNewestAreRead wakes the machine after an hour.
func TestAfterSleepTheNewestAreRead(t *testing.T) {
	c, led, now := newCloud(1), NewLedger(), start()
	d := Demand{Tail: []TailRef{{Function: c.ids[0], Since: now.Add(-time.Minute)}}}
	r := Make(now, []Demand{d}, led, c, Budget{}).Requests[0]
	if r.Kind != Tail || r.Limit != TailLookBack || !r.Start.Equal(now.Add(-time.Minute)) || r.For != ForTailed {
		t.Fatalf("the look back is %+v", r)
	}
	led.Sent(r, now)
	led.Answered(r, Result{}, now)
	woken := now.Add(time.Hour)
	r = Make(woken, []Demand{d}, led, c, Budget{}).Requests[0]
	if r.Limit != TailLookBack || !r.End.Equal(woken) || r.Start.After(now) {
		t.Errorf("after an hour %v to %v is read, at most %d", r.Start, r.End, r.Limit)
	}
	led.Sent(r, woken)
	led.ForgetTails(c.ids)
	if r = Make(woken, []Demand{d}, led, c, Budget{}).Requests[0]; !r.Start.Equal(d.Tail[0].Since) {
		t.Errorf("what was forgotten is read from %v", r.Start)
	}
	if Wanted(r, []Demand{{}}) || !Wanted(r, []Demand{d}) {
		t.Error("wanted is not what is demanded")
	}
}
