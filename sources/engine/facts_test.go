package engine

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// known is a source that knows what was done to its functions, what invokes
// them, their tags and their limits.
type known struct {
	*pretend
	history []sources.Change // newest first
	perPage int
	spans   [][2]time.Time // asked for
	tagged  int            // the first so many functions have tags
	batch   string
}

func newKnown(functions int) *known {
	return &known{pretend: newPretend("us-east-1", functions), perPage: 10, tagged: 2, batch: "10"}
}

func (p *known) place() sources.Place { return p.as(p) }

// asking are the spans of changes that were asked for so far.
func (p *known) asking() [][2]time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.spans)
}

// did adds a change, at the right place of the history.
func (p *known) did(name string, at time.Time) sources.Change {
	at = at.UTC().Truncate(time.Second)
	c := sources.Change{Function: p.scope.In(name), ID: name + at.Format(time.RFC3339), Time: at, Kind: sources.ChangeCode, Operation: "UpdateFunctionCode"}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.history, func(o sources.Change) bool { return o.Time.Before(at) })
	if i < 0 {
		i = len(p.history)
	}
	p.history = slices.Insert(p.history, i, c)
	return c
}

func (p *known) Changes(ctx context.Context, start, end time.Time, page func(sources.ChangePage) error) error {
	p.mu.Lock()
	p.spans = append(p.spans, [2]time.Time{start, end})
	var left []sources.Change
	for _, c := range p.history {
		if !c.Time.Before(start) && !c.Time.After(end) {
			left = append(left, c)
		}
	}
	p.mu.Unlock()
	for {
		if err := p.do(ctx, "changes"); err != nil {
			return err
		}
		n := min(len(left), p.perPage)
		out := sources.ChangePage{Changes: left[:n], Since: start}
		if left = left[n:]; len(left) > 0 {
			out.Since = out.Changes[n-1].Time
		}
		if err := page(out); err != nil || len(left) == 0 {
			return err
		}
	}
}

func (p *known) Tags(ctx context.Context, page func(map[sources.FunctionID]map[string]string) error) error {
	if err := p.do(ctx, "tags"); err != nil {
		return err
	}
	found := make(map[sources.FunctionID]map[string]string)
	for i := range p.tagged {
		found[p.function(i).ID] = map[string]string{"team": "a"}
	}
	return page(found)
}

func (p *known) EventSources(ctx context.Context, page func([]sources.Trigger) error) error {
	if err := p.do(ctx, "mappings"); err != nil {
		return err
	}
	p.mu.Lock()
	batch := p.batch
	p.mu.Unlock()
	return page([]sources.Trigger{{Function: p.function(0).ID, Kind: sources.TriggerSQS, ID: "u", Settings: []sources.Setting{{Name: "batch", Value: batch}}}})
}

func (p *known) TriggersOf(ctx context.Context, fn sources.FunctionID) ([]sources.Trigger, error) {
	if err := p.do(ctx, "triggers "+fn.Name); err != nil {
		return nil, err
	}
	return []sources.Trigger{{Function: fn, Kind: sources.TriggerS3, ID: "s", Permitted: true}}, nil
}

func (p *known) ConcurrencyLimits(ctx context.Context) (sources.ConcurrencyLimits, error) {
	return sources.ConcurrencyLimits{Total: 1000, Unreserved: 900}, p.do(ctx, "limits")
}

func (p *known) Concurrency(ctx context.Context, fn sources.FunctionID) (sources.FunctionConcurrency, error) {
	return sources.FunctionConcurrency{Reserved: sources.Some(100)}, p.do(ctx, "concurrency "+fn.Name)
}

// everything is a demand for all that is known beside figures.
func everything(p *known, w sources.Window) poll.Demand {
	return poll.Demand{
		Catalogue: true, Window: w, Changes: true, Tags: true, Triggers: true,
		Rows:  []sources.FunctionID{p.function(1).ID, p.function(2).ID},
		Focus: []poll.Focus{{Function: p.function(0).ID, Window: w, Limits: true}},
	}
}

// TestFactsAreAskedOnceForTenViewers counts the calls of an hour.
func TestFactsAreAskedOnceForTenViewers(t *testing.T) {
	asked := func(viewers int) map[string]int {
		counts := make(map[string]int)
		synctest.Test(t, func(t *testing.T) {
			p := newKnown(5)
			p.did("fn-000", time.Now().Add(-time.Minute))
			e := run(t, p.place())
			for range viewers {
				v := e.View()
				defer v.Close()
				v.Want(everything(p, sources.Window{Since: time.Hour}))
			}
			time.Sleep(time.Hour)
			for _, op := range []string{"changes", "tags", "mappings", "limits", "triggers fn-000", "triggers fn-001", "triggers fn-002", "triggers fn-003", "concurrency fn-000", "concurrency fn-001"} {
				counts[op] = p.count(op)
			}
		})
		return counts
	}
	one, ten := asked(1), asked(10)
	if fmt.Sprint(one) != fmt.Sprint(ten) {
		t.Errorf("one viewer asks %v, ten ask %v", one, ten)
	}
	for op, want := range map[string][2]int{
		"changes": {40, 60}, "tags": {4, 4}, "mappings": {12, 12}, "limits": {6, 6},
		"triggers fn-000": {6, 6}, "triggers fn-001": {6, 6}, "triggers fn-002": {6, 6}, "triggers fn-003": {0, 0},
		"concurrency fn-000": {12, 12}, "concurrency fn-001": {0, 0},
	} {
		if one[op] < want[0] || one[op] > want[1] {
			t.Errorf("%s: asked %d times in an hour, want %v", op, one[op], want)
		}
	}
}

func TestFactsAreNotAskedWhenNobodyWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newKnown(5)
		v := run(t, p.place()).View()
		defer v.Close()
		d := everything(p, sources.Window{Since: time.Hour})
		d.Changes, d.Tags, d.Triggers, d.Focus[0].Limits = false, false, false, false
		n := v.Want(d)
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
		time.Sleep(time.Hour)
		p.mu.Lock()
		defer p.mu.Unlock()
		for op, calls := range p.calls {
			if op != "open" && op != "list" && op != "metrics" && op != "cold" {
				t.Errorf("%s was asked %d times", op, calls)
			}
		}
		if fn := s.Get(p.function(0).ID); fn.Tagged || fn.Mapped || !fn.ChangesFrom.IsZero() || fn.Concurrency.Known() || s.Places[0].Limits.Known() {
			t.Errorf("known without having been asked: %+v", fn)
		}
	})
}

func TestFactsAreShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newKnown(5)
		first := p.did("fn-001", time.Now().Add(-10*time.Minute))
		gone := p.did("deleted", time.Now().Add(-5*time.Minute))
		v := run(t, p.place()).View()
		defer v.Close()
		n := v.Want(everything(p, sources.Window{Since: time.Hour}))
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
		if got := s.Changes(); len(got) != 2 || got[0] != gone || got[1] != first {
			t.Errorf("changes %+v", got)
		}
		if s.Get(gone.Function) != nil || s.Len() != 5 {
			t.Errorf("a function that is gone is shown, of %d", s.Len())
		}
		zero, one := s.Get(p.function(0).ID), s.Get(p.function(1).ID)
		if len(one.Changes) != 1 || one.Changes[0] != first || one.ChangesFrom.IsZero() || zero.ChangesFrom != one.ChangesFrom || len(zero.Changes) != 0 {
			t.Errorf("changes %+v since %v", one.Changes, one.ChangesFrom)
		}
		if !zero.Tagged || zero.Config.Tags["team"] != "a" || !s.Get(p.function(4).ID).Tagged || s.Get(p.function(4).ID).Config.Tags != nil {
			t.Errorf("tags %v, %v", zero.Config.Tags, zero.Tagged)
		}
		if len(zero.Triggers) != 2 || zero.Triggers[0].Kind != sources.TriggerS3 || zero.Triggers[1].Kind != sources.TriggerSQS || !zero.Mapped || zero.Triggered.Good.IsZero() {
			t.Errorf("triggers %+v", zero.Triggers)
		}
		if c, ok := zero.Concurrency.Get(); !ok || c.Reserved != sources.Some(100) || s.Places[0].Limits != sources.Some(sources.ConcurrencyLimits{Total: 1000, Unreserved: 900}) {
			t.Errorf("concurrency %+v, limits %+v", c, s.Places[0].Limits)
		}
		// A change is told late: it is found nevertheless, once.
		late := p.did("fn-001", time.Now().Add(-20*time.Minute))
		s = until(t, v, func(s *fleet.Snapshot) bool { return len(s.Get(p.function(1).ID).Changes) == 2 })
		if fn := s.Get(p.function(1).ID); fn.Changes[1] != late || len(s.Changes()) != 3 {
			t.Errorf("changes %+v", fn.Changes)
		}
	})
}

// TestTheSameAnswerChangesNothing reads everything again for an hour, and finds
// the very same function in the snapshots. Metrics and logs stand still in it.
func TestTheSameAnswerChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newKnown(5)
		p.did("fn-003", time.Now().Add(-time.Minute))
		v := run(t, p.place()).View()
		defer v.Close()
		d := everything(p, sources.Window{Since: time.Hour})
		d.Rows = nil
		n := v.Want(d)
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
		before := []*fleet.Function{s.Get(p.function(0).ID), s.Get(p.function(3).ID)}
		time.Sleep(time.Hour)
		s = until(t, v, func(n *fleet.Snapshot) bool { return n.At.Sub(s.At) > 30*time.Minute })
		if s.Get(p.function(0).ID) != before[0] || s.Get(p.function(3).ID) != before[1] {
			t.Error("a function was published again though nothing of it has changed")
		}
		p.mu.Lock()
		p.batch = "20"
		p.mu.Unlock()
		until(t, v, func(s *fleet.Snapshot) bool {
			ts := s.Get(p.function(0).ID).Triggers
			return len(ts) == 2 && ts[1].Settings[0].Value == "20"
		})
	})
}

