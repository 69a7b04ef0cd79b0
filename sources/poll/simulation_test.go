package poll

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/meter"
)

// The prices and quotas that the simulation counts with: one metric of
// GetMetricData, and one call of ListMetrics, cost $0.01 a thousand; 500
// names or 50 functions are a page (CloudWatch pricing and service quotas, Lambda
// quotas, 2026).
const (
	unitUSD      = 0.00001
	callLatency  = 50 * time.Millisecond
	metricCalls  = 500.0
	metricPoints = 180_000.0
	filterCalls  = 25.0
	metricPages  = 25.0
	listPages    = 15.0
)

// simulation runs the planner against a pretend cloud in virtual time: calls
// take their latency and wait for quotas, metrics are answered with what was
// asked for, and nothing sleeps.
type simulation struct {
	t       *testing.T
	cloud   *cloud
	ledger  *Ledger
	demands []Demand
	quota   float64 // share of the documented quotas
	budget  *meter.Budget
	free    bool
	every   time.Duration
	fail    func(r Request, now time.Time) error // nil: all is well

	now     time.Time
	flights []simulated
	free4   map[string]time.Time // when a quota has room again
	touch   map[sources.FunctionID]time.Time

	usd      float64
	requests map[Kind]int
	metrics  int
	ages     []int // seconds that rows were so many seconds old
	cold     []int // the same for cold starts
	coldAt   map[sources.FunctionID]time.Time
	final    map[datapoint]bool
	twice    int
	pace     Pace
	filled   []int // statistics in requests of the rest
}

// grain is the step of virtual time: finer ones find nothing more.
const grain = 100 * time.Millisecond

type simulated struct {
	request Request
	sent    time.Time
	done    time.Time
}

// datapoint is one figure that the cloud sells.
type datapoint struct {
	function sources.FunctionID
	metric   sources.Metric
	stat     sources.Stat
	start    int64
}

func newSimulation(t *testing.T, functions, active int) *simulation {
	t.Helper()
	c := newCloud(functions)
	c.active = make(map[sources.FunctionID]bool, functions)
	for i, id := range c.ids {
		c.active[id] = i%(functions/active) == 0
	}
	s := &simulation{
		t: t, cloud: c, ledger: NewLedger(), quota: 1, now: start(),
		free4: make(map[string]time.Time), requests: make(map[Kind]int),
		touch: make(map[sources.FunctionID]time.Time), coldAt: make(map[sources.FunctionID]time.Time),
		final: make(map[datapoint]bool),
	}
	// The screen shows the busiest thirty.
	d := Demand{Catalogue: true, AllRows: true, Totals: true, Window: sources.Window{Since: time.Hour}}
	for _, id := range c.ids {
		if c.active[id] && len(d.Rows) < 30 {
			d.Rows = append(d.Rows, id)
		}
	}
	s.demands = []Demand{d}
	return s
}

// known is what the cloud tells of idle functions: they have no invocations.
func (c *cloud) Idle(id sources.FunctionID, _ sources.Window) bool {
	active, known := c.active[id]
	return known && !active
}

// run lets a time pass.
func (s *simulation) run(d time.Duration) {
	for end := s.now.Add(d); s.now.Before(end); {
		plan := Make(s.now, s.demands, s.ledger, s.cloud, s.allowed())
		s.ledger.Planned(plan)
		s.pace = plan.Pace
		busy := make(map[Lane]int)
		for _, f := range s.flights {
			busy[f.request.Lane()]++
		}
		for _, r := range plan.Requests {
			if lane := r.Lane(); busy[lane] < lane.Width() {
				busy[lane]++
				s.send(r)
			}
		}
		next := end
		if !plan.Next.IsZero() && plan.Next.Before(next) {
			next = plan.Next
		}
		for _, f := range s.flights {
			if f.done.Before(next) {
				next = f.done
			}
		}
		s.now = later(next, s.now).Truncate(grain).Add(grain)
		s.land()
	}
}

func (s *simulation) allowed() Budget {
	switch {
	case s.free:
		return Budget{Free: true}
	case s.budget == nil:
		return Budget{Every: s.every}
	}
	left := int(s.budget.Left() / unitUSD)
	for _, f := range s.flights {
		left -= f.request.Billed
	}
	return Budget{Limited: true, Left: left, PerMinute: s.budget.Flow() / unitUSD / 60}
}

// take waits for n units of a quota and gives when they are had.
func (s *simulation) take(name string, n, perSecond float64) time.Time {
	from := s.free4[name]
	if from.Before(s.now) {
		from = s.now
	}
	from = from.Add(time.Duration(n / (perSecond * s.quota) * float64(time.Second)))
	s.free4[name] = from
	return from
}

