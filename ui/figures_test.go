package ui

import (
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/ui/internal/sample"
)

// large is a fleet of figures that are as wide as they come.
func large() *fleet.Snapshot {
	list := sample.Functions(12)
	for i, f := range list {
		c := *f
		c.ID.Name = "f" + string(rune('a'+i))
		c.Config.Runtime, c.Config.MemoryMB, c.Triggers = "go", 10240, nil
		row := c.Row(sample.Window())
		row.Throttles, row.Invocations = sources.Some(int64(10_512*(i+1))), sources.Some(int64(1_048_576*(i+1)))
		row.LastMinute = sources.Some(1_234_567.0)
		row.CostUSD, row.CostPerMillion = sources.Some(12_345.67), sources.Some(123_456.0)
		if i%2 == 1 {
			row.Throttles, row.CostUSD = sources.Opt[int64]{}, sources.Opt[float64]{} // sums of some
		}
		row.Errors, row.ColdRate = sources.Some(row.Invocations.Or(0)), sources.Some(0.999)
		row.P50, row.P95, row.P99 = sources.Some(14*time.Minute), sources.Some(15*time.Minute), sources.Some(15*time.Minute)
		list[i] = c.WithRow(sample.Window(), row)
	}
	head := sample.Head(12)
	head.Bill = meter.Bill{Since: sample.Now().Add(-time.Hour), Ops: []meter.Op{
		{Name: "a", Calls: 123_456_789, Metrics: 123_456_789, USD: 0.0000312, Errors: 12_345_678, Retries: 12_345_678, Throttles: 123_456_789, BytesIn: 1 << 50, Busy: time.Hour},
		{Name: "b", Calls: 1, USD: 98_765.43},
	}}
	return fleet.Assemble(head, list, nil, nil)
}

// TestNoFigureIsCut: a figure that does not fit is written shorter, with a
// unit. Half a number is a wrong one.
func TestNoFigureIsCut(t *testing.T) {
	cut := regexp.MustCompile(`[0-9$<≥][.,]?…`)
	d := open(t, 200, 40).show(large())
	for name, keys := range map[string][]string{
		"functions": nil, "grouped": {":", "type:group runtime", "enter"}, "bill": {"b"},
	} {
		d.keys(":", "type:group off", "enter", ":", "type:functions", "enter").keys(keys...)
		for width := 40; width <= 200; width++ {
			d.send(tea.WindowSizeMsg{Width: width, Height: 29})
			for _, l := range strings.Split(d.screen(), "\n")[1:28] {
				if cut.MatchString(l) {
					t.Errorf("%s, %d wide: %s", name, width, l)
				}
			}
		}
	}
	open(t, 80, 24).show(large()).keys("b").sees("$0.0000312")
}

// TestTheOrderIsAlwaysSaid: whatever rows are sorted by, a title says so, and
// in which direction.
func TestTheOrderIsAlwaysSaid(t *testing.T) {
	for _, width := range []int{40, 60, 80, 100, 120, 200} {
		d := open(t, width, 24).show(sample.Fleet(24))
		for range 18 {
			d.keys("s")
			if head := strings.Split(d.screen(), "\n")[1]; !strings.ContainsAny(head, "▾▴") {
				t.Errorf("%d wide, sorted by %s: %s", width, d.app.functions.View().Sort, head)
			}
		}
	}
	open(t, 80, 24).show(sample.Fleet(24)).keys(":", "type:sort thr", "enter").sees("FUNCTION  sorted by THR▾")
}
