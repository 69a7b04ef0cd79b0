package function

import (
	"fmt"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
)

// lateTraces is how long ago a search for traces is called old: several times
// the pace at which it is repeated.
const lateTraces = 3 * time.Minute

// reader is the scope through which the function is read.
func (p *Page) reader() sources.Scope {
	if p.fn != nil && p.fn.Reader != (sources.Scope{}) {
		return p.fn.Reader
	}
	return p.id.Scope()
}

// sampling is which requests have a trace (Lambda Developer Guide, "Visualize
// Lambda function invocations using AWS X-Ray").
const sampling = "X-Ray keeps the first request of each second and 5 % of the rest."

// said is a line of text.
type said struct {
	text  string
	style theme.Style
}

// nothing is why there are no traces to show, and what can be done about it.
func (t *traces) nothing(env *page.Env) []said {
	th, fn := env.Theme, t.p.fn
	one := func(text string) []said { return []said{{text, th.Muted}} }
	switch {
	case t.within > 0:
		return one("No trace passes the filter.")
	case t.off():
		return []said{
			{"Tracing is off: X-Ray has no traces of this function. To turn it on:", th.Muted},
			{"", th.Muted},
			{"  aws lambda update-function-configuration \\", theme.Style{}},
			{"    --function-name " + t.p.id.Name + " --tracing-config Mode=Active", theme.Style{}},
			{"", th.Muted},
			{sampling, th.Muted},
		}
	case env.Snapshot != nil && env.Snapshot.Pace.Free:
		return one("Traces are not searched: X-Ray bills each trace it looks at, and --free allows only what costs nothing.")
	case fn != nil && fn.Searched.Err != nil && !t.p.passing(fn.Searched.Err):
		return []said{{th.Glyphs.Fail + " " + strings.TrimSpace(fn.Searched.Err.Error()), th.Bad}}
	case fn != nil && !fn.TracesFrom.IsZero() && !t.further(env):
		text := "No request was traced in the last " + rangeName(t.p.window.Since) + "."
		if !t.p.window.Until.IsZero() {
			text = "No request was traced in this time."
		}
		return []said{{text, th.Muted}, {sampling, th.Muted}}
	case env.Paused:
		return one("Paused: " + env.Keys.Pause.Help().Key + " goes on and searches.")
	case t.p.waiting(env):
		return one("Searching traces" + th.Glyphs.Ellipsis)
	case fn == nil || fn.TracesFrom.IsZero():
		if env.Snapshot.OverBudget > 0 {
			return one("Traces are not searched: the budget leaves nothing for it just now.")
		}
		return one("Traces have not been searched.")
	}
	return one("No traces since " + stamp(env, fn.TracesFrom) + ": " + t.enough() + ".")
}

// further tells that not all of the window has been searched.
func (t *traces) further(env *page.Env) bool {
	start, _ := t.p.window.At(env.Now)
	return t.p.fn.TracesFrom.After(start.Add(time.Minute))
}

// enough is why a search has ended before the begin of the window.
func (t *traces) enough() string {
	return fmt.Sprintf("to search further back costs more than $%.2f", poll.MostSearched*poll.MetricUSD)
}

// note is what there is to say of the list as a whole.
func (t *traces) note(env *page.Env) (string, theme.Style) {
	th, fn := env.Theme, t.p.fn
	if fn == nil {
		return "", theme.Style{}
	}
	if err := fn.Searched.Err; err != nil && !t.p.passing(err) {
		return th.Glyphs.Fail + " " + strings.TrimSpace(err.Error()), th.Bad
	}
	if h := (fleet.Health{Good: fn.TracesThrough}); !t.off() && t.p.late(env, &h, lateTraces) {
		return th.Glyphs.Rise + " Traces were last searched " + format.Age(env.Since(h.Good)) + " ago.", th.Warn
	}
	return "", theme.Style{}
}

// count says how many traces there are, how many of them match, and since when
// they are known.
func (t *traces) count(env *page.Env) string {
	fn := t.p.fn
	if fn == nil || t.within == 0 {
		return ""
	}
	all := format.Int(int64(t.within))
	text := all + " traces"
	if t.within == 1 {
		text = "1 trace"
	}
	if !t.filter.Empty() {
		text = fmt.Sprintf("%s of %s match", format.Int(int64(len(t.list))), all)
	}
	if fn.TracesFrom.IsZero() || !t.further(env) {
		return text
	}
	since := stamp(env, fn.TracesFrom)
	switch {
	case t.within >= poll.NewestTraces:
		return text + ", the newest, since " + since
	case t.p.waiting(env):
		return text + " since " + since + ", searching further back" + env.Theme.Glyphs.Ellipsis
	}
	return text + " since " + since + ": " + t.enough()
}
