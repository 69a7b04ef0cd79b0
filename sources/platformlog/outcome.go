package platformlog

import (
	"cmp"
	"strings"
	"time"

	"fntop/sources"
)

// proactiveGap is the time between the start of an init and the first request
// from which on the init was not done for that request: an init on demand is
// cut after ten seconds (Lambda Developer Guide, "Understanding the Lambda
// execution environment lifecycle"; the rule is also that of Datadog's agent).
const proactiveGap = 10 * time.Second

// proactiveIdle is how long the environment must have been idle after that
// init. An init of nearly ten seconds is not a proactive one.
const proactiveIdle = time.Second

// resolve makes the invocation of an attempt.
func (c *Correlator) resolve(a *attempt, number int) sources.Invocation {
	inv := sources.Invocation{
		Function:    c.fn.ID,
		RequestID:   a.request.id,
		Attempt:     number,
		Environment: a.stream.name,
	}
	if r := a.report; r != nil {
		inv.Reported = a.end.time()
		inv.Start = a.begin.time()
		inv.Version = r.version
		inv.Duration, inv.Billed = r.duration, r.billed
		inv.Init, inv.Restore, inv.BilledRestore = r.init, r.restore, r.billedRestore
		inv.MemoryMB, inv.MaxMemoryMB = r.memory, r.maxMemory
		inv.Cold = sources.Some(a.cold() || !r.init.Known() && !r.restore.Known() && c.afterCrash(a))
		if !r.duration.Known() {
			inv.Start = sources.Opt[time.Time]{}
		}
		traced(&inv, r)
	} else if a.done != nil {
		inv.Duration = a.done.duration
	}
	if a.start != nil {
		inv.Start = a.startAt.time()
		inv.Version = cmp.Or(a.start.version, inv.Version)
		if id, ok := sources.ParseFunctionARN(a.start.arn); ok && c.fn.ID.Name == "" {
			inv.Function = id
		}
		traced(&inv, a.start)
	}
	if a.done != nil {
		traced(&inv, a.done)
	}
	for _, m := range a.marks {
		if m.kind == XRay {
			traced(&inv, m.details)
		}
	}
	inv.Version = cmp.Or(inv.Version, streamVersion(a.stream.name))
	inv.Outcome, inv.ErrorType = c.outcome(a)
	a.running = inv.Outcome == sources.Running
	a.crashed = crashes(inv.Outcome)
	return inv
}

// crashes tells whether Lambda starts the runtime anew after this outcome.
func crashes(o sources.Outcome) bool {
	switch o {
	case sources.TimedOut, sources.OutOfMemory, sources.Exited, sources.InitFailed:
		return true
	default:
		return false
	}
}

// afterCrash tells whether the request before this one in its environment
// ended the runtime. The runtime is then started again within this request,
// and the report's duration holds that init without naming it (Lambda
// Developer Guide, "Failures during the invoke phase").
func (c *Correlator) afterCrash(a *attempt) bool {
	s := a.stream
	if !s.exclusive || s.name == "" {
		return false
	}
	if a.report.json && !a.report.billed.Known() {
		return false // managed instances go on when one request fails
	}
	before := s.before(a)
	tail := s.past.tail // what has been forgotten may be nearer
	switch {
	case a.heir != heirOfNone && (before == nil || !tail.less(before.begin)):
		return a.heir == heirOfCrash
	case before == nil, before.report == nil && before.begin.less(tail) && a.begin.at >= tail.at:
		return s.past.tailCrashed && a.begin.at >= tail.at
	case before.report != nil && a.begin.at < before.end.at:
		return false // both at once: not one environment
	case before.dead:
		return before.crashed
	}
	outcome, _ := c.outcome(before)
	return crashes(outcome)
}

// traced sets the trace of an invocation that has none yet.
func traced(inv *sources.Invocation, d *details) {
	if inv.TraceID == "" && d.traceID != "" {
		inv.TraceID, inv.Sampled = d.traceID, d.sampled
	}
}

