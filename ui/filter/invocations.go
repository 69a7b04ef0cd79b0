package filter

import (
	"fmt"
	"strings"
	"time"

	"fntop/sources"
)

// Invocations is a parsed filter of invocations. The zero Invocations lets
// everything pass. It may be used by several goroutines.
type Invocations struct{ terms Terms[invoked] }

// invoked is what a filter of invocations is asked about.
type invoked struct {
	*sources.Invocation
	price func(*sources.Invocation) (usd float64, ok bool)
}

// Match tells whether an invocation passes. price says what it costs in US
// dollars; it is asked only where the filter has a word about it.
func (f Invocations) Match(inv *sources.Invocation, price func(*sources.Invocation) (usd float64, ok bool)) bool {
	if f.terms.Empty() {
		return true
	}
	return f.terms.Match(invoked{inv, price})
}

// Empty tells that every invocation passes.
func (f Invocations) Empty() bool { return f.terms.Empty() }

// ParseInvocations reads a filter of invocations:
//
//	7d0e3c6a timeout      the request ID, the error type or the outcome contains it
//	outcome:timeout       that field contains it; also error, version, env, id, trace
//	dur>1s init>500ms     times, also billed
//	mem>90% mem>512       memory used, of all there was or in MB
//	cost>0.0001           US dollars
//	cold warm             whether the request waited for its environment
//	error running sampled
//
// An error is an *[Error] about the first word that could not be read; the
// filter then holds the words that could.
func ParseInvocations(text string) (Invocations, error) {
	terms, err := ofInvocations().Parse(text)
	return Invocations{terms}, err
}

// ofInvocations is the language for invocations.
func ofInvocations() *Language[invoked] {
	timed := func(name, also string, get func(*sources.Invocation) sources.Opt[time.Duration]) Field[invoked] {
		return Field[invoked]{Name: name, Also: []string{also}, Read: Millis, Figure: func(v invoked) (float64, bool) {
			d, ok := get(v.Invocation).Get()
			return float64(d) / float64(time.Millisecond), ok
		}}
	}
	text := func(name, also string, get func(*sources.Invocation) string) Field[invoked] {
		return Field[invoked]{Name: name, Also: []string{also}, Texts: func(v invoked) ([]string, bool) {
			return []string{get(v.Invocation)}, true
		}}
	}
	outcome := text("outcome", "state", func(inv *sources.Invocation) string { return string(inv.Outcome) })
	for _, o := range []sources.Outcome{
		sources.OK, sources.Failed, sources.TimedOut, sources.OutOfMemory, sources.Exited, sources.InitFailed, sources.Running, sources.Unknown,
	} {
		outcome.Values = append(outcome.Values, string(o))
	}
	return &Language[invoked]{
		Fields: []Field[invoked]{
			timed("dur", "duration", func(inv *sources.Invocation) sources.Opt[time.Duration] { return inv.Duration }),
			timed("init", "restore", func(inv *sources.Invocation) sources.Opt[time.Duration] { return inv.Init.OrElse(inv.Restore) }),
			timed("billed", "bill", func(inv *sources.Invocation) sources.Opt[time.Duration] { return inv.Billed }),
			{Name: "mem", Also: []string{"memory", "used"}, Figure: memoryShare, Read: share, Takes: func(value string) bool { return strings.HasSuffix(value, "%") }},
			{Name: "mem", Also: []string{"memory", "used"}, Figure: func(v invoked) (float64, bool) { return number(v.MaxMemoryMB) }, Read: Megabytes},
			{Name: "cost", Figure: func(v invoked) (float64, bool) { return v.price(v.Invocation) }, Read: dollars},
			outcome,
			text("error", "err", func(inv *sources.Invocation) string { return inv.ErrorType }),
			text("version", "v", func(inv *sources.Invocation) string { return inv.Version }),
			{Name: "env", Also: []string{"environment", "stream"}, Texts: environment},
			text("id", "request", func(inv *sources.Invocation) string { return inv.RequestID }),
			text("trace", "traceid", func(inv *sources.Invocation) string { return inv.TraceID }),
		},
		Words: map[string]func(invoked) Verdict{
			"cold":    waited(true),
			"warm":    waited(false),
			"error":   failed,
			"errors":  failed,
			"running": func(v invoked) Verdict { return VerdictOf(v.Outcome == sources.Running) },
			"sampled": func(v invoked) Verdict { return VerdictOf(v.Sampled) },
		},
		Elsewhere: only("functions", "runtime", "tag", "tags", "trigger", "triggers", "region", "account", "arch", "inv", "min", "rate", "thr", "throttles",
			"p50", "p95", "p99", "avg", "timeout", "deployed", "name"),
		Plain: func(v invoked, word string) Verdict {
			return VerdictOf(Contains(v.RequestID, word) || Contains(v.ErrorType, word) || Contains(string(v.Outcome), word))
		},
	}
}

// environment is the log stream, and the random part at its end.
func environment(v invoked) ([]string, bool) {
	_, own, _ := strings.Cut(v.Environment, "]")
	return []string{v.Environment, own}, true
}

// waited tests whether the request waited for an init or a restore.
func waited(cold bool) func(invoked) Verdict {
	return func(v invoked) Verdict {
		is, known := v.Cold.Get()
		if !known {
			return Unknown
		}
		return VerdictOf(is == cold)
	}
}

// failed tests whether an invocation ended badly, once it has ended.
func failed(v invoked) Verdict {
	if v.Outcome == sources.Running || v.Outcome == sources.Unknown || v.Outcome == "" {
		return Unknown
	}
	return VerdictOf(v.Outcome != sources.OK)
}

// memoryShare is the memory used in per cent of what there was.
func memoryShare(v invoked) (float64, bool) {
	used, ok := v.MaxMemoryMB.Get()
	size, known := v.MemoryMB.Get()
	return float64(used) / float64(size) * 100, ok && known && size > 0
}

// share reads a part of the memory, in per cent.
func share(s string) (float64, error) {
	x, err := Number(s)
	if err == nil && x > 100 {
		return 0, fmt.Errorf("%s is more than all memory: write mem>90%%, or mem>%s for MB", s, strings.TrimSuffix(s, "%"))
	}
	return x, err
}

// dollars reads an amount, with or without its sign.
func dollars(s string) (float64, error) { return Number(strings.TrimPrefix(s, "$")) }
