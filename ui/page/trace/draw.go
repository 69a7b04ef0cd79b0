package trace

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/waterfall"
)

// Draw gives the lines of the page.
func (p *Page) Draw(env *page.Env) []string {
	th := env.Theme
	lines := append([]string{p.head(env)}, p.state(env)...)
	if len(p.rows) == 0 {
		return line.Clip(lines, p.height)
	}
	view := &waterfall.View{List: p.rows, Total: p.trace.Trace.Duration, Theme: th}
	lines = append(lines, p.table.Draw(th, view)...)
	detail := p.detailHeight()
	lines = line.Clip(lines, p.height-detail)
	if detail > 0 {
		lines = append(lines, p.detail(env, detail)...)
	}
	return line.Clip(lines, p.height)
}

// head is the ID and the figures of the whole.
func (p *Page) head(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1)
	b.Text(th.Accent, p.title).Space(2).Text(th.Strong, "trace "+p.ref.ID)
	return b.String()
}

// state is how much of the trace is there, and what it adds up to.
func (p *Page) state(env *page.Env) []string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1)
	switch {
	case p.trace == nil || p.trace.Loading && len(p.rows) == 0:
		return []string{b.Text(th.Muted, "Fetching the trace"+th.Glyphs.Ellipsis).String()}
	case p.trace.Health.Err != nil && len(p.rows) == 0:
		return p.trouble(env)
	case !p.trace.Found || len(p.rows) == 0:
		return p.notFound(env)
	}
	tr := &p.trace.Trace
	b.Text(th.Strong, format.Duration(tr.Duration))
	count := func(n int, one string) string {
		if n == 1 {
			return "1 " + one
		}
		return strconv.Itoa(n) + " " + one + "s"
	}
	b.Space(2).Text(theme.Style{}, count(p.spans, "span"))
	if p.faults > 0 {
		b.Space(2).Sign(th.Bad, th.Glyphs.Fail).Space(1).Text(th.Bad, count(p.faults, "fault"))
	}
	b.Space(2).Text(th.Muted, "critical path ").Text(theme.Style{}, format.Duration(p.critical))
	b.Space(2).Text(th.Muted, env.In(tr.Start).Format("15:04:05.000 MST"))
	switch {
	case p.trace.Health.Err != nil:
		b.Space(2).Text(th.Warn, "as it was")
	case tr.Partial:
		b.Space(2).Text(th.Warn, "incomplete: parts are missing or still running")
	default:
		b.Space(2).Sign(th.Good, th.Glyphs.Good).Space(1).Text(th.Muted, "complete")
	}
	return append([]string{b.String()}, p.trouble(env)...)
}

// trouble is why the trace was not fetched, or not again, and what to do.
func (p *Page) trouble(env *page.Env) []string {
	if p.trace == nil || p.trace.Health.Err == nil {
		return nil
	}
	th := env.Theme
	what, fix := sources.SplitError(p.trace.Health.Err)
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1).Sign(th.Bad, th.Glyphs.Fail).Space(1).Text(theme.Style{}, what)
	if fix == "" {
		return []string{b.String()}
	}
	if b.Left() >= line.Width(fix)+3 {
		return []string{b.Space(1).Sign(th.Accent, th.Glyphs.Arrow).Space(1).Text(th.Accent, fix).String()}
	}
	first := b.String()
	b.Reset(p.width, theme.Style{}).Space(3).Sign(th.Accent, th.Glyphs.Arrow).Space(1)
	return []string{first, b.Text(th.Accent, fix).String()}
}

// late is when a trace that is not found is no longer on its way.
const late = 3 * time.Minute

// notFound says why the trace may not be there.
func (p *Page) notFound(env *page.Env) []string {
	th := env.Theme
	texts := []string{"Not found yet: a trace can be fetched some ten seconds after its request. It is asked for again."}
	if at, ok := sources.TraceTime(p.ref.ID); ok && env.Since(at) > late {
		texts = []string{
			"Not found, although its request was " + format.Age(env.Since(at)) + " ago.",
			"X-Ray keeps traces for 30 days, and only of requests that were sampled. Where CloudWatch",
			"Transaction Search is on, it gives only those that are indexed.",
		}
	}
	lines := make([]string, 0, len(texts))
	for _, t := range texts {
		lines = append(lines, line.New(th).Reset(p.width, theme.Style{}).Space(1).Text(th.Muted, t).String())
	}
	return lines
}

// detail is what is known of the span under the cursor.
func (p *Page) detail(env *page.Env, height int) []string {
	th := env.Theme
	r := p.current()
	b := line.New(th)
	b.Reset(p.width, theme.Style{}).Repeat(th.Faint, th.Glyphs.Rule, 1).Space(1)
	if r == nil {
		return line.Blank(height)
	}
	s := r.Span
	if r.Gap {
		b.Text(th.Strong, "self of ").Text(th.Strong, s.Name)
	} else {
		b.Text(th.Strong, s.Name)
	}
	lines := []string{b.Space(1).Repeat(th.Faint, th.Glyphs.Rule, b.Left()).String()}
	names := 12 // room for them
	for name := range s.Annotations {
		names = max(names, min(line.Width(name), 30, p.width/3))
	}
	add := func(name, value string, st theme.Style) {
		if value == "" {
			return
		}
		b.Reset(p.width, theme.Style{}).Space(2).Cell(th.Muted, name, names, false).Space(1).Text(st, value)
		lines = append(lines, b.String())
	}
	plain := theme.Style{}
	when := format.Duration(r.Start) + " after the start, for " + format.Duration(r.End-r.Start)
	switch {
	case r.Open:
		when = format.Duration(r.Start) + " after the start, not ended yet"
	case r.OnPath && r.Critical > 0:
		when += ", " + format.Duration(r.Critical) + " of it on the critical path"
	}
	add("time", when, plain)
	if r.Gap {
		add("what", "no child ran: own work or waiting", th.Muted)
		return line.Clip(lines, height)
	}
	add("kind", waterfall.Kind(s), plain)
	add("resource", s.Resource, plain)
	if code, ok := s.Status.Get(); ok {
		add("status", strconv.Itoa(code), plain)
	}
	if e := s.Exception; e != nil {
		text := e.Type
		if e.Message != "" {
			text += ": " + e.Message
		}
		if e.Remote {
			text += " (remote)"
		}
		add("exception", text, th.Bad)
		for _, frame := range e.Stack {
			add("", frame, th.Muted)
		}
	}
	add("request ID", s.RequestID, plain)
	for _, k := range slices.Sorted(maps.Keys(s.Annotations)) {
		add(k, s.Annotations[k], plain)
	}
	if s.Orphan {
		add("parent", "not in this trace", th.Warn)
	}
	return line.Clip(lines, height)
}
