package platformlog

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"fntop/sources"
)

// maxTimeout is the longest timeout a function can have: fifteen minutes, and
// ninety on managed instances (Lambda Developer Guide, "Lambda quotas").
const (
	maxTimeout        = 15 * time.Minute
	maxManagedTimeout = 90 * time.Minute
)

// Correlator makes invocations out of the log events of one function. Its
// answers depend on the set of events it has been given and on the latest
// time given to [Correlator.Settle], never on their order. It keeps what it
// knows until [Correlator.Forget]; application lines are not kept. It is used
// by one goroutine.
type Correlator struct {
	fn       sources.Function
	timeout  time.Duration
	requests map[string]*request
	streams  map[string]*stream
	running  map[*request]struct{} // have an attempt that may still be running
	words    map[string]string     // short strings that come again and again
	starts   map[startKey]*details
	seed     maphash.Seed
	// ordered means that the events come in the order in which they were
	// written: lines of the same time are in the order of their coming.
	ordered  bool
	sequence uint64
	now      int64 // of the latest Settle
	horizon  int64 // of the latest Forget
	newest   int64 // of all events
	clock    clock // of all events
	retired  retired

	queue   []*request
	pending []*stream
	current *stream // of the last event
	swept   uint64  // when tidy last looked through the streams
	// thinning are streams of which an invocation has been forgotten.
	thinning []*stream
}

var _ sources.Correlator = (*Correlator)(nil)

// NewCorrelator makes a correlator for the function. Of its configuration it
// uses the ID, the timeout, and whether it runs on managed instances, where
// one environment serves several requests at once. Streams that are named after
// another function, in a log group that several share, are left out. For a
// function without a name, as that of a saved log, each invocation is of the
// function that its own START line names.
func NewCorrelator(fn sources.Function) *Correlator {
	timeout := fn.Timeout
	if timeout <= 0 {
		timeout = maxTimeout
		if fn.ManagedInstances {
			timeout = maxManagedTimeout
		}
	}
	return &Correlator{
		fn:       fn,
		timeout:  timeout,
		requests: make(map[string]*request),
		streams:  make(map[string]*stream),
		running:  make(map[*request]struct{}),
		words:    make(map[string]string),
		starts:   make(map[startKey]*details),
		seed:     maphash.MakeSeed(),
		now:      untimed,
		horizon:  untimed,
		newest:   untimed,
		clock:    clock{untimed},
	}
}

// Add takes events and gives the invocations that are new or have changed, in
// order of their start. Events that were added before change nothing. When an
// earlier attempt of a request turns up late, the later ones are numbered
// anew, and all of them are given.
func (c *Correlator) Add(events []sources.LogEvent) []sources.Invocation {
	for i := range events {
		c.event(&events[i])
	}
	return c.flush()
}

// event takes in one event.
func (c *Correlator) event(e *sources.LogEvent) {
	r, _ := Parse(e.Message)
	c.record(e, &r)
}

// record takes in one event whose message has been parsed. It gives its
// request when the event is news about one, and nil otherwise.
func (c *Correlator) record(e *sources.LogEvent, r *Record) *request {
	at := instant(e.Time)
	if at == untimed {
		at = instant(r.Time)
	}
	s := c.stream(e.Stream)
	c.seen(s, at)
	if s.foreign || !relevant(r.Kind) {
		return nil
	}
	switch {
	case r.Kind == Start || r.Kind == Report:
		s.timed = at != untimed
	case at == untimed && c.ordered && s.timed:
		at = s.clock.at // it stands among lines that have times
	}
	p := position{at: at, order: rank(r.Kind), part: s.part}
	if at == untimed || c.ordered {
		c.sequence++
		p.order = c.sequence
		s.sequence = c.sequence
	}
	var id uint64
	if at == untimed && e.ID != "" {
		id = maphash.String(c.seed, e.ID) | 1
	}
	if r.RequestID == "" {
		c.mark(s, r, p, id)
		return nil
	}
	q := c.request(r.RequestID, p)
	if q == nil {
		return nil
	}
	l := line{position: p, kind: r.Kind, stream: s, event: id, details: c.keep(r)}
	if q.again(l, c.seed) {
		return nil
	}
	last, ok := q.insert(l, c.ordered)
	if !ok {
		return nil
	}
	if !last || q.stale || !c.extend(q, l) {
		q.stale = true
	}
	c.enqueue(q)
	return q
}

// seen takes in the time of a line, whatever it says.
func (c *Correlator) seen(s *stream, at int64) {
	if at == untimed {
		return
	}
	c.newest = max(c.newest, at)
	c.clock.tick(at)
	if s.clock.tick(at) && c.ordered && s.name == "" {
		s.part++
	}
	if !s.foreign {
		s.seen(at)
	}
}

