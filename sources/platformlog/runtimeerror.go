package platformlog

import (
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/platformlog/jsonscan"
)

// parseRuntimeError reads the line a language runtime writes when the handler
// has failed. In the text format it is the only sign of a handler error, so
// each shape is matched exactly: an application that logs an error it has
// dealt with does not make its invocation a failed one.
func parseRuntimeError(s string, r *Record) {
	var kind, id string
	found := false
	switch s[0] {
	case '[':
		kind, found = pythonError(s)
	case '2':
		if len(s) > 20 && s[4] == '/' {
			kind, found = goError(s[20:])
		} else {
			kind, id, found = prefixedError(s)
		}
	case 'E':
		kind, found = rubyError(s)
	case '{':
		if !strings.Contains(s, `"errorType"`) {
			return
		}
		if kind, found = goError(s); !found {
			if kind, id, found = jsonError(s, r); found {
				r.Format = sources.LogJSON
			}
		}
	}
	if !found {
		if i := strings.IndexByte(s, '\n'); i > 0 && i+1 < len(s) {
			kind, found = javaError(s[:i], s[i+1:])
		}
	}
	if !found {
		return
	}
	r.Kind, r.ErrorType = RuntimeError, kind
	if len(id) <= maxRequestID {
		r.RequestID = id
	}
	if r.Format == "" {
		r.Format = sources.LogText
	}
}

// pythonError reads "[ERROR] ValueError: text" with "Traceback (most recent
// call last):" on a line after it: the runtime writes that even where there is
// no stack. Logging calls of the function's own code write a tab after
// "[ERROR]", then a time; a line printed by hand has no traceback. Errors that
// only the runtime can have are known by their names. (awslambdaric,
// bootstrap.py, log_error and make_error)
func pythonError(s string) (kind string, ok bool) {
	rest, ok := strings.CutPrefix(s, "[ERROR] ")
	if !ok {
		return "", false
	}
	first, second := cutLine(rest)
	kind, _, _ = strings.Cut(first, ":")
	kind = trim(kind)
	if !isClassName(kind) {
		return "", false
	}
	return kind, hasLine(second, "Traceback (most recent call last)") || isErrorType(kind)
}

// hasLine tells whether a line of s begins with start; runtimes write either
// kind of line end.
func hasLine(s, start string) bool {
	for {
		i := strings.Index(s, start)
		if i < 0 {
			return false
		}
		if i == 0 || s[i-1] == '\n' || s[i-1] == '\r' {
			return true
		}
		s = s[i+len(start):]
	}
}

// isClassName tells whether s is a class name, with or without packages.
func isClassName(s string) bool {
	if s == "" || len(s) > 200 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		switch {
		case letter:
		case i > 0 && (c-'0' <= 9 || c == '.' || c == '$' || c == '+' || c == '`'):
		case c >= 0x80:
		default:
			return false
		}
	}
	return true
}

// prefixedError reads lines of the Node.js and .NET runtimes: a time, a
// request ID, a level and the error, with tabs between. Tabs may have become
// spaces on the way here.
func prefixedError(s string) (kind, id string, ok bool) {
	if len(s) < 24 || s[10] != 'T' || !isDateTime(s) {
		return "", "", false
	}
	_, rest := token(s)
	id, rest = token(rest)
	level, rest := token(rest)
	switch level {
	case "ERROR":
		kind, ok = nodeError(rest)
	case "fail":
		kind, ok = dotnetError(rest)
	}
	if id == "undefined" {
		id = ""
	}
	return kind, id, ok
}

// nodeError reads `Invoke Error <tab>{"errorType":"TypeError",…}` and the
// lines about errors nobody caught. (aws-lambda-nodejs-runtime-interface-client,
// LogPatch.js and Errors.js)
func nodeError(s string) (kind string, ok bool) {
	brace := strings.IndexByte(s, '{')
	if brace < 0 {
		return "", false
	}
	title := strings.TrimRight(s[:brace], " \t")
	if strings.HasPrefix(title, "[dd.trace_id=") { // tracers put their IDs before the text
		if i := strings.Index(title, "] "); i >= 0 {
			title = title[i+2:]
		}
	}
	switch title {
	case "Invoke Error", "Uncaught Exception", "Unhandled Promise Rejection", "Init Error":
	default:
		return "", false
	}
	p := jsonscan.Scanner{S: s, I: brace + 1}
	for {
		name, ok := p.Key()
		if !ok {
			return kind, true
		}
		if name == "errorType" {
			kind = p.Scalar()
		} else {
			p.Skip()
		}
	}
}

