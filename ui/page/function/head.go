package function

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Draw gives the lines of the page.
func (p *Page) Draw(env *page.Env) []string {
	lines := make([]string, 0, p.height)
	head := p.head()
	if head > 0 {
		lines = append(lines, p.title(env))
	}
	if p.height >= leastTabs {
		lines = append(lines, p.tabsLine(env))
	}
	if len(lines) < head {
		lines = append(lines, p.troubleLine(env))
	}
	lines = append(lines, line.Clip(p.now().draw(env), max(p.height-head, 0))...)
	return line.Clip(lines, p.height)
}

// title is the name and what the function is.
func (p *Page) title(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1).Text(th.Accent, p.id.Name)
	add := func(st theme.Style, text string) {
		if text != "" && b.Left() >= line.Width(text)+2 {
			b.Space(2).Text(st, text)
		}
	}
	if p.fn == nil {
		add(th.Muted, "loading"+th.Glyphs.Ellipsis)
		return b.String()
	}
	switch {
	case p.fn.Gone:
		add(th.Warn, th.Glyphs.Fail+" no longer in the catalogue")
	case !p.fn.Configured:
		add(th.Muted, "configuration not listed yet")
	}
	if p.tail.On {
		add(p.tailing(env))
	}
	c := &p.fn.Config
	if p.fn.Configured {
		if n, ok := p.reserved().Get(); ok && n == 0 {
			add(th.Bad, th.Glyphs.Fail+" switched off (reserved concurrency 0)")
		}
		if c.State != "" && c.State != "Active" {
			add(th.Warn, sources.Clean(c.State))
		}
		add(theme.Style{}, runtimeOf(c))
		add(theme.Style{}, sources.Clean(string(c.Architecture)))
		add(theme.Style{}, format.Int(int64(c.MemoryMB))+" MB")
		add(theme.Style{}, "timeout "+format.Span(c.Timeout))
	}
	add(theme.Style{}, p.invokers())
	add(th.Muted, p.deployed(env))
	add(th.Muted, sources.Clean(p.id.Region))
	if p.fn.Configured {
		if c.SnapStart {
			add(th.Init, "SnapStart")
		}
		add(th.Muted, sources.Clean(c.Description))
	}
	return b.String()
}

// runtimeOf names the runtime.
func runtimeOf(c *sources.Function) string {
	if c.Runtime == "" && c.PackageType == sources.PackageImage {
		return "container image"
	}
	return sources.Clean(c.Runtime)
}

// invokers names the first of what invokes the function, and how many more
// there are.
func (p *Page) invokers() string {
	t := p.fn.Triggers
	if len(t) == 0 {
		return ""
	}
	first := sources.Clean(strings.TrimSpace(string(t[0].Kind) + " " + t[0].Name))
	if len(t) > 1 {
		first += fmt.Sprintf(" +%d", len(t)-1)
	}
	return first
}

// deployed is the newest deploy that is known, or else when the function was
// last modified.
func (p *Page) deployed(env *page.Env) string {
	mark := env.Theme.Glyphs.Mark + " "
	for i := range p.fn.Changes {
		if c := &p.fn.Changes[i]; c.Deploy() {
			short := *c
			short.Via = ""
			return mark + stamp(env, c.Time) + " " + did(&short)
		}
	}
	if p.fn.Configured && !p.fn.Config.LastModified.IsZero() {
		return mark + "modified " + stamp(env, p.fn.Config.LastModified)
	}
	return ""
}

// stamp is when something was: the time of day when it was today, the day
// otherwise.
func stamp(env *page.Env, t time.Time) string {
	t = env.In(t)
	y, m, d := t.Date()
	if ny, nm, nd := env.Now.Date(); y == ny && m == nm && d == nd {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// tailing says how the live tail does.
func (p *Page) tailing(env *page.Env) (theme.Style, string) {
	th, t := env.Theme, &p.fn.Tail
	switch {
	case t.Err != nil:
		return th.Bad, th.Glyphs.Fail + " no live tail: " + sources.Clean(t.Err.Error())
	case !t.On || t.Updated.IsZero():
		return th.Muted, "live tail begins" + th.Glyphs.Ellipsis
	case !t.Sampled.IsZero() && env.Since(t.Sampled) < time.Minute:
		return th.Warn, th.Glyphs.Live + " live tail " + format.Duration(env.Since(t.Since).Truncate(time.Second)) + ", sampled: over 500 lines a second"
	default:
		return th.Good, th.Glyphs.Live + " live tail $0.01/min " + format.Span(max(env.Since(t.Since).Truncate(time.Minute), time.Minute))
	}
}

// compares tells that the tab shows an earlier window beneath.
func (p *Page) compares() bool {
	_, ok := p.now().(*overview)
	return ok && p.before > 0
}

// rangeLine writes the time range at the right edge: what it is and, where
// there is room, what it may be.
func (p *Page) rangeLine(env *page.Env, b *line.Builder) {
	th := env.Theme
	offered := ranges()
	if !slices.Contains(offered, p.window.Since) {
		offered = append(offered, p.window.Since)
	}
	menu := 2 // the brackets
	for _, r := range offered {
		menu += len(rangeName(r)) + 1
	}
	room := b.Left() - 2
	span := p.span(env)
	if full := span + " vs " + ago(p.before); p.compares() && len(full) <= room {
		span = full
	}
	switch {
	case len(span)+2+menu <= room:
		b.Space(b.Left()-1-menu-2-len(span)).Text(p.spanStyle(th), span).Space(1)
	case !p.compares() && p.window.Until.IsZero() && menu <= room:
		b.Space(b.Left() - 1 - menu)
	case len(span) <= room:
		b.Space(b.Left()-1-len(span)).Text(p.spanStyle(th), span)
		return
	default:
		return
	}
	for _, r := range offered {
		if r == p.window.Since {
			b.Space(1).Text(th.Accent, "["+rangeName(r)+"]")
		} else {
			b.Space(1).Text(th.Muted, rangeName(r))
		}
	}
}

func (p *Page) spanStyle(th *theme.Theme) theme.Style {
	if p.window.Until.IsZero() && !p.compares() {
		return th.Muted
	}
	return th.Accent
}

// span says what the window is. ASCII.
func (p *Page) span(env *page.Env) string {
	if p.window.Until.IsZero() {
		return "last " + rangeName(p.window.Since)
	}
	start, end := p.window.At(env.Now)
	start, end = env.In(start), env.In(end)
	if p.window.Since >= day {
		return start.Format("Jan 2 15:04") + "-" + end.Format("Jan 2 15:04")
	}
	return start.Format("Jan 2 15:04") + "-" + end.Format("15:04")
}
