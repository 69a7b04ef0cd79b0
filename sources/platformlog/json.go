package platformlog

import (
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/platformlog/jsonscan"
)

// parseJSON reads a platform record in JSON format. r.Kind stays Application
// when the message is none.
func parseJSON(s string, r *Record) {
	if !strings.Contains(s, `"platform.`) {
		return
	}
	p := jsonscan.Scanner{S: s}
	if p.Next() != '{' {
		return
	}
	p.I++
	var millis sources.Opt[time.Duration]
	for {
		name, ok := p.Key()
		if !ok {
			break
		}
		switch name {
		case "type":
			r.Type = p.Scalar()
		case "time", "timestamp":
			r.Time, _ = timestamp(p.Scalar())
		case "record":
			millis = parseRecord(&p, r)
		default:
			p.Skip()
		}
	}
	kind, ok := jsonKind(r.Type)
	switch {
	case !ok:
		*r = Record{}
		return
	case p.Bad:
		kind = Malformed
	}
	r.Kind, r.Format = kind, sources.LogJSON
	switch kind {
	case InitReport:
		r.Init = millis
	case RestoreReport:
		r.Restore = millis
	case Report, RuntimeDone:
		r.Duration = millis
		fallthrough
	case Start:
		r.require(r.RequestID != "" && len(r.RequestID) <= maxRequestID)
	default:
	}
}

// jsonKind is the kind of a record by its type member.
func jsonKind(t string) (Kind, bool) {
	name, ok := strings.CutPrefix(t, "platform.")
	if !ok {
		return Application, false
	}
	switch name {
	case "start":
		return Start, true
	case "report":
		return Report, true
	case "runtimeDone":
		return RuntimeDone, true
	case "initStart":
		return InitStart, true
	case "initRuntimeDone":
		return InitRuntimeDone, true
	case "initReport":
		return InitReport, true
	case "restoreStart":
		return RestoreStart, true
	case "restoreRuntimeDone":
		return RestoreRuntimeDone, true
	case "restoreReport":
		return RestoreReport, true
	case "extension":
		return Extension, true
	case "telemetrySubscription", "logsSubscription":
		return Subscription, true
	case "logsDropped":
		return LogsDropped, true
	}
	return OtherPlatform, true
}

// parseRecord reads the record member. It gives metrics.durationMs, whose
// meaning depends on the type.
func parseRecord(p *jsonscan.Scanner, r *Record) (durationMs sources.Opt[time.Duration]) {
	if !p.Enter('{') {
		return durationMs
	}
	for {
		name, ok := p.Key()
		if !ok {
			return durationMs
		}
		switch name {
		case "requestId":
			r.RequestID = p.Scalar()
		case "status":
			r.Status = p.Scalar()
		case "errorType":
			r.ErrorType = p.Scalar()
		case "metrics":
			durationMs = parseMetrics(p, r)
		case "tracing":
			parseTracing(p, r)
		case "spans":
			parseSpans(p, r)
		case "version", "functionVersion":
			r.Version = p.Scalar()
		case "functionArn":
			r.FunctionARN = p.Scalar()
		case "functionName":
			r.FunctionName = p.Scalar()
		case "tenantId":
			r.TenantID = p.Scalar()
		default:
			parseRare(p, r, name)
		}
	}
}

// parseRare reads the members of records that come less often than those about
// invocations.
func parseRare(p *jsonscan.Scanner, r *Record, name string) {
	switch name {
	case "initializationType":
		r.InitType = p.Scalar()
	case "phase":
		r.Phase = p.Scalar()
	case "runtimeVersion":
		r.RuntimeVersion = p.Scalar()
	case "runtimeVersionArn":
		r.RuntimeVersionARN = p.Scalar()
	case "name":
		r.Name = p.Scalar()
	case "state":
		r.State = p.Scalar()
	case "reason":
		r.Reason = p.Scalar()
	default:
		p.Skip()
	}
}

func parseMetrics(p *jsonscan.Scanner, r *Record) (durationMs sources.Opt[time.Duration]) {
	if !p.Enter('{') {
		return durationMs
	}
	for {
		name, ok := p.Key()
		if !ok {
			return durationMs
		}
		switch name {
		case "durationMs":
			durationMs = millis(p.Scalar())
		case "billedDurationMs":
			r.Billed = millis(p.Scalar())
		case "memorySizeMB":
			r.MemoryMB = megabytes(p.Scalar())
		case "maxMemoryUsedMB":
			r.MaxMemoryMB = megabytes(p.Scalar())
		case "initDurationMs":
			r.Init = millis(p.Scalar())
		case "restoreDurationMs":
			r.Restore = millis(p.Scalar())
		case "billedRestoreDurationMs":
			r.BilledRestore = millis(p.Scalar())
		case "producedBytes":
			if n, ok := integer(p.Scalar()); ok {
				r.ProducedBytes = sources.Some(n)
			}
		default:
			p.Skip()
		}
	}
}

// parseTracing reads the trace context: the value is the tracing header,
// "Root=1-…;Parent=…;Sampled=1".
func parseTracing(p *jsonscan.Scanner, r *Record) {
	if !p.Enter('{') {
		return
	}
	for {
		name, ok := p.Key()
		if !ok {
			return
		}
		if name != "value" {
			p.Skip()
			continue
		}
		value := p.Scalar()
		for value != "" {
			part := value
			if i := strings.IndexByte(value, ';'); i >= 0 {
				part, value = value[:i], value[i+1:]
			} else {
				value = ""
			}
			if root, ok := strings.CutPrefix(part, "Root="); ok {
				r.TraceID = root
			} else if part == "Sampled=1" {
				r.Sampled = true
			}
		}
	}
}

// parseSpans reads the spans of a report.
func parseSpans(p *jsonscan.Scanner, r *Record) {
	if !p.Enter('[') {
		return
	}
	for p.Element() {
		if !p.Enter('{') {
			continue
		}
		var span string
		var d sources.Opt[time.Duration]
		for {
			name, ok := p.Key()
			if !ok {
				break
			}
			switch name {
			case "name":
				span = p.Scalar()
			case "durationMs":
				d = millis(p.Scalar())
			default:
				p.Skip()
			}
		}
		switch span {
		case "responseLatency":
			r.ResponseLatency = d
		case "responseDuration":
			r.ResponseDuration = d
		}
	}
}
