package demo

import (
	"context"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"fntop/sources/demo/tracefilter"
	"fntop/sources/demo/wire"
)

// The limits of X-Ray's reads. The page size is what is seen; the six hours
// are the service's refusal text; how much one call scans is our own.
const (
	summariesPerPage = 100
	tracesPerBatch   = 5 // API reference, BatchGetTraces
	traceWindow      = 6 * time.Hour
	maxTraceScan     = 5_000
)

type getTraceSummariesInput struct {
	StartTime        *wire.Time
	EndTime          *wire.Time
	TimeRangeType    string
	FilterExpression string
	NextToken        string
}

// The answers of X-Ray. Its SDK types do not write themselves, so they are
// spelled out here, by its service model.
type (
	getTraceSummariesOutput struct {
		TraceSummaries       []traceSummary
		ApproximateTime      float64
		TracesProcessedCount int
		NextToken            string `json:",omitempty"`
	}
	traceSummary struct {
		ID               string `json:"Id"`
		StartTime        float64
		Duration         float64
		ResponseTime     float64
		HasFault         bool
		HasError         bool
		HasThrottle      bool
		IsPartial        bool
		HTTP             *summaryHTTP `json:"Http,omitempty"`
		Annotations      map[string][]annotationValue
		Users            []struct{}
		ServiceIDs       []serviceID `json:"ServiceIds"`
		ResourceARNs     []resourceARN
		EntryPoint       *serviceID `json:",omitempty"`
		Revision         int
		MatchedEventTime float64
	}
	summaryHTTP struct {
		HTTPStatus int    `json:"HttpStatus,omitempty"`
		HTTPURL    string `json:"HttpURL,omitempty"`
		HTTPMethod string `json:"HttpMethod,omitempty"`
	}
	annotationValue struct {
		AnnotationValue struct{ StringValue string }
		ServiceIDs      []serviceID `json:"ServiceIds"`
	}
	serviceID struct {
		Name      string
		Names     []string
		AccountID string `json:"AccountId"`
		Type      string
	}
	resourceARN struct{ ARN string }
)

func getTraceSummaries(ctx context.Context, s *Server, c *call) (any, *wire.Error) {
	var in getTraceSummariesInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	filter, failure := in.check()
	if failure != nil {
		return nil, failure
	}
	sum := sumOf(c.Region, in.FilterExpression, in.StartTime.String(), in.EndTime.String(), in.TimeRangeType)
	tok := token{asOf: c.asOf, sum: sum, pos: position{at: in.EndTime.Time}}
	if in.NextToken != "" {
		var err error
		if tok, err = parseToken(in.NextToken, sum); err != nil {
			return nil, invalidRequest("NextToken is invalid")
		}
	}
	out := &getTraceSummariesOutput{TraceSummaries: []traceSummary{}, ApproximateTime: epochSeconds(tok.asOf)}
	if !s.lives(c.Region) {
		return out, nil
	}
	// Traces come newest first. The token's place is the time of the last one
	// seen and how many of that time have been.
	end, skip, cursor := tok.pos.at, tok.pos.skip, tok.pos
	if skip > 0 {
		end = end.Add(1)
	}
	for trace := range s.model.Traces(c.Region, in.StartTime.Time, end, tok.asOf) {
		if skip > 0 && trace.Start.Equal(tok.pos.at) {
			skip--
			continue
		}
		if len(out.TraceSummaries) == summariesPerPage || out.TracesProcessedCount == maxTraceScan || ctx.Err() != nil {
			tok.pos = cursor
			out.NextToken = tok.String()
			break
		}
		out.TracesProcessedCount++
		if !trace.Start.Equal(cursor.at) {
			cursor = position{at: trace.Start}
		}
		cursor.skip++
		found := &searched{trace: &trace}
		if filter.Match(found.view()) {
			out.TraceSummaries = append(out.TraceSummaries, s.summary(found))
		}
	}
	return out, nil
}

func (in *getTraceSummariesInput) check() (*tracefilter.Filter, *wire.Error) {
	switch {
	case in.StartTime == nil || in.EndTime == nil:
		return nil, invalidRequest("StartTime and EndTime are required")
	case in.EndTime.Before(in.StartTime.Time):
		return nil, invalidRequest("Start time must be before end time")
	case in.EndTime.Sub(in.StartTime.Time) > traceWindow:
		return nil, invalidRequest("Time range cannot be longer than 6 hours")
	}
	switch in.TimeRangeType {
	case "", "TraceId", "Event", "Service":
	default:
		return nil, invalidRequest("TimeRangeType is invalid")
	}
	filter, err := tracefilter.Parse(in.FilterExpression)
	if err != nil {
		return nil, invalidRequest("Invalid filter expression: " + err.Error())
	}
	return filter, nil
}

