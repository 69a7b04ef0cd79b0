// Package fuzzy finds names by letters of them: "imgres" finds image-resize.
package fuzzy

import "unicode/utf8"

// The worth of a letter that is found. Ends of words are what people type.
const (
	found  = 1
	next   = 3 // directly behind the letter before
	start  = 5 // at the start of a word
	first  = 3 // at the start of the whole, beside start
	longer = 64
)

// most is how many bytes of a text are looked at.
const most = 256

// Match tells whether the letters of a pattern stand in a text in their
// order, in any case, and how well: the higher the better, and among texts
// that match equally well the shorter one. An empty pattern matches all.
//
// Letters are bytes: outside of ASCII, case counts.
func Match(pattern, text string) (score int, ok bool) {
	if pattern == "" {
		return 0, true
	}
	text = text[:min(len(text), most)]
	best := -1
	// The pattern is looked for from each place where it may begin.
	for from := range len(text) {
		if lower(text[from]) != lower(pattern[0]) || !utf8.RuneStart(text[from]) {
			continue
		}
		s, all := match(pattern, text, from)
		if !all {
			break // what is not behind this place is not behind a later one
		}
		best = max(best, s)
	}
	if best < 0 {
		return 0, false
	}
	return best*longer - min(len(text), longer-1), true
}

// match finds each letter at the first place behind the one before.
func match(pattern, text string, from int) (score int, ok bool) {
	last := from - 1
	at := from
	for i := range len(pattern) {
		want := lower(pattern[i])
		for at < len(text) && lower(text[at]) != want {
			at++
		}
		if at == len(text) {
			return 0, false
		}
		score += found
		switch {
		case at == 0:
			score += start + first
		case starts(text, at):
			score += start
		}
		if i > 0 && at == last+1 {
			score += next
		}
		last = at
		at++
	}
	return score, true
}

// starts tells that a word begins at a place.
func starts(text string, at int) bool {
	before, c := text[at-1], text[at]
	return !word(before) && word(c) || before >= 'a' && before <= 'z' && c >= 'A' && c <= 'Z'
}

func word(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
