package poll

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"fntop/sources"
)

// cloud is a pretend fleet that answers every request at once.
type cloud struct {
	scopes     []sources.Scope
	ids        []sources.FunctionID
	unreadable map[sources.FunctionID]bool
	active     map[sources.FunctionID]bool // nil: the cloud cannot tell
	tailing    bool
	failing    bool // its errors have risen
}

func (c *cloud) Scopes() []sources.Scope                                  { return c.scopes }
func (c *cloud) TellsActivity(sources.Scope) bool                         { return c.active != nil }
func (c *cloud) Reads(sources.Scope, Kind) bool                           { return true }
func (c *cloud) Ranks(sources.Scope) bool                                 { return true }
func (c *cloud) ErrorsRose(sources.Scope, sources.Window, time.Time) bool { return c.failing }
func (c *cloud) Tailing(sources.FunctionID) bool                          { return c.tailing }
func (c *cloud) TailSessions() int {
	if c.tailing {
		return 1
	}
	return 0
}
func (c *cloud) Listed(sources.Scope) int                   { return len(c.ids) }
func (c *cloud) Reader(id sources.FunctionID) sources.Scope { return id.Scope() }
func (c *cloud) Active(id sources.FunctionID) (active, known bool) {
	active, known = c.active[id]
	return active, known
}
func (c *cloud) Functions() []sources.FunctionID          { return c.ids }
func (c *cloud) Readable(id sources.FunctionID) bool      { return !c.unreadable[id] }
func (c *cloud) ColdFrom(sources.FunctionID) time.Time    { return time.Unix(0, 0) }
func (c *cloud) Timeout(sources.FunctionID) time.Duration { return 0 }

func newCloud(functions int) *cloud {
	scope := sources.Scope{Cloud: sources.AWS, Account: "123456789012", Region: "us-east-1"}
	c := &cloud{scopes: []sources.Scope{scope}}
	for i := range functions {
		c.ids = append(c.ids, scope.In(fmt.Sprintf("fn-%05d", i)))
	}
	return c
}

func start() time.Time { return time.Date(2026, 11, 23, 9, 0, 17, 0, time.UTC) }

func answerAll(t *testing.T, led *Ledger, plan Plan, now time.Time) {
	t.Helper()
	for _, r := range plan.Requests {
		led.Sent(r, now)
		led.Answered(r, Result{}, now)
	}
}

func hourDemand(rows []sources.FunctionID) Demand {
	return Demand{Catalogue: true, Window: sources.Window{Since: time.Hour}, Rows: rows}
}

func TestVisibleRowsComeFirst(t *testing.T) {
	c := newCloud(1000)
	d := hourDemand(c.ids[500:530])
	d.AllRows = true
	plan := Make(start(), []Demand{d}, NewLedger(), c, Budget{})
	first := plan.Requests[0]
	if first.Kind != Metrics {
		t.Fatalf("first request is %v, want metrics", first.Kind)
	}
	if got, want := first.Metrics.Queries[0].Function, c.ids[500]; got != want {
		t.Errorf("first query is for %v, want the top row %v", got, want)
	}
	seen := map[sources.FunctionID]bool{}
	background := false
	for _, r := range plan.Requests {
		n := 0
		for _, q := range r.Metrics.Queries {
			n += len(q.Stats)
			visible := q.Function.Name >= "fn-00500" && q.Function.Name < "fn-00530"
			background = background || !visible
			if visible && background {
				t.Fatalf("visible %s asked after background", q.Function.Name)
			}
			seen[q.Function] = true
		}
		if n > maxQueries {
			t.Errorf("a request of %d statistics, most is %d", n, maxQueries)
		}
	}
	if len(seen) != 1000 {
		t.Errorf("%d functions asked about, want 1000", len(seen))
	}
}

func TestTwoViewersPayForOne(t *testing.T) {
	c := newCloud(50)
	d := hourDemand(c.ids[:30])
	one := Make(start(), []Demand{d}, NewLedger(), c, Budget{})
	two := Make(start(), []Demand{d, d}, NewLedger(), c, Budget{})
	if len(one.Requests) != len(two.Requests) || billed(one) != billed(two) {
		t.Errorf("two viewers of the same rows: %d requests, %d metrics; one viewer: %d, %d",
			len(two.Requests), billed(two), len(one.Requests), billed(one))
	}
}

func billed(p Plan) int {
	n := 0
	for _, r := range p.Requests {
		n += r.Billed
	}
	return n
}

