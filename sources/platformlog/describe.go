package platformlog

import (
	"strings"

	"fntop/sources/platformlog/jsonscan"
)

// Level is the severity of a log line, in the words of Lambda's log-level
// settings, which are those of most loggers.
type Level string

// The levels, from least to most severe. Lines that do not say have LevelNone.
const (
	LevelNone  Level = ""
	LevelTrace Level = "TRACE"
	LevelDebug Level = "DEBUG"
	LevelInfo  Level = "INFO"
	LevelWarn  Level = "WARN"
	LevelError Level = "ERROR"
	LevelFatal Level = "FATAL"
)

// Severity is the level as a number for comparing, 0 for LevelNone.
func (l Level) Severity() int {
	switch l {
	case LevelTrace:
		return 1
	case LevelDebug:
		return 2
	case LevelInfo:
		return 3
	case LevelWarn:
		return 4
	case LevelError:
		return 5
	case LevelFatal:
		return 6
	case LevelNone:
	}
	return 0
}

// Line is what one log event says of itself.
type Line struct {
	Kind  Kind
	Level Level // LevelNone when the line does not say
	// RequestID is empty when the line does not carry one, as most text lines
	// of Java, Go and Ruby functions do not.
	RequestID string
	TraceID   string // from JSON logs that carry it
	// Message is the text without the prefix the runtime has put before it, or
	// the message member of a JSON line. It is the whole line where there is
	// neither.
	Message string
	// JSON is whether the line is a JSON object.
	JSON bool
}

// Describe tells what a log event is, at which level it was written and which
// request it belongs to. It knows Lambda's JSON log format, the field names of
// Powertools and of the common loggers, and the prefixes that the Node.js,
// Python, Java and .NET runtimes put before text lines.
func Describe(message string) Line {
	r, ok := Parse(message)
	l := Line{Kind: r.Kind, RequestID: r.RequestID, TraceID: r.TraceID, Message: message}
	trimmed := strings.TrimLeft(message, " \t\r\n")
	l.JSON = strings.HasPrefix(trimmed, "{")
	switch {
	case ok && r.Kind.Platform():
		l.Level = platformLevel(&r)
		return l
	case l.JSON:
		l.describeJSON(trimmed)
	default:
		l.describeText(message)
	}
	if r.Kind == RuntimeError && l.Level == LevelNone {
		l.Level = LevelError
	}
	return l
}

// platformLevel is the level of a platform line (Lambda Developer Guide,
// "System log level event mapping"). Text lines have none there and get the
// same.
func platformLevel(r *Record) Level {
	switch r.Kind {
	case TimeoutLine, ExitLine:
		return LevelError
	case LogsDropped, Malformed:
		return LevelWarn
	case RuntimeDone, InitRuntimeDone, RestoreRuntimeDone:
		if r.Status == StatusSuccess {
			return LevelDebug
		}
	default:
	}
	if r.Status != "" && r.Status != StatusSuccess {
		return LevelWarn
	}
	return LevelInfo
}

// describeJSON reads the members that loggers use for level, request and text.
func (l *Line) describeJSON(s string) {
	p := jsonscan.Scanner{S: s, I: 1}
	text := ""
	var level, request, message uint8 = noRank, noRank, noRank
	for {
		name, ok := p.Key()
		if !ok {
			break
		}
		m, rank := memberOf(name)
		switch m {
		case memberLevel:
			v := levelOf(p.Scalar())
			if v != LevelNone && rank < level {
				l.Level, level = v, rank
			}
		case memberLog:
			if v := levelOf(nestedLevel(&p)); v != LevelNone && rank < level {
				l.Level, level = v, rank
			}
		case memberRequest:
			if v := p.Scalar(); v != "" && len(v) <= maxRequestID && rank < request {
				l.RequestID, request = v, rank
			}
		case memberTrace:
			if v := p.Scalar(); l.TraceID == "" {
				l.TraceID = traceRoot(v)
			}
		case memberText:
			if v := p.Scalar(); v != "" && rank < message {
				text, message = v, rank
			}
		default:
			p.Skip()
		}
	}
	if text != "" {
		l.Message = text
	}
}

