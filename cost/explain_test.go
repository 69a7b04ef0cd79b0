package cost

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func texts(lines []Line) []string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Component+": "+l.Text)
	}
	return all
}

func TestExplain(t *testing.T) {
	for name, c := range map[string]struct {
		in     InvocationInput
		billed string
		want   []string
	}{
		"warm": {
			InvocationInput{Region: "us-east-1", Arch: ARM, MemoryMB: 2048, Billed: 1924 * ms},
			"1,924 ms",
			[]string{
				"requests: 1 request × $0.20 per million = $0.0000002",
				"compute: 1,924 ms × 2048 MB = 3.848 GB-s × $0.0000133334 = $0.0000513",
				"total: $0.0000002 + $0.0000513 = $0.0000515",
			},
		},
		"cold, with storage": {
			InvocationInput{
				Region: "us-east-1", Arch: ARM, MemoryMB: 2048, EphemeralMB: 10240,
				Duration: milli(713.2), Init: milli(1210.3),
			},
			"714 ms + 1,210 ms init = 1,924 ms (computed)",
			[]string{
				"requests: 1 request × $0.20 per million = $0.0000002",
				"compute: 714 ms × 2048 MB = 1.428 GB-s × $0.0000133334 = $0.0000190",
				"init: 1,210 ms × 2048 MB = 2.42 GB-s × $0.0000133334 = $0.0000323",
				"ephemeral_storage: 1,924 ms × 9728 MB above 512 = 18.278 GB-s × $0.0000000309 = $0.0000006",
				"total: $0.0000002 + $0.0000190 + $0.0000323 + $0.0000006 = $0.0000521",
			},
		},
		"restored, large event": {
			InvocationInput{
				Region: "us-east-1", Arch: X86, MemoryMB: 1769, Billed: 154 * ms, BilledRestore: 26 * ms,
				AsyncEventBytes: 512 << 10,
			},
			"128 ms + 26 ms restore = 154 ms",
			[]string{
				"requests: 5 requests × $0.20 per million = $0.0000010",
				"compute: 128 ms × 1769 MB = 0.221125 GB-s × $0.0000166667 = $0.0000037",
				"init: 26 ms × 1769 MB = 0.044916015625 GB-s × $0.0000166667 = $0.0000007",
				"snapstart: restore of 1769 MB = 1.7275390625 GB × $0.0001397998 = $0.0002415",
				"total: $0.0000010 + $0.0000037 + $0.0000007 + $0.0002415 = $0.0002469",
			},
		},
		"very small": {
			InvocationInput{Region: "us-east-1", Arch: X86, MemoryMB: 128, Billed: ms},
			"1 ms",
			[]string{
				"requests: 1 request × $0.20 per million = $0.000000200",
				"compute: 1 ms × 128 MB = 0.000125 GB-s × $0.0000166667 = $0.000000002",
				"total: $0.000000200 + $0.000000002 = $0.000000202",
			},
		},
		"unknown": {
			InvocationInput{Region: "il-central-1", Arch: ARM, MemoryMB: 1024, Billed: 1500 * ms},
			"1,500 ms",
			[]string{
				"requests: 1 request × $0.21 per million = $0.0000002",
				"compute: 1,500 ms × 1024 MB = 1.5 GB-s × unknown price = –",
				"total: $0.0000002 + – = –",
			},
		},
		"managed instances": {
			InvocationInput{
				Region: "us-east-1", Arch: ARM, MemoryMB: 2048, Billed: 90 * time.Second, Capacity: OnManagedInstances,
			},
			"90,000 ms",
			[]string{
				"requests: 1 request × $0.20 per million = $0.0000002",
				"total: $0.0000002",
			},
		},
	} {
		p := priced(t, c.in)
		if got := p.ExplainBilled(); got != c.billed {
			t.Errorf("%s: billed is explained as %q, want %q", name, got, c.billed)
		}
		got, want := strings.Join(texts(p.Explain()), "\n"), strings.Join(c.want, "\n")
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// What a reader adds up is what stands at the end.
func TestExplainedAmountsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 3000 {
		p := priced(t, InvocationInput{
			Region: "us-east-1", Arch: X86, MemoryMB: 128 + r.IntN(10000), EphemeralMB: 512 + r.IntN(9000),
			Duration: time.Duration(1 + r.Int64N(int64(time.Minute))>>r.IntN(16)),
			Init:     time.Duration(r.Int64N(int64(time.Second))), AsyncEventBytes: r.Int64N(1 << 20),
		})
		lines := p.Explain()
		text := lines[len(lines)-1].Text
		terms, total, _ := strings.Cut(text, " = ")
		sum := new(big.Rat)
		for term := range strings.SplitSeq(terms, " + ") {
			n, ok := new(big.Rat).SetString(strings.TrimPrefix(term, "$"))
			if !ok {
				t.Fatalf("%q in %q", term, text)
			}
			sum.Add(sum, n)
		}
		want, ok := new(big.Rat).SetString(strings.TrimPrefix(total, "$"))
		if !ok || sum.Cmp(want) != 0 {
			t.Fatalf("%s: the sum is %s", text, sum.FloatString(12))
		}
		var exact USD
		for i, line := range lines[:len(lines)-1] {
			exact = exact.Add(line.USD)
			if !strings.HasSuffix(line.Text, " = "+strings.Split(terms, " + ")[i]) {
				t.Fatalf("%q does not end as in %q", line.Text, text)
			}
		}
		if exact != p.Total {
			t.Fatalf("lines add up to %s, total is %s", exact.Exact(), p.Total.Exact())
		}
	}
}
