package functions

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

// maxNotices bounds the lines that tell what is wrong.
const maxNotices = 2

// notices are the causes for which places fail, while others are shown, and
// what the budget does. They stand below the rows, which so keep their place.
// What to do about a cause stands behind it, or on a line of its own where
// there is one left.
func (p *Page) notices(env *page.Env) []string {
	if env.Snapshot == nil || len(p.order) == 0 {
		return nil
	}
	room := min(maxNotices, max(p.height-8, 0)/4)
	all := p.failures(env.Snapshot.Places)
	if text := thrift(env.Snapshot.Pace, env.Snapshot.MetricsPerHour > 0, p.allSeen()); text != "" {
		all = append(all, notice{what: text})
	}
	if room == 0 || len(all) == 0 {
		return nil
	}
	if len(all) == 1 {
		return all[0].lines(env.Theme, p.width, room)
	}
	var lines []string
	for i, n := range all[:min(room, len(all))] {
		more := ""
		if hidden := len(all) - room; i == room-1 && hidden > 0 {
			more = fmt.Sprintf("+%d more", hidden)
		}
		lines = append(lines, n.line(env.Theme, p.width, more))
	}
	return lines
}

// notice is one thing that is wrong: with what places, and what to do about
// it. Without places it is about the budget.
type notice struct {
	places    []string
	labelled  bool // some have names of their own
	what, fix string
}

// failures gathers the places that fail by their causes.
func (p *Page) failures(places []fleet.Place) []notice {
	var errs []error
	var failed []fleet.Place
	for _, pl := range places {
		if err := p.trouble(pl); err != nil {
			errs, failed = append(errs, err), append(failed, pl)
		}
	}
	var all []notice
	for _, c := range sources.Causes(errs) {
		n := notice{}
		n.what, n.fix = sources.SplitError(c.Err)
		for _, i := range c.At {
			n.places = append(n.places, name(failed[i]))
			n.labelled = n.labelled || name(failed[i]) != failed[i].Region
		}
		all = append(all, n)
	}
	return all
}

// begin writes the sign, the places and what is wrong. Places are named where
// there is room for all of it, and counted where there is not.
func (n *notice) begin(b *line.Builder, th *theme.Theme) {
	b.Space(1)
	if len(n.places) == 0 {
		b.Sign(th.Warn, th.Glyphs.Rise).Space(1).Text(th.Warn, n.what)
		return
	}
	names := sources.Clean(strings.Join(n.places, ", "))
	if len(n.places) > 1 && 4+line.Width(names)+line.Width(n.what) > b.Left() {
		names = fmt.Sprintf("%d regions", len(n.places))
		if n.labelled {
			names = fmt.Sprintf("%d places", len(n.places))
		}
	}
	b.Sign(th.Bad, th.Glyphs.Fail).Space(1).Text(th.Strong, names).Space(2).Text(theme.Style{}, n.what)
}

// leastFix is the room below which what to do is left out rather than cut.
const leastFix = 16

// line is the notice on one line, with a remark at its right edge.
func (n *notice) line(th *theme.Theme, width int, more string) string {
	if more != "" {
		width -= line.Width(more) + 3
	}
	b := line.New(th).Reset(max(width, 0), theme.Style{})
	n.begin(b, th)
	if n.fix != "" && b.Left() >= leastFix {
		b.Space(1).Sign(th.Accent, th.Glyphs.Arrow).Space(1).Text(th.Accent, n.fix)
	}
	if more == "" {
		return b.String()
	}
	used := b.Used()
	own := b.String()
	b.Reset(width+line.Width(more)+3, theme.Style{}).Glyphs(theme.Style{}, own, used)
	return b.Space(2).Text(th.Muted, more).String()
}

// lines are the notice with what to do on a second line when it does not fit
// behind.
func (n *notice) lines(th *theme.Theme, width, room int) []string {
	b := line.New(th).Reset(width, theme.Style{})
	n.begin(b, th)
	if n.fix == "" || room < 2 || b.Left() >= line.Width(n.fix)+3 {
		return []string{n.line(th, width, "")}
	}
	first := b.String()
	b.Reset(width, theme.Style{}).Space(3).Sign(th.Accent, th.Glyphs.Arrow).Space(1)
	return []string{first, b.Text(th.Accent, n.fix).String()}
}

// allSeen tells that every function is on the screen.
func (p *Page) allSeen() bool {
	from, to := p.table.Visible()
	return p.grouping == (Grouping{}) && p.passed == p.snap.Len() && to-from == len(p.order)
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
