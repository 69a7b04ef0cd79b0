//go:build !race

package spending_test

const hours = 3
