package poll

import (
	"testing"
	"time"

	"fntop/sources"
)

// requests of a kind in a plan.
func requests(p Plan, k Kind) (all []Request) {
	for _, r := range p.Requests {
		if r.Kind == k {
			all = append(all, r)
		}
	}
	return all
}

// TestChangesAreReadOnceAndAgainWhatIsLate follows a day of changes and checks
// each span that is asked for.
func TestChangesAreReadOnceAndAgainWhatIsLate(t *testing.T) {
	c, led := newCloud(3), NewLedger()
	d := Demand{Changes: true, Window: sources.Window{Since: time.Hour}}
	first := true
	asked := 0
	for now := start(); now.Before(start().Add(24 * time.Hour)); now = now.Add(15 * time.Second) {
		plan := Make(now, []Demand{d}, led, c, Budget{Free: true})
		for _, r := range requests(plan, Changes) {
			asked++
			if want := map[bool]time.Duration{true: time.Hour, false: changesLate}[first]; r.End.Sub(r.Start) < want || r.End.Sub(r.Start) > want+2*changesEvery {
				t.Fatalf("at %v asked for %v to %v", now, r.Start, r.End)
			}
			first = false
		}
		answerAll(t, led, plan, now)
	}
	if most := int(24 * time.Hour / changesEvery); asked > most+1 || asked < most*9/10 {
		t.Errorf("asked %d times in a day, want about %d", asked, most)
	}
}

func TestChangesOfAPastWindowAreReadOnce(t *testing.T) {
	c, led := newCloud(3), NewLedger()
	until := start().Add(-48 * time.Hour)
	d := Demand{Changes: true, Window: sources.Window{Since: 2 * time.Hour, Until: until}}
	var spans [][2]time.Time
	for now := start(); now.Before(start().Add(time.Hour)); now = now.Add(time.Minute) {
		plan := Make(now, []Demand{d}, led, c, Budget{})
		for _, r := range requests(plan, Changes) {
			spans = append(spans, [2]time.Time{r.Start, r.End})
		}
		answerAll(t, led, plan, now)
	}
	if len(spans) != 1 || !spans[0][1].Equal(until) || until.Sub(spans[0][0]) < 2*time.Hour {
		t.Errorf("asked for %v, want two hours up to %v once", spans, until)
	}
}

// TestAnEndlessHistoryIsLeft has a call's bound cut every reading short after a
// minute of history.
func TestAnEndlessHistoryIsLeft(t *testing.T) {
	c, led := newCloud(3), NewLedger()
	d := Demand{Changes: true, Window: sources.Window{Since: 200 * 24 * time.Hour}}
	slices, fresh := 0, 0
	var plan Plan
	for now := start(); now.Before(start().Add(2 * time.Hour)); now = now.Add(5 * time.Second) {
		plan = Make(now, []Demand{d}, led, c, Budget{})
		for _, r := range plan.Requests {
			if r.Kind != Changes {
				continue
			}
			res := Result{}
			if r.End.Sub(r.Start) > time.Hour {
				res.Oldest = r.End.Add(-time.Minute)
			}
			switch r.For {
			case ForHistory:
				slices++
				if now.Sub(r.Start) > changesKept+time.Second || r.Urgency() != sources.Background {
					t.Fatalf("a slice of %v to %v at urgency %v", r.Start, r.End, r.Urgency())
				}
			default:
				fresh++
			}
			led.Sent(r, now)
			led.Answered(r, res, now)
		}
	}
	if slices != historySlices || plan.Pending != 0 {
		t.Errorf("%d slices, want %d; %d pending", slices, historySlices, plan.Pending)
	}
	if least := int(2*time.Hour/changesEvery) - 5; fresh < least {
		t.Errorf("what is new was asked for %d times meanwhile, want %d", fresh, least)
	}
}

// TestLongWindowsHaveFewPoints asks for the period of windows up to two weeks:
// the points fit the window, there are few of them, and CloudWatch has them.
func TestLongWindowsHaveFewPoints(t *testing.T) {
	now := start()
	for minutes := 1; minutes <= 14*24*60; minutes++ {
		for _, until := range []time.Time{{}, now.Add(-time.Hour)} {
			w := sources.Window{Since: time.Duration(minutes) * time.Minute, Until: until}
			period := RowPeriod(w)
			from, to := SeriesSpan(w, now)
			begin, end := w.At(now)
			if points := to.Sub(from) / period; points > mostPoints || period < time.Minute || period%time.Minute != 0 || period > ChartPeriod(w.Since) {
				t.Fatalf("%v until %v: %d points of %v", w.Since, until, points, period)
			}
			if !until.IsZero() && to.Sub(from)%period != 0 || from.After(begin) || begin.Sub(from) >= period || to != end {
				t.Fatalf("%v until %v: %v to %v at %v", w.Since, until, from, to, period)
			}
		}
	}
	for window, want := range map[time.Duration]time.Duration{
		time.Hour: time.Minute, 3 * time.Hour: time.Minute, 24 * time.Hour: 5 * time.Minute, 14 * 24 * time.Hour: time.Hour,
	} {
		if got := RowPeriod(sources.Window{Since: window}); got != want {
			t.Errorf("%v has points of %v, want %v", window, got, want)
		}
	}
}

