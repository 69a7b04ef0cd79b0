package filter_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/filter"
)

func sampleFunction() (*fleet.Function, *fleet.Row) {
	id := sources.FunctionID{Account: "123456789012", Region: "eu-west-1", Name: "Checkout-API"}
	fn := &fleet.Function{ID: id, Configured: true, Config: sources.Function{
		ID: id, Runtime: "python3.13", Architecture: sources.ARM, MemoryMB: 1024, Timeout: 30 * time.Second, State: "Active",
		Tags: map[string]string{"team": "payments"},
	}}
	return fn, &fleet.Row{
		Invocations: sources.Some(int64(1000)), Errors: sources.Some(int64(20)), Throttles: sources.Some(int64(0)),
		LastMinute: sources.Some(17.0), P50: sources.Some(40 * time.Millisecond), P95: sources.Some(1200 * time.Millisecond),
		ColdRate: sources.Some(0.06), CostPerMillion: sources.Some(3.21),
	}
}

func TestMatch(t *testing.T) {
	fn, row := sampleFunction()
	for text, want := range map[string]bool{
		"":                       true,
		"checkout":               true,
		"CHECKOUT":               true,
		"python":                 true,
		"eu-west":                true,
		"payments":               true,
		"nothing":                false,
		"checkout nothing":       false,
		"-nothing":               true,
		"-checkout":              false,
		"runtime:python":         true,
		"runtime:node":           false,
		"-runtime:node":          true,
		"runtime=python3.13":     true,
		"runtime=python":         false,
		"region:eu":              true,
		"account:1234":           true,
		"arch:arm":               true,
		"tag:team=payments":      true,
		"tag:team=search":        false,
		"name:api":               true,
		"state:active":           true,
		"err>1":                  true,
		"err>2":                  false,
		"err>=2":                 true,
		"err<=2%":                true,
		"err=2":                  true,
		"ERR>1":                  true,
		"cold>5":                 true,
		"cold<5":                 false,
		"mem>=1024":              true,
		"mem<1024":               false,
		"p95>1s":                 true,
		"p95>1200":               false,
		"p95>=1200ms":            true,
		"p50<0.05s":              true,
		"timeout=30s":            true,
		"inv>999":                true,
		"min>16":                 true,
		"thr=0":                  true,
		"cost>3":                 true,
		"active":                 true,
		"idle":                   false,
		"-idle":                  true,
		"gone":                   false,
		"p99>0":                  false, // not known
		"-p99>0":                 false, // not known either
		"init>0":                 false,
		"conc>=0":                false,
		"err>1 runtime:py p95>1": true,
	} {
		f, err := filter.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got := f.Match(fn, row); got != want {
			t.Errorf("%q matches: %v, want %v", text, got, want)
		}
	}
}

func TestUnknownSatisfiesNothing(t *testing.T) {
	fn := &fleet.Function{ID: sources.FunctionID{Name: "a"}}
	for _, text := range []string{"err>0", "err<1", "-err>0", "mem>0", "mem<1", "-mem>0", "idle", "active", "-idle", "-active", "min<1", "timeout>0"} {
		f, err := filter.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if f.Match(fn, &fleet.Row{}) {
			t.Errorf("%q matches a function of which nothing is known", text)
		}
	}
}

func TestErrors(t *testing.T) {
	fn, row := sampleFunction()
	for text, want := range map[string]string{
		"er>1":         `er>1: no field "er"; there are err cold`,
		"err>":         "err>: a value is missing after >",
		">1":           ">1: a field is missing before >",
		"err>x":        `err>x: "x" is not a number`,
		"err:1":        "err:1: err is a figure: write err>1",
		"runtime>1":    "runtime>1: runtime is text: write runtime:1",
		"p95>1x":       `"1x" is not a time: write 500ms, 1s or 2m`,
		"p95>5%":       "is not a time",
		"err>NaN":      `"NaN" is not a number`,
		"checkout e>1": `e>1: no field "e"`,
	} {
		f, err := filter.Parse(text)
		var bad *filter.Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
		if !f.Match(fn, row) {
			t.Errorf("%q: the words that could be read do not hold", text)
		}
	}
}

func TestEveryFieldIsKnown(t *testing.T) {
	fields := filter.Fields()
	for _, name := range fields {
		_, err := filter.Parse(name + ">1")
		_, textErr := filter.Parse(name + ":x")
		if (err == nil) == (textErr == nil) {
			t.Errorf("%s is neither a figure nor a text", name)
		}
	}
	if sorted := slices.Compact(slices.Sorted(slices.Values(fields))); len(sorted) != len(fields) {
		t.Error("a field is named twice")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"err>1 cold>5", "runtime:python", "-idle", "a:b:c", "<<", "=", "p95>=1s", "--x", "- ", "\x00>1", "é>1"} {
		f.Add(s)
	}
	fn, row := sampleFunction()
	f.Fuzz(func(_ *testing.T, text string) {
		parsed, err := filter.Parse(text)
		parsed.Match(fn, row)
		parsed.Match(&fleet.Function{}, &fleet.Row{})
		if err != nil {
			_ = err.Error()
		}
	})
}

func FuzzContains(f *testing.F) {
	f.Add("Checkout", "OUT")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, s, part string) {
		fold := func(s string) string {
			b := []byte(s)
			for i, c := range b {
				if 'A' <= c && c <= 'Z' {
					b[i] = c + 32
				}
			}
			return string(b)
		}
		if got, want := filter.Contains(s, part), strings.Contains(fold(s), fold(part)); got != want {
			t.Errorf("Contains(%q, %q) = %v", s, part, got)
		}
	})
}
