package aws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/platformlog"
)

var logsStart = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func logQuery() sources.LogQuery {
	return sources.LogQuery{
		Function: sources.FunctionID{Cloud: sources.AWS, Account: testAccount, Region: testRegion, Name: "checkout"},
		Group:    "/aws/lambda/checkout", Format: sources.LogText, Select: sources.LogAll,
		Start: logsStart, End: logsStart.Add(time.Hour),
	}
}

// logStore answers FilterLogEvents like the service: in order of time, from
// either end, with limits and tokens.
type logStore struct {
	t      *testing.T
	events []int64 // times in ms, ascending
	page   int     // most events a page holds
	empty  int     // so many empty pages before each full one
	asked  []map[string]any
}

func (l *logStore) handle(w http.ResponseWriter, body map[string]any) {
	l.asked = append(l.asked, body)
	start, end := int64(0), int64(1<<62)
	if v, ok := body["startTime"].(float64); ok {
		start = int64(v)
	}
	if v, ok := body["endTime"].(float64); ok {
		end = int64(v)
	}
	backwards := body["startFromHead"] == false
	if backwards && start < time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() {
		refuse(opFilterLogEvents, 400, "InvalidParameterException", "startFromHead")(w, body)
		return
	}
	var found []int64
	for _, at := range l.events {
		if at >= start && at <= end {
			found = append(found, at)
		}
	}
	if backwards {
		slices.Reverse(found)
	}
	offset, blank := 0, l.empty
	if token, ok := body["nextToken"].(string); ok {
		_, err := fmt.Sscanf(token, "%d/%d", &offset, &blank)
		if err != nil {
			l.t.Errorf("token %q", token)
		}
	}
	if blank > 0 {
		answerJSON(w, map[string]any{"events": []any{}, "nextToken": fmt.Sprintf("%d/%d", offset, blank-1)})
		return
	}
	n := l.page
	if limit, ok := body["limit"].(float64); ok {
		n = min(n, int(limit))
	}
	stop := min(offset+n, len(found))
	var events []any
	for _, at := range found[offset:stop] {
		events = append(events, map[string]any{
			"eventId": strconv.FormatInt(at, 10), "timestamp": at, "ingestionTime": at + 1500,
			"logStreamName": "2026/11/23/[$LATEST]abc", "message": fmt.Sprintf("line %d\n", at),
		})
	}
	answer := map[string]any{"events": events, "searchedLogStreams": []any{}}
	if stop < len(found) {
		answer["nextToken"] = fmt.Sprintf("%d/%d", stop, l.empty)
	}
	answerJSON(w, answer)
}

// read reads the logs of a query: the event times, the size of each page, and
// whether the last one was truncated.
func read(t *testing.T, s *Source, q sources.LogQuery) (times []int64, pages []int, truncated bool, err error) {
	t.Helper()
	err = s.Logs(t.Context(), q, func(p sources.LogPage) error {
		pages = append(pages, len(p.Events))
		truncated = p.Truncated
		for _, e := range p.Events {
			times = append(times, e.Time.UnixMilli())
		}
		return nil
	})
	return times, pages, truncated, err
}

// eventsFrom is n events a second apart.
func eventsFrom(start time.Time, n int) []int64 {
	var out []int64
	for i := range n {
		out = append(out, start.Add(time.Duration(i)*time.Second).UnixMilli())
	}
	return out
}

func TestLogsReadsAllPages(t *testing.T) {
	store := &logStore{t: t, events: eventsFrom(logsStart, 25), page: 10, empty: 2}
	s, f, _ := sourceOf(t, map[string]handler{opFilterLogEvents: store.handle})
	times, pages, truncated, err := read(t, s, logQuery())
	if err != nil || truncated {
		t.Fatalf("truncated %v, %v", truncated, err)
	}
	if !slices.Equal(times, store.events) || !slices.Equal(pages, []int{10, 10, 5}) {
		t.Errorf("%d events in pages of %v", len(times), pages)
	}
	if f.count(opFilterLogEvents) != 9 {
		t.Errorf("%d calls, want three full and six empty pages", f.count(opFilterLogEvents))
	}
}

