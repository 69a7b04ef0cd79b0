package function

import (
	"slices"
	"strconv"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
	"fntop/ui/format"
	"fntop/ui/page"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// Ranges are the time ranges that can be chosen for the figures of many
// functions.
func Ranges() []time.Duration {
	return []time.Duration{15 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour, day}
}

// ranges are those of one function.
func ranges() []time.Duration { return append(Ranges(), 3*day, week, 2*week) }

// Offered are the names of the ranges that can be chosen on the page.
func (p *Page) Offered() []string { return RangeNames(ranges()) }

// RangeNames are ranges as they are typed: "15m", "2w".
func RangeNames(all []time.Duration) []string {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = rangeName(r)
	}
	return names
}

// SetRange takes the range of that name; false when it is none of the page's.
// A window of the past keeps its end.
func (p *Page) SetRange(env *page.Env, name string) bool {
	i := slices.Index(p.Offered(), name)
	if i < 0 {
		return false
	}
	p.setRange(env, ranges()[i])
	return true
}

// rangeName writes a range: "15m", "3d", "1w". ASCII.
func rangeName(d time.Duration) string {
	if d >= week && d%week == 0 {
		return strconv.Itoa(int(d/week)) + "w"
	}
	return format.Span(d)
}

// next is the next shorter or longer range.
func next(now time.Duration, by int) time.Duration {
	all := ranges()
	at := 0
	for i, r := range all {
		if r <= now {
			at = i
		}
	}
	if by < 0 && all[at] < now { // between two ranges
		by = 0
	}
	return all[max(min(at+by, len(all)-1), 0)]
}

// stretch takes the next shorter or longer range. A window of the past keeps
// its end.
func (p *Page) stretch(env *page.Env, by int) {
	p.setRange(env, next(p.window.Since, by))
}

func (p *Page) setRange(env *page.Env, since time.Duration) {
	if since == p.window.Since {
		return
	}
	p.window.Since = since
	if !p.window.Until.IsZero() {
		p.fix(env, p.window.Until)
	}
	p.take(env)
}

// zoom takes the next shorter or longer range around the cursor of the
// charts, which keeps its place between the edges. Without a cursor it is the
// newest end that stays.
func (p *Page) zoom(env *page.Env, by int) {
	since := next(p.window.Since, by)
	if since == p.window.Since {
		return
	}
	start, end := p.window.At(env.Now)
	anchor := p.cursor
	switch {
	case p.data.index(anchor) >= 0:
	case p.window.Until.IsZero():
		p.window.Since = since
		p.take(env)
		return
	default:
		anchor = start.Add(end.Sub(start) / 2)
	}
	behind := time.Duration(float64(end.Sub(anchor)) * float64(since) / float64(p.window.Since))
	p.window.Since = since
	p.fix(env, anchor.Add(behind))
	p.take(env)
}

// fix lets the window end at about a time of the past, on the grid of its
// points; one that would end now or later is live.
func (p *Page) fix(env *page.Env, until time.Time) {
	step := poll.ChartPeriod(p.window.Since)
	until = until.UTC().Add(step - 1).Truncate(step)
	if !until.Before(env.Now) {
		until = time.Time{}
	}
	p.window.Until = until
}

// live lets a window of the past go; it tells whether there was one.
func (p *Page) live(env *page.Env) bool {
	if p.window.Until.IsZero() {
		return false
	}
	p.window.Until, p.cursor = time.Time{}, time.Time{}
	p.take(env)
	return true
}

// kept is how long CloudWatch keeps points of a period (CloudWatch API
// reference, GetMetricData: a minute 15 days, five minutes 63 days, an hour
// 455 days).
func kept(period time.Duration) time.Duration {
	switch {
	case period < 5*time.Minute:
		return 15 * day
	case period < time.Hour:
		return 63 * day
	default:
		return 455 * day
	}
}

// comparable tells whether the window so much earlier still has points.
func (p *Page) comparable(env *page.Env, before time.Duration) bool {
	start, _ := poll.SeriesSpan(p.window, env.Now)
	return env.Now.Sub(start.Add(-before)) <= kept(poll.RowPeriod(p.window))
}

// compare goes on to the next earlier window to compare with: none, a day
// ago, a week ago.
func (p *Page) compare(env *page.Env) page.Step {
	offers := []time.Duration{0, day, week}
	i := slices.Index(offers, p.before)
	p.before = offers[(i+1)%len(offers)]
	if p.before > 0 && !p.comparable(env, p.before) {
		p.before = 0
		p.take(env)
		return page.Say{Text: "Nothing to compare with: points so short are not kept for so long."}
	}
	p.take(env)
	return nil
}

// ago names the earlier window that is compared with.
func ago(before time.Duration) string {
	if before == week {
		return "a week ago"
	}
	return "a day ago"
}

// rowsWindow is the window of the figures that need a reading of the log: a
// day of it at most, since longer ones take a busy function's log quota for
// minutes.
func rowsWindow(w sources.Window) sources.Window {
	w.Since = min(w.Since, day)
	return w
}
