package invocation

import (
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/platformlog"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// phase is a part of the time of an invocation.
type phase struct {
	name   string
	length time.Duration
	style  theme.Style
	glyph  string
}

// parts are the phases of the invocation in their order, as far as they are
// known: what the request waited for, the run up to its answer, and what the
// environment took behind it. Together they are the init or restore and the duration of
// the report, to the hundredth of a millisecond.
func (p *Page) parts(th *theme.Theme) []phase {
	run, ok := p.inv.Duration.Get()
	if !ok {
		return nil
	}
	var all []phase
	if d, ok := p.inv.Init.Get(); ok {
		all = append(all, phase{"init", d, th.Init, th.Glyphs.BarInit})
	} else if d, ok := p.inv.Restore.Get(); ok {
		all = append(all, phase{"restore", d, th.Init, th.Glyphs.BarInit})
	}
	st := th.Run
	if p.inv.Outcome != sources.OK {
		st = th.Bad
	}
	after := max(run-p.answered.Or(run), 0)
	all = append(all, phase{"run", run - after, st, th.Glyphs.BarRun})
	if after > 0 {
		all = append(all, phase{"overhead", after, th.Muted, th.Glyphs.BarIdle})
	}
	return all
}

// answered is after how long the runtime had answered, which only the log of a
// function with JSON logs at level DEBUG tells. The duration of the report may
// be longer: extensions that go on are in it.
func answered(lines *fleet.Lines, request string) sources.Opt[time.Duration] {
	for i := range lines.Events {
		r, ok := platformlog.Parse(lines.Events[i].Message)
		if ok && r.Kind == platformlog.RuntimeDone && r.RequestID == request {
			return r.Duration
		}
	}
	return sources.Opt[time.Duration]{}
}

// phases draws the phases on one scale, and below it what they add up to.
func (p *Page) phases(env *page.Env) []string {
	th := env.Theme
	b := line.New(th)
	parts := p.parts(th)
	if len(parts) == 0 {
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
	total := time.Duration(0)
	for _, ph := range parts {
		total += ph.length
	}
	if total <= 0 || p.width < 14 {
		return nil
	}
	b.Reset(p.width, theme.Style{}).Space(1).Sign(th.Faint, th.Glyphs.BarOpen)
	room, done, used := p.width-4, time.Duration(0), 0
	for i, ph := range parts {
		done += ph.length
		until := int(float64(room) * float64(done) / float64(total))
		until = min(max(until, used+1), room-(len(parts)-1-i)) // each shows
		b.Repeat(ph.style, ph.glyph, until-used)
		used = until
	}
	b.Sign(th.Faint, th.Glyphs.BarClose)
	return []string{"", b.String(), p.sum(env, parts, total)}
}

// piece is a part of a line that is written whole or not at all.
type piece struct {
	sign, name, value, remark string
	style                     theme.Style // of the sign and the name
}

func (pc piece) width() int {
	w := 0
	for _, s := range []string{pc.sign, pc.name, pc.value, pc.remark} {
		if s != "" {
			w += line.Width(s) + 1
		}
	}
	return w - 1
}

// put writes the piece behind a separator. It is false, and nothing is written,
// when there is no room for both.
func (pc piece) put(b *line.Builder, th *theme.Theme, before string) bool {
	if b.Left() < line.Width(before)+pc.width() {
		return false
	}
	b.Text(th.Muted, before)
	gap := func() { b.Space(1) }
	if pc.sign != "" {
		b.Sign(pc.style, pc.sign)
		gap()
	}
	if pc.name != "" {
		b.Text(pc.style, pc.name)
		gap()
	}
	b.Text(theme.Style{}, pc.value)
	if pc.remark != "" {
		gap()
		b.Text(th.Muted, pc.remark)
	}
	return true
}

// sum writes the phases as an addition, and what of it is billed, each figure
// whole or not at all. What is billed goes before remarks.
func (p *Page) sum(env *page.Env, parts []phase, total time.Duration) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{}).Space(2)
	allowed := ""
	if p.fn != nil && p.fn.Config.Timeout > 0 && len(parts) == 1 {
		allowed = "of " + format.Span(p.fn.Config.Timeout) + " allowed"
	}
	billed := p.billed(th, total)
	const apart = "   "
	if billed.value != "" {
		own := piece{sign: parts[0].glyph, name: parts[0].name, value: format.ExactMillis(parts[0].length), remark: allowed}
		if b.Left() < own.width()+len(apart)+billed.width() {
			billed.remark = ""
		}
		if b.Left() < own.width()+len(apart)+billed.width() {
			allowed = ""
		}
	}
	whole := true
	for i, ph := range parts {
		one := piece{sign: ph.glyph, name: ph.name, value: format.ExactMillis(ph.length), remark: allowed, style: ph.style}
		before := ""
		if i > 0 {
			before = " + "
		}
		if whole = one.put(b, th, before); !whole {
			break
		}
	}
	if whole && len(parts) > 1 {
		piece{value: format.ExactMillis(total)}.put(b, th, " = ")
	}
	if billed.value != "" {
		if b.Left() < len(apart)+billed.width() {
			billed.remark = ""
		}
		billed.put(b, th, apart)
	}
	return b.String()
}

// billed is what is billed, and why that is not what the phases took.
func (p *Page) billed(th *theme.Theme, total time.Duration) piece {
	billed, ok := p.inv.Billed.Get()
	if !ok {
		return piece{}
	}
	pc := piece{name: "billed", value: format.Millis(billed), style: th.Muted}
	switch d := billed - total; {
	case d > 0 && d < time.Millisecond:
		pc.remark = "(rounded up by " + format.ExactMillis(d) + ")"
	case d >= time.Millisecond:
		pc.remark = "(" + format.ExactMillis(d) + " more)"
	case d < 0:
		pc.remark = "(" + p.unbilled() + ")"
	}
	return pc
}

// unbilled says why less is billed than the phases took.
func (p *Page) unbilled() string {
	if d, ok := p.inv.BilledRestore.Get(); ok {
		return format.Millis(d) + " of the restore count"
	}
	if p.inv.Init.Known() {
		return "its init is not billed"
	}
	return "less than it took"
}
