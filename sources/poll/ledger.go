package poll

import (
	"maps"
	"time"

	"fntop/sources"
)

// settle is how long a metric minute can still change after it has ended:
// points appear one to three minutes late (facts of CloudWatch in practice;
// the Lambda Developer Guide gives no figure). Older minutes are final and are
// not asked for again.
const settle = 3 * time.Minute

// Ledger remembers what has been asked and answered. It belongs to one
// goroutine. The zero value is not ready: use NewLedger.
type Ledger struct {
	catalogue map[sources.Scope]*entry
	series    map[seriesKey]*entry
	cold      map[sources.FunctionID]*entry
	follow    map[sources.FunctionID]*entry
	tail      map[sources.FunctionID]*entry
	lines     map[lineKey]*entry
	traces    map[TraceRef]*entry
	facts     map[factKey]*entry
	searches  map[sources.FunctionID]*entry
	searched  map[sources.FunctionID]*search

	activity map[sources.Scope]*entry
	rank     map[sources.Scope]*entry
	scopes   map[sources.Scope]*scopeState
	flights  map[sources.Scope]int // requests under way

	// What the last look at the functions off the screen found: see restNote.
	restRound, restRetry time.Time
	restMark             restMark
	restActive           int
	restStale            bool // the demands have changed, or something failed
	activityAnswers      int
}

type seriesKey struct {
	function sources.FunctionID
	metric   sources.Metric
	period   time.Duration
	// whole marks a statistic over all of a window in one point; its period
	// is the window's length and until its end when that is fixed.
	whole bool
	until time.Time
	// before marks a series of windows so much earlier: a run of its own.
	before time.Duration
}

type lineKey struct {
	function sources.FunctionID
	key      sources.InvocationKey
}

// entry is what is known about one thing that is asked for again and again.
type entry struct {
	asked    time.Time // when it was last sent; zero asks at once
	inFlight bool
	answered bool // at least once, well or badly
	fails    int  // failures in a row
	retry    time.Time
	// from and through bound what has been read for good: it is final and is
	// not asked for again. end is how far the last answer went.
	from, through, end time.Time
	read               time.Time // when the last request that was answered well was sent
	deep               time.Time // last time the long overlap (logs) or a slice of the past (changes) was read
	rate               float64   // lines a second, as last read (followed logs)
	cut                bool      // a limit cut the reading short: nothing before from was read (logs)
	done               bool      // nothing more will come (lines, traces), or is kept (changes)
	tries              int       // answers that were not the last word (lines, traces), slices of the past (changes)
}

// NewLedger is an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{
		catalogue: make(map[sources.Scope]*entry),
		series:    make(map[seriesKey]*entry),
		cold:      make(map[sources.FunctionID]*entry),
		follow:    make(map[sources.FunctionID]*entry),
		tail:      make(map[sources.FunctionID]*entry),
		lines:     make(map[lineKey]*entry),
		traces:    make(map[TraceRef]*entry),
		facts:     make(map[factKey]*entry),
		searches:  make(map[sources.FunctionID]*entry),
		searched:  make(map[sources.FunctionID]*search),
		activity:  make(map[sources.Scope]*entry),
		rank:      make(map[sources.Scope]*entry),
		scopes:    make(map[sources.Scope]*scopeState),
		flights:   make(map[sources.Scope]int),
	}
}

// Planned notes what a plan found out about the functions off the screen.
func (l *Ledger) Planned(p Plan) {
	n := p.rest
	if !n.done {
		return
	}
	l.restRound, l.restRetry, l.restMark, l.restStale = n.round, n.retry, n.mark, false
	l.restActive = n.active
}

// Wake makes the next plan look at the functions off the screen: the demands
// have changed.
func (l *Ledger) Wake() { l.restStale = true }

// Refresh makes what is on the screens due now, as far as it can still
// change, failures included. What is in the background keeps its pace: asking
// for all of it would cost dollars.
func (l *Ledger) Refresh(demands []Demand) {
	l.Wake()
	shown := make(map[sources.FunctionID]bool)
	for _, d := range demands {
		for _, id := range d.Rows {
			shown[id] = true
		}
		for _, f := range d.Focus {
			shown[f.Function] = true
		}
	}
	refresh(l.catalogue, func(sources.Scope) bool { return true })
	clear(l.scopes)
	refresh(l.series, func(k seriesKey) bool { return shown[k.function] })
	refresh(l.cold, func(id sources.FunctionID) bool { return shown[id] })
	refresh(l.follow, func(id sources.FunctionID) bool { return shown[id] })
	refresh(l.tail, func(sources.FunctionID) bool { return true })
	refresh(l.lines, func(lineKey) bool { return true })
	refresh(l.traces, func(TraceRef) bool { return true })
	refresh(l.searches, func(id sources.FunctionID) bool { return shown[id] })
	refresh(l.facts, func(k factKey) bool { return k.id.Name == "" || shown[k.id] })
}

