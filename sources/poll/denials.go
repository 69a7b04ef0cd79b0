package poll

import (
	"time"

	"fntop/sources"
)

// denial is how a scope answers what takes one permission. While it denies
// that to all, one thing of each kind at a time tries whether it still does, and
// the others wait long. A policy may also deny it for some resources only: those
// wait long each for itself, and so do facts, which nobody waits for.
type denial struct {
	good   time.Time // last success
	all    bool      // nothing has succeeded for a while
	lifted time.Time // when all ended: what was asked for before is due
	probes map[Kind]time.Time
}

// denialKey names a permission of a scope: the kind that stands for all kinds
// that take the same.
type denialKey struct {
	scope sources.Scope
	kind  Kind
}

// quiet is how long nothing must have succeeded for a denial to be taken for
// one of everything.
const quiet = time.Minute

// denied notes a denial and gives how long what was denied is left alone.
func (l *Ledger) denied(r Request, now time.Time) (*denial, time.Duration) {
	d := at(l.denials, denialOf(r))
	d.all = d.all || now.Sub(d.good) > quiet
	if !d.all || !probed(r.Kind) || d.probes[r.Kind].After(now) {
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

// permitted notes that something was not denied.
func (l *Ledger) permitted(r Request, now time.Time) {
	d := at(l.denials, denialOf(r))
	d.good = now
	if d.all {
		d.all, d.lifted, d.probes = false, now, nil
		l.Wake()
	}
}

func denialOf(r Request) denialKey {
	kind := r.Kind
	switch kind {
	case Invocations, Tail, Lines: // all read log events
		kind = Cold
	}
	return denialKey{r.Scope, kind}
}

// lifted tells whether what an entry was denied has been permitted since.
func (e *entry) lifted() bool { return e.denial != nil && e.denial.lifted.After(e.asked) }
