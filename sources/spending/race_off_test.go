//go:build !race

package spending_test

// firstRegion is from which region on the truth is held against.
const firstRegion = 0

func seeds() []uint64 { return []uint64{1, 2, 7} }
