package demo_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"go.uber.org/goleak"

	"fntop/sources"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

// stepClock is simulated time that is moved by hand, and the ticks of the
// sessions with it.
type stepClock struct {
	mu    sync.Mutex
	at    time.Time
	asked chan struct{} // a session waits for its next update
	ticks chan time.Time
}

func newStepClock(at time.Time) *stepClock {
	return &stepClock{at: at, asked: make(chan struct{}, 1), ticks: make(chan time.Time)}
}

func (c *stepClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stepClock) timer(time.Duration) (<-chan time.Time, func()) {
	c.asked <- struct{}{}
	return c.ticks, func() {}
}

// step moves time on and lets the only session make an update.
func (c *stepClock) step(t *testing.T, d time.Duration) {
	t.Helper()
	next(t, c.asked)
	c.mu.Lock()
	c.at = c.at.Add(d)
	at := c.at
	c.mu.Unlock()
	c.ticks <- at
}

// tailClient is a client without the prefix that StartLiveTail puts before the
// host.
func tailClient(c *cloud, region string) *cloudwatchlogs.Client {
	return cloudwatchlogs.NewFromConfig(c.config(region), func(o *cloudwatchlogs.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("NoHostPrefix", func(
				ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
			) (middleware.InitializeOutput, middleware.Metadata, error) {
				return next.HandleInitialize(smithyhttp.DisableEndpointHostPrefix(ctx, true), in)
			}), middleware.Before)
		})
	})
}

func groupARN(region, group string) string {
	return "arn:aws:logs:" + region + ":" + account + ":log-group:" + group
}

// session is an open live tail.
type session struct {
	t      *testing.T
	stream *cloudwatchlogs.StartLiveTailEventStream
	start  types.LiveTailSessionStart
}

func openTail(t *testing.T, client *cloudwatchlogs.Client, in *cloudwatchlogs.StartLiveTailInput) *session {
	t.Helper()
	// A client of its own: smithy-go 1.28.9 decodes all streams of a client with
	// one buffer.
	out, err := cloudwatchlogs.New(client.Options()).StartLiveTail(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, stream: out.GetStream()}
	t.Cleanup(func() { _ = s.stream.Close() })
	event := next(t, s.stream.Events())
	start, ok := event.(*types.StartLiveTailResponseStreamMemberSessionStart)
	if !ok {
		t.Fatalf("begins with %T", event)
	}
	s.start = start.Value
	return s
}

func (s *session) update() types.LiveTailSessionUpdate {
	s.t.Helper()
	event := next(s.t, s.stream.Events())
	update, ok := event.(*types.StartLiveTailResponseStreamMemberSessionUpdate)
	if !ok {
		s.t.Fatalf("%T, %v", event, s.stream.Err())
	}
	if len(update.Value.SessionResults) > 500 {
		s.t.Fatalf("%d events in one update", len(update.Value.SessionResults))
	}
	return update.Value
}

// line is an event as both readings tell it.
type line struct {
	ingested, at    int64
	stream, message string
}

// ingestedIn reads a group with FilterLogEvents and gives what became readable
// in (from, to].
func ingestedIn(t *testing.T, client *cloudwatchlogs.Client, group, pattern string, from, to time.Time) map[line]int {
	t.Helper()
	out := map[line]int{}
	in := cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group, StartTime: aws.Int64(from.Add(-time.Minute).UnixMilli())}
	if pattern != "" {
		in.FilterPattern = &pattern
	}
	pager := cloudwatchlogs.NewFilterLogEventsPaginator(client, &in)
	for pager.HasMorePages() {
		page, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range page.Events {
			if *ev.IngestionTime > from.UnixMilli() && *ev.IngestionTime <= to.UnixMilli() {
				out[line{*ev.IngestionTime, *ev.Timestamp, *ev.LogStreamName, *ev.Message}]++
			}
		}
	}
	return out
}

