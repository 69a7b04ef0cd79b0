package function

import (
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/filter"
	"fntop/ui/format"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// list is the invocations of the window that pass a filter, in an order.
type list struct {
	p             *Page
	table         *table.Model
	width, height int

	filter  filter.Invocations
	sort    int // a column
	desc    bool
	order   []int32 // of the function's invocations
	within  int     // how many lie in the window
	scratch []sortKey
	bars    bars

	counted bool // somebody else says how many there are

	selected sources.InvocationKey
	pinned   bool // the user has moved off the newest
}

// newList makes a list, the newest invocations first.
func newList(p *Page) *list {
	l := &list{p: p, sort: colTime, desc: true}
	l.table = table.New(nil)
	l.lay()
	return l
}

// lay gives the table its columns.
func (l *list) lay() { l.table.SetColumns(columns(l.p.window, func() bars { return l.bars })) }

// at is the invocation in a row.
func (l *list) at(row int) *sources.Invocation { return &l.p.fn.Invocations[l.order[row]] }

func (l *list) resize(width, height int) {
	l.width, l.height = width, height
	l.table.Resize(width, height)
	l.table.SetLen(len(l.order))
}

// take takes over what is known, and keeps the selection on its line of the
// screen.
func (l *list) take(env *page.Env) {
	if l.p.fn == nil {
		return
	}
	at := l.table.Cursor() - l.table.Top()
	l.choose(env)
	l.scale()
	l.lay()
	l.table.SetLen(len(l.order))
	if !l.pinned {
		l.table.Home()
		return
	}
	if i := slices.IndexFunc(l.order, func(i int32) bool { return l.p.fn.Invocations[i].Key() == l.selected }); i >= 0 {
		l.table.SelectAt(i, at)
	}
}

// scaleOf bounds from how many invocations the scale of the bars is taken.
const scaleOf = 1000

// scale takes the scale of the bars from the newest invocations that are
// shown.
func (l *list) scale() {
	some := make([]*sources.Invocation, 0, min(len(l.order), scaleOf))
	for row := range min(len(l.order), scaleOf) {
		some = append(some, l.at(row))
	}
	l.bars = scaleBars(some)
}

// keys are the bindings of a list.
func (l *list) keys(env *page.Env) []key.Binding {
	k := env.Keys
	return []key.Binding{k.Open, k.Trace, keys.Named(k.Copy, "copy ID")}
}

// press takes a key press for the list.
func (l *list) press(env *page.Env, press tea.KeyPressMsg) (page.Step, bool) {
	k := env.Keys
	if k.Move(press, l.table) {
		l.touched()
		return nil, true
	}
	inv, ok := l.current()
	switch {
	case !ok:
		return nil, false
	case key.Matches(press, k.Open):
		l.touched()
		return page.OpenInvocation{Function: l.p.id, Known: inv, Window: l.p.window, Filter: l.filter}, true
	case key.Matches(press, k.Trace):
		return TraceOf(l.p.id, inv), true
	case key.Matches(press, k.Copy) && l.pinned:
		return page.Copy{What: "the request ID", Text: inv.RequestID}, true
	}
	return nil, false
}

// click selects the invocation at a place; it gives the column whose title
// is there, or -1.
func (l *list) click(_ *page.Env, x, y int) int {
	column, row := l.table.Hit(x, y)
	if row >= 0 {
		l.table.Select(row)
		l.touched()
	}
	return column
}

func (l *list) scroll(by int) {
	l.table.Scroll(by)
	l.touched()
}

// touched notes that the user has moved through the list.
func (l *list) touched() {
	inv, ok := l.current()
	l.pinned = ok && l.table.Cursor() > 0
	if ok {
		l.selected = inv.Key()
	}
}

// current is the invocation under the cursor.
func (l *list) current() (sources.Invocation, bool) {
	i := l.table.Cursor()
	if l.p.fn == nil || i >= len(l.order) {
		return sources.Invocation{}, false
	}
	return *l.at(i), true
}

// draw gives the invocations, or why there are none.
func (l *list) draw(env *page.Env) []string {
	if l.height <= 0 {
		return nil
	}
	th := env.Theme
	b := line.New(th).Reset(l.width, theme.Style{}).Space(2)
	if len(l.order) > 0 {
		lines := l.table.Draw(th, rows{l, env})
		if n := l.p.fn.InvocationsDropped; n > 0 && !l.counted && len(lines) < l.height && l.height > 2 {
			lines = append(lines, b.Text(th.Muted, format.Int(int64(n))+" older ones are not kept.").String())
		}
		return line.Clip(lines, l.height)
	}
	text, st := l.nothing(env)
	if err := l.p.fnLogs().Err; err != nil && sources.KindOf(err) != sources.Throttled {
		text, st = th.Glyphs.Fail+" "+strings.TrimSpace(err.Error()), th.Bad
	}
	return line.Clip(append(line.Blank(min(1, l.height-1)), b.Text(st, text).String()), l.height)
}

// nothing is why there are no invocations to show.
func (l *list) nothing(env *page.Env) (string, theme.Style) {
	th, fn := env.Theme, l.p.fn
	past := !l.p.window.Until.IsZero()
	_, end := l.p.window.At(env.Now)
	switch {
	case fn == nil || fn.InvocationsThrough.IsZero() && (env.Behind || !env.Snapshot.Settled):
		if env.Paused {
			return "Paused: " + env.Keys.Pause.Help().Key + " goes on and reads the log.", th.Muted
		}
		return "Reading the log" + th.Glyphs.Ellipsis, th.Muted
	case fn.InvocationsThrough.IsZero():
		return "The log has not been read.", th.Muted
	case l.within > 0:
		return "No invocation passes the filter.", th.Muted
	case past && fn.InvocationsFrom.After(end):
		return "The log is known since " + stamp(env, fn.InvocationsFrom) + ": older invocations are not kept.", th.Muted
	case past:
		return "No invocations in this time.", th.Muted
	}
	return "No invocations in the last " + rangeName(l.p.window.Since) + ".", th.Muted
}

func (p *Page) fnLogs() fleet.Health {
	if p.fn == nil {
		return fleet.Health{}
	}
	return p.fn.Logs
}

// began is when an invocation began, or else was reported; zero when neither
// is known.
func began(inv *sources.Invocation) time.Time { return inv.Start.OrElse(inv.Reported).Or(time.Time{}) }
