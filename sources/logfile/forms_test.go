package logfile

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

const (
	id1    = "7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b"
	id2    = "1b7f9a10-6f3c-4c57-8d1e-93aa10b2c3d4"
	id3    = "c3c0ffee-0001-4a4a-8b8b-000000000003"
	stream = "2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef"
	tr1    = "1-6d2f3a10-0123456789abcdef01234567"
)

var epoch = time.Date(2026, 11, 23, 9, 0, 1, 120e6, time.UTC)

// story is a stream's events: a cold call that is traced, one that fails, one
// that times out.
func story() []sources.LogEvent {
	messages := []string{
		"INIT_START Runtime Version: python:3.13.v31\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:ab12",
		"START RequestId: " + id1 + " Version: $LATEST",
		"[INFO]\t2026-11-23T09:00:01.120Z\t" + id1 + "\tthumbnail \"request\" bucket=uploads \\ é",
		"a list:\n  - one\n  - two",
		"END RequestId: " + id1,
		"REPORT RequestId: " + id1 + "\tDuration: 17.21 ms\tBilled Duration: 98 ms\tMemory Size: 512 MB\tMax Memory Used: 61 MB\tInit Duration: 80.52 ms\t\nXRAY TraceId: " + tr1 + "\tSegmentId: 89abcdef01234567\tSampled: true",
		"START RequestId: " + id2 + " Version: $LATEST",
		"[ERROR] ValueError: cannot identify image file\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 14, in handler\n    img = load(key)",
		"END RequestId: " + id2,
		"REPORT RequestId: " + id2 + "\tDuration: 3.02 ms\tBilled Duration: 4 ms\tMemory Size: 512 MB\tMax Memory Used: 63 MB",
		"START RequestId: " + id3 + " Version: $LATEST",
		"END RequestId: " + id3,
		"REPORT RequestId: " + id3 + "\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 512 MB\tMax Memory Used: 240 MB\tStatus: timeout",
	}
	var events []sources.LogEvent
	for i, m := range messages {
		events = append(events, sources.LogEvent{
			ID: fmt.Sprintf("%056d", i), Time: epoch.Add(time.Duration(i) * 10 * time.Millisecond),
			Ingested: epoch.Add(2 * time.Second), Stream: stream, Message: m,
		})
	}
	return events
}

// want is what a format keeps of the story's events.
type want struct{ id, time, ingested, stream bool }

func (w want) of(events []sources.LogEvent) []sources.LogEvent {
	var out []sources.LogEvent
	for _, e := range events {
		if !w.id {
			e.ID = ""
		}
		if !w.time {
			e.Time = time.Time{}
		}
		if !w.ingested {
			e.Ingested = time.Time{}
		}
		if !w.stream {
			e.Stream = ""
		}
		out = append(out, e)
	}
	return out
}

func join(events []sources.LogEvent, line func(e sources.LogEvent) string) string {
	var b strings.Builder
	for _, e := range events {
		b.WriteString(line(e) + "\n")
	}
	return b.String()
}

func jsonEvent(e sources.LogEvent, filter bool) map[string]any {
	m := map[string]any{"timestamp": e.Time.UnixMilli(), "message": e.Message + "\n", "ingestionTime": e.Ingested.UnixMilli()}
	if filter {
		m["logStreamName"], m["eventId"] = e.Stream, e.ID
	}
	return m
}

