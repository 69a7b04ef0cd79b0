package fleet

import (
	"fmt"
	"math"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
	"fntop/sources/poll"
)

func now() time.Time { return time.Date(2026, 11, 23, 10, 0, 30, 0, time.UTC) }

func scope() sources.Scope {
	return sources.Scope{Cloud: sources.AWS, Account: "123456789012", Region: "us-east-1"}
}

func hour() sources.Window { return sources.Window{Since: time.Hour} }

// reports takes each event for a cold start that began at its time.
type reports struct{ id sources.FunctionID }

func (c reports) Add(events []sources.LogEvent) (out []sources.Invocation) {
	for _, e := range events {
		out = append(out, sources.Invocation{
			Function: c.id, RequestID: e.ID, Attempt: 1, Start: sources.Some(e.Time),
			Cold: sources.Some(true), Init: sources.Some(time.Duration(len(e.Message)) * time.Millisecond), Outcome: sources.OK,
		})
	}
	return out
}

func newFleet(functions int) (*Fleet, []sources.FunctionID) {
	f := New(Config{
		Correlator: func(fn sources.Function) sources.Correlator { return reports{fn.ID} },
		Price: func(_ sources.Function, u Usage) (float64, bool) {
			return float64(u.Invocations)*0.2e-6 + u.Billed.Seconds()*1e-5, true
		},
	})
	f.SetWindows([]sources.Window{hour()}, now())
	var page []sources.Function
	var ids []sources.FunctionID
	for i := range functions {
		id := scope().In(fmt.Sprintf("fn-%04d", i))
		ids = append(ids, id)
		page = append(page, sources.Function{ID: id, MemoryMB: 512, LogGroup: "/aws/lambda/" + id.Name})
	}
	f.ApplyFunctions(scope(), page, now())
	f.EndListing(scope(), nil, now())
	return f, ids
}

func publish(f *Fleet) *Snapshot {
	return f.Publish(now(), []Place{{Cloud: sources.AWS, Account: "123456789012", Region: "us-east-1"}}, meter.Bill{})
}

// request asks for one minute series and one figure over the whole window.
func request(id sources.FunctionID, metric sources.Metric, stats []sources.Stat, start, end time.Time, whole bool) poll.Request {
	period := time.Minute
	if whole {
		period = end.Sub(start)
	}
	return poll.Request{Kind: poll.Metrics, Scope: scope(), Whole: whole, Metrics: sources.MetricWindow{
		Start: start, End: end, Queries: []sources.MetricQuery{{Function: id, Metric: metric, Stats: stats, Period: period}},
	}}
}

func perMinute(start, end time.Time, v float64) (points []sources.Point) {
	for t := start; t.Before(end); t = t.Add(time.Minute) {
		points = append(points, sources.Point{Time: t, Value: v})
	}
	return points
}

