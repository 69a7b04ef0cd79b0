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
	"fntop/ui/widget/line"
)

// trouble is why what the page shows is not there, or is old.
type trouble struct {
	of  string // what it is about, such as "metrics"
	err error  // nil where it is only old
}

// lateMetrics and lateLog are how long ago a reading is called old: several
// times the pace at which it is repeated.
const (
	lateMetrics = 5 * time.Minute
	lateLog     = time.Minute
)

// troubles are what is wrong with the place of the function, its metrics and
// its log, one for each cause. What goes away by itself, and has worked, is
// none until it makes figures old. A function that never ran has no log group.
func (p *Page) troubles(env *page.Env) []trouble {
	if p.fn == nil {
		return nil
	}
	if p.place.Err != nil {
		return []trouble{{sources.Clean(p.id.Region), p.place.Err}}
	}
	var all []trouble
	var errs []error
	add := func(of string, readings ...fleet.Health) {
		for _, h := range readings {
			if h.Err == nil || p.passing(h.Err) && !h.Good.IsZero() || sources.KindOf(h.Err) == sources.NotFound {
				continue
			}
			all, errs = append(all, trouble{of, h.Err}), append(errs, h.Err)
			return
		}
	}
	add("metrics", p.fn.Metrics, p.place.Metrics)
	add("log", p.fn.Logs, p.fn.Cold, p.place.Logs)
	if len(all) > 0 {
		merged := make([]trouble, 0, len(all))
		for _, c := range sources.Causes(errs) {
			var of []string
			for _, i := range c.At {
				of = append(of, all[i].of)
			}
			merged = append(merged, trouble{strings.Join(of, ", "), c.Err})
		}
		return merged
	}
	var f poll.Focus
	p.now().demand(&f, new(poll.Demand))
	if h := &p.fn.Metrics; f.Charts && known(p.data.invocations) && p.late(env, h, lateMetrics) {
		all = append(all, trouble{of: "metrics were read " + format.Age(env.Since(h.Good)) + " ago"})
	}
	if h := &p.fn.Logs; f.Invocations && p.late(env, h, lateLog) {
		all = append(all, trouble{of: "the log was last read " + format.Age(env.Since(h.Good)) + " ago"})
	}
	return all
}

// late tells that what is read again and again was last read long ago.
func (p *Page) late(env *page.Env, h *fleet.Health, limit time.Duration) bool {
	return p.window.Until.IsZero() && !env.Paused && !env.Behind && !h.Good.IsZero() && env.Since(h.Good) > limit
}

// leastTrouble is the room below which a further trouble is counted rather
// than cut.
const leastTrouble = 24

// troubleLine tells the troubles: the cause first, and what to do about it
// where there is room.
func (p *Page) troubleLine(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{})
	for i, t := range p.wrong {
		if i > 0 && b.Left() < leastTrouble {
			b.Space(1).Text(th.Muted, fmt.Sprintf("+%d more", len(p.wrong)-i))
			break
		}
		b.Space(1 + min(i, 1))
		if t.err == nil {
			b.Sign(th.Warn, th.Glyphs.Rise).Space(1).Text(th.Warn, t.of)
			continue
		}
		what, fix := sources.SplitError(t.err)
		b.Sign(th.Bad, th.Glyphs.Fail).Space(1)
		if b.Left() >= line.Width(t.of)+leastTrouble {
			b.Text(th.Strong, t.of).Space(1)
		}
		if line.Width(what) > b.Left() {
			what = brief(t.err)
		}
		b.Text(theme.Style{}, what)
		if fix != "" && b.Left() >= min(leastTrouble, line.Width(fix)+3) {
			b.Space(1).Sign(th.Accent, th.Glyphs.Arrow).Space(1).Text(th.Accent, fix)
		}
	}
	return b.String()
}
