package world

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// entry is one thing the code logs.
type entry struct {
	at      int64
	level   string
	message string
}

// appLines appends what the function's own code and its runtime log while the
// handler runs.
func (v invocation) appLines(out []logLine) []logLine {
	if v.r.outcome == initFailed {
		return out // it never came to the handler
	}
	for _, e := range v.entries() {
		out = append(out, logLine{at: e.at, text: v.line(e)})
	}
	if v.r.outcome == handlerError {
		out = append(out, logLine{at: v.ended(), text: v.errorLine()})
	}
	return out
}

// moment is a time within the run of the handler.
func (v invocation) moment(part float64) int64 {
	return v.r.start + int64(float64(v.r.run())*part)/1000
}

// entries are what the code logs, in order. A run that was cut short lacks
// its last ones.
func (v invocation) entries() []entry {
	subject := v.subject()
	all := make([]entry, 1, 4)
	all[0] = entry{v.moment(0.02), "INFO", v.greeting(subject)}
	if v.r.mode == slowed && v.r.dur > 400_000 {
		all = append(all, entry{v.moment(0.8), "WARN", "slow answer from " + v.lastCall() + " for " + subject})
	}
	if v.r.attempt > 1 {
		all = append(all, entry{v.moment(0.1), "WARN", "event was seen before, attempt " + strconv.Itoa(int(v.r.attempt))})
	}
	switch v.r.outcome {
	case fine:
		if v.hash(0x10)%3 != 0 {
			all = append(all, entry{v.moment(0.95), "INFO", "done " + subject + " in " + strconv.FormatInt(v.r.run()/1000, 10) + " ms"})
		}
	case outOfMemory:
		all = append(all, entry{v.moment(0.3), "WARN", "heap is nearly full"})
	case handlerError, timedOut, exited, initFailed:
	}
	return all
}

func (v invocation) lastCall() string {
	if len(v.f.calls) == 0 {
		return "downstream"
	}
	return v.f.calls[len(v.f.calls)-1].service
}

// subject is what the invocation is about.
func (v invocation) subject() string {
	n := strconv.FormatUint(v.shared(0x11)%900_000+100_000, 10)
	switch v.f.origin {
	case fromEvent:
		return "key=" + v.f.team + "/" + time.UnixMilli(v.r.minute*minuteMS).UTC().Format("2006/01/02/") + n
	case fromQueue:
		return "batch=" + n
	case fromStream:
		return "shard=" + strconv.FormatUint(v.shared(0x12)%8, 10) + " sequence=" + n
	case fromSchedule:
		return "run=" + n
	case fromAPI:
	}
	return "id=" + n
}

func (v invocation) greeting(subject string) string {
	switch v.f.origin {
	case fromEvent:
		return "received event " + subject
	case fromQueue:
		return "processing " + subject
	case fromStream:
		return "reading " + subject
	case fromSchedule:
		return "scheduled " + subject
	case fromAPI:
	}
	return "request " + subject
}

// line is an entry as the runtime's logger prints it.
func (v invocation) line(e entry) string {
	id := v.requestID()
	if v.f.json {
		return v.jsonEntry(e, id)
	}
	switch v.f.runtime.language {
	case python:
		level := e.level
		if level == "WARN" {
			level = "WARNING"
		}
		return "[" + level + "]\t" + iso(e.at) + "\t" + id + "\t" + e.message + "\n"
	case node:
		return iso(e.at) + "\t" + id + "\t" + e.level + "\t" + e.message + "\n"
	case java:
		return time.UnixMilli(e.at).UTC().Format("2006-01-02 15:04:05.000") + " " + id + " " + fmt.Sprintf("%-5s", e.level) + " Handler - " + e.message + "\n"
	case golang:
		return time.UnixMilli(e.at).UTC().Format("2006/01/02 15:04:05 ") + e.message + "\n"
	case rust:
		return time.UnixMilli(e.at).UTC().Format("2006-01-02T15:04:05.000000Z") + " " + fmt.Sprintf("%5s", e.level) + " " + strings.ReplaceAll(v.f.name, "-", "_") + ": " + e.message + "\n"
	case dotnet:
		return iso(e.at) + "\t" + id + "\t" + map[string]string{"INFO": "info", "WARN": "warn"}[e.level] + "\t" + e.message + "\n"
	case ruby:
		return e.level[:1] + ", [" + time.UnixMilli(e.at).UTC().Format("2006-01-02T15:04:05.000000") + " #8]  " + fmt.Sprintf("%5s", e.level) + " -- " + id + ": " + e.message + "\n"
	}
	return e.message + "\n"
}

