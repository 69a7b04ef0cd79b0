package world

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// lines appends what the invocation and its platform write, in the order of
// writing.
func (v invocation) lines(out []logLine) []logLine {
	if v.f.json {
		return v.jsonLines(out)
	}
	return v.textLines(out)
}

// decimals spells microseconds as milliseconds with two decimals.
func decimals(us int64) string {
	return strconv.FormatInt(us/1000, 10) + "." + strconv.Itoa(int(us/100%10)) + strconv.Itoa(int(us/10%10))
}

// runtimeARN is the ARN of a runtime version in a region.
func (f *function) runtimeARN() string {
	h := hashString(hashString(1, f.regionName()), f.runtime.label)
	if f.arm {
		h = mix(h)
	}
	return "arn:aws:lambda:" + f.regionName() + "::runtime:" + hex16(h) + hex16(mix(h+1)) + hex16(mix(h+2)) + hex16(mix(h+3))
}

// textLines writes the text format (facts: Lambda Developer Guide,
// "Understanding the Lambda execution environment lifecycle" and published log
// lines).
func (v invocation) textLines(out []logLine) []logLine {
	r := v.r
	if r.init > 0 {
		out = v.startLines(out)
	}
	if r.hidden > 0 && r.outcome == initFailed {
		out = append(out, v.loadError(r.start), logLine{at: r.start, text: "INIT_REPORT Init Duration: " + decimals(int64(r.hidden)) + " ms\tPhase: invoke\tStatus: error\tError Type: " + v.errorType() + "\n"})
	}
	if r.has(flagFresh) {
		out = append(out, v.extensionLines()...)
	}
	id := v.requestID()
	out = append(out, logLine{at: r.start, text: "START RequestId: " + id + " Version: " + v.p.config.version + "\n"})
	out = v.appLines(out)
	end := v.ended()
	out = append(out,
		logLine{at: end, text: "END RequestId: " + id + "\n"},
		logLine{at: end, text: v.report(id)})
	return out
}

// startLines are the lines of a new environment before its first request.
func (v invocation) startLines(out []logLine) []logLine {
	r, f := v.r, v.f
	version := "Runtime Version: " + f.runtime.label + "\tRuntime Version ARN: " + f.runtimeARN() + "\n"
	switch us, _ := v.restore(); {
	case us > 0:
		return append(out,
			logLine{at: r.at, text: "RESTORE_START " + version},
			logLine{at: r.at + us/1000, text: "RESTORE_REPORT Restore Duration: " + decimals(us) + " ms\n"})
	case r.has(flagFailedInit):
		if f.runtime.label != "" {
			out = append(out, logLine{at: r.at, text: "INIT_START " + version})
		}
		failed := r.at + int64(r.init)/1000
		return append(out, v.loadError(failed), logLine{
			at:   failed,
			text: "INIT_REPORT Init Duration: " + decimals(int64(r.init)) + " ms\tPhase: init\tStatus: error\tError Type: " + v.errorType() + "\n",
		})
	case f.runtime.label != "":
		return append(out, logLine{at: r.at, text: "INIT_START " + version})
	}
	return out
}

// extensionLines are what extensions report as an environment comes up.
func (v invocation) extensionLines() []logLine {
	switch v.f.extension {
	case "":
		return nil
	case "datadog-agent":
		return []logLine{
			{at: v.r.start, text: "TELEMETRY\tName: datadog-agent\tState: Subscribed\tTypes: [Platform, Function, Extension]\n"},
			{at: v.r.start, text: "EXTENSION\tName: datadog-agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n"},
		}
	}
	return []logLine{{at: v.r.start, text: "EXTENSION\tName: " + v.f.extension + "\tState: Ready\tEvents: []\n"}}
}

