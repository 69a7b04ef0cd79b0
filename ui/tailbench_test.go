package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
	"fntop/ui/internal/sample"
)

// torrent is a fleet whose journal grows by many lines.
type torrent struct {
	fleet *fleet.Fleet
	ids   []sources.FunctionID
	lines int
	now   time.Time
}

func newTorrent() *torrent {
	t := &torrent{fleet: fleet.New(fleet.Config{}), ids: sample.Tailed(), now: sample.Now()}
	var page []sources.Function
	var d poll.Demand
	for _, id := range t.ids {
		page = append(page, sources.Function{ID: id, LogGroup: "/aws/lambda/" + id.Name, Timeout: time.Minute})
		d.Tail = append(d.Tail, poll.TailRef{Function: id})
	}
	t.fleet.ApplyFunctions(t.ids[0].Scope(), page, t.now)
	t.fleet.Tails([]poll.Demand{d}, t.now)
	return t
}

// more lets n lines come in, and gives the snapshot after them.
func (t *torrent) more(n int) *fleet.Snapshot {
	events := make(map[sources.FunctionID][]sources.LogEvent)
	for _, l := range sample.JournalLines(t.lines+1, n) {
		e := l.LogEvent
		e.ID, e.Time, e.Ingested = fmt.Sprint(t.lines), t.now, t.now
		events[l.Function] = append(events[l.Function], e)
		t.lines++
	}
	for _, id := range t.ids {
		g := t.fleet.TailGeneration(id)
		t.fleet.ApplyTailed(id, g, events[id], false, t.now)
		t.fleet.EndTailed(poll.Request{Kind: poll.Tail, Function: id, Start: t.now.Add(-time.Second), End: t.now}, g, t.now, time.Time{}, nil, t.now)
	}
	t.now = t.now.Add(100 * time.Millisecond)
	return t.fleet.Publish(t.now, sample.Places(len(t.ids)), meter.Bill{})
}

// openTorrent tails a fleet of which all lines are kept that may be.
func openTorrent(tb testing.TB) (*torrent, *desk) {
	tb.Helper()
	t := newTorrent()
	d := open(tb, 200, 60).show(t.more(100))
	toTail(d)
	for range 41 {
		d.now = t.now
		d.show(t.more(500))
	}
	return t, d.sees("following")
}

// BenchmarkTail presses a key and draws the frame right after 500 lines have
// come, which at 5,000 lines a second happens ten times a second: the longest
// that a key waits. It tells the time that 99 of 100 take at most.
func BenchmarkTail(b *testing.B) {
	for name, keys := range map[string][]string{
		"following": {"w"},
		"held":      {"up", "down", "pgup", "pgdown"},
		"filtered":  {"w"},
	} {
		b.Run(name, func(b *testing.B) {
			t, d := openTorrent(b)
			switch name {
			case "held":
				d.keys("pgup", "pgup")
			case "filtered":
				d.keys("/", "type:/time(out|d)/", "enter")
			}
			var took []time.Duration
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				snap := t.more(500)
				d.now = t.now
				press := keyPress(keys[i%len(keys)])
				b.StartTimer()
				began := time.Now()
				d.show(snap)
				d.send(press)
				_ = d.app.View()
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// BenchmarkTailFilter types a letter of a filter over 20,000 lines and goes
// through all of them. It tells the longest that a key would have to wait, for
// a press or a part of the work and the frame after it, 99 times of 100.
func BenchmarkTailFilter(b *testing.B) {
	for name, text := range map[string]string{"text": "type:timeou", "regexp": "type:/(?i)time(out|d).*orde"} {
		b.Run(name, func(b *testing.B) {
			_, d := openTorrent(b)
			d.keys("/", text)
			var took []time.Duration
			timed := func(do func()) {
				began := time.Now()
				do()
				_ = d.app.View()
				took = append(took, time.Since(began))
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				timed(func() { d.app.Update(keyPress([]string{"r", "backspace"}[i%2])) })
				for d.app.working {
					timed(func() { d.app.Update(workMsg{}) })
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
