// Package platformlog reads what AWS Lambda itself writes to a function's log,
// in the text and in the JSON log format, and makes invocations out of it.
//
// It is pure: no I/O, no clock. [Parse] turns one log event into a [Record],
// [Describe] tells level and request ID of an application line, a
// [Correlator] turns the events of one function into invocations, in any order
// and as they come, and a [Pass] does so for a log that is read once.
// [FilterPattern] selects the lines that matter on the server.
//
// # Words
//
// A platform line is written by Lambda (START, REPORT, platform.report, …). A
// runtime line is written by the language runtime in Lambda's name when the
// handler has failed ("[ERROR] ValueError: …", "Invoke Error"): it is the only
// trace of a handler error in the text format. Every other line is an
// application line. A stream is the log stream of one execution environment.
// An attempt is one run of a request; retries share the request ID.
//
// # Sources
//
// Layouts: Lambda Developer Guide, "Understanding the Lambda execution
// environment lifecycle", "Monitoring for Lambda SnapStart", "Configuring JSON
// and plain text log formats" and "Lambda Telemetry API Event schema
// reference"; runtime lines: the public sources of AWS's runtime interface
// clients for Node.js, Python, Java, .NET, Ruby and Go (all read in November
// 2026).
//
// # Decisions
//
//   - 2026-11: JSON records are read by a scanner of our own and not by
//     encoding/json: it needs no memory, is several times faster, and takes the
//     documents with stray commas that Lambda's own guide shows.
//   - 2026-11: what a correlator says depends on the set of events it was
//     given, never on their order or their split into calls. Events without a
//     time are the exception: they are taken to be in the order of the stream.
//   - 2026-11: filter patterns are terms that match the text of an event, also
//     for functions that log in JSON. A pattern of JSON selectors would miss the
//     text lines of a function that has just changed its format.
//   - 2026-11: in a log that is read once, streams without names are told apart
//     where the time goes back by more than ten seconds. Where they are mixed, a
//     failure that several running requests may have had makes them unknown,
//     and not one of them failed.
//   - 2026-11: "[ERROR] Type: text" is the Python runtime's line only with a
//     traceback, which the runtime always writes (awslambdaric, make_error).
//   - 2026-11: a request after one that ended the runtime is cold when both are
//     known to be of one environment, though no line names that init. In a log
//     without stream names only what the report says counts.
package platformlog
