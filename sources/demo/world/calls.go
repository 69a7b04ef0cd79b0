package world

import "strconv"

// callFailure is how a downstream call fails.
type callFailure uint8

const (
	noFailure callFailure = iota
	clientError
	serverFault
)

// callFails tells whether the last call of the invocation is to blame for its
// error.
func (v invocation) callFails() callFailure {
	if len(v.f.calls) == 0 || v.r.outcome != handlerError {
		return noFailure
	}
	switch {
	case v.r.mode == slowed:
		return serverFault
	case v.hash(0x30)%3 == 0:
		return clientError
	case v.hash(0x30)%3 == 1:
		return serverFault
	}
	return noFailure
}

// callSegments are the calls to other services, one after the other, between
// the begin and the end of the handler. What a slow downstream adds is in the
// last one.
func (v invocation) callSegments(begin, end int64) []*document {
	if v.r.outcome == initFailed {
		return nil
	}
	total := end - begin
	base := total
	if v.r.mode == slowed {
		d := v.f.cards()
		base = min(total, int64(d.modes[usual].dur[v.r.card]))
	}
	at := begin + base/50
	var out []*document
	for i, c := range v.f.calls {
		last := i == len(v.f.calls)-1
		took := int64(float64(base) * c.share * span(v.hash(0x31+uint64(i)), 0.75, 1.2))
		if last {
			took += total - base
		}
		stop := min(at+max(300, took), end-end%10)
		if stop <= at {
			break
		}
		d := v.callSegment(i, c, at, stop)
		if last {
			v.fail(d, c)
		}
		out = append(out, d)
		at = stop + base/100
	}
	return out
}

func (v invocation) callSegment(i int, c call, begin, end int64) *document {
	k := uint64(0x40 + i*4)
	d := &document{ID: v.segment(k), Name: c.service, Start: epoch(begin), End: epoch(end)}
	size := int64(180 + v.hash(k)%60_000)
	d.HTTP = &httpBlock{Response: &httpResponse{Status: 200, ContentLength: size}}
	if c.remote() {
		d.Namespace = "remote"
		d.HTTP.Request = &httpRequest{Method: "POST", URL: c.resource}
		return d
	}
	d.Namespace = "aws"
	d.AWS = &awsBlock{Operation: c.operation, Region: v.f.regionName(), Retries: new(0), RequestID: uuid(v.hash(k+1), v.hash(k+2))}
	switch c.service {
	case "DynamoDB":
		d.AWS.TableName = c.resource
		d.AWS.ResourceNames = []string{c.resource}
	case "SQS":
		d.AWS.QueueURL = c.resource
	case "S3":
		d.AWS.BucketName = c.resource
		d.AWS.Key = v.f.team + "/" + strconv.FormatUint(v.shared(0x11)%900_000+100_000, 10)
	default:
		d.AWS.ResourceNames = []string{c.resource}
	}
	return d
}

// fail marks the call that broke the invocation.
func (v invocation) fail(d *document, c call) {
	switch v.callFails() {
	case noFailure:
		return
	case clientError:
		d.Error = true
		d.HTTP.Response.Status = 400
		d.Cause = v.remoteCause("ConditionalCheckFailedException", "The conditional request failed")
		if c.remote() {
			d.HTTP.Response.Status = 409
			d.Cause = nil
		}
	case serverFault:
		d.Fault = true
		d.HTTP.Response.Status = 503
		d.Cause = v.remoteCause("ServiceUnavailable", "Service is unavailable, try again")
		if c.remote() {
			d.HTTP.Response.Status = 504
			d.Cause = v.remoteCause("TimeoutError", "no answer from "+c.service)
		}
	}
	d.HTTP.Response.ContentLength = 0
}

func (v invocation) remoteCause(kind, message string) *causeBlock {
	return &causeBlock{Exceptions: []exceptionBlock{{ID: v.segment(0x90), Type: kind, Message: message, Remote: true}}}
}

// cause is the exception that the invocation ended with.
func (v invocation) cause() *causeBlock {
	e := exceptionBlock{ID: v.segment(0x91), Type: v.errorType()}
	switch v.r.outcome {
	case handlerError:
		m := v.mishap()
		e.Message = m.message
		e.Stack = []frameBlock{{Path: "/var/task/app", Line: 14 + pick(v.hash(0x14), 80), Label: "process"}, {Path: "/var/task/app", Line: 31, Label: "handler"}}
	case timedOut:
		e.Type, e.Message = "Sandbox.Timedout", "Task timed out after "+strconv.Itoa(v.f.timeout)+".00 seconds"
	case exited:
		e.Message = "Runtime exited with error: exit status 1"
	case outOfMemory:
		e.Message = "Runtime exited with error: signal: killed"
	case initFailed:
		e.Message = "the module could not be loaded"
	case fine:
	}
	return &causeBlock{WorkingDirectory: "/var/task", Exceptions: []exceptionBlock{e}}
}