func refresh[K comparable](m map[K]*entry, which func(K) bool) {
	for k, e := range m {
		if which(k) {
			e.asked, e.retry, e.fails, e.tries = time.Time{}, time.Time{}, 0, 0
		}
	}
}

// Result is how a request ended.
type Result struct {
	Err error // nil when all of it succeeded
	// Unanswered are the queries of a Metrics request that must be asked
	// again, by index; the others stand.
	Unanswered map[int]bool
	// Oldest is set when Limit cut the reading of Invocations, Tail or TraceList short, or
	// its length that of Changes: nothing before it has been read.
	Oldest time.Time
	// Full tells that no older Changes would be kept.
	Full bool
	// Events is how many events a Tail, or traces a TraceList, has read.
	Events int
	// Billed is what a TraceList was billed, in the price of a metric.
	Billed float64
	// Done are the traces, or with Lines the invocation, that need no further
	// asking.
	Done map[string]bool
	// Ranked are the functions that a Ranking has named.
	Ranked []sources.FunctionID
}

// Sent notes that a request is under way.
func (l *Ledger) Sent(r Request, now time.Time) {
	l.flights[r.Scope]++
	l.entries(r, true, func(e *entry, _ int, _ string) {
		e.inFlight = true
		if r.For == ForHistory { // what is new keeps its own pace
			e.deep = now
			e.tries++
			return
		}
		if r.Kind == TraceList && r.Deep { // likewise
			return
		}
		e.asked = now
		if r.Kind == Invocations && r.End.Sub(r.Start) >= deepOverlap {
			e.deep = now
		}
	})
}

// Answered notes how a request ended. A request that was cancelled leaves no
// mark but can be sent again.
func (l *Ledger) Answered(r Request, res Result, now time.Time) {
	cancelled := res.Err != nil && sources.KindOf(res.Err) == sources.Cancelled
	if l.flights[r.Scope]--; l.flights[r.Scope] <= 0 {
		delete(l.flights, r.Scope)
	}
	l.scopeAnswered(r.Scope, res.Err, now)
	if r.Kind == Activity && !cancelled {
		l.activityAnswers++
	}
	l.entries(r, false, func(e *entry, query int, id string) {
		e.inFlight = false
		failed := res.Err != nil
		if r.Kind == Metrics {
			failed = res.Unanswered[query]
		}
		if failed && r.For == ForRest {
			l.Wake()
		}
		switch {
		case cancelled && failed:
			e.asked = time.Time{}
		case failed:
			e.answered = true
			e.fails++
			e.retry = now.Add(backoff(e.fails, sources.KindOf(res.Err)))
		default:
			e.answered = true
			e.fails, e.retry, e.read = 0, time.Time{}, e.asked
			l.succeeded(e, r, res, query, id, now)
		}
	})
}

func (l *Ledger) succeeded(e *entry, r Request, res Result, query int, id string, now time.Time) {
	switch r.Kind {
	case Metrics:
		period := r.Metrics.Queries[query].Period
		e.covered(r.Metrics.Start, r.Metrics.End, finalUntil(r.Metrics.Start, r.Metrics.End, period, now))
	case Cold, Invocations:
		start := r.Start
		if !res.Oldest.IsZero() {
			start = res.Oldest
		}
		switch {
		case !res.Oldest.IsZero():
			e.cut = true
		case e.from.IsZero() || !start.After(e.from):
			e.cut = false
		}
		e.covered(start, r.End, r.End)
	case Tail:
		e.tailed(r, res)
	case Lines, Traces:
		e.done = res.Done[id]
		if r.Kind == Traces || !r.Invoked.End.IsZero() {
			e.tries++ // what still runs has no last word yet
		}
	case TraceList:
		at(l.searched, r.Function).found(e, r, res)
	case Ranking:
		l.ranked(r, res.Ranked, now)
	case Catalogue:
		l.prune(now)
	case Changes:
		e.changesRead(r, res, now)
	case Activity, Tags, EventSources, Triggers, Limits, Concurrency:
	}
}

// covered extends what has been read by [start, end), of which everything
// before final will not change. A gap before start drops what was before it.
func (e *entry) covered(start, end, final time.Time) {
	switch {
	case e.from.IsZero() || start.After(e.end):
		e.from, e.through, e.end = start, final, end
	case start.Before(e.from):
		e.from = start
		if end.After(e.end) {
			e.end, e.through = end, final
		}
	default:
		e.end = later(e.end, end)
		e.through = later(e.through, final)
	}
}