func (s *simulation) send(r Request) {
	s.ledger.Sent(r, s.now)
	s.requests[r.Kind]++
	var at time.Time
	usd := 0.0
	switch r.Kind {
	case Metrics:
		points := 0.0
		stats := 0
		for _, q := range r.Metrics.Queries {
			points += float64(len(q.Stats)) * float64(max(r.Metrics.End.Sub(r.Metrics.Start)/q.Period, 1))
			stats += len(q.Stats)
			s.sell(r, q)
		}
		if stats > maxQueries {
			s.t.Errorf("a request of %d statistics, most is %d", stats, maxQueries)
		}
		if r.For == ForRest {
			s.filled = append(s.filled, stats)
		}
		at = s.take("points", points, metricPoints)
		if calls := s.take("metrics", 1, metricCalls); calls.After(at) {
			at = calls
		}
		usd = float64(r.Billed) * unitUSD
		s.metrics += r.Billed
	case Activity:
		pages := float64(len(s.cloud.ids)/500 + 1)
		at, usd = s.take("pages", pages, metricPages), pages*unitUSD
	case Catalogue:
		at = s.take("list", float64(len(s.cloud.ids)/50+1), listPages)
	default:
		at = s.take("filter", 1, filterCalls)
	}
	s.usd += usd
	if s.budget != nil {
		s.budget.Spend(usd)
	}
	s.flights = append(s.flights, simulated{r, s.now, at.Add(callLatency)})
}

// sell notes which datapoints a query asks for, and whether one of them was
// final when it was asked for before.
func (s *simulation) sell(r Request, q sources.MetricQuery) {
	if r.Whole {
		return // each is over a window of its own
	}
	for at := r.Metrics.Start; at.Before(r.Metrics.End); at = at.Add(q.Period) {
		for _, stat := range q.Stats {
			p := datapoint{q.Function, q.Metric, stat, at.Unix()}
			if s.final[p] {
				s.twice++
			}
			if s.fail == nil && !at.Add(q.Period).Add(settle).Add(s.cloud.Timeout(q.Function)).After(s.now) {
				s.final[p] = true
			}
		}
	}
}

// land answers the calls that are over by now.
func (s *simulation) land() {
	slices.SortStableFunc(s.flights, func(a, b simulated) int { return a.done.Compare(b.done) })
	for len(s.flights) > 0 && !s.flights[0].done.After(s.now) {
		f := s.flights[0]
		s.flights = s.flights[1:]
		res := Result{}
		if s.fail != nil {
			if err := s.fail(f.request, s.now); err != nil {
				res.Err, res.Unanswered = err, make(map[int]bool)
				for i := range f.request.Metrics.Queries {
					res.Unanswered[i] = true
				}
			}
		}
		s.ledger.Answered(f.request, res, s.now)
		if res.Err != nil {
			continue
		}
		switch {
		case f.request.Kind == Cold:
			age(&s.cold, s.coldAt, f.request.Function, s.now)
		case f.request.For == ForRows:
			for _, q := range f.request.Metrics.Queries {
				if q.Metric == sources.MetricInvocations {
					age(&s.ages, s.touch, q.Function, s.now)
				}
			}
		}
	}
}

// age counts the seconds since the last answer about the function.
func age(ages *[]int, last map[sources.FunctionID]time.Time, id sources.FunctionID, now time.Time) {
	if at, ok := last[id]; ok {
		seconds := int(now.Sub(at) / time.Second)
		for len(*ages) <= seconds {
			*ages = append(*ages, 0)
		}
		for i := range seconds {
			(*ages)[i]++
		}
	}
	last[id] = now
}

// p99 is the age that rows were younger than in 99 of 100 seconds.
func p99(ages []int) time.Duration {
	all := 0
	for _, n := range ages {
		all += n
	}
	sum := 0
	for i, n := range ages {
		if sum += n; sum*100 >= all*99 {
			return time.Duration(i+1) * time.Second
		}
	}
	return 0
}

// naiveUSD is what polling five metrics of every function each minute costs.
func naiveUSD(functions int, over time.Duration) float64 {
	perMinute := 0
	for range functions {
		perMinute += len([]string{"Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"})
	}
	return float64(perMinute) * over.Minutes() * unitUSD
}

