package platformlog

import "testing"

func TestDescribe(t *testing.T) {
	for _, test := range []struct {
		line string
		want Line
	}{
		{"START RequestId: " + id1 + " Version: 1", Line{Kind: Start, Level: LevelInfo, RequestID: id1, Message: "START RequestId: " + id1 + " Version: 1"}},
		{"REPORT RequestId: " + id1 + "\tDuration: 1.00 ms\tStatus: timeout", Line{Kind: Report, Level: LevelWarn, RequestID: id1, Message: "REPORT RequestId: " + id1 + "\tDuration: 1.00 ms\tStatus: timeout"}},
		{"2026-11-23T09:00:01.120Z\t" + id1 + "\tWARN\tslow", Line{Level: LevelWarn, RequestID: id1, Message: "slow"}},
		{"2026-11-23T09:00:01.120Z " + id1 + " WARN slow", Line{Level: LevelWarn, RequestID: id1, Message: "slow"}},
		{"2026-11-23T09:00:01.120Z\tundefined\tINFO\tloading", Line{Level: LevelInfo, Message: "loading"}},
		{"2026-11-23T09:00:01.120Z\t" + id1 + "\tcrit\tbad", Line{Level: LevelFatal, RequestID: id1, Message: "bad"}},
		{"2026-11-23T09:00:01.120Z\t" + id1 + "\tERROR\tInvoke Error \t{\"errorType\":\"E\"}", Line{Kind: RuntimeError, Level: LevelError, RequestID: id1, Message: "Invoke Error \t{\"errorType\":\"E\"}"}},
		{"[DEBUG]\t2026-11-23T09:00:01.120Z\t" + id1 + "\thello world", Line{Level: LevelDebug, RequestID: id1, Message: "hello world"}},
		{"[INFO]\t2026-11-23T09:00:01.120Z\t\tduring init", Line{Level: LevelInfo, Message: "during init"}},
		{"[WARNING] watch out", Line{Level: LevelWarn, Message: "watch out"}},
		{"[1, 2, 3]", Line{Message: "[1, 2, 3]"}},
		{"[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n", Line{Kind: RuntimeError, Level: LevelError, Message: "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n"}},
		{"2020-08-31 08:33:27 " + id1 + " INFO  Handler - hello", Line{Level: LevelInfo, RequestID: id1, Message: "Handler - hello"}},
		{"ERROR: no", Line{Level: LevelError, Message: "no"}},
		{"ERROR no", Line{Level: LevelError, Message: "no"}},
		{"Information is power", Line{Message: "Information is power"}},
		{"hello", Line{Message: "hello"}},
		{"", Line{}},
		{`{"timestamp":"t","level":"INFO","requestId":"` + id1 + `","message":"hi"}`, Line{Level: LevelInfo, RequestID: id1, Message: "hi", JSON: true}},
		{`{"level":"WARNING","message":{"a":1},"function_request_id":"` + id1 + `","xray_trace_id":"` + tr1 + `"}`, Line{Level: LevelWarn, RequestID: id1, TraceID: tr1, Message: `{"level":"WARNING","message":{"a":1},"function_request_id":"` + id1 + `","xray_trace_id":"` + tr1 + `"}`, JSON: true}},
		{`{"level":30,"msg":"pino","requestId":"` + id1 + `"}`, Line{Level: LevelInfo, RequestID: id1, Message: "pino", JSON: true}},
		{`{"severity":"Critical","message":"x"}`, Line{Level: LevelFatal, Message: "x", JSON: true}},
		{`{"@l":"Error","@m":"serilog","AwsRequestId":"` + id1 + `"}`, Line{Level: LevelError, RequestID: id1, Message: "serilog", JSON: true}},
		{`{"level":"loud","message":"x"}`, Line{Message: "x", JSON: true}},
		{`{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}`, Line{Message: `{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}`, JSON: true}},
		{`{"level":"INFO","message":"cut`, Line{Level: LevelInfo, Message: `{"level":"INFO","message":"cut`, JSON: true}},
		// Of members that mean the same, the best known one counts, and then the first.
		{`{"requestId":"` + id1 + `","request_id":"apigw-123","message":"m"}`, Line{RequestID: id1, Message: "m", JSON: true}},
		{`{"request_id":"apigw-123","function_request_id":"` + id1 + `","requestId":"apigw-124","message":"m"}`, Line{RequestID: id1, Message: "m", JSON: true}},
		{`{"level":"ERROR","severity":"low","log_level":"debug","message":"m"}`, Line{Level: LevelError, Message: "m", JSON: true}},
		{`{"severity":"warning","lvl":"debug","message":"m"}`, Line{Level: LevelWarn, Message: "m", JSON: true}},
		// Loggers.
		{`{"level":"WARN+2","msg":"slog"}`, Line{Level: LevelWarn, Message: "slog", JSON: true}},
		{`{"log":{"logger":"a","level":"error"},"message":"ecs"}`, Line{Level: LevelError, Message: "ecs", JSON: true}},
		{`{"log":"text","level":"info","message":"m"}`, Line{Level: LevelInfo, Message: "m", JSON: true}},
		{`{"level":"http","message":"winston"}`, Line{Level: LevelDebug, Message: "winston", JSON: true}},
		{`{"event":"structlog","level":"info"}`, Line{Level: LevelInfo, Message: "structlog", JSON: true}},
		{`{"event":"a name","message":"m","level":"info"}`, Line{Level: LevelInfo, Message: "m", JSON: true}},
		{`{"Level":"Warning","MessageTemplate":"serilog {Id}"}`, Line{Level: LevelWarn, Message: "serilog {Id}", JSON: true}},
		{"09:00:01.120 [main] ERROR c.e.App - logback", Line{Level: LevelError, Message: "c.e.App - logback"}},
		{"09:00:01.120 [main] INFO  c.e.App - logback", Line{Level: LevelInfo, Message: "c.e.App - logback"}},
		{"[main] WARN com.example.App - slf4j", Line{Level: LevelWarn, Message: "com.example.App - slf4j"}},
		{"[main] is a branch", Line{Message: "[main] is a branch"}},
		{"I, [2026-11-23T09:00:01.120000 #8]  INFO -- : ruby", Line{Level: LevelInfo, Message: "ruby"}},
		{"E, [2026-11-23T09:00:01.120000 #8] ERROR -- app: ruby", Line{Level: LevelError, Message: "ruby"}},
		{"I, [Claudius] INFO", Line{Message: "I, [Claudius] INFO"}},
		{"time=2026-11-23T09:00:01.120Z level=ERROR+4 msg=slog", Line{Level: LevelError, Message: "time=2026-11-23T09:00:01.120Z level=ERROR+4 msg=slog"}},
		{"  START RequestId: " + id1 + " Version: 1", Line{Kind: Start, Level: LevelInfo, RequestID: id1, Message: "  START RequestId: " + id1 + " Version: 1"}},
		{`{"time":"2026-10-08T07:30:29.470Z","type":"platform.runtimeDone","record":{"requestId":"` + id1 + `","status":"success"}}`, Line{Kind: RuntimeDone, Level: LevelDebug, RequestID: id1, JSON: true, Message: `{"time":"2026-10-08T07:30:29.470Z","type":"platform.runtimeDone","record":{"requestId":"` + id1 + `","status":"success"}}`}},
	} {
		if got := Describe(test.line); got != test.want {
			t.Errorf("Describe(%q)\n got %+v\nwant %+v", test.line, got, test.want)
		}
	}
}

func TestSeverityOrder(t *testing.T) {
	levels := []Level{LevelNone, LevelTrace, LevelDebug, LevelInfo, LevelWarn, LevelError, LevelFatal}
	for i, l := range levels {
		if l.Severity() != i {
			t.Errorf("%q.Severity() = %d, want %d", l, l.Severity(), i)
		}
	}
}
