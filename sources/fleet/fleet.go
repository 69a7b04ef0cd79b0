package fleet

import (
	"maps"
	"slices"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/poll"
)

// Fleet is everything known about the functions. It has one owner, which
// applies answers and publishes snapshots; nothing of it is shared but those.
type Fleet struct {
	config  Config
	records []*record
	index   map[sources.FunctionID]int
	ids     []sources.FunctionID // what Functions gives; nil when that has changed
	windows []sources.Window
	// keep is how long cold starts are remembered: as long as the longest
	// window there has been, so that going back to it finds them.
	keep time.Duration

	chunks     [][]*Function
	dirty      map[int]bool // chunks to copy before the next snapshot
	newIndex   bool
	lines      map[lineKey]*Lines
	newLines   bool
	traces     map[poll.TraceRef]*Trace
	newTraces  bool
	journal    *journal
	changes    *changeLog
	scopeStats map[sources.Scope]*scopeHealth
}

// Config is what a fleet needs of the world.
type Config struct {
	// Correlator makes a correlator for a function. It may give nil when the
	// function's source is not open.
	Correlator func(fn sources.Function) sources.Correlator
	// Price is what usage of a function costs in USD; ok is false when there
	// is no price for it.
	Price func(fn sources.Function, u Usage) (usd float64, ok bool)
}

// Usage is what a number of invocations of one function used.
type Usage struct {
	Invocations int64
	// Billed is the summed billed duration, init included.
	Billed time.Duration
}

type record struct {
	pub       *Function
	cold      *coldStarts
	focus     *follower
	listed    time.Time         // when somebody last wanted its traces; zero when there are none
	permitted []sources.Trigger // what else than event source mappings invokes it
}

type scopeHealth struct {
	catalog, activity, metrics, logs, traces Health
	living                                   map[sources.FunctionID]bool // of the reading of activity under way
	swept                                    bool                        // its activity has been read to the end
	total                                    *Function
	listed                                   int
	complete                                 bool
	listing                                  map[sources.FunctionID]bool // of the listing under way

	changes, tagging, mapping, concurrency Health

	// changesSince and changesThrough bound what has been shown of what was done.
	changesSince, changesThrough time.Time
	tags                         map[sources.FunctionID]map[string]string // as last read to the end
	tagged                       time.Time                                // when that was
	mapped                       map[sources.FunctionID][]sources.Trigger // nil while nobody has read them
	limits                       sources.Opt[sources.ConcurrencyLimits]
}

// New is an empty fleet.
func New(c Config) *Fleet {
	return &Fleet{
		config:     c,
		index:      make(map[sources.FunctionID]int),
		dirty:      make(map[int]bool),
		lines:      make(map[lineKey]*Lines),
		traces:     make(map[poll.TraceRef]*Trace),
		journal:    newJournal(),
		changes:    newChangeLog(),
		scopeStats: make(map[sources.Scope]*scopeHealth),
	}
}

// Functions are the IDs of all functions, in the order of discovery.
// The result must not be changed.
func (f *Fleet) Functions() []sources.FunctionID {
	if f.ids == nil {
		f.ids = make([]sources.FunctionID, 0, len(f.records))
		for _, r := range f.records {
			if !r.pub.Gone {
				f.ids = append(f.ids, r.pub.ID)
			}
		}
	}
	return f.ids
}

// Readable tells whether the function's log group is known.
func (f *Fleet) Readable(id sources.FunctionID) bool {
	fn := f.function(id)
	return fn != nil && fn.Configured && fn.Config.LogGroup != ""
}

// Idle tells whether the function is known to have had no invocation in the
// window.
func (f *Fleet) Idle(id sources.FunctionID, w sources.Window) bool {
	fn := f.function(id)
	if fn == nil {
		return false
	}
	n, ok := fn.Row(w).Invocations.Get()
	return ok && n == 0
}

// Config gives the configuration of a function; ok is false while unlisted.
func (f *Fleet) Config(id sources.FunctionID) (sources.Function, bool) {
	fn := f.function(id)
	if fn == nil || !fn.Configured {
		return sources.Function{}, false
	}
	return fn.Config, true
}

func (f *Fleet) function(id sources.FunctionID) *Function {
	if i, ok := f.index[id]; ok {
		return f.records[i].pub
	}
	return nil
}

// SetWindows says which windows the rows are computed over.
func (f *Fleet) SetWindows(windows []sources.Window, now time.Time) {
	if slices.Equal(windows, f.windows) {
		return
	}
	f.windows = slices.Clone(windows)
	for _, w := range windows {
		start, _ := poll.SeriesSpan(w, now)
		f.keep = max(f.keep, now.Sub(start)+time.Minute)
	}
	for _, r := range f.records {
		f.change(r.pub.ID, func(fn *Function) { f.computeRows(fn, now) })
	}
	for _, h := range f.scopeStats {
		if h.total != nil {
			h.total = f.total(h.total, func(fn *Function) {}, now)
		}
	}
}

// change replaces a function by a changed copy, making one that is new.
func (f *Fleet) change(id sources.FunctionID, edit func(*Function)) {
	r := f.record(id)
	c := *r.pub
	edit(&c)
	if c.Gone != r.pub.Gone {
		f.ids = nil
	}
	r.pub = &c
	f.dirty[f.index[id]/chunkSize] = true
}

func (f *Fleet) record(id sources.FunctionID) *record {
	if i, ok := f.index[id]; ok {
		return f.records[i]
	}
	i := len(f.records)
	f.ids = nil
	r := &record{pub: &Function{ID: id, Config: sources.Function{ID: id}, Reader: id.Scope()}}
	f.introduce(r.pub)
	f.records = append(f.records, r)
	if !f.newIndex {
		// The old map belongs to snapshots that are out.
		index := make(map[sources.FunctionID]int, len(f.index)+chunkSize)
		maps.Copy(index, f.index)
		f.index, f.newIndex = index, true
	}
	f.index[id] = i
	f.dirty[i/chunkSize] = true
	return r
}

