//go:build race

package spending_test

// firstRegion is from which region on the truth is held against, of the fleets
// of seeds: the race detector makes that ten times slower, and most of the
// fleet is in the first.
const firstRegion = 1

func seeds() []uint64 { return []uint64{7} }
