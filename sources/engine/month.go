package engine

import (
	"context"
	"fmt"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
	"fntop/sources/pricing"
	"fntop/sources/spending"
)

// month is what has been read of the month's cost.
type month struct {
	span   spending.Span // of the newest reading; zero before the first
	places map[sources.Scope]*monthPlace
	// whole tells that the cost of all functions has been wanted, so that the
	// free tier, which is an account's, can be told.
	whole bool

	metrics int   // that would be asked for to read what is wanted
	listed  bool  // metrics are of all functions
	refused error // why nothing is read

	version  int // counts what has been read; reckoned is the one of shown
	reckoned int
	running  bool // a reckoning is under way
	shown    *fleet.Month

	next time.Time // when something becomes due
}

// monthPlace is what has been read of one place.
type monthPlace struct {
	// usage has an entry for each function of the catalogue, read or not. It is
	// replaced and never changed.
	usage   spending.Usage
	whole   bool // all of a complete catalogue has been read, at least once
	version int  // counts changes of usage and of pending
	// pending is what a later reading has brought that has failed or was given
	// up: what is shown stays, and the next reading goes on from there.
	pending *spending.Usage

	reading   *monthReading // nil when none is under way
	through   time.Time
	err, rest error
	fails     int
	retry     time.Time
	// remembered is when changes of the memory of all functions were looked up.
	remembered time.Time

	key  monthKey // that job was made for
	job  monthJob
	made bool
}

// monthReading is a reading under way.
type monthReading struct {
	job      monthJob
	wants    monthWants
	cancel   context.CancelFunc
	tally    *meter.Tally
	done     int // functions whose hours have been asked for
	sampling bool
	aside    bool // what it brings is not shown: see monthPlace.pending
}

// monthJob is what is to be read of a place.
type monthJob struct {
	usage   spending.Usage // as it will be, unread parts included
	indices []int          // of what is to be read
	metrics int            // that this asks for at most
	all     bool           // nothing is left out of a complete catalogue
}

// functions is how many functions are to be read.
func (j *monthJob) functions() (n int) {
	for _, i := range j.indices {
		if j.usage.Used[i].Group == "" {
			n++
		}
	}
	return n
}

// monthKey is what a job depends on.
type monthKey struct {
	span      spending.Span
	functions int
	complete  bool
	version   int
	all       bool
	demands   int
}

// readMonth reads what is wanted of the month's cost and not known, place by
// place, and gives how many metrics may still be asked for by that.
func (l *loop) readMonth(ctx context.Context, budget poll.Budget, now time.Time) (booked int) {
	m := &l.month
	read, look := l.monthWants()
	m.next, m.refused = time.Time{}, nil
	for _, part := range m.places {
		if r := part.reading; r != nil && !read.holds(r) {
			r.cancel()
		}
	}
	wants := read
	if !read.any() {
		wants = look
	}
	if wants.any() {
		due := l.dueMonth(wants, read.any(), now)
		if read.any() {
			l.beginMonth(ctx, due, read, budget)
		}
	}
	l.reckon(ctx)
	for _, part := range m.places {
		if r := part.reading; r != nil {
			booked += max(r.job.metrics-int(r.tally.USD()/pricing.MetricUSD()), 0)
		}
	}
	return booked
}

// dueMonth finds out what is to be read, of each place, and adds up what that
// asks for.
func (l *loop) dueMonth(wants monthWants, read bool, now time.Time) (due []*place) {
	m := &l.month
	span := m.span
	if first := span == (spending.Span{}); first || !now.Before(span.Next()) {
		// Who looks at one function does not have all of them read again.
		if first || wants.all || !m.anyWhole() {
			span = spending.SpanAt(now)
		}
		if read {
			m.span = span
		}
	}
	m.metrics, m.listed = 0, true
	if read {
		m.wake(m.span.Next())
		m.whole = m.whole || wants.all
	}
	for _, p := range l.places {
		switch {
		case p.state == fleet.Opening:
			m.listed = false
			continue
		case p.source == nil:
			continue
		}
		scope := p.source.Scope()
		part := m.place(scope)
		if part.reading != nil {
			continue
		}
		ready := l.planMonth(part, scope, wants, span)
		m.listed = m.listed && ready
		m.metrics += part.job.metrics
		switch {
		case !read || !ready:
		case part.retry.After(now):
			m.wake(part.retry)
		case len(part.job.indices) > 0:
			due = append(due, p)
		case part.job.all && part.usage.Span != span: // there is nothing to read
			part.usage, part.whole, part.through = part.job.usage, true, span.Now
			part.version++
			m.version++
		}
	}
	return due
}

