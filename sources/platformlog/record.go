package platformlog

import (
	"time"

	"fntop/sources"
)

// Kind is what a log event is.
type Kind uint8

// The kinds of log events.
const (
	// Application is a line of the function's own code.
	Application Kind = iota
	// Start is START and platform.start: a request was handed to the runtime.
	Start
	// End is END: the runtime has answered.
	End
	// Report is REPORT and platform.report: duration, bill and memory.
	Report
	// RuntimeDone is platform.runtimeDone.
	RuntimeDone
	// InitStart is INIT_START and platform.initStart.
	InitStart
	// InitRuntimeDone is platform.initRuntimeDone.
	InitRuntimeDone
	// InitReport is INIT_REPORT and platform.initReport.
	InitReport
	// RestoreStart is RESTORE_START and platform.restoreStart.
	RestoreStart
	// RestoreRuntimeDone is platform.restoreRuntimeDone.
	RestoreRuntimeDone
	// RestoreReport is RESTORE_REPORT and platform.restoreReport.
	RestoreReport
	// Extension is EXTENSION and platform.extension.
	Extension
	// Subscription is TELEMETRY, LOGS and platform.telemetrySubscription.
	Subscription
	// LogsDropped is platform.logsDropped: log lines are missing.
	LogsDropped
	// XRay is the trace line of a report that came as an event of its own.
	XRay
	// TimeoutLine is "… Task timed out after 3.00 seconds", which Lambda wrote
	// before its REPORT lines had a status.
	TimeoutLine
	// ExitLine is "RequestId: … Error: Runtime exited …" and the line
	// "Runtime.ExitError" after it, of the same age.
	ExitLine
	// RuntimeError is the runtime's own line about a failed handler.
	RuntimeError
	// OtherPlatform is a platform.* record of a type that is not known here,
	// such as those of Lambda Web Functions.
	OtherPlatform
	// Malformed begins like a platform line and cannot be read.
	Malformed
)

// Platform tells whether Lambda itself has written the line, readable or not.
func (k Kind) Platform() bool { return k != Application && k != RuntimeError }

// The values of Record.Status (Telemetry API event schema, "Status").
const (
	StatusSuccess = "success"
	StatusFailure = "failure" // the function returned an error
	StatusError   = "error"   // the environment or the runtime failed
	StatusTimeout = "timeout"
)

// The values of Record.Phase and Record.InitType (Telemetry API event schema,
// "InitPhase" and "InitType").
const (
	PhaseInit      = "init"
	PhaseInvoke    = "invoke" // an init repeated inside an invocation
	PhaseSnapStart = "snap-start"

	InitOnDemand    = "on-demand"
	InitProvisioned = "provisioned-concurrency"
	InitSnapStart   = "snap-start"
	InitManaged     = "lambda-managed-instances"
)

// Record is one platform or runtime line. Which fields are set depends on the
// kind; what a line does not say is empty or unknown. Strings are as in the
// log and point into the parsed message.
type Record struct {
	Kind   Kind
	Format sources.LogFormat // of this line

	// Time is the line's own time, UTC. Only JSON lines have one.
	Time      time.Time
	RequestID string
	Version   string // of the function: "$LATEST" or a number
	TenantID  string
	// FunctionARN is whose request it is, on platform.start records, with the
	// version or alias that was asked for. FunctionName is whose init it is,
	// on platform.initStart records.
	FunctionARN  string
	FunctionName string

	Duration sources.Opt[time.Duration] // of the handler
	Billed   sources.Opt[time.Duration]
	// Init is the init phase, on REPORT and INIT_REPORT lines.
	Init sources.Opt[time.Duration]
	// Restore is the restore phase, on REPORT and RESTORE_REPORT lines.
	Restore       sources.Opt[time.Duration]
	BilledRestore sources.Opt[time.Duration]
	MemoryMB      sources.Opt[int] // MiB, in Lambda's spelling "MB"
	MaxMemoryMB   sources.Opt[int]

	Status    string // one of the Status constants, or empty
	ErrorType string
	// Reason is the rest of an ExitLine after "Error: ".
	Reason string

	InitType          string
	Phase             string
	RuntimeVersion    string // such as "python:3.13.v31"
	RuntimeVersionARN string

	TraceID   string // X-Ray form "1-xxxxxxxx-…"
	SegmentID string
	Sampled   bool

	ResponseLatency  sources.Opt[time.Duration]
	ResponseDuration sources.Opt[time.Duration]
	ProducedBytes    sources.Opt[int64]

	Name  string // of an extension or subscriber
	State string
	Type  string // the type member of a JSON record, such as "platform.report"
}

// Parse reads one log event. ok is true when the event is a platform line or a
// runtime line about an error, Malformed ones included; for an application
// line it is false and nothing was allocated. A message may hold several
// lines, as a REPORT with its XRAY line does.
func Parse(message string) (r Record, ok bool) {
	if len(message) == 0 {
		return r, false
	}
	if message[0] <= ' ' { // as copied logs and "aws logs tail --format json" have it
		if message = trimLeft(message); message == "" {
			return r, false
		}
	}
	switch c := message[0]; {
	case c == '{':
		parseJSON(message, &r)
	case textFirst(c):
		parseText(message, &r)
	}
	if r.Kind == Application {
		parseRuntimeError(message, &r)
	}
	return r, r.Kind != Application
}

// trimLeft cuts white space off the front.
func trimLeft(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t' || s[0] == '\r' || s[0] == '\n') {
		s = s[1:]
	}
	return s
}
