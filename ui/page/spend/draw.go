package spend

import (
	"fmt"
	"slices"
	"strings"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// Draw gives the lines of the page.
func (p *Page) Draw(env *page.Env) []string {
	if p.month == nil {
		return line.Clip(p.nothing(env), p.height)
	}
	lines := p.above(env)
	if rows := p.rows(env.Theme); rows.Len() > 0 {
		lines = append(lines, p.table().Draw(env.Theme, rows)...)
	} else {
		lines = append(lines, p.noRows(env)...)
	}
	below := p.below(env)
	if p.barShown() {
		bar, _ := p.bar(env)
		below = append(below, bar)
	}
	return append(line.Clip(lines, p.height-len(below)), below...)
}

// below are the lines below the table: what there is to say of the row under
// the cursor.
func (p *Page) below(env *page.Env) []string {
	if p.under() == 0 {
		return nil
	}
	th, sign, text := env.Theme, "", ""
	switch p.view {
	case byFunction:
		if it := p.current(); it != nil {
			sign, text = th.Glyphs.Dot, strings.Join(p.month.Report.Lines[it.line].Notes, "; ")
		}
	case whatIf:
		if i := p.table().Cursor(); i < len(p.options) {
			sign, text = th.Glyphs.Dot, string(p.options[i].Basis)+": "+p.options[i].Note
		}
	case whatChanged:
		if d := p.difference(); d != nil {
			sign, text = th.Glyphs.Dot, causes(th, d, p.width-line.Width(th.Glyphs.Dot)-2)
		}
	case byComponent, viewCount:
		return nil
	}
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1)
	if text != "" {
		b.Sign(th.Muted, sign).Space(1).Text(th.Muted, text)
	}
	return []string{b.String()}
}

// rows are the rows of the view that is seen.
func (p *Page) rows(th *theme.Theme) table.Rows {
	switch p.view {
	case byComponent:
		return componentRows{p.components(), th}
	case whatChanged:
		return changedRows{p.month.Report.Changed.Lines, th}
	case whatIf:
		return optionRows{p.options, th}
	case byFunction, viewCount:
	}
	return functionRows{p, th}
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
	remark, st := fmt.Sprintf("%s of %s", format.Int(int64(len(p.shown))), format.Int(int64(len(p.items)))), th.Muted
	switch {
	case p.prompt.Focused() && p.prompt.Value() == "":
		remark = "a name, mtd>10 forecast>100 init>1 logs>5 saves>10 region:eu runtime:python, -word for the opposite"
	case p.problem != nil:
		remark, st = th.Glyphs.Fail+" "+p.problem.Error(), th.Bad
	}
	return p.prompt.Bar(th, p.width, p.filterIs, remark, st)
}

// noRows says why the view has no rows.
func (p *Page) noRows(env *page.Env) []string {
	text := "No functions."
	switch {
	case p.filters() && p.filterIs != "" && len(p.shown) == 0 && len(p.items) > 0:
		text = "No function passes the filter."
	case p.view == whatChanged && p.month.Report.Changed.Short:
		text = "Two weeks have not been read."
	case p.view == whatChanged:
		text = "Nothing costs more or less than a week before."
	case p.view == whatIf:
		text = "There is nothing to reckon with: it was not used, or an hour or a price is not known."
		if it := p.current(); it != nil && it.group != "" {
			text = "A log group has nothing to set here: its functions have."
		}
	}
	b := line.New(env.Theme).Reset(p.width, theme.Style{}).Space(2)
	return []string{"", b.Text(env.Theme.Muted, text).String()}
}

// nothing is the page before anything has been read: what that costs, why it is
// not read, or how far it has come.
func (p *Page) nothing(env *page.Env) []string {
	th := env.Theme
	w := writer{b: line.New(th), th: th, width: p.width}
	w.lines = line.Blank(max(min(p.height/4, 6), 0))
	sp := p.sp
	switch {
	case env.Snapshot == nil:
		w.say(th.Muted, "Opening"+th.Glyphs.Ellipsis)
	case sp != nil && sp.Refused != nil:
		w.failure(th.Glyphs.Rise, th.Warn, "The month has not been read.", sp.Refused)
	case p.asks():
		w.say(th.Strong, "What the functions cost this month is reckoned from hourly metrics.")
		w.say(theme.Style{}, fmt.Sprintf("Reading them costs up to %s: %s of %s.", format.USDShort(sp.USD), several(sp.Metrics, "metric"), several(p.functions(), "function")))
		w.say(th.Muted, "Each full hour that this page stays open costs about as much again.")
		w.say(theme.Style{}, "")
		w.say(th.Accent, th.Glyphs.Enter+" reads the month")
		w.say(th.Muted, "For a file: fntop cost -o csv")
	case sp != nil && sp.Reading:
		w.say(th.Strong, "Reading the month"+th.Glyphs.Ellipsis)
		p.places(env, &w)
	case sp != nil && p.failed():
		w.say(th.Strong, "The month could not be read.")
		p.places(env, &w)
	case sp != nil && sp.Listed && p.functions() == 0:
		w.say(th.Strong, "No functions, and nothing to read.")
		p.places(env, &w)
	default:
		w.say(th.Strong, "Finding out what reading the month costs"+th.Glyphs.Ellipsis)
		if sp != nil && sp.Metrics > 0 {
			w.say(th.Muted, fmt.Sprintf("%s so far, %s", several(sp.Metrics, "metric"), format.USDShort(sp.USD)))
		}
		p.places(env, &w)
	}
	return w.lines
}

