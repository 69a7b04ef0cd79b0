// Package tracefilter implements filter expressions of X-Ray (X-Ray Developer
// Guide, "Using filter expressions").
//
// Implemented are the truth keywords ok, error, fault, throttle, partial and
// root, the numbers responsetime, duration and http.status, the texts
// http.url, http.method, name, type, user and resource.arn, annotations as
// annotation.key and annotation[key], service(…) and edge(…, …) with names or
// id(name: …, type: …) and with or without a filter in braces, AND, OR, ! and
// parentheses. Other keywords are refused.
package tracefilter

import (
	"strings"
)

// Trace is what an expression looks at. Parts that cost work to find are
// functions; each is called at most once for each part of an expression that
// asks for it.
type Trace struct {
	// ResponseTime and Duration are in seconds: of the root segment, and until
	// all work was done.
	ResponseTime func() float64
	Duration     float64
	Error        bool
	Fault        bool
	Throttle     bool
	Partial      bool
	User         string
	// Annotations hold texts, float64 or truth values. A text that reads as
	// the kind it is compared with counts as that kind.
	Annotations map[string]any
	HTTP        func() HTTP
	Services    func() []Service
	Edges       func() []Edge
	ARNs        func() []string
}

// HTTP is the request that the root segment served.
type HTTP struct {
	Status int // 0 when there was none
	URL    string
	Method string
}

// Service is a node that the trace went through.
type Service struct {
	Name         string
	Type         string
	Error        bool
	Fault        bool
	Throttle     bool
	Root         bool
	ResponseTime float64 // seconds
}

// Edge is a call from one service to another, as the caller saw it.
type Edge struct {
	From, To     Service
	Error        bool
	Fault        bool
	Throttle     bool
	ResponseTime float64 // seconds
}

// Filter is a parsed expression. It may be used by several goroutines at
// once.
type Filter struct {
	root node // nil matches every trace
}

// Parse reads an expression. An empty one matches every trace.
func Parse(s string) (*Filter, error) {
	if strings.TrimSpace(s) == "" {
		return &Filter{}, nil
	}
	p := &parser{rest: s}
	root, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.rest != "" {
		return nil, p.unexpected()
	}
	return &Filter{root: root}, nil
}

// Match tells whether the trace matches.
func (f *Filter) Match(t *Trace) bool {
	return f.root == nil || f.root.eval(traceScope{t})
}

// scope is what keywords mean: something of the trace, or inside braces of a
// service or an edge. ok is false for a keyword that has no value there.
type scope interface {
	truth(word string) (v, ok bool)
	number(word string) (v float64, ok bool)
	text(word string) (v []string, ok bool)
	trace() *Trace
}

type traceScope struct{ t *Trace }

func (s traceScope) trace() *Trace { return s.t }

func (s traceScope) truth(word string) (v, ok bool) {
	return truthOf(word, s.t.Error, s.t.Fault, s.t.Throttle, s.t.Partial, false)
}

func truthOf(word string, isError, fault, throttle, partial, root bool) (v, ok bool) {
	switch word {
	case "ok":
		return !isError && !fault && !throttle, true
	case "error":
		return isError, true
	case "fault":
		return fault, true
	case "throttle":
		return throttle, true
	case "partial":
		return partial, true
	case "root":
		return root, true
	}
	return false, false
}

func (s traceScope) number(word string) (v float64, ok bool) {
	switch word {
	case "responsetime":
		return s.t.ResponseTime(), true
	case "duration":
		return s.t.Duration, true
	case "http.status":
		h := s.t.HTTP()
		return float64(h.Status), h.Status != 0
	}
	return 0, false
}

func (s traceScope) text(word string) (v []string, ok bool) {
	switch word {
	case "http.url":
		return present(s.t.HTTP().URL)
	case "http.method":
		return present(s.t.HTTP().Method)
	case "user":
		return present(s.t.User)
	case "resource.arn":
		v = s.t.ARNs()
		return v, len(v) > 0
	case "name", "type":
		for _, service := range s.t.Services() {
			if word == "name" {
				v = append(v, service.Name)
			} else {
				v = append(v, service.Type)
			}
		}
		return v, len(v) > 0
	}
	return nil, false
}

func present(s string) ([]string, bool) { return []string{s}, s != "" }

type serviceScope struct {
	t *Trace
	s Service
}

func (s serviceScope) trace() *Trace { return s.t }

func (s serviceScope) truth(word string) (v, ok bool) {
	return truthOf(word, s.s.Error, s.s.Fault, s.s.Throttle, s.t.Partial, s.s.Root)
}

func (s serviceScope) number(word string) (v float64, ok bool) {
	if word == "responsetime" || word == "duration" {
		return s.s.ResponseTime, true
	}
	return traceScope{s.t}.number(word)
}

func (s serviceScope) text(word string) (v []string, ok bool) {
	switch word {
	case "name":
		return present(s.s.Name)
	case "type":
		return present(s.s.Type)
	}
	return traceScope{s.t}.text(word)
}

type edgeScope struct {
	t *Trace
	e Edge
}

func (s edgeScope) trace() *Trace { return s.t }

func (s edgeScope) truth(word string) (v, ok bool) {
	return truthOf(word, s.e.Error, s.e.Fault, s.e.Throttle, s.t.Partial, false)
}

func (s edgeScope) number(word string) (v float64, ok bool) {
	if word == "responsetime" || word == "duration" {
		return s.e.ResponseTime, true
	}
	return traceScope{s.t}.number(word)
}

func (s edgeScope) text(word string) (v []string, ok bool) { return traceScope{s.t}.text(word) }
