// Package sources is the domain of fntop: what a serverless fleet is made of,
// and the small interfaces a cloud implements to be watched.
//
// It imports no cloud SDK and no user interface. Implementations live below
// it (sources/aws, later sources/azure); the engine and the pages know only
// what is declared here.
//
// # Words
//
// The names are the field's own. An invocation is one run of a handler; its
// environment (execution environment) is the sandbox it ran in, which on AWS
// Lambda is one log stream. An init is the phase before the first handler of
// an environment; an invocation that waited for one is a cold start. Billed
// duration is what the bill is made of. A scope is one account in one region
// of one cloud: the unit of credentials, quotas and failures.
//
// # Rules that bind every implementation
//
//   - Times are UTC. Durations are time.Duration. Money is not here: see
//     package cost.
//   - What is not known is an empty [Opt], never a zero.
//   - Arguments are not kept and results are not shared: the caller owns what
//     it gets.
//   - Text in these types is as the cloud sent it, so that identifiers stay
//     usable in calls. It is hostile until cleaned: whatever is shown to a
//     person goes through [Clean] or [CleanLines], which the drawing widgets
//     and the table writers do for every cell.
//   - The environment variables of a function are secrets and have no field.
//   - Errors are *[Error], or wrap one, so that callers act on its [Kind].
//   - Methods may be called from several goroutines at once.
package sources
