package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
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

// inside hands requests to a server without a connection, so that they can be
// made where time is not real.
type inside struct{ http.Handler }

func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.WroteHeaders != nil {
		trace.WroteHeaders()
	}
	w := httptest.NewRecorder()
	i.ServeHTTP(w, r)
	return w.Result(), r.Context().Err()
}

// TestListedTracesEqualTheTruth follows the lists of the traces of two functions
// for six minutes, through the real SDK clients, and compares them with
// the invocations that the demo cloud has sampled.
func TestListedTracesEqualTheTruth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := at{offset: time.Until(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))}
		model := world.New(world.Config{Seed: 7, Functions: 40})
		server := demo.NewServer(demo.ServerConfig{Model: model, Now: clock.Now})
		bill := meter.New(clock.Now, pricing.Call)
		region := model.Regions()[0]
		places := aws.Places(t.Context(), aws.Options{
			Regions: []string{region}, EndpointURL: "http://demo", Meter: bill, Now: clock.Now,
			Credentials: credentials.NewStaticCredentialsProvider("AKIADEMO", "demo", ""),
			HTTPClient:  &http.Client{Transport: inside{server}},
		})
		e := engine.New(engine.Config{Places: places, Clock: clock, Bill: bill.Bill})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- e.Run(ctx) }()
		defer func() {
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}()

		quiet, busy := traced(t, model, region, clock.Now())
		w := sources.Window{Since: 75 * time.Minute}
		d := poll.Demand{Window: w, Focus: []poll.Focus{{Function: quiet, Window: w, TraceList: true}, {Function: busy, Window: w, TraceList: true}}}
		one, two := e.View(), e.View()
		defer one.Close()
		defer two.Close()
		one.Want(d)
		two.Want(d)
		time.Sleep(6 * time.Minute)
		s := newest(t, one)
		if fn := s.Get(quiet); clock.Now().Sub(fn.TracesFrom) < 75*time.Minute {
			t.Errorf("searched back to %v only", fn.TracesFrom)
		}
		if fn := s.Get(busy); len(fn.Traces) != 500 {
			t.Errorf("%d traces of a busy function are kept", len(fn.Traces))
		}
		compareListed(t, model, clock.Now(), s.Get(quiet), s.Get(busy))
		asked := server.Counts()["xray:GetTraceSummaries"].Calls
		// The window of one in two spans, of pages that look at 5,000 traces, the
		// newest of the other on two pages, and then both twice a minute, the busy one
		// on two pages again.
		scanned := 0
		for range model.Traces(region, clock.Now().Add(-81*time.Minute), clock.Now(), clock.Now()) {
			scanned++
		}
		if most := int64(2 + scanned/5000 + 2 + (1+2)*2*6); asked < 24 || asked > most {
			t.Errorf("%d calls in six minutes for two viewers, want at most %d", asked, most)
		}
		i := slices.IndexFunc(bill.Bill().Uses, func(op meter.Op) bool { return op.Name == string(poll.ForTraces) })
		if i < 0 || bill.Bill().Uses[i].Calls != asked || !(bill.Bill().Uses[i].USD > 0) {
			t.Errorf("the bill has %+v", bill.Bill().Uses)
		}

		one.Want(poll.Demand{Window: w})
		two.Want(poll.Demand{Window: w})
		time.Sleep(time.Minute)
		before := server.Counts()["xray:GetTraceSummaries"].Calls
		time.Sleep(time.Hour)
		if after := server.Counts()["xray:GetTraceSummaries"].Calls; after != before {
			t.Errorf("%d searches after the list was closed", after-before)
		}
	})
}

// traced are two functions that are traced: of one all traces of the window are
// listed, and the other has the most.
func traced(t *testing.T, model *world.World, region string, now time.Time) (quiet, busy sources.FunctionID) {
	t.Helper()
	n := make(map[string]int)
	for tr := range model.Traces(region, now.Add(-75*time.Minute), now, now) {
		n[tr.Function]++
	}
	for _, fn := range model.Functions(region, now) {
		if c := n[fn.ID.Name]; c > n[quiet.Name] && c < poll.NewestTraces*3/4 {
			quiet = fn.ID
		}
		if n[fn.ID.Name] > n[busy.Name] {
			busy = fn.ID
		}
	}
	if n[quiet.Name] < 5 || n[busy.Name] < 1000 {
		t.Fatalf("no such functions: %v", n)
	}
	return quiet, busy
}

func newest(t *testing.T, v *engine.Viewer) *fleet.Snapshot {
	t.Helper()
	select {
	case s := <-v.Updates():
		return s
	case <-time.After(time.Minute):
		t.Fatal("no snapshot")
		return nil
	}
}

// compareListed compares lists with what is true from where they begin up to
// what may not be searchable yet.
func compareListed(t *testing.T, model *world.World, now time.Time, lists ...*fleet.Function) {
	t.Helper()
	searchable := now.Add(-2 * time.Minute)
	sampled := make(map[string]string) // the functions of traces
	ran := make(map[string]time.Time)  // when their handlers started
	for record := range model.Truth(lists[0].TracesFrom, searchable) {
		if inv, ok := record.(*world.InvocationRecord); ok && inv.Region == lists[0].ID.Region && inv.Sampled {
			at, err := time.Parse(time.RFC3339, inv.Time)
			if err != nil {
				t.Fatal(err)
			}
			sampled[*inv.TraceID], ran[*inv.TraceID] = inv.Function, at
		}
	}
	for _, fn := range lists {
		if fn.Searched.Err != nil || now.Sub(fn.TracesThrough) > 31*time.Second || len(fn.Traces) < 5 {
			t.Fatalf("%s: %d traces through %v at %v: %v", fn.ID.Name, len(fn.Traces), fn.TracesThrough, now, fn.Searched.Err)
		}
		got := make(map[string]bool)
		for i := range fn.Traces {
			tr := &fn.Traces[i]
			truth, ok := model.Trace(fn.ID.Region, tr.ID, now)
			if d, known := tr.Duration.Get(); !ok || !known || tr.Start.Sub(truth.Start).Abs() > time.Millisecond || tr.Fault != truth.Fault || tr.Error != truth.Error ||
				d-truth.End.Sub(truth.Start) > time.Millisecond || got[tr.ID] || !slices.Contains(tr.Services, fn.ID.Name) {
				t.Errorf("listed is %+v, and true %+v, %v", tr, truth.End.Sub(truth.Start), ok)
			}
			got[tr.ID] = true
			// The trace may begin before its invocation, on either side of a border.
			if tr.Start.Before(searchable) && tr.Start.After(fn.TracesFrom.Add(time.Minute)) && sampled[tr.ID] != fn.ID.Name {
				t.Errorf("trace %s of %v is of %q", tr.ID, tr.Start, sampled[tr.ID])
			}
		}
		for id, name := range sampled {
			if name == fn.ID.Name && !got[id] && ran[id].After(fn.TracesFrom.Add(time.Minute)) {
				t.Errorf("%s lacks trace %s of %v", name, id, ran[id])
			}
		}
	}
}
