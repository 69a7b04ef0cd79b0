//go:build race

package world

// raced tells that the race detector is on. It makes everything ten times
// slower and needs less of it: the windows are shorter then.
const raced = true