func (f *Fleet) scope(s sources.Scope) *scopeHealth {
	h := f.scopeStats[s]
	if h == nil {
		h = new(scopeHealth)
		f.scopeStats[s] = h
	}
	return h
}

// note records how a call went.
func (h *Health) note(err error, now time.Time) {
	if err == nil {
		*h = Health{Good: now}
		return
	}
	if sources.KindOf(err) == sources.Cancelled {
		return
	}
	h.Bad, h.Err = now, err
}

// ofPlace is what an error about one function says about its place: that
// something of the function is not there says that the place answers.
func ofPlace(err error) error {
	if err != nil && sources.KindOf(err) == sources.NotFound {
		return nil
	}
	return err
}

// ApplyFunctions takes a page of a scope's catalogue.
func (f *Fleet) ApplyFunctions(s sources.Scope, page []sources.Function, now time.Time) {
	h := f.scope(s)
	if h.listing == nil {
		h.listing = make(map[sources.FunctionID]bool)
	}
	for i := range page {
		config := page[i]
		h.listing[config.ID] = true
		have := f.function(config.ID)
		tagged := h.tag(&config, have)
		if have != nil && have.Configured && !have.Gone && sameConfig(have.Config, config) {
			continue
		}
		f.change(config.ID, func(fn *Function) {
			fn.Config, fn.Configured, fn.Gone, fn.Reader, fn.Tagged = config, true, false, s, tagged
			if h.swept && !fn.Active.Known() {
				fn.Active = sources.Some(false) // it would have been named
			}
			f.computeRows(fn, now)
		})
	}
	h.listed = max(h.listed, len(h.listing))
}

// EndListing notes that the listing of a scope ended, well or badly. A
// complete one tells which functions are gone.
func (f *Fleet) EndListing(s sources.Scope, err error, now time.Time) {
	h := f.scope(s)
	h.catalog.note(err, now)
	seen := h.listing
	h.listing = nil
	if err != nil {
		return
	}
	h.listed, h.complete = len(seen), true
	for _, r := range f.records {
		if r.pub.ID.Scope() == s && !seen[r.pub.ID] && !r.pub.Gone {
			f.change(r.pub.ID, func(fn *Function) { fn.Gone = true })
		}
	}
}

// sameConfig tells whether two configurations are alike. Tags are compared by
// content.
func sameConfig(a, b sources.Function) bool {
	ta, tb := a.Tags, b.Tags
	a.Tags, b.Tags = nil, nil
	if len(ta) != len(tb) {
		return false
	}
	for k, v := range ta {
		if w, ok := tb[k]; !ok || v != w {
			return false
		}
	}
	return comparableConfig(a) == comparableConfig(b)
}

// comparableConfig is every field but the tags, which cannot be compared
// with ==.
func comparableConfig(c sources.Function) any {
	return struct {
		id                                               sources.FunctionID
		arn, runtime, version, state, desc, group, level string
		arch                                             sources.Architecture
		memory, ephemeral                                int
		timeout                                          time.Duration
		pack                                             sources.PackageType
		size                                             int64
		modified                                         time.Time
		format                                           sources.LogFormat
		tracing                                          sources.TracingMode
		snap, managed, durable                           bool
		provisioned, reserved                            sources.Opt[int]
	}{
		c.ID, c.ARN, c.Runtime, c.Version, c.State, c.Description, c.LogGroup, c.SystemLogLevel,
		c.Architecture, c.MemoryMB, c.EphemeralMB, c.Timeout, c.PackageType, c.CodeSize, c.LastModified,
		c.LogFormat, c.Tracing, c.SnapStart, c.ManagedInstances, c.Durable, c.ProvisionedConcurrency, c.ReservedConcurrency,
	}
}

// Publish makes a snapshot of what is known now. It costs what has changed
// since the last one.
func (f *Fleet) Publish(now time.Time, places []Place, bill meter.Bill) *Snapshot {
	if len(f.dirty) > 0 {
		chunks := slices.Clone(f.chunks)
		for i := range f.dirty {
			from, to := i*chunkSize, min((i+1)*chunkSize, len(f.records))
			chunk := make([]*Function, 0, to-from)
			for _, r := range f.records[from:to] {
				chunk = append(chunk, r.pub)
			}
			for len(chunks) <= i {
				chunks = append(chunks, nil)
			}
			chunks[i] = chunk
		}
		f.chunks = chunks
		clear(f.dirty)
	}
	f.newIndex, f.newLines, f.newTraces = false, false, false
	f.journal.release(now)
	for i := range places {
		p := &places[i]
		if h := f.scopeStats[sources.Scope{Cloud: p.Cloud, Account: p.Account, Region: p.Region}]; h != nil {
			p.Listed, p.Complete = h.listed, h.complete
			p.Catalog, p.Activity, p.Metrics, p.Logs, p.Traces = h.catalog, h.activity, h.metrics, h.logs, h.traces
			p.Changes, p.Tags, p.Triggers, p.Concurrency, p.Limits = h.changes, h.tagging, h.mapping, h.concurrency, h.limits
			p.Total = h.total
		}
	}
	return &Snapshot{
		At: now, Places: places, Bill: bill, Journal: f.journal.view(),
		chunks: f.chunks, index: f.index, lines: f.lines, traces: f.traces, changes: listed(f.changes.all),
	}
}
