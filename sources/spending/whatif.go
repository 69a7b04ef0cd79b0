package spending

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"fntop/cost"
	"fntop/sources"
)

// Setting is what could be set otherwise.
type Setting string

// The settings.
const (
	SetMemory      Setting = "memory"
	SetARM         Setting = "arm64"
	SetLogs        Setting = "logs"
	SetProvisioned Setting = "provisioned"
	SetSnapStart   Setting = "snapstart"
)

// Basis is what a figure of an [Option] rests on.
type Basis string

// The bases.
const (
	Observed   Basis = "observed"   // it has run so before
	Arithmetic Basis = "arithmetic" // nothing but the price changes
	Assumed    Basis = "assumption" // Note says of what
)

// Option is something that could be set otherwise, and what that is worth in a
// month of 730 hours like the last thirty days, at first-tier prices and before
// the free tier.
type Option struct {
	Setting Setting
	To      string // such as "1024 MB"
	// Low and High are what it costs more a month, in USD; negative is less.
	// They are the same where it can be told; unknown where a price is.
	Low, High sources.Opt[float64]
	// Faster and Slower are the ends of what a request takes longer on average,
	// cold ones included; negative is faster.
	Faster, Slower sources.Opt[time.Duration]
	Basis          Basis
	Note           string
}

// A month is 730 hours at AWS; what there was is taken from the last 720.
const (
	billedHours = 730
	baseHours   = 30 * 24
	// fewest is how many requests tell how long a function runs at a memory.
	fewest = 100
)

// base is the month that options are held against.
type base struct {
	u    *Used
	span Span
	counts
	rates rates
	mb    int
	mean  float64 // ms of a request
	from  int     // its hours
	to    int
}

// WhatIf gives the options of one function of the usage; none for one that was
// not used, of which an hour or a price is not known, or whose memory is known for
// less than a week.
func WhatIf(usage Usage, i int) []Option {
	u := &usage.Used[i]
	b := base{u: u, span: usage.Span, rates: ratesOf(&u.Function), mb: u.Function.MemoryMB}
	now := b.span.hour(b.span.Now)
	begin := max(0, now-baseHours)
	from := u.memoryFrom(b.span, begin)
	if from > begin && now-from < weekHours {
		return nil
	}
	b.from, b.to = from, now
	month := u.count(b.span, from, now)
	idle := b.idle(month.unknown)
	if u.Group != "" || month.unknown > 0 || month.requests == 0 || month.ms == 0 || math.IsNaN(b.rates.compute) {
		return idle
	}
	b.add(month, float64(billedHours)/float64(now-from))
	b.mean = month.ms / month.requests
	b.ms = b.mean * b.requests
	b.initKnown = month.initKnown
	all := idle
	for _, some := range [][]Option{b.memory(), b.arm(), b.fewerLogs(), b.provisioned(), b.snapStart()} {
		all = append(all, some...)
	}
	return all
}

func exactly(o Option, usd float64) Option {
	if !math.IsNaN(usd) {
		o.Low, o.High = sources.Some(usd), sources.Some(usd)
	}
	return o
}

func milliseconds(ms float64) sources.Opt[time.Duration] {
	return sources.Some(time.Duration(ms * float64(time.Millisecond)))
}

// arm is the other architecture, at the same duration.
func (b *base) arm() []Option {
	if b.u.Function.Architecture != sources.X86 {
		return nil
	}
	other := b.u.Function
	other.Architecture = sources.ARM
	r := ratesOf(&other)
	usd := times(b.onDemand+b.spilled+b.init, r.compute-b.rates.compute) + times(b.kept, r.kept-b.rates.kept) +
		times(b.readyAt(b.mb), r.ready-b.rates.ready)
	return []Option{exactly(Option{
		Setting: SetARM, To: "arm64", Basis: Assumed, Note: "if it runs as long as on x86_64, and its dependencies are built for it",
	}, usd)}
}

// fewerLogs is half of the bytes logged.
func (b *base) fewerLogs() []Option {
	if !(b.logs > 0) {
		return nil
	}
	return []Option{exactly(Option{
		Setting: SetLogs, To: "half the bytes", Basis: Arithmetic, Note: "log level, sampling, shorter lines",
	}, -b.logs/2*b.rates.logs)}
}