func TestRowFigures(t *testing.T) {
	f, ids := newFleet(2)
	start, end := hour().At(now())
	sum := []sources.Stat{sources.StatSum}
	// The newest two minutes have not appeared yet; the hour has one silent minute.
	points := perMinute(start, end.Add(-2*time.Minute), 30)
	points = append(points[:10], points[11:]...)
	f.ApplyMetrics(request(ids[0], sources.MetricInvocations, sum, start, end, false),
		[]sources.MetricResult{{Query: 0, Stat: sources.StatSum, Points: points}}, nil, nil, now())
	var whole []sources.MetricResult
	for st, v := range map[sources.Stat]float64{sources.StatSum: 1710 * 20, sources.StatAverage: 20, sources.StatP50: 10, sources.StatP95: 50.5, sources.StatP99: 99} {
		whole = append(whole, sources.MetricResult{Query: 0, Stat: st, Points: []sources.Point{{Time: start, Value: v}}})
	}
	f.ApplyMetrics(request(ids[0], sources.MetricDuration, poll.WholeStats(), start, end, true), whole, nil, nil, now())

	row := publish(f).Get(ids[0]).Row(hour())
	if got := row.Invocations.Or(-1); got != 57*30 {
		t.Errorf("invocations %d, want %d", got, 57*30)
	}
	if row.Errors.Known() || row.Throttles.Known() || row.Concurrency.Known() {
		t.Error("figures that nobody asked for are known")
	}
	if got := row.P95.Or(0); got != 50500*time.Microsecond {
		t.Errorf("p95 %v, want 50.5ms", got)
	}
	if len(row.PerMinute) != 60 || row.PerMinute[0] != 30 || row.PerMinute[10] != 0 {
		t.Errorf("%d steps, first %v, the silent one %v", len(row.PerMinute), row.PerMinute[0], row.PerMinute[10])
	}
	if v := row.PerMinute[59]; !math.IsNaN(v) {
		t.Errorf("the newest minute is %v, want unknown: its point can still come", v)
	}
	if got := row.LastMinute.Or(-1); got != 30 {
		t.Errorf("newest known minute %v, want 30", got)
	}
	if got := row.MetricsAge.Or(0); got != 3*time.Minute+30*time.Second {
		t.Errorf("age of the metrics %v, want 3m30s: the minute before may still grow", got)
	}
	// 20 ms of work and half a millisecond of rounding each.
	if got, want := row.CostPerMillion.Or(0), 0.2+20.5e-3*1e-5*1e6; math.Abs(got-want) > 1e-9 {
		t.Errorf("cost of a million %v, want %v", got, want)
	}
	if other := publish(f).Get(ids[1]).Row(hour()); other.Invocations.Known() || other.CostUSD.Known() {
		t.Error("a function that was not asked about has figures")
	}
}

func TestTwoPointsOfAWindowAreNoPercentile(t *testing.T) {
	f, ids := newFleet(1)
	start, end := hour().At(now())
	var results []sources.MetricResult
	for _, st := range poll.WholeStats() {
		results = append(results, sources.MetricResult{Stat: st, Points: []sources.Point{{Time: start, Value: 1}, {Time: start.Add(30 * time.Minute), Value: 9}}})
	}
	f.ApplyMetrics(request(ids[0], sources.MetricDuration, poll.WholeStats(), start, end, true), results, nil, nil, now())
	if row := publish(f).Get(ids[0]).Row(hour()); row.P95.Known() {
		t.Errorf("p95 is %v although the cloud cut the window in two", row.P95)
	}
}

func TestExtend(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2026, 11, 23, 9, m, 0, 0, time.UTC) }
	values := func(s *series) string {
		out := ""
		for _, p := range s.points {
			out += fmt.Sprintf("%d:%v ", p.Time.Minute(), p.Value)
		}
		return out
	}
	var s *series
	s = s.extend([]sources.Point{{Time: at(0), Value: 1}, {Time: at(1), Value: 1}, {Time: at(2), Value: 1}}, at(0), at(3), at(3))
	s = s.extend([]sources.Point{{Time: at(2), Value: 7}, {Time: at(4), Value: 7}}, at(2), at(5), at(5))
	if got, want := values(s), "0:1 1:1 2:7 4:7 "; got != want {
		t.Errorf("newer points: %s, want %s", got, want)
	}
	before := values(s)
	older := s.extend([]sources.Point{{Time: at(-5), Value: 2}}, at(-5), at(0), at(0))
	if got, want := values(older), "55:2 0:1 1:1 2:7 4:7 "; got != want {
		t.Errorf("older points: %s, want %s", got, want)
	}
	if values(s) != before {
		t.Error("the series changed, though snapshots may have it")
	}
	gap := s.extend([]sources.Point{{Time: at(30), Value: 3}}, at(30), at(31), at(31))
	if got, want := values(gap), "30:3 "; got != want || !gap.from.Equal(at(30)) {
		t.Errorf("after a gap: %s from %v, want %s", got, gap.from, want)
	}
	if total := s.sum(at(0), at(5)); total.Or(0) != 16 {
		t.Errorf("sum %v, want 16", total)
	}
	if s.sum(at(-1), at(5)).Known() {
		t.Error("a sum is known of a minute that was never read")
	}
}

