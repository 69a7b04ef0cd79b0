package demo

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"fntop/sources"
	"fntop/sources/demo/wire"
)

type getLogEventsInput struct {
	groupName
	LogStreamName string    `json:"logStreamName"`
	StartTime     *wire.Int `json:"startTime"`
	EndTime       *wire.Int `json:"endTime"`
	NextToken     string    `json:"nextToken"`
	Limit         *wire.Int `json:"limit"`
	StartFromHead bool      `json:"startFromHead"`
}

// getLogEvents reads one stream. Its tokens are places in the stream, one at
// each end of the page: "f/…" to go on towards newer events and "b/…" towards
// older ones. At the end the token comes back as it was given.
func getLogEvents(ctx context.Context, s *Server, c *call) (any, *wire.Error) {
	var in getLogEventsInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	group, failure := s.group(c, in.groupName)
	if failure != nil {
		return nil, failure
	}
	limit, failure := pageLimit(in.Limit, maxPageEvents, maxPageEvents)
	switch {
	case failure != nil:
		return nil, failure
	case in.LogStreamName == "":
		return nil, invalidLogs("logStreamName is required.")
	}
	sum := sumOf(c.Region, group, in.LogStreamName)
	sc := &scan{s: s, region: c.Region, group: group, asOf: c.asOf}
	sc.keep = func(ev *sources.LogEvent) bool { return ev.Stream == in.LogStreamName }
	sc.start, sc.end = logWindow(in.StartTime, in.EndTime, c.asOf, 0)
	if in.StartTime == nil {
		sc.start = streamStart(in.LogStreamName, sc.start)
	}
	forward, from := in.StartFromHead, position{at: sc.end}
	if forward {
		from = position{at: sc.start}
	}
	if in.NextToken != "" {
		text, isForward := strings.CutPrefix(in.NextToken, "f/")
		if !isForward {
			text = strings.TrimPrefix(in.NextToken, "b/")
		}
		tok, err := parseToken(text, sum)
		if err != nil {
			return nil, invalidLogs("The specified nextToken is invalid.")
		}
		forward, from = isForward, tok.pos
	}
	page := eventPage{limit: limit, latest: !forward && in.NextToken == ""}
	older, newer := page.fill(ctx, sc, forward, from)
	return &cloudwatchlogs.GetLogEventsOutput{
		Events:            page.events,
		NextForwardToken:  aws.String("f/" + token{pos: newer, sum: sum}.String()),
		NextBackwardToken: aws.String("b/" + token{pos: older, sum: sum}.String()),
	}, nil
}

// eventPage is a page of one stream, oldest first.
type eventPage struct {
	events []types.OutputLogEvent
	limit  int
	bytes  int
	// latest marks the page of the newest events: what is newer than it comes
	// after its last event, and not after the end of the window.
	latest bool
}

// fill reads the page and gives the places at its two ends.
func (p *eventPage) fill(ctx context.Context, sc *scan, forward bool, from position) (older, newer position) {
	p.events = []types.OutputLogEvent{}
	older, newer = from, from
	if forward {
		newer, _ = sc.forward(ctx, from, func(ev *sources.LogEvent, _, _ position) bool { return p.add(ev) })
		return older, newer
	}
	if p.latest {
		newer = position{at: sc.start}
	}
	older, _ = sc.backward(ctx, from, func(ev *sources.LogEvent, _, after position) bool {
		if p.latest && len(p.events) == 0 {
			newer = after
		}
		return p.add(ev)
	})
	slices.Reverse(p.events)
	return older, newer
}

func (p *eventPage) add(ev *sources.LogEvent) bool {
	size := len(ev.Message) + eventOverhead
	if len(p.events) == p.limit || len(p.events) > 0 && p.bytes+size > maxPageBytes {
		return false
	}
	p.bytes += size
	p.events = append(p.events, types.OutputLogEvent{
		IngestionTime: ingestion(ev), Message: aws.String(ev.Message), Timestamp: aws.Int64(ev.Time.UnixMilli()),
	})
	return true
}

// streamStart is the day in a stream's name, on which its environment began,
// when that is later than the time given.
func streamStart(stream string, t time.Time) time.Time {
	if len(stream) >= len("2006/01/02") {
		if began, err := time.Parse("2006/01/02", stream[:len("2006/01/02")]); err == nil && began.After(t) {
			return began
		}
	}
	return t
}
