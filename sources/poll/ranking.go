package poll

import (
	"time"

	"fntop/sources"
)

const (
	// rankEvery is how often at most a scope is asked who fails: a ranking is
	// billed by every function that the cloud looks through.
	rankEvery = 15 * time.Minute
	// rankLimit is how many of the functions with the most errors are wanted.
	rankLimit = 100
)

// rankings plans to find out who fails, when the errors of a whole scope have
// risen and most of its functions are off the screen and asked for too rarely
// to tell: one query in place of one for each function.
func (p *planner) rankings(demands []Demand) {
	if p.budget.Free || p.plan.Pace.Rest > 0 && p.plan.Pace.Rest <= restEvery {
		return
	}
	for _, d := range demands {
		if !d.AllRows || !d.Totals || !d.Window.Until.IsZero() {
			continue
		}
		for _, s := range p.open {
			if p.isOpen(s) && p.known.Ranks(s) && p.known.ErrorsRose(s, d.Window, p.now) {
				p.ranking(s, d.Window)
			}
		}
	}
}

func (p *planner) ranking(s sources.Scope, w sources.Window) {
	price := min(p.known.Listed(s), sources.MaxAnalysed)
	if price == 0 || p.budget.Limited && p.budget.Left < price+p.reserve {
		return
	}
	pending := p.plan.Pending
	due := p.first(taken{kind: Ranking, function: s.In("")}) && p.due(p.ledger.rank[s], rankEvery)
	p.plan.Pending = pending // nobody waits for it
	if !due {
		return
	}
	p.budget.Left -= price
	start, end := SeriesSpan(w, p.now)
	p.ask(Request{
		Kind: Ranking, Scope: s, For: ForFailures, Billed: price,
		Rank: sources.RankQuery{
			Metric: sources.MetricErrors, Start: start, End: end, Period: RowPeriod(w),
			Limit: rankLimit, Analysed: price,
		},
	})
}

// ranked notes that the series of these functions came with a ranking.
func (l *Ledger) ranked(r Request, functions []sources.FunctionID, now time.Time) {
	q := r.Rank
	for _, id := range functions {
		e := at(l.series, seriesKey{function: id, metric: q.Metric, period: q.Period})
		if e.inFlight {
			continue
		}
		e.answered, e.asked, e.read = true, now, now
		e.fails, e.retry = 0, time.Time{}
		e.covered(q.Start, q.End, finalUntil(q.Start, q.End, q.Period, now))
	}
}
