package sources

import "time"

// Outcome is how an invocation ended.
type Outcome string

// The outcomes. An invocation that has begun and has not ended is Running
// until its function's timeout has passed, and then Unknown: never OK.
const (
	OK          Outcome = "ok"
	Failed      Outcome = "error"         // the handler returned or threw an error
	TimedOut    Outcome = "timeout"       // the function's timeout passed
	OutOfMemory Outcome = "out-of-memory" // killed at its memory limit
	Exited      Outcome = "exit"          // the runtime process ended
	InitFailed  Outcome = "init-error"    // the init before the handler failed
	Running     Outcome = "running"
	Unknown     Outcome = "unknown"
)

// Invocation is one run of a handler, as far as it is known.
type Invocation struct {
	Function  FunctionID
	RequestID string
	// Attempt counts the runs that share a request ID, from 1: retries of an
	// asynchronous event are separate invocations.
	Attempt     int
	Environment string // log stream of the execution environment
	Version     string

	// Start is when the handler started, UTC. It is the time of the START
	// line where there was one, and else the report's time less the duration.
	Start Opt[time.Time]
	// Reported is when the platform wrote the report, UTC; unknown while the
	// invocation runs and for log lines without a time.
	Reported Opt[time.Time]

	Duration Opt[time.Duration] // handler only
	Billed   Opt[time.Duration] // whole milliseconds, with init as billed
	// Init is the init phase of a cold start as the report gives it.
	Init Opt[time.Duration]
	// Restore and BilledRestore belong to SnapStart.
	Restore       Opt[time.Duration]
	BilledRestore Opt[time.Duration]

	MemoryMB    Opt[int] // configured at the time of the run
	MaxMemoryMB Opt[int] // high-water mark of the environment

	// Cold is whether the request waited for an init or a restore; unknown
	// without a report.
	Cold      Opt[bool]
	Outcome   Outcome
	ErrorType string // such as "Runtime.OutOfMemory" or the exception's type

	TraceID string // X-Ray form "1-xxxxxxxx-…"; empty when not traced
	Sampled bool   // the trace can be fetched
}

// InvocationKey identifies an invocation within a function.
type InvocationKey struct {
	RequestID string
	Attempt   int
}

// Key identifies the invocation within its function.
func (inv Invocation) Key() InvocationKey {
	return InvocationKey{RequestID: inv.RequestID, Attempt: inv.Attempt}
}

// LogEvent is one event of a log stream. Message is as the cloud sent it and
// may hold several lines, control bytes and invalid UTF-8.
type LogEvent struct {
	ID       string    // unique within the log group; empty when the input has none
	Time     time.Time // zero when the input has none
	Ingested time.Time // when the cloud made it readable; zero when unknown
	Stream   string
	Message  string
}

// LogSelect says which lines of a function are wanted.
type LogSelect int

const (
	// LogPlatform is every line the platform writes about an invocation, and
	// the runtime's own lines about errors: enough to correlate invocations.
	LogPlatform LogSelect = iota
	// LogCold is only the reports of invocations with an init or a restore.
	LogCold
	// LogAll is every line.
	LogAll
)

// LogQuery asks for log events of one function.
type LogQuery struct {
	Function  FunctionID
	Group     string // Function.LogGroup
	Format    LogFormat
	Select    LogSelect
	Streams   []string // only these streams; empty means all
	RequestID string   // only lines that carry it; empty means all
	Start     time.Time
	End       time.Time // exclusive
	// NewestFirst asks for the newest events first, so that a limit keeps
	// what a reader wants to see.
	NewestFirst bool
	// Limit ends the reading after about so many events; 0 means all.
	Limit int
}

// LogPage is what a log query found, or one part of it.
type LogPage struct {
	Events []LogEvent
	// Truncated means that Limit ended the reading before its end.
	Truncated bool
}

// MaxTailGroups is how many log groups one tail may follow (CloudWatch Logs
// API reference, StartLiveTail).
const MaxTailGroups = 10

// TailQuery says whose log events are to be followed.
type TailQuery struct {
	// Functions are of one scope, with at most [MaxTailGroups] log groups
	// between them.
	Functions []Function
	// Filter is a filter pattern in the cloud's own language; empty takes
	// every event.
	Filter string
}

// TailEvent is a log event of one of the functions of a tail. Its ID is empty:
// the cloud gives none here, so that an event cannot be told from the same one
// read by [LogReader].
type TailEvent struct {
	Function FunctionID
	LogEvent
}

// TailUpdate is what has come in since the last one.
type TailUpdate struct {
	Events []TailEvent // by time; may be empty
	// Sampled means that there were more events than these: the cloud hands
	// over 500 at most.
	Sampled bool
	// Renewed means that a new session began with this update: what came in
	// between the two is missing.
	Renewed bool
}
