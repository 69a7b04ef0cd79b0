package function

import (
	"math"
	"time"

	"fntop/sources"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/chart"
	"fntop/ui/widget/line"
)

// chartCount is how many charts there are.
const chartCount = 4

// layout says how the height is shared.
type layout struct {
	across, down int // charts
	chart        int // height of each
	list         int // height of the list with its title
}

func (l layout) shown() int { return min(l.across*l.down, chartCount) }

// The heights from which the page has charts, and has them in two rows.
const (
	chartsFrom  = 14
	doubledFrom = 46
	chartWidth  = 55
)

func (p *Page) layout() layout {
	l := layout{}
	const title, reading = 2, 1
	switch {
	case p.height < chartsFrom:
		l.list = max(p.height-min(title, p.height/3), 0)
		return l
	case p.height >= doubledFrom:
		l.down = 2
		l.across = 1
		if p.width >= 2*chartWidth {
			l.across = 2
		}
		l.chart = min(max(p.height/5, 9), 14)
	default:
		l.down = 1
		l.across = max(min(p.width/chartWidth, chartCount), 1)
		l.chart = min(max(p.height*2/5, 7), 14)
	}
	l.list = p.height - title - reading - l.down*l.chart
	return l
}

// charts gives the lines of the charts that are shown.
func (p *Page) charts(env *page.Env, l layout) []string {
	var lines []string
	const gap = 3
	width := (p.width - 2 - gap*(l.across-1)) / l.across
	for row := range l.down {
		drawn := make([][]string, l.across)
		for col := range l.across {
			if i := row*l.across + col; i < chartCount {
				c := p.chart(env, (p.first+i)%chartCount)
				drawn[col] = c.Draw(env.Theme, width, l.chart)
			}
		}
		for y := range l.chart {
			b := line.New(env.Theme).Reset(p.width, theme.Style{})
			for col := range drawn {
				b.To(1 + col*(width+gap))
				if y < len(drawn[col]) {
					b.Glyphs(theme.Style{}, drawn[col][y], line.Width(line.Plain(drawn[col][y])))
				}
			}
			lines = append(lines, b.String())
		}
	}
	return lines
}

// chart makes the i-th chart.
func (p *Page) chart(env *page.Env, i int) *chart.Chart {
	d, th := &p.data, env.Theme
	c := &chart.Chart{
		Start: d.start, Step: d.step, Points: d.points, Cursor: d.index(p.cursor),
		Label: format.Count, Empty: "no data",
	}
	switch {
	case p.fn != nil && p.fn.Metrics.Err != nil:
		c.Empty = th.Glyphs.Fail + " " + p.fn.Metrics.Err.Error()
	case env.Behind || p.fn == nil:
		c.Empty = "loading" + th.Glyphs.Ellipsis
	}
	if p.fn != nil && !p.fn.Config.LastModified.IsZero() {
		c.Marks = []time.Time{p.fn.Config.LastModified}
	}
	switch i {
	case 0:
		c.Title = "duration"
		c.Label = func(ms float64) string {
			if ms == 0 {
				return "0"
			}
			return format.Duration(time.Duration(ms * float64(time.Millisecond)))
		}
		c.Series = []chart.Series{
			{Name: "p99", Values: d.p99, Style: th.Series[2]},
			{Name: "p95", Values: d.p95, Style: th.Series[1]},
			{Name: "p50", Values: d.p50, Style: th.Series[0]},
		}
	case 1:
		c.Title = "invocations/min"
		c.Series = p.traffic(th)
	case 2:
		c.Title, c.Whole = "concurrency", true
		c.Series = []chart.Series{{Values: d.concurrency, Style: th.Series[1]}}
	default:
		c.Title, c.Whole = "cold starts", true
		c.Series = []chart.Series{{Values: d.cold, Style: th.Init}}
		switch {
		case p.fnLogs().Err != nil:
			c.Empty = th.Glyphs.Fail + " " + p.fnLogs().Err.Error()
		case !env.Behind:
			c.Empty = "the log has not been read for a whole point"
		}
	}
	return c
}

