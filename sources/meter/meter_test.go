package meter

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"
)

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// perMetric is the price of GetMetricData.
func perMetric(c Call) float64 { return float64(c.Metrics) * 0.00001 }

func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 }

func TestBillCountsEveryCall(t *testing.T) {
	c := newClock()
	m := New(c.now, perMetric)
	ctx := t.Context()
	m.Record(ctx, Call{
		Op: "logs:FilterLogEvents", BytesOut: 10, BytesIn: 20, Latency: time.Second, Charged: true,
	})
	m.Record(ctx, Call{
		Op: "cloudwatch:GetMetricData", Metrics: 500, BytesOut: 100, BytesIn: 1000,
		Latency: 2 * time.Second, Failed: true, Throttle: true,
	})
	m.Record(ctx, Call{
		Op: "cloudwatch:GetMetricData", Metrics: 500, BytesOut: 100, BytesIn: 3000,
		Latency: 3 * time.Second, Retry: true, Charged: true,
	})
	bill := m.Bill()
	want := []Op{
		{
			Name: "cloudwatch:GetMetricData", Calls: 2, Errors: 1, Throttles: 1, Retries: 1, Metrics: 1000,
			BytesIn: 4000, BytesOut: 200, USD: 0.005, Busy: 5 * time.Second,
		},
		{Name: "logs:FilterLogEvents", Calls: 1, BytesIn: 20, BytesOut: 10, Busy: time.Second},
	}
	if len(bill.Ops) != 2 || bill.Ops[0] != want[0] || bill.Ops[1] != want[1] {
		t.Errorf("ops = %+v, want %+v", bill.Ops, want)
	}
	total := Op{
		Calls: 3, Errors: 1, Throttles: 1, Retries: 1, Metrics: 1000,
		BytesIn: 4020, BytesOut: 210, USD: 0.005, Busy: 6 * time.Second,
	}
	if bill.Total != total {
		t.Errorf("total = %+v, want %+v", bill.Total, total)
	}
	if !bill.Since.Equal(c.at) {
		t.Errorf("since = %v, want %v", bill.Since, c.at)
	}
}

func TestBillIsACopy(t *testing.T) {
	m := New(newClock().now, nil)
	m.Record(t.Context(), Call{Op: "lambda:ListFunctions"})
	bill := m.Bill()
	m.Record(t.Context(), Call{Op: "lambda:ListFunctions"})
	if bill.Ops[0].Calls != 1 || bill.Total.Calls != 1 {
		t.Errorf("a bill changed after it was given: %+v", bill)
	}
}

func TestPriceThatIsNoneCostsNothing(t *testing.T) {
	for _, price := range []float64{math.NaN(), math.Inf(1), -1} {
		m := New(newClock().now, func(Call) float64 { return price })
		m.Record(t.Context(), Call{Op: "x", Charged: true})
		if got := m.Bill().Total.USD; got != 0 {
			t.Errorf("price %v: spent %v", price, got)
		}
	}
}

func TestPerHour(t *testing.T) {
	c := newClock()
	m := New(c.now, perMetric)
	spend := func(metrics int64) { m.Record(t.Context(), Call{Op: "x", Metrics: metrics, Charged: true}) }
	check := func(when string, want float64) {
		t.Helper()
		if got := m.Bill().PerHour; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v an hour, want %v", when, got, want)
		}
	}
	check("at the start", 0)
	spend(1000) // one cent
	check("at once, as if over a minute", 0.60)
	c.pass(2 * time.Minute)
	check("after two minutes", 0.30)
	c.pass(8 * time.Minute)
	check("after ten minutes", 0.06)
	c.pass(11 * time.Second)
	check("once it is older than ten minutes", 0)
	for range 60 {
		spend(100)
		c.pass(10 * time.Second)
	}
	if got := m.Bill().PerHour; math.Abs(got-0.36) > 0.01*0.36 {
		t.Errorf("a tenth of a cent every ten seconds: %v an hour, want 0.36", got)
	}
	c.pass(24 * time.Hour)
	check("a day later", 0)
}

func TestPerHourSurvivesAClockThatGoesBack(t *testing.T) {
	c := newClock()
	m := New(c.now, perMetric)
	c.pass(-time.Hour)
	m.Record(t.Context(), Call{Op: "x", Metrics: 1000, Charged: true})
	if got := m.Bill().PerHour; math.IsNaN(got) || got < 0 || got > 0.6+1e-9 {
		t.Errorf("per hour = %v", got)
	}
}

func TestTalliesNest(t *testing.T) {
	m := New(newClock().now, perMetric)
	outerCtx, outer := WithTally(t.Context())
	innerCtx, inner := WithTally(outerCtx)
	m.Record(innerCtx, Call{Op: "x", Metrics: 100, Charged: true})
	m.Record(outerCtx, Call{Op: "x", Metrics: 200, Charged: true})
	m.Record(t.Context(), Call{Op: "x", Metrics: 400, Charged: true})
	if !near(inner.USD(), 0.001) || inner.Calls() != 1 {
		t.Errorf("inner: %v in %d calls", inner.USD(), inner.Calls())
	}
	if !near(outer.USD(), 0.003) || outer.Calls() != 2 {
		t.Errorf("outer: %v in %d calls", outer.USD(), outer.Calls())
	}
}

func TestMeterAndBudgetTogether(t *testing.T) {
	c := newClock()
	m := New(c.now, perMetric)
	b := NewBudget(Limit{Limited: true, USDPerHour: 0.06}, c.now)
	m.ChargeTo(b)
	m.Record(t.Context(), Call{Op: "x", Metrics: 400, Charged: true})
	if !near(b.Left(), 0.006) {
		t.Errorf("left = %v, want 0.006", b.Left())
	}
}

func TestMeterIsSafeForConcurrentUse(t *testing.T) {
	c := newClock()
	m := New(c.now, perMetric)
	b := NewBudget(Limit{Limited: true, USDPerHour: 60}, c.now)
	m.ChargeTo(b)
	ctx, tally := WithTally(context.Background())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				m.Record(ctx, Call{Op: "x", Metrics: 1, Charged: true})
				if k, ok := b.Book(0.00001); ok {
					k.Settle(0)
				}
				_ = m.Bill()
				c.pass(time.Second)
			}
		})
	}
	wg.Wait()
	if got := m.Bill().Total; got.Calls != 1600 || got.Metrics != 1600 || math.Abs(got.USD-0.016) > 1e-9 {
		t.Errorf("total = %+v", got)
	}
	if math.Abs(tally.USD()-0.016) > 1e-9 {
		t.Errorf("tally = %v", tally.USD())
	}
}

func BenchmarkRecord(b *testing.B) {
	m := New(newClock().now, perMetric)
	ctx, _ := WithTally(b.Context())
	b.ReportAllocs()
	for b.Loop() {
		m.Record(ctx, Call{Op: "cloudwatch:GetMetricData", Metrics: 500, Charged: true})
	}
}
