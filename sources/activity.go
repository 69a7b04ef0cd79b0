package sources

import (
	"context"
	"time"
)

// ActivityReader is a source that can tell which functions live at all,
// without looking at each of them.
type ActivityReader interface {
	// Active hands over, page by page, the functions that have had a datapoint
	// within the last [ActiveSpan] or somewhat longer. Functions of other
	// accounts that this one may observe are among them, in scopes of their
	// own. When it returns nil, every other function of the source's scope has
	// been idle for as long. On an error the pages handed over before it
	// stand. An error from page ends the reading.
	Active(ctx context.Context, page func([]FunctionID) error) error
}

// ActiveSpan is for how long at least a function that ActivityReader leaves
// out has been idle (CloudWatch API reference, ListMetrics, RecentlyActive: PT3H,
// the only value there is; it may include 50 minutes more).
const ActiveSpan = 3 * time.Hour

// RankQuery asks which functions have the highest sums of a metric.
type RankQuery struct {
	Metric Metric
	Start  time.Time // inclusive, at a full minute
	End    time.Time // exclusive, at a full minute
	// Period is the length of one point of the answer.
	Period time.Duration
	// Limit is how many functions are wanted, 1 to [MaxRanked].
	Limit int
	// Analysed is how many metrics the cloud will look through at most, which
	// is what it bills: one for each function that has had a datapoint within
	// two weeks. 0 means that it is not known; [MaxAnalysed] is booked then.
	Analysed int
}

// MaxAnalysed is how many metrics one ranking looks through at most; functions
// beyond may be missing from it (CloudWatch User Guide, "CloudWatch Metrics
// Insights service quotas": the first 10,000 that match).
const MaxAnalysed = 10_000

// MaxRanked is how many functions one ranking gives at most (CloudWatch User
// Guide, "CloudWatch Metrics Insights service quotas": 500 time series).
const MaxRanked = 500

// Ranked is one function of a ranking.
type Ranked struct {
	Function FunctionID
	// Points are the sums of each period in time order; a period without a
	// sample has none.
	Points []Point
}

// Ranker is a source that can rank functions without asking for each.
type Ranker interface {
	// Top gives the functions with the highest sums over the span, highest
	// first. partial tells that the cloud calls the answer incomplete.
	Top(ctx context.Context, q RankQuery) (top []Ranked, partial bool, err error)
}

// AccountNamer is a source that knows what people call its account.
type AccountNamer interface {
	// AccountName gives the account's alias; "" when it has none. An error of
	// kind Denied means that it may not be read.
	AccountName(ctx context.Context) (string, error)
}
