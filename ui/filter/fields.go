package filter

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
)

// subject is what a filter of functions is asked about.
type subject struct {
	fn  *fleet.Function
	row *fleet.Row
	now time.Time
}

// functions is the language for functions.
func functions() *Language[subject] {
	return &Language[subject]{
		Fields: likeliest(append(figures(), texts()...), "err", "runtime", "tag", "cold", "p95", "inv", "min", "mem", "trigger", "deployed", "region"),
		Words: map[string]func(subject) Verdict{
			"idle":      counted(invocations, func(n float64) bool { return n == 0 }),
			"active":    counted(invocations, func(n float64) bool { return n > 0 }),
			"throttled": counted(throttles, func(n float64) bool { return n > 0 }),
			"gone":      func(s subject) Verdict { return VerdictOf(s.fn.Gone) },
		},
		Plain:     mentions,
		Elsewhere: only("invocations: open a function and press 2", "outcome", "billed", "env", "environment", "stream", "id", "request", "trace", "used", "restore"),
	}
}

// only says of fields that they are of other things.
func only(of string, names ...string) map[string]string {
	why := make(map[string]string)
	for _, name := range names {
		why[name] = "only on " + of
	}
	return why
}

// likeliest puts the fields of these names first, in that order.
func likeliest(fields []Field[subject], names ...string) []Field[subject] {
	place := func(f Field[subject]) int {
		if i := slices.Index(names, f.Name); i >= 0 {
			return i
		}
		return len(names)
	}
	slices.SortStableFunc(fields, func(a, b Field[subject]) int { return place(a) - place(b) })
	return fields
}

func figures() []Field[subject] {
	figure := func(get func(subject) (float64, bool), read func(string) (float64, error), name string, also ...string) Field[subject] {
		return Field[subject]{Name: name, Also: also, Figure: get, Read: read}
	}
	return []Field[subject]{
		figure(errorPercent, Number, "err", "error", "errors"),
		figure(func(s subject) (float64, bool) {
			v, ok := s.row.ColdRate.Get()
			return v * 100, ok
		}, Number, "cold"),
		figure(invocations, Number, "inv", "invocations"),
		figure(func(s subject) (float64, bool) { return s.row.LastMinute.Get() }, Number, "min", "rate", "inv/min"),
		figure(throttles, Number, "thr", "throttles"),
		figure(span(func(r *fleet.Row) sources.Opt[time.Duration] { return r.P50 }), Millis, "p50"),
		figure(span(func(r *fleet.Row) sources.Opt[time.Duration] { return r.P95 }), Millis, "p95"),
		figure(span(func(r *fleet.Row) sources.Opt[time.Duration] { return r.P99 }), Millis, "p99"),
		figure(span(func(r *fleet.Row) sources.Opt[time.Duration] { return r.Average }), Millis, "avg", "dur", "duration"),
		figure(span(func(r *fleet.Row) sources.Opt[time.Duration] { return r.InitP95 }), Millis, "init"),
		figure(func(s subject) (float64, bool) { return float64(s.fn.Config.MemoryMB), s.fn.Configured }, configured, "mem", "memory"),
		figure(func(s subject) (float64, bool) { return number(s.row.Concurrency) }, Number, "conc", "concurrency"),
		figure(func(s subject) (float64, bool) { return s.row.CostPerMillion.Get() }, Number, "cost"),
		figure(func(s subject) (float64, bool) { return float64(s.fn.Config.Timeout.Milliseconds()), s.fn.Configured }, Millis, "timeout"),
		figure(sinceDeploy, Minutes, "deployed", "deploy"),
	}
}

func texts() []Field[subject] {
	own := func(name string, get func(*fleet.Function) string) Field[subject] {
		return Field[subject]{Name: name, Texts: func(s subject) ([]string, bool) { return []string{get(s.fn)}, true }}
	}
	listed := func(name string, get func(*sources.Function) string) Field[subject] {
		return Field[subject]{Name: name, Texts: func(s subject) ([]string, bool) {
			return []string{get(&s.fn.Config)}, s.fn.Configured
		}}
	}
	return []Field[subject]{
		own("name", func(fn *fleet.Function) string { return fn.ID.Name }),
		own("region", func(fn *fleet.Function) string { return fn.ID.Region }),
		own("account", func(fn *fleet.Function) string { return fn.ID.Account }),
		listed("runtime", RuntimeOf),
		listed("arch", func(c *sources.Function) string { return string(c.Architecture) }),
		{Name: "version", Also: []string{"v"}, Texts: deployedVersion},
		listed("state", func(c *sources.Function) string { return c.State }),
		{Name: "tag", Also: []string{"tags"}, Texts: tags},
		{Name: "trigger", Also: []string{"triggers"}, Texts: triggers},
	}
}

