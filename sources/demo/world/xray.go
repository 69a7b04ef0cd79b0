package world

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"fntop/sources/demo"
)

const traceRetention = 30 * dayMS

// earliest is how long before its first arrival a trace can begin, ms.
const earliest = second

// Traces yields the traces that began in [start, end) and are visible at
// asOf, newest first. Traces are kept for thirty days.
func (w *World) Traces(region string, start, end, asOf time.Time) iter.Seq[demo.Traced] {
	return func(yield func(demo.Traced) bool) {
		r, ok := regionIndex(region)
		if !ok {
			return
		}
		now := clamp(asOf)
		from, to := max(micros(start), (now-traceRetention)*1000), min(micros(end), now*1000)
		for to > from {
			begin := max(from, floorDiv(to-1, minuteMS*1000)*minuteMS*1000)
			for _, e := range w.tracesIn(r, begin, to) {
				if t, ok := w.traced(w.attemptsOf(e.first), now); ok && !yield(t) {
					return
				}
			}
			to = begin
		}
	}
}

// micros is a time in microseconds, rounded up, within the world's.
func micros(t time.Time) int64 {
	at := clamp(t)
	if at == worldBegins || at == worldEnds {
		return at * 1000
	}
	return t.Add(999 * time.Nanosecond).UnixMicro()
}

// event is an event that X-Ray traces.
type event struct {
	begun int64 // µs
	first invocation
}

// tracesIn gives the sampled events of a region that began in [from, to), µs,
// newest first.
func (w *World) tracesIn(r uint8, from, to int64) []event {
	var found []event
	for _, f := range w.regions[r] {
		if !f.traced {
			continue
		}
		w.chunksIn(f, from/1000, to/1000+earliest, func(c *chunk) bool {
			for i := range c.records {
				rec := &c.records[i]
				if rec.attempt != 1 || !rec.has(flagSampled) {
					continue
				}
				v := w.invocation(f, c, rec)
				if begun := v.begun(); begun >= from && begun < to {
					found = append(found, event{begun, v})
				}
			}
			return true
		})
	}
	slices.SortFunc(found, func(a, b event) int {
		return cmp.Or(cmp.Compare(b.begun, a.begun), cmp.Compare(a.first.f.index, b.first.f.index), cmp.Compare(b.first.r.index, a.first.r.index))
	})
	return found
}

// attemptsOf gives an event's attempts, the first one given.
func (w *World) attemptsOf(first invocation) []invocation {
	all := []invocation{first}
	f := first.f
	if !f.origin.async() || !first.r.failed() {
		return all
	}
	a := arrival{minute: first.r.minute, index: first.r.index, card: first.r.card, mode: first.r.mode, attempt: 1}
	for _, retry := range f.retriesOf(a, &f.cards().modes[a.mode], -1<<62, 1<<62, nil) {
		c := w.chunkAt(f, floorDiv(retry.at, f.chunk))
		for i := range c.records {
			if r := &c.records[i]; r.minute == retry.minute && r.index == retry.index && r.attempt == retry.attempt {
				all = append(all, w.invocation(f, c, r))
			}
		}
	}
	return all
}

// Trace finds one trace by its ID, when it is visible at asOf.
func (w *World) Trace(region, id string, asOf time.Time) (demo.Traced, bool) {
	r, ok := regionIndex(region)
	epoch, function, index, ok2 := parseTrace(id)
	if !ok || !ok2 || int64(function) >= int64(len(w.functions)) {
		return demo.Traced{}, false
	}
	f, now := w.functions[function], clamp(asOf)
	if f.region != r || !f.traced || epoch*second < now-traceRetention || epoch*second > now {
		return demo.Traced{}, false
	}
	found, ok := w.find(f, epoch*second/minuteMS, index, epoch)
	if !ok || !found.r.has(flagSampled) || found.traceID() != id {
		return demo.Traced{}, false
	}
	return w.traced(w.attemptsOf(found), now)
}

// find gives the first attempt of an identity that arrived in a second.
func (w *World) find(f *function, minute int64, index uint32, epoch int64) (invocation, bool) {
	c := w.chunkAt(f, floorDiv(epoch*second, f.chunk))
	for i := range c.records {
		if r := &c.records[i]; r.minute == minute && r.index == index && r.attempt == 1 {
			return w.invocation(f, c, r), true
		}
	}
	return invocation{}, false
}

// traceLag is how long after its end an attempt becomes visible, ms.
func (v invocation) traceLag() int64 { return 6000 + int64(v.hash(0x1a)%7000) }

// traced makes the trace of an event out of the attempts that are visible.
func (w *World) traced(all []invocation, asOf int64) (demo.Traced, bool) {
	visible := all[:0:0]
	for _, v := range all {
		if ceilMS(v.r.end())+v.traceLag() <= asOf {
			visible = append(visible, v)
		}
	}
	if len(visible) == 0 {
		return demo.Traced{}, false
	}
	first, last := visible[0], visible[len(visible)-1]
	t := demo.Traced{
		ID: first.traceID(), Function: first.f.name, RequestID: first.requestID(),
		Start: microtime(first.begun()), End: microtime(last.finished()),
		Annotations: map[string]string{},
	}
	for key, value := range first.annotations() {
		t.Annotations[key] = fmt.Sprint(value)
	}
	for _, v := range visible {
		t.Fault = t.Fault || v.r.failed()
		t.Error = t.Error || v.callFails() == clientError
	}
	t.Segments = segments(visible)
	return t, true
}

func microtime(us int64) time.Time { return time.UnixMicro(us).UTC() }
