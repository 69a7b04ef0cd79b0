package tail

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// state is how the following of the i-th function does.
func (p *Page) state(i int) (t fleet.Tailed, ok bool) {
	if p.seen == nil || p.seen.Journal == nil {
		return fleet.Tailed{}, false
	}
	return p.seen.Journal.Function(p.ids[i])
}

// through is up to when any log has been read; zero when none has.
func (p *Page) through() time.Time {
	var last time.Time
	for i := range p.ids {
		if t, _ := p.state(i); t.Through.After(last) {
			last = t.Through
		}
	}
	return last
}

// age is how old the newest line is.
func (p *Page) age(env *page.Env) (time.Duration, bool) {
	at, ok := p.lines.newest()
	return env.Since(at), ok
}

// minutePrice is what a live tail costs a minute, in cents (Amazon CloudWatch
// pricing, 2026: Logs-LiveTail, $0.01 a minute; a session takes up to ten log
// groups of one region).
const minutePrice = 1

// cents is what live tails of all functions cost a minute.
func (p *Page) cents() int {
	functions := make(map[sources.Scope]int)
	for _, id := range p.ids {
		functions[id.Scope()]++
	}
	sessions := 0
	for _, n := range functions {
		sessions += (n + sources.MaxTailGroups - 1) / sources.MaxTailGroups
	}
	return sessions * minutePrice
}

func (p *Page) price() string {
	return fmt.Sprintf("$0.%02d a minute for these functions", p.cents())
}

// stale is the age of the last good answer from which lines are called old.
const stale = 30 * time.Second

// source is how the lines come: by reading, or by a live tail as well.
func (p *Page) source(env *page.Env) (theme.Style, string) {
	th := env.Theme
	var good time.Time
	bad := false
	for i := range p.ids {
		t, _ := p.state(i)
		bad = bad || t.Err != nil
		if t.Good.After(good) {
			good = t.Good
		}
	}
	switch {
	case bad && !good.IsZero() && env.Since(good) >= stale:
		return th.Warn, th.Glyphs.Rise + " stale " + format.Age(env.Since(good))
	case p.live.On:
		return p.liveState(env)
	}
	return th.Muted, "read every " + format.Span(poll.FollowEvery)
}

// liveState is how the live tails do, together.
func (p *Page) liveState(env *page.Env) (theme.Style, string) {
	th := env.Theme
	on, failed := 0, 0
	var since, sampled time.Time
	for _, id := range p.ids {
		fn := env.Function(id)
		switch {
		case fn == nil:
		case fn.Tail.Err != nil:
			failed++
		case fn.Tail.On && !fn.Tail.Updated.IsZero():
			on++
			if since.IsZero() || fn.Tail.Since.Before(since) {
				since = fn.Tail.Since
			}
			if fn.Tail.Sampled.After(sampled) {
				sampled = fn.Tail.Sampled
			}
		}
	}
	of := ""
	if on < len(p.ids) {
		of = fmt.Sprintf(" of %d of %d", on, len(p.ids))
	}
	switch {
	case failed == len(p.ids):
		return th.Bad, th.Glyphs.Fail + " no live tail"
	case on == 0:
		return th.Muted, "live tail begins" + th.Glyphs.Ellipsis
	case !sampled.IsZero() && env.Since(sampled) < time.Minute:
		return th.Warn, th.Glyphs.Live + " live tail" + of + ", sampled: over 500 lines a second"
	}
	return th.Good, fmt.Sprintf("%s live tail%s $0.%02d/min %s", th.Glyphs.Live, of, p.cents(), format.Span(max(env.Since(since).Truncate(time.Minute), time.Minute)))
}

// trouble is what is wrong with one function.
type trouble struct{ name, text string }

// troubles are what is wrong, by function; those of one cause are one.
func (p *Page) troubles(env *page.Env) []trouble {
	var list []trouble
	for i, id := range p.ids {
		t, _ := p.state(i)
		fn := env.Function(id)
		switch {
		case t.Err != nil && sources.KindOf(t.Err) != sources.Throttled:
			list = append(list, trouble{p.names[i], t.Err.Error()})
		case fn == nil && env.Snapshot != nil && !env.Behind && complete(env.Snapshot):
			list = append(list, trouble{p.names[i], "not found: no function of this name is listed in " + id.Region})
		case fn != nil && fn.Gone:
			list = append(list, trouble{p.names[i], "no longer in the catalogue: what it has logged is shown"})
		case t.Cut:
			list = append(list, trouble{p.names[i], "logged more than is read at once: the lines before " + format.ClockSeconds(env.In(t.From)) + " are missing"})
		}
		if fn != nil && p.live.On && fn.Tail.Err != nil {
			list = append(list, trouble{p.names[i], "no live tail: " + fn.Tail.Err.Error()})
		}
	}
	return list
}

