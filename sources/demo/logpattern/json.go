package logpattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// jsonPattern is a pattern over the members of a JSON message.
type jsonPattern struct {
	root node
	// literals are texts without which no message matches. They spare most
	// messages the decoding.
	literals []string
}

// node is a part of a JSON pattern's expression.
type node interface {
	eval(doc any) bool
	// need gives texts that every matching message contains, as long as the
	// message has no backslash in it.
	need() []string
}

type allOf []node

func (n allOf) eval(doc any) bool {
	for _, child := range n {
		if !child.eval(doc) {
			return false
		}
	}
	return true
}

func (n allOf) need() (out []string) {
	for _, child := range n {
		out = append(out, child.need()...)
	}
	return out
}

type anyOf []node

func (n anyOf) eval(doc any) bool {
	for _, child := range n {
		if child.eval(doc) {
			return true
		}
	}
	return false
}

func (n anyOf) need() []string {
	if len(n) == 1 {
		return n[0].need()
	}
	return nil
}

// condition compares what a selector finds.
type condition struct {
	at    selector
	holds test
}

func (c condition) eval(doc any) bool {
	found := false
	matched := c.at.visit(doc, func(v any) bool {
		found = true
		return c.holds.value(v)
	})
	if c.holds.kind == testMissing {
		return !found
	}
	return matched
}

func (c condition) need() []string {
	if c.holds.kind == testMissing {
		return nil
	}
	var out []string
	if name := c.at.lastName(); plainText(name) {
		out = append(out, name)
	}
	if text, ok := c.holds.literal(); ok && plainText(text) {
		out = append(out, text)
	}
	return out
}

// plainText tells whether the text stands in a JSON message without
// backslashes just as it is.
func plainText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}

func (p *jsonPattern) match(message string) bool {
	if strings.IndexByte(message, '\\') < 0 {
		for _, text := range p.literals {
			if !strings.Contains(message, text) {
				return false
			}
		}
	}
	decoder := json.NewDecoder(strings.NewReader(message))
	decoder.UseNumber()
	var doc any
	if err := decoder.Decode(&doc); err != nil {
		return false
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return false // something follows: not a JSON message
	}
	return p.root.eval(doc)
}

// parser reads a JSON pattern.
type parser struct {
	rest      string
	wildcards int
	regexes   int
}

func parseJSON(s string) (*jsonPattern, error) {
	body, ok := strings.CutSuffix(strings.TrimPrefix(s, "{"), "}")
	if !ok {
		return nil, errors.New("JSON filter pattern must end with }")
	}
	p := &parser{rest: body}
	root, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.rest != "" {
		return nil, fmt.Errorf("unexpected %q in JSON filter pattern", p.rest)
	}
	if p.wildcards > maxWildcards {
		return nil, fmt.Errorf("more than %d wildcard selectors", maxWildcards)
	}
	return &jsonPattern{root: root, literals: root.need()}, nil
}

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// take removes a token from the front, if it is there.
func (p *parser) take(token string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, token)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *parser) or(depth int) (node, error) {
	first, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	list := anyOf{first}
	for p.take("||") {
		next, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, next)
	}
	return list, nil
}

func (p *parser) and(depth int) (node, error) {
	first, err := p.unit(depth)
	if err != nil {
		return nil, err
	}
	list := allOf{first}
	for p.take("&&") {
		next, err := p.unit(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, next)
	}
	return list, nil
}

func (p *parser) unit(depth int) (node, error) {
	if depth > maxDepth {
		return nil, errors.New("parentheses nest too deep")
	}
	if !p.take("(") {
		return p.condition()
	}
	inner, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		return nil, errors.New("unbalanced parentheses in JSON filter pattern")
	}
	return inner, nil
}

func (p *parser) condition() (node, error) {
	p.space()
	at, rest, err := parseSelector(p.rest)
	if err != nil {
		return nil, err
	}
	p.rest = rest
	p.wildcards += at.wildcards()
	holds, err := p.test()
	if err != nil {
		return nil, err
	}
	return condition{at: at, holds: holds}, nil
}

// word removes a keyword of letters from the front.
func (p *parser) word() string {
	p.space()
	end := 0
	for end < len(p.rest) && (p.rest[end] >= 'A' && p.rest[end] <= 'Z' || p.rest[end] >= 'a' && p.rest[end] <= 'z') {
		end++
	}
	w := p.rest[:end]
	p.rest = p.rest[end:]
	return strings.ToUpper(w)
}
