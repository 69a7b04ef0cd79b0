package ui

import (
	"errors"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

// TestALiveTailIsAskedForTwice checks that a live tail, which costs money, is not
// wanted before its price has been seen and taken, and that its state is shown.
func TestALiveTailIsAskedForTwice(t *testing.T) {
	tailing := func(change fleet.Tail) *fleet.Snapshot {
		list := sample.Functions(24)
		for i, f := range list {
			if f.ID == sample.Focused() {
				c := *sample.Focus(f)
				c.Tail = change
				list[i] = &c
			}
		}
		return fleet.Assemble(sample.Head(24), list, nil, nil)
	}
	d := open(t, 120, 40).show(sample.Fleet(24)).openFunction()
	wanted := func() bool { return d.view.last().Focus[0].Tail }
	d.keys("L").sees("$0.01 a minute", "L again")
	if wanted() {
		t.Fatal("a live tail is wanted after one press")
	}
	d.now = d.now.Add(10 * time.Second)
	d.keys("L")
	if wanted() {
		t.Fatal("a press ten seconds later was taken for the second one")
	}
	d.keys("L")
	if !wanted() {
		t.Fatal("no live tail is wanted after the second press")
	}
	d.show(tailing(fleet.Tail{})).sees("live tail begins")
	since := d.now.Add(-3 * time.Minute)
	d.show(tailing(fleet.Tail{On: true, Since: since, Updated: d.now})).sees("● live tail $0.01/min 3m")
	d.show(tailing(fleet.Tail{On: true, Since: since, Updated: d.now, Sampled: d.now})).sees("sampled: over 500 lines")
	d.show(tailing(fleet.Tail{Since: since, Err: &sources.Error{Op: "logs:StartLiveTail", On: "x", Kind: sources.Denied, Err: errors.New("no")}})).
		sees("✗ no live tail: AccessDenied: logs:StartLiveTail")
	d.keys("L").sees("The live tail has ended.")
	if wanted() {
		t.Fatal("a live tail is still wanted")
	}
}
