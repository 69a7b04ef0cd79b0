package invocation

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/page/function"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

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
	if p.width < split || half+nameWidth+1+widest > p.width {
		below := 2 + nameWidth + 1 // where what belongs to the fact before begins
		if below+widest > p.width {
			below = 4
		}
		for _, f := range append(left, right...) {
			b.Reset(p.width, theme.Style{}).Space(2)
			if f.name == "" {
				b.To(below)
			}
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
			if right[i].name == "" {
				b.To(half + nameWidth + 1)
			}
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
	if f.name != "" {
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
	if text := p.ended(env); text != "" {
		_, st := function.Outcome(th, inv)
		facts = append(facts, fact{"outcome", text, st})
	}
	if len(p.attempts) > 1 || inv.Attempt > 1 {
		add("attempts", p.tries(env))
	}
	add("started", p.started(env))
	add("environment", or(inv.Environment, th.Glyphs.Unknown))
	version := inv.Version
	if version == "" && p.fn != nil {
		version = p.fn.Config.Version
	}
	add("version", or(version, th.Glyphs.Unknown))
	used, ok := inv.MaxMemoryMB.Get()
	size, known := inv.MemoryMB.Get()
	switch {
	case ok && known && size > 0:
		add("memory", fmt.Sprintf("%d of %d MB (%d %%), peak of its environment", used, size, used*100/size))
	case known:
		add("memory", strconv.Itoa(size)+" MB")
	}
	switch {
	case inv.TraceID != "" && inv.Sampled:
		add("trace", inv.TraceID)
	case inv.TraceID != "":
		add("trace", "not sampled ("+inv.TraceID+")")
	}
	return facts
}

// started is when the handler started, and whether its request waited for an
// environment.
func (p *Page) started(env *page.Env) string {
	text := env.Theme.Glyphs.Unknown
	if t, ok := p.inv.Start.Get(); ok {
		text = env.In(t).Format("2006-01-02 15:04:05.000 MST")
	}
	switch cold, ok := p.inv.Cold.Get(); {
	case ok && cold:
		text += ", cold: the request waited for a new environment"
	case ok:
		text += ", warm"
	}
	return text
}

// ended says in words how the invocation ended, where that says more than its
// name.
func (p *Page) ended(env *page.Env) string {
	inv := &p.inv
	of := func(text string) string {
		if inv.ErrorType != "" {
			text += ": " + inv.ErrorType
		}
		return text
	}
	switch inv.Outcome {
	case sources.OK:
		return ""
	case sources.Failed:
		return of("the handler failed")
	case sources.TimedOut:
		if d, ok := inv.Duration.Get(); ok {
			return "stopped after " + format.Duration(d) + ": its timeout had passed"
		}
		return "stopped: its timeout had passed"
	case sources.OutOfMemory:
		if mb, ok := inv.MemoryMB.Get(); ok {
			return "killed: it needed more than its " + strconv.Itoa(mb) + " MB of memory"
		}
		return "killed: it needed more memory than it has"
	case sources.Exited:
		return of("the runtime process ended before it had answered")
	case sources.InitFailed:
		return of("the init before the handler failed")
	case sources.Running:
		if t, ok := inv.Start.Get(); ok {
			return "running for " + format.Age(env.Since(t))
		}
		return "running"
	case sources.Unknown:
	}
	return "not known: it began, and no report was written before its timeout had passed"
}

// tries are the runs that share the request ID, the one shown in brackets.
func (p *Page) tries(env *page.Env) string {
	if len(p.attempts) < 2 {
		return "number " + strconv.Itoa(p.inv.Attempt) + "; the one before is not among those that are kept"
	}
	texts := make([]string, 0, len(p.attempts))
	for i := range p.attempts {
		inv := &p.attempts[i]
		outcome, _ := function.Outcome(env.Theme, inv)
		text := strconv.Itoa(inv.Attempt) + " " + outcome
		if t, ok := inv.Start.OrElse(inv.Reported).Get(); ok {
			text += " " + format.ClockSeconds(env.In(t))
		}
		if inv.Key() == p.inv.Key() {
			text = "[" + text + "]"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " "+env.Theme.Glyphs.Dot+" ")
}

// life says where the invocation stands in the life of its execution
// environment, as far as its other invocations are known.
func (p *Page) life(env *page.Env) string {
	th := env.Theme
	if p.place < 0 {
		return "its place in this environment is not known: it is no longer kept"
	}
	known := "known "
	first := &p.same[0]
	cold, ok := first.Cold.Get()
	began, started := first.Start.Get()
	since := th.Glyphs.Unknown
	if ok && cold && started {
		known = ""
		since = format.ClockSeconds(env.In(began.Add(-first.Init.OrElse(first.Restore).Or(0)))) + " (cold)"
	}
	text := ordinal(p.place+1) + " " + known + "of this environment"
	if p.place > 0 || known != "" {
		idle := th.Glyphs.Unknown
		if p.place > 0 {
			if d, ok := idleBetween(&p.same[p.place-1], &p.inv); ok {
				idle = format.Duration(d)
			}
		}
		text += " " + th.Glyphs.Dot + " " + idle + " after the one before"
	}
	return text + " " + th.Glyphs.Dot + " environment since " + since
}

// idleBetween is how long an environment waited from the end of one
// invocation to the start of the next.
func idleBetween(one, next *sources.Invocation) (time.Duration, bool) {
	start, ok := one.Start.Get()
	length, ended := one.Duration.Get()
	then, known := next.Start.Get()
	if !ok || !ended || !known {
		return 0, false
	}
	return max(then.Sub(start.Add(length)), 0), true
}

func ordinal(n int) string {
	suffix := "th"
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		suffix = "st"
	case n%10 == 2:
		suffix = "nd"
	case n%10 == 3:
		suffix = "rd"
	}
	return format.Int(int64(n)) + suffix
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
		if env.Theme.Glyphs.ASCII {
			l = strings.ReplaceAll(l, "×", "x")
		}
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