// RuntimeOf is what a function runs on, as the table names it: "image" for a
// container image; "" when that is not known.
func RuntimeOf(c *sources.Function) string {
	if c.Runtime == "" && c.PackageType == sources.PackageImage {
		return "image"
	}
	return c.Runtime
}

// configured reads an amount of memory that a function may have.
func configured(s string) (float64, error) {
	if strings.HasSuffix(s, "%") {
		return 0, fmt.Errorf("mem is the memory that is set, in MB; how much is used is known of invocations")
	}
	return Megabytes(s)
}

// deployedVersion is the version that the newest deploy has published, as far
// as changes tell.
func deployedVersion(s subject) (all []string, known bool) {
	for i := range s.fn.Changes {
		if c := &s.fn.Changes[i]; c.Version != "" {
			return []string{c.Version}, true
		}
	}
	return nil, false
}

// tags are the keys and values of the tags, apart and together.
func tags(s subject) (all []string, known bool) {
	for k, v := range s.fn.Config.Tags {
		all = append(all, k, v, k+"="+v)
	}
	return all, s.fn.Tagged
}

// triggers are the kinds, names and sources of what invokes a function.
func triggers(s subject) (all []string, known bool) {
	for i := range s.fn.Triggers {
		t := &s.fn.Triggers[i]
		all = append(all, string(t.Kind), t.Name, t.Source)
	}
	return all, s.fn.Mapped && !s.fn.Triggered.Good.IsZero()
}

// mentions is a plain word: the name, the runtime, the region or a tag holds
// it.
func mentions(s subject, word string) Verdict {
	c := &s.fn.Config
	if Contains(s.fn.ID.Name, word) || Contains(RuntimeOf(c), word) || Contains(s.fn.ID.Region, word) {
		return Yes
	}
	for k, v := range c.Tags {
		if Contains(k, word) || Contains(v, word) {
			return Yes
		}
	}
	return No
}

func invocations(s subject) (float64, bool) { return number(s.row.Invocations) }
func throttles(s subject) (float64, bool)   { return number(s.row.Throttles) }

func counted(get func(subject) (float64, bool), ok func(float64) bool) func(subject) Verdict {
	return func(s subject) Verdict {
		n, known := get(s)
		if !known {
			return Unknown
		}
		return VerdictOf(ok(n))
	}
}

// sinceDeploy is how many minutes ago a function got new code. Where its
// changes are not known it is how long ago it was last modified, be it code or
// configuration; where they are known and none of them was a deploy, it was
// last deployed before they begin.
func sinceDeploy(s subject) (float64, bool) {
	for i := range s.fn.Changes {
		if c := &s.fn.Changes[i]; c.Deploy() {
			return s.now.Sub(c.Time).Minutes(), true
		}
	}
	at := s.fn.Config.LastModified
	if from := s.fn.ChangesFrom; !from.IsZero() && at.After(from) {
		at = from // what modified it was no deploy
	}
	return s.now.Sub(at).Minutes(), !at.IsZero()
}

func errorPercent(s subject) (float64, bool) {
	share, ok := ErrorShare(s.row).Get()
	return share * 100, ok
}

// ErrorShare is the errors per invocation of a row, 0 to 1: unknown without
// both figures, and without invocations.
func ErrorShare(r *fleet.Row) sources.Opt[float64] {
	errs, ok := r.Errors.Get()
	n, known := r.Invocations.Get()
	if !ok || !known || n <= 0 {
		return sources.Opt[float64]{}
	}
	return sources.Some(float64(errs) / float64(n))
}

func number[T int | int64](v sources.Opt[T]) (float64, bool) {
	x, ok := v.Get()
	return float64(x), ok
}

func span(get func(*fleet.Row) sources.Opt[time.Duration]) func(subject) (float64, bool) {
	return func(s subject) (float64, bool) {
		v, ok := get(s.row).Get()
		return float64(v) / float64(time.Millisecond), ok
	}
}
