package forecast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// kind is a kind of fleet.
type kind string

const (
	seasonal kind = "weekly season"
	growing  kind = "growth"
	launched kind = "launch"
	spiky    kind = "spike"
	sparse   kind = "sparse"
)

// A synthetic month: five weeks before it, and the month itself.
var (
	monthBegins = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	monthEnds   = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	begins      = monthBegins.Add(-5 * week * time.Hour)
	allHours    = int(monthEnds.Sub(begins).Hours())
)

// synthesize draws the hours of one function.
// spike is the last hour of a one-off spike, and -1 when there is none.
func synthesize(k kind, rnd *rand.Rand) (hours []float64, spike int) {
	spike = -1
	y := make([]float64, allHours)
	scale := math.Exp(rnd.NormFloat64() * 1.5)
	peak, width := 8+rnd.Float64()*10, 2+rnd.Float64()*4
	weekend := 0.3 + rnd.Float64()
	growth := 0.0
	if k == growing {
		growth = math.Log(1.02 + rnd.Float64()*0.08) // 2 % to 10 % a week
	}
	launch, ramp := -1.0, 1.0
	if k == launched { // from three weeks before the month to its tenth day
		launch, ramp = float64(2*week+rnd.IntN(31*day)), float64(1+rnd.IntN(3*day))
	}
	calls := 100.0 // an hour, for the noise of counting
	if k == sparse {
		calls = 0.05 + rnd.Float64()*0.3
	}
	drift := 0.0
	for d := 0; d*day < len(y); d++ {
		drift = 0.9*drift + rnd.NormFloat64()*0.01
		of := math.Exp(drift + rnd.NormFloat64()*0.05)
		for i := d * day; i < (d+1)*day; i++ {
			at := begins.Add(time.Duration(i) * time.Hour)
			away := math.Abs(float64(at.Hour()) - peak)
			away = min(away, 24-away)
			v := 0.2 + math.Exp(-away*away/(2*width*width))
			if wd := at.Weekday(); wd == time.Saturday || wd == time.Sunday {
				v *= weekend
			}
			v *= of * math.Exp(growth*float64(i)/week)
			if k == launched {
				v *= max(0, min(1, (float64(i)-launch)/ramp))
			}
			y[i] = scale * poisson(rnd, v*calls) / calls
		}
	}
	if k == spiky {
		usual, _ := sumOf(y)
		usual /= float64(len(y))
		for range 1 + rnd.IntN(2) { // two to eight hours at ten to thirty times the usual
			i, n := rnd.IntN(len(y)-10), 2+rnd.IntN(7)
			spike = max(spike, i+n)
			for ; n > 0; n-- {
				y[i+n] += usual * (10 + 20*rnd.Float64())
			}
		}
	}
	return y, spike
}

// poisson counts chance arrivals.
func poisson(rnd *rand.Rand, mean float64) float64 {
	if mean > 30 {
		return max(0, math.Round(mean+math.Sqrt(mean)*rnd.NormFloat64()))
	}
	n, p := 0, math.Exp(-mean)
	for q := rnd.Float64(); q > p; n++ {
		q *= rnd.Float64()
	}
	return float64(n)
}

// score is how forecasts did.
type score struct {
	n, held      int
	errors, most float64 // absolute, relative to the truth
	bias, width  float64
}

func (s *score) add(f Forecast, truth float64) {
	s.n++
	e := (f.Value - truth) / truth
	s.errors += math.Abs(e)
	s.most = max(s.most, math.Abs(e))
	s.bias += e
	s.width += (f.High - f.Low) / 2 / truth
	if f.Low <= truth && truth <= f.High {
		s.held++
	}
}

func (s *score) coverage() float64 { return float64(s.held) / float64(max(s.n, 1)) }

func (s *score) String() string {
	n := float64(max(s.n, 1))
	return fmt.Sprintf("%5.1f %% %6.1f %% %+6.1f %% %6.1f %% %5.0f %%", 100*s.errors/n, 100*s.most, 100*s.bias/n, 100*s.width/n, 100*s.coverage())
}

