// Package cost turns what functions use into what they cost, exactly.
//
// It answers four questions:
//
//   - What does this invocation cost, and why? [Invocation], [InvocationPrice.Explain]
//   - What would this workload cost a month? [Estimate]
//   - What does an account owe for its month, function by function? [Month],
//     and what would more of it add? [Marginal]
//   - What does asking the cloud cost? [APIPrice]
//
// and, beneath them, what the public price of anything is: [PriceOf].
//
// # Words
//
// MB is 1,024 KB and GB is 1,024 MB, for memory, storage and data alike, as
// AWS bills them. [MemoryTime] is memory held over time, counted in MB·ms; a
// GB-second is 1,024,000 of them. The billed duration is the handler's
// duration and the init phase together, rounded up to a whole millisecond.
// On demand is capacity that comes and goes with the requests; provisioned
// concurrency is capacity kept ready and paid for by time. A tier is a span
// of a month's usage with a price of its own. The free tier is what every
// account gets for nothing each month.
//
// # Exactness
//
// Usage is counted in integers, and [USD] is an integer of about 10⁻²³
// dollars. Every price per GB-second, per request, per GB and per million is
// a whole number of those for each MB·ms, request or byte, so that sums have
// no rounding in them at all: components add up to their total, and lines to
// their bill, to the last unit. The only divisions that can round are by an
// hour (event pollers, managed instances) and averages; they round to the
// nearest unit. Rounding for people happens last, in [USD.String] and
// [USD.Decimal]; [USD.Float64] is the nearest float64.
//
// # The unknown
//
// Prices come from tables inside the program, each with its source and date.
// A price that is not in them is unknown, and so is everything that follows
// from it: [USD.Known] is false, [USD.Float64] says so, it prints as "–" and
// is null in JSON. No region ever borrows the price of another. Using nothing
// of what has no price costs nothing.
//
// Outside us-east-1 the tables hold only the first duration tier. Usage
// beyond the first tier of such a region (6 billion GB-seconds a month on
// x86_64, 7.5 billion on arm64) has an unknown price.
//
// # Errors
//
// Only input that makes no sense is an error, always an [*InputError]: a
// negative quantity, a memory size that does not exist, more usage than can
// be counted. The package never panics, and does no I/O; all of it may be
// used from several goroutines.
//
// # Decisions
//
//   - 2026-11: integers of a fixed unit instead of big.Rat (slow, mutable,
//     awkward to pass around) and instead of float64 (sums drift).
//   - 2026-11: an unknown amount is a USD that is not known, as NaN is a
//     float64, instead of an error for each price: one missing price of one
//     function leaves the rest of a bill readable.
//   - 2026-11: the free tier is shared out in proportion to usage. AWS does
//     not say how it is; the bill is the same for any way when all functions
//     have one price, and no function is favoured by its name.
//   - 2026-11: the tiers of log ingestion are in TB of 1,024 GB, as AWS's own
//     example has them (72 TB of vended logs are $13,414.40, "Amazon
//     CloudWatch pricing").
package cost
