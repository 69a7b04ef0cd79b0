package tracefilter

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxDepth bounds nesting; our own limit.
const maxDepth = 32

// parser reads an expression.
type parser struct {
	rest string
}

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *parser) unexpected() error {
	p.space()
	if p.rest == "" {
		return errors.New("unexpected end of expression")
	}
	return fmt.Errorf("unexpected %.20q", p.rest)
}

// take removes a sign from the front, if it is there.
func (p *parser) take(sign string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, sign)
	if ok {
		p.rest = rest
	}
	return ok
}

// word removes a name from the front: letters, digits, "_", "." and "-".
func (p *parser) word() string {
	p.space()
	end := strings.IndexFunc(p.rest, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '.' && r != '-'
	})
	if end < 0 {
		end = len(p.rest)
	}
	w := p.rest[:end]
	p.rest = p.rest[end:]
	return w
}

// takeWord removes a keyword from the front, if it is there.
func (p *parser) takeWord(keyword string) bool {
	before := p.rest
	if strings.EqualFold(p.word(), keyword) {
		return true
	}
	p.rest = before
	return false
}

func (p *parser) or(depth int) (node, error) {
	if depth > maxDepth {
		return nil, errors.New("expression nests too deep")
	}
	first, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	list := anyOf{first}
	for p.takeWord("OR") || p.take("||") {
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
	for p.takeWord("AND") || p.take("&&") {
		next, err := p.unit(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, next)
	}
	return list, nil
}

func (p *parser) unit(depth int) (node, error) {
	switch {
	case p.take("!"), p.takeWord("NOT"):
		if depth > maxDepth {
			return nil, errors.New("expression nests too deep")
		}
		inner, err := p.unit(depth + 1)
		if err != nil {
			return nil, err
		}
		return not{inner}, nil
	case p.take("("):
		inner, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if !p.take(")") {
			return nil, p.unexpected()
		}
		return inner, nil
	}
	return p.term(depth)
}

func (p *parser) term(depth int) (node, error) {
	word := p.word()
	if key, ok := strings.CutPrefix(word, "annotation."); ok && key != "" {
		return p.annotation(key)
	}
	switch lower := strings.ToLower(word); lower {
	case "ok", "error", "fault", "throttle", "partial", "root":
		return p.truth(lower)
	case "responsetime", "duration", "http.status":
		op, err := p.operator(false)
		if err != nil {
			return nil, err
		}
		want, err := p.number()
		return number{lower, op, want}, err
	case "http.url", "http.method", "name", "type", "user", "resource.arn":
		op, err := p.operator(true)
		if err != nil {
			return nil, err
		}
		want, err := p.quoted()
		return text{lower, op, want}, err
	case "annotation":
		return p.annotationKey()
	case "service":
		ids, filter, err := p.call(1, depth)
		if err != nil {
			return nil, err
		}
		return service{ids[0], filter}, nil
	case "edge":
		ids, filter, err := p.call(2, depth)
		if err != nil {
			return nil, err
		}
		return edge{ids[0], ids[1], filter}, nil
	case "":
		return nil, p.unexpected()
	}
	return nil, fmt.Errorf("unknown keyword %q", word)
}

func (p *parser) truth(word string) (node, error) {
	want := true
	switch {
	case p.take("!="):
		want = false
	case p.take("="):
	default:
		return truth{word, true}, nil
	}
	switch {
	case p.takeWord("true"):
		return truth{word, want}, nil
	case p.takeWord("false"):
		return truth{word, !want}, nil
	}
	return nil, p.unexpected()
}

// operator reads a comparison of numbers or of texts.
func (p *parser) operator(texts bool) (string, error) {
	signs, words := []string{"!=", "<=", ">=", "=", "<", ">"}, []string(nil)
	if texts {
		signs, words = []string{"!=", "="}, []string{"CONTAINS", "BEGINSWITH", "ENDSWITH"}
	}
	for _, sign := range signs {
		if p.take(sign) {
			return sign, nil
		}
	}
	for _, word := range words {
		if p.takeWord(word) {
			return word, nil
		}
	}
	return "", p.unexpected()
}

func (p *parser) number() (float64, error) {
	word := p.word()
	n, err := strconv.ParseFloat(word, 64)
	if err != nil || n != n || n > 1e300 || n < -1e300 {
		return 0, fmt.Errorf("%q is not a number", word)
	}
	return n, nil
}

func (p *parser) quoted() (string, error) {
	p.space()
	if p.rest == "" || p.rest[0] != '"' && p.rest[0] != '\'' {
		return "", p.unexpected()
	}
	quote := p.rest[0]
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '\\' && i+1 < len(p.rest) && (p.rest[i+1] == quote || p.rest[i+1] == '\\'):
			i++
			b.WriteByte(p.rest[i])
		case c == quote:
			p.rest = p.rest[i+1:]
			return b.String(), nil
		default:
			b.WriteByte(c)
		}
	}
	return "", errors.New("unterminated quotation")
}

