package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// pretend is a source in memory with a delay, which counts what it is asked.
type pretend struct {
	scope     sources.Scope
	functions int
	delay     time.Duration
	fail      func(op string) error

	mu    sync.Mutex
	calls map[string]int
	// series counts the queries of metrics.
	series int
}

func (p *pretend) asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.series
}

func (p *pretend) function(i int) sources.Function {
	id := p.scope.In(fmt.Sprintf("fn-%03d", i))
	return sources.Function{ID: id, MemoryMB: 512, Architecture: sources.X86, Timeout: 3 * time.Second, LogGroup: "/aws/lambda/" + id.Name}
}

var _ sources.Source = (*pretend)(nil)

func newPretend(region string, functions int) *pretend {
	return &pretend{
		scope:     sources.Scope{Cloud: sources.AWS, Account: "123456789012", Region: region},
		functions: functions, delay: 50 * time.Millisecond, calls: make(map[string]int),
	}
}

func (p *pretend) place() sources.Place {
	return sources.Place{Label: p.scope.Region, Region: p.scope.Region, Open: func(ctx context.Context) (sources.Source, error) {
		if err := p.do(ctx, "open"); err != nil {
			return nil, err
		}
		return p, nil
	}}
}

// as is the place of a source that can do more than the pretend one in it.
func (p *pretend) as(src sources.Source) sources.Place {
	place := p.place()
	open := place.Open
	place.Open = func(ctx context.Context) (sources.Source, error) {
		if _, err := open(ctx); err != nil {
			return nil, err
		}
		return src, nil
	}
	return place
}

func (p *pretend) do(ctx context.Context, op string) error {
	p.mu.Lock()
	p.calls[op]++
	fail := p.fail
	p.mu.Unlock()
	select {
	case <-time.After(p.delay):
	case <-ctx.Done():
		return &sources.Error{Op: op, Kind: sources.Cancelled, Err: ctx.Err()}
	}
	if fail != nil {
		return fail(op)
	}
	return nil
}

func (p *pretend) count(op string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[op]
}

func (p *pretend) Scope() sources.Scope { return p.scope }

func (p *pretend) Functions(ctx context.Context, page func([]sources.Function) error) error {
	for i := 0; i < p.functions; i += 50 {
		if err := p.do(ctx, "list"); err != nil {
			return err
		}
		var fns []sources.Function
		for j := i; j < min(i+50, p.functions); j++ {
			fns = append(fns, p.function(j))
		}
		if err := page(fns); err != nil {
			return err
		}
	}
	return nil
}

func (p *pretend) Metrics(ctx context.Context, w sources.MetricWindow) ([]sources.MetricResult, error) {
	p.mu.Lock()
	p.series += len(w.Queries)
	p.mu.Unlock()
	if err := p.do(ctx, "metrics"); err != nil {
		return nil, err
	}
	var out []sources.MetricResult
	for i, q := range w.Queries {
		for _, st := range q.Stats {
			res := sources.MetricResult{Query: i, Stat: st}
			for t := w.Start; t.Before(w.End); t = t.Add(q.Period) {
				v := 10.0
				if q.Metric == sources.MetricDuration {
					v = 100
				}
				res.Points = append(res.Points, sources.Point{Time: t, Value: v})
			}
			out = append(out, res)
		}
	}
	return out, nil
}

func (p *pretend) Logs(ctx context.Context, q sources.LogQuery, page func(sources.LogPage) error) error {
	op := "logs"
	if q.Select == sources.LogCold {
		op = "cold"
	}
	if err := p.do(ctx, op); err != nil {
		return err
	}
	if q.Select == sources.LogCold {
		return nil
	}
	return page(sources.LogPage{Events: []sources.LogEvent{{ID: q.Start.String(), Time: q.Start.Add(time.Second), Message: "m"}}})
}

func (p *pretend) Correlator(fn sources.Function) sources.Correlator { return correlator{fn.ID} }

func (p *pretend) Traces(ctx context.Context, ids []string) ([]sources.Trace, error) {
	if err := p.do(ctx, "traces"); err != nil {
		return nil, err
	}
	var out []sources.Trace
	for _, id := range ids {
		out = append(out, sources.Trace{ID: id})
	}
	return out, nil
}

func (p *pretend) TraceSummaries(context.Context, sources.TraceQuery) ([]sources.TraceSummary, error) {
	return nil, errors.New("not asked in these tests")
}

// correlator takes each event for an invocation.
type correlator struct{ id sources.FunctionID }

func (c correlator) Add(events []sources.LogEvent) []sources.Invocation {
	var out []sources.Invocation
	for _, e := range events {
		out = append(out, sources.Invocation{Function: c.id, RequestID: e.ID, Attempt: 1, Start: sources.Some(e.Time), Outcome: sources.OK})
	}
	return out
}

