package cost

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestExplainQuote(t *testing.T) {
	for name, c := range map[string]struct {
		in   EstimateInput
		want []string
	}{
		"example 1": {
			EstimateInput{MemoryMB: 1536, Requests: 3_000_000, Duration: 120 * ms, FreeTier: true},
			[]string{
				"requests: 3,000,000 requests × $0.20 per million = $0.60",
				"compute: 3,000,000 × 120 ms × 1536 MB = 540,000 GB-s × $0.0000166667 = $9.00",
				"free_tier: 1,000,000 requests and 400,000 GB-s free = -$6.87",
				"total: $0.60 + $9.00 - $6.87 = $2.73",
			},
		},
		"cold starts and storage": {
			EstimateInput{
				Arch: ARM, MemoryMB: 1024, EphemeralMB: 1024, Requests: 1_000_000, Duration: time.Second,
				InitRate: 0.1, InitDuration: 500 * ms,
			},
			[]string{
				"requests: 1,000,000 requests × $0.20 per million = $0.20",
				"compute: 1,000,000 × 1,000 ms × 1024 MB = 1,000,000 GB-s × $0.0000133334 = $13.33",
				"init: 100,000 × 500 ms × 1024 MB = 50,000 GB-s × $0.0000133334 = $0.67",
				"ephemeral_storage: 512 MB above 512 over the billed duration = 525,000 GB-s × $0.0000000309 = $0.02",
				"total: $0.20 + $13.33 + $0.67 + $0.02 = $14.22",
			},
		},
		"tiers": {
			EstimateInput{MemoryMB: 1024, Requests: 10_000_000_000, Duration: time.Second},
			[]string{
				"requests: 10,000,000,000 requests × $0.20 per million = $2,000.00",
				"compute: 10,000,000,000 × 1,000 ms × 1024 MB = 10,000,000,000 GB-s × $0.00001600002 a GB-second on average over its tiers = $160,000.20",
				"total: $2,000.00 + $160,000.20 = $162,000.20",
			},
		},
		"no price": {
			EstimateInput{Region: "mars-1", MemoryMB: 128, Requests: 1, Duration: time.Second},
			[]string{
				"requests: 1 requests × unknown price = –",
				"compute: 1 × 1,000 ms × 128 MB = 0.125 GB-s × unknown price = –",
				"total: –",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := texts(quoted(t, c.in).Explain())
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestExplainQuoteAddsUp reads the amounts off the texts: as printed they add
// up to the total as printed, what the free tier takes off included.
func TestExplainQuoteAddsUp(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 1))
	for range 2000 {
		q := quoted(t, EstimateInput{
			MemoryMB: 128 + rnd.IntN(10_000), EphemeralMB: 512 + rnd.IntN(9_000),
			Requests: rnd.Int64N(1 << (1 + rnd.IntN(35))), Duration: time.Duration(1+rnd.IntN(5000)) * ms,
			InitRate: rnd.Float64(), InitDuration: time.Duration(rnd.IntN(3000)) * ms,
			LogBytes: rnd.Int64N(5000), FreeTier: rnd.IntN(2) == 0,
		})
		lines := q.Explain()
		var sum USD
		for _, l := range lines[:len(lines)-1] {
			_, amount, _ := cutLast(l.Text, " = ")
			sum = sum.Add(printed(t, amount))
		}
		_, total, ok := cutLast(lines[len(lines)-1].Text, " = ")
		if !ok {
			total = lines[len(lines)-1].Text
		}
		if want := printed(t, total); sum != want || total != q.Total.rounded(len(total)-1-strings.IndexByte(total, '.')) {
			t.Fatalf("%s: the parts add up to %s, the total is %s\n%s", total, sum.Exact(), q.Total.Exact(), strings.Join(texts(lines), "\n"))
		}
	}
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// printed reads an amount such as "-$1,234.50".
func printed(tb testing.TB, s string) USD {
	tb.Helper()
	u, err := ParseUSD(strings.NewReplacer("$", "", ",", "").Replace(s))
	if err != nil {
		tb.Fatal(err)
	}
	return u
}
