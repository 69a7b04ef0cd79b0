package forecast

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// flat is so many hours of one.
func flat(n int) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = 1
	}
	return y
}

func reasons(f Forecast) (all []Reason) {
	for _, n := range f.Notes {
		all = append(all, n.Reason)
	}
	return all
}

func note(tb testing.TB, f Forecast, r Reason) Note {
	tb.Helper()
	for _, n := range f.Notes {
		if n.Reason == r {
			return n
		}
	}
	tb.Fatalf("%v: nothing is said of %s", f.Notes, r)
	return Note{}
}

func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*math.Max(math.Abs(b), 1e-9)
}

// TestKnownAnswers forecasts what leaves no doubt.
func TestKnownAnswers(t *testing.T) {
	const before = 5 * week
	now := monthBegins.AddDate(0, 0, 15)
	office := make([]float64, allHours) // 9 to 17 on weekdays
	for i := range office {
		at := begins.Add(time.Duration(i) * time.Hour)
		if wd := at.Weekday(); wd != time.Saturday && wd != time.Sunday && at.Hour() >= 9 && at.Hour() < 17 {
			office[i] = 3
		}
	}
	officeMonth, _ := sumOf(office[before:])
	stopped := flat(allHours)
	for i := before + 10*day; i < len(stopped); i++ {
		stopped[i] = 0
	}
	holes := flat(allHours)
	for i := before + 5*day; i < before+8*day; i++ {
		holes[i] = math.NaN()
	}
	fresh := make([]float64, allHours)
	copy(fresh[before+5*day:], flat(25*day))
	spike := flat(allHours)
	for i := before + 3*day; i < before+3*day+4; i++ {
		spike[i] = 100
	}
	twice := flat(allHours) // a new level since two days, which is no spike
	for i := before + 13*day; i < len(twice); i++ {
		twice[i] = 10
	}
	weekly := make([]float64, allHours) // one hour a week, which is no spike either
	for i := 30; i < len(weekly); i += week {
		weekly[i] = 50
	}
	weeklyMonth, _ := sumOf(weekly[before:])
	for name, c := range map[string]struct {
		y         []float64
		value     float64
		tolerance float64
		reasons   []Reason
	}{
		"flat":     {flat(allHours), 720, 1e-9, nil},
		"office":   {office, officeMonth, 1e-9, nil},
		"weekly":   {weekly, weeklyMonth, 1e-9, nil},
		"silent":   {make([]float64, allHours), 0, 0, []Reason{Silent}},
		"stopped":  {stopped, 240, 1e-9, []Reason{Stopped}},
		"holes":    {holes, 720, 1e-9, []Reason{Missing}},
		"new":      {fresh, 600, 1e-9, []Reason{New, ShortHistory}},
		"one-off":  {spike, 720 + 4*99, 1e-9, []Reason{Spike}},
		"no spike": {twice, 13*day + 17*day*10, 0.7, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := forecastAt(t, c.y, now)
			if !near(f.Value, c.value, c.tolerance) || !slices.Equal(reasons(f), c.reasons) {
				t.Errorf("%v, want %v; notes %v, want %v", f.Value, c.value, f.Notes, c.reasons)
			}
			if f.Low > c.value || f.High < c.value && name != "no spike" {
				t.Errorf("%v is not in %v to %v", c.value, f.Low, f.High)
			}
		})
	}
	f := forecastAt(t, spike, now)
	if n := note(t, f, Spike); n.Hours != 4 || n.Amount != 4*99 || !n.At.Equal(monthBegins.AddDate(0, 0, 3)) {
		t.Errorf("the spike is %+v", n)
	}
	if n := note(t, forecastAt(t, holes, now), Missing); n.Hours != 3*day || !near(n.Amount, 3*day, 1e-9) {
		t.Errorf("missing is %+v", n)
	}
	if n := note(t, forecastAt(t, fresh, now), New); !n.At.Equal(monthBegins.AddDate(0, 0, 5)) || !strings.Contains(n.String(), "6 November 00:00") {
		t.Errorf("new is %+v: %s", n, n)
	}
	if n := note(t, forecastAt(t, stopped, now), Stopped); !n.At.Equal(monthBegins.AddDate(0, 0, 10)) {
		t.Errorf("stopped is %+v", n)
	}
}

// TestGrowth doubles every four weeks: the forecast follows, and says so.
func TestGrowth(t *testing.T) {
	y := make([]float64, allHours)
	for i := range y {
		y[i] = math.Exp2(float64(i) / (4 * week))
	}
	truth, _ := sumOf(y[5*week:])
	f := forecastAt(t, y, monthBegins.AddDate(0, 0, 15))
	if !near(f.Value, truth, 0.03) {
		t.Errorf("%v, it came to %v", f.Value, truth)
	}
	if n := note(t, f, Trend); !near(n.Amount, math.Exp2(0.25)-1, 0.05) {
		t.Errorf("the trend is %+v", n)
	}
}

