package logfile

import (
	"strings"

	"fntop/sources/platformlog"
)

// goesOn tells whether a raw line belongs to the event before it: the further
// lines of a stack trace or of pretty-printed JSON, and the trace line of a
// report.
func (p *pending) goesOn(line string) bool {
	if p.goPanic(line) {
		return true
	}
	switch line[0] {
	case ' ', '\t', '}', ']', 0xc2: // 0xc2 begins a no-break space
		if line[0] == 0xc2 && !strings.HasPrefix(line, "\u00a0") {
			return false
		}
		return !p.isPlatform() && !isPlatform(line)
	case 'X':
		return strings.HasPrefix(line, "XRAY TraceId: ") && strings.HasPrefix(p.first, "REPORT RequestId: ")
	case 'R':
		if strings.HasPrefix(line, "Runtime.") && strings.HasPrefix(p.first, "RequestId: ") && !p.many {
			return !strings.Contains(line, " ")
		}
	case 'T':
		if strings.HasPrefix(line, tracebackLine) || strings.HasPrefix(line, "The above exception was ") {
			return !p.isPlatform()
		}
	case 'C', 'D':
		if strings.HasPrefix(line, "Caused by: ") || strings.HasPrefix(line, "During handling of the above exception") {
			return p.many
		}
	case '{':
		if p.first == "Error raised from handler method" { // Ruby
			return !p.many
		}
	}
	return p.exceptionOf(line)
}

func (p *pending) isPlatform() bool {
	if !p.known {
		r, ok := platformlog.Parse(p.first)
		p.platform, p.known = ok && r.Kind.Platform(), true
	}
	return p.platform
}

// exceptionOf tells whether the line is the exception's own print-out: the
// second line that the Java runtime writes, or the last one of a Python trace.
func (p *pending) exceptionOf(line string) bool {
	if !p.many {
		i := strings.LastIndexByte(p.first, ' ')
		if i < 1 || p.first[i-1] != ':' || strings.IndexByte(p.first[i:], '.') < 0 {
			return false
		}
		rest, ok := strings.CutPrefix(line, p.first[i+1:])
		return ok && (rest == "" || rest[0] == ':')
	}
	if !p.inTrace || !strings.HasPrefix(p.last, "  ") && !strings.HasPrefix(p.last, "\u00a0") {
		return false
	}
	if p.traces == 1 && strings.HasPrefix(p.first, "[ERROR] ") { // the runtime names the exception first
		return false
	}
	name, rest, _ := strings.Cut(line, ":")
	return isClass(name) && (rest == "" || rest[0] == ' ')
}

const tracebackLine = "Traceback (most recent call last)"

// note takes in the beginning and the end of a Python traceback, which ends
// with the first line that is not indented.
func (p *pending) note(line string) {
	switch {
	case strings.HasPrefix(line, tracebackLine):
		p.traces++
		p.inTrace = true
	case p.inTrace && line != "" && line[0] != ' ' && line[0] != 0xc2:
		p.inTrace = false
	}
}

// goPanic tells whether the line goes on with a Go program's last words.
func (p *pending) goPanic(line string) bool {
	if !strings.HasPrefix(p.first, "panic: ") && !strings.HasPrefix(p.first, "fatal error: ") {
		return false
	}
	for _, start := range [...]string{"goroutine ", "panic: ", "[signal ", "[recovered", "created by ", "exit status ", "runtime stack:"} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	call, _, ok := strings.Cut(line, "(")
	return ok && p.many && strings.IndexByte(call, '.') > 0 && strings.IndexByte(call, ' ') < 0 && strings.HasSuffix(line, ")")
}

// isClass tells whether a word is the name of a Python class, with or without
// its modules.
func isClass(name string) bool {
	if name == "" || name[0]-'0' <= 9 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if c != '.' && c != '_' && c-'0' > 9 && (c|0x20)-'a' > 'z'-'a' && c < 0x80 {
			return false
		}
	}
	return true
}
