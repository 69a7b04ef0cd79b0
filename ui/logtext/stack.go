package logtext

import "strings"

// Trace follows lines of a log and tells which of them go on with a stack
// trace. Runtimes write one as a single event, as several lines of one, or as
// an event for each line. Its zero value has seen nothing.
//
// It knows the traces of Python, Java, Node.js, .NET, Go and Ruby as the
// languages' own runtimes print them.
type Trace struct {
	in       language
	between  bool // Python: behind an exception, before what it came from
	previous string
}

// language is whose stack trace the lines before began.
type language int

const (
	none language = iota
	pythonTrace
	goTrace
	other // Java, Node.js, .NET, Ruby: each line tells by itself
)

// Next takes the next line and tells whether it goes on with what the lines
// before it began.
func (t *Trace) Next(l string) bool {
	l = strings.TrimRight(l, " \r\n")
	goes := t.goes(l)
	t.previous = l
	return goes
}

func (t *Trace) goes(l string) bool {
	switch {
	case l == "Traceback (most recent call last):":
		goes := t.between || levelBefore(t.previous)
		t.in, t.between = pythonTrace, false
		return goes
	case strings.HasPrefix(l, "goroutine ") && strings.HasSuffix(l, "]:"):
		goes := t.in == goTrace
		t.in = goTrace
		return goes
	case strings.HasPrefix(l, "panic: "), strings.HasPrefix(l, "fatal error: "):
		goes := t.in == goTrace && t.previous != "" && !strings.HasPrefix(l, "fatal")
		t.in = goTrace
		return goes
	}
	switch t.in {
	case pythonTrace:
		return t.python(l)
	case goTrace:
		if goFrame(l) {
			return true
		}
	case none, other:
	}
	if frame(l) && t.previous != "" {
		t.in = other
		return true
	}
	if rubyFrame(l) { // the first has the message behind it
		goes := t.in == other
		t.in = other
		return goes
	}
	// What Node.js prints of an error's own fields stands behind its frames.
	if t.in == other && (strings.HasPrefix(l, "  ") || l == "}") {
		return true
	}
	t.in = none
	return false
}

// levelBefore tells that a line tells of an error that a trace may follow.
func levelBefore(l string) bool {
	return strings.HasPrefix(l, "[ERROR]") || strings.Contains(l, "\tERROR\t")
}

// python goes on behind "Traceback": indented lines, then the exception, and
// then perhaps another trace.
func (t *Trace) python(l string) bool {
	switch {
	case strings.HasPrefix(l, " "), strings.HasPrefix(l, "\t"):
		if t.between {
			t.in, t.between = none, false
			return false
		}
		return true
	case !t.between && l != "":
		t.between = true // the exception
		return true
	case l == "",
		strings.HasPrefix(l, "During handling of the above exception, another exception occurred:"),
		strings.HasPrefix(l, "The above exception was the direct cause of the following exception:"):
		return true
	}
	t.in, t.between = none, false
	return false
}

// goFrame tells the lines behind "panic:" and "goroutine 1 [running]:".
func goFrame(l string) bool {
	switch {
	case l == "", strings.HasPrefix(l, "\t"), strings.HasPrefix(l, "created by "), strings.HasPrefix(l, "[signal "),
		strings.HasPrefix(l, "exit status "):
		return true
	}
	name, _, ok := strings.Cut(l, "(")
	return ok && strings.HasSuffix(l, ")") && strings.Contains(name, ".") && !strings.ContainsAny(name, " \t")
}

// frame tells a line that can only be part of a stack trace: Java, Node.js
// and .NET write "at …", Ruby "from …".
func frame(l string) bool {
	bare := strings.TrimLeft(l, " \t")
	indented := len(bare) < len(l)
	switch {
	case indented && strings.HasPrefix(bare, "at "),
		indented && strings.HasPrefix(bare, "from ") && strings.Contains(bare, ":in "),
		indented && strings.HasPrefix(bare, "... ") && strings.HasSuffix(bare, " more"),
		indented && strings.HasPrefix(bare, "Suppressed: "),
		indented && strings.HasPrefix(bare, "---> "),
		strings.HasPrefix(bare, "Caused by: "),
		strings.HasPrefix(bare, "--- End of "):
		return true
	}
	return false
}

// rubyFrame tells "file.rb:12:in …".
func rubyFrame(l string) bool {
	name, _, ok := strings.Cut(strings.TrimLeft(l, " \t"), ":in ")
	return ok && strings.Contains(name, ".rb:") && !strings.ContainsAny(name, " \t")
}
