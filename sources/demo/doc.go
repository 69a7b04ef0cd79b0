// Package demo is the demo cloud: a simulated fleet of functions behind the
// clouds' own wire protocols.
//
// [Model] is the fleet. [Server] makes it look like AWS to any client: the
// SDKs, the AWS CLI, fntop itself. Point a client at it with an endpoint URL
// and any credentials; the region is the one the client signs for, signatures
// are not checked.
//
// Served are the reads that a dashboard makes: Lambda's catalogue, CloudWatch
// metrics, CloudWatch Logs with its live tail, X-Ray traces, CloudTrail's record of changes, what
// invokes a function (Lambda's mappings, policies and URLs, S3's notifications,
// EventBridge's rules), tags and the caller's identity, with the limits, page
// sizes, quotas and error shapes of the real services. [Fault] makes it fail in
// their ways.
//
// # Words
//
// A call is one request with its answer. The simulated moment (asOf) is when
// a call happens in the life of the fleet; wall time is when it happens to
// the server. They are the same unless the demo runs at another speed.
//
// A Server may be used by several goroutines at once.
//
// # Decisions
//
// 2026-11-23: Operations beyond the model answer what an account without such
// things answers: Transaction Search is off, CloudTrail Insights find nothing.
// Expressions of GetMetricData other than a query for Metrics Insights are a
// failed result each; other operations are unknown.
//
// 2026-11-25: A function whose logs name a numbered version is invoked through
// its alias, [Alias]: its mappings, its URL and its policy are the alias's, and
// GetPolicy without a qualifier finds none. ListEventSourceMappings takes a
// plain function name for all aliases of the function, too; what Lambda does is
// not documented.
//
// 2026-11-25: Functions without a trigger are called with a role of the
// caller's own, by an SDK or a workflow, or by nobody. Nothing at Lambda tells
// which.
//
// 2026-11-25: CloudTrail shows a function as the call named it, by name or by
// ARN, and only so: a lookup by ResourceName finds the one or the other. A call
// looks through 20,000 events; past that a page is short, or empty, and has a
// next one.
//
// 2026-11-25: Mappings have no MetricsConfig, since there are no metrics of
// mappings. Only streams have a LastProcessingResult. Buckets are reached by
// path, not by host name, and a bucket's notification in its own region only;
// elsewhere S3 redirects.
//
// 2026-11-23: Pages of logs and traces are cut by what a call reads as well as
// by what it finds, and every eighth page of FilterLogEvents is empty with a
// token, as the real service does at times. A listing is of the moment of its
// first page, so that its pages fit together.
//
// 2026-11-23: ListMetrics lists a function's metrics twice, by FunctionName and
// by FunctionName with Resource, since Lambda emits both. Adding them up is the
// reader's mistake there and here. Functions that run published versions are
// called by the alias "live", and all of their invocations are that alias's.
//
// 2026-11-25: Metrics Insights matches what ListMetrics lists, and a call is
// billed by the metrics that match, returned or not. Its query needs a Period,
// since there is nothing to take one from; what is older than two weeks is left
// out and is no error. A group without datapoints in the window is not
// returned. Labels of several values are joined by a space. None of these is
// documented.
//
// 2026-11-25: A live tail sends its updates by the clock on the wall and lives
// by simulated time: at sixty times the speed an update brings what became
// readable in a minute, and a session ends after three minutes of the wall.
package demo
