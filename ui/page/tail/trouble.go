package tail

import (
	"errors"
	"fmt"
	"strings"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// trouble is what is wrong with one function, or with several of them.
type trouble struct {
	name, text string
	fix        string // what to do; empty when that is not known
	mild       bool   // lines are missing, and no more will be
	functions  int
}

// troubles are what is wrong, by function; those of one cause are one.
func (p *Page) troubles(env *page.Env) []trouble {
	var list []trouble
	add := func(t trouble) {
		for i := range list {
			if have := &list[i]; have.text == t.text && have.fix == t.fix && t.text != "" {
				have.functions++
				have.name = fmt.Sprintf("%d functions", have.functions)
				return
			}
		}
		t.functions = 1
		list = append(list, t)
	}
	for i, id := range p.ids {
		t, _ := p.state(i)
		fn := env.Function(id)
		switch {
		case t.Err != nil && sources.KindOf(t.Err) != sources.Throttled:
			add(troubleOf(p.names[i], "", t.Err))
		case fn == nil && env.Snapshot != nil && !env.Behind && complete(env.Snapshot):
			add(trouble{name: p.names[i], text: "not found: no function of this name is listed in " + id.Region, fix: "look at --region and --profile"})
		case fn != nil && fn.Gone:
			add(trouble{name: p.names[i], text: "no longer in the catalogue: what it has logged is shown", mild: true})
		case t.Cut && p.misses(t.From):
			add(trouble{name: p.names[i], mild: true, text: "lines before " + format.ClockSeconds(env.In(t.From)) + " are missing: it logged more than is read at once"})
		}
		if fn != nil && p.live.On && fn.Tail.Err != nil {
			add(troubleOf(p.names[i], "no live tail: ", fn.Tail.Err))
		}
	}
	return list
}

// troubleOf takes an error apart. What it is about is told by the name.
func troubleOf(name, before string, err error) trouble {
	e, ok := errors.AsType[*sources.Error](err)
	if !ok {
		return trouble{name: name, text: before + strings.TrimSpace(err.Error())}
	}
	short := *e
	short.On, short.Fix = "", ""
	return trouble{name: name, text: before + short.Error(), fix: e.Fix}
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
	return p.told(env, p.troubles(env), max(p.height/8, 1))
}

// told writes troubles in at most room lines, and how many more there are.
func (p *Page) told(env *page.Env, list []trouble, room int) []string {
	th := env.Theme
	width := 0
	for _, t := range list {
		width = max(width, min(line.Width(t.name), max(p.width/4, 8)))
	}
	b := line.New(th)
	var lines []string
	for i, t := range list {
		more := ""
		if n := len(list) - i - 1; n > 0 && len(lines) >= room-1 {
			more = fmt.Sprintf("(and %d more) ", n)
		}
		b.Reset(p.width, theme.Style{}).Space(1)
		if t.mild {
			b.Sign(th.Warn, th.Glyphs.Rise)
		} else {
			b.Sign(th.Bad, th.Glyphs.Fail)
		}
		b.Space(1).Cell(th.Strong, middle(t.name, width, th.Glyphs.Ellipsis), width, false).Space(2).Text(theme.Style{}, more+t.text)
		fits := t.fix == "" || b.Left() >= line.Width(t.fix)+4
		if fits && t.fix != "" {
			b.Space(2).Sign(th.Accent, th.Glyphs.Arrow).Space(1).Text(th.Accent, t.fix)
		}
		lines = append(lines, b.String())
		if !fits {
			b.Reset(p.width, theme.Style{}).Space(5+width).Sign(th.Accent, th.Glyphs.Arrow).Space(1).Text(th.Accent, t.fix)
			lines = append(lines, b.String())
		}
		if more != "" {
			break
		}
	}
	return lines
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
	since := p.since
	for i := range p.ids {
		t, _ := p.state(i)
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
	case p.reading() || env.Snapshot == nil:
		text := "Reading " + counted(len(p.ids), "log", "logs") + th.Glyphs.Ellipsis
		if env.Spinner != "" {
			text = env.Spinner + " " + text
		}
		return p.middle(env, height, th.Strong, text, "from "+format.ClockSeconds(env.In(p.since))+" on")
	}
	return p.middle(env, height, th.Strong, "No line since "+format.ClockSeconds(env.In(since))+".", "lines appear as they become readable")
}

// refused tells why no log can be read, and what to do.
func (p *Page) refused(env *page.Env, height int) []string {
	told := p.told(env, p.troubles(env), max(height-3, 1))
	lines := p.middle(env, height-len(told)-2, env.Theme.Strong, "No log can be read.", "")
	return append(append(lines, ""), told...)
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
