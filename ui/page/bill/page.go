// Package bill is the page that shows what fntop itself has asked of the
// clouds, and what that costs.
package bill

import (
	"cmp"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/poll"
	"fntop/ui/format"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// Page is the bill. It has two sides: by operation of the clouds, and by what
// the calls were for.
type Page struct {
	width, height int
	sides         [2]side
	shown         int // the side that is turned up
	bill          meter.Bill
	planned       sources.Opt[float64] // dollars an hour, of the page before
}

// side is one way to divide the bill.
type side struct {
	name  string
	table *table.Model
	ops   []meter.Op // the dearest first
}

const (
	colName = iota
	colCalls
	colMetrics
	colUSD
	colThrottles
	colErrors
	colRetries
	colIn
	colLatency
)

// New makes the page. planned is what an hour of the page it is opened from costs,
// in dollars.
func New(planned sources.Opt[float64]) *Page {
	return &Page{planned: planned, sides: [2]side{
		{name: "by operation", table: newTable("OPERATION")},
		{name: "by use", table: newTable("FOR")},
	}}
}

func newTable(title string) *table.Model {
	return table.New([]table.Column{
		{ID: colName, Title: title, Min: 20, Max: 40},
		{ID: colCalls, Title: "CALLS", Min: 7, Max: 9, Right: true, Drop: 2},
		{ID: colMetrics, Title: "METRICS", Min: 7, Max: 9, Right: true, Drop: 3},
		{ID: colUSD, Title: "COST", Min: 10, Max: 11, Right: true, Drop: 1},
		{ID: colThrottles, Title: "THROTTLED", Min: 9, Max: 10, Right: true, Drop: 4},
		{ID: colErrors, Title: "ERRORS", Min: 6, Max: 8, Right: true, Drop: 5},
		{ID: colRetries, Title: "RETRIES", Min: 7, Max: 8, Right: true, Drop: 7},
		{ID: colIn, Title: "RECEIVED", Min: 9, Max: 10, Right: true, Drop: 8},
		{ID: colLatency, Title: "A CALL", Min: 7, Max: 8, Right: true, Drop: 6},
	})
}

// head is the number of lines above the table: one of them is empty where
// there is room.
func (p *Page) head() int {
	if p.height < 10 {
		return 4
	}
	return 5
}

// Resize gives the page its area.
func (p *Page) Resize(_ *page.Env, width, height int) {
	p.width, p.height = width, height
	for i := range p.sides {
		p.sides[i].table.Resize(width, height-p.head())
	}
}

// Show takes a new snapshot over.
func (p *Page) Show(env *page.Env) {
	if env.Snapshot == nil {
		return
	}
	p.bill = env.Snapshot.Bill
	for i, ops := range [2][]meter.Op{p.bill.Ops, p.bill.Uses} {
		s := &p.sides[i]
		s.ops = slices.Clone(ops)
		slices.SortStableFunc(s.ops, func(a, b meter.Op) int {
			return cmp.Or(cmp.Compare(b.USD, a.USD), cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Name, b.Name))
		})
		s.table.SetLen(len(s.ops))
	}
}

// Live marks that the page shows newest figures even while the picture is
// paused.
func (p *Page) Live() {}

// Demand wants nothing: the bill comes with every snapshot.
func (p *Page) Demand(*page.Env, *poll.Demand) {}

// Keys are the bindings of the page.
func (p *Page) Keys(env *page.Env) []key.Binding {
	other := p.sides[1-p.shown].name
	return append([]key.Binding{env.Keys.Back, keys.Named(env.Keys.NextTab, other)}, env.Keys.Moving()...)
}

// Press takes a key press.
func (p *Page) Press(env *page.Env, press tea.KeyPressMsg) page.Step {
	switch {
	case env.Keys.Move(press, p.sides[p.shown].table):
	case key.Matches(press, env.Keys.NextTab):
		p.shown = 1 - p.shown
	case key.Matches(press, env.Keys.Back):
		return page.Back{}
	}
	return nil
}

// Click selects the row at a place.
func (p *Page) Click(_ *page.Env, x, y int) page.Step {
	t := p.sides[p.shown].table
	if _, row := t.Hit(x, y-p.head()); row >= 0 {
		t.Select(row)
	}
	return nil
}

// Scroll moves the rows.
func (p *Page) Scroll(_ *page.Env, by int) { p.sides[p.shown].table.Scroll(by) }

// Draw gives the lines of the page.
func (p *Page) Draw(env *page.Env) []string {
	th := env.Theme
	b := line.New(th)
	lines := []string{
		b.Reset(p.width, theme.Style{}).Space(1).Text(th.Accent, "What fntop itself has asked for").Space(1).Text(th.Muted, p.sides[p.shown].name).String(),
		p.sum(env, b),
		p.pace(b, th),
		p.note(b, th),
		"",
	}[:p.head()]
	s := &p.sides[p.shown]
	if len(s.ops) == 0 {
		b.Reset(p.width, theme.Style{}).Space(1).Text(th.Muted, "No calls yet.")
		return line.Clip(append(lines[:min(3, len(lines))], b.String()), p.height)
	}
	return line.Clip(append(lines, s.table.Draw(th, rows{s.ops, th})...), p.height)
}