func marshal(t *testing.T, v any, indent bool) string {
	t.Helper()
	var b []byte
	var err error
	if indent {
		b, err = json.MarshalIndent(v, "", "    ")
	} else {
		b, err = json.Marshal(v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func page(events []sources.LogEvent, filter bool) map[string]any {
	list := []any{}
	for _, e := range events {
		list = append(list, jsonEvent(e, filter))
	}
	m := map[string]any{"events": list, "searchedLogStreams": []any{}, "nextToken": "x"}
	return m
}

type form struct {
	name   string
	text   string
	format Format
	want   want
	opts   Options
}

func forms(t *testing.T) []form {
	t.Helper()
	events := story()
	iso := func(e sources.LogEvent) string { return e.Time.Format("2006-01-02T15:04:05.000000+00:00") }
	green := func(s string) string { return "\x1b[32m" + s + "\x1b[0m" }
	all := want{true, true, true, true}
	rows := []any{}
	for _, e := range events {
		rows = append(rows, []any{
			map[string]any{"field": "@timestamp", "value": e.Time.Format("2006-01-02 15:04:05.000")},
			map[string]any{"field": "@message", "value": e.Message},
			map[string]any{"field": "@logStream", "value": e.Stream},
			map[string]any{"field": "@ptr", "value": e.ID},
		})
	}
	subscription := func(events []sources.LogEvent) string {
		list := []any{}
		for _, e := range events {
			list = append(list, map[string]any{"id": e.ID, "timestamp": e.Time.UnixMilli(), "message": e.Message})
		}
		return `{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/lambda/f","logStream":` + marshal(t, stream, false) +
			`,"subscriptionFilters":["f"],"logEvents":` + marshal(t, list, false) + `}`
	}
	list := func() (out []any) {
		for _, e := range events {
			out = append(out, jsonEvent(e, true))
		}
		return out
	}
	texts := func() (out []any) {
		for _, e := range events {
			out = append(out, e.Message)
		}
		return out
	}
	return []form{
		{"raw", join(events, func(e sources.LogEvent) string { return e.Message }), Raw, want{}, Options{}},
		{"raw with a stream's name", join(events, func(e sources.LogEvent) string { return e.Message }), Raw, want{stream: true}, Options{Stream: stream}},
		{"tail detailed", join(events, func(e sources.LogEvent) string { return iso(e) + " " + e.Stream + " " + e.Message }), Stamped, want{time: true, stream: true}, Options{}},
		{"tail detailed, coloured", join(events, func(e sources.LogEvent) string {
			return green(iso(e)) + " " + green(e.Stream) + " " + e.Message
		}), Stamped, want{time: true, stream: true}, Options{}},
		{"tail short, coloured", join(events, func(e sources.LogEvent) string {
			return green(e.Time.Format("2006-01-02T15:04:05.000")) + " " + e.Message
		}), Stamped, want{time: true}, Options{}},
		{"tail none", join(events, func(e sources.LogEvent) string { return marshal(t, jsonEvent(e, true), false) }), EventLines, all, Options{}},
		{"tail none with times as text", join(events, func(e sources.LogEvent) string {
			m := jsonEvent(e, true)
			m["timestamp"], m["ingestionTime"] = iso(e), e.Ingested.Format(time.RFC3339Nano)
			return marshal(t, m, false)
		}), EventLines, all, Options{}},
		{"export", join(events, func(e sources.LogEvent) string {
			return e.Time.Format("2006-01-02T15:04:05.000Z") + " " + e.Message + "\n"
		}), Stamped, want{time: true}, Options{}},
		{"milliseconds", join(events, func(e sources.LogEvent) string {
			return fmt.Sprintf("%d\t%s", e.Time.UnixMilli(), e.Message)
		}), Stamped, want{time: true}, Options{}},
		{"filter-log-events", marshal(t, page(events, true), true), Documents, all, Options{}},
		{"filter-log-events, pages", marshal(t, page(events[:4], true), true) + "\n" + marshal(t, page(nil, true), false) + marshal(t, page(events[4:], true), false), Documents, all, Options{}},
		{"get-log-events", marshal(t, page(events, false), true), Documents, want{time: true, ingested: true, stream: true}, Options{Stream: stream}},
		{"array of events", marshal(t, list(), true), Documents, all, Options{}},
		{"array of messages", marshal(t, texts(), true), Documents, want{}, Options{}},
		{"subscription", subscription(events[:6]) + subscription(events[6:]) + "\n", Documents, want{id: true, time: true, stream: true}, Options{}},
		{"insights", marshal(t, map[string]any{"results": rows, "statistics": map[string]any{"recordsMatched": 3.0}, "status": "Complete"}, true), Documents, want{id: true, time: true, stream: true}, Options{}},
	}
}
