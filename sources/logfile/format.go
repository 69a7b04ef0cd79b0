package logfile

import (
	"slices"
	"strings"
	"time"

	"fntop/sources/platformlog"
	"fntop/sources/platformlog/jsonscan"
)

// Format is how a saved log is laid out.
type Format int

// The formats.
const (
	// Raw is the messages as they are, a line each.
	Raw Format = iota
	// Stamped is lines that begin with a time and perhaps the stream's name:
	// "aws logs tail" and exports to S3.
	Stamped
	// EventLines is a JSON object a line for each event.
	EventLines
	// Documents is JSON documents that hold many events.
	Documents
)

// String is the format's name.
func (f Format) String() string {
	switch f {
	case Stamped:
		return "stamped lines"
	case EventLines:
		return "event per line"
	case Documents:
		return "JSON documents"
	case Raw:
	}
	return "raw lines"
}

// detect finds out the format from the first bytes of a log; ended means that
// there are no others.
func detect(head []byte, ended bool) Format {
	s := string(head)
	if !ended {
		if i := strings.LastIndexByte(s, '\n'); i > 0 {
			s = s[:i+1]
		} else {
			return detectLine(s)
		}
	}
	trimmed := strings.TrimLeft(s, " \t\r\n")
	if trimmed == "" {
		return Raw
	}
	var v votes
	for i, line := range strings.SplitN(trimmed, "\n", 1000) {
		if i == 999 {
			break
		}
		v.add(strings.TrimSuffix(line, "\r"))
	}
	if guess, ok := detectJSON(trimmed); ok && v.plain <= v.events {
		return guess
	}
	switch {
	case v.stamped > v.plain:
		return Stamped
	case v.plain > 0:
		return Raw
	}
	line, _, _ := strings.Cut(trimmed, "\n")
	if h, ok := header(strings.TrimSuffix(line, "\r")); ok && !looksLikeNode(h.rest) {
		return Stamped
	}
	return Raw
}

// votes are the lines that show which format they are in: raw platform lines,
// stamped ones, and events.
type votes struct{ plain, stamped, events int }

func (v *votes) add(line string) {
	if beginsAlone(line) {
		v.plain++
		return
	}
	if strings.HasPrefix(line, "{") {
		if e, ok := eventOf(line); ok && e.sure {
			v.events++
		}
	} else if h, ok := header(line); ok && (h.stream != "" || isPlatform(h.rest)) {
		v.stamped++
	}
}

// detectLine is detect for a log whose first line is longer than what has
// been read.
func detectLine(s string) Format {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	if f, ok := detectJSON(trimmed); ok {
		return f
	}
	if _, ok := header(trimmed); ok {
		return Stamped
	}
	return Raw
}

// beginsAlone tells whether a line is a platform line that no other line goes
// before in its event.
func beginsAlone(line string) bool {
	switch line[:min(len(line), 1)] {
	case "X", "": // the second line of a report
		return false
	}
	r, ok := platformlog.Parse(line)
	return ok && r.Kind.Platform() && (r.Kind != platformlog.ExitLine || r.RequestID != "")
}

// undecided tells whether the beginning of a log that goes on does not tell
// its format yet: its first line or JSON value is not complete.
func undecided(head []byte) bool {
	s := strings.TrimLeft(string(head), " \t\r\n")
	if s == "" || strings.IndexByte(s, '\n') < 0 {
		return true
	}
	p := jsonscan.Scanner{S: s}
	switch s[0] {
	case '{':
		p.I++
		if c := p.Next(); c != 0 && c != '"' && c != '}' {
			return false
		}
	case '[':
	default:
		return false
	}
	p.I = 0
	p.Skip()
	return p.Bad
}

func isPlatform(line string) bool {
	r, ok := platformlog.Parse(line)
	return ok && r.Kind.Platform()
}

// looksLikeNode tells whether the text after a time goes on as the Node.js and
// .NET runtimes do, with a request ID: the time is then part of the message.
func looksLikeNode(rest string) bool {
	l := platformlog.Describe("2026-01-01T00:00:00.000Z " + rest)
	return l.RequestID != "" && l.Level != platformlog.LevelNone || strings.HasPrefix(rest, "undefined ")
}

// detectJSON finds out whether a text that begins with a JSON value holds
// events. It reads the first value as far as it is there.
func detectJSON(s string) (Format, bool) {
	p := jsonscan.Scanner{S: s}
	switch p.Next() {
	case '[':
		p.I++
		if c := p.Next(); c == '{' {
			if e, ok := eventOf(p.S[p.I:]); ok && e.sure || ok && strings.Contains(s, "\n") {
				return Documents, true
			}
		} else if c == '"' {
			return Documents, true
		}
		return Raw, false
	case '{':
	default:
		return Raw, false
	}
	p.I++
	empty, page := false, false
	for {
		name, ok := p.Key()
		if !ok {
			break
		}
		c := p.Next()
		switch name {
		case "events", "logEvents", "results":
			if c == '[' {
				there, none := holdsEvents(p, name == "results")
				if there {
					return Documents, true
				}
				empty = empty || none
			}
		case "nextToken", "nextForwardToken", "nextBackwardToken", "searchedLogStreams", "messageType", "statistics":
			page = true
		}
		p.Skip()
	}
	if empty && page {
		return Documents, true
	}
	line, _, _ := strings.Cut(s, "\n")
	if e, ok := eventOf(line); ok && e.sure {
		return EventLines, true
	}
	return Raw, false
}

