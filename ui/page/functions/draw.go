package functions

import (
	"errors"
	"fmt"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Draw gives the lines of the page.
func (p *Page) Draw(env *page.Env) []string {
	lines := p.notices(env)
	if len(p.order) > 0 {
		lines = append(lines, p.table.Draw(env.Theme, &rows{p: p, th: env.Theme})...)
	} else {
		lines = append(lines, p.nothing(env)...)
	}
	if !p.barShown() {
		return line.Clip(lines, p.height)
	}
	lines = line.Clip(lines, p.height-1)
	bar, _ := p.bar(env)
	return append(lines, bar)
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
	remark, st := fmt.Sprintf("%s of %s", format.Int(int64(len(p.order))), format.Int(int64(total))), th.Muted
	switch {
	case p.prompt.Focused() && p.prompt.Value() == "":
		remark = "a name, err>1 cold>5 p95>1s mem>=1024 runtime:python region:eu idle, -word for the opposite"
	case p.problem != nil:
		remark, st = th.Glyphs.Fail+" "+p.problem.Error(), th.Bad
	}
	if !p.prompt.Focused() {
		b := line.New(th).Reset(p.width, theme.Style{})
		b.Space(1).Text(th.Accent, "/").Space(1).Text(theme.Style{}, p.filterIs).Space(3).Text(st, remark)
		return b.String(), -1
	}
	return p.prompt.Draw(th, p.width, remark, st)
}

// thrift says what the budget does to the figures; "" when nothing.
func thrift(pace poll.Pace) string {
	switch {
	case !pace.Slowed:
		return ""
	case pace.Free:
		return "free: no metrics, which cost money; a function's invocations come from its log, which is free"
	case pace.Rows == 0:
		return "the budget is too small for metrics; a function's invocations come from its log, which is free"
	case pace.Rows > time.Minute && pace.Rest > 0:
		return "the budget allows figures of the rows on the screen every " + format.Duration(pace.Rows)
	case pace.Rows > time.Minute:
		return "the budget allows figures of the rows on the screen every " + format.Duration(pace.Rows) + ", and none of the others"
	case pace.Rest == 0:
		return "the budget allows no figures of the functions off the screen"
	default:
		return "the budget allows figures of the functions off the screen every " + format.Duration(pace.Rest)
	}
}

// maxNotices bounds the lines that tell of failed places.
const maxNotices = 3

// notices are the places that fail while others are shown.
func (p *Page) notices(env *page.Env) []string {
	if env.Snapshot == nil || len(p.order) == 0 {
		return nil
	}
	room := min(maxNotices, max(p.height-8, 0)/4)
	var lines []string
	if text := thrift(env.Snapshot.Pace); text != "" && room > 0 {
		th := env.Theme
		b := line.New(th).Reset(p.width, theme.Style{}).Space(1).Sign(th.Warn, th.Glyphs.Rise).Space(1)
		lines = append(lines, b.Text(th.Warn, text).String())
	}
	for _, pl := range env.Snapshot.Places {
		err := trouble(pl)
		if err == nil {
			continue
		}
		if len(lines) == room {
			break
		}
		lines = append(lines, p.trouble(env, pl, err))
	}
	return lines
}

// trouble is what is wrong with a place, or nil. Throttling and budgets are
// the engine's everyday business and not told here, unless nothing has come
// through yet.
func trouble(pl fleet.Place) error {
	if pl.Err != nil {
		return pl.Err
	}
	for _, h := range []fleet.Health{pl.Catalog, pl.Metrics, pl.Logs} {
		switch {
		case h.Err == nil:
			continue
		case passing(h.Err) && !h.Good.IsZero():
			continue // it has worked, and will again
		default:
			return h.Err
		}
	}
	return nil
}

// passing tells whether an error goes away by itself.
func passing(err error) bool {
	switch sources.KindOf(err) {
	case sources.Throttled, sources.Cancelled, sources.OverBudget:
		return true
	default:
		return false
	}
}

func (p *Page) trouble(env *page.Env, pl fleet.Place, err error) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{})
	b.Space(1).Sign(th.Bad, th.Glyphs.Fail).Space(1).Text(th.Strong, name(pl)).Space(2)
	b.Text(theme.Style{}, err.Error())
	return b.String()
}

func name(pl fleet.Place) string {
	if pl.Label != "" {
		return pl.Label
	}
	return pl.Region
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

// places tells how far each place has come, while there are no functions.
func (p *Page) places(env *page.Env) []string {
	th := env.Theme
	lines := line.Blank(max(min(p.height/2-len(env.Snapshot.Places)-1, p.height/4), 0))
	empty := 0
	for _, pl := range env.Snapshot.Places {
		b := line.New(th).Reset(p.width, theme.Style{})
		b.Space(3)
		err := trouble(pl)
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
			fix = fixOf(err)
			b.Text(theme.Style{}, withoutFix(err, fix))
		case pl.State == fleet.Opening:
			b.Text(th.Muted, "opening: finding credentials and account")
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

// fixOf is the next step that an error names; empty when it names none.
func fixOf(err error) string {
	if e, ok := errors.AsType[*sources.Error](err); ok {
		return e.Fix
	}
	return ""
}

// withoutFix is the error's text without the next step.
func withoutFix(err error, fix string) string {
	e, ok := errors.AsType[*sources.Error](err)
	if fix == "" || !ok {
		return err.Error()
	}
	short := *e
	short.Fix = ""
	return short.Error()
}
