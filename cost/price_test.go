package cost

import (
	"errors"
	"io/fs"
	"math"
	"math/big"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTablesLoad(t *testing.T) {
	b, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	date := regexp.MustCompile(`^20\d\d-\d\d-\d\d$`)
	for k, p := range b.prices {
		if p.Source == "" || !date.MatchString(p.Date) {
			t.Errorf("%v has source %q and date %q", k, p.Source, p.Date)
		}
		unit, size := p.Item.Unit()
		if unit == "" || size == 0 || len(p.Tiers) == 0 || p.Tiers[0].From != 0 {
			t.Errorf("%v: unit %q of %d, tiers %v", k, unit, size, p.Tiers)
		}
		for _, tier := range p.Tiers {
			if tier.USD.Known() && tier.USD.Sign() != 1 {
				t.Errorf("%v: price %v", k, tier.USD)
			}
		}
	}
	known, err := fs.Glob(files, "prices/*.csv")
	if err != nil || len(known) != 7 {
		t.Errorf("there are %d tables (%v), and 7 are read", len(known), err)
	}
}

// What is promised in the package comment: no price of a countable thing is
// rounded, except where the unit is an hour.
func TestPricesAreWholeUnits(t *testing.T) {
	for k, p := range prices().prices {
		_, size := k.item.Unit()
		for _, tier := range p.Tiers {
			if !tier.USD.Known() || size == 3600 {
				continue
			}
			if _, _, rest, _ := tier.USD.mulDiv(1, size); rest != 0 {
				t.Errorf("%v at %s is not a whole number of units", k, tier.USD.Exact())
			}
		}
	}
}

func TestPriceOf(t *testing.T) {
	for _, c := range []struct {
		region string
		arch   Arch
		item   Item
		want   string // first tier; empty: unknown
	}{
		{"us-east-1", X86, ComputePrice, "$0.0000166667"},
		{"us-east-1", ARM, ComputePrice, "$0.0000133334"},
		{"us-east-1", ARM, RequestPrice, "$0.20"},
		{"us-east-1", "", RequestPrice, "$0.20"},
		{"us-east-1", X86, ProvisionedPrice, "$0.0000041667"},
		{"us-east-1", ARM, ProvisionedPrice, "$0.0000033334"},
		{"us-east-1", X86, ProvisionedRunPrice, "$0.0000097222"},
		{"us-east-1", ARM, ProvisionedRunPrice, "$0.0000077778"},
		{"us-east-1", ARM, EphemeralStoragePrice, "$0.0000000309"},
		{"us-east-1", X86, TenantIsolationPrice, "$0.000166667"},
		{"us-east-1", ARM, TenantIsolationPrice, "$0.000133333"},
		{"us-east-1", X86, LogStoragePrice, "$0.03"},
		{"us-east-1", X86, TraceRecordPrice, "$5.00"},
		{"us-east-2", X86, LogIngestionIAPrice, "$0.25"},
		{"eu-central-2", ARM, ComputePrice, "$0.0000146667"},
		{"ap-east-1", ARM, ComputePrice, "$0.0000183"},
		{"ap-southeast-5", X86, RequestPrice, "$0.18"},
		{"sa-east-1", X86, EphemeralStoragePrice, "$0.0000000586"},
		{"me-central-1", ARM, ComputePrice, "$0.0000165334"},
		{"ca-west-1", X86, ComputePrice, "$0.0000166667"},
		{Edge, X86, ComputePrice, "$0.00005001"},
		{Edge, X86, RequestPrice, "$0.60"},

		{"il-central-1", ARM, ComputePrice, ""},
		{"me-central-1", X86, EphemeralStoragePrice, ""},
		{"us-gov-west-1", ARM, ComputePrice, ""},
		{"us-west-2", ARM, ProvisionedPrice, ""},
		{"us-west-2", X86, SnapStartCachePrice, ""},
		{"eu-west-1", X86, LogIngestionPrice, ""},
		{"cn-north-1", X86, ComputePrice, ""},
		{"us-east-1", "", ComputePrice, ""},
		{"us-east-1", "mips", ComputePrice, ""},
		{"us-east-1", X86, "parking", ""},
		{Edge, ARM, ComputePrice, ""},
		{"", "", "", ""},
	} {
		p, ok := PriceOf(c.region, c.arch, c.item)
		if ok != (c.want != "") {
			t.Errorf("%s %s in %s: ok is %v", c.item, c.arch, c.region, ok)
			continue
		}
		if !ok {
			if p.Of(1).Known() || !p.Of(0).IsZero() || p.Marginal(0).Known() {
				t.Errorf("%s %s in %s costs %v", c.item, c.arch, c.region, p.Of(1))
			}
			continue
		}
		if got := p.Tiers[0].USD.Exact(); got != c.want {
			t.Errorf("%s %s in %s is %s, want %s", c.item, c.arch, c.region, got, c.want)
		}
	}
}

func TestPriceOfCannotChangeTheTables(t *testing.T) {
	p, _ := PriceOf("us-east-1", X86, ComputePrice)
	p.Tiers[0].USD = Unknown()
	Regions()[0] = "mars"
	if q, _ := PriceOf("us-east-1", X86, ComputePrice); !q.Tiers[0].USD.Known() {
		t.Error("a caller has changed a price")
	}
	if slices.Contains(Regions(), "mars") {
		t.Error("a caller has changed the regions")
	}
}

func TestRegions(t *testing.T) {
	got := Regions()
	if len(got) != 32 || !slices.IsSorted(got) || slices.Contains(got, Edge) {
		t.Errorf("%d regions: %v", len(got), got)
	}
	for _, r := range got {
		if _, ok := PriceOf(r, X86, RequestPrice); !ok {
			t.Errorf("%s has no price of requests", r)
		}
	}
}

// AWS keeps these ratios in every region, to a rounding: a digit mistyped in
// the tables breaks them.
func TestPricesKeepTheirRatios(t *testing.T) {
	for _, c := range []struct {
		dear, cheap         Item
		dearArch, cheapArch Arch
		ratio               float64
		regions             int
	}{
		{ComputePrice, ComputePrice, X86, ARM, 1.25, 26},
		{ComputePrice, RequestPrice, X86, "", 0.0000833333, 32},
		{ProvisionedRunPrice, ProvisionedPrice, X86, X86, 7.0 / 3, 24},
		{ProvisionedPrice, EphemeralStoragePrice, X86, "", 135, 24},
	} {
		tolerance := 0.003
		switch {
		case c.dear == ProvisionedRunPrice:
			tolerance = 0.0003
		case c.cheap == EphemeralStoragePrice:
			tolerance = 0.2 // storage follows compute from afar
		case c.cheap == RequestPrice:
			tolerance = 0.03 // requests are rounded to the cent
		}
		found := 0
		for _, region := range Regions() {
			dear, ok1 := PriceOf(region, c.dearArch, c.dear)
			cheap, ok2 := PriceOf(region, c.cheapArch, c.cheap)
			if !ok1 || !ok2 {
				continue
			}
			found++
			d, _ := dear.Tiers[0].USD.Float64()
			e, _ := cheap.Tiers[0].USD.Float64()
			if got := d / e; math.Abs(got/c.ratio-1) > tolerance {
				t.Errorf("%s: %s is %v times %s, want %v", region, c.dear, got, c.cheap, c.ratio)
			}
		}
		if found != c.regions {
			t.Errorf("%s and %s are known in %d regions, want %d", c.dear, c.cheap, found, c.regions)
		}
	}
}

// Tiers of us-east-1: 6, 9 and more billion GB-seconds on x86_64.
func TestTierEdges(t *testing.T) {
	const billion = 1_000_000_000
	price, _ := PriceOf("us-east-1", X86, ComputePrice)
	gbs := func(n int64) int64 { return n * int64(GBSecond) }
	for _, c := range []struct {
		usage int64 // MB·ms
		want  string
	}{
		{gbs(6 * billion), "100000.2"},
		{gbs(6*billion) + 1, "100000.2000000000146484375"},
		{gbs(6*billion) - 1, "100000.19999999998372392578125"},
		{gbs(6*billion + 1), "100000.200015"},
		{gbs(15 * billion), "235000.2"},
		{gbs(15*billion + 1), "235000.2000133334"},
		{gbs(20 * billion), "301667.2"},
	} {
		want, _ := new(big.Rat).SetString(c.want)
		if got := exactly(t, price.Of(c.usage)); got.Cmp(want) != 0 {
			t.Errorf("%d MB·ms cost %s, want %s", c.usage, got.FloatString(30), c.want)
		}
	}
	for _, c := range []struct {
		after int64
		want  string
	}{
		{0, "$0.0000166667"},
		{gbs(6*billion) - 1, "$0.0000166667"},
		{gbs(6 * billion), "$0.000015"},
		{gbs(15*billion) - 1, "$0.000015"},
		{gbs(15 * billion), "$0.0000133334"},
		{math.MaxInt64, "$0.0000133334"},
		{-1, "–"},
	} {
		if got := price.Marginal(c.after).Exact(); got != c.want {
			t.Errorf("after %d MB·ms a GB-second costs %s, want %s", c.after, got, c.want)
		}
	}
}

func TestBeyondTheKnownTierIsUnknown(t *testing.T) {
	for arch, end := range map[Arch]int64{X86: 6_000_000_000, ARM: 7_500_000_000} {
		price, _ := PriceOf("eu-west-1", arch, ComputePrice)
		end *= int64(GBSecond)
		if u := price.Of(end); !u.Known() {
			t.Errorf("%s: the last of the first tier is unknown", arch)
		}
		if u := price.Of(end + 1); u.Known() {
			t.Errorf("%s: what lies beyond the first tier costs %v", arch, u)
		}
		if price.Marginal(end).Known() || !price.Marginal(end-1).Known() {
			t.Errorf("%s: the tier ends at the wrong place", arch)
		}
	}
}

// AWS's example of vended logs: 72 TB a month are $13,414.40.
func TestLogTiers(t *testing.T) {
	const tb = 1 << 40
	price, _ := PriceOf("us-east-1", X86, LogIngestionPrice)
	if got := price.Of(72 * tb).Decimal(2); got != "13414.40" {
		t.Errorf("72 TB of logs cost %s", got)
	}
	// $12,500 by the announcement's tiers, reckoned with TB of 1,000 GB.
	if got := price.Of(60 * tb); got != dollars(t, "12500").ratio(1024, 1000) {
		t.Errorf("60 TB of logs cost %v", got)
	}
	for _, edge := range []int64{10 * tb, 30 * tb, 50 * tb} {
		last, next := price.Of(edge).Sub(price.Of(edge-1)), price.Of(edge+1).Sub(price.Of(edge))
		if next.Cmp(last) >= 0 {
			t.Errorf("at %d TB a byte costs %s, and %s thereafter", edge/tb, last.Exact(), next.Exact())
		}
	}
}

func TestPriceIsMonotoneInUsage(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for k, p := range prices().prices {
		for range 200 {
			less := r.Int64() >> r.IntN(63)
			more := less + 1 + r.Int64N(math.MaxInt64-less)>>r.IntN(63)
			a, b := p.Of(less), p.Of(more)
			if !b.Known() {
				continue // beyond the known tiers
			}
			_, size := k.item.Unit()
			tooMuch := size != 3600 && b.Sub(a).Cmp(p.Of(1).Times(more-less)) > 0 // tiers only get cheaper
			if a.Cmp(b) >= 0 || tooMuch {
				t.Fatalf("%v: %d cost %s and %d cost %s", k, less, a.Exact(), more, b.Exact())
			}
		}
	}
}

func TestBrokenTablesAreRefused(t *testing.T) {
	good := func(name string) []byte {
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, change := range map[string]func(string) string{
		"a price with a letter": func(s string) string { return strings.Replace(s, "0.0000195172", "0.00001951O2", 1) },
		"a price too fine":      func(s string) string { return strings.Replace(s, "0.0000195172", "0.000000000000001", 1) },
		"a region twice":        func(s string) string { return s + "us-east-2,0.1,,,,,,\n" },
		"an unknown item":       func(s string) string { return strings.Replace(s, "ephemeral_storage,note", "ephemeral,note", 1) },
		"no date":               func(s string) string { return strings.Replace(s, "# date", "# when", 1) },
		"no note":               func(s string) string { return strings.Replace(s, ",note", ",remark", 1) },
		"tiers out of order":    func(s string) string { return strings.Replace(s, "0.0000195172", "0.2 7:0.1 5:0.1", 1) },
		"a tier beyond counting": func(s string) string {
			return strings.Replace(s, "0.0000195172", "0.2 9223372036854775807:0.1", 1)
		},
		"a broken end":     func(s string) string { return strings.Replace(s, " 6000000000", " 6e9", 1) },
		"a row too short":  func(s string) string { return s + "mars,1\n" },
		"no rows":          func(string) string { return "# source: x\n# date: y\nregion,note\n" },
		"an empty file":    func(string) string { return "" },
		"a tier not begun": func(s string) string { return strings.Replace(s, "0.0000195172", "5:0.1", 1) },
	} {
		_, err := loadBook(func(path string) ([]byte, error) {
			if path == "prices/lambda.csv" {
				return []byte(change(string(good(path)))), nil
			}
			return good(path), nil
		})
		if err == nil {
			t.Errorf("%s is not noticed", name)
		}
	}
	for _, change := range []string{"cloudwatch:X,parking,\n", "cloudwatch:*,free,\n"} {
		_, err := loadBook(func(path string) ([]byte, error) {
			if path == "prices/calls.csv" {
				return append(good(path), change...), nil
			}
			return good(path), nil
		})
		if err == nil {
			t.Errorf("call %q is not noticed", change)
		}
	}
	gone := errors.New("gone")
	if _, err := loadBook(func(string) ([]byte, error) { return nil, gone }); !errors.Is(err, gone) {
		t.Errorf("missing tables: %v", err)
	}
	if p := (&book{}).find("us-east-1", X86, ComputePrice); p != nil {
		t.Errorf("no table, and a price of %v", p)
	}
}
