package logpattern_test

import (
	"strings"
	"testing"

	"fntop/sources/demo/logpattern"
)

// event is the sample of the User Guide's JSON patterns.
const event = `{"eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111",
	"arrayKey": ["value", "another value"],
	"objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
	"SomeObject": null, "ThisFlag": true, "cluster.name": "c", "latency": 500.5, "count": "12"}`

// people is the sample of the User Guide's compound conditions.
const people = `{"user": {"id": 1, "email": "John.Stiles@example.com"},
	"users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
	"actions": ["GET", "PUT", "DELETE"],
	"coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]]}`

const (
	coldText = "REPORT RequestId: 6b1f8e2a-0d2c-4a8f-9a52-1f2e3d4c5b6a\tDuration: 2.37 ms\tBilled Duration: 427 ms\tMemory Size: 1024 MB\tMax Memory Used: 95 MB\tInit Duration: 423.98 ms\t\n"
	warmText = "REPORT RequestId: 6b1f8e2a-0d2c-4a8f-9a52-1f2e3d4c5b6a\tDuration: 2.37 ms\tBilled Duration: 3 ms\tMemory Size: 1024 MB\tMax Memory Used: 95 MB\t\n"
	coldJSON = `{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":"79b5","metrics":{"durationMs":1233.96,"billedDurationMs":1698,"initDurationMs":463.512},"status":"success"}}`
	warmJSON = `{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":"79b5","metrics":{"durationMs":1233.96,"billedDurationMs":1234},"status":"success"}}`
)

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, message string
		want             bool
	}{
		// Terms.
		{"", "anything", true},
		{"  ", "anything", true},
		{"ERROR", "[ERROR 400] BAD REQUEST", true},
		{"ERROR", "Exiting with ERRORCODE: -1", true},
		{"ERROR", "an error happened", false},
		{"ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", true},
		{"ERROR ARGUMENTS", "[ERROR 400] BAD REQUEST", false},
		{"?ERROR ?ARGUMENTS", "[ERROR 400] BAD REQUEST", true},
		{"?ERROR ?ARGUMENTS", "MISSING ARGUMENTS", true},
		{"?ERROR ?ARGUMENTS", "[INFO 200] OK", false},
		{"?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST FAILED", true}, // optional ones are ignored
		{"?ERROR ?ARGUMENTS REQUEST", "[ERROR] MISSING ARGUMENTS", false},
		{"ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST", true},
		{"ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", false},
		{"-ERROR", "[INFO] fine", true},
		{`"ERROR" - "Exiting"`, "Exiting with ERRORCODE: -1", false},
		{`"INTERNAL SERVER ERROR"`, "[ERROR 500] INTERNAL SERVER ERROR", true},
		{`"INTERNAL SERVER ERROR"`, "[ERROR 500] INTERNAL ERROR ON SERVER", false},
		{`"[ERROR]" Exception`, "x [ERROR] Unhandled InvalidQueryException", true},
		{`"say \"hi\""`, `they say "hi"`, true},
		{`"Init Duration"`, coldText, true},
		{`"Init Duration"`, warmText, false},
		{`?"Init Duration" ?"Restore Duration"`, coldText, true},
		{`?"Init Duration" ?"Restore Duration"`, warmText, false},
		{`"6b1f8e2a-0d2c-4a8f-9a52-1f2e3d4c5b6a"`, warmText, true},
		{"größe", "die größe zählt", true},
		// Regular expressions.
		{"%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", true},
		{"%AUTHORIZED%", "OK", false},
		{"%^[hc]at%", "a hat", false},
		{"%colou?r%", "colour", true},
		{`%10\.10\.0\.1%`, "from 10010,051", false},
		{`%Init Duration: [0-9]{4,}%`, coldText, false},
		{`REPORT %Init Duration: 4\d\d%`, coldText, true},
		// JSON.
		{`{ $.eventType = "UpdateTrail" }`, event, true},
		{`{$.eventType=UpdateTrail}`, event, true},
		{`{ $.eventType = "Update*" }`, event, true},
		{`{ $.eventType = *Trail }`, event, true},
		{`{ $.eventType = *dateT* }`, event, true},
		{`{ $.eventType = Up*ail }`, event, false}, // a star inside is a star
		{`{ $.eventType = * }`, event, true},
		{`{ $.SomeObject = "*" }`, event, false},
		{`{ $.sourceIPAddress != 123.123.* }`, event, true},
		{`{ $.sourceIPAddress != 111.111.* }`, event, false},
		{`{ $.arrayKey[0] = "value" }`, event, true},
		{`{ $.arrayKey[1] = "value" }`, event, false},
		{`{ $.arrayKey[9] = "value" }`, event, false},
		{`{ $.arrayKey[*] = "another value" }`, event, true},
		{`{ $.objectList[1].id = 2 }`, event, true},
		{`{ $.objectList[*].id = 2 }`, event, true},
		{`{ $.objectList[*].id = 3 }`, event, false},
		{`{ $.* = "UpdateTrail" }`, event, true},
		{`{ $.['cluster.name'] = "c" }`, event, true},
		{`{ $["cluster.name"] = "c" }`, event, true},
		{`{ $.eventType = %Trail% }`, event, true},
		{`{ $.SomeObject IS NULL }`, event, true},
		{`{ $.eventType IS NULL }`, event, false},
		{`{ $.SomeOtherObject NOT EXISTS }`, event, true},
		{`{ $.eventType NOT EXISTS }`, event, false},
		{`{ $.eventType EXISTS }`, event, true},
		{`{ $.SomeObject EXISTS }`, event, true},
		{`{ $.SomeOtherObject EXISTS }`, event, false},
		{`{ $.ThisFlag IS TRUE }`, event, true},
		{`{ $.ThisFlag IS FALSE }`, event, false},
		{`{ $.latency > 500 }`, event, true},
		{`{ $.latency >= 500.5 && $.latency <= 5.005e2 }`, event, true},
		{`{ $.latency < +1000 }`, event, true},
		{`{ $.latency != 500 }`, event, true},
		{`{ $.latency = 500* }`, event, true},
		{`{ $.count = 12 }`, event, true}, // a number in a text
		{`{ $.missing != 1 }`, event, false},
		{`{ $.arrayKey != 1 }`, event, false}, // points at no value
		{`{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }`, people, true},
		{`{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }`, people, false},
		{`{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }`, people, true},
		{`{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }`, people, false},
		{`{ $.type = "platform.report" && $.record.metrics.initDurationMs EXISTS }`, coldJSON, true},
		{`{ $.type = "platform.report" && $.record.metrics.initDurationMs EXISTS }`, warmJSON, false},
		{`{ $.type = "platform.report" && ($.record.metrics.initDurationMs = * || $.record.metrics.restoreDurationMs = *) }`, coldJSON, true},
		{`{ $.type = "platform.report" && ($.record.metrics.initDurationMs = * || $.record.metrics.restoreDurationMs = *) }`, warmJSON, false},
		{`{ $.type = "platform.*" }`, coldJSON, true},
		{`{ $.a = "x" }`, `{"a":"\u0078"}`, true}, // escapes do not hide a value
		{`{ $.a = "x" }`, `{"a":"x"} trailing`, false},
		{`{ $.a NOT EXISTS }`, "not JSON", false},
		{`{ $.a NOT EXISTS }`, `{"b":1}`, true},
		{`{ $.a = "x" }`, `{"a":["x"]}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.pattern+" in "+tt.message[:min(len(tt.message), 20)], func(t *testing.T) {
			p, err := logpattern.Parse(tt.pattern)
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			if got := p.Match(tt.message); got != tt.want {
				t.Errorf("Parse(%q).Match(%q) = %v", tt.pattern, tt.message, got)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	patterns := []string{
		"foo-bar", "REPORT:", `"open`, "?", "-", "- ", "%open", "%%", "%a(b)%", "%a!%", `%\p%`, "%a{3,2}%",
		"%a% %b% %c%", "[a, b]", "{", "{}", "{ }", "{ $ }", "{ $. }", "{ $.a }", "{ $.a = }", "{ $.a = \"x\" ",
		"{ $.a = 1 } x", "{ a = 1 }", "{ $.a = 1 && }", "{ ($.a = 1 }", "{ $.a = 1) }", "{ $.a[ = 1 }", "{ $.a[x] = 1 }",
		"{ $.a[99999999999] = 1 }", "{ $.a IS }", "{ $.a IS MAYBE }", "{ $.a NOT }", "{ $.a ~ 1 }", "{ $.a < x }",
		"{ $.*[*] = 1 }", "{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }", "{ $.a = @x }", "{ $.a = %x }",
		"{ $.a = 1 | $.b = 2 }", "{" + strings.Repeat("(", 100) + "$.a = 1" + strings.Repeat(")", 100) + "}",
		strings.Repeat("x", 1025),
	}
	for _, s := range patterns {
		if p, err := logpattern.Parse(s); err == nil {
			t.Errorf("Parse(%q) gave a pattern that matches x: %v", s, p.Match("x"))
		}
	}
}

