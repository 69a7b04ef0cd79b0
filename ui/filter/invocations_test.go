package filter_test

import (
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/ui/filter"
)

func sampleInvocation() *sources.Invocation {
	return &sources.Invocation{
		RequestID: "7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b", Environment: "2026/11/23/[41]00abc0ffee", Version: "41",
		Duration: sources.Some(1200 * time.Millisecond), Billed: sources.Some(1800 * time.Millisecond), Init: sources.Some(600 * time.Millisecond),
		MemoryMB: sources.Some(1024), MaxMemoryMB: sources.Some(960), Cold: sources.Some(true),
		Outcome: sources.TimedOut, ErrorType: "Sandbox.Timedout", TraceID: "1-6d2f3a10-0123456789abcdef01234567", Sampled: true,
	}
}

func cents(*sources.Invocation) (float64, bool) { return 0.0002, true }

func TestInvocations(t *testing.T) {
	inv := sampleInvocation()
	for text, want := range map[string]bool{
		"":                          true,
		"7d0e3c6a":                  true,
		"sandbox":                   true,
		"timeout":                   true,
		"nothing":                   false,
		"!nothing":                  true,
		"-timeout":                  false,
		"outcome:timeout":           true,
		"outcome:ok":                false,
		"-outcome:ok":               true,
		"error:timed":               true,
		"dur>1s":                    true,
		"dur>1200":                  false,
		"duration>=1200ms":          true,
		"init>500ms":                true,
		"init>1s":                   false,
		"billed>1.7s":               true,
		"mem>90%":                   true,
		"mem>94%":                   false,
		"mem>94":                    true, // MB
		"mem>960MB":                 false,
		"mem<1GB":                   true,
		"used>900":                  true,
		"cost>0.0001":               true,
		"cost>$0.0003":              false,
		"cold":                      true,
		"warm":                      false,
		"-warm":                     true,
		"error":                     true,
		"-error":                    false,
		"sampled":                   true,
		"running":                   false,
		"version:41":                true,
		"version=4":                 false,
		"env:2026/11/23":            true,
		"env:00abc":                 true,
		"env=00abc0ffee":            true,
		"env:ffff":                  false,
		"id:4f0e":                   true,
		"trace:6d2f3a10":            true,
		"dur>1s cold outcome:time":  true,
		"dur>1s cold outcome:error": false,
	} {
		f, err := filter.ParseInvocations(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got := f.Match(inv, cents); got != want {
			t.Errorf("%q matches: %v, want %v", text, got, want)
		}
	}
}

// TestNothingIsKnownOfARunningInvocation: neither a word nor its opposite
// holds.
func TestNothingIsKnownOfARunningInvocation(t *testing.T) {
	inv := &sources.Invocation{RequestID: "a", Outcome: sources.Running}
	free := func(*sources.Invocation) (float64, bool) { return 0, false }
	for _, text := range []string{"dur>0", "-dur>0", "dur<1", "init>0", "billed>0", "mem>0", "mem<100%", "-mem>0", "used>0", "cost>=0", "-cost>0", "cold", "warm", "-cold", "-warm", "error", "-error"} {
		f, err := filter.ParseInvocations(text)
		if err != nil {
			t.Fatal(err)
		}
		if f.Match(inv, free) {
			t.Errorf("%q matches an invocation that still runs", text)
		}
	}
	if f, _ := filter.ParseInvocations("running"); !f.Match(inv, free) {
		t.Error("running does not match it")
	}
}

func TestInvocationErrors(t *testing.T) {
	inv := sampleInvocation()
	for text, want := range map[string]string{
		"durr>1":       "durr>1: did you mean dur?",
		"outcome:bog":  "outcome:bog: there are ok error timeout out-of-memory exit init-error running unknown",
		"outcome=time": "outcome=time: there are ok error",
		"runtime:py":   "runtime:py: only on functions",
		"dur>":         "dur>: a value is missing after >",
		"dur>x":        `"x" is not a time: write 500ms, 1s or 2m`,
		"mem>512%":     "mem>512%: 512% is more than all memory: write mem>90%, or mem>512 for MB",
		"outcome>1":    "outcome>1: outcome is text: write outcome:1",
		"dur:1":        "dur:1: dur is a figure: write dur>1",
		"cold cost>y":  `cost>y: "y" is not a number`,
	} {
		f, err := filter.ParseInvocations(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
		if !f.Match(inv, cents) {
			t.Errorf("%q: the words that could be read do not hold", text)
		}
	}
}

func FuzzParseInvocations(f *testing.F) {
	for _, s := range []string{"dur>1s", "-cold", "!!x", "mem>90%", "env:[", "cost>$", "\x00:1", "outcome="} {
		f.Add(s)
	}
	inv := sampleInvocation()
	f.Fuzz(func(_ *testing.T, text string) {
		parsed, _ := filter.ParseInvocations(text)
		parsed.Match(inv, cents)
		parsed.Match(&sources.Invocation{}, cents)
	})
}
