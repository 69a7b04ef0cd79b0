package invocation

import (
	"fmt"
	"strconv"
	"time"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/page/function"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Draw gives the lines of the page.
func (p *Page) Draw(env *page.Env) []string {
	lines := p.top(env)
	lines = append(lines, p.logTitle(env))
	if p.logs.Len() > 0 {
		lines = append(lines, p.logs.Draw(env.Theme)...)
	} else {
		text, st := p.noLines(env)
		b := line.New(env.Theme).Reset(p.width, theme.Style{}).Space(2)
		lines = append(lines, b.Text(st, text).String())
	}
	return line.Clip(lines, p.height)
}

// top is what stands above the log: title, phases, facts, cost. What there is
// no room for is left out from below.
func (p *Page) top(env *page.Env) []string {
	room := max(p.height*3/5, 9)
	switch {
	case p.height < 8:
		room = min(p.height, 1)
	case p.height < 16:
		room = p.height / 2
	}
	lines := []string{p.title(env)}
	lines = append(lines, p.phases(env)...)
	lines = append(lines, "")
	lines = append(lines, p.facts(env)...)
	if len(lines) > room {
		lines = lines[:room]
	}
	return lines
}

func (p *Page) title(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1)
	outcome, st := function.Outcome(th, &p.inv)
	b.Text(th.Accent, p.id.Name).Space(2).Text(th.Strong, p.inv.RequestID).Space(2).Text(st, outcome)
	if p.at >= 0 {
		place := fmt.Sprintf("%s of %s", format.Int(int64(p.at+1)), format.Int(int64(p.of)))
		if b.Left() > len(place)+3 {
			b.To(p.width-len(place)-1).Text(th.Muted, place)
		}
	}
	return b.String()
}

// phases draws init, run and what the bill adds on one scale, and names them
// below.
func (p *Page) phases(env *page.Env) []string {
	th := env.Theme
	width := p.width - 4
	startup := p.inv.Init.OrElse(p.inv.Restore)
	run, ok := p.inv.Duration.Get()
	b := line.New(th)
	if !ok {
		b.Reset(p.width, theme.Style{}).Space(2)
		text := "no report yet: nothing is known of its phases"
		switch {
		case p.inv.Outcome == sources.Unknown && !p.near.IsZero() && (p.lines == nil || !p.lines.Complete):
			text = "its report has not been found yet: nothing is known of its phases"
		case p.inv.Outcome == sources.Unknown:
			text = "no report was written: nothing is known of its phases"
		}
		return []string{"", b.Text(th.Muted, text).String()}
	}
	wait := startup.Or(0)
	total := max(wait+run, p.inv.Billed.Or(0))
	if total <= 0 || width < 10 {
		return nil
	}
	cells := func(d time.Duration) int { return int(float64(width-2) * float64(d) / float64(total)) }
	waitCells := 0
	if wait > 0 {
		waitCells = max(cells(wait), 1)
	}
	runCells := max(cells(run), 1)
	rest := max(cells(total)-waitCells-runCells, 0)
	st := th.Run
	if p.inv.Outcome != sources.OK {
		st = th.Bad
	}
	b.Reset(p.width, theme.Style{}).Space(1).Sign(th.Faint, th.Glyphs.BarOpen)
	b.Repeat(th.Init, th.Glyphs.BarInit, waitCells).Repeat(st, th.Glyphs.BarRun, runCells)
	b.Repeat(th.Faint, th.Glyphs.BarIdle, rest).Sign(th.Faint, th.Glyphs.BarClose)
	bar := b.String()
	b.Reset(p.width, theme.Style{}).Space(2)
	if wait > 0 {
		name := "init"
		if !p.inv.Init.Known() {
			name = "restore"
		}
		b.Sign(th.Init, th.Glyphs.BarInit).Space(1).Text(th.Init, name).Space(1).Text(theme.Style{}, format.ExactMillis(wait)).Space(3)
	}
	b.Sign(st, th.Glyphs.BarRun).Space(1).Text(st, "run").Space(1).Text(theme.Style{}, format.ExactMillis(run))
	if p.fn != nil && p.fn.Config.Timeout > 0 {
		b.Space(1).Text(th.Muted, "of "+format.Span(p.fn.Config.Timeout)+" allowed")
	}
	if billed, ok := p.inv.Billed.Get(); ok {
		b.Space(3).Text(th.Muted, "billed").Space(1).Text(theme.Style{}, format.Millis(billed))
		if d := billed - run - wait; d > 0 && d < time.Millisecond {
			b.Space(1).Text(th.Muted, "(rounded up by "+format.ExactMillis(d)+")")
		}
	}
	return []string{"", bar, b.String()}
}

// fact is a name and a value.
type fact struct {
	name, value string
	style       theme.Style
}

