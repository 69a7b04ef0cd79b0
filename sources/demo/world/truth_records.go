package world

import (
	"slices"

	"fntop/sources"
	"fntop/sources/demo"
)

// Place is where a record belongs.
type Place struct {
	Function string `json:"function"`
	Region   string `json:"region"`
	Account  string `json:"account"`
}

func placeOf(f *function) Place {
	return Place{Function: f.name, Region: f.regionName(), Account: account}
}

// InvocationRecord is one invocation. Cold tells whether the request waited
// for an init or a restore, also for one that no report shows: after a crash
// the init is hidden in the duration.
type InvocationRecord struct {
	Type string `json:"type"` // "invocation"
	Time string `json:"time"` // the handler started
	Place
	RequestID   string   `json:"request_id"`
	Attempt     int      `json:"attempt"`
	Environment string   `json:"environment"`
	Version     string   `json:"version"`
	DurationMS  float64  `json:"duration_ms"`
	BilledMS    int64    `json:"billed_ms"`
	InitMS      *float64 `json:"init_ms"`
	RestoreMS   *float64 `json:"restore_ms"`
	MemoryMB    int      `json:"memory_mb"`
	MaxMemoryMB int      `json:"max_memory_mb"`
	Cold        bool     `json:"cold"`
	Outcome     string   `json:"outcome"`
	ErrorType   *string  `json:"error_type"`
	TraceID     *string  `json:"trace_id"`
	Sampled     bool     `json:"sampled"`
	CostUSD     *float64 `json:"cost_usd"`
}

// ColdStartRecord is a request that waited for an init, with the true cause.
type ColdStartRecord struct {
	Type string `json:"type"` // "cold_start"
	Time string `json:"time"` // the handler started
	Place
	RequestID   string   `json:"request_id"`
	Environment string   `json:"environment"`
	InitMS      float64  `json:"init_ms"` // or the restore, or the init hidden in the duration
	Cause       string   `json:"cause"`
	Before      int      `json:"concurrency_before"` // invocations in flight when it arrived
	After       int      `json:"concurrency_after"`  // the same, with it
	IdleS       *float64 `json:"idle_s"`             // since the function's last invocation ended; null while one runs
}

// ChangeRecord is a call that changed a function. A change can take several:
// new code of a function that publishes versions is uploaded, published, and
// the alias moved to it.
type ChangeRecord struct {
	Type string `json:"type"` // "change"
	Time string `json:"time"` // the call was made; a full second
	Place
	Kind    string  `json:"kind"` // "code", "configuration", "version", "alias", "create" or "delete"
	Who     string  `json:"who"`  // as CloudTrail's Username has it
	Via     *string `json:"via"`  // the service that called for them; null when they did it themselves
	What    string  `json:"what"` // Lambda's operation, such as "UpdateFunctionCode"
	Version string  `json:"version"`
	// As CloudTrail has it:
	Event   string `json:"event_name"`
	EventID string `json:"event_id"`
}

// TriggerRecord is something that invokes a function, at the end of the
// window.
type TriggerRecord struct {
	Type string `json:"type"` // "trigger"
	Place
	Kind      string           `json:"kind"`      // as [demo.TriggerKind]
	Source    string           `json:"source"`    // ARN; of a function URL the address
	State     string           `json:"state"`     // "Enabled" or "Disabled"
	Qualifier *string          `json:"qualifier"` // the alias that is invoked; null for the function itself
	ID        string           `json:"id"`        // UUID of the mapping, or the policy's statement ID
	Modified  string           `json:"last_modified"`
	Settings  *TriggerSettings `json:"settings"`
}

// TriggerSettings are the settings that the kind of trigger has.
type TriggerSettings struct {
	BatchSize      *int     `json:"batch_size,omitempty"`
	WindowS        *float64 `json:"window_s,omitempty"`
	MaxConcurrency *int     `json:"maximum_concurrency,omitempty"`
	Position       *string  `json:"starting_position,omitempty"`
	Parallel       *int     `json:"parallelization_factor,omitempty"`
	LastResult     *string  `json:"last_processing_result,omitempty"`
	Bucket         *string  `json:"bucket,omitempty"`
	Events         []string `json:"events,omitempty"`
	Prefix         *string  `json:"prefix,omitempty"`
	Suffix         *string  `json:"suffix,omitempty"`
	Rule           *string  `json:"rule,omitempty"`
	Schedule       *string  `json:"schedule,omitempty"`
	Public         *bool    `json:"public,omitempty"`
	OnFailure      *string  `json:"on_failure,omitempty"`
}

