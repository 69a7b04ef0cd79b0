package functions

import (
	"fntop/sources"
	"fntop/sources/fleet"
)

// subtotal adds up the rows of a group. Percentiles cannot be added up and
// have none.
type subtotal struct {
	functions                       int
	perMinute, inv, throttles, cost part
	errs, cold                      part
}

// part is a sum of what is known.
type part struct {
	sum            float64
	known, missing int
}

func (p *part) add(x float64, known bool) {
	if known {
		p.sum += x
		p.known++
		return
	}
	p.missing++
}

// whole is the sum when it is of all, and some when it is of any.
func (p *part) whole() sources.Opt[float64] {
	if p.missing > 0 {
		return sources.Opt[float64]{}
	}
	return p.some()
}

func (p *part) some() sources.Opt[float64] {
	if p.known == 0 {
		return sources.Opt[float64]{}
	}
	return sources.Some(p.sum)
}

// add takes a function in. One that is gone or that the cloud calls idle is
// not asked about, and adds nothing.
func (s *subtotal) add(fn *fleet.Function, row *fleet.Row, w sources.Window) {
	s.functions++
	live, told := fn.Active.Get()
	if (fn.Gone || told && !live) && !row.Invocations.Known() && w.Since <= sources.ActiveSpan {
		return
	}
	rate, ok := row.LastMinute.Get()
	s.perMinute.add(rate, ok)
	inv, ok := number(row.Invocations)
	s.inv.add(inv, ok)
	thr, known := number(row.Throttles)
	s.throttles.add(thr, known)
	if ok && inv == 0 {
		s.errs.add(0, true)
		s.cold.add(0, true)
		s.cost.add(0, true)
		return
	}
	errs, known := number(row.Errors)
	s.errs.add(errs, known)
	cold, known := number(row.ColdStarts)
	s.cold.add(cold, known)
	s.cost.add(row.CostUSD.Get())
}

// share is a sum for each invocation, where both are known of all.
func (s *subtotal) share(p part) sources.Opt[float64] {
	sum, ok := p.whole().Get()
	if inv, known := s.inv.whole().Get(); ok && known && inv > 0 {
		return sources.Some(sum / inv)
	}
	return sources.Opt[float64]{}
}

// figure is what groups are sorted by.
func (s *subtotal) figure(c column) (float64, bool) {
	switch c {
	case colPerMinute, colSpark:
		return s.perMinute.some().Get()
	case colSum:
		return s.inv.some().Get()
	case colErrors:
		return s.share(s.errs).Get()
	case colThrottles:
		return s.throttles.some().Get()
	case colCold:
		return s.share(s.cold).Get()
	case colPrice:
		return s.share(s.cost).Get()
	case colCost:
		return s.cost.some().Get()
	default:
		return 0, false
	}
}