// streamVersion is the version in a stream's name: "2026/11/23/[42]abc…", or
// "2026/11/23/function[42]abc…" in a group that several functions share.
func streamVersion(name string) string {
	_, version, _ := strings.Cut(name, "[")
	version, _, ok := strings.Cut(version, "]")
	if !ok || version != "$LATEST" && strings.Trim(version, "0123456789") != "" {
		return ""
	}
	return version
}

// StreamFunction is the function in a stream's name, in a log group that
// several functions share: "2026/11/23/function[42]abc…" (Lambda Developer
// Guide, "Configuring CloudWatch log groups"). It is empty for other streams.
func StreamFunction(name string) string {
	if len(name) < 12 || name[4] != '/' || name[7] != '/' || name[10] != '/' {
		return ""
	}
	function, _, ok := strings.Cut(name[11:], "[")
	if !ok {
		return ""
	}
	return function
}

// evidence is what the lines between START and REPORT say.
type evidence struct {
	timeout     bool
	exit        *details // joined from the exit lines; nil when there are none
	failure     *details
	jsonFailure *details
	// bad is the last report about an init or a restore when it failed.
	bad *details
}

func (a *attempt) evidence() evidence {
	ev := evidence{timeout: a.timeout != nil, exit: a.exit, failure: a.failure, jsonFailure: a.jsonFailure}
	for _, m := range a.marks {
		switch m.kind {
		case TimeoutLine:
			ev.timeout = true
		case ExitLine:
			ev.exit = joinExit(ev.exit, m.details)
		case RuntimeError:
			if m.details.json {
				ev.jsonFailure = m.details
			} else {
				ev.failure = m.details
			}
		case InitReport, RestoreReport:
			ev.bad = nil
			if failed(m.details.status) {
				ev.bad = m.details
			}
		default:
		}
	}
	return ev
}

// joinExit joins the two lines Lambda writes about one exit.
func joinExit(a, b *details) *details {
	if a == nil {
		return b
	}
	joined := *a
	joined.errorType = cmp.Or(a.errorType, b.errorType)
	joined.reason = cmp.Or(a.reason, b.reason)
	return &joined
}

func failed(status string) bool { return status == StatusError || status == StatusTimeout }

// outcome tells how an attempt ended and with which error type.
func (c *Correlator) outcome(a *attempt) (sources.Outcome, string) {
	ev := a.evidence()
	if a.report == nil {
		return c.unreported(a, ev)
	}
	status, errorType := a.report.status, a.report.errorType
	if status == "" && a.done != nil {
		status, errorType = a.done.status, a.done.errorType
	}
	switch status {
	case StatusSuccess:
		return sources.OK, ""
	case StatusTimeout:
		return sources.TimedOut, errorType
	case StatusFailure:
		return sources.Failed, cmp.Or(errorType, ev.failureType(true))
	case StatusError:
		return a.crash(errorType, ev)
	case "":
		return a.withoutStatus(errorType, ev)
	}
	if errorType != "" {
		return a.crash(errorType, ev)
	}
	return sources.Unknown, ""
}

// withoutStatus is the outcome of a report without a status, as those in text
// format are unless the environment failed, and all of them were before 2024.
func (a *attempt) withoutStatus(errorType string, ev evidence) (sources.Outcome, string) {
	switch {
	case ev.timeout:
		return sources.TimedOut, errorType
	case errorType != "" || ev.exit != nil:
		return a.crash(errorType, ev)
	case ev.failure != nil || a.report.json && ev.jsonFailure != nil:
		return sources.Failed, ev.failureType(a.report.json)
	case a.doubt:
		return sources.Unknown, ""
	}
	return sources.OK, ""
}

// unreported is the outcome of an attempt without a report.
func (c *Correlator) unreported(a *attempt, ev evidence) (sources.Outcome, string) {
	settled := c.now != untimed && (a.begin.at == untimed || c.now > a.begin.after(c.timeout).at)
	switch {
	case ev.timeout:
		return sources.TimedOut, ""
	case ev.exit != nil:
		return a.crash("", ev)
	case a.done != nil && a.done.status == StatusTimeout:
		return sources.TimedOut, a.done.errorType
	case a.done != nil && a.done.status == StatusError:
		return a.crash(a.done.errorType, ev)
	case a.done != nil && a.done.status == StatusFailure:
		return sources.Failed, cmp.Or(a.done.errorType, ev.failureType(true))
	case ev.failure != nil:
		return sources.Failed, ev.failureType(false)
	case !settled:
		return sources.Running, ""
	}
	return sources.Unknown, ""
}

