package cost

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"
)

const ms = time.Millisecond

// priced prices an invocation that is known to be fine.
func priced(tb testing.TB, in InvocationInput) InvocationPrice {
	tb.Helper()
	p, err := Invocation(in)
	if err != nil {
		tb.Fatalf("%+v: %v", in, err)
	}
	return p
}

// Published reports: duration and init or billed restore in milliseconds, and
// what was billed.
func TestBilledDurationOfPublishedReports(t *testing.T) {
	for _, c := range []struct {
		duration, init float64
		restore        int64
		free           bool
		billed         int64
	}{
		{duration: 3000.00, init: 402.04, billed: 3403},
		{duration: 600000.00, init: 476.75, billed: 600477},
		{duration: 80.30, init: 488.91, billed: 570},
		{duration: 84.77, init: 549.71, billed: 635},
		{duration: 17.21, init: 80.52, billed: 98},
		{duration: 344356.22, init: 399.33, billed: 344756},
		{duration: 1233.96, init: 463.512, billed: 1698},
		{duration: 1.802, init: 60.644, billed: 63},
		{duration: 2.37, init: 423.98, billed: 427},
		{duration: 127.10, restore: 26, billed: 154},
		{duration: 2338.66, restore: 182, billed: 2521},
		{duration: 306.34, restore: 303, billed: 610},
		{duration: 149.53, restore: 163, billed: 313},
		{duration: 159.87, restore: 118, billed: 278},
		{duration: 147.156, restore: 53, billed: 201},
		{duration: 3000.00, init: 305.50, free: true, billed: 3000}, // before 2025-08-01
	} {
		in := InvocationInput{
			Region: "us-east-1", Arch: X86, MemoryMB: 1024,
			Duration: milli(c.duration), Init: milli(c.init),
			BilledRestore: time.Duration(c.restore) * ms, FreeInit: c.free,
		}
		p := priced(t, in)
		if p.Billed != time.Duration(c.billed)*ms || !p.Computed {
			t.Errorf("%v + %v + %v: billed %v (computed %v), want %d ms",
				c.duration, c.init, c.restore, p.Billed, p.Computed, c.billed)
		}
		// The same when the report says so itself.
		in.Billed = time.Duration(c.billed) * ms
		reported := priced(t, in)
		if reported.Computed || reported.Components != p.Components || reported.InitBilled != p.InitBilled {
			t.Errorf("%v: reported %+v, computed %+v", c.duration, reported, p)
		}
	}
}

// milli makes a duration of milliseconds with decimals.
func milli(f float64) time.Duration { return time.Duration(math.Round(f * float64(ms))) }

func TestInitShare(t *testing.T) {
	for name, c := range map[string]struct {
		in   InvocationInput
		want int64
	}{
		"warm":                     {InvocationInput{Billed: 100 * ms, Duration: 99 * ms}, 0},
		"cold":                     {InvocationInput{Billed: 570 * ms, Duration: milli(80.30), Init: milli(488.91)}, 489},
		"cold, init not billed":    {InvocationInput{Billed: 81 * ms, Duration: milli(80.30), Init: milli(488.91)}, 0},
		"cold, billed by 100 ms":   {InvocationInput{Billed: 100 * ms, Duration: milli(1.5), Init: milli(20.5)}, 21},
		"cold, duration not known": {InvocationInput{Billed: 570 * ms, Init: milli(488.91)}, 488},
		"init longer than billed":  {InvocationInput{Billed: 57 * ms, Init: milli(488.91)}, 57},
		"restored":                 {InvocationInput{Billed: 154 * ms, Duration: milli(127.10), BilledRestore: 26 * ms}, 26},
		"restore longer":           {InvocationInput{Billed: 20 * ms, Duration: ms, BilledRestore: 26 * ms}, 20},
		"longer than billed":       {InvocationInput{Billed: 50 * ms, Duration: 80 * ms, Init: 20 * ms}, 0},
	} {
		c.in.Region, c.in.Arch, c.in.MemoryMB = "us-east-1", X86, 512
		p := priced(t, c.in)
		if p.InitBilled != time.Duration(c.want)*ms || p.InitBilled > p.Billed {
			t.Errorf("%s: init of %v billed, want %d ms", name, p.InitBilled, c.want)
		}
	}
}

