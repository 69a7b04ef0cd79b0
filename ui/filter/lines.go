package filter

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Lines chooses log lines by their text. The zero Lines chooses all.
type Lines struct {
	text    string // folded
	pattern *regexp.Regexp
}

// ParseLines reads what a user types: text, for lines that hold it whatever
// its case, or a regular expression between slashes (Go's regexp syntax).
func ParseLines(s string) (Lines, error) {
	inner, ok := strings.CutPrefix(s, "/")
	if folded := strings.ToLower(s); strings.HasPrefix(folded, "level>") || strings.HasPrefix(folded, "level<") {
		return Lines{}, errors.New("lines have no fields: write text or /regexp/; their level is chosen apart")
	}
	if !ok {
		return Lines{text: strings.ToLower(s)}, nil
	}
	inner = strings.TrimSuffix(inner, "/")
	if inner == "" {
		return Lines{}, nil
	}
	re, err := regexp.Compile(inner)
	if err != nil {
		return Lines{}, fmt.Errorf("not a regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return Lines{pattern: re}, nil
}

// All tells that every line is chosen.
func (l Lines) All() bool { return l.text == "" && l.pattern == nil }

// Pattern tells that lines are chosen by a regular expression.
func (l Lines) Pattern() bool { return l.pattern != nil }

// Match tells whether a line is chosen.
func (l Lines) Match(message string) bool {
	switch {
	case l.pattern != nil:
		return l.pattern.MatchString(message)
	case l.text == "":
		return true
	}
	return Contains(message, l.text)
}

// Find gives the first part of a text that makes it be chosen; ok is false
// when there is none, or when every line is chosen.
func (l Lines) Find(s string) (from, to int, ok bool) {
	if l.pattern != nil {
		at := l.pattern.FindStringIndex(s)
		if at == nil || at[1] <= at[0] {
			return 0, 0, false
		}
		return at[0], at[1], true
	}
	if l.text == "" {
		return 0, 0, false
	}
	from = Index(s, l.text)
	return from, from + len(l.text), from >= 0
}
