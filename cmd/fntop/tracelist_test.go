package main

import (
	"context"
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

// TestListedTracesEqualTheTruth follows the list of the traces of a function
// for a quarter of an hour, through the real SDK clients, and compares it with
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
		defer func() { cancel(); <-done }()

		id := traced(t, model, region, clock.Now())
		w := sources.Window{Since: 3 * time.Hour}
		d := poll.Demand{Window: w, Focus: []poll.Focus{{Function: id, Window: w, TraceList: true}}}
		one, two := e.View(), e.View()
		defer one.Close()
		defer two.Close()
		one.Want(d)
		two.Want(d)
		time.Sleep(15 * time.Minute)
		fn := newest(t, one).Get(id)
		compareListed(t, model, fn, clock.Now())
		asked := server.Counts()["xray:GetTraceSummaries"].Calls
		// The window in three spans, of pages that look at 5,000 traces, and then
		// twice a minute.
		scanned := 0
		for range model.Traces(region, clock.Now().Add(-195*time.Minute), clock.Now(), clock.Now()) {
			scanned++
		}
		if most := int64(3 + scanned/5000 + 2*15); asked < 30 || asked > most {
			t.Errorf("%d calls in 15 minutes for two viewers, want at most %d", asked, most)
		}
		i := slices.IndexFunc(bill.Bill().Uses, func(op meter.Op) bool { return op.Name == string(poll.ForTraces) })
		if i < 0 || bill.Bill().Uses[i].Calls != asked || !(bill.Bill().Uses[i].USD > 0) {
			t.Errorf("the bill has %+v", bill.Bill().Uses)
		}

		d.Focus[0].TraceList = false
		one.Want(d)
		two.Want(d)
		time.Sleep(time.Minute)
		before := server.Counts()["xray:GetTraceSummaries"].Calls
		time.Sleep(time.Hour)
		if after := server.Counts()["xray:GetTraceSummaries"].Calls; after != before {
			t.Errorf("%d searches after the list was closed", after-before)
		}
	})
}

// traced is a function that is traced, and has some traces in three hours but
// not more than are listed.
func traced(t *testing.T, model *world.World, region string, now time.Time) sources.FunctionID {
	t.Helper()
	n := make(map[string]int)
	for tr := range model.Traces(region, now.Add(-3*time.Hour), now, now) {
		n[tr.Function]++
	}
	for _, fn := range model.Functions(region, now) {
		if c := n[fn.ID.Name]; c > 20 && c < poll.NewestTraces*3/4 {
			return fn.ID
		}
	}
	t.Fatalf("no function with some traces: %v", n)
	return sources.FunctionID{}
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

func compareListed(t *testing.T, model *world.World, fn *fleet.Function, now time.Time) {
	t.Helper()
	if fn.Searched.Err != nil || now.Sub(fn.TracesFrom) < 3*time.Hour || now.Sub(fn.TracesThrough) > 31*time.Second {
		t.Fatalf("searched from %v through %v at %v: %v", fn.TracesFrom, fn.TracesThrough, now, fn.Searched.Err)
	}
	searchable := now.Add(-2 * time.Minute) // what is newer may not be
	want := make(map[string]bool)
	for record := range model.Truth(fn.TracesFrom, searchable) {
		if inv, ok := record.(*world.InvocationRecord); ok && inv.Function == fn.ID.Name && inv.Region == fn.ID.Region && inv.Sampled {
			want[*inv.TraceID] = true
		}
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
		if tr.Start.Before(searchable) && !want[tr.ID] && tr.Start.After(fn.TracesFrom.Add(time.Minute)) {
			t.Errorf("trace %s of %v belongs to no sampled invocation", tr.ID, tr.Start)
		}
		delete(want, tr.ID)
	}
	if len(want) > 0 || len(got) < 20 {
		t.Errorf("%d listed, and missing are %v", len(got), want)
	}
}
