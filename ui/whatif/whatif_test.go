package whatif_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/spending"
	"fntop/ui/whatif"
)

func TestOptionsInWords(t *testing.T) {
	some := sources.Some[float64]
	ms := func(n int) sources.Opt[time.Duration] { return sources.Some(time.Duration(n) * time.Millisecond) }
	for _, c := range []struct {
		o                     spending.Option
		short, month, latency string
		sure                  float64
	}{
		{spending.Option{To: "512 MB", Low: some(-144.66), High: some(0), Faster: ms(0), Slower: ms(328)}, "512 MB $0 to -$145", "-144.66 to 0", "0 to +328ms", 0},
		{spending.Option{Setting: spending.SetARM, To: "arm64", Low: some(-2.277), High: some(-2.277)}, "arm64 -$2.28", "-2.28", "", 2.277},
		{spending.Option{Setting: spending.SetLogs, To: "half the bytes", Low: some(-0.001), High: some(-0.001)}, "half logs $0", "~0", "", 0},
		{spending.Option{To: "2048 MB", Low: some(0), High: some(289.32), Faster: ms(-164), Slower: ms(0)}, "2048 MB $0 to +$289", "0 to +289.32", "-164ms to 0", 0},
		{spending.Option{To: "3 kept ready", Low: some(54.4), High: some(54.4), Faster: ms(-20), Slower: ms(-20)}, "3 kept ready +$54", "+54.40", "-20ms", 0},
		{spending.Option{Setting: spending.SetSnapStart, To: "on one version"}, "SnapStart –", "–", "", 0},
		{spending.Option{To: "x", Low: some(math.NaN()), High: some(1)}, "x –", "–", "", 0},
	} {
		if got := whatif.Short(c.o); got != c.short {
			t.Errorf("short %q, want %q", got, c.short)
		}
		if got := whatif.Month(c.o); got != c.month {
			t.Errorf("month %q, want %q", got, c.month)
		}
		if got := whatif.Latency(c.o); got != c.latency {
			t.Errorf("latency %q, want %q", got, c.latency)
		}
		if got := whatif.Sure(c.o); math.Abs(got-c.sure) > 1e-9 {
			t.Errorf("%s saves %v for sure, want %v", c.short, got, c.sure)
		}
	}
}

// TestWhatIsSureComesFirst: an option that may save nothing is no better than
// one that saves for sure, however much it may save.
func TestWhatIsSureComesFirst(t *testing.T) {
	some := sources.Some[float64]
	options := []spending.Option{
		{To: "unknown"},
		{To: "dearer", Low: some(5), High: some(5)},
		{To: "may be less", Low: some(-20), High: some(0)},
		{To: "surely a little", Low: some(-1), High: some(-1)},
		{To: "may be much", Low: some(-143), High: some(0)},
		{To: "surely more", Low: some(-9), High: some(-3)},
	}
	slices.SortStableFunc(options, whatif.Compare)
	var got []string
	for _, o := range options {
		got = append(got, o.To)
	}
	want := []string{"surely more", "surely a little", "may be much", "may be less", "dearer", "unknown"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