// annotationKey reads annotation[key], with or without quotes.
func (p *parser) annotationKey() (node, error) {
	if !p.take("[") {
		return nil, p.unexpected()
	}
	p.space()
	var key string
	if strings.HasPrefix(p.rest, `"`) || strings.HasPrefix(p.rest, "'") {
		var err error
		if key, err = p.quoted(); err != nil {
			return nil, err
		}
	} else {
		inside, rest, ok := strings.Cut(p.rest, "]")
		if !ok {
			return nil, p.unexpected()
		}
		key, p.rest = strings.TrimSpace(inside), "]"+rest
	}
	if key == "" || !p.take("]") {
		return nil, p.unexpected()
	}
	return p.annotation(key)
}

func (p *parser) annotation(key string) (node, error) {
	p.space()
	for _, op := range []string{"!=", "<=", ">=", "=", "<", ">", "CONTAINS", "BEGINSWITH", "ENDSWITH"} {
		if !p.take(op) {
			continue
		}
		p.space()
		n := annotation{key: key, op: op}
		var err error
		switch {
		case strings.HasPrefix(p.rest, `"`), strings.HasPrefix(p.rest, "'"):
			n.want, err = p.quoted()
		case p.takeWord("true"):
			n.want = true
		case p.takeWord("false"):
			n.want = false
		default:
			n.want, err = p.number()
		}
		return n, err
	}
	return annotation{key: key}, nil
}

// call reads the arguments of service or edge and the filter behind them.
func (p *parser) call(n, depth int) ([]identity, node, error) {
	if !p.take("(") {
		return nil, nil, p.unexpected()
	}
	ids := make([]identity, n)
	for i := range ids {
		if i > 0 && !p.take(",") {
			return nil, nil, p.unexpected()
		}
		var err error
		if ids[i], err = p.identity(); err != nil {
			return nil, nil, err
		}
	}
	if !p.take(")") {
		return nil, nil, p.unexpected()
	}
	if !p.take("{") {
		return ids, nil, nil
	}
	if p.take("}") {
		return ids, nil, nil
	}
	filter, err := p.or(depth + 1)
	if err != nil {
		return nil, nil, err
	}
	if !p.take("}") {
		return nil, nil, p.unexpected()
	}
	return ids, filter, nil
}

// identity reads a name, or id(name: …, type: …), or nothing.
func (p *parser) identity() (identity, error) {
	if p.takeWord("id") {
		if !p.take("(") {
			return identity{}, p.unexpected()
		}
		var id identity
		for {
			key := p.word()
			if !p.take(":") {
				return identity{}, p.unexpected()
			}
			value, err := p.quoted()
			if err != nil {
				return identity{}, err
			}
			switch strings.ToLower(key) {
			case "name":
				id.name = value
			case "type":
				id.kind = value
			case "account.id":
				// All of the demo's services are of one account.
			default:
				return identity{}, fmt.Errorf("unknown part of an id: %q", key)
			}
			if p.take(")") {
				return id, nil
			}
			if !p.take(",") {
				return identity{}, p.unexpected()
			}
		}
	}
	if p.space(); strings.HasPrefix(p.rest, ")") || strings.HasPrefix(p.rest, ",") {
		return identity{}, nil
	}
	name, err := p.quoted()
	return identity{name: name}, err
}
