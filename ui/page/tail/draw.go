package tail

import (
	"fmt"

	"fntop/sources/platformlog"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Draw gives the lines of the page.
func (p *Page) Draw(env *page.Env) []string {
	lines := p.head(env)
	if len(p.shown) > 0 {
		lines = append(lines, p.logs.Draw(env.Theme)...)
	} else {
		lines = append(lines, p.nothing(env, p.height-len(lines)-p.barHeight())...)
	}
	if p.barHeight() == 0 {
		return line.Clip(lines, p.height)
	}
	bar, _ := p.bar(env)
	return append(line.Clip(lines, p.height-1), bar)
}

// head is what stands above the lines: as much as there is room for.
func (p *Page) head(env *page.Env) []string {
	switch {
	case p.height < 4:
		return nil
	case p.height < 9:
		return []string{p.rule(env)}
	}
	lines := append([]string{p.title(env), p.facts(env)}, p.notices(env)...)
	return append(lines, p.rule(env))
}

// title is the functions, and on the right how their lines come.
func (p *Page) title(env *page.Env) string {
	th := env.Theme
	st, source := p.source(env)
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1).Text(th.Strong, "Logs")
	right := p.width - line.Width(source) - 1
	for i, name := range p.names {
		rest := ""
		if n := len(p.names) - i; n > 1 {
			rest = fmt.Sprintf("+%d", n)
		}
		if i > 0 && b.Used()+2+line.Width(name)+2+len(rest) >= right {
			b.Space(2).Text(th.Muted, rest)
			break
		}
		room := max(min(line.Width(name), right-b.Used()-4), 8)
		b.Space(2).Text(p.styles[i%len(p.styles)], middle(name, room, th.Glyphs.Ellipsis))
	}
	if b.Used()+2 <= right {
		b.To(right).Text(st, source)
	}
	return b.String()
}

// facts are the figures of what is kept.
func (p *Page) facts(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1)
	add := func(st theme.Style, text string) {
		if b.Left() < line.Width(text)+3 {
			return
		}
		if b.Used() > 1 {
			b.Space(3)
		}
		b.Text(st, text)
	}
	rate := th.Glyphs.Unknown
	if n, ok := p.rate.Get(); ok {
		rate = format.Count(n)
	}
	add(theme.Style{}, rate+" lines/s")
	if n := p.lines.levels[levelError]; n > 0 {
		add(th.Bad, th.Glyphs.Fail+" "+counted(n, "error", "errors"))
	}
	if n := p.lines.levels[levelWarn]; n > 0 {
		add(th.Warn, th.Glyphs.Rise+" "+counted(n, "warning", "warnings"))
	}
	if age, ok := p.age(env); ok {
		add(th.Muted, "newest "+format.Age(age)+" ago")
	}
	kept := counted(p.lines.count(), "line", "lines")
	if shown := len(p.shown) - p.lines.gaps; shown != p.lines.count() {
		kept = format.Int(int64(shown)) + " of " + kept
	}
	if at, ok := p.lines.oldest(); ok {
		kept += " since " + format.ClockSeconds(env.In(at))
	}
	if p.lines.count() > 0 {
		add(th.Muted, kept)
	}
	return b.String()
}

// rule divides the head from the lines, and says whether they move.
func (p *Page) rule(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{})
	b.Repeat(th.Faint, th.Glyphs.Rule, 1).Space(1)
	switch {
	case len(p.shown) == 0 && p.denied():
		b.Text(th.Bad, "nothing to follow")
	case env.Paused:
		b.Sign(th.Warn, th.Glyphs.Held).Space(1).Text(th.Warn, "paused")
		if p.lines.waiting > 0 {
			b.Space(2).Text(theme.Style{}, counted(p.lines.waiting, "line waits", "lines wait"))
		}
		b.Text(th.Muted, "  "+env.Keys.Pause.Help().Key+" goes on")
	case p.logs.Following() || len(p.shown) == 0:
		b.Sign(th.Good, th.Glyphs.Live).Space(1).Text(th.Good, "following")
	default:
		b.Text(th.Strong, "held here")
		if p.fresh > 0 {
			b.Space(2).Text(theme.Style{}, counted(p.fresh, "new line", "new lines"))
		}
		if p.lines.waiting > 0 {
			b.Space(2).Text(theme.Style{}, format.Int(int64(p.lines.waiting))+" more wait")
		}
		b.Text(th.Muted, "  "+env.Keys.End.Help().Key+" follows")
	}
	if p.lines.lost > 0 {
		b.Space(2).Text(th.Warn, th.Glyphs.Rise+" "+counted(p.lines.lost, "line", "lines")+" dropped meanwhile")
	}
	if left := p.logs.Left(); left > 0 {
		b.Text(th.Muted, "  from column "+format.Int(int64(left+1)))
	}
	return b.Space(1).Repeat(th.Faint, th.Glyphs.Rule, b.Left()).String()
}

// barHeight is the room for the line of the filter.
func (p *Page) barHeight() int {
	if p.height > 1 && (p.prompt.Focused() || p.filter.active()) {
		return 1
	}
	return 0
}

// bar is the line of the filter, and the column of the cursor in it.
func (p *Page) bar(env *page.Env) (string, int) {
	th := env.Theme
	total := counted(p.lines.count(), "line", "lines")
	remark, st := format.Int(int64(len(p.shown)-p.lines.gaps))+" of "+total, th.Muted
	if p.filter.all {
		remark = format.Int(int64(p.hits())) + " of " + total + " match, others are shown too"
	}
	if p.Working() {
		remark += ", looking" + th.Glyphs.Ellipsis
	}
	level := ""
	switch p.filter.least {
	case platformlog.LevelNone:
	case platformlog.LevelWarn:
		level = "warnings and errors"
	default:
		level = "errors"
	}
	if p.prompt.Focused() {
		switch {
		case p.filter.problem != nil:
			remark, st = th.Glyphs.Fail+" "+p.filter.problem.Error(), th.Bad
		case p.prompt.Value() == "":
			remark = "text, or /a regular expression/; tab shows the lines around matches too"
		case level != "":
			remark += ", " + level
		}
		return p.prompt.Draw(th, p.width, remark, st)
	}
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1)
	if p.filter.text != "" {
		text, _ := line.Fit(p.filter.text, max(p.width/2, 8), th.Glyphs.Ellipsis)
		b.Text(th.Accent, "/").Space(1).Text(theme.Style{}, text).Space(3)
	}
	if level != "" {
		b.Text(th.Accent, env.Keys.Level.Help().Key).Space(1).Text(theme.Style{}, level).Space(3)
	}
	return b.Text(st, remark).String(), -1
}

// hits is how many of the lines kept the text chooses.
func (p *Page) hits() int {
	n := 0
	for i := range p.lines.all {
		if p.lines.all[i].hit {
			n++
		}
	}
	return n
}

// Cursor is where the terminal's cursor belongs while text is typed.
func (p *Page) Cursor(env *page.Env) (x, y int, ok bool) {
	if !p.prompt.Focused() || p.barHeight() == 0 {
		return 0, 0, false
	}
	_, x = p.bar(env)
	return x, p.height - 1, x >= 0
}