func TestAll(t *testing.T) {
	for pattern, want := range map[string]bool{"": true, " ": true, "x": false, "-x": false, "{ $.a = 1 }": false} {
		p, err := logpattern.Parse(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if p.All() != want {
			t.Errorf("Parse(%q).All() = %v", pattern, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "ERROR", "?a ?\"b c\" -d", `%^[a-z]{1,3}\.%`, `{ $.a.b[0]["x"] = "*y*" && ($.c < -1.5e3 || $.d NOT EXISTS) }`,
		`{ $.* IS NULL }`, `{ $.a = %x% }`, "[a]", "{ $.a = 0x1p-2 }", "{ $.a = _ }", "\"\\", "{ $[''] = 1 }",
	} {
		f.Add(s, event)
	}
	f.Add(`{ $.type = "platform.report" }`, coldJSON)
	f.Fuzz(func(t *testing.T, pattern, message string) {
		p, err := logpattern.Parse(pattern)
		if err != nil {
			return
		}
		got := p.Match(message)
		if p.All() && !got {
			t.Errorf("%q matches all but not %q", pattern, message)
		}
		// A pattern means the same on second reading.
		again, err := logpattern.Parse(pattern)
		if err != nil || again.Match(message) != got {
			t.Errorf("%q on %q: not the same twice", pattern, message)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	for name, bench := range map[string]struct{ pattern, message string }{
		"terms":       {`"Init Duration"`, warmText},
		"json-hit":    {`{ $.type = "platform.report" && $.record.metrics.initDurationMs EXISTS }`, coldJSON},
		"json-miss":   {`{ $.type = "platform.report" && $.record.metrics.initDurationMs EXISTS }`, warmJSON},
		"json-decode": {`{ $.record.metrics.durationMs > 2000 }`, warmJSON},
	} {
		b.Run(name, func(b *testing.B) {
			p, err := logpattern.Parse(bench.pattern)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(bench.message)))
			for b.Loop() {
				p.Match(bench.message)
			}
		})
	}
}
