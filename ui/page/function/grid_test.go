package function

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

func TestChartsAreLeftOutAndNotSqueezed(t *testing.T) {
	for width := 20; width <= 240; width++ {
		for height := range 80 {
			g := gridFor(chartCount, width, height)
			if g.lines() > height {
				t.Fatalf("%dx%d: the charts take %d lines", width, height, g.lines())
			}
			if g.charts > 0 && (g.height < leastChart || g.charts > g.across*g.down || g.charts > chartCount) {
				t.Fatalf("%dx%d: %+v", width, height, g)
			}
			if g.charts == 0 && height > leastChart {
				t.Fatalf("%dx%d: no chart although one fits", width, height)
			}
		}
	}
	for width, want := range map[int]int{80: 1, 120: 2, 200: 3} {
		if got := gridFor(chartCount, width, 60).across; got != want {
			t.Errorf("%d charts across on %d columns, want %d", got, width, want)
		}
	}
}

// TestPlotsStandInLine: the axes of all charts begin in the same column of
// their place, so that one moment is one column.
func TestPlotsStandInLine(t *testing.T) {
	p, env := shown(sample.Focus(sample.Functions(2)[1]), 120, 40)
	places := make(map[int]bool)
	for _, l := range p.Draw(env) {
		plain := []rune(ansi.Strip(l))
		for x, r := range plain {
			if r == '┤' {
				places[x] = true
			}
		}
	}
	if len(places) != 2 {
		t.Errorf("the axes stand in the columns %v", places)
	}
}

// TestAClickReadsTheCharts: the cursor is drawn where was clicked, in every
// chart.
func TestAClickReadsTheCharts(t *testing.T) {
	for _, width := range []int{80, 120, 200} {
		p, env := shown(sample.Focus(sample.Functions(2)[1]), width, 60)
		p.Draw(env)
		for _, at := range []int{20, 40, width - 20} {
			p.cursor = time.Time{}
			p.Click(env, at, 5)
			if p.cursor.IsZero() {
				t.Fatalf("on %d columns a click at %d reads nothing", width, at)
			}
			if !slices.ContainsFunc(p.Draw(env)[3:8], func(l string) bool {
				text := []rune(ansi.Strip(l))
				return at+1 < len(text) && strings.ContainsRune(string(text[at-1:at+2]), '│')
			}) {
				t.Errorf("on %d columns a click at %d puts the cursor elsewhere:\n%s", width, at, text(p, env))
			}
		}
	}
}

func TestLimits(t *testing.T) {
	place := fleet.Place{Limits: sources.Some(sources.ConcurrencyLimits{Total: 1000, Unreserved: 900})}
	set := func(reserved sources.Opt[int]) sources.Opt[sources.FunctionConcurrency] {
		return sources.Some(sources.FunctionConcurrency{Reserved: reserved})
	}
	for name, c := range map[string]struct {
		fn    fleet.Function
		place fleet.Place
		want  sources.Opt[int]
		kind  string
	}{
		"nothing known":                {},
		"its reservation is not known": {place: place},
		"reserved":                     {fn: fleet.Function{Concurrency: set(sources.Some(50))}, place: place, want: sources.Some(50), kind: "reserved"},
		"reserved, as listed":          {fn: fleet.Function{Config: sources.Function{ReservedConcurrency: sources.Some(7)}}, want: sources.Some(7), kind: "reserved"},
		"unreserved":                   {fn: fleet.Function{Concurrency: set(sources.Opt[int]{})}, place: place, want: sources.Some(900), kind: "unreserved"},
		"unreserved, limits not known": {fn: fleet.Function{Concurrency: set(sources.Opt[int]{})}},
	} {
		p := &Page{fn: &c.fn, place: c.place}
		if n, kind := p.limit(); n != c.want || kind != c.kind {
			t.Errorf("%s: the limit is %v %s, want %v %s", name, n, kind, c.want, c.kind)
		}
	}
}

// TestALimitNearIsDrawn and one far away only said.
func TestALimitNearIsDrawn(t *testing.T) {
	for limit, drawn := range map[int]bool{5: true, 100: false} {
		fn := sample.Focus(sample.Functions(2)[1])
		fn.Concurrency = sources.Some(sources.FunctionConcurrency{Reserved: sources.Some(limit)})
		p, env := shown(fn, 120, 40)
		c := p.chart(env, chartConcurrency)
		if got := len(c.Series) == 2; got != drawn || (len(c.Notes) == 1) == drawn {
			t.Errorf("a limit of %d is drawn: %v", limit, got)
		}
	}
}

func TestRangeNames(t *testing.T) {
	var names []string
	for _, r := range ranges() {
		names = append(names, rangeName(r))
	}
	if got := strings.Join(names, " "); got != "15m 1h 3h 12h 1d 3d 1w 2w" {
		t.Errorf("the ranges are %s", got)
	}
	if got := rangeName(90 * time.Minute); got != "1h30m" {
		t.Errorf("90 minutes are %s", got)
	}
}

func TestTheCursorKeepsItsPlaceWhileZooming(t *testing.T) {
	p, env := shown(sample.Focus(sample.Functions(2)[1]), 120, 40)
	p.cursor = p.data.start.Add(15 * time.Minute) // a quarter of the hour
	p.zoom(env, -1)
	start, end := p.window.At(env.Now)
	share := float64(p.cursor.Sub(start)) / float64(end.Sub(start))
	if share < 0.2 || share > 0.3 || end.Sub(start) != 15*time.Minute {
		t.Errorf("zoomed to %v–%v, the cursor stands at %.2f of it", start, end, share)
	}
	p.zoom(env, 1)
	p.zoom(env, 1)
	p.zoom(env, 1)
	if _, end := p.window.At(env.Now); end.After(env.Now) {
		t.Errorf("zoomed out, the window ends at %v", end)
	}
	if !p.live(env) && !p.window.Until.IsZero() {
		t.Error("it does not become live again")
	}
}

// TestComparisonsOfWhatIsKept: minutes are kept fifteen days.
func TestComparisonsOfWhatIsKept(t *testing.T) {
	p, env := shown(sample.Focus(sample.Functions(2)[1]), 120, 40)
	if !p.comparable(env, week) {
		t.Error("the last hour cannot be compared with that a week ago")
	}
	p.window.Until = env.Now.Add(-10 * day).Truncate(time.Minute)
	if p.comparable(env, week) {
		t.Error("an hour ten days ago can be compared with minutes that are gone")
	}
}

func TestDeltas(t *testing.T) {
	some := sources.Some[float64]
	none := sources.Opt[float64]{}
	for _, c := range []struct{ got, want string }{
		{difference(some(140), some(100), millis), " +40ms"},
		{difference(some(60), some(100), millis), " -40ms"},
		{difference(some(60), none, millis), ""},
		{difference(none, some(60), millis), ""},
		{growth(some(112), some(100)), " +12.0%"},
		{growth(some(50), some(100)), " -50.0%"},
		{growth(some(50), some(0)), ""},
		{growth(none, some(5)), ""},
		{points(some(0.04), some(0.01)), " +3.0pt"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
