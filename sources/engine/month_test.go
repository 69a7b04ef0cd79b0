package engine

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
)

// hourly counts the hours of each function that are asked for of each metric.
type hourly struct {
	*pretend
	asked map[sources.Metric]map[time.Time]int
}

func newHourly(region string, functions int) *hourly {
	return &hourly{pretend: newPretend(region, functions), asked: make(map[sources.Metric]map[time.Time]int)}
}

func (p *hourly) place() sources.Place { return p.as(p) }

func (p *hourly) Metrics(ctx context.Context, w sources.MetricWindow) ([]sources.MetricResult, error) {
	p.mu.Lock()
	for _, q := range w.Queries {
		if q.Period != time.Hour {
			continue
		}
		if p.asked[q.Metric] == nil {
			p.asked[q.Metric] = make(map[time.Time]int)
		}
		for t := w.Start; !t.Add(time.Hour).After(w.End); t = t.Add(time.Hour) {
			p.asked[q.Metric][t]++
		}
	}
	p.mu.Unlock()
	return p.pretend.Metrics(ctx, w)
}

// most is how often an hour of a metric was asked for at most.
func (p *hourly) most(m sources.Metric) (most, hours int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.asked[m] {
		most = max(most, n)
	}
	return most, len(p.asked[m])
}

func all(read bool) poll.Demand {
	return poll.Demand{Catalogue: true, Spending: poll.Spending{All: true, Read: read}}
}

func told(s *fleet.Snapshot) bool {
	return s.Settled && s.Spending != nil && s.Spending.Month != nil && !s.Spending.Reading
}

func TestTheMonthIsReadOnceForAllWhoWantIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newHourly("us-east-1", 30)
		e := run(t, p.place())
		one, other := e.View(), e.View()
		defer one.Close()
		defer other.Close()
		one.Want(all(false))
		s := until(t, one, func(s *fleet.Snapshot) bool { return s.Settled && s.Spending != nil && s.Spending.Listed })
		if s.Spending.Metrics != 4*30 || math.Abs(s.Spending.USD-0.0012) > 1e-12 || s.Spending.Month != nil {
			t.Errorf("before reading: %+v", s.Spending)
		}
		if most, _ := p.most(sources.MetricInvocations); most != 0 {
			t.Error("something was read that nobody has paid for")
		}
		one.Want(all(true))
		other.Want(all(true))
		until(t, other, told)
		s = until(t, one, told)
		m := s.Spending.Month
		if !m.Whole || !m.FreeTier || len(m.Report.Lines) != 30 || len(m.Options) != 30 || s.Spending.Metrics != 0 {
			t.Errorf("whole %v, free tier %v, %d lines, %d options, %d metrics left", m.Whole, m.FreeTier, len(m.Report.Lines), len(m.Options), s.Spending.Metrics)
		}
		if want := int64(30 * 10 * math.Ceil(m.Usage.Span.Now.Sub(m.Usage.Span.Month).Hours())); m.Report.Total.Requests != want {
			t.Errorf("%d requests, want %d", m.Report.Total.Requests, want)
		}
		time.Sleep(20 * time.Minute)
		if most, hours := p.most(sources.MetricDuration); most != 30 || hours == 0 {
			t.Errorf("an hour was asked for %d times for 30 functions", most)
		}
		// In the next five hours only those are asked for.
		time.Sleep(5 * time.Hour)
		later := until(t, one, func(s *fleet.Snapshot) bool { return told(s) && s.Spending.Month != m })
		if got := later.Spending.Month.Usage.Span.Now.Sub(m.Usage.Span.Now); got < 4*time.Hour {
			t.Errorf("%v more has been read in five hours", got)
		}
		if most, _ := p.most(sources.MetricDuration); most != 30 {
			t.Errorf("an hour was asked for %d times for 30 functions", most)
		}
	})
}

func TestAFunctionOfTheMonthIsReadAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newHourly("us-east-1", 30)
		v := run(t, p.place()).View()
		defer v.Close()
		d := poll.Demand{Catalogue: true, Spending: poll.Spending{Function: p.scope.In("fn-007"), Read: true}}
		v.Want(d)
		s := until(t, v, told)
		if m := s.Spending.Month; len(m.Report.Lines) != 1 || m.Whole || m.FreeTier || !m.Report.Lines[0].ToDate.Known() {
			t.Errorf("%d lines, whole %v, free tier %v", len(m.Report.Lines), m.Whole, m.FreeTier)
		}
		if most, _ := p.most(sources.MetricDuration); most != 1 {
			t.Errorf("an hour was asked for %d times for one function", most)
		}
		v.Want(all(true))
		s = until(t, v, func(s *fleet.Snapshot) bool { return told(s) && s.Spending.Month.Whole })
		if n := len(s.Spending.Month.Report.Lines); n != 30 {
			t.Errorf("%d lines", n)
		}
		if most, _ := p.most(sources.MetricDuration); most != 30 {
			t.Errorf("an hour was asked for %d times for 30 functions", most)
		}
	})
}

func TestTheMonthStaysInTheBudget(t *testing.T) {
	for name, c := range map[string]struct {
		budget poll.Budget
		read   bool
	}{
		"free":   {poll.Budget{Free: true}, false},
		"little": {poll.Budget{Limited: true, Left: 100, PerMinute: 1}, false},
		"enough": {poll.Budget{Limited: true, Left: 120, PerMinute: 1}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newHourly("us-east-1", 30)
				e := New(Config{Places: []sources.Place{p.place()}, Clock: Wall{}, Budget: func(time.Time) poll.Budget { return c.budget }})
				start(t, e)
				v := e.View()
				defer v.Close()
				v.Want(all(true))
				if c.read {
					until(t, v, told)
					return
				}
				s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Spending != nil && s.Spending.Refused != nil })
				if sources.KindOf(s.Spending.Refused) != sources.OverBudget || s.Spending.Metrics != 120 {
					t.Errorf("%v, %d metrics", s.Spending.Refused, s.Spending.Metrics)
				}
				time.Sleep(time.Hour)
				if most, _ := p.most(sources.MetricInvocations); most != 0 {
					t.Error("it was read all the same")
				}
			})
		})
	}
}

