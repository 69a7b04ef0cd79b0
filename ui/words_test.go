package ui

import (
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

// TestWhatCannotBeDoneHasNoTick: the tick is of what was done.
func TestWhatCannotBeDoneHasNoTick(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(20)).keys("y").sees("✓ Copied")
	d.openFunction().keys("down", "t").sees("· No trace: this invocation was not sampled").seesNot("✓")
	plain := func(f *fleet.Function) {
		list := append([]sources.Invocation(nil), f.Invocations...)
		for i := range list {
			list[i].TraceID = ""
		}
		f.Invocations = list
	}
	d = open(t, 120, 40).show(focusedFleet(sample.Head(24), plain)).keys(":", "type:open image-resize", "enter")
	d.keys("down", "t").sees("· No trace: the report of this invocation names none.").seesNot("written yet")
}

// TestKeysOfFunctionsOnAGroup say why they do nothing.
func TestKeysOfFunctionsOnAGroup(t *testing.T) {
	d := open(t, 120, 40).show(sample.Story(24)).keys(":", "type:group runtime", "enter", "home")
	for _, key := range []string{"y", "o", "c", "t"} {
		d.keys(key).sees("· This is a group")
	}
}

// TestOnlyWhatComparesSaysSo: the cold starts have no earlier window beneath.
func TestOnlyWhatComparesSaysSo(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(20)).openFunction().keys("=").sees("vs a day ago")
	d.keys("4").sees("[Cold starts]").seesNot("vs a day ago")
	d.keys("1").sees("vs a day ago")
}

// TestTheCursorBeginsWhereMetricsAre, which are minutes behind the log.
func TestTheCursorBeginsWhereMetricsAre(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(20)).openFunction().keys("left").sees("14:00 │ p50 ").seesNot("p50 –")
	d.keys("right").sees("14:01 │ p50 –") // and the log tells of later ones
}

// TestRegionsAndRuntimesAreWhole at 120 columns, where they are what tells
// functions apart.
func TestRegionsAndRuntimesAreWhole(t *testing.T) {
	list := sample.Functions(20)
	for i, f := range list {
		c := *f
		c.ID.Region, c.Config.Runtime = []string{"ap-southeast-2", "eu-central-1"}[i%2], "provided.al2023"
		list[i] = &c
	}
	for _, width := range []int{120, 140, 200} {
		d := open(t, width, 40).show(fleet.Assemble(sample.Head(20), list, nil, nil)).sees("ap-southeast-2", "al2023")
		for l := range strings.SplitSeq(d.screen(), "\n") {
			if strings.Contains(l, "south") && !strings.Contains(l, "ap-southeast-2") || strings.Contains(l, "al2…") || strings.Contains(l, "al…") {
				t.Errorf("%d wide: %s", width, l)
			}
		}
	}
}

// TestTheRangeIsTyped on the functions page, and with longer ones on that of a
// function.
func TestTheRangeIsTyped(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(20)).keys(":", "type:range 3h", "enter")
	if got := d.view.last().Window.Since; got != 3*time.Hour {
		t.Errorf("the window is %s", got)
	}
	d.keys(":", "type:range 2w", "enter").sees(`✗ no range "2w": there are 15m 1h 3h 12h 1d`)
	d.openFunction().keys(":", "type:range 2w", "enter").sees("last 2w")
	d.keys(":", "type:range ").sees("15m", "12h").keys("esc", "b", ":", "type:range 1h", "enter").sees("✗ this page has no time range")
}

// TestNeighboursPassTheFilter of the list that the invocation was opened from.
func TestNeighboursPassTheFilter(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(20)).openFunction().keys("2", "/", "type:-outcome:ok -running", "enter", "enter").sees("✗ timeout")
	first := strings.Split(d.screen(), "\n")[1]
	if next := strings.Split(d.keys("<").sees("✗ error").screen(), "\n")[1]; next == first {
		t.Errorf("it stays at %s", first)
	}
	d.keys(">", ">").sees("· This is the newest invocation that passes the filter.")
}

// TestAPlaceThatDoesNotOpenSaysForHowLong it has not answered.
func TestAPlaceThatDoesNotOpenSaysForHowLong(t *testing.T) {
	d := open(t, 120, 40).show(states()["places-opening"]).sees("finding credentials and account").seesNot("no answer")
	d.now = d.now.Add(8 * time.Second)
	d.send(tickMsg{}).sees("no answer for 8s")
}