// The published formula, in fractions: GB × seconds × price, and requests.
func TestInvocationIsExact(t *testing.T) {
	rates := map[Arch]string{X86: "0.0000166667", ARM: "0.0000133334"}
	rat := func(s string) *big.Rat {
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatal(s)
		}
		return r
	}
	mul := func(factors ...*big.Rat) *big.Rat {
		p := big.NewRat(1, 1)
		for _, f := range factors {
			p.Mul(p, f)
		}
		return p
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range 5000 {
		arch := []Arch{X86, ARM}[r.IntN(2)]
		memory, storage := 128+r.Int64N(10113), 512+r.Int64N(9729)
		duration := time.Duration(1 + r.Int64N(int64(15*time.Minute)))
		var init time.Duration
		if r.IntN(3) == 0 {
			init = time.Duration(r.Int64N(int64(10 * time.Second)))
		}
		p := priced(t, InvocationInput{
			Region: "us-east-1", Arch: arch, MemoryMB: int(memory), EphemeralMB: int(storage),
			Duration: duration, Init: init,
		})
		billed := (int64(duration+init) + 999_999) / 1_000_000 // ms
		seconds := big.NewRat(billed, 1000)
		want := rat("0.0000002")
		want.Add(want, mul(big.NewRat(memory, 1024), seconds, rat(rates[arch])))
		want.Add(want, mul(big.NewRat(storage-512, 1024), seconds, rat("0.0000000309")))
		if got := exactly(t, p.Total); got.Cmp(want) != 0 {
			t.Fatalf("%v + %v at %d MB cost %s, want %s", duration, init, memory, got.FloatString(30), want.FloatString(30))
		}
		if p.Components.Total() != p.Total {
			t.Fatalf("components %+v do not add up to %s", p.Components, p.Total.Exact())
		}
		f, _ := p.Total.Float64()
		if exact, _ := want.Float64(); f != exact {
			t.Fatalf("%v is not the nearest float64 of %s", f, want.FloatString(30))
		}
		if got := exactly(t, p.PerMillion()); got.Cmp(mul(want, big.NewRat(1_000_000, 1))) != 0 {
			t.Fatalf("a million cost %s", got.FloatString(30))
		}
	}
}

func TestInvocationComponents(t *testing.T) {
	base := InvocationInput{Region: "us-east-1", Arch: X86, MemoryMB: 1024, Duration: 900 * ms, Init: 100 * ms}
	for name, c := range map[string]struct {
		change func(*InvocationInput)
		want   Components
	}{
		"on demand": {
			func(*InvocationInput) {},
			Components{
				Requests: dollars(t, "0.0000002"),
				Compute:  dollars(t, "0.00001500003"), Init: dollars(t, "0.00000166667"),
			},
		},
		"on provisioned concurrency": {
			func(in *InvocationInput) { in.Capacity = OnProvisioned },
			Components{
				Requests: dollars(t, "0.0000002"),
				Compute:  dollars(t, "0.00000874998"), Init: dollars(t, "0.00000097222"),
			},
		},
		"on managed instances": {
			func(in *InvocationInput) { in.Capacity = OnManagedInstances },
			Components{Requests: dollars(t, "0.0000002")},
		},
		"restored": {
			func(in *InvocationInput) { in.BilledRestore, in.Init = 100*ms, 0 },
			Components{
				Requests: dollars(t, "0.0000002"),
				Compute:  dollars(t, "0.00001500003"), Init: dollars(t, "0.00000166667"),
				SnapStart: dollars(t, "0.0001397998"),
			},
		},
		"restored, Java": {
			func(in *InvocationInput) { in.BilledRestore, in.Init, in.Java = 100*ms, 0, true },
			Components{
				Requests: dollars(t, "0.0000002"),
				Compute:  dollars(t, "0.00001500003"), Init: dollars(t, "0.00000166667"),
			},
		},
		"large asynchronous event": {
			func(in *InvocationInput) { in.AsyncEventBytes, in.Init = 300<<10, 0 },
			Components{Requests: dollars(t, "0.0000004"), Compute: dollars(t, "0.00001500003")},
		},
		"at the edge": {
			func(in *InvocationInput) { in.Region, in.Init, in.MemoryMB = Edge, 0, 128 },
			Components{Requests: dollars(t, "0.0000006"), Compute: dollars(t, "0.000005626125")},
		},
		"storage that is included": {
			func(in *InvocationInput) { in.EphemeralMB, in.Init = 512, 0 },
			Components{Requests: dollars(t, "0.0000002"), Compute: dollars(t, "0.00001500003")},
		},
		"more storage": {
			func(in *InvocationInput) { in.EphemeralMB, in.Init = 512+1024, 0 },
			Components{
				Requests: dollars(t, "0.0000002"), Compute: dollars(t, "0.00001500003"),
				EphemeralStorage: dollars(t, "0.00000002781"),
			},
		},
	} {
		in := base
		c.change(&in)
		if got := priced(t, in).Components; got != c.want {
			t.Errorf("%s:\n%+v, want\n%+v", name, got, c.want)
		}
	}
}

