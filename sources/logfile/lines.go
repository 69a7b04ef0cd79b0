package logfile

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strings"

	"fntop/sources"
)

// lines reads the formats that have an event per line, or a line with lines
// that go on with it.
type lines struct {
	b  *buffer
	f  *File
	to handler

	skipping bool // the rest of a line that has been cut
	sure     bool // a line has shown that the format is the one that was guessed
	zone     byte // of the first stamp: others are part of a message
	event    sources.LogEvent
}

// read reads to the end. Each round takes the whole lines there are; the last
// event stays for the next round, because its next line may belong to it. When
// the reading fails, what has been read comes before the error, but for a line
// that has not ended: half a line may look like a whole one.
func (l *lines) read() error {
	held := 0 // bytes of the held event
	for {
		err := l.b.fill(chunk)
		idle := errors.Is(err, errIdle)
		ended := err != nil && !idle
		if l.skipping {
			l.skip()
		}
		n := l.whole(err, ended)
		cut := n <= held && len(l.b.data)-n >= MaxEvent
		if cut {
			n += MaxEvent
		}
		if n > held || (ended || idle) && n > 0 {
			when := later
			switch {
			case ended || cut:
				when = now
			case idle && n == len(l.b.data):
				when = ifWhole
			}
			used, ok := l.block(string(l.b.data[:n]), when)
			if !ok {
				return errStop
			}
			held = n - used
			l.b.take(used)
			if cut {
				l.f.stats.Cut++
				l.skipping = true
			}
		}
		switch {
		case idle:
			err = l.to.idle()
		case errors.Is(err, io.EOF):
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// whole is how many bytes there are of whole lines. The last one of a log needs
// no line end.
func (l *lines) whole(err error, ended bool) int {
	n := bytes.LastIndexByte(l.b.data, '\n') + 1
	if !ended || n == len(l.b.data) {
		return n
	}
	if errors.Is(err, io.EOF) {
		return len(l.b.data)
	}
	l.f.stats.Lines++
	l.f.stats.Torn++
	return n
}

// skip takes off the rest of a line.
func (l *lines) skip() {
	if i := bytes.IndexByte(l.b.data, '\n'); i >= 0 {
		l.b.take(i + 1)
		l.skipping = false
		return
	}
	l.b.take(len(l.b.data))
}

// pending is the event that is being put together.
type pending struct {
	begin, end int   // of its lines in the block
	text       int   // where the message begins
	stamp      stamp // of a stamped line
	first      string
	last       string // its last line so far
	platform   bool
	known      bool // platform has been found out
	many       bool // it has several lines
	traces     int  // Python tracebacks in it
	inTrace    bool // the last of them has not ended
	there      bool
}

// flush says when the last event of a block is handed over.
type flush uint8

const (
	later   flush = iota // with the next block, which may go on with it
	ifWhole              // now, if nothing that matters can go on with it
	now
)

// block reads whole lines. It gives how much of the block is done with.
func (l *lines) block(s string, when flush) (used int, ok bool) {
	var p pending
	for at := 0; at < len(s); {
		end := strings.IndexByte(s[at:], '\n')
		next := at + end + 1
		if end < 0 {
			end, next = len(s)-at, len(s)
		}
		line := s[at : at+end]
		if line != "" && line[len(line)-1] == '\r' {
			line = line[:len(line)-1]
		}
		if !l.sure {
			l.reconsider(line)
		}
		h, begins := l.begins(line, &p)
		switch {
		case begins || p.there && next-p.begin > MaxEvent:
			if !begins {
				l.f.stats.Cut++
			}
			if !l.emit(s, &p) {
				return 0, false
			}
			p = pending{begin: at, end: next, text: at + len(line) - len(h.rest), stamp: h, first: h.rest, last: h.rest, there: true}
			p.note(h.rest)
		case !p.there:
			l.f.stats.Lines++
			if !blank(line) {
				l.f.stats.Foreign++
			}
		default:
			p.end, p.last, p.many = next, line, true
			p.note(line)
		}
		at = next
	}
	if p.there && (when == later || when == ifWhole && !l.to.all && !p.isPlatform()) {
		return p.begin, true
	}
	return len(s), l.emit(s, &p)
}

// reconsider looks at a line of a format that was only guessed, from lines of
// the application: a platform line shows which one it is.
func (l *lines) reconsider(line string) {
	format := &l.f.stats.Format
	if *format == EventLines {
		l.sure = true
		return
	}
	if line == "" {
		return
	}
	alone := beginsAlone(line)
	if h, ok := header(line); ok && !alone && (h.stream != "" || isPlatform(h.rest)) {
		*format, l.sure = Stamped, true
	} else if alone {
		*format, l.sure = Raw, true
	}
}

// begins tells whether a line begins an event, and reads its stamp.
func (l *lines) begins(line string, p *pending) (h stamp, ok bool) {
	switch l.f.stats.Format {
	case Stamped:
		h, ok = header(line)
		if ok && l.zone == 0 {
			l.zone = h.zone
		}
		return h, ok && h.zone == l.zone
	case EventLines:
		return stamp{rest: line}, !blank(line)
	default:
		if blank(line) || p.there && p.goesOn(line) {
			return h, false
		}
		return stamp{rest: line}, true
	}
}

// blank tells whether a line has nothing in it.
func blank(line string) bool {
	return line == "" || line[0] <= ' ' && strings.TrimSpace(line) == ""
}

// emit hands over an event.
func (l *lines) emit(s string, p *pending) bool {
	if !p.there {
		return true
	}
	l.f.stats.Lines++
	if p.many {
		l.f.stats.Lines += int64(strings.Count(s[p.begin:p.end-1], "\n"))
	}
	message := s[p.text:p.end]
	for message != "" && (message[len(message)-1] == '\n' || message[len(message)-1] == '\r') {
		message = message[:len(message)-1]
	}
	e := &l.event
	if l.f.stats.Format == EventLines && strings.HasPrefix(strings.TrimLeft(message, " \t"), "{") {
		if found, ok := eventOf(message); ok {
			*e = found.LogEvent
			l.f.owners.group(cmp.Or(e.Stream, l.f.opts.Stream), found.group, found.account)
		} else if isPlatform(message) { // a raw line among them
			*e = sources.LogEvent{Message: message}
		} else {
			l.f.stats.Foreign++
			return true
		}
	} else {
		*e = sources.LogEvent{Time: p.stamp.time, Stream: p.stamp.stream, Message: message}
	}
	if e.Stream == "" {
		e.Stream = l.f.opts.Stream
	}
	if len(e.Message) > MaxEvent {
		e.Message = e.Message[:MaxEvent]
		l.f.stats.Cut++
	}
	return l.to.event(e)
}