// complete tells whether all functions are known.
func complete(s *fleet.Snapshot) bool {
	for i := range s.Places {
		if !s.Places[i].Complete {
			return false
		}
	}
	return true
}

// notices are the functions that fail while others are shown.
func (p *Page) notices(env *page.Env) []string {
	if len(p.shown) == 0 && p.denied() {
		return nil // told in the middle of the page
	}
	list := p.troubles(env)
	room := min(max(p.height/8, 1), len(list))
	width := 0
	for _, t := range list[:room] {
		width = max(width, min(line.Width(t.name), max(p.width/4, 8)))
	}
	b := line.New(env.Theme)
	lines := make([]string, 0, room)
	for i, t := range list[:room] {
		text := t.text
		if more := len(list) - room; i == room-1 && more > 0 {
			text = fmt.Sprintf("(and %d more) %s", more, text)
		}
		lines = append(lines, p.trouble(b, env, t.name, text, width))
	}
	return lines
}

func (p *Page) trouble(b *line.Builder, env *page.Env, name, text string, width int) string {
	th := env.Theme
	b.Reset(p.width, theme.Style{}).Space(1).Sign(th.Bad, th.Glyphs.Fail).Space(1)
	b.Cell(th.Strong, middle(name, width, th.Glyphs.Ellipsis), width, false).Space(2)
	return b.Text(theme.Style{}, strings.TrimSpace(text)).String()
}

// denied tells that no log can be read.
func (p *Page) denied() bool {
	for i := range p.ids {
		if t, _ := p.state(i); t.Err == nil || !t.Good.IsZero() {
			return false
		}
	}
	return true
}

// nothing is the page while no line is shown, and says why.
func (p *Page) nothing(env *page.Env, height int) []string {
	th := env.Theme
	reading, since := false, p.since
	for i := range p.ids {
		t, ok := p.state(i)
		reading = reading || t.Err == nil && (!ok || t.Through.IsZero())
		if t.From.After(since) {
			since = t.From
		}
	}
	switch {
	case p.lines.count() > 0:
		return p.middle(env, height, th.Strong, "None of "+counted(p.lines.count(), "line", "lines")+" passes the filter.", "esc shows all; those that come and pass are shown")
	case p.denied():
		return p.refused(env, height)
	case env.Paused:
		return p.middle(env, height, th.Strong, "Paused.", env.Keys.Pause.Help().Key+" goes on and shows the lines")
	case reading || env.Snapshot == nil:
		text := "Reading " + counted(len(p.ids), "log", "logs") + th.Glyphs.Ellipsis
		if env.Spinner != "" {
			text = env.Spinner + " " + text
		}
		return p.middle(env, height, th.Strong, text, "from "+format.ClockSeconds(env.In(p.since))+" on")
	}
	return p.middle(env, height, th.Strong, "No line since "+format.ClockSeconds(env.In(since))+".", "lines appear as they become readable")
}

// refused tells why no log can be read, and what to do: each function that
// says something of its own.
func (p *Page) refused(env *page.Env, height int) []string {
	lines := p.middle(env, height-len(p.ids)-2, env.Theme.Strong, "No log can be read.", "")
	lines = append(lines, "")
	width := 0
	for _, name := range p.names {
		width = max(width, min(line.Width(name), max(p.width/4, 8)))
	}
	b := line.New(env.Theme)
	fixes := make(map[string]bool)
	for i := range p.ids {
		t, _ := p.state(i)
		text, fix := t.Err.Error(), ""
		if e, ok := errors.AsType[*sources.Error](t.Err); ok && e.Fix != "" {
			short := *e
			fix, short.Fix = e.Fix, ""
			text = short.Error()
		}
		lines = append(lines, p.trouble(b, env, p.names[i], text, width))
		if fix != "" && !fixes[fix] {
			fixes[fix] = true
			th := env.Theme
			lines = append(lines, b.Reset(p.width, theme.Style{}).Space(5+width).Sign(th.Accent, th.Glyphs.Arrow).Space(1).Text(th.Accent, fix).String())
		}
	}
	return lines
}

// middle puts a sentence and a remark into the middle.
func (p *Page) middle(env *page.Env, height int, st theme.Style, text, remark string) []string {
	lines := line.Blank(max(height/2-1, 0))
	b := line.New(env.Theme)
	for i, t := range []string{text, remark} {
		if i == 1 {
			st = env.Theme.Muted
		}
		if t != "" {
			lines = append(lines, b.Reset(p.width, theme.Style{}).Space((p.width-line.Width(t))/2).Text(st, t).String())
		}
	}
	return lines
}