func TestLogsConvertsEvents(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opFilterLogEvents: func(w http.ResponseWriter, _ map[string]any) {
			answerJSON(w, map[string]any{"events": []any{
				map[string]any{
					"eventId": "1", "timestamp": 1795424400123, "ingestionTime": 1795424401000,
					"logStreamName": "s", "message": "a\x00\x1b[31m\nb\n",
				},
				map[string]any{},
			}})
		},
	})
	var got []sources.LogEvent
	err := s.Logs(t.Context(), logQuery(), func(p sources.LogPage) error {
		got = append(got, p.Events...)
		return nil
	})
	want := []sources.LogEvent{
		{
			ID: "1", Time: time.UnixMilli(1795424400123).UTC(), Ingested: time.UnixMilli(1795424401000).UTC(),
			Stream: "s", Message: "a\x00\x1b[31m\nb\n",
		},
		{},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestLogsSendsTheQuery(t *testing.T) {
	text, json := sources.LogText, sources.LogJSON
	for name, c := range map[string]struct {
		change func(*sources.LogQuery)
		want   map[string]any
	}{
		"plain": {func(*sources.LogQuery) {}, map[string]any{}},
		"cold, text": {
			func(q *sources.LogQuery) { q.Select = sources.LogCold },
			map[string]any{"filterPattern": platformlog.FilterPattern(text, sources.LogCold)},
		},
		"platform, JSON": {
			func(q *sources.LogQuery) { q.Select, q.Format = sources.LogPlatform, json },
			map[string]any{"filterPattern": platformlog.FilterPattern(json, sources.LogPlatform)},
		},
		"request": {
			func(q *sources.LogQuery) { q.RequestID, q.Select = `79b5"x`, sources.LogPlatform },
			map[string]any{"filterPattern": `"79b5\"x"`},
		},
		"streams": {
			func(q *sources.LogQuery) { q.Streams = []string{"a", "b"} },
			map[string]any{"logStreamNames": []any{"a", "b"}},
		},
		"newest first": {
			func(q *sources.LogQuery) { q.NewestFirst = true },
			map[string]any{"startFromHead": false},
		},
		"limit": {
			func(q *sources.LogQuery) { q.Limit = 7 },
			map[string]any{"limit": 7.0},
		},
		"large limit": {
			func(q *sources.LogQuery) { q.Limit = 1 << 40 },
			map[string]any{"limit": 10000.0},
		},
		"ARN": {
			func(q *sources.LogQuery) { q.Group = "arn:aws:logs:us-east-1:210987654321:log-group:/shop:*" },
			map[string]any{"logGroupName": nil, "logGroupIdentifier": "arn:aws:logs:us-east-1:210987654321:log-group:/shop"},
		},
		"parts of a millisecond": {
			func(q *sources.LogQuery) { q.Start, q.End = q.Start.Add(time.Microsecond), q.End.Add(time.Microsecond) },
			map[string]any{"startTime": float64(logsStart.UnixMilli() + 1), "endTime": float64(logsStart.Add(time.Hour).UnixMilli())},
		},
		"no end": {
			func(q *sources.LogQuery) { q.End = time.Time{} },
			map[string]any{"endTime": nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := map[string]any{
				"logGroupName": "/aws/lambda/checkout",
				"startTime":    float64(logsStart.UnixMilli()),
				"endTime":      float64(logsStart.Add(time.Hour).UnixMilli() - 1), // inclusive there
			}
			for key, value := range c.want {
				if want[key] = value; value == nil {
					delete(want, key)
				}
			}
			var got map[string]any
			s, _, _ := sourceOf(t, map[string]handler{
				opFilterLogEvents: func(w http.ResponseWriter, body map[string]any) {
					got = body
					answerJSON(w, map[string]any{})
				},
			})
			q := logQuery()
			c.change(&q)
			if _, _, _, err := read(t, s, q); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("sent\n%v\nwant\n%v", got, want)
			}
		})
	}
}

