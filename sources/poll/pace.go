package poll

import (
	"time"

	"fntop/sources"
)

// How often what can still change is asked for again. One request for five
// minutes costs what one for one minute costs, so what is less wanted is
// asked for less often and loses nothing.
const (
	catalogueEvery = 5 * time.Minute
	activityEvery  = 5 * time.Minute
	visibleEvery   = time.Minute // a row on the screen: one-minute metrics change no faster
	// restEvery is for active functions off the screen, as long as there are
	// few of them. Beyond, each adds restShare, up to restMost, so that a fleet
	// ten times as large does not cost ten times as much.
	restEvery     = 5 * time.Minute
	restShare     = 1200 * time.Millisecond
	restMost      = 20 * time.Minute
	coldEvery     = 12 * time.Second
	coldIdleEvery = 5 * time.Minute  // a function without traffic has no cold starts
	followEvery   = 2 * time.Second  // the log of the function in focus
	tailedEvery   = 10 * time.Second // the same while a live tail brings most of it
	unseenFactor  = 3
)

// FollowEvery is how often a log that is followed is read, when nothing slows
// that down.
const FollowEvery = followEvery

// relistShare makes the catalogue of a large scope be listed less often: a
// page of fifty functions takes a fifteenth of a second of a quota that
// deployments in the account share.
const relistShare = 150 * time.Millisecond

// When a budget is so small that a row would be asked for less often than
// slowestRow, rows are left to the logs, which are free; what is off the
// screen is given up beyond slowestRest.
const (
	slowestRow  = 15 * time.Minute
	slowestRest = time.Hour
)

// Pace is how often things are asked for, as far as the budget allows it. A
// zero is not at all.
type Pace struct {
	Rows time.Duration // figures of a row on the screen
	Rest time.Duration // figures of an active row off the screen
	// Slowed tells that the budget makes it slower than it would be, and Free
	// that nothing may be spent at all.
	Slowed, Free bool
}

// need is how many billed metrics the demands take each time they are asked
// for.
type need struct {
	focus, totals, rows, rest int
	tails                     int // live tails that run
}

// TailMetrics is how many billed metrics cost as much as a minute of a live
// tail: $0.01 against $0.00001 (Amazon CloudWatch pricing, 2026).
const TailMetrics = 1000

// MetricUSD is the price in which the planner counts: that of one billed
// metric (Amazon CloudWatch pricing, 2026).
const MetricUSD = 0.00001

// margin is the share of a budget's income that is planned with: what comes in
// between, such as a row that has just appeared, lives off the rest.
const margin = 0.9

// setPace finds the pace at which the demands can be met. Money goes to what
// is in focus and the few totals first, then to the rows on the screen, then
// to the rest: the rest is slowed down first, then given up, then the rows
// are.
func (p *planner) setPace(demands []Demand) {
	n := p.need(demands)
	base := p.base()
	natural := max(min(max(restEvery, time.Duration(n.rest/len(restMetrics()))*restShare), restMost), base)
	pace := Pace{Rows: base, Rest: natural}
	switch {
	case p.budget.Free:
		pace = Pace{Slowed: true, Free: true}
	case p.budget.Limited:
		income := p.budget.PerMinute * margin
		p.reserve = 2 * (n.focus + n.totals + n.rows)
		if p.unseen { // everything is asked for less often anyhow
			income *= unseenFactor
		}
		share := float64(time.Minute) / float64(base) // of what is asked for each base, a minute's
		left := income - float64(n.focus+n.totals)*share
		pace.Rows = stretch(base, n.rows, left, max(slowestRow, base))
		if left -= float64(n.rows) * share; pace.Rows == base {
			pace.Rest = stretch(natural, n.rest, left, max(slowestRest, natural))
		} else {
			pace.Rest = 0
		}
		if n.rest == 0 {
			pace.Rest = natural
		}
		pace.Slowed = pace.Rows != base || pace.Rest != natural
	}
	p.plan.Pace = pace
	if !p.budget.Free {
		p.plan.PerHour = float64(n.tails)*TailMetrics*60 + float64(n.focus+n.totals)*perHour(p.every(base)) +
			float64(n.rows)*perHour(p.every(pace.Rows)) + float64(n.rest)*perHour(p.every(pace.Rest))
	}
}

// perHour is how often an hour something is asked for at a pace.
func perHour(pace time.Duration) float64 {
	if pace <= 0 {
		return 0
	}
	return float64(time.Hour) / float64(pace)
}

// stretch is how often so many metrics can be asked for with so many a
// minute: no more often than base, and not at all when it would be less often
// than most.
func stretch(base time.Duration, metrics int, perMinute float64, most time.Duration) time.Duration {
	switch {
	case metrics == 0:
		return base
	case perMinute <= 0:
		return 0
	}
	d := time.Duration(float64(metrics) / perMinute * float64(time.Minute))
	if d > most {
		return 0
	}
	return max(base, (d + 4*time.Second).Truncate(5*time.Second))
}

func (p *planner) need(demands []Demand) need {
	n := need{tails: p.known.TailSessions()}
	all := false
	var counted map[taken]bool // what several viewers want is asked for once
	first := func(t taken) bool {
		if len(demands) < 2 {
			return true
		}
		if counted == nil {
			counted = make(map[taken]bool)
		}
		again := counted[t]
		counted[t] = true
		return !again
	}
	for _, d := range demands {
		if d.Totals {
			n.totals = len(totalMetrics()) * len(p.open)
		}
		for _, f := range d.Focus {
			if f.Charts && f.Window.Until.IsZero() && first(taken{kind: Invocations, function: f.Function}) {
				n.focus += len(chartWants(f.Window, 0))
			}
		}
		if !d.Window.Until.IsZero() {
			continue
		}
		all = all || d.AllRows
		for _, id := range d.Rows {
			if first(taken{kind: Metrics, function: id}) {
				n.rows += p.rowMetrics(id, d)
			}
		}
	}
	if all {
		n.rest = p.ledger.restActive * len(restMetrics())
	}
	return n
}

// base is how often what is wanted most is asked for: metrics have a point a
// minute, and the user may want it less often.
func (p *planner) base() time.Duration { return max(visibleEvery, p.budget.Every) }

// every is a pace, slower while nobody is looking.
func (p *planner) every(d time.Duration) time.Duration {
	if p.unseen {
		return d * unseenFactor
	}
	return d
}

// relist is how often a scope's catalogue is listed again.
func (p *planner) relist(s sources.Scope) time.Duration {
	return max(catalogueEvery, time.Duration(p.known.Listed(s))*relistShare)
}
