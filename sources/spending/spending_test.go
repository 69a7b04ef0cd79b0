package spending_test

import (
	"fmt"
	"math"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"fntop/sources"
	"fntop/sources/aws"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
	"fntop/sources/pricing"
	"fntop/sources/spending"
)

// cloud is a demo cloud at a moment, and a source for each of its regions.
type cloud struct {
	model   *world.World
	server  *demo.Server
	sources []sources.Source
}

func newCloud(t *testing.T, seed uint64, now time.Time) *cloud {
	t.Helper()
	c := &cloud{model: world.New(world.Config{Seed: seed, Price: pricing.OnCapacity})}
	clock := func() time.Time { return now }
	c.server = demo.NewServer(demo.ServerConfig{Model: c.model, Now: clock})
	loopback := httptest.NewServer(c.server)
	t.Cleanup(loopback.Close)
	for _, place := range aws.Places(t.Context(), aws.Options{
		Regions: c.model.Regions(), EndpointURL: loopback.URL, Now: clock, AttemptTimeout: 5 * time.Minute,
		Credentials: credentials.NewStaticCredentialsProvider("AKIADEMO", "demo", ""),
	}) {
		source, err := place.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.sources = append(c.sources, source)
	}
	return c
}

// catalogue is the functions of a source.
func catalogue(t *testing.T, source sources.Lister) (functions []sources.Function) {
	t.Helper()
	if err := source.Functions(t.Context(), func(page []sources.Function) error {
		functions = append(functions, page...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return functions
}

// TestAgreesWithTheTruth reads the first half hour of a month through the real
// SDK clients, and holds the whole of it, inits included, against what each
// invocation cost.
func TestAgreesWithTheTruth(t *testing.T) {
	for _, seed := range seeds() {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			againstTheTruth(t, seed)
		})
	}
}

func againstTheTruth(t *testing.T, seed uint64) {
	t.Helper()
	now := time.Date(2026, 11, 1, 0, 33, 0, 0, time.UTC)
	c := newCloud(t, seed, now)
	span := spending.SpanAt(now)
	span.Start = span.Month // what came before does not matter here
	var all []spending.Usage
	for _, source := range c.sources[firstRegion:] {
		usage := spending.NewUsage(catalogue(t, source), span)
		if err := spending.Read(t.Context(), source, &usage); err != nil {
			t.Fatal(err)
		}
		if err := spending.ReadSamples(t.Context(), source, &usage, spending.SampleOptions{}); err != nil {
			t.Fatal(err)
		}
		all = append(all, usage)
	}
	report := bill(t, spending.Join(all...), spending.Options{})
	truth := make(map[sources.FunctionID]float64)
	for record := range c.model.Truth(span.Month, span.Now) {
		if inv, ok := record.(*world.InvocationRecord); ok {
			id := sources.FunctionID{Cloud: sources.AWS, Account: inv.Account, Region: inv.Region, Name: inv.Function}
			if inv.CostUSD == nil {
				truth[id] = math.NaN() // arm64 on provisioned concurrency has no price but in us-east-1
				continue
			}
			truth[id] += *inv.CostUSD
		}
	}
	got, want, inits := 0.0, 0.0, 0.0
	for _, l := range report.Lines {
		if l.Group != "" || math.IsNaN(truth[l.Function]) {
			continue
		}
		usd, ok := l.Components.Requests.Add(l.Components.Compute).Add(l.Components.Init).Add(l.Components.EphemeralStorage).Float64()
		if !ok {
			t.Errorf("%s: unknown: %v", l.Function.Name, l.Notes)
			continue
		}
		got, want, inits = got+usd, want+truth[l.Function], inits+l.Correction.Init.Or(0)
	}
	t.Logf("$%.6f, truth $%.6f (%+.3f %%), inits $%.6f", got, want, 100*(got/want-1), inits)
	if math.Abs(got-want) > 0.005*want || inits <= 0 {
		t.Errorf("$%.6f, truth $%.6f", got, want)
	}
}
