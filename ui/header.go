package ui

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/format"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/spark"
)

// tall is the height from which the fleet's totals are shown.
const tall = 30

// headerHeight is the number of lines above the page.
func (a *App) headerHeight() int {
	if a.totalsShown() {
		return 3
	}
	return 1
}

// totalsShown tells whether the second block of the header is there.
func (a *App) totalsShown() bool {
	return a.height >= tall && a.width >= 80 && len(a.stack) == 1 && a.newest != nil && a.newest.Len() > 0
}

// header is the first line, and the fleet's totals where there is room.
func (a *App) header() []string {
	lines := []string{a.bar()}
	if a.totalsShown() {
		lines = append(lines, a.block()...)
	}
	return lines
}

// piece is a part of the first line.
type piece struct {
	text  string
	style theme.Style
	sign  string // before the text
	keep  int    // the higher, the longer it stays on a narrow screen
}

func (p piece) width() int {
	w := line.Width(p.text)
	if p.sign != "" {
		w += 2
	}
	return w
}

// bar is the first line: what is watched on the left, how live it is and what
// it costs on the right.
func (a *App) bar() string {
	left, right := a.left(), a.right()
	const gap = 2
	width := func(pieces []piece) int {
		w := 0
		for _, p := range pieces {
			w += p.width() + gap
		}
		return w
	}
	for width(left)+width(right) > a.width {
		from := &left
		worst := -1
		for _, side := range []*[]piece{&left, &right} {
			for i, p := range *side {
				if worst < 0 || p.keep < (*from)[worst].keep {
					from, worst = side, i
				}
			}
		}
		if worst < 0 || len(left)+len(right) == 1 {
			break
		}
		*from = append((*from)[:worst], (*from)[worst+1:]...)
	}
	th := a.env.Theme
	b := line.New(th).Reset(a.width, th.Bar)
	b.Space(1)
	for i, p := range left {
		if i > 0 {
			b.Space(gap)
		}
		put(b, p)
	}
	b.To(a.width - width(right) + gap - 1)
	for i, p := range right {
		if i > 0 {
			b.Space(gap)
		}
		put(b, p)
	}
	return b.String()
}

func put(b *line.Builder, p piece) {
	if p.sign != "" {
		b.Sign(p.style, p.sign).Space(1)
	}
	b.Text(p.style, p.text)
}

// left is what is watched.
func (a *App) left() []piece {
	th := a.env.Theme
	pieces := []piece{{text: "fntop", style: th.Accent, keep: 90}}
	if a.opts.Demo {
		pieces = append(pieces, piece{text: "demo", style: th.Warn, keep: 60})
		if failing := a.failing(); failing != "" {
			pieces = append(pieces, piece{text: failing, sign: th.Glyphs.Fail, style: th.Bad, keep: 55})
		}
	}
	if a.opts.Label != "" && (!a.opts.Demo || a.opts.Label != "demo") {
		pieces = append(pieces, piece{text: sources.Clean(a.opts.Label), style: th.Strong, keep: 50})
	}
	snap := a.scene().Snapshot
	if snap == nil {
		return pieces
	}
	accounts, regions := a.where(snap)
	if len(accounts) > 0 {
		pieces = append(pieces, piece{text: few(accounts, 1), style: th.Muted, keep: 20})
	}
	if len(regions) > 0 {
		pieces = append(pieces, piece{text: few(regions, 3), style: th.Muted, keep: 30})
	}
	if text := a.counts(snap); text != "" {
		pieces = append(pieces, piece{text: text, keep: 40})
	}
	return pieces
}

// where gives the accounts and regions in the order they were named.
func (a *App) where(snap *fleet.Snapshot) (accounts, regions []string) {
	seen := make(map[string]bool)
	add := func(list []string, s string) []string {
		s = sources.Clean(s)
		if s == "" || seen[s] {
			return list
		}
		seen[s] = true
		return append(list, s)
	}
	for _, pl := range snap.Places {
		accounts = add(accounts, cmp.Or(pl.AccountName, pl.Account))
		regions = add(regions, pl.Region)
	}
	return accounts, regions
}

// few names the first n and counts the rest.
func few(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, " ")
	}
	return strings.Join(names[:n], " ") + fmt.Sprintf(" +%d", len(names)-n)
}

// counts tells how many functions there are.
func (a *App) counts(snap *fleet.Snapshot) string {
	if snap.Len() == 0 {
		return ""
	}
	text := format.Int(int64(a.totals.functions))
	if text == "1" {
		text += " function"
	} else {
		text += " functions"
	}
	for _, pl := range snap.Places {
		if pl.State == fleet.Open && !pl.Complete {
			text += " so far"
			break
		}
	}
	if n, ok := a.totals.active.Get(); ok {
		text += " " + a.env.Theme.Glyphs.Dot + " " + format.Int(int64(n)) + " active"
	}
	return text
}

// right is how live the picture is, and what it costs.
func (a *App) right() []piece {
	th := a.env.Theme
	state := a.state()
	pieces := []piece{state}
	snap := a.scene().Snapshot
	if snap == nil {
		return pieces
	}
	if age, ok := a.logsAge(snap); ok {
		pieces = append(pieces, piece{text: "logs " + format.Age(age), style: th.Muted, keep: 35})
	}
	if age, ok := a.totals.age.Get(); ok {
		age += a.env.Since(snap.At)
		pieces = append(pieces, piece{text: "metrics " + format.Age(age), style: th.Muted, keep: 56})
	}
	return append(pieces, piece{text: "API " + perHour(snap.MetricsPerHour*a.opts.MetricUSD), style: th.Muted, keep: 58})
}

