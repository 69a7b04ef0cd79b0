package function

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
	"fntop/ui/page"
)

// TestAColdStartFindsItsInvocation although the report alone puts its start
// some milliseconds beside the line of the log that tells it.
func TestAColdStartFindsItsInvocation(t *testing.T) {
	start := sample.Now().Add(-time.Minute)
	reported := start.Add(207 * time.Millisecond)
	inv := sources.Invocation{
		RequestID: "found", Attempt: 1, Version: "41", Environment: "2026/11/23/[41]abc", Outcome: sources.OK,
		Start: sources.Some(start), Reported: sources.Some(reported), Duration: sources.Some(200 * time.Millisecond),
		Init: sources.Some(700 * time.Millisecond), Cold: sources.Some(true),
	}
	fn := &fleet.Function{
		ID: sample.Focused(), Invocations: []sources.Invocation{inv}, ColdFrom: start.Add(-2 * time.Hour), ColdThrough: sample.Now(),
		ColdStarts: []fleet.ColdStart{
			{At: start.Add(-90 * time.Minute), Init: time.Second}, // before the window
			{At: start.Add(-time.Minute), Init: 900 * time.Millisecond},
			{At: reported.Add(-200 * time.Millisecond), Init: 700 * time.Millisecond},
		},
	}
	p, env := shown(fn, 120, 40)
	press(p, env, '4')
	for _, want := range []string{"cold starts 2", "init p50 800ms  p95 890ms  max 900ms", " 41  ", " abc", "Known for all of this time"} {
		if !strings.Contains(text(p, env), want) {
			t.Errorf("the tab lacks %q:\n%s", want, text(p, env))
		}
	}
	if got, ok := press(p, env, tea.KeyEnter).(page.OpenInvocation); !ok || got.Known.RequestID != "found" {
		t.Errorf("enter gives %+v", got)
	}
	if got, ok := press(p, env, 'j', tea.KeyEnter).(page.Say); !ok || !strings.Contains(got.Text, "not among those that are kept") {
		t.Errorf("enter on one whose invocation is not known gives %+v", got)
	}
}

// TestColdRatesAreOfWhatIsKnown: invocations and cold starts must both be.
func TestColdRatesAreOfWhatIsKnown(t *testing.T) {
	start, end := sample.Window().At(sample.Now())
	minute := func(i int) time.Time { return start.Add(time.Duration(i) * time.Minute) }
	fn := (&fleet.Function{ID: sample.Focused()}).WithPoints(sources.MetricInvocations, sources.StatSum, time.Minute,
		[]sources.Point{{Time: minute(5), Value: 100}, {Time: minute(30), Value: 50}, {Time: minute(40), Value: 50}}, start, end)
	fn.ColdFrom, fn.ColdThrough = minute(20), minute(55)
	fn.ColdStarts = []fleet.ColdStart{{At: minute(30).Add(time.Second), Init: time.Second}}
	p, _ := shown(fn, 120, 40)
	if got := p.data.coldRate(0, p.data.points); got != sources.Some(0.01) {
		t.Errorf("1 of 100 known invocations was cold: rate %v", got)
	}
	if got := p.data.coldRate(5, 6); got.Known() {
		t.Errorf("no report was read, and the rate is %v", got)
	}
}
