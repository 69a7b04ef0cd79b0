package aws

import (
	"slices"
	"strings"

	"fntop/sources"
)

// StreamFunction is the function that a log stream's name tells, empty when
// it tells none. Streams of a function's own group are named
// "YYYY/MM/DD/[version]environment", those of a group that several functions
// may share "YYYY/MM/DD/function[version]…" (Lambda Developer Guide,
// "Configuring CloudWatch log groups").
func StreamFunction(stream string) string {
	rest := stream
	for range 3 {
		_, after, ok := strings.Cut(rest, "/")
		if !ok {
			return ""
		}
		rest = after
	}
	name, _, ok := strings.Cut(rest, "[")
	if !ok {
		return ""
	}
	return name
}

// ownEvents are the events that are not of another function: several may
// write to one log group. It reuses the events' memory.
func ownEvents(events []sources.LogEvent, function string) []sources.LogEvent {
	return slices.DeleteFunc(events, func(e sources.LogEvent) bool {
		name := StreamFunction(e.Stream)
		return name != "" && function != "" && name != function
	})
}
