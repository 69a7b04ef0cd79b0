// Package function is the page of one function: charts of what it does over
// a time range, a line that reads them, and its invocations as they come.
//
// # Rules
//
//   - The selected invocation is kept by its key. While the cursor is on the
//     newest one, the list follows; once it has moved, new rows come in above
//     without moving the line under the cursor.
//   - The cursor of the charts is a moment, not a column: it stays on its
//     moment while time moves on.
package function

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/widget/table"
)

// Ranges are the time ranges that can be chosen.
func Ranges() []time.Duration {
	return []time.Duration{15 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour}
}

// NewestInvocations is how many invocations of a function are asked for.
// Reading more would take the log's whole quota at a busy function.
const NewestInvocations = 500

// Page is the page of one function.
type Page struct {
	id     sources.FunctionID
	window sources.Window

	width, height int
	table         *table.Model
	fn            *fleet.Function // as last shown; nil before it is known

	selected sources.InvocationKey
	pinned   bool // the user has moved off the newest

	cursor time.Time // of the charts; zero when there is none
	first  int       // of the charts on the screen

	tail LiveTail

	data  data
	bars  bars
	seen  *fleet.Snapshot
	clock time.Time // the minute data was computed for
}

// New makes the page of a function, over the window to begin with.
func New(id sources.FunctionID, w sources.Window) *Page {
	p := &Page{id: id, window: w}
	p.table = table.New(columns(func() bars { return p.bars }))
	return p
}

// Resize gives the page its area.
func (p *Page) Resize(env *page.Env, width, height int) {
	p.width, p.height = width, height
	p.arrange(env)
}

// Show takes a new snapshot, time or look over.
func (p *Page) Show(env *page.Env) {
	minute := env.Now.Truncate(time.Minute)
	if env.Snapshot != p.seen || !minute.Equal(p.clock) {
		p.seen, p.clock = env.Snapshot, minute
		p.take(env)
	}
	p.arrange(env)
}

// take takes what is known of the function over.
func (p *Page) take(env *page.Env) {
	if fn := env.Function(p.id); fn != nil {
		p.fn = fn
	}
	if p.fn == nil {
		return
	}
	p.data = p.read(env)
	p.bars = scaleBars(p.fn.Invocations)
	at := p.table.Cursor() - p.table.Top()
	p.table.SetLen(len(p.fn.Invocations))
	if !p.pinned {
		p.table.Home()
		return
	}
	i := slices.IndexFunc(p.fn.Invocations, func(inv sources.Invocation) bool { return inv.Key() == p.selected })
	if i >= 0 {
		p.table.SelectAt(i, at)
	}
}

// arrange lays the parts out.
func (p *Page) arrange(*page.Env) {
	l := p.layout()
	p.table.Resize(p.width, l.list)
	if p.fn != nil {
		p.table.SetLen(len(p.fn.Invocations))
	}
}

// Demand says what the page wants to have known.
func (p *Page) Demand(env *page.Env, d *poll.Demand) {
	d.Window = p.window
	d.Rows = []sources.FunctionID{p.id}
	d.Focus = []poll.Focus{{
		Function: p.id, Charts: true, Invocations: true, Limit: NewestInvocations, Window: p.window, Tail: p.tail.On,
	}}
	Keep(env, d)
}

// Keep goes on wanting the figures of the functions page, so that they are
// there when the user comes back to it: a focus that asks for nothing but
// keeps its window computed.
func Keep(env *page.Env, d *poll.Demand) {
	if d.Window != env.Window && len(d.Focus) > 0 {
		d.Focus = append(d.Focus, poll.Focus{Function: d.Focus[0].Function, Window: env.Window})
	}
}

// Keys are the bindings of the page, the most wanted first.
func (p *Page) Keys(env *page.Env) []key.Binding {
	k := env.Keys
	all := []key.Binding{k.Open, k.Back, k.Shorter, k.Longer, k.Left, k.Right}
	if p.layout().shown() < chartCount {
		all = append(all, k.NextTab)
	}
	all = append(all, k.Trace, k.Logs, k.Live, keys.Named(k.Copy, "copy ID"))
	return append(all, k.Moving()...)
}

