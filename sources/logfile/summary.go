package logfile

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"fntop/sources"
)

// Summary adds up invocations, in bounded memory for any number of them. The
// zero value is empty and ready.
type Summary struct {
	invocations int64
	cold, warm  int64
	outcomes    map[sources.Outcome]int64
	errors      map[string]int64
	otherErrors int64
	billed      time.Duration
	gbSeconds   float64
	unbilled    int64
	first, last time.Time
	functions   map[sources.FunctionID]struct{}

	duration, init, restore, memory samples
}

// maxErrorTypes bounds how many error types are counted apart.
const maxErrorTypes = 1000

// Add counts an invocation.
func (s *Summary) Add(inv sources.Invocation) {
	if s.outcomes == nil {
		s.outcomes = make(map[sources.Outcome]int64)
		s.errors = make(map[string]int64)
	}
	s.invocations++
	if len(s.functions) < maxErrorTypes {
		if s.functions == nil {
			s.functions = make(map[sources.FunctionID]struct{})
		}
		s.functions[inv.Function] = struct{}{}
	}
	s.outcomes[inv.Outcome]++
	if inv.ErrorType != "" {
		if _, ok := s.errors[inv.ErrorType]; ok || len(s.errors) < maxErrorTypes {
			s.errors[inv.ErrorType]++
		} else {
			s.otherErrors++
		}
	}
	if cold, ok := inv.Cold.Get(); ok {
		if cold {
			s.cold++
		} else {
			s.warm++
		}
	}
	billed, known := inv.Billed.Get()
	memory, sized := inv.MemoryMB.Get()
	if known && sized {
		s.billed += billed
		s.gbSeconds += billed.Seconds() * float64(memory) / 1024
	} else {
		s.unbilled++
	}
	if start, ok := inv.Start.Get(); ok {
		if s.first.IsZero() || start.Before(s.first) {
			s.first = start
		}
		if start.After(s.last) {
			s.last = start
		}
	}
	add(&s.duration, inv.Duration, time.Microsecond)
	add(&s.init, inv.Init, time.Microsecond)
	add(&s.restore, inv.Restore, time.Microsecond)
	add(&s.memory, inv.MaxMemoryMB, 1)
}

// add adds a known value; unit is the least difference that matters.
func add[T ~int | ~int64](s *samples, v sources.Opt[T], unit T) {
	if n, ok := v.Get(); ok {
		s.add(int64(n), int64(unit))
	}
}

// Totals is what a Summary has added up.
type Totals struct {
	Invocations int64
	// Functions are those whose invocations they are, in order, a thousand at
	// most. What the log does not tell of them is empty.
	Functions []sources.FunctionID
	// Cold and Warm count the invocations of which it is known; ColdRate is
	// the cold ones' share of these, 0 to 1.
	Cold, Warm int64
	ColdRate   sources.Opt[float64]
	Outcomes   map[sources.Outcome]int64
	// Errors are the error types, the most frequent first. OtherErrors counts
	// those beyond the first thousand types.
	Errors      []ErrorCount
	OtherErrors int64
	// First and Last are when the first and the last invocation began, UTC.
	First, Last sources.Opt[time.Time]
	// Billed and GBSeconds are of the invocations whose billed duration and
	// memory are known; Unbilled counts the others.
	Billed    time.Duration
	GBSeconds float64
	Unbilled  int64

	Duration  Distribution[time.Duration]
	Init      Distribution[time.Duration]
	Restore   Distribution[time.Duration]
	MaxMemory Distribution[int] // MB, in Lambda's sense of 1,024 KB
}

// ErrorCount is how often an error type came.
type ErrorCount struct {
	Type  string
	Count int64
}

// Distribution is how values are distributed. With a Count of 0 the others
// say nothing. A percentile is the smallest value that at least so many of a
// hundred are not above (the nearest rank).
type Distribution[T ~int | ~int64] struct {
	Count              int64
	Min, Max           T
	Mean               float64
	P50, P90, P95, P99 T
	// Exact is false when there were so many values that the percentiles are
	// off by up to a thousandth.
	Exact bool
}

// Totals gives what has been added up so far.
func (s *Summary) Totals() Totals {
	t := Totals{
		Invocations: s.invocations, Cold: s.cold, Warm: s.warm,
		Outcomes:    make(map[sources.Outcome]int64, len(s.outcomes)),
		OtherErrors: s.otherErrors,
		Billed:      s.billed, GBSeconds: s.gbSeconds, Unbilled: s.unbilled,
		Duration: distribution[time.Duration](&s.duration), Init: distribution[time.Duration](&s.init),
		Restore: distribution[time.Duration](&s.restore), MaxMemory: distribution[int](&s.memory),
	}
	if known := s.cold + s.warm; known > 0 {
		t.ColdRate = sources.Some(float64(s.cold) / float64(known))
	}
	maps.Copy(t.Outcomes, s.outcomes)
	t.Functions = slices.SortedFunc(maps.Keys(s.functions), sources.FunctionID.Compare)
	for kind, n := range s.errors {
		t.Errors = append(t.Errors, ErrorCount{kind, n})
	}
	slices.SortFunc(t.Errors, func(a, b ErrorCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Type, b.Type))
	})
	if !s.first.IsZero() {
		t.First, t.Last = sources.Some(s.first), sources.Some(s.last)
	}
	return t
}

// maxExact is how many values are kept as they are.
const maxExact = 1 << 15

// maxValueKept bounds what a histogram tells apart: about a year in
// nanoseconds. What is greater counts as that.
const maxValueKept = 1 << 55

// samples holds values: each of them while they are few, and a histogram when
// they are many.
type samples struct {
	count    int64
	sum      float64
	min, max int64
	exact    []int64
	sorted   bool
	many     *hdrhistogram.Histogram
}

func (s *samples) add(v, unit int64) {
	if s.count == 0 || v < s.min {
		s.min = v
	}
	if s.count == 0 || v > s.max {
		s.max = v
	}
	s.count++
	s.sum += float64(v)
	switch {
	case s.many != nil:
		s.record(v)
	case len(s.exact) < maxExact:
		s.exact, s.sorted = append(s.exact, v), false
	default:
		s.many = hdrhistogram.New(unit, maxValueKept, 3)
		for _, old := range s.exact {
			s.record(old)
		}
		s.record(v)
		s.exact = nil
	}
}

func (s *samples) record(v int64) {
	_ = s.many.RecordValue(min(max(v, 0), maxValueKept)) // it fails for values out of this range alone
}

func (s *samples) quantile(q float64) int64 {
	if s.many != nil {
		return min(max(s.many.ValueAtQuantile(q), s.min), s.max)
	}
	if !s.sorted {
		slices.Sort(s.exact)
		s.sorted = true
	}
	rank := int(math.Ceil(q / 100 * float64(len(s.exact))))
	return s.exact[max(rank, 1)-1]
}

func distribution[T ~int | ~int64](s *samples) Distribution[T] {
	if s.count == 0 {
		return Distribution[T]{Exact: true}
	}
	return Distribution[T]{
		Count: s.count, Min: T(s.min), Max: T(s.max), Mean: s.sum / float64(s.count),
		P50: T(s.quantile(50)), P90: T(s.quantile(90)), P95: T(s.quantile(95)), P99: T(s.quantile(99)),
		Exact: s.many == nil,
	}
}
