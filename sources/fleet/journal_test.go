package fleet

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// followed is a fleet of which the lines of some functions are followed.
func followed(functions int) (*Fleet, []sources.FunctionID) {
	f, ids := newFleet(functions)
	var d poll.Demand
	for _, id := range ids {
		d.Tail = append(d.Tail, poll.TailRef{Function: id})
	}
	f.Tails([]poll.Demand{d}, now())
	return f, ids
}

// give reads lines of a function to its end.
func give(f *Fleet, id sources.FunctionID, from, n, size int, at time.Time) {
	events := make([]sources.LogEvent, 0, n)
	for i := from; i < from+n; i++ {
		events = append(events, sources.LogEvent{
			ID: fmt.Sprint(id.Name, i), Time: at, Ingested: at, Message: strings.Repeat("x", size),
		})
	}
	g := f.TailGeneration(id)
	f.ApplyTailed(id, g, events, false, at)
	f.EndTailed(poll.Request{Kind: poll.Tail, Function: id, Start: now(), End: at}, g, at, time.Time{}, nil, at)
}

func count(j *Journal) (n, bytes int) {
	for l := range j.Since(0) {
		n++
		bytes += len(l.Message)
	}
	return n, bytes
}

// TestTheJournalIsBounded in lines and in bytes, and tells what it dropped.
func TestTheJournalIsBounded(t *testing.T) {
	for name, c := range map[string]struct{ size, most, least int }{
		"lines": {10, KeptLines, KeptLines - chunkLines},
		"bytes": {100_000, KeptLineBytes / 100_000, KeptLineBytes/100_000 - 4},
	} {
		f, ids := followed(2)
		for i := range 60 {
			at := now().Add(time.Duration(i) * 2 * time.Second)
			give(f, ids[0], i*500, 500, c.size, at)
			give(f, ids[1], i*500, 500, c.size, at)
		}
		j := publish(f).Journal
		n, bytes := count(j)
		if n > c.most || n < c.least || bytes > KeptLineBytes {
			t.Errorf("%s: %d lines of %d bytes are kept", name, n, bytes)
		}
		if j.Next() != 60_001 || int(j.Next()-j.First()) != n {
			t.Errorf("%s: %d lines are kept, numbers %d to %d", name, n, j.First(), j.Next())
		}
		next := j.First()
		for l := range j.Since(0) {
			if l.Seq != next {
				t.Fatalf("%s: line %d comes after %d", name, l.Seq, next-1)
			}
			next++
		}
	}
}

// TestAPublishedJournalStays while lines are added, dropped and let go of.
func TestAPublishedJournalStays(t *testing.T) {
	f, ids := followed(2)
	give(f, ids[0], 0, 700, 10, now())
	give(f, ids[1], 0, 5, 10, now())
	j := publish(f).Journal
	was := fmt.Sprint(j.First(), j.Next())
	n, _ := count(j)
	for i := 1; i < 80; i++ {
		give(f, ids[0], i*700, 700, 10, now().Add(time.Duration(i)*time.Second))
	}
	f.Tails([]poll.Demand{{Tail: []poll.TailRef{{Function: ids[1]}}}}, now())
	if again, _ := count(j); again != n || n != 705 || fmt.Sprint(j.First(), j.Next()) != was {
		t.Errorf("a journal of %d lines has now %d, numbers %d to %d", n, again, j.First(), j.Next())
	}
	for l := range publish(f).Journal.Since(0) {
		if l.Function != ids[1] {
			t.Fatalf("a line of %s, which nobody follows", l.Function.Name)
		}
	}
	if gone := f.Tails(nil, now()); len(gone) != 1 || publish(f).Journal != nil {
		t.Errorf("%v are let go of, and the journal stays", gone)
	}
}

// TestSinceSkipsWhatIsMissing reads from numbers that are no longer there.
func TestSinceSkipsWhatIsMissing(t *testing.T) {
	lines := make([]Line, 0, 3000)
	for i := range 3000 {
		if i%3 != 0 {
			lines = append(lines, Line{Seq: uint64(i + 1)})
		}
	}
	j := NewJournal(lines, 700, 3001, nil)
	for _, from := range []uint64{0, 699, 700, 1501, 1502, 3000, 3001, 9999} {
		want := 0
		for _, l := range lines {
			if l.Seq >= max(from, 700) {
				want++
			}
		}
		got := 0
		for l := range j.Since(from) {
			if l.Seq < max(from, 700) {
				t.Fatalf("from %d: line %d", from, l.Seq)
			}
			got++
		}
		if got != want {
			t.Errorf("from %d: %d lines, want %d", from, got, want)
		}
	}
}

// TestClocksApart: a cloud whose clock is a minute ahead or behind delays no
// line by more than the hold.
func TestClocksApart(t *testing.T) {
	for _, skew := range []time.Duration{-time.Minute, time.Minute} {
		f, ids := followed(2)
		read := func(at time.Time, i int) {
			for _, id := range ids {
				g := f.TailGeneration(id)
				e := sources.LogEvent{ID: fmt.Sprint(id.Name, i), Time: at.Add(skew), Ingested: at.Add(skew)}
				f.ApplyTailed(id, g, []sources.LogEvent{e}, false, at)
				f.EndTailed(poll.Request{Kind: poll.Tail, Function: id, Start: now(), End: at}, g, at, time.Time{}, nil, at)
			}
		}
		for i := range 10 {
			read(now().Add(time.Duration(i)*2*time.Second), i)
		}
		if n, _ := count(publish(f).Journal); n != 20 {
			t.Errorf("skew %v: %d lines of 20 are shown", skew, n)
		}
	}
}

// BenchmarkJournal5000 takes 5,000 lines a second over in ten reads, and
// publishes after each.
func BenchmarkJournal5000(b *testing.B) {
	f, ids := followed(10)
	at, i := now(), 0
	b.ReportAllocs()
	for b.Loop() {
		for _, id := range ids {
			give(f, id, i, 500, 80, at)
			_ = f.Publish(at, nil, publish(f).Bill)
		}
		i += 500
		at = at.Add(time.Second)
	}
}
