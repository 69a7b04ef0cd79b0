package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/internal/sample"
)

// focusedFleet is a fleet whose focused function was changed.
func focusedFleet(head fleet.Snapshot, change func(*fleet.Function)) *fleet.Snapshot {
	list := sample.Functions(24)
	for i, f := range list {
		if f.ID == sample.Focused() {
			c := *sample.Focus(f)
			change(&c)
			list[i] = &c
		}
	}
	return fleet.Assemble(head, list, nil, nil)
}

func deniedTo(op string) error {
	return &sources.Error{Op: op, On: "image-resize", Kind: sources.Denied, Fix: "run fntop iam-policy"}
}

// TestFunctionStates is each state of the function's page that is not "all is
// well".
func TestFunctionStates(t *testing.T) {
	late := sample.Head(24)
	late.Demand, late.Settled = 0, false
	old := fleet.Health{Good: sample.Now().Add(-12 * time.Minute), Bad: sample.Now()}
	bare := func(f *fleet.Function) {
		*f = fleet.Function{ID: f.ID, Config: f.Config, Configured: true}
		f.Config.Tags = nil
	}
	nobody := sample.Head(24)
	for i := range nobody.Places {
		pl := &nobody.Places[i]
		pl.Changes, pl.Tags = fleet.Health{Err: deniedTo("cloudtrail:LookupEvents")}, fleet.Health{Err: deniedTo("tag:GetResources")}
		pl.Triggers, pl.Limits = fleet.Health{Err: deniedTo("lambda:ListEventSourceMappings")}, sources.Opt[sources.ConcurrencyLimits]{}
	}
	free, spent := sample.Head(24), sample.Head(24)
	free.Pace.Free, free.OverBudget = true, 1
	spent.OverBudget = 1
	searched := func(since time.Duration, h fleet.Health) func(*fleet.Function) {
		return func(f *fleet.Function) {
			bare(f)
			f.Searched = h
			if since > 0 {
				f.TracesFrom, f.TracesThrough = sample.Now().Add(-since), sample.Now()
			}
		}
	}
	for name, c := range map[string]struct {
		head   fleet.Snapshot
		change func(*fleet.Function)
		keys   []string
	}{
		"loading": {head: late, change: bare},
		"empty": {change: func(f *fleet.Function) {
			bare(f)
			start, end := sample.Window().At(sample.Now())
			for _, m := range []sources.Metric{sources.MetricInvocations, sources.MetricErrors, sources.MetricThrottles} {
				*f = *f.WithPoints(m, sources.StatSum, time.Minute, nil, start, end.Add(-3*time.Minute))
			}
			f.InvocationsFrom, f.InvocationsThrough = start, end
			f.ColdFrom, f.ColdThrough, f.ChangesFrom = start, end, start
			f.Logs = fleet.Health{Good: sample.Now()}
		}},
		"partial": {change: func(f *fleet.Function) {
			whole := *f
			bare(f)
			f.Metrics = fleet.Health{Bad: sample.Now(), Err: deniedTo("cloudwatch:GetMetricData")}
			f.Invocations, f.InvocationsFrom, f.InvocationsThrough = whole.Invocations, whole.InvocationsFrom, whole.InvocationsThrough
			f.ColdStarts, f.ColdFrom, f.ColdThrough, f.Logs = whole.ColdStarts, whole.ColdFrom, whole.ColdThrough, whole.Logs
		}},
		"stale": {change: func(f *fleet.Function) { f.Metrics, f.Logs = old, old }},
		"denied": {head: nobody, change: func(f *fleet.Function) {
			bare(f)
			f.Metrics, f.Cold = fleet.Health{Err: deniedTo("cloudwatch:GetMetricData")}, fleet.Health{Err: deniedTo("logs:FilterLogEvents")}
			f.Logs = f.Cold
		}},
		"denied-configuration": {head: nobody, change: bare, keys: []string{"7"}},
		"denied-triggers":      {head: nobody, change: bare, keys: []string{"6"}},
		"denied-cold": {change: func(f *fleet.Function) {
			bare(f)
			f.Cold.Err, f.Logs.Err = deniedTo("logs:FilterLogEvents"), deniedTo("logs:FilterLogEvents")
		}, keys: []string{"4"}},
		"loading-triggers": {head: late, change: bare, keys: []string{"6"}},
		"no-triggers": {change: func(f *fleet.Function) {
			bare(f)
			f.Mapped, f.Triggered = true, fleet.Health{Good: sample.Now()}
		}, keys: []string{"6"}},
		"loading-traces": {head: late, change: bare, keys: []string{"3"}},
		"no-traces":      {change: searched(time.Hour, fleet.Health{Good: sample.Now()}), keys: []string{"3"}},
		"traces-off": {change: func(f *fleet.Function) {
			searched(time.Hour, fleet.Health{})(f)
			f.Traces, f.Config.Tracing = nil, sources.TracingPassThrough
		}, keys: []string{"3"}},
		"denied-traces":  {change: searched(0, fleet.Health{Err: deniedTo("xray:GetTraceSummaries")}), keys: []string{"3"}},
		"free-traces":    {head: free, change: bare, keys: []string{"3"}},
		"budget-traces":  {head: spent, change: bare, keys: []string{"3"}},
		"further-traces": {change: searched(10*time.Minute, fleet.Health{Good: sample.Now()}), keys: []string{"3"}},
		"partial-traces": {head: late, change: func(f *fleet.Function) { f.TracesFrom = sample.Now().Add(-30 * time.Minute) }, keys: []string{"3"}},
		"stale-traces": {change: func(f *fleet.Function) {
			f.TracesThrough, f.Searched = sample.Now().Add(-12*time.Minute), fleet.Health{Bad: sample.Now(), Err: &sources.Error{Kind: sources.Throttled}}
		}, keys: []string{"3"}},
		"filtered-traces": {change: func(*fleet.Function) {}, keys: []string{"3", "/", "type:nothing like it", "enter"}},
		"failed-traces": {change: func(f *fleet.Function) {
			f.Searched = fleet.Health{Bad: sample.Now(), Err: deniedTo("xray:GetTraceSummaries")}
			f.Traces = f.Traces[:3]
		}, keys: []string{"3"}},
		"unlisted": {change: func(f *fleet.Function) { *f = fleet.Function{ID: f.ID} }, keys: []string{"7"}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.head.Places == nil {
				c.head = sample.Head(24)
			}
			d := open(t, 120, 40).show(focusedFleet(c.head, c.change)).keys(":", "type:open image-resize", "enter").keys(c.keys...)
			checkFrame(t, d.frame(), 120, 40)
			golden.RequireEqual(t, d.screen())
		})
	}
}

