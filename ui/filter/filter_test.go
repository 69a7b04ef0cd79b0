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

func now() time.Time { return time.Date(2026, 11, 23, 14, 3, 0, 0, time.UTC) }

func sampleFunction() (*fleet.Function, *fleet.Row) {
	id := sources.FunctionID{Account: "123456789012", Region: "eu-west-1", Name: "Checkout-API"}
	fn := &fleet.Function{ID: id, Configured: true, Config: sources.Function{
		ID: id, Runtime: "python3.13", Architecture: sources.ARM, MemoryMB: 1024, Timeout: 30 * time.Second, State: "Active",
		Tags: map[string]string{"team": "payments"}, LastModified: now().Add(-5 * time.Minute),
	}}
	fn.Tagged, fn.Mapped, fn.Triggered.Good = true, true, now()
	fn.Triggers = []sources.Trigger{{Kind: sources.TriggerSQS, Name: "orders", Source: "arn:aws:sqs:eu-west-1:123456789012:orders"}}
	fn.ChangesFrom = now().Add(-24 * time.Hour)
	fn.Changes = []sources.Change{
		{Time: now().Add(-5 * time.Minute), Kind: sources.ChangeConfiguration},
		{Time: now().Add(-50 * time.Minute), Kind: sources.ChangeCode},
		{Time: now().Add(-50 * time.Minute), Kind: sources.ChangeVersion, Version: "61"},
	}
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
		"tag:team=pay":           true,
		"tag:team":               true,
		"-tag:team":              false,
		"!tag:owner":             true,
		"!tag:team=payments":     false,
		"trigger:sqs":            true,
		"trigger=orders":         true,
		"trigger:s3":             false,
		"-trigger:s3":            true,
		"deployed<1h":            true,
		"deployed<40":            false,
		"deployed>0.5h":          true,
		"deployed<1d":            true,
		"throttled":              false,
		"!throttled":             true,
		"!idle":                  true,
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
		"inv/min>16":             true,
		"rate>17":                false,
		"dur>0":                  false, // the average is not known
		"mem>=1GB":               true,
		"mem>1GB":                false,
		"mem=1024MB":             true,
		"err==2":                 true,
		"err:>1":                 true,
		"version:61":             true,
		"version=6":              false,
		`"checkout"`:             true,
		`"check out"`:            false,
		`-"check out"`:           true,
		`tag:"team=pay"`:         true,
		`tag:team="pay ments"`:   false,
		`"or"`:                   false,
		"or":                     false, // it may become orders
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
		if got := f.Match(fn, row, now()); got != want {
			t.Errorf("%q matches: %v, want %v", text, got, want)
		}
	}
}

func TestUnknownSatisfiesNothing(t *testing.T) {
	fn := &fleet.Function{ID: sources.FunctionID{Name: "a"}}
	for _, text := range []string{
		"err>0", "err<1", "-err>0", "mem>0", "mem<1", "-mem>0", "idle", "active", "-idle", "-active", "min<1", "timeout>0",
		"tag:a", "-tag:a", "trigger:s3", "-trigger:s3", "runtime:x", "-runtime:x", "throttled", "!throttled", "deployed>0", "deployed<1h",
	} {
		f, err := filter.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if f.Match(fn, &fleet.Row{}, now()) {
			t.Errorf("%q matches a function of which nothing is known", text)
		}
	}
}

func TestErrors(t *testing.T) {
	fn, row := sampleFunction()
	for text, want := range map[string]string{
		"er>1":             "er>1: did you mean err?",
		"eror>1":           `did you mean err`,
		"rutnime:py":       "rutnime:py: did you mean runtime?",
		"trig:sqs":         `did you mean trigger?`,
		"memmory>1":        `did you mean mem`,
		"zzzz>1":           "zzzz>1: no such field: err runtime tag cold p95",
		`"checkout`:        `"checkout: the quote is not closed`,
		`tag:team="pa`:     `tag:team="pa: the quote is not closed`,
		"(err>1":           "(err>1: all words must hold: there are no brackets",
		"err>1)":           "err>1): all words must hold: there are no brackets",
		"err>1 or cold>5":  `or: all words must hold: there is no or; "or" is the text`,
		"err>1 and cold>5": "and: all words must hold: leave it out",
		"err>1 || cold>5":  "||: all words must hold: there is no or",
		"not active":       "not: write -word for the opposite",
		"err!=2":           "err!=2: there is no !=: write -err=2",
		"runtime~py":       "runtime~py: there is no ~, but > >= < <= = and : for contains",
		"err=>1":           "err=>1: there is no =>, but > >=",
		"mem>90%":          "mem>90%: mem is the memory that is set, in MB; how much is used is known of invocations",
		"mem>x":            `"x" is not an amount of memory: write 512 or 2GB`,
		"outcome:timeout":  "outcome:timeout: only on invocations: open a function and press 2",
		"billed>1s":        "only on invocations",
		"deployed<1x":      `"1x" is not an age: write 30m, 1h or 2d`,
		"err>":             "err>: a value is missing after >",
		">1":               ">1: a field is missing before >",
		"err>x":            `err>x: "x" is not a number`,
		"err:1":            "err:1: err is a figure: write err>1",
		"runtime>1":        "runtime>1: runtime is text: write runtime:1",
		"p95>1x":           `"1x" is not a time: write 500ms, 1s or 2m`,
		"p95>5%":           "is not a time",
		"err>NaN":          `"NaN" is not a number`,
		"checkout e>1":     "e>1: no such field: err runtime",
	} {
		f, err := filter.Parse(text)
		var bad *filter.Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
		if !f.Match(fn, row, now()) {
			t.Errorf("%q: the words that could be read do not hold", text)
		}
	}
}

