// Package logtext reads what log events say, for a view of log lines: level
// and message without what most runtimes write before them, JSON, and stack
// traces. It is pure, and never changes an event: what is copied is taken from
// the events themselves.
package logtext

import (
	"strings"

	"fntop/sources"
	"fntop/ui/widget/logview"
)

// largeJSON is the size from which a line is shown as it is instead of being
// read as JSON.
const largeJSON = 64 << 10

// Entry makes what a log view shows of events that belong together: one, or
// the lines of a stack trace ([Groups]). Request is the request ID that needs
// not be shown, or empty. Key and Time are left to the caller.
func Entry(events []sources.LogEvent, request string) logview.Entry {
	message := Raw(events)
	e := logview.Entry{Text: message}
	switch {
	case platformText(message):
		e.Quiet = true
	case jsonLike(message):
		ReadJSON(&e, message)
	default:
		e.Text, e.Level = fromText(message, request)
		Fold(&e)
	}
	return e
}

// Raw is the text of events as the cloud sent it, each from the beginning of
// a line and without line ends behind it.
func Raw(events []sources.LogEvent) string {
	if len(events) == 1 {
		return strings.TrimRight(events[0].Message, "\r\n")
	}
	var b strings.Builder
	for i := range events {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.TrimRight(events[i].Message, "\r\n"))
	}
	return b.String()
}

// Group is events that belong together: from, up to and without to.
type Group struct{ From, To int }

// mostGrouped bounds how many events one stack trace is made of.
const mostGrouped = 1000

// Groups divides events of one stream into those that are shown as one: the
// lines of a stack trace are, when each is an event of its own.
func Groups(events []sources.LogEvent) []Group {
	groups := make([]Group, 0, len(events))
	var trace Trace
	for i := range events {
		message := events[i].Message
		if len(message) > largeJSON || platformText(message) || strings.HasPrefix(message, "{") {
			trace = Trace{}
			groups = append(groups, Group{i, i + 1})
			continue
		}
		goes := false
		for n, l := range lines(message) {
			if next := trace.Next(l); n == 0 {
				goes = next
			}
		}
		if last := len(groups) - 1; goes && last >= 0 && i-groups[last].From < mostGrouped {
			groups[last].To = i + 1
			continue
		}
		groups = append(groups, Group{i, i + 1})
	}
	return groups
}

// lines divides text at its line ends. Carriage returns divide too: Lambda's
// runtimes use them to keep a stack trace in one event.
func lines(text string) []string {
	text = strings.TrimRight(text, "\r\n")
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	return strings.Split(text, "\n")
}

// Fold makes an entry of text be shown as one line when it holds a stack
// trace, and open to JSON when it ends in some.
func Fold(e *logview.Entry) {
	if !foldTrace(e) {
		foldTail(e)
	}
}

// foldTrace shows a text that holds a stack trace as its first line, and tells
// whether it does.
func foldTrace(e *logview.Entry) bool {
	if len(e.Text) > largeJSON || !strings.ContainsAny(e.Text, "\r\n") {
		return false
	}
	all := lines(e.Text)
	var trace Trace
	found := false
	for i, l := range all {
		if trace.Next(l) && i > 0 {
			found = true
		}
	}
	if !found {
		return false
	}
	whole := strings.Join(all, "\n")
	e.Full = func() string { return whole }
	e.Text, e.Hidden = all[0], len(all)-1
	if last := all[len(all)-1]; strings.HasPrefix(e.Text, "Traceback (") && !strings.HasPrefix(last, " ") {
		e.Text = "Traceback: " + last // the exception, which says more
	}
	if e.Level == logview.NoLevel {
		e.Level = logview.Error
	}
	return true
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
	case "TRACE":
		return logview.Trace, true
	case "DEBUG":
		return logview.Debug, true
	case "INFO":
		return logview.Info, true
	case "WARN", "WARNING":
		return logview.Warn, true
	case "ERROR":
		return logview.Error, true
	case "FATAL", "CRITICAL":
		return logview.Fatal, true
	}
	return logview.NoLevel, false
}

// stampLike tells whether a field is a time as RFC 3339 writes it.
func stampLike(s string) bool {
	return len(s) >= len("2006-01-02T15:04:05Z") && len(s) <= 35 && s[4] == '-' && s[7] == '-' && s[10] == 'T'
}
