package cost

import (
	"math/rand/v2"
	"testing"
)

// TestChargesAreTheBill: charges add up to the month's total to the last unit,
// with the free tier and without.
func TestChargesAreTheBill(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		usage := make([]Usage, 1+r.IntN(20))
		for i := range usage {
			usage[i] = anyUsage(r)
		}
		for _, free := range []bool{false, true} {
			bill, err := Month(usage, free)
			if err != nil {
				t.Fatal(err)
			}
			charges, err := Charges(usage, free)
			if err != nil {
				t.Fatal(err)
			}
			var sum USD
			for _, c := range charges {
				if c.Used <= 0 {
					t.Errorf("%+v: nothing was used", c)
				}
				sum = sum.Add(c.USD)
			}
			if sum != bill.Total || !sum.Known() {
				t.Fatalf("charges add up to %v, the month is %v", sum.Exact(), bill.Total.Exact())
			}
		}
	}
	if _, err := Charges([]Usage{{Region: "us-east-1", Requests: -1}}, true); err == nil {
		t.Error("a negative count is taken")
	}
}

func TestUsageTypes(t *testing.T) {
	for _, u := range usageTypes() {
		for _, prefix := range []string{"", "EU-", "USE1-", "APN1-"} {
			item, arch, ok := ParseUsageType(prefix + u.name)
			if !ok || item != u.item || arch != u.arch {
				t.Errorf("%s%s: %v %v %v", prefix, u.name, item, arch, ok)
			}
		}
		if name, ok := UsageType(u.item, u.arch); !ok || name != u.name {
			t.Errorf("%v %v: %q", u.item, u.arch, name)
		}
	}
	for _, name := range []string{
		"", "Lambda-Edge-Request", "Global-Request", "Lambda-Edge-GB-Second", "EU-Lambda-Edge-GB-Second", "BoxUsage:t3.micro", "-", "Requests",
		"VendedLog-Bytes-WAFLogs", "XRequest",
	} {
		if item, arch, ok := ParseUsageType(name); ok {
			t.Errorf("%q is taken for %v %v", name, item, arch)
		}
	}
}

func TestRefresh(t *testing.T) {
	t.Cleanup(func() { refreshed.Store(nil) })
	cents := func(n int64) USD { return mustParse(t, "0.01").Times(n) }
	before, _ := PriceOf("eu-west-1", X86, ComputePrice)
	newer := []Price{
		{Item: ComputePrice, Region: "xx-new-1", Arch: X86, Tiers: []Tier{{0, cents(3)}, {10, cents(2)}}, Date: "2027-01-01"},
		{Item: LogIngestionPrice, Region: "eu-west-1", Tiers: []Tier{{0, cents(57)}}, Date: "2027-01-01"},
	}
	if err := Refresh(newer); err != nil {
		t.Fatal(err)
	}
	newer[0].Tiers[0].USD = cents(99) // is the caller's
	if p, ok := PriceOf("xx-new-1", X86, ComputePrice); !ok || p.Tiers[0].USD != cents(3) || p.Date != "2027-01-01" {
		t.Errorf("%+v", p)
	}
	if p, ok := PriceOf("eu-west-1", ARM, LogIngestionPrice); !ok || p.Tiers[0].USD != cents(57) {
		t.Errorf("%+v", p)
	}
	if p, _ := PriceOf("eu-west-1", X86, ComputePrice); p.Tiers[0] != before.Tiers[0] || p.Date != before.Date {
		t.Errorf("what was not refreshed: %+v", p)
	}
	if all := Regions(); all[len(all)-1] != "xx-new-1" {
		t.Errorf("regions %v", all)
	}
	for _, bad := range []Price{
		{Item: "gold", Region: "eu-west-1", Tiers: []Tier{{0, cents(1)}}},
		{Item: ComputePrice, Region: "", Tiers: []Tier{{0, cents(1)}}},
		{Item: ComputePrice, Region: "eu-west-1"},
		{Item: ComputePrice, Region: "eu-west-1", Tiers: []Tier{{5, cents(1)}}},
		{Item: ComputePrice, Region: "eu-west-1", Tiers: []Tier{{0, cents(1)}, {0, cents(2)}}},
		{Item: ComputePrice, Region: "eu-west-1", Tiers: []Tier{{0, cents(-1)}}},
	} {
		if err := Refresh([]Price{newer[1], bad}); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func mustParse(t *testing.T, s string) USD {
	t.Helper()
	u, err := ParseUSD(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
