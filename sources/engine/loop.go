package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// publishEvery is how close snapshots may follow each other, on the wall's clock: answers that
// come in a burst are published together.
const publishEvery = 50 * time.Millisecond

// Bounds of calls. A request of many pages takes as long as its quota needs;
// that a place which is dead holds nothing up is the source's business, which
// bounds each attempt.
const (
	callLimit = 15 * time.Minute
	openLimit = 20 * time.Second
)

// loop is the state of a running engine. It belongs to the goroutine of Run.
type loop struct {
	engine  *Engine
	clock   Clock
	fleet   *fleet.Fleet
	ledger  *poll.Ledger
	places  []*place
	answers chan func() // run by the loop, in order
	calls   sync.WaitGroup

	demands   []poll.Demand
	numbers   map[*Viewer]int
	refreshed int
	flights   map[int]*flight
	lastID    int
	plan      poll.Plan
	names     map[string]string // of accounts, "" where there is none or it was not told
	tails     map[sources.FunctionID]*tail
	month     month
	demanded  int // counts changes of the demands

	rowsAt   time.Time // when the rows on the screens last changed
	rowsRest time.Time // until when they are taken to be moving

	changed   bool // something to publish
	settled   bool
	published time.Time
	pause     time.Duration // publishEvery, on the engine's clock
	nextOpen  time.Time
}

// place is a sources.Place and how far it has come.
type place struct {
	sources.Place
	state   fleet.PlaceState
	source  sources.Source
	err     error
	fails   int
	retry   time.Time
	opening bool
}

// flight is a request under way.
type flight struct {
	request poll.Request
	cancel  context.CancelFunc
}

func newLoop(e *Engine) *loop {
	l := &loop{
		engine:  e,
		clock:   e.config.Clock,
		ledger:  poll.NewLedger(),
		answers: make(chan func(), 64),
		flights: make(map[int]*flight),
		names:   make(map[string]string),
		tails:   make(map[sources.FunctionID]*tail),
		changed: true,
		pause:   time.Duration(float64(publishEvery) * e.config.Clock.Rate()),
	}
	for _, p := range e.config.Places {
		l.places = append(l.places, &place{Place: p})
	}
	l.fleet = fleet.New(fleet.Config{Correlator: l.correlator, Price: e.config.Price})
	return l
}

func (l *loop) correlator(fn sources.Function) sources.Correlator {
	if src := l.source(fn.ID.Scope()); src != nil {
		return src.Correlator(fn)
	}
	return nil
}

// source is the open source of a scope, or nil.
func (l *loop) source(s sources.Scope) sources.Source {
	for _, p := range l.places {
		if p.source != nil && p.source.Scope() == s {
			return p.source
		}
	}
	return nil
}

// drain runs the answers that have come in meanwhile, so that a burst of them
// is planned and published once.
func (l *loop) drain(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case answer := <-l.answers:
			answer()
			l.changed = true
		default:
			return
		}
	}
}

// step looks at the demands, opens places, plans, sends and publishes.
func (l *loop) step(ctx context.Context) {
	now := l.clock.Now()
	l.takeDemands(now)
	l.openPlaces(ctx, now)
	l.nameAccounts(ctx)
	budget := l.engine.config.Budget(now)
	for _, f := range l.flights {
		budget.Left -= f.request.Billed // sent, and not metered yet
	}
	l.tailLogs(ctx, budget, now)
	budget.Left -= l.readMonth(ctx, budget, now)
	l.plan = poll.Make(now, l.resting(now), l.ledger, l, budget)
	l.ledger.Planned(l.plan)
	busy := l.busy()
	for _, r := range l.plan.Requests {
		if lane := r.Lane(); busy[lane] < lane.Width() {
			busy[lane]++
			l.send(ctx, r, now)
		}
	}
	settled := l.plan.Pending == 0 && !l.monthBusy() && !l.rowsRest.After(now) && !slices.ContainsFunc(l.places, func(p *place) bool { return p.state == fleet.Opening })
	if settled != l.settled {
		l.settled, l.changed = settled, true
	}
	if l.changed && now.Sub(l.published) >= l.pause {
		l.publish(now)
	}
}