// jsonEntry is an entry of a function that logs JSON. Python functions use
// Powertools, whose records pass through as they are.
func (v invocation) jsonEntry(e entry, id string) string {
	message := strconv.Quote(e.message)
	if v.f.runtime.language != python {
		return `{"timestamp":"` + iso(e.at) + `","level":"` + e.level + `","requestId":"` + id + `","message":` + message + `}`
	}
	cold := strconv.FormatBool(v.r.has(flagFresh))
	level := e.level
	if level == "WARN" {
		level = "WARNING"
	}
	line := `{"level":"` + level + `","location":"handler:` + strconv.Itoa(20+pick(v.hash(0x13), 60)) + `","message":` + message +
		`,"timestamp":"` + time.UnixMilli(e.at).UTC().Format("2006-01-02 15:04:05,000-0700") + `","service":"` + v.f.team + `","cold_start":` + cold +
		`,"function_name":"` + v.f.name + `","function_memory_size":"` + strconv.Itoa(v.p.config.memory) + `","function_arn":"` + v.f.arn() +
		`","function_request_id":"` + id + `"`
	if trace := v.traceID(); trace != "" {
		line += `,"xray_trace_id":"` + trace + `"`
	}
	return line + "}"
}

// errorLine is what the runtime itself prints when the handler raises an
// error. With its stack it is one event.
func (v invocation) errorLine() string {
	m, id, at := v.mishap(), v.requestID(), v.ended()
	if v.f.json {
		return `{"timestamp":"` + iso(at) + `","level":"ERROR","requestId":"` + id + `","message":` + strconv.Quote(m.message) +
			`,"errorType":` + strconv.Quote(m.kind) + `,"errorMessage":` + strconv.Quote(m.message) + `,"stackTrace":[` + strings.Join(quoteAll(v.stack()), ",") + `],"location":"handler:31"}`
	}
	switch v.f.runtime.language {
	case python:
		return "[ERROR] " + m.kind + ": " + m.message + "\nTraceback (most recent call last):\n" + strings.Join(v.stack(), "\n") + "\n"
	case node:
		stack := append([]string{m.kind + ": " + m.message}, v.stack()...)
		return iso(at) + "\t" + id + "\tERROR\tInvoke Error \t" + `{"errorType":` + strconv.Quote(m.kind) + `,"errorMessage":` + strconv.Quote(m.message) + `,"stack":[` + strings.Join(quoteAll(stack), ",") + `]}` + "\n"
	case java:
		return m.message + ": " + m.kind + "\n" + m.kind + ": " + m.message + "\n" + strings.Join(v.stack(), "\n") + "\n"
	case golang:
		return time.UnixMilli(at).UTC().Format("2006/01/02 15:04:05 ") + `{"errorMessage":` + strconv.Quote(m.message) + `,"errorType":` + strconv.Quote(m.kind) + "}\n"
	case rust:
		return time.UnixMilli(at).UTC().Format("2006-01-02T15:04:05.000000Z") + ` ERROR Lambda runtime invoke{requestId="` + id + `"}: ` + m.message + "\n"
	case dotnet:
		return iso(at) + "\t" + id + "\tfail\t" + m.fullName() + ": " + m.message + "\n" + strings.Join(v.stack(), "\n") + "\n"
	case ruby:
		return `Error raised from handler method` + "\n" + `{"errorMessage":` + strconv.Quote(m.message) + `,"errorType":` + strconv.Quote(m.kind) + `,"stackTrace":[` + strings.Join(quoteAll(v.stack()), ",") + "]}\n"
	}
	return m.message + "\n"
}

func quoteAll(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strconv.Quote(l)
	}
	return out
}

// stack is the frames of an error, innermost as the runtime orders them.
func (v invocation) stack() []string {
	line := strconv.Itoa(14 + pick(v.hash(0x14), 80))
	switch v.f.runtime.language {
	case python:
		return []string{
			`  File "/var/task/app.py", line ` + line + `, in handler`, `    result = process(event)`,
			`  File "/var/task/service/core.py", line 88, in process`, `    return store(parse(record))`,
		}
	case node:
		return []string{
			`    at process (/var/task/src/service.js:` + line + `:17)`, `    at async Runtime.handler (/var/task/index.js:31:20)`,
		}
	case java:
		return []string{
			"\tat com.example." + v.f.team + ".Service.process(Service.java:" + line + ")", "\tat com.example." + v.f.team + ".Handler.handleRequest(Handler.java:30)",
			"\tat java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(Unknown Source)",
		}
	case dotnet:
		return []string{"   at Service.ProcessAsync(Event e) in /src/Service.cs:line " + line, "   at Function.Handler(Event e, ILambdaContext c) in /src/Function.cs:line 27"}
	case ruby:
		return []string{"/var/task/lib/service.rb:" + line + ":in `process'", "/var/task/app.rb:12:in `handler'"}
	case golang, rust:
	}
	return nil
}

// loadError is what the runtime prints when the code cannot be loaded, just
// before the platform reports the failed init.
func (v invocation) loadError(at int64) logLine {
	text := "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'pydantic'\nTraceback (most recent call last):\n"
	if v.f.runtime.language != python {
		text = iso(at) + "\tundefined\tERROR\tUncaught Exception \t" + `{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module 'zod'","stack":["Runtime.ImportModuleError: Error: Cannot find module 'zod'"]}` + "\n"
	}
	return logLine{at: at, text: text}
}
