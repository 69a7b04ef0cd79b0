package aws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go/eventstream"

	"fntop/sources"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
	"fntop/sources/meter"
	"fntop/sources/pricing"
)

// handClock is a simulated clock that is moved by hand, and the ticks of the
// demo cloud's live tails with it.
type handClock struct {
	mu    sync.Mutex
	at    time.Time
	asked chan struct{} // a session waits for its next update
	ticks chan time.Time
}

func (c *handClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *handClock) timer(time.Duration) (<-chan time.Time, func()) {
	c.asked <- struct{}{}
	return c.ticks, func() {}
}

func (c *handClock) pass(t *testing.T, d time.Duration) {
	t.Helper()
	got(t, c.asked)
	c.mu.Lock()
	c.at = c.at.Add(d)
	c.mu.Unlock()
	c.ticks <- time.Time{}
}

// tailed is a Tail call under way against a demo cloud.
type tailed struct {
	clock   *handClock
	source  *Source
	meter   *meter.Meter
	server  *demo.Server
	updates chan sources.TailUpdate
	ended   chan error
	cancel  context.CancelFunc
}

func startTail(t *testing.T, fleet *world.World, q sources.TailQuery) *tailed {
	t.Helper()
	clock := &handClock{at: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), asked: make(chan struct{}, 1), ticks: make(chan time.Time)}
	server := demo.NewServer(demo.ServerConfig{Model: fleet, Now: clock.now, Timer: clock.timer})
	loopback := httptest.NewServer(server)
	t.Cleanup(loopback.Close)
	o := options(t, loopback.URL)
	o.Now = clock.now
	o.Meter = meter.New(clock.now, pricing.Call)
	r := &tailed{clock: clock, source: openOne(t, o), meter: o.Meter, server: server, updates: make(chan sources.TailUpdate), ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	t.Cleanup(cancel)
	go func() {
		r.ended <- r.source.Tail(ctx, q, func(u sources.TailUpdate) error {
			select {
			case r.updates <- u:
			case <-ctx.Done():
			}
			return nil
		})
	}()
	return r
}

func got[T any](t *testing.T, values <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-values:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
	}
	return v
}