func TestColdStarts(t *testing.T) {
	f, ids := newFleet(1)
	start, end := hour().At(now())
	sum := []sources.Stat{sources.StatSum}
	f.ApplyMetrics(request(ids[0], sources.MetricInvocations, sum, start, end, false),
		[]sources.MetricResult{{Stat: sources.StatSum, Points: perMinute(start, end.Add(-3*time.Minute), 10)}}, nil, nil, now())
	if row := publish(f).Get(ids[0]).Row(hour()); row.ColdStarts.Known() {
		t.Error("cold starts are known before any log was read")
	}
	event := func(id string, at time.Time, initMS int) sources.LogEvent {
		return sources.LogEvent{ID: id, Time: at, Message: string(make([]byte, initMS))}
	}
	f.ApplyCold(ids[0], []sources.LogEvent{
		event("before", start.Add(-time.Second), 900),
		event("a", start, 100), event("b", start.Add(time.Minute), 300), event("b", start.Add(time.Minute), 300),
		event("newest", end.Add(-time.Second), 200),
	})
	f.EndCold(ids[0], start.Add(-time.Minute), now(), nil, now())
	row := publish(f).Get(ids[0]).Row(hour())
	if got := row.ColdStarts.Or(-1); got != 3 {
		t.Errorf("%d cold starts in the window, want 3", got)
	}
	// The newest one lies in a minute whose invocations are not known yet.
	if got, want := row.ColdRate.Or(-1), 2.0/570; math.Abs(got-want) > 1e-12 {
		t.Errorf("cold rate %v, want %v", got, want)
	}
	if got := row.InitP50.Or(0); got != 200*time.Millisecond {
		t.Errorf("init p50 %v, want 200ms", got)
	}
}

func TestAMissingLogGroupIsNotThePlacesTrouble(t *testing.T) {
	f, ids := newFleet(2)
	f.EndCold(ids[0], now().Add(-time.Hour), now(), &sources.Error{Kind: sources.NotFound}, now())
	s := publish(f)
	if s.Places[0].Logs.Err != nil || s.Get(ids[0]).Cold.Err == nil {
		t.Errorf("place %v, function %v", s.Places[0].Logs.Err, s.Get(ids[0]).Cold.Err)
	}
	f.EndCold(ids[1], now().Add(-time.Hour), now(), &sources.Error{Kind: sources.Denied}, now())
	if s := publish(f); s.Places[0].Logs.Err == nil {
		t.Error("denied logs are not told of the place")
	}
}

func TestGoneFunctions(t *testing.T) {
	f, ids := newFleet(3)
	f.ApplyFunctions(scope(), []sources.Function{{ID: ids[0]}, {ID: ids[2]}}, now())
	f.EndListing(scope(), &sources.Error{Kind: sources.Throttled}, now())
	if s := publish(f); s.Get(ids[1]).Gone {
		t.Error("a listing that failed took a function away")
	}
	f.ApplyFunctions(scope(), []sources.Function{{ID: ids[0]}, {ID: ids[2]}}, now())
	f.EndListing(scope(), nil, now())
	s := publish(f)
	if !s.Get(ids[1]).Gone || s.Get(ids[0]).Gone {
		t.Error("the function that is no longer listed is not gone, or another is")
	}
	if got := len(f.Functions()); got != 2 {
		t.Errorf("%d functions, want 2", got)
	}
	if s.Places[0].Listed != 2 || !s.Places[0].Complete || s.Places[0].Catalog.Err != nil {
		t.Errorf("place: %+v", s.Places[0])
	}
}