// TestALongWindowIsReadBackwards wants two weeks of a busy history: the last
// day comes first, and the rest in bounded slices, each change once.
func TestALongWindowIsReadBackwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newKnown(3)
		now := time.Now()
		for i := range 2000 {
			p.did("fn-001", now.Add(-time.Duration(i)*10*time.Minute))
		}
		v := run(t, p.place()).View()
		defer v.Close()
		n := v.Want(poll.Demand{Catalogue: true, Changes: true, Window: sources.Window{Since: 14 * 24 * time.Hour}})
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
		spans := p.asking()
		if day := spans[0]; day[1].Sub(day[0]) != 24*time.Hour || len(spans) < 4 {
			t.Errorf("the spans asked for are %v", spans)
		}
		for _, span := range spans[1:3] {
			if span[1].After(spans[0][1].Add(-23 * time.Hour)) {
				t.Errorf("then came %v, want what is older", span)
			}
		}
		if from := s.Get(p.function(0).ID).ChangesFrom; now.Sub(from) < 13*24*time.Hour || now.Sub(s.Changes()[499].Time) != 4990*time.Minute {
			t.Errorf("changes since %v, the last listed %v", from, s.Changes()[499].Time)
		}
		if own := s.Get(p.function(1).ID); len(own.Changes) != 200 || own.ChangesFrom.Before(own.Changes[199].Time) {
			t.Errorf("%d changes of one function since %v", len(own.Changes), own.ChangesFrom)
		}
		time.Sleep(10 * time.Minute)
		for _, span := range p.asking()[len(spans):] {
			if span[1].Sub(span[0]) > time.Hour {
				t.Errorf("what is final is asked for again: %v", span)
			}
		}
	})
}

func TestDeniedFactsAreSaidAndLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newKnown(3)
		p.fail = func(op string) error {
			if op == "open" || op == "list" || op == "metrics" || op == "cold" {
				return nil
			}
			return &sources.Error{Op: op, Kind: sources.Denied, Fix: "add it to the role"}
		}
		v := run(t, p.place()).View()
		defer v.Close()
		n := v.Want(everything(p, sources.Window{Since: time.Hour}))
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
		place, fn := s.Places[0], s.Get(p.function(0).ID)
		for what, err := range map[string]error{
			"changes": place.Changes.Err, "tags": place.Tags.Err, "triggers": place.Triggers.Err, "concurrency": place.Concurrency.Err,
			"triggers of a function": fn.Triggered.Err,
		} {
			if sources.KindOf(err) != sources.Denied {
				t.Errorf("%s: %v", what, err)
			}
		}
		if fn.Tagged || fn.Mapped || fn.Concurrency.Known() || place.Limits.Known() || !fn.ChangesFrom.IsZero() {
			t.Errorf("known though it was denied: %+v", fn)
		}
		time.Sleep(time.Hour)
		for _, op := range []string{"changes", "tags", "mappings", "limits", "triggers fn-000", "triggers fn-001", "concurrency fn-000"} {
			if asked := p.count(op); asked > 13 {
				t.Errorf("%s was denied and asked %d times in an hour", op, asked)
			}
		}
	})
}

// TestAnEarlierWindowIsReadOnce compares an hour with the hour a day before.
func TestAnEarlierWindowIsReadOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPretend("us-east-1", 3)
		v := run(t, p.place()).View()
		defer v.Close()
		w := sources.Window{Since: time.Hour}
		id, day := p.scope.In("fn-001"), 24*time.Hour
		d := poll.Demand{Catalogue: true, Window: w, Focus: []poll.Focus{{Function: id, Charts: true, Window: w, Before: day}}}
		n := v.Want(d)
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Demand >= n })
		start, end := poll.SeriesSpan(w, s.At)
		points, from, through, ok := s.Get(id).PointsBefore(sources.MetricDuration, sources.StatP95, time.Minute, day)
		if !ok || from.After(start.Add(-day)) || through.Before(end.Add(-day)) || len(points) < 60 || points[0].Time.After(end.Add(-day)) {
			t.Fatalf("%d points of %v to %v, want %v a day before", len(points), from, through, start)
		}
		if own, from, _, _ := s.Get(id).Points(sources.MetricDuration, sources.StatP95, time.Minute); from.Before(start.Add(-time.Minute)) || len(own) > 62 {
			t.Errorf("the window itself has %d points since %v", len(own), from)
		}
		time.Sleep(3 * time.Hour)
		s = until(t, v, func(n *fleet.Snapshot) bool { return n.At.Sub(s.At) > 3*time.Hour-time.Minute })
		start, end = poll.SeriesSpan(w, s.At)
		if _, from, through, _ := s.Get(id).PointsBefore(sources.MetricInvocations, sources.StatSum, time.Minute, day); from.After(start.Add(-day)) || through.Before(end.Add(-day)) {
			t.Errorf("three hours later %v to %v is known", from, through)
		}
		without := p.asked()
		d.Focus = []poll.Focus{{Function: id, Charts: true, Window: w}}
		v.Want(d)
		time.Sleep(3 * time.Hour)
		if more := without - (p.asked() - without); more > 5*6 {
			t.Errorf("%d series asked for beside those of the window itself, want 5 about each hour", more)
		}
	})
}
