package invocation

import (
	"fmt"
	"strings"

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
		texts, st := p.noLines(env)
		b := line.New(env.Theme)
		for _, text := range texts {
			lines = append(lines, b.Reset(p.width, theme.Style{}).Space(2).Text(st, text).String())
		}
	}
	if !p.prompt.Focused() {
		return line.Clip(lines, p.height)
	}
	bar, _ := p.bar(env)
	return append(line.Clip(lines, p.height-1), bar)
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
	if p.inv.Environment != "" {
		b := line.New(env.Theme).Reset(p.width, theme.Style{}).Space(2)
		life := p.life(env)
		if line.Width(life) > b.Left() {
			life = strings.NewReplacer(" of this environment", "", "environment since", "since").Replace(life)
		}
		for i, part := range strings.Split(life, " "+env.Theme.Glyphs.Dot+" ") {
			if i > 0 {
				part = " " + env.Theme.Glyphs.Dot + " " + part
			}
			if i > 0 && line.Width(part) > b.Left() {
				break
			}
			b.Text(env.Theme.Muted, part)
		}
		lines = append(lines, b.String())
	}
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
