package demo_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"fntop/sources"
	"fntop/sources/demo"
)

const busyGroup = "/aws/lambda/fn-000"

// visible are the events that can be read, and that match.
func (m *fakeModel) visible(group string, match func(sources.LogEvent) bool) (ids []string) {
	for _, ev := range m.logs[group] {
		if !ev.Ingested.After(simulated) && (match == nil || match(ev)) {
			ids = append(ids, ev.ID)
		}
	}
	return ids
}

// filterAll follows the tokens to the end.
func filterAll(t *testing.T, client *cloudwatchlogs.Client, in cloudwatchlogs.FilterLogEventsInput) (ids []string, pages, empty int) {
	t.Helper()
	for {
		page, err := client.FilterLogEvents(t.Context(), &in)
		if err != nil {
			t.Fatal(err)
		}
		if in.Limit != nil && len(page.Events) > int(*in.Limit) {
			t.Fatalf("%d events by %d", len(page.Events), *in.Limit)
		}
		for _, ev := range page.Events {
			ids = append(ids, *ev.EventId)
		}
		if pages++; len(page.Events) == 0 && page.NextToken != nil {
			empty++
		}
		if in.NextToken = page.NextToken; page.NextToken == nil {
			return ids, pages, empty
		}
	}
}

func TestFilterLogEvents(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := cloudwatchlogs.NewFromConfig(c.config("us-east-1"))
	cold := func(ev sources.LogEvent) bool { return strings.Contains(ev.Message, "Init Duration") }
	stream := "2026/11/23/[$LATEST]" + fmt.Sprintf("%032d", 1)
	middle := simulated.Add(-5 * time.Minute)
	tests := map[string]struct {
		in    cloudwatchlogs.FilterLogEventsInput
		match func(sources.LogEvent) bool
	}{
		"all":     {cloudwatchlogs.FilterLogEventsInput{}, nil},
		"pattern": {cloudwatchlogs.FilterLogEventsInput{FilterPattern: aws.String(`"Init Duration"`)}, cold},
		"stream":  {cloudwatchlogs.FilterLogEventsInput{LogStreamNames: []string{stream}}, func(ev sources.LogEvent) bool { return ev.Stream == stream }},
		"prefix":  {cloudwatchlogs.FilterLogEventsInput{LogStreamNamePrefix: aws.String(stream[:len(stream)-1])}, nil},
		"from":    {cloudwatchlogs.FilterLogEventsInput{StartTime: aws.Int64(middle.UnixMilli())}, func(ev sources.LogEvent) bool { return ev.Time.UnixMilli() >= middle.UnixMilli() }},
		"until":   {cloudwatchlogs.FilterLogEventsInput{EndTime: aws.Int64(middle.UnixMilli())}, func(ev sources.LogEvent) bool { return ev.Time.UnixMilli() <= middle.UnixMilli() }},
		"together": {cloudwatchlogs.FilterLogEventsInput{StartTime: aws.Int64(middle.UnixMilli()), FilterPattern: aws.String(`REPORT -"Init Duration"`)}, func(ev sources.LogEvent) bool {
			return ev.Time.UnixMilli() >= middle.UnixMilli() && strings.HasPrefix(ev.Message, "REPORT") && !cold(ev)
		}},
	}
	empties := 0
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			want := c.model.visible(busyGroup, tt.match)
			if len(want) < 20 {
				t.Fatalf("%d events to find: the test says nothing", len(want))
			}
			for _, limit := range []int32{0, 1000, 501, 100, 17} {
				for _, newestFirst := range []bool{false, true} {
					in := tt.in
					in.LogGroupName = aws.String(busyGroup)
					if limit > 0 {
						in.Limit = aws.Int32(limit)
					}
					expected := slices.Clone(want)
					if newestFirst {
						in.StartFromHead = aws.Bool(false)
						slices.Reverse(expected)
					}
					got, pages, empty := filterAll(t, client, in)
					empties += empty
					if !slices.Equal(got, expected) {
						t.Errorf("by %d, newest first %v: %d events on %d pages, want %d", limit, newestFirst, len(got), pages, len(expected))
					}
				}
			}
		})
	}
	if empties == 0 {
		t.Error("never an empty page with a token")
	}
}

