package spend

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"fntop/cost"
	"fntop/sources/poll"
	"fntop/sources/spending"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/sums"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Heights of the page from which its head is shown.
const (
	tabsFrom     = 4
	headlineFrom = 8
	titleFrom    = 10
	notesFrom    = 14
)

// above are the lines above the table.
func (p *Page) above(env *page.Env) []string {
	if p.month == nil {
		return nil
	}
	var lines []string
	if p.height >= titleFrom {
		lines = append(lines, p.title(env))
	}
	if p.height >= headlineFrom {
		lines = append(lines, p.headline(env)...)
	}
	if p.height >= notesFrom {
		notes := p.notes(env)
		lines = append(lines, notes[:min(len(notes), max(p.height/6, 2))]...)
	}
	if p.height >= tabsFrom {
		lines = append(lines, p.tabs(env))
	}
	if text := p.explained(); text != "" && p.height >= titleFrom {
		b := line.New(env.Theme).Reset(p.width, theme.Style{}).Space(1)
		lines = append(lines, b.Text(env.Theme.Muted, text).String())
	}
	return lines
}

// staleAfter is how long after the hours that were read figures are called old:
// a full hour is read when it is final.
const staleAfter = 2*time.Hour + 15*time.Minute

// title is what is shown, up to when, and what it rests on.
func (p *Page) title(env *page.Env) string {
	th, r := env.Theme, p.month.Report
	dot := " " + th.Glyphs.Dot + " "
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1)
	b.Text(th.Accent, "Cost of "+r.Span.Month.Format("January 2006"))
	read := "to " + r.Span.Now.Format("2 Jan 15:04") + " UTC"
	if age := env.Since(r.Span.Now); age > staleAfter {
		b.Space(2).Sign(th.Warn, th.Glyphs.Rise).Space(1).Text(th.Warn, read+", "+format.Age(age)+" old")
	} else {
		b.Space(2).Text(th.Muted, read)
	}
	var right []string
	if r.PriceDate != "" {
		text := "prices " + r.PriceDate
		if cost.Discounts() != "" {
			text += " with your discounts"
		}
		right = append(right, text)
	} else {
		right = append(right, "no prices")
	}
	switch {
	case !p.month.FreeTier:
		right = append(right, "before the free tier")
	default:
		right = append(right, "free tier per account")
	}
	right = append(right, "read for "+format.USDShort(p.spent(env)))
	for len(right) > 0 {
		text := strings.Join(right, dot)
		if w := line.Width(text); b.Left() > w+2 {
			return b.To(p.width-w-1).Text(th.Muted, text).String()
		}
		right = right[1:]
	}
	return b.String()
}

// spent is what reading the month has cost in this session.
func (p *Page) spent(env *page.Env) float64 {
	if env.Snapshot == nil {
		return 0
	}
	for _, use := range env.Snapshot.Bill.Uses {
		if use.Name == string(poll.ForSpend) {
			return use.USD
		}
	}
	return 0
}

// headline is the month in figures, over as many lines as they take.
func (p *Page) headline(env *page.Env) []string {
	th := env.Theme
	type fact struct{ name, value, rest string }
	sum := sums.Of(p.month.Report, p.month.Whole)
	month := sums.Mark(th.Glyphs.AtLeast, sum.AtLeast, sum.ToDate, figure(sum.ToDate))
	facts := []fact{{"month to date", month, ""}}
	if f, ok := sum.Forecast.Get(); ok {
		value := sums.Mark(th.Glyphs.AtLeast, sum.AtLeast, sum.Forecast, format.USDWhole(f.Value))
		facts = append(facts, fact{"forecast", value, "(" + format.USDWhole(f.Low) + " to " + format.USDWhole(f.High) + ")"})
	} else {
		facts = append(facts, fact{"forecast", format.Unknown, ""})
	}
	last := format.Opt(sum.LastMonth, format.USDWhole)
	facts = append(facts, fact{"last month", sums.Mark(th.Glyphs.AtLeast, sum.LastAtLeast, sum.LastMonth, last), ""})
	if c := &p.month.Report.Changed; !c.Short {
		change := fact{"change of a week", format.Opt(sum.Change, format.USDChange), ""}
		if sum.Change.Known() {
			change.rest = causes(th, &c.Total, p.width-len(change.name)-line.Width(change.value)-4)
		}
		facts = append(facts, change)
	}
	const gap, narrow, narrowBelow = 4, 2, 100
	between := gap
	if p.width < narrowBelow {
		between = narrow
	}
	b := line.New(th)
	var lines []string
	b.Reset(p.width, theme.Style{}).Space(1)
	for i, f := range facts {
		w := len(f.name) + line.Width(f.value) + 1
		if f.rest != "" {
			w += line.Width(f.rest) + 1
		}
		if i > 0 && b.Left() < w+between {
			lines = append(lines, b.String())
			b.Reset(p.width, theme.Style{}).Space(1)
		} else if i > 0 {
			b.Space(between)
		}
		b.Text(th.Muted, f.name).Space(1).Text(th.Strong, f.value)
		if f.rest != "" {
			b.Space(1).Text(th.Muted, f.rest)
		}
	}
	return append(lines, b.String())
}

// causes are the causes of a change with what each comes to, the greatest first:
// as many as there is room for, none of them cut.
func causes(th *theme.Theme, d *spending.Difference, room int) string {
	parts := slices.Clone(d.Causes)
	slices.SortStableFunc(parts, func(a, b spending.Part) int {
		x, _ := a.USD.Float64()
		y, _ := b.USD.Float64()
		return cmp.Compare(math.Abs(y), math.Abs(x))
	})
	var all []string
	for _, c := range parts {
		if part, ok := c.USD.Float64(); ok {
			all = append(all, string(c.Cause)+" "+format.USDChange(part))
		}
	}
	text := strings.Join(all, ", ")
	for n := len(all) - 1; n >= 0 && line.Width(text) > room; n-- {
		text = strings.Join(append(all[:n:n], th.Glyphs.Ellipsis), ", ")
	}
	return text
}

// tabs is the line of views.
func (p *Page) tabs(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{})
	width := 0
	for v := range viewCount {
		width += len(v.String()) + 3
	}
	for v := range viewCount {
		switch {
		case v == p.view:
			b.Space(1).Text(th.Accent, "["+v.String()+"]")
		case width <= p.width:
			b.Space(1).Text(th.Muted, " "+v.String()+" ")
		}
	}
	return b.String()
}

// explained says what the view is about, where its name does not.
func (p *Page) explained() string {
	switch p.view {
	case whatChanged:
		c := &p.month.Report.Changed
		if c.Short {
			return ""
		}
		text := "The last seven days against the seven before, at first-tier prices, without inits."
		if c.Unknown > 0 {
			text += " Without " + several(c.Unknown, "function") + " of which hours or prices are not known."
		}
		return text
	case whatIf:
		it := p.current()
		if it == nil {
			return ""
		}
		return it.title() + "  " + it.id.Region + "  in a month of 730 hours like the last thirty days, at first-tier prices, before the free tier."
	case byFunction, byComponent, viewCount:
	}
	return ""
}
