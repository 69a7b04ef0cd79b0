package platformlog

import (
	"cmp"
	"hash/maphash"
	"math"
	"strings"
	"time"

	"fntop/sources"
)

// untimed stands for the time of an event that has none.
const untimed = math.MinInt64

// position orders the lines of a stream. Lines of one millisecond are in the
// order in which Lambda writes them for one request; lines without a time are
// in the order in which they came.
type position struct {
	at    int64 // nanoseconds since 1970, or untimed
	order uint64
	// part counts the logs that a stream without a name has been put together
	// of, one after the other: what is in a later part comes later, whatever
	// its time.
	part uint32
}

func (p position) compare(q position) int {
	if p.part != q.part {
		return cmp.Compare(p.part, q.part)
	}
	if p.at != q.at {
		return cmp.Compare(p.at, q.at)
	}
	return cmp.Compare(p.order, q.order)
}

func (p position) less(q position) bool {
	if p.part != q.part {
		return p.part < q.part
	}
	return p.at < q.at || p.at == q.at && p.order < q.order
}

// after is the position d later, or p itself when it has no time.
func (p position) after(d time.Duration) position {
	if p.at != untimed {
		p.at = addClamped(p.at, int64(d))
	}
	return p
}

func addClamped(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < untimed+1-b:
		return untimed + 1
	}
	return a + b
}

// time is the position as a time, unknown for lines without one.
func (p position) time() sources.Opt[time.Time] {
	if p.at == untimed {
		return sources.Opt[time.Time]{}
	}
	return sources.Some(time.Unix(0, p.at).UTC())
}

// instant is a time as a position's at. Times that no log can have are no
// times.
func instant(t time.Time) int64 {
	if s := t.Unix(); s < leastInstant || s > greatestInstant {
		return untimed
	}
	return t.UnixNano()
}

// The years 1700 to 2200 in seconds since 1970.
const (
	leastInstant    = -8_520_336_000
	greatestInstant = 7_289_654_400
)

// longBack is by how much the time of a log read in order must go back before
// the lines are taken to be of another log. What one environment writes comes
// in order but for a few seconds.
const longBack = 10 * time.Second

// clock is how far the reading of a log has come in time. It goes back where
// another log begins.
type clock struct{ at int64 }

// tick takes in the time of the next line and tells whether it went back.
func (k *clock) tick(at int64) (back bool) {
	if k.at != untimed && at < k.at-int64(longBack) {
		k.at = at
		return true
	}
	k.at = max(k.at, at)
	return false
}

// rank is the order of the lines of one millisecond.
func rank(k Kind) uint64 {
	switch k {
	case InitStart, RestoreStart:
		return 0
	case InitRuntimeDone, RestoreRuntimeDone:
		return 1
	case InitReport, RestoreReport:
		return 2
	case Start:
		return 3
	case RuntimeError, TimeoutLine, ExitLine:
		return 4
	case RuntimeDone:
		return 5
	case Report:
		return 6
	default: // XRay
		return 7
	}
}

// details is what a correlator keeps of a record.
type details struct {
	duration, billed, init, restore, billedRestore sources.Opt[time.Duration]
	memory, maxMemory                              sources.Opt[int]

	version   string
	arn       string // of the function, on START lines in JSON
	status    string
	errorType string
	reason    string
	traceID   string
	boot      *boot // of lines about an init or a restore
	sampled   bool
	json      bool // the line was in JSON format
}

// boot is what lines about an init or a restore say beside their details.
type boot struct {
	phase      string
	initType   string
	runtime    string
	runtimeARN string
}

// compare is a total order; what it orders by has no meaning.
func (d *details) compare(e *details) int {
	if d == e {
		return 0
	}
	if c := d.compareTimes(e); c != 0 {
		return c
	}
	if c := cmp.Or(compareOpt(d.memory, e.memory), compareOpt(d.maxMemory, e.maxMemory)); c != 0 {
		return c
	}
	return cmp.Or(
		strings.Compare(d.version, e.version),
		strings.Compare(d.arn, e.arn),
		strings.Compare(d.status, e.status),
		strings.Compare(d.errorType, e.errorType),
		strings.Compare(d.reason, e.reason),
		strings.Compare(d.traceID, e.traceID),
		compareBool(d.sampled, e.sampled),
		compareBool(d.json, e.json),
		d.boot.compare(e.boot),
	)
}

// hash is a number that equal details have in common; it is not 0.
func (d *details) hash(seed maphash.Seed) uint64 {
	plain := *d
	plain.boot = nil
	return maphash.Comparable(seed, plain) | 1
}

func (d *details) compareTimes(e *details) int {
	return cmp.Or(
		compareOpt(d.duration, e.duration),
		compareOpt(d.billed, e.billed),
		compareOpt(d.init, e.init),
		compareOpt(d.restore, e.restore),
		compareOpt(d.billedRestore, e.billedRestore),
	)
}

func (b *boot) compare(c *boot) int {
	if b == nil || c == nil {
		return compareBool(b != nil, c != nil)
	}
	return cmp.Or(
		strings.Compare(b.phase, c.phase),
		strings.Compare(b.initType, c.initType),
		strings.Compare(b.runtime, c.runtime),
		strings.Compare(b.runtimeARN, c.runtimeARN),
	)
}

func compareOpt[T cmp.Ordered](a, b sources.Opt[T]) int {
	av, aok := a.Get()
	bv, bok := b.Get()
	return cmp.Or(compareBool(aok, bok), cmp.Compare(av, bv))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
