// Package trace is the page of one trace: the waterfall of its spans, and
// what is known of the span under the cursor.
package trace

import (
	"fmt"
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
	"fntop/ui/widget/table"
	"fntop/ui/widget/waterfall"
)

// Page is the page of one trace.
type Page struct {
	ref   poll.TraceRef
	title string

	width, height int
	table         *table.Model
	trace         *fleet.Trace // as last shown; nil before it was asked for
	rows          []waterfall.Row
	critical      time.Duration
	spans, faults int
}

// New makes the page of a trace; title says what it belongs to.
func New(ref poll.TraceRef, title string) *Page {
	return &Page{ref: ref, title: title, table: table.New(waterfall.Columns(0))}
}

// Live marks that the page shows newest data even while the picture is
// paused: its trace was asked for by opening it.
func (p *Page) Live() {}

// Resize gives the page its area.
func (p *Page) Resize(env *page.Env, width, height int) {
	p.width, p.height = width, height
	p.table.Resize(width, max(height-2-len(p.trouble(env))-p.detailHeight(), 0))
}

// detailHeight is the room for the details of a span, rule included.
func (p *Page) detailHeight() int {
	if p.height < 12 {
		return 0
	}
	const head = 3 // title, state and ruler
	return max(min(max(p.height/3, 7), 16), p.height-head-len(p.rows))
}

// Show takes a new snapshot over.
func (p *Page) Show(env *page.Env) {
	if env.Snapshot == nil {
		return
	}
	tr := env.Snapshot.Trace(p.ref)
	if tr == nil || tr == p.trace {
		return
	}
	var at *sources.Span
	gap := false
	if r := p.current(); r != nil {
		at, gap = r.Span, r.Gap
	}
	p.trace = tr
	p.rows, p.critical = waterfall.Rows(&tr.Trace)
	p.spans, p.faults = 0, 0
	for i := range p.rows {
		if r := &p.rows[i]; !r.Gap {
			p.spans++
			if r.Span.Fault || r.Span.Error || r.Span.Throttle {
				p.faults++
			}
		}
	}
	p.table.SetColumns(waterfall.Columns(tr.Trace.Duration))
	p.table.SetLen(len(p.rows))
	p.Resize(env, p.width, p.height)
	if at == nil {
		return
	}
	i := slices.IndexFunc(p.rows, func(r waterfall.Row) bool { return r.Span.ID == at.ID && r.Gap == gap })
	if i >= 0 {
		p.table.Select(i)
	}
}

// Demand says what the page wants to have known.
func (p *Page) Demand(_ *page.Env, d *poll.Demand) { d.Traces = []poll.TraceRef{p.ref} }

// Keys are the bindings of the page, the most wanted first.
func (p *Page) Keys(env *page.Env) []key.Binding {
	k := env.Keys
	if len(p.rows) == 0 {
		return []key.Binding{k.Back, keys.Named(k.Copy, "copy trace ID")}
	}
	return append([]key.Binding{
		keys.Named(k.Open, "logs of the invocation"), k.Back, keys.Named(k.Copy, "copy trace ID"),
	}, k.Moving()...)
}

// Press takes a key press.
func (p *Page) Press(env *page.Env, press tea.KeyPressMsg) page.Step {
	k := env.Keys
	if k.Move(press, p.table) {
		return nil
	}
	switch {
	case key.Matches(press, k.Back):
		return page.Back{}
	case key.Matches(press, k.Open):
		return p.logs(env)
	case key.Matches(press, k.Console):
		url, _ := console.Trace(p.ref.Scope, p.ref.ID)
		return page.Link{What: "the trace", URL: url}
	case key.Matches(press, k.Copy):
		return page.Copy{What: "the trace ID", Text: p.ref.ID}
	}
	return nil
}

// current is the row under the cursor, or nil.
func (p *Page) current() *waterfall.Row {
	if i := p.table.Cursor(); i < len(p.rows) {
		return &p.rows[i]
	}
	return nil
}

// logs is the step to the log lines of the invocation that the selected span
// belongs to: the nearest span above that carries a request ID.
func (p *Page) logs(env *page.Env) page.Step {
	r := p.current()
	if r == nil {
		return nil
	}
	for _, s := range p.ancestors(r.Span) {
		if s.RequestID == "" {
			continue
		}
		fn, inv, ok := p.invocation(env, s)
		if ok {
			return page.OpenInvocation{Function: fn, Known: inv, Window: env.Window}
		}
		return page.Say{Text: fmt.Sprintf("%s is not a function of this fleet.", sources.Clean(s.Name))}
	}
	return page.Say{Text: "This span carries no request ID: it belongs to no invocation."}
}

// ancestors are the span and those above it, nearest first.
func (p *Page) ancestors(s *sources.Span) []*sources.Span {
	parent := make(map[*sources.Span]*sources.Span)
	for i := range p.rows {
		if r := &p.rows[i]; !r.Gap {
			for _, c := range r.Span.Children {
				parent[c] = r.Span
			}
		}
	}
	var chain []*sources.Span
	for ; s != nil && len(chain) < 1000; s = parent[s] {
		chain = append(chain, s)
	}
	return chain
}

// invocation finds the invocation of a Lambda segment: among those that are
// kept, or else what the segment tells of it.
func (p *Page) invocation(env *page.Env, s *sources.Span) (sources.FunctionID, sources.Invocation, bool) {
	id := p.ref.Scope.In(s.Name)
	fn := env.Function(id)
	if fn == nil {
		return id, sources.Invocation{}, false
	}
	for _, inv := range fn.Invocations {
		if inv.RequestID == s.RequestID && (inv.TraceID == p.ref.ID || inv.TraceID == "") {
			return id, inv, true
		}
	}
	inv := sources.Invocation{
		Function: id, RequestID: s.RequestID, Attempt: 1, Outcome: sources.Unknown,
		Start: sources.Some(s.Start), TraceID: p.ref.ID, Sampled: true,
	}
	if d, ok := s.Duration.Get(); ok {
		inv.Reported = sources.Some(s.Start.Add(d))
	}
	return id, inv, true
}