// facts gives what is known in two columns where there is room: the run on
// the left, its cost on the right.
func (p *Page) facts(env *page.Env) []string {
	left, right := p.run(env), p.cost(env)
	const split = 96
	b := line.New(env.Theme)
	var lines []string
	half := p.width * 3 / 5
	widest := 0
	for _, f := range right {
		widest = max(widest, line.Width(f.value))
	}
	if p.width < split || half+widest > p.width {
		for _, f := range append(left, right...) {
			b.Reset(p.width, theme.Style{}).Space(2)
			put(b, env.Theme, f, p.width)
			lines = append(lines, b.String())
		}
		return lines
	}
	for i := range max(len(left), len(right)) {
		b.Reset(p.width, theme.Style{}).Space(2)
		if i < len(left) {
			put(b, env.Theme, left[i], half-3)
		}
		b.To(half)
		if i < len(right) {
			put(b, env.Theme, right[i], p.width)
		}
		lines = append(lines, b.String())
	}
	return lines
}

// nameWidth is the room for the names of facts.
const nameWidth = 12

// put writes a fact up to a column.
func put(b *line.Builder, th *theme.Theme, f fact, until int) {
	if f.name != "" || b.Used()+nameWidth+1+line.Width(f.value) <= until {
		b.Cell(th.Muted, f.name, nameWidth, false).Space(1)
	}
	text, _ := line.Fit(f.value, min(until-b.Used(), b.Left()), th.Glyphs.Ellipsis)
	b.Text(f.style, text)
}

// run is what is known of the run.
func (p *Page) run(env *page.Env) []fact {
	th, inv := env.Theme, &p.inv
	var facts []fact
	add := func(name, value string) { facts = append(facts, fact{name, value, theme.Style{}}) }
	opt := func(t time.Time, ok bool) string {
		if !ok {
			return th.Glyphs.Unknown
		}
		return env.In(t).Format("2006-01-02 15:04:05.000 MST")
	}
	add("started", opt(inv.Start.Get()))
	version := inv.Version
	if version == "" && p.fn != nil {
		version = p.fn.Config.Version
	}
	add("environment", or(inv.Environment, th.Glyphs.Unknown))
	add("version", or(version, th.Glyphs.Unknown))
	used, ok := inv.MaxMemoryMB.Get()
	size, known := inv.MemoryMB.Get()
	switch {
	case ok && known && size > 0:
		add("memory", fmt.Sprintf("%d of %d MB (%d %%), high-water mark of the environment", used, size, used*100/size))
	case known:
		add("memory", strconv.Itoa(size)+" MB")
	}
	if inv.Attempt > 1 {
		add("attempt", strconv.Itoa(inv.Attempt)+": an earlier run of this request failed")
	}
	cold, ok := inv.Cold.Get()
	switch {
	case ok && cold:
		add("start", "cold: the request waited for a new environment")
	case ok:
		add("start", "warm")
	}
	switch {
	case inv.TraceID != "" && inv.Sampled:
		add("trace", inv.TraceID)
	case inv.TraceID != "":
		add("trace", "not sampled ("+inv.TraceID+")")
	}
	return facts
}

// cost is what the run cost, and why.
func (p *Page) cost(env *page.Env) []fact {
	var cfg sources.Function
	if p.fn != nil {
		cfg = p.fn.Config
	}
	usd, ok := env.Price(p.inv, cfg)
	if !ok {
		return []fact{{"cost", env.Theme.Glyphs.Unknown, theme.Style{}}}
	}
	facts := []fact{{"cost", format.PerInvocation(usd), env.Theme.Strong}}
	for _, l := range env.Explain(p.inv, cfg) {
		facts = append(facts, fact{"", l, env.Theme.Muted})
	}
	return facts
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// logTitle divides the facts from the log.
func (p *Page) logTitle(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{})
	b.Repeat(th.Faint, th.Glyphs.Rule, 1).Space(1).Text(th.Strong, "Log")
	note := ""
	switch {
	case p.lines == nil:
	case p.lines.Loading && len(p.lines.Events) > 0:
		note = "reading" + th.Glyphs.Ellipsis
	case p.lines.Cut:
		note = "the beginning; there is more than is kept"
	case !p.lines.Complete && len(p.lines.Events) > 0:
		note = "no report yet: more may come"
	}
	if n := p.logs.Len(); n > 0 {
		b.Space(1).Text(th.Muted, format.Int(int64(n))+" lines")
		if !p.logs.Wrapped() {
			b.Text(th.Muted, ", cut at the edge")
		}
	}
	if note != "" {
		b.Space(2).Text(th.Muted, note)
	}
	return b.Space(1).Repeat(th.Faint, th.Glyphs.Rule, b.Left()).String()
}

// noLines is why there are no log lines to show.
func (p *Page) noLines(env *page.Env) (string, theme.Style) {
	th := env.Theme
	switch {
	case p.ref.Start.IsZero():
		return "Nothing tells when this invocation ran, so its lines cannot be found.", th.Muted
	case p.lines != nil && p.lines.Health.Err != nil:
		return th.Glyphs.Fail + " " + p.lines.Health.Err.Error(), th.Bad
	case p.lines == nil || p.lines.Loading:
		return "Reading the log" + th.Glyphs.Ellipsis, th.Muted
	case p.lines.Complete:
		return "This invocation wrote no lines.", th.Muted
	}
	return "No lines of this invocation have reached the log yet.", th.Muted
}
