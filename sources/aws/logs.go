package aws

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"fntop/sources"
	"fntop/sources/platformlog"
)

const (
	// eventsPage is the most events a page holds, and streamsPerCall the most
	// streams a call may name (API reference, FilterLogEvents).
	eventsPage     = 10_000
	streamsPerCall = 100
	fixNoLogGroup  = "the function has not run yet, or its role may not write logs"
	fixNoLogStream = "the environment has not written yet, or its log stream was deleted"
)

// descendingSince is the earliest start of a reading from the newest event
// backwards (API reference, FilterLogEvents, startFromHead).
func descendingSince() time.Time { return time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC) }

// Correlator makes a correlator of the function's platform log lines.
func (s *Source) Correlator(fn sources.Function) sources.Correlator {
	return platformlog.NewCorrelator(fn)
}

// Logs reads log events with FilterLogEvents, which costs nothing. Pages come
// in time order, or newest first where the query says so; of more than a
// hundred streams, a hundred are read after the other. Empty pages are not
// handed over.
func (s *Source) Logs(ctx context.Context, q sources.LogQuery, page func(sources.LogPage) error) error {
	r := logReading{source: s, query: q, page: page}
	if q.Group == "" {
		return &sources.Error{
			Op: opFilterLogEvents, On: q.Function.Name, Kind: sources.Unsupported,
			Err: &cause{text: "its log group is not known yet"},
		}
	}
	streams := q.Streams
	for {
		some := streams[:min(len(streams), streamsPerCall)]
		streams = streams[len(some):]
		if err := r.read(ctx, some, len(streams) > 0); err != nil || r.full || len(streams) == 0 {
			return err
		}
	}
}

// logReading is one Logs call under way.
type logReading struct {
	source *Source
	query  sources.LogQuery
	page   func(sources.LogPage) error
	count  int  // events handed over
	full   bool // the limit has been reached
}

// read reads some streams, or all of the group when there are none named.
// more tells whether others follow.
func (r *logReading) read(ctx context.Context, streams []string, more bool) error {
	start, end := r.query.Start, r.query.End
	border := descendingSince()
	switch {
	case !r.query.NewestFirst:
		return r.span(ctx, streams, start, end, false, more)
	case !start.Before(border):
		return r.span(ctx, streams, start, end, true, more)
	}
	// Only what is younger than the border can be read backwards. What is
	// older is read forwards and turned round.
	if end.IsZero() || end.After(border) {
		if err := r.span(ctx, streams, border, end, true, true); err != nil || r.full {
			return err
		}
		end = border
	}
	return r.oldBackwards(ctx, streams, start, end, more)
}

// span reads one span of time page by page. more tells whether there is
// something to read after it.
func (r *logReading) span(ctx context.Context, streams []string, start, end time.Time, newestFirst, more bool) error {
	in, some := r.input(streams, start, end)
	if !some {
		return nil
	}
	if newestFirst {
		in.StartFromHead = aws.Bool(false)
	}
	var p pager
	for {
		in.Limit = r.pageLimit()
		events, next, err := r.fetch(ctx, in, &p)
		if handErr := r.hand(events, next || more || err != nil); handErr != nil {
			return handErr
		}
		if err != nil || r.full || !next {
			return err
		}
		in.NextToken = p.token
	}
}

// oldBackwards reads a span forwards, keeps the newest events of it that the
// limit allows, and hands them over newest first.
func (r *logReading) oldBackwards(ctx context.Context, streams []string, start, end time.Time, more bool) error {
	in, some := r.input(streams, start, end)
	if !some {
		return nil
	}
	var (
		p    pager
		kept []sources.LogEvent
	)
	for {
		events, next, err := r.fetch(ctx, in, &p)
		kept = append(kept, events...)
		if limit := r.query.Limit - r.count; r.query.Limit > 0 && len(kept) > limit {
			kept, more = slices.Clone(kept[len(kept)-limit:]), true
		}
		if err != nil || !next {
			slices.Reverse(kept)
			if handErr := r.hand(kept, more || err != nil); handErr != nil {
				return handErr
			}
			return err
		}
		in.NextToken = p.token
	}
}

