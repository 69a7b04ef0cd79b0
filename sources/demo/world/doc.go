// Package world is the simulated fleet of the demo cloud: functions with
// traffic, execution environments, errors, deploys and downstream services,
// and what CloudWatch, the logs and X-Ray tell of them.
//
// # How it works
//
// Nothing is drawn from a sequence. Every random choice is a hash of the seed
// and of where it stands (function, minute, index), so that any moment can be
// had without the ones before it, and the same question gets the same answer
// in any order of asking, in any process.
//
//   - Arrivals are made minute by minute from the seed alone: how many, when,
//     and which card of the function's deck each one is. A card says how long
//     the handler runs and how it ends. Hours of counts, errors and summed
//     durations follow from prefix sums over the deck (hours.go).
//   - Environments live in pools between two boundaries: a deploy, a change of
//     configuration, or a recycling as AWS does every few hours. No environment
//     lives through a boundary, so a pool is simulated from its boundary on and
//     depends on nothing before (pool.go). After a change all requests go to
//     the new pool; when a busy function is recycled they move over during
//     some minutes.
//   - A change is made by one or more calls to Lambda's API, a second apart at
//     most (deed.go). What invokes a function stays the same for its life
//     (triggers.go).
//   - What happened is a chunk of records (record.go). Metrics, log lines,
//     trace documents and truth are all read off the same records.
//
// An invocation counts where its handler starts: that is the time of its START
// line, its metrics and its truth. So that a cold start never carries a request
// over a full hour, none arrives in the last moments of an hour.
//
// # Decisions
//
//   - Concurrency counts an invocation from the begin of its init to the end
//     of its handler, as Lambda's own documentation draws it.
//   - Percentiles are linear between the closest ranks; CloudWatch does not
//     document how it interpolates.
//   - A crash (time-out, exit, out of memory) resets its environment; the next
//     request there waits for an init that no report shows and that is part
//     of its duration. Truth calls it a cold start by crash.
//   - Reserved and provisioned concurrency never change, so CloudTrail tells of
//     no such calls.
//   - When a change and a long silence both explain a cold start, the change
//     is the cause: the environment would have been new anyhow.
//   - IncomingBytes and IncomingLogEvents of a log group are what its lines add
//     up to, 26 bytes more for each, in the minute of their arrival. Hours that
//     are older than three hours, at periods of an hour and more, are reckoned
//     from the number of invocations (incoming.go).
//   - An alias "live" is what functions with published versions are called by;
//     there are no weighted aliases, no dead-letter queues and no destinations,
//     and so none of their metrics.
//   - The same bytes come out of the same build. On another architecture the
//     last bit of a floating-point function may differ, and with it now and
//     then the last digit of a duration.
//   - Stories come again every few minutes by the clock and not by the start
//     of the program (stories.go): seed and window alone decide.
//
// A World may be used by several goroutines.
package world
