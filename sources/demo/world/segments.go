package world

import (
	"encoding/json"
	"strconv"

	"fntop/sources/demo"
)

// Times of segments are µs since 1970; documents carry them in seconds.

// accepted is when the service took the request, µs: some moments before an
// environment got it.
func (v invocation) accepted() int64 {
	d := int64(1200 + v.hash(0x20)%4000)
	if v.r.init > 0 {
		d = int64(18_000 + v.hash(0x20)%110_000) // finding room, fetching the code
	}
	return v.r.at*1000 - d
}

// begun is when the trace begins, µs: an asynchronous event has been waiting
// in Lambda's queue.
func (v invocation) begun() int64 {
	if !v.f.origin.async() {
		return v.accepted()
	}
	return v.accepted() - int64(12_000+v.hash(0x22)%60_000)
}

// finished is when the service answered, µs.
func (v invocation) finished() int64 { return v.r.end() + 400 + int64(v.hash(0x21)%1500) }

// epoch is a time as documents carry it.
type epoch int64

// MarshalJSON spells the time in seconds with six decimals.
func (e epoch) MarshalJSON() ([]byte, error) {
	s := strconv.FormatInt(int64(e)/1_000_000, 10) + "."
	return append([]byte(s), strconv.FormatInt(1_000_000+int64(e)%1_000_000, 10)[1:]...), nil
}

// document is a segment or subsegment ("AWS X-Ray segment documents").
type document struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	TraceID     string         `json:"trace_id,omitempty"`
	ParentID    string         `json:"parent_id,omitempty"`
	Origin      string         `json:"origin,omitempty"`
	Namespace   string         `json:"namespace,omitempty"`
	Inferred    bool           `json:"inferred,omitempty"`
	Start       epoch          `json:"start_time"`
	End         epoch          `json:"end_time"`
	ResourceARN string         `json:"resource_arn,omitempty"`
	Error       bool           `json:"error,omitempty"`
	Throttle    bool           `json:"throttle,omitempty"`
	Fault       bool           `json:"fault,omitempty"`
	HTTP        *httpBlock     `json:"http,omitempty"`
	AWS         *awsBlock      `json:"aws,omitempty"`
	Cause       *causeBlock    `json:"cause,omitempty"`
	Annotations map[string]any `json:"annotations,omitempty"`
	Subsegments []*document    `json:"subsegments,omitempty"`
}

type awsBlock struct {
	AccountID     string     `json:"account_id,omitempty"`
	FunctionARN   string     `json:"function_arn,omitempty"`
	Operation     string     `json:"operation,omitempty"`
	Region        string     `json:"region,omitempty"`
	RequestID     string     `json:"request_id,omitempty"`
	Retries       *int       `json:"retries,omitempty"`
	TableName     string     `json:"table_name,omitempty"`
	QueueURL      string     `json:"queue_url,omitempty"`
	BucketName    string     `json:"bucket_name,omitempty"`
	Key           string     `json:"key,omitempty"`
	ResourceNames []string   `json:"resource_names,omitempty"`
	Logs          []logBlock `json:"cloudwatch_logs,omitempty"`
}

type logBlock struct {
	Group string `json:"log_group"`
}

type httpBlock struct {
	Request  *httpRequest  `json:"request,omitempty"`
	Response *httpResponse `json:"response,omitempty"`
}

type httpRequest struct {
	Method string `json:"method,omitempty"`
	URL    string `json:"url,omitempty"`
}

type httpResponse struct {
	Status        int   `json:"status"`
	ContentLength int64 `json:"content_length,omitempty"`
}

type causeBlock struct {
	WorkingDirectory string           `json:"working_directory,omitempty"`
	Exceptions       []exceptionBlock `json:"exceptions"`
}

type exceptionBlock struct {
	ID      string       `json:"id"`
	Type    string       `json:"type"`
	Message string       `json:"message"`
	Remote  bool         `json:"remote,omitempty"`
	Stack   []frameBlock `json:"stack,omitempty"`
}

type frameBlock struct {
	Path  string `json:"path"`
	Line  int    `json:"line"`
	Label string `json:"label"`
}

// annotations are what the code annotates its trace with.
func (v invocation) annotations() map[string]any {
	if v.f.oldTraces {
		return map[string]any{"team": v.f.team}
	}
	return map[string]any{"Service": v.f.team, "ColdStart": v.r.has(flagFresh), "version": v.p.config.version}
}

// segments are the documents of a trace: the service's over all attempts, and
// for each attempt the function's and those that X-Ray makes up of its calls.
func segments(all []invocation) []demo.Segment {
	out := []demo.Segment{encode(serviceSegment(all))}
	for _, v := range all {
		function := v.functionSegment()
		out = append(out, encode(function))
		if v.f.oldTraces {
			continue
		}
		for _, call := range function.Subsegments {
			if d := v.inferred(call); d != nil {
				out = append(out, encode(d))
			}
		}
	}
	return out
}

