package function

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/sources/spending"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/sums"
	"fntop/ui/theme"
	"fntop/ui/whatif"
	"fntop/ui/widget/chart"
	"fntop/ui/widget/line"
)

// costs is the tab of what the function costs in the month: what has been read
// of it, its days, and what would cost less. Reading one function asks for four
// metrics, some thousandths of a cent, and so is not asked about.
type costs struct {
	p *Page
	scroller

	month   *fleet.Month // that the rest is of; nil before it was read
	line    int          // of the report; -1 when the function has none
	days    []spending.Day
	options []spending.Option
}

func newCosts(p *Page) *costs { return &costs{p: p, line: -1} }

func (c *costs) title() string { return Cost }

func (c *costs) take(env *page.Env) {
	if sp := spent(env); sp != nil && sp.Month != c.month {
		c.month = sp.Month
		c.read()
	}
	c.length = len(c.text(env))
}

// spent is what is known of the month; nil for nothing.
func spent(env *page.Env) *fleet.Spending {
	if env.Snapshot == nil {
		return nil
	}
	return env.Snapshot.Spending
}

// read takes over what has been reckoned of the function.
func (c *costs) read() {
	c.line, c.days, c.options = -1, nil, nil
	if c.month == nil {
		return
	}
	m := c.month
	c.line = slices.IndexFunc(m.Report.Lines, func(l spending.Line) bool { return l.Function == c.p.id && l.Group == "" })
	if c.line < 0 {
		return
	}
	if c.line < len(m.Usage.Used) {
		c.days = m.Usage.Days(c.line)
	}
	if c.line < len(m.Options) {
		c.options = slices.Clone(m.Options[c.line])
	}
	slices.SortStableFunc(c.options, whatif.Compare)
}

func (c *costs) demand(_ *poll.Focus, d *poll.Demand) {
	d.Spending = poll.Spending{Function: c.p.id, Read: true}
}

func (c *costs) keys(env *page.Env) []key.Binding { return []key.Binding{env.Keys.Cost} }

func (c *costs) press(env *page.Env, press tea.KeyPressMsg) (page.Step, bool) {
	return nil, env.Keys.Move(press, &c.scroller)
}

func (c *costs) click(*page.Env, int, int) {}
func (c *costs) scroll(by int)             { c.Move(by) }

func (c *costs) draw(env *page.Env) []string { return c.seen(c.text(env)) }

// chartLines is how high the chart of the days is.
const chartLines = 9

// text is all of the tab.
func (c *costs) text(env *page.Env) []string {
	if c.line < 0 {
		return c.nothing(env)
	}
	lines := []string{c.headline(env)}
	lines = append(lines, c.troubles(env)...)
	lines = append(append(lines, ""), c.components(env)...)
	lines = append(append(lines, ""), c.whatIf(env)...)
	if len(c.days) > 1 {
		lines = append(append(lines, ""), c.chart().Draw(env.Theme, c.width, chartLines)...)
	}
	return lines
}

// nothing says why there is nothing to see yet.
func (c *costs) nothing(env *page.Env) []string {
	th, b := env.Theme, line.New(env.Theme)
	st, text := th.Muted, "Reading its hours of the month"+th.Glyphs.Ellipsis
	sp := spent(env)
	switch {
	case c.p.fn != nil && !c.p.fn.Configured:
		text = "It has not been listed yet, or is in an account that is only observed: its cost is not known."
	case sp == nil:
	case sp.Refused != nil:
		st, text = th.Warn, th.Glyphs.Rise+" "+sp.Refused.Error()
	default:
		if err := c.failed(env); err != nil {
			st, text = th.Bad, th.Glyphs.Fail+" "+err.Error()
		}
	}
	return []string{"", b.Reset(c.width, theme.Style{}).Space(2).Text(st, text).String()}
}

// place is how far the function's place has been read; nil when that is not
// known.
func (c *costs) place(env *page.Env) *fleet.SpendingPlace {
	if sp := spent(env); sp != nil {
		for i := range sp.Places {
			if at := &sp.Places[i]; at.Account == c.p.id.Account && at.Region == c.p.id.Region {
				return at
			}
		}
	}
	return nil
}

func (c *costs) failed(env *page.Env) error {
	if at := c.place(env); at != nil {
		return at.Err
	}
	return nil
}

