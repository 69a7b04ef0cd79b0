package spending

import (
	"time"

	"fntop/sources"
)

// Usage is what functions used in a span, hour by hour. The functions may be
// of several accounts and regions.
type Usage struct {
	Span Span
	Used []Used
	// Deleted are functions that changes in the span tell to have been deleted.
	// Those that are not among Used cost something that is not known.
	Deleted []Deleted
}

// Deleted is a function that was deleted.
type Deleted struct {
	Function sources.FunctionID
	At       time.Time
}

// Used is what one function used, or what a log group took in that several
// functions share. Its lists are by hour from the span's start; NaN is an hour
// that is not known.
type Used struct {
	// Function is whose usage it is, as it is configured today. Of a shared log
	// group only account and region are set.
	Function sources.Function
	// Group is the name of a log group that several functions share, whose
	// bytes are told for all of them together; "" for a function.
	Group string

	Requests     []float64 // Invocations
	Milliseconds []float64 // of Duration, without the init of cold starts
	Provisioned  []float64 // of Requests, those on provisioned concurrency
	// LogBytes is what the log group took in. It is nil where the function has
	// no log group of its own.
	LogBytes []float64

	// Memory is when the function's memory was set, oldest first. What it was
	// before the first is not known from it: a change tells only the new memory.
	// With none, all hours are taken to have had today's memory.
	Memory []MemoryStep
	// MemorySince is from when all changes of memory are in Memory; zero where
	// that is not known.
	MemorySince time.Time
	// Kept is how many environments provisioned concurrency keeps ready, as it
	// is set today, and KeptSince from when it is all set so. It is taken to have
	// been so from the first hour in which something ran on it, where that is
	// earlier. See [ReadSettings].
	Kept      sources.Opt[int]
	KeptSince sources.Opt[time.Time]
	// Sample is what REPORT lines tell that metrics do not; unknown for a
	// function none were read of.
	Sample sources.Opt[Sample]

	shared bool // its log group is another's too
	final  int  // how many hours have been read for good
}

// MemoryStep is a memory that was set.
type MemoryStep struct {
	At time.Time
	MB int
}

// Sample is what REPORT lines of the month told of a function.
type Sample struct {
	// From and To are the ends of what was looked at for cold starts, and Looked
	// how long the spans of it are together: less than To - From where there
	// was too much to read it all.
	From, To time.Time
	Looked   time.Duration
	Whole    bool // it is all of the month so far
	// Requests are the invocations in those spans, by the metric, and Cold the
	// cold starts among them.
	Requests float64
	Cold     int
	// Init is what the cold starts were billed for inits and restores,
	// together, and InitError the standard error of that as a rate of requests,
	// relative to it; unknown from one span.
	Init      time.Duration
	InitError sources.Opt[float64]
	// Restores are the cold starts that were restores of a snapshot.
	Restores int
	// InitMean is how long init or restore took the cold requests, on average.
	InitMean sources.Opt[time.Duration]

	// Reports is how many reports of any kind were read, the newest, and
	// Rounding how much the durations among them were rounded up for the bill,
	// on average.
	Reports  int
	Rounding sources.Opt[time.Duration]
	// MaxMemoryMB is the most memory that the reports show in use.
	MaxMemoryMB sources.Opt[int]
	// Memory is the memory that the reports were run with, oldest first.
	Memory []MemorySeen
}

// MemorySeen is a memory that reports show, from the first to the last of them
// that follow each other with the same.
type MemorySeen struct {
	From, To time.Time
	MB       int
}

// initMS is the milliseconds billed for inits for each request. ok is false
// when there was no request to tell from.
func (s *Sample) initMS() (ms float64, ok bool) {
	if !(s.Requests > 0) {
		return 0, false
	}
	return float64(s.Init) / float64(time.Millisecond) / s.Requests, true
}
