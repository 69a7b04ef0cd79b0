package spending

import (
	"fmt"

	"fntop/cost"
	"fntop/sources"
)

// leave takes what is not known out of a line's components, says so and counts
// it.
func leave(span Span, m *Missing, l *Line, u *Used, p part, c cost.Components) {
	l.Components = c
	drop := func(amount *cost.USD, count *int, why string) {
		*amount, l.AtLeast = cost.Unknown(), true
		*count++
		l.note(why)
	}
	leaveMemory(span, m, l, u, p)
	if !p.counts.initKnown {
		drop(&l.Components.Init, &m.Init, "no REPORT lines of it were read: what its inits cost is not known, and not in the sums")
		compute, _ := c.Compute.Float64()
		m.InitCompute += compute
	}
	ran := u.onKept(span)
	switch n, ok := u.Kept.Get(); {
	case p.counts.ready > 0 && ran:
		l.note("its provisioned concurrency is taken to have been as today since it is on")
	case p.counts.ready > 0:
		_, from := u.kept(span)
		text := fmt.Sprintf("nothing has run on the %d environments that it keeps ready", n)
		if from > span.hour(span.Month) {
			l.AtLeast = true
			m.Provisioned++
			text += ": what there was before " + span.at(from).Format(noteTime) + " UTC is not known, and not in the sums"
		}
		l.note(text)
	case n > 0 && !ran:
		drop(&l.Components.Provisioned, &m.Provisioned, fmt.Sprintf(
			"nothing has run on the %d environments that it keeps ready: since when is not known, and what they cost is not in the sums", n))
	case ran:
		drop(&l.Components.Provisioned, &m.Provisioned, "what its provisioned concurrency costs to be kept is not known, and not in the sums")
	case !ok && u.canKeep():
		drop(&l.Components.Provisioned, &m.Provisioned, "whether it keeps environments ready is not known: what they cost is not in the sums")
	}
	if p.counts.requests > 0 && snapshotsCost(&u.Function) {
		drop(&l.Components.SnapStart, &m.SnapStart, "what snapshots of SnapStart cost is not known, and not in the sums")
	}
	switch {
	case u.LogBytes == nil && p.counts.requests > 0 && u.Function.LogGroup == "":
		drop(&l.Components.LogIngestion, &m.Logs, "its log group is not known: its logs are not in the sums")
	case u.LogBytes == nil && p.counts.requests > 0:
		l.Components.LogIngestion, l.AtLeast = cost.Unknown(), true
		l.note("it shares its log group, whose cost has a line of its own")
	case p.unpriced:
		drop(&l.Components.LogIngestion, &m.LogPrice, "the price of logs in "+u.Function.ID.Region+" is not known: they are not in the sums")
	}
}

// leaveMemory says that the compute of hours whose memory is not known is left
// out; all of it is unknown where that is all there is.
func leaveMemory(span Span, m *Missing, l *Line, u *Used, p part) {
	n := p.counts.blind
	if n == 0 {
		return
	}
	from := u.memoryFrom(span, span.hour(span.Month))
	l.note(fmt.Sprintf("its memory before %s UTC is not known: the compute of %s is not in the sums",
		span.at(from).Format(noteTime), hoursText(n)))
	m.Memory++
	m.MemoryHours += n
	l.AtLeast = true
	if p.counts.run() == 0 {
		l.Components.Compute, l.Components.Init = cost.Unknown(), cost.Unknown()
	}
}

// correct tells what of a line is from REPORT lines.
func (l *Line) correct(p part) {
	if run := p.counts.run(); run > 0 {
		if usd, ok := l.Components.Compute.Float64(); ok {
			l.Correction.Rounding = sources.Some(usd * p.counts.rounding / run)
		}
	}
	if usd, ok := l.Components.Init.Float64(); ok {
		l.Correction.Init = sources.Some(usd)
	}
}

const noteTime = "2 January 15:04"

func hoursText(n int) string {
	if n == 1 {
		return "an hour"
	}
	return fmt.Sprintf("%d hours", n)
}

func (l *Line) note(text string) { l.Notes = append(l.Notes, text) }

// zeroed has nothing where a component is unknown.
func zeroed(c cost.Components) cost.Components {
	for _, usd := range amounts(&c) {
		if !usd.Known() {
			*usd = cost.USD{}
		}
	}
	return c
}

// orUnknown has nothing known where c has nothing and d does not know it: no
// line knew it.
func orUnknown(c, d cost.Components) cost.Components {
	for i, usd := range amounts(&c) {
		if usd.IsZero() && !amounts(&d)[i].Known() {
			*usd = cost.Unknown()
		}
	}
	return c
}

// amounts are the components, to be changed.
func amounts(c *cost.Components) [9]*cost.USD {
	return [...]*cost.USD{
		&c.Requests, &c.Compute, &c.Init, &c.EphemeralStorage, &c.Provisioned, &c.SnapStart,
		&c.LogIngestion, &c.FreeTier, &c.ResponseStreaming,
	}
}

// unknown are components of which nothing is known.
func unknown() cost.Components {
	u := cost.Unknown()
	return cost.Components{
		Requests: u, Compute: u, Init: u, EphemeralStorage: u, Provisioned: u, SnapStart: u,
		LogIngestion: u, FreeTier: u,
	}
}
