package aws

import (
	"slices"

	"fntop/sources"
	"fntop/sources/platformlog"
)

// ownEvents are the events that are not of another function: several may
// write to one log group. It reuses the events' memory.
func ownEvents(events []sources.LogEvent, function string) []sources.LogEvent {
	return slices.DeleteFunc(events, func(e sources.LogEvent) bool {
		name := platformlog.StreamFunction(e.Stream)
		return name != "" && function != "" && name != function
	})
}