func TestFilterLogEventsEvent(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := cloudwatchlogs.NewFromConfig(c.config("us-east-1"))
	first := c.model.logs[busyGroup][0]
	for _, group := range []cloudwatchlogs.FilterLogEventsInput{
		{LogGroupName: aws.String(busyGroup)},
		{LogGroupIdentifier: aws.String(busyGroup)},
		{LogGroupIdentifier: aws.String("arn:aws:logs:us-east-1:123456789012:log-group:" + busyGroup)},
	} {
		group.StartTime, group.EndTime = aws.Int64(first.Time.UnixMilli()), aws.Int64(first.Time.UnixMilli())
		for {
			page, err := client.FilterLogEvents(t.Context(), &group)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Events) > 0 {
				ev := page.Events[0]
				if *ev.EventId != first.ID || *ev.LogStreamName != first.Stream || *ev.Message != first.Message ||
					*ev.Timestamp != first.Time.UnixMilli() || *ev.IngestionTime != first.Ingested.UnixMilli() || len(page.Events) != 5 {
					t.Errorf("%+v, %d events", ev, len(page.Events))
				}
				break
			}
			if group.NextToken = page.NextToken; page.NextToken == nil {
				t.Fatal("no event")
			}
		}
	}
}

// A page holds a megabyte at most, and one event always fits.
func TestFilterLogEventsBytes(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	var events []sources.LogEvent
	for i := range 40 {
		at := simulated.Add(-time.Hour).Add(time.Duration(i) * time.Second)
		events = append(events, sources.LogEvent{
			ID: fmt.Sprint(i), Time: at, Ingested: at, Stream: "s", Message: strings.Repeat("x", 100_000) + strings.Repeat("\n", i%3),
		})
	}
	c.model.logs[busyGroup] = events
	client := cloudwatchlogs.NewFromConfig(c.config("us-east-1"))
	for _, newestFirst := range []bool{false, true} {
		in := cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String(busyGroup), StartFromHead: aws.Bool(!newestFirst)}
		ids, pages, empty := filterAll(t, client, in)
		if len(ids) != 40 || pages-empty != 4 {
			t.Errorf("newest first %v: %d events on %d pages, %d empty", newestFirst, len(ids), pages, empty)
		}
	}
}