func TestTheMonthOfADeniedPlaceIsPartial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good, bad := newHourly("us-east-1", 5), newHourly("eu-west-1", 5)
		bad.fail = func(op string) error {
			if op == "metrics" {
				return &sources.Error{Op: "cloudwatch:GetMetricData", On: "eu-west-1", Kind: sources.Denied}
			}
			return nil
		}
		v := run(t, good.place(), bad.place()).View()
		defer v.Close()
		v.Want(all(true))
		s := until(t, v, func(s *fleet.Snapshot) bool {
			return told(s) && s.Spending.Places[0].Err == nil && s.Spending.Places[1].Err != nil && len(s.Spending.Month.Report.Lines) == 10
		})
		m := s.Spending.Month
		if m.Whole || !m.Report.Total.AtLeast || m.Report.Missing.Functions != 5 || !m.Report.Total.ToDate.Known() {
			t.Errorf("whole %v, at least %v, %d missing", m.Whole, m.Report.Total.AtLeast, m.Report.Missing.Functions)
		}
		time.Sleep(12 * time.Hour)
		if n := bad.count("metrics"); n > 2*(7+12+12) {
			t.Errorf("%d calls of a denied place in twelve hours", n)
		}
		if most, _ := good.most(sources.MetricDuration); most != 5 {
			t.Errorf("an hour of the good place was asked for %d times for 5 functions", most)
		}
		bad.failing(nil)
		v.Want(poll.Demand{Catalogue: true, Spending: poll.Spending{All: true, Read: true}, Refresh: 1})
		until(t, v, func(s *fleet.Snapshot) bool { return told(s) && s.Spending.Month.Whole })
	})
}

// TestALaterHourThatFailsLeavesWhatIsShown, and what has been paid of it is
// not paid again.
func TestALaterHourThatFailsLeavesWhatIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newHourly("us-east-1", 5)
		v := run(t, p.place()).View()
		defer v.Close()
		v.Want(all(true))
		before := until(t, v, told).Spending.Month
		calls := p.count("metrics")
		p.failing(func(op string) error {
			if op == "metrics" && p.count("metrics") > calls+1 { // the requests are answered, and nothing else
				return &sources.Error{Op: op, Kind: sources.Unreachable}
			}
			return nil
		})
		time.Sleep(time.Hour - 5*time.Minute)
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Spending.Places[0].Err != nil && !s.Spending.Reading })
		if s.Spending.Month != before || !s.Spending.Month.Report.Total.ToDate.Known() {
			t.Error("what was known is no longer shown")
		}
		p.failing(nil)
		again := all(true)
		again.Refresh = 1
		v.Want(again)
		s = until(t, v, func(s *fleet.Snapshot) bool { return told(s) && s.Spending.Month != before })
		if s.Spending.Places[0].Err != nil || !s.Spending.Month.Whole || s.Spending.Month.Report.Missing.Functions != 0 {
			t.Errorf("after it had come back: %+v", s.Spending.Places[0])
		}
		// Given up: the same.
		p.failing(func(op string) error {
			if op == "metrics" {
				time.Sleep(20 * time.Second)
				return &sources.Error{Op: op, Kind: sources.Cancelled}
			}
			return nil
		})
		shown := s.Spending.Month
		until(t, v, func(s *fleet.Snapshot) bool { return s.Spending.Reading })
		v.Want(poll.Demand{Catalogue: true})
		s = until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && !s.Spending.Reading })
		if s.Spending.Month != shown || s.Spending.Places[0].Err != nil {
			t.Error("what was known is no longer shown after it was given up")
		}
	})
}

func TestNobodyWantsTheMonthAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newHourly("us-east-1", 5)
		p.delay = 10 * time.Second
		v := run(t, p.place()).View()
		defer v.Close()
		v.Want(all(true))
		until(t, v, func(s *fleet.Snapshot) bool { return s.Spending != nil && s.Spending.Reading })
		time.Sleep(15 * time.Second) // the first answer is in, the second on its way
		before := p.count("metrics")
		v.Want(poll.Demand{Catalogue: true})
		s := until(t, v, func(s *fleet.Snapshot) bool { return s.Settled && s.Spending != nil && !s.Spending.Reading })
		if s.Spending.Places[0].Err != nil || !s.Spending.Places[0].Through.IsZero() {
			t.Errorf("what was given up on is told: %+v", s.Spending.Places[0])
		}
		time.Sleep(2 * time.Hour)
		if n := p.count("metrics"); n != before || before == 0 {
			t.Errorf("%d calls after nobody wanted it", n-before)
		}
		v.Want(all(true))
		until(t, v, told)
		if most, _ := p.most(sources.MetricInvocations); most != 5 {
			t.Errorf("hours that had been paid for were asked for again: %d times for 5 functions", most)
		}
	})
}

func TestAPanicWhileTheMonthIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newHourly("us-east-1", 5)
		p.fail = func(op string) error {
			if op == "metrics" {
				panic(errors.New("no such thing"))
			}
			return nil
		}
		v := run(t, p.place()).View()
		defer v.Close()
		v.Want(all(true))
		until(t, v, func(s *fleet.Snapshot) bool {
			return s.Spending != nil && !s.Spending.Reading && len(s.Spending.Places) == 1 && s.Spending.Places[0].Err != nil
		})
	})
}
