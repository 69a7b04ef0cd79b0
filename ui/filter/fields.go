package filter

import (
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
)

// Fields are the names a filter may use before an operator.
func Fields() []string {
	return []string{
		"err", "cold", "inv", "min", "thr", "p50", "p95", "p99", "avg", "init", "mem", "conc", "cost", "timeout",
		"name", "runtime", "region", "account", "arch", "state", "tag",
	}
}

// textField gives what a field of text holds, or nil when there is none of
// that name. A function may have several values, as with tags.
func textField(name string) func(*fleet.Function) []string {
	one := func(get func(*fleet.Function) string) func(*fleet.Function) []string {
		return func(fn *fleet.Function) []string { return []string{get(fn)} }
	}
	switch name {
	case "name":
		return one(func(fn *fleet.Function) string { return fn.ID.Name })
	case "runtime":
		return one(func(fn *fleet.Function) string { return fn.Config.Runtime })
	case "region":
		return one(func(fn *fleet.Function) string { return fn.ID.Region })
	case "account":
		return one(func(fn *fleet.Function) string { return fn.ID.Account })
	case "arch":
		return one(func(fn *fleet.Function) string { return string(fn.Config.Architecture) })
	case "state":
		return one(func(fn *fleet.Function) string { return fn.Config.State })
	case "tag":
		return func(fn *fleet.Function) []string {
			var all []string
			for k, v := range fn.Config.Tags {
				all = append(all, k, v, k+"="+v)
			}
			return all
		}
	}
	return nil
}

// figureField is a field that holds a figure.
type figureField struct {
	get   func(*fleet.Function, *fleet.Row) (float64, bool)
	parse func(string) (float64, error)
}

// figure finds the field of that name.
func figure(name string) (figureField, bool) {
	switch name {
	case "err", "error", "errors":
		return figureField{errorPercent, number}, true
	case "cold":
		return figureField{func(_ *fleet.Function, r *fleet.Row) (float64, bool) {
			v, ok := r.ColdRate.Get()
			return v * 100, ok
		}, number}, true
	case "inv", "invocations":
		return count(func(r *fleet.Row) sources.Opt[int64] { return r.Invocations }), true
	case "min", "rate":
		return figureField{func(_ *fleet.Function, r *fleet.Row) (float64, bool) { return r.LastMinute.Get() }, number}, true
	case "thr", "throttles":
		return count(func(r *fleet.Row) sources.Opt[int64] { return r.Throttles }), true
	case "p50":
		return span(func(r *fleet.Row) sources.Opt[time.Duration] { return r.P50 }), true
	case "p95":
		return span(func(r *fleet.Row) sources.Opt[time.Duration] { return r.P95 }), true
	case "p99":
		return span(func(r *fleet.Row) sources.Opt[time.Duration] { return r.P99 }), true
	case "avg", "duration":
		return span(func(r *fleet.Row) sources.Opt[time.Duration] { return r.Average }), true
	case "init":
		return span(func(r *fleet.Row) sources.Opt[time.Duration] { return r.InitP95 }), true
	case "mem", "memory":
		return config(func(c *sources.Function) float64 { return float64(c.MemoryMB) }, number), true
	case "conc", "concurrency":
		return figureField{func(_ *fleet.Function, r *fleet.Row) (float64, bool) {
			v, ok := r.Concurrency.Get()
			return float64(v), ok
		}, number}, true
	case "cost":
		return figureField{func(_ *fleet.Function, r *fleet.Row) (float64, bool) { return r.CostPerMillion.Get() }, number}, true
	case "timeout":
		return config(func(c *sources.Function) float64 { return float64(c.Timeout) / float64(time.Millisecond) }, millis), true
	}
	return figureField{}, false
}

func errorPercent(_ *fleet.Function, r *fleet.Row) (float64, bool) {
	share, ok := ErrorShare(r).Get()
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

func count(get func(*fleet.Row) sources.Opt[int64]) figureField {
	return figureField{func(_ *fleet.Function, r *fleet.Row) (float64, bool) {
		v, ok := get(r).Get()
		return float64(v), ok
	}, number}
}

func span(get func(*fleet.Row) sources.Opt[time.Duration]) figureField {
	return figureField{func(_ *fleet.Function, r *fleet.Row) (float64, bool) {
		v, ok := get(r).Get()
		return float64(v) / float64(time.Millisecond), ok
	}, millis}
}

func config(get func(*sources.Function) float64, parse func(string) (float64, error)) figureField {
	return figureField{func(fn *fleet.Function, _ *fleet.Row) (float64, bool) {
		return get(&fn.Config), fn.Configured
	}, parse}
}
