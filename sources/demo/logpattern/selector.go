package logpattern

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// step is one part of a selector: a member, an element, or any of them.
type step struct {
	name  string
	index int
	kind  stepKind
}

type stepKind int

const (
	stepName stepKind = iota
	stepIndex
	stepAny // "*" as a member or an element
)

// selector is a path such as $.users[0].id.
type selector []step

func (s selector) wildcards() (n int) {
	for _, st := range s {
		if st.kind == stepAny {
			n++
		}
	}
	return n
}

// lastName is the member the selector ends in; empty when it ends in an
// element or a wildcard.
func (s selector) lastName() string {
	if n := len(s); n > 0 && s[n-1].kind == stepName {
		return s[n-1].name
	}
	return ""
}

// visit calls f with each value the selector finds until f says true, and
// tells whether it did.
func (s selector) visit(doc any, f func(any) bool) bool {
	if len(s) == 0 {
		return f(doc)
	}
	switch st := s[0]; st.kind {
	case stepName:
		if object, ok := doc.(map[string]any); ok {
			if v, ok := object[st.name]; ok {
				return s[1:].visit(v, f)
			}
		}
	case stepIndex:
		if list, ok := doc.([]any); ok && st.index < len(list) {
			return s[1:].visit(list[st.index], f)
		}
	case stepAny:
		switch v := doc.(type) {
		case map[string]any:
			for _, member := range v {
				if s[1:].visit(member, f) {
					return true
				}
			}
		case []any:
			for _, item := range v {
				if s[1:].visit(item, f) {
					return true
				}
			}
		}
	}
	return false
}

// parseSelector reads a selector from the front of s.
func parseSelector(s string) (out selector, rest string, err error) {
	rest, ok := strings.CutPrefix(s, "$")
	if !ok {
		return nil, "", errors.New("a condition of a JSON filter pattern starts with a selector ($)")
	}
	for rest != "" {
		var st step
		switch {
		case strings.HasPrefix(rest, ".["):
			st, rest, err = bracket(rest[1:])
		case rest[0] == '[':
			st, rest, err = bracket(rest)
		case strings.HasPrefix(rest, ".*"):
			st, rest = step{kind: stepAny}, rest[2:]
		case rest[0] == '.':
			st, rest, err = dotted(rest[1:])
		default:
			return finish(out, rest)
		}
		if err != nil {
			return nil, "", err
		}
		out = append(out, st)
	}
	return finish(out, rest)
}

func finish(s selector, rest string) (selector, string, error) {
	switch {
	case len(s) == 0:
		return nil, "", errors.New("a selector names a member")
	case s.wildcards() > 1:
		return nil, "", errors.New("more than one wildcard in a selector")
	}
	return s, rest, nil
}

// dotted reads a member name of letters, digits, - and _.
func dotted(s string) (step, string, error) {
	end := strings.IndexFunc(s, func(r rune) bool { return !isWordByte(r) && r != '-' })
	if end < 0 {
		end = len(s)
	}
	if end == 0 {
		return step{}, "", errors.New("empty member name in a selector")
	}
	return step{name: s[:end]}, s[end:], nil
}

// bracket reads [0], [*], ['name'] or ["name"].
func bracket(s string) (step, string, error) {
	inside, rest, ok := strings.Cut(s[1:], "]")
	if !ok {
		return step{}, "", errors.New("unbalanced brackets in a selector")
	}
	inside = strings.TrimSpace(inside)
	if inside == "*" {
		return step{kind: stepAny}, rest, nil
	}
	if n := len(inside); n >= 3 && (inside[0] == '\'' || inside[0] == '"') && inside[n-1] == inside[0] {
		return step{name: inside[1 : n-1]}, rest, nil
	}
	index, err := strconv.ParseUint(inside, 10, 31)
	if err != nil {
		return step{}, "", fmt.Errorf("invalid index %q in a selector", inside)
	}
	return step{kind: stepIndex, index: int(index)}, rest, nil
}