// Press takes a key press.
func (p *Page) Press(env *page.Env, press tea.KeyPressMsg) page.Step {
	defer p.arrange(env)
	k := env.Keys
	if k.Move(press, p.table) {
		p.touched()
		return nil
	}
	switch {
	case key.Matches(press, k.Back):
		return page.Back{}
	case key.Matches(press, k.Open):
		if inv, ok := p.current(); ok {
			p.touched()
			return page.OpenInvocation{Function: p.id, Known: inv, Window: p.window}
		}
	case key.Matches(press, k.Trace):
		if inv, ok := p.current(); ok {
			return TraceOf(p.id, inv)
		}
	case key.Matches(press, k.Live):
		return p.tail.Turn(env, "$0.01 a minute")
	case key.Matches(press, k.Logs):
		return page.OpenTail{Functions: []sources.FunctionID{p.id}}
	case key.Matches(press, k.Shorter):
		p.zoom(env, -1)
	case key.Matches(press, k.Longer):
		p.zoom(env, 1)
	case key.Matches(press, k.Left):
		p.moveCursor(-1)
	case key.Matches(press, k.Right):
		p.moveCursor(1)
	case key.Matches(press, k.NextTab):
		p.first = (p.first + max(p.layout().shown(), 1)) % chartCount
	case key.Matches(press, k.Console):
		return page.LinkTo(p.id)
	case key.Matches(press, k.Copy):
		return p.copied()
	}
	return nil
}

// copied copies the request ID of the selected invocation, or else the ARN.
func (p *Page) copied() page.Step {
	if inv, ok := p.current(); ok && p.pinned {
		return page.Copy{What: "the request ID", Text: inv.RequestID}
	}
	if p.fn != nil && p.fn.Config.ARN != "" {
		return page.Copy{What: "the ARN", Text: p.fn.Config.ARN}
	}
	return page.Copy{What: "the name", Text: p.id.Name}
}

// TraceOf is the step to an invocation's trace, or the reason why there is
// none.
func TraceOf(id sources.FunctionID, inv sources.Invocation) page.Step {
	switch {
	case inv.TraceID == "":
		return page.Say{Text: "No trace: this invocation carries no trace ID (tracing is off, or the report is not written yet)."}
	case !inv.Sampled:
		return page.Say{Text: "No trace: this invocation was not sampled. X-Ray keeps the first request of each second and 5 % of the rest."}
	}
	return page.OpenTrace{Ref: poll.TraceRef{Scope: id.Scope(), ID: inv.TraceID}, Title: id.Name}
}

// zoom takes the next shorter or longer range.
func (p *Page) zoom(env *page.Env, by int) {
	ranges := Ranges()
	at := 0
	for i, r := range ranges {
		if r <= p.window.Since {
			at = i
		}
	}
	if by < 0 && ranges[at] < p.window.Since { // between two ranges
		by = 0
	}
	next := ranges[max(min(at+by, len(ranges)-1), 0)]
	if next == p.window.Since {
		return
	}
	p.window.Since = next
	p.take(env)
}

// moveCursor moves the charts' cursor by points; beyond the newest one it
// goes away.
func (p *Page) moveCursor(by int) {
	d := &p.data
	if d.points == 0 {
		return
	}
	i := d.newest + 1
	if at := d.index(p.cursor); at >= 0 {
		i = at
	}
	switch i = max(i+by, 0); {
	case i > d.newest:
		p.cursor = time.Time{}
	default:
		p.cursor = d.start.Add(time.Duration(i) * d.step)
	}
}

// touched notes that the user has moved through the list.
func (p *Page) touched() {
	inv, ok := p.current()
	p.pinned = ok && p.table.Cursor() > 0
	if ok {
		p.selected = inv.Key()
	}
}

// current is the invocation under the cursor.
func (p *Page) current() (sources.Invocation, bool) {
	i := p.table.Cursor()
	if p.fn == nil || i >= len(p.fn.Invocations) {
		return sources.Invocation{}, false
	}
	return p.fn.Invocations[i], true
}
