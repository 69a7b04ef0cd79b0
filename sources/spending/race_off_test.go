//go:build !race

package spending_test

// hours is how much of the month the truth is simulated for.
const hours = 1

func seeds() []uint64 { return []uint64{1, 2, 7} }
