// Package logpattern implements the filter patterns of CloudWatch Logs
// (CloudWatch Logs User Guide, "Filter pattern syntax for metric filters,
// subscription filters, filter log events, and Live Tail").
//
// Implemented are terms and quoted phrases, optional terms (?ERROR), excluded
// terms (-ERROR), regular expressions between percent signs, and JSON
// patterns with selectors, comparisons, wildcards, IS NULL, IS TRUE, IS FALSE,
// EXISTS, NOT EXISTS, &&, || and parentheses. Space-delimited patterns
// ([a, b = 4*]) are not: they are refused.
//
// Matching is case-sensitive, and a term matches anywhere in a message: ERROR
// matches ERRORCODE.
package logpattern

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// The limits of a pattern.
const (
	maxLength    = 1024 // API reference, FilterLogEvents, filterPattern
	maxRegexes   = 2    // User Guide, "Supported regular expressions", quotas
	maxWildcards = 3    // User Guide, JSON patterns: wildcard selectors in one pattern
	maxDepth     = 32   // parentheses; our own
)

// Pattern is a parsed filter pattern. It may be used by several goroutines at
// once.
type Pattern struct {
	terms *terms
	json  *jsonPattern
}

// Parse reads a pattern. Its errors say what is wrong in the words a caller
// may see.
func Parse(s string) (*Pattern, error) {
	if len(s) > maxLength {
		return nil, fmt.Errorf("filter pattern is longer than %d characters", maxLength)
	}
	s = strings.TrimSpace(s)
	switch {
	case strings.HasPrefix(s, "{"):
		p, err := parseJSON(s)
		if err != nil {
			return nil, err
		}
		return &Pattern{json: p}, nil
	case strings.HasPrefix(s, "["):
		return nil, errors.New("space-delimited filter patterns are not supported here")
	}
	t, err := parseTerms(s)
	if err != nil {
		return nil, err
	}
	return &Pattern{terms: t}, nil
}

// All tells whether the pattern matches every message.
func (p *Pattern) All() bool { return p.terms != nil && p.terms.all() }

// Match tells whether the message matches.
func (p *Pattern) Match(message string) bool {
	if p.json != nil {
		return p.json.match(message)
	}
	return p.terms.match(message)
}

// compileRegex compiles the text between two percent signs. Only the
// characters that the documentation lists are allowed; all of its operators
// mean the same in RE2.
func compileRegex(text string) (*regexp.Regexp, error) {
	if text == "" {
		return nil, errors.New("empty regular expression")
	}
	escaped := false
	for _, r := range text {
		switch {
		case escaped && !strings.ContainsRune(`dDsSwWx\^$?[]{}|*+.:_#=@/;,-`, r):
			return nil, fmt.Errorf("invalid escape in regular expression %q", text)
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case isWordByte(r), strings.ContainsRune(`:_#=@/;,- ^$?[]{}|*+.`, r):
		default:
			return nil, fmt.Errorf("invalid character %q in regular expression", r)
		}
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("invalid regular expression %q", text)
	}
	return re, nil
}

func isWordByte(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
