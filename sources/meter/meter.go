package meter

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// Call is one request as it went over the wire: a retry is a call of its own.
type Call struct {
	Op       string // as permissions spell it, such as "cloudwatch:GetMetricData"
	Region   string // where it was sent, such as "eu-west-1"; prices differ
	BytesOut int64  // body bytes sent
	BytesIn  int64  // body bytes received, after decompression
	Latency  time.Duration
	Retry    bool // the request had been sent before and failed
	Failed   bool // there was no good answer
	Throttle bool // the cloud said later; Failed is set too

	// Charged tells whether the cloud bills the call. It is false for requests
	// that never left, and for those the cloud refused with an error. A call
	// that was sent and whose answer is not known is charged: better to count
	// a cent too much than one too few.
	Charged bool
	// Metrics and Traces are what a call is billed by: metrics requested
	// (CloudWatch GetMetricData) and traces scanned or retrieved (X-Ray).
	Metrics int64
	Traces  int64
	// Live is how long a live tail has run that is charged with this call.
	Live time.Duration
	// Continued means that no request was sent: one that was counted before
	// is still being answered, and charged further.
	Continued bool
}

// Pricer gives what a charged call costs, in USD. It must be safe for use by
// several goroutines. Free tiers are not applied: what fntop shows is what the
// call costs once they are used up.
type Pricer func(c Call) float64

// The pace is taken over the last ten minutes, in slices of ten seconds, which
// are kept for an hour.
const (
	paceWindow = 10 * time.Minute
	paceSlice  = 10 * time.Second
	paceLeast  = time.Minute
	paceSlices = int(paceWindow/paceSlice) + 1
	hourSlices = int(time.Hour/paceSlice) + 1
)

// Meter counts calls. Make one with [New]; it may be used by several
// goroutines at once.
type Meter struct {
	now   func() time.Time
	price Pricer

	mu    sync.Mutex
	since time.Time
	ops   map[string]*Op
	uses  map[string]*Op // by purpose
	pace  [hourSlices]slice
	payer *Budget
}

// slice is what was spent within one slice of time, counted from since.
type slice struct {
	number int64
	usd    float64
}

// New makes a meter that begins to count now. A nil price makes every call
// free.
func New(now func() time.Time, price Pricer) *Meter {
	if price == nil {
		price = func(Call) float64 { return 0 }
	}
	return &Meter{now: now, price: price, since: now(), ops: make(map[string]*Op), uses: make(map[string]*Op)}
}

// ChargeTo takes what calls cost from now on off a budget, retries included.
// Whoever books on that budget too settles with 0: the booking is then only
// the promise that keeps calls in flight from overspending together.
func (m *Meter) ChargeTo(b *Budget) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.payer = b
}

// Record counts one call and adds its price to the tallies of the context.
func (m *Meter) Record(ctx context.Context, c Call) {
	usd := 0.0
	if c.Charged {
		usd = m.price(c)
		if !(usd > 0) || math.IsInf(usd, 0) { // also not a number
			usd = 0
		}
	}
	if payer := m.count(c, usd, purposeOf(ctx)); payer != nil {
		payer.Spend(usd)
	}
	for t := tallyOf(ctx); t != nil; t = t.outer {
		t.add(usd, 1-bit(c.Continued))
	}
}

// count adds a call and gives the budget that pays for it.
func (m *Meter) count(c Call, usd float64, purpose string) *Budget {
	m.mu.Lock()
	defer m.mu.Unlock()
	one := Op{
		Calls: 1 - bit(c.Continued), Errors: bit(c.Failed), Throttles: bit(c.Throttle), Retries: bit(c.Retry),
		Metrics: c.Metrics, BytesIn: c.BytesIn, BytesOut: c.BytesOut, USD: usd, Busy: c.Latency,
	}
	named(m.ops, c.Op).add(one)
	named(m.uses, purpose).add(one)
	if usd == 0 {
		return nil
	}
	number := m.slice(m.now())
	at := &m.pace[number%int64(hourSlices)]
	if at.number != number {
		*at = slice{number: number}
	}
	at.usd += usd
	return m.payer
}

