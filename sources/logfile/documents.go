package logfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"

	"fntop/sources"
	"fntop/sources/platformlog/jsonscan"
)

// maxValue is the longest JSON text of one event: a message in which every
// byte is written as an escape of six.
const maxValue = 6*MaxEvent + 4096

// documents reads JSON documents one after the other.
type documents struct {
	b  *buffer
	f  *File
	to handler

	// What the document names for all its events.
	stream, group, account string
	held                   bool // it has a list of events

	event sources.LogEvent
	pos   int // in b.data: what is before it can go
}

// read reads to the end.
func (d *documents) read() error {
	for {
		c, err := d.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = d.document(c)
		}
		if err != nil {
			return err
		}
	}
}

// next gives the next byte that is neither white space nor a comma.
func (d *documents) next() (byte, error) {
	for {
		for ; d.pos < len(d.b.data); d.pos++ {
			switch c := d.b.data[d.pos]; c {
			case ' ', '\t', '\r', '\n', ',':
			default:
				return c, nil
			}
		}
		if err := d.more(d.pos); err != nil && d.pos >= len(d.b.data) {
			return 0, err
		}
	}
}

// more reads on, keeping the bytes from keep, which is then at the front.
func (d *documents) more(keep int) error {
	d.b.take(keep)
	d.pos -= keep
	for {
		err := d.b.fill(1)
		if !errors.Is(err, errIdle) {
			return err
		}
		if err := d.to.idle(); err != nil {
			return err
		}
	}
}

// syntaxError says where a JSON text cannot be read further. Its kind is
// sources.Malformed.
type syntaxError struct {
	what string
	at   int64
}

func (e *syntaxError) Error() string {
	return fmt.Sprintf("read log: %s at byte %d of the JSON", e.what, e.at)
}

func (e *syntaxError) Unwrap() error { return &sources.Error{Op: "read log", Kind: sources.Malformed} }

// malformed is the error for a text that cannot be read further.
func (d *documents) malformed(what string) error {
	d.f.stats.Lines++
	d.f.stats.Torn++
	return &syntaxError{what, d.b.taken + int64(d.pos)}
}

// broken turns the end of the input inside a document into an error.
func (d *documents) broken(err error) error {
	if errors.Is(err, io.EOF) {
		return d.malformed("unexpected end")
	}
	return err
}

// document reads one value at the top.
func (d *documents) document(c byte) error {
	switch c {
	case '{':
		d.pos++
		return d.object()
	case '[':
		d.pos++
		return d.events(false)
	}
	if err := d.skip(); err != nil {
		return err
	}
	d.foreign()
	return nil
}

// foreign counts a value that is no event and holds none.
func (d *documents) foreign() {
	d.f.stats.Lines++
	d.f.stats.Foreign++
}

// object reads the members of a document.
func (d *documents) object() error {
	d.stream, d.group, d.account = "", "", ""
	d.held = false
	for {
		c, err := d.next()
		if err != nil {
			return d.broken(err)
		}
		if c == '}' {
			d.pos++
			if !d.held {
				d.foreign()
			}
			return nil
		}
		if c != '"' {
			return d.malformed("unexpected character")
		}
		name, err := d.value()
		if err != nil {
			return err
		}
		if c, err = d.next(); err != nil {
			return d.broken(err)
		}
		if c != ':' {
			return d.malformed("missing colon")
		}
		d.pos++
		if err := d.member(name); err != nil {
			return err
		}
	}
}

// member reads the value of a document's member.
func (d *documents) member(name string) error {
	c, err := d.next()
	if err != nil {
		return d.broken(err)
	}
	switch name {
	case `"events"`, `"logEvents"`, `"results"`:
		if c == '[' {
			d.pos++
			d.held = true
			return d.events(name == `"results"`)
		}
	case `"logStream"`, `"logStreamName"`:
		return d.text(&d.stream)
	case `"logGroup"`, `"logGroupName"`:
		return d.text(&d.group)
	case `"owner"`:
		return d.text(&d.account)
	}
	return d.skip()
}

// text reads a string member.
func (d *documents) text(to *string) error {
	text, err := d.value()
	if err != nil {
		return err
	}
	p := jsonscan.Scanner{S: text}
	*to = p.Scalar()
	return nil
}

// events reads an array of events, or, with rows, one of rows of fields.
func (d *documents) events(rows bool) error {
	for {
		c, err := d.next()
		if err != nil {
			return d.broken(err)
		}
		if c == ']' {
			d.pos++
			return nil
		}
		text, err := d.value()
		if err != nil {
			return err
		}
		if text == "" { // it was too long
			d.foreign()
			continue
		}
		d.f.stats.Lines++
		if !d.give(text, c, rows) {
			return errStop
		}
	}
}

