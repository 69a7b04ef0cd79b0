package filter

import "strings"

// Nearest gives the word that was probably meant: one that begins with what
// was typed, or else one that is a slip or two away. ok is false when none is
// near.
func Nearest(typed string, words []string) (near string, ok bool) {
	typed = strings.ToLower(typed)
	if len(typed) > longestWord || typed == "" {
		return "", false
	}
	best := len(typed)/3 + 2 // slips that are too many
	for _, w := range words {
		d := slips(typed, w)
		if len(typed) > 1 && strings.HasPrefix(w, typed) || len(w) > 2 && strings.HasPrefix(typed, w) {
			d = 0
		}
		if d < best && d < len(w) {
			best, near, ok = d, w, true
		}
	}
	return near, ok
}

// longestWord bounds what is compared.
const longestWord = 32

// slips is how many bytes must be put in, left out, replaced or swapped with
// their neighbour to make b of a: the optimal string alignment distance.
func slips(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	now := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			other := 1
			if a[i-1] == b[j-1] {
				other = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+other)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
