package sources

import (
	"strconv"
	"time"
)

// Trace is one request's way through services, as a tree of spans.
type Trace struct {
	ID       string
	Start    time.Time     // the earliest start of any span, UTC
	Duration time.Duration // from Start to the latest known end
	Spans    []*Span       // the roots, by start time
	// Partial means that documents are missing or unfinished: the trace can
	// still grow and is asked for again.
	Partial bool
}

// Span is one segment or subsegment.
type Span struct {
	ID       string
	ParentID string
	Name     string
	// Kind is the origin of a segment ("AWS::Lambda", "AWS::Lambda::Function")
	// or the namespace of a subsegment ("aws", "remote"); empty for local ones.
	Kind string
	// Resource is what was called: an operation and the thing it was called
	// on, such as "GetObject uploads"; empty when the document has none.
	Resource string
	Start    time.Time          // UTC; may lie before the parent's start by clock skew; zero when unknown
	Duration Opt[time.Duration] // unknown while in progress
	Error    bool               // 4xx
	Fault    bool               // 5xx
	Throttle bool               // 429
	Status   Opt[int]           // HTTP status of the response
	// ColdInit marks the init or restore of a cold start.
	ColdInit bool
	// Orphan marks a span whose parent is not in the trace.
	Orphan      bool
	RequestID   string // the Lambda request ID, where the segment carries it
	Annotations map[string]string
	Exception   *Exception
	Children    []*Span // by start time
}

// Exception is what a span failed with.
type Exception struct {
	Type    string
	Message string
	Remote  bool
	Stack   []string // one frame a line, outermost last
}

// MostNoted is how many services, and how many annotations, a summary holds.
const MostNoted = 20

// TraceSummary is a trace as a search finds it.
type TraceSummary struct {
	ID    string
	Start time.Time // UTC
	// Duration is from the start to the end of the last segment, and Response
	// until the caller had its answer: shorter where work goes on behind it.
	// A trace that is Partial may still grow.
	Duration Opt[time.Duration]
	Response Opt[time.Duration]
	Error    bool     // 4xx
	Fault    bool     // 5xx
	Throttle bool     // 429
	Partial  bool     // not all of its segments have arrived
	Status   Opt[int] // HTTP status of the response
	// Services are the names of those it went through, the entry first, each
	// once, and Annotations what was noted on it, by name, with values that may
	// be cut: the first [MostNoted] of both.
	Services    []string
	Annotations []Setting
}

// TraceQuery asks for traces that went through a function.
type TraceQuery struct {
	Function FunctionID
	Start    time.Time
	End      time.Time
	Limit    int // 0 means all
}

// TraceTime is when the request of an X-Ray trace began, to the second, which
// its ID tells: "1-" and the time since 1970 in eight hexadecimal digits (X-Ray
// Developer Guide, "Trace ID format"). ok is false for an ID of another form.
func TraceTime(id string) (t time.Time, ok bool) {
	if len(id) < len("1-00000000-") || id[:2] != "1-" || id[10] != '-' {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseUint(id[2:10], 16, 32)
	if err != nil {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}
