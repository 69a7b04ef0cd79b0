package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
	"fntop/sources/platformlog"
	"fntop/sources/poll"
)

// smallestQuota is a region with the smallest quota of FilterLogEvents, five
// calls a second, which fntop then keeps to ("CloudWatch Logs quotas", 2026).
const smallestQuota = "eu-central-1"

// serveAs serves the demo's us-east-1 under the name of another region: only
// the region that requests are signed for is changed on the way.
func serveAs(b *testing.B, model *world.World, region string) *httptest.Server {
	b.Helper()
	inner := demo.NewServer(demo.ServerConfig{
		Model: model, Now: func() time.Time { return time.Now().UTC() },
		Faults: demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultLatency, Delay: 50 * time.Millisecond}}},
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "/"+region+"/", "/us-east-1/", 1))
		inner.ServeHTTP(w, r)
	}))
	b.Cleanup(server.Close)
	return server
}

// BenchmarkLive measures how fresh the screen is in a region whose quota is
// five calls of FilterLogEvents a second, at fifty milliseconds a call: from the
// moment a report of the busiest function has become readable in the logs to the
// snapshot that the screen is drawn from, while that function is open; and how
// old the cold starts of thirty visible rows are, while the functions view is.
func BenchmarkLive(b *testing.B) {
	b.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	b.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	model := world.New(world.Config{Seed: 7, Functions: 120})
	server := serveAs(b, model, smallestQuota)
	g := globals{source: "aws", endpoint: server.URL, regions: []string{smallestQuota}, output: "table"}
	for b.Loop() {
		ses, err := g.open(b.Context(), streams{err: io.Discard, env: os.LookupEnv})
		if err != nil {
			b.Fatal(err)
		}
		v := ses.engine.View()
		w := sources.Window{Since: time.Hour}
		snap, err := settle(b.Context(), v, poll.Demand{Catalogue: true, Window: w}, nil)
		if err != nil {
			b.Fatal(err)
		}
		id, err := sources.Find("checkout-api", functionIDs(snap))
		if err != nil {
			b.Fatal(err)
		}
		v.Want(poll.Demand{Window: w, Rows: []sources.FunctionID{id}, Focus: []poll.Focus{{Function: id, Charts: true, Invocations: true, Limit: 500, Window: w}}})
		seen := make(map[string]time.Time) // when the report was first on the screen
		began := time.Now()
		for snap := range v.Updates() {
			now := time.Now()
			for _, inv := range snap.Get(id).Invocations {
				if _, ok := seen[inv.RequestID]; !ok && inv.Reported.Known() {
					seen[inv.RequestID] = now
				}
			}
			if now.Sub(began) > time.Minute {
				break
			}
		}
		delays := reportDelays(model, began.Add(10*time.Second), began.Add(50*time.Second), seen)
		b.ReportMetric(float64(len(delays)), "invocations")
		b.ReportMetric(atQuantile(delays, 0.50).Seconds(), "s-shown-p50")
		b.ReportMetric(atQuantile(delays, 0.95).Seconds(), "s-shown-p95")
		b.ReportMetric(atQuantile(delays, 1).Seconds(), "s-shown-max")

		rows := functionIDs(snap)[:30]
		v.Want(poll.Demand{Catalogue: true, AllRows: true, Totals: true, Window: w, Rows: rows})
		time.Sleep(30 * time.Second) // the hour before is read first
		var ages []time.Duration
		for began = time.Now(); time.Since(began) < time.Minute; time.Sleep(200 * time.Millisecond) {
			snap = <-v.Updates()
			for _, id := range rows {
				if fn := snap.Get(id); fn.Active.Or(true) {
					ages = append(ages, time.Since(fn.ColdThrough))
				}
			}
		}
		b.ReportMetric(atQuantile(ages, 0.50).Seconds(), "s-cold-p50")
		b.ReportMetric(atQuantile(ages, 0.99).Seconds(), "s-cold-p99")
		v.Close()
		ses.stop()
		b.ReportMetric(0, "ns/op")
	}
}

// reportDelays is, for each report of checkout-api that became readable in the
// span, how much later it was seen. One that never was counts as the span.
func reportDelays(model *world.World, from, to time.Time, seen map[string]time.Time) []time.Duration {
	var delays []time.Duration
	events, _ := model.Logs("us-east-1", "/aws/lambda/checkout-api", from.Add(-time.Minute), to, to.Add(time.Hour))
	for e := range events {
		r, ok := platformlog.Parse(e.Message)
		if !ok || r.Kind != platformlog.Report || e.Ingested.Before(from) || !e.Ingested.Before(to) {
			continue
		}
		at, ok := seen[r.RequestID]
		if !ok {
			delays = append(delays, to.Sub(from))
			continue
		}
		delays = append(delays, max(at.Sub(e.Ingested), 0))
	}
	return delays
}

func atQuantile(values []time.Duration, q float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[min(int(q*float64(len(values))), len(values)-1)]
}
