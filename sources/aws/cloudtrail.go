package aws

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"fntop/sources"
)

var _ sources.ChangeReader = (*Source)(nil)

const (
	// trailPage is the most events a page holds, and trailKept for how long
	// the history reaches back (CloudTrail API reference, LookupEvents).
	trailPage = 50
	trailKept = 90 * 24 * time.Hour
	// trailSource is the source of Lambda's events, which a lookup may name:
	// the names of its events have dates in them, and are compared here.
	trailSource = "lambda.amazonaws.com"
)

// Changes reads CloudTrail's history of the calls that changed functions,
// newest first, fifty events at a time. One lookup is for all functions of the
// region, and takes one attribute only: what only read comes with it and is
// left out here.
func (s *Source) Changes(ctx context.Context, start, end time.Time, page func(sources.ChangePage) error) error {
	if oldest := s.now().Add(-trailKept); start.Before(oldest) {
		start = oldest
	}
	if !end.After(start) {
		return page(sources.ChangePage{Since: start})
	}
	in := &cloudtrail.LookupEventsInput{
		StartTime: aws.Time(start), EndTime: aws.Time(end), MaxResults: aws.Int32(trailPage),
		LookupAttributes: []types.LookupAttribute{{
			AttributeKey: types.LookupAttributeKeyEventSource, AttributeValue: aws.String(trailSource),
		}},
	}
	var p pager
	since := end
	for {
		out, err := s.trail.LookupEvents(ctx, in)
		if err != nil {
			return s.failed(ctx, opLookupEvents, s.scope.Region, err)
		}
		read := s.trailPage(out.Events, start, end)
		more, tokenErr := p.next(out.NextToken, opLookupEvents, s.scope.Region)
		switch {
		case tokenErr == nil && !more:
			since = start
		case !read.Since.IsZero() && read.Since.Before(since):
			since = read.Since
		}
		read.Since = since
		if err := page(read); err != nil {
			return err
		}
		if tokenErr != nil || !more {
			return tokenErr
		}
		in.NextToken = p.token
	}
}

// trailPage reads the events of one page; Since is the time of the oldest of
// them, zero when there is none. An event out of the span has a time that
// cannot be believed.
func (s *Source) trailPage(events []types.Event, start, end time.Time) sources.ChangePage {
	var read sources.ChangePage
	for i := range events {
		e := &events[i]
		at := aws.ToTime(e.EventTime).UTC()
		if at.Before(start.Truncate(time.Second)) || at.After(end) {
			read.Skipped++
			continue
		}
		if read.Since.IsZero() || at.Before(read.Since) {
			read.Since = at
		}
		if aws.ToString(e.ReadOnly) == "true" {
			continue
		}
		change, state := parseTrailRecord(s.scope, aws.ToString(e.CloudTrailEvent))
		switch state {
		case trailMalformed:
			read.Skipped++
		case trailChange:
			change.Time = at.Truncate(time.Second)
			if id := aws.ToString(e.EventId); isName(id) {
				change.ID = id
			}
			read.Changes = append(read.Changes, change)
		case trailOther:
		}
	}
	return read
}
