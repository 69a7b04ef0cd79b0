package tail

import (
	"time"

	"fntop/sources"
	"fntop/sources/console"
	"fntop/sources/platformlog"
	"fntop/ui/page"
)

// open goes to the invocation that wrote the selected line, and holds the
// place for when the user comes back.
func (p *Page) open(env *page.Env) page.Step {
	k := p.current()
	switch {
	case k == nil:
		return nil
	case k.gap > 0:
		return page.Say{Text: "These lines were dropped before they could be shown: press p earlier, or tail fewer functions."}
	}
	id := p.ids[k.fn]
	fn := sources.Function{ID: id}
	known := env.Function(id)
	if known != nil {
		fn = known.Config
	}
	at := p.lines.end() - 1
	if i := p.logs.Cursor(); i < len(p.shown) {
		at = p.shown[i]
	}
	request := platformlog.Describe(k.Message).RequestID
	if request == "" && !fn.ManagedInstances {
		request = p.owner(at)
	}
	if request == "" {
		return page.Say{Text: "Which invocation wrote this line is not known: it names no request, and no START before it is kept."}
	}
	p.logs.Hold()
	inv, ok := p.invocation(fn, at, request)
	if !ok {
		inv = sources.Invocation{Function: id, RequestID: request, Attempt: 1, Environment: k.Stream, Outcome: sources.Unknown}
	}
	if known != nil {
		for i := range known.Invocations {
			if have := &known.Invocations[i]; have.RequestID == request && have.Environment == inv.Environment {
				inv = *have
				break
			}
		}
	}
	return page.OpenInvocation{Function: id, Known: inv, Near: k.Time, Window: env.Window}
}

// same tells whether two lines are of one environment.
func same(a, b *kept) bool { return b.gap == 0 && a.fn == b.fn && a.Stream == b.Stream }

// owner is the request that an environment served when it wrote a line: that
// of the START before it, unless its END or REPORT lies between. An
// environment serves one request at a time, but for managed instances.
func (p *Page) owner(number int) string {
	k := p.lines.line(number)
	for n := number; n >= p.lines.gone && k.Stream != ""; n-- {
		other := p.lines.line(n)
		if !same(k, other) {
			continue
		}
		switch r, _ := platformlog.Parse(other.Message); r.Kind {
		case platformlog.Start:
			return r.RequestID
		case platformlog.Report, platformlog.End:
			return ""
		default:
		}
	}
	return ""
}

// invocation is what the kept lines of a line's environment tell of the
// invocation that wrote it; ok is false when they do not tell when it began.
func (p *Page) invocation(fn sources.Function, number int, request string) (inv sources.Invocation, ok bool) {
	k := p.lines.line(number)
	var events []sources.LogEvent
	for n := p.lines.gone; n < p.lines.end(); n++ {
		if other := p.lines.line(n); same(k, other) {
			events = append(events, other.LogEvent)
		}
	}
	for _, one := range platformlog.NewCorrelator(fn).Add(events) {
		start, began := one.Start.Get()
		if one.RequestID == request && began && !start.After(k.Time.Add(time.Millisecond)) {
			inv, ok = one, true // of several attempts the last one that had begun
		}
	}
	return inv, ok
}

// copied copies the message of the selected line as it was logged.
func (p *Page) copied() page.Step {
	k := p.current()
	if k == nil || k.gap > 0 {
		return page.Say{Text: "There is no line to copy."}
	}
	return page.Copy{What: "the line", Text: trim(k.Message)}
}

// link leads to the log stream of the selected line, or else to the log group
// of the first function.
func (p *Page) link(env *page.Env) page.Step {
	id, stream, what := p.ids[0], "", "the log group"
	if k := p.current(); k != nil && k.gap == 0 {
		id, stream = p.ids[k.fn], k.Stream
	}
	fn := env.Function(id)
	if fn == nil {
		return page.LinkTo(id)
	}
	if stream != "" {
		what = "the log stream"
	}
	url, _ := console.LogStream(id.Scope(), fn.Config.LogGroup, stream)
	return page.Link{What: what, URL: url}
}
