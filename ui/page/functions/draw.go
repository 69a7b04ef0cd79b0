package functions

import (
	"fmt"
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
	var lines []string
	if len(p.order) > 0 {
		lines = append(lines, p.table.Draw(env.Theme, &rows{p: p, th: env.Theme})...)
	} else {
		lines = append(lines, p.nothing(env)...)
	}
	height := p.height
	if p.barShown() {
		height--
	}
	notices, below := p.notices(env), p.stripHeight()
	if len(notices) > 0 {
		lines = append(line.Clip(lines, height-below-len(notices)), notices...)
	}
	if below > 0 {
		lines = append(line.Clip(lines, height-below), p.strip.draw(env, p.width, below)...)
	}
	lines = line.Clip(lines, height)
	if p.barShown() {
		bar, _ := p.bar(env)
		lines = append(lines, bar)
	}
	return lines
}

// Cursor is where the terminal's cursor belongs while text is typed.
func (p *Page) Cursor(env *page.Env) (x, y int, ok bool) {
	if !p.prompt.Focused() {
		return 0, 0, false
	}
	_, x = p.bar(env)
	return x, p.height - 1, x >= 0
}

// bar is the line of the filter.
func (p *Page) bar(env *page.Env) (string, int) {
	th := env.Theme
	total := 0
	if p.snap != nil {
		total = p.snap.Len()
	}
	remark, st := fmt.Sprintf("%s of %s", format.Int(int64(p.passed)), format.Int(int64(total)))+p.waiting(), th.Muted
	switch {
	case p.prompt.Focused() && p.prompt.Value() == "":
		remark = "a name, err>1 cold>5 p95>1s inv/min>9 mem>=1024 runtime:python tag:team=pay trigger:sqs deployed<1h idle, -word for the opposite"
	case p.problem != nil:
		remark, st = th.Glyphs.Fail+" "+p.problem.Error(), th.Bad
	}
	return p.prompt.Bar(th, p.width, p.filterIs, remark, st)
}

// waiting says what the filter means where that could be mistaken, and of how
// many functions something is not known that it asks for; "" when of none.
func (p *Page) waiting() string {
	var text string
	if p.filter.Uses("inv") {
		text = ", inv is of the last " + format.Span(p.win.Since) + ": inv/min of a minute"
	}
	if n := p.untold.versions; n > 0 && p.filter.Uses("version") {
		text += ", what " + format.Int(int64(n)) + " deployed is not known"
	}
	if n := p.untold.tags; n > 0 && p.filter.Uses("tag") {
		text += ", the tags of " + format.Int(int64(n)) + " are not known yet"
	}
	if n := p.untold.triggers; n > 0 && p.filter.Uses("trigger") {
		text += ", not all triggers of " + format.Int(int64(n)) + " are known"
	}
	return text
}

// nothing is the page while it has no rows, and says why.
func (p *Page) nothing(env *page.Env) []string {
	if p.filterIs != "" && p.snap != nil && p.snap.Len() > 0 {
		return p.middle(env, "No function passes the filter.", "esc clears it")
	}
	if env.Snapshot == nil {
		return p.middle(env, "Opening"+env.Theme.Glyphs.Ellipsis, "")
	}
	return p.places(env)
}

// middle puts a sentence and a remark into the middle of the page.
func (p *Page) middle(env *page.Env, text, remark string) []string {
	lines := line.Blank(max(p.height/2-2, 0))
	b := line.New(env.Theme)
	if env.Spinner != "" && remark == "" {
		text = env.Spinner + " " + text
	}
	lines = append(lines, p.centred(b, env.Theme.Strong, text))
	if remark != "" {
		lines = append(lines, p.centred(b, env.Theme.Muted, remark))
	}
	return lines
}

func (p *Page) centred(b *line.Builder, st theme.Style, text string) string {
	return b.Reset(p.width, theme.Style{}).Space((p.width-line.Width(text))/2).Text(st, text).String()
}

// slowOpening is how long a place may take to open without a word about it.
const slowOpening = 3 * time.Second

// places tells how far each place has come, while there are no functions.
func (p *Page) places(env *page.Env) []string {
	th := env.Theme
	lines := line.Blank(max(min(p.height/2-len(env.Snapshot.Places)-1, p.height/4), 0))
	empty := 0
	for _, pl := range env.Snapshot.Places {
		b := line.New(th).Reset(p.width, theme.Style{})
		b.Space(3)
		err := p.trouble(pl)
		switch {
		case err != nil:
			b.Sign(th.Bad, th.Glyphs.Fail)
		case pl.State == fleet.Open && pl.Complete:
			b.Sign(th.Muted, th.Glyphs.Dot)
		case env.Spinner != "":
			b.Sign(th.Accent, env.Spinner)
		default:
			b.Space(1)
		}
		b.Space(1).Cell(th.Strong, name(pl), 16, false).Space(2)
		fix := ""
		switch {
		case err != nil:
			var what string
			what, fix = sources.SplitError(err)
			b.Text(theme.Style{}, what)
		case pl.State == fleet.Opening:
			text := "opening: finding credentials and account"
			if d := env.Since(p.began); !p.began.IsZero() && d >= slowOpening {
				text += ", no answer for " + format.Span(d.Truncate(time.Second))
			}
			b.Text(th.Muted, text)
		case !pl.Complete:
			b.Text(th.Muted, "listing functions"+th.Glyphs.Ellipsis)
		default:
			b.Text(th.Muted, "no functions in "+pl.Region)
			empty++
		}
		lines = append(lines, b.String())
		if fix != "" {
			b.Reset(p.width, theme.Style{}).Space(23).Sign(th.Accent, th.Glyphs.Arrow).Space(1)
			lines = append(lines, b.Text(th.Accent, fix).String())
		}
	}
	if empty > 0 && empty == len(env.Snapshot.Places) {
		b := line.New(th).Reset(p.width, theme.Style{}).Space(23).Sign(th.Accent, th.Glyphs.Arrow).Space(1)
		lines = append(lines, "", b.Text(th.Accent, "fntop --region all looks in every region, --profile in another account").String())
	}
	return lines
}
