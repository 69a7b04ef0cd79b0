//go:build race

package spending_test

// hours is how much of the month the truth is simulated for, and seeds of which
// fleets: the race detector makes that ten times slower.
const hours = 1

func seeds() []uint64 { return []uint64{7} }