func TestInvocationIsMonotone(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 2000 {
		in := InvocationInput{
			Region: "eu-west-1", Arch: ARM, MemoryMB: 128 + r.IntN(10000), EphemeralMB: 513 + r.IntN(9000),
			Duration: time.Duration(1 + r.Int64N(int64(900*time.Second))), Init: time.Duration(r.Int64N(int64(time.Second))),
			AsyncEventBytes: r.Int64N(900 << 10),
		}
		base := priced(t, in)
		for name, change := range map[string]func(*InvocationInput){
			"a millisecond more":   func(in *InvocationInput) { in.Duration += ms },
			"a millisecond init":   func(in *InvocationInput) { in.Init += ms },
			"a MB more":            func(in *InvocationInput) { in.MemoryMB++ },
			"a MB of storage more": func(in *InvocationInput) { in.EphemeralMB++ },
			"64 KB of event more": func(in *InvocationInput) {
				in.AsyncEventBytes += 256 << 10
				in.AsyncEventBytes = min(in.AsyncEventBytes, 1<<20)
			},
			"the other architecture": func(in *InvocationInput) { in.Arch = X86 },
		} {
			more := in
			change(&more)
			if p := priced(t, more); p.Total.Cmp(base.Total) <= 0 {
				t.Fatalf("%s: %s after %s (%+v)", name, p.Total.Exact(), base.Total.Exact(), in)
			}
		}
		// One millisecond costs one millisecond.
		more := in
		more.Duration += ms
		step := priced(t, more).Total.Sub(base.Total)
		want := charge(in.price(ComputePrice), int64(in.MemoryMB)).Add(charge(in.price(EphemeralStoragePrice), in.extraStorage()))
		if step != want {
			t.Fatalf("a millisecond costs %s, want %s", step.Exact(), want.Exact())
		}
	}
}

func TestInvocationUnknown(t *testing.T) {
	base := InvocationInput{Region: "us-east-1", Arch: X86, MemoryMB: 128, Billed: ms}
	for name, c := range map[string]struct {
		change  func(*InvocationInput)
		unknown []string
	}{
		"region":       {func(in *InvocationInput) { in.Region = "mars-north-1" }, []string{"requests", "compute"}},
		"architecture": {func(in *InvocationInput) { in.Arch = "" }, []string{"compute"}},
		"arm64 in il-central-1": {
			func(in *InvocationInput) { in.Region, in.Arch, in.Init = "il-central-1", ARM, ms }, []string{"init"},
		},
		"storage in me-central-1": {
			func(in *InvocationInput) { in.Region, in.EphemeralMB = "me-central-1", 600 },
			[]string{"ephemeral_storage"},
		},
		"restore in eu-west-1": {
			func(in *InvocationInput) { in.Region, in.BilledRestore = "eu-west-1", ms }, []string{"snapstart"},
		},
		"provisioned arm64 in eu-west-1": {
			func(in *InvocationInput) { in.Region, in.Arch, in.Capacity = "eu-west-1", ARM, OnProvisioned },
			[]string{"compute"},
		},
	} {
		in := base
		c.change(&in)
		p := priced(t, in)
		var unknown []string
		for name, amount := range p.Components.All() {
			if !amount.Known() {
				unknown = append(unknown, name)
			}
		}
		if len(unknown) != len(c.unknown) || unknown[0] != c.unknown[0] {
			t.Errorf("%s: unknown are %v, want %v", name, unknown, c.unknown)
		}
		if p.Total.Known() || p.PerMillion().Known() {
			t.Errorf("%s: total is %v", name, p.Total)
		}
	}
	for name, in := range map[string]InvocationInput{
		"included storage, me-central-1": {Region: "me-central-1", Arch: X86, MemoryMB: 128, Billed: ms, EphemeralMB: 512},
		"Java restore, eu-west-1":        {Region: "eu-west-1", Arch: X86, MemoryMB: 128, Billed: ms, BilledRestore: ms, Java: true},
	} {
		if p := priced(t, in); !p.Total.Known() {
			t.Errorf("%s: nothing is used that has no price, and yet the total is unknown", name)
		}
	}
}

