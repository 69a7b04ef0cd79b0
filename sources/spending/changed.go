package spending

import (
	"cmp"
	"slices"

	"fntop/cost"
)

const weekHours = 7 * 24

// Compare tells what the last seven days cost against the seven before, and
// why. Each cause is what the cost changes by when that alone changes, in the
// order of the causes: first the number of requests, then how long each runs,
// then the memory, then what each logs. So they add up to the difference, and
// what two of them do together falls to the later.
//
// The prices are those of the first tier, before the free tier. Inits are left
// out: samples tell of a month and not of a week.
func Compare(usage Usage) Changed {
	span := usage.Span
	full := span.hour(span.Now)
	if full < 2*weekHours {
		return Changed{Short: true}
	}
	var out Changed
	for i := range usage.Used {
		u := usage.Used[i]
		before, after := u.week(span, full-2*weekHours), u.week(span, full-weekHours)
		if before.unknown+after.unknown > 0 {
			out.Unknown++
			continue
		}
		d, ok := difference(&u, before, after)
		if !ok {
			out.Unknown++
			continue
		}
		if d.Before == d.After {
			continue
		}
		out.Lines = append(out.Lines, d)
		out.Total.Before, out.Total.After = out.Total.Before.Add(d.Before), out.Total.After.Add(d.After)
		for _, p := range d.Causes {
			out.Total.Causes = because(out.Total.Causes, p.Cause, p.USD)
		}
	}
	if len(out.Lines) == 0 && out.Unknown > 0 {
		out.Total.Before, out.Total.After = cost.Unknown(), cost.Unknown()
	}
	slices.SortStableFunc(out.Lines, func(a, b Difference) int {
		return cmp.Or(magnitude(b).Cmp(magnitude(a)), a.Function.Compare(b.Function), cmp.Compare(a.Group, b.Group))
	})
	return out
}

// USD is what it costs more than before.
func (d Difference) USD() cost.USD { return d.After.Sub(d.Before) }

func magnitude(d Difference) cost.USD {
	usd := d.USD()
	if usd.Sign() < 0 {
		return usd.Neg()
	}
	return usd
}

// because adds to the part of a cause.
func because(parts []Part, c Cause, usd cost.USD) []Part {
	if usd.IsZero() {
		return parts
	}
	for i := range parts {
		if parts[i].Cause == c {
			parts[i].USD = parts[i].USD.Add(usd)
			return parts
		}
	}
	return append(parts, Part{c, usd})
}

// weekly is what a function used in a week, in the terms of the causes.
type weekly struct {
	unknown  int
	requests float64
	ms       float64 // of each request
	mb       float64 // mean over the duration
	kept     float64 // share of the MB·ms on provisioned concurrency
	logs     float64 // bytes of each request; of a shared group, of all
}

func (u *Used) week(span Span, from int) weekly {
	c := u.count(span, from, from+weekHours)
	w := weekly{unknown: c.unknown + c.blind, requests: c.requests, logs: c.logs}
	run := c.run()
	if c.requests > 0 {
		w.ms, w.logs = c.ms/c.requests, c.logs/c.requests
	}
	if c.ms > 0 && run > 0 {
		w.mb, w.kept = run/c.ms, c.kept/run
	}
	return w
}

// price is what so much costs at list prices.
func (w weekly) price(u *Used) cost.USD {
	ms := w.requests * w.ms
	logs := w.logs
	if u.Group == "" {
		logs *= w.requests
	}
	c := counts{
		requests: w.requests, logs: logs,
		onDemand: ms * w.mb * (1 - w.kept), kept: ms * w.mb * w.kept,
		storage: ms * float64(max(0, u.Function.EphemeralMB-includedMB)),
	}
	used, ok := c.usage(&u.Function)
	if !ok {
		return cost.Unknown()
	}
	if _, priced := cost.PriceOf(used.Region, used.Arch, cost.LogIngestionPrice); !priced {
		used.LogBytes = 0
	}
	bill, err := cost.Month([]cost.Usage{used}, false)
	if err != nil {
		return cost.Unknown()
	}
	return bill.Total
}

// difference goes from one week to the other, a cause at a time. ok is false
// when a price is not known.
func difference(u *Used, before, after weekly) (d Difference, ok bool) {
	d = Difference{Function: u.Function.ID, Group: u.Group, Before: before.price(u), After: after.price(u)}
	if !d.Before.Known() || !d.After.Known() {
		return d, false
	}
	none := func(w weekly) bool { return w.requests == 0 && w.logs == 0 }
	switch {
	case none(before):
		d.Causes = because(nil, CauseNew, d.USD())
		return d, true
	case none(after):
		d.Causes = because(nil, CauseGone, d.USD())
		return d, true
	}
	at, usd := before, d.Before
	step := func(c Cause, change func()) {
		change()
		next := at.price(u)
		d.Causes = because(d.Causes, c, next.Sub(usd))
		usd = next
	}
	step(CauseTraffic, func() { at.requests = after.requests })
	if after.requests > 0 {
		step(CauseDuration, func() { at.ms = after.ms })
		step(CauseMemory, func() { at.mb = after.mb })
	}
	step(CauseLogs, func() { at.logs = after.logs })
	step(CauseOther, func() { at = after })
	return d, true
}
