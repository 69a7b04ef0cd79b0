// Package sums tells what the sums of a report may be shown as. A sum of lines
// of which none is known is not known, however much it looks like 0, and one
// that leaves something out is at least what it says.
package sums

import (
	"fntop/cost"
	"fntop/sources"
	"fntop/sources/spending"
)

// Sums are what all lines of a report come to, in USD.
type Sums struct {
	ToDate, LastMonth sources.Opt[float64]
	Forecast          sources.Opt[spending.Range]
	// Change is what the last seven days cost more than the seven before.
	Change sources.Opt[float64]
	// AtLeast tells that ToDate and Forecast leave something out, and LastAtLeast
	// that LastMonth does.
	AtLeast, LastAtLeast bool
}

// Of are the sums of a report. They are at least what they say where not all
// that they are of has been read: whole is false then.
func Of(r *spending.Report, whole bool) Sums {
	s := Sums{AtLeast: r.Total.AtLeast || !whole}
	known, last := 0, 0
	for i := range r.Lines {
		if r.Lines[i].ToDate.Known() {
			known++
		}
		if r.Lines[i].LastMonth.Known() {
			last++
		}
	}
	if known > 0 || len(r.Lines) == 0 {
		s.ToDate, s.Forecast = dollars(r.Total.ToDate), r.Total.Forecast
	}
	if last > 0 || len(r.Lines) == 0 {
		s.LastMonth = dollars(r.Total.LastMonth)
	}
	s.LastAtLeast = s.AtLeast || last < len(r.Lines)
	if c := &r.Changed; !c.Short && (len(c.Lines) > 0 || c.Unknown == 0) {
		s.Change = dollars(c.Total.USD())
	}
	return s
}

// Components are those of all lines; all unknown where no line is known.
func (s Sums) Components(r *spending.Report) cost.Components {
	if s.ToDate.Known() {
		return r.Total.Components
	}
	u := cost.Unknown()
	return cost.Components{
		Requests: u, Compute: u, Init: u, EphemeralStorage: u, Provisioned: u, SnapStart: u, LogIngestion: u, FreeTier: u, ResponseStreaming: u,
	}
}

// Mark puts the sign of a lower bound before an amount that is one; what is
// unknown has none.
func Mark[T any](sign string, atLeast bool, v sources.Opt[T], text string) string {
	if atLeast && v.Known() {
		return sign + text
	}
	return text
}

func dollars(u cost.USD) sources.Opt[float64] {
	if x, ok := u.Float64(); ok {
		return sources.Some(x)
	}
	return sources.Opt[float64]{}
}