// What a tail hands over is what Logs reads afterwards, of each function.
func TestTailAgreesWithLogs(t *testing.T) {
	fleet := world.New(world.Config{Seed: 3})
	var q sources.TailQuery
	groups := map[string]bool{}
	for _, fn := range fleet.Functions(testRegion, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)) {
		if len(groups) < sources.MaxTailGroups || groups[fn.LogGroup] {
			q.Functions = append(q.Functions, fn)
			groups[fn.LogGroup] = true
		}
	}
	r := startTail(t, fleet, q)
	from, have := r.clock.now(), map[string][]string{}
	for range 30 {
		r.clock.pass(t, 500*time.Millisecond)
		u := got(t, r.updates)
		if u.Sampled || u.Renewed {
			t.Fatalf("sampled %v, renewed %v", u.Sampled, u.Renewed)
		}
		for _, ev := range u.Events {
			have[ev.Function.Name] = append(have[ev.Function.Name], fmt.Sprint(ev.Time, ev.Ingested, ev.Stream, ev.Message))
		}
	}
	n := 0
	for _, fn := range q.Functions {
		var want []string
		lq := sources.LogQuery{Function: fn.ID, Group: fn.LogGroup, Format: fn.LogFormat, Select: sources.LogAll, Start: from.Add(-time.Minute)}
		err := r.source.Logs(t.Context(), lq, func(p sources.LogPage) error {
			for _, ev := range p.Events {
				if ev.Ingested.After(from) {
					want = append(want, fmt.Sprint(ev.Time, ev.Ingested, ev.Stream, ev.Message))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(want)
		slices.Sort(have[fn.ID.Name])
		if n += len(want); !slices.Equal(have[fn.ID.Name], want) {
			t.Errorf("%s: %d events, want %d", fn.ID.Name, len(have[fn.ID.Name]), len(want))
		}
	}
	if n < 50 {
		t.Errorf("%d events: the test says nothing", n)
	}
	r.cancel()
	wantError(t, got(t, r.ended), sources.Cancelled)
}

// Every minute begun is booked, over sessions; a session that has run its
// three hours is followed by another, and the reader is told.
func TestTailIsBookedByTheMinuteAndRenewed(t *testing.T) {
	fleet := world.New(world.Config{Seed: 3})
	fn := fleet.Functions(testRegion, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))[0]
	r := startTail(t, fleet, sources.TailQuery{Functions: []sources.Function{fn}, Filter: "REPORT"})
	booked := func(minutes, sessions int64) {
		t.Helper()
		op := opOf(r.meter, opStartLiveTail)
		if cents := op.USD * 100; op.Calls != sessions || cents < float64(minutes)-1e-6 || cents > float64(minutes)+1e-6 || op.Errors != 0 {
			t.Errorf("at %v: %+v, want %d cents and %d sessions", r.clock.now(), op, minutes, sessions)
		}
	}
	pass := func(d time.Duration) sources.TailUpdate {
		t.Helper()
		r.clock.pass(t, d)
		return got(t, r.updates)
	}
	pass(time.Second)
	booked(1, 1)
	pass(58 * time.Second)
	booked(1, 1)
	pass(2 * time.Second)
	booked(2, 1)
	pass(10 * time.Minute)
	booked(12, 1)
	if u := pass(3*time.Hour - 11*time.Minute - 1500*time.Millisecond); u.Renewed {
		t.Error("renewed early")
	}
	booked(180, 1)
	r.clock.pass(t, time.Second) // the end of the session
	if u := pass(time.Second); !u.Renewed {
		t.Error("a new session is not told of")
	}
	if u := pass(time.Second); u.Renewed {
		t.Error("told twice of one new session")
	}
	booked(182, 2)
	if op := opOf(r.meter, opStartLiveTail); op.BytesIn == 0 {
		t.Errorf("%+v", op)
	}
	r.cancel()
	wantError(t, got(t, r.ended), sources.Cancelled)
	booked(182, 2)
}

// Tails of one source may run at the same time.
func TestTailsAtOnce(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{opStartLiveTail: func(w http.ResponseWriter, body map[string]any) {
		pattern, _ := body["logEventFilterPattern"].(string)
		tailAnswer(func(w io.Writer) {
			for range 300 {
				event(w, "event", ":event-type", "sessionUpdate", `{"sessionResults":[{"logGroupIdentifier":"g","logStreamName":"s","message":"`+strings.Repeat(pattern, 50)+`"}]}`)
			}
		})(w, body)
	}})
	var all sync.WaitGroup
	for i := range 5 {
		all.Go(func() {
			q, n := tailOne("g"), 0
			q.Filter = fmt.Sprint("filter", i)
			err := s.Tail(t.Context(), q, func(u sources.TailUpdate) error {
				if n++; len(u.Events) != 1 || u.Events[0].Message != strings.Repeat(q.Filter, 50) {
					return fmt.Errorf("%s was told %+v", q.Filter, u)
				}
				return nil
			})
			if n != 300 || sources.KindOf(err) != sources.Unreachable {
				t.Errorf("%d updates, %v", n, err)
			}
		})
	}
	all.Wait()
}

func TestTailTellsOfSamples(t *testing.T) {
	fleet := world.New(world.Config{Seed: 3})
	var busiest sources.Function
	most := 0
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, fn := range fleet.Functions(testRegion, now) {
		n := 0
		events, _ := fleet.Logs(testRegion, fn.LogGroup, now.Add(-time.Minute), now, now)
		for range events {
			n++
		}
		if n > most {
			most, busiest = n, fn
		}
	}
	r := startTail(t, fleet, sources.TailQuery{Functions: []sources.Function{busiest}})
	r.clock.pass(t, 10*time.Minute)
	if u := got(t, r.updates); !u.Sampled || len(u.Events) != 500 {
		t.Errorf("%d events, sampled %v", len(u.Events), u.Sampled)
	}
	r.cancel()
	wantError(t, got(t, r.ended), sources.Cancelled)
}

func TestTailRefusals(t *testing.T) {
	s, _, _ := sourceOf(t, nil)
	function := func(region, group string) sources.Function {
		return sources.Function{ID: sources.FunctionID{Cloud: sources.AWS, Account: testAccount, Region: region, Name: "f"}, LogGroup: group}
	}
	var many []sources.Function
	for i := range 11 {
		many = append(many, function(testRegion, fmt.Sprint("g", i)))
	}
	for name, tt := range map[string]struct {
		functions []sources.Function
		says      string
	}{
		"none":         {nil, "no function"},
		"no group":     {[]sources.Function{function(testRegion, "")}, "log group is not known"},
		"other region": {[]sources.Function{function("eu-west-1", "g")}, "another region"},
		"eleven":       {many, "more than ten"},
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, s.Tail(t.Context(), sources.TailQuery{Functions: tt.functions}, nil), sources.Unsupported, tt.says)
		})
	}
}

