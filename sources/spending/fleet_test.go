package spending_test

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"fntop/sources"
	"fntop/sources/spending"
)

// moment is when the fakes are looked at: an hour that has just ended.
func moment() time.Time { return time.Date(2026, 11, 18, 12, 3, 0, 0, time.UTC) }

func function(account, region, name string) sources.Function {
	return sources.Function{
		ID:           sources.FunctionID{Cloud: sources.AWS, Account: account, Region: region, Name: name},
		Architecture: sources.X86, MemoryMB: 1024, EphemeralMB: 512, Runtime: "nodejs22.x", PackageType: sources.PackageZip,
		LogGroup: "/aws/lambda/" + name,
	}
}

// steady is a source whose functions do the same every hour.
type steady struct {
	requests, ms, bytes float64
	// lost answers nothing for a metric of a function, partly marks it partial,
	// and err is given besides.
	lost, partly func(sources.MetricQuery) bool
	err          error
	asked        atomic.Int64
	windows      []sources.MetricWindow
}

func (s *steady) Metrics(_ context.Context, w sources.MetricWindow) ([]sources.MetricResult, error) {
	s.asked.Add(int64(len(w.Queries)))
	s.windows = append(s.windows, w)
	var results []sources.MetricResult
	for i, q := range w.Queries {
		if s.lost != nil && s.lost(q) {
			continue
		}
		value := map[sources.Metric]float64{
			sources.MetricInvocations: s.requests, sources.MetricDuration: s.requests * s.ms,
			sources.MetricIncomingBytes: s.requests * s.bytes,
		}[q.Metric]
		r := sources.MetricResult{Query: i, Stat: sources.StatSum}
		for at := w.Start; at.Before(w.End) && value > 0; at = at.Add(time.Hour) {
			r.Points = append(r.Points, sources.Point{Time: at, Value: value})
		}
		if s.partly != nil && s.partly(q) {
			r.Partial, r.Points = true, r.Points[1:]
		}
		results = append(results, r)
	}
	return results, s.err
}

// daily is usage with a daily rhythm, as it would have been read.
func daily(functions []sources.Function, span spending.Span) spending.Usage {
	u := spending.NewUsage(functions, span)
	for i := range u.Used {
		used := &u.Used[i]
		used.Requests, used.Milliseconds = make([]float64, span.Hours()), make([]float64, span.Hours())
		used.Provisioned, used.LogBytes = make([]float64, span.Hours()), make([]float64, span.Hours())
		for h := range used.Requests {
			n := math.Round(float64(1000+i%97) * (1.5 + math.Sin(float64(h)*math.Pi/12)))
			used.Requests[h], used.Milliseconds[h], used.LogBytes[h] = n, n*float64(20+i%80), n*500
		}
	}
	return u
}

// many are functions of an account, spread over six regions.
func many(n int) []sources.Function {
	regions := []string{"us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "ap-northeast-1"}
	all := make([]sources.Function, n)
	for i := range all {
		all[i] = function("111111111111", regions[i%len(regions)], fmt.Sprintf("f%05d", i))
	}
	return all
}
