package world

import (
	"slices"
	"strings"
	"sync"
	"time"

	"fntop/sources"
	"fntop/sources/demo"
)

var _ demo.Model = (*World)(nil)

const account = "123456789012"

// The size of a fleet.
const (
	DefaultFunctions = 28
	MinFunctions     = 24 // the named ones that the stories need
)

// Config is what a world is made from. The zero Config is the default fleet.
type Config struct {
	Seed uint64
	// Functions is the size of the fleet; 0 is [DefaultFunctions], less than
	// [MinFunctions] is MinFunctions.
	Functions int
	// Price gives what an invocation costs by the public price list, for
	// [World.Truth]; provisioned tells that it ran in a provisioned
	// environment. ok is false when the price is unknown. A nil Price knows
	// none.
	Price func(fn sources.Function, inv sources.Invocation, provisioned bool) (usd float64, ok bool)
	// KeepInvocations bounds the invocations kept in memory so that they need
	// not be simulated again, about 70 bytes each; 0 is 400,000, more than an hour of the
	// default fleet.
	KeepInvocations int
}

// World is a simulated fleet. It implements [demo.Model]; its methods may be
// called from several goroutines.
type World struct {
	functions []*function // in the order of the fleet
	regions   [len(regionTable)][]*function
	byName    [len(regionTable)]map[string]*function
	byGroup   [len(regionTable)]map[string][]*function

	price func(sources.Function, sources.Invocation, bool) (float64, bool)

	gaps *exponential

	chunks *cache[chunkKey, *chunk]
	pools  *cache[poolKey, *pool]
	hours  *cache[chunkKey, hour]
	sums   *cache[chunkKey, []minuteSum]
	// incoming is what arrived in the log groups, by blocks of minutes, and
	// middays what hours are reckoned from, by days.
	incoming *cache[chunkKey, *incomingBlock]
	middays  *cache[chunkKey, midday]
	inits    *cache[chunkKey, int64] // milliseconds, by days
	// messages are the queue's, by the minute in which they were sent.
	messages  *cache[chunkKey, []int64]
	scratches sync.Pool
	buckets   func() []demo.Bucket // made at the first question
}

// New makes a world. It computes nothing ahead of the questions.
func New(cfg Config) *World {
	n := cfg.Functions
	if n == 0 {
		n = DefaultFunctions
	}
	keep := cfg.KeepInvocations
	if keep <= 0 {
		keep = 400_000
	}
	weeks := newWeeks()
	w := &World{
		price:    cfg.Price,
		gaps:     newExponential(),
		chunks:   newCache[chunkKey, *chunk](keep),
		pools:    newCache[poolKey, *pool](16_384),
		hours:    newCache[chunkKey, hour](200_000),
		sums:     newCache[chunkKey, []minuteSum](600_000),
		incoming: newCache[chunkKey, *incomingBlock](50_000),
		middays:  newCache[chunkKey, midday](50_000),
		inits:    newCache[chunkKey, int64](50_000),
		messages: newCache[chunkKey, []int64](100_000),
	}
	w.scratches.New = func() any { return &scratch{} }
	for i := range w.byName {
		w.byName[i] = map[string]*function{}
		w.byGroup[i] = map[string][]*function{}
	}
	for i, s := range fleet(cfg.Seed, max(n, MinFunctions)) {
		f := newFunction(cfg.Seed, i, s, weeks)
		w.functions = append(w.functions, f)
		w.regions[s.region] = append(w.regions[s.region], f)
		w.byName[s.region][s.name] = f
		w.byGroup[s.region][f.logGroup()] = append(w.byGroup[s.region][f.logGroup()], f)
	}
	for _, f := range w.functions {
		if f.upstream != "" {
			f.up = w.byName[f.region][f.upstream]
		}
	}
	for i := range w.regions {
		slices.SortFunc(w.regions[i], func(a, b *function) int { return strings.Compare(a.name, b.name) })
	}
	w.buckets = sync.OnceValue(w.newBuckets)
	return w
}

// Account is the account number.
func (w *World) Account() string { return account }

// Regions are the regions the fleet lives in.
func (w *World) Regions() []string {
	names := make([]string, len(regionTable))
	for i, r := range regionTable {
		names[i] = r.name
	}
	return names
}

// Functions are the functions of a region, by name, as configured at asOf.
func (w *World) Functions(region string, asOf time.Time) []sources.Function {
	r, ok := regionIndex(region)
	if !ok {
		return nil
	}
	out := make([]sources.Function, 0, len(w.regions[r]))
	for _, f := range w.regions[r] {
		out = append(out, f.source(clamp(asOf)))
	}
	return out
}

// Active names the functions of a region that were invoked in [since, asOf),
// by name, at the cost of counting arrivals only.
func (w *World) Active(region string, since, asOf time.Time) []string {
	r, ok := regionIndex(region)
	if !ok {
		return nil
	}
	var names []string
	var s scratch
	for _, f := range w.regions[r] {
		if w.activeIn(f, floorDiv(clamp(since), minuteMS), floorDiv(clamp(asOf), minuteMS), &s) {
			names = append(names, f.name)
		}
	}
	return names
}

func (w *World) activeIn(f *function, from, to int64, s *scratch) bool {
	for m := to - 1; m >= from; m-- {
		if f.pattern == queued {
			if len(w.queueTimes(f, m, s)) > 0 {
				return true
			}
			continue
		}
		if usualN, surgeN := w.count(f, m); usualN+surgeN > 0 {
			return true
		}
	}
	return false
}

func regionIndex(name string) (uint8, bool) {
	for i := range regionTable {
		if regionTable[i].name == name {
			return uint8(i), true
		}
	}
	return 0, false
}