func (p *Page) sum(env *page.Env, b *line.Builder) string {
	th, t := env.Theme, &p.bill.Total
	b.Reset(p.width, theme.Style{})
	gap := 1
	add := func(st theme.Style, figure, word string) { // whole, or not at all
		if b.Left() > gap+len(figure)+len(word) {
			b.Space(gap).Text(st, figure).Space(1).Text(th.Muted, word)
			gap = 3
		}
	}
	add(th.Strong, format.USD(t.USD), "so far")
	add(theme.Style{}, format.Int(t.Calls), "calls")
	add(theme.Style{}, format.Int(t.Metrics), "metrics")
	if !p.bill.Since.IsZero() {
		add(th.Muted, "since", format.ClockSeconds(env.In(p.bill.Since)))
	}
	return b.String()
}

// slightly is by how much the last hour may exceed an hourly budget without
// breaking it: it is counted in slices and a little longer than an hour.
const slightly = 1.01

// pace is how fast money is spent: as it may be, as the screen below will, and
// as it was lately, which a start makes more than that. What there is no room
// for is left out.
func (p *Page) pace(b *line.Builder, th *theme.Theme) string {
	b.Reset(p.width, theme.Style{}).Space(1)
	say := func(name, value, rest string, style theme.Style) {
		if b.Left() >= line.Width(name)+line.Width(value)+line.Width(rest)+2 {
			b.Text(th.Muted, name).Space(1).Text(style, value).Space(1).Text(th.Muted, rest).Space(3)
		}
	}
	limit := p.bill.Limit
	switch budget := format.USD(limit.USDPerHour) + "/h"; {
	case limit.FreeOnly:
		say("free:", format.USD(p.bill.LastHour), "spent in 60m", th.Strong)
	case limit.Limited && p.bill.LastHour > limit.USDPerHour*slightly:
		say("budget", budget, "does not hold: "+format.USD(p.bill.LastHour)+" spent in 60m", th.Bad)
	case limit.Limited:
		say("budget", budget, "holds: "+format.USD(p.bill.LastHour)+" spent in 60m", th.Strong)
	}
	say("planned", format.Opt(p.planned, format.USDPerHour), "by the page before", th.Strong)
	say("spent lately", format.USDPerHour(p.bill.PerHour), "over 10m", th.Strong)
	return b.String()
}

// note says what has gone wrong, in words.
func (p *Page) note(b *line.Builder, th *theme.Theme) string {
	t := &p.bill.Total
	b.Reset(p.width, theme.Style{}).Space(1)
	switch {
	case t.Throttles > 0:
		b.Sign(th.Warn, th.Glyphs.Rise).Space(1)
		b.Text(th.Warn, calls(t.Throttles)+" throttled, and asked more slowly since.")
	case t.Errors > 0:
		b.Sign(th.Bad, th.Glyphs.Fail).Space(1).Text(theme.Style{}, calls(t.Errors)+" failed.")
	default:
		b.Text(th.Muted, "Log reading is free of charge; metrics cost by the metric, five statistics are one.")
	}
	return b.String()
}

// calls counts calls in words.
func calls(n int64) string {
	if n == 1 {
		return "1 call"
	}
	return format.Int(n) + " calls"
}

type rows struct {
	ops []meter.Op
	th  *theme.Theme
}

// Len is the number of operations.
func (r rows) Len() int { return len(r.ops) }

// Cell is what stands in a column of an operation's row.
func (r rows) Cell(i, id, width int) table.Cell {
	op, th := &r.ops[i], r.th
	switch id {
	case colName:
		return table.Cell{Text: op.Name}
	case colCalls:
		return count(th, width, op.Calls, theme.Style{})
	case colMetrics:
		return count(th, width, op.Metrics, theme.Style{})
	case colUSD:
		if op.USD == 0 {
			return table.Cell{Text: "free", Style: th.Muted}
		}
		return table.Cell{Text: format.USD(op.USD)}
	case colThrottles:
		return count(th, width, op.Throttles, th.Warn)
	case colErrors:
		return count(th, width, op.Errors, th.Bad)
	case colRetries:
		return count(th, width, op.Retries, theme.Style{})
	case colIn:
		return table.Cell{Text: format.Bytes(op.BytesIn), Style: th.Muted}
	case colLatency:
		if op.Calls == 0 {
			return table.Cell{Text: format.Unknown, Style: th.Muted}
		}
		return table.Cell{Text: format.Duration(op.Busy / time.Duration(op.Calls)), Style: th.Muted}
	}
	return table.Cell{}
}

func count(th *theme.Theme, width int, n int64, st theme.Style) table.Cell {
	if n == 0 {
		st = th.Muted
	}
	text := format.Int(n)
	if len(text) > width {
		text = format.CountIn(float64(n), width)
	}
	return table.Cell{Text: text, Style: st}
}