// What a live tail brings is what FilterLogEvents finds afterwards: every
// event once.
func TestLiveTailAgreesWithFilter(t *testing.T) {
	for seed := range uint64(3) {
		for _, pattern := range []string{"", "REPORT", `{ $.type = "platform.report" }`} {
			t.Run(fmt.Sprintf("seed %d %s", seed, pattern), func(t *testing.T) {
				clock := newStepClock(time.Date(2026, 11, 23, 12, 0, 0, 500e6, time.UTC))
				fleet := world.New(world.Config{Seed: seed})
				c := newCloud(t, demo.ServerConfig{Model: fleet, Now: clock.now, Timer: clock.timer})
				client, region := tailClient(c, "us-east-1"), "us-east-1"
				var in cloudwatchlogs.StartLiveTailInput
				if pattern != "" {
					in.LogEventFilterPattern = &pattern
				}
				var groups []string
				for _, f := range fleet.Functions(region, clock.now()) {
					if len(groups) < 10 && !slices.Contains(groups, f.LogGroup) {
						groups = append(groups, f.LogGroup)
						in.LogGroupIdentifiers = append(in.LogGroupIdentifiers, groupARN(region, f.LogGroup))
					}
				}
				s := openTail(t, client, &in)
				from, got, sampled := clock.now(), map[string]map[line]int{}, 0
				for range 40 {
					clock.step(t, 500*time.Millisecond)
					u := s.update()
					if u.SessionMetadata.Sampled {
						sampled++
					}
					for _, ev := range u.SessionResults {
						group := strings.TrimPrefix(*ev.LogGroupIdentifier, groupARN(region, ""))
						if got[group] == nil {
							got[group] = map[line]int{}
						}
						got[group][line{*ev.IngestionTime, *ev.Timestamp, *ev.LogStreamName, *ev.Message}]++
					}
				}
				if sampled > 0 {
					t.Fatalf("%d updates are samples: the test says nothing", sampled)
				}
				n := 0
				for _, group := range groups {
					want := ingestedIn(t, client, group, pattern, from, clock.now())
					n += len(want)
					if !maps.Equal(got[group], want) && len(got[group])+len(want) > 0 {
						t.Errorf("%s: %d events, want %d", group, len(got[group]), len(want))
					}
				}
				if n < 20 {
					t.Errorf("%d events: the test says nothing", n)
				}
			})
		}
	}
}

func TestLiveTailStart(t *testing.T) {
	stream := "2026/11/23/[$LATEST]" + fmt.Sprintf("%032d", 1)
	for name, in := range map[string]cloudwatchlogs.StartLiveTailInput{
		"names":    {LogStreamNames: []string{stream}, LogEventFilterPattern: aws.String("START")},
		"prefixes": {LogStreamNamePrefixes: []string{stream[:len(stream)-1] + "1", "x"}, LogEventFilterPattern: aws.String("START")},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newStepClock(simulated.Add(-time.Minute))
			c := newCloud(t, demo.ServerConfig{Now: clock.now, Timer: clock.timer})
			in.LogGroupIdentifiers = []string{groupARN("us-east-1", busyGroup)}
			s := openTail(t, tailClient(c, "us-east-1"), &in)
			if s.start.SessionId == nil || s.start.RequestId == nil || !slices.Equal(s.start.LogGroupIdentifiers, in.LogGroupIdentifiers) ||
				!slices.Equal(s.start.LogStreamNames, in.LogStreamNames) || !slices.Equal(s.start.LogStreamNamePrefixes, in.LogStreamNamePrefixes) ||
				aws.ToString(s.start.LogEventFilterPattern) != "START" {
				t.Errorf("%+v", s.start)
			}
			clock.step(t, 20*time.Second)
			u := s.update()
			if len(u.SessionResults) == 0 || u.SessionMetadata.Sampled {
				t.Fatalf("%+v", u)
			}
			for _, ev := range u.SessionResults {
				if *ev.LogStreamName != stream || !strings.HasPrefix(*ev.Message, "START") {
					t.Errorf("%+v", ev)
				}
			}
		})
	}
}

