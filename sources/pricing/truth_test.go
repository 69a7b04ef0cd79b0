package pricing_test

import (
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
)

// TestEachInvocationCostsWhatItCost reads the reports of some minutes through
// the real SDK, prices each, and holds it against the demo cloud's truth.
// Provisioned concurrency, which reports do not tell, is left out.
func TestEachInvocationCostsWhatItCost(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 10, 0, 0, time.UTC)
	start, end := now.Add(-6*time.Minute), now.Add(-3*time.Minute)
	model := world.New(world.Config{Seed: 11, Price: pricing.OnCapacity})
	truth := make(map[sources.FunctionID]map[string]*world.InvocationRecord)
	for r := range model.Truth(start, end) {
		inv, ok := r.(*world.InvocationRecord)
		if !ok {
			continue
		}
		id := sources.FunctionID{Cloud: sources.AWS, Account: inv.Account, Region: inv.Region, Name: inv.Function}
		if truth[id] == nil {
			truth[id] = make(map[string]*world.InvocationRecord)
		}
		if inv.Attempt == 1 {
			truth[id][inv.RequestID] = inv
		}
	}
	clock := func() time.Time { return now }
	loopback := httptest.NewServer(demo.NewServer(demo.ServerConfig{Model: model, Now: clock}))
	defer loopback.Close()
	compared, cold := 0, 0
	for _, region := range model.Regions()[1:] {
		source, err := aws.Places(t.Context(), aws.Options{
			Regions: []string{region}, EndpointURL: loopback.URL, Now: clock, AttemptTimeout: 5 * time.Minute,
			Credentials: credentials.NewStaticCredentialsProvider("AKIADEMO", "demo", ""),
		})[0].Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, fn := range model.Functions(region, now) {
			if fn.ProvisionedConcurrency.Known() {
				continue
			}
			lines := source.Correlator(fn)
			found := make(map[sources.InvocationKey]sources.Invocation)
			err := source.Logs(t.Context(), sources.LogQuery{
				Function: fn.ID, Group: fn.LogGroup, Format: fn.LogFormat, Start: start, End: now,
			}, func(p sources.LogPage) error {
				for _, inv := range lines.Add(p.Events) {
					found[inv.Key()] = inv
				}
				return nil
			})
			if err != nil && sources.KindOf(err) != sources.NotFound {
				t.Fatal(err)
			}
			for key, inv := range found {
				want := truth[fn.ID][key.RequestID]
				usd, ok := pricing.USD(inv, fn)
				if want == nil || key.Attempt != 1 || !ok {
					continue // it began before, or has not ended
				}
				if want.CostUSD == nil || math.Abs(usd-*want.CostUSD) > 1e-12 {
					t.Errorf("%s %s costs %v, truth %+v", fn.ID.Name, key.RequestID, usd, want)
				}
				compared++
				if want.Cold {
					cold++
				}
			}
		}
	}
	if compared < 500 || cold == 0 {
		t.Errorf("%d invocations were compared, %d cold ones", compared, cold)
	}
	t.Logf("%d invocations, %d cold", compared, cold)
}