// nestedLevel reads the level of Elastic's common schema: {"log":{"level":"…"}}.
func nestedLevel(p *jsonscan.Scanner) (level string) {
	if !p.Enter('{') {
		return ""
	}
	for {
		name, ok := p.Key()
		if !ok {
			return level
		}
		if name == "level" {
			level = p.Scalar()
		} else {
			p.Skip()
		}
	}
}

type member uint8

const (
	memberOther member = iota
	memberLevel
	memberLog // an object that has the level
	memberRequest
	memberTrace
	memberText
)

// noRank is above every rank of a member.
const noRank = 255

// memberOf tells what a logger means by a member's name: Lambda's own format,
// Powertools in its four languages, Python's, Java's and .NET's JSON
// formatters, winston, pino, bunyan, slog, zap, zerolog, logrus, structlog,
// Serilog and Elastic's common schema. Of several members that mean the same,
// the one of the least rank counts, and of these the first: a request ID that
// names Lambda's is that, where request_id may be any other service's.
func memberOf(name string) (m member, rank uint8) {
	switch name {
	case "level":
		return memberLevel, 0
	case "log_level", "logLevel", "LogLevel", "Level", "loglevel", "levelname", "severity", "lvl", "@l", "log.level":
		return memberLevel, 1
	case "log":
		return memberLog, 1
	case "function_request_id", "AWSRequestId", "awsRequestId", "aws_request_id", "AwsRequestId",
		"lambda_request_id", "FunctionRequestId", "faas.execution", "faas.invocation_id":
		return memberRequest, 0
	case "requestId":
		return memberRequest, 1
	case "request_id", "requestID", "RequestId":
		return memberRequest, 2
	case "xray_trace_id", "traceId", "trace_id", "XRayTraceId", "xrayTraceId":
		return memberTrace, 0
	case "message", "msg", "Message", "@m", "@mt":
		return memberText, 0
	case "event", "MessageTemplate", "RenderedMessage":
		return memberText, 1
	}
	return memberOther, 0
}

// traceRoot is an X-Ray trace ID, from a header value where need be; other
// kinds of IDs give nothing.
func traceRoot(v string) string {
	if root, ok := strings.CutPrefix(v, "Root="); ok {
		v, _, _ = strings.Cut(root, ";")
	}
	if len(v) == 35 && strings.HasPrefix(v, "1-") && v[10] == '-' {
		return v
	}
	return ""
}

// levelOf reads a level's word, in any case, or the number that pino and
// bunyan write. Go's slog writes levels between the named ones as "WARN+2".
func levelOf(s string) Level {
	if i := strings.IndexAny(s, "+-"); i > 0 && i+1 < len(s) && strings.Trim(s[i+1:], "0123456789") == "" {
		s = s[:i]
	}
	var buf [12]byte
	if s == "" || len(s) > len(buf) {
		return LevelNone
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		buf[i] = c
	}
	switch string(buf[:len(s)]) {
	case "TRACE", "TRCE", "VERBOSE", "FINEST", "FINER", "SILLY", "10":
		return LevelTrace
	case "DEBUG", "DBUG", "FINE", "HTTP", "20":
		return LevelDebug
	case "INFO", "INFORMATION", "NOTICE", "CONFIG", "30":
		return LevelInfo
	case "WARN", "WARNING", "40":
		return LevelWarn
	case "ERROR", "ERR", "FAIL", "SEVERE", "50":
		return LevelError
	case "FATAL", "CRITICAL", "CRIT", "PANIC", "DPANIC", "EMERGENCY", "ALERT", "60":
		return LevelFatal
	}
	return LevelNone
}

