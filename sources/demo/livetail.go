package demo

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"fntop/sources"
	"fntop/sources/demo/logpattern"
	"fntop/sources/demo/wire"
)

// The limits of a live tail (API reference, StartLiveTail; "CloudWatch Logs
// quotas", 2026).
const (
	maxTailGroups  = 10
	maxTailStreams = 100
	maxTails       = 15 // at once in a region
)

type startLiveTailInput struct {
	LogGroupIdentifiers   []string `json:"logGroupIdentifiers"`
	LogEventFilterPattern string   `json:"logEventFilterPattern"`
	LogStreamNames        []string `json:"logStreamNames"`
	LogStreamNamePrefixes []string `json:"logStreamNamePrefixes"`
}

// startLiveTail begins a session. Its answer runs until the client goes away
// or the session has been open for three hours.
func startLiveTail(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	var in startLiveTailInput
	if failure := c.Decode(&in); failure != nil {
		return nil, failure
	}
	if failure := in.check(); failure != nil {
		return nil, failure
	}
	pattern, err := logpattern.Parse(in.LogEventFilterPattern)
	if err != nil {
		return nil, invalidLogs(err.Error())
	}
	t := &liveTail{s: s, c: c, pattern: pattern, since: c.asOf, keep: in.streams()}
	for _, id := range in.LogGroupIdentifiers {
		if !strings.HasPrefix(id, "arn:") {
			return nil, invalidLogs("The specified log group identifier " + id + " is not valid: it must be the ARN of a log group.")
		}
		group, failure := s.group(c, groupName{LogGroupIdentifier: id})
		if failure != nil {
			return nil, failure
		}
		if !slices.ContainsFunc(t.groups, func(g tailGroup) bool { return g.name == group }) {
			t.groups = append(t.groups, tailGroup{name: group, arn: id})
		}
	}
	t.start = types.LiveTailSessionStart{
		LogGroupIdentifiers: in.LogGroupIdentifiers,
		LogStreamNames:      in.LogStreamNames, LogStreamNamePrefixes: in.LogStreamNamePrefixes,
		RequestId: aws.String(c.ID), SessionId: aws.String(uuidOf("live tail", s.sequence.Add(1))),
	}
	if in.LogEventFilterPattern != "" {
		t.start.LogEventFilterPattern = aws.String(in.LogEventFilterPattern)
	}
	if !s.tails.open(c.Region) {
		return nil, &wire.Error{
			Status: http.StatusBadRequest, Code: "LimitExceededException",
			Message: "Resource limit exceeded: " + strconv.Itoa(maxTails) + " concurrent Live Tail sessions.",
		}
	}
	return t, nil
}

func (in *startLiveTailInput) check() *wire.Error {
	const detected = "1 validation error detected: Value at '"
	switch n := len(in.LogGroupIdentifiers); {
	case n == 0:
		return invalidLogs(detected + "logGroupIdentifiers' failed to satisfy constraint: Member must have length greater than or equal to 1")
	case n > maxTailGroups:
		return invalidLogs(detected + "logGroupIdentifiers' failed to satisfy constraint: Member must have length less than or equal to 10")
	case len(in.LogStreamNames) > maxTailStreams:
		return invalidLogs(detected + "logStreamNames' failed to satisfy constraint: Member must have length less than or equal to 100")
	case len(in.LogStreamNamePrefixes) > maxTailStreams:
		return invalidLogs(detected + "logStreamNamePrefixes' failed to satisfy constraint: Member must have length less than or equal to 100")
	case len(in.LogStreamNames) > 0 && len(in.LogStreamNamePrefixes) > 0:
		return invalidLogs("Parameters logStreamNames and logStreamNamePrefixes are mutually exclusive.")
	case n > 1 && len(in.LogStreamNames)+len(in.LogStreamNamePrefixes) > 0:
		return invalidLogs("logStreamNames and logStreamNamePrefixes can only be specified with one log group.")
	}
	return nil
}

// streams is the filter by log stream; nil when there is none.
func (in *startLiveTailInput) streams() func(*sources.LogEvent) bool {
	switch {
	case len(in.LogStreamNames) > 0:
		return func(ev *sources.LogEvent) bool { return slices.Contains(in.LogStreamNames, ev.Stream) }
	case len(in.LogStreamNamePrefixes) > 0:
		return func(ev *sources.LogEvent) bool {
			return slices.ContainsFunc(in.LogStreamNamePrefixes, func(prefix string) bool { return strings.HasPrefix(ev.Stream, prefix) })
		}
	}
	return nil
}

// tailResource is what permissions for a live tail are about.
func tailResource(s *Server, c *call) string {
	var in startLiveTailInput
	if c.Decode(&in) == nil && len(in.LogGroupIdentifiers) > 0 {
		return in.LogGroupIdentifiers[0]
	}
	return s.groupARN(c.Region, "")
}

// tails counts the sessions that are open.
type tails struct {
	mu       sync.Mutex
	byRegion map[string]int
}

// open counts a session in, unless there are as many as may be.
func (t *tails) open(region string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byRegion[region] >= maxTails {
		return false
	}
	if t.byRegion == nil {
		t.byRegion = map[string]int{}
	}
	t.byRegion[region]++
	return true
}

func (t *tails) close(region string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byRegion[region]--
}
