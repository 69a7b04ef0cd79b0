package spending

import (
	"math"
	"slices"

	"fntop/cost"
	"fntop/sources"
)

// Options are how usage is billed.
type Options struct {
	// FreeTier takes the free tier of each account off. It belongs to the whole
	// account: a few of its functions alone look cheaper with it than they are.
	FreeTier bool
	// OnePayer tells that all accounts are billed together, and so have one free
	// tier and reach the tiers together.
	OnePayer bool
}

// Bill prices usage. Tiers and free tier are those of each account, over the
// month. It is pure, and takes about a millisecond for each function that was
// used.
func Bill(usage Usage, o Options) (Report, error) {
	r := Report{Span: usage.Span, Lines: make([]Line, len(usage.Used))}
	for i := range usage.Used {
		u := &usage.Used[i]
		r.Lines[i] = Line{
			Function: u.Function.ID, Group: u.Group, ToDate: cost.Unknown(), LastMonth: cost.Unknown(), Components: unknown(),
			Correction: Correction{Sample: u.Sample},
		}
	}
	var whole []outlook
	for _, account := range accounts(usage, o.OnePayer) {
		b := biller{usage: usage, report: &r, freeTier: o.FreeTier, of: account}
		if err := b.bill(); err != nil {
			return Report{}, err
		}
		whole = append(whole, b.whole)
	}
	r.sum(&usage, whole)
	r.Changed = Compare(usage)
	r.PriceDate = priceDate(usage)
	return r, nil
}

// accounts are the indices of what is billed together.
func accounts(usage Usage, together bool) [][]int {
	var (
		all   [][]int
		index = make(map[string]int)
	)
	for i := range usage.Used {
		account := usage.Used[i].Function.ID.Account
		if together {
			account = ""
		}
		at, ok := index[account]
		if !ok {
			at = len(all)
			index[account] = at
			all = append(all, nil)
		}
		all[at] = append(all[at], i)
	}
	return all
}

// biller bills one account.
type biller struct {
	usage    Usage
	report   *Report
	freeTier bool
	of       []int // indices of the lines

	parts   []part
	whole   outlook
	monthly []cost.Usage // of parts
}

// part is a line that can be priced.
type part struct {
	line   int
	counts counts
	rates  rates
	// unpriced tells that there were logs, and that there is no price of them.
	unpriced bool
}

func (b *biller) bill() error {
	if err := b.toDate(); err != nil {
		return err
	}
	if err := b.lastMonth(); err != nil {
		return err
	}
	return b.forecast()
}

// toDate prices the month so far.
func (b *biller) toDate() error {
	span := b.usage.Span
	month, now := span.hour(span.Month), span.Hours()
	for _, i := range b.of {
		u, l := &b.usage.Used[i], &b.report.Lines[i]
		c := u.count(span, month, now)
		rates := ratesOf(&u.Function)
		used, ok := c.usage(&u.Function)
		l.Used = used
		switch {
		case c.unknown > 0 || !ok:
			l.note("hours of the month are not known: its cost is not either")
			b.report.Missing.Hours += c.unknown
		case c.requests > 0 && math.IsNaN(rates.request+rates.compute):
			l.note("there are no prices of " + u.Function.ID.Region + " " + string(u.Function.Architecture))
		default:
			if math.IsNaN(rates.logs) {
				used.LogBytes, c.logs = 0, 0
			}
			b.parts, b.monthly = append(b.parts, part{i, c, rates, l.Used.LogBytes > 0 && math.IsNaN(rates.logs)}), append(b.monthly, used)
		}
	}
	bill, err := cost.Month(b.monthly, b.freeTier)
	if err != nil {
		return err
	}
	for k, p := range b.parts {
		l := &b.report.Lines[p.line]
		leave(span, &b.report.Missing, l, &b.usage.Used[p.line], p, bill.Lines[k])
		l.ToDate = known(l.Components)
		l.correct(p)
	}
	return nil
}