// failed tells whether reading a place has failed.
func (p *Page) failed() bool {
	return slices.ContainsFunc(p.sp.Places, func(pl fleet.SpendingPlace) bool { return pl.Err != nil })
}

// functions is how many functions are listed.
func (p *Page) functions() int {
	n := 0
	for i := range p.sp.Places {
		n += p.sp.Places[i].Functions
	}
	return n
}

// places tells how far each place has come.
func (p *Page) places(env *page.Env, w *writer) {
	th := env.Theme
	w.say(theme.Style{}, "")
	for i := range env.Snapshot.Places {
		pl := &env.Snapshot.Places[i]
		at := p.placeOf(pl)
		switch {
		case pl.Err != nil:
			w.placeFailed(pl.Label, pl.Err)
		case at != nil && at.Err != nil:
			w.placeFailed(pl.Label, at.Err)
		case pl.State == fleet.Opening:
			w.place(pl.Label, th.Glyphs.Dot, th.Muted, "opening")
		case pl.Catalog.Err != nil:
			w.placeFailed(pl.Label, pl.Catalog.Err)
		case !pl.Complete:
			w.place(pl.Label, th.Glyphs.Dot, th.Muted, several(pl.Listed, "function")+" so far")
		case at != nil && at.Reading:
			w.place(pl.Label, th.Glyphs.Dot, theme.Style{}, "reading the metrics: "+doneOf(at.Done, at.Of))
		case at != nil && !at.Through.IsZero():
			w.place(pl.Label, th.Glyphs.Good, th.Good, "read")
		default:
			w.place(pl.Label, th.Glyphs.Dot, th.Muted, several(pl.Listed, "function"))
		}
	}
}

// placeOf is how far a place has been read; nil when nothing is known.
func (p *Page) placeOf(pl *fleet.Place) *fleet.SpendingPlace {
	if p.sp == nil {
		return nil
	}
	for i := range p.sp.Places {
		if at := &p.sp.Places[i]; at.Account == pl.Account && at.Region == pl.Region {
			return at
		}
	}
	return nil
}

// writer writes lines of text below each other.
type writer struct {
	b     *line.Builder
	th    *theme.Theme
	width int
	lines []string
}

// margin is the room before the text.
const margin = 3

func (w *writer) say(st theme.Style, text string) {
	w.lines = append(w.lines, w.b.Reset(w.width, theme.Style{}).Space(margin).Text(st, text).String())
}

// place is a line about a place.
func (w *writer) place(label, sign string, st theme.Style, text string) {
	w.b.Reset(w.width, theme.Style{}).Space(margin).Sign(st, sign).Space(1)
	w.b.Cell(w.th.Strong, label, labelWidth, false).Space(2).Text(st, text)
	w.lines = append(w.lines, w.b.String())
}

// labelWidth is the room for the name of a place.
const labelWidth = 16

// placeFailed is a place that has failed, with what to do in a line of its own.
func (w *writer) placeFailed(label string, err error) {
	what, fix := sources.SplitError(err)
	w.place(label, w.th.Glyphs.Fail, w.th.Bad, what)
	w.fix(margin+labelWidth+4, fix)
}

// failure is what has not been done, why, and what to do.
func (w *writer) failure(sign string, st theme.Style, headline string, err error) {
	w.b.Reset(w.width, theme.Style{}).Space(margin).Sign(st, sign).Space(1).Text(w.th.Strong, headline)
	w.lines = append(w.lines, w.b.String())
	what, fix := sources.SplitError(err)
	w.say(theme.Style{}, "  "+what)
	w.fix(margin+2, fix)
}

// fix is a line of what to do; none when there is nothing to name.
func (w *writer) fix(at int, text string) {
	if text == "" {
		return
	}
	w.b.Reset(w.width, theme.Style{}).Space(at).Sign(w.th.Accent, w.th.Glyphs.Arrow).Space(1)
	w.lines = append(w.lines, w.b.Text(w.th.Accent, text).String())
}
