package platformlog

import (
	"strings"
	"time"

	"fntop/sources"
)

// maxRequestID bounds a request ID: Lambda's are 36 bytes. A longer one is
// not a request ID.
const maxRequestID = 128

// textFirst tells whether a platform line in text format may begin with c.
func textFirst(c byte) bool {
	switch c {
	case 'S', 'E', 'R', 'I', 'T', 'L', 'X', '2':
		return true
	}
	return false
}

// parseText reads a platform line in text format. r.Kind stays Application
// when it is none.
func parseText(s string, r *Record) {
	switch s[0] {
	case 'S':
		if rest, ok := strings.CutPrefix(s, "START RequestId: "); ok {
			r.request(Start, rest)
		}
	case 'E':
		if rest, ok := strings.CutPrefix(s, "END RequestId: "); ok {
			r.request(End, rest)
		} else if rest, ok := named(s, "EXTENSION"); ok {
			r.Kind = Extension
			r.fields(rest)
		}
	case 'R':
		parseTextR(s, r)
	case 'I':
		if rest, ok := word(s, "INIT_START"); ok {
			r.Kind = InitStart
			r.fields(rest)
		} else if rest, ok := word(s, "INIT_REPORT"); ok {
			r.Kind = InitReport
			r.fields(rest)
			r.require(r.Init.Known() || r.Status != "")
		}
	case 'T':
		if rest, ok := named(s, "TELEMETRY"); ok {
			r.Kind = Subscription
			r.fields(rest)
		}
	case 'L':
		if rest, ok := named(s, "LOGS"); ok {
			r.Kind = Subscription
			r.fields(rest)
		}
	case 'X':
		if strings.HasPrefix(s, "XRAY TraceId: ") {
			r.Kind = XRay
			r.fields(s)
			r.require(r.TraceID != "")
		}
	case '2':
		parseTimeout(s, r)
	}
	if r.Kind != Application {
		r.Format = sources.LogText
	}
}

// parseTextR reads the lines that begin with R.
func parseTextR(s string, r *Record) {
	if rest, ok := strings.CutPrefix(s, "REPORT RequestId: "); ok {
		r.request(Report, rest)
		r.require(r.Duration.Known())
	} else if rest, ok := strings.CutPrefix(s, "RequestId: "); ok {
		parseExit(rest, r)
	} else if rest, ok := word(s, "RESTORE_START"); ok {
		r.Kind = RestoreStart
		r.fields(rest)
	} else if rest, ok := word(s, "RESTORE_REPORT"); ok {
		r.Kind = RestoreReport
		r.fields(rest)
		r.require(r.Restore.Known() || r.Status != "")
	} else if strings.HasPrefix(s, "Runtime.") {
		if t := strings.TrimRight(s, " \t\r\n"); isErrorType(t) {
			r.Kind = ExitLine
			r.ErrorType = t
		}
	}
}

// require makes the line Malformed when it lacks what its kind always has.
func (r *Record) require(ok bool) {
	if !ok {
		r.Kind = Malformed
	}
}

// request reads "<id> Name: value …" after the line's own words.
func (r *Record) request(kind Kind, rest string) {
	r.Kind = kind
	id, rest := token(rest)
	r.RequestID = id
	if rest != "" {
		r.fields(rest)
	}
	r.require(id != "" && len(id) <= maxRequestID)
}

// parseExit reads a crash as Lambda wrote it before its REPORT lines had a
// status: "RequestId: <id> Error: Runtime exited with error: exit status 1",
// the error type on the next line, and the same for other fatal errors.
func parseExit(rest string, r *Record) {
	id, rest := token(rest)
	first, second := cutLine(rest)
	if id == "" || len(id) > maxRequestID {
		return
	}
	if strings.HasPrefix(first, "Process exited before completing request") {
		r.Kind, r.RequestID, r.Reason = ExitLine, id, first
		return
	}
	reason, ok := strings.CutPrefix(first, "Error: ")
	if !ok {
		return
	}
	if strings.HasPrefix(reason, "Task timed out after ") { // the runtime interface emulator's spelling
		r.Kind, r.RequestID, r.Reason = TimeoutLine, id, reason
		return
	}
	kind, _ := cutLine(second)
	if !isErrorType(kind) {
		kind = ""
	}
	if kind != "" || strings.HasPrefix(reason, "Runtime exited") || strings.HasPrefix(reason, "Couldn't find valid bootstrap") {
		r.Kind, r.RequestID, r.Reason, r.ErrorType = ExitLine, id, reason, kind
	}
}

// parseTimeout reads "2024-03-04T17:22:38.033Z <id> Task timed out after 3.00
// seconds".
func parseTimeout(s string, r *Record) {
	if len(s) < 30 || s[10] != 'T' {
		return
	}
	stamp, rest := token(s)
	id, rest := token(rest)
	if !strings.HasPrefix(rest, "Task timed out after ") || !isDateTime(stamp) || len(id) > maxRequestID {
		return
	}
	r.Kind, r.RequestID = TimeoutLine, id
	r.Reason, _ = cutLine(rest)
}

