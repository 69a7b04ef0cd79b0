package poll

import (
	"errors"
	"testing"
	"time"

	"fntop/sources"
)

// listing is a demand for the traces of a function over a window.
func listing(id sources.FunctionID, w sources.Window) Demand {
	return Demand{Window: w, Focus: []Focus{{Function: id, Window: w, TraceList: true}}}
}

// searching runs the planner for a while and answers each search with what
// answer gives; it gives the searches.
func searching(led *Ledger, c *cloud, from time.Time, last time.Duration, demands []Demand, answer func(Request) Result) (all []Request) {
	for now := from; now.Before(from.Add(last)); now = now.Add(time.Second) {
		for _, r := range requests(Make(now, demands, led, c, Budget{}), TraceList) {
			led.Sent(r, now)
			led.Answered(r, answer(r), now)
			all = append(all, r)
		}
	}
	return all
}

func nothing(Request) Result { return Result{} }

// TestAWindowIsSearchedOnceAndThenWhatIsNew follows an hour for ten minutes:
// every moment is searched, and none much more often than lateness asks for.
func TestAWindowIsSearchedOnceAndThenWhatIsNew(t *testing.T) {
	c := newCloud(2)
	hour := listing(c.ids[0], sources.Window{Since: time.Hour})
	all := searching(NewLedger(), c, start(), 10*time.Minute, []Demand{hour, hour}, nothing)
	if got := all[0]; !got.Anew || got.Function != c.ids[0] || got.For != ForTraces || got.Limit != NewestTraces || got.Urgency() != sources.Focused ||
		got.End.Sub(got.Start) < time.Hour || got.End.Sub(got.Start) > searchFirst {
		t.Errorf("first %+v", got)
	}
	for i, r := range all[1:] {
		if r.Anew || r.Deep || !r.Start.Equal(all[i].End.Add(-searchLate)) || r.End.Sub(all[i].End) != searchEvery {
			t.Errorf("after %v to %v came %v to %v", all[i].Start, all[i].End, r.Start, r.End)
		}
	}
	if len(all) != 20 {
		t.Errorf("%d searches in ten minutes for two viewers, want 20", len(all))
	}
	closed := hour
	closed.Focus = []Focus{{Function: c.ids[0], Window: hour.Window, Charts: true}}
	if more := searching(NewLedger(), c, start(), time.Hour, []Demand{closed}, nothing); len(more) != 0 {
		t.Errorf("%d searches although nobody wants them", len(more))
	}
}

// TestALongWindowIsSearchedFromNewToOld without a gap, in spans that a call may
// have, until there are enough traces.
func TestALongWindowIsSearchedFromNewToOld(t *testing.T) {
	c := newCloud(1)
	week := listing(c.ids[0], sources.Window{Since: 7 * 24 * time.Hour})
	end := start()
	deep := func(all []Request) time.Time {
		t.Helper()
		from := all[0].Start
		for _, r := range all {
			if r.End.Sub(r.Start) > searchSpan {
				t.Errorf("a call for %v", r.End.Sub(r.Start))
			}
			if r.Deep {
				if !r.End.Equal(from) {
					t.Errorf("after %v comes what is before %v", from, r.End)
				}
				from = r.Start
			}
		}
		return from
	}
	from := deep(searching(NewLedger(), c, end, 2*time.Minute, []Demand{week}, nothing))
	if ago := end.Sub(from); ago < 7*24*time.Hour || ago > 7*24*time.Hour+time.Minute {
		t.Errorf("searched %v back", ago)
	}
	few := func(r Request) Result { return Result{Events: 30} }
	all := searching(NewLedger(), c, end, 2*time.Minute, []Demand{week}, few)
	limits := 0
	for _, r := range all {
		if r.Deep {
			limits++
			if r.Limit != NewestTraces-30*limits {
				t.Errorf("slice %d asks for %d traces", limits, r.Limit)
			}
		}
	}
	if limits != 6 { // with the first, 210 traces
		t.Errorf("%d slices for %d traces, 30 in each", limits, NewestTraces)
	}
	cut := func(r Request) Result { return Result{Events: r.Limit, Oldest: r.End.Add(-time.Minute)} }
	for _, r := range searching(NewLedger(), c, end, 2*time.Minute, []Demand{week}, cut) {
		if r.Deep {
			t.Errorf("there are enough, and %v to %v is searched", r.Start, r.End)
		}
	}
	dear := func(Request) Result { return Result{Events: 1, Billed: MostSearched / 3} }
	slices := 0
	for _, r := range searching(NewLedger(), c, end, 2*time.Minute, []Demand{week}, dear) {
		if r.Deep {
			slices++
		}
	}
	if slices != 3 {
		t.Errorf("%d slices, each for a third of what a window may cost", slices)
	}
}