// TestNothingFinalIsAskedTwice runs eight hours of the functions view.
func TestNothingFinalIsAskedTwice(t *testing.T) {
	c := newCloud(200)
	led := NewLedger()
	rows := c.ids[:30]
	final := map[string]time.Time{} // series → final until
	fresh := map[sources.FunctionID]time.Time{}
	worst := time.Duration(0)
	total := 0
	for now, end := start(), start().Add(8*time.Hour); now.Before(end); now = now.Add(time.Second) {
		plan := Make(now, []Demand{hourDemand(rows)}, led, c, Budget{})
		total += billed(plan)
		for _, r := range plan.Requests {
			if r.Kind != Metrics {
				continue
			}
			for _, q := range r.Metrics.Queries {
				fresh[q.Function] = now
				if r.Whole {
					continue
				}
				key := fmt.Sprint(q.Function, q.Metric, q.Period)
				if r.Metrics.Start.Before(final[key]) {
					t.Fatalf("%s: asked from %v at %v, final until %v", key, r.Metrics.Start, now, final[key])
				}
				final[key] = finalUntil(r.Metrics.Start, r.Metrics.End, q.Period, now)
			}
		}
		answerAll(t, led, plan, now)
		for _, id := range rows {
			if asked, ok := fresh[id]; ok {
				worst = max(worst, now.Sub(asked))
			}
		}
	}
	if worst > 75*time.Second {
		t.Errorf("a visible row was %v old", worst)
	}
	naive := 8 * 60 * 200 * 5
	if total*6 > naive {
		t.Errorf("asked for %d metrics, a naive poller for %d", total, naive)
	}
}

func TestFailuresBackOff(t *testing.T) {
	for _, tc := range []struct {
		kind sources.Kind
		most int // requests in ten minutes
	}{
		{sources.Throttled, 20},
		{sources.Denied, 21},
		{sources.Unreachable, 20},
	} {
		t.Run(tc.kind.String(), func(t *testing.T) {
			c := newCloud(1)
			led := NewLedger()
			d := Demand{Focus: []Focus{{Function: c.ids[0], Invocations: true, Window: sources.Window{Since: time.Hour}}}}
			asked := 0
			for i := range 600 {
				now := start().Add(time.Duration(i) * time.Second)
				for _, r := range Make(now, []Demand{d}, led, c, Budget{}).Requests {
					asked++
					led.Sent(r, now)
					led.Answered(r, Result{Err: &sources.Error{Kind: tc.kind, Err: errors.New("no")}}, now)
				}
			}
			if asked == 0 || asked > tc.most {
				t.Errorf("asked %d times in ten minutes, want 1 to %d", asked, tc.most)
			}
		})
	}
}

func TestCancelledIsAskedAgain(t *testing.T) {
	c := newCloud(1)
	led := NewLedger()
	d := hourDemand(c.ids)
	plan := Make(start(), []Demand{d}, led, c, Budget{})
	for _, r := range plan.Requests {
		led.Sent(r, start())
		unanswered := map[int]bool{}
		for i := range r.Metrics.Queries {
			unanswered[i] = true
		}
		led.Answered(r, Result{Err: &sources.Error{Kind: sources.Cancelled}, Unanswered: unanswered}, start())
	}
	again := Make(start().Add(time.Second), []Demand{d}, led, c, Budget{})
	if len(again.Requests) != len(plan.Requests) {
		t.Errorf("%d requests after cancelling, want all %d again", len(again.Requests), len(plan.Requests))
	}
	if again.Pending == 0 {
		t.Error("nothing is pending although nothing was answered")
	}
}

func TestPartialAnswersStand(t *testing.T) {
	c := newCloud(2)
	led := NewLedger()
	d := hourDemand(c.ids)
	plan := Make(start(), []Demand{d}, led, c, Budget{})
	for _, r := range plan.Requests {
		led.Sent(r, start())
		res := Result{Unanswered: map[int]bool{}}
		for i, q := range r.Metrics.Queries {
			if q.Function == c.ids[1] {
				res.Unanswered[i] = true
			}
		}
		led.Answered(r, res, start())
	}
	now := start().Add(10 * time.Second)
	for _, r := range Make(now, []Demand{d}, led, c, Budget{}).Requests {
		for _, q := range r.Metrics.Queries {
			if q.Function != c.ids[1] {
				t.Errorf("%v was answered and is asked again after ten seconds", q.Function)
			}
		}
	}
}

func TestFixedWindowIsAskedOnce(t *testing.T) {
	c := newCloud(3)
	led := NewLedger()
	w := sources.Window{Since: 2 * time.Hour, Until: start().Add(-time.Hour)}
	d := Demand{Window: w, Rows: c.ids, Concurrency: true, Focus: []Focus{{Function: c.ids[0], Invocations: true, Window: w}}}
	now := start()
	first := Make(now, []Demand{d}, led, c, Budget{})
	if first.Pending == 0 {
		t.Error("nothing pending before the first answer")
	}
	answerAll(t, led, first, now)
	for i := range 100 {
		now = now.Add(time.Minute)
		plan := Make(now, []Demand{d}, led, c, Budget{})
		if len(plan.Requests) > 0 || plan.Pending > 0 {
			t.Fatalf("minute %d: %d requests (%v), %d pending; a window of the past is read once", i, len(plan.Requests), plan.Requests[0].Kind, plan.Pending)
		}
	}
	for _, r := range first.Requests {
		if r.Kind == Metrics && (!r.Metrics.Start.Equal(time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)) || !r.Metrics.End.Equal(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))) {
			t.Errorf("asked for %v to %v", r.Metrics.Start, r.Metrics.End)
		}
	}
}

