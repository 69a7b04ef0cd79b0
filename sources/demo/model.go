package demo

import (
	"iter"
	"time"

	"fntop/sources"
)

// Model is the simulated fleet as its wire faces see it. Everything it
// answers follows from its seed and the times in the question: the same
// question gets the same answer, in any order of asking and after a restart.
//
// asOf is the simulated moment of the question: what would not have become
// visible in the real cloud by then (metrics lag one to three minutes, logs
// seconds, traces about ten) is not in the answer.
type Model interface {
	// Account is the account number, twelve digits.
	Account() string
	// Regions are the regions the fleet lives in.
	Regions() []string
	// Functions are the functions of a region, by name, as configured at asOf.
	Functions(region string, asOf time.Time) []sources.Function
	// Metric gives statistics of one metric of one function (an empty function
	// name means the whole region) in periods counted from start: for each
	// statistic the points in time order; periods without samples have none.
	Metric(region, function string, m sources.Metric, stats []sources.Stat, period time.Duration, start, end, asOf time.Time) [][]sources.Point
	// Emitted are the metrics there are of a function, or with an empty name of
	// the region itself, and the alias that the function is called by: empty
	// when it is called without one.
	Emitted(region, function string) (metrics []sources.Metric, alias string)
	// GroupMetric is Metric for IncomingBytes and IncomingLogEvents of a log
	// group: an event counts in the minute it became readable in.
	GroupMetric(region, group string, m sources.Metric, stats []sources.Stat, period time.Duration, start, end, asOf time.Time) [][]sources.Point
	// Logs yields the events of a log group with start ≤ Time < end in time
	// order, ties in the order of writing. An event becomes readable within ten
	// seconds of its time. ok is false when there is no such group.
	Logs(region, group string, start, end, asOf time.Time) (events iter.Seq[sources.LogEvent], ok bool)
	// Traces yields the traces that began in the span, newest first.
	Traces(region string, start, end, asOf time.Time) iter.Seq[Traced]
	// Trace finds one trace.
	Trace(region, id string, asOf time.Time) (Traced, bool)
	// Changes yields the calls that changed functions of a region with
	// start ≤ Time < end, newest first, as far as CloudTrail has delivered them
	// by asOf: some minutes after they were made, each in its own time.
	Changes(region string, start, end, asOf time.Time) iter.Seq[Change]
	// Triggers are what invokes the functions of a region, or one of them, in
	// the order of the functions' names.
	Triggers(region, function string, asOf time.Time) []Trigger
	// Versions are the published versions of a function that are kept, oldest
	// first. The alias of a function that publishes, [Alias], is at the last.
	Versions(region, function string, asOf time.Time) []Version
	// Inits is what a function's invocations of whole days were billed for inits
	// and restores, together.
	Inits(region, function string, start, end time.Time) time.Duration
	// Buckets are the S3 buckets of the account, by name.
	Buckets() []Bucket
}

// Traced is a trace as X-Ray holds it.
type Traced struct {
	ID          string
	Start, End  time.Time
	Function    string // the function whose invocation it is
	RequestID   string
	Fault       bool
	Error       bool
	Throttle    bool
	Partial     bool
	Annotations map[string]string
	// Segments are the segment documents: their IDs and JSON texts.
	Segments []Segment
}

// Segment is one X-Ray segment document.
type Segment struct {
	ID       string
	Document string // JSON
}
