package function

import (
	"slices"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Draw gives the lines of the page.
func (p *Page) Draw(env *page.Env) []string {
	l := p.layout()
	lines := make([]string, 0, p.height)
	if p.height-l.list >= 1 {
		lines = append(lines, p.title(env))
	}
	if p.height-l.list >= 2 {
		lines = append(lines, p.facts(env))
	}
	if l.chart > 0 {
		lines = append(lines, p.charts(env, l)...)
		lines = append(lines, p.reading(env))
	}
	lines = append(lines, p.list(env, l.list)...)
	return line.Clip(lines, p.height)
}

// title is the name, and the ranges that can be chosen at the right edge.
func (p *Page) title(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1)
	room := p.width - 2 - rangesWidth(p.window.Since)
	if room < 24 {
		b.Text(th.Accent, p.id.Name)
		return b.String()
	}
	b.Cell(th.Accent, p.id.Name, room, false)
	for _, r := range Ranges() {
		text := format.Span(r)
		b.Space(1)
		if r == p.window.Since {
			b.Text(th.Accent, "["+text+"]")
			continue
		}
		b.Text(th.Muted, " "+text+" ")
	}
	if !isRange(p.window.Since) {
		b.Space(1).Text(th.Accent, "["+format.Span(p.window.Since)+"]")
	}
	return b.String()
}

func isRange(d time.Duration) bool { return slices.Contains(Ranges(), d) }

func rangesWidth(now time.Duration) int {
	w := 0
	for _, r := range Ranges() {
		w += len(format.Span(r)) + 3
	}
	if !isRange(now) {
		w += len(format.Span(now)) + 3
	}
	return w
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

// facts is what the function is.
func (p *Page) facts(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1)
	dot := "  "
	add := func(st theme.Style, text string) {
		if text == "" || b.Left() < line.Width(text)+len(dot) {
			return
		}
		if b.Used() > 1 {
			b.Space(2)
		}
		b.Text(st, text)
	}
	switch {
	case p.fn == nil:
		add(th.Muted, "loading"+th.Glyphs.Ellipsis)
		return b.String()
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
		runtime := sources.Clean(c.Runtime)
		if runtime == "" && c.PackageType == sources.PackageImage {
			runtime = "container image"
		}
		add(theme.Style{}, runtime)
		add(theme.Style{}, sources.Clean(string(c.Architecture)))
		add(theme.Style{}, format.Int(int64(c.MemoryMB))+" MB")
		add(theme.Style{}, "timeout "+format.Span(c.Timeout))
	}
	add(th.Muted, sources.Clean(p.id.Region))
	if p.fn.Configured {
		add(th.Muted, sources.Clean(c.Version))
		if !c.LastModified.IsZero() {
			add(th.Muted, th.Glyphs.Mark+" modified "+stamp(env, c.LastModified))
		}
		if c.SnapStart {
			add(th.Init, "SnapStart")
		}
		if n, ok := c.ProvisionedConcurrency.Get(); ok && n > 0 {
			add(th.Muted, "provisioned "+format.Int(int64(n)))
		}
		if n, ok := c.ReservedConcurrency.Get(); ok {
			if n == 0 {
				add(th.Bad, th.Glyphs.Fail+" switched off (reserved concurrency 0)")
			} else {
				add(th.Muted, "reserved "+format.Int(int64(n)))
			}
		}
		if c.State != "" && c.State != "Active" {
			add(th.Warn, sources.Clean(c.State))
		}
		add(th.Muted, sources.Clean(c.Description))
	}
	return b.String()
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

// list is the invocations, or why there are none.
func (p *Page) list(env *page.Env, height int) []string {
	if height <= 0 {
		return nil
	}
	if p.fn != nil && len(p.fn.Invocations) > 0 {
		lines := p.table.Draw(env.Theme, rows{p, env})
		if text, st := p.listNote(env); text != "" && height > 2 {
			lines = line.Clip(lines, height)
			if p.table.Height() >= len(p.fn.Invocations)+1 {
				b := line.New(env.Theme).Reset(p.width, theme.Style{}).Space(2)
				lines[min(len(p.fn.Invocations)+1, height-1)] = b.Text(st, text).String()
			}
		}
		return line.Clip(lines, height)
	}
	text, st := p.nothing(env)
	b := line.New(env.Theme).Reset(p.width, theme.Style{}).Space(2)
	lines := line.Blank(min(1, height-1))
	return line.Clip(append(lines, b.Text(st, text).String()), height)
}

// nothing is why there are no invocations to show.
func (p *Page) nothing(env *page.Env) (string, theme.Style) {
	th := env.Theme
	if text, st := p.listNote(env); text != "" && st == th.Bad {
		return text, st
	}
	switch {
	case p.fn == nil || p.fn.InvocationsThrough.IsZero() && (env.Behind || !env.Snapshot.Settled):
		if env.Paused {
			return "Paused: " + env.Keys.Pause.Help().Key + " goes on and reads the log.", th.Muted
		}
		return "Reading the log" + th.Glyphs.Ellipsis, th.Muted
	case p.fn.InvocationsThrough.IsZero():
		return "The log has not been read.", th.Muted
	}
	return "No invocations in the last " + format.Span(p.window.Since) + ".", th.Muted
}

// listNote is what there is to say about the list as a whole.
func (p *Page) listNote(env *page.Env) (string, theme.Style) {
	th := env.Theme
	if err := p.fnLogs().Err; err != nil && sources.KindOf(err) != sources.Throttled {
		return th.Glyphs.Fail + " " + strings.TrimSpace(err.Error()), th.Bad
	}
	if p.fn != nil && p.fn.InvocationsDropped > 0 {
		return format.Int(int64(p.fn.InvocationsDropped)) + " older ones are not kept.", th.Muted
	}
	return "", theme.Style{}
}

func (p *Page) fnLogs() fleet.Health {
	if p.fn == nil {
		return fleet.Health{}
	}
	return p.fn.Logs
}
