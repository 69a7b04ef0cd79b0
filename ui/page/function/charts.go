package function

import (
	"errors"
	"math"
	"time"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/chart"
)

// What can be drawn, the most wanted first: what there is no room for is left
// out from the end.
const (
	chartInvocations = iota
	chartDuration
	chartErrors
	chartCold
	chartConcurrency
	chartCount
	chartInit // of the cold starts' own tab
)

// chart makes a chart over the window.
func (p *Page) chart(env *page.Env, what int) *chart.Chart {
	d, th := &p.data, env.Theme
	c := &chart.Chart{
		Start: d.start, Step: d.step, Points: d.points, Cursor: d.index(p.cursor),
		Label: format.Count, Empty: p.empty(env, what), Marks: p.deploys(),
	}
	var before earlier
	if d.before != nil {
		before = *d.before
	}
	switch what {
	case chartInvocations:
		c.Title = "invocations/min"
		c.Series = p.against(th, before.invocations)
		if known(d.live) {
			c.Series = append(c.Series, chart.Series{Name: "from logs", Values: d.live, Style: th.Muted})
		}
		c.Series = append(c.Series, chart.Series{Values: d.invocations, Style: th.Series[0]})
		c.Notes = p.notes(env)
	case chartDuration:
		c.Title, c.Label = "duration", millis
		c.Series = append(p.against(th, before.p95),
			chart.Series{Name: "p99", Values: d.p99, Style: th.Series[2]},
			chart.Series{Name: "p95", Values: d.p95, Style: th.Series[1]},
			chart.Series{Name: "p50", Values: d.p50, Style: th.Series[0]})
	case chartErrors:
		c.Title = "failures/min"
		c.Series = append(p.against(th, before.errors),
			chart.Series{Name: "throttles", Values: d.throttles, Style: th.Series[2]},
			chart.Series{Name: "errors", Values: d.errors, Style: th.Series[3]})
	case chartConcurrency:
		p.concurrency(c, th, before.concurrency)
	case chartCold:
		c.Title, c.Whole = "cold starts", true
		c.Series = []chart.Series{{Values: d.cold, Style: th.Init}}
		c.Empty = p.noCold(env)
	case chartInit:
		c.Title, c.Label = "init", millis
		c.Series = []chart.Series{{Name: "p95", Values: d.init, Style: th.Init}}
		if c.Empty = p.noCold(env); known(d.cold) {
			c.Empty = "no cold starts"
		}
	}
	c.Notes = append(p.readSince(env, what), c.Notes...)
	return c
}

// notes are what is said beside the first chart: the newest deploy.
func (p *Page) notes(env *page.Env) []chart.Note {
	text := p.newestDeploy(env)
	if text == "" {
		return nil
	}
	return []chart.Note{{Text: text, Style: env.Theme.Accent}}
}

// against is the earlier series that a chart is compared with, if any.
func (p *Page) against(th *theme.Theme, values []float64) []chart.Series {
	if p.data.before == nil {
		return nil
	}
	return []chart.Series{{Name: ago(p.before), Values: values, Style: th.Muted}}
}

// near is the part of a limit from which it is drawn and not only said: a
// line far above would press the others onto the axis.
const near = 0.5

// concurrency is the chart of what runs at once, against its limit.
func (p *Page) concurrency(c *chart.Chart, th *theme.Theme, before []float64) {
	d := &p.data
	c.Title, c.Whole = "concurrency", true
	c.Series = p.against(th, before)
	if n, name := p.limit(); n.Known() {
		limit := float64(n.Or(0))
		text := "of " + format.Int(int64(n.Or(0))) + " " + name
		if limit > 0 && top(d.concurrency) >= near*limit {
			values := make([]float64, d.points)
			for i := range values {
				values[i] = limit
			}
			c.Series = append(c.Series, chart.Series{Name: text, Values: values, Style: th.Series[3]})
		} else {
			c.Notes = []chart.Note{{Text: text, Style: th.Muted}}
		}
	}
	c.Series = append(c.Series, chart.Series{Values: d.concurrency, Style: th.Series[1]})
}

// noCold is why no cold starts can be drawn.
func (p *Page) noCold(env *page.Env) string {
	th := env.Theme
	switch {
	case p.fn != nil && p.fn.Cold.Err != nil && !p.passing(p.fn.Cold.Err):
		return th.Glyphs.Fail + " " + brief(p.fn.Cold.Err)
	case p.fnLogs().Err != nil && !p.passing(p.fnLogs().Err):
		return th.Glyphs.Fail + " " + brief(p.fnLogs().Err)
	case env.Behind || p.fn == nil || p.fn.ColdFrom.IsZero() && p.waiting(env):
		return "loading" + th.Glyphs.Ellipsis
	case p.fn.ColdFrom.IsZero():
		return "the log has not been read"
	default:
		return "the log has not been read for a whole point"
	}
}

// brief is an error in the room of a chart: what failed, without what to do.
func brief(err error) string {
	e, ok := errors.AsType[*sources.Error](err)
	if !ok {
		return err.Error()
	}
	return (&sources.Error{Op: e.Op, Kind: e.Kind, Err: e.Err}).Error()
}

// passing tells whether an error goes away by itself.
func (p *Page) passing(err error) bool {
	switch sources.KindOf(err) {
	case sources.Throttled, sources.Cancelled, sources.OverBudget:
		return true
	default:
		return false
	}
}

// newestDeploy is the newest deploy within the window, as its mark is named.
func (p *Page) newestDeploy(env *page.Env) string {
	if p.fn == nil {
		return ""
	}
	for i := range p.fn.Changes {
		c := &p.fn.Changes[i]
		if c.Deploy() && p.data.index(c.Time) >= 0 {
			return env.Theme.Glyphs.Mark + " " + doing(c)
		}
	}
	return ""
}

// millis writes milliseconds for an axis.
func millis(ms float64) string {
	if ms == 0 {
		return "0"
	}
	return format.Duration(time.Duration(ms * float64(time.Millisecond)))
}

// top is the largest known value, 0 when there is none.
func top(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		if v > most {
			most = v
		}
	}
	return most
}

func known(values []float64) bool {
	for _, v := range values {
		if !math.IsNaN(v) {
			return true
		}
	}
	return false
}
