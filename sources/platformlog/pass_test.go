package platformlog

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

// collect runs a pass over events in pages and checks that every invocation is
// given once.
func collect(t *testing.T, p *Pass, events []sources.LogEvent, page int) answers {
	t.Helper()
	return gather(t, events, page, p.End, func(chunk []sources.LogEvent, yield yielder) {
		addAll(p, chunk, yield)
	})
}

// live does the same with a log that is read as it is written, line by line.
// The trace line of a report comes along with it.
func live(t *testing.T, p *Pass, events []sources.LogEvent) answers {
	t.Helper()
	n := 0
	return gather(t, events, 1, p.End, func(chunk []sources.LogEvent, yield yielder) {
		addAll(p, chunk, yield)
		if n++; n == len(events) || !strings.HasPrefix(events[n].Message, "XRAY ") {
			p.Idle(yield)
		}
	})
}

type yielder = func(sources.Invocation) bool

func gather(t *testing.T, events []sources.LogEvent, page int, end func(yielder) bool, add func([]sources.LogEvent, yielder)) answers {
	t.Helper()
	got := answers{}
	yield := func(inv sources.Invocation) bool {
		if before, ok := got[inv.Key()]; ok {
			t.Errorf("given twice: %+v and %+v", before, inv)
		}
		got[inv.Key()] = inv
		return true
	}
	for chunk := range slices.Chunk(events, page) {
		add(chunk, yield)
	}
	end(yield)
	return got
}

func addAll(p *Pass, events []sources.LogEvent, yield func(sources.Invocation) bool) bool {
	for i := range events {
		r, _ := Parse(events[i].Message)
		if !p.Add(&events[i], &r, yield) {
			return false
		}
	}
	return true
}

func TestPassTruth(t *testing.T) {
	for seed := range uint64(300) {
		w := newWorld(seed)
		slices.SortStableFunc(w.events, func(a, b sources.LogEvent) int { return a.Time.Compare(b.Time) })
		newest := w.events[len(w.events)-1].Time
		want := truthOf(w)
		for key, inv := range want {
			if inv.Outcome == sources.Running && newest.After(inv.Start.Or(epoch).Add(w.fn.Timeout)) {
				inv.Outcome = sources.Unknown
				want[key] = inv
			}
		}
		small := NewPass(w.fn)
		small.window, small.batch = 6, 2
		collect(t, small, w.events, 3).check(t, want)
		collect(t, NewPass(w.fn), w.events, 1+w.rng.IntN(50)).check(t, want)

		// Pages overlap, and lines near each other have changed places.
		twice := slices.Concat(w.events[:len(w.events)/2], w.events[len(w.events)/3:])
		for i := 0; i+8 < len(twice); i += 8 {
			w.rng.Shuffle(8, func(a, b int) { twice[i+a], twice[i+b] = twice[i+b], twice[i+a] })
		}
		if !sameTime(w.events) {
			collect(t, NewPass(w.fn), twice, 20).check(t, want)
		}

		live(t, NewPass(w.fn), w.events).check(t, want)
		if t.Failed() {
			t.Fatalf("seed %d, json %v", seed, w.json)
		}
	}
}

// sameTime tells whether some lines without a request ID share their time with
// another line of the stream: their order in the file is then all there is.
func sameTime(events []sources.LogEvent) bool {
	type place struct {
		stream string
		at     time.Time
	}
	count := map[place]int{}
	for _, e := range events {
		count[place{e.Stream, e.Time}]++
	}
	for _, e := range events {
		if r, ok := Parse(e.Message); ok && r.RequestID == "" && count[place{e.Stream, e.Time}] > 1 {
			return true
		}
	}
	return false
}

