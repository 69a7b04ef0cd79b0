package ui

import (
	"slices"
	"strings"
	"testing"

	"fntop/ui/internal/sample"
	"fntop/ui/page/functions"
)

// titles are the words of the table's title line.
func (d *desk) titles() []string {
	for l := range strings.SplitSeq(d.screen(), "\n") {
		if words := strings.Fields(l); len(words) > 0 && strings.HasPrefix(words[0], "FUNCTION") {
			return words
		}
	}
	d.t.Fatalf("there is no title line:\n%s", d.screen())
	return nil
}

func TestColumnsAndSortOfTheUser(t *testing.T) {
	d := open(t, 120, 30, func(o *Options) {
		o.Functions = functions.Settings{Columns: []string{"p99", "ERR%", "region", "p99", "nonsense"}, Sort: "err%", Filter: "runtime:python"}
	}).show(sample.Fleet(60))
	if got := d.titles(); !slices.Equal(got, []string{"FUNCTION", "P99", "▾ERR%", "REGION"}) {
		t.Errorf("the columns are %q", got)
	}
	d.sees("runtime:python").seesNot("checkout-api")
	d.keys("esc").sees("checkout-api")
	// s goes through the columns that are there.
	var sorted []string
	for range 4 {
		d.keys("s")
		sorted = append(sorted, d.app.functions.View().Sort)
	}
	if want := []string{"p99", "function", "region", "err%"}; !slices.Equal(sorted, want) {
		t.Errorf("s sorts by %q, want %q", sorted, want)
	}
	// One that is not there can be sorted by all the same, by its name.
	d.keys(":", "type:sort cost", "enter")
	if got := d.app.functions.View(); got.Sort != "cost" || !got.Descending {
		t.Errorf("sorted by %+v", got)
	}
}

func TestReverse(t *testing.T) {
	d := open(t, 100, 20, func(o *Options) { o.Functions = functions.Settings{Sort: "function", Reverse: true} })
	d.show(fleetOf(map[string]float64{"alpha": 1, "beta": 2, "gamma": 3})).wantOrder("gamma", "beta", "alpha")
}

func TestTroubleBeforeTheStartIsTold(t *testing.T) {
	d := open(t, 120, 30, func(o *Options) { o.Trouble = "config.toml:3: there is no key \"x\"" }).show(sample.Fleet(10))
	d.sees("✗ config.toml:3: there is no key").keys("down").seesNot("config.toml")
}

// TestBadNewsTakeTwoLines where one is too short, and no more.
func TestBadNewsTakeTwoLines(t *testing.T) {
	const text = "config.toml is ignored, 2 mistakes: line 1: theme: it is one of auto, dark, light, high-contrast, basic, none; line 2: there is no key \"x\""
	d := open(t, 80, 24, func(o *Options) { o.Trouble = text }).show(sample.Fleet(60))
	d.sees(" ✗ config.toml is ignored, 2 mistakes: line 1: theme: it is one of auto, dark,\n", "\n   light, high-contrast, basic, none; line 2: there is no key \"x\"")
	checkFrame(t, d.frame(), 80, 24)
	d.send(resizeTo(size{200, 24})).sees(text)
	d.send(resizeTo(size{20, 5})).sees("✗ config.toml is i")
	checkFrame(t, d.frame(), 20, 5)
	d.send(resizeTo(size{80, 24})).keys("down").seesNot("config.toml", "light, high")
}
