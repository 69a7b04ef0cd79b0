package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// written is a source whose functions log: each so many lines a second, of
// which some become readable late.
type written struct {
	*pretend
	began time.Time
	every time.Duration // between two lines of a function
	// late is by how much a line is readable after it was written.
	late   func(line int) time.Duration
	refuse map[string]error // of functions whose log cannot be read

	live   sync.Mutex
	tailed [][]sources.FunctionID // the tails that were begun
}

func (p *written) place() sources.Place { return p.as(p) }

// event is a line of a function. Each environment writes sixty.
func (p *written) event(name string, i int) sources.LogEvent {
	at := p.began.Add(time.Duration(i) * p.every)
	return sources.LogEvent{
		ID: fmt.Sprintf("%s-%d", name, i), Time: at, Ingested: at.Add(p.late(i)),
		Stream: fmt.Sprintf("%s/%d", name, i/60), Message: "a line that is like others\n",
	}
}

func (p *written) readable(name string, start, end, asOf time.Time) []sources.LogEvent {
	var events []sources.LogEvent
	from := max(int(start.Sub(p.began)/p.every)-1, 0)
	for i := from; ; i++ {
		e := p.event(name, i)
		if !e.Time.Before(end) || e.Time.After(asOf) {
			return events
		}
		if !e.Time.Before(start) && !e.Ingested.After(asOf) {
			events = append(events, e)
		}
	}
}

func (p *written) Logs(ctx context.Context, q sources.LogQuery, page func(sources.LogPage) error) error {
	op := "logs"
	if q.Select == sources.LogAll {
		op = "all"
	}
	if err := p.do(ctx, op+" "+q.Function.Name); err != nil {
		return err
	}
	if err := p.refuse[q.Function.Name]; err != nil {
		return err
	}
	events := p.readable(q.Function.Name, q.Start, q.End, time.Now())
	cut := false
	if q.NewestFirst {
		slices.Reverse(events)
		if cut = len(events) > q.Limit; cut {
			events = events[:q.Limit]
		}
	}
	for some := range slices.Chunk(events, 100) {
		if err := page(sources.LogPage{Events: some, Truncated: cut}); err != nil {
			return err
		}
	}
	return nil
}

// Tail hands over what becomes readable, without IDs, but for every seventh
// event, which the sampling left out.
func (p *written) Tail(ctx context.Context, q sources.TailQuery, update func(sources.TailUpdate) error) error {
	var ids []sources.FunctionID
	for i := range q.Functions {
		ids = append(ids, q.Functions[i].ID)
	}
	p.live.Lock()
	p.tailed = append(p.tailed, ids)
	p.live.Unlock()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return &sources.Error{Op: "tail", Kind: sources.Cancelled, Err: ctx.Err()}
		case <-time.After(time.Second):
		}
		now := time.Now()
		var u sources.TailUpdate
		for _, id := range ids {
			for i, e := range p.readable(id.Name, last.Add(-20*time.Second), now, now) {
				if e.Ingested.After(last) && i%7 != 0 {
					e.ID = ""
					u.Events = append(u.Events, sources.TailEvent{Function: id, LogEvent: e})
				}
			}
		}
		last = now
		if err := update(u); err != nil {
			return err
		}
	}
}

func (p *written) tails() [][]sources.FunctionID {
	p.live.Lock()
	defer p.live.Unlock()
	return slices.Clone(p.tailed)
}

func newWritten(functions int, every time.Duration) *written {
	return &written{
		pretend: newPretend("us-east-1", functions), began: time.Now().Add(-time.Hour), every: every,
		late: func(i int) time.Duration { return time.Duration(200+i*1237%2800) * time.Millisecond },
	}
}

// reader reads a journal as a viewer does.
type reader struct {
	next  uint64
	lines []fleet.Line
	at    []time.Time // when each was seen
}

func (r *reader) read(s *fleet.Snapshot) {
	if s.Journal == nil {
		return
	}
	for l := range s.Journal.Since(r.next) {
		r.lines, r.at = append(r.lines, *l), append(r.at, time.Now())
	}
	r.next = s.Journal.Next()
}

// follow reads until a time.
func (r *reader) follow(v *Viewer, d time.Duration) {
	end := time.After(d)
	for {
		select {
		case s := <-v.Updates():
			r.read(s)
		case <-end:
			return
		}
	}
}

// wantTails wants the lines of the first functions.
func wantTails(t *testing.T, v *Viewer, n int, since time.Time, live bool) []sources.FunctionID {
	t.Helper()
	number := v.Want(poll.Demand{Catalogue: true})
	s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= number })
	ids := rowsOf(s, n)
	d := poll.Demand{Catalogue: true}
	for _, id := range ids {
		d.Tail = append(d.Tail, poll.TailRef{Function: id, Since: since, Live: live})
	}
	v.Want(d)
	return ids
}