func TestLogsLimit(t *testing.T) {
	store := &logStore{t: t, events: eventsFrom(logsStart, 25), page: 10}
	s, f, _ := sourceOf(t, map[string]handler{opFilterLogEvents: store.handle})
	for _, c := range []struct {
		limit     int
		newest    bool
		first     int64
		count     int
		truncated bool
	}{
		{15, false, store.events[0], 15, true},
		{15, true, store.events[24], 15, true},
		{25, false, store.events[0], 25, false},
		{30, true, store.events[24], 25, false},
		{1, true, store.events[24], 1, true},
	} {
		q := logQuery()
		q.Limit, q.NewestFirst = c.limit, c.newest
		times, _, truncated, err := read(t, s, q)
		if err != nil || len(times) != c.count || times[0] != c.first || truncated != c.truncated {
			t.Errorf("limit %d, newest first %v: %d events from %d, truncated %v, %v", c.limit, c.newest, len(times), times[0], truncated, err)
		}
	}
	if n := f.count(opFilterLogEvents); n != 2+2+3+3+1 {
		t.Errorf("%d calls", n)
	}
}

func TestLogsCutsAPageThatIsLargerThanAskedFor(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opFilterLogEvents: func(w http.ResponseWriter, body map[string]any) {
			delete(body, "limit")
			(&logStore{t: t, events: eventsFrom(logsStart, 25), page: 100}).handle(w, body)
		},
	})
	q := logQuery()
	q.Limit = 4
	times, _, truncated, err := read(t, s, q)
	if err != nil || len(times) != 4 || !truncated {
		t.Errorf("%d events, truncated %v, %v", len(times), truncated, err)
	}
}

// TestLogsNewestFirstAcrossTheBorder reads a span that begins before 2024,
// which the service only gives from its beginning.
func TestLogsNewestFirstAcrossTheBorder(t *testing.T) {
	border := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	events := append(eventsFrom(border.Add(-12*time.Second), 12), eventsFrom(border, 8)...)
	backwards := slices.Clone(events)
	slices.Reverse(backwards)
	for _, c := range []struct {
		limit     int
		end       time.Time
		want      []int64
		truncated bool
	}{
		{0, border.Add(time.Hour), backwards, false},
		{0, time.Time{}, backwards, false},
		{5, border.Add(time.Hour), backwards[:5], true},
		{8, border.Add(time.Hour), backwards[:8], true},
		{15, border.Add(time.Hour), backwards[:15], true},
		{20, border.Add(time.Hour), backwards, false},
		{3, border, backwards[8:11], true},
	} {
		store := &logStore{t: t, events: events, page: 5}
		s, _, _ := sourceOf(t, map[string]handler{opFilterLogEvents: store.handle})
		q := logQuery()
		q.Start, q.End, q.NewestFirst, q.Limit = border.Add(-time.Hour), c.end, true, c.limit
		times, _, truncated, err := read(t, s, q)
		if err != nil || !slices.Equal(times, c.want) || truncated != c.truncated {
			t.Errorf("limit %d to %v: %d events, truncated %v, %v\n%v\n%v", c.limit, c.end, len(times), truncated, err, times, c.want)
		}
	}
}

func TestLogsOfManyStreams(t *testing.T) {
	var sizes []int
	s, _, _ := sourceOf(t, map[string]handler{
		opFilterLogEvents: func(w http.ResponseWriter, body map[string]any) {
			names := body["logStreamNames"].([]any)
			sizes = append(sizes, len(names))
			answerJSON(w, map[string]any{"events": []any{map[string]any{"eventId": names[0], "timestamp": 1}}})
		},
	})
	q := logQuery()
	for i := range 230 {
		q.Streams = append(q.Streams, fmt.Sprintf("s%d", i))
	}
	times, _, truncated, err := read(t, s, q)
	if err != nil || len(times) != 3 || truncated || !slices.Equal(sizes, []int{100, 100, 30}) {
		t.Errorf("%d events, truncated %v, calls for %v streams, %v", len(times), truncated, sizes, err)
	}
	q.Limit, sizes = 2, nil
	times, _, truncated, err = read(t, s, q)
	if err != nil || len(times) != 2 || !truncated || !slices.Equal(sizes, []int{100, 100}) {
		t.Errorf("limited: %d events, truncated %v, calls for %v streams, %v", len(times), truncated, sizes, err)
	}
}