func (m *month) place(s sources.Scope) *monthPlace {
	if m.places == nil {
		m.places = make(map[sources.Scope]*monthPlace)
	}
	if m.places[s] == nil {
		m.places[s] = new(monthPlace)
	}
	return m.places[s]
}

func (m *month) anyWhole() bool {
	for _, part := range m.places {
		if part.whole {
			return true
		}
	}
	return false
}

func (m *month) wake(t time.Time) {
	if m.next.IsZero() || t.Before(m.next) {
		m.next = t
	}
}

// planMonth makes the job of a place, where what it depends on has changed.
// ready is false while the catalogue has not been read.
func (l *loop) planMonth(part *monthPlace, scope sources.Scope, wants monthWants, span spending.Span) (ready bool) {
	functions, complete := l.fleet.Catalogue(scope)
	ready = complete || l.fleet.Listing(scope) != nil || !wants.all && part.listed(functions, wants)
	key := monthKey{span, len(functions), complete, part.version, wants.all, l.demanded}
	if part.made && part.key == key {
		return ready
	}
	base := part.usage
	if part.pending != nil {
		base = *part.pending
	}
	job := monthJob{usage: base.With(functions, span), all: wants.all && complete}
	for _, i := range job.usage.Unread() {
		u := &job.usage.Used[i]
		if wants.all || u.Group == "" && wants.ids[u.Function.ID] && !part.whole {
			job.indices = append(job.indices, i)
		}
	}
	job.metrics = spending.MostMetrics(job.usage.Part(job.indices))
	part.key, part.job, part.made = key, job, true
	return ready
}

// listed tells whether all functions that are wanted of this place are among
// those listed so far.
func (*monthPlace) listed(functions []sources.Function, wants monthWants) bool {
	for i := range functions {
		if wants.ids[functions[i].ID] {
			return true
		}
	}
	return false
}

// beginMonth begins to read the places that are due, all of them or none.
func (l *loop) beginMonth(ctx context.Context, due []*place, wants monthWants, budget poll.Budget) {
	m, metrics := &l.month, 0
	for _, p := range due {
		metrics += m.places[p.source.Scope()].job.metrics
	}
	if m.refused = refuseMonth(metrics, budget); m.refused != nil {
		m.wake(l.clock.Now().Add(time.Minute)) // a budget fills up
		return
	}
	for _, p := range due {
		l.readPlace(ctx, p, wants)
	}
}

// refuseMonth tells why so many metrics are not asked for; nil when they are.
func refuseMonth(metrics int, budget poll.Budget) error {
	usd := float64(metrics) * pricing.MetricUSD()
	why, fix := "", ""
	switch {
	case metrics == 0:
		return nil
	case budget.Free:
		why, fix = "--free allows nothing that costs money", "leave --free out"
	case budget.Limited && metrics > budget.Left:
		why = fmt.Sprintf("the budget leaves $%.4f now", float64(max(budget.Left, 0))*pricing.MetricUSD())
		fix = fmt.Sprintf("--budget %.2f/h would do", usd*6+0.01)
	default:
		return nil
	}
	return &sources.Error{
		Op: "read the month", Kind: sources.OverBudget, Fix: fix,
		Err: fmt.Errorf("it takes up to %d metrics, $%.4f, and %s", metrics, usd, why),
	}
}

// monthBusy tells whether something of what is wanted is on its way.
func (l *loop) monthBusy() bool {
	m := &l.month
	for _, part := range m.places {
		if part.reading != nil {
			return true
		}
	}
	return m.running
}

// spending is what a snapshot tells of the month; nil while nobody has asked.
func (l *loop) spending() *fleet.Spending {
	m := &l.month
	read, look := l.monthWants()
	if m.shown == nil && !read.any() && !look.any() {
		return nil
	}
	out := &fleet.Spending{
		Month: m.shown, Metrics: m.metrics, USD: float64(m.metrics) * pricing.MetricUSD(),
		Listed: m.listed, Refused: m.refused, Reading: m.running,
	}
	for _, p := range l.places {
		if p.source == nil {
			continue
		}
		scope := p.source.Scope()
		place := fleet.SpendingPlace{Account: scope.Account, Region: scope.Region, Functions: l.fleet.Listed(scope)}
		if part := m.places[scope]; part != nil {
			place.Through, place.Err, place.Rest = part.through, part.err, part.rest
			if r := part.reading; r != nil {
				place.Reading, place.Sampling = !r.sampling, r.sampling
				place.Done, place.Of = r.done, r.job.functions()
				out.Reading = true
			}
		}
		out.Places = append(out.Places, place)
	}
	return out
}