// FunctionRecord is a function with its figures over the window.
type FunctionRecord struct {
	Type string `json:"type"` // "function"
	Place
	ARN            string   `json:"arn"`
	Runtime        string   `json:"runtime"`
	Arch           string   `json:"arch"`
	MemoryMB       int      `json:"memory_mb"`
	TimeoutS       int      `json:"timeout_s"`
	Package        string   `json:"package"`
	LastModified   string   `json:"last_modified"`
	LogGroup       string   `json:"log_group"`
	Invocations    int64    `json:"invocations"`
	Errors         int64    `json:"errors"`
	Throttles      int64    `json:"throttles"`
	AverageMS      *float64 `json:"duration_avg_ms"`
	P50MS          *float64 `json:"duration_p50_ms"`
	P95MS          *float64 `json:"duration_p95_ms"`
	P99MS          *float64 `json:"duration_p99_ms"`
	ConcurrencyMax int64    `json:"concurrency_max"`
	ColdStarts     int64    `json:"cold_starts"`
	ColdRate       *float64 `json:"cold_rate"`
	InitP50MS      *float64 `json:"init_p50_ms"`
	InitP95MS      *float64 `json:"init_p95_ms"`
	CostPerMillion *float64 `json:"cost_per_million_usd"`
	CostUSD        *float64 `json:"cost_usd"`
}

func (*InvocationRecord) record() {}
func (*ColdStartRecord) record()  {}
func (*ChangeRecord) record()     {}
func (*TriggerRecord) record()    {}
func (*FunctionRecord) record()   {}

func (w *World) invocationRecord(v invocation) *InvocationRecord {
	r := v.r
	rec := &InvocationRecord{
		Type: "invocation", Time: stamp(r.start), Place: placeOf(v.f),
		RequestID: v.requestID(), Attempt: int(r.attempt), Environment: v.stream(), Version: v.p.config.version,
		DurationMS: ms(int64(r.dur)), BilledMS: v.billedMS(),
		MemoryMB: v.p.config.memory, MaxMemoryMB: int(r.memory),
		Cold: v.cold(), Outcome: string(r.outcome.result()), Sampled: r.has(flagSampled),
	}
	if us := v.initShown(); us > 0 {
		rec.InitMS = new(ms(us))
	}
	if us, _ := v.restore(); us > 0 {
		rec.RestoreMS = new(ms(us))
	}
	if kind := v.errorType(); kind != "" {
		rec.ErrorType = &kind
	}
	if id := v.traceID(); id != "" {
		rec.TraceID = &id
	}
	if w.price != nil {
		if usd, ok := w.price(v.source(), v.known(), r.has(flagProvisioned)); ok {
			rec.CostUSD = &usd
		}
	}
	return rec
}

// source is the function as it was configured for the invocation.
func (v invocation) source() sources.Function {
	fn := v.f.source(v.p.begin.at)
	fn.Version = v.p.config.version
	return fn
}

func (w *World) coldRecord(v invocation) *ColdStartRecord {
	r := v.r
	us := int64(r.init)
	if us == 0 {
		us = int64(r.hidden)
	}
	rec := &ColdStartRecord{
		Type: "cold_start", Time: stamp(r.start), Place: placeOf(v.f),
		RequestID: v.requestID(), Environment: v.stream(), InitMS: ms(us), Cause: r.cause.String(),
		Before: int(r.busy) - 1, After: int(r.busy),
	}
	if r.busy == 1 {
		if last, ok := w.lastEnd(v.f, r.at); ok {
			rec.IdleS = new(float64(r.at*1000-last) / 1e6)
		}
	}
	return rec
}