// headline is the month in a line.
func (c *costs) headline(env *page.Env) string {
	th, l := env.Theme, &c.month.Report.Lines[c.line]
	b := line.New(th).Reset(c.width, theme.Style{}).Space(1)
	atLeast := func(usd sources.Opt[float64]) string {
		return sums.Mark(th.Glyphs.AtLeast, l.AtLeast, usd, format.Opt(usd, format.USD))
	}
	value := atLeast(dollars(l.ToDate))
	b.Text(th.Muted, "month to date").Space(1).Text(th.Strong, value).Space(3).Text(th.Muted, "forecast").Space(1)
	if f, ok := l.Forecast.Get(); ok {
		b.Text(th.Strong, sums.Mark(th.Glyphs.AtLeast, l.AtLeast, l.Forecast, format.USDWhole(f.Value))).Space(1).Text(th.Muted, "("+format.USDWhole(f.Low)+" to "+format.USDWhole(f.High)+")")
	} else {
		b.Text(th.Muted, format.Unknown)
	}
	b.Space(3).Text(th.Muted, "last month").Space(1).Text(th.Strong, atLeast(dollars(l.LastMonth)))
	text := "to " + c.month.Report.Span.Now.Format("2 Jan 15:04") + " UTC"
	if b.Left() > len(text)+3 {
		b.To(c.width-len(text)-1).Text(th.Muted, text)
	}
	return b.String()
}

// troubles are what the figures lack.
func (c *costs) troubles(env *page.Env) []string {
	th, l := env.Theme, &c.month.Report.Lines[c.line]
	b := line.New(th)
	var lines []string
	say := func(st theme.Style, sign, text string) {
		lines = append(lines, b.Reset(c.width, theme.Style{}).Space(1).Sign(st, sign).Space(1).Text(st, text).String())
	}
	if err := c.failed(env); err != nil {
		say(th.Bad, th.Glyphs.Fail, err.Error())
	}
	for _, n := range l.Notes {
		say(th.Warn, th.Glyphs.AtLeast, n)
	}
	if at := c.place(env); at != nil && at.Sampling {
		say(th.Muted, th.Glyphs.Ellipsis, "reading REPORT lines and changes, which is free")
	}
	if !c.month.FreeTier {
		say(th.Muted, th.Glyphs.Dot, "before the free tier and the tiers of the account, which are those of all its functions: "+env.Keys.Cost.Help().Key+" reads them all")
	}
	return lines
}

// chart is what each day cost.
func (c *costs) chart() *chart.Chart {
	ch := &chart.Chart{
		Title: "USD a day (today so far), at first-tier prices before the free tier", Start: c.days[0].At, Step: c.days[1].At.Sub(c.days[0].At), Points: len(c.days),
		Label: format.USDShort, Cursor: -1, Empty: "no day is known",
	}
	values := make([]float64, len(c.days))
	for i, d := range c.days {
		values[i] = d.USD
	}
	ch.Series = []chart.Series{{Values: values}}
	return ch
}

// whatIf is what could be set otherwise.
func (c *costs) whatIf(env *page.Env) []string {
	th := env.Theme
	b := line.New(th)
	b.Reset(c.width, theme.Style{}).Space(1).Text(th.Strong, "What if").Space(2)
	lines := []string{b.Text(th.Muted, "more or less a month of 730 hours like the last thirty days, and a request").String()}
	if len(c.options) == 0 {
		b.Reset(c.width, theme.Style{}).Space(2).Text(th.Muted, "There is nothing to reckon with: it was not used, or an hour or a price is not known.")
		return append(lines, b.String())
	}
	for _, o := range c.options {
		request := whatif.Latency(o)
		switch {
		case request != "":
		case whatif.Same(o):
			request = "the same"
		default:
			request = format.Unknown
		}
		b.Reset(c.width, theme.Style{}).Space(2).Cell(theme.Style{}, whatif.What(o), 14, false)
		b.Space(1).Cell(th.Strong, whatif.Month(o), 20, true).Space(2).Cell(theme.Style{}, request, 18, true)
		lines = append(lines, b.Space(2).Text(th.Muted, string(o.Basis)+": "+o.Note).String())
	}
	return lines
}
