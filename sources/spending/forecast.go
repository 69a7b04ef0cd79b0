package spending

import (
	"math"

	"fntop/cost"
	"fntop/cost/forecast"
	"fntop/sources"
)

// mixHours is how far back the kinds of usage are taken from that are still to
// come: two weeks.
const mixHours = 2 * 7 * 24

// outlook is what the lines of an account will come to.
type outlook struct {
	parts []forecast.Forecast // of lines, in USD as billed
	hours []float64           // list price of all lines together
}

// forecast forecasts the lines of an account. The hours are forecast at list
// prices; what is to come is of the kinds of usage of the last two weeks, and
// the month as a whole is billed like any other.
func (b *biller) forecast() error {
	b.whole.hours = make([]float64, b.usage.Span.Hours())
	var (
		month []cost.Usage
		of    []int // indices into parts
		rest  []forecast.Forecast
	)
	for k, p := range b.parts {
		u, l := &b.usage.Used[p.line], &b.report.Lines[p.line]
		hours := b.hours(u, p)
		f, err := b.usage.Span.forecast(hours)
		if err != nil {
			l.note("what the month comes to is not known: there is no full hour of it to tell from")
			continue
		}
		f = unfilled(f, p.rates.list(p.counts))
		b.joins(u, p, hours)
		for _, n := range f.Notes {
			if n.Reason != forecast.Silent && n.Reason != forecast.Missing {
				l.note(n.String())
			}
		}
		used, ok := b.later(u, p, f)
		if !ok {
			continue
		}
		month, of, rest = append(month, used), append(of, k), append(rest, f)
	}
	bill, err := cost.Month(month, b.freeTier)
	if err != nil {
		return err
	}
	for j, k := range of {
		l := &b.report.Lines[b.parts[k].line]
		total, ok := known(alike(bill.Lines[j], l.Components)).Float64()
		date, okDate := l.ToDate.Float64()
		if !ok || !okDate {
			continue
		}
		f, net := rest[j], 1.0 // of what the list says: tiers, the free tier
		if f.Value > 0 {
			net = total / f.Value
		}
		total = max(total, date)
		l.Forecast = sources.Some(Range{
			Value: total, Low: max(date, total-net*(f.Value-f.Low)), High: total + net*(f.High-f.Value),
		})
		b.whole.parts = append(b.whole.parts, forecast.Forecast{
			Value: total, Low: l.Forecast.Or(Range{}).Low, High: l.Forecast.Or(Range{}).High,
			SoFar: date, Rest: total - date, Spread: f.Spread,
		})
	}
	return nil
}

// forecast is what hours come to over the month.
func (s Span) forecast(hours []float64) (forecast.Forecast, error) {
	return forecast.Month(forecast.Input{
		Series: forecast.Series{Start: s.Start, Values: hours}, From: s.Month, End: s.End, Now: s.Now,
	})
}

// unfilled is a forecast of which hours whose memory is not known are no part:
// what the rest of them costs is in sofar.
func unfilled(f forecast.Forecast, sofar float64) forecast.Forecast {
	had := f.SoFar
	f.Low += sofar - had - f.Filled*max(0, 1-f.Spread)
	f.High += sofar - had - f.Filled*(1+f.Spread)
	f.SoFar, f.Filled, f.Value = sofar, 0, sofar+f.Rest
	return f
}

// hours is what each hour costs at list prices.
func (b *biller) hours(u *Used, p part) []float64 {
	values := make([]float64, b.usage.Span.Hours())
	for i := range values {
		c := u.count(b.usage.Span, i, i+1)
		if values[i] = p.rates.list(c); c.unknown+c.blind > 0 {
			values[i] = math.NaN()
		}
	}
	return values
}

// joins adds a line's hours to those of the account. Hours whose memory is not
// known are added at the one that was set then: they are for the shape of the
// whole only, of which no hour would be known without them.
func (b *biller) joins(u *Used, p part, hours []float64) {
	from := u.memoryFrom(b.usage.Span, 0)
	for i, usd := range hours {
		if i < from {
			if c := u.count(b.usage.Span, i, i+1); c.unknown == 0 {
				usd = p.rates.list(c) + times(c.blindMS*float64(u.Memory[0].MB), p.rates.compute)
			}
		}
		b.whole.hours[i] += usd
	}
}

// later is what the function will have used at the end of the month. ok is
// false when that cannot be told.
func (b *biller) later(u *Used, p part, f forecast.Forecast) (used cost.Usage, ok bool) {
	c := p.counts
	sofar := p.rates.list(c)
	rest := f.Rest
	if rest > 0 {
		now := b.usage.Span.Hours()
		mix := u.count(b.usage.Span, u.memoryFrom(b.usage.Span, max(0, now-mixHours)), now)
		if math.IsNaN(p.rates.logs) {
			mix.logs = 0
		}
		if list := p.rates.list(mix); list > 0 {
			c.add(mix, rest/list)
		} else if sofar > 0 {
			c.add(c, rest/sofar)
		}
	}
	return c.usage(&u.Function)
}

// add adds so many times what d has.
func (c *counts) add(d counts, times float64) {
	c.requests += times * d.requests
	c.onDemand += times * d.onDemand
	c.spilled += times * d.spilled
	c.kept += times * d.kept
	c.ready += times * d.ready
	c.storage += times * d.storage
	c.init += times * d.init
	c.logs += times * d.logs
}

// together is the forecast of all accounts.
func (s Span) together(all []outlook) sources.Opt[Range] {
	var parts []forecast.Forecast
	hours := make([]float64, s.Hours())
	for _, o := range all {
		parts = append(parts, o.parts...)
		for i, usd := range o.hours {
			hours[i] += usd
		}
	}
	whole, err := s.forecast(hours)
	if err != nil || len(parts) == 0 {
		return sources.Opt[Range]{}
	}
	f := forecast.Together(parts, billed(whole, parts))
	return sources.Some(Range{Value: f.Value, Low: f.Low, High: f.High})
}

// billed is a forecast at list prices as what its parts are billed.
func billed(whole forecast.Forecast, parts []forecast.Forecast) forecast.Forecast {
	total := 0.0
	for _, p := range parts {
		total += p.Value
	}
	if !(whole.Value > 0) {
		return whole
	}
	net := total / whole.Value
	for _, usd := range []*float64{&whole.Value, &whole.Low, &whole.High, &whole.SoFar, &whole.Filled, &whole.Rest} {
		*usd *= net
	}
	return whole
}
