// Package invocation is the page of one invocation: its phases, what is known
// of it, what it cost and why, and its log lines.
package invocation

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/console"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/filter"
	"fntop/ui/keys"
	"fntop/ui/logtext"
	"fntop/ui/page"
	"fntop/ui/page/function"
	"fntop/ui/widget/logview"
	"fntop/ui/widget/prompt"
)

// Page is the page of one invocation.
type Page struct {
	id     sources.FunctionID
	inv    sources.Invocation // as last known
	near   time.Time          // a moment close to it, when that is all that is known; else zero
	window sources.Window
	ref    poll.InvocationRef
	filter filter.Invocations // of the list it was opened from

	width, height int
	fn            *fleet.Function
	lines         *fleet.Lines
	groups        []logtext.Group // of the lines, as logs shows them
	logs          *logview.Model
	answered      sources.Opt[time.Duration]
	prompt        *prompt.Model // what is looked for
	// matches is how many lines hold it, and match which of them the cursor is
	// on, from 1; 0 for none.
	match, matches int
	// at is the invocation's place among the function's, -1 when it is not
	// among those that are kept; of is how many there are.
	at, of int
	// same is what is known of its execution environment, oldest first, and
	// place where it is in there; -1 when it is not kept. attempts are the runs
	// of its request.
	same     []sources.Invocation
	place    int
	attempts []sources.Invocation
}

// New makes the page of an invocation. Of what open holds, Known need not tell
// more than the request ID and the environment, when Near is there.
func New(open page.OpenInvocation) *Page {
	p := &Page{id: open.Function, window: open.Window, filter: open.Filter, logs: logview.New(), prompt: prompt.New("/"), at: -1, place: -1}
	p.turnTo(open.Known)
	p.near = open.Near
	return p
}

// turnTo makes it the page of another invocation.
func (p *Page) turnTo(inv sources.Invocation) {
	p.inv, p.near = inv, time.Time{}
	p.lines, p.groups, p.answered = nil, nil, sources.Opt[time.Duration]{}
	p.logs.Set(0, nil)
	p.count()
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
	height := p.height - len(p.top(env)) - 1
	if p.prompt.Focused() {
		height--
	}
	p.logs.Resize(p.width, max(height, 0))
}

// Show takes a new snapshot over.
func (p *Page) Show(env *page.Env) {
	defer p.arrange(env)
	p.logs.Ellipsis = env.Theme.Glyphs.Ellipsis
	if env.Snapshot == nil {
		return
	}
	if fn := env.Snapshot.Get(p.id); fn != nil {
		p.fn = fn
		p.relate(fn)
		if p.at >= 0 && (p.ref.Start.IsZero() || p.ref.End.IsZero()) {
			p.ref.Start, p.ref.End = span(p.inv)
		}
	}
	if p.ref.Start.IsZero() && !p.near.IsZero() {
		p.ref.Start, p.ref.End = around(p.near, p.fn)
	}
	lines := env.Snapshot.Lines(p.id, p.inv.Key())
	if lines == nil || lines == p.lines {
		return
	}
	p.takeLines(lines, env.Now.Location())
	p.learn()
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
	if p.logs.Len() == 0 {
		return []key.Binding{k.Trace, k.Back, k.Older, k.Newer, k.Before, k.After, keys.Named(k.CopyID, "copy request ID")}
	}
	all := []key.Binding{keys.Named(k.Fold, "unfold line"), k.Trace, k.Back}
	if len(p.attempts) > 1 {
		all = append(all, keys.Named(k.NextTab, "next attempt"))
	}
	all = append(all, keys.Named(k.Filter, "find"))
	if p.logs.Finding() != "" {
		all = append(all, k.Next, k.Previous)
	}
	all = append(all, k.Older, k.Newer, k.Before, k.After, k.FoldAll, k.Wrap,
		keys.Named(k.Copy, "copy line"), keys.Named(k.CopyID, "copy request ID"))
	return append(all, k.Moving()...)
}

// Press takes a key press.
func (p *Page) Press(env *page.Env, press tea.KeyPressMsg) page.Step {
	defer p.arrange(env)
	if p.prompt.Focused() {
		p.typed(env, press)
		return nil
	}
	k := env.Keys
	if k.Move(press, p.logs) {
		p.count()
		return nil
	}
	switch {
	case key.Matches(press, k.Back):
		if p.logs.Finding() != "" {
			p.find("")
			return nil
		}
		return page.Back{}
	case key.Matches(press, k.Trace):
		return function.TraceOf(p.id, p.inv)
	case key.Matches(press, k.NextTab):
		return p.another(env)
	case key.Matches(press, k.Older):
		return p.neighbour(env, 1)
	case key.Matches(press, k.Newer):
		return p.neighbour(env, -1)
	case key.Matches(press, k.Before):
		return p.along(env, -1)
	case key.Matches(press, k.After):
		return p.along(env, 1)
	case key.Matches(press, k.Console):
		return p.link()
	case key.Matches(press, k.CopyID):
		return page.Copy{What: "the request ID", Text: p.inv.RequestID}
	}
	return p.pressLog(k, press)
}

// pressLog takes a key press that is about the log lines.
func (p *Page) pressLog(k *keys.Map, press tea.KeyPressMsg) page.Step {
	switch {
	case key.Matches(press, k.Copy):
		if text, ok := p.selectedText(); ok {
			return page.Copy{What: "the line", Text: text}
		}
		return page.Copy{What: "the request ID", Text: p.inv.RequestID}
	case p.logs.Len() == 0:
	case key.Matches(press, k.Fold), key.Matches(press, k.Unfold):
		p.logs.Toggle()
	case key.Matches(press, k.FoldAll):
		p.logs.ToggleAll()
	case key.Matches(press, k.Wrap):
		p.logs.ToggleWrap()
	case key.Matches(press, k.Filter):
		p.ask()
	case key.Matches(press, k.Next):
		return p.again(1)
	case key.Matches(press, k.Previous):
		return p.again(-1)
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