// TestAnEarlierWindowIsPlannedOnce moves a window on for a day and counts how
// often each minute of the day before is asked for.
func TestAnEarlierWindowIsPlannedOnce(t *testing.T) {
	for _, c := range []struct{ window, before time.Duration }{
		{time.Hour, 24 * time.Hour}, {24 * time.Hour, 7 * 24 * time.Hour}, {14 * 24 * time.Hour, 14 * 24 * time.Hour}, {15 * time.Minute, 15 * time.Minute},
	} {
		fleet, led := newCloud(1), NewLedger()
		w := sources.Window{Since: c.window}
		d := Demand{Focus: []Focus{{Function: fleet.ids[0], Charts: true, Window: w, Before: c.before}}}
		times, requests := make(map[time.Time]int), 0
		for now := start(); now.Before(start().Add(24 * time.Hour)); now = now.Add(30 * time.Second) {
			plan := Make(now, []Demand{d}, led, fleet, Budget{})
			for _, r := range plan.Requests {
				if r.Before == 0 {
					continue
				}
				requests++
				if r.Before != c.before || r.Metrics.End.After(now.Add(-settle)) || r.Metrics.Start.Truncate(RowPeriod(w)) != r.Metrics.Start {
					t.Fatalf("%v before %v at %v: %+v", c.window, c.before, now, r.Metrics)
				}
				for at := r.Metrics.Start; at.Before(r.Metrics.End); at = at.Add(RowPeriod(w)) {
					times[at]++
				}
			}
			answerAll(t, led, plan, now)
			from, to := SeriesSpan(w, now)
			if at := from.Add(-c.before).Truncate(RowPeriod(w)); times[at] == 0 || times[to.Add(-c.before-RowPeriod(w)).Truncate(RowPeriod(w))] == 0 {
				t.Fatalf("%v before %v: at %v not all has been asked for", c.window, c.before, now)
			}
		}
		for at, n := range times {
			if n > 1 {
				t.Fatalf("%v before %v: %v was asked for %d times", c.window, c.before, at, n)
			}
		}
		if most := int(24*time.Hour/min(c.window, aheadMost))*2 + 3; requests > most {
			t.Errorf("%v before %v: %d requests in a day, want at most %d", c.window, c.before, requests, most)
		}
	}
}

// TestBeforeAFixedWindow is asked for once, and before so short a time that it
// is not final yet no faster than anything else.
func TestBeforeAFixedWindow(t *testing.T) {
	for _, c := range []struct {
		w      sources.Window
		before time.Duration
		least  int
		most   int
	}{
		{sources.Window{Since: time.Hour, Until: start().Add(-time.Hour)}, time.Hour, 1, 1},
		{sources.Window{Since: time.Hour}, time.Minute, 25, 31},
	} {
		fleet, led := newCloud(1), NewLedger()
		d := Demand{Focus: []Focus{{Function: fleet.ids[0], Charts: true, Window: c.w, Before: c.before}}}
		asked := 0
		for now := start(); now.Before(start().Add(30 * time.Minute)); now = now.Add(5 * time.Second) {
			plan := Make(now, []Demand{d}, led, fleet, Budget{})
			for _, r := range plan.Requests {
				if r.Before > 0 {
					asked++
				}
			}
			answerAll(t, led, plan, now)
		}
		if asked < c.least || asked > c.most {
			t.Errorf("%v before %v: asked %d times in half an hour, want %d to %d", c.before, c.w, asked, c.least, c.most)
		}
	}
	fleet := newCloud(1)
	d := Demand{Focus: []Focus{{Function: fleet.ids[0], Charts: true, Window: sources.Window{Since: time.Hour}, Before: time.Hour}}}
	if plan := Make(start(), []Demand{d}, NewLedger(), fleet, Budget{Free: true}); len(plan.Requests) != 0 || plan.Pending != 0 || plan.OverBudget != 10 {
		t.Errorf("with nothing to spend: %d requests, %d pending, %d over budget", len(plan.Requests), plan.Pending, plan.OverBudget)
	}
}

func TestFactsAreWantedByTheirDemand(t *testing.T) {
	c := newCloud(3)
	w := sources.Window{Since: time.Hour}
	d := Demand{Changes: true, Tags: true, Triggers: true, Window: w, Rows: c.ids[:1], Focus: []Focus{{Function: c.ids[1], Window: w, Limits: true}}}
	plan := Make(start(), []Demand{d, d}, NewLedger(), c, Budget{Free: true})
	counts := make(map[Kind]int)
	for _, r := range plan.Requests {
		counts[r.Kind]++
		if r.Kind < Changes {
			continue
		}
		if !Wanted(r, []Demand{{}, d}) || Wanted(r, []Demand{{Rows: c.ids, Focus: []Focus{{Function: c.ids[1]}}}}) {
			t.Errorf("%v %v: wanted by the wrong demand", r.Kind, r.Function.Name)
		}
		if row := r.For == ForRowTriggers; row != (r.Function == c.ids[0]) || row && r.Urgency() != sources.Background {
			t.Errorf("%v of %v for %v", r.Kind, r.Function.Name, r.For)
		}
	}
	for kind, want := range map[Kind]int{Changes: 1, Tags: 1, EventSources: 1, Triggers: 2, Limits: 1, Concurrency: 1} {
		if counts[kind] != want {
			t.Errorf("%d requests for %v, want %d", counts[kind], kind, want)
		}
	}
}