func encode(d *document) demo.Segment {
	text, err := json.Marshal(d)
	if err != nil {
		// Nothing in a document can fail to marshal.
		text = []byte("{}")
	}
	return demo.Segment{ID: d.ID, Document: string(text)}
}

// serviceSegment is what the Lambda service did: with an asynchronous event
// its waiting and its attempts.
func serviceSegment(all []invocation) *document {
	first, last := all[0], all[len(all)-1]
	d := &document{
		ID: first.segment(0), Name: first.f.name, TraceID: first.traceID(), Origin: "AWS::Lambda",
		Start: epoch(first.begun()), End: epoch(last.finished()), ResourceARN: first.f.arn(), Fault: last.r.failed(),
		HTTP: &httpBlock{Response: &httpResponse{Status: 200}},
		AWS:  &awsBlock{FunctionARN: first.f.arn(), RequestID: first.requestID(), ResourceNames: []string{first.f.name}},
	}
	if !first.f.origin.async() {
		return d
	}
	d.HTTP.Response.Status = 202
	waiting := first.begun()
	for _, v := range all {
		d.Subsegments = append(d.Subsegments,
			&document{ID: v.segment(7), Name: "Dwell Time", Start: epoch(waiting), End: epoch(v.accepted())},
			&document{ID: v.segment(8), Name: "Attempt #" + strconv.Itoa(int(v.r.attempt)), Start: epoch(v.accepted()), End: epoch(v.finished()), Fault: v.r.failed()})
		waiting = v.finished()
	}
	return d
}

// parent is the segment that the function's hangs under.
func (v invocation) parent() string {
	if v.f.origin.async() {
		return v.segment(8)
	}
	return v.segment(0)
}

func (v invocation) functionSegment() *document {
	r := v.r
	begin, end := r.start*1000, r.end()
	d := &document{
		ID: v.segment(1), Name: v.f.name, TraceID: v.traceID(), ParentID: v.parent(), Origin: "AWS::Lambda::Function",
		Start: epoch(begin), End: epoch(v.finished() - 200), Fault: r.failed(),
		AWS: &awsBlock{
			AccountID: account, FunctionARN: v.f.arn(), RequestID: v.requestID(),
			Logs: []logBlock{{v.f.logGroup()}},
		},
		Annotations: v.annotations(),
	}
	if r.failed() {
		d.Cause = v.cause()
	}
	if init := v.initSegment(); init != nil {
		// The segment is opened as the init ends: the init lies before it.
		d.Start = min(d.Start, init.End)
		d.Subsegments = append(d.Subsegments, init)
	}
	calls := v.callSegments(begin, end)
	if v.f.oldTraces {
		run := &document{ID: v.segment(3), Name: "Invocation", Start: epoch(begin), End: epoch(end), Fault: r.failed(), Subsegments: calls}
		d.Subsegments = append(d.Subsegments, run)
	} else {
		d.Subsegments = append(d.Subsegments, calls...)
		d.Annotations["aws:responseLatency"] = ms(max(0, r.run()-200))
		d.Annotations["aws:runtimeOverhead"] = 0.2
	}
	d.Subsegments = append(d.Subsegments, &document{ID: v.segment(4), Name: "Overhead", Start: epoch(end), End: epoch(v.finished() - 200)})
	return d
}

// inferred is the segment that X-Ray makes up for a service that sends none
// itself out of a call to it; nil for a call that is no such.
func (v invocation) inferred(call *document) *document {
	origin := map[string]string{"DynamoDB": "AWS::DynamoDB::Table", "S3": "AWS::S3::Bucket", "SQS": "AWS::SQS::Queue", "SNS": "AWS::SNS"}[call.Name]
	if origin == "" {
		return nil
	}
	d := *call
	d.ID, d.ParentID, d.TraceID = hex16(hashString(0x14f, call.ID)), call.ID, v.traceID()
	d.Namespace, d.Inferred, d.Origin, d.Cause = "", true, origin, nil
	if call.AWS.TableName != "" {
		d.Name = call.AWS.TableName
	}
	return &d
}

// initSegment is the init or the restore that the request waited for.
func (v invocation) initSegment() *document {
	r := v.r
	us := int64(r.init)
	if us == 0 {
		us = int64(r.hidden)
	}
	if us == 0 {
		return nil
	}
	name := "Init"
	switch restored, _ := v.restore(); {
	case restored > 0:
		name = "Restore"
	case v.f.oldTraces:
		name = "Initialization"
	}
	return &document{ID: v.segment(2), Name: name, Start: epoch(r.at * 1000), End: epoch(r.at*1000 + us), Fault: r.outcome == initFailed}
}
