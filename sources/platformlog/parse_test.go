package platformlog

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"fntop/sources"
)

const (
	id1 = "7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b"
	id2 = "1b7f9a10-6f3c-4c57-8d1e-93aa10b2c3d4"
	id3 = "c3c0ffee-0001-4a4a-8b8b-000000000003"
	arn = "arn:aws:lambda:us-east-1::runtime:ab12"
	tr1 = "1-6d2f3a10-0123456789abcdef01234567"
)

func ms(f float64) sources.Opt[time.Duration] {
	return sources.Some(time.Duration(f*1e6 + 0.5))
}

func mb(n int) sources.Opt[int] { return sources.Some(n) }

func TestParseText(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       Record
	}{
		{
			"start", "START RequestId: " + id1 + " Version: $LATEST\n",
			Record{Kind: Start, RequestID: id1, Version: "$LATEST"},
		},
		{
			"start, numbered version, no line end", "START RequestId: " + id1 + " Version: 42",
			Record{Kind: Start, RequestID: id1, Version: "42"},
		},
		{"end", "END RequestId: " + id1 + "\n", Record{Kind: End, RequestID: id1}},
		{
			"report", "REPORT RequestId: " + id1 + "\tDuration: 2.37 ms\tBilled Duration: 427 ms\tMemory Size: 1024 MB\tMax Memory Used: 95 MB\tInit Duration: 423.98 ms\t\n",
			Record{Kind: Report, RequestID: id1, Duration: ms(2.37), Billed: ms(427), MemoryMB: mb(1024), MaxMemoryMB: mb(95), Init: ms(423.98)},
		},
		{
			"report with trace line", "REPORT RequestId: " + id1 + "\tDuration: 17.21 ms\tBilled Duration: 98 ms\tMemory Size: 512 MB\tMax Memory Used: 61 MB\tInit Duration: 80.52 ms\t\nXRAY TraceId: " + tr1 + "\tSegmentId: 89abcdef01234567\tSampled: true\t\n",
			Record{Kind: Report, RequestID: id1, Duration: ms(17.21), Billed: ms(98), MemoryMB: mb(512), MaxMemoryMB: mb(61), Init: ms(80.52), TraceID: tr1, SegmentID: "89abcdef01234567", Sampled: true},
		},
		{
			"report with status and then a trace line", "REPORT RequestId: " + id1 + "\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 512 MB\tMax Memory Used: 61 MB\tStatus: timeout\nXRAY TraceId: " + tr1 + "\tSegmentId: 382f97d370ef6f64\t\n",
			Record{Kind: Report, RequestID: id1, Duration: ms(3000), Billed: ms(3000), MemoryMB: mb(512), MaxMemoryMB: mb(61), Status: "timeout", TraceID: tr1, SegmentID: "382f97d370ef6f64"},
		},
		{
			"report not sampled", "REPORT RequestId: " + id1 + "\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 61 MB\t\nXRAY TraceId: " + tr1 + "\tSegmentId: 1\tSampled: false\t\n",
			Record{Kind: Report, RequestID: id1, Duration: ms(1), Billed: ms(1), MemoryMB: mb(128), MaxMemoryMB: mb(61), TraceID: tr1, SegmentID: "1"},
		},
		{
			"restore", "REPORT RequestId: " + id1 + "\tDuration: 306.34 ms\tBilled Duration: 610 ms\tMemory Size: 2048 MB\tMax Memory Used: 212 MB\tRestore Duration: 511.25 ms\tBilled Restore Duration: 303 ms\t\n",
			Record{Kind: Report, RequestID: id1, Duration: ms(306.34), Billed: ms(610), MemoryMB: mb(2048), MaxMemoryMB: mb(212), Restore: ms(511.25), BilledRestore: ms(303)},
		},
		{
			"crash", "REPORT RequestId: " + id1 + "\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 128 MB\tMax Memory Used: 61 MB\tStatus: error\tError Type: Runtime.ExitError",
			Record{Kind: Report, RequestID: id1, Duration: ms(5), Billed: ms(5), MemoryMB: mb(128), MaxMemoryMB: mb(61), Status: "error", ErrorType: "Runtime.ExitError"},
		},
		{
			"tabs became spaces", "REPORT RequestId: " + id1 + " Duration: 5.25 ms Billed Duration: 106 ms Memory Size: 128 MB Max Memory Used: 61 MB Init Duration: 100.01 ms Status: error Error Type: Runtime.ExitError XRAY TraceId: " + tr1 + " SegmentId: 89abcdef01234567 Sampled: true ",
			Record{Kind: Report, RequestID: id1, Duration: ms(5.25), Billed: ms(106), MemoryMB: mb(128), MaxMemoryMB: mb(61), Init: ms(100.01), Status: "error", ErrorType: "Runtime.ExitError", TraceID: tr1, SegmentID: "89abcdef01234567", Sampled: true},
		},
		{
			"tabs became four spaces", "REPORT RequestId: " + id1 + "    Duration: 5.25 ms    Billed Duration: 6 ms    Memory Size: 128 MB    Max Memory Used: 61 MB    ",
			Record{Kind: Report, RequestID: id1, Duration: ms(5.25), Billed: ms(6), MemoryMB: mb(128), MaxMemoryMB: mb(61)},
		},
		{
			"another order", "REPORT RequestId: " + id1 + "\tInit Duration: 1.58 ms\tMax Memory Used: 61 MB\tDuration: 872.21 ms\tMemory Size: 128 MB\tBilled Duration: 874 ms\t",
			Record{Kind: Report, RequestID: id1, Init: ms(1.58), Duration: ms(872.21), Billed: ms(874), MemoryMB: mb(128), MaxMemoryMB: mb(61)},
		},
		{
			"fields of tomorrow", "REPORT RequestId: " + id1 + "\tDuration: 1.00 ms\tCarbon Emitted: 3 g of CO2: much\tBilled Duration: 1 ms\tMood: good and well\tStatus: error\tError Type: Runtime.Unknown",
			Record{Kind: Report, RequestID: id1, Duration: ms(1), Billed: ms(1), Status: "error", ErrorType: "Runtime.Unknown"},
		},
		{
			"windows line ends", "REPORT RequestId: " + id1 + "\tDuration: 1.00 ms\tBilled Duration: 1 ms\tStatus: timeout\r\n",
			Record{Kind: Report, RequestID: id1, Duration: ms(1), Billed: ms(1), Status: "timeout"},
		},
		{
			"unit of tomorrow is not guessed", "REPORT RequestId: " + id1 + "\tDuration: 1.00 ms\tBilled Duration: 1 us\tMemory Size: 2 GB",
			Record{Kind: Report, RequestID: id1, Duration: ms(1)},
		},
		{"report cut off", "REPORT RequestId: " + id1 + "\tDura", Record{Kind: Malformed, RequestID: id1}},
		{"report without an ID", "REPORT RequestId: \tDuration: 1.00 ms", Record{Kind: Malformed, Duration: ms(1)}},
		{
			"init start", "INIT_START Runtime Version: python:3.12.mainlinev2.v7\tRuntime Version ARN: " + arn + "\n",
			Record{Kind: InitStart, RuntimeVersion: "python:3.12.mainlinev2.v7", RuntimeVersionARN: arn},
		},
		{
			"init start, spaces", "INIT_START Runtime Version: python:3.12.v7 Runtime Version ARN: " + arn,
			Record{Kind: InitStart, RuntimeVersion: "python:3.12.v7", RuntimeVersionARN: arn},
		},
		{
			"init report", "INIT_REPORT Init Duration: 206.72 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError",
			Record{Kind: InitReport, Init: ms(206.72), Phase: "init", Status: "error", ErrorType: "Runtime.ExitError"},
		},
		{
			"restore start", "RESTORE_START Runtime Version: java:11.v21\tRuntime Version ARN: " + arn,
			Record{Kind: RestoreStart, RuntimeVersion: "java:11.v21", RuntimeVersionARN: arn},
		},
		{"restore report", "RESTORE_REPORT Restore Duration: 511.25 ms\n", Record{Kind: RestoreReport, Restore: ms(511.25)}},
		{
			"restore failed", "RESTORE_REPORT Restore Duration: 511.25 ms\tStatus: error\tError Type: Runtime.ExitError",
			Record{Kind: RestoreReport, Restore: ms(511.25), Status: "error", ErrorType: "Runtime.ExitError"},
		},
		{"extension", "EXTENSION\tName: lambda-adapter\tState: Ready\tEvents: [INVOKE, SHUTDOWN]", Record{Kind: Extension, Name: "lambda-adapter", State: "Ready"}},
		{"extension, spaces", "EXTENSION Name: lambda-adapter State: Ready Events: []", Record{Kind: Extension, Name: "lambda-adapter", State: "Ready"}},
		{"telemetry", "TELEMETRY\tName: datadog-agent\tState: Subscribed\tTypes: [Platform, Function, Extension]", Record{Kind: Subscription, Name: "datadog-agent", State: "Subscribed"}},
		{"logs", "LOGS\tName: x\tState: Subscribed\tTypes: [platform]", Record{Kind: Subscription, Name: "x", State: "Subscribed"}},
		{
			"trace line alone", "XRAY TraceId: " + tr1 + "\tSegmentId: 89abcdef01234567\tSampled: true\t\n",
			Record{Kind: XRay, TraceID: tr1, SegmentID: "89abcdef01234567", Sampled: true},
		},
		{
			"old time-out", "2024-03-04T17:22:38.033Z " + id1 + " Task timed out after 3.00 seconds\n\n",
			Record{Kind: TimeoutLine, RequestID: id1, Reason: "Task timed out after 3.00 seconds"},
		},
		{
			"emulator's time-out", "RequestId: " + id1 + " Error: Task timed out after 3.00 seconds",
			Record{Kind: TimeoutLine, RequestID: id1, Reason: "Task timed out after 3.00 seconds"},
		},
		{
			"old crash", "RequestId: " + id1 + " Error: Runtime exited without providing a reason\nRuntime.ExitError\n",
			Record{Kind: ExitLine, RequestID: id1, Reason: "Runtime exited without providing a reason", ErrorType: "Runtime.ExitError"},
		},
		{
			"old crash, first line", "RequestId: " + id1 + " Error: Runtime exited with error: signal: killed",
			Record{Kind: ExitLine, RequestID: id1, Reason: "Runtime exited with error: signal: killed"},
		},
		{"old crash, second line", "Runtime.ExitError\n", Record{Kind: ExitLine, ErrorType: "Runtime.ExitError"}},
		{
			"no bootstrap", "RequestId: " + id1 + " Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]\nRuntime.InvalidEntrypoint",
			Record{Kind: ExitLine, RequestID: id1, Reason: "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]", ErrorType: "Runtime.InvalidEntrypoint"},
		},
		{
			"process exited", "RequestId: " + id1 + " Process exited before completing request\n\n",
			Record{Kind: ExitLine, RequestID: id1, Reason: "Process exited before completing request"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.want.Format = sources.LogText
			got, ok := Parse(test.line)
			if !ok || !reflect.DeepEqual(got, test.want) {
				t.Errorf("Parse(%q)\n got %+v, %v\nwant %+v", test.line, got, ok, test.want)
			}
		})
	}
}