// TestEightHoursOfTheFunctionsView lets the functions view stand open for a
// working day in virtual time, on fleets of several sizes, under small quotas
// and budgets (the largest for a part of it, in which all that is rare has come
// several times), and holds dollars, ages and repeated purchases against what fntop
// promises.
func TestEightHoursOfTheFunctionsView(t *testing.T) {
	for _, tc := range []struct {
		name              string
		hours             int // 8 when 0
		functions, active int
		quota, budget     float64
		free              bool
		share             float64 // of the naive poller's bill, at most
		age               time.Duration
		cold              time.Duration
	}{
		{name: "1,000 functions, 200 active", functions: 1000, active: 200, quota: 1, share: 1. / 20, age: 75 * time.Second, cold: 15 * time.Second},
		{name: "10,000 functions, 2,000 active", hours: 3, functions: 10_000, active: 2000, quota: 1, share: 1. / 20, age: 75 * time.Second, cold: 15 * time.Second},
		{name: "all of 1,000 active", functions: 1000, active: 1000, quota: 1, share: 1. / 20, age: 75 * time.Second, cold: 15 * time.Second},
		{name: "all of 10,000 active", hours: 3, functions: 10_000, active: 10_000, quota: 1, share: 1. / 20, age: 75 * time.Second, cold: 15 * time.Second},
		{name: "a tenth of the quotas", functions: 1000, active: 200, quota: 0.1, share: 1. / 20, age: 75 * time.Second, cold: 20 * time.Second},
		{name: "a tenth of the quotas, 10,000 functions", hours: 3, functions: 10_000, active: 2000, quota: 0.1, share: 1. / 20, age: 75 * time.Second, cold: 20 * time.Second},
		{name: "5 cents an hour", functions: 1000, active: 200, quota: 1, budget: 0.05, share: 0.05 / 3, age: 130 * time.Second, cold: 15 * time.Second},
		{name: "5 cents an hour, 10,000 functions", hours: 3, functions: 10_000, active: 2000, quota: 1, budget: 0.05, share: 0.005 / 3, age: 130 * time.Second, cold: 15 * time.Second},
		{name: "free", functions: 1000, active: 200, quota: 1, free: true, share: 0, cold: 15 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			open := time.Duration(cmp.Or(tc.hours, 8)) * time.Hour
			if raceOn {
				open = time.Hour
			}
			s := newSimulation(t, tc.functions, tc.active)
			s.quota, s.free = tc.quota, tc.free
			if tc.budget > 0 {
				s.budget = meter.NewBudget(meter.Limit{Limited: true, USDPerHour: tc.budget}, func() time.Time { return s.now })
			}
			s.run(open)
			naive := naiveUSD(tc.functions, open)
			slices.Sort(s.filled)
			t.Logf("$%.3f in %v ($%.2f a month of it), naive $%.2f: 1/%.0f; rows %v old at p99, cold starts %v; %d metrics; calls %v; pace %+v; median request of the rest %d statistics",
				s.usd, open, s.usd/open.Hours()*730, naive, naive/max(s.usd, 1e-9), p99(s.ages), p99(s.cold), s.metrics, counts(s.requests), s.pace, s.filled[len(s.filled)/2:][:min(1, len(s.filled))])
			if s.usd > naive*tc.share {
				t.Errorf("$%.3f, want at most $%.3f", s.usd, naive*tc.share)
			}
			if tc.budget > 0 && s.usd > tc.budget*open.Hours() {
				t.Errorf("$%.3f on a budget of $%.3f", s.usd, tc.budget*open.Hours())
			}
			if !tc.free && (len(s.ages) == 0 || p99(s.ages) > tc.age) {
				t.Errorf("rows are %v old at p99, want at most %v", p99(s.ages), tc.age)
			}
			if p99(s.cold) > tc.cold {
				t.Errorf("cold starts are %v old at p99, want at most %v", p99(s.cold), tc.cold)
			}
			if s.twice > 0 {
				t.Errorf("%d datapoints were bought again although they were final", s.twice)
			}
			for _, id := range s.demands[0].Rows {
				if at := s.coldAt[id]; s.now.Sub(at) > time.Minute {
					t.Errorf("cold starts of %s were read last at %v", id.Name, at)
				}
				if at := s.touch[id]; !tc.free && s.now.Sub(at) > 2*tc.age {
					t.Errorf("%s was read last at %v", id.Name, at)
				}
			}
		})
	}
}

func counts(m map[Kind]int) string {
	kinds := make([]Kind, 0, len(m))
	for k := range m {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b Kind) int { return cmp.Compare(a, b) })
	text := ""
	for _, k := range kinds {
		text += fmt.Sprintf("%v %d ", k, m[k])
	}
	return text
}
