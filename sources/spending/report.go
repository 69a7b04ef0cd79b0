package spending

import (
	"fntop/cost"
	"fntop/sources"
)

// Report is what the functions of a span cost. Its figures are at public list
// prices. Making it again as hours come in is cheap: see [Bill].
type Report struct {
	Span  Span
	Lines []Line // as many as the Usage has, in its order
	Total Total
	// Missing is what is not in the total.
	Missing Missing
	// PriceDate is the date of the oldest price list that was used,
	// "2006-01-02"; "" when none was.
	PriceDate string
	// Changed is what the last seven days cost against the seven before.
	Changed Changed
}

// Line is what one function costs in the month, or the logs that several share.
type Line struct {
	Function sources.FunctionID
	Group    string // as in Used
	// Used is what the month so far is billed by.
	Used cost.Usage
	// ToDate is the month so far: the sum of the Components that are known. It
	// is unknown when an hour of the month, or the price of requests or compute
	// is.
	ToDate cost.USD
	// Components are what ToDate is for. Lines of an account and region share
	// the average price of its tiers, and the free tier in proportion to usage:
	// see [cost.Month].
	Components cost.Components
	// AtLeast tells that a component is unknown, and left out of ToDate and of
	// the forecast. Notes say which.
	AtLeast bool
	// Forecast is what the month comes to.
	Forecast sources.Opt[Range]
	// LastMonth is what the month before came to, with the inits as frequent as
	// this month, and the components that are left out of ToDate left out.
	LastMonth cost.USD
	// LastMonthAtLeast tells that LastMonth leaves something out.
	LastMonthAtLeast bool
	// Correction is what of ToDate is not from metrics.
	Correction Correction
	Notes      []string
}

// Range is an amount in USD with the range that it is expected in nine times
// of ten.
type Range struct{ Value, Low, High float64 }

// Correction is the part of a line that is reckoned from sampled REPORT lines,
// since metrics do not tell it. It is in the components already.
type Correction struct {
	Sample sources.Opt[Sample]
	// Rounding is the USD of Compute that are durations rounded up to a
	// millisecond. Without a sample half a millisecond is taken for each
	// request.
	Rounding sources.Opt[float64]
	// Init is the USD of Init; unknown without a sample.
	Init sources.Opt[float64]
}

// Total is the sum of all lines that are known. Amounts are unknown where they
// would be nothing, and functions are left out.
type Total struct {
	ToDate     cost.USD
	Components cost.Components // those that are known, of all lines; they add up to ToDate
	// AtLeast tells that something is left out: see [Missing].
	AtLeast   bool
	Forecast  sources.Opt[Range]
	LastMonth cost.USD
	// ForecastAtLeast and LastMonthAtLeast tell that these leave something out.
	ForecastAtLeast, LastMonthAtLeast bool
	Requests                          int64
	// Rounding is the USD of Compute that are durations rounded up.
	Rounding float64
}

// Missing is what a total leaves out.
type Missing struct {
	Functions int // lines without a month to date
	Hours     int // unknown hours of the month, of all functions
	// Init is how many functions have inits of which nothing is known, and
	// InitCompute the USD of compute that those functions have: inits are a part
	// on top of it.
	Init        int
	InitCompute float64
	// Provisioned, SnapStart, SharedLogs and LogPrice are how many functions
	// lack the component for another reason: what keeping it ready costs, what
	// snapshots cost, logs in a group that was not read, logs in a region whose
	// price is not known.
	Provisioned, SnapStart, Logs, LogPrice int
	// Regions are those without a price of compute.
	Regions []string
	// Memory is how many functions have hours whose memory is not known, and
	// MemoryHours those hours: their compute is left out.
	Memory, MemoryHours int
	// Deleted is how many functions were deleted in the month, of which nothing
	// has been read: only those that are there are listed.
	Deleted int
}

// Any tells whether anything is missing.
func (m Missing) Any() bool {
	return m.Functions+m.Deleted+m.Memory+m.Init+m.Provisioned+m.SnapStart+m.Logs+m.LogPrice > 0
}

// Cause is why a cost changed.
type Cause string

// The causes, in the order in which they are told apart.
const (
	CauseNew      Cause = "new"      // nothing in the week before
	CauseGone     Cause = "gone"     // nothing in this week
	CauseTraffic  Cause = "traffic"  // more or fewer requests
	CauseDuration Cause = "duration" // longer or shorter ones
	CauseMemory   Cause = "memory"   // other memory
	CauseLogs     Cause = "logs"     // more or fewer bytes logged by each
	CauseOther    Cause = "other"    // another share on provisioned concurrency
)

// Changed is what the last seven days cost against the seven before, up to the
// last full hour, at first-tier prices, before the free tier and without inits.
type Changed struct {
	// Lines are the functions of which both weeks are known, those with the
	// greatest difference first.
	Lines []Difference
	Total Difference // unknown where none differs, but some are unknown
	// Unknown is how many functions have an hour that is not known, or whose
	// memory is not.
	Unknown int
	// Short tells that the span does not reach back two weeks; there is nothing
	// else then.
	Short bool
}

// Difference is what a function costs more than a week before.
type Difference struct {
	Function      sources.FunctionID
	Group         string
	Before, After cost.USD
	// Causes add up to After - Before exactly. Causes that changed nothing are
	// left out.
	Causes []Part
}

// Part is the part of a difference that has one cause.
type Part struct {
	Cause Cause
	USD   cost.USD
}