// holdsEvents tells whether the array that p stands before holds log events,
// or, with rows, rows of fields. An application's lists may have the same
// names. none means that it holds nothing.
func holdsEvents(p jsonscan.Scanner, rows bool) (there, none bool) {
	p.I++
	n := 0
	for ; n < 100 && p.Element(); n++ {
		q := p
		switch c := p.Next(); {
		case c == '{' && !rows:
			if hasMember(q, "message", "Message", "@message") {
				return true, false
			}
		case c == '[' && rows:
			q.I = p.I + 1
			if q.Element() && q.Next() == '{' && hasMember(q, "field") {
				return true, false
			}
		}
		p.Skip()
	}
	return false, n == 0
}

// hasMember tells whether an object, as far as it is there, has a member of
// one of the names.
func hasMember(p jsonscan.Scanner, names ...string) bool {
	if !p.Enter('{') {
		return false
	}
	for {
		name, ok := p.Key()
		if !ok {
			return false
		}
		if slices.Contains(names, name) {
			return true
		}
		p.Skip()
	}
}

// stamp is the beginning of a stamped line.
type stamp struct {
	time   time.Time
	stream string
	rest   string
	zone   byte // 'Z', '+' for an offset, or 0
}

// header reads a time, a space, and the stream's name where there is one.
func header(line string) (h stamp, ok bool) {
	line = uncolour(line)
	if len(line) < 20 || line[0]-'0' > 9 {
		return h, false
	}
	if line[4] == '-' {
		h, ok = isoHeader(line)
	} else {
		h, ok = milliHeader(line)
	}
	if !ok {
		return h, false
	}
	h.rest = uncolour(h.rest)
	name, rest, _ := strings.Cut(h.rest, " ")
	if i := strings.IndexByte(name, 0x1b); i > 0 {
		name = name[:i]
	}
	if isStream(name) {
		h.stream, h.rest = name, rest
	}
	return h, true
}

// isoHeader reads 2026-11-23T09:00:01 with a fraction and a zone or without.
func isoHeader(line string) (h stamp, ok bool) {
	i := len("2006-01-02T15:04:05")
	if line[7] != '-' || line[10] != 'T' || line[13] != ':' || line[16] != ':' {
		return h, false
	}
	nanos := 0
	if line[i] == '.' {
		scale := int(100 * time.Millisecond)
		for i++; i < len(line) && line[i]-'0' <= 9; i++ {
			nanos += int(line[i]-'0') * scale
			scale /= 10
		}
	}
	t, ok := dateTime(line)
	if !ok || i >= len(line) {
		return h, false
	}
	switch c := line[i]; c {
	case 'Z':
		h.zone = 'Z'
		i++
	case '+', '-':
		offset, ok := zoneOffset(line[i:])
		if !ok {
			return h, false
		}
		h.zone = '+'
		t = t.Add(-offset)
		i += len("+00:00")
	}
	line = uncolour(line[i:])
	if line == "" || line[0] != ' ' {
		return h, false
	}
	h.time = t.Add(time.Duration(nanos))
	h.rest = line[1:]
	return h, true
}

// milliHeader reads thirteen digits, milliseconds since 1970, and a space or a
// tab: what "--query 'events[].[timestamp,message]' --output text" prints.
func milliHeader(line string) (h stamp, ok bool) {
	for i := range 13 {
		if line[i]-'0' > 9 {
			return h, false
		}
	}
	if line[13] != ' ' && line[13] != '\t' {
		return h, false
	}
	h.time, h.rest, h.zone = timeOf(line[:13]), line[14:], 'm'
	return h, true
}

// dateTime reads 2006-01-02T15:04:05 of UTC.
func dateTime(s string) (time.Time, bool) {
	var n [6]int
	for k, at := range [...]int{0, 5, 8, 11, 14, 17} {
		width := 2
		if k == 0 {
			width = 4
		}
		for i := at; i < at+width; i++ {
			c := s[i] - '0'
			if c > 9 {
				return time.Time{}, false
			}
			n[k] = n[k]*10 + int(c)
		}
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
	ok := t.Year() == n[0] && int(t.Month()) == n[1] && t.Day() == n[2] && t.Hour() == n[3] && t.Minute() == n[4]
	return t, ok
}

// zoneOffset reads +01:00.
func zoneOffset(s string) (time.Duration, bool) {
	if len(s) < 6 || s[3] != ':' {
		return 0, false
	}
	var n [2]int
	for k, at := range [...]int{1, 4} {
		a, b := s[at]-'0', s[at+1]-'0'
		if a > 9 || b > 9 {
			return 0, false
		}
		n[k] = int(a)*10 + int(b)
	}
	d := time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute
	if s[0] == '-' {
		d = -d
	}
	return d, true
}

// isStream tells whether a word is the name of a function's log stream:
// 2026/11/23/[$LATEST]0123…, with the function's name before the bracket in
// groups that several functions share.
func isStream(s string) bool {
	if len(s) < 14 || s[4] != '/' || s[7] != '/' || s[10] != '/' {
		return false
	}
	for _, i := range [...]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if s[i]-'0' > 9 {
			return false
		}
	}
	i := strings.IndexByte(s, '[')
	return i >= 11 && strings.IndexByte(s[i:], ']') > 0
}

// uncolour cuts colour codes off the front.
func uncolour(s string) string {
	for len(s) > 2 && s[0] == 0x1b && s[1] == '[' {
		end := strings.IndexByte(s, 'm')
		if end < 0 || end > 16 {
			return s
		}
		s = s[end+1:]
	}
	return s
}
