package fleet

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// found makes the traces of the given seconds, newest first as they are given.
func found(begin time.Time, seconds ...int) (list []sources.TraceSummary) {
	for _, s := range seconds {
		list = append(list, sources.TraceSummary{
			ID: fmt.Sprintf("1-%08x-000000000000000000000000", s), Start: begin.Add(time.Duration(s) * time.Second),
			Duration: sources.Some(time.Second), Services: []string{"fn", "S3"}, Annotations: []sources.Setting{{Name: "a", Value: "b"}},
		})
	}
	return list
}

// TestTraceLists puts searches together: what is new, what lies before, and
// what is behind a gap.
func TestTraceLists(t *testing.T) {
	f := New(Config{})
	id := sources.FunctionID{Name: "fn"}
	begin := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	at := func(s int) time.Time { return begin.Add(time.Duration(s) * time.Second) }
	ask := func(from, to int, edit func(*poll.Request), err error, list []sources.TraceSummary, oldest time.Time) *Function {
		r := poll.Request{Kind: poll.TraceList, Function: id, Start: at(from), End: at(to)}
		if edit != nil {
			edit(&r)
		}
		f.ApplyTraceList(r, list, oldest, err, at(to))
		return f.function(id)
	}
	anew, deep := func(r *poll.Request) { r.Anew = true }, func(r *poll.Request) { r.Deep = true }
	check := func(fn *Function, from, through int, seconds ...int) {
		t.Helper()
		want := found(begin, seconds...)
		same := len(fn.Traces) == len(want)
		for i := 0; same && i < len(want); i++ {
			same = fn.Traces[i].ID == want[i].ID
		}
		if !same || !fn.TracesFrom.Equal(at(from)) || !fn.TracesThrough.Equal(at(through)) {
			t.Fatalf("from %v through %v: %+v, want %v from %d through %d", fn.TracesFrom, fn.TracesThrough, fn.Traces, seconds, from, through)
		}
	}
	no := time.Time{}
	first := ask(100, 200, anew, nil, found(begin, 180, 120), no)
	check(first, 100, 200, 180, 120)
	if again := ask(100, 200, anew, nil, found(begin, 180, 120), no); again != first {
		t.Error("the same answer has changed the function")
	}
	check(ask(150, 230, nil, nil, found(begin, 210, 180), no), 100, 230, 210, 180, 120)
	check(first, 100, 200, 180, 120) // it is in a snapshot
	check(ask(0, 100, deep, nil, found(begin, 100, 40), no), 0, 230, 210, 180, 120, 100, 40)
	grown := found(begin, 210)
	grown[0].Partial = true
	if fn := ask(200, 240, nil, nil, grown, no); !fn.Traces[0].Partial || len(fn.Traces) != 5 {
		t.Errorf("a trace that has changed is %+v", fn.Traces[0])
	}
	// A failure leaves what is known, and says so.
	failed := ask(200, 300, nil, errors.New("no"), found(begin, 290), no)
	check(failed, 0, 240, 290, 210, 180, 120, 100, 40)
	if failed.Searched.Err == nil || failed.Searched.Good.IsZero() {
		t.Errorf("after a failure %+v", failed.Searched)
	}
	// A limit that leaves a gap, and a window of the past, begin anew.
	check(ask(200, 500, nil, nil, found(begin, 490, 480), at(480)), 480, 500, 490, 480)
	check(ask(10, 90, anew, nil, found(begin, 80), no), 10, 90, 80)
	many := make([]int, maxTraces+100)
	for i := range many {
		many[i] = 10_000 - i
	}
	fn := ask(9000, 10_000, anew, nil, found(begin, many...), no)
	if len(fn.Traces) != maxTraces || !fn.TracesFrom.Equal(at(10_000-maxTraces+1)) {
		t.Errorf("%d traces are kept, from %v", len(fn.Traces), fn.TracesFrom)
	}
}

func TestTraceListsAreLetGo(t *testing.T) {
	f := New(Config{})
	id := sources.FunctionID{Name: "fn"}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	f.ApplyTraceList(poll.Request{Function: id, Start: now.Add(-time.Hour), End: now, Anew: true}, found(now, -5), time.Time{}, nil, now)
	open := []poll.Demand{{Focus: []poll.Focus{{Function: id, TraceList: true}}}}
	now = now.Add(time.Hour)
	if gone := f.Retain(open, now); gone.TraceLists != nil || len(f.function(id).Traces) != 1 {
		t.Fatalf("what is on the screen is gone: %+v", gone)
	}
	if gone := f.Retain(nil, now.Add(keptUnfollowed)); gone.TraceLists != nil {
		t.Fatalf("gone at once: %+v", gone)
	}
	gone := f.Retain(nil, now.Add(keptUnfollowed+time.Second))
	if fn := f.function(id); len(gone.TraceLists) != 1 || gone.TraceLists[0] != id || fn.Traces != nil || !fn.TracesFrom.IsZero() || fn.Searched != (Health{}) {
		t.Errorf("after a while %+v, %+v", gone, fn)
	}
}