// fetch makes one call. next tells whether the pager has moved to a further
// page. The events stand even when there is an error.
func (r *logReading) fetch(ctx context.Context, in *cloudwatchlogs.FilterLogEventsInput, p *pager) (
	events []sources.LogEvent, next bool, err error,
) {
	out, err := r.source.logs.FilterLogEvents(ctx, in)
	if err != nil {
		return nil, false, r.failed(ctx, err)
	}
	next, err = p.next(out.NextToken, opFilterLogEvents, r.query.Group)
	return ownEvents(logEvents(out.Events), r.query.Function.Name), next, err
}

// hand hands events over. more tells whether there is anything behind them.
func (r *logReading) hand(events []sources.LogEvent, more bool) error {
	if limit := r.query.Limit; limit > 0 {
		left := limit - r.count
		if len(events) > left {
			events, more = events[:left], true
		}
		r.full = r.count+len(events) >= limit
	}
	r.count += len(events)
	if len(events) == 0 {
		return nil
	}
	return r.page(sources.LogPage{Events: events, Truncated: r.full && more})
}

// pageLimit is how many events to ask for, nil for as many as there are.
func (r *logReading) pageLimit() *int32 {
	if r.query.Limit <= 0 {
		return nil
	}
	return aws.Int32(int32(min(r.query.Limit-r.count, eventsPage))) //nolint:gosec // small
}

// input is the request for a span. some is false when no event can be in it.
func (r *logReading) input(streams []string, start, end time.Time) (in *cloudwatchlogs.FilterLogEventsInput, some bool) {
	in = &cloudwatchlogs.FilterLogEventsInput{}
	if !start.IsZero() {
		in.StartTime = aws.Int64(max(0, ceilMilli(start)))
	}
	if !end.IsZero() {
		in.EndTime = aws.Int64(ceilMilli(end) - 1) // inclusive there, exclusive here
		if *in.EndTime < aws.ToInt64(in.StartTime) {
			return nil, false
		}
	}
	if strings.HasPrefix(r.query.Group, "arn:") {
		in.LogGroupIdentifier = aws.String(strings.TrimSuffix(r.query.Group, ":*"))
	} else {
		in.LogGroupName = aws.String(r.query.Group)
	}
	if len(streams) > 0 {
		in.LogStreamNames = streams
	}
	if pattern := filterPattern(r.query); pattern != "" {
		in.FilterPattern = aws.String(pattern)
	}
	return in, true
}

// filterPattern selects on the server what the query asks for. The terms for
// platform lines are alternatives of each other and cannot be joined with a
// request ID that must be there: the ID alone selects few enough lines.
func filterPattern(q sources.LogQuery) string {
	if q.RequestID != "" {
		return platformlog.RequestPattern(q.RequestID)
	}
	return platformlog.FilterPattern(q.Format, q.Select)
}

func (r *logReading) failed(ctx context.Context, err error) error {
	out := r.source.failed(ctx, opFilterLogEvents, r.query.Group, err)
	if e := explained(out); e.Kind == sources.NotFound {
		e.Fix = fixNoLogGroup
		if strings.Contains(e.Error(), "log stream") {
			e.Fix = fixNoLogStream
		}
		return e
	}
	return out
}

func logEvents(from []types.FilteredLogEvent) []sources.LogEvent {
	events := make([]sources.LogEvent, 0, len(from))
	for i := range from {
		e := &from[i]
		events = append(events, sources.LogEvent{
			ID:       aws.ToString(e.EventId),
			Time:     milliTime(e.Timestamp),
			Ingested: milliTime(e.IngestionTime),
			Stream:   aws.ToString(e.LogStreamName),
			Message:  aws.ToString(e.Message),
		})
	}
	return events
}

// milliTime is milliseconds since 1970, in UTC; zero when there is none.
func milliTime(ms *int64) time.Time {
	if ms == nil {
		return time.Time{}
	}
	return time.UnixMilli(*ms).UTC()
}

// ceilMilli is the first whole millisecond that is not before t.
func ceilMilli(t time.Time) int64 {
	ms := t.UnixMilli()
	if time.UnixMilli(ms).Before(t) {
		ms++
	}
	return ms
}