// request finds or makes the request of this ID. It is nil for a line that
// has been forgotten.
func (c *Correlator) request(id string, p position) *request {
	q := c.requests[id]
	if q == nil {
		if p.at != untimed && p.at < c.horizon {
			return nil
		}
		q = &request{id: strings.Clone(id), floor: position{at: c.horizon}}
		q.lines, q.attempts = q.few[:0], q.one[:0]
		if old, ok := c.retired.byID[maphash.String(c.seed, id)]; ok {
			q.base, q.told = old.attempts, old.report
			if q.floor.less(old.floor) {
				q.floor = old.floor
			}
		}
		c.requests[q.id] = q
	}
	if p.at == untimed || q.floor.at == untimed {
		return q
	}
	if c.ordered && p.at <= q.floor.at || !c.ordered && !q.floor.less(p) {
		if len(q.lines) == 0 && len(q.attempts) == 0 {
			c.retire(q)
		}
		return nil
	}
	return q
}

// extend takes in a line that is the request's last one without reading all
// its attempts anew. It is false where that is not possible.
func (c *Correlator) extend(q *request, l line) bool {
	switch len(q.attempts) {
	case 0:
		if l.kind != Start || len(q.lines) != 1 {
			return false
		}
		a := q.attempt()
		*a = attempt{request: q, stream: l.stream, begin: l.position, start: l.details, startAt: l.position}
		q.attempts = append(q.attempts, a)
		l.stream.add(a)
		c.list(l.stream)
		return true
	case 1:
		a := q.attempts[0]
		if a.stream != l.stream || a.report != nil || l.kind == Start || len(q.lines) == 2 && a.start == nil {
			return false
		}
		if l.kind != Report {
			a.take(l)
			return true
		}
		if !plausible(a, l) || l.less(a.begin) {
			return false
		}
		a.report, a.end = l.details, l.position
		l.stream.ended(a)
		c.list(l.stream)
		return true
	}
	return false
}

// relevant tells whether lines of the kind say something about invocations.
func relevant(k Kind) bool {
	switch k {
	case Start, Report, RuntimeDone, InitStart, InitReport, RestoreStart, RestoreReport, XRay, TimeoutLine, ExitLine, RuntimeError:
		return true
	case Application, End, InitRuntimeDone, RestoreRuntimeDone, Extension, Subscription, LogsDropped, OtherPlatform, Malformed:
	}
	return false
}

// mark takes in a line without a request ID.
func (c *Correlator) mark(s *stream, r *Record, p position, id uint64) {
	switch r.Kind {
	case InitStart, InitReport, RestoreStart, RestoreReport, XRay, TimeoutLine, ExitLine, RuntimeError:
	default:
		return // a report or start always has one
	}
	if p.at != untimed && s.floor.at != untimed && !s.floor.less(p) {
		return
	}
	if s.insert(&mark{position: p, kind: r.Kind, event: id, details: c.keep(r)}, c.ordered) {
		c.list(s)
		if c.ordered && len(s.marks) >= s.crowd {
			c.thicken(s)
		}
	}
}

// stream finds or makes the stream of this name.
func (c *Correlator) stream(name string) *stream {
	if c.current != nil && c.current.name == name {
		return c.current
	}
	s := c.streams[name]
	if s == nil {
		s = newStream(strings.Clone(name), !c.fn.ManagedInstances)
		s.ordered, s.timeout = c.ordered, c.timeout
		owner := StreamFunction(name)
		s.foreign = owner != "" && c.fn.ID.Name != "" && owner != c.fn.ID.Name
		c.streams[s.name] = s
	}
	c.current = s
	return s
}

// keep copies what is needed of a record, so that the message can go.
func (c *Correlator) keep(r *Record) *details {
	if r.Kind == Start && r.TraceID == "" {
		return c.plainStart(r)
	}
	d := &details{
		duration: r.Duration, billed: r.Billed, init: r.Init,
		restore: r.Restore, billedRestore: r.BilledRestore,
		memory: r.MemoryMB, maxMemory: r.MaxMemoryMB,
		version:   c.word(r.Version),
		arn:       c.word(r.FunctionARN),
		status:    c.word(r.Status),
		errorType: c.word(r.ErrorType),
		reason:    c.word(r.Reason),
		traceID:   strings.Clone(r.TraceID),
		sampled:   r.Sampled,
		json:      r.Format == sources.LogJSON,
	}
	switch r.Kind {
	case InitStart, InitReport, RestoreStart, RestoreReport:
		d.boot = &boot{
			phase:      c.word(r.Phase),
			initType:   c.word(r.InitType),
			runtime:    c.word(r.RuntimeVersion),
			runtimeARN: c.word(r.RuntimeVersionARN),
		}
	default:
	}
	return d
}