// TestTabsAskForWhatTheyShow, and are found as they were left.
func TestTabsAskForWhatTheyShow(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24)).openFunction()
	type wants struct{ charts, invocations, traces, changes, tags, triggers bool }
	want := func(w wants) {
		t.Helper()
		got := d.view.last()
		f := got.Focus[0]
		if (wants{f.Charts, f.Invocations, f.TraceList, got.Changes, got.Tags, got.Triggers}) != w || !f.Limits || f.Before != 0 {
			t.Errorf("demand %+v, want %+v", got, w)
		}
	}
	want(wants{charts: true, invocations: true, changes: true, triggers: true})
	d.keys("2", "/", "type:dur>700", "enter", "down").sees(" match")
	want(wants{invocations: true})
	before := d.screen()
	d.keys("tab").sees("[Traces]", "✗ fault")
	want(wants{invocations: true, traces: true})
	d.keys("tab").sees("[Cold starts]", "init p50")
	want(wants{charts: true, invocations: true, changes: true})
	d.keys("6").sees("[Triggers]", "may invoke", "▲ public", "▲ Disabled")
	want(wants{triggers: true})
	d.keys("tab").sees("[Configuration]", "team=media", "2048 MB", "by maria")
	want(wants{changes: true, tags: true})
	d.keys("tab").sees("[Overview]").send(tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}).sees("[Configuration]")
	d.keys("9").sees("[Configuration]")
	if d.keys("2").screen() != before {
		t.Errorf("the tab was left as\n%s\nand is found as\n%s", before, d.screen())
	}
	d.clickOn("Triggers").sees("[Triggers]")
	d.keys("2", "enter", "esc").sees("[Invocations]", " match")
	if d.screen() != before {
		t.Error("back from an invocation the tab is another one")
	}
}

