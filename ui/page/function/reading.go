package function

import (
	"fmt"
	"math"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// reading is the line that reads all charts: the values under the cursor, or
// the figures of the whole range.
func (p *Page) reading(env *page.Env) string {
	r := &reader{b: line.New(env.Theme).Reset(p.width, theme.Style{}).Space(1), th: env.Theme, wide: p.width >= wideReading}
	if p.fn == nil {
		return r.b.String()
	}
	if i := p.data.index(p.cursor); i >= 0 {
		p.readPoint(env, r, i)
	} else {
		p.readRange(r, p.span(env))
	}
	return r.b.String()
}

// wideReading is the width from which words are written out.
const wideReading = 150

// readPoint reads the charts at one point.
func (p *Page) readPoint(env *page.Env, r *reader, i int) {
	d := &p.data
	var was earlier
	if d.before != nil {
		was = *d.before
	}
	start := d.start.Add(time.Duration(i) * d.step)
	form := "15:04"
	if p.window.Since > day || !p.window.Until.IsZero() {
		form = "Jan 2 15:04"
	}
	r.b.Text(r.th.Accent, start.Format(form))
	if changes := p.changed(start, start.Add(d.step)); len(changes) > 0 {
		text := r.th.Glyphs.Mark + " " + env.In(changes[0].Time).Format("15:04") + " " + did(&changes[0])
		if n := len(changes) - 1; n > 0 {
			text += fmt.Sprintf(" +%d", n)
		}
		r.group(fact{"", text, r.th.Accent})
	}
	ms := func(name string, now, before []float64) fact {
		return r.fact(name, named(at(now, i), millis)+difference(at(now, i), at(before, i), millis))
	}
	r.group(ms("p50", d.p50, nil), ms("p95", d.p95, was.p95), ms("p99", d.p99, nil))

	traffic := at(d.invocations, i).OrElse(at(d.live, i))
	perMinute := fact{"", named(traffic, format.Count) + "/min" + growth(traffic, at(was.invocations, i)), theme.Style{}}
	errors := r.fact(r.word("errors", "err"), named(share(at(d.errors, i), at(d.invocations, i)), percent))
	if was.errors != nil {
		errors.value += points(share(at(d.errors, i), at(d.invocations, i)), share(at(was.errors, i), at(was.invocations, i)))
	}
	throttles := at(d.throttles, i)
	if n, ok := throttles.Get(); ok {
		throttles = sources.Some(n * d.step.Minutes())
	}
	r.group(perMinute, errors, r.fact(r.word("throttles", "thr"), named(throttles, format.Count)))

	running := named(at(d.concurrency, i), format.Count)
	if n, _ := p.limit(); n.Known() {
		running += r.word(" of ", "/") + format.Int(int64(n.Or(0)))
	}
	r.group(r.fact(r.word("concurrency", "conc"), running))
	rate, _ := d.coldRate(i, i+1)
	r.group(r.fact("cold", named(rate, percent)), r.fact("init p95", named(at(d.init, i), millis)))
}

// readRange reads the figures of all of the window.
func (p *Page) readRange(r *reader, span string) {
	row := p.fn.Row(p.window)
	count := func(n int64) string { return format.Count(float64(n)) }
	r.b.Text(r.th.Accent, span)
	if row.P50.Known() || p.window.Since <= day {
		r.group(r.fact("p50", named(row.P50, format.Duration)), r.fact("p95", named(row.P95, format.Duration)), r.fact("p99", named(row.P99, format.Duration)))
	}
	r.group(
		r.fact(r.word("invocations", "inv"), named(row.Invocations, count)),
		r.fact(r.word("errors", "err"), named(row.Errors, count)),
		r.fact(r.word("throttles", "thr"), named(row.Throttles, count)))
	r.group(r.fact("cold", p.rangeCold(&row)), r.fact("init p95", named(row.InitP95, format.Duration)))
	if !row.CostUSD.Known() && p.window.Since > day {
		return // a figure of what is not asked for so long a time
	}
	r.group(r.fact("cost", named(row.CostUSD, format.USD)), r.fact("$/1M", named(row.CostPerMillion, format.Amount)))
}

// enough is the share of a range of which a figure must be known to stand for
// it: its newest minutes are always on their way.
const enough = 0.9

// rangeCold is the cold rate over the range, or over as much of it as is known,
// which is named then.
func (p *Page) rangeCold(row *fleet.Row) string {
	if row.ColdRate.Known() {
		return named(row.ColdRate, percent)
	}
	rate, of := p.data.coldRate(0, p.data.points)
	return named(rate, percent) + p.data.part(of)
}

// part names how long a part of the range something is of, when it is not
// nearly all.
func (d *data) part(of time.Duration) string {
	if of <= 0 || float64(of) >= enough*float64(d.points)*float64(d.step) {
		return ""
	}
	return " in " + format.Span(of)
}

// coldRate is cold starts per invocation over the points [from, to) at which
// both are known, and how long these are.
func (d *data) coldRate(from, to int) (rate sources.Opt[float64], of time.Duration) {
	cold, all := 0.0, 0.0
	for i := from; i < to && i < d.points; i++ {
		c, ok := at(d.cold, i).Get()
		n, known := at(d.invocations, i).OrElse(at(d.live, i)).Get()
		if ok && known {
			cold, all, of = cold+c, all+n*d.step.Minutes(), of+d.step
		}
	}
	if all <= 0 {
		return rate, of
	}
	return sources.Some(min(cold/all, 1)), of
}

// at is the value of a point.
func at(values []float64, i int) sources.Opt[float64] {
	if i < 0 || i >= len(values) || math.IsNaN(values[i]) {
		return sources.Opt[float64]{}
	}
	return sources.Some(values[i])
}

// share is part of all, 0 to 1; unknown of nothing.
func share(part, all sources.Opt[float64]) sources.Opt[float64] {
	x, ok := part.Get()
	n, known := all.Get()
	if !ok || !known || n <= 0 {
		return sources.Opt[float64]{}
	}
	return sources.Some(x / n)
}

func named[T any](v sources.Opt[T], write func(T) string) string { return format.Opt(v, write) }

func percent(share float64) string { return format.Percent(share) + "%" }

// difference is by how much a value is more or less than before: " +40ms".
func difference(now, before sources.Opt[float64], write func(float64) string) string {
	a, ok := now.Get()
	b, known := before.Get()
	switch {
	case !ok || !known:
		return ""
	case a >= b:
		return " +" + write(a-b)
	default:
		return " -" + write(b-a)
	}
}

// growth is by how many per cent a value is more or less than before.
func growth(now, before sources.Opt[float64]) string {
	b, known := before.Get()
	if !known || b <= 0 || !now.Known() {
		return ""
	}
	return difference(sources.Some(now.Or(0)/b), sources.Some(1.0), percent)
}

// points is by how many per cent points a share is more or less than before.
func points(now, before sources.Opt[float64]) string {
	return strings.Replace(difference(now, before, percent), "%", "pt", 1)
}

// fact is a value with its name, as it is written.
type fact struct {
	name, value string
	style       theme.Style
}

// reader writes the line that reads the charts.
type reader struct {
	b    *line.Builder
	th   *theme.Theme
	wide bool
}

func (r *reader) fact(name, value string) fact { return fact{name, value, theme.Style{}} }

// word is the long form of a word where there is room for it.
func (r *reader) word(long, short string) string {
	if r.wide {
		return long
	}
	return short
}

// group writes facts that belong together, as many as there is room for.
func (r *reader) group(facts ...fact) {
	for i, f := range facts {
		need := len(f.name) + line.Width(f.value) + 2
		if f.name != "" {
			need++
		}
		if i == 0 {
			need++
		}
		if r.b.Left() < need {
			return
		}
		if i == 0 {
			r.b.Space(1).Sign(r.th.Faint, r.th.Glyphs.Pipe).Space(1)
		} else {
			r.b.Space(2)
		}
		if f.name != "" {
			r.b.Text(r.th.Muted, f.name).Space(1)
		}
		r.b.Text(f.style, f.value)
	}
}
