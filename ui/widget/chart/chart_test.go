package chart_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"fntop/ui/format"
	"fntop/ui/theme"
	"fntop/ui/widget/chart"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

func look() *theme.Theme { return theme.New(theme.Spec{Dark: true, Profile: colorprofile.TrueColor}) }

func plain(lines []string) string {
	for i, l := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n")
}

func of(values ...float64) *chart.Chart {
	return &chart.Chart{
		Title: "invocations", Series: []chart.Series{{Name: "all", Values: values}}, Points: len(values),
		Start: noon(), Step: time.Minute, Cursor: -1, Label: format.Count, Empty: "no data",
	}
}

func TestDraw(t *testing.T) {
	nan := math.NaN()
	c := of(10, 10, 10, 10, 40, 40, 40, 40, 40, 20, 20, 20, nan, nan, nan, 30, 30, 30, 30, 30)
	c.Marks = []time.Time{noon().Add(4*time.Minute + 30*time.Second), noon().Add(-time.Hour), noon().Add(time.Hour)}
	want := strings.Join([]string{
		"invocations  ─ all",
		"40 ┤    ⚑────╮",
		"30 ┤    │    │     ╶────",
		"20 ┤    │    ╰──╴",
		"10 ┤────╯",
		" 0 ┤",
		"            12:10",
	}, "\n")
	if got := plain(c.Draw(look(), 24, 7)); got != want {
		t.Errorf("drawn:\n%s\nwant:\n%s", got, want)
	}
}

// TestACursorStandsOnItsPoint checks that the cursor's column is one where
// the point's value is drawn, for fewer and more points than columns.
func TestACursorStandsOnItsPoint(t *testing.T) {
	for _, points := range []int{1, 2, 7, 15, 60, 180, 288, 1000} {
		for _, at := range []int{0, points / 3, points / 2, points - 1} {
			values := make([]float64, points)
			values[at] = 100
			c := of(values...)
			c.Cursor = at
			lines := c.Draw(look(), 60, 8)
			top, accent := lines[1], look().Accent.SGR()
			if !strings.Contains(top, accent) {
				t.Errorf("%d points, cursor at %d: it is not on the peak: %q", points, at, top)
			}
			stamp := noon().Add(time.Duration(at) * time.Minute).Format("15:04")
			if got := lines[len(lines)-1]; !strings.Contains(got, accent+stamp) {
				t.Errorf("%d points, cursor at %d: the axis lacks %s: %q", points, at, stamp, ansi.Strip(got))
			}
		}
	}
}

func TestAPeakIsNeverLost(t *testing.T) {
	values := make([]float64, 1440)
	values[777] = 9
	got := plain(of(values...).Draw(look(), 60, 8))
	if first := strings.Split(got, "\n")[1]; !strings.ContainsAny(first, "╭╮─") {
		t.Errorf("one peak among many points:\n%s", got)
	}
}

func TestAxisFiguresAreRound(t *testing.T) {
	for top := 1e-3; top < 1e9; top *= 1.07 {
		c := of(0, top)
		var labels []float64
		c.Label = func(v float64) string {
			labels = append(labels, v)
			return fmt.Sprint(v)
		}
		c.Draw(look(), 80, 12)
		slices.Sort(labels)
		step := labels[1] - labels[0]
		mantissa := step / math.Pow(10, math.Floor(math.Log10(step)+1e-9))
		if !slices.ContainsFunc([]float64{1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10}, func(m float64) bool { return math.Abs(m-mantissa) < 1e-6 }) {
			t.Fatalf("up to %g the axis goes by %g", top, step)
		}
		if reach := labels[len(labels)-1] + step; reach < top {
			t.Fatalf("up to %g the axis ends at %g", top, reach)
		}
	}
	whole := of(0, 1, 2)
	whole.Whole = true
	if got := plain(whole.Draw(look(), 40, 12)); strings.Contains(got, ".") {
		t.Errorf("whole numbers with a fraction:\n%s", got)
	}
}

func TestNothingToDraw(t *testing.T) {
	for _, c := range []*chart.Chart{of(), of(math.NaN(), math.NaN()), of(math.Inf(1))} {
		if got := plain(c.Draw(look(), 40, 8)); !strings.Contains(got, "no data") {
			t.Errorf("nothing is drawn as\n%s", got)
		}
	}
	got := plain(of(0, 0, 0).Draw(look(), 40, 8))
	if !strings.Contains(got, "0 ┤───") || strings.Contains(got, "no data") {
		t.Errorf("zeroes are drawn as\n%s", got)
	}
}

func TestTimeAxis(t *testing.T) {
	for _, c := range []struct {
		step   time.Duration
		points int
		want   []string
	}{
		{time.Minute, 15, []string{"12:02", "12:10"}},
		{time.Minute, 60, []string{"12:10", "12:30", "12:50"}},
		{time.Minute, 180, []string{"12:30", "13:00", "13:30", "14:00", "14:30"}},
		{5 * time.Minute, 288, []string{"15:00", "18:00", "21:00", "00:00", "03:00", "06:00", "09:00"}},
		{time.Hour, 24 * 3, []string{"Nov 24", "12:00", "Nov 25", "Nov 26"}},
		{time.Hour, 24 * 7, []string{"Nov 24", "Nov 26", "Nov 29"}},
		{time.Hour, 24 * 14, []string{"Nov 25", "Nov 29", "Dec 1", "Dec 5"}},
	} {
		ch := of(make([]float64, c.points)...)
		ch.Step = c.step
		got := plain(ch.Draw(look(), 80, 6))
		axis := got[strings.LastIndexByte(got, '\n')+1:]
		for _, want := range c.want {
			if !strings.Contains(axis, want) {
				t.Errorf("%d points of %v: the axis %q lacks %s", c.points, c.step, axis, want)
			}
		}
	}
	zone := time.FixedZone("IST", 5*3600+1800)
	ch := of(make([]float64, 180)...)
	ch.Start = noon().In(zone)
	if got := plain(ch.Draw(look(), 80, 6)); !strings.Contains(got, "18:00") {
		t.Errorf("in another zone:\n%s", got)
	}
}

func FuzzDraw(f *testing.F) {
	f.Add(1.0, 2.0, math.NaN(), 40, 10, 1)
	f.Add(math.Inf(1), -1e300, 1e300, 17, 4, 0)
	f.Add(5e-324, math.MaxFloat64, 0.0, 16, 30, 2)
	f.Fuzz(func(t *testing.T, a, b, c float64, width, height, cursor int) {
		width, height = width%300, height%80
		ch := of(a, b, c, a, a, b)
		ch.Series = append(ch.Series, chart.Series{Name: "other", Values: []float64{c, b, a}}, chart.Series{Values: nil}, chart.Series{Values: []float64{a}})
		ch.Cursor = cursor
		ch.Marks = []time.Time{noon().Add(2 * time.Minute), {}}
		lines := ch.Draw(look(), width, height)
		if len(lines) > max(height, 0) {
			t.Fatalf("%d lines of %d", len(lines), height)
		}
		for _, l := range lines {
			if w := ansi.StringWidth(l); w > max(width, 0) {
				t.Fatalf("a line of %d columns in %d: %q", w, width, ansi.Strip(l))
			}
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	values := make([]float64, 180)
	for i := range values {
		values[i] = 100 + 50*math.Sin(float64(i)/7)
	}
	c := of(values...)
	th := look()
	b.ReportAllocs()
	for b.Loop() {
		_ = c.Draw(th, 98, 12)
	}
}
