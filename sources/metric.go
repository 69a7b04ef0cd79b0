package sources

import "time"

// Metric is the name of a metric in the cloud's own spelling.
type Metric string

// Metrics of the AWS/Lambda namespace that fntop reads (Lambda Developer
// Guide, "Types of metrics for Lambda functions").
const (
	MetricInvocations Metric = "Invocations"
	MetricErrors      Metric = "Errors"
	MetricThrottles   Metric = "Throttles"
	MetricDuration    Metric = "Duration" // milliseconds, without the init of a cold start
	MetricConcurrency Metric = "ConcurrentExecutions"
)

// Metrics that what a function costs is read from: invocations on provisioned
// concurrency, and in the AWS/Logs namespace the bytes that a log group took in,
// uncompressed (Lambda Developer Guide, "Types of metrics for Lambda functions";
// CloudWatch Logs User Guide, "Monitoring with CloudWatch metrics").
const (
	MetricProvisionedRuns Metric = "ProvisionedConcurrencyInvocations"
	MetricIncomingBytes   Metric = "IncomingBytes"
)

// Stat is a statistic over the samples of one period, in CloudWatch's
// spelling: "Sum", "Average", "Maximum", "SampleCount", "p95".
type Stat string

// Statistics that fntop reads.
const (
	StatSum     Stat = "Sum"
	StatAverage Stat = "Average"
	StatMaximum Stat = "Maximum"
	StatP50     Stat = "p50"
	StatP95     Stat = "p95"
	StatP99     Stat = "p99"
)

// MetricQuery asks for statistics of one metric of one function. Up to five
// statistics of one metric in one request are billed as one metric
// (CloudWatch User Guide, GetMetricData).
type MetricQuery struct {
	// Function is whose metric it is. Without a name it stands for its whole
	// scope: all functions of the account in the region together.
	Function FunctionID
	// LogGroup asks for the metric of a log group instead of a function's.
	// Function tells the account and region then.
	LogGroup string
	Metric   Metric
	Stats    []Stat
	// Period is the length of one point, a multiple of a minute. Points are
	// counted from the start of the window, so a period as long as the window
	// gives one point with the exact statistic over all of it.
	Period time.Duration
}

// MetricWindow is one request: queries that share a time range.
type MetricWindow struct {
	Start   time.Time // inclusive, at a full minute
	End     time.Time // exclusive, at a full minute
	Queries []MetricQuery
}

// Point is one statistic over the period that begins at Time. A period
// without a sample has no point.
type Point struct {
	Time  time.Time
	Value float64
}

// MetricResult is the answer to one statistic of one query.
type MetricResult struct {
	Query  int // index into MetricWindow.Queries
	Stat   Stat
	Points []Point // in time order
	// Partial marks an answer the cloud itself calls incomplete: what is
	// missing must be asked for again and must not be taken for silence.
	Partial bool
	// Message is what the cloud said about this answer; empty mostly.
	Message string
}

// MinutesOf rounds a window out to whole minutes the way CloudWatch does:
// both ends are rounded down.
func MinutesOf(start, end time.Time) (time.Time, time.Time) {
	return start.UTC().Truncate(time.Minute), end.UTC().Truncate(time.Minute)
}