// TestPassUntimed reads one environment's lines without times or names.
func TestPassUntimed(t *testing.T) {
	for seed := range uint64(200) {
		w := &world{rng: newWorld(seed).rng, json: false}
		w.environment(1, nil)
		want := answers{}
		for _, inv := range w.truth {
			inv.Environment = ""
			inv.Start, inv.Reported = sources.Opt[time.Time]{}, sources.Opt[time.Time]{}
			switch {
			case inv.Init.Known(): // nothing tells of the time before
				inv.Cold = sources.Some(true)
			case inv.Cold.Known() && inv.Outcome != sources.InitFailed: // nor of the environment
				inv.Cold = sources.Some(false)
			}
			if inv.Outcome == sources.Running {
				inv.Outcome = sources.Unknown
			}
			want.take([]sources.Invocation{inv})
		}
		slices.SortStableFunc(w.events, func(a, b sources.LogEvent) int { return a.Time.Compare(b.Time) })
		for i := range w.events {
			w.events[i] = sources.LogEvent{Message: w.events[i].Message}
		}
		for _, window := range []uint64{4, passWindow} {
			p := NewPass(w.fn)
			p.window, p.batch = window, 1
			collect(t, p, w.events, 5).check(t, want)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestPassStops checks that the pass ends when nobody wants more.
func TestPassStops(t *testing.T) {
	w := newWorld(1)
	p := NewPass(w.fn)
	n := 0
	yield := func(sources.Invocation) bool { n++; return n < 2 }
	if !addAll(p, w.events, yield) || n != 0 || p.Idle(yield) || n != 2 {
		t.Errorf("%d invocations were given", n)
	}
}

func TestPassAttempts(t *testing.T) {
	p := NewPass(sources.Function{Timeout: time.Second})
	got := live(t, p, []sources.LogEvent{
		event("s", 0, "START RequestId: a Version: 1"),
		event("s", 10, "REPORT RequestId: a\tDuration: 10.00 ms\tStatus: timeout"),
		event("s", 10, "REPORT RequestId: a\tDuration: 10.00 ms\tStatus: timeout"),
		event("t", 60000, "START RequestId: a Version: 1"),
		event("s", 0, "START RequestId: a Version: 1"),
		event("t", 60010, "REPORT RequestId: a\tDuration: 10.00 ms"),
	})
	if len(got) != 2 || got[sources.InvocationKey{RequestID: "a", Attempt: 2}].Outcome != sources.OK {
		t.Errorf("got %+v", got)
	}
}

// TestPassMemory reads ten times as much and checks that it does not need ten
// times the memory: many environments, and starts without reports.
func TestPassMemory(t *testing.T) {
	use := func(n int) uint64 {
		p := NewPass(sources.Function{Timeout: time.Second})
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		yield := func(sources.Invocation) bool { return true }
		for i := range n {
			stream := fmt.Sprintf("2026/11/23/[1]%08x", i/3)
			addAll(p, []sources.LogEvent{
				event(stream, i*5, "INIT_START Runtime Version: x"),
				event(stream, i*5+1, fmt.Sprintf("START RequestId: %08x Version: 1", i)),
				event(stream, i*5+1, "[ERROR] KeyError: x\nTraceback (most recent call last):\n"),
			}, yield)
			if i%3 > 0 {
				addAll(p, []sources.LogEvent{event(stream, i*5+2, fmt.Sprintf("REPORT RequestId: %08x\tDuration: 1.00 ms", i))}, yield)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(p)
		return after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc)
	}
	small, large := use(80_000), use(200_000)
	if large > small*3/2 {
		t.Errorf("%d bytes for 80,000 and %d for 200,000 invocations", small, large)
	}
	t.Logf("%d and %d KB", small/1024, large/1024)
}

func BenchmarkPass(b *testing.B) {
	events := manyEvents(20000)
	var bytes int64
	for i := range events {
		bytes += int64(len(events[i].Message))
	}
	b.SetBytes(bytes)
	b.ReportAllocs()
	for b.Loop() {
		p := NewPass(sources.Function{Timeout: 3 * time.Second})
		yield := func(inv sources.Invocation) bool { sink += inv.Attempt; return true }
		addAll(p, events, yield)
		p.End(yield)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20000, "ns/invocation")
}

// TestPassLongRun checks that an invocation that runs while very many others
// come and go is still given once, with its report.
func TestPassLongRun(t *testing.T) {
	p := NewPass(sources.Function{Timeout: 15 * time.Minute})
	var long []sources.Invocation
	others := 0
	yield := func(inv sources.Invocation) bool {
		if inv.RequestID == "long" {
			long = append(long, inv)
		} else {
			others++
		}
		return true
	}
	const n = passOpen + passOpen/8
	addAll(p, []sources.LogEvent{event("s", 0, "START RequestId: long Version: 1")}, yield)
	for i := range n {
		id := fmt.Sprintf("%08x", i)
		addAll(p, []sources.LogEvent{
			event("t", 6*i, "START RequestId: "+id+" Version: 1"),
			event("t", 6*i+5, "REPORT RequestId: "+id+"\tDuration: 5.00 ms"),
		}, yield)
	}
	addAll(p, []sources.LogEvent{event("s", 890_000, "REPORT RequestId: long\tDuration: 890000.00 ms")}, yield)
	p.End(yield)
	if others != n || len(long) != 1 || long[0].Attempt != 1 || long[0].Outcome != sources.OK || long[0].Start != sources.Some(at(0)) {
		t.Errorf("%d others, and %+v", others, long)
	}
}
