package tracefilter

import (
	"strconv"
	"strings"
)

// node is a part of an expression.
type node interface {
	eval(s scope) bool
}

type anyOf []node

func (n anyOf) eval(s scope) bool {
	for _, child := range n {
		if child.eval(s) {
			return true
		}
	}
	return false
}

type allOf []node

func (n allOf) eval(s scope) bool {
	for _, child := range n {
		if !child.eval(s) {
			return false
		}
	}
	return true
}

type not struct{ inner node }

func (n not) eval(s scope) bool { return !n.inner.eval(s) }

// truth compares a truth keyword.
type truth struct {
	word string
	want bool
}

func (n truth) eval(s scope) bool {
	v, ok := s.truth(n.word)
	return ok && v == n.want
}

// number compares a number keyword.
type number struct {
	word, op string
	want     float64
}

func (n number) eval(s scope) bool {
	v, ok := s.number(n.word)
	return ok && compareNumbers(v, n.op, n.want)
}

func compareNumbers(v float64, op string, want float64) bool {
	switch op {
	case "=":
		return v == want
	case "!=":
		return v != want
	case "<":
		return v < want
	case "<=":
		return v <= want
	case ">":
		return v > want
	case ">=":
		return v >= want
	}
	return false
}

// text compares a text keyword. One of several values is enough.
type text struct {
	word, op, want string
}

func (n text) eval(s scope) bool {
	values, ok := s.text(n.word)
	if !ok {
		return false
	}
	for _, v := range values {
		if compareTexts(v, n.op, n.want) {
			return true
		}
	}
	return false
}

func compareTexts(v, op, want string) bool {
	switch op {
	case "=":
		return v == want
	case "!=":
		return v != want
	case "CONTAINS":
		return strings.Contains(v, want)
	case "BEGINSWITH":
		return strings.HasPrefix(v, want)
	case "ENDSWITH":
		return strings.HasSuffix(v, want)
	}
	return false
}

// annotation compares an annotation, or asks whether it is there.
type annotation struct {
	key, op string
	want    any // text, float64, bool; nil asks whether it is there
}

func (n annotation) eval(s scope) bool {
	v, ok := s.trace().Annotations[n.key]
	if !ok || n.want == nil {
		return ok
	}
	switch want := n.want.(type) {
	case string:
		have, ok := v.(string)
		return ok && compareTexts(have, n.op, want)
	case float64:
		have, ok := v.(float64)
		if text, isText := v.(string); isText {
			n, err := strconv.ParseFloat(text, 64)
			have, ok = n, err == nil
		}
		return ok && compareNumbers(have, n.op, want)
	case bool:
		have, ok := v.(bool)
		if text, isText := v.(string); isText {
			have, ok = text == "true", text == "true" || text == "false"
		}
		return ok && (n.op == "=" && have == want || n.op == "!=" && have != want)
	}
	return false
}

// identity names a service, by name, type or both. Empty matches any.
type identity struct{ name, kind string }

func (i identity) is(s Service) bool {
	return (i.name == "" || i.name == s.Name) && (i.kind == "" || i.kind == s.Type)
}

// service asks for a service that matches a filter.
type service struct {
	id     identity
	filter node // nil matches any
}

func (n service) eval(s scope) bool {
	for _, candidate := range s.trace().Services() {
		if n.id.is(candidate) && (n.filter == nil || n.filter.eval(serviceScope{s.trace(), candidate})) {
			return true
		}
	}
	return false
}

// edge asks for a call between services that matches a filter.
type edge struct {
	from, to identity
	filter   node
}

func (n edge) eval(s scope) bool {
	for _, candidate := range s.trace().Edges() {
		if n.from.is(candidate.From) && n.to.is(candidate.To) &&
			(n.filter == nil || n.filter.eval(edgeScope{s.trace(), candidate})) {
			return true
		}
	}
	return false
}
