package logpattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

type testKind int

const (
	testCompare testKind = iota
	testNull
	testTrue
	testFalse
	testExists
	testMissing
)

// test is what a condition asks of a value.
type test struct {
	kind testKind
	op   string
	// number is set for an unquoted number; text and the wildcards for any
	// other value; regex for %…%.
	number      float64
	isNumber    bool
	text        string
	starBefore  bool
	starAfter   bool
	regex       *regexp.Regexp
	numberShape string // the number as it was written
}

// literal is a text that a matching value contains.
func (t test) literal() (string, bool) {
	if t.kind != testCompare || t.op != "=" || t.regex != nil || t.isNumber || t.text == "" {
		return "", false
	}
	return t.text, true
}

// value tests one value. Comparisons hold only for texts and numbers: what
// points at anything else matches neither = nor !=.
func (t test) value(v any) bool {
	switch t.kind {
	case testNull:
		return v == nil
	case testTrue:
		return v == true
	case testFalse:
		return v == false
	case testExists:
		return true
	case testMissing:
		return false
	case testCompare:
	}
	switch v := v.(type) {
	case string:
		return t.compareText(v)
	case json.Number:
		if !t.isNumber {
			return t.compareText(v.String())
		}
		n, err := v.Float64()
		return err == nil && t.compareNumber(n)
	}
	return false
}

func (t test) compareNumber(n float64) bool {
	switch t.op {
	case "=":
		return n == t.number
	case "!=":
		return n != t.number
	case "<":
		return n < t.number
	case "<=":
		return n <= t.number
	case ">":
		return n > t.number
	case ">=":
		return n >= t.number
	}
	return false
}

func (t test) compareText(s string) bool {
	var equal bool
	switch {
	case t.regex != nil:
		equal = t.regex.MatchString(s)
	case t.isNumber:
		equal = s == t.numberShape
	case t.starBefore && t.starAfter:
		equal = strings.Contains(s, t.text)
	case t.starBefore:
		equal = strings.HasSuffix(s, t.text)
	case t.starAfter:
		equal = strings.HasPrefix(s, t.text)
	default:
		equal = s == t.text
	}
	switch t.op {
	case "=":
		return equal
	case "!=":
		return !equal
	}
	return false
}

// test reads what follows a selector.
func (p *parser) test() (test, error) {
	p.space()
	for _, op := range []string{"!=", "<=", ">=", "=", "<", ">"} {
		if p.take(op) {
			return p.comparison(op)
		}
	}
	switch word := p.word(); word {
	case "IS":
		switch p.word() {
		case "NULL":
			return test{kind: testNull}, nil
		case "TRUE":
			return test{kind: testTrue}, nil
		case "FALSE":
			return test{kind: testFalse}, nil
		}
		return test{}, errors.New("IS takes NULL, TRUE or FALSE")
	case "NOT":
		if p.word() == "EXISTS" {
			return test{kind: testMissing}, nil
		}
		return test{}, errors.New("NOT takes EXISTS")
	case "EXISTS":
		return test{kind: testExists}, nil
	}
	return test{}, errors.New("missing comparison after a selector")
}

func (p *parser) comparison(op string) (test, error) {
	p.space()
	t := test{op: op}
	var err error
	switch {
	case strings.HasPrefix(p.rest, `"`):
		var text string
		text, p.rest, err = quoted(p.rest)
		t = t.withText(text)
	case strings.HasPrefix(p.rest, "%"):
		text, rest, ok := strings.Cut(p.rest[1:], "%")
		if !ok {
			return t, errors.New("unterminated regular expression")
		}
		if p.regexes++; p.regexes > maxRegexes {
			return t, fmt.Errorf("more than %d regular expressions", maxRegexes)
		}
		p.rest = rest
		t.regex, err = compileRegex(text)
	default:
		t, err = p.bare(t)
	}
	if err != nil {
		return t, err
	}
	if !t.isNumber && op != "=" && op != "!=" {
		return t, fmt.Errorf("%s compares with a number", op)
	}
	return t, nil
}

// bare reads an unquoted value: a number, or a word with stars around it.
func (p *parser) bare(t test) (test, error) {
	end := strings.IndexFunc(p.rest, func(r rune) bool { return strings.ContainsRune(" \t\r\n)(&|\"", r) })
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	if word == "" {
		return t, errors.New("missing value in a comparison")
	}
	if n, err := strconv.ParseFloat(word, 64); err == nil && isNumber(word) && !math.IsInf(n, 0) {
		t.number, t.isNumber, t.numberShape = n, true, word
		return t, nil
	}
	for _, r := range word {
		if !isWordByte(r) && !strings.ContainsRune("*.-:", r) {
			return t, fmt.Errorf("invalid character %q in an unquoted value", r)
		}
	}
	return t.withText(word), nil
}

// isNumber tells a number as the syntax defines it from what ParseFloat also
// takes (hexadecimal, Inf, NaN, underscores).
func isNumber(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return (r < '0' || r > '9') && !strings.ContainsRune("+-.eE", r) }) < 0
}

// withText is the test for a text, of which the wildcards at its ends are
// taken off. A star inside is a star.
func (t test) withText(text string) test {
	t.text, t.starBefore = strings.CutPrefix(text, "*")
	t.text, t.starAfter = strings.CutSuffix(t.text, "*")
	if t.starBefore && t.text == "" {
		t.starAfter = true // a lone star matches any value
	}
	return t
}
