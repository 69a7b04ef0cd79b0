package ui

import (
	"cmp"
	"fmt"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/format"
)

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
	default:
		p.sign, p.text, p.style = th.Glyphs.Live, "live", th.Good
		if ill := a.ill(snap); ill != "" {
			p.sign, p.text, p.style = th.Glyphs.Rise, ill, th.Warn
		}
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

// stale is the age from which what should be live is called old.
const stale = 30 * time.Second

// Bounds of how late data may come without a failure that explains it. The logs
// of a function with traffic are read each few seconds. A step of metrics counts
// three minutes after its end, and is asked for at the pace of the rows.
const (
	logsLate    = time.Minute
	metricsLate = 4*time.Minute + 30*time.Second
	unseenLate  = 3
)

// illness is what keeps a place from being live.
type illness struct {
	text string
	rank int // the higher, the worse
}

// ill says what does not come as it should, and where that is when it is not
// everywhere; "" when all is well. Of several, the worst.
func (a *App) ill(snap *fleet.Snapshot) string {
	var first, worst illness
	var where string
	several, places := false, 0
	for i := range snap.Places {
		pl := &snap.Places[i]
		it := a.illOf(snap, pl)
		if it.text == "" {
			continue
		}
		if places++; places == 1 {
			first = it
		}
		several = several || it.text != first.text
		if it.rank > worst.rank {
			worst, where = it, sources.Clean(cmp.Or(pl.Label, pl.Region))
		}
	}
	switch {
	case places == 0:
		return a.lateMetrics(snap)
	case several:
		return fmt.Sprintf("%s %s +%d", where, worst.text, places-1)
	case places == len(snap.Places):
		return worst.text
	case places > 1:
		return fmt.Sprintf("%d places %s", places, worst.text)
	}
	return where + " " + worst.text
}

// illOf is what is wrong with a place, the worst of it.
func (a *App) illOf(snap *fleet.Snapshot, pl *fleet.Place) illness {
	if pl.State == fleet.Failed {
		return illness{"failed", 5}
	}
	var worst illness
	for _, kind := range []struct {
		name   string
		health *fleet.Health
		every  time.Duration // a failure that comes between two successes does no harm
	}{
		{"logs", &pl.Logs, stale},
		{"metrics", &pl.Metrics, a.metricsPace(snap) + stale},
		{"names", &pl.Catalog, time.Hour},
	} {
		if it := a.illness(kind.name, kind.health, kind.every); it.rank > worst.rank {
			worst = it
		}
	}
	if worst.rank == 0 && a.awaitsLogs(snap, pl) {
		return illness{"logs late", 1}
	}
	return worst
}

func (a *App) illness(name string, h *fleet.Health, every time.Duration) illness {
	err := h.Standing(a.env.Now)
	if err == nil {
		return illness{}
	}
	switch kind := sources.KindOf(err); {
	case kind == sources.ExpiredCredentials:
		return illness{"expired", 4}
	case kind == sources.NoCredentials:
		return illness{"no credentials", 4}
	case kind == sources.Denied:
		return illness{name + " denied", 3}
	case h.Good.IsZero():
		return illness{name + " failing", 2}
	case a.env.Since(h.Good) > every:
		return illness{"stale " + format.Age(a.env.Since(h.Good)), 2}
	}
	return illness{}
}

// metricsPace is how often metrics are asked for.
func (a *App) metricsPace(snap *fleet.Snapshot) time.Duration {
	return a.late(max(snap.Pace.Rows, time.Minute))
}

// late is a bound, wider while nobody looks and everything is asked for less
// often.
func (a *App) late(d time.Duration) time.Duration {
	if a.unseen {
		return d * unseenLate
	}
	return d
}

// awaitsLogs tells whether a function with traffic is on the screen, and no log
// of its place has been read for long.
func (a *App) awaitsLogs(snap *fleet.Snapshot, pl *fleet.Place) bool {
	if pl.Logs.Good.IsZero() || a.env.Since(pl.Logs.Good) <= a.late(logsLate) {
		return false
	}
	for _, id := range a.demand.Rows {
		fn := snap.Get(id)
		if fn == nil || fn.Reader.Region != pl.Region || fn.Reader.Account != pl.Account || !fn.Configured || fn.Config.LogGroup == "" {
			continue
		}
		if row := fn.Row(a.env.Window); row.Invocations.Or(0) > 0 {
			return true
		}
	}
	return false
}

// lateMetrics tells that the figures of the fleet are older than they should
// be, while they are asked for.
func (a *App) lateMetrics(snap *fleet.Snapshot) string {
	age, ok := a.totals.age.Get()
	if !ok || !a.demand.Totals || snap.Pace.Free {
		return ""
	}
	if age+a.env.Since(snap.At) > a.late(metricsLate)+a.metricsPace(snap)+poll.RowPeriod(a.env.Window) {
		return "metrics late"
	}
	return ""
}
