package poll

import (
	"time"

	"fntop/sources"
)

// scopeState is how a whole account in a region does. When credentials have
// expired, or nothing answers, each request would fail for the same reason:
// then one at a time tries whether it is still so, and the others wait.
type scopeState struct {
	fails int // failures in a row that are the scope's own
	until time.Time
}

// unreachable is how many requests in a row must go unanswered before the
// scope is taken to be dead: one may be lost by chance.
const unreachable = 4

// probeEvery is how long it may take to see that credentials or permissions,
// which a person mends, have been mended; deadEvery the same of a network.
const (
	probeEvery = 30 * time.Second
	deadEvery  = time.Minute
)

// scopeWide tells whether an error says something about every request to the
// scope.
func scopeWide(kind sources.Kind) bool {
	switch kind {
	case sources.ExpiredCredentials, sources.NoCredentials, sources.Unreachable, sources.TimedOutCall:
		return true
	default:
		return false
	}
}

// scopeAnswered notes how a request to the scope ended.
func (l *Ledger) scopeAnswered(s sources.Scope, err error, now time.Time) {
	if err == nil {
		l.scopeBack(s)
		return
	}
	kind := sources.KindOf(err)
	if kind == sources.Cancelled {
		return
	}
	if !scopeWide(kind) {
		l.scopeBack(s) // it has answered
		return
	}
	st := at(l.scopes, s)
	st.fails++
	least, most := 1, probeEvery
	if kind == sources.Unreachable || kind == sources.TimedOutCall {
		least, most = unreachable, deadEvery
	}
	if st.fails >= least {
		st.until = now.Add(min(5*time.Second<<min(st.fails-least, 4), most))
	}
}

// scopeBack notes that the scope answers. What was not asked for meanwhile is
// due now.
func (l *Ledger) scopeBack(s sources.Scope) {
	if st := l.scopes[s]; st != nil && !st.until.IsZero() {
		l.restRound = time.Time{}
	}
	delete(l.scopes, s)
}

// gate is whether requests to a scope may be planned.
type gate uint8

const (
	gateOpen  gate = iota
	gateProbe      // one request, to see whether the scope is back
	gateShut
)

// gates looks at the open scopes.
func (p *planner) gates() {
	p.gate = make(map[sources.Scope]gate, len(p.open))
	for _, s := range p.open {
		st := p.ledger.scopes[s]
		switch {
		case st == nil || st.until.IsZero():
			p.gate[s] = gateOpen
		case st.until.After(p.now):
			p.gate[s] = gateShut
			p.wake(st.until)
		case p.ledger.flights[s] > 0:
			p.gate[s] = gateShut // the probe's answer wakes the planner
		default:
			p.gate[s] = gateProbe
		}
	}
}

// isOpen tells whether the scope may be asked.
func (p *planner) isOpen(s sources.Scope) bool {
	g, there := p.gate[s]
	return there && g != gateShut
}

// asked notes that a request to the scope is in the plan.
func (p *planner) asked(s sources.Scope) {
	if p.gate[s] == gateProbe {
		p.gate[s] = gateShut
	}
}
