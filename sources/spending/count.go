package spending

import (
	"math"
	"slices"
	"strings"
	"time"

	"fntop/cost"
	"fntop/sources"
)

// halfMS is how much a duration is rounded up on average where no reports tell:
// durations are as good as evenly spread between whole milliseconds.
const halfMS = 0.5

// counts is what was used in some hours, before it is made whole.
type counts struct {
	requests                float64
	onDemand, spilled, kept float64 // MB·ms of handlers: on demand, beside provisioned concurrency, on it
	storage                 float64 // MB·ms above what is included
	ready                   float64 // MB·ms of provisioned concurrency
	init                    float64 // MB·ms
	logs                    float64 // bytes
	rounding                float64 // MB·ms of the handlers' that are rounding
	ms                      float64 // of handlers, rounded up
	initKnown, logsKnown    bool
	unknown                 int // hours

	// blind are the hours whose memory is not known, and blindMS the handlers'
	// in them: their MB·ms are in none of the above.
	blind   int
	blindMS float64
}

// run is the MB·ms of handlers.
func (c *counts) run() float64 { return c.onDemand + c.spilled + c.kept }

// count adds up the hours from a to b.
func (u *Used) count(span Span, a, b int) counts {
	fn := &u.Function
	c := counts{logsKnown: u.LogBytes != nil}
	round := u.rounding()
	initMS, sampled := 0.0, false
	if s, ok := u.Sample.Get(); ok {
		initMS, sampled = s.initMS()
	}
	extra := float64(max(0, fn.EphemeralMB-includedMB))
	kept, from := u.kept(span)
	for i := max(a, 0); i < min(b, len(u.Requests)); i++ {
		n, ms := u.Requests[i], u.Milliseconds[i]
		bytes := 0.0
		if u.LogBytes != nil {
			bytes = u.LogBytes[i]
		}
		if math.IsNaN(n + ms + u.Provisioned[i] + bytes) {
			c.unknown++
			continue
		}
		c.logs += bytes
		memory, sure := u.memoryAt(span, i)
		if i >= from && sure {
			c.ready += float64(kept*memory) * span.length(i)
		}
		if n <= 0 {
			continue
		}
		c.requests += n
		if fn.ManagedInstances {
			continue
		}
		ms += n * round
		c.ms += ms
		c.storage += (ms + n*initMS) * extra
		if !sure {
			c.blind++
			c.blindMS += ms
			continue
		}
		mb := float64(memory)
		part := min(1, u.Provisioned[i]/n)
		c.rounding += n * round * mb
		c.kept += ms * part * mb
		if part > 0 {
			c.spilled += ms * (1 - part) * mb
		} else {
			c.onDemand += ms * mb
		}
		c.init += n * initMS * mb
	}
	c.initKnown = sampled || c.requests == 0 || fn.ManagedInstances
	return c
}

// kept is how many environments are kept ready, and from which hour on: the first
// in which something ran on them, or the first full one since they are set.
func (u *Used) kept(span Span) (n, from int) {
	n, from = u.Kept.Or(0), len(u.Provisioned)
	if n <= 0 {
		return 0, from
	}
	if set, ok := u.KeptSince.Get(); ok {
		from = min(from, max(0, span.hour(set.Add(time.Hour-1))))
	}
	if i := slices.IndexFunc(u.Provisioned, func(v float64) bool { return v > 0 }); i >= 0 {
		from = min(from, i)
	}
	return n, from
}

// canKeep tells whether provisioned concurrency can be on (Lambda Developer
// Guide, "Improving startup performance with Lambda SnapStart", "Lambda Managed
// Instances").
func (u *Used) canKeep() bool {
	return u.Group == "" && !u.Function.SnapStart && !u.Function.ManagedInstances
}

// length is how many milliseconds of an hour have passed.
func (s Span) length(hour int) float64 {
	passed := min(time.Hour, s.Now.Sub(s.at(hour)))
	return float64(passed / time.Millisecond)
}

// includedMB is the ephemeral storage in the price of every function ("AWS
// Lambda pricing").
const includedMB = 512

// rounding is how many milliseconds a duration is rounded up on average.
func (u *Used) rounding() float64 {
	if s, ok := u.Sample.Get(); ok {
		if r, ok := s.Rounding.Get(); ok {
			return float64(r) / float64(time.Millisecond)
		}
	}
	return halfMS
}

// usage is the counts as whole numbers. ok is false when they are more than can
// be counted.
func (c *counts) usage(fn *sources.Function) (u cost.Usage, ok bool) {
	const most = 1 << 62
	if !(c.requests+c.onDemand+c.spilled+c.kept+c.ready+c.init+c.storage+c.logs < most) {
		return u, false
	}
	whole := func(v float64) int64 { return int64(math.Round(v)) }
	return cost.Usage{
		Region: fn.ID.Region, Arch: cost.Arch(fn.Architecture),
		Requests: whole(c.requests),
		Compute:  cost.MemoryTime(whole(c.onDemand)), Spillover: cost.MemoryTime(whole(c.spilled)),
		ProvisionedRun: cost.MemoryTime(whole(c.kept)), Provisioned: cost.MemoryTime(whole(c.ready)), Init: cost.MemoryTime(whole(c.init)),
		EphemeralStorage: cost.MemoryTime(whole(c.storage)), LogBytes: whole(c.logs),
	}, true
}

// rates are what one of each count costs at the first tier, in USD; NaN where
// there is no price.
type rates struct{ request, compute, kept, ready, storage, logs float64 }

func ratesOf(fn *sources.Function) rates {
	region, arch := fn.ID.Region, cost.Arch(fn.Architecture)
	of := func(item cost.Item) float64 {
		p, ok := cost.PriceOf(region, arch, item)
		if !ok {
			return math.NaN()
		}
		usd, ok := p.Tiers[0].USD.Float64()
		if !ok {
			return math.NaN()
		}
		_, size := item.Unit()
		return usd / float64(size)
	}
	return rates{
		request: of(cost.RequestPrice), compute: of(cost.ComputePrice), kept: of(cost.ProvisionedRunPrice),
		ready:   of(cost.ProvisionedPrice),
		storage: of(cost.EphemeralStoragePrice), logs: of(cost.LogIngestionPrice),
	}
}

// list is what the counts cost at the first tier. Logs without a price are left
// out.
func (r rates) list(c counts) float64 {
	usd := times(c.requests, r.request) + times(c.onDemand+c.spilled+c.init, r.compute) +
		times(c.kept, r.kept) + times(c.ready, r.ready) + times(c.storage, r.storage)
	if !math.IsNaN(r.logs) {
		usd += c.logs * r.logs
	}
	return usd
}

// times is the price of a count: nothing costs nothing, whatever the price.
func times(n, price float64) float64 {
	if n == 0 {
		return 0
	}
	return n * price
}

// snapshotsCost tells whether SnapStart costs something: it is free for Java
// ("AWS Lambda pricing").
func snapshotsCost(fn *sources.Function) bool {
	return fn.SnapStart && !strings.HasPrefix(fn.Runtime, "java")
}
