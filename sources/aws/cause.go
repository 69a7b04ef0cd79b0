package aws

import (
	"encoding/json"
	"strings"

	"fntop/sources"
)

// causePart is the cause of a failed segment: exceptions, or the ID of one
// that another segment of the trace carries.
type causePart struct {
	Exceptions json.RawMessage `json:"exceptions"`
}

type exceptionPart struct {
	ID      text            `json:"id"`
	Type    text            `json:"type"`
	Message text            `json:"message"`
	Remote  flag            `json:"remote"`
	Stack   json.RawMessage `json:"stack"`
}

type framePart struct {
	Path  text   `json:"path"`
	Line  number `json:"line"`
	Label text   `json:"label"`
}

// exceptions are those of a cause in their order, each with its ID, and the
// ID the cause refers to when it is one.
func exceptions(raw json.RawMessage) (list []*sources.Exception, ids []string, reference string) {
	if s, ok := scalar(raw); ok {
		return nil, nil, s
	}
	found, _ := part[causePart](raw)
	for _, element := range elements(found.Exceptions) {
		e, ok := part[exceptionPart](element)
		if !ok {
			continue
		}
		list = append(list, &sources.Exception{
			Type:    string(e.Type),
			Message: string(e.Message),
			Remote:  bool(e.Remote),
			Stack:   frames(e.Stack),
		})
		ids = append(ids, string(e.ID))
	}
	return list, ids, ""
}

// frames are the lines of a stack as the document orders them, which is from
// the inside out: "label (path:line)".
func frames(raw json.RawMessage) []string {
	var lines []string
	for _, element := range elements(raw) {
		if len(lines) == maxFrames {
			break
		}
		f, ok := part[framePart](element)
		if !ok {
			continue
		}
		place := string(f.Path)
		if f.Line != "" && f.Line != "0" {
			place += ":" + string(f.Line)
		}
		line := strings.TrimSpace(string(f.Label))
		switch {
		case line == "":
			line = place
		case place != "":
			line += " (" + place + ")"
		}
		lines = append(lines, line)
	}
	return lines
}