// plainStart gives the details of a START line without a trace, which are the
// same for most of them.
func (c *Correlator) plainStart(r *Record) *details {
	key := startKey{r.Version, r.FunctionARN, r.Format == sources.LogJSON}
	if d := c.starts[key]; d != nil {
		return d
	}
	d := &details{version: c.word(r.Version), arn: c.word(r.FunctionARN), json: key.json}
	if len(c.starts) < maxWords {
		c.starts[startKey{d.version, d.arn, key.json}] = d
	}
	return d
}

type startKey struct {
	version string
	arn     string
	json    bool
}

// maxWords bounds the table of short strings.
const maxWords = 4096

// word copies a string that many records share once.
func (c *Correlator) word(s string) string {
	if s == "" {
		return ""
	}
	if w, ok := c.words[s]; ok {
		return w
	}
	s = strings.Clone(s)
	if len(c.words) < maxWords {
		c.words[s] = s
	}
	return s
}

func (c *Correlator) enqueue(q *request) {
	if !q.queued {
		q.queued = true
		c.queue = append(c.queue, q)
	}
}

func (c *Correlator) list(s *stream) {
	if !s.listed {
		s.listed = true
		c.pending = append(c.pending, s)
	}
}

// flush brings everything up to date and gives the invocations that differ
// from what was given before.
func (c *Correlator) flush() []sources.Invocation {
	c.refresh()
	for i := 0; i < len(c.queue); i++ { //nolint:intrange // the queue grows meanwhile
		c.spread(c.queue[i])
	}
	var changed []change
	for _, q := range c.queue {
		q.queued = false
		open := false
		for i, a := range q.attempts {
			inv := c.resolve(a, q.base+i+1)
			open = open || a.running
			h := maphash.Comparable(c.seed, inv)
			if a.reported && a.hash == h {
				continue
			}
			a.reported, a.hash = true, h
			changed = append(changed, change{inv, a.begin})
		}
		if open {
			c.running[q] = struct{}{}
		} else {
			delete(c.running, q)
		}
	}
	clear(c.queue)
	c.queue = c.queue[:0]
	return inOrder(changed)
}

// refresh brings attempts, spans and owners up to date.
func (c *Correlator) refresh() {
	for _, q := range c.queue {
		if q.stale {
			c.rebuild(q)
		}
	}
	for _, s := range c.pending {
		s.merge()
	}
	for _, s := range c.pending {
		s.listed = false
		s.settle(func(a *attempt) { c.enqueue(a.request) })
	}
	clear(c.pending)
	c.pending = c.pending[:0]
}

// spread sees to it that the requests after those that have changed are looked
// at again, where what has changed matters to them.
func (c *Correlator) spread(q *request) {
	for _, a := range q.attempts {
		outcome, _ := c.outcome(a)
		if crashed := crashes(outcome); !a.linked || crashed != a.crashed {
			a.linked, a.crashed = true, crashed
			if next := a.stream.after(a); next != nil {
				c.enqueue(next.request)
			}
		}
	}
}

// change is an invocation that is new or differs from what was given before.
type change struct {
	inv sources.Invocation
	at  position
}

// inOrder gives the invocations by their place in the log.
func inOrder(changed []change) []sources.Invocation {
	if len(changed) == 0 {
		return nil
	}
	slices.SortFunc(changed, func(a, b change) int {
		return cmp.Or(
			a.at.compare(b.at),
			strings.Compare(a.inv.RequestID, b.inv.RequestID),
			cmp.Compare(a.inv.Attempt, b.inv.Attempt),
		)
	})
	list := make([]sources.Invocation, len(changed))
	for i := range changed {
		list[i] = changed[i].inv
	}
	return list
}

// rebuild reads the attempts of a request anew.
func (c *Correlator) rebuild(q *request) {
	q.stale = false
	old := q.attempts
	for _, a := range old {
		if next := a.stream.after(a); next != nil {
			c.enqueue(next.request)
		}
		a.stream.drop(a)
		c.list(a.stream)
	}
	q.attempts = q.build()
	for i, a := range q.attempts {
		if i < len(old) {
			a.reported, a.hash = old[i].reported, old[i].hash
			if a.stream == old[i].stream {
				a.heir, a.doubt = old[i].heir, old[i].doubt
			}
		}
		a.stream.add(a)
		c.list(a.stream)
	}
}

// Settle says what time it is: invocations that have begun, have no report
// and are older than their function's timeout become [sources.Unknown]. It
// gives those that have changed. A report that comes later still counts. Time
// only moves forward.
func (c *Correlator) Settle(now time.Time) []sources.Invocation {
	at := instant(now)
	if at <= c.now {
		return nil
	}
	c.now = at
	for q := range c.running {
		c.enqueue(q)
	}
	return c.flush()
}
