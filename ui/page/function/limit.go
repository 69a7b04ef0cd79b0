package function

import "fntop/sources"

// reserved is the reserved concurrency of the function.
func (p *Page) reserved() sources.Opt[int] {
	if p.fn == nil {
		return sources.Opt[int]{}
	}
	if set, ok := p.fn.Concurrency.Get(); ok {
		return set.Reserved
	}
	return p.fn.Config.ReservedConcurrency
}

// limit is how many invocations of the function may run at once, and what
// that limit is.
func (p *Page) limit() (n sources.Opt[int], name string) {
	if own := p.reserved(); own.Known() {
		return own, "reserved"
	}
	if p.fn == nil || !p.fn.Concurrency.Known() {
		return sources.Opt[int]{}, "" // it may have a reservation
	}
	if all, ok := p.place.Limits.Get(); ok {
		return sources.Some(all.Unreserved), "unreserved"
	}
	return sources.Opt[int]{}, ""
}
