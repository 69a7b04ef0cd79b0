package aws

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/platformlog"
)

const (
	// tailMinute is what a live tail is charged by, begun ones in full ("Amazon
	// CloudWatch pricing", 2026: Logs-LiveTail by the minute).
	tailMinute = time.Minute
	// tailSilence is how long a session may say nothing before it is taken for
	// broken: the service sends an update every second (API reference,
	// StartLiveTail).
	tailSilence = 30 * time.Second
	// tailShortest is how long a session must have run to be renewed. A service
	// that ends sessions sooner would be paid for every one of them.
	tailShortest = time.Minute

	fixTails = "end another live tail in this account and region: fifteen may run at once"
)

// tailing is one Tail call under way.
type tailing struct {
	source *Source
	input  cloudwatchlogs.StartLiveTailInput
	update func(sources.TailUpdate) error
	on     string                          // the log groups, for errors
	groups map[string][]sources.FunctionID // whose a log group is, by its name
	// refused is what update said; it goes back as it is.
	refused error
}

// Tail follows log events with StartLiveTail, at $0.01 for every minute begun
// once the account's free minutes of the month are used up.
func (s *Source) Tail(ctx context.Context, q sources.TailQuery, update func(sources.TailUpdate) error) error {
	t := &tailing{source: s, update: update, groups: make(map[string][]sources.FunctionID)}
	if err := t.choose(q); err != nil {
		return err
	}
	for renewed := false; ; renewed = true {
		began := s.now()
		err := t.session(ctx, renewed)
		if t.refused != nil {
			return t.refused
		}
		_, over := errors.AsType[*types.SessionTimeoutException](err)
		if !over || s.now().Sub(began) < tailShortest {
			return t.failed(ctx, err)
		}
	}
}

// choose finds the log groups to follow.
func (t *tailing) choose(q sources.TailQuery) error {
	if q.Filter != "" {
		t.input.LogEventFilterPattern = aws.String(q.Filter)
	}
	refuse := func(on, why, fix string) error {
		return &sources.Error{Op: opStartLiveTail, On: on, Kind: sources.Unsupported, Err: &cause{text: why}, Fix: fix}
	}
	for i := range q.Functions {
		fn := &q.Functions[i]
		switch {
		case fn.LogGroup == "":
			return refuse(fn.ID.Name, "its log group is not known yet", "")
		case fn.ID.Region != t.source.scope.Region:
			return refuse(fn.ID.Name, "it is in another region than "+t.source.scope.Region, "")
		}
		id := t.groupARN(fn)
		if !slices.Contains(t.input.LogGroupIdentifiers, id) {
			t.input.LogGroupIdentifiers = append(t.input.LogGroupIdentifiers, id)
		}
		name := groupOf(id)
		t.groups[name] = append(t.groups[name], fn.ID)
	}
	t.on = strings.Join(t.input.LogGroupIdentifiers, ", ")
	switch n := len(t.input.LogGroupIdentifiers); {
	case n == 0:
		return refuse("", "there is no function to follow", "name one")
	case n == 1:
		t.on = groupOf(t.on)
	case n > sources.MaxTailGroups:
		return refuse("", "more than ten log groups", "choose up to ten functions")
	}
	return nil
}

// groupARN is the log group of a function as StartLiveTail takes it: an ARN
// without the ":*" at its end.
func (t *tailing) groupARN(fn *sources.Function) string {
	if strings.HasPrefix(fn.LogGroup, "arn:") {
		return strings.TrimSuffix(fn.LogGroup, ":*")
	}
	id := arn.ARN{
		Partition: "aws", Service: "logs", Region: fn.ID.Region, AccountID: t.source.scope.Account,
		Resource: "log-group:" + fn.LogGroup,
	}
	if of, err := arn.Parse(fn.ARN); err == nil {
		id.Partition, id.AccountID = of.Partition, of.AccountID
	}
	return id.String()
}

// groupOf is the name in an identifier of a log group, which may be a name, an
// ARN, or a name with the account before it. Names have no colon in them (API
// reference, CreateLogGroup).
func groupOf(id string) string {
	return id[strings.LastIndexByte(id, ':')+1:]
}

// errTailEnded is the end of a stream that nobody has announced.
var errTailEnded = &cause{text: "the live tail broke off"}