func TestLogErrors(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := cloudwatchlogs.NewFromConfig(c.config("us-east-1"))
	for name, in := range map[string]cloudwatchlogs.FilterLogEventsInput{
		"unknown":         {LogGroupName: aws.String("/aws/lambda/nobody")},
		"other region":    {LogGroupIdentifier: aws.String("arn:aws:logs:eu-west-1:123456789012:log-group:" + busyGroup)},
		"unknown and arn": {LogGroupIdentifier: aws.String("arn:aws:logs:us-east-1:123456789012:log-group:x")},
	} {
		var missing *types.ResourceNotFoundException
		if _, err := client.FilterLogEvents(t.Context(), &in); !errors.As(err, &missing) || missing.ErrorMessage() != "The specified log group does not exist." {
			t.Errorf("%s: %v", name, err)
		}
	}
	group := aws.String(busyGroup)
	for name, in := range map[string]cloudwatchlogs.FilterLogEventsInput{
		"no group":        {},
		"two groups":      {LogGroupName: group, LogGroupIdentifier: group},
		"arn with star":   {LogGroupIdentifier: aws.String("arn:aws:logs:us-east-1:123456789012:log-group:" + busyGroup + ":*")},
		"limit 0":         {LogGroupName: group, Limit: aws.Int32(0)},
		"limit 10001":     {LogGroupName: group, Limit: aws.Int32(10_001)},
		"names, prefix":   {LogGroupName: group, LogStreamNames: []string{"a"}, LogStreamNamePrefix: aws.String("a")},
		"bad pattern":     {LogGroupName: group, FilterPattern: aws.String("{ $.a = }")},
		"unquoted":        {LogGroupName: group, FilterPattern: aws.String("REPORT:")},
		"bad token":       {LogGroupName: group, NextToken: aws.String("nonsense")},
		"end first":       {LogGroupName: group, StartTime: aws.Int64(10), EndTime: aws.Int64(5)},
		"negative":        {LogGroupName: group, StartTime: aws.Int64(-1)},
		"newest, too old": {LogGroupName: group, StartTime: aws.Int64(1000), StartFromHead: aws.Bool(false)},
	} {
		var invalid *types.InvalidParameterException
		if _, err := client.FilterLogEvents(t.Context(), &in); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A token is no other question's.
	in := cloudwatchlogs.FilterLogEventsInput{LogGroupName: group, Limit: aws.Int32(10)}
	page, err := client.FilterLogEvents(t.Context(), &in)
	if err != nil || page.NextToken == nil {
		t.Fatalf("first page: %v, %v", page, err)
	}
	in.NextToken, in.FilterPattern = page.NextToken, aws.String("REPORT")
	var invalid *types.InvalidParameterException
	if _, err := client.FilterLogEvents(t.Context(), &in); !errors.As(err, &invalid) {
		t.Errorf("token of another pattern: %v", err)
	}
}

func TestGetLogEvents(t *testing.T) {
	now := simulated
	c := newCloud(t, demo.ServerConfig{Now: func() time.Time { return now }})
	client := cloudwatchlogs.NewFromConfig(c.config("us-east-1"))
	stream := c.model.logs[busyGroup][0].Stream
	var want []string
	for _, ev := range c.model.logs[busyGroup] {
		if ev.Stream == stream && !ev.Ingested.After(now) {
			want = append(want, ev.Message)
		}
	}
	in := cloudwatchlogs.GetLogEventsInput{LogGroupName: aws.String(busyGroup), LogStreamName: &stream, Limit: aws.Int32(70)}
	read := func(t *testing.T, in cloudwatchlogs.GetLogEventsInput, backward bool) (got []string, first, last *cloudwatchlogs.GetLogEventsOutput) {
		t.Helper()
		for {
			page, err := client.GetLogEvents(t.Context(), &in)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = page
			}
			var messages []string
			for _, ev := range page.Events {
				messages = append(messages, *ev.Message)
			}
			next := page.NextForwardToken
			if backward {
				got, next = append(messages, got...), page.NextBackwardToken
			} else {
				got = append(got, messages...)
			}
			last = page
			if in.NextToken != nil && *next == *in.NextToken {
				return got, first, last
			}
			in.NextToken = next
		}
	}
	t.Run("from head", func(t *testing.T) {
		in := in
		in.StartFromHead = aws.Bool(true)
		got, _, last := read(t, in, false)
		if !slices.Equal(got, want) || len(want) < 900 {
			t.Errorf("%d events, want %d", len(got), len(want))
		}
		// And back again.
		in.NextToken = last.NextBackwardToken
		if got, _, _ = read(t, in, true); !slices.Equal(got, want) {
			t.Errorf("back: %d events, want %d", len(got), len(want))
		}
	})
	t.Run("from tail", func(t *testing.T) {
		got, first, _ := read(t, in, true)
		if !slices.Equal(got, want) {
			t.Errorf("%d events, want %d", len(got), len(want))
		}
		// What comes later is after the newest page.
		in := in
		in.NextToken = first.NextForwardToken
		if got, _, _ = read(t, in, false); len(got) != 0 {
			t.Errorf("%d events that were not readable", len(got))
		}
		now = now.Add(time.Minute)
		defer func() { now = simulated }()
		got, _, _ = read(t, in, false)
		var later []string
		for _, ev := range c.model.logs[busyGroup] {
			if ev.Stream == stream && ev.Ingested.After(simulated) {
				later = append(later, ev.Message)
			}
		}
		if len(later) == 0 || !slices.Equal(got, later) {
			t.Errorf("%d later events, want %d", len(got), len(later))
		}
	})
	t.Run("unknown stream", func(t *testing.T) {
		page, err := client.GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{LogGroupName: aws.String(busyGroup), LogStreamName: aws.String("x")})
		if err != nil || len(page.Events) != 0 {
			t.Errorf("%v, %v", page, err)
		}
	})
}

