package spending_test

import (
	"math"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/aws"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
	"fntop/sources/pricing"
	"fntop/sources/spending"
)

// TestAgreesWithTheTruth reads the first hours of a month through the real
// SDK clients, and holds requests and compute of a region's functions against
// what each invocation cost. Inits, which metrics do not tell, are in neither.
func TestAgreesWithTheTruth(t *testing.T) {
	now := time.Date(2026, 11, 1, hours, 3, 0, 0, time.UTC)
	model := world.New(world.Config{Seed: 7, Price: pricing.OnCapacity})
	clock := func() time.Time { return now }
	loopback := httptest.NewServer(demo.NewServer(demo.ServerConfig{Model: model, Now: clock}))
	defer loopback.Close()
	region := model.Regions()[0]
	source, err := aws.Places(t.Context(), aws.Options{
		Regions: []string{region}, EndpointURL: loopback.URL, Now: clock, AttemptTimeout: 5 * time.Minute,
		Credentials: credentials.NewStaticCredentialsProvider("AKIADEMO", "demo", ""),
	})[0].Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var functions []sources.Function
	if err := source.Functions(t.Context(), func(page []sources.Function) error {
		functions = append(functions, page...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	span := spending.SpanAt(now)
	span.Start = span.Month.AddDate(0, 0, -1) // what came before does not matter here
	used, err := spending.Read(t.Context(), source, functions, span)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := spending.Bill(used, span, false)
	if err != nil {
		t.Fatal(err)
	}

	configured := make(map[string]sources.Function)
	for _, fn := range functions {
		configured[fn.ID.Name] = fn
	}
	truth := make(map[string]float64)
	otherwise := make(map[string]bool) // had other memory, or ran on provisioned concurrency
	for record := range model.Truth(span.Month, span.Now) {
		inv, ok := record.(*world.InvocationRecord)
		if !ok || inv.Region != region {
			continue
		}
		fn := configured[inv.Function]
		if inv.MemoryMB != fn.MemoryMB {
			otherwise[inv.Function] = true
			continue
		}
		price, err := cost.Invocation(cost.InvocationInput{
			Region: region, Arch: cost.Arch(fn.Architecture), MemoryMB: fn.MemoryMB, EphemeralMB: fn.EphemeralMB,
			Duration: time.Duration(inv.DurationMS * float64(time.Millisecond)),
		})
		if err != nil {
			t.Fatal(err)
		}
		usd, _ := price.Total.Float64()
		truth[inv.Function] += usd
	}
	got, want, compared, logs := 0.0, 0.0, 0, 0.0
	for i, l := range lines {
		for _, n := range used[i].Provisioned {
			otherwise[l.Function.Name] = otherwise[l.Function.Name] || n > 0
		}
		if otherwise[l.Function.Name] {
			continue
		}
		usd, ok := l.Components.Requests.Add(l.Components.Compute).Add(l.Components.EphemeralStorage).Float64()
		if !ok {
			t.Errorf("%s: unknown: %v", l.Function.Name, l.Notes)
			continue
		}
		if want := truth[l.Function.Name]; math.Abs(usd-want) > 0.02*want {
			t.Errorf("%s: %v, truth %v", l.Function.Name, usd, want)
		}
		bytes, _ := l.Components.LogIngestion.Float64()
		got, want, logs = got+usd, want+truth[l.Function.Name], logs+bytes
		compared++
		if !l.ForecastOK || l.Low > l.Forecast || l.Forecast > l.High {
			t.Errorf("%s: forecast %v in %v to %v", l.Function.Name, l.Forecast, l.Low, l.High)
		}
	}
	t.Logf("%d functions: $%.6f, truth $%.6f (%+.3f %%)", compared, got, want, 100*(got/want-1))
	if compared < len(functions)/2 || math.Abs(got-want) > 0.005*want || logs <= 0 {
		t.Errorf("%d of %d functions: %v, truth %v; logs %v", compared, len(functions), got, want, logs)
	}
}