// report is the REPORT event; with active tracing it has a second line.
func (v invocation) report(id string) string {
	r := v.r
	var b strings.Builder
	b.Grow(320)
	b.WriteString("REPORT RequestId: ")
	b.WriteString(id)
	field(&b, "Duration", decimals(int64(r.dur))+" ms")
	field(&b, "Billed Duration", strconv.FormatInt(v.billedMS(), 10)+" ms")
	field(&b, "Memory Size", strconv.Itoa(v.p.config.memory)+" MB")
	field(&b, "Max Memory Used", strconv.Itoa(int(r.memory))+" MB")
	if us := v.initShown(); us > 0 {
		field(&b, "Init Duration", decimals(us)+" ms")
	}
	if us, billed := v.restore(); us > 0 {
		field(&b, "Restore Duration", decimals(us)+" ms")
		field(&b, "Billed Restore Duration", strconv.FormatInt(billed, 10)+" ms")
	}
	switch r.outcome {
	case timedOut:
		field(&b, "Status", "timeout")
	case exited, outOfMemory, initFailed:
		field(&b, "Status", "error")
		field(&b, "Error Type", v.errorType())
	case fine, handlerError:
		b.WriteByte('\t')
	}
	b.WriteByte('\n')
	if trace := v.traceID(); trace != "" {
		b.WriteString("XRAY TraceId: ")
		b.WriteString(trace)
		field(&b, "SegmentId", v.segment(1))
		if r.has(flagSampled) {
			field(&b, "Sampled", "true")
		}
		b.WriteString("\t\n")
	}
	return b.String()
}

func field(b *strings.Builder, name, value string) {
	b.WriteByte('\t')
	b.WriteString(name)
	b.WriteString(": ")
	b.WriteString(value)
}

// provisioningLines are the inits of provisioned environments, which happen
// with no request and are always reported.
func (w *World) provisioningLines(f *function, from, to int64, out []logLine) []logLine {
	if f.provisioned == 0 {
		return out
	}
	for b := f.boundaryBefore(to + minuteMS); b.at+minuteMS > from; b = f.boundaryBefore(b.at - 1) {
		c := f.configAt(b.at)
		for i := range f.provisioned {
			created := b.at - 40*second + int64(i)*700
			us := int64(f.initOf(c, created, i))
			l := logLine{at: created + us/1000, function: f.index, slot: uint16(i), created: created}
			l.stream = f.streamName(created, c.version, i)
			l.text = "INIT_REPORT Init Duration: " + decimals(us) + " ms\n"
			if f.json {
				l.text = fmt.Sprintf(`{"time":%q,"type":"platform.initReport","record":{"initializationType":"provisioned-concurrency","phase":"init","status":"success","metrics":{"durationMs":%s}}}`, stamp(l.at), milliseconds(us))
			}
			if l.at >= from && l.at < to {
				out = append(out, l)
			}
		}
	}
	return out
}

// milliseconds spells microseconds as a JSON number of milliseconds.
func milliseconds(us int64) string { return strconv.FormatFloat(float64(us)/1000, 'f', -1, 64) }

