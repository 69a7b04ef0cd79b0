package fleet

import (
	"time"

	"fntop/sources"
	"fntop/sources/spending"
)

// Spending is what the functions cost in the month, as far as that has been
// read, and what reading the rest of it costs.
type Spending struct {
	// Month is the reckoning of what has been read; nil before anything has.
	// It is shared by snapshots until more has been read.
	Month *Month

	// Metrics is how many metrics are asked for at most to read what is wanted
	// and has not been read, and USD what that costs. Listed tells that all
	// functions are known, so that it is not of a part of them.
	Metrics int
	USD     float64
	Listed  bool
	// Reading tells that it is being read, and Refused why it is not although
	// it is wanted: nil, or that the budget forbids it.
	Reading bool
	Refused error
	// Places are the open places, in the order the user named them.
	Places []SpendingPlace
}

// Month is a reckoning of the month.
type Month struct {
	Usage   spending.Usage // that has been read
	Report  *spending.Report
	Options [][]spending.Option // by line of the report
	// Whole tells that it is of all functions of all open places, and FreeTier
	// that the free tier has been taken off.
	Whole, FreeTier bool
	// Today is what all lines cost since midnight UTC, at first-tier prices and
	// before the free tier; TodayAll tells that it is known of all of them.
	Today    float64
	TodayAll bool
}

// SpendingPlace is how far a place has been read.
type SpendingPlace struct {
	Account, Region string
	Functions       int
	// Reading tells that metrics are being read, and Sampling that what costs
	// nothing is: settings, REPORT lines, changes of memory.
	Reading, Sampling bool
	// Done is how many functions have been asked for, Of those that the reading
	// under way asks for; what has come in of them is in the month already.
	Done, Of int
	// Through is up to when its hours have been read; zero before.
	Through time.Time
	Err     error // of the metrics
	Rest    error // of what costs nothing
}

// Catalogue gives the configurations of a scope's functions, in the order of
// discovery. complete tells that the catalogue has been read to its end.
func (f *Fleet) Catalogue(s sources.Scope) (functions []sources.Function, complete bool) {
	for _, r := range f.records {
		if r.pub.Configured && !r.pub.Gone && r.pub.ID.Scope() == s {
			functions = append(functions, r.pub.Config)
		}
	}
	h := f.scopeStats[s]
	return functions, h != nil && h.complete
}

// Listing tells how the last listing of a scope went: nil while fine.
func (f *Fleet) Listing(s sources.Scope) error {
	if h := f.scopeStats[s]; h != nil {
		return h.catalog.Err
	}
	return nil
}