// TestDeployedWithoutChanges: what is known of a deploy while changes are not,
// or when none of them was one.
func TestDeployedWithoutChanges(t *testing.T) {
	for name, c := range map[string]struct {
		modified, from time.Duration // ago; 0 is not known
		text           string
		want           bool
	}{
		"modified, changes unknown":       {10 * time.Minute, 0, "deployed<1h", true},
		"modified long ago":               {50 * time.Hour, 0, "deployed<1h", false},
		"modified by a setting":           {10 * time.Minute, 3 * time.Hour, "deployed<1h", false},
		"deployed before changes begin":   {10 * time.Minute, 3 * time.Hour, "deployed>=3h", true},
		"modified before changes begin":   {50 * time.Hour, 3 * time.Hour, "deployed>2d", true},
		"nothing is known of its changes": {0, 3 * time.Hour, "deployed>1m", false},
	} {
		fn := &fleet.Function{}
		if c.modified > 0 {
			fn.Config.LastModified = now().Add(-c.modified)
		}
		if c.from > 0 {
			fn.ChangesFrom = now().Add(-c.from)
		}
		f, err := filter.Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Match(fn, &fleet.Row{}, now()); got != c.want {
			t.Errorf("%s: %q is %v", name, c.text, got)
		}
	}
}

// TestImages: a container image is found by what the table calls it.
func TestImages(t *testing.T) {
	fn := &fleet.Function{Configured: true, Config: sources.Function{PackageType: sources.PackageImage}}
	for text, want := range map[string]bool{"runtime:image": true, "image": true, "-runtime:image": false, "runtime:python": false} {
		f, err := filter.Parse(text)
		if got := f.Match(fn, &fleet.Row{}, now()); got != want || err != nil {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
}

// TestAVersionThatIsNotKnown satisfies nothing.
func TestAVersionThatIsNotKnown(t *testing.T) {
	for _, text := range []string{"version:1", "-version:1"} {
		if f, err := filter.Parse(text); err != nil || f.Match(&fleet.Function{}, &fleet.Row{}, now()) {
			t.Errorf("%q matches a function whose version is not known, %v", text, err)
		}
	}
}

// TestLines: a word about a field is no text of a line.
func TestLevelsAreNoText(t *testing.T) {
	for text, bad := range map[string]bool{"level>=warn": true, "Level<error": true, "level=warn": false, "level": false, "/level>=/": false} {
		if _, err := filter.ParseLines(text); (err != nil) != bad {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestPartlyKnownTriggers: one that is known matches, and one that is not
// among those known may still be there.
func TestPartlyKnownTriggers(t *testing.T) {
	fn := &fleet.Function{Mapped: true, Triggers: []sources.Trigger{{Kind: sources.TriggerSQS}}}
	for text, want := range map[string]bool{"trigger:sqs": true, "trigger:s3": false, "-trigger:s3": false, "-trigger:sqs": false} {
		f, _ := filter.Parse(text)
		if got := f.Match(fn, &fleet.Row{}, now()); got != want {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestUses(t *testing.T) {
	f, err := filter.Parse("err>1 -tags:team")
	if err != nil || !f.Uses("tag") || !f.Uses("err") || f.Uses("trigger") {
		t.Errorf("%v: tag %v, err %v, trigger %v", err, f.Uses("tag"), f.Uses("err"), f.Uses("trigger"))
	}
}

func TestNearest(t *testing.T) {
	words := []string{"err", "cold", "runtime", "region", "mem", "p50", "p95", "p99", "timeout"}
	for typed, want := range map[string]string{
		"runtme": "runtime", "rgion": "region", "rejion": "region", "cld": "cold", "time": "timeout", "tiemout": "timeout", "p90": "p50",
		"memory": "mem", "": "", "qqqqqqq": "", "x": "", strings.Repeat("runtime", 100): "", "reg": "region", "RUN": "runtime",
	} {
		if got, ok := filter.Nearest(typed, words); got != want || ok != (want != "") {
			t.Errorf("nearest to %q is %q, %v; want %q", typed, got, ok, want)
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
		parsed.Match(fn, row, now())
		parsed.Match(&fleet.Function{}, &fleet.Row{}, now())
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
