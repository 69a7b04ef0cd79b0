package platformlog

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"fntop/sources"
)

// world writes the log of a made-up function and knows what truly happened.
type world struct {
	rng    *rand.Rand
	fn     sources.Function
	json   bool
	ids    bool // events have IDs
	events []sources.LogEvent
	truth  []sources.Invocation
	serial int
}

var epoch = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func newWorld(seed uint64) *world {
	rng := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a test needs the same numbers each time
	w := &world{rng: rng, json: rng.IntN(2) == 0, ids: rng.IntN(3) > 0}
	w.fn = sources.Function{
		ID:      sources.FunctionID{Cloud: sources.AWS, Account: "123456789012", Region: "us-east-1", Name: "orders"},
		Timeout: 3 * time.Second,
	}
	var retries []retry
	for env := range 1 + rng.IntN(4) {
		retries = append(retries, w.environment(env, nil)...)
	}
	for env := 10; len(retries) > 0 && env < 14; env++ {
		retries = w.environment(env, retries)
	}
	return w
}

type retry struct {
	id      string
	attempt int
	after   time.Time
}

func (w *world) emit(stream string, at time.Time, format string, args ...any) {
	e := sources.LogEvent{Stream: stream, Time: at, Message: fmt.Sprintf(format, args...)}
	if w.ids {
		w.serial++
		e.ID = fmt.Sprintf("%056d", w.serial)
	}
	w.events = append(w.events, e)
}

func stampOf(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }

// environment writes one stream: an init of some kind and some invocations,
// of which those in redo are retries of failed ones.
func (w *world) environment(n int, redo []retry) (failed []retry) {
	stream := fmt.Sprintf("2026/11/23/[$LATEST]%032x", n)
	now := epoch.Add(time.Duration(n) * time.Minute).Add(time.Duration(w.rng.IntN(5000)) * time.Millisecond)
	if len(redo) > 0 && now.Before(redo[0].after.Add(time.Minute)) {
		now = redo[0].after.Add(time.Minute)
	}
	kind := w.rng.IntN(5)
	initTime := time.Duration(50+w.rng.IntN(900)) * time.Millisecond
	brokenInit := false
	w.emit(stream, now, "%s", w.initStart(now))
	switch kind {
	case 0: // proactive
		now = now.Add(initTime + 15*time.Second + time.Duration(w.rng.IntN(60000))*time.Millisecond)
	case 1: // cut and repeated
		w.emit(stream, now.Add(10*time.Second), "%s", w.initReport(now.Add(10*time.Second), 10*time.Second, PhaseInit, "timeout", ""))
		now = now.Add(10*time.Second + initTime)
	case 2: // broken
		brokenInit = true
		w.emit(stream, now.Add(initTime), "%s", w.initReport(now.Add(initTime), initTime, PhaseInit, "error", "Runtime.ImportModuleError"))
		now = now.Add(2 * initTime)
		w.emit(stream, now, "%s", w.initReport(now, initTime, PhaseInvoke, "error", "Runtime.ImportModuleError"))
	default:
		now = now.Add(initTime)
	}
	crashed := false
	for i := range 1 + w.rng.IntN(6) {
		inv := sources.Invocation{
			Function: w.fn.ID, Environment: stream, Version: "$LATEST", Attempt: 1,
			RequestID: fmt.Sprintf("%08x-41b2-4f0e-9a55-%012x", n, i),
			Cold:      sources.Some(false), MemoryMB: sources.Some(512), MaxMemoryMB: sources.Some(60 + i),
		}
		if len(redo) > 0 {
			inv.RequestID, inv.Attempt = redo[0].id, redo[0].attempt+1
			if least := redo[0].after.Add(time.Minute); now.Before(least) {
				now = least
			}
			redo = redo[1:]
		}
		if i == 0 && !brokenInit {
			inv.Init = sources.Some(initTime)
			inv.Cold = sources.Some(kind != 0)
		}
		if i == 0 && brokenInit {
			inv.Cold = sources.Some(true)
		}
		if crashed {
			inv.Cold = sources.Some(true)
		}
		now = w.invocation(&inv, now, brokenInit && i == 0)
		crashed = crashes(inv.Outcome)
		if inv.Outcome != sources.OK && inv.Outcome != sources.Running {
			failed = append(failed, retry{inv.RequestID, inv.Attempt, now})
		}
		w.truth = append(w.truth, inv)
		if inv.Outcome == sources.Running {
			return append(failed, redo...)
		}
		now = now.Add(time.Duration(w.rng.IntN(3)*w.rng.IntN(2000)) * time.Millisecond)
	}
	return append(failed, redo...)
}

