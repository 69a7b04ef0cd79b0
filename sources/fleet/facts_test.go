package fleet

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/poll"
)

// change is the n-th change of a function, n seconds before now.
func change(id sources.FunctionID, n int) sources.Change {
	return sources.Change{Function: id, ID: fmt.Sprint(n), Time: now().Add(-time.Duration(n) * time.Second), Kind: sources.ChangeCode}
}

func TestChangesAreBounded(t *testing.T) {
	f, ids := newFleet(60)
	f.EndChanges(scope(), now().Add(-24*time.Hour), now(), nil, now())
	for from := 0; from < 6000; from += 50 {
		var page []sources.Change
		for n := from; n < from+50; n++ {
			page = append(page, change(ids[n%40], n))
		}
		f.ApplyChanges(page)
		f.ApplyChanges(page) // again, as after an overlap
	}
	for n := 6000; n < 6300; n++ { // as old as can be, of one function
		f.ApplyChanges([]sources.Change{change(ids[50], n)})
	}
	if full := f.EndChanges(scope(), now().Add(-48*time.Hour), now(), nil, now()); !full {
		t.Error("more than is kept, and not full")
	}
	s := publish(f)
	all := s.Changes()
	if len(all) != maxListedChanges || all[0] != change(ids[0], 0) || all[499] != change(ids[499%40], 499) {
		t.Errorf("%d changes listed", len(all))
	}
	kept := 0
	for _, id := range ids {
		kept += len(s.Get(id).Changes)
	}
	oldest := now().Add(-(maxChanges - 1) * time.Second)
	if kept != maxChanges || len(f.changes.all) != maxChanges || len(f.changes.seen) != maxChanges {
		t.Errorf("%d changes kept at the functions, %d of %d in all", kept, len(f.changes.all), len(f.changes.seen))
	}
	if fn := s.Get(ids[0]); len(fn.Changes) != maxChanges/40 || !fn.ChangesFrom.Equal(oldest) {
		t.Errorf("%d changes of one function since %v, want since %v", len(fn.Changes), fn.ChangesFrom, oldest)
	}
	if fn := s.Get(ids[50]); len(fn.Changes) != 0 || !fn.ChangesFrom.Equal(oldest) {
		t.Errorf("what was let go of is known: %d since %v", len(fn.Changes), fn.ChangesFrom)
	}
	for n := -300; n < 0; n++ {
		f.ApplyChanges([]sources.Change{change(ids[1], n)})
	}
	if own := publish(f).Get(ids[1]); len(own.Changes) != maxFunctionChanges || own.Changes[0] != change(ids[1], -300) || own.ChangesFrom.Before(own.Changes[199].Time) {
		t.Errorf("%d changes of a busy function since %v", len(own.Changes), own.ChangesFrom)
	}
	if again := s.Changes(); all[0] != again[0] || s.Get(ids[1]).Changes[0] != change(ids[1], 1) {
		t.Error("a snapshot has changed")
	}
}

func TestSinceWhenChangesAreKnown(t *testing.T) {
	f, ids := newFleet(1)
	since := func() time.Duration { return now().Sub(publish(f).Get(ids[0]).ChangesFrom) }
	read := func(from, end time.Duration, err error) {
		f.EndChanges(scope(), now().Add(-from), now().Add(-end), err, now())
	}
	if !publish(f).Get(ids[0]).ChangesFrom.IsZero() {
		t.Fatal("known without having been asked")
	}
	read(time.Hour, 0, nil)
	for _, c := range []struct {
		from, end time.Duration
		err       error
		want      time.Duration
	}{
		{3 * time.Hour, 2 * time.Hour, nil, time.Hour}, // there is a gap behind it
		{2 * time.Hour, time.Hour, errors.New("no"), time.Hour},
		{2 * time.Hour, time.Hour, nil, 2 * time.Hour},
		{30 * time.Minute, -75 * time.Second, nil, 2 * time.Hour},
		{-time.Hour, -2 * time.Hour, nil, -time.Hour}, // after a gap
	} {
		if read(c.from, c.end, c.err); since() != c.want {
			t.Errorf("after %v to %v: since %v, want %v", c.from, c.end, since(), c.want)
		}
	}
}

func TestTagsOutliveAListing(t *testing.T) {
	f := New(Config{})
	listing := func(names ...string) []sources.Function {
		var page []sources.Function
		for _, name := range names {
			page = append(page, sources.Function{ID: scope().In(name), LogGroup: "g", LastModified: now().Add(-time.Hour)})
		}
		return page
	}
	a, b := scope().In("a"), scope().In("b")
	tags := map[sources.FunctionID]map[string]string{a: {"team": "x"}}
	f.ApplyTags(scope(), tags, nil, now()) // before any function is known
	f.ApplyFunctions(scope(), listing("a", "b"), now())
	s := publish(f)
	if !s.Get(a).Tagged || s.Get(a).Config.Tags["team"] != "x" || !s.Get(b).Tagged || s.Get(b).Config.Tags != nil {
		t.Errorf("tags %v %v, %v %v", s.Get(a).Config.Tags, s.Get(a).Tagged, s.Get(b).Config.Tags, s.Get(b).Tagged)
	}
	f.ApplyFunctions(scope(), listing("a", "b"), now())
	f.ApplyTags(scope(), map[sources.FunctionID]map[string]string{a: {"team": "x"}}, nil, now().Add(time.Minute))
	if again := publish(f); again.Get(a) != s.Get(a) || again.Get(b) != s.Get(b) {
		t.Error("the same listing and tags change a function")
	}
	changed := listing("a")
	changed[0].MemoryMB = 512
	f.ApplyFunctions(scope(), changed, now())
	if fn := publish(f).Get(a); fn.Config.MemoryMB != 512 || fn.Config.Tags["team"] != "x" || !fn.Tagged {
		t.Errorf("after a change: %+v", fn.Config)
	}
	fresh := listing("c")
	fresh[0].LastModified = now().Add(time.Hour)
	f.ApplyFunctions(scope(), fresh, now())
	if publish(f).Get(fresh[0].ID).Tagged {
		t.Error("a function that is newer than the tags is taken to have none")
	}
	f.ApplyTags(scope(), map[sources.FunctionID]map[string]string{b: {"team": "y"}}, errors.New("cut short"), now())
	if s := publish(f); s.Get(a).Config.Tags["team"] != "x" || s.Get(b).Config.Tags["team"] != "y" || s.Get(fresh[0].ID).Tagged {
		t.Error("a reading that was cut short is taken for all")
	}
	f.ApplyTags(scope(), nil, nil, now())
	if fn := publish(f).Get(a); !fn.Tagged || len(fn.Config.Tags) != 0 {
		t.Errorf("tags that were taken away stay: %v", fn.Config.Tags)
	}
}

