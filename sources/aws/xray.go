package aws

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/aws/aws-sdk-go-v2/service/xray/types"
	"golang.org/x/sync/errgroup"

	"fntop/sources"
)

const (
	// tracesPerCall is how many traces a call of BatchGetTraces may name (API
	// reference, BatchGetTraces).
	tracesPerCall = 5
	// summariesSpan is the longest span one search may cover, and
	// tracesKept for how long X-Ray keeps traces.
	summariesSpan = 6 * time.Hour
	tracesKept    = 30 * 24 * time.Hour
	// callsAtOnce is how many requests for one list of traces are under way.
	callsAtOnce = 4
)

// Traces fetches traces by their IDs, in X-Ray's form or as 32 hex digits; the
// results carry X-Ray's form and come in the order of the IDs. A trace that
// X-Ray could not get to is partial and may be empty; one that is not there is
// missing. What was got comes back with an error.
func (s *Source) Traces(ctx context.Context, ids []string) ([]sources.Trace, error) {
	var wanted []string
	for _, id := range ids {
		if id, ok := traceID(id); ok && !slices.Contains(wanted, id) {
			wanted = append(wanted, id)
		}
	}
	var (
		group  errgroup.Group
		mu     sync.Mutex
		failed []error
		found  = make(map[string]*traceParts)
	)
	group.SetLimit(callsAtOnce)
	for chunk := range slices.Chunk(wanted, tracesPerCall) {
		group.Go(func() error {
			got, err := s.traceBatch(ctx, chunk)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(found, got)
			if err != nil {
				failed = append(failed, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var traces []sources.Trace
	for _, id := range wanted {
		if parts := found[id]; parts != nil {
			traces = append(traces, parts.trace(id))
		}
	}
	return traces, oneOf(failed)
}

// traceParts is what the pages have given of one trace.
type traceParts struct {
	documents []string
	duration  time.Duration // as X-Ray has it
	partial   bool          // X-Ray keeps, or gave, less than there is
}

func (p *traceParts) trace(id string) sources.Trace {
	t := buildTrace(id, p.documents)
	t.Partial = t.Partial || p.partial
	if t.Start.IsZero() { // no document tells
		t.Start, _ = traceTime(id)
		t.Duration = p.duration
	}
	return t
}

// traceBatch fetches up to five traces, and once more those that X-Ray did
// not process.
func (s *Source) traceBatch(ctx context.Context, ids []string) (map[string]*traceParts, error) {
	found := make(map[string]*traceParts)
	left, err := s.tracePages(ctx, ids, found)
	if err == nil && len(left) > 0 {
		left, err = s.tracePages(ctx, left, found)
	}
	for _, id := range left {
		if found[id] == nil {
			found[id] = &traceParts{}
		}
		found[id].partial = true
	}
	if err != nil { // pages are missing: of which traces is not known
		for _, parts := range found {
			parts.partial = true
		}
	}
	return found, err
}

// tracePages reads all pages for some traces and gives the IDs of those that
// were not processed.
func (s *Source) tracePages(ctx context.Context, ids []string, found map[string]*traceParts) (left []string, err error) {
	var p pager
	in := &xray.BatchGetTracesInput{TraceIds: ids}
	on := ids[0]
	if len(ids) > 1 {
		on += " and " + strconv.Itoa(len(ids)-1) + " more"
	}
	for {
		out, err := s.xray.BatchGetTraces(ctx, in)
		if err != nil {
			return left, s.failed(ctx, opBatchGetTraces, on, err)
		}
		for i := range out.Traces {
			collect(found, &out.Traces[i])
		}
		for _, id := range out.UnprocessedTraceIds {
			if slices.Contains(ids, id) && !slices.Contains(left, id) {
				left = append(left, id)
			}
		}
		more, err := p.next(out.NextToken, opBatchGetTraces, on)
		if err != nil || !more {
			return left, err
		}
		in.NextToken = p.token
	}
}

func collect(found map[string]*traceParts, t *types.Trace) {
	id, ok := traceID(aws.ToString(t.Id))
	if !ok {
		return
	}
	parts := found[id]
	if parts == nil {
		parts = &traceParts{}
		found[id] = parts
	}
	for i := range t.Segments {
		if d := t.Segments[i].Document; d != nil {
			parts.documents = append(parts.documents, *d)
		}
	}
	parts.duration = max(parts.duration, seconds(t.Duration))
	parts.partial = parts.partial || aws.ToBool(t.LimitExceeded)
}

// TraceSummaries searches the traces that went through a function, newest
// first, in spans of six hours. A zero End means now; X-Ray keeps thirty days.
// X-Ray bills by traces scanned, so a limit saves money. What was got comes
// back with an error.
func (s *Source) TraceSummaries(ctx context.Context, q sources.TraceQuery) ([]sources.TraceSummary, error) {
	now := s.now()
	end := q.End
	if end.IsZero() || end.After(now) {
		end = now
	}
	start := q.Start
	if oldest := now.Add(-tracesKept); start.Before(oldest) {
		start = oldest
	}
	search := summarySearch{source: s, query: q, seen: make(map[string]struct{})}
	for end.After(start) {
		from := end.Add(-summariesSpan)
		if from.Before(start) {
			from = start
		}
		err := search.span(ctx, from, end)
		if err != nil || search.full() {
			return search.result(), err
		}
		end = from
	}
	return search.result(), nil
}

// summarySearch is one search under way.
type summarySearch struct {
	source *Source
	query  sources.TraceQuery
	seen   map[string]struct{}
	found  []sources.TraceSummary
}

func (q *summarySearch) full() bool { return q.query.Limit > 0 && len(q.found) >= q.query.Limit }

func (q *summarySearch) span(ctx context.Context, start, end time.Time) error {
	in := &xray.GetTraceSummariesInput{
		StartTime:        aws.Time(start),
		EndTime:          aws.Time(end),
		FilterExpression: aws.String(functionExpression(q.query.Function.Name)),
	}
	var p pager
	for {
		out, err := q.source.xray.GetTraceSummaries(ctx, in)
		if err != nil {
			return q.source.failed(ctx, opGetTraceSummaries, q.query.Function.Name, err)
		}
		for i := range out.TraceSummaries {
			q.add(&out.TraceSummaries[i])
		}
		more, err := p.next(out.NextToken, opGetTraceSummaries, q.query.Function.Name)
		if err != nil || !more || q.full() {
			return err
		}
		in.NextToken = p.token
	}
}

// add takes a summary in, once: spans share their borders.
func (q *summarySearch) add(t *types.TraceSummary) {
	id := aws.ToString(t.Id)
	if _, again := q.seen[id]; again || id == "" {
		return
	}
	q.seen[id] = struct{}{}
	start := aws.ToTime(t.StartTime).UTC()
	if t.StartTime == nil {
		start, _ = traceTime(id)
	}
	found := sources.TraceSummary{
		ID: id, Start: start, Duration: took(t.Duration), Response: took(t.ResponseTime),
		Error: aws.ToBool(t.HasError), Fault: aws.ToBool(t.HasFault), Throttle: aws.ToBool(t.HasThrottle), Partial: aws.ToBool(t.IsPartial),
		Services: servicesOf(t), Annotations: annotationsOf(t),
	}
	if t.Http != nil && aws.ToInt32(t.Http.HttpStatus) != 0 {
		found.Status = sources.Some(int(*t.Http.HttpStatus))
	}
	q.found = append(q.found, found)
}

func (q *summarySearch) result() []sources.TraceSummary {
	slices.SortStableFunc(q.found, func(a, b sources.TraceSummary) int {
		return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(a.ID, b.ID))
	})
	if q.full() {
		return q.found[:q.query.Limit]
	}
	return q.found
}

// functionExpression selects the traces that went through a function (X-Ray
// Developer Guide, "Using filter expressions").
func functionExpression(name string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)
	return `service(id(name: "` + quoted + `", type: "` + originLambdaFunction + `"))`
}

// traceID brings a trace ID into X-Ray's form, "1-" eight and twenty-four hex
// digits; the form of OpenTelemetry is the same digits in one run.
func traceID(id string) (string, bool) {
	digits := id
	if rest, ok := strings.CutPrefix(id, "1-"); ok {
		seconds, unique, cut := strings.Cut(rest, "-")
		if !cut || len(seconds) != 8 {
			return "", false
		}
		digits = seconds + unique
	}
	if len(digits) != 32 {
		return "", false
	}
	for i := range len(digits) {
		c := digits[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return "", false
		}
	}
	digits = strings.ToLower(digits)
	return "1-" + digits[:8] + "-" + digits[8:], true
}

// traceTime is the second in which a trace began, which its ID tells.
func traceTime(id string) (time.Time, bool) {
	id, ok := traceID(id)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(id[2:10], 16, 64)
	if err != nil {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0).UTC(), true
}

// seconds is a number of seconds as a duration; zero when it is none.
func seconds(s *float64) time.Duration {
	const most = float64(1 << 33) // 272 years
	if s == nil || !(*s > 0) || *s > most {
		return 0
	}
	return time.Duration(*s*float64(time.Second) + 0.5)
}