// invocation writes the lines of one run and fills in how it went.
func (w *world) invocation(inv *sources.Invocation, at time.Time, broken bool) (end time.Time) {
	stream := inv.Environment
	inv.Start = sources.Some(at)
	if w.json {
		w.emit(stream, at, `{"time":%q,"type":"platform.start","record":{"requestId":%q,"version":"$LATEST"}}`, stampOf(at), inv.RequestID)
	} else {
		w.emit(stream, at, "START RequestId: %s Version: $LATEST\n", inv.RequestID)
	}
	ms := 1 + w.rng.IntN(2500)
	duration := time.Duration(ms)*time.Millisecond - time.Duration(w.rng.IntN(99))*10*time.Microsecond
	end = at.Add(time.Duration(ms) * time.Millisecond)
	status, kind, traceAlone := "", "", false
	mid := at.Add(time.Duration(w.rng.IntN(ms+1)) * time.Millisecond)
	choice := w.rng.IntN(10)
	if broken {
		choice = 100
	}
	inv.Outcome = sources.OK
	switch choice {
	case 0: // runtime's own line
		inv.Outcome, inv.ErrorType = sources.Failed, "ValueError"
		status = StatusFailure
		w.emit(stream, mid, "%s", w.failure(mid, inv.RequestID))
	case 1:
		inv.Outcome, status = sources.TimedOut, StatusTimeout
		duration, end = 3*time.Second, at.Add(3*time.Second)
		if !w.json && w.rng.IntN(2) == 0 {
			status = ""
			w.emit(stream, end, "%s %s Task timed out after 3.00 seconds\n\n", stampOf(end), inv.RequestID)
		}
	case 2:
		inv.Outcome, inv.ErrorType = sources.Exited, "Runtime.ExitError"
		status, kind = StatusError, inv.ErrorType
		if !w.json && w.rng.IntN(2) == 0 {
			status, kind = "", ""
			w.emit(stream, end, "RequestId: %s Error: Runtime exited with error: exit status 1\n", inv.RequestID)
			w.emit(stream, end, "Runtime.ExitError\n")
		}
	case 3:
		inv.Outcome, inv.ErrorType = sources.OutOfMemory, "Runtime.OutOfMemory"
		status, kind = StatusError, inv.ErrorType
		inv.MaxMemoryMB = inv.MemoryMB
	case 4: // an error that the code has dealt with
		w.emit(stream, mid, "[ERROR]\t%s\t%s\tValueError: dealt with\nTraceback (most recent call last):\n", stampOf(mid), inv.RequestID)
	case 5:
		traceAlone = !w.json
		inv.TraceID, inv.Sampled = fmt.Sprintf("1-6d2f3a10-%024x", w.rng.Uint64()), true
	case 6:
		inv.Outcome = sources.Running
		inv.Cold, inv.Init = sources.Opt[bool]{}, sources.Opt[time.Duration]{}
		inv.MemoryMB, inv.MaxMemoryMB = sources.Opt[int]{}, sources.Opt[int]{}
		return end
	case 100:
		inv.Outcome, inv.ErrorType = sources.InitFailed, "Runtime.ImportModuleError"
		status, kind = StatusError, inv.ErrorType
	}
	if status == "" && w.json {
		status = StatusSuccess
	}
	inv.Duration = sources.Some(duration)
	inv.Billed = sources.Some(ceil(duration + inv.Init.Or(0)))
	inv.Reported = sources.Some(end)
	w.report(inv, end, status, kind, traceAlone)
	return end
}

