package functions

import (
	"fmt"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/events"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/page/function"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// signOf is the sign of an event and how it looks.
func signOf(th *theme.Theme, k events.Kind) (theme.Style, string) {
	switch k {
	case events.Deploy, events.Changed:
		return th.Accent, th.Glyphs.Mark
	case events.ColdStarts:
		return th.Init, th.Glyphs.Rise
	case events.Errors, events.FirstErrors:
		return th.Bad, th.Glyphs.Fail
	case events.Throttles:
		return th.Warn, th.Glyphs.Rise
	default:
		return th.Warn, th.Glyphs.Held
	}
}

// what says what happened, without to which function.
func what(th *theme.Theme, e *events.Event) string {
	switch e.Kind {
	case events.Deploy:
		return release(e.Change)
	case events.Changed:
		if e.Change.What == "" {
			return string(e.Change.Kind)
		}
		return string(e.Change.Kind) + ": " + e.Change.What
	case events.ColdStarts:
		return several(e.Count, "cold start") + times(th, e)
	case events.Errors:
		return several(e.Count, "error") + times(th, e)
	case events.FirstErrors:
		return several(e.Count, "error") + ", none before"
	case events.Throttles:
		return several(e.Count, "throttle") + times(th, e)
	default:
		return "silence"
	}
}

// several counts things.
func several(n int64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return format.Int(n) + " " + thing
}

// times says how many times as much as usual it was, where there usually is
// any.
func times(th *theme.Theme, e *events.Event) string {
	switch {
	case e.Usual >= 0.5:
		return ", " + format.Count(float64(int64(float64(e.Count)/e.Usual))) + th.Glyphs.Times + " usual"
	case e.Usual == 0:
		return ", none before"
	}
	return ""
}

// release is a deploy in a few words.
func release(c *sources.Change) string {
	if c.Kind == sources.ChangeCreated {
		return "created"
	}
	text := "deploy"
	if c.Version != "" {
		text += " v" + c.Version
	}
	if c.Alias != "" {
		text += " " + c.Alias
	}
	return text
}

// headline is an event in a few words.
func headline(th *theme.Theme, e *events.Event) string {
	name := e.Function.Name
	switch e.Kind {
	case events.Deploy:
		verb, rest, _ := strings.Cut(release(e.Change), " ")
		text := verb + " " + name
		if rest != "" {
			text += " " + rest
		}
		if e.Change.Who != "" {
			text += " by " + e.Change.Who
		}
		return text
	case events.Changed:
		return name + " " + what(th, e)
	case events.Silence:
		return "no invocations of " + name
	default:
		count, usual, _ := strings.Cut(what(th, e), ", ")
		text := count + " on " + name
		if usual != "" {
			text += ", " + usual
		}
		return text
	}
}

// evidence is what an event is told by.
func evidence(e *events.Event) string {
	length, lead := format.Span(e.End.Sub(e.Start)), format.Span(e.Lead)
	count := format.Int(e.Count)
	var text string
	switch e.Kind {
	case events.Changed:
		if e.Change.What != "" {
			return e.Change.What + ", " + doneBy(e)
		}
		return doneBy(e)
	case events.Deploy:
		return doneBy(e)
	case events.Errors, events.FirstErrors:
		text = fmt.Sprintf("%s of %s in %s, %s", count, format.Int(e.Of), length, usually(e, lead))
	case events.Silence:
		return fmt.Sprintf("none for %s, usually %s", length, format.Count(e.Usual))
	default:
		text = fmt.Sprintf("%s in %s, %s", count, length, usually(e, lead))
	}
	if c := e.Change; c != nil {
		switch since := e.Start.Sub(c.Time); {
		case since < time.Minute:
			text += ", right after " + release(c)
		default:
			text += ", " + format.Span(since.Truncate(time.Minute)) + " after " + release(c)
		}
	}
	return text
}

// usually says how much there would have been as usual.
func usually(e *events.Event, lead string) string {
	if e.Usual == 0 {
		return "none in the " + lead + " before"
	}
	return "usually " + format.Count(e.Usual)
}

// doneBy says who made a change, and how.
func doneBy(e *events.Event) string {
	c := e.Change
	text := c.Operation
	if e.Count > 1 {
		text += fmt.Sprintf(" and %s more", format.Int(e.Count-1))
	}
	if c.Who != "" {
		text += " by " + c.Who
	}
	if c.Via != "" {
		text += " via " + c.Via
	}
	return strings.TrimPrefix(text, " ")
}

// label is what in so many columns of the list of events, whose evidence says
// what was set, and how much is usual.
func label(th *theme.Theme, e *events.Event, width int) string {
	if e.Kind == events.Changed {
		return string(e.Change.Kind)
	}
	text := what(th, e)
	if line.Width(text) > width {
		text, _, _ = strings.Cut(text, ", ")
	}
	return text
}

// explained is the step to where an event can be looked into: its function, at
// the moment it began.
func explained(e *events.Event) page.Step {
	step := page.OpenFunction{Function: e.Function, At: e.Start}
	if e.Kind == events.ColdStarts {
		step.Tab = function.ColdStarts
	}
	return step
}