func TestLogsEndsWhenPagesGoRound(t *testing.T) {
	s, f, _ := sourceOf(t, map[string]handler{
		opFilterLogEvents: func(w http.ResponseWriter, _ map[string]any) {
			answerJSON(w, map[string]any{"nextToken": "again", "events": []any{map[string]any{"eventId": "1"}}})
		},
	})
	times, _, _, err := read(t, s, logQuery())
	wantError(t, err, sources.Malformed, "/aws/lambda/checkout", "the same page")
	if len(times) != 2 || f.count(opFilterLogEvents) != 2 {
		t.Errorf("%d events of %d calls", len(times), f.count(opFilterLogEvents))
	}
}

func TestLogsErrors(t *testing.T) {
	missing := refuse(opFilterLogEvents, 400, "ResourceNotFoundException", "The specified log group does not exist.")
	s, _, _ := sourceOf(t, map[string]handler{opFilterLogEvents: missing})
	_, _, _, err := read(t, s, logQuery())
	wantError(t, err, sources.NotFound, "/aws/lambda/checkout", "has not run yet", "does not exist")

	gone := refuse(opFilterLogEvents, 400, "ResourceNotFoundException", "The specified log stream does not exist.")
	other, _, _ := sourceOf(t, map[string]handler{opFilterLogEvents: gone})
	_, _, _, err = read(t, other, logQuery())
	wantError(t, err, sources.NotFound, "its log stream was deleted")

	q := logQuery()
	q.Group = ""
	_, _, _, err = read(t, s, q)
	wantError(t, err, sources.Unsupported, "checkout", "log group")

	q = logQuery()
	q.End = q.Start
	if _, _, _, err = read(t, s, q); err != nil {
		t.Errorf("a span of no time: %v", err)
	}
}

func TestLogsEndsWithItsCallersError(t *testing.T) {
	store := &logStore{t: t, events: eventsFrom(logsStart, 25), page: 10}
	s, f, _ := sourceOf(t, map[string]handler{opFilterLogEvents: store.handle})
	stop := errors.New("enough")
	err := s.Logs(t.Context(), logQuery(), func(sources.LogPage) error { return stop })
	if !errors.Is(err, stop) || f.count(opFilterLogEvents) != 1 {
		t.Errorf("%v after %d calls", err, f.count(opFilterLogEvents))
	}
}

func TestLogsIsCancelledWhileItWaits(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	s, _, _ := sourceOf(t, map[string]handler{
		opFilterLogEvents: func(w http.ResponseWriter, _ map[string]any) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"events":[`))
			w.(http.Flusher).Flush()
			cancel()
			<-release
		},
	})
	defer close(release)
	err := s.Logs(ctx, logQuery(), func(sources.LogPage) error { return nil })
	wantError(t, err, sources.Cancelled, "logs:FilterLogEvents")
}

func TestCorrelatorMakesInvocations(t *testing.T) {
	s, _, _ := sourceOf(t, nil)
	fn := sources.Function{ID: s.Scope().In("checkout"), LogFormat: sources.LogText, Timeout: time.Minute}
	line := func(text string) sources.LogEvent {
		return sources.LogEvent{ID: text[:5], Time: logsStart, Stream: "s", Message: text}
	}
	got := s.Correlator(fn).Add([]sources.LogEvent{
		line("START RequestId: 79b4f56e-95b1-4643-9700-2807f4e68189 Version: $LATEST\n"),
		line("REPORT RequestId: 79b4f56e-95b1-4643-9700-2807f4e68189\tDuration: 80.30 ms\tBilled Duration: 570 ms\t" +
			"Memory Size: 128 MB\tMax Memory Used: 73 MB\tInit Duration: 488.91 ms\t\n"),
	})
	if len(got) != 1 || got[0].Function != fn.ID || got[0].Billed.Or(0) != 570*time.Millisecond {
		t.Errorf("%+v", got)
	}
	if !strings.HasPrefix(got[0].RequestID, "79b4") {
		t.Errorf("request %q", got[0].RequestID)
	}
}
