package cost

// MonthBill is what an account owes for a month.
type MonthBill struct {
	Total USD // the sum of Components; unknown when one of them is
	// Components are the sums of Lines.
	Components Components
	// Lines are the usages that were given, priced, in the same order.
	Lines []Components
}

// Month prices what one account used in one month, or in a part of it. With
// consolidated billing that is the organisation: it has one free tier, and
// its accounts reach the tiers together.
//
// Duration on demand is priced by tiers for each region and architecture, log
// data for each region; all lines of such a pool pay its average price.
//
// The free tier of a month is a million requests and 400,000 GB-seconds of
// duration on demand over all regions and architectures together, 100 GB of
// streamed responses and 5 GB of Standard log data. It is taken off before
// the tiers are counted, as in AWS's examples, and shared out among the lines
// in proportion to their usage. What it takes off is the component FreeTier;
// all other components are before it. It covers neither provisioned
// concurrency and what spills over from it, nor SnapStart, ephemeral storage
// and Lambda@Edge. The 5 GB are shared with log storage and queries, which
// Usage does not know: an account that uses those gets less.
//
// The error is an [*InputError].
func Month(usage []Usage, freeTier bool) (MonthBill, error) {
	for _, u := range usage {
		if err := u.check(); err != nil {
			return MonthBill{}, err
		}
	}
	bill := MonthBill{Lines: make([]Components, len(usage))}
	for _, t := range tariffs() {
		if !freeTier {
			t.allowance = 0
		}
		if err := t.apply(usage, bill.Lines); err != nil {
			return MonthBill{}, err
		}
	}
	for _, line := range bill.Lines {
		bill.Components = bill.Components.Add(line)
	}
	bill.Total = bill.Components.Total()
	return bill, nil
}

// Marginal prices more usage on top of what the account has used this month:
// what the bill grows by, and so what a decision is worth. The average price,
// [MonthBill.Total] by the requests, is another: the free tier makes it lower
// than the marginal price, cheaper tiers make it higher. The error is an
// [*InputError].
func Marginal(usage []Usage, more Usage, freeTier bool) (Components, error) {
	before, err := Month(usage, freeTier)
	if err != nil {
		return Components{}, err
	}
	after, err := Month(append(append([]Usage{}, usage...), more), freeTier)
	if err != nil {
		return Components{}, err
	}
	return after.Components.Sub(before.Components), nil
}

// pool is the usage that reaches tiers together: that of one region, and of
// one architecture where the price is by architecture.
type pool struct {
	price *Price
	used  int64
	free  int64 // of used
	cost  USD   // before the free tier
	saved USD   // by the free tier

	// What has been shared out so far. Shares are differences of portions, so
	// that they add up to the whole.
	usedSoFar, freeSoFar int64
	paidSoFar, backSoFar USD
}

type poolKey struct {
	region string
	arch   Arch
}

// poolOf gives the price of a line's usage, and the pool it belongs to.
// Architectures that share a price share a pool.
func (t tariff) poolOf(u Usage) (*Price, poolKey) {
	price := prices().find(u.Region, u.Arch, t.item)
	if price != nil {
		return price, poolKey{u.Region, price.Arch}
	}
	return nil, poolKey{u.Region, u.Arch}
}

// apply prices one count of all lines and adds it to their components.
func (t tariff) apply(usage []Usage, lines []Components) error {
	pools, free, err := t.pool(usage)
	if err != nil || len(pools) == 0 {
		return err
	}
	for _, p := range pools {
		p.cost = charge(p.price, p.used)
		p.saved = p.cost.Sub(charge(p.price, p.used-p.free))
	}
	for i, u := range usage {
		used, _, err := t.counts(u)
		if err != nil {
			return err
		}
		if used == 0 {
			continue
		}
		_, k := t.poolOf(u)
		p := pools[k]
		amount, back := p.share(used, free[i])
		t.pay(&lines[i], u, amount)
		lines[i].FreeTier = lines[i].FreeTier.Sub(back)
	}
	return nil
}

// pool gathers the usage of all lines, and shares the free tier out among
// them: free gives each line's part.
func (t tariff) pool(usage []Usage) (pools map[poolKey]*pool, free []int64, err error) {
	pools = map[poolKey]*pool{}
	cover := make([]int64, len(usage))
	var all int64
	for i, u := range usage {
		used, coverable, err := t.counts(u)
		if err != nil {
			return nil, nil, err
		}
		if used == 0 {
			continue
		}
		price, k := t.poolOf(u)
		if pools[k] == nil {
			pools[k] = &pool{price: price}
		}
		if pools[k].used, err = sum(t.name, pools[k].used, used); err != nil {
			return nil, nil, err
		}
		if all, err = sum(t.name, all, coverable); err != nil {
			return nil, nil, err
		}
		cover[i] = coverable
	}
	free = allot(min(t.allowance, all), cover, all)
	for i, u := range usage {
		if free[i] > 0 {
			_, k := t.poolOf(u)
			pools[k].free += free[i]
		}
	}
	return pools, free, nil
}

// share gives the part of the pool's cost and of its saving that falls to a
// line with so much usage, so much of it free.
func (p *pool) share(used, free int64) (amount, back USD) {
	p.usedSoFar += used
	paid := p.cost.portion(p.usedSoFar, p.used)
	amount, p.paidSoFar = paid.Sub(p.paidSoFar), paid

	if free == 0 {
		return amount, USD{}
	}
	p.freeSoFar += free
	saved := p.saved.portion(p.freeSoFar, p.free)
	back, p.backSoFar = saved.Sub(p.backSoFar), saved
	return amount, back
}

// allot shares a grant out in proportion to weights, which add up to all. The
// shares add up to the grant, and none exceeds its weight.
func allot(grant int64, weights []int64, all int64) []int64 {
	shares := make([]int64, len(weights))
	var weight, given int64
	for i, w := range weights {
		if w == 0 {
			continue
		}
		weight += w
		upTo := proportion(grant, weight, all)
		shares[i], given = upTo-given, upTo
	}
	return shares
}
