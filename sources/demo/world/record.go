package world

// cause is why an invocation waited for an init.
type cause uint8

const (
	warm cause = iota
	causeDeploy
	causeConfig
	causeScaleOut
	causeIdle
	causeRecycled
	causeCrash
	causeFirst
)

// String is the cause as truth spells it.
func (c cause) String() string {
	switch c {
	case causeDeploy:
		return "deploy"
	case causeConfig:
		return "config-change"
	case causeScaleOut:
		return "scale-out"
	case causeIdle:
		return "idle"
	case causeRecycled:
		return "recycled"
	case causeCrash:
		return "crash"
	case causeFirst:
		return "first"
	case warm:
	}
	return ""
}

// record is one invocation as it happened.
type record struct {
	at      int64  // ms: arrival; the init of a cold start begins here
	start   int64  // ms: the handler starts
	created int64  // ms: its environment was created
	minute  int64  // with index its identity
	index   uint32 //
	card    uint32
	dur     uint32 // µs: Duration of the report
	init    uint32 // µs: init or restore of a new environment
	hidden  uint32 // µs: init that is part of dur
	busy    uint16 // invocations running when it arrived, itself included
	slot    uint16 // which of the function's environments
	memory  uint16 // MB: high-water mark of the environment
	pool    uint8  // index into chunk.pools
	attempt uint8
	mode    mode
	outcome outcome
	cause   cause
	flags   flag
}

type flag uint8

const (
	flagSampled     flag = 1 << iota // X-Ray traces it
	flagProvisioned                  // ran in a provisioned environment
	flagFresh                        // first invocation of its environment
	flagFailedInit                   // its init phase failed
)

func (r *record) has(f flag) bool { return r.flags&f != 0 }

// run is how long the handler itself ran, µs.
func (r *record) run() int64 { return int64(r.dur) - int64(r.hidden) }

// end is when it ended, µs.
func (r *record) end() int64 { return r.start*1000 + r.run() }

// failed tells whether it counts as an error.
func (r *record) failed() bool { return r.outcome != fine }

// dropped tells whether its event is given up after it.
func (r *record) dropped() bool { return r.attempt == attempts && r.failed() }

// chunk is what a function did in a span of time.
type chunk struct {
	from, to int64    // ms
	records  []record // that arrived in it, by arrival
	throttle []int64  // ms: requests turned away
	carry    []uint16 // invocations in flight as each minute begins
	pools    []*pool  // that the records ran in
	oldest   int64    // ms: earliest start of a record; to when there is none
	latest   int64    // ms: latest end of a record, rounded up
}

// settle fills in what follows from the records.
func (c *chunk) settle() {
	c.oldest, c.latest = c.to, c.from
	for i := range c.records {
		r := &c.records[i]
		c.oldest = min(c.oldest, r.start)
		c.latest = max(c.latest, ceilMS(r.end()))
	}
}

// poolOf is the pool that the record ran in.
func (c *chunk) poolOf(r *record) *pool { return c.pools[r.pool] }
