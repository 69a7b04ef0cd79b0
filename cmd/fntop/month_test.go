package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"fntop/sources"
	"fntop/sources/aws"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
	"fntop/sources/engine"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
	"fntop/sources/pricing"
)

// inProcess answers the requests of the SDK by the demo cloud of this process,
// so that both run on the clock of a test.
type inProcess struct{ server http.Handler }

func (c inProcess) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	c.server.ServeHTTP(answer, r)
	return answer.Result(), nil
}

// demoEngine runs an engine on some regions of a demo cloud until the test
// ends. The month of the smallest region is simulated in seconds.
func demoEngine(t *testing.T, limit meter.Limit, regions []string, faults ...demo.Fault) (*engine.Engine, *meter.Meter) {
	t.Helper()
	clock := engine.Wall{}
	model := world.New(world.Config{Seed: 3, Functions: 24, Price: pricing.OnCapacity})
	m := meter.New(clock.Now, pricing.Call)
	budget := meter.NewBudget(limit, clock.Now)
	m.ChargeTo(budget)
	e := engine.New(engine.Config{
		Places: aws.Places(t.Context(), aws.Options{
			Regions: regions, EndpointURL: "http://demo.invalid", Meter: m, Now: clock.Now,
			HTTPClient:  inProcess{demo.NewServer(demo.ServerConfig{Model: model, Now: clock.Now, Faults: demo.Faults{Rules: faults}})},
			Credentials: credentials.NewStaticCredentialsProvider("AKIADEMO", "demo", ""),
		}),
		Clock: clock, Bill: m.Bill, Budget: func(time.Time) poll.Budget { return metricsLeft(budget) },
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
	return e, m
}

// await takes snapshots until one will do, for an hour at most.
func await(t *testing.T, v *engine.Viewer, ok func(*fleet.Spending) bool) *fleet.Snapshot {
	t.Helper()
	for deadline := time.Now().Add(time.Hour); time.Now().Before(deadline); {
		select {
		case s := <-v.Updates():
			if s.Spending != nil && ok(s.Spending) {
				return s
			}
		case <-time.After(time.Minute):
		}
	}
	t.Fatal("no such snapshot in an hour")
	return nil
}

func read(s *fleet.Spending) bool {
	return s.Month != nil && !s.Reading && s.Listed && s.Metrics == 0
}

// spent is what the month's cost has been billed.
func spent(m *meter.Meter) meter.Op {
	for _, use := range m.Bill().Uses {
		if use.Name == string(poll.ForSpend) {
			return use
		}
	}
	return meter.Op{}
}

// TestTheMonthOfTheDemoCloud reads the month through the real SDK clients, for
// two viewers, and an hour later what is new of it.
func TestTheMonthOfTheDemoCloud(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12 * 24 * time.Hour) // into the month
		e, m := demoEngine(t, meter.Limit{}, []string{"ap-southeast-2"})
		one, other := e.View(), e.View()
		defer one.Close()
		defer other.Close()
		d := poll.Demand{Catalogue: true, Spending: poll.Spending{All: true}}
		one.Want(d)
		before := await(t, one, func(s *fleet.Spending) bool { return s.Listed && s.Metrics > 0 })
		d.Spending.Read = true
		one.Want(d)
		other.Want(d)
		await(t, other, read)
		s := await(t, one, read)
		first := spent(m)
		if month := s.Spending.Month; !month.Whole || len(month.Report.Lines) == 0 || month.Report.Missing.Functions != 0 || month.Report.Missing.Init != 0 {
			t.Errorf("whole %v, missing %+v", month.Whole, month.Report.Missing)
		}
		if first.Metrics == 0 || first.Metrics > int64(before.Spending.Metrics) || first.USD > before.Spending.USD {
			t.Errorf("it was billed %d metrics, $%.5f; %d, $%.5f were said before", first.Metrics, first.USD, before.Spending.Metrics, before.Spending.USD)
		}
		time.Sleep(time.Hour + 10*time.Minute)
		later := await(t, one, read)
		if !later.Spending.Month.Usage.Span.Now.After(s.Spending.Month.Usage.Span.Now) {
			t.Error("nothing more was read in an hour")
		}
		if more := spent(m).Metrics - first.Metrics; more > 2*first.Metrics {
			t.Errorf("%d metrics for an hour more; the month took %d", more, first.Metrics)
		}
	})
}

func TestTheMonthOfTheDemoCloudInPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12 * 24 * time.Hour)
		e, m := demoEngine(t, meter.Limit{}, []string{"ap-southeast-2", "eu-west-1"}, demo.Fault{Kind: demo.FaultDenied, Service: "cloudwatch", Region: "eu-west-1"})
		v := e.View()
		defer v.Close()
		v.Want(poll.Demand{Catalogue: true, Spending: poll.Spending{All: true, Read: true}})
		s := await(t, v, func(s *fleet.Spending) bool { return s.Month != nil && !s.Reading && s.Listed })
		month := s.Spending.Month
		if month.Whole || !month.Report.Total.AtLeast || month.Report.Missing.Functions == 0 || spent(m).Metrics == 0 {
			t.Errorf("whole %v, at least %v, missing %+v", month.Whole, month.Report.Total.AtLeast, month.Report.Missing)
		}
		for _, pl := range s.Spending.Places {
			if denied := sources.KindOf(pl.Err) == sources.Denied; denied != (pl.Region == "eu-west-1") {
				t.Errorf("%s: %v", pl.Region, pl.Err)
			}
		}
	})
}

func TestTheMonthOfTheDemoCloudForFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, m := demoEngine(t, meter.Limit{FreeOnly: true}, []string{"ap-southeast-2"})
		v := e.View()
		defer v.Close()
		v.Want(poll.Demand{Catalogue: true, Spending: poll.Spending{All: true, Read: true}})
		s := await(t, v, func(s *fleet.Spending) bool { return s.Refused != nil && s.Listed })
		if sources.KindOf(s.Spending.Refused) != sources.OverBudget || spent(m).Calls != 0 {
			t.Errorf("%v, after %d calls", s.Spending.Refused, spent(m).Calls)
		}
	})
}