func (l *loop) takeDemands(now time.Time) {
	demands, numbers := l.engine.demands()
	refreshed := 0
	for _, d := range demands {
		refreshed += d.Refresh
	}
	if refreshed > l.refreshed {
		l.ledger.Refresh(demands)
		for _, p := range l.places {
			p.retry = time.Time{}
		}
		for _, part := range l.month.places {
			part.retry = time.Time{}
		}
	}
	l.refreshed = refreshed
	if !mapsEqual(numbers, l.numbers) {
		l.changed = true
		l.demanded++
		l.noteRows(demands, now)
		if !slices.EqualFunc(demands, l.demands, sameRest) {
			l.ledger.Wake()
		}
		l.demands, l.numbers = demands, numbers
		l.fleet.SetWindows(windows(demands), now)
		l.cancelUnwanted()
		gone := l.fleet.Retain(demands, now)
		l.ledger.Forget(gone.Follows, gone.Lines, gone.Traces, gone.TraceLists)
		l.ledger.ForgetTails(l.fleet.Tails(demands, now))
	}
}

// sameRest tells whether two demands want the same of what is off the screen.
func sameRest(a, b poll.Demand) bool { return a.AllRows == b.AllRows && a.Window == b.Window }

// scrollRest is how long the rows must rest, once they have changed twice
// within it, before they are asked for: who holds a key down to scroll
// through a thousand rows does not read them.
const scrollRest = 300 * time.Millisecond

// noteRows notes whether the rows on the screens change fast.
func (l *loop) noteRows(demands []poll.Demand, now time.Time) {
	same := slices.EqualFunc(demands, l.demands, func(a, b poll.Demand) bool { return slices.Equal(a.Rows, b.Rows) })
	if same {
		return
	}
	rest := time.Duration(float64(scrollRest) * l.clock.Rate())
	if now.Sub(l.rowsAt) < rest {
		l.rowsRest = now.Add(rest)
	}
	l.rowsAt = now
}

// resting is what the viewers want, without rows that move too fast to be
// read.
func (l *loop) resting(now time.Time) []poll.Demand {
	if !l.rowsRest.After(now) {
		return l.demands
	}
	demands := slices.Clone(l.demands)
	for i := range demands {
		demands[i].Rows = nil
	}
	return demands
}

func mapsEqual(a, b map[*Viewer]int) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || v != w {
			return false
		}
	}
	return true
}

// windows are the windows that rows are wanted over.
func windows(demands []poll.Demand) []sources.Window {
	var all []sources.Window
	for _, d := range demands {
		if d.Window.Since > 0 && !slices.Contains(all, d.Window) {
			all = append(all, d.Window)
		}
		for _, f := range d.Focus {
			if f.Window.Since > 0 && !slices.Contains(all, f.Window) {
				all = append(all, f.Window)
			}
		}
	}
	return all
}

// openPlaces opens the places that are not open and may be tried now.
func (l *loop) openPlaces(ctx context.Context, now time.Time) {
	l.nextOpen = time.Time{}
	for _, p := range l.places {
		if p.source != nil || p.opening {
			continue
		}
		if p.retry.After(now) {
			if l.nextOpen.IsZero() || p.retry.Before(l.nextOpen) {
				l.nextOpen = p.retry
			}
			continue
		}
		p.opening = true
		l.calls.Go(func() {
			openCtx, cancel := context.WithTimeout(ctx, openLimit)
			defer cancel()
			src, err := p.Open(openCtx)
			l.answer(ctx, func() { l.opened(p, src, err) })
		})
	}
}

func (l *loop) opened(p *place, src sources.Source, err error) {
	p.opening = false
	if err == nil && l.source(src.Scope()) != nil {
		err = &sources.Error{Op: "open", On: p.Label, Kind: sources.Other, Fix: "it is the same account and region as another one: name it once"}
	}
	if err != nil {
		p.fails++
		p.state, p.err = fleet.Failed, err
		p.retry = l.clock.Now().Add(min(5*time.Second<<min(p.fails, 5), time.Minute))
		l.engine.config.Log.Warn("open place", "place", p.Label, "error", err)
		return
	}
	p.source, p.state, p.err, p.fails = src, fleet.Open, nil, 0
}

