package engine

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// monitoring is the source of an account that observes another one.
type monitoring struct {
	*pretend
	linked sources.FunctionID

	mu    sync.Mutex
	asked map[sources.FunctionID]bool // whose metrics
}

func (p *monitoring) Active(ctx context.Context, page func([]sources.FunctionID) error) error {
	if err := p.do(ctx, "active"); err != nil {
		return err
	}
	return page([]sources.FunctionID{p.function(0).ID, p.linked})
}

func (p *monitoring) Metrics(ctx context.Context, w sources.MetricWindow) ([]sources.MetricResult, error) {
	p.mu.Lock()
	for _, q := range w.Queries {
		p.asked[q.Function] = true
	}
	p.mu.Unlock()
	return p.pretend.Metrics(ctx, w)
}

func (p *monitoring) place() sources.Place { return p.as(p) }

// TestLinkedAccountsAreReadThroughTheOneThatObservesThem checks that a function
// of another account has figures, that its logs, which cannot be reached, are
// not asked for, and that its own account takes it over once it is open.
func TestLinkedAccountsAreReadThroughTheOneThatObservesThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := sources.Scope{Cloud: sources.AWS, Account: "210987654321", Region: "us-east-1"}
		p := &monitoring{pretend: newPretend("us-east-1", 10), linked: other.In("pay"), asked: make(map[sources.FunctionID]bool)}
		own := newPretend("us-east-1", 0)
		own.scope = other
		own.delay = 10 * time.Minute // it opens late
		v := run(t, p.place(), own.place()).View()
		defer v.Close()
		w := sources.Window{Since: time.Hour}
		d := poll.Demand{Catalogue: true, AllRows: true, Totals: true, Window: w}
		v.Want(d)
		until(t, v, func(s *fleet.Snapshot) bool { return s.Get(p.linked) != nil })
		d.Rows = []sources.FunctionID{p.linked}
		v.Want(d)
		s := until(t, v, func(s *fleet.Snapshot) bool {
			row := s.Get(p.linked).Row(w)
			n, ok := row.Invocations.Get()
			return ok && n == 600 && row.P95.Known()
		})
		fn := s.Get(p.linked)
		if fn.Configured || fn.Reader != p.scope || !fn.Active.Or(false) {
			t.Errorf("configured %v, read through %v, active %v", fn.Configured, fn.Reader, fn.Active)
		}
		p.mu.Lock()
		asked := p.asked[p.linked]
		p.mu.Unlock()
		if !asked {
			t.Error("its metrics came from somewhere else")
		}
		if n := p.count("cold"); n != 0 {
			t.Errorf("%d reads of a log that cannot be reached", n)
		}
	})
}
