// Package filter is the language in which a user says which functions to
// show: words separated by spaces, all of which must hold.
//
//	checkout           name, runtime, region or a tag contains it
//	runtime:python     that field contains it (also name, region, account, arch, tag, state)
//	err>1              a figure compared: > >= < <= =
//	p95>=500ms         times take ms, s, m; a bare number is milliseconds
//	idle active        without or with invocations in the window
//	-word              the opposite of word
//
// A figure that is not known satisfies no comparison, and neither its
// opposite.
package filter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fntop/sources/fleet"
)

// Filter is a parsed filter. The zero Filter lets everything pass. It may be
// used by several goroutines.
type Filter struct{ terms []term }

// term is one word of a filter.
type term struct {
	not  bool
	test func(*fleet.Function, *fleet.Row) verdict
}

// verdict is what a word says about a function.
type verdict int

const (
	unknown verdict = iota
	no
	yes
)

func verdictOf(ok bool) verdict {
	if ok {
		return yes
	}
	return no
}

// Match tells whether a function with these figures passes.
func (f Filter) Match(fn *fleet.Function, row *fleet.Row) bool {
	for _, t := range f.terms {
		v := t.test(fn, row)
		if v == unknown || (v == yes) == t.not {
			return false
		}
	}
	return true
}

// Error is a word that means nothing. Its text says what would.
type Error struct {
	Word string
	Why  string
}

// Error is one line.
func (e *Error) Error() string { return e.Word + ": " + e.Why }

// Parse reads a filter. An error is an *[Error] about the first word that
// could not be read; the filter then holds the words that could.
func Parse(text string) (Filter, error) {
	var f Filter
	var first error
	for word := range strings.FieldsSeq(text) {
		t, err := parseWord(word)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		f.terms = append(f.terms, t)
	}
	return f, first
}

// parseWord reads one word.
func parseWord(word string) (t term, err error) {
	rest := word
	if len(rest) > 1 && rest[0] == '-' {
		t.not, rest = true, rest[1:]
	}
	at := strings.IndexAny(rest, "<>=:")
	if at < 0 {
		t.test = plain(rest)
		return t, nil
	}
	name, op, value := strings.ToLower(rest[:at]), rest[at:at+1], rest[at+1:]
	if op != ":" && op != "=" && strings.HasPrefix(value, "=") {
		op, value = op+"=", value[1:]
	}
	switch {
	case name == "":
		return t, &Error{word, "a field is missing before " + op}
	case value == "":
		return t, &Error{word, "a value is missing after " + op}
	}
	if get := textField(name); get != nil {
		if op != ":" && op != "=" {
			return t, &Error{word, fmt.Sprintf("%s is text: write %s:%s", name, name, value)}
		}
		t.test = contains(get, value, op == "=")
		return t, nil
	}
	num, ok := figure(name)
	if !ok {
		return t, &Error{word, fmt.Sprintf("no field %q; there are %s", name, strings.Join(Fields(), " "))}
	}
	if op == ":" {
		return t, &Error{word, fmt.Sprintf("%s is a figure: write %s>%s", name, name, value)}
	}
	bound, err := num.parse(value)
	if err != nil {
		return t, &Error{word, err.Error()}
	}
	t.test = compare(num.get, op, bound)
	return t, nil
}

// plain is a word without an operator.
func plain(word string) func(*fleet.Function, *fleet.Row) verdict {
	switch strings.ToLower(word) {
	case "idle":
		return traffic(func(n int64) bool { return n == 0 })
	case "active":
		return traffic(func(n int64) bool { return n > 0 })
	case "gone":
		return func(fn *fleet.Function, _ *fleet.Row) verdict { return verdictOf(fn.Gone) }
	}
	return func(fn *fleet.Function, _ *fleet.Row) verdict {
		c := &fn.Config
		ok := Contains(fn.ID.Name, word) || Contains(c.Runtime, word) || Contains(fn.ID.Region, word)
		if !ok {
			for k, v := range c.Tags {
				if Contains(k, word) || Contains(v, word) {
					return yes
				}
			}
		}
		return verdictOf(ok)
	}
}

func traffic(ok func(int64) bool) func(*fleet.Function, *fleet.Row) verdict {
	return func(_ *fleet.Function, row *fleet.Row) verdict {
		n, known := row.Invocations.Get()
		if !known {
			return unknown
		}
		return verdictOf(ok(n))
	}
}

func contains(get func(*fleet.Function) []string, want string, whole bool) func(*fleet.Function, *fleet.Row) verdict {
	return func(fn *fleet.Function, _ *fleet.Row) verdict {
		return verdictOf(slices.ContainsFunc(get(fn), func(have string) bool {
			if whole {
				return strings.EqualFold(have, want)
			}
			return Contains(have, want)
		}))
	}
}

func compare(get func(*fleet.Function, *fleet.Row) (float64, bool), op string, bound float64) func(*fleet.Function, *fleet.Row) verdict {
	return func(fn *fleet.Function, row *fleet.Row) verdict {
		have, known := get(fn, row)
		if !known {
			return unknown
		}
		switch op {
		case ">":
			return verdictOf(have > bound)
		case ">=":
			return verdictOf(have >= bound)
		case "<":
			return verdictOf(have < bound)
		case "<=":
			return verdictOf(have <= bound)
		default:
			return verdictOf(have == bound)
		}
	}
}

// number reads a plain number.
func number(s string) (float64, error) {
	x, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil || x != x { //nolint:gocritic // NaN is not a bound
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return x, nil
}

// millis reads a time: with a unit, or in milliseconds without one.
func millis(s string) (float64, error) {
	if x, err := number(s); err == nil && !strings.HasSuffix(s, "%") {
		return x, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time: write 500ms, 1s or 2m", s)
	}
	return float64(d) / float64(time.Millisecond), nil
}

// Contains tells whether s holds part, without regard to the case of ASCII
// letters. It allocates nothing.
func Contains(s, part string) bool { return Index(s, part) >= 0 }

// Index is where part begins in s, without regard to the case of ASCII
// letters, or -1. It allocates nothing.
func Index(s, part string) int {
	if len(part) == 0 {
		return 0
	}
	first := lower(part[0])
	for i := 0; i+len(part) <= len(s); i++ {
		if lower(s[i]) != first {
			continue
		}
		j := 1
		for j < len(part) && lower(s[i+j]) == lower(part[j]) {
			j++
		}
		if j == len(part) {
			return i
		}
	}
	return -1
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
