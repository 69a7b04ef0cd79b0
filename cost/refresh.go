package cost

import (
	"maps"
	"slices"
	"sync/atomic"
)

// refreshed is the book with newer prices; nil until there are some.
var refreshed atomic.Pointer[book] //nolint:gochecknoglobals // the tables of the process, replaced as a whole

// Refresh puts newer prices in the place of those of the program, for all of
// the process, and leaves the others as they are. What an amount was reckoned
// by before it keeps. The prices of API calls stay. The error is an
// [*InputError]; nothing has changed then.
func Refresh(newer []Price) error {
	b := *prices()
	b.prices = maps.Clone(b.prices)
	for _, p := range newer {
		if err := p.check(); err != nil {
			return err
		}
		p.Tiers = slices.Clone(p.Tiers)
		b.prices[priceKey{p.Region, p.Item, p.Arch}] = &p
		if p.Item == ComputePrice && p.Region != Edge && !slices.Contains(b.regions, p.Region) {
			b.regions = append(slices.Clone(b.regions), p.Region)
		}
	}
	slices.Sort(b.regions)
	refreshed.Store(&b)
	return nil
}

// check refuses prices that make no sense.
func (p Price) check() error {
	_, size := p.Item.Unit()
	if size == 0 {
		return &InputError{Field: "item", Value: string(p.Item), Problem: "does not exist"}
	}
	if p.Region == "" || len(p.Tiers) == 0 {
		return &InputError{Field: "price of", Value: string(p.Item), Problem: "must have a region and a tier"}
	}
	for i, t := range p.Tiers {
		ascending := i == 0 && t.From == 0 || i > 0 && t.From > p.Tiers[i-1].From
		if !ascending || t.USD.Sign() < 0 || t.From > (1<<62)/size {
			return &InputError{Field: "price of", Value: string(p.Item), Problem: "must have tiers that ascend from 0, and no negative one"}
		}
	}
	return nil
}