// event is one message of an event stream.
func event(w io.Writer, kind, header, name, payload string) {
	msg := eventstream.Message{Payload: []byte(payload)}
	msg.Headers.Set(eventstream.MessageTypeHeader, eventstream.StringValue(kind))
	msg.Headers.Set(header, eventstream.StringValue(name))
	_ = eventstream.NewEncoder().Encode(w, msg)
}

// tailAnswer answers StartLiveTail with these messages after the beginning.
func tailAnswer(then func(w io.Writer)) handler {
	return func(w http.ResponseWriter, _ map[string]any) {
		w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
		event(w, "event", ":event-type", "initial-response", "{}")
		event(w, "event", ":event-type", "sessionStart", `{"sessionId":"s"}`)
		then(w)
	}
}

func tailOne(group string) sources.TailQuery {
	return sources.TailQuery{Functions: []sources.Function{{
		ID:  sources.FunctionID{Cloud: sources.AWS, Account: testAccount, Region: testRegion, Name: "f"},
		ARN: "arn:aws-cn:lambda:us-east-1:123456789012:function:f", LogGroup: group,
	}}}
}

func TestTailFailures(t *testing.T) {
	update := func(w io.Writer) {
		event(w, "event", ":event-type", "sessionUpdate", `{"sessionMetadata":{},"sessionResults":[
			{"logGroupIdentifier":"123456789012:g","logStreamName":"2026/11/23/[1]a","message":"own","timestamp":2},
			{"logGroupIdentifier":"g","logStreamName":"2026/11/23/f[1]a","message":"shared","timestamp":1},
			{"logGroupIdentifier":"g","logStreamName":"2026/11/23/other[1]a","message":"not ours","timestamp":3},
			{"logGroupIdentifier":"other","logStreamName":"s","message":"nobody's","timestamp":3}]}`)
	}
	for name, tt := range map[string]struct {
		answer handler
		kind   sources.Kind
		says   []string
		events int
	}{
		"breaks off": {tailAnswer(update), sources.Unreachable, []string{"broke off", "network"}, 2},
		"exception": {tailAnswer(func(w io.Writer) {
			event(w, "exception", ":exception-type", "SessionStreamingException", `{"message":"oops"}`)
		}), sources.Other, []string{"oops", "StartLiveTail"}, 0},
		"early end": {tailAnswer(func(w io.Writer) {
			event(w, "exception", ":exception-type", "SessionTimeoutException", `{"message":"time"}`)
		}), sources.Other, []string{"time"}, 0},
		"garbage":     {tailAnswer(func(w io.Writer) { _, _ = io.WriteString(w, strings.Repeat("garbage", 10)) }), sources.Other, nil, 0},
		"unknown":     {tailAnswer(func(w io.Writer) { event(w, "event", ":event-type", "news", `{}`); update(w) }), sources.Unreachable, []string{"broke off"}, 2},
		"too many":    {refuse(opStartLiveTail, 400, "LimitExceededException", "too many"), sources.Throttled, []string{"too many", "fifteen"}, 0},
		"denied":      {refuse(opStartLiveTail, 400, "AccessDeniedException", "no"), sources.Denied, []string{opStartLiveTail, "iam-policy"}, 0},
		"no group":    {refuse(opStartLiveTail, 400, "ResourceNotFoundException", "not there"), sources.NotFound, []string{"not run yet"}, 0},
		"wrong shape": {func(w http.ResponseWriter, _ map[string]any) { answerJSON(w, map[string]any{}) }, sources.Other, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, f, _ := sourceOf(t, map[string]handler{opStartLiveTail: tt.answer})
			var events []sources.TailEvent
			err := s.Tail(t.Context(), tailOne("g"), func(u sources.TailUpdate) error {
				events = append(events, u.Events...)
				return nil
			})
			if err == nil {
				t.Fatal("no error")
			}
			if tt.says != nil || tt.kind != sources.Other {
				wantError(t, err, tt.kind, tt.says...)
			}
			if len(events) != tt.events || tt.events > 0 && (events[0].Message != "shared" || events[1].Message != "own" || events[1].Function.Name != "f") {
				t.Errorf("%+v", events)
			}
			if n := f.count(opStartLiveTail); n > maxAttempts || tt.kind == sources.Unreachable && n != 1 {
				t.Errorf("%d sessions were started", n)
			}
		})
	}
}

