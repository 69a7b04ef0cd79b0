package ui

import (
	"slices"
	"testing"

	"fntop/ui/internal/sample"
)

// TestFaultsAreSwitchedByKey presses through the list of faults of the demo
// cloud and checks what the cloud is told and what the header says.
func TestFaultsAreSwitchedByKey(t *testing.T) {
	state := map[string]bool{"garbage": true}
	set := func(name string) func(bool) { return func(on bool) { state[name] = on } }
	on := func() (names []string) {
		for name, yes := range state {
			if yes {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	d := open(t, 100, 24, func(o *Options) {
		o.Demo = true
		o.Faults = []Fault{
			{Name: "throttle", Text: "half of all calls", Set: set("throttle")},
			{Name: "expired", Text: "the credentials", Set: set("expired")},
			{Name: "garbage", Text: "unreadable", Set: set("garbage"), On: true},
		}
	}).show(sample.Fleet(12))
	check := func(names ...string) {
		t.Helper()
		if got := on(); !slices.Equal(got, names) {
			t.Fatalf("on are %v, want %v", got, names)
		}
	}
	d.sees("✗ garbage").keys("F").sees("make the demo cloud fail", "throttle  off", "garbage   ON")
	d.keys("down", "enter")
	check("expired", "garbage")
	d.keys("1").sees("▸ 1  throttle")
	check("expired", "garbage", "throttle")
	d.keys("9", "esc").seesNot("make the demo cloud fail")
	check("expired", "garbage", "throttle")
	d.sees("✗ throttle, expired, garbage").keys("F", "0")
	check()
	d.keys("esc").seesNot("✗ throttle")
	d.keys("?").sees("make the demo fail").keys("esc", ":").sees("faults")
}

// TestFaultsAreOfTheDemoOnly checks that a real account shows no way to fail.
func TestFaultsAreOfTheDemoOnly(t *testing.T) {
	d := open(t, 100, 24).show(sample.Fleet(12))
	d.keys("F").seesNot("make the demo").keys("?").seesNot("make the demo").keys("esc", ":").seesNot("faults")
}