// check holds what was read against what was written from since to through:
// each line once, and in the order of ingestion.
func (p *written) check(t *testing.T, r *reader, ids []sources.FunctionID, since, through time.Time, ordered bool) {
	t.Helper()
	got := make(map[string]int)
	key := func(id sources.FunctionID, e sources.LogEvent) string { return id.Name + e.Stream + e.Time.String() }
	for i, l := range r.lines {
		got[key(l.Function, l.LogEvent)]++
		if ordered && i > 0 && l.Ingested.Before(r.lines[i-1].Ingested) {
			t.Fatalf("line %d was readable at %v, the one before it at %v", i, l.Ingested, r.lines[i-1].Ingested)
		}
		if i > 0 && l.Seq != r.lines[i-1].Seq+1 {
			t.Fatalf("line %d has number %d, the one before it %d", i, l.Seq, r.lines[i-1].Seq)
		}
	}
	lines := 0
	for _, id := range ids {
		for _, e := range p.readable(id.Name, since, through, through) {
			lines++
			if n := got[key(id, e)]; n != 1 {
				t.Errorf("%s came %d times", e.ID, n)
			}
		}
	}
	for k, n := range got {
		if n != 1 {
			t.Errorf("%s came %d times", k, n)
		}
	}
	if lines < 100 {
		t.Fatalf("only %d lines were written", lines)
	}
}

// TestEveryLineOnceInOrder follows five functions, with a look back, for ten
// minutes in which environments come and go.
func TestEveryLineOnceInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newWritten(12, 370*time.Millisecond)
		v := run(t, p.place()).View()
		defer v.Close()
		since := time.Now().Add(-time.Minute)
		ids := wantTails(t, v, 5, since, false)
		r := new(reader)
		r.follow(v, 5*time.Minute)
		p.check(t, r, ids, since, time.Now().Add(-10*time.Second), true)
		slow := 0
		for i, l := range r.lines {
			if seen := r.at[i].Sub(l.Ingested); l.Ingested.After(since.Add(90*time.Second)) && seen > 2500*time.Millisecond {
				slow++
			}
		}
		if share := float64(slow) / float64(len(r.lines)); share > 0.01 {
			t.Errorf("%.1f %% of the lines were shown more than 2.5 s after they were readable", share*100)
		}
		if n := p.count("all " + ids[0].Name); n < 140 || n > 160 {
			t.Errorf("%d reads of a log in five minutes, want one each two seconds", n)
		}
	})
}

// TestLateLinesStandWhereTheyCome lets every fiftieth line become readable
// a minute late: it is found all the same, and once.
func TestLateLinesStandWhereTheyCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newWritten(3, 500*time.Millisecond)
		p.late = func(i int) time.Duration {
			if i%50 == 0 {
				return 55 * time.Second
			}
			return 800 * time.Millisecond
		}
		v := run(t, p.place()).View()
		defer v.Close()
		since := time.Now()
		ids := wantTails(t, v, 2, since, false)
		r := new(reader)
		r.follow(v, 5*time.Minute)
		p.check(t, r, ids, since, time.Now().Add(-2*time.Minute), false)
	})
}

// TestAFailingLogHoldsNothingUp: the lines of the others come.
func TestAFailingLogHoldsNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newWritten(3, 500*time.Millisecond)
		p.refuse = map[string]error{"fn-000": &sources.Error{Op: "logs", Kind: sources.Denied}}
		v := run(t, p.place()).View()
		defer v.Close()
		since := time.Now()
		ids := wantTails(t, v, 3, since, false)
		r := new(reader)
		r.follow(v, time.Minute)
		p.check(t, r, ids[1:], since, time.Now().Add(-10*time.Second), true)
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Journal != nil })
		if f, ok := s.Journal.Function(ids[0]); !ok || sources.KindOf(f.Err) != sources.Denied {
			t.Errorf("the function that cannot be read: %+v %v", f, ok)
		}
	})
}

// TestALiveTailOfManyIsOne: twelve functions take two tails, whose events have
// no IDs and of which some were left out; every line comes once all the same.
func TestALiveTailOfManyIsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newWritten(12, 700*time.Millisecond)
		v := run(t, p.place()).View()
		defer v.Close()
		since := time.Now()
		ids := wantTails(t, v, 12, since, true)
		r := new(reader)
		r.follow(v, 3*time.Minute)
		p.check(t, r, ids, since, time.Now().Add(-30*time.Second), false)
		tails := p.tails()
		slices.SortFunc(tails, func(a, b []sources.FunctionID) int { return len(b) - len(a) }) // they begin at once
		if len(tails) != 2 || len(tails[0]) != 10 || len(tails[1]) != 2 {
			t.Errorf("%d tails: %v", len(tails), tails)
		}
		n := p.count("all " + ids[0].Name)
		time.Sleep(time.Minute)
		if n = p.count("all "+ids[0].Name) - n; n < 5 || n > 7 {
			t.Errorf("%d reads of a log in a minute beside the tail, want one each ten seconds", n)
		}
		v.Want(poll.Demand{Catalogue: true})
		time.Sleep(5 * time.Second)
		if s := until(t, v, func(s *fleet.Snapshot) bool { return s.Journal == nil }); s.Get(ids[0]).Tail.On {
			t.Error("the tail goes on without a wish")
		}
	})
}

// TestALogBegunAgain follows a log, leaves it, and follows it again.
func TestALogBegunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newWritten(3, 300*time.Millisecond)
		v := run(t, p.place()).View()
		defer v.Close()
		wantTails(t, v, 2, time.Now(), false)
		new(reader).follow(v, 20*time.Second)
		v.Want(poll.Demand{Catalogue: true})
		time.Sleep(30 * time.Millisecond) // a reading is under way
		since := time.Now().Add(-10 * time.Second)
		ids := wantTails(t, v, 2, since, false)
		r := new(reader)
		r.follow(v, time.Minute)
		p.check(t, r, ids, since, time.Now().Add(-10*time.Second), true)
	})
}
