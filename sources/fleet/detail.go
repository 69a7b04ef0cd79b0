package fleet

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// Bounds of the log lines kept of one invocation.
const (
	maxLineEvents = 10_000
	maxLineBytes  = 8 << 20
)

// editLines replaces the lines of one invocation by a changed copy.
func (f *Fleet) editLines(ref poll.InvocationRef, edit func(*Lines)) {
	if !f.newLines {
		f.lines, f.newLines = maps.Clone(f.lines), true
	}
	key := lineKey{ref.Function, ref.Key}
	c := Lines{}
	if have := f.lines[key]; have != nil {
		c = *have
	}
	edit(&c)
	f.lines[key] = &c
}

// BeginLines notes that the lines of an invocation are being read.
func (f *Fleet) BeginLines(ref poll.InvocationRef) {
	f.editLines(ref, func(l *Lines) { l.Loading = true })
}

// EndLines takes the log lines of an invocation. complete means that its
// report is among them.
func (f *Fleet) EndLines(ref poll.InvocationRef, events []sources.LogEvent, complete bool, err error, now time.Time) {
	f.scope(ref.Function.Scope()).logs.note(ofPlace(err), now)
	// The lines may tell the end of an invocation that was still running.
	if i, ok := f.index[ref.Function]; ok && f.records[i].focus != nil && len(events) > 0 {
		f.ApplyInvocations(ref.Function, events)
	}
	f.editLines(ref, func(l *Lines) {
		l.Loading = false
		l.Health.note(err, now)
		if err != nil && len(events) == 0 {
			return
		}
		l.Complete = complete
		l.Events, l.Cut = boundEvents(sortEvents(events))
	})
}

// sortEvents puts events in time order and drops those seen twice. Events of
// one time stay in the order they came in.
func sortEvents(events []sources.LogEvent) []sources.LogEvent {
	seen := make(map[string]bool, len(events))
	out := make([]sources.LogEvent, 0, len(events))
	for _, e := range events {
		if e.ID != "" {
			if seen[e.ID] {
				continue
			}
			seen[e.ID] = true
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b sources.LogEvent) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Stream, b.Stream))
	})
	return out
}

func boundEvents(events []sources.LogEvent) ([]sources.LogEvent, bool) {
	bytes := 0
	for i, e := range events {
		bytes += len(e.Message)
		if i >= maxLineEvents || bytes > maxLineBytes {
			return events[:i], true
		}
	}
	return events, false
}

// BeginTraces notes that traces are being fetched.
func (f *Fleet) BeginTraces(s sources.Scope, ids []string) {
	for _, id := range ids {
		f.editTrace(poll.TraceRef{Scope: s, ID: id}, func(t *Trace) { t.Loading = true })
	}
}

func (f *Fleet) editTrace(ref poll.TraceRef, edit func(*Trace)) {
	if !f.newTraces {
		f.traces, f.newTraces = maps.Clone(f.traces), true
	}
	c := Trace{}
	if have := f.traces[ref]; have != nil {
		c = *have
	}
	edit(&c)
	f.traces[ref] = &c
}

// EndTraces takes what was found of the traces that were asked for.
func (f *Fleet) EndTraces(s sources.Scope, ids []string, found []sources.Trace, err error, now time.Time) {
	f.scope(s).traces.note(err, now)
	byID := make(map[string]sources.Trace, len(found))
	for _, t := range found {
		byID[t.ID] = t
	}
	for _, id := range ids {
		f.editTrace(poll.TraceRef{Scope: s, ID: id}, func(t *Trace) {
			t.Loading = false
			t.Health.note(err, now)
			if trace, ok := byID[id]; ok {
				t.Trace, t.Found = trace, true
			}
		})
	}
}

// keptDetails is how many log readings and traces that nobody has open are
// kept, so that going back to one shows it at once.
const keptDetails = 64

// keptUnfollowed is how long the log of a function is kept after nobody
// follows it any more.
const keptUnfollowed = 10 * time.Minute

// Dropped is what a fleet let go of: it must be asked for again when it is
// wanted again.
type Dropped struct {
	Follows []sources.FunctionID
	Lines   []poll.InvocationRef // Function and Key only
	Traces  []poll.TraceRef
	// TraceLists are functions whose lists of traces are gone.
	TraceLists []sources.FunctionID
}

// Retain lets go of logs, lines and traces that nobody has open, when they
// are many or old.
func (f *Fleet) Retain(demands []poll.Demand, now time.Time) Dropped {
	follows := make(map[sources.FunctionID]bool)
	lines, traces := make(map[lineKey]bool), make(map[poll.TraceRef]bool)
	for _, d := range demands {
		for _, one := range d.Focus {
			follows[one.Function] = follows[one.Function] || one.Invocations
		}
		for _, ref := range d.Lines {
			lines[lineKey{ref.Function, ref.Key}] = true
		}
		for _, ref := range d.Traces {
			traces[ref] = true
		}
	}
	gone := Dropped{TraceLists: f.retainTraceLists(demands, now)}
	for _, r := range f.records {
		if r.focus == nil {
			continue
		}
		if follows[r.pub.ID] || r.focus.wanted.IsZero() {
			r.focus.wanted = now
		}
		if now.Sub(r.focus.wanted) > keptUnfollowed {
			r.focus = nil
			gone.Follows = append(gone.Follows, r.pub.ID)
			f.change(r.pub.ID, func(fn *Function) {
				fn.Invocations, fn.InvocationsDropped = nil, 0
				fn.InvocationsFrom, fn.InvocationsThrough = time.Time{}, time.Time{}
			})
		}
	}
	if kept := without(f.lines, lines, func(k lineKey) {
		gone.Lines = append(gone.Lines, poll.InvocationRef{Function: k.function, Key: k.key})
	}); kept != nil {
		f.lines, f.newLines = kept, true
	}
	if kept := without(f.traces, traces, func(k poll.TraceRef) { gone.Traces = append(gone.Traces, k) }); kept != nil {
		f.traces, f.newTraces = kept, true
	}
	return gone
}

// without gives the wanted part of a map that holds more than is kept, and
// nil for one that may stay as it is.
func without[K comparable, V any](m map[K]V, wanted map[K]bool, dropped func(K)) map[K]V {
	if len(m) <= keptDetails+len(wanted) {
		return nil
	}
	out := make(map[K]V, len(wanted))
	for k, v := range m {
		if wanted[k] {
			out[k] = v
		} else {
			dropped(k)
		}
	}
	return out
}
