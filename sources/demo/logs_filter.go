package demo

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"fntop/sources"
	"fntop/sources/demo/logpattern"
	"fntop/sources/demo/wire"
)

// groupName names a log group in a request: by name, or by name or ARN.
type groupName struct {
	LogGroupName       string `json:"logGroupName"`
	LogGroupIdentifier string `json:"logGroupIdentifier"`
}

type filterLogEventsInput struct {
	groupName
	LogStreamNames      []string  `json:"logStreamNames"`
	LogStreamNamePrefix *string   `json:"logStreamNamePrefix"`
	StartTime           *wire.Int `json:"startTime"`
	EndTime             *wire.Int `json:"endTime"`
	FilterPattern       string    `json:"filterPattern"`
	NextToken           string    `json:"nextToken"`
	Limit               *wire.Int `json:"limit"`
	StartFromHead       *bool     `json:"startFromHead"`
}

// newestFirstSince is the earliest startTime that startFromHead=false takes
// (API reference, FilterLogEvents): 2024-01-01T00:00:00Z, in milliseconds.
const newestFirstSince = 1704067200000

// flagEmptied marks a token of an empty page, so that the page after it is
// not empty on purpose again.
const flagEmptied = 1

func filterLogEvents(ctx context.Context, s *Server, c *call) (any, *wire.Error) {
	var in filterLogEventsInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	group, failure := s.group(c, in.groupName)
	if failure != nil {
		return nil, failure
	}
	pattern, limit, failure := in.check()
	if failure != nil {
		return nil, failure
	}
	newestFirst := in.StartFromHead != nil && !*in.StartFromHead
	tok, failure := in.token(c, group, newestFirst)
	if failure != nil {
		return nil, failure
	}
	sc := &scan{s: s, region: c.Region, group: group, asOf: tok.asOf, keep: in.streams()}
	sc.start, sc.end = logWindow(in.StartTime, in.EndTime, tok.asOf, time.Millisecond)
	if in.NextToken == "" {
		tok.pos = position{at: sc.start}
		if newestFirst {
			tok.pos = position{at: sc.end}
		}
	}
	out := &cloudwatchlogs.FilterLogEventsOutput{
		Events: []types.FilteredLogEvent{}, SearchedLogStreams: []types.SearchedLogStream{},
	}
	if tok.emptyPage() {
		tok.flags |= flagEmptied
		out.NextToken = aws.String(tok.String())
		return out, nil
	}
	bytes := 0
	visit := func(ev *sources.LogEvent, _, _ position) bool {
		if !pattern.Match(ev.Message) {
			return true
		}
		size := len(ev.Message) + len(ev.Stream) + len(ev.ID) + eventOverhead
		if len(out.Events) == limit || len(out.Events) > 0 && bytes+size > maxPageBytes {
			return false
		}
		bytes += size
		out.Events = append(out.Events, filteredEvent(group, ev))
		return true
	}
	var end bool
	if newestFirst {
		tok.pos, end = sc.backward(ctx, tok.pos, visit)
	} else {
		tok.pos, end = sc.forward(ctx, tok.pos, visit)
	}
	if !end {
		tok.flags &^= flagEmptied
		out.NextToken = aws.String(tok.String())
	}
	return out, nil
}

// check validates what is not about groups and tokens.
func (in *filterLogEventsInput) check() (pattern *logpattern.Pattern, limit int, failure *wire.Error) {
	limit, failure = pageLimit(in.Limit, maxPageEvents, maxPageEvents)
	if failure != nil {
		return nil, 0, failure
	}
	switch {
	case len(in.LogStreamNames) > 0 && in.LogStreamNamePrefix != nil:
		return nil, 0, invalidLogs("Parameters logStreamNames and logStreamNamePrefix are mutually exclusive.")
	case len(in.LogStreamNames) > 100:
		return nil, 0, invalidLogs("logStreamNames has more than 100 members")
	case in.StartTime != nil && *in.StartTime < 0 || in.EndTime != nil && *in.EndTime < 0:
		return nil, 0, invalidLogs("startTime and endTime must not be negative")
	case in.StartTime != nil && in.EndTime != nil && *in.EndTime < *in.StartTime:
		return nil, 0, invalidLogs("endTime must be greater than or equal to startTime")
	case in.StartFromHead != nil && !*in.StartFromHead && in.StartTime != nil && *in.StartTime < newestFirstSince:
		return nil, 0, invalidLogs("startFromHead=false requires a startTime of 2024-01-01 or later")
	}
	pattern, err := logpattern.Parse(in.FilterPattern)
	if err != nil {
		return nil, 0, invalidLogs(err.Error())
	}
	return pattern, limit, nil
}

// token reads where to go on. A token belongs to its question: another
// question with it is refused.
func (in *filterLogEventsInput) token(c *call, group string, newestFirst bool) (token, *wire.Error) {
	parts := []string{c.Region, group, in.FilterPattern, strconv.FormatBool(newestFirst), timeText(in.StartTime), timeText(in.EndTime)}
	if in.LogStreamNamePrefix != nil {
		parts = append(parts, "prefix", *in.LogStreamNamePrefix)
	}
	parts = append(parts, in.LogStreamNames...)
	sum := sumOf(parts...)
	if in.NextToken == "" {
		return token{asOf: c.asOf, sum: sum}, nil
	}
	tok, err := parseToken(in.NextToken, sum)
	if err != nil {
		return tok, invalidLogs("The specified nextToken is invalid.")
	}
	return tok, nil
}

func timeText(t *wire.Int) string {
	if t == nil {
		return ""
	}
	return strconv.FormatInt(int64(*t), 10)
}