// Of more than 500 events an update holds a sample, and the client is told.
func TestLiveTailSample(t *testing.T) {
	clock := newStepClock(simulated.Add(-5 * time.Minute))
	c := newCloud(t, demo.ServerConfig{Now: clock.now, Timer: clock.timer})
	s := openTail(t, tailClient(c, "us-east-1"), &cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{groupARN("us-east-1", busyGroup)}})
	clock.step(t, 3*time.Minute)
	u := s.update()
	if len(u.SessionResults) != 500 || !u.SessionMetadata.Sampled {
		t.Fatalf("%d events, sampled %v", len(u.SessionResults), u.SessionMetadata.Sampled)
	}
	seen, half := map[int64]bool{}, 0
	for i, ev := range u.SessionResults {
		seen[*ev.Timestamp] = true
		if i > 0 && *ev.Timestamp < *u.SessionResults[i-1].Timestamp {
			t.Error("not in order")
		}
		if *ev.Timestamp < clock.now().Add(-90*time.Second).UnixMilli() {
			half++
		}
	}
	if half < 200 || half > 300 || len(seen) < 150 {
		t.Errorf("a sample from all over the span: %d in the first half, %d seconds", half, len(seen))
	}
	clock.step(t, 20*time.Second)
	if u := s.update(); u.SessionMetadata.Sampled || len(u.SessionResults) != 100 {
		t.Errorf("%d events, sampled %v", len(u.SessionResults), u.SessionMetadata.Sampled)
	}
	clock.step(t, 0)
	if u := s.update(); u.SessionMetadata.Sampled || len(u.SessionResults) != 0 {
		t.Errorf("nothing has come in: %d events", len(u.SessionResults))
	}
}

func TestLiveTailRefusals(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client, busy := tailClient(c, "us-east-1"), groupARN("us-east-1", busyGroup)
	other := groupARN("us-east-1", "/aws/lambda/fn-001")
	for name, tt := range map[string]struct {
		in   cloudwatchlogs.StartLiveTailInput
		code string
	}{
		"none":            {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{}}, "InvalidParameterException"},
		"eleven":          {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: slices.Repeat([]string{busy}, 11)}, "InvalidParameterException"},
		"name":            {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{busyGroup}}, "InvalidParameterException"},
		"star":            {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{busy + ":*"}}, "InvalidParameterException"},
		"unknown":         {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{busy, busy + "x"}}, "ResourceNotFoundException"},
		"other region":    {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{groupARN("eu-west-1", busyGroup)}}, "ResourceNotFoundException"},
		"names of two":    {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{busy, other}, LogStreamNames: []string{"s"}}, "InvalidParameterException"},
		"prefixes of two": {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{busy, other}, LogStreamNamePrefixes: []string{"s"}}, "InvalidParameterException"},
		"both":            {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{busy}, LogStreamNames: []string{"s"}, LogStreamNamePrefixes: []string{"s"}}, "InvalidParameterException"},
		"streams":         {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{busy}, LogStreamNames: slices.Repeat([]string{"s"}, 101)}, "InvalidParameterException"},
		"pattern":         {cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{busy}, LogEventFilterPattern: aws.String(`{ $.x = `)}, "InvalidParameterException"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := client.StartLiveTail(t.Context(), &tt.in); codeOf(err) != tt.code {
				t.Errorf("%v, want %s", err, tt.code)
			}
		})
	}
}

// Fifteen sessions may run in a region. One that ends makes room, however it
// ended.
func TestLiveTailLimit(t *testing.T) {
	running := goleak.IgnoreCurrent()
	t.Cleanup(func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		goleak.VerifyNone(t, running)
	})
	calls := make(chan demo.Call, 100)
	c := newCloud(t, demo.ServerConfig{OnCall: func(done demo.Call) { calls <- done }})
	client := tailClient(c, "us-east-1")
	in := &cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{groupARN("us-east-1", busyGroup)}}
	var sessions []*session
	for range 15 {
		sessions = append(sessions, openTail(t, client, in))
	}
	_, err := client.StartLiveTail(t.Context(), in)
	if _, full := errors.AsType[*types.LimitExceededException](err); !full {
		t.Fatalf("a sixteenth session: %v", err)
	}
	if done := next(t, calls); done.Code != "LimitExceededException" {
		t.Errorf("%+v", done)
	}
	west := tailClient(c, "eu-west-1")
	_ = openTail(t, west, &cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{groupARN("eu-west-1", "many/functions")}}).stream.Close()
	next(t, calls)
	_ = sessions[7].stream.Close()
	if done := next(t, calls); done.Operation != "StartLiveTail" || done.Status != 200 || done.Code != "" || done.Err != nil || done.Bytes == 0 {
		t.Errorf("%+v", done)
	}
	c.server.SetFaults(demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultGarbage, Operation: "StartLiveTail"}}})
	if _, err := cloudwatchlogs.New(client.Options()).StartLiveTail(t.Context(), in); err == nil {
		t.Error("garbage is taken for a session")
	}
	next(t, calls)
	c.server.SetFaults(demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultTruncate, Operation: "StartLiveTail"}}})
	cut := openTail(t, client, in)
	for range cut.stream.Events() {
		t.Error("an update after the end")
	}
	next(t, calls)
	c.server.SetFaults(demo.Faults{})
	sessions = append(sessions, openTail(t, client, in))
	for _, s := range sessions {
		_ = s.stream.Close()
	}
}