func TestTriggersOfBothWays(t *testing.T) {
	f, ids := newFleet(2)
	sqs := sources.Trigger{Function: ids[0], Kind: sources.TriggerSQS, ID: "u", State: "Enabled"}
	s3 := sources.Trigger{Function: ids[0], Kind: sources.TriggerS3, ID: "s", Permitted: true}
	kinds := func() (all []sources.TriggerKind) {
		for _, tr := range publish(f).Get(ids[0]).Triggers {
			all = append(all, tr.Kind)
		}
		return all
	}
	late := scope().In("late")
	f.ApplyTriggers(ids[0], []sources.Trigger{s3}, errors.New("part of it"), now())
	f.ApplyEventSources(scope(), []sources.Trigger{sqs, {Function: late, Kind: sources.TriggerKinesis, ID: "k"}}, nil, now())
	if got := kinds(); !slices.Equal(got, []sources.TriggerKind{sources.TriggerS3, sources.TriggerSQS}) {
		t.Errorf("triggers %v", got)
	}
	f.ApplyTriggers(ids[0], []sources.Trigger{s3}, nil, now())
	f.ApplyTriggers(ids[0], nil, errors.New("denied meanwhile"), now())
	f.ApplyEventSources(scope(), nil, errors.New("denied meanwhile"), now())
	if got := kinds(); len(got) != 2 || publish(f).Get(ids[0]).Triggered.Err == nil {
		t.Errorf("after failures there are %v", got)
	}
	f.ApplyFunctions(scope(), []sources.Function{{ID: late}}, now())
	if fn := publish(f).Get(late); len(fn.Triggers) != 1 || !fn.Mapped {
		t.Errorf("a function listed later has %v", fn.Triggers)
	}
	sqs.State = "Disabled"
	f.ApplyEventSources(scope(), []sources.Trigger{sqs}, nil, now())
	if fn := publish(f).Get(ids[0]); fn.Triggers[1].State != "Disabled" {
		t.Errorf("the mapping is %+v", fn.Triggers[1])
	}
	if fn := publish(f).Get(late); len(fn.Triggers) != 0 {
		t.Errorf("a mapping that is gone stays: %v", fn.Triggers)
	}
}

// TestTwoWeeksFitIntoASeries fills the series of the windows there are, and of
// one of the past that no long period divides.
func TestTwoWeeksFitIntoASeries(t *testing.T) {
	until := now().Truncate(time.Minute)
	for _, w := range []sources.Window{
		{Since: 3 * time.Hour},
		{Since: 48 * time.Hour},
		{Since: 14 * 24 * time.Hour},
		{Since: 14*24*time.Hour - 7*time.Minute, Until: until},
		{Since: 2881 * time.Minute, Until: until},
	} {
		f, ids := newFleet(1)
		f.SetWindows([]sources.Window{w}, now())
		period := poll.RowPeriod(w)
		start, end := poll.SeriesSpan(w, now())
		r := request(ids[0], sources.MetricInvocations, []sources.Stat{sources.StatSum}, start, end, false)
		r.Metrics.Queries[0].Period = period
		var points []sources.Point
		for at := start; at.Before(end); at = at.Add(period) {
			points = append(points, sources.Point{Time: at, Value: 1})
		}
		f.ApplyMetrics(r, []sources.MetricResult{{Stat: sources.StatSum, Points: points}}, nil, nil, now())
		if n, ok := publish(f).Get(ids[0]).Row(w).Invocations.Get(); !ok || n != int64(len(points)) {
			t.Errorf("%v: %d invocations (%v) of %d points", w, n, ok, len(points))
		}
	}
}

func TestAssembledSnapshotsListChanges(t *testing.T) {
	a, b := scope().In("a"), scope().In("b")
	s := Assemble(Snapshot{}, []*Function{
		{ID: a, Changes: []sources.Change{change(a, 1), change(a, 3)}}, {ID: b, Changes: []sources.Change{change(b, 2)}},
	}, nil, nil)
	if got := s.Changes(); len(got) != 3 || got[0] != change(a, 1) || got[1] != change(b, 2) {
		t.Errorf("changes %+v", got)
	}
}

func BenchmarkApplyChangesAgain(b *testing.B) {
	f, ids := newFleet(10_000)
	var page []sources.Change
	for n := range maxChanges {
		page = append(page, change(ids[n%len(ids)], n))
	}
	f.ApplyChanges(page)
	for b.Loop() {
		f.ApplyChanges(page[:50])
		f.EndChanges(scope(), now().Add(-time.Hour), now(), nil, now())
	}
}
