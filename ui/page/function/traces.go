package function

import (
	"cmp"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/console"
	"fntop/sources/poll"
	"fntop/ui/filter"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// traces is the tab of the traces that went through the function, which can be
// filtered and sorted.
type traces struct {
	*search
	p     *Page
	table *table.Model

	filter filter.Traces
	sort   int // a column
	desc   bool
	list   []*sources.TraceSummary // in the window, those that pass, in their order
	within int                     // how many lie in the window
	full   time.Duration           // the longest bar
	urgent bool                    // there is a note that must not be missed
	// invoked are the invocations of the traces whose reports have been read.
	invoked map[string]*sources.Invocation

	selected string // the ID
	pinned   bool   // the user has moved off the newest
}

func newTraces(p *Page) *traces {
	t := &traces{p: p, table: table.New(traceColumns(p.window)), sort: traceTime, desc: true}
	t.search = newSearch("an ID, service or annotation, dur>1s resp>500ms status>=500 service:sqs fault error throttled partial, -word for the opposite", searched{
		rows: t.table, moved: t.touched, say: t.count,
		set: func(env *page.Env, text string) (err error) {
			t.filter, err = filter.ParseTraces(text)
			t.take(env)
			return err
		},
	})
	return t
}

func (t *traces) title() string { return Traces }

func (t *traces) resize(width, height int) {
	t.table.SortColumn, t.table.Descending = t.sort, t.desc
	if height = t.search.resize(width, height); t.urgent && height > 2 {
		height--
	}
	t.table.Resize(width, height)
	t.table.SetLen(len(t.list))
}

// off tells that the function is known not to be traced.
func (t *traces) off() bool {
	fn := t.p.fn
	return fn != nil && fn.Configured && fn.Config.Tracing != sources.TracingActive
}

// demand asks for nothing of a function that is not traced: to search is paid.
// The log tells which of the requests were cold.
func (t *traces) demand(f *poll.Focus, _ *poll.Demand) {
	f.TraceList, f.Invocations = !t.off(), !t.off()
}

// take takes over what is known, and keeps the selection on its line of the
// screen.
func (t *traces) take(env *page.Env) {
	fn := t.p.fn
	if fn == nil {
		return
	}
	at := t.table.Cursor() - t.table.Top()
	start, end := t.p.window.At(env.Now)
	t.list, t.within = t.list[:0], 0
	for i := range fn.Traces {
		one := &fn.Traces[i]
		if one.Start.Before(start) || !t.p.window.Until.IsZero() && !one.Start.Before(end) {
			continue
		}
		t.within++
		if t.filter.Match(one) {
			t.list = append(t.list, one)
		}
	}
	t.arrange()
	t.join()
	_, st := t.note(env)
	t.urgent = st == env.Theme.Bad || st == env.Theme.Warn
	t.table.SetColumns(traceColumns(t.p.window))
	t.table.SetLen(len(t.list))
	if !t.pinned {
		t.table.Home()
	} else if i := slices.IndexFunc(t.list, func(one *sources.TraceSummary) bool { return one.ID == t.selected }); i >= 0 {
		t.table.SelectAt(i, at)
	}
}

// arrange sorts the list, which is newest first, and finds the scale of the
// bars. What is not known comes last.
func (t *traces) arrange() {
	var known []time.Duration
	for _, one := range t.list {
		if d, ok := one.Duration.Get(); ok {
			known = append(known, d)
		}
	}
	t.full = roundUp(percentile(known))
	if t.sort == traceTime {
		if !t.desc {
			slices.Reverse(t.list)
		}
		return
	}
	slices.SortStableFunc(t.list, func(a, b *sources.TraceSummary) int {
		x, y := figureOf(t.sort, a), figureOf(t.sort, b)
		if x.Known() != y.Known() || !x.Known() {
			return cmp.Compare(y.Or(-1), x.Or(-1))
		}
		if t.desc {
			x, y = y, x
		}
		return cmp.Compare(x.Or(0), y.Or(0))
	})
}

// figureOf is what a column is sorted by.
func figureOf(column int, one *sources.TraceSummary) sources.Opt[time.Duration] {
	if column == traceResponse {
		return one.Response
	}
	return one.Duration
}

// join finds the invocations of the traces, of one that was retried the newest.
func (t *traces) join() {
	t.invoked = make(map[string]*sources.Invocation, len(t.list))
	for _, one := range t.list {
		t.invoked[one.ID] = nil
	}
	for i := range t.p.fn.Invocations {
		inv := &t.p.fn.Invocations[i]
		if have, listed := t.invoked[inv.TraceID]; listed && have == nil {
			t.invoked[inv.TraceID] = inv
		}
	}
}

// sortBy sorts by a column, the largest first; the one that is sorted by
// already turns around.
func (t *traces) sortBy(env *page.Env, column int) {
	switch {
	case !slices.Contains(traceOrders(), column):
		return
	case column == t.sort:
		t.desc = !t.desc
	default:
		t.sort, t.desc = column, true
	}
	t.take(env)
}

// traceOrders are the columns that can be sorted by, in the order of the key.
func traceOrders() []int { return []int{traceTime, traceDuration, traceResponse} }

func (t *traces) keys(env *page.Env) []key.Binding {
	k := env.Keys
	all := t.search.keys(env)
	all[0] = keys.Named(k.Open, "open trace")
	return append(all, keys.Named(k.Copy, "copy trace ID"), k.Trace)
}

func (t *traces) press(env *page.Env, press tea.KeyPressMsg) (page.Step, bool) {
	k := env.Keys
	switch {
	case t.search.press(env, press):
		return nil, true
	case key.Matches(press, k.Sort):
		all := traceOrders()
		t.sortBy(env, all[(slices.Index(all, t.sort)+1)%len(all)])
		return nil, true
	case key.Matches(press, k.Reverse):
		t.sortBy(env, t.sort)
		return nil, true
	case k.Move(press, t.table):
		t.touched()
		return nil, true
	}
	i := t.table.Cursor()
	if i >= len(t.list) {
		return nil, false
	}
	ref := poll.TraceRef{Scope: t.p.reader(), ID: t.list[i].ID}
	switch {
	case key.Matches(press, k.Open), key.Matches(press, k.Trace):
		t.touched()
		return page.OpenTrace{Ref: ref, Title: t.p.id.Name}, true
	case key.Matches(press, k.Copy):
		return page.Copy{What: "the trace ID", Text: ref.ID}, true
	case key.Matches(press, k.Console):
		url, _ := console.Trace(ref.Scope, ref.ID)
		return page.Link{What: "the trace", URL: url}, true
	}
	return nil, false
}

func (t *traces) touched() {
	i := t.table.Cursor()
	if t.pinned = i > 0 && i < len(t.list); t.pinned {
		t.selected = t.list[i].ID
	}
}

func (t *traces) click(env *page.Env, x, y int) {
	column, row := t.table.Hit(x, y)
	switch {
	case row >= 0:
		t.table.Select(row)
		t.touched()
	case column >= 0:
		t.sortBy(env, column)
	}
}

func (t *traces) scroll(by int) {
	t.table.Scroll(by)
	t.touched()
}

func (t *traces) draw(env *page.Env) []string {
	height := t.height - t.foot()
	if height <= 0 {
		return t.under(env, nil)
	}
	b := line.New(env.Theme)
	if len(t.list) == 0 {
		lines := line.Blank(min(1, height-1))
		for _, s := range t.nothing(env) {
			lines = append(lines, b.Reset(t.width, s.style).Space(2).Text(s.style, s.text).String())
		}
		return t.under(env, line.Clip(lines, height))
	}
	lines := t.table.Draw(env.Theme, traceRows{t, env})
	if note, st := t.note(env); note != "" && len(lines) < height && height > 2 {
		lines = append(lines, b.Reset(t.width, st).Space(2).Text(st, note).String())
	}
	return t.under(env, line.Clip(lines, height))
}