// emptyPage tells whether the service answers here with an empty page and a
// token, as it does now and then. Whether it does follows from the question,
// the place in it and the moment; the page after it is never empty for that
// reason.
func (t token) emptyPage() bool {
	if t.flags&flagEmptied != 0 {
		return false
	}
	return sumOf(t.String())%8 == 0
}

// streams is the filter by log stream; nil when there is none.
func (in *filterLogEventsInput) streams() func(*sources.LogEvent) bool {
	switch {
	case len(in.LogStreamNames) > 0:
		return func(ev *sources.LogEvent) bool { return slices.Contains(in.LogStreamNames, ev.Stream) }
	case in.LogStreamNamePrefix != nil && *in.LogStreamNamePrefix != "":
		return func(ev *sources.LogEvent) bool { return strings.HasPrefix(ev.Stream, *in.LogStreamNamePrefix) }
	}
	return nil
}

// logWindow turns milliseconds into times. The end is exclusive; inclusive
// is what makes an inclusive one exclusive.
func logWindow(start, end *wire.Int, asOf time.Time, inclusive time.Duration) (from, to time.Time) {
	from, to = asOf.Add(-logRetention), asOf.Add(time.Minute)
	if start != nil {
		if t := milliseconds(*start); t.After(from) {
			from = t
		}
	}
	if end != nil {
		if t := milliseconds(*end).Add(inclusive); t.Before(to) {
			to = t
		}
	}
	if to.Before(from) {
		to = from
	}
	return from, to
}

// milliseconds is a time since the epoch, held to what a clock can show.
func milliseconds(ms wire.Int) time.Time {
	const last = 253402300799999 // 9999-12-31
	return time.UnixMilli(int64(min(max(ms, 0), last))).UTC()
}

func filteredEvent(group string, ev *sources.LogEvent) types.FilteredLogEvent {
	return types.FilteredLogEvent{
		EventId: aws.String(eventID(group, ev)), IngestionTime: ingestion(ev), LogStreamName: aws.String(ev.Stream),
		Message: aws.String(ev.Message), Timestamp: aws.Int64(ev.Time.UnixMilli()),
	}
}

// eventID is the model's ID, or one made of what is known of the event.
func eventID(group string, ev *sources.LogEvent) string {
	if ev.ID != "" {
		return ev.ID
	}
	return strconv.FormatUint(sumOf(group, ev.Stream, ev.Time.String(), ev.Message), 10)
}

func ingestion(ev *sources.LogEvent) *int64 {
	if ev.Ingested.IsZero() {
		return nil
	}
	return aws.Int64(ev.Ingested.UnixMilli())
}

// pageLimit reads a limit between 1 and the greatest.
func pageLimit(limit *wire.Int, standard, greatest int) (int, *wire.Error) {
	if limit == nil {
		return standard, nil
	}
	text := strconv.FormatInt(int64(*limit), 10)
	switch {
	case *limit < 1:
		return 0, invalidLogs("1 validation error detected: Value '" + text +
			"' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1")
	case int64(*limit) > int64(greatest):
		return 0, invalidLogs("1 validation error detected: Value '" + text +
			"' at 'limit' failed to satisfy constraint: Member must have value less than or equal to " + strconv.Itoa(greatest))
	}
	return int(*limit), nil
}

func invalidLogs(message string) *wire.Error {
	return &wire.Error{Status: http.StatusBadRequest, Code: "InvalidParameterException", Message: message}
}

// group finds the log group that a request names.
func (s *Server) group(c *call, name groupName) (string, *wire.Error) {
	if name.LogGroupName != "" && name.LogGroupIdentifier != "" {
		return "", invalidLogs("Only one of the parameters logGroupName and logGroupIdentifier is allowed.")
	}
	group, region, ok := name.resolve()
	switch {
	case !ok:
		return "", invalidLogs("The specified log group identifier is not valid.")
	case group == "":
		return "", invalidLogs("Either logGroupName or logGroupIdentifier is required.")
	case (region == "" || region == c.Region) && s.groupExists(c.Region, group, c.asOf):
		return group, nil
	}
	return "", &wire.Error{Status: http.StatusBadRequest, Code: "ResourceNotFoundException", Message: "The specified log group does not exist."}
}

// resolve takes the name, and the region if there is one, out of a name or an
// ARN. An ARN that ends in ":*" is not taken (API reference, FilterLogEvents).
func (n groupName) resolve() (group, region string, ok bool) {
	if n.LogGroupIdentifier == "" {
		return n.LogGroupName, "", true
	}
	if !strings.HasPrefix(n.LogGroupIdentifier, "arn:") {
		return n.LogGroupIdentifier, "", true
	}
	// arn:aws:logs:<region>:<account>:log-group:<name>
	parts := strings.Split(n.LogGroupIdentifier, ":")
	if len(parts) != 7 || parts[2] != "logs" || parts[5] != "log-group" || parts[6] == "" || parts[6] == "*" {
		return "", "", false
	}
	return parts[6], parts[3], true
}

func (s *Server) groupExists(region, group string, asOf time.Time) bool {
	if !s.lives(region) {
		return false
	}
	_, ok := s.model.Logs(region, group, asOf, asOf, asOf)
	return ok
}

// groupResource is what permissions on log groups are about.
func groupResource(s *Server, c *call) string {
	var name groupName
	group := ""
	if c.Decode(&name) == nil {
		group, _, _ = name.resolve()
	}
	return s.groupARN(c.Region, group) + ":log-stream:"
}

func (s *Server) groupARN(region, group string) string {
	return "arn:aws:logs:" + region + ":" + s.model.Account() + ":log-group:" + group
}
