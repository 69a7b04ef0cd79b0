package main

import (
	"math"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
)

// The shapes of headless output. Their names and units are a contract; null
// is unknown.

type functionShape struct {
	Function         string   `json:"function"`
	Region           string   `json:"region"`
	Account          string   `json:"account"`
	ARN              *string  `json:"arn"`
	Runtime          *string  `json:"runtime"`
	Arch             *string  `json:"arch"`
	MemoryMB         *int     `json:"memory_mb"`
	TimeoutS         *float64 `json:"timeout_s"`
	Package          *string  `json:"package"`
	LastModified     *string  `json:"last_modified"`
	LogGroup         *string  `json:"log_group"`
	Invocations      *int64   `json:"invocations"`
	Errors           *int64   `json:"errors"`
	Throttles        *int64   `json:"throttles"`
	DurationAvgMS    *float64 `json:"duration_avg_ms"`
	DurationP50MS    *float64 `json:"duration_p50_ms"`
	DurationP95MS    *float64 `json:"duration_p95_ms"`
	DurationP99MS    *float64 `json:"duration_p99_ms"`
	ConcurrencyMax   *int     `json:"concurrency_max"`
	ColdStarts       *int64   `json:"cold_starts"`
	ColdRate         *float64 `json:"cold_rate"`
	InitP50MS        *float64 `json:"init_p50_ms"`
	InitP95MS        *float64 `json:"init_p95_ms"`
	CostPerMillion   *float64 `json:"cost_per_million_usd"`
	CostUSD          *float64 `json:"cost_usd"`
	MonthForecastUSD *float64 `json:"month_forecast_usd"`
	MetricsAgeS      *float64 `json:"metrics_age_s"`
}

// timeLayout is RFC 3339 with milliseconds, UTC.
const timeLayout = "2006-01-02T15:04:05.000Z"

func shapeFunction(fn *fleet.Function, w sources.Window) functionShape {
	row, c := fn.Row(w), fn.Config
	s := functionShape{
		Function: fn.ID.Name, Region: fn.ID.Region, Account: fn.ID.Account,
		Invocations: pointer(row.Invocations), Errors: pointer(row.Errors), Throttles: pointer(row.Throttles),
		DurationAvgMS: millis(row.Average), DurationP50MS: millis(row.P50), DurationP95MS: millis(row.P95), DurationP99MS: millis(row.P99),
		ConcurrencyMax: pointer(row.Concurrency),
		ColdStarts:     pointer(row.ColdStarts), ColdRate: pointer(row.ColdRate),
		InitP50MS: millis(row.InitP50), InitP95MS: millis(row.InitP95),
		CostPerMillion: pointer(row.CostPerMillion), CostUSD: pointer(row.CostUSD),
	}
	if age, ok := row.MetricsAge.Get(); ok {
		s.MetricsAgeS = new(math.Round(age.Seconds()))
	}
	if !fn.Configured {
		return s
	}
	s.ARN, s.Runtime, s.Arch = text(c.ARN), text(c.Runtime), text(string(c.Architecture))
	s.MemoryMB, s.TimeoutS = new(c.MemoryMB), new(c.Timeout.Seconds())
	s.Package, s.LogGroup = text(string(c.PackageType)), text(c.LogGroup)
	if !c.LastModified.IsZero() {
		s.LastModified = new(c.LastModified.UTC().Format(timeLayout))
	}
	return s
}

type invocationShape struct {
	Time        *string  `json:"time"`
	Function    *string  `json:"function"`
	Region      *string  `json:"region"`
	Account     *string  `json:"account"`
	RequestID   string   `json:"request_id"`
	Environment *string  `json:"environment"`
	Version     *string  `json:"version"`
	DurationMS  *float64 `json:"duration_ms"`
	BilledMS    *float64 `json:"billed_ms"`
	InitMS      *float64 `json:"init_ms"`
	RestoreMS   *float64 `json:"restore_ms"`
	MemoryMB    *int     `json:"memory_mb"`
	MaxMemoryMB *int     `json:"max_memory_mb"`
	Cold        *bool    `json:"cold"`
	Outcome     string   `json:"outcome"`
	ErrorType   *string  `json:"error_type"`
	TraceID     *string  `json:"trace_id"`
	Sampled     *bool    `json:"sampled"`
	CostUSD     *float64 `json:"cost_usd"`
}

func shapeInvocation(inv sources.Invocation, price func(sources.Invocation) (float64, bool)) invocationShape {
	s := invocationShape{
		Function: text(inv.Function.Name), Region: text(inv.Function.Region), Account: text(inv.Function.Account),
		RequestID: inv.RequestID, Environment: text(inv.Environment), Version: text(inv.Version),
		DurationMS: millis(inv.Duration), BilledMS: millis(inv.Billed), InitMS: millis(inv.Init), RestoreMS: millis(inv.Restore),
		MemoryMB: pointer(inv.MemoryMB), MaxMemoryMB: pointer(inv.MaxMemoryMB), Cold: pointer(inv.Cold),
		Outcome: string(inv.Outcome), ErrorType: text(inv.ErrorType), TraceID: text(inv.TraceID),
	}
	if start, ok := inv.Start.Get(); ok {
		s.Time = new(start.UTC().Format(timeLayout))
	}
	if inv.Reported.Known() || inv.TraceID != "" || inv.Outcome != sources.Running && inv.Outcome != sources.Unknown {
		s.Sampled = new(inv.Sampled)
	}
	if usd, ok := price(inv); ok {
		s.CostUSD = new(usd)
	}
	return s
}

// text is a string that is unknown when it is empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func pointer[T any](o sources.Opt[T]) *T {
	if v, ok := o.Get(); ok {
		return &v
	}
	return nil
}

// millis is a duration in milliseconds, to the nanosecond.
func millis(o sources.Opt[time.Duration]) *float64 {
	d, ok := o.Get()
	if !ok {
		return nil
	}
	return new(float64(d) / float64(time.Millisecond))
}
