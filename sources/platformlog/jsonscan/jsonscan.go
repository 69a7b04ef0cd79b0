// Package jsonscan reads JSON texts forward without making garbage: for
// programs that want a few members out of many texts and no tree of each.
//
// It takes what Lambda's developer guide shows in its samples, stray and
// missing commas, and so is no validator. It never panics, never recurses,
// and takes time in proportion to the text, whatever that is.
package jsonscan

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Scanner stands before a value, a member or an element of the text S. It is
// a value that may be copied; it keeps no state beside its fields.
type Scanner struct {
	S string
	I int // the next byte
	// Bad is set once the text cannot be read further.
	Bad bool
}

// Next moves past white space and commas and gives the next byte, or 0 at the
// end.
func (p *Scanner) Next() byte {
	for p.I < len(p.S) {
		switch c := p.S[p.I]; c {
		case ' ', '\t', '\r', '\n', ',':
			p.I++
		default:
			return c
		}
	}
	return 0
}

// Enter moves past the opening byte of an object or an array, or past the
// whole value when it is something else.
func (p *Scanner) Enter(open byte) bool {
	if p.Next() == open {
		p.I++
		return true
	}
	p.Skip()
	return false
}

// Key gives the next member's name and stops before its value. ok is false at
// the end of the object.
func (p *Scanner) Key() (name string, ok bool) {
	c := p.Next()
	if c == '}' && !p.Bad {
		p.I++
		return "", false
	}
	if c != '"' || p.Bad {
		p.Bad = true
		return "", false
	}
	name = p.text()
	if p.Next() != ':' || p.Bad {
		p.Bad = true
		return "", false
	}
	p.I++
	return name, true
}

// Element moves to the next element of an array. It is false at the end.
func (p *Scanner) Element() bool {
	switch c := p.Next(); {
	case c == 0 || p.Bad:
		p.Bad = true
		return false
	case c == ']':
		p.I++
		return false
	}
	return true
}

// Scalar reads a string, or a number or word as it is written. Objects and
// arrays are moved past, and null is nothing: both give "".
func (p *Scanner) Scalar() string {
	switch p.Next() {
	case 0:
		p.Bad = true
		return ""
	case '"':
		return p.text()
	case '{', '[':
		p.skipNested()
		return ""
	}
	if v := p.literal(); v != "null" {
		return v
	}
	return ""
}

// Value is Scalar for readers that want objects and arrays too: these are
// given as they are written.
func (p *Scanner) Value() string {
	if c := p.Next(); c != '{' && c != '[' {
		return p.Scalar()
	}
	start := p.I
	p.skipNested()
	return p.S[start:p.I]
}

// Skip moves past a value of any kind.
func (p *Scanner) Skip() {
	switch p.Next() {
	case 0:
		p.Bad = true
	case '"':
		p.skipString()
	case '{', '[':
		p.skipNested()
	default:
		p.literal()
	}
}

// text reads a string whose opening quote is the current byte.
func (p *Scanner) text() string {
	start := p.I + 1
	escaped := p.skipString()
	if p.Bad {
		return ""
	}
	raw := p.S[start : p.I-1]
	if escaped {
		return unescape(raw)
	}
	return raw
}

// skipString moves past a string whose opening quote is the current byte, and
// tells whether it holds escapes.
func (p *Scanner) skipString() (escaped bool) {
	from := p.I + 1
	for {
		n := strings.IndexByte(p.S[from:], '"')
		if n < 0 {
			p.I, p.Bad = len(p.S), true
			return escaped
		}
		end := from + n
		backslashes := 0
		for end-backslashes > from && p.S[end-backslashes-1] == '\\' {
			backslashes++
		}
		if !escaped {
			escaped = backslashes > 0 || strings.IndexByte(p.S[from:end], '\\') >= 0
		}
		if backslashes%2 == 0 {
			p.I = end + 1
			return escaped
		}
		from = end + 1
	}
}

// skipNested moves past an object or an array, however deep.
func (p *Scanner) skipNested() {
	depth := 0
	for p.I < len(p.S) {
		switch p.S[p.I] {
		case '"':
			p.skipString()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				p.I++
				return
			}
		}
		p.I++
	}
	p.Bad = true
}

// literal reads a number, true, false or null as it is written.
func (p *Scanner) literal() string {
	start := p.I
	for p.I < len(p.S) {
		switch p.S[p.I] {
		case ',', '}', ']', ' ', '\t', '\r', '\n', ':', '"', '{', '[':
			if p.I == start {
				p.Bad = true
			}
			return p.S[start:p.I]
		}
		p.I++
	}
	return p.S[start:]
}

// unescape resolves the escapes of a string. What is no escape stays as it
// is, and half of a surrogate pair becomes U+FFFD.
func unescape(raw string) string {
	var b strings.Builder
	b.Grow(len(raw))
	for {
		i := strings.IndexByte(raw, '\\')
		if i < 0 || i+1 >= len(raw) {
			b.WriteString(raw)
			return b.String()
		}
		b.WriteString(raw[:i])
		c := raw[i+1]
		rest := raw[i+2:]
		switch c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case '"', '\\', '/':
			b.WriteByte(c)
		case 'u':
			var r rune
			r, rest = codeUnit(raw[i:])
			b.WriteRune(r)
		default:
			b.WriteString(raw[i : i+2])
		}
		raw = rest
	}
}

// codeUnit reads \uXXXX, and the one after it when the two are a pair.
func codeUnit(s string) (r rune, rest string) {
	r, ok := hex4(s)
	if !ok {
		return utf8.RuneError, s[2:]
	}
	rest = s[6:]
	if utf16.IsSurrogate(r) {
		if low, ok := hex4(rest); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, rest[6:]
			}
		}
		return utf8.RuneError, rest
	}
	return r, rest
}

// hex4 reads the number of an \uXXXX that s begins with.
func hex4(s string) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for i := 2; i < 6; i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
