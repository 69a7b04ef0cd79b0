//go:build race

package poll

// raceOn tells that the race detector is on, which makes simulations of hours
// take minutes. There is one goroutine in them.
const raceOn = true