// TestHourOfNow counts what came in the hour of now, and expects the rest of
// it.
func TestHourOfNow(t *testing.T) {
	y := flat(5*week + 10*day + 1)
	y[len(y)-1] = 0.9 // in the first quarter of the hour
	now := monthBegins.AddDate(0, 0, 10).Add(15 * time.Minute)
	f := forecastAt(t, y, now)
	if !near(f.SoFar, 10*day+0.9, 1e-9) || !near(f.Rest, 20*day-0.25, 1e-9) || f.Filled != 0 {
		t.Errorf("%+v", f)
	}
	f = forecastAt(t, y[:len(y)-1], now)
	if !near(f.SoFar, 10*day, 1e-9) || !near(f.Filled, 0.25, 1e-9) || note(t, f, Missing).Hours != 1 {
		t.Errorf("without it: %+v", f)
	}
}

// TestSpansBeyondTheMonth forecasts before the month, and after it.
func TestSpansBeyondTheMonth(t *testing.T) {
	y := flat(allHours)
	f := forecastAt(t, y, monthBegins.AddDate(0, 0, -7))
	if f.SoFar != 0 || !near(f.Value, 720, 1e-9) {
		t.Errorf("a week before: %+v", f)
	}
	f = forecastAt(t, y, monthEnds)
	if f.Value != 720 || f.Low != 720 || f.High != 720 || f.Rest != 0 {
		t.Errorf("at the end: %+v", f)
	}
	y = append(y, flat(day)...)
	if after := forecastAt(t, y, monthEnds.Add(day*time.Hour)); after.Value != 720 || after.High != 720 {
		t.Errorf("a day after: %+v", after)
	}
}

func TestBadInput(t *testing.T) {
	good := Input{Series: Series{begins, flat(allHours)}, From: monthBegins, End: monthEnds, Now: monthBegins}
	for name, spoil := range map[string]func(*Input){
		"negative":        func(in *Input) { in.Values[3] = -1 },
		"infinite":        func(in *Input) { in.Values[3] = math.Inf(1) },
		"half an hour":    func(in *Input) { in.Start = in.Start.Add(30 * time.Minute) },
		"backwards":       func(in *Input) { in.End = in.From },
		"before":          func(in *Input) { in.Now = in.Start.Add(-time.Second) },
		"a thousand year": func(in *Input) { in.End = in.End.AddDate(1000, 0, 0) },
	} {
		in := good
		in.Values = slices.Clone(good.Values)
		spoil(&in)
		if _, err := Month(in); err == nil || errors.Is(err, ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := good
	in.Values = nil
	if _, err := Month(in); !errors.Is(err, ErrUnknown) {
		t.Errorf("no values: %v", err)
	}
}

// TestProperties holds for any history, also for noise with holes.
func TestProperties(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 2))
	kinds := []kind{seasonal, growing, launched, spiky, sparse}
	for i := range 400 {
		y, _ := synthesize(kinds[i%len(kinds)], rnd)
		for range rnd.IntN(4) { // holes
			from := rnd.IntN(len(y))
			for k := from; k < min(len(y), from+rnd.IntN(5*day)); k++ {
				y[k] = math.NaN()
			}
		}
		y = y[:rnd.IntN(len(y))+1]
		now := monthBegins.Add(time.Duration(rnd.Int64N(int64(monthEnds.Sub(monthBegins)))))
		in := Input{Series: Series{begins, y}, From: monthBegins, End: monthEnds, Now: now}
		f, err := Month(in)
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		finite := !math.IsNaN(f.Value+f.Low+f.High+f.SoFar+f.Rest+f.Filled) && !math.IsInf(f.High, 0)
		if !finite || f.SoFar < 0 || f.Rest < 0 || f.Filled < 0 || f.Low < f.SoFar*(1-1e-12) || f.Value < f.Low*(1-1e-12) || f.High < f.Value*(1-1e-12) {
			t.Fatalf("%d: %+v", i, f)
		}
		if !near(f.SoFar+f.Filled+f.Rest, f.Value, 1e-12) {
			t.Errorf("%d: the parts are not the value: %+v", i, f)
		}
		if again, _ := Month(in); !reflect.DeepEqual(f, again) {
			t.Errorf("%d: asked again it is %+v, was %+v", i, again, f)
		}
		// Ten times as much of everything is ten times the forecast.
		for k := range y {
			y[k] *= 16
		}
		if more, _ := Month(in); !near(more.Value, 16*f.Value, 1e-9) || !near(more.High, 16*f.High, 1e-9) || !near(more.Low, 16*f.Low, 1e-9) {
			t.Errorf("%d: sixteen times as much is %+v, was %+v", i, more, f)
		}
		// What comes after now is not looked at.
		in.Values = append(slices.Clone(y), flat(2*allHours)...)
		in.Values = in.Values[:len(in.Values)]
		full := int(now.Sub(begins).Hours()) + 1
		if len(y) >= full {
			cut := in
			cut.Values = y[:full]
			a, _ := Month(cut)
			b, _ := Month(in)
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%d: the future changes %+v to %+v", i, a, b)
			}
		}
	}
}