func TestParseJSON(t *testing.T) {
	at := time.Date(2026, 10, 8, 7, 30, 29, 470e6, time.UTC)
	for _, test := range []struct {
		name, line string
		want       Record
	}{
		{
			"start", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.start","record":{"requestId":"` + id1 + `","functionArn":"arn:aws:lambda:eu-central-1:1:function:f","version":"$LATEST","tenantId":"blue"}}`,
			Record{Kind: Start, RequestID: id1, Version: "$LATEST", TenantID: "blue", FunctionARN: "arn:aws:lambda:eu-central-1:1:function:f"},
		},
		{
			"report", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":"` + id1 + `","metrics":{"durationMs":1233.96,"billedDurationMs":1698,"memorySizeMB":256,"maxMemoryUsedMB":123,"initDurationMs":463.512},"status":"success"}}` + "\n",
			Record{Kind: Report, RequestID: id1, Duration: ms(1233.96), Billed: ms(1698), MemoryMB: mb(256), MaxMemoryMB: mb(123), Init: ms(463.512), Status: "success"},
		},
		{
			"members in another order, spaces, escapes", "\n { \"record\" : {\"status\":\"error\", \"errorType\":\"Runtime\\u002eExitError\",\"metrics\":{\"maxMemoryUsedMB\":123.0,\"durationMs\":1.2E1,\"billedDurationMs\":12},\"requestId\":\"" + id1 + "\"},\"type\":\"platform.report\", \"time\":\"2026-10-08T09:30:29.47+02:00\"}",
			Record{Kind: Report, RequestID: id1, Duration: ms(12), Billed: ms(12), MaxMemoryMB: mb(123), Status: "error", ErrorType: "Runtime.ExitError"},
		},
		{
			"restore, tracing, spans", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":"` + id1 + `","metrics":{"durationMs":147.156,"billedDurationMs":201,"restoreDurationMs":500.795,"billedRestoreDurationMs":53},"tracing":{"spanId":"54565fb41ac79632","type":"X-Amzn-Trace-Id","value":"Root=1-62e900b2-710d76f009d6e7785905449a;Parent=0efbd19962d95b05;Sampled=1"},"spans":[{"name":"responseLatency","start":"x","durationMs":23.02},{"name":"responseDuration","durationMs":0.5},{}],"status":"success"}}`,
			Record{Kind: Report, RequestID: id1, Duration: ms(147.156), Billed: ms(201), Restore: ms(500.795), BilledRestore: ms(53), TraceID: "1-62e900b2-710d76f009d6e7785905449a", Sampled: true, ResponseLatency: ms(23.02), ResponseDuration: ms(0.5), Status: "success"},
		},
		{
			"managed instances know no bill", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":"` + id1 + `","status":"success","metrics":{"durationMs":1.148},"spans":[{"name":"responseLatency","durationMs":0.847}]}}`,
			Record{Kind: Report, RequestID: id1, Duration: ms(1.148), Status: "success", ResponseLatency: ms(0.847)},
		},
		{
			"commas too many and too few", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.runtimeDone","record":{"requestId":"` + id1 + `" "status":"success","spans":[{"name":"responseLatency","durationMs":1,},],"metrics":{"durationMs":56.0,"producedBytes":51,},},}`,
			Record{Kind: RuntimeDone, RequestID: id1, Duration: ms(56), Status: "success", ResponseLatency: ms(1), ProducedBytes: sources.Some(int64(51))},
		},
		{
			"init start", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.initStart","record":{"initializationType":"on-demand","phase":"init","runtimeVersion":"nodejs:22.v60","runtimeVersionArn":"` + arn + `","functionName":"f","functionVersion":"7","instanceMaxMemory":268435456}}`,
			Record{Kind: InitStart, InitType: InitOnDemand, Phase: PhaseInit, RuntimeVersion: "nodejs:22.v60", RuntimeVersionARN: arn, Version: "7", FunctionName: "f"},
		},
		{
			"init report", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.initReport","record":{"initializationType":"on-demand","phase":"init","status":"timeout","metrics":{"durationMs":10000.487}}}`,
			Record{Kind: InitReport, InitType: InitOnDemand, Phase: PhaseInit, Status: "timeout", Init: ms(10000.487)},
		},
		{
			"init runtime done", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.initRuntimeDone","record":{"initializationType":"snap-start","status":"success"}}`,
			Record{Kind: InitRuntimeDone, InitType: InitSnapStart, Status: "success"},
		},
		{"restore start", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.restoreStart","record":{"runtimeVersion":"java:21"}}`, Record{Kind: RestoreStart, RuntimeVersion: "java:21"}},
		{"restore runtime done", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.restoreRuntimeDone","record":{"status":"error","errorType":"X"}}`, Record{Kind: RestoreRuntimeDone, Status: "error", ErrorType: "X"}},
		{"restore report", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.restoreReport","record":{"status":"success","metrics":{"durationMs":70.87}}}`, Record{Kind: RestoreReport, Status: "success", Restore: ms(70.87)}},
		{"extension", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.extension","record":{"name":"e","state":"Ready","events":["INVOKE"]}}`, Record{Kind: Extension, Name: "e", State: "Ready"}},
		{"subscription", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.telemetrySubscription","record":{"name":"e","state":"Subscribed","types":["platform"]}}`, Record{Kind: Subscription, Name: "e", State: "Subscribed"}},
		{"dropped", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.logsDropped","record":{"droppedBytes":12345,"droppedRecords":123,"reason":"Some logs were dropped"}}`, Record{Kind: LogsDropped, Reason: "Some logs were dropped"}},
		{"web function", `{"timestamp":"2026-10-08T07:30:29.470Z","level":"INFO","type":"platform.invokeSummary","region":"us-east-1","record":{"count":3}}`, Record{Kind: OtherPlatform}},
		{"record is no object", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.initReport","record":"none"}`, Record{Kind: InitReport}},
		{"nulls", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":"` + id1 + `","status":null,"tracing":null,"spans":null,"metrics":null}}`, Record{Kind: Report, RequestID: id1}},
		{"negative and absurd numbers are unknown", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":"` + id1 + `","metrics":{"durationMs":-1,"billedDurationMs":1e300,"memorySizeMB":99999999999999999999999,"maxMemoryUsedMB":1.5}}}`, Record{Kind: Report, RequestID: id1}},
		{"cut off", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":"` + id1 + `","met`, Record{Kind: Malformed, RequestID: id1}},
		{"report without an ID", `{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{}}`, Record{Kind: Malformed}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.want.Format, test.want.Time = sources.LogJSON, at
			got, ok := Parse(test.line)
			got.Type = ""
			if !ok || !reflect.DeepEqual(got, test.want) {
				t.Errorf("Parse(%q)\n got %+v, %v\nwant %+v", test.line, got, ok, test.want)
			}
		})
	}
}

func TestParseRuntimeError(t *testing.T) {
	for _, test := range []struct{ name, line, kind, id string }{
		{"python", "[ERROR] ValueError: cannot identify image file\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 14, in handler\n", "ValueError", ""},
		{"python, carriage returns", "[ERROR] KeyError: 'x'\rTraceback (most recent call last):\r\u00a0\u00a0File \"/var/task/app.py\"\n", "KeyError", ""},
		{"python, first line alone", "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'", "Runtime.ImportModuleError", ""},
		{"python, an exception class of any name", "[ERROR] OutOfStock: sku 17\nTraceback (most recent call last):\n", "OutOfStock", ""},
		{"python, without a message", "[ERROR] KeyboardInterrupt\nTraceback (most recent call last):\n", "KeyboardInterrupt", ""},
		{"node", "2026-11-23T09:00:01.120Z\t" + id1 + "\tERROR\tInvoke Error \t{\"errorType\":\"TypeError\",\"errorMessage\":\"x is not a function\",\"stack\":[\"TypeError: x\"]}", "TypeError", id1},
		{"node, spaces for tabs", "2026-11-23T09:00:01.120Z " + id1 + " ERROR Invoke Error  {\"errorMessage\":\"a\",\"errorType\":\"Error\"}", "Error", id1},
		{"node, traced by another vendor", "2026-11-23T09:00:01.120Z\t" + id1 + "\tERROR\t[dd.trace_id=21 dd.span_id=44] Invoke Error \t{\"errorType\":\"TypeError\"}", "TypeError", id1},
		{"node, uncaught", "2026-11-23T09:00:01.120Z\t" + id1 + "\tERROR\tUncaught Exception \t{\"errorType\":\"RangeError\"}", "RangeError", id1},
		{"node, rejection", "2026-11-23T09:00:01.120Z\tundefined\tERROR\tUnhandled Promise Rejection \t{\"errorType\":\"Runtime.UnhandledPromiseRejection\"}", "Runtime.UnhandledPromiseRejection", ""},
		{"dotnet", "2026-11-23T09:00:01.120Z\t" + id1 + "\tfail\tSystem.InvalidOperationException: no\n   at Fn.Handler(String s) in /src/F.cs:line 9\n   at lambda_method1\n", "InvalidOperationException", id1},
		{"java", "woops: java.lang.RuntimeException\njava.lang.RuntimeException: woops\n\tat example.Handler.handle(Handler.java:17)\n\n", "java.lang.RuntimeException", ""},
		{"java, without a message", "null: java.lang.NullPointerException\njava.lang.NullPointerException\n\tat example.Handler.handle(Handler.java:17)\n", "java.lang.NullPointerException", ""},
		{"ruby", "Error raised from handler method\n{\n  \"errorMessage\": \"no\",\n  \"errorType\": \"Function<StandardError>\",\n  \"stackTrace\": []\n}\n", "Function<StandardError>", ""},
		{"ruby, first line alone", "Error raised from handler method\n", "", ""},
		{"go", "2026/11/23 09:00:01 {\"errorMessage\":\"boom\",\"errorType\":\"errorString\"}\n", "errorString", ""},
		{"go, a panic without the log package's time", `{"errorMessage":"boom","errorType":"string","stackTrace":[{"path":"a","line":1,"label":"b"}]}`, "string", ""},
		{"python json", `{"timestamp": "2026-11-23T09:00:01Z", "level": "ERROR", "errorMessage": "no", "errorType": "ValueError", "requestId": "` + id1 + `", "stackTrace": []}`, "ValueError", id1},
		{"node json", `{"timestamp":"2026-11-23T09:00:01.120Z","level":"ERROR","requestId":"` + id1 + `","message":{"errorType":"TypeError","errorMessage":"no","stackTrace":["a"]}}`, "TypeError", id1},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := Parse(test.line)
			if !ok || got.Kind != RuntimeError || got.ErrorType != test.kind || got.RequestID != test.id {
				t.Errorf("Parse(%q) = %+v, %v", test.line, got, ok)
			}
		})
	}
}

// applicationLines are lines of function code, many of which look like
// something else at first sight.
func applicationLines() []string {
	return []string{
		"",
		" ",
		"\n",
		"hello",
		"START",
		"STARTED RequestId: x",
		"START RequestId without a colon",
		"REPORTING RequestId: 1",
		"the last REPORT RequestId: " + id1 + "\tDuration: 1.00 ms",
		"END OF LIFE",
		"INIT_STARTED",
		"EXTENSION of the deadline",
		"LOGS are fine",
		"TELEMETRY off",
		"Runtime.exitcode is 3",
		"Runtime.ExitError happened here",
		"RequestId: " + id1 + " is done",
		"RequestId: " + id1 + " Error: the bucket said no",
		"2024-03-04T17:22:38.033Z " + id1 + " Task list has 3 entries",
		"2024-03-04 17:22:38 worker Task timed out after 3.00 seconds",
		"[ERROR]\t2026-11-23T09:00:01.120Z\t" + id1 + "\tValueError: dealt with\nTraceback (most recent call last):\n",
		"[ERROR] 2026-11-23T09:00:01.120Z " + id1 + " copied with spaces",
		"[ERROR] could not reach the cache: timeout",
		"[ERROR] Database: connection lost",
		"[ERROR] ConnectionError: attempt 1 failed, retrying",
		"[ERROR] ConnectionError: attempt 1 failed, no Traceback (most recent call last) here",
		"ERROR ValueError: dealt with",
		"Traceback (most recent call last):\n  File \"x\"\nValueError: y\n",
		"2026-11-23T09:00:01.120Z\t" + id1 + "\tERROR\tInvoke Error handling went fine",
		"2026-11-23T09:00:01.120Z\t" + id1 + "\tERROR\tcaught {\"errorType\":\"TypeError\"}",
		"2026-11-23T09:00:01.120Z\t" + id1 + "\tINFO\tInvoke Error \t{\"errorType\":\"TypeError\"}",
		"2026-11-23T09:00:01.120Z\t" + id1 + "\tfail\tthe payment was refused",
		"2026-11-23T09:00:01.120Z\t" + id1 + "\tfail\tSystem.Text: refused",
		"2026/11/23 09:00:01 {\"order\":17}",
		"2026-11-23 09:00:01 " + id1 + " ERROR Handler - failed\njava.lang.IllegalStateException: x\n\tat a.B.c(B.java:1)\n",
		"a list:\n - one\n - two\n",
		"text: java.lang.String\nmore text\n",
		`{"level":"ERROR","message":"dealt with","errorType":"ValueError","errorMessage":"x","logger":"root","requestId":"` + id1 + `"}`,
		`{"level":"ERROR","message":"boom"}`,
		`{"errorMessage":"of another function","errorType":"E","requestId":"` + id1 + `"}`,
		`{"level":"INFO","message":"{\"type\":\"platform.report\",\"record\":{\"requestId\":\"x\"}}"}`,
		`{"type":"function","record":"\"platform.report\""}`,
		`{"kind":"platform.report"}`,
		`[{"type":"platform.report"}]`,
		`{"type":{"type":"platform.report"}}`,
		`{"type":"plat`,
		`{`,
		`{"`,
		`{"a`,
		`{"a"`,
		`{"a":`,
		`{"a":[`,
		`{"a":"\`,
		`{"a":"\"`,
		`{"errorType":`,
		"{\"a\":\"platform.\x00\"}",
		"\xff\xfe\xfd",
		strings.Repeat("{", 10000) + `"platform.`,
		strings.Repeat(`{"platform.a":`, 10000),
		strings.Repeat("[", 10000),
	}
}

func TestParseApplicationLines(t *testing.T) {
	for _, line := range applicationLines() {
		if r, ok := Parse(line); ok {
			t.Errorf("Parse(%.200q) = %+v", line, r)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		for _, line := range applicationLines2 {
			if _, ok := Parse(line); ok {
				t.Error("not an application line")
			}
		}
	}); n != 0 {
		t.Errorf("application lines allocate %v times", n)
	}
}

var applicationLines2 = applicationLines()

// TestBilled checks the golden samples of real lines: the bill is
// ceil(duration + init), and ceil(duration) + billed restore under SnapStart.
func TestBilled(t *testing.T) {
	for _, line := range []string{
		"Duration: 3000.00 ms\tBilled Duration: 3403 ms\tMemory Size: 128 MB\tMax Memory Used: 73 MB\tInit Duration: 402.04 ms\tStatus: timeout",
		"Duration: 600000.00 ms\tBilled Duration: 600477 ms\tInit Duration: 476.75 ms\tStatus: timeout",
		"Duration: 80.30 ms\tBilled Duration: 570 ms\tInit Duration: 488.91 ms",
		"Duration: 84.77 ms\tBilled Duration: 635 ms\tInit Duration: 549.71 ms",
		"Duration: 17.21 ms\tBilled Duration: 98 ms\tInit Duration: 80.52 ms",
		"Duration: 344356.22 ms\tBilled Duration: 344756 ms\tInit Duration: 399.33 ms\tStatus: error\tError Type: Runtime.OutOfMemory",
		"Duration: 127.10 ms\tBilled Duration: 154 ms\tRestore Duration: 325.93 ms\tBilled Restore Duration: 26 ms",
		"Duration: 2338.66 ms\tBilled Duration: 2521 ms\tRestore Duration: 398.97 ms\tBilled Restore Duration: 182 ms",
		"Duration: 306.34 ms\tBilled Duration: 610 ms\tRestore Duration: 511.25 ms\tBilled Restore Duration: 303 ms",
		"Duration: 149.53 ms\tBilled Duration: 313 ms\tRestore Duration: 789.64 ms\tBilled Restore Duration: 163 ms",
		"Duration: 159.87 ms\tBilled Duration: 278 ms\tRestore Duration: 562.43 ms\tBilled Restore Duration: 118 ms",
		`"durationMs":147.156,"billedDurationMs":201,"restoreDurationMs":500.795,"billedRestoreDurationMs":53`,
		`"durationMs":1233.96,"billedDurationMs":1698,"initDurationMs":463.512`,
		`"durationMs":1.802,"billedDurationMs":63,"initDurationMs":60.644`,
	} {
		message := "REPORT RequestId: " + id1 + "\t" + line + "\t\n"
		if line[0] == '"' {
			message = `{"type":"platform.report","record":{"requestId":"` + id1 + `","metrics":{` + line + `}}}`
		}
		r, ok := Parse(message)
		if !ok || r.Kind != Report {
			t.Errorf("Parse(%q) = %+v, %v", message, r, ok)
			continue
		}
		want := ceil(r.Duration.Or(0) + r.Init.Or(0))
		if b, ok := r.BilledRestore.Get(); ok {
			want = ceil(r.Duration.Or(0)) + b
		}
		if got, ok := r.Billed.Get(); !ok || got != want {
			t.Errorf("%s: billed %v, and duration and init make %v", line, got, want)
		}
	}
}

func ceil(d time.Duration) time.Duration {
	return (d + time.Millisecond - 1).Truncate(time.Millisecond)
}

func TestMillis(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0": 0, "0.00": 0, "1": 1e6, "17.21": 17210000, "1233.96": 1233960000, "0.000001": 1, "0.0000005": 1, "0.0000004": 0,
		"0.0000014999": 1, "1e3": 1e9, "1.5E-3": 1500, "900000.00": 900e9, "500.79499999999996": 500795000,
	} {
		if got, ok := millis(in).Get(); !ok || got != want {
			t.Errorf("millis(%q) = %v, %v, want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "-1", "+1", "x", "1x", "1.", ".5", "1.x", "99999999999999999999", "1e99", "NaN", "Inf", "1e", "0x10", "1_0"} {
		if got := millis(in); got.Known() {
			t.Errorf("millis(%q) = %v", in, got)
		}
	}
}

func TestTimestamp(t *testing.T) {
	for _, in := range []string{
		"2026-10-08T07:30:29.470Z", "2026-02-28T23:59:59.999Z", "2024-02-29T00:00:00.000Z", "2026-01-31T00:00:00.001Z",
		"2026-10-08T07:30:29Z", "2026-10-08T07:30:29.123456789Z", "2026-10-08T09:30:29.47+02:00",
	} {
		want, err := time.Parse(time.RFC3339Nano, in)
		if got, ok := timestamp(in); err != nil || !ok || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("timestamp(%q) = %v, %v, want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "2026", "2026-13-08T07:30:29.470Z", "2026-10-00T07:30:29.470Z", "2026-02-30T07:30:29.470Z", "2026-10-08T24:30:29.470Z", "2026-10-08T07:30:29.4x0Z", "2026-10-08 07:30:29.470Z"} {
		if got, ok := timestamp(in); ok {
			t.Errorf("timestamp(%q) = %v", in, got)
		}
	}
}