func (w *world) report(inv *sources.Invocation, end time.Time, status, kind string, traceAlone bool) {
	stream := inv.Environment
	num := func(d time.Duration) string { return fmt.Sprintf("%.3f", float64(d)/1e6) }
	if w.json {
		var b strings.Builder
		fmt.Fprintf(&b, `{"time":%q,"type":"platform.report","record":{"requestId":%q,"status":%q`, stampOf(end), inv.RequestID, status)
		if kind != "" {
			fmt.Fprintf(&b, `,"errorType":%q`, kind)
		}
		fmt.Fprintf(&b, `,"metrics":{"durationMs":%s,"billedDurationMs":%d,"memorySizeMB":%d,"maxMemoryUsedMB":%d`,
			num(inv.Duration.Or(0)), inv.Billed.Or(0).Milliseconds(), inv.MemoryMB.Or(0), inv.MaxMemoryMB.Or(0))
		if d, ok := inv.Init.Get(); ok {
			fmt.Fprintf(&b, `,"initDurationMs":%s`, num(d))
		}
		b.WriteByte('}')
		if inv.TraceID != "" {
			fmt.Fprintf(&b, `,"tracing":{"type":"X-Amzn-Trace-Id","value":"Root=%s;Parent=0efbd19962d95b05;Sampled=1"}`, inv.TraceID)
		}
		w.emit(stream, end, "%s}}", b.String())
		return
	}
	w.emit(stream, end, "END RequestId: %s\n", inv.RequestID)
	line := fmt.Sprintf("REPORT RequestId: %s\tDuration: %s ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory Used: %d MB\t",
		inv.RequestID, num(inv.Duration.Or(0)), inv.Billed.Or(0).Milliseconds(), inv.MemoryMB.Or(0), inv.MaxMemoryMB.Or(0))
	if d, ok := inv.Init.Get(); ok {
		line += fmt.Sprintf("Init Duration: %s ms\t", num(d))
	}
	if status != "" {
		line += "Status: " + status
		if kind != "" {
			line += "\tError Type: " + kind
		}
	}
	if traceAlone {
		w.emit(stream, end, "%s\n", line)
		w.emit(stream, end, "XRAY TraceId: %s\tSegmentId: 89abcdef01234567\tSampled: true\t\n", inv.TraceID)
		return
	}
	w.emit(stream, end, "%s\n", line)
}

func (w *world) initStart(at time.Time) string {
	if w.json {
		return fmt.Sprintf(`{"time":%q,"type":"platform.initStart","record":{"initializationType":"on-demand","phase":"init","runtimeVersion":"python:3.13.v31"}}`, stampOf(at))
	}
	return "INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: " + arn + "\n"
}

func (w *world) initReport(at time.Time, d time.Duration, phase, status, kind string) string {
	if w.json {
		return fmt.Sprintf(`{"time":%q,"type":"platform.initReport","record":{"initializationType":"on-demand","phase":%q,"status":%q,"errorType":%q,"metrics":{"durationMs":%d}}}`,
			stampOf(at), phase, status, kind, d.Milliseconds())
	}
	line := fmt.Sprintf("INIT_REPORT Init Duration: %d.00 ms\tPhase: %s\tStatus: %s", d.Milliseconds(), phase, status)
	if kind != "" {
		line += "\tError Type: " + kind
	}
	return line
}

func (w *world) failure(at time.Time, id string) string {
	if w.json {
		return fmt.Sprintf(`{"timestamp":%q,"level":"ERROR","errorMessage":"no","errorType":"ValueError","requestId":%q,"stackTrace":[]}`, stampOf(at), id)
	}
	if w.rng.IntN(2) == 0 {
		return fmt.Sprintf("%s\t%s\tERROR\tInvoke Error \t{\"errorType\":\"ValueError\",\"errorMessage\":\"no\"}\n", stampOf(at), id)
	}
	return "[ERROR] ValueError: no\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 14, in handler\n"
}
