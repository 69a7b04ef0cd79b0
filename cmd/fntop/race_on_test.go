//go:build race

package main

// raced tells that the race detector watches, which makes simulating a month
// of the demo cloud ten times slower.
const raced = true