// dotnetError reads "System.Exception: text" with its stack after it. The error
// type is the name without the namespace, as in the runtime's own reports.
// (Amazon.Lambda.RuntimeSupport, LambdaBootstrap.cs)
func dotnetError(s string) (kind string, ok bool) {
	first, rest := cutLine(s)
	kind, _, ok = strings.Cut(first, ": ")
	if !ok {
		kind = first
	}
	if !isClassName(kind) || strings.IndexByte(kind, '.') < 0 {
		return "", false
	}
	for rest != "" {
		var line string
		line, rest = cutLine(rest)
		if strings.HasPrefix(line, "   at ") {
			return kind[strings.LastIndexByte(kind, '.')+1:], true
		}
	}
	return "", false
}

// rubyError reads "Error raised from handler method" and, where it is in the
// same event, the JSON after it. (aws-lambda-ruby-runtime-interface-client,
// lambda_logger.rb)
func rubyError(s string) (kind string, ok bool) {
	rest, ok := strings.CutPrefix(s, "Error raised from handler method")
	if !ok {
		return "", false
	}
	rest = strings.TrimLeft(rest, " \r\n")
	if !strings.HasPrefix(rest, "{") {
		return "", rest == ""
	}
	p := jsonscan.Scanner{S: rest, I: 1}
	for {
		name, ok := p.Key()
		if !ok {
			return kind, true
		}
		if name == "errorType" {
			kind = p.Scalar()
		} else {
			p.Skip()
		}
	}
}

// goError reads {"errorMessage":"…","errorType":"…"} with at most a stack
// beside it, which the Go library prints after the log package's time.
// (aws-lambda-go, invoke_loop.go)
func goError(s string) (kind string, ok bool) {
	if !strings.HasPrefix(s, `{"errorMessage":`) {
		return "", false
	}
	p := jsonscan.Scanner{S: s, I: 1}
	for {
		name, ok := p.Key()
		if !ok {
			return kind, !p.Bad && kind != ""
		}
		switch name {
		case "errorType":
			kind = p.Scalar()
		case "errorMessage", "stackTrace":
			p.Skip()
		default:
			return "", false
		}
	}
}

// javaError reads "text: com.example.SomeException" with the exception's own
// print-out on the next line. (aws-lambda-java-runtime-interface-client,
// UserFault.reportableError)
func javaError(first, second string) (kind string, ok bool) {
	end := strings.IndexAny(second, ": \t\r\n")
	if end < 0 {
		end = len(second)
	}
	kind = second[:end]
	if strings.IndexByte(kind, '.') <= 0 || !isClassName(kind) {
		return "", false
	}
	if end < len(second) && (second[end] == ' ' || second[end] == '\t') {
		return "", false
	}
	text, ok := strings.CutSuffix(trim(first), kind)
	return kind, ok && strings.HasSuffix(text, ": ")
}

// jsonError reads the runtimes' records in JSON format: Python writes
// errorType, errorMessage, requestId and stackTrace, and no message or logger
// as its logging calls do; Node.js writes the error object as the message.
// Node code that logs an error object of its own looks just like the latter:
// the report's status tells them apart. The line's time goes into r.
func jsonError(s string, r *Record) (kind, id string, ok bool) {
	p := jsonscan.Scanner{S: s}
	if !p.Enter('{') {
		return "", "", false
	}
	var level string
	described, logged := false, false
	var at time.Time
	for {
		name, more := p.Key()
		if !more {
			break
		}
		switch name {
		case "timestamp":
			at, _ = timestamp(p.Scalar())
		case "level", "log_level":
			level = p.Scalar()
		case "requestId":
			id = p.Scalar()
		case "errorType":
			kind = p.Scalar()
		case "errorMessage":
			described = true
			p.Skip()
		case "message":
			if p.Next() == '{' {
				kind, described = nestedError(&p)
			} else {
				logged = true
				p.Skip()
			}
		case "logger":
			logged = true
			p.Skip()
		default:
			p.Skip()
		}
	}
	if level != "ERROR" || kind == "" || !described || logged || p.Bad {
		return "", "", false
	}
	r.Time = at
	return kind, id, true
}

// nestedError reads an error object that is the message.
func nestedError(p *jsonscan.Scanner) (kind string, described bool) {
	p.I++
	for {
		name, ok := p.Key()
		if !ok {
			return kind, described
		}
		switch name {
		case "errorType":
			kind = p.Scalar()
		case "errorMessage":
			described = true
			p.Skip()
		default:
			p.Skip()
		}
	}
}
