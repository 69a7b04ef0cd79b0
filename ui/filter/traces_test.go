package filter_test

import (
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/ui/filter"
)

func TestTraces(t *testing.T) {
	one := &sources.TraceSummary{
		ID: "1-6d2f3a10-0123456789abcdef01234567", Duration: sources.Some(1200 * time.Millisecond), Response: sources.Some(400 * time.Millisecond),
		Fault: true, Status: sources.Some(502), Services: []string{"checkout", "Payments-Table"},
		Annotations: []sources.Setting{{Name: "tenant", Value: "acme"}},
	}
	for text, want := range map[string]bool{
		"":                    true,
		"6d2f3a10":            true,
		"payments":            true,
		"tenant":              true,
		"tenant=acme":         false, // that is no field
		"note:tenant=acme":    true,
		"note:tenant=umbra":   false,
		"acme":                true,
		"nothing":             false,
		"-nothing":            true,
		"dur>1s":              true,
		"duration<1s":         false,
		"resp>=400ms":         true,
		"resp>1s":             false,
		"status>=500":         true,
		"status<500":          false,
		"service:table":       true,
		"service:sqs":         false,
		"-service:sqs":        true,
		"id:6d2f":             true,
		"fault":               true,
		"-fault":              false,
		"error":               false,
		"-error":              true,
		"throttled":           false,
		"partial":             false,
		"fault dur>1s":        true,
		"fault dur>1s -table": false,
	} {
		f, err := filter.ParseTraces(text)
		if (err != nil) != (text == "tenant=acme") {
			t.Errorf("%q: %v", text, err)
		}
		if got := f.Match(one); got != want && err == nil {
			t.Errorf("%q matches: %v, want %v", text, got, want)
		}
	}
	if _, err := filter.ParseTraces("durr>1"); err == nil || !strings.Contains(err.Error(), "did you mean dur") {
		t.Errorf("%v", err)
	}
}

// TestOfAnIncompleteTraceLittleIsKnown: that something is missing in it is
// known no more than the opposite.
func TestOfAnIncompleteTraceLittleIsKnown(t *testing.T) {
	one := &sources.TraceSummary{ID: "1-6d2f3a10-0123456789abcdef01234567", Partial: true, Throttle: true, Services: []string{"checkout"}}
	for text, want := range map[string]bool{
		"fault": false, "-fault": false, "error": false, "-error": false, "throttled": true, "-throttled": false, "partial": true,
		"dur>0": false, "-dur>0": false, "status>0": false, "-status>0": false, "service:checkout": true, "-service:sqs": false, "-note:a": false,
	} {
		f, err := filter.ParseTraces(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Match(one); got != want {
			t.Errorf("%q matches: %v, want %v", text, got, want)
		}
	}
}

func FuzzParseTraces(f *testing.F) {
	for _, s := range []string{"dur>1s", "-fault", "!!x", "status>=", "note:=", "\x00:1", "id="} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		parsed, _ := filter.ParseTraces(text)
		parsed.Match(&sources.TraceSummary{ID: "1", Services: []string{text}})
		parsed.Match(&sources.TraceSummary{})
	})
}
