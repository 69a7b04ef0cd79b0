package platformlog

import (
	"regexp"
	"strings"
	"testing"

	"fntop/sources"
)

// optionalTerms reads a pattern that is nothing but optional terms, as
// CloudWatch Logs does. Anything else fails the test.
func optionalTerms(t *testing.T, pattern string) []string {
	t.Helper()
	if len(pattern) > 1024 {
		t.Fatalf("the pattern has %d characters: 1,024 is what the API takes", len(pattern))
	}
	var terms []string
	for s := pattern; s != ""; s = strings.TrimLeft(s, " ") {
		m := regexp.MustCompile(`^\?(?:([A-Za-z0-9_]+)|"((?:[^"\\]|\\.)+)")(?: |$)`).FindStringSubmatch(s)
		if m == nil {
			t.Fatalf("not an optional term: %s", s)
		}
		terms = append(terms, m[1]+m[2])
		s = s[len(m[0]):]
	}
	return terms
}

func matches(terms []string, message string) bool {
	for _, term := range terms {
		if strings.Contains(message, term) {
			return true
		}
	}
	return false
}

func TestFilterPattern(t *testing.T) {
	cold := map[string]bool{
		"REPORT RequestId: a\tDuration: 2.37 ms\tBilled Duration: 427 ms\tMemory Size: 1024 MB\tMax Memory Used: 95 MB\tInit Duration: 423.98 ms\t\n":                                 true,
		"REPORT RequestId: a\tDuration: 2.37 ms\tBilled Duration: 427 ms\tMemory Size: 1024 MB\tMax Memory Used: 95 MB\tRestore Duration: 5.00 ms\tBilled Restore Duration: 3 ms\t\n": true,
		"REPORT RequestId: a\tDuration: 2.37 ms\tBilled Duration: 3 ms\tMemory Size: 1024 MB\tMax Memory Used: 95 MB\t\n":                                                             false,
		"RESTORE_REPORT Restore Duration: 511.25 ms": false,
		"START RequestId: a Version: 1":              false,
		`{"type":"platform.report","record":{"requestId":"a","metrics":{"durationMs":1,"initDurationMs":2}}}`:    true,
		`{"type":"platform.report","record":{"requestId":"a","metrics":{"durationMs":1,"restoreDurationMs":2}}}`: true,
		`{"type":"platform.report","record":{"requestId":"a","metrics":{"durationMs":1}}}`:                       false,
		`{"level":"INFO","message":"initialised"}`:                                                               false,
	}
	platform := []string{
		"START RequestId: a Version: 1", "END RequestId: a", "REPORT RequestId: a\tDuration: 1.00 ms",
		"INIT_START Runtime Version: x", "INIT_REPORT Init Duration: 1.00 ms", "RESTORE_START Runtime Version: x",
		"RESTORE_REPORT Restore Duration: 1.00 ms", "XRAY TraceId: 1-2-3\t", "2024-03-04T17:22:38.033Z " + id1 + " Task timed out after 3.00 seconds",
		"RequestId: a Error: Runtime exited with error: exit status 1", "Runtime.ExitError", "RequestId: a Process exited before completing request",
		`{"type":"platform.start","record":{"requestId":"a"}}`, `{ "type" : "platform.report" }`,
		`{"timestamp":"t","level":"ERROR","requestId":"a","message":{"errorType":"TypeError","errorMessage":"no"}}`,
	}
	textErrors := []string{
		"[ERROR] ValueError: x\nTraceback (most recent call last):", "2026-11-23T09:00:01.120Z\ta\tERROR\tInvoke Error \t{}",
		"woops: java.lang.RuntimeException\njava.lang.RuntimeException: woops", "woops: com.example.Gone\ncom.example.Gone: woops\n\tat java.lang.Thread.run",
		"2026-11-23T09:00:01.120Z\ta\tfail\tSystem.Exception: x\n   at", "Error raised from handler method", `2026/11/23 09:00:01 {"errorMessage":"boom","errorType":"e"}`,
	}
	ordinary := []string{"hello", "2026-11-23T09:00:01.120Z\ta\tINFO\tfetching object", `{"level":"INFO","message":"stored"}`}
	for _, format := range []sources.LogFormat{sources.LogText, sources.LogJSON, ""} {
		terms := optionalTerms(t, FilterPattern(format, sources.LogCold))
		for line, want := range cold {
			if got := matches(terms, line); got != want {
				t.Errorf("%s: the cold pattern matches %q: %v, want %v", format, line, got, want)
			}
		}
		terms = optionalTerms(t, FilterPattern(format, sources.LogPlatform))
		want := platform
		if format != sources.LogJSON {
			want = append(append([]string{}, platform...), textErrors...)
		}
		for _, line := range want {
			if !matches(terms, line) {
				t.Errorf("%s: the platform pattern misses %q", format, line)
			}
			if r, ok := Parse(line); !ok && !strings.Contains(line, `{}`) && !strings.HasSuffix(line, "at") {
				t.Errorf("Parse(%q) = %+v", line, r)
			}
		}
		for _, line := range ordinary {
			if matches(terms, line) {
				t.Errorf("%s: the platform pattern matches %q", format, line)
			}
		}
		if got := FilterPattern(format, sources.LogAll); got != "" {
			t.Errorf("the pattern for all lines is %q", got)
		}
	}
}

func TestRequestPattern(t *testing.T) {
	if got, want := RequestPattern(id1), `"`+id1+`"`; got != want {
		t.Errorf("RequestPattern = %s, want %s", got, want)
	}
	if got, want := RequestPattern(`a"b\c`), `"a\"b\\c"`; got != want {
		t.Errorf("RequestPattern = %s, want %s", got, want)
	}
}