// TestCompare: the same hour a day and a week ago is asked for and read.
func TestCompare(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24)).openFunction()
	for _, want := range []struct {
		before time.Duration
		text   string
	}{{24 * time.Hour, "last 1h vs a day ago"}, {7 * 24 * time.Hour, "last 1h vs a week ago"}, {0, "last 1h  15m"}} {
		if d.keys("=").sees(want.text); d.view.last().Focus[0].Before != want.before {
			t.Errorf("demand %+v, want %v before", d.view.last().Focus[0], want.before)
		}
	}
	d.keys("=", "left", "left", "left").sees("/min +11.1%")
	d = open(t, 120, 40).show(sample.Fleet(24)).openFunction()
	d.keys("left", "left", "left").seesNot("/min +")
}

// TestZoom: around the cursor the window becomes one of the past, and esc
// goes back to what is live.
func TestZoom(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24)).openFunction()
	for range 30 {
		d.keys("left")
	}
	d.keys("+")
	w := d.view.last().Focus[0].Window
	if w.Since != 15*time.Minute || w.Until.IsZero() || !w.Until.Before(sample.Now()) {
		t.Fatalf("zoomed, the window is %+v", w)
	}
	d.sees("Nov 23 13:2", "back to live").keys("=")
	if f := d.view.last().Focus[0]; f.Window != w || f.Before != 24*time.Hour {
		t.Fatalf("zoomed and compared, demand %+v", f)
	}
	d.keys("-")
	if got := d.view.last().Focus[0].Window; got.Since != time.Hour {
		t.Fatalf("zoomed out, the window is %+v", got)
	}
	d.keys("+", "esc")
	if got := d.view.last().Focus[0].Window; got != (sources.Window{Since: 15 * time.Minute}) {
		t.Fatalf("back to live, the window is %+v", got)
	}
	d.keys("esc").seesNot("[Overview]")
}

// TestLongRangesReadADayOfTheLog at most.
func TestLongRangesReadADayOfTheLog(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24)).openFunction().keys("]", "]", "]", "]", "]", "]").sees("[2w]", "last 2w")
	got := d.view.last()
	if got.Focus[0].Window.Since != 14*24*time.Hour || got.Window.Since != 24*time.Hour {
		t.Fatalf("demand %+v", got)
	}
	// Points of an hour are kept long enough for a comparison, those of a minute
	// are not after fifteen days.
	if got := d.keys("=", "=").view.last().Focus[0].Before; got != 7*24*time.Hour {
		t.Errorf("two weeks are compared with those %v before", got)
	}
}

// TestTracesFromTheFunctionsPage: from a row to its traces, to one of them, to
// the invocation it is of, and back.
func TestTracesFromTheFunctionsPage(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24)).keys("/", "type:image-resize", "enter", "t").sees("[Traces]", "THROUGH", "90 traces")
	d.keys("enter").sees("trace "+sample.TraceID, "critical path").keys("enter").sees("7d0e3c6a-41b2-4f0e-9a55")
	d.keys("esc", "esc").sees("[Traces]").keys("esc").sees("TRAFFIC")
	if f := d.view.last().Focus; len(f) != 0 {
		t.Errorf("back home the demand has %+v", f)
	}
}

func TestColdStartsFromTheFunctionsPage(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24)).keys("/", "type:image-resize", "enter", "c").sees("[Cold starts]", "init p50")
	d.keys("down", "enter").sees("init 1,", "run ")
	d.keys("esc", "esc").sees("TRAFFIC")
}