// run runs an engine for a test, and ends it with the test.
func run(t *testing.T, places ...sources.Place) *Engine {
	t.Helper()
	return runOn(t, Wall{}, places...)
}

func runOn(t *testing.T, clock Clock, places ...sources.Place) *Engine {
	t.Helper()
	e := New(Config{Places: places, Clock: clock})
	start(t, e)
	return e
}

// start runs an engine that has been made, and ends it with the test.
func start(t *testing.T, e *Engine) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
}

// until takes snapshots until one will do.
func until(t *testing.T, v *Viewer, ok func(*fleet.Snapshot) bool) *fleet.Snapshot {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Minute); time.Now().Before(deadline); {
		select {
		case s := <-v.Updates():
			if ok(s) {
				return s
			}
		case <-time.After(time.Minute):
		}
	}
	t.Fatal("no such snapshot in ten minutes")
	return nil
}

func rowsOf(s *fleet.Snapshot, n int) []sources.FunctionID {
	var ids []sources.FunctionID
	for i := range min(n, s.Len()) {
		ids = append(ids, s.Function(i).ID)
	}
	return ids
}

func TestAnHourOfPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretend("us-east-1", 120)
		e := run(t, p.place())
		v := e.View()
		defer v.Close()
		w := sources.Window{Since: time.Hour}
		n := v.Want(poll.Demand{Catalogue: true, Window: w})
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
		if s.Len() != 120 || !s.Places[0].Complete {
			t.Fatalf("%d functions, complete %v", s.Len(), s.Places[0].Complete)
		}
		rows := rowsOf(s, 30)
		n = v.Want(poll.Demand{Catalogue: true, Window: w, Rows: rows})
		s = until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
		row := s.Get(rows[0]).Row(w)
		if got, ok := row.Invocations.Get(); !ok || got != 600 {
			t.Errorf("invocations of the hour: %d %v, want 600", got, ok)
		}
		if got, ok := row.P95.Get(); !ok || got != 100*time.Millisecond {
			t.Errorf("p95 %v %v, want 100ms", got, ok)
		}
		before := p.count("metrics")
		time.Sleep(time.Hour)
		// Two spans a minute: the newest minutes, and the figures over the hour.
		if asked := p.count("metrics") - before; asked < 100 || asked > 125 {
			t.Errorf("%d metric requests in an hour, want about 120", asked)
		}
		if cold := p.count("cold"); cold < 30*270 || cold > 30*310 {
			t.Errorf("%d cold-start reads of 30 rows in an hour, want one each twelve seconds", cold)
		}
		if lists := p.count("list"); lists > 3*14 {
			t.Errorf("%d catalogue pages in an hour, want 3 each five minutes", lists)
		}
	})
}

func TestTwoViewersAskOnce(t *testing.T) {
	asked := func(viewers int) (metrics, cold int) {
		synctest.Test(t, func(t *testing.T) {
			p := newPretend("us-east-1", 40)
			e := run(t, p.place())
			d := poll.Demand{Catalogue: true, Window: sources.Window{Since: time.Hour}, Rows: []sources.FunctionID{p.scope.In("fn-001"), p.scope.In("fn-002")}}
			for range viewers {
				v := e.View()
				defer v.Close()
				n := v.Want(d)
				defer until(t, v, func(s *fleet.Snapshot) bool { return s.Demand >= n })
			}
			time.Sleep(20 * time.Minute)
			metrics, cold = p.count("metrics"), p.count("cold")
		})
		return metrics, cold
	}
	m1, c1 := asked(1)
	m10, c10 := asked(10)
	if m1 != m10 || c1 != c10 || m1 == 0 {
		t.Errorf("one viewer: %d and %d requests; ten: %d and %d", m1, c1, m10, c10)
	}
}

func TestAViewerThatLeavesTakesItsWantsAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretend("us-east-1", 5)
		e := run(t, p.place())
		stays := e.View()
		defer stays.Close()
		v := e.View()
		stays.Want(poll.Demand{Catalogue: true})
		v.Want(poll.Demand{Catalogue: true, Focus: []poll.Focus{{Function: p.scope.In("fn-001"), Invocations: true, Window: sources.Window{Since: time.Hour}}}})
		time.Sleep(time.Minute)
		if p.count("logs") < 10 {
			t.Fatalf("%d log reads in a minute of following", p.count("logs"))
		}
		v.Close()
		time.Sleep(time.Second)
		before := p.count("logs")
		time.Sleep(10 * time.Minute)
		if after := p.count("logs"); after != before {
			t.Errorf("%d log reads after the viewer left", after-before)
		}
	})
}

func TestADeadRegionDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead, live := newPretend("eu-west-1", 5), newPretend("us-east-1", 5)
		dead.delay = time.Hour
		e := run(t, dead.place(), live.place())
		v := e.View()
		defer v.Close()
		began := time.Now()
		v.Want(poll.Demand{Catalogue: true})
		until(t, v, func(s *fleet.Snapshot) bool { return s.Len() == 5 })
		if took := time.Since(began); took > time.Second {
			t.Errorf("the live region's functions came after %v", took)
		}
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Places[0].State == fleet.Failed })
		if kind := sources.KindOf(s.Places[0].Err); kind != sources.Cancelled && kind != sources.TimedOutCall {
			t.Errorf("the dead region failed with %v", s.Places[0].Err)
		}
		if s.Places[1].State != fleet.Open {
			t.Errorf("the live region is %v", s.Places[1].State)
		}
	})
}

func TestDeniedLogsLeaveMetricsWorking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretend("us-east-1", 3)
		p.fail = func(op string) error {
			if op == "cold" || op == "logs" {
				return &sources.Error{Op: "logs:FilterLogEvents", On: "/aws/lambda/fn-001", Kind: sources.Denied, Fix: "add it to the role"}
			}
			return nil
		}
		e := run(t, p.place())
		v := e.View()
		defer v.Close()
		id := p.scope.In("fn-001")
		w := sources.Window{Since: time.Hour}
		n := v.Want(poll.Demand{Catalogue: true, Window: w, Rows: []sources.FunctionID{id}})
		s := until(t, v, func(s *fleet.Snapshot) bool {
			return s.Settled && s.Demand >= n && s.Get(id) != nil && s.Get(id).Cold.Err != nil
		})
		fn := s.Get(id)
		if !strings.Contains(fn.Cold.Err.Error(), "logs:FilterLogEvents on /aws/lambda/fn-001") {
			t.Errorf("cold starts failed with %v", fn.Cold.Err)
		}
		row := fn.Row(w)
		if !row.Invocations.Known() || row.ColdStarts.Known() {
			t.Errorf("invocations known %v, cold starts known %v", row.Invocations.Known(), row.ColdStarts.Known())
		}
		before := p.count("cold")
		time.Sleep(time.Hour)
		if asked := p.count("cold") - before; asked > 15 {
			t.Errorf("a denied call was made %d times in an hour", asked)
		}
	})
}

func TestAStalledViewerDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretend("us-east-1", 3)
		e := run(t, p.place())
		stalled, v := e.View(), e.View()
		defer stalled.Close()
		defer v.Close()
		d := poll.Demand{Catalogue: true, Focus: []poll.Focus{{Function: p.scope.In("fn-001"), Invocations: true, Window: sources.Window{Since: time.Hour}}}}
		stalled.Want(d)
		v.Want(d)
		time.Sleep(10 * time.Minute) // nobody takes a snapshot
		s := until(t, v, func(*fleet.Snapshot) bool { return true })
		if age := time.Since(s.At); age > 5*time.Second {
			t.Errorf("the newest snapshot is %v old", age)
		}
	})
}

func TestSnapshotsShareWhatHasNotChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretend("us-east-1", 300)
		e := run(t, p.place())
		v := e.View()
		defer v.Close()
		n := v.Want(poll.Demand{Catalogue: true})
		s1 := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
		id := p.scope.In("fn-000")
		n = v.Want(poll.Demand{Catalogue: true, Focus: []poll.Focus{{Function: id, Invocations: true, Window: sources.Window{Since: time.Hour}}}})
		s2 := until(t, v, func(s *fleet.Snapshot) bool { return s.Demand >= n && len(s.Get(id).Invocations) > 0 })
		if s1.Get(id) == s2.Get(id) || len(s1.Get(id).Invocations) != 0 {
			t.Error("an old snapshot has changed")
		}
		s3 := until(t, v, func(s *fleet.Snapshot) bool { return len(s.Get(id).Invocations) > len(s2.Get(id).Invocations) })
		if other := p.scope.In("fn-299"); s2.Get(other) == nil || s2.Get(other) != s3.Get(other) {
			t.Error("fn-299 has not changed and is not shared")
		}
	})
}

func TestAPanicInASourceIsAFailedCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretend("us-east-1", 3)
		p.fail = func(op string) error {
			if op == "metrics" {
				panic("no such thing")
			}
			return nil
		}
		e := run(t, p.place())
		v := e.View()
		defer v.Close()
		id := p.scope.In("fn-001")
		v.Want(poll.Demand{Catalogue: true, Window: sources.Window{Since: time.Hour}, Rows: []sources.FunctionID{id}})
		until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Len() == 3 })
		time.Sleep(time.Hour)
		if n := p.count("metrics"); n < 10 || n > 300 {
			t.Errorf("%d metric requests in an hour of panics", n)
		}
	})
}