func TestBudget(t *testing.T) {
	c := newCloud(100)
	d := hourDemand(c.ids)
	free := Make(start(), []Demand{d}, NewLedger(), c, Budget{Free: true})
	for _, r := range free.Requests {
		if r.Billed > 0 || r.Kind == Metrics {
			t.Errorf("a free plan asks for %v", r.Kind)
		}
	}
	if free.OverBudget == 0 {
		t.Error("nothing was left out although metrics cost money")
	}
	limited := Make(start(), []Demand{d}, NewLedger(), c, Budget{Limited: true, Left: 17})
	if got := billed(limited); got > 17 {
		t.Errorf("%d metrics with 17 left", got)
	}
	if limited.OverBudget == 0 {
		t.Error("nothing was left out")
	}
}

// TestThePlanCountsWhatItAsksFor checks the price of an hour: of asking which
// functions live too, and never more than a budget lets through.
func TestThePlanCountsWhatItAsksFor(t *testing.T) {
	c := newCloud(100)
	c.active = map[sources.FunctionID]bool{}
	d := Demand{Catalogue: true, AllRows: true, Window: sources.Window{Since: time.Hour}}
	quiet := Make(start(), []Demand{d}, NewLedger(), c, Budget{})
	if want := float64(time.Hour / activityEvery); quiet.PerHour != want {
		t.Errorf("an hour of asking who lives is planned to cost %v metrics, want %v", quiet.PerHour, want)
	}
	d.Totals, d.Rows = true, c.ids
	if held := Make(start(), []Demand{d}, NewLedger(), c, Budget{Limited: true, Left: 100, PerMinute: 2}); held.PerHour > 120 || held.PerHour == 0 {
		t.Errorf("%v metrics an hour are planned of 120", held.PerHour)
	}
}

func TestWantedFollowsDemand(t *testing.T) {
	c := newCloud(2)
	d := Demand{Focus: []Focus{{Function: c.ids[0], Invocations: true, Window: sources.Window{Since: time.Hour}}}}
	r := Request{Kind: Invocations, Function: c.ids[0]}
	if !Wanted(r, []Demand{{}, d}) {
		t.Error("the log of the function in focus is not wanted")
	}
	if Wanted(r, []Demand{hourDemand(c.ids)}) {
		t.Error("the log of a row is wanted though nobody has it open")
	}
}

func TestUnseenIsAThirdOfThePace(t *testing.T) {
	count := func(unseen bool) int {
		c := newCloud(1)
		led := NewLedger()
		d := Demand{Unseen: unseen, Focus: []Focus{{Function: c.ids[0], Invocations: true, Window: sources.Window{Since: time.Hour}}}}
		n := 0
		for i := range 600 {
			now := start().Add(time.Duration(i) * time.Second)
			plan := Make(now, []Demand{d}, led, c, Budget{})
			n += len(plan.Requests)
			answerAll(t, led, plan, now)
		}
		return n
	}
	seen, unseen := count(false), count(true)
	if unseen*5/2 > seen || unseen*7/2 < seen {
		t.Errorf("%d requests seen, %d unseen, want about a third", seen, unseen)
	}
}

func BenchmarkMake(b *testing.B) {
	c := newCloud(10_000)
	led := NewLedger()
	d := hourDemand(c.ids[:30])
	d.AllRows = true
	now := start()
	plan := Make(now, []Demand{d}, led, c, Budget{})
	for _, r := range plan.Requests {
		led.Sent(r, now)
		led.Answered(r, Result{}, now)
	}
	led.Planned(Make(now.Add(time.Second), []Demand{d}, led, c, Budget{}))
	for b.Loop() {
		Make(now.Add(time.Second), []Demand{d}, led, c, Budget{})
	}
}

func TestRefreshAsksForTheScreenOnly(t *testing.T) {
	c := newCloud(1000)
	led := NewLedger()
	d := hourDemand(c.ids[:30])
	d.AllRows = true
	answerAll(t, led, Make(start(), []Demand{d}, led, c, Budget{}), start())
	now := start().Add(10 * time.Second)
	if again := Make(now, []Demand{d}, led, c, Budget{}); len(again.Requests) != 0 {
		t.Fatalf("%d requests ten seconds later", len(again.Requests))
	}
	led.Refresh([]Demand{d})
	asked := 0
	for _, r := range Make(now, []Demand{d}, led, c, Budget{}).Requests {
		for _, q := range r.Metrics.Queries {
			asked++
			if q.Function.Name >= "fn-00030" {
				t.Fatalf("%s is not on the screen and is asked for", q.Function.Name)
			}
		}
	}
	if asked != 30*4 {
		t.Errorf("%d queries, want four for each of 30 rows", asked)
	}
}
