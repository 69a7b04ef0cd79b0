package poll

import "time"

// aheadMost is how much further than its end an earlier window is read at
// most: what lies before now is final, and the window moves into it. It is less
// than staleAfter.
const aheadMost = 4 * time.Hour

// chartBefore plans the series of the charts over the window so much earlier
// that a chart is compared with. All of it is long final, so what the window
// will move into is read along with it and nothing is asked for twice.
func (p *planner) chartBefore(f Focus) {
	period := RowPeriod(f.Window)
	start, end := SeriesSpan(f.Window, p.now)
	start, end = start.Add(-f.Before).Truncate(time.Minute), end.Add(-f.Before).Truncate(time.Minute)
	to := end
	if f.Window.Until.IsZero() {
		start = start.Truncate(period)
		ahead := min(aheadMost, f.Window.Since, p.now.Add(-settle).Sub(end))
		if ahead = ahead.Truncate(period); ahead > 0 {
			to = start.Add((end.Sub(start) + ahead).Truncate(period))
		}
	}
	for _, want := range chartWants(f.Window, p.base()) {
		want.before = f.Before
		key := seriesKey{function: f.Function, metric: want.metric, period: period, before: f.Before}
		if p.merged[key] {
			continue
		}
		p.merged[key] = true
		pending, over := p.plan.Pending, p.plan.OverBudget
		if from, through, ok := p.missing(p.ledger.series[key], want, start, end, to); ok {
			p.query(f.Function, f.Window, want, ForBefore, from, through)
		}
		if p.plan.OverBudget > over {
			p.plan.Pending = pending // nobody waits for what may not be asked
		}
	}
}

// missing is the part of [start, end) to ask for now, or with it of what comes
// after until to.
func (p *planner) missing(e *entry, want want, start, end, to time.Time) (from, through time.Time, ok bool) {
	if e == nil || e.from.IsZero() || e.fails > 0 || e.from.After(start) && e.from.After(to) || e.through.Before(start) {
		return start, to, p.due(e, want.pace) // nothing of it has been read
	}
	switch {
	case !e.from.After(start) && !e.through.Before(end):
		return from, through, false // all of it has been
	case !e.from.After(start) && !e.end.Before(end): // it was not final
		return e.through.Truncate(want.period), to, p.due(e, want.pace)
	}
	p.plan.Pending++
	switch {
	case e.inFlight:
		return from, through, false
	case e.from.After(start): // of a longer window, the part before
		return start, e.from, true
	}
	return e.through.Truncate(want.period), to, true // it has moved
}
