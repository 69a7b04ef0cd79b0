//go:build !race

package forecast_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"fntop/cost/forecast"
	"fntop/sources"
	"fntop/sources/demo/world"
)

const hoursOfWeek = 168

// The month that is forecast, and five weeks before it.
var (
	november = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	december = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	october  = november.Add(-5 * hoursOfWeek * time.Hour)
)

// demoHours are the hours of GB-seconds of each function of the demo cloud.
func demoHours(seed uint64) [][]float64 {
	w := world.New(world.Config{Seed: seed})
	asOf := december.AddDate(0, 0, 1)
	n := int(december.Sub(october).Hours())
	var all [][]float64
	for _, region := range w.Regions() {
		for _, fn := range w.Functions(region, asOf) {
			hours := make([]float64, n)
			points := w.Metric(region, fn.ID.Name, sources.MetricDuration, []sources.Stat{sources.StatSum}, time.Hour, october, december, asOf)
			for _, p := range points[0] {
				hours[int(p.Time.Sub(october).Hours())] = p.Value / 1000 * float64(fn.MemoryMB) / 1024
			}
			all = append(all, hours)
		}
	}
	return all
}

// The kinds of fleet that the demo's hours are made into.
const (
	asTheyAre = "weekly season"
	growth    = "growth"
	launch    = "launch"
	spike     = "spike"
)

// shape makes a function of the demo into one of a kind: it grows by 2 % to
// 10 % a week; or begins in the three weeks before the month and rises over up
// to three days; or has one spike of two to eight hours, at ten to thirty
// times its mean, before the month's tenth day.
func shape(kind string, hours []float64, rnd *rand.Rand) []float64 {
	out := make([]float64, len(hours))
	copy(out, hours)
	switch kind {
	case growth:
		g := math.Log(1.02 + 0.08*rnd.Float64())
		for i := range out {
			out[i] *= math.Exp(g * float64(i) / hoursOfWeek)
		}
	case launch:
		at, ramp := float64(2*hoursOfWeek+rnd.IntN(3*hoursOfWeek)), float64(1+rnd.IntN(72))
		for i := range out {
			out[i] *= max(0, min(1, (float64(i)-at)/ramp))
		}
	case spike:
		mean := 0.0
		for _, v := range out {
			mean += v / float64(len(out))
		}
		for at, n := rnd.IntN(5*hoursOfWeek+10*24), 2+rnd.IntN(7); n > 0; n-- {
			out[at+n] += mean * (10 + 20*rnd.Float64())
		}
	}
	return out
}

// tally is how forecasts did.
type tally struct {
	n, held            int
	errors, most, bias float64
}

func (s *tally) add(f forecast.Forecast, truth float64) {
	s.n++
	e := math.Abs(f.Value-truth) / truth
	s.errors += e
	s.bias += (f.Value - truth) / truth
	s.most = max(s.most, e)
	if f.Low <= truth && truth <= f.High {
		s.held++
	}
}

func (s *tally) String() string {
	n := float64(max(s.n, 1))
	return fmt.Sprintf("%5.2f %% %6.2f %% %+6.2f %% %5.0f %%", 100*s.errors/n, 100*s.most, 100*s.bias/n, 100*float64(s.held)/n)
}

// TestDemoBackTest (not under the race detector: it has one goroutine, and the
// detector makes the simulation ten times slower) forecasts the compute of the demo cloud's fleets from each
// day of a month, for several seeds and kinds of fleet, and holds the
// forecasts against what came. -v prints the table; FNTOP_BACKTEST_SEEDS=20
// takes more seeds than the three of every day.
func TestDemoBackTest(t *testing.T) {
	seeds := uint64(3)
	if _, err := fmt.Sscan(os.Getenv("FNTOP_BACKTEST_SEEDS"), &seeds); err != nil {
		seeds = min(seeds, 3)
	}
	type table struct{ function, fleet [31]tally }
	kinds := []string{asTheyAre, growth, launch, spike}
	tables := make(map[string]*table)
	for _, k := range kinds {
		tables[k] = new(table)
	}
	for seed := range seeds {
		hours := demoHours(100 + seed)
		for _, k := range kinds {
			rnd := rand.New(rand.NewPCG(seed, uint64(len(k))))
			backTest(t, tables[k].function[:], tables[k].fleet[:], k, hours, rnd)
		}
	}
	for _, k := range kinds {
		var functions, fleets tally
		for d := 1; d < 30; d++ {
			f, w := &tables[k].function[d], &tables[k].fleet[d]
			t.Logf("%-14s day %2d  functions %s  fleet %s", k, d, f, w)
			functions.n, functions.held = functions.n+f.n, functions.held+f.held
			fleets.n, fleets.held = fleets.n+w.n, fleets.held+w.held
		}
		t.Logf("%-14s held: functions %d of %d, fleet %d of %d", k, functions.held, functions.n, fleets.held, fleets.n)
		if functions.held*10 < functions.n*9 || fleets.held*10 < fleets.n*9 {
			t.Errorf("%s: the range held less than nine times of ten: functions %d of %d, fleet %d of %d", k, functions.held, functions.n, fleets.held, fleets.n)
		}
	}
	if mid := &tables[asTheyAre].fleet[15]; mid.most > 0.05 {
		t.Errorf("at mid-month the seasonal fleet's error is %s", mid)
	}
}

// backTest forecasts one fleet from each day of the month.
func backTest(t *testing.T, byDay, fleetByDay []tally, kind string, hours [][]float64, rnd *rand.Rand) {
	t.Helper()
	total := make([]float64, len(hours[0]))
	functions := make([][]float64, 0, len(hours))
	for _, h := range hours {
		h = shape(kind, h, rnd)
		for i, v := range h {
			total[i] += v
		}
		functions = append(functions, h)
	}
	month := func(hours []float64, now time.Time) (f forecast.Forecast, soFar, truth float64) {
		f, err := forecast.Month(forecast.Input{
			Series: forecast.Series{Start: october, Values: hours}, From: november, End: december, Now: now,
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range hours[5*hoursOfWeek:] {
			truth += v
			if november.Add(time.Duration(i) * time.Hour).Before(now) {
				soFar += v
			}
		}
		return f, soFar, truth
	}
	for d := 1; d < 30; d++ {
		now := november.AddDate(0, 0, d)
		var parts []forecast.Forecast
		for _, h := range functions {
			f, soFar, truth := month(h, now)
			parts = append(parts, f)
			if soFar > 0 { // of one that has not begun nothing can be known
				byDay[d].add(f, truth)
			}
		}
		f, _, truth := month(total, now)
		fleetByDay[d].add(forecast.Together(parts, f), truth)
	}
}