// isErrorType tells whether s looks like a platform error type such as
// "Runtime.ExitError".
func isErrorType(s string) bool {
	_, name, ok := strings.Cut(s, ".")
	if !ok || name == "" || len(s) > 100 {
		return false
	}
	if !strings.HasPrefix(s, "Runtime.") && !strings.HasPrefix(s, "Extension.") && !strings.HasPrefix(s, "Sandbox.") {
		return false
	}
	for i := range len(name) {
		if c := name[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// word cuts the line's first word and what separates it from the rest.
func word(s, w string) (rest string, ok bool) {
	if !strings.HasPrefix(s, w) {
		return "", false
	}
	if len(s) == len(w) {
		return "", true
	}
	switch s[len(w)] {
	case ' ', '\t', '\n', '\r':
		return s[len(w)+1:], true
	}
	return "", false
}

// named is word for lines whose first field is always a name.
func named(s, w string) (rest string, ok bool) {
	rest, ok = word(s, w)
	rest = strings.TrimLeft(rest, " \t")
	return rest, ok && strings.HasPrefix(rest, "Name: ")
}

// token cuts s at its first space, tab or line end.
func token(s string) (first, rest string) {
	for i := range len(s) {
		if s[i] <= ' ' {
			rest = s[i+1:]
			for rest != "" && (rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r' || rest[0] == '\n') {
				rest = rest[1:]
			}
			return s[:i], rest
		}
	}
	return s, ""
}

// cutLine cuts s at its first line end; runtimes write either kind.
func cutLine(s string) (line, rest string) {
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		return s[:i], strings.TrimLeft(s[i:], "\r\n")
	}
	return s, ""
}

// fields reads "Name: value" pairs that tabs or line ends separate.
func (r *Record) fields(s string) {
	for s != "" {
		chunk := s
		if i := strings.IndexByte(s, '\t'); i >= 0 {
			chunk, s = s[:i], s[i+1:]
		} else {
			s = ""
		}
		for chunk != "" {
			line := chunk
			if i := strings.IndexByte(chunk, '\n'); i >= 0 {
				line, chunk = chunk[:i], chunk[i+1:]
			} else {
				chunk = ""
			}
			if line != "" {
				r.chunk(line)
			}
		}
	}
}

// chunk reads what stands between two tabs: one pair, or several when the
// tabs have become spaces on the way.
func (r *Record) chunk(s string) {
	i := strings.Index(s, ": ")
	if i < 0 {
		return
	}
	value := s[i+2:]
	if !strings.Contains(value, ": ") {
		r.field(trim(s[:i]), trim(value))
		return
	}
	for i >= 0 {
		name := trim(s[:i])
		value, s = token(strings.TrimLeft(s[i+2:], " "))
		if value != "" && value[0]-'0' <= 9 {
			if unit, rest := token(s); unit == "ms" || unit == "MB" {
				r.field(name, value)
				s = rest
				i = strings.Index(s, ": ")
				continue
			}
		}
		r.field(name, value)
		i = strings.Index(s, ": ")
	}
}

// trim cuts spaces and carriage returns off both ends.
func trim(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\r') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}

// field sets what the pair says. Names that are not known are ignored.
func (r *Record) field(name, value string) {
	switch name {
	case "Duration":
		r.Duration = textMillis(value)
	case "Billed Duration":
		r.Billed = textMillis(value)
	case "Memory Size":
		r.MemoryMB = megabytes(number(value, "MB"))
	case "Max Memory Used":
		r.MaxMemoryMB = megabytes(number(value, "MB"))
	case "Init Duration":
		r.Init = textMillis(value)
	case "Restore Duration":
		r.Restore = textMillis(value)
	case "Billed Restore Duration":
		r.BilledRestore = textMillis(value)
	case "Status":
		r.Status = value
	case "Error Type":
		r.ErrorType = value
	case "Phase":
		r.Phase = value
	case "Version":
		r.Version = value
	case "Runtime Version":
		r.RuntimeVersion = value
	case "Runtime Version ARN":
		r.RuntimeVersionARN = value
	case "XRAY TraceId":
		r.TraceID = value
	case "SegmentId":
		r.SegmentID = value
	case "Sampled":
		r.Sampled = value == "true"
	case "Name":
		r.Name = value
	case "State":
		r.State = value
	}
}

// number cuts the unit off a value; another unit than the one given leaves
// nothing.
func number(value, unit string) string {
	if s, ok := strings.CutSuffix(value, unit); ok {
		return trim(s)
	}
	if value != "" && value[len(value)-1]-'0' <= 9 {
		return value
	}
	return ""
}

func textMillis(value string) sources.Opt[time.Duration] { return millis(number(value, "ms")) }