// What update says ends the tail, and comes back as it is.
func TestTailEndsWithUpdate(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{opStartLiveTail: tailAnswer(func(w io.Writer) {
		for range 50 {
			event(w, "event", ":event-type", "sessionUpdate", `{}`)
		}
	})})
	enough, n := errors.New("enough"), 0
	err := s.Tail(t.Context(), tailOne("g"), func(sources.TailUpdate) error {
		if n++; n == 2 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || n != 2 {
		t.Errorf("%v after %d updates", err, n)
	}
}

func TestTailGroupIsAnARN(t *testing.T) {
	for group, want := range map[string]string{
		"g": "arn:aws-cn:logs:us-east-1:123456789012:log-group:g",
		"arn:aws:logs:us-east-1:123456789012:log-group:g:*": "arn:aws:logs:us-east-1:123456789012:log-group:g",
	} {
		var asked []any
		s, _, _ := sourceOf(t, map[string]handler{opStartLiveTail: func(w http.ResponseWriter, body map[string]any) {
			asked, _ = body["logGroupIdentifiers"].([]any)
			refuse(opStartLiveTail, 400, "AccessDeniedException", "no")(w, body)
		}})
		_ = s.Tail(t.Context(), tailOne(group), nil)
		if len(asked) != 1 || asked[0] != want {
			t.Errorf("%s: asked for %v", group, asked)
		}
	}
}

// silentTransport answers with a session that says nothing more.
type silentTransport struct {
	direct
	begin bool
}

func (s silentTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "StartLiveTail") {
		return s.direct.RoundTrip(r)
	}
	body, answer := io.Pipe()
	context.AfterFunc(r.Context(), func() { answer.CloseWithError(r.Context().Err()) })
	if s.begin {
		go event(answer, "event", ":event-type", "initial-response", "{}")
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: body, Request: r}, nil
}

// A session that falls silent is given up, and one that never begins.
func TestTailSilence(t *testing.T) {
	for _, begin := range []bool{true, false} {
		t.Run(fmt.Sprint("begun ", begin), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := options(t, "http://fake.invalid")
				o.HTTPClient = &http.Client{Transport: silentTransport{direct{newFake(t, nil)}, begin}}
				s := openOne(t, o)
				began := time.Now()
				err := s.Tail(t.Context(), tailOne("g"), nil)
				if begin {
					wantError(t, err, sources.Unreachable, "broke off")
				} else {
					wantError(t, err, sources.TimedOutCall)
				}
				if took := time.Since(began); took < tailSilence || took > 5*tailSilence {
					t.Errorf("given up after %v", took)
				}
			})
		})
	}
}
