package metricsql

import (
	"fmt"
	"slices"
	"strings"
)

// kind is what a token is.
type kind int

const (
	end    kind = iota
	word        // letters, digits and underscores
	quoted      // in double quotation marks: a name
	value       // in single quotation marks: a label's value
	symbol
	bad // what none of them begins with, or a quotation without an end
)

// parser goes through a query token by token. After an error it stands still.
type parser struct {
	text  string
	at    int // where the text goes on after the token
	from  int // where the token begins
	kind  kind
	token string // without quotation marks and escapes
	err   error
}

// isWord tells whether a byte may stand in a name without quotation marks.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// next reads the next token.
func (p *parser) next() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	p.from, p.token = p.at, ""
	if p.at == len(p.text) {
		p.kind = end
		return
	}
	switch c := p.text[p.at]; {
	case isWord(c):
		for p.at < len(p.text) && isWord(p.text[p.at]) {
			p.at++
		}
		p.kind, p.token = word, p.text[p.from:p.at]
	case c == '"':
		p.kind = quoted
		p.quotation(c)
	case c == '\'':
		p.kind = value
		p.quotation(c)
	case strings.HasPrefix(p.text[p.at:], "!="):
		p.kind, p.token = symbol, "!="
		p.at += 2
	case strings.IndexByte("(),=", c) >= 0:
		p.kind, p.token = symbol, string(c)
		p.at++
	default:
		p.kind, p.token = bad, string(c)
		p.at++
	}
}

// quotation reads up to the mark that it began with. A backslash before a mark
// takes its meaning from it.
func (p *parser) quotation(mark byte) {
	var b strings.Builder
	for p.at++; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		switch {
		case c == mark:
			p.at++
			p.token = b.String()
			return
		case c == '\\' && p.at+1 < len(p.text) && strings.IndexByte(`"'\`, p.text[p.at+1]) >= 0:
			p.at++
			c = p.text[p.at]
		}
		b.WriteByte(c)
	}
	p.kind, p.token = bad, string(mark)
}

// fail keeps the first error.
func (p *parser) fail(expected string) {
	if p.err != nil {
		return
	}
	found := "the end"
	if p.kind != end {
		found = fmt.Sprintf("%q", p.text[p.from:p.at])
	}
	p.err = fmt.Errorf("syntax error at position %d: expected %s, found %s", p.from+1, expected, found)
	p.at, p.kind, p.token = len(p.text), end, ""
}

// take goes past a keyword, and tells whether it was there.
func (p *parser) take(keyword string) bool {
	if p.kind != word || !strings.EqualFold(p.token, keyword) {
		return false
	}
	p.next()
	return true
}

func (p *parser) keyword(keyword string) {
	if !p.take(keyword) {
		p.fail(keyword)
	}
}

// isSymbol goes past a symbol, and tells whether it was there.
func (p *parser) isSymbol(s string) bool {
	if p.kind != symbol || p.token != s {
		return false
	}
	p.next()
	return true
}

func (p *parser) symbol(s string) {
	if !p.isSymbol(s) {
		p.fail(s)
	}
}

// name reads the name of a metric, a namespace or a label.
func (p *parser) name(what string) string {
	name := p.token
	if p.kind != quoted && p.kind != word || name == "" || p.kind == word && reserved(name) {
		p.fail(what)
		return ""
	}
	p.next()
	return name
}

// reserved tells whether a word must stand in quotation marks to be a name.
// The service reserves several hundred words (CloudWatch User Guide, "Reserved
// keywords"); these are those of the language, and those that Lambda's metrics
// and dimensions are called.
func reserved(name string) bool {
	return slices.Contains([]string{
		"AND", "ASC", "AVG", "BY", "COUNT", "DESC", "FROM", "GROUP", "LIMIT", "MAX", "MIN", "ORDER", "RESOURCE",
		"SCHEMA", "SELECT", "SUM", "WHERE",
	}, strings.ToUpper(name))
}
