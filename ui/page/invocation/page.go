// Package invocation is the page of one invocation: its phases, what is known
// of it, what it cost and why, and its log lines.
package invocation

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/console"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/page/function"
	"fntop/ui/widget/logview"
)

// Page is the page of one invocation.
type Page struct {
	id     sources.FunctionID
	inv    sources.Invocation // as last known
	near   time.Time          // a moment close to it, when that is all that is known; else zero
	window sources.Window
	ref    poll.InvocationRef

	width, height int
	fn            *fleet.Function
	lines         *fleet.Lines
	logs          *logview.Model
	// at is the invocation's place among the function's, -1 when it is not
	// among those that are kept; of is how many there are.
	at, of int
}

// New makes the page of an invocation. Of what open holds, Known need not tell
// more than the request ID and the environment, when Near is there.
func New(open page.OpenInvocation) *Page {
	p := &Page{id: open.Function, window: open.Window, logs: logview.New(), at: -1}
	p.turnTo(open.Known)
	p.near = open.Near
	return p
}

// turnTo makes it the page of another invocation.
func (p *Page) turnTo(inv sources.Invocation) {
	p.inv, p.near = inv, time.Time{}
	p.lines = nil
	p.logs.Set(0, nil)
	p.logs.Home()
	p.ref = poll.InvocationRef{Function: p.id, Key: inv.Key(), Environment: inv.Environment}
	p.ref.Start, p.ref.End = span(inv)
}

// slack widens the span that log lines are looked for in: they carry the time
// the runtime wrote them, and an init lies before the start.
const slack = 15 * time.Second

// span is the span to look for log lines in. It is taken once, so that a page
// asks for the same as long as it is open.
func span(inv sources.Invocation) (start, end time.Time) {
	started, ok := inv.Start.Get()
	reported, ended := inv.Reported.Get()
	switch {
	case !ok && !ended:
		return time.Time{}, time.Time{}
	case !ok:
		started = reported.Add(-inv.Duration.Or(0))
	}
	lead := inv.Init.Or(0) + inv.Restore.Or(0) + slack
	start = started.Add(-lead)
	switch {
	case ended:
		end = reported.Add(slack)
	case inv.Duration.Known():
		end = started.Add(inv.Duration.Or(0) + slack)
	}
	return start, end
}

// Live marks that the page shows newest data even while the picture is
// paused: its lines were asked for by opening it.
func (p *Page) Live() {}

// Resize gives the page its area.
func (p *Page) Resize(env *page.Env, width, height int) {
	p.width, p.height = width, height
	p.arrange(env)
}

// arrange gives the log what the facts leave.
func (p *Page) arrange(env *page.Env) {
	p.logs.Resize(p.width, max(p.height-len(p.top(env))-1, 0))
}

// Show takes a new snapshot over.
func (p *Page) Show(env *page.Env) {
	defer p.arrange(env)
	p.logs.Ellipsis = env.Theme.Glyphs.Ellipsis
	if env.Snapshot == nil {
		return
	}
	p.at, p.of = -1, 0
	if fn := env.Snapshot.Get(p.id); fn != nil {
		p.fn = fn
		p.of = len(fn.Invocations)
		want := p.inv.Key()
		p.at = slices.IndexFunc(fn.Invocations, func(inv sources.Invocation) bool { return inv.Key() == want })
		if p.at >= 0 {
			p.inv = fn.Invocations[p.at]
			if p.ref.Start.IsZero() || p.ref.End.IsZero() {
				p.ref.Start, p.ref.End = span(p.inv)
			}
		}
	}
	if p.ref.Start.IsZero() && !p.near.IsZero() {
		p.ref.Start, p.ref.End = around(p.near, p.fn)
	}
	lines := env.Snapshot.Lines(p.id, p.inv.Key())
	if lines == nil || lines == p.lines {
		return
	}
	p.lines = lines
	p.learn()
	zone := env.Now.Location()
	events, request := lines.Events, p.inv.RequestID
	p.logs.Set(len(events), func(i int) logview.Entry { return entry(&events[i], i, request, zone) })
}

// Demand says what the page wants to have known: the lines, and the list of
// invocations, in which a running one ends and neighbours come.
func (p *Page) Demand(env *page.Env, d *poll.Demand) {
	d.Window = p.window
	d.Focus = []poll.Focus{{Function: p.id, Invocations: true, Limit: function.NewestInvocations, Window: p.window}}
	if !p.ref.Start.IsZero() {
		d.Lines = []poll.InvocationRef{p.ref}
	}
	function.Keep(env, d)
}

// Keys are the bindings of the page, the most wanted first.
func (p *Page) Keys(env *page.Env) []key.Binding {
	k := env.Keys
	fold := "unfold line"
	if p.logs.Len() == 0 {
		fold = "trace"
	}
	return append([]key.Binding{
		k.Trace, keys.Named(k.Fold, fold), k.Back, k.Next, k.Previous, k.Wrap, keys.Named(k.Copy, "copy request ID"),
	}, k.Moving()...)
}

// Press takes a key press.
func (p *Page) Press(env *page.Env, press tea.KeyPressMsg) page.Step {
	defer p.arrange(env)
	k := env.Keys
	if k.Move(press, p.logs) {
		return nil
	}
	switch {
	case key.Matches(press, k.Back):
		return page.Back{}
	case key.Matches(press, k.Trace):
		return function.TraceOf(p.id, p.inv)
	case key.Matches(press, k.Fold):
		if p.logs.Len() == 0 {
			return function.TraceOf(p.id, p.inv)
		}
		p.logs.Toggle()
	case key.Matches(press, k.Wrap):
		p.logs.ToggleWrap()
	case key.Matches(press, k.Next):
		return p.neighbour(env, 1)
	case key.Matches(press, k.Previous):
		return p.neighbour(env, -1)
	case key.Matches(press, k.Console):
		return p.link()
	case key.Matches(press, k.Copy):
		return page.Copy{What: "the request ID", Text: p.inv.RequestID}
	}
	return nil
}

// link leads to the log stream of the invocation, or to its function when the
// stream is not known.
func (p *Page) link() page.Step {
	if p.fn == nil || p.inv.Environment == "" {
		return page.LinkTo(p.id)
	}
	url, _ := console.LogStream(p.id.Scope(), p.fn.Config.LogGroup, p.inv.Environment)
	return page.Link{What: "the log stream", URL: url}
}

// neighbour goes to the next older or newer invocation.
func (p *Page) neighbour(env *page.Env, by int) page.Step {
	switch {
	case p.at < 0:
		return page.Say{Text: "This invocation is no longer among those that are kept: it has no neighbours."}
	case p.at+by < 0:
		return page.Say{Text: "This is the newest invocation."}
	case p.at+by >= p.of:
		return page.Say{Text: "This is the oldest invocation that is kept."}
	}
	p.turnTo(p.fn.Invocations[p.at+by])
	p.Show(env)
	return nil
}