// lastMonth prices the month before, where all of its hours are known.
func (b *biller) lastMonth() error {
	span := b.usage.Span
	begin, ok := span.lastMonth()
	if !ok {
		return nil
	}
	var (
		used []cost.Usage
		of   []part
	)
	for _, p := range b.parts {
		u := &b.usage.Used[p.line]
		c := u.count(span, span.hour(begin), span.hour(span.Month))
		if math.IsNaN(p.rates.logs) {
			c.logs = 0
		}
		if whole, ok := c.usage(&u.Function); ok && c.unknown == 0 {
			p.counts = c
			used, of = append(used, whole), append(of, p)
		}
	}
	bill, err := cost.Month(used, b.freeTier)
	if err != nil {
		return err
	}
	for k, p := range of {
		l := &b.report.Lines[p.line]
		l.LastMonth = known(alike(bill.Lines[k], l.Components))
		l.LastMonthAtLeast = l.AtLeast || p.counts.blind > 0
	}
	return nil
}

// alike leaves out of c what is unknown in d.
func alike(c, d cost.Components) cost.Components { return c.Add(d).Sub(d) }

// known is the sum of the components that are known.
func known(c cost.Components) cost.USD {
	var total cost.USD
	for _, usd := range c.All() {
		if usd.Known() {
			total = total.Add(usd)
		}
	}
	return total
}

// sum adds the lines up.
func (r *Report) sum(usage *Usage, whole []outlook) {
	t := &r.Total
	seen := make(map[string]bool)
	var sum, added cost.Components
	for i := range r.Lines {
		l := &r.Lines[i]
		if !l.ToDate.Known() {
			r.Missing.Functions++
			region := l.Function.Region
			if math.IsNaN(ratesOf(&usage.Used[i].Function).compute) && l.Used.Requests > 0 && !seen[region] {
				seen[region] = true
				r.Missing.Regions = append(r.Missing.Regions, region)
			}
			continue
		}
		t.ToDate = t.ToDate.Add(l.ToDate)
		sum, added = sum.Add(l.Components), added.Add(zeroed(l.Components))
		t.Requests += l.Used.Requests
		t.Rounding += l.Correction.Rounding.Or(0)
		t.LastMonthAtLeast = t.LastMonthAtLeast || l.LastMonthAtLeast || !l.LastMonth.Known()
		if l.LastMonth.Known() {
			t.LastMonth = t.LastMonth.Add(l.LastMonth)
		}
		t.ForecastAtLeast = t.ForecastAtLeast || !l.Forecast.Known()
	}
	t.Components = orUnknown(added, sum)
	slices.Sort(r.Missing.Regions)
	r.Missing.Deleted = len(usage.gone(r.Span.Month))
	t.AtLeast = r.Missing.Any()
	t.LastMonthAtLeast, t.ForecastAtLeast = t.LastMonthAtLeast || t.AtLeast || len(usage.gone(r.Span.Start)) > 0, t.ForecastAtLeast || t.AtLeast
	t.Forecast = r.Span.together(whole)
	r.nothing()
}

// nothing makes a total unknown that is nothing, but leaves functions out: it
// tells nothing.
func (r *Report) nothing() {
	t, out := &r.Total, r.Missing.Functions+r.Missing.Deleted > 0
	if out && t.ToDate.IsZero() {
		t.ToDate, t.Components = cost.Unknown(), unknown()
	}
	if _, ok := r.Span.lastMonth(); !ok || t.LastMonthAtLeast && t.LastMonth.IsZero() {
		t.LastMonth = cost.Unknown()
	}
	if f, ok := t.Forecast.Get(); ok && out && f.Value == 0 {
		t.Forecast = sources.Opt[Range]{}
	}
}

// priceDate is the date of the oldest price list that the usage is priced by.
func priceDate(usage Usage) string {
	type place struct {
		region string
		arch   cost.Arch
	}
	oldest, seen := "", make(map[place]bool)
	for i := range usage.Used {
		fn := &usage.Used[i].Function
		at := place{fn.ID.Region, cost.Arch(fn.Architecture)}
		if usage.Used[i].Group != "" || seen[at] {
			continue
		}
		seen[at] = true
		for _, item := range []cost.Item{cost.RequestPrice, cost.ComputePrice, cost.LogIngestionPrice} {
			if p, ok := cost.PriceOf(at.region, at.arch, item); ok && (oldest == "" || p.Date < oldest) {
				oldest = p.Date
			}
		}
	}
	return oldest
}
