package poll

import (
	"time"

	"fntop/sources"
)

// denial is how a scope answers what takes one permission. What was denied waits
// long, but one thing of each kind at a time tries whether it still is: when that
// is permitted, or anything at all after a while in which nothing was, the others
// are due too. A policy that denies it for some resources only leaves these alone.
// So are facts, which nobody waits for.
type denial struct {
	good, bad time.Time // last success, last denial
	lifted    time.Time // what was asked for before and denied is due
	probes    map[Kind]time.Time
}

// denialKey names a permission of a scope: the kind that stands for all kinds
// that take the same.
type denialKey struct {
	scope sources.Scope
	kind  Kind
}

// quiet is how long nothing must have succeeded for a denial to be taken for
// one of everything.
const quiet = 20 * time.Second

// denied notes a denial and gives how long what was denied is left alone.
func (l *Ledger) denied(r Request, now time.Time) (*denial, time.Duration) {
	d := at(l.denials, denialOf(r))
	d.bad = now
	if !probed(r.Kind) || d.probes[r.Kind].After(now) {
		return d, backoff(1, sources.Denied)
	}
	if d.probes == nil {
		d.probes = make(map[Kind]time.Time)
	}
	d.probes[r.Kind] = now.Add(probeEvery)
	return d, probeEvery
}

// probed tells whether the screen is poor without what is denied.
func probed(k Kind) bool {
	switch k {
	case Catalogue, Metrics, Cold, Invocations, Tail, Lines:
		return true
	default:
		return false
	}
}

// permitted notes that something was not denied; again tells that it had been.
func (l *Ledger) permitted(r Request, again bool, now time.Time) {
	d := at(l.denials, denialOf(r))
	if again || d.bad.After(d.good) && now.Sub(d.good) > quiet {
		d.lifted, d.probes = now, nil
		l.Wake()
	}
	d.good = now
}

func denialOf(r Request) denialKey {
	kind := r.Kind
	if kind == Invocations || kind == Tail || kind == Lines {
		kind = Cold // all read log events
	}
	return denialKey{r.Scope, kind}
}

// lifted tells whether what an entry was denied has been permitted since.
func (e *entry) lifted() bool { return e.denial != nil && e.denial.lifted.After(e.asked) }
