package aws

import (
	"fntop/sources"
	"fntop/sources/platformlog"
)

// LinesOf gives the log events of one invocation out of those of its
// environment; complete tells whether its report is among them.
func (s *Source) LinesOf(inv sources.Invocation, events []sources.LogEvent) (own []sources.LogEvent, complete bool) {
	return platformlog.LinesOf(inv, events)
}