// flat is the part of the traffic below which errors and throttles can only
// be a line along the axis.
const flat = 0.05

// traffic is the invocations, and what went wrong with them. What is too
// little to rise above the axis is drawn beneath the invocations, anything
// else above them; what did not happen is not drawn at all.
func (p *Page) traffic(th *theme.Theme) []chart.Series {
	d := &p.data
	var list, above []chart.Series
	highest := top(d.invocations)
	for _, s := range []chart.Series{
		{Name: "throttles", Values: d.throttles, Style: th.Series[2]},
		{Name: "errors", Values: d.errors, Style: th.Series[3]},
	} {
		switch most := top(s.Values); {
		case most <= 0:
		case most < flat*highest:
			list = append(list, s)
		default:
			above = append(above, s)
		}
	}
	if known(d.live) {
		list = append(list, chart.Series{Name: "from logs", Values: d.live, Style: th.Muted})
	}
	return append(append(list, chart.Series{Values: d.invocations, Style: th.Series[0]}), above...)
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

// reading is the line that reads the charts: the values under the cursor, or
// the figures of the whole range.
func (p *Page) reading(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{}).Space(1)
	if p.fn == nil {
		return b.String()
	}
	if i := p.data.index(p.cursor); i >= 0 {
		p.readPoint(env, b, i)
	} else {
		p.readRange(env, b)
	}
	return b.String()
}

func (p *Page) readPoint(env *page.Env, b *line.Builder, i int) {
	d, th := &p.data, env.Theme
	b.Text(th.Accent, d.start.Add(time.Duration(i)*d.step).Format("15:04"))
	ms := func(v float64) string { return format.Duration(time.Duration(v * float64(time.Millisecond))) }
	perMinute := func(v float64) string { return format.Count(v) + "/min" }
	group(b, th,
		fact("p50", at(d.p50, i), ms), fact("p95", at(d.p95, i), ms), fact("p99", at(d.p99, i), ms))
	group(b, th,
		fact("invocations", at(d.invocations, i).OrElse(at(d.live, i)), perMinute),
		fact("errors", at(d.errors, i), perMinute), fact("throttles", at(d.throttles, i), perMinute))
	group(b, th, fact("concurrency", at(d.concurrency, i), format.Count))
	group(b, th, fact("cold", at(d.cold, i), format.Count))
}

func (p *Page) readRange(env *page.Env, b *line.Builder) {
	th := env.Theme
	row := p.fn.Row(p.window)
	count := func(n int64) string { return format.Count(float64(n)) }
	b.Text(th.Accent, "last "+format.Span(p.window.Since))
	group(b, th,
		fact("p50", row.P50, format.Duration), fact("p95", row.P95, format.Duration), fact("p99", row.P99, format.Duration))
	group(b, th,
		fact("invocations", row.Invocations, count), fact("errors", row.Errors, count), fact("throttles", row.Throttles, count))
	group(b, th,
		fact("cold", row.ColdRate, func(v float64) string { return format.Percent(v) + "%" }),
		fact("init p95", row.InitP95, format.Duration))
	group(b, th, fact("cost", row.CostUSD, format.USD), fact("$/1M", row.CostPerMillion, format.Amount))
}

// at is the value of a point.
func at(values []float64, i int) sources.Opt[float64] {
	if i < 0 || i >= len(values) || math.IsNaN(values[i]) {
		return sources.Opt[float64]{}
	}
	return sources.Some(values[i])
}

// named is a fact of the reading line, as it is written.
type named struct{ name, value string }

func fact[T any](name string, v sources.Opt[T], write func(T) string) named {
	return named{name, format.Opt(v, write)}
}

// group writes facts that belong together, as many as there is room for.
func group(b *line.Builder, th *theme.Theme, facts ...named) {
	for i, f := range facts {
		need := len(f.name) + line.Width(f.value) + 3
		if i == 0 {
			need += 3
		}
		if b.Left() < need {
			return
		}
		if i == 0 {
			b.Space(2).Sign(th.Faint, th.Glyphs.Pipe)
		}
		b.Space(2).Text(th.Muted, f.name).Space(1).Text(theme.Style{}, f.value)
	}
}
