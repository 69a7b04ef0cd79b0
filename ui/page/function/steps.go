package function

import (
	"time"

	"fntop/sources"
	"fntop/sources/poll"
	"fntop/ui/page"
)

// tailPrice is what a live tail costs (Amazon CloudWatch pricing, 2026:
// Logs-LiveTail; 1,800 minutes a month are free).
const tailPrice = "$0.01 a minute, beyond 1,800 free minutes a month"

// consent is for how long the second press means yes.
const consent = 6 * time.Second

// turnTail turns the live tail on or off. The first press tells what it costs.
func (p *Page) turnTail(env *page.Env) page.Step {
	switch {
	case p.tail:
		p.tail, p.asked = false, time.Time{}
		return page.Say{Text: "The live tail has ended."}
	case p.asked.IsZero() || env.Now.Sub(p.asked) > consent:
		p.asked = env.Now
		return page.Say{Text: "A live tail costs " + tailPrice + ": " + env.Keys.Live.Help().Key + " again starts it."}
	}
	p.tail = true
	return nil
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
