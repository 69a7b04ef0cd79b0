package logtext

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"fntop/ui/widget/logview"
)

// jsonLike tells whether a text may be a JSON object or array.
func jsonLike(s string) bool {
	return strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") && json.Valid([]byte(s))
}

// ReadJSON makes an entry of a line that is JSON: its message, and the rest of
// it behind. The entry opens to its fields, indented, and then to all that is
// nested in them. An entry of any other line stays as it is.
func ReadJSON(e *logview.Entry, message string) {
	if len(message) > largeJSON || !json.Valid([]byte(message)) {
		return
	}
	open(e, "", message)
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(message), &fields) != nil {
		return // an array
	}
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
	if rest := others(message); rest != "" {
		e.Text += "  " + rest
	}
}

// open makes an entry open to JSON, below a line before it when that is not
// empty: its fields first, and what is nested in them next.
func open(e *logview.Entry, before, message string) {
	if before != "" {
		before += "\n"
	}
	e.Full = func() string { return before + indent(message) }
	if nested(message) {
		e.Deep = e.Full
		e.Full = func() string { return before + outline(message) }
	}
}

// foldTail makes a line that ends in JSON, such as Node's "Invoke Error" with
// the error behind it, open to it indented.
func foldTail(e *logview.Entry) {
	at := strings.IndexByte(e.Text, '{')
	if at <= 0 || len(e.Text) > largeJSON || !strings.HasSuffix(e.Text, "}") || !json.Valid([]byte(e.Text[at:])) {
		return
	}
	before := strings.TrimRight(e.Text[:at], " \t")
	open(e, before, e.Text[at:])
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimLeft(s, "\r\n"), "\n")
	return s
}

// others writes the fields that a runtime does not add by itself, in the
// order of the line.
func others(message string) string {
	var b strings.Builder
	members(message, func(name string, value json.RawMessage) bool {
		switch name {
		case "timestamp", "time", "level", "message", "msg", "requestId", "AWSRequestId", "errorMessage", "stackTrace":
			return true
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(name)
		b.WriteByte('=')
		b.Write(value)
		return b.Len() < 2048
	})
	return b.String()
}

// members walks through the fields of an object, or the items of an array
// with an empty name, in their order.
func members(message string, visit func(name string, value json.RawMessage) bool) {
	dec := json.NewDecoder(strings.NewReader(message))
	first, err := dec.Token()
	if err != nil {
		return
	}
	for dec.More() {
		name := ""
		if first == json.Delim('{') {
			token, err := dec.Token()
			if err != nil {
				return
			}
			name, _ = token.(string)
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil || !visit(name, value) {
			return
		}
	}
}

// inline is how long a nested value may be to be shown within its line.
const inline = 60

// container tells that a value has others in it and is too long for a line.
func container(value json.RawMessage) bool {
	return len(value) > inline && (value[0] == '{' || value[0] == '[')
}

// nested tells whether there is anything below the fields that a first look
// need not show.
func nested(message string) bool {
	found := false
	members(message, func(_ string, value json.RawMessage) bool {
		found = container(value)
		return !found
	})
	return found
}

// outline writes the fields of an object, or the items of an array, each on a
// line; of long nested values it tells how much is in them.
func outline(message string) string {
	var b strings.Builder
	array := message[0] == '['
	b.WriteString(message[:1])
	n := 0
	members(message, func(name string, value json.RawMessage) bool {
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  ")
		if !array {
			quoted, err := json.Marshal(name)
			if err != nil {
				quoted = []byte("null")
			}
			b.Write(quoted)
			b.WriteString(": ")
		}
		if container(value) {
			b.WriteString(contents(value))
		} else {
			b.WriteString(breakLines(string(value), "    "))
		}
		n++
		return true
	})
	b.WriteByte('\n')
	b.WriteByte(message[0] + 2) // '{' and '}', '[' and ']' are two apart
	return b.String()
}

// contents tells how much is in an object or an array.
func contents(value json.RawMessage) string {
	n := 0
	members(string(value), func(string, json.RawMessage) bool { n++; return true })
	what, ends := "field", "{}"
	if value[0] == '[' {
		what, ends = "item", "[]"
	}
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%c%d %s%c", ends[0], n, what, ends[1])
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
	all := strings.Split(s, "\n")
	for i, l := range all {
		pad := strings.Repeat(" ", len(l)-len(strings.TrimLeft(l, " "))+2)
		all[i] = breakLines(l, pad)
	}
	return strings.Join(all, "\n")
}

// breakLines makes the line ends that a JSON string tells of line ends. A
// backslash that is told of itself is none.
func breakLines(l, pad string) string {
	if !strings.Contains(l, `\n`) {
		return l
	}
	var b strings.Builder
	for i := 0; i < len(l); i++ {
		if l[i] != '\\' || i+1 == len(l) {
			b.WriteByte(l[i])
			continue
		}
		i++
		if l[i] == 'n' {
			b.WriteString("\n" + pad)
			continue
		}
		b.WriteByte('\\')
		b.WriteByte(l[i])
	}
	return b.String()
}