// answer hands an answer to the loop. It waits for room, but not beyond the
// end of the engine.
func (l *loop) answer(ctx context.Context, apply func()) {
	select {
	case l.answers <- apply:
	case <-ctx.Done():
	}
}

// timer fires when something becomes due, or may be published.
func (l *loop) timer() (<-chan time.Time, func()) {
	next := l.plan.Next
	if !l.nextOpen.IsZero() && (next.IsZero() || l.nextOpen.Before(next)) {
		next = l.nextOpen
	}
	if at := l.month.next; !at.IsZero() && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if l.rowsRest.After(l.clock.Now()) && (next.IsZero() || l.rowsRest.Before(next)) {
		next = l.rowsRest
	}
	if l.changed {
		if at := l.published.Add(l.pause); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	if next.IsZero() {
		return nil, func() {}
	}
	return l.clock.Timer(max(next.Sub(l.clock.Now()), time.Millisecond))
}

func (l *loop) publish(now time.Time) {
	places := make([]fleet.Place, 0, len(l.places))
	for _, p := range l.places {
		out := fleet.Place{Label: p.Label, Region: p.Region, State: p.state, Err: p.err}
		if p.source != nil {
			s := p.source.Scope()
			out.Cloud, out.Account, out.Region = s.Cloud, s.Account, s.Region
			out.AccountName = l.names[s.Account]
		}
		places = append(places, out)
	}
	snap := l.fleet.Publish(now, places, l.engine.config.Bill())
	snap.InFlight = len(l.flights)
	snap.Spending = l.spending()
	snap.OverBudget, snap.Pace, snap.MetricsPerHour = l.plan.OverBudget, l.plan.Pace, l.plan.PerHour
	l.engine.publish(snap, l.numbers, l.settled)
	l.changed, l.published = false, now
}

// What the planner asks of the fleet.

// Scopes are the scopes that are open.
func (l *loop) Scopes() []sources.Scope {
	var open []sources.Scope
	for _, p := range l.places {
		if p.source != nil {
			open = append(open, p.source.Scope())
		}
	}
	return open
}

// TellsActivity tells whether the scope's source can say which functions live.
func (l *loop) TellsActivity(s sources.Scope) bool {
	_, ok := l.source(s).(sources.ActivityReader)
	return ok
}

// Ranks tells whether the scope's source can rank functions.
func (l *loop) Ranks(s sources.Scope) bool {
	_, ok := l.source(s).(sources.Ranker)
	return ok
}

// ErrorsRose tells whether the errors of the scope have risen just now.
func (l *loop) ErrorsRose(s sources.Scope, w sources.Window, now time.Time) bool {
	return l.fleet.ErrorsRose(s, w, now)
}

// Active tells whether the function lives.
func (l *loop) Active(id sources.FunctionID) (active, known bool) { return l.fleet.Active(id) }

// Reader is the scope through which the function is read.
func (l *loop) Reader(id sources.FunctionID) sources.Scope { return l.fleet.Reader(id) }

// Tailing tells whether the function's log is being tailed.
func (l *loop) Tailing(id sources.FunctionID) bool { return l.fleet.Tailing(id) }

// TailSessions is how many live tails run.
func (l *loop) TailSessions() int {
	running := make(map[*tail]bool)
	for _, t := range l.tails {
		running[t] = running[t] || !t.ended
	}
	n := 0
	for _, runs := range running {
		if runs {
			n++
		}
	}
	return n
}

// Listed is how many functions the scope's catalogue has.
func (l *loop) Listed(s sources.Scope) int { return l.fleet.Listed(s) }

// Functions are all functions known.
func (l *loop) Functions() []sources.FunctionID { return l.fleet.Functions() }

// Readable tells whether the function's log group is known.
func (l *loop) Readable(id sources.FunctionID) bool { return l.fleet.Readable(id) }

// Idle tells whether the function had no invocation in the window.
func (l *loop) Idle(id sources.FunctionID, w sources.Window) bool { return l.fleet.Idle(id, w) }

// Timeout is the function's timeout.
func (l *loop) Timeout(id sources.FunctionID) time.Duration {
	config, _ := l.fleet.Config(id)
	return config.Timeout
}

// ColdFrom is since when the cold starts of the function are known.
func (l *loop) ColdFrom(id sources.FunctionID) time.Time { return l.fleet.ColdFrom(id) }
