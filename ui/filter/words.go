package filter

import "strings"

// typedWord is one word as it was typed. A word in quotes is plain text.
type typedWord struct {
	text   string
	quoted bool
	not    bool
}

// split parts a filter into its words: at spaces outside of double quotes. An
// *Error is about a quote that is not closed.
func split(text string) (words []typedWord, err error) {
	rest := strings.TrimSpace(text)
	for rest != "" {
		w := typedWord{}
		w.not, w.text = cutNot(rest)
		if inner, quoted := strings.CutPrefix(w.text, `"`); quoted {
			before, behind, closed := strings.Cut(inner, `"`)
			if !closed {
				return words, &Error{rest, "the quote is not closed"}
			}
			w.text, w.quoted, rest = before, true, strings.TrimSpace(behind)
			if w.text != "" {
				words = append(words, w)
			}
			continue
		}
		// Quotes in a word hold its spaces together: tag:team="a b".
		var b strings.Builder
		inside, at := false, 0
		for ; at < len(w.text) && (inside || !isSpace(w.text[at])); at++ {
			if c := w.text[at]; c == '"' {
				inside = !inside
			} else {
				b.WriteByte(c)
			}
		}
		if inside {
			return words, &Error{w.text, "the quote is not closed"}
		}
		w.text, rest = b.String(), strings.TrimSpace(w.text[at:])
		words = append(words, w)
	}
	return words, nil
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'
}

// cutNot takes the sign of the opposite off; by itself it is a word.
func cutNot(word string) (not bool, rest string) {
	if len(word) > 1 && (word[0] == '-' || word[0] == '!') && !isSpace(word[1]) {
		return true, word[1:]
	}
	return false, word
}

// foreign tells what to write in place of a word that other languages have and
// this one has not; "" when it is none. last tells that nothing follows, when
// it may still become something else.
func foreign(word string, last bool) string {
	const all = "all words must hold"
	switch strings.ToLower(word) {
	case "or":
		if !last {
			return all + `: there is no or; "or" is the text`
		}
	case "and":
		if !last {
			return all + ": leave it out"
		}
	case "not":
		if !last {
			return "write -word for the opposite"
		}
	case "||", "|":
		return all + ": there is no or"
	case "&&", "&":
		return all + ": leave it out"
	}
	if strings.HasPrefix(word, "(") || strings.HasSuffix(word, ")") && !strings.Contains(word, "(") {
		return all + ": there are no brackets"
	}
	return ""
}