// failureType is the exception's type as the runtime's line gives it. Lines in
// JSON count only where the platform has said that the handler failed.
func (ev evidence) failureType(json bool) string {
	switch {
	case ev.failure != nil:
		return ev.failure.errorType
	case json && ev.jsonFailure != nil:
		return ev.jsonFailure.errorType
	}
	return ""
}

// crash tells apart what can end a runtime process.
func (a *attempt) crash(errorType string, ev evidence) (sources.Outcome, string) {
	if ev.exit != nil {
		errorType = cmp.Or(errorType, ev.exit.errorType)
	}
	switch {
	case errorType == "Runtime.OutOfMemory":
		return sources.OutOfMemory, errorType
	case errorType == "Sandbox.Timedout":
		return sources.TimedOut, errorType
	case isInitError(errorType), ev.bad != nil && duringInvoke(ev.bad) && (ev.bad.errorType == errorType || errorType == ""):
		return sources.InitFailed, cmp.Or(errorType, badType(ev.bad))
	case ev.exit != nil && strings.Contains(ev.exit.reason, "signal: killed") && a.memoryFull():
		return sources.OutOfMemory, errorType
	case errorType == "", isErrorType(errorType):
		return sources.Exited, errorType
	}
	return sources.Failed, errorType
}

func badType(d *details) string {
	if d == nil {
		return ""
	}
	return d.errorType
}

// duringInvoke tells whether a failed init is the one that an invocation
// waited for: the first one, of phase "init", is tried again.
func duringInvoke(d *details) bool { return d.boot == nil || d.boot.phase != PhaseInit }

// isInitError tells whether the error type is one that only an init can have.
func isInitError(t string) bool {
	switch t {
	case "Runtime.ImportModuleError", "Runtime.UserCodeSyntaxError", "Runtime.HandlerNotFound",
		"Runtime.MalformedHandlerName", "Runtime.BadFunctionCode", "Runtime.InvalidEntrypoint",
		"Runtime.InvalidWorkingDir", "Runtime.BuiltInModuleConflict",
		"Runtime.BeforeSnapshotError", "Runtime.AfterRestoreError":
		return true
	}
	return false
}

// memoryFull tells whether the environment has used all its memory.
func (a *attempt) memoryFull() bool {
	if a.report == nil {
		return false
	}
	size, ok := a.report.memory.Get()
	used, known := a.report.maxMemory.Get()
	return ok && known && size > 0 && used >= size
}

// cold tells whether the lines about the request and its environment's init say
// that it waited for an init or a restore. The report says so by their
// durations, unless the environment had been prepared before the request came.
// An init that failed and was repeated within the invocation is in no duration
// of its own; its report tells of it.
func (a *attempt) cold() bool {
	var begun *mark
	initType := ""
	failedOnce, repeated := false, false
	for _, m := range a.marks {
		switch m.kind {
		case InitStart, RestoreStart:
			if m.less(a.begin) {
				begun = m
			}
			initType = cmp.Or(m.details.boot.initType, initType)
		case InitReport, RestoreReport:
			failedOnce = failedOnce || failed(m.details.status)
			initType = cmp.Or(m.details.boot.initType, initType)
			repeated = repeated || m.details.boot.phase == PhaseInvoke ||
				m.kind == RestoreReport && failed(m.details.status)
		default:
		}
	}
	took := a.report.init.OrElse(a.report.restore)
	if !took.Known() {
		return repeated
	}
	if initType == InitProvisioned || initType == InitManaged {
		return false
	}
	if begun == nil || failedOnce || begun.at == untimed || begun.part != a.begin.part || a.stream.name == "" && a.stream.concurrent {
		return true
	}
	gap := time.Duration(a.begin.at - begun.at)
	return gap <= proactiveGap || gap-took.Or(0) <= proactiveIdle
}
