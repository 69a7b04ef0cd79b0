package cost

import (
	"testing"
	"time"
)

func TestParsePercent(t *testing.T) {
	for text, want := range map[string]Percent{
		"17": 1700, "17%": 1700, " 12.5 % ": 1250, "0": 0, "100": 10_000, "0.01": 1, "99.99%": 9999,
	} {
		if got, err := ParsePercent(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "%", "-1", "100.01", "101", "1.", ".5", "1.234", "1e2", "NaN", "+5", "1,5", "99999999999999999999"} {
		if got, err := ParsePercent(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
	if s := Percent(1250).String(); s != "12.5 %" {
		t.Error(s)
	}
}

// TestDiscount lowers what it names in every tier, and nothing else.
func TestDiscount(t *testing.T) {
	had, said := refreshed.Load(), discounts.Load()
	t.Cleanup(func() { refreshed.Store(had); discounts.Store(said) })
	usage := []Usage{{
		Region: "us-east-1", Arch: X86, Requests: 50_000_000, Compute: 20_000_000_000 * GBSecond, Init: 100_000 * GBSecond,
		EphemeralStorage: 1000 * GBSecond, LogBytes: 20 << 40,
	}}
	public, err := Month(usage, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []map[string]Percent{{"everything": 100}, {"compute": -1}, {"compute": whole + 1}, {"free_tier": 5}} {
		if err := Discount(bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if err := Discount(map[string]Percent{"compute": 0}); err != nil || Discounts() != "" {
		t.Errorf("nothing off: %v, %q", err, Discounts())
	}
	if err := Discount(map[string]Percent{"compute": 1700, "logs_ingestion": 1250}); err != nil {
		t.Fatal(err)
	}
	if s := Discounts(); s != "compute -17 %, logs ingestion -12.5 %" {
		t.Error(s)
	}
	mine, err := Month(usage, true)
	if err != nil {
		t.Fatal(err)
	}
	near := func(name string, got, public USD, share float64) {
		t.Helper()
		g, _ := got.Float64()
		p, _ := public.Float64()
		if p == 0 || g/p-share > 1e-9 || share-g/p > 1e-9 {
			t.Errorf("%s: %v of %v, want %v of it", name, got, public, share)
		}
	}
	near("compute", mine.Components.Compute, public.Components.Compute, 0.83)
	near("init", mine.Components.Init, public.Components.Init, 0.83)
	near("logs", mine.Components.LogIngestion, public.Components.LogIngestion, 0.875)
	if mine.Components.Requests != public.Components.Requests || mine.Components.EphemeralStorage != public.Components.EphemeralStorage {
		t.Errorf("others changed: %+v of %+v", mine.Components, public.Components)
	}
	if mine.Total != mine.Components.Total() {
		t.Error("the components do not add up")
	}
	inv, err := Invocation(InvocationInput{Region: "us-east-1", Arch: X86, MemoryMB: 1024, EphemeralMB: 512, Duration: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	near("an invocation", inv.Components.Compute, mustUSD(t, "0.0000166667"), 0.83)
}

func mustUSD(t *testing.T, s string) USD {
	t.Helper()
	u, err := ParseUSD(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
