//go:build race

package spending_test

// hours is how much of the month the truth is simulated for: the race detector
// makes that ten times slower.
const hours = 1
