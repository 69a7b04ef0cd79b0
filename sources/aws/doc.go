// Package aws reads AWS Lambda: the functions of an account in a region, their
// metrics, log events and traces, and what was done to them, what invokes them,
// their tags and their limits of concurrency.
//
// [Places] turns what the user asked for (profile, regions, roles, endpoint)
// into places; opening one finds credentials and the account and gives a
// [Source]. There is one file for each AWS service, named after it.
//
// # Rules
//
//   - Every request of every client goes through one middleware, which holds
//     it back to the service's quota, ends it after a time, bounds its answer,
//     and reports it to the meter. Nothing calls AWS around it.
//   - Errors are *sources.Error: short, of a kind to act on, with a next step.
//   - What the SDK gives is converted here and goes no further. The
//     environment variables of a function are never read out of its answer,
//     and request and response bodies are never logged.
//   - An answer that is incomplete says so: a missing point of a partial
//     answer is not a silent minute, a trace with missing documents can grow.
//
// A Source may be used by several goroutines at once.
//
// # Decisions
//
//   - A request that AWS refused with an error (HTTP 400 and up) is counted as
//     free, one that was sent and never answered as charged. AWS does not say
//     which it bills (looked for on 2026-11-23); this errs on the dear side
//     only where nothing is known.
//   - Each page of GetMetricData is counted as if its metrics had been
//     requested again, since the request repeats them. Batches are cut so that
//     a second page is hardly ever needed.
//   - Calls wait for a quota in the order of their urgency
//     ([sources.WithUrgency]). Background calls get nothing while more urgent
//     ones use it up.
//   - A ranking is counted as if each metric it looks through had been
//     requested, since AWS does not say how it bills one made by GetMetricData.
//     The caller says how many there are.
//   - ListMetrics is asked to look into linked accounts too, and without them
//     from then on where that is refused.
//   - That a function has no policy is an answer of GetPolicy, though it comes as
//     an error, and is not counted as a failed call.
//   - Changes are looked up by the source of their events, which brings along
//     what only reads: the names of events have dates in them that a lookup
//     would have to know.
//   - The account is asked for once for each set of credentials, not for each
//     region. Where STS does not answer (a private network without its
//     endpoint, an emulator without STS), the account is taken from the
//     credentials or from the ARN of the first function listed. An emulator
//     that has neither gives an empty account, which works.
//   - "all" regions are those every account has without opting in. Asking for
//     a region that is not enabled fails with an error that names the region.
package aws