// give hands over the event of a JSON text.
func (d *documents) give(text string, c byte, rows bool) bool {
	e := &d.event
	var read found
	var ok bool
	switch {
	case c == '{':
		read, ok = eventOf(text)
	case c == '"':
		p := jsonscan.Scanner{S: text}
		read.Message, ok = p.Scalar(), true
	case c == '[' && rows:
		read, ok = rowOf(text)
	}
	*e = read.LogEvent
	if !ok {
		d.f.stats.Foreign++
		return true
	}
	if len(e.Message) > MaxEvent {
		e.Message = e.Message[:MaxEvent]
		d.f.stats.Cut++
	}
	if e.Stream == "" {
		e.Stream = d.stream
	}
	if e.Stream == "" {
		e.Stream = d.f.opts.Stream
	}
	d.f.owners.group(e.Stream, cmp.Or(read.group, d.group), cmp.Or(read.account, d.account))
	return d.to.event(e)
}

// rowOf reads a row of Logs Insights results: [{"field":"@message","value":"…"},…].
func rowOf(text string) (e found, ok bool) {
	p := jsonscan.Scanner{S: text}
	if !p.Enter('[') {
		return e, false
	}
	for p.Element() {
		if !p.Enter('{') {
			continue
		}
		var field, value string
		for {
			name, more := p.Key()
			if !more {
				break
			}
			switch name {
			case "field":
				field = p.Scalar()
			case "value":
				value = p.Scalar()
			default:
				p.Skip()
			}
		}
		switch field {
		case "@message":
			e.Message, ok = value, true
		case "@timestamp":
			e.Time = timeOf(value)
		case "@logStream":
			e.Stream = value
		case "@ptr":
			e.ID = value
		case "@ingestionTime":
			e.Ingested = timeOf(value)
		case "@log":
			e.log(value)
		}
	}
	return e, ok && !p.Bad
}

// skip moves past a value.
func (d *documents) skip() error {
	_, err := d.scan(false)
	return err
}

// value gives the text of the next value. It is "" for one that is longer
// than any event: that is counted and moved past.
func (d *documents) value() (string, error) { return d.scan(true) }

// scan moves past a value and gives its text when that is wanted.
func (d *documents) scan(wanted bool) (string, error) {
	if _, err := d.next(); err != nil {
		return "", d.broken(err)
	}
	var s shape
	i, length, dropped := d.pos, 0, false
	for {
		n, done := s.advance(d.b.data[i:])
		i += n
		length += n
		if done {
			break
		}
		keep := d.pos
		if !wanted || i-d.pos > maxValue {
			dropped = dropped || wanted
			wanted = false
			keep = i
			d.pos = i
		}
		err := d.more(keep)
		i -= keep
		if err != nil && i >= len(d.b.data) {
			if errors.Is(err, io.EOF) && s.complete() {
				break
			}
			d.pos = i
			return "", d.broken(err)
		}
	}
	if wanted && i-d.pos > maxValue {
		wanted, dropped = false, true
	}
	text := ""
	if wanted {
		text = string(d.b.data[d.pos:i])
	}
	if dropped {
		d.f.stats.Cut++
	}
	d.pos = i
	if length == 0 {
		return "", d.malformed("unexpected character")
	}
	return text, nil
}

// shape finds the end of a JSON value that comes in pieces.
type shape struct {
	depth    int
	inString bool
	escape   bool
	literal  bool
}

// complete tells whether the value may end here, as numbers do at the end of
// the input.
func (s *shape) complete() bool { return s.literal && s.depth == 0 }

// advance reads a piece. done means that the value ended after n bytes.
func (s *shape) advance(piece []byte) (n int, done bool) {
	for i := 0; i < len(piece); i++ {
		c := piece[i]
		if s.inString {
			switch {
			case s.escape:
				s.escape = false
			case c == '\\':
				s.escape = true
			case c == '"':
				s.inString = false
				if s.depth == 0 {
					return i + 1, true
				}
			default:
				// Most bytes of a log are text: look for what ends it.
				if j := bytes.IndexAny(piece[i:], `"\`); j > 0 {
					i += j - 1
				} else if j < 0 {
					return len(piece), false
				}
			}
			continue
		}
		if s.literal && s.depth == 0 {
			switch c {
			case ',', '}', ']', ' ', '\t', '\r', '\n', ':', '"', '{', '[':
				return i, true
			}
			continue
		}
		switch c {
		case '"':
			s.inString = true
		case '{', '[':
			s.depth++
		case '}', ']':
			if s.depth == 0 {
				return i, true // nothing that belongs here
			}
			if s.depth--; s.depth == 0 {
				return i + 1, true
			}
		default:
			s.literal = s.depth == 0
		}
	}
	return len(piece), false
}