// provisioned is as many environments kept ready as the busiest hour used on
// average. What runs on them is not known from hourly sums, as little as how
// often more come at once: it is between nothing and all.
func (b *base) provisioned() []Option {
	s, sampled := b.u.Sample.Get()
	rate, ok := s.initMS()
	if !sampled || !ok || b.kept > 0 || b.u.Kept.Or(0) > 0 || s.Cold == 0 || b.u.Function.SnapStart || b.u.Function.ManagedInstances {
		return nil
	}
	const hour = float64(time.Hour / time.Millisecond)
	busiest := 0.0
	for i := b.from; i < b.to; i++ {
		busiest = max(busiest, b.u.Milliseconds[i]+b.u.Requests[i]*rate)
	}
	n := max(1, math.Ceil(busiest/hour))
	o := Option{
		Setting: SetProvisioned, To: fmt.Sprintf("%.0f kept ready", n), Basis: Assumed,
		Note: "as many as the busiest hour used on average; from all on them, and no cold start, to nothing: " +
			"what comes at once beyond them runs on demand and starts cold",
	}
	price, ok := cost.PriceOf(b.u.Function.ID.Region, cost.Arch(b.u.Function.Architecture), cost.ProvisionedPrice)
	kept, okPrice := price.Of(int64(n) * int64(b.mb) * billedHours * int64(hour)).Float64()
	saved := b.onDemand*max(0, b.rates.compute-b.rates.kept) + b.init*b.rates.compute
	if ok && okPrice && !math.IsNaN(saved) {
		o.Low, o.High = sources.Some(kept-saved), sources.Some(kept)
	}
	if wait, ok := s.InitMean.Get(); ok {
		o.Faster, o.Slower = milliseconds(-float64(wait)/1e6*float64(s.Cold)/s.Requests), sources.Some(time.Duration(0))
	}
	return []Option{o}
}

// idle is nothing kept ready, where nothing runs on what is.
func (b *base) idle(unknown int) []Option {
	n := b.u.Kept.Or(0)
	if n <= 0 || unknown > 0 || !silent(b.u.Provisioned[b.from:b.to]) {
		return nil
	}
	return []Option{exactly(Option{
		Setting: SetProvisioned, To: "none kept ready", Basis: Arithmetic,
		Note: fmt.Sprintf("nothing has run on the %d environments that are kept ready", n),
	}, -b.readyAt(b.mb)*b.rates.ready)}
}

// snapStart is SnapStart on one published version.
func (b *base) snapStart() []Option {
	s, sampled := b.u.Sample.Get()
	if !sampled || s.Cold == 0 || b.kept > 0 || !canSnap(&b.u.Function) {
		return nil
	}
	o := Option{
		Setting: SetSnapStart, To: "on one version", Basis: Assumed,
		Note: "from restores that are billed nothing to restores billed as inits are now; how long they take shows when it is on",
	}
	saved := b.init * b.rates.compute
	if strings.HasPrefix(b.u.Function.Runtime, "java") {
		o.Low, o.High = sources.Some(-saved), sources.Some(0.0)
		return []Option{o}
	}
	region, arch := b.u.Function.ID.Region, cost.Arch(b.u.Function.Architecture)
	cache, okCache := cost.PriceOf(region, arch, cost.SnapStartCachePrice)
	restore, okRestore := cost.PriceOf(region, arch, cost.SnapStartRestorePrice)
	if !okCache || !okRestore {
		return []Option{o}
	}
	restores := int64(math.Round(b.requests * float64(s.Cold) / s.Requests))
	usd, ok := cache.Of(int64(b.mb) * billedHours * int64(time.Hour/time.Millisecond)).Add(restore.Of(restores * int64(b.mb))).Float64()
	if ok {
		o.Low, o.High = sources.Some(usd-saved), sources.Some(usd)
	}
	return []Option{o}
}

// canSnap tells whether SnapStart can be turned on: managed runtimes Java 11,
// Python 3.12, .NET 8 and later, with no more than 512 MB of storage, in all
// regions but two (Lambda Developer Guide, "Improving startup performance with
// Lambda SnapStart").
func canSnap(fn *sources.Function) bool {
	if fn.SnapStart || fn.PackageType != sources.PackageZip || fn.EphemeralMB > includedMB || fn.ManagedInstances ||
		fn.ID.Region == "ap-southeast-6" || fn.ID.Region == "ap-east-2" {
		return false
	}
	parts := snapRuntime.FindStringSubmatch(fn.Runtime)
	if parts == nil {
		return false
	}
	major, _ := strconv.Atoi(parts[2])
	minor, _ := strconv.Atoi(parts[3])
	switch parts[1] {
	case "java":
		return major >= 11
	case "python":
		return major > 3 || major == 3 && minor >= 12
	}
	return major >= 8
}

var snapRuntime = regexp.MustCompile(`^(java|python|dotnet)(\d{1,3})(?:\.(\d{1,3}))?`)
