package aws

import (
	"cmp"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"fntop/sources"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

// gathered is the demo cloud's fleet with all its functions in one region.
type gathered struct {
	*world.World
	functions []sources.Function
	homes     map[string]string // region by name
}

func gather(size int, now time.Time) *gathered {
	g := &gathered{World: world.New(world.Config{Seed: 1, Functions: size + size/5}), homes: make(map[string]string)}
	for _, region := range g.World.Regions() {
		for _, fn := range g.World.Functions(region, now) {
			if _, twice := g.homes[fn.ID.Name]; twice || len(g.functions) == size {
				continue
			}
			g.homes[fn.ID.Name] = region
			fn.ID.Region = testRegion
			g.functions = append(g.functions, fn)
		}
	}
	slices.SortFunc(g.functions, func(a, b sources.Function) int { return cmp.Compare(a.ID.Name, b.ID.Name) })
	return g
}

func (g *gathered) Regions() []string { return []string{testRegion} }

func (g *gathered) Functions(string, time.Time) []sources.Function { return g.functions }

func (g *gathered) Metric(
	_, function string, m sources.Metric, stats []sources.Stat, period time.Duration, start, end, asOf time.Time,
) [][]sources.Point {
	return g.World.Metric(g.homes[function], function, m, stats, period, start, end, asOf)
}

// slowCloud is a demo cloud of 10,000 functions in one region that answers
// each call after 50 ms and enforces its quotas, and a source on it.
func slowCloud(b *testing.B) *Source {
	b.Helper()
	now := metricsStart
	model := gather(10_000, now)
	server := httptest.NewServer(demo.NewServer(demo.ServerConfig{
		Model: model, Now: func() time.Time { return now },
		Faults: demo.Faults{Quotas: true, Rules: []demo.Fault{{Kind: demo.FaultLatency, Delay: 50 * time.Millisecond}}},
	}))
	b.Cleanup(server.Close)
	o := options(b, server.URL)
	o.Credentials = credentials.NewStaticCredentialsProvider("AKIADEMO", "demo", "")
	return openOne(b, o)
}

// BenchmarkListingAtTheQuota lists 10,000 functions: 200 pages one after the
// other, which take 13.3 s at 15 a second.
func BenchmarkListingAtTheQuota(b *testing.B) {
	s := slowCloud(b)
	for b.Loop() {
		n := 0
		if err := s.Functions(b.Context(), func(page []sources.Function) error { n += len(page); return nil }); err != nil || n != 10_000 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkActiveAtTheQuota finds those that live.
func BenchmarkActiveAtTheQuota(b *testing.B) {
	s := slowCloud(b)
	n := 0
	for b.Loop() {
		n = 0
		if err := s.Active(b.Context(), func(page []sources.FunctionID) error { n += len(page); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n), "active")
}
