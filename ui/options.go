package ui

import (
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/page/functions"
	"fntop/ui/theme"
)

// Viewer is the engine as the dashboard sees it.
type Viewer interface {
	// Want replaces what the dashboard demands. It never blocks. It returns
	// the number of the demand, which snapshots carry once they take it into
	// account.
	Want(d poll.Demand) int
	// Updates hands out snapshots, only the newest each time. It is closed
	// when the engine ends.
	Updates() <-chan *fleet.Snapshot
}

// Options say how the dashboard looks and counts. The zero Options work.
type Options struct {
	Version string // of fntop, for the help overlay
	// Now is the clock; nil means the system's.
	Now func() time.Time
	// Zone is the zone that clock times are shown in; nil means UTC.
	Zone *time.Location
	// Label is a name for what is watched, such as a profile; may be empty.
	Label string
	// Demo marks the demo cloud in the header; Faults are the ways it can be
	// made to fail meanwhile.
	Demo   bool
	Faults []Fault
	// Trouble is what went wrong before the start and did not prevent it; it
	// is shown until the first key press. Empty for nothing.
	Trouble string
	// Functions is how the user wants the functions page.
	Functions functions.Settings
	// Theme is which looks are wanted; the zero choice follows the terminal.
	Theme theme.Choice
	// NoMouse leaves the mouse to the terminal.
	NoMouse bool
	// NoColor draws without colours, ASCII without signs beyond ASCII.
	NoColor, ASCII bool
	// Window is what the figures of the functions page are computed over; 0
	// means an hour.
	Window time.Duration
	// WindowGiven tells that Window was asked for at this start, and is neither
	// replaced by what is remembered nor remembered itself.
	WindowGiven bool
	// Memory keeps how the user left the dashboard; nil for none.
	Memory Memory
	// FPS is the most frames a second; 0 means 30.
	FPS int
	// MetricUSD is the price of one billed metric, for what the screen costs.
	MetricUSD float64
	// Price says what an invocation costs in dollars; nil means unknown.
	Price func(sources.Invocation, sources.Function) (usd float64, ok bool)
	// Explain gives the arithmetic of that price, one step a line; nil means
	// that there is none to show.
	Explain func(sources.Invocation, sources.Function) []string
}

// defaultWindow and defaultFPS stand for zero in Options.
const (
	defaultWindow = time.Hour
	defaultFPS    = 120
)

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the one place where the system's clock is chosen
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Window <= 0 {
		o.Window = defaultWindow
	}
	if o.FPS <= 0 {
		o.FPS = defaultFPS
	}
	if o.Price == nil {
		o.Price = func(sources.Invocation, sources.Function) (float64, bool) { return 0, false }
	}
	if o.Explain == nil {
		o.Explain = func(sources.Invocation, sources.Function) []string { return nil }
	}
	return o
}
