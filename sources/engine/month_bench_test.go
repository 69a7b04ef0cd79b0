package engine

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/spending"
)

// seasonal is a reader of metrics that go up and down by day and week.
type seasonal struct{}

func (seasonal) Metrics(_ context.Context, w sources.MetricWindow) ([]sources.MetricResult, error) {
	out := make([]sources.MetricResult, 0, len(w.Queries))
	for i, q := range w.Queries {
		if q.Metric == sources.MetricProvisionedRuns {
			out = append(out, sources.MetricResult{Query: i, Stat: sources.StatSum})
			continue
		}
		r := sources.MetricResult{Query: i, Stat: sources.StatSum, Points: make([]sources.Point, 0, 1500)}
		scale := map[sources.Metric]float64{sources.MetricInvocations: 1, sources.MetricDuration: 120, sources.MetricIncomingBytes: 900}[q.Metric]
		for t := w.Start; t.Before(w.End); t = t.Add(time.Hour) {
			h := t.Sub(w.Start).Hours()
			v := 900 + 500*math.Sin(h*math.Pi/12) + 90*math.Sin(h*math.Pi/84+float64(i)) + 40*math.Sin(h*h)
			r.Points = append(r.Points, sources.Point{Time: t, Value: math.Round(v * scale)})
		}
		out = append(out, r)
	}
	return out, nil
}

// BenchmarkMonth2000 makes the reckoning of 2,000 functions in six regions, all
// of which were used in every hour of it, on the 20th.
func BenchmarkMonth2000(b *testing.B) {
	span := spending.SpanAt(time.Date(2026, 11, 20, 14, 3, 0, 0, time.UTC))
	var all []spending.Usage
	for i, region := range []string{"us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "sa-east-1"} {
		scope := sources.Scope{Cloud: sources.AWS, Account: "123456789012", Region: region}
		var functions []sources.Function
		for k := range 2000/6 + min(1, max(0, 2-i)) {
			id := scope.In(fmt.Sprintf("fn-%04d", k))
			functions = append(functions, sources.Function{
				ID: id, MemoryMB: 256 << (k % 4), Architecture: sources.X86, LogGroup: "/aws/lambda/" + id.Name,
				EphemeralMB: 512, Runtime: "python3.13", PackageType: sources.PackageZip,
			})
		}
		usage := spending.NewUsage(functions, span)
		if err := spending.Read(b.Context(), seasonal{}, &usage); err != nil {
			b.Fatal(err)
		}
		all = append(all, usage)
	}
	usage := spending.Join(all...)
	b.ReportAllocs()
	for b.Loop() {
		m, err := reckoned(b.Context(), usage, true)
		if err != nil || !m.Report.Total.ToDate.Known() || len(m.Options) != 2000 {
			b.Fatal(err, len(m.Options))
		}
	}
}
