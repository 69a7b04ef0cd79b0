package functions

import (
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// thrift says what the budget does to the figures; "" when nothing. some tells
// that any metrics are asked for, and all that there are no rows but those on
// the screen.
func thrift(pace poll.Pace, some, all bool) string {
	switch {
	case !pace.Slowed:
		return ""
	case pace.Free:
		return "free: no metrics, which cost money; a function's invocations come from its log, which is free"
	case pace.Rows == 0 && some:
		return "the budget allows new figures of the whole fleet only; a function's invocations come from its log, which is free"
	case pace.Rows == 0:
		return "the budget is too small for metrics; a function's invocations come from its log, which is free"
	case pace.Rows > time.Minute && (pace.Rest > 0 || all):
		return "the budget allows figures of the rows on the screen every " + format.Duration(pace.Rows)
	case pace.Rows > time.Minute:
		return "the budget allows figures of the rows on the screen every " + format.Duration(pace.Rows) + ", and none of the others"
	case all:
		return "" // it slows down what is not there
	case pace.Rest == 0:
		return "the budget allows no figures of the functions off the screen"
	default:
		return "the budget allows figures of the functions off the screen every " + format.Duration(pace.Rest)
	}
}

// maxNotices bounds the lines that tell of failed places.
const maxNotices = 3

// notices are what the budget does and the places that fail, while others are
// shown. What to do about a failure stands behind it where there is room, on a
// line of its own where there is not, and before it where there are no more
// lines.
func (p *Page) notices(env *page.Env) []string {
	if env.Snapshot == nil || len(p.order) == 0 {
		return nil
	}
	room := min(maxNotices, max(p.height-8, 0)/4)
	th := env.Theme
	b := line.New(th)
	var lines []string
	if text := thrift(env.Snapshot.Pace, env.Snapshot.MetricsPerHour > 0, p.allSeen()); text != "" && room > 0 {
		b.Reset(p.width, theme.Style{}).Space(1).Sign(th.Warn, th.Glyphs.Rise).Space(1)
		lines = append(lines, b.Text(th.Warn, text).String())
	}
	var failed []fleet.Place
	for _, pl := range env.Snapshot.Places {
		if p.trouble(pl) != nil {
			failed = append(failed, pl)
		}
	}
	for i, pl := range failed {
		if len(lines) == room {
			break
		}
		spare := room - len(lines) - (len(failed) - i) // lines that no other place needs
		lines = append(lines, p.failure(env, pl, spare > 0)...)
	}
	return lines
}

// allSeen tells that every function is on the screen.
func (p *Page) allSeen() bool {
	from, to := p.table.Visible()
	return p.grouping == (Grouping{}) && p.passed == p.snap.Len() && to-from == len(p.order)
}

// failure tells of a place that fails, in two lines when it may and must.
func (p *Page) failure(env *page.Env, pl fleet.Place, two bool) []string {
	th, err := env.Theme, p.trouble(pl)
	text, fix := sources.SplitError(err)
	b := line.New(th).Reset(p.width, theme.Style{})
	b.Space(1).Sign(th.Bad, th.Glyphs.Fail).Space(1).Text(th.Strong, name(pl)).Space(2)
	at := b.Used()
	wide := line.Width(text) + 3 + line.Width(fix)
	switch {
	case fix == "":
		return []string{b.Text(theme.Style{}, text).String()}
	case wide <= b.Left():
		b.Text(theme.Style{}, text).Space(1).Sign(th.Accent, th.Glyphs.Arrow).Space(1)
		return []string{b.Text(th.Accent, fix).String()}
	case two:
		first := b.Text(theme.Style{}, text).String()
		b.Reset(p.width, theme.Style{}).Space(min(at, p.width/4)).Sign(th.Accent, th.Glyphs.Arrow).Space(1)
		return []string{first, b.Text(th.Accent, fix).String()}
	default:
		b.Text(th.Accent, fix).Space(1).Text(th.Muted, th.Glyphs.Dot).Space(1)
		return []string{b.Text(theme.Style{}, text).String()}
	}
}

// trouble is what is wrong with a place, or nil. Throttling and budgets are
// the engine's everyday business and not told here, unless nothing has come
// through yet. What is only looked at beside the figures is told when it is
// what the user looks at.
func (p *Page) trouble(pl fleet.Place) error {
	if pl.Err != nil {
		return pl.Err
	}
	all := []fleet.Health{pl.Catalog, pl.Metrics, pl.Logs}
	if p.wantsTags() {
		all = append(all, pl.Tags)
	}
	if p.filter.Uses("trigger") {
		all = append(all, pl.Triggers)
	}
	if p.strip.open || p.filter.Uses("deployed") {
		all = append(all, pl.Changes)
	}
	for _, h := range all {
		switch err := h.Standing(p.snap.At); {
		case err == nil:
			continue
		case passing(err) && !h.Good.IsZero():
			continue // it has worked, and will again
		default:
			return err
		}
	}
	return nil
}

// passing tells whether an error goes away by itself.
func passing(err error) bool {
	switch sources.KindOf(err) {
	case sources.Throttled, sources.Cancelled, sources.OverBudget:
		return true
	default:
		return false
	}
}

func name(pl fleet.Place) string {
	if pl.Label != "" {
		return pl.Label
	}
	return pl.Region
}