// summary is a trace as a search shows it.
func (s *Server) summary(t *searched) traceSummary {
	t.documents()
	out := traceSummary{
		ID: t.trace.ID, StartTime: epochSeconds(t.trace.Start), MatchedEventTime: epochSeconds(t.trace.Start),
		Duration: t.trace.End.Sub(t.trace.Start).Seconds(), ResponseTime: t.responseTime(),
		HasFault: t.trace.Fault, HasError: t.trace.Error, HasThrottle: t.trace.Throttle, IsPartial: t.trace.Partial,
		Annotations: map[string][]annotationValue{}, Users: []struct{}{}, ServiceIDs: []serviceID{},
		ResourceARNs: []resourceARN{}, Revision: 1,
	}
	for _, key := range slices.Sorted(maps.Keys(t.trace.Annotations)) {
		v := annotationValue{ServiceIDs: []serviceID{}}
		v.AnnotationValue.StringValue = t.trace.Annotations[key]
		out.Annotations[key] = []annotationValue{v}
	}
	seen := map[string]bool{}
	for _, service := range t.services {
		id := serviceID{Name: service.Name, Names: []string{service.Name}, AccountID: s.model.Account(), Type: service.Type}
		if service.Root && out.EntryPoint == nil {
			out.EntryPoint = &id
		}
		if key := service.Name + "\x00" + service.Type; !seen[key] {
			seen[key] = true
			out.ServiceIDs = append(out.ServiceIDs, id)
		}
	}
	for _, arn := range t.arns {
		out.ResourceARNs = append(out.ResourceARNs, resourceARN{arn})
	}
	if h := t.http(); h.Status != 0 || h.URL != "" {
		out.HTTP = &summaryHTTP{HTTPStatus: h.Status, HTTPURL: h.URL, HTTPMethod: h.Method}
	}
	return out
}

// epochSeconds is a time as REST-JSON writes it.
func epochSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1e3 }

type (
	batchGetTracesInput struct {
		TraceIDs []string `json:"TraceIds"`
	}
	batchGetTracesOutput struct {
		Traces              []xrayTrace
		UnprocessedTraceIDs []string `json:"UnprocessedTraceIds"`
	}
	xrayTrace struct {
		ID            string `json:"Id"`
		Duration      float64
		LimitExceeded bool
		Segments      []xraySegment
	}
	xraySegment struct {
		ID       string `json:"Id"`
		Document string
	}
)

// traceID is the form of a trace's ID: version, seconds, 96 random bits.
var traceID = regexp.MustCompile(`^1-[0-9a-f]{8}-[0-9a-f]{24}$`)

func batchGetTraces(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	var in batchGetTracesInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	switch n := len(in.TraceIDs); {
	case n == 0:
		return nil, invalidRequest("TraceIds is required")
	case n > tracesPerBatch:
		return nil, invalidRequest("Too many trace IDs: at most 5")
	}
	for _, id := range in.TraceIDs {
		if !traceID.MatchString(id) {
			return nil, invalidRequest("Invalid trace ID: " + strings.ToValidUTF8(id, "?"))
		}
	}
	out := &batchGetTracesOutput{Traces: []xrayTrace{}, UnprocessedTraceIDs: []string{}}
	if !s.lives(c.Region) {
		return out, nil
	}
	for i, id := range in.TraceIDs {
		trace, ok := s.model.Trace(c.Region, id, c.asOf)
		if !ok || slices.Contains(in.TraceIDs[:i], id) {
			continue // an unknown one is just not there
		}
		found := xrayTrace{ID: trace.ID, Duration: trace.End.Sub(trace.Start).Seconds(), Segments: []xraySegment{}}
		for _, segment := range trace.Segments {
			found.Segments = append(found.Segments, xraySegment(segment))
		}
		out.Traces = append(out.Traces, found)
	}
	return out, nil
}

// getTraceSegmentDestination says that Transaction Search is off: spans are
// in X-Ray.
func getTraceSegmentDestination(context.Context, *Server, *call) (any, *wire.Error) {
	return struct{ Destination, Status string }{"XRay", "ACTIVE"}, nil
}

func invalidRequest(message string) *wire.Error {
	return &wire.Error{Status: http.StatusBadRequest, Code: "InvalidRequestException", Message: message, MessageName: "Message"}
}
