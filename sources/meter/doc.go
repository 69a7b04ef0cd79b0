// Package meter counts what is asked of the clouds, prices it, and keeps it
// within a budget.
//
// Every client reports each request it sends as a [Call] to one [Meter];
// [Meter.Bill] is what has been used and spent so far. A [Budget] is asked
// before a call is made: book the price, make the call, settle what it really
// cost. A [Tally] in a call's context tells what that was.
//
// Both are safe for use by several goroutines and read no clock but the one
// they are given.
package meter
