package logpattern

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// terms is a pattern over the text of a message.
type terms struct {
	required []term
	excluded []term
	// optional terms count only when there are no others: "if you combine ?
	// with other filter patterns, the question mark is ignored".
	optional []term
}

// term is a text that a message contains, or a regular expression.
type term struct {
	text  string
	regex *regexp.Regexp
}

func (t term) in(message string) bool {
	if t.regex != nil {
		return t.regex.MatchString(message)
	}
	return strings.Contains(message, t.text)
}

func (t *terms) all() bool {
	return len(t.required) == 0 && len(t.excluded) == 0 && len(t.optional) == 0
}

func (t *terms) match(message string) bool {
	for _, r := range t.required {
		if !r.in(message) {
			return false
		}
	}
	for _, x := range t.excluded {
		if x.in(message) {
			return false
		}
	}
	if len(t.required) > 0 || len(t.excluded) > 0 || len(t.optional) == 0 {
		return true
	}
	for _, o := range t.optional {
		if o.in(message) {
			return true
		}
	}
	return false
}

func parseTerms(s string) (*terms, error) {
	out := &terms{}
	regexes := 0
	for {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		if s == "" {
			return out, nil
		}
		list := &out.required
		switch s[0] {
		case '?':
			list, s = &out.optional, s[1:]
		case '-':
			list, s = &out.excluded, strings.TrimLeftFunc(s[1:], unicode.IsSpace)
		}
		t, rest, err := parseTerm(s)
		if err != nil {
			return nil, err
		}
		if t.regex != nil {
			if regexes++; regexes > maxRegexes {
				return nil, fmt.Errorf("more than %d regular expressions", maxRegexes)
			}
		}
		*list = append(*list, t)
		s = rest
	}
}

// parseTerm reads one term from the front of s.
func parseTerm(s string) (t term, rest string, err error) {
	switch {
	case s == "":
		return t, "", errors.New("a sign without a term")
	case s[0] == '"':
		t.text, rest, err = quoted(s)
		return t, rest, err
	case s[0] == '%':
		text, rest, ok := strings.Cut(s[1:], "%")
		if !ok {
			return t, "", errors.New("unterminated regular expression")
		}
		t.regex, err = compileRegex(text)
		return t, rest, err
	}
	end := strings.IndexFunc(s, unicode.IsSpace)
	if end < 0 {
		end = len(s)
	}
	word := s[:end]
	for _, r := range word {
		if !isWordByte(r) && (r <= unicode.MaxASCII || !unicode.IsLetter(r)) {
			return t, "", fmt.Errorf("Invalid character(s) in term '%s'", word) //nolint:staticcheck // the service's own words
		}
	}
	return term{text: word}, s[end:], nil
}

// quoted reads a text in double quotes from the front of s. A backslash takes
// the next quote or backslash as it is.
func quoted(s string) (text, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return b.String(), s[i+1:], nil
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", errors.New("unterminated quotation")
}
