// Package plain tells in sentences what changes in a fleet, for screen
// readers, logs and pipes: what a person would see on the dashboard, said once
// when it happens.
//
// # Rules
//
//   - A [Watch] takes one snapshot after the other and gives lines. It is pure:
//     the time is handed in.
//   - Nothing repeats and nothing flaps. What has begun is told once, and that
//     it is over once it has been quiet for a while; a state that lasts a moment
//     is not told at all.
//   - A line is ASCII but for names, which are cleaned, and begins with the
//     time of day.
package plain

import (
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/events"
	"fntop/sources/fleet"
	"fntop/ui/format"
)

// Options say what is watched, and how.
type Options struct {
	// Window is what figures are computed over.
	Window sources.Window
	// Zone is the zone of clock times; nil means UTC.
	Zone *time.Location
	// Label is a name for what is watched, such as a profile; may be empty.
	Label string
	// Every is how often a line of totals is given; 0 means five minutes.
	Every time.Duration
	// MetricUSD is the price of one billed metric.
	MetricUSD float64
}

// Totals are the figures of all functions together over the window.
type Totals struct {
	Functions int
	Active    sources.Opt[int]
	PerMinute sources.Opt[float64] // invocations
	Errors    sources.Opt[float64] // per invocation
	Cold      sources.Opt[float64] // cold starts per invocation
	CostHour  sources.Opt[float64] // dollars an hour
	Throttles sources.Opt[int64]
	Age       sources.Opt[time.Duration] // of the newest metric minute
	// PartTraffic, PartThrottles and PartCost tell that the figure is of a part of the
	// functions only: there is at least so much.
	PartTraffic, PartThrottles, PartCost bool
}

const (
	usualEvery = 5 * time.Minute
	// patience is how long the first line waits for everything to be read.
	patience = 30 * time.Second
	// settling is how long after the first line figures of the whole fleet may
	// still move because more of it is read.
	settling = 3 * time.Minute
)

// Watch turns snapshots into lines. Make it with [New]; it is used by one
// goroutine.
type Watch struct {
	opts  Options
	lines []string
	snap  *fleet.Snapshot
	total Totals
	now   time.Time

	first  time.Time // the first snapshot
	begun  time.Time // the first line of totals; zero before
	status time.Time // the last one

	finder   events.Finder
	episodes map[topic]*episode
	seen     []*fleet.Function // by their place in the snapshot, for what was modified
	slow     map[sources.FunctionID]*gauge
	errors   gauge
	cold     gauge

	places  map[part]*health
	reached held // the budget

	twice map[string]bool // names that several functions have
	named int             // how many functions twice is of
}

// New makes a watch that has told nothing yet.
func New(o Options) *Watch {
	if o.Every <= 0 {
		o.Every = usualEvery
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	return &Watch{
		opts: o, episodes: make(map[topic]*episode), slow: make(map[sources.FunctionID]*gauge),
		places: make(map[part]*health), twice: make(map[string]bool),
	}
}

// Take gives the lines that a snapshot is worth, often none. It is also to be
// called now and then with the same one, since some things are told because
// time has passed.
func (w *Watch) Take(snap *fleet.Snapshot, t Totals, now time.Time) []string {
	w.lines, w.snap, w.total, w.now = nil, snap, t, now
	if w.first.IsZero() {
		w.first = now
	}
	w.names()
	w.health()
	if w.begun.IsZero() {
		if !w.ready() {
			return w.lines
		}
		w.begun, w.status = now, now
		w.begin()
	}
	w.budget()
	w.happened()
	w.modified()
	w.gauges()
	if now.Sub(w.status) >= w.opts.Every {
		w.status = now
		w.sayf("totals: %s", w.Status())
	}
	return w.lines
}

// ready tells that enough is known for a first line.
func (w *Watch) ready() bool {
	if w.now.Sub(w.first) >= patience {
		return true
	}
	for i := range w.snap.Places {
		p := &w.snap.Places[i]
		if p.State == fleet.Opening || p.State == fleet.Open && !p.Complete && p.Catalog.Err == nil {
			return false
		}
	}
	return w.snap.Settled
}

// names finds the names that do not tell functions apart.
func (w *Watch) names() {
	if w.named == w.snap.Len() {
		return
	}
	w.named = w.snap.Len()
	clear(w.twice)
	have := make(map[string]bool, w.named)
	for i := range w.named {
		name := w.snap.Function(i).ID.Name
		if have[name] {
			w.twice[name] = true
		}
		have[name] = true
	}
}

// name is how a function is called.
func (w *Watch) name(id sources.FunctionID) string {
	if w.twice[id.Name] {
		return sources.Clean(id.Name + " (" + strings.TrimSpace(id.Account+" "+id.Region) + ")")
	}
	return sources.Clean(id.Name)
}

// at is a time of the day.
func (w *Watch) at(t time.Time) string { return t.In(w.opts.Zone).Format("15:04") }

// Line is a line that begins with the time.
func (w *Watch) Line(now time.Time, text string) string {
	return format.ClockSeconds(now.In(w.opts.Zone)) + " " + text
}
