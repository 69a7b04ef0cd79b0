package sums_test

import (
	"testing"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/spending"
	"fntop/ui/sums"
)

func usd(t *testing.T, text string) cost.USD {
	t.Helper()
	u, err := cost.ParseUSD(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestASumOfNothingIsNotKnown(t *testing.T) {
	unknown := spending.Line{ToDate: cost.Unknown(), LastMonth: cost.Unknown()}
	r := spending.Report{Lines: []spending.Line{unknown, unknown}}
	r.Total.AtLeast, r.Total.Forecast, r.Changed.Unknown = true, sources.Some(spending.Range{}), 2
	s := sums.Of(&r, true)
	if s.ToDate.Known() || s.LastMonth.Known() || s.Forecast.Known() || s.Change.Known() || s.Components(&r).Requests.Known() || s.Components(&r).FreeTier.Known() {
		t.Errorf("no line is known, and the sums are %+v", s)
	}
	if got := sums.Mark(">=", s.AtLeast, s.ToDate, "-"); got != "-" {
		t.Errorf("the unknown is written %q", got)
	}
}

func TestASumThatLeavesSomethingOutIsALowerBound(t *testing.T) {
	whole := spending.Line{ToDate: usd(t, "3"), LastMonth: usd(t, "2")}
	r := spending.Report{Lines: []spending.Line{whole, {ToDate: usd(t, "1"), LastMonth: cost.Unknown()}}}
	r.Total.ToDate, r.Total.LastMonth = usd(t, "4"), usd(t, "2")
	s := sums.Of(&r, true)
	if s.AtLeast || !s.LastAtLeast || s.ToDate.Or(0) != 4 || s.LastMonth.Or(0) != 2 || !s.Change.Known() {
		t.Errorf("last month of a line is not known: %+v", s)
	}
	if s := sums.Of(&r, false); !s.AtLeast || sums.Mark(">=", s.AtLeast, s.ToDate, "$4") != ">=$4" {
		t.Errorf("not all has been read: %+v", s)
	}
	r.Lines = r.Lines[:1]
	if s := sums.Of(&r, true); s.AtLeast || s.LastAtLeast {
		t.Errorf("all is known: %+v", s)
	}
}