// TestAnotherWindowIsSearched goes through windows as a user does: one that
// is known costs nothing, and one of the past is searched once.
func TestAnotherWindowIsSearched(t *testing.T) {
	c, led := newCloud(1), NewLedger()
	now := start()
	look := func(w sources.Window, want ...func(Request) bool) {
		t.Helper()
		now = now.Add(5 * time.Second)
		all := searching(led, c, now, 20*time.Second, []Demand{listing(c.ids[0], w)}, func(Request) Result { return Result{Events: 1} })
		now = now.Add(20 * time.Second)
		if len(all) != len(want) {
			t.Fatalf("%+v: %d searches, want %d", w, len(all), len(want))
		}
		for i, ok := range want {
			if !ok(all[i]) {
				t.Errorf("%+v: search %d is %+v", w, i, all[i])
			}
		}
	}
	anew := func(r Request) bool { return r.Anew }
	deep := func(r Request) bool { return r.Deep }
	news := func(r Request) bool { return !r.Anew && !r.Deep }
	look(sources.Window{Since: time.Hour}, anew)
	look(sources.Window{Since: 15 * time.Minute}, news)          // half a minute has passed
	look(sources.Window{Since: 3 * time.Hour}, deep, deep, news) // the hours before
	look(sources.Window{Since: time.Hour}, news)                 // is known
	past := sources.Window{Since: time.Hour, Until: start().Add(-24 * time.Hour)}
	look(past, anew)
	look(past)
	within := sources.Window{Since: 15 * time.Minute, Until: past.Until.Add(-20 * time.Minute)}
	look(within)
	look(sources.Window{Since: time.Hour, Until: past.Until.Add(-20 * time.Minute)}, anew)
	look(sources.Window{Since: time.Hour}, anew)
	now = now.Add(7 * time.Hour) // asleep
	look(sources.Window{Since: 24 * time.Hour}, anew, deep, deep, deep, deep, deep, deep)
}

// TestAListCostsWhatItMay: nothing where nothing may be spent, nothing beyond
// the budget, and what is new less often where it is dear.
func TestAListCostsWhatItMay(t *testing.T) {
	c := newCloud(1)
	hour := []Demand{listing(c.ids[0], sources.Window{Since: time.Hour})}
	for name, b := range map[string]Budget{"free": {Free: true}, "spent": {Limited: true, Left: firstSearch - 1, PerMinute: 1}} {
		plan := Make(start(), hour, NewLedger(), c, b)
		if len(requests(plan, TraceList)) != 0 || plan.OverBudget != 1 || plan.Pending != 0 {
			t.Errorf("%s: %d requests, %d over budget, %d pending", name, len(plan.Requests), plan.OverBudget, plan.Pending)
		}
	}
	plan := Make(start(), hour, NewLedger(), c, Budget{Limited: true, Left: firstSearch, PerMinute: 1})
	if got := requests(plan, TraceList); len(got) != 1 || got[0].Billed != firstSearch {
		t.Errorf("with money left: %+v", got)
	}
	led := NewLedger()
	billed := 500.0 // a half cent each
	all := searching(led, c, start(), time.Hour, hour, func(Request) Result { return Result{Billed: billed} })
	if most := hourlySearch/int(billed) + 2; len(all) > most || len(all) < most-3 {
		t.Errorf("%d searches an hour at %v metrics each, want about %d", len(all), billed, most)
	}
	plan = Make(start().Add(time.Hour), hour, led, c, Budget{})
	if plan.PerHour < hourlySearch*0.9 || plan.PerHour > hourlySearch*1.1 {
		t.Errorf("an hour is said to cost %v, want %v", plan.PerHour, hourlySearch)
	}
}

func TestAFailedSearchIsLeftAlone(t *testing.T) {
	c, led := newCloud(1), NewLedger()
	d := []Demand{listing(c.ids[0], sources.Window{Since: 24 * time.Hour})}
	no := &sources.Error{Op: "xray:GetTraceSummaries", Kind: sources.Denied, Err: errors.New("no")}
	all := searching(led, c, start(), time.Hour, d, func(Request) Result { return Result{Err: no} })
	if len(all) < 10 || len(all) > 13 {
		t.Errorf("a call that is denied was made %d times in an hour", len(all))
	}
	for _, r := range all {
		if !r.Anew {
			t.Errorf("nothing is known, and %+v is asked", r)
		}
	}
	// The slice that fails is asked again, and nothing is passed over.
	led = NewLedger()
	failed := false
	var from time.Time
	searching(led, c, start(), 10*time.Minute, d, func(r Request) Result {
		if r.Deep && !failed {
			failed = true
			return Result{Err: &sources.Error{Kind: sources.Throttled}}
		}
		if r.Anew || r.Deep {
			from = r.Start
		}
		return Result{}
	})
	if ago := start().Sub(from); !failed || ago < 24*time.Hour {
		t.Errorf("after a failure %v have been searched", ago)
	}
}

func TestASearchThatIsForgottenBeginsAnew(t *testing.T) {
	c, led := newCloud(1), NewLedger()
	d := []Demand{listing(c.ids[0], sources.Window{Since: time.Hour})}
	searching(led, c, start(), time.Minute, d, nothing)
	led.Forget(nil, nil, nil, c.ids)
	if got := requests(Make(start().Add(time.Minute), d, led, c, Budget{}), TraceList); len(got) != 1 || !got[0].Anew {
		t.Errorf("%+v", got)
	}
	if !Wanted(Request{Kind: TraceList, Function: c.ids[0]}, d) || Wanted(Request{Kind: TraceList, Function: c.ids[0]}, []Demand{hourDemand(c.ids)}) {
		t.Error("wanted by the wrong ones")
	}
}
