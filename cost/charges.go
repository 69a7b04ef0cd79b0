package cost

import (
	"cmp"
	"slices"
)

// Charge is a line of an account's bill: what it owes for one item in one
// region, after the free tier.
type Charge struct {
	Item   Item
	Region string
	Arch   Arch  // empty where all architectures have one price
	Used   int64 // counted as [Item.Unit] says
	USD    USD
}

// Charges gives what an account owes for a month, or a part of it, as its bill
// has it: by item, region and architecture. Inits and spillover are part of the
// compute. The charges add up to the total of [Month]. The error is an
// [*InputError].
func Charges(usage []Usage, freeTier bool) ([]Charge, error) {
	for _, u := range usage {
		if err := u.check(); err != nil {
			return nil, err
		}
	}
	var charges []Charge
	for _, t := range tariffs() {
		if !freeTier {
			t.allowance = 0
		}
		pools, _, err := t.pool(usage)
		if err != nil {
			return nil, err
		}
		for k, p := range pools {
			charges = append(charges, Charge{
				Item: t.item, Region: k.region, Arch: k.arch, Used: p.used, USD: charge(p.price, p.used-p.free),
			})
		}
	}
	slices.SortFunc(charges, func(a, b Charge) int {
		return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Arch, b.Arch))
	})
	return charges, nil
}
