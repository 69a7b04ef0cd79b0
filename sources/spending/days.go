package spending

import (
	"math"
	"time"
)

// Day is a day of the span, from midnight to midnight UTC.
type Day struct {
	At       time.Time
	Requests float64
	// USD is what it cost at first-tier prices, before the free tier and with
	// the inits that are known; NaN when an hour, its memory or a price is not known. That
	// of the last day is so far.
	USD float64
}

// Days are the days of the span that one function had, or that a shared log
// group had, oldest first.
func (u Usage) Days(i int) []Day {
	used, rates := &u.Used[i], ratesOf(&u.Used[i].Function)
	first := u.Span.Start.Truncate(24 * time.Hour)
	var days []Day
	for at := first; at.Before(u.Span.Now); at = at.AddDate(0, 0, 1) {
		c := used.count(u.Span, u.Span.hour(at), u.Span.hour(at.AddDate(0, 0, 1)))
		d := Day{At: at, Requests: c.requests, USD: rates.list(c)}
		if c.unknown > 0 {
			d.Requests = math.NaN()
		}
		if c.unknown+c.blind > 0 {
			d.USD = math.NaN()
		}
		days = append(days, d)
	}
	return days
}

// Today is what all functions cost since midnight UTC, as in [Day]. all is
// false when that is not known of all of them.
func (u Usage) Today() (usd float64, all bool) {
	all = true
	from := u.Span.hour(u.Span.Now.Truncate(24 * time.Hour))
	for i := range u.Used {
		c := u.Used[i].count(u.Span, from, u.Span.Hours())
		one := ratesOf(&u.Used[i].Function).list(c)
		if c.unknown+c.blind > 0 || math.IsNaN(one) {
			all = false
			continue
		}
		usd += one
	}
	return usd, all
}