// named gives the record of this name, a new one when there is none.
func named(records map[string]*Op, name string) *Op {
	op := records[name]
	if op == nil {
		op = &Op{Name: name}
		records[name] = op
	}
	return op
}

// sorted gives copies of the records, by name.
func sorted(records map[string]*Op) []Op {
	list := make([]Op, 0, len(records))
	for _, op := range records {
		list = append(list, *op)
	}
	slices.SortFunc(list, func(x, y Op) int { return strings.Compare(x.Name, y.Name) })
	return list
}

type purposeKey struct{}

// WithPurpose gives a context under which every recorded call is counted for
// this purpose, in the words of the bill.
func WithPurpose(ctx context.Context, purpose string) context.Context {
	return context.WithValue(ctx, purposeKey{}, purpose)
}

func purposeOf(ctx context.Context) string {
	purpose, _ := ctx.Value(purposeKey{}).(string)
	return cmp.Or(purpose, OtherPurpose)
}

// slice numbers the slice of time that t lies in.
func (m *Meter) slice(t time.Time) int64 {
	return int64(max(0, t.Sub(m.since)) / paceSlice)
}

// Bill gives what has been counted so far.
func (m *Meter) Bill() Bill {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := Bill{Since: m.since.UTC(), Ops: sorted(m.ops), Uses: sorted(m.uses)}
	for _, op := range b.Ops {
		b.Total.add(op)
	}
	now := m.now()
	b.PerHour = m.perHour(now)
	b.LastHour, _ = m.spent(now, hourSlices)
	if m.payer != nil {
		b.Limit = m.payer.Limit()
	}
	return b
}

// perHour is the spending of the slices that reach into the last ten minutes,
// over the time since the oldest of them began.
func (m *Meter) perHour(now time.Time) float64 {
	usd, oldest := m.spent(now, paceSlices)
	over := now.Sub(m.since) - time.Duration(oldest)*paceSlice
	return usd / max(over, paceLeast).Hours()
}

// spent is the spending of the newest n slices, of which oldest is the first.
func (m *Meter) spent(now time.Time, n int) (usd float64, oldest int64) {
	newest := m.slice(now)
	oldest = max(0, newest-int64(n)+1)
	for _, s := range m.pace {
		if s.number >= oldest && s.number <= newest {
			usd += s.usd
		}
	}
	return usd, oldest
}

// add adds the counts of another record; the name stays.
func (o *Op) add(x Op) {
	o.Calls += x.Calls
	o.Errors += x.Errors
	o.Throttles += x.Throttles
	o.Retries += x.Retries
	o.Metrics += x.Metrics
	o.BytesIn += x.BytesIn
	o.BytesOut += x.BytesOut
	o.USD += x.USD
	o.Busy += x.Busy
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Tally adds up what the calls made under one context cost.
type Tally struct {
	outer *Tally

	mu    sync.Mutex
	usd   float64
	calls int64
}

type tallyKey struct{}

// WithTally gives a context under which every recorded call is also added to
// the tally. Tallies nest: a call is added to all of them.
func WithTally(ctx context.Context) (context.Context, *Tally) {
	t := &Tally{outer: tallyOf(ctx)}
	return context.WithValue(ctx, tallyKey{}, t), t
}

func tallyOf(ctx context.Context) *Tally {
	t, _ := ctx.Value(tallyKey{}).(*Tally)
	return t
}

func (t *Tally) add(usd float64, calls int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.usd += usd
	t.calls += calls
}

// USD is what the calls have cost so far.
func (t *Tally) USD() float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.usd
}

// Calls is how many calls have been made so far, retries included.
func (t *Tally) Calls() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls
}
