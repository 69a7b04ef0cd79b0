package function

import (
	"time"

	"fntop/sources"
	"fntop/sources/poll"
	"fntop/ui/page"
	"fntop/ui/widget/chart"
)

// readFrom is since when what a chart draws has been read without a gap; ok is
// false while nothing of it has.
func (p *Page) readFrom(what int) (from time.Time, ok bool) {
	if p.fn == nil {
		return time.Time{}, false
	}
	m, st := sources.MetricInvocations, sources.StatSum
	switch what {
	case chartCold, chartInit:
		return p.fn.ColdFrom, !p.fn.ColdFrom.IsZero()
	case chartDuration:
		m, st = sources.MetricDuration, sources.StatP95
	case chartErrors:
		m = sources.MetricErrors
	case chartConcurrency:
		m, st = sources.MetricConcurrency, sources.StatMaximum
	}
	_, from, through, ok := p.fn.Points(m, st, p.data.step)
	return from, ok && through.After(p.data.start)
}

// empty is what is said in a chart of metrics that has nothing to draw: that
// it is still being read, or that there is nothing.
func (p *Page) empty(env *page.Env, what int) string {
	th := env.Theme
	_, read := p.readFrom(what)
	switch {
	case p.fn == nil || env.Behind:
	case p.fn.Metrics.Err != nil:
		return th.Glyphs.Fail + " " + brief(p.fn.Metrics.Err)
	case env.Snapshot.Pace.Free && !read:
		return "not read: metrics cost money"
	case read || env.Snapshot.Settled: // all that was asked for has been answered
		return "no data"
	case env.Paused:
		return "paused before it was read"
	}
	return "loading" + th.Glyphs.Ellipsis
}

// readSince is the note of a chart of which only the newer part has been read;
// none when it has been read from its beginning on.
func (p *Page) readSince(env *page.Env, what int) []chart.Note {
	from, ok := p.readFrom(what)
	start, _ := poll.SeriesSpan(p.window, env.Now)
	end := p.data.start.Add(time.Duration(p.data.points) * p.data.step)
	if !ok || !from.After(start.Add(p.data.step)) || !from.Before(end) {
		return nil
	}
	return []chart.Note{{Text: "read since " + stamp(env, from), Style: env.Theme.Muted}}
}
