package invocation

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/widget/logview"
)

// largeJSON is the size from which a line is shown as it is instead of being
// read as JSON.
const largeJSON = 64 << 10

// entry makes what the log view shows of one event. Time, level and request
// ID, which most runtimes write before each message, are taken off where they
// say what is shown anyway.
func entry(ev *sources.LogEvent, i int, request string, zone *time.Location) logview.Entry {
	e := logview.Entry{Key: ev.ID, Time: format.Clock(ev.Time.In(zone)), Text: ev.Message}
	if ev.ID == "" {
		e.Key = "#" + strconv.Itoa(i)
	}
	if ev.Time.IsZero() {
		e.Time = strings.Repeat(" ", len("15:04:05.000"))
	}
	message := strings.TrimRight(ev.Message, "\r\n")
	switch {
	case platformText(message):
		e.Quiet = true
	case strings.HasPrefix(message, "{"):
		ReadJSON(&e, message)
	default:
		e.Text, e.Level = fromText(message, request)
	}
	return e
}

// platformText tells whether a line is one that the platform writes in the
// text format (facts: Lambda developer guide, "Working with logs").
func platformText(s string) bool {
	for _, prefix := range []string{
		"START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "INIT_START ", "INIT_REPORT ",
		"RESTORE_START ", "RESTORE_REPORT ", "XRAY TraceId: ", "EXTENSION\t", "TELEMETRY\t",
	} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// fromText takes what a runtime writes before a message off: fields divided
// by tabs in any order, of which each is a time, a level or the request ID.
func fromText(s, request string) (string, logview.Level) {
	level := logview.NoLevel
	rest := s
	for range 4 {
		field, after, ok := strings.Cut(rest, "\t")
		if !ok || len(field) > 64 {
			break
		}
		bare := strings.Trim(field, "[]")
		l, isLevel := levelOf(bare)
		switch {
		case isLevel:
			level = l
		case field == request && request != "":
		case stampLike(bare):
		default:
			ok = false
		}
		if !ok {
			break
		}
		rest = after
	}
	if level == logview.NoLevel {
		level = guess(rest)
		if word, after, ok := strings.Cut(rest, "] "); ok && strings.HasPrefix(word, "[") {
			if _, isLevel := levelOf(word[1:]); isLevel {
				rest = after
			}
		}
	}
	return rest, level
}

// guess reads the level off the beginning of a message, "[ERROR] …" or
// "ERROR …", and knows the lines that mean an error whatever they say.
func guess(s string) logview.Level {
	head, _, _ := strings.Cut(s[:min(len(s), 24)], " ")
	if l, ok := levelOf(strings.Trim(head, "[]:")); ok {
		return l
	}
	if strings.HasPrefix(s, "Traceback (most recent call last)") || strings.Contains(s[:min(len(s), 160)], "Task timed out after") {
		return logview.Error
	}
	return logview.NoLevel
}

// levelOf reads the name of a level.
func levelOf(s string) (logview.Level, bool) {
	switch strings.ToUpper(s) {
	case "TRACE", "DEBUG":
		return logview.Debug, true
	case "INFO":
		return logview.Info, true
	case "WARN", "WARNING":
		return logview.Warn, true
	case "ERROR", "FATAL", "CRITICAL":
		return logview.Error, true
	}
	return logview.NoLevel, false
}

// stampLike tells whether a field is a time as RFC 3339 writes it.
func stampLike(s string) bool {
	return len(s) >= len("2006-01-02T15:04:05Z") && len(s) <= 35 && s[4] == '-' && s[7] == '-' && s[10] == 'T'
}

// ReadJSON makes an entry of a line that is a JSON object: its message, and
// the rest of it behind; all of it, indented, when the entry is open. An entry
// of any other line stays as it is.
func ReadJSON(e *logview.Entry, message string) {
	var fields map[string]json.RawMessage
	if len(message) > largeJSON || json.Unmarshal([]byte(message), &fields) != nil {
		return
	}
	e.Full = func() string { return indent(message) }
	kind := text(fields["type"])
	if strings.HasPrefix(kind, "platform.") {
		e.Quiet = true
		return
	}
	if l, ok := levelOf(text(fields["level"])); ok {
		e.Level = l
	}
	said := text(fields["message"])
	if said == "" {
		said = text(fields["msg"])
	}
	if said == "" {
		if said = text(fields["errorMessage"]); said != "" && e.Level == logview.NoLevel {
			e.Level = logview.Error
		}
	}
	if said == "" {
		return
	}
	e.Text = firstLine(said)
	if rest := others(message, fields); rest != "" {
		e.Text += "  " + rest
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimLeft(s, "\r\n"), "\n")
	return s
}

// others writes the fields that a runtime does not add by itself, in the
// order of the line.
func others(message string, fields map[string]json.RawMessage) string {
	var b strings.Builder
	dec := json.NewDecoder(strings.NewReader(message))
	if _, err := dec.Token(); err != nil {
		return ""
	}
	for dec.More() && b.Len() < 2048 {
		name, err := dec.Token()
		if err != nil {
			return b.String()
		}
		var skip json.RawMessage
		if dec.Decode(&skip) != nil {
			return b.String()
		}
		key, _ := name.(string)
		switch key {
		case "timestamp", "time", "level", "message", "msg", "requestId", "AWSRequestId", "errorMessage", "stackTrace":
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(key)
		b.WriteByte('=')
		b.Write(fields[key])
	}
	return b.String()
}

// text is the text of a JSON string; empty for anything else.
func text(raw json.RawMessage) string {
	var s string
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// indent writes JSON over several lines. Line ends within its strings become
// line ends, so that a stack trace can be read.
func indent(message string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(message), "", "  ") != nil {
		return message
	}
	s := b.String()
	if !strings.Contains(s, `\n`) {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.Contains(l, `\n`) {
			pad := strings.Repeat(" ", len(l)-len(strings.TrimLeft(l, " "))+2)
			lines[i] = strings.ReplaceAll(l, `\n`, "\n"+pad)
		}
	}
	return strings.Join(lines, "\n")
}
