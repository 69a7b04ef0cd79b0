package function

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// The columns of the cold starts.
const (
	coldTime = iota
	coldBar
	coldInit
	coldDuration
	coldVersion
	coldOutcome
	coldEnvironment
)

// coldStarts is the tab of the cold starts that are known.
type coldStarts struct {
	p             *Page
	width, height int
	grid          grid
	table         *table.Model

	list    []fleet.ColdStart // in the window, newest first
	sorted  []time.Duration   // their inits
	full    time.Duration     // the longest bar
	invoked map[waited]int    // the cold invocations that are known

	selected fleet.ColdStart
	pinned   bool
}

func newColdStarts(p *Page) *coldStarts {
	return &coldStarts{p: p, table: table.New(coldColumns(p.window))}
}

func coldColumns(w sources.Window) []table.Column {
	return []table.Column{
		{ID: coldTime, Title: "TIME", Min: timeWidth(w), Max: timeWidth(w)},
		{ID: coldBar, Title: "INIT", Min: 8, Max: 40, Drop: 4},
		{ID: coldInit, Min: 7, Max: 7, Right: true},
		{ID: coldDuration, Title: "DURATION", Min: 8, Max: 9, Right: true, Drop: 2},
		{ID: coldOutcome, Title: "OUTCOME", Min: 10, Max: 24, Drop: 3},
		{ID: coldVersion, Title: "VERSION", Min: 7, Max: 10, Drop: 5},
		{ID: coldEnvironment, Title: "ENVIRONMENT", Min: 12, Max: 33, Drop: 1},
	}
}

func (c *coldStarts) title() string { return ColdStarts }

// resize gives two fifths to the charts, and two lines to what they say.
func (c *coldStarts) resize(width, height int) {
	c.width, c.height = width, height
	room := max(height-c.lines(), 0)
	c.grid = gridFor(len(coldCharts()), width, room*2/5)
	c.table.Resize(width, room-c.grid.lines())
	c.table.SetLen(len(c.list))
}

// lines are the lines that are neither chart nor table.
func (c *coldStarts) lines() int { return min(2, c.height/3) }

func coldCharts() []int { return []int{chartCold, chartInit} }

func (c *coldStarts) take(env *page.Env) {
	fn := c.p.fn
	if fn == nil {
		return
	}
	at := c.table.Cursor() - c.table.Top()
	start, end := c.p.window.At(env.Now)
	c.list = c.list[:0]
	for _, s := range slices.Backward(fn.ColdStarts) {
		if !s.At.Before(start) && (c.p.window.Until.IsZero() || s.At.Before(end)) {
			c.list = append(c.list, s)
		}
	}
	c.sorted = inits(c.list)
	c.full = roundUp(quantile(c.sorted, 0.95))
	c.join()
	c.table.SetColumns(coldColumns(c.p.window))
	c.table.SetLen(len(c.list))
	if !c.pinned {
		c.table.Home()
	} else if i := slices.Index(c.list, c.selected); i >= 0 {
		c.table.SelectAt(i, at)
	}
}

// waited identifies a cold start among the invocations of its function: when
// it began, in milliseconds, and the init.
type waited struct {
	at   int64
	init time.Duration
}

// join finds the invocations of cold starts. A report that was read alone
// tells the start as its own time less the duration, while the log as a whole
// has a line for it, which may be milliseconds away.
func (c *coldStarts) join() {
	c.invoked = make(map[waited]int)
	for i := range c.p.fn.Invocations {
		inv := &c.p.fn.Invocations[i]
		init, ok := inv.Init.OrElse(inv.Restore).Get()
		if !ok {
			continue
		}
		if t, ok := inv.Start.Get(); ok {
			c.invoked[waited{t.UnixMilli(), init}] = i
		}
		t, ok := inv.Reported.Get()
		if d, known := inv.Duration.Get(); ok && known {
			c.invoked[waited{t.Add(-d).UnixMilli(), init}] = i
		}
	}
}

func (c *coldStarts) demand(f *poll.Focus, d *poll.Demand) {
	f.Charts, f.Invocations, d.Changes = true, true, true
}

func (c *coldStarts) keys(env *page.Env) []key.Binding {
	k := env.Keys
	return []key.Binding{k.Open, k.Left, k.Right, k.ZoomIn, k.ZoomOut}
}

func (c *coldStarts) press(env *page.Env, press tea.KeyPressMsg) (page.Step, bool) {
	k := env.Keys
	switch {
	case k.Move(press, c.table):
		c.touched()
		return nil, true
	case key.Matches(press, k.Open):
		if c.table.Cursor() >= len(c.list) {
			return nil, true
		}
		inv := c.invocation(c.table.Cursor())
		if inv == nil {
			return page.Say{Text: "Only the report of this cold start was read: its invocation is not among those that are kept."}, true
		}
		return page.OpenInvocation{Function: c.p.id, Known: *inv, Window: c.p.window}, true
	case key.Matches(press, k.Compare):
		return nil, false
	}
	return c.p.pressCharts(env, press)
}

