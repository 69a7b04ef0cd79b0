package poll

import (
	"slices"
	"time"

	"fntop/sources"
)

// idleEvery is for functions that have been idle for sources.ActiveSpan, in
// windows that reach further back than that.
const idleEvery = time.Hour

// restNote is what a plan finds out about the functions off the screen. It
// spares looking through ten thousand of them for each plan.
type restNote struct {
	done   bool // they were looked through
	round  time.Time
	retry  time.Time // when one that failed may be asked again
	mark   restMark
	active int
}

// restMark changes when there may be something new to ask for.
type restMark struct{ functions, activity int }

func restMetrics() []sources.Metric {
	return []sources.Metric{sources.MetricInvocations, sources.MetricErrors}
}

// rest plans the figures of the functions that have no row on a screen. It
// goes in rounds, so that requests are filled: whoever was asked for longer
// ago than half the pace is asked for again. Between the rounds only what is
// new, or has failed, is asked for. Functions that nobody invokes are left
// out, where the cloud tells which these are.
func (p *planner) rest(demands []Demand) {
	if !slices.ContainsFunc(demands, func(d Demand) bool { return d.AllRows }) {
		return
	}
	ids, led := p.known.Functions(), p.ledger
	mark := restMark{len(ids), led.activityAnswers}
	round := !led.restRound.After(p.now)
	retry := !led.restRetry.IsZero() && !led.restRetry.After(p.now)
	if !round && !retry && !led.restStale && mark == led.restMark {
		p.wake(led.restRound)
		if !led.restRetry.IsZero() {
			p.wake(led.restRetry)
		}
		return
	}
	note := restNote{done: true, mark: mark, round: led.restRound}
	pace := p.plan.Pace.Rest
	if round {
		note.round = p.now.Add(p.every(max(pace, visibleEvery)))
		p.slack = p.every(pace) / 2
	}
	p.onlyNew = !round
	next := p.plan.Next
	p.plan.Next, p.retry = time.Time{}, time.Time{}
	for _, d := range demands {
		if d.AllRows {
			note.active = max(note.active, p.restOf(d, ids, pace))
		}
	}
	note.retry = p.retry
	p.onlyNew, p.slack = false, 0
	p.plan.Next = next
	p.wake(note.round)
	if !note.retry.IsZero() {
		p.wake(note.retry)
	}
	p.flush()
	p.plan.rest = note
}

// restOf plans the rest of one demand and gives how many functions are
// active.
func (p *planner) restOf(d Demand, ids []sources.FunctionID, pace time.Duration) (active int) {
	period := RowPeriod(d.Window)
	wants := make([]want, 0, len(restMetrics()))
	for _, m := range restMetrics() {
		wants = append(wants, want{metric: m, stats: []sources.Stat{sources.StatSum}, period: period, pace: pace})
	}
	long := d.Window.Since > sources.ActiveSpan
	for _, id := range ids {
		reader := p.known.Reader(id)
		if p.seen[id] || !p.isOpen(reader) {
			continue
		}
		live, known := p.known.Active(id)
		switch {
		case live:
			active++
		case known && !long:
			continue
		case known:
			p.rare(id, d.Window, wants)
			continue
		case p.awaitsActivity(reader):
			continue
		default:
			active++ // nobody can tell
		}
		if pace == 0 {
			p.plan.OverBudget++
			continue
		}
		p.series(id, d.Window, wants, ForRest)
	}
	return active
}

// rare plans the traffic of a function that is idle now and may not have been
// all the window.
func (p *planner) rare(id sources.FunctionID, w sources.Window, wants []want) {
	if wants[0].pace == 0 {
		p.plan.OverBudget++
		return
	}
	slack := p.slack
	p.slack = min(slack, idleEvery/2)
	one := wants[0]
	one.pace = idleEvery
	p.series(id, w, []want{one}, ForRest)
	p.slack = slack
}

// awaitsActivity tells whether the scope is about to say which of its
// functions live.
func (p *planner) awaitsActivity(s sources.Scope) bool {
	if !p.known.TellsActivity(s) || p.activityPace(s) == 0 {
		return false
	}
	e := p.ledger.activity[s]
	return e == nil || !e.answered
}

// activity plans asking which functions live.
func (p *planner) activity(demands []Demand) {
	wanted := slices.ContainsFunc(demands, Demand.wantsActivity)
	if !wanted {
		return
	}
	for _, s := range p.open {
		if !p.isOpen(s) || !p.known.TellsActivity(s) {
			continue
		}
		pending := p.plan.Pending
		pace, price := p.activityPace(s), p.activityPrice(s)
		switch {
		case pace == 0 || p.budget.Limited && p.budget.Left < price:
			continue
		case p.due(p.ledger.activity[s], pace):
			p.budget.Left -= price
			p.ask(Request{Kind: Activity, Scope: s, For: ForNames, Billed: price})
		}
		if p.budget.Limited {
			p.plan.Pending = pending // nobody waits for what a budget may not allow
		}
	}
}

// activityPrice is what asking a scope which functions live costs, in the price
// of a billed metric: a page of ListMetrics costs as much as one, and each
// function stands on it twice, by its name and by its resource.
func (p *planner) activityPrice(s sources.Scope) int {
	const names = 500 // on a page (CloudWatch API reference, ListMetrics)
	return 1 + 2*p.known.Listed(s)/names
}

// activityShare is the part of a budget that may go into finding out which
// functions live.
const activityShare = 0.1

// activityPace is how often a scope is asked which functions live; zero is not
// at all. Listing metrics is charged for beyond a free tier.
func (p *planner) activityPace(s sources.Scope) time.Duration {
	switch {
	case p.budget.Free:
		return 0
	case !p.budget.Limited:
		return activityEvery
	}
	return stretch(activityEvery, p.activityPrice(s)*max(len(p.open), 1), p.budget.PerMinute*activityShare, slowestRest)
}

// activityPerHour is what an hour of asking which functions live costs, in the
// price of a billed metric.
func (p *planner) activityPerHour(demands []Demand) (metrics float64) {
	if !slices.ContainsFunc(demands, Demand.wantsActivity) {
		return 0
	}
	for _, s := range p.open {
		if p.known.TellsActivity(s) {
			metrics += float64(p.activityPrice(s)) * perHour(p.every(p.activityPace(s)))
		}
	}
	return metrics
}

// manyRows is from how many rows on it pays to find out first which of them
// are idle, even for a table that is printed once.
const manyRows = 100

func (d Demand) wantsActivity() bool { return d.AllRows || len(d.Rows) >= manyRows }
