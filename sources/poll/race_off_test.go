//go:build !race

package poll

const raceOn = false