// jsonLines writes the JSON format (Lambda Developer Guide, "Lambda Telemetry
// API Event schema reference"). At system log level INFO there is no
// runtimeDone and no report of a successful init; DEBUG has both.
func (v invocation) jsonLines(out []logLine) []logLine {
	r, id := v.r, v.requestID()
	event := func(at int64, kind, record string) {
		out = append(out, logLine{at: at, text: `{"time":"` + stamp(at) + `","type":"platform.` + kind + `","record":{` + record + `}}`})
	}
	if r.init > 0 {
		v.jsonStart(event)
	}
	if r.hidden > 0 && r.outcome == initFailed {
		event(r.start, "initReport", `"initializationType":"on-demand","phase":"invoke","status":"error","errorType":"`+v.errorType()+`","metrics":{"durationMs":`+milliseconds(int64(r.hidden))+`}`)
	}
	if r.has(flagFresh) && v.f.extension != "" {
		event(r.start, "extension", `"name":"`+v.f.extension+`","state":"Ready","events":["INVOKE","SHUTDOWN"]`)
	}
	event(r.start, "start", `"requestId":"`+id+`","functionArn":"`+v.f.arn()+`","version":"`+v.p.config.version+`"`)
	out = v.appLines(out)
	end, tracing := v.ended(), v.tracing()
	status := v.status()
	if v.f.debug || r.failed() {
		event(end, "runtimeDone", `"requestId":"`+id+`",`+status+`,"metrics":{"durationMs":`+milliseconds(max(0, r.run()-200))+`}`)
	}
	metrics := `"metrics":{"durationMs":` + milliseconds(int64(r.dur)) + `,"billedDurationMs":` + strconv.FormatInt(v.billedMS(), 10) +
		`,"memorySizeMB":` + strconv.Itoa(v.p.config.memory) + `,"maxMemoryUsedMB":` + strconv.Itoa(int(r.memory))
	if us := v.initShown(); us > 0 {
		metrics += `,"initDurationMs":` + milliseconds(us)
	}
	if us, billed := v.restore(); us > 0 {
		metrics += `,"restoreDurationMs":` + milliseconds(us) + `,"billedRestoreDurationMs":` + strconv.FormatInt(billed, 10)
	}
	event(end, "report", `"requestId":"`+id+`",`+metrics+`},`+tracing+status)
	return out
}

// jsonStart writes the lines of a new environment.
func (v invocation) jsonStart(event func(at int64, kind, record string)) {
	r, f := v.r, v.f
	version := `"runtimeVersion":"` + f.runtime.label + `","runtimeVersionArn":"` + f.runtimeARN() + `"`
	common := `"initializationType":"on-demand","phase":"init"`
	us, _ := v.restore()
	switch {
	case us > 0:
		event(r.at, "restoreStart", version+`,"functionName":"`+f.name+`","functionVersion":"`+v.p.config.version+`"`)
		event(r.at+us/1000, "restoreReport", `"status":"success","metrics":{"durationMs":`+milliseconds(us)+`}`)
		return
	case f.runtime.label != "":
		event(r.at, "initStart", common+`,`+version+`,"functionName":"`+f.name+`","functionVersion":"`+v.p.config.version+`"`)
	case f.debug:
		event(r.at, "initStart", common)
	}
	took := `"metrics":{"durationMs":` + milliseconds(int64(r.init)) + `}`
	switch {
	case r.has(flagFailedInit):
		event(r.at+int64(r.init)/1000, "initRuntimeDone", common+`,"status":"error","errorType":"`+v.errorType()+`"`)
		event(r.at+int64(r.init)/1000, "initReport", common+`,"status":"error","errorType":"`+v.errorType()+`",`+took)
	case f.debug:
		event(r.at+int64(r.init)/1000, "initRuntimeDone", common+`,"status":"success"`)
		event(r.at+int64(r.init)/1000, "initReport", common+`,"status":"success",`+took)
	}
}

// status is the status member of a report.
func (v invocation) status() string {
	switch v.r.outcome {
	case handlerError:
		return `"status":"failure","errorType":"` + v.errorType() + `"`
	case timedOut:
		return `"status":"timeout"`
	case exited, outOfMemory, initFailed:
		return `"status":"error","errorType":"` + v.errorType() + `"`
	case fine:
	}
	return `"status":"success"`
}

// tracing is the tracing member of a report, with its comma; empty when the
// function is not traced.
func (v invocation) tracing() string {
	trace := v.traceID()
	if trace == "" {
		return ""
	}
	sampled := "0"
	if v.r.has(flagSampled) {
		sampled = "1"
	}
	return `"tracing":{"spanId":"` + v.segment(1) + `","type":"X-Amzn-Trace-Id","value":"Root=` + trace + `;Parent=` + v.parent() + `;Sampled=` + sampled + `"},`
}

// iso is a time as runtimes stamp their lines.
func iso(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }
