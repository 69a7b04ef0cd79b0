package demo

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"fntop/sources"
	"fntop/sources/demo/wire"
)

// describedPerPage is the page size of the Describe operations (API
// reference).
const describedPerPage = 50

type describeLogGroupsInput struct {
	LogGroupNamePrefix  string    `json:"logGroupNamePrefix"`
	LogGroupNamePattern string    `json:"logGroupNamePattern"`
	LogGroupClass       string    `json:"logGroupClass"`
	LogGroupIdentifiers []string  `json:"logGroupIdentifiers"`
	NextToken           string    `json:"nextToken"`
	Limit               *wire.Int `json:"limit"`
}

// describeLogGroups lists the groups of the functions, by name. What the
// model does not know (creation, stored bytes) is left out.
func describeLogGroups(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	var in describeLogGroupsInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	limit, failure := pageLimit(in.Limit, describedPerPage, describedPerPage)
	if failure != nil {
		return nil, failure
	}
	if in.LogGroupNamePrefix != "" && in.LogGroupNamePattern != "" {
		return nil, invalidLogs("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	groups := s.catalogue(c.Region, c.asOf).groups
	if in.NextToken != "" {
		after, err := parseNameToken(in.NextToken)
		if err != nil {
			return nil, invalidLogs("The specified nextToken is invalid.")
		}
		i, found := slices.BinarySearch(groups, after)
		if found {
			i++
		}
		groups = groups[i:]
	}
	out := &cloudwatchlogs.DescribeLogGroupsOutput{LogGroups: []types.LogGroup{}}
	for _, group := range groups {
		if !in.matches(group) || !s.groupExists(c.Region, group, c.asOf) {
			continue
		}
		if len(out.LogGroups) == limit {
			out.NextToken = aws.String(nameToken(*out.LogGroups[limit-1].LogGroupName))
			break
		}
		arn := s.groupARN(c.Region, group)
		out.LogGroups = append(out.LogGroups, types.LogGroup{
			LogGroupName: aws.String(group), Arn: aws.String(arn + ":*"), LogGroupArn: aws.String(arn),
			LogGroupClass: types.LogGroupClassStandard, MetricFilterCount: aws.Int32(0),
		})
	}
	return out, nil
}

func (in *describeLogGroupsInput) matches(group string) bool {
	if in.LogGroupClass != "" && in.LogGroupClass != string(types.LogGroupClassStandard) {
		return false
	}
	if len(in.LogGroupIdentifiers) > 0 && !slices.ContainsFunc(in.LogGroupIdentifiers, func(id string) bool {
		name, _, _ := groupName{LogGroupIdentifier: id}.resolve()
		return name == group
	}) {
		return false
	}
	return strings.HasPrefix(group, in.LogGroupNamePrefix) &&
		strings.Contains(strings.ToLower(group), strings.ToLower(in.LogGroupNamePattern))
}

type describeLogStreamsInput struct {
	groupName
	LogStreamNamePrefix string    `json:"logStreamNamePrefix"`
	OrderBy             string    `json:"orderBy"`
	Descending          bool      `json:"descending"`
	NextToken           string    `json:"nextToken"`
	Limit               *wire.Int `json:"limit"`
}

// streamLookback is how far back DescribeLogStreams looks for streams: the
// model has no list of them, they are found by their events.
const streamLookback = 24 * time.Hour

func describeLogStreams(ctx context.Context, s *Server, c *call) (any, *wire.Error) {
	var in describeLogStreamsInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	group, failure := s.group(c, in.groupName)
	if failure != nil {
		return nil, failure
	}
	limit, failure := pageLimit(in.Limit, describedPerPage, describedPerPage)
	if failure != nil {
		return nil, failure
	}
	byTime := in.OrderBy == string(types.OrderByLastEventTime)
	switch {
	case !byTime && in.OrderBy != "" && in.OrderBy != string(types.OrderByLogStreamName):
		return nil, invalidLogs("The value " + in.OrderBy + " of orderBy is not valid.")
	case byTime && in.LogStreamNamePrefix != "":
		return nil, invalidLogs("Cannot order by LastEventTime with a logStreamNamePrefix.")
	}
	sum := sumOf(c.Region, group, in.LogStreamNamePrefix, in.OrderBy, strconv.FormatBool(in.Descending))
	tok := token{asOf: c.asOf, sum: sum}
	if in.NextToken != "" {
		var err error
		if tok, err = parseToken(in.NextToken, sum); err != nil {
			return nil, invalidLogs("The specified nextToken is invalid.")
		}
	}
	streams := s.findStreams(ctx, c.Region, group, tok.asOf)
	streams = slices.DeleteFunc(streams, func(st types.LogStream) bool {
		return !strings.HasPrefix(*st.LogStreamName, in.LogStreamNamePrefix)
	})
	slices.SortFunc(streams, func(a, b types.LogStream) int {
		order := cmp.Compare(*a.LogStreamName, *b.LogStreamName)
		if byTime {
			order = cmp.Or(cmp.Compare(*a.LastEventTimestamp, *b.LastEventTimestamp), order)
		}
		if in.Descending {
			return -order
		}
		return order
	})
	done := min(int(tok.pos.skip), len(streams))
	out := &cloudwatchlogs.DescribeLogStreamsOutput{LogStreams: streams[done:]}
	if len(out.LogStreams) > limit {
		out.LogStreams = out.LogStreams[:limit]
		tok.pos.skip += uint32(limit) //nolint:gosec // at most 50
		out.NextToken = aws.String(tok.String())
	}
	return out, nil
}

// findStreams finds the streams with events in the lookback, within the limit
// of one reading, newest first.
func (s *Server) findStreams(ctx context.Context, region, group string, asOf time.Time) []types.LogStream {
	sc := &scan{s: s, region: region, group: group, asOf: asOf, start: asOf.Add(-streamLookback), end: asOf.Add(time.Minute)}
	streams, seen := []types.LogStream{}, map[string]bool{}
	sc.backward(ctx, position{at: sc.end}, func(ev *sources.LogEvent, _, _ position) bool {
		if !seen[ev.Stream] {
			seen[ev.Stream] = true
			streams = append(streams, types.LogStream{
				LogStreamName:      aws.String(ev.Stream),
				Arn:                aws.String(s.groupARN(region, group) + ":log-stream:" + ev.Stream),
				LastEventTimestamp: aws.Int64(ev.Time.UnixMilli()), LastIngestionTime: ingestion(ev),
			})
		}
		return true
	})
	return streams
}