func TestInvocationRefuses(t *testing.T) {
	fine := InvocationInput{Region: "us-east-1", Arch: X86, MemoryMB: 128, Billed: ms}
	for field, change := range map[string]func(*InvocationInput){
		"duration":                func(in *InvocationInput) { in.Billed = 0 },
		"billed duration":         func(in *InvocationInput) { in.Billed = -1 },
		"init duration":           func(in *InvocationInput) { in.Init = math.MaxInt64 },
		"billed restore duration": func(in *InvocationInput) { in.BilledRestore = -ms },
		"memory":                  func(in *InvocationInput) { in.MemoryMB = 0 },
		"ephemeral storage":       func(in *InvocationInput) { in.EphemeralMB = -1 },
		"asynchronous event":      func(in *InvocationInput) { in.AsyncEventBytes = 1<<20 + 1 },
		"capacity":                func(in *InvocationInput) { in.Capacity = 3 },
	} {
		in := fine
		change(&in)
		p, err := Invocation(in)
		var wrong *InputError
		if !errors.As(err, &wrong) || wrong.Field != field || p.Total != (USD{}) {
			t.Errorf("%s: %v, %v", field, p, err)
		}
	}
}

func TestAsyncRequests(t *testing.T) {
	const kb = 1024
	for bytes, want := range map[int64]int64{
		0: 1, 1: 1, 256 * kb: 1, 256*kb + 1: 2, 320 * kb: 2, 320*kb + 1: 3, 512 * kb: 5, 1024*kb - 1: 13, 1024 * kb: 13,
	} {
		if got, err := AsyncRequests(bytes); got != want || err != nil {
			t.Errorf("%d bytes are %d requests (%v), want %d", bytes, got, err, want)
		}
	}
	for _, bytes := range []int64{-1, 1024*kb + 1, math.MaxInt64, math.MinInt64} {
		if n, err := AsyncRequests(bytes); err == nil {
			t.Errorf("%d bytes are %d requests", bytes, n)
		}
	}
}

func FuzzInvocation(f *testing.F) {
	f.Add("us-east-1", "arm64", 2048, 512, int64(1924e6), int64(713e6), int64(1210e6), int64(0), int64(0), 0)
	f.Add("mars", "", 0, -1, int64(-1), int64(math.MaxInt64), int64(math.MinInt64), int64(5), int64(1<<40), 9)
	f.Add("us-east-1", "x86_64", 1<<20, 1<<20, int64(3.6e15), int64(3.6e15), int64(3.6e15), int64(3.6e15), int64(1<<20), 1)
	f.Fuzz(func(t *testing.T, region, arch string, memory, storage int, billed, duration, init, restore, event int64, capacity int) {
		p, err := Invocation(InvocationInput{
			Region: region, Arch: Arch(arch), MemoryMB: memory, EphemeralMB: storage,
			Billed: time.Duration(billed), Duration: time.Duration(duration), Init: time.Duration(init),
			BilledRestore: time.Duration(restore), AsyncEventBytes: event, Capacity: Capacity(capacity),
		})
		if err != nil {
			return
		}
		if p.Billed < p.InitBilled || p.InitBilled < 0 || p.Total != p.Components.Total() {
			t.Fatalf("%+v", p)
		}
		for name, amount := range p.Components.All() {
			if amount.Known() && amount.Sign() < 0 {
				t.Fatalf("%s is %s", name, amount.Exact())
			}
		}
		if lines := p.Explain(); len(lines) < 2 || lines[len(lines)-1].USD != p.Total {
			t.Fatalf("%+v", lines)
		}
		_ = p.ExplainBilled()
	})
}
