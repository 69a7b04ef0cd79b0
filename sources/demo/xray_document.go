package demo

import (
	"encoding/json"
	"slices"

	"fntop/sources/demo/tracefilter"
)

// document is what a search needs of a segment document (X-Ray Developer
// Guide, "AWS X-Ray segment documents").
type document struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	ParentID    string     `json:"parent_id"`
	Origin      string     `json:"origin"`
	Namespace   string     `json:"namespace"`
	Start       float64    `json:"start_time"`
	End         float64    `json:"end_time"`
	Error       bool       `json:"error"`
	Fault       bool       `json:"fault"`
	Throttle    bool       `json:"throttle"`
	User        string     `json:"user"`
	ResourceARN string     `json:"resource_arn"`
	Subsegments []document `json:"subsegments"`
	HTTP        struct {
		Request struct {
			Method string `json:"method"`
			URL    string `json:"url"`
		} `json:"request"`
		Response struct {
			Status int `json:"status"`
		} `json:"response"`
	} `json:"http"`
	AWS struct {
		FunctionARN string `json:"function_arn"`
	} `json:"aws"`
}

func (d *document) seconds() float64 { return max(d.End-d.Start, 0) }

// service is the node that a segment, or a call to another service, stands
// for.
func (d *document) service() tracefilter.Service {
	kind := d.Origin
	if kind == "" && d.Namespace != "" {
		kind = d.Namespace
		if kind == "aws" {
			kind = "AWS::" + d.Name
		}
	}
	return tracefilter.Service{
		Name: d.Name, Type: kind, Error: d.Error, Fault: d.Fault, Throttle: d.Throttle,
		ResponseTime: d.seconds(),
	}
}

// searched is a trace as a search sees it. What must be read out of its
// documents is read once, and only when it is asked for.
type searched struct {
	trace    *Traced
	read     bool
	root     *document
	services []tracefilter.Service
	edges    []tracefilter.Edge
	arns     []string
}

// view is the trace for a filter.
func (t *searched) view() *tracefilter.Trace {
	annotations := make(map[string]any, len(t.trace.Annotations))
	for key, v := range t.trace.Annotations {
		annotations[key] = v
	}
	return &tracefilter.Trace{
		Duration: t.trace.End.Sub(t.trace.Start).Seconds(),
		Error:    t.trace.Error, Fault: t.trace.Fault, Throttle: t.trace.Throttle, Partial: t.trace.Partial,
		Annotations:  annotations,
		ResponseTime: t.responseTime,
		HTTP:         t.http,
		Services:     func() []tracefilter.Service { t.documents(); return t.services },
		Edges:        func() []tracefilter.Edge { t.documents(); return t.edges },
		ARNs:         func() []string { t.documents(); return t.arns },
	}
}

// responseTime is the root segment's, in seconds.
func (t *searched) responseTime() float64 {
	if t.documents(); t.root != nil && t.root.End > 0 {
		return t.root.seconds()
	}
	return t.trace.End.Sub(t.trace.Start).Seconds()
}

func (t *searched) http() tracefilter.HTTP {
	t.documents()
	if t.root == nil {
		return tracefilter.HTTP{}
	}
	h := t.root.HTTP
	return tracefilter.HTTP{Status: h.Response.Status, URL: h.Request.URL, Method: h.Request.Method}
}

// documents reads the segment documents. A segment whose parent is a call in
// another segment takes the place of the service that the call stands for.
func (t *searched) documents() {
	if t.read {
		return
	}
	t.read = true
	var segments []document
	served := map[string]bool{} // calls that have a segment of their own
	for _, segment := range t.trace.Segments {
		var d document
		if json.Unmarshal([]byte(segment.Document), &d) != nil {
			continue // the service drops what it cannot read, too
		}
		segments = append(segments, d)
		served[d.ParentID] = true
	}
	owners := map[string]tracefilter.Service{} // by the IDs of spans
	for i := range segments {
		d := &segments[i]
		service := d.service()
		if service.Root = d.ParentID == ""; service.Root && t.root == nil {
			t.root = d
		}
		t.services = append(t.services, service)
		for _, arn := range []string{d.ResourceARN, d.AWS.FunctionARN} {
			if arn != "" && !slices.Contains(t.arns, arn) {
				t.arns = append(t.arns, arn)
			}
		}
		t.calls(d, service, served, owners)
	}
	for i := range segments {
		d := &segments[i]
		if from, ok := owners[d.ParentID]; ok {
			t.edges = append(t.edges, edgeOf(from, d.service(), d))
		}
	}
}

// calls notes what a segment calls, and to whom its spans belong.
func (t *searched) calls(d *document, owner tracefilter.Service, served map[string]bool, owners map[string]tracefilter.Service) {
	owners[d.ID] = owner
	for i := range d.Subsegments {
		sub := &d.Subsegments[i]
		t.calls(sub, owner, served, owners)
		if sub.Namespace == "" || served[sub.ID] {
			continue
		}
		service := sub.service()
		t.services = append(t.services, service)
		t.edges = append(t.edges, edgeOf(owner, service, sub))
	}
}

func edgeOf(from, to tracefilter.Service, d *document) tracefilter.Edge {
	return tracefilter.Edge{From: from, To: to, Error: d.Error, Fault: d.Fault, Throttle: d.Throttle, ResponseTime: d.seconds()}
}