func TestSnapshotsShareChunks(t *testing.T) {
	f, ids := newFleet(1000)
	s1 := publish(f)
	f.EndInvocations(ids[5], now().Add(-time.Hour), now(), time.Time{}, true, nil, now())
	s2 := publish(f)
	shared := 0
	for i := range s1.chunks {
		if &s1.chunks[i][0] == &s2.chunks[i][0] {
			shared++
		}
	}
	if shared != len(s1.chunks)-1 {
		t.Errorf("%d of %d chunks shared after one function changed", shared, len(s1.chunks))
	}
	for i, id := range ids {
		if s2.Function(i).ID != id || s2.Get(id) == nil {
			t.Fatalf("function %d is %v", i, s2.Function(i).ID)
		}
	}
}

func TestInvocationsAreBounded(t *testing.T) {
	f, ids := newFleet(1)
	var events []sources.LogEvent
	for i := range KeptInvocations + 500 {
		events = append(events, sources.LogEvent{ID: fmt.Sprint(i), Time: now().Add(-time.Duration(i) * time.Second)})
	}
	f.ApplyInvocations(ids[0], events)
	f.EndInvocations(ids[0], now().Add(-24*time.Hour), now(), time.Time{}, true, nil, now())
	fn := publish(f).Get(ids[0])
	if len(fn.Invocations) != KeptInvocations || fn.InvocationsDropped != 500 {
		t.Errorf("%d kept, %d dropped", len(fn.Invocations), fn.InvocationsDropped)
	}
	if fn.Invocations[0].RequestID != "0" {
		t.Errorf("newest is %s", fn.Invocations[0].RequestID)
	}
	if oldest, _ := fn.Invocations[KeptInvocations-1].Start.Get(); fn.InvocationsFrom.Before(oldest) {
		t.Errorf("known without a gap from %v, the oldest kept is of %v", fn.InvocationsFrom, oldest)
	}
}

func TestUnwantedDetailIsLetGo(t *testing.T) {
	f, ids := newFleet(1)
	var refs []poll.InvocationRef
	for i := range 3 * keptDetails {
		ref := poll.InvocationRef{Function: ids[0], Key: sources.InvocationKey{RequestID: fmt.Sprint(i), Attempt: 1}}
		refs = append(refs, ref)
		f.EndLines(ref, nil, true, nil, now())
	}
	gone := f.Retain([]poll.Demand{{Lines: refs[7:8]}}, now())
	if len(gone.Lines) != 3*keptDetails-1 {
		t.Errorf("%d readings let go, want all but the open one", len(gone.Lines))
	}
	s := publish(f)
	if s.Lines(ids[0], refs[7].Key) == nil || s.Lines(ids[0], refs[8].Key) != nil {
		t.Error("the open reading is gone, or another is not")
	}
}

func BenchmarkPublishOneChange(b *testing.B) {
	f, ids := newFleet(10_000)
	publish(f)
	b.ReportAllocs()
	for b.Loop() {
		f.EndInvocations(ids[5], now().Add(-time.Hour), now(), time.Time{}, true, nil, now())
		publish(f)
	}
}

func BenchmarkApplyMetrics(b *testing.B) {
	f, ids := newFleet(10_000)
	start, end := hour().At(now())
	r := poll.Request{Kind: poll.Metrics, Scope: scope(), Metrics: sources.MetricWindow{Start: start, End: end}}
	var results []sources.MetricResult
	for i := range 500 {
		r.Metrics.Queries = append(r.Metrics.Queries, sources.MetricQuery{Function: ids[i], Metric: sources.MetricInvocations, Stats: []sources.Stat{sources.StatSum}, Period: time.Minute})
		results = append(results, sources.MetricResult{Query: i, Stat: sources.StatSum, Points: perMinute(start, end, 3)})
	}
	b.ReportAllocs()
	for b.Loop() {
		f.ApplyMetrics(r, results, nil, nil, now())
	}
}