func TestLiveTailQuota(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Faults: demo.Faults{Quotas: true}, Wall: func() time.Time { return simulated }})
	client := tailClient(c, "us-east-1")
	in := &cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{groupARN("us-east-1", busyGroup)}}
	for range 5 {
		openTail(t, client, in)
	}
	if _, err := client.StartLiveTail(t.Context(), in); codeOf(err) != "ThrottlingException" {
		t.Errorf("a sixth start in a second: %v", err)
	}
}

// A session ends after three hours, by an exception.
func TestLiveTailTimeout(t *testing.T) {
	clock := newStepClock(simulated)
	c := newCloud(t, demo.ServerConfig{Now: clock.now, Timer: clock.timer})
	s := openTail(t, tailClient(c, "us-east-1"), &cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{groupARN("us-east-1", busyGroup)}})
	clock.step(t, 3*time.Hour-time.Second)
	s.update()
	clock.step(t, time.Second)
	if event, ok := <-s.stream.Events(); ok {
		t.Fatalf("%T after three hours", event)
	}
	if _, over := errors.AsType[*types.SessionTimeoutException](s.stream.Err()); !over {
		t.Errorf("ended with %v", s.stream.Err())
	}
}

// A session outlives the patience that the server has for requests.
func TestLiveTailOutlivesReadTimeout(t *testing.T) {
	clock := newStepClock(simulated)
	c := &cloud{server: demo.NewServer(demo.ServerConfig{Model: newFake(), Now: clock.now, Timer: clock.timer})}
	listener := httptest.NewUnstartedServer(c.server)
	listener.Config.ReadTimeout = 100 * time.Millisecond
	listener.Start()
	defer listener.Close()
	c.url = listener.URL
	s := openTail(t, tailClient(c, "us-east-1"), &cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{groupARN("us-east-1", busyGroup)}})
	time.Sleep(300 * time.Millisecond)
	clock.step(t, time.Second)
	s.update()
	_ = s.stream.Close()
}

// The server does not wait for sessions when it is told to end.
func TestLiveTailEndsWithServer(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	server := demo.NewServer(demo.ServerConfig{Model: newFake(), Now: func() time.Time { return simulated }})
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	c := &cloud{server: server, url: "http://" + listener.Addr().String()}
	s := openTail(t, tailClient(c, "us-east-1"), &cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{groupARN("us-east-1", busyGroup)}})
	cancel()
	if err := next(t, served); err != nil {
		t.Error(err)
	}
	for range s.stream.Events() { // to its end
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

// A client that reads nothing loses the oldest updates.
func TestLiveTailSlowClient(t *testing.T) {
	model := newFake()
	var events []sources.LogEvent
	for i := range 4_000 {
		at := simulated.Add(time.Duration(i) * 100 * time.Millisecond)
		events = append(events, sources.LogEvent{ID: fmt.Sprint(i), Time: at, Ingested: at, Stream: "s", Message: fmt.Sprint(i, " ", strings.Repeat("x", 20_000))})
	}
	model.logs[busyGroup] = events
	clock := newStepClock(simulated.Add(-time.Second))
	c := newCloud(t, demo.ServerConfig{Model: model, Now: clock.now, Timer: clock.timer})
	s := openTail(t, tailClient(c, "us-east-1"), &cloudwatchlogs.StartLiveTailInput{LogGroupIdentifiers: []string{groupARN("us-east-1", busyGroup)}})
	for range 200 { // 2 seconds, 20 events, 400 KB each
		clock.step(t, 2*time.Second)
	}
	var got []int
	for len(got) == 0 || got[len(got)-1] != 3990 {
		for _, ev := range s.update().SessionResults {
			n, err := strconv.Atoi(strings.Fields(*ev.Message)[0])
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
		}
	}
	if len(got) > 3_000 {
		t.Errorf("%d of 4,000 events were kept for a client that did not read", len(got))
	}
	run := 1
	for run < len(got) && got[len(got)-1-run] == 3990-run {
		run++
	}
	if run < 200 {
		t.Errorf("only the newest %d events were kept, want ten updates", run)
	}
}
