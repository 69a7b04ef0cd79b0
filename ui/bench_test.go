package ui

import (
	"testing"
	"time"

	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

// BenchmarkView10000 draws the functions page over 10,000 functions.
func BenchmarkView10000(b *testing.B) {
	d := open(b, 200, 60).show(sample.Fleet(10_000))
	b.ReportAllocs()
	for b.Loop() {
		_ = d.app.View()
	}
}

// BenchmarkSnapshot10000 takes a new snapshot of 10,000 functions over and
// sorts it, which happens when the cursor rests.
func BenchmarkSnapshot10000(b *testing.B) {
	snap, other := sample.Fleet(10_000), sample.Fleet(10_000)
	d := open(b, 200, 60)
	b.ReportAllocs()
	for b.Loop() {
		d.now = d.now.Add(time.Minute)
		d.show(snap)
		snap, other = other, snap
	}
}

// BenchmarkKey10000 presses a key and draws the frame.
func BenchmarkKey10000(b *testing.B) {
	d := open(b, 200, 60).show(sample.Fleet(10_000))
	toAndFro(b, d, "pgdown", "pgup", 100)
}

// BenchmarkFilterKey10000 types a letter of a filter over 10,000 functions.
func BenchmarkFilterKey10000(b *testing.B) {
	d := open(b, 200, 60).show(sample.Fleet(10_000)).keys("/", "type:err>")
	typing(b, d, "1")
}

// BenchmarkFunctionPage draws charts and list of one function.
func BenchmarkFunctionPage(b *testing.B) {
	d := open(b, 200, 60).show(sample.Fleet(200)).keys(":", "type:open image-resize", "enter")
	b.ReportAllocs()
	for b.Loop() {
		_ = d.app.View()
	}
}

// BenchmarkFunctionSnapshot takes a snapshot over while a function is open.
func BenchmarkFunctionSnapshot(b *testing.B) {
	snap, other := sample.Fleet(10_000), sample.Fleet(10_000)
	d := open(b, 200, 60).show(snap).keys(":", "type:open image-resize", "enter")
	b.ReportAllocs()
	for b.Loop() {
		d.show(other)
		_ = d.app.View()
		snap, other = other, snap
	}
}

// BenchmarkGroupedSnapshot10000 takes a new snapshot of 10,000 functions over
// that are grouped by a tag, with events, sorts them and draws the frame.
func BenchmarkGroupedSnapshot10000(b *testing.B) {
	snap, other := sample.Story(10_000), sample.Story(10_000)
	d := open(b, 200, 60).show(snap).keys(":", "type:group tag:team", "enter")
	b.ReportAllocs()
	for b.Loop() {
		d.now = d.now.Add(time.Minute)
		d.show(other)
		_ = d.app.View()
		snap, other = other, snap
	}
}

// BenchmarkGroupedKey10000 presses a key among grouped functions and draws the
// frame.
func BenchmarkGroupedKey10000(b *testing.B) {
	d := open(b, 200, 60).show(sample.Story(10_000)).keys(":", "type:group tag:team", "enter")
	toAndFro(b, d, "pgdown", "pgup", 100)
}

// BenchmarkTagFilterKey10000 types a letter of a filter by tag.
func BenchmarkTagFilterKey10000(b *testing.B) {
	d := open(b, 200, 60).show(sample.Story(10_000)).keys("/", "type:tag:team=med")
	typing(b, d, "i")
}

// BenchmarkFunctionCompared draws the charts of a long window and of the one
// before it, with a cursor that moves.
func BenchmarkFunctionCompared(b *testing.B) {
	d := open(b, 200, 60).show(sample.Fleet(200)).keys(":", "type:open image-resize", "enter").keys("]", "]", "]", "=")
	toAndFro(b, d, "left", "right", 50)
}

// BenchmarkInvocationsFilterKey types a letter of a filter over as many
// invocations as are kept of a function, sorted by their duration.
func BenchmarkInvocationsFilterKey(b *testing.B) {
	snap := focusedFleet(sample.Head(24), func(f *fleet.Function) {
		f.Invocations = sample.Invocations(f.ID, fleet.KeptInvocations)
	})
	d := open(b, 200, 60).show(snap).keys(":", "type:open image-resize", "enter").keys("]", "]", "]", "2", "s", "/", "type:dur>")
	typing(b, d, "1")
}

// toAndFro presses one key so many times and the other as many, drawing each
// frame.
func toAndFro(b *testing.B, d *desk, to, fro string, times int) {
	b.Helper()
	there, back := keyPress(to), keyPress(fro)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i/times%2 == 0 {
			d.send(there)
		} else {
			d.send(back)
		}
		_ = d.app.View()
	}
}

// typing types a letter, takes it back and draws the frame.
func typing(b *testing.B, d *desk, letter string) {
	b.Helper()
	one, back := keyPress(letter), keyPress("backspace")
	b.ReportAllocs()
	for b.Loop() {
		d.send(one)
		d.send(back)
		_ = d.app.View()
	}
}
