package tail

import (
	"fmt"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
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

// reading tells that a log is being read for the first time.
func (p *Page) reading() bool {
	for i := range p.ids {
		if t, ok := p.state(i); t.Err == nil && (!ok || t.Through.IsZero()) {
			return true
		}
	}
	return false
}

// misses tells that lines before a moment are missing among those kept.
func (p *Page) misses(from time.Time) bool {
	oldest, ok := p.lines.oldest()
	return ok && oldest.Before(from)
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
