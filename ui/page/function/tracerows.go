package function

import (
	"strconv"
	"strings"

	"fntop/sources"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// The columns of the traces.
const (
	traceTime = iota
	traceBar
	traceDuration
	traceResponse
	traceInit
	traceStatus
	traceOutcome
	traceThrough
	traceIDs
)

func traceColumns(w sources.Window) []table.Column {
	const id = len("1-6d2f3a10-0123456789abcdef01234567")
	return []table.Column{
		{ID: traceTime, Title: "TIME", Min: timeWidth(w), Max: timeWidth(w)},
		{ID: traceBar, Min: 10, Max: 40, Drop: 5},
		{ID: traceDuration, Title: "DURATION", Min: 8, Max: 8, Right: true},
		{ID: traceResponse, Title: "RESPONSE", Min: 8, Max: 8, Right: true, Drop: 7},
		{ID: traceInit, Title: "INIT", Min: 6, Max: 7, Right: true, Drop: 4},
		{ID: traceStatus, Title: "HTTP", Min: 4, Max: 4, Right: true, Drop: 3},
		{ID: traceOutcome, Title: "OUTCOME", Min: 14, Max: 20, Drop: 1},
		{ID: traceThrough, Title: "THROUGH", Min: 22, Max: 80, Drop: 2},
		{ID: traceIDs, Title: "TRACE", Min: id, Max: id, Drop: 6},
	}
}

// traceRows draws the traces.
type traceRows struct {
	t   *traces
	env *page.Env
}

// Len is the number of traces.
func (r traceRows) Len() int { return len(r.t.list) }

// Cell is what stands in a column of a trace's row.
func (r traceRows) Cell(i, id, width int) table.Cell {
	one, th := r.t.list[i], r.env.Theme
	switch id {
	case traceTime:
		return table.Cell{Text: moment(r.env, one.Start, r.t.p.window)}
	case traceBar:
		st := th.Run
		if one.Fault || one.Error || one.Throttle {
			st = th.Bad
		}
		return table.Cell{Draw: func(b *line.Builder) {
			lengthBar(b, st, th.Glyphs.BarRun, &th.Glyphs, one.Duration.Or(0), r.t.full, width)
		}}
	case traceDuration:
		return duration(th, one.Duration, theme.Style{})
	case traceResponse:
		return duration(th, one.Response, th.Muted)
	case traceInit:
		if inv := r.t.invoked[one.ID]; inv != nil {
			return duration(th, inv.Init.OrElse(inv.Restore), th.Init)
		}
		return unknownCell(th)
	case traceStatus:
		if code, ok := one.Status.Get(); ok {
			return table.Cell{Text: strconv.Itoa(code), Style: th.Muted}
		}
		return unknownCell(th)
	case traceOutcome:
		text, st := traced(th, one)
		return table.Cell{Text: text, Style: st}
	case traceThrough:
		return r.through(one)
	case traceIDs:
		return table.Cell{Text: one.ID, Style: th.Muted}
	}
	return table.Cell{}
}

// traced says what went wrong in a trace, in X-Ray's own words.
func traced(th *theme.Theme, one *sources.TraceSummary) (string, theme.Style) {
	var signs []string
	for _, s := range []struct {
		is   bool
		name string
	}{{one.Fault, "fault"}, {one.Throttle, "throttled"}, {one.Error && !one.Throttle, "error"}} {
		if s.is {
			signs = append(signs, s.name)
		}
	}
	switch {
	case len(signs) > 0:
		return th.Glyphs.Fail + " " + strings.Join(signs, ", "), th.Bad
	case one.Partial:
		return "incomplete", th.Muted
	}
	return "ok", th.Muted
}

// through is what a trace went through beside the function, and what was noted
// on it.
func (r traceRows) through(one *sources.TraceSummary) table.Cell {
	var parts []string
	for _, name := range one.Services {
		if name != r.t.p.id.Name {
			parts = append(parts, name)
		}
	}
	all := []string{strings.Join(parts, ", ")}
	for _, a := range one.Annotations {
		all = append(all, a.Name+"="+a.Value)
	}
	text := strings.TrimSpace(strings.Join(all, "  "))
	if text == "" {
		return unknownCell(r.env.Theme)
	}
	return table.Cell{Text: text}
}