// lastEnd is when the last invocation before a time had ended, µs; ok is false
// when there was none for a week.
func (w *World) lastEnd(f *function, before int64) (us int64, ok bool) {
	s := w.borrow()
	defer w.scratches.Put(s)
	oldest := before - 7*dayMS
	for minute := floorDiv(before, minuteMS); minute*minuteMS > oldest; minute-- {
		all := w.arrivalsIn(f, minute, s)
		if len(all) == 0 || all[0].at >= before {
			continue
		}
		// The latest end is among those that arrived in the time that an
		// invocation can take.
		w.chunksIn(f, minute*minuteMS-f.longest, before, func(c *chunk) bool {
			for i := range c.records {
				if r := &c.records[i]; r.at < before && r.end() <= before*1000 {
					us, ok = max(us, r.end()), true
				}
			}
			return true
		})
		if ok {
			return us, true
		}
	}
	return 0, false
}

func changeRecord(d deed) *ChangeRecord {
	by := d.actor()
	return &ChangeRecord{
		Type: "change", Time: stamp(d.at()), Place: placeOf(d.f), Kind: d.api.kind,
		Who: by.Name(), Via: given(by.Via), What: d.api.operation,
		Version: d.f.configAt(d.f.effective(d.c)).version, Event: d.api.event, EventID: d.id(),
	}
}

// given is a value, or nothing where it is zero.
func given[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func triggerRecord(f *function, t demo.Trigger) *TriggerRecord {
	rec := &TriggerRecord{
		Type: "trigger", Place: placeOf(f), Kind: string(t.Kind), Source: t.Source, State: t.State,
		Qualifier: given(t.Qualifier), ID: t.ID, Modified: stamp(t.Modified.UnixMilli()),
		Settings: &TriggerSettings{OnFailure: given(t.OnFailure)},
	}
	set := rec.Settings
	if m := t.Mapping; m != nil {
		set.BatchSize, set.WindowS = &m.BatchSize, new(m.Window.Seconds())
		set.MaxConcurrency, set.Position = given(m.MaxConcurrency), given(m.StartingPosition)
		set.Parallel, set.LastResult = given(m.Parallel), given(m.LastResult)
	}
	if n := t.Notify; n != nil {
		set.Bucket, set.Events = &n.Bucket, n.Events
		set.Prefix, set.Suffix = given(n.Prefix), given(n.Suffix)
	}
	if r := t.Rule; r != nil {
		set.Rule, set.Schedule = &r.Name, given(r.Schedule)
	}
	if u := t.URL; u != nil {
		set.Public = &u.Public
	}
	return rec
}

func (w *World) functionRecord(f *function, t *figures, at int64) *FunctionRecord {
	fn := f.source(at)
	rec := &FunctionRecord{
		Type: "function", Place: placeOf(f), ARN: fn.ARN, Runtime: fn.Runtime, Arch: string(fn.Architecture),
		MemoryMB: fn.MemoryMB, TimeoutS: f.timeout, Package: string(fn.PackageType),
		LastModified: stamp(fn.LastModified.UnixMilli()), LogGroup: fn.LogGroup,
		Invocations: t.n, Errors: t.errs, Throttles: t.throttles, ConcurrencyMax: t.busy, ColdStarts: t.cold,
	}
	if t.n > 0 {
		rec.AverageMS = new(ms(t.us) / float64(t.n))
		rec.P50MS, rec.P95MS, rec.P99MS = percentiles(t.durations)
		rec.ColdRate = new(float64(t.cold) / float64(t.n))
		if !t.unpriced {
			rec.CostUSD = new(t.usd)
			rec.CostPerMillion = new(t.usd / float64(t.n) * 1e6)
		}
	}
	if len(t.inits) > 0 {
		rec.InitP50MS, rec.InitP95MS, _ = percentiles(t.inits)
	}
	return rec
}

// percentiles gives p50, p95 and p99 in milliseconds.
func percentiles(us []uint32) (p50, p95, p99 *float64) {
	a := aggregate{values: slices.Clone(us)}
	return new(a.percentile(50) / 1000), new(a.percentile(95) / 1000), new(a.percentile(99) / 1000)
}
