package function

import (
	"strings"
	"time"

	"fntop/sources"
)

// did writes a change: what it was, and who did it.
func did(c *sources.Change) string {
	return strings.TrimSpace(doing(c) + by(c))
}

// doing is what a change was: "v41", "live = v41", "configuration memory 2048
// MB".
func doing(c *sources.Change) string {
	switch {
	case c.Kind == sources.ChangeAlias && c.Version != "":
		return sources.Clean(c.Alias + " = v" + c.Version)
	case c.Version != "":
		return sources.Clean("v" + c.Version)
	case c.Kind == sources.ChangeCode:
		return "deploy"
	case c.What != "":
		return sources.Clean(string(c.Kind) + " " + c.What)
	default:
		return sources.Clean(string(c.Kind))
	}
}

// by is who did it, and through which service.
func by(c *sources.Change) string {
	switch {
	case c.Who != "" && c.Via != "":
		return " by " + sources.Clean(c.Who) + " via " + sources.Clean(c.Via)
	case c.Who != "":
		return " by " + sources.Clean(c.Who)
	case c.Via != "":
		return " via " + sources.Clean(c.Via)
	default:
		return ""
	}
}

// deploys are the moments at which new code came, for the marks of the
// charts: as the changes tell, and before they begin when the function was last
// modified.
func (p *Page) deploys() []time.Time {
	if p.fn == nil {
		return nil
	}
	var all []time.Time
	for i := range p.fn.Changes {
		if c := &p.fn.Changes[i]; c.Deploy() {
			all = append(all, c.Time)
		}
	}
	if at, ok := p.modified(); ok {
		all = append(all, at)
	}
	return all
}

// modified is when the function was last modified, where the changes that are
// known do not reach back so far.
func (p *Page) modified() (at time.Time, ok bool) {
	at = p.fn.Config.LastModified
	if at.IsZero() {
		return at, false
	}
	if from := p.fn.ChangesFrom; !from.IsZero() {
		return at, at.Before(from)
	}
	return at, len(p.fn.Changes) == 0
}

// changed are the changes of a span, newest first.
func (p *Page) changed(from, to time.Time) []sources.Change {
	var all []sources.Change
	for i := range p.fn.Changes {
		if c := &p.fn.Changes[i]; !c.Time.Before(from) && c.Time.Before(to) {
			all = append(all, *c)
		}
	}
	return all
}