func forecastAt(tb testing.TB, y []float64, now time.Time) Forecast {
	tb.Helper()
	f, err := Month(Input{Series: Series{Start: begins, Values: y}, From: monthBegins, End: monthEnds, Now: now})
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// TestBackTest forecasts synthetic fleets from each day of a month and holds
// the forecasts against what came: each function's, and the fleet's as a
// whole. -v prints the table.
func TestBackTest(t *testing.T) {
	const seeds, functions = 6, 24
	for _, k := range []kind{seasonal, growing, launched, spiky, sparse} {
		var (
			byDay              [31]struct{ function, fleet score }
			own, fleets, ahead score // ahead: with a spike still to come
		)
		for seed := range uint64(seeds) {
			rnd := rand.New(rand.NewPCG(seed, uint64(len(k))))
			total := make([]float64, allHours)
			var (
				all    [][]float64
				spikes []int
			)
			for range functions {
				y, spike := synthesize(k, rnd)
				spikes = append(spikes, spike)
				for i, v := range y {
					total[i] += v
				}
				all = append(all, y)
			}
			for d := 1; d < 30; d++ {
				now := monthBegins.AddDate(0, 0, d)
				var parts []Forecast
				for i, y := range append(all, total) {
					truth, _ := sumOf(y[5*week:])
					f := forecastAt(t, y, now)
					if i < len(all) {
						parts = append(parts, f)
					}
					if soFar, _ := sumOf(y[:5*week+d*day]); soFar == 0 {
						continue // nothing is known of it yet
					}
					if i == len(all) {
						f = Together(parts, f)
						byDay[d].fleet.add(f, truth)
						fleets.add(f, truth)
						if mid := d >= 14 && d <= 16; mid && k == seasonal && math.Abs(f.Value-truth) > 0.05*truth {
							t.Errorf("seed %d: at mid-month (day %d) the fleet's forecast is %.0f, it came to %.0f", seed, d, f.Value, truth)
						}
						continue
					}
					if spikes[i] >= 5*week+d*day {
						ahead.add(f, truth)
						continue
					}
					byDay[d].function.add(f, truth)
					own.add(f, truth)
				}
			}
		}
		t.Logf("%-14s %-8s  %7s %8s %8s %8s %7s", k, "from day", "error", "largest", "bias", "range ±", "held")
		for _, d := range []int{1, 3, 7, 10, 15, 20, 25, 29} {
			t.Logf("%14s %8d  %s   functions", "", d, &byDay[d].function)
			t.Logf("%14s %8s  %s   fleet", "", "", &byDay[d].fleet)
		}
		t.Logf("%14s %8s  %s   functions", "", "all", &own)
		t.Logf("%14s %8s  %s   fleet", "", "", &fleets)
		if ahead.n > 0 { // not held to the bounds: nobody can know of it
			t.Logf("%14s %8s  %s   functions with a spike still to come (%d of %d)", "", "", &ahead, ahead.n, ahead.n+own.n)
		}
		if k == seasonal && byDay[15].function.errors > 0.05*float64(byDay[15].function.n) {
			t.Errorf("%s: at mid-month a function's error is %s", k, &byDay[15].function)
		}
		if own.coverage() < 0.9 {
			t.Errorf("%s: the range of functions held %.0f %% of %d times", k, 100*own.coverage(), own.n)
		}
		if fleets.coverage() < 0.9 {
			t.Errorf("%s: the range of fleets held %.0f %% of %d times", k, 100*fleets.coverage(), fleets.n)
		}
	}
}

// BenchmarkMonth forecasts 2,000 functions from the middle of a month.
func BenchmarkMonth(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 1))
	var all [][]float64
	for i := range 50 {
		y, _ := synthesize([]kind{seasonal, growing, launched, spiky, sparse}[i%5], rnd)
		all = append(all, y)
	}
	now := monthBegins.AddDate(0, 0, 15).Add(29 * time.Minute)
	for b.Loop() {
		for i := range 2000 {
			forecastAt(b, all[i%len(all)], now)
		}
	}
}