// TestWhyIsSaidOnTheFunctionPage: what fails and what is old is said under the
// head at every size, on every tab.
func TestWhyIsSaidOnTheFunctionPage(t *testing.T) {
	gone := &sources.Error{Op: "cloudwatch:GetMetricData", On: "us-east-1", Kind: sources.Unreachable, Fix: "check the network", Err: errors.New("connection refused")}
	lost := sample.Head(24)
	for i := range lost.Places {
		lost.Places[i].Metrics = fleet.Health{Good: sample.Now().Add(-40 * time.Second), Bad: sample.Now(), Err: gone}
		lost.Places[i].Logs = lost.Places[i].Metrics
	}
	failed := sample.Head(24)
	failed.Places[0].State, failed.Places[0].Err = fleet.Failed, expired()
	old := func(f *fleet.Function) { f.Metrics.Good = sample.Now().Add(-12 * time.Minute) }
	for name, c := range map[string]struct {
		head               fleet.Snapshot
		change             func(*fleet.Function)
		least, short, long string
	}{
		"unreachable": {lost, func(*fleet.Function) {}, "✗ unreachable: c", "✗ metrics, log unreachable: cloudwatch", "✗ metrics, log unreachable: cloudwatch:GetMetricData on us-east-1: connection refused → check the network"},
		"closed":      {failed, func(*fleet.Function) {}, "✗ expired crede", "✗ us-east-1 expired credentials", "expired credentials: sts:GetCallerIdentity on profile prod: the SSO session has expired → aws sso login"},
		"late":        {sample.Head(24), old, "▲ metrics were rea", "▲ metrics were read 12m ago", "▲ metrics were read 12m ago"},
	} {
		for _, s := range []size{{20, 5}, {40, 12}, {80, 24}, {200, 60}} {
			want := map[int]string{20: c.least, 200: c.long}[s.width]
			if want == "" {
				want = c.short
			}
			d := open(t, s.width, s.height).show(focusedFleet(c.head, c.change)).keys(":", "type:open image-resize", "enter").sees(want)
			checkFrame(t, d.frame(), s.width, s.height)
			if name != "late" {
				d.keys("5").sees(want)
			}
		}
	}
	open(t, 120, 40).show(sample.Fleet(24)).openFunction().seesNot("✗ metrics", "ago")
}

// TestAChartSaysHowMuchOfItWasRead: nothing yet, a part, or all.
func TestAChartSaysHowMuchOfItWasRead(t *testing.T) {
	start, end := poll.SeriesSpan(sample.Window(), sample.Now())
	bare := func(f *fleet.Function) { *f = fleet.Function{ID: f.ID, Config: f.Config, Configured: true} }
	read := func(from time.Time) func(*fleet.Function) {
		return func(f *fleet.Function) {
			bare(f)
			*f = *f.WithPoints(sources.MetricInvocations, sources.StatSum, time.Minute, []sources.Point{{Time: end.Add(-10 * time.Minute), Value: 4}}, from, end)
			f.ColdFrom, f.ColdThrough = from, end
		}
	}
	busy := sample.Head(24)
	busy.Settled = false
	free := sample.Head(24)
	free.Pace = poll.Pace{Slowed: true, Free: true}
	chart := func(head fleet.Snapshot, change func(*fleet.Function)) *desk {
		return open(t, 120, 40).show(focusedFleet(head, change)).keys(":", "type:open image-resize", "enter")
	}
	chart(busy, bare).sees("loading…").seesNot("no data", "has not been read")
	chart(free, bare).sees("not read: metrics cost money").seesNot("loading…", "no data")
	chart(sample.Head(24), bare).sees("no data").seesNot("loading…")
	chart(busy, read(end.Add(-20*time.Minute))).sees("invocations/min  read since 13:43", "cold starts  read since 13:43")
	chart(busy, read(start)).seesNot("read since")
}

// TestChangesAreNeverDroppedSilently: those that have no room are counted, and
// what was modified before they are known is told and marked.
func TestChangesAreNeverDroppedSilently(t *testing.T) {
	at := sample.Now().Add(-50 * time.Minute)
	open := func(change func(*fleet.Function)) *desk {
		return open(t, 120, 40).show(focusedFleet(sample.Head(24), change)).keys(":", "type:open image-resize", "enter")
	}
	many := open(func(f *fleet.Function) {
		f.Changes = nil
		for i := range 12 {
			f.Changes = append(f.Changes, sources.Change{Time: sample.Now().Add(-time.Duration(i) * time.Minute), Kind: sources.ChangeVersion, Version: fmt.Sprint(60 - i)})
		}
	})
	many.sees("v60", "v59", "+10 more, 7 shows all").seesNot("v58")
	many.keys("7").sees("60", "49")
	before := open(func(f *fleet.Function) {
		f.Changes, f.ChangesFrom, f.Config.LastModified = nil, sample.Now().Add(-10*time.Minute), at
	})
	before.sees("changes  known since 13:53", "⚑ 13:13  modified", "⚑ modified 13:13")
	if n := strings.Count(before.screen(), "⚑"); n < 4 { // beside those two, on the charts
		t.Errorf("%d marks:\n%s", n, before.screen())
	}
}