// finalUntil is up to when an answer for [start, end) asked at now is final,
// on the grid of periods counted from start.
func finalUntil(start, end time.Time, period time.Duration, now time.Time) time.Time {
	limit := now.Add(-settle)
	if !end.After(limit) {
		return end
	}
	if !limit.After(start) {
		return start
	}
	return start.Add(limit.Sub(start).Truncate(period))
}

// backoff is how long to leave something alone after so many failures in a
// row. What a person must mend is asked for rarely.
func backoff(fails int, kind sources.Kind) time.Duration {
	switch kind {
	case sources.Denied, sources.Unsupported:
		return 5 * time.Minute
	case sources.NotFound:
		return 30 * time.Second
	case sources.ExpiredCredentials, sources.NoCredentials, sources.Unreachable, sources.TimedOutCall:
		return 5 * time.Second // the whole scope waits: see scopeState
	case sources.Other, sources.Throttled,
		sources.Malformed, sources.Cancelled, sources.OverBudget:
	}
	return min(2*time.Second<<min(fails, 6), time.Minute)
}

// entries visits the ledger entries that a request is about: with the index of
// the query, or the ID of the trace. Those that are not there are made when the
// request is sent; when it is answered, what has been forgotten meanwhile stays
// so.
func (l *Ledger) entries(r Request, sent bool, visit func(e *entry, query int, id string)) {
	switch r.Kind {
	case Catalogue:
		see(l.catalogue, r.Scope, sent, func(e *entry) { visit(e, 0, "") })
	case Activity:
		see(l.activity, r.Scope, sent, func(e *entry) { visit(e, 0, "") })
	case Ranking:
		see(l.rank, r.Scope, sent, func(e *entry) { visit(e, 0, "") })
	case Metrics:
		for i, q := range r.Metrics.Queries {
			see(l.series, keyOf(q, r), sent, func(e *entry) { visit(e, i, "") })
		}
	case Cold:
		see(l.cold, r.Function, sent, func(e *entry) { visit(e, 0, "") })
	case Invocations:
		see(l.follow, r.Function, sent, func(e *entry) { visit(e, 0, "") })
	case Tail:
		see(l.tail, r.Function, sent, func(e *entry) { visit(e, 0, "") })
	case Lines:
		see(l.lines, lineKey{r.Function, r.Invoked.Key}, sent, func(e *entry) { visit(e, 0, r.Invoked.Key.RequestID) })
	case Traces:
		for _, id := range r.Traces {
			see(l.traces, TraceRef{r.Scope, id}, sent, func(e *entry) { visit(e, 0, id) })
		}
	case TraceList:
		see(l.searches, r.Function, sent, func(e *entry) { visit(e, 0, "") })
	case Changes, Tags, EventSources, Triggers, Limits, Concurrency:
		see(l.facts, factOf(r), sent, func(e *entry) { visit(e, 0, "") })
	}
}

// see visits an entry, which is made where that is wanted.
func see[K comparable](m map[K]*entry, k K, create bool, visit func(*entry)) {
	if create {
		at(m, k)
	}
	if e := m[k]; e != nil {
		visit(e)
	}
}

// staleAfter is how long something is remembered that nobody asks for any
// more: longer than anything that is wanted waits for its turn.
const staleAfter = 6 * time.Hour

// prune lets go of what has not been asked for in a long while: functions that
// are gone, and windows that nobody looks at.
func (l *Ledger) prune(now time.Time) {
	stale := func(e *entry) bool { return !e.inFlight && now.Sub(e.asked) > staleAfter }
	maps.DeleteFunc(l.series, func(_ seriesKey, e *entry) bool { return stale(e) })
	maps.DeleteFunc(l.cold, func(_ sources.FunctionID, e *entry) bool { return stale(e) })
	maps.DeleteFunc(l.facts, func(_ factKey, e *entry) bool { return stale(e) })
}

// keyOf is the series a query belongs to.
func keyOf(q sources.MetricQuery, r Request) seriesKey {
	k := seriesKey{function: q.Function, metric: q.Metric, period: q.Period, before: r.Before}
	if r.Whole {
		k.whole, k.until = true, r.Until
	}
	return k
}

func at[K comparable, E any](m map[K]*E, k K) *E {
	e := m[k]
	if e == nil {
		e = new(E)
		m[k] = e
	}
	return e
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Forget drops what is known about things that have been let go of: logs that
// were followed, lines, traces, and functions whose traces were listed.
func (l *Ledger) Forget(follows []sources.FunctionID, lines []InvocationRef, traces []TraceRef, lists []sources.FunctionID) {
	for _, id := range follows {
		delete(l.follow, id)
	}
	for _, ref := range lines {
		delete(l.lines, lineKey{ref.Function, ref.Key})
	}
	for _, ref := range traces {
		delete(l.traces, ref)
	}
	for _, id := range lists {
		delete(l.searches, id)
		delete(l.searched, id)
	}
}