func perHour(usd float64) string { return fmt.Sprintf("$%.2f/h", usd) }

// stale is the age from which a picture that should be live is called old.
const stale = 30 * time.Second

// state says how live the picture is, by a sign, a word and a colour.
func (a *App) state() piece {
	th := a.env.Theme
	p := piece{keep: 80}
	snap := a.newest
	switch {
	case a.ended:
		p.sign, p.text, p.style = th.Glyphs.Fail, "stopped", th.Bad
	case a.held != nil:
		p.sign, p.text, p.style = th.Glyphs.Held, "paused", th.Warn
	case snap == nil:
		p.sign, p.text, p.style = a.spin.View(), "opening", th.Muted
	case a.busy():
		p.sign, p.text, p.style = a.spin.View(), "listing", th.Muted
		if allOpening(snap) {
			p.text = "opening"
		}
	case allFailed(snap):
		p.sign, p.text, p.style = th.Glyphs.Fail, "failed", th.Bad
	case a.env.Since(lastGood(snap)) > stale && anyBad(snap):
		p.sign, p.text, p.style = th.Glyphs.Rise, "stale "+format.Age(a.env.Since(lastGood(snap))), th.Warn
	default:
		p.sign, p.text, p.style = th.Glyphs.Live, "live", th.Good
	}
	return p
}

func allOpening(snap *fleet.Snapshot) bool {
	for _, pl := range snap.Places {
		if pl.State != fleet.Opening {
			return false
		}
	}
	return true
}

func allFailed(snap *fleet.Snapshot) bool {
	for _, pl := range snap.Places {
		if pl.State != fleet.Failed {
			return false
		}
	}
	return len(snap.Places) > 0
}

// lastGood is when any place last answered; zero when none has.
func lastGood(snap *fleet.Snapshot) time.Time {
	var last time.Time
	for _, pl := range snap.Places {
		for _, h := range []fleet.Health{pl.Catalog, pl.Metrics, pl.Logs, pl.Traces} {
			if h.Good.After(last) {
				last = h.Good
			}
		}
	}
	return last
}

// anyBad tells whether a place's last call for some kind of data failed.
func anyBad(snap *fleet.Snapshot) bool {
	for _, pl := range snap.Places {
		for _, h := range []fleet.Health{pl.Catalog, pl.Metrics, pl.Logs} {
			if h.Err != nil {
				return true
			}
		}
	}
	return false
}

// logsAge is how long ago logs were last read.
func (a *App) logsAge(snap *fleet.Snapshot) (time.Duration, bool) {
	var last time.Time
	for _, pl := range snap.Places {
		if pl.Logs.Good.After(last) {
			last = pl.Logs.Good
		}
	}
	if last.IsZero() {
		return 0, false
	}
	return a.env.Since(last), true
}

// sparkWidth is the width of the fleet's traffic in the header.
const sparkWidth = 24

// block is the fleet's totals, and a rule below them.
func (a *App) block() []string {
	th, t := a.env.Theme, &a.totals
	b := line.New(th).Reset(a.width, theme.Style{}).Space(2)
	b.Text(th.Muted, "invocations").Space(1).Text(th.Strong, opt(t.perMinute, format.Count, "/min")).Space(1)
	if len(t.traffic) > 0 {
		b.Glyphs(th.Spark, spark.Draw(&th.Glyphs, t.traffic, sparkWidth), sparkWidth)
	}
	put := func(f named) bool {
		if b.Left() < len(f.name)+line.Width(f.value)+4 {
			return false
		}
		b.Space(3).Text(th.Muted, f.name).Space(1).Text(th.Strong, f.value)
		return true
	}
	for _, f := range []named{
		{"errors", opt(t.errors, format.Percent, "%")},
		{"throttles", a.atLeast(t.throttles.Known() && !t.allThrottles) + opt(t.throttles, format.Int, " in "+format.Span(a.env.Window.Since))},
		{"cold starts", a.coldStarts()},
	} {
		if !put(f) {
			break
		}
	}
	for _, f := range a.money() { // the longest that there is room for
		if put(f) {
			break
		}
	}
	rule := line.New(th).Reset(a.width, theme.Style{}).Repeat(th.Faint, th.Glyphs.Rule, a.width)
	return []string{b.String(), rule.String()}
}

// atLeast is the sign before a sum over a part of the fleet only.
func (a *App) atLeast(part bool) string {
	if part {
		return a.env.Theme.Glyphs.AtLeast
	}
	return ""
}

// coldStarts is the share of cold starts, and of how many functions when that
// is not nearly the whole traffic.
func (a *App) coldStarts() string {
	t := &a.totals
	text := opt(t.cold, format.Percent, "%")
	if t.cold.Known() && !t.allCold {
		text += " in " + format.Int(int64(t.coldOf)) + " functions"
	}
	return text
}

func opt[T any](v sources.Opt[T], write func(T) string, unit string) string {
	x, ok := v.Get()
	if !ok {
		return format.Unknown
	}
	return write(x) + unit
}