// TestTogether adds up, and takes the wider of the two ranges.
func TestTogether(t *testing.T) {
	part := Forecast{Value: 10, Low: 7, High: 14, SoFar: 4, Rest: 6}
	four := []Forecast{part, part, part, part}
	f := Together(four, Forecast{Value: 40, Low: 39, High: 41, SoFar: 16, Rest: 24, Spread: 0.01})
	if f.Value != 40 || f.SoFar != 16 || f.Rest != 24 || !near(f.Low, 34, 1e-12) || !near(f.High, 48, 1e-12) {
		t.Errorf("each on its own: %+v", f)
	}
	f = Together(four, Forecast{Value: 40, Low: 28, High: 52, SoFar: 16, Rest: 24, Spread: 0.5})
	if !near(f.Low, 28, 1e-12) || !near(f.High, 52, 1e-12) {
		t.Errorf("together: %+v", f)
	}
	// The whole has a trend that no part shows clearly.
	f = Together(four, Forecast{Value: 48, Low: 45, High: 51, SoFar: 16, Rest: 32, Spread: 0.01})
	if f.Value != 40 || !near(f.Low, 34, 1e-12) || !near(f.High, 51, 1e-12) || !near(f.Spread, 11./24, 1e-12) {
		t.Errorf("a trend of the whole: %+v", f)
	}
	// Nothing is below what there is already.
	f = Together(four, Forecast{Value: 10, Low: 2, High: 11, SoFar: 2, Rest: 8, Spread: 0.01})
	if !near(f.Low, 16, 1e-12) {
		t.Errorf("below what there is: %+v", f)
	}
	if f = Together(nil, Forecast{}); f.Value != 0 || f.High != 0 {
		t.Errorf("none: %+v", f)
	}
}

func TestNotesAreSaid(t *testing.T) {
	at := time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC)
	for n, want := range map[Note]string{
		{Reason: New, At: at}:                 "new: nothing before 3 November 14:00 UTC",
		{Reason: Stopped, At: at}:             "nothing since 3 November 14:00 UTC: nothing more is expected",
		{Reason: Spike, At: at, Hours: 1}:     "a spike from 3 November 14:00 UTC on for 1 hour: it is not expected again",
		{Reason: Missing, Hours: 5}:           "5 hours of the month are not known and were filled in",
		{Reason: ShortHistory, Hours: 100}:    "only 4 days to tell from: the range is wide",
		{Reason: Trend, Amount: 0.051}:        "+5 % from week to week",
		{Reason: Silent}:                      "nothing in all the time that was looked at",
		{Reason: Trend, Amount: -0.2, At: at}: "-20 % from week to week",
	} {
		if got := n.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestWhatBeganWithinTheHour tells nothing of a month.
func TestWhatBeganWithinTheHour(t *testing.T) {
	y := make([]float64, allHours)
	copy(y[5*week:], flat(allHours-5*week))
	y[5*week] = 0.08
	in := Input{Series: Series{Start: begins, Values: y}, From: monthBegins, End: monthBegins.AddDate(0, 1, 0), Now: monthBegins.Add(5 * time.Minute)}
	if f, err := Month(in); !errors.Is(err, ErrUnknown) {
		t.Errorf("%+v, %v", f, err)
	}
	in.Now = monthBegins.Add(65 * time.Minute) // one full hour
	if f, err := Month(in); err != nil || f.Low > 10 || f.High < 60 {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestMonthlyBatch: a day that was heavy a month ago may come again, and is in
// the range as long as it is ahead.
func TestMonthlyBatch(t *testing.T) {
	y := flat(allHours)
	for _, at := range []time.Time{monthBegins.AddDate(0, -1, 27), monthBegins.AddDate(0, 0, 27)} {
		for i := hoursBetween(begins, at); i < hoursBetween(begins, at)+day; i++ {
			y[i] = 100
		}
	}
	for _, days := range []int{2, 8, 14, 20, 26} {
		f := forecastAt(t, y, monthBegins.AddDate(0, 0, days))
		if n := note(t, f, Spike); n.Hours != day {
			t.Errorf("day %d: %+v", days, n)
		}
		if truth := 720.0 + 24*99; f.Low > 720 || f.High < truth {
			t.Errorf("day %d: %v (%v to %v), it comes to %v", days, f.Value, f.Low, f.High, truth)
		}
	}
}