// session runs one session to its end, which is always an error.
func (t *tailing) session(ctx context.Context, renewed bool) error {
	began := t.source.now() // the service may count from any moment after this one
	// smithy-go 1.28.9 decodes all event streams of a client with one buffer:
	// two of them at once read each other's events. Every session has a client
	// of its own.
	client := cloudwatchlogs.New(t.source.logs.Options())
	out, err := client.StartLiveTail(ctx, &t.input)
	if err != nil {
		return err
	}
	charge := t.charger(ctx, began, out.ResultMetadata)
	stream := out.GetStream()
	defer func() {
		_ = stream.Close()
		for range stream.Events() { // until the reader has ended
		}
		charge(true)
	}()
	silence := time.NewTimer(tailSilence)
	defer silence.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-silence.C:
			return t.broken(errTailEnded)
		case event, ok := <-stream.Events():
			if !ok {
				if err := stream.Err(); err != nil {
					return err
				}
				return t.broken(errTailEnded)
			}
			charge(false)
			if update, ok := event.(*types.StartLiveTailResponseStreamMemberSessionUpdate); ok {
				u := t.updateOf(&update.Value)
				u.Renewed, renewed = renewed, false
				if t.refused = t.update(u); t.refused != nil {
					return t.refused
				}
			}
			silence.Reset(tailSilence)
		}
	}
}

// charger books every further minute of a session as it begins; the first was
// booked with the request. What has been received is booked along with it, and
// at the last call.
func (t *tailing) charger(ctx context.Context, began time.Time, md middleware.Metadata) func(last bool) {
	charged := time.Duration(0)
	body, _ := md.Get(bodyKey{}).(*boundedBody)
	return func(last bool) {
		further := t.source.now().Sub(began).Truncate(tailMinute) - charged
		if further <= 0 && !last {
			return
		}
		record := meter.Call{
			Op: opStartLiveTail, Region: t.source.scope.Region, Continued: true,
			Charged: further > 0, Live: max(0, further),
		}
		if body != nil {
			record.BytesIn = body.taken()
		}
		charged += record.Live
		t.source.meter.Record(ctx, record)
	}
}

// updateOf reads an update. Events of functions that nobody asked for, which
// may share a log group with those that were, are left out.
func (t *tailing) updateOf(from *types.LiveTailSessionUpdate) sources.TailUpdate {
	u := sources.TailUpdate{Events: make([]sources.TailEvent, 0, len(from.SessionResults))}
	if from.SessionMetadata != nil {
		u.Sampled = from.SessionMetadata.Sampled
	}
	for i := range from.SessionResults {
		e := &from.SessionResults[i]
		stream := aws.ToString(e.LogStreamName)
		id, ok := t.owner(groupOf(aws.ToString(e.LogGroupIdentifier)), stream)
		if !ok {
			continue
		}
		u.Events = append(u.Events, sources.TailEvent{Function: id, LogEvent: sources.LogEvent{
			Time: milliTime(e.Timestamp), Ingested: milliTime(e.IngestionTime), Stream: stream, Message: aws.ToString(e.Message),
		}})
	}
	slices.SortStableFunc(u.Events, func(a, b sources.TailEvent) int { return a.Time.Compare(b.Time) })
	return u
}

// owner is the function that wrote to a stream of a log group.
func (t *tailing) owner(group, stream string) (id sources.FunctionID, ok bool) {
	functions := t.groups[group]
	name := platformlog.StreamFunction(stream)
	if name == "" && len(functions) > 0 {
		return functions[0], true
	}
	for _, id := range functions {
		if id.Name == name {
			return id, true
		}
	}
	return id, false
}

func (t *tailing) broken(why error) error {
	return &sources.Error{Op: opStartLiveTail, On: t.on, Kind: sources.Unreachable, Err: why, Fix: fixNetwork}
}

func (t *tailing) failed(ctx context.Context, err error) error {
	if limit, ok := errors.AsType[*types.LimitExceededException](err); ok {
		return &sources.Error{
			Op: opStartLiveTail, On: t.on, Kind: sources.Throttled,
			Err: &cause{text: limit.ErrorMessage(), err: err}, Fix: fixTails,
		}
	}
	out := t.source.failed(ctx, opStartLiveTail, t.on, err)
	switch e := explained(out); e.Kind {
	case sources.NotFound:
		e.Fix = fixNoLogGroup
	case sources.Other:
		if _, api := errors.AsType[smithy.APIError](err); !api { // the service has not said it: its stream cannot be read
			e.Kind = sources.Malformed
		}
	default:
	}
	return out
}