func (c *coldStarts) touched() {
	i := c.table.Cursor()
	if c.pinned = i > 0 && i < len(c.list); c.pinned {
		c.selected = c.list[i]
	}
}

func (c *coldStarts) click(env *page.Env, x, y int) {
	if c.p.clickGrid(env, c.grid, coldCharts(), x, y) {
		return
	}
	if _, row := c.table.Hit(x, y-c.lines()-c.grid.lines()); row >= 0 {
		c.table.Select(row)
		c.touched()
	}
}

func (c *coldStarts) scroll(by int) {
	c.table.Scroll(by)
	c.touched()
}

// invocation is the invocation of a cold start, or nil when it is not known.
func (c *coldStarts) invocation(row int) *sources.Invocation {
	s := c.list[row]
	if i, ok := c.invoked[waited{s.At.UnixMilli(), s.Init}]; ok && i < len(c.p.fn.Invocations) {
		return &c.p.fn.Invocations[i]
	}
	return nil
}

func (c *coldStarts) draw(env *page.Env) []string {
	th := env.Theme
	lines := c.p.drawGrid(env, c.grid, coldCharts(), nil)
	if c.lines() > 0 {
		lines = append(lines, c.summary(env))
	}
	if c.lines() > 1 {
		b := line.New(th).Reset(c.width, theme.Style{}).Space(1)
		lines = append(lines, b.Text(th.Muted, c.since(env)).String())
	}
	if len(c.list) > 0 {
		return append(lines, c.table.Draw(th, coldRows{c, env})...)
	}
	text, st := c.nothing(env)
	return append(lines, "", line.New(th).Reset(c.width, theme.Style{}).Space(2).Text(st, text).String())
}

// summary is the figures of the window, or what the charts say at their
// cursor.
func (c *coldStarts) summary(env *page.Env) string {
	r := &reader{b: line.New(env.Theme).Reset(c.width, theme.Style{}).Space(1), th: env.Theme, wide: true}
	d := &c.p.data
	if i := d.index(c.p.cursor); i >= 0 && c.p.fn != nil {
		r.b.Text(r.th.Accent, d.start.Add(time.Duration(i)*d.step).Format("Jan 2 15:04"))
		rate, _ := d.coldRate(i, i+1)
		r.group(r.fact("cold starts", named(at(d.cold, i), format.Count)), ofInvocations(rate, ""))
		r.group(r.fact("init p95", named(at(d.init, i), millis)))
		return r.b.String()
	}
	r.b.Text(r.th.Accent, c.p.span(env))
	count, p50, p95, most := sources.Opt[int]{}, sources.Opt[time.Duration]{}, sources.Opt[time.Duration]{}, sources.Opt[time.Duration]{}
	if c.p.fn != nil && !c.p.fn.ColdFrom.IsZero() {
		count = sources.Some(len(c.list))
	}
	if n := len(c.sorted); n > 0 {
		p50, p95, most = sources.Some(quantile(c.sorted, 0.5)), sources.Some(quantile(c.sorted, 0.95)), sources.Some(c.sorted[n-1])
	}
	rate, of := d.coldRate(0, d.points)
	r.group(
		r.fact("cold starts", named(count, func(n int) string { return format.Int(int64(n)) })),
		ofInvocations(rate, d.part(of)))
	r.group(r.fact("init p50", named(p50, format.Duration)), r.fact("p95", named(p95, format.Duration)), r.fact("max", named(most, format.Duration)))
	return r.b.String()
}

// ofInvocations is a rate of cold starts as a fact, and what part of the range
// it is of.
func ofInvocations(rate sources.Opt[float64], part string) fact {
	return fact{"", named(rate, percent) + " of invocations" + part, theme.Style{}}
}

// since says for which time cold starts are known.
func (c *coldStarts) since(env *page.Env) string {
	fn := c.p.fn
	if fn == nil || fn.ColdFrom.IsZero() {
		return "No reports of cold starts have been read yet."
	}
	start, _ := c.p.window.At(env.Now)
	if fn.ColdFrom.After(start) {
		return "Known since " + stamp(env, fn.ColdFrom) + ": the log before that has not been read."
	}
	return "Known for all of this time, up to " + env.In(fn.ColdThrough).Format("15:04:05") + "."
}

// nothing is why there are no cold starts to show.
func (c *coldStarts) nothing(env *page.Env) (string, theme.Style) {
	th, fn := env.Theme, c.p.fn
	switch {
	case fn == nil || fn.ColdFrom.IsZero() && fn.Cold.Err == nil && c.p.waiting(env):
		return "Reading the reports" + th.Glyphs.Ellipsis, th.Muted
	case fn.Cold.Err != nil && !c.p.passing(fn.Cold.Err):
		return th.Glyphs.Fail + " " + fn.Cold.Err.Error(), th.Bad
	case fn.ColdFrom.IsZero():
		return "The log has not been read.", th.Muted
	}
	return "No cold starts in this time.", th.Muted
}