// describeText reads the prefixes of the runtimes:
//
//	2026-11-23T09:00:01.120Z <id> INFO text        Node.js, and .NET with "info"
//	[INFO] 2026-11-23T09:00:01.120Z <id> text      Python
//	2026-11-23 09:00:01 <id> INFO Class - text     Java (log4j2 with the usual pattern)
//	[ERROR] text, ERROR: text, ERROR text          by hand
//
// with tabs or spaces between the parts, and those of loggers:
//
//	09:00:01.120 [main] INFO  c.e.App - text       logback's default
//	[main] INFO com.example.App - text             SLF4J's simple logger
//	I, [2026-11-23T09:00:01.12 #8]  INFO -- : text Ruby's Logger
//	time=2026-11-23T09:00:01Z level=INFO msg=text  Go's slog
func (l *Line) describeText(s string) {
	first, rest := token(s)
	if inner, ok := strings.CutPrefix(first, "["); ok {
		inner = strings.TrimSuffix(inner, "]")
		if l.Level = levelOf(inner); l.Level == LevelNone {
			l.describeThread(s)
			return
		}
		if l.Kind == RuntimeError {
			return
		}
		l.Message = rest
		stamp, after := token(rest)
		if !isDateTime(stamp) {
			return
		}
		l.Message = after
		// During an init the request ID is empty: two tabs in a row.
		if parts := strings.SplitN(s, "\t", 4); len(parts) == 4 && parts[2] == "" {
			return
		}
		if id, text := token(after); isRequestID(id) {
			l.RequestID, l.Message = id, text
		}
		return
	}
	if isDateTime(s) {
		l.describeStamped(s, first, rest)
		return
	}
	if l.describeLogger(s, first) {
		return
	}
	if v := levelOf(strings.TrimSuffix(first, ":")); v != LevelNone && first[0] >= 'A' && first[0] <= 'Z' && isUpper(first) {
		l.Level, l.Message = v, rest
	}
}

// describeThread reads "[main] INFO com.example.App - text".
func (l *Line) describeThread(s string) {
	end := strings.IndexByte(s, ']')
	if end < 0 || end > 100 || end+2 > len(s) || s[end+1] != ' ' {
		return
	}
	word, text := token(trimLeft(s[end+1:]))
	if v := levelOf(word); v != LevelNone && isUpper(word) {
		l.Level, l.Message = v, text
	}
}

// describeLogger reads the lines of logback, Ruby's Logger and Go's slog.
func (l *Line) describeLogger(s, first string) bool {
	switch {
	case len(first) == len("09:00:01.120") && first[2] == ':' && first[5] == ':' && first[8] == '.':
		l.describeThread(trimLeft(s[len(first):]))
	case len(first) == 2 && first[1] == ',' && strings.HasPrefix(s[2:], " ["):
		if _, rest, ok := strings.Cut(s, "] "); ok {
			word, text := token(trimLeft(rest))
			if v := levelOf(word); v != LevelNone && strings.HasPrefix(text, "-- ") {
				l.Level, l.Message = v, text
				if _, after, ok := strings.Cut(text, ": "); ok {
					l.Message = after
				}
			}
		}
	case strings.HasPrefix(first, "time=") && strings.HasPrefix(s[len(first):], " level="):
		word, _ := token(s[len(first)+len(" level="):])
		l.Level = levelOf(word)
	}
	return l.Level != LevelNone
}

// describeStamped reads a line that begins with a time.
func (l *Line) describeStamped(s, first, rest string) {
	if len(first) == len("2006-01-02") { // date and time are two words
		_, rest = token(rest)
	}
	id, after := token(rest)
	switch {
	case isRequestID(id):
		l.RequestID, rest = id, after
	case id == "undefined": // Node.js outside of an invocation
		rest = after
	}
	word, text := token(rest)
	if v := levelOf(strings.Trim(word, "[]:")); v != LevelNone {
		l.Level, l.Message = v, text
	} else if l.RequestID != "" {
		l.Message = rest
	}
	if l.Message == "" {
		l.Message = s
	}
}

func isUpper(s string) bool {
	for i := range len(s) {
		if s[i] >= 'a' && s[i] <= 'z' {
			return false
		}
	}
	return true
}

// isRequestID tells whether s has the form of a Lambda request ID, a UUID.
func isRequestID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if d := c | 0x20; c-'0' > 9 && (d < 'a' || d > 'f') {
				return false
			}
		}
	}
	return true
}