func TestDescribeLogGroups(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	delete(c.model.logs, "/aws/lambda/fn-119") // never written to
	client := cloudwatchlogs.NewFromConfig(c.config("us-east-1"))
	list := func(in cloudwatchlogs.DescribeLogGroupsInput) (names []string) {
		t.Helper()
		pager := cloudwatchlogs.NewDescribeLogGroupsPaginator(client, &in)
		for pager.HasMorePages() {
			page, err := pager.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(page.LogGroups) > 50 {
				t.Fatalf("%d groups on a page", len(page.LogGroups))
			}
			for _, g := range page.LogGroups {
				names = append(names, *g.LogGroupName)
				if *g.Arn != "arn:aws:logs:us-east-1:123456789012:log-group:"+*g.LogGroupName+":*" || g.LogGroupClass != types.LogGroupClassStandard {
					t.Errorf("%+v", g)
				}
			}
		}
		return names
	}
	if all := list(cloudwatchlogs.DescribeLogGroupsInput{}); len(all) != 119 || !slices.IsSorted(all) {
		t.Errorf("%d groups", len(all))
	}
	if got := list(cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("/aws/lambda/idle"), Limit: aws.Int32(5)}); len(got) != 12 {
		t.Errorf("by prefix: %v", got)
	}
	if got := list(cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePattern: aws.String("FN-00")}); len(got) != 9 {
		t.Errorf("by pattern: %v", got)
	}
	ids := []string{"/aws/lambda/fn-001", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/fn-002"}
	if got := list(cloudwatchlogs.DescribeLogGroupsInput{LogGroupIdentifiers: ids}); len(got) != 2 {
		t.Errorf("by identifier: %v", got)
	}
	if got := list(cloudwatchlogs.DescribeLogGroupsInput{LogGroupClass: types.LogGroupClassDelivery}); len(got) != 0 {
		t.Errorf("by class: %v", got)
	}
}

func TestDescribeLogStreams(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := cloudwatchlogs.NewFromConfig(c.config("us-east-1"))
	list := func(in cloudwatchlogs.DescribeLogStreamsInput) (names []string, last []int64) {
		t.Helper()
		in.LogGroupName = aws.String(busyGroup)
		pager := cloudwatchlogs.NewDescribeLogStreamsPaginator(client, &in)
		for pager.HasMorePages() {
			page, err := pager.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range page.LogStreams {
				names, last = append(names, *s.LogStreamName), append(last, *s.LastEventTimestamp)
			}
		}
		return names, last
	}
	names, _ := list(cloudwatchlogs.DescribeLogStreamsInput{Limit: aws.Int32(2)})
	if len(names) != 3 || !slices.IsSorted(names) {
		t.Errorf("by name: %v", names)
	}
	names, last := list(cloudwatchlogs.DescribeLogStreamsInput{OrderBy: types.OrderByLastEventTime, Descending: aws.Bool(true), Limit: aws.Int32(1)})
	slices.Reverse(last)
	if len(names) != 3 || !slices.IsSorted(last) {
		t.Errorf("by time: %v %v", names, last)
	}
	if names, _ = list(cloudwatchlogs.DescribeLogStreamsInput{LogStreamNamePrefix: aws.String(names[0])}); len(names) != 1 {
		t.Errorf("by prefix: %v", names)
	}
	_, err := client.DescribeLogStreams(t.Context(), &cloudwatchlogs.DescribeLogStreamsInput{
		LogGroupName: aws.String(busyGroup), OrderBy: types.OrderByLastEventTime, LogStreamNamePrefix: aws.String("x"),
	})
	if _, ok := errors.AsType[*types.InvalidParameterException](err); !ok {
		t.Errorf("order and prefix: %v", err)
	}
}

// One call reads only so much: what it has not reached is behind the token.
func TestFilterLogEventsScan(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	var events []sources.LogEvent
	for i := range 120_000 {
		at := simulated.Add(-time.Hour).Add(time.Duration(i) * time.Millisecond)
		ev := sources.LogEvent{ID: fmt.Sprint(i), Time: at, Ingested: at, Stream: "s", Message: "nothing"}
		if i == 60_000 {
			ev.Message = "needle"
		}
		events = append(events, ev)
	}
	c.model.logs[busyGroup] = events
	client := cloudwatchlogs.NewFromConfig(c.config("us-east-1"))
	for _, newestFirst := range []bool{false, true} {
		in := cloudwatchlogs.FilterLogEventsInput{
			LogGroupName: aws.String(busyGroup), FilterPattern: aws.String("needle"), StartFromHead: aws.Bool(!newestFirst),
			StartTime: aws.Int64(events[0].Time.UnixMilli()),
		}
		ids, pages, empty := filterAll(t, client, in)
		if !slices.Equal(ids, []string{"60000"}) || pages < 3 || empty < 1 {
			t.Errorf("newest first %v: %v on %d pages, %d empty", newestFirst, ids, pages, empty)
		}
	}
}
