package function

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/theme"
)

func envOf(fn *fleet.Function) *page.Env {
	th := theme.New(theme.Spec{Dark: true, Profile: colorprofile.TrueColor})
	return &page.Env{
		Snapshot: fleet.Assemble(sample.Head(1), []*fleet.Function{fn}, nil, nil), Now: sample.Now(), Theme: th,
		Keys: keys.New(&th.Glyphs), Window: sample.Window(),
		Price:   func(sources.Invocation, sources.Function) (float64, bool) { return 0, false },
		Explain: func(sources.Invocation, sources.Function) []string { return nil },
	}
}

func shown(fn *fleet.Function, width, height int) (*Page, *page.Env) {
	env := envOf(fn)
	p := New(fn.ID, env.Window)
	p.Resize(env, width, height)
	p.Show(env)
	return p, env
}

func press(p *Page, env *page.Env, codes ...rune) page.Step {
	var step page.Step
	for _, c := range codes {
		k := tea.KeyPressMsg{Code: c}
		if c < 0x7f && c > ' ' {
			k.Text = string(c)
		}
		step = p.Press(env, k)
	}
	return step
}

func text(p *Page, env *page.Env) string { return ansi.Strip(strings.Join(p.Draw(env), "\n")) }

// bare is a function with invocations 1 to n, the largest number the newest.
func bare(n int) *fleet.Function {
	f := &fleet.Function{ID: sample.Focused()}
	for i := n; i > 0; i-- {
		f.Invocations = append(f.Invocations, sources.Invocation{
			RequestID: fmt.Sprintf("request-%d", i), Attempt: 1, Outcome: sources.OK,
			Start: sources.Some(sample.Now().Add(time.Duration(i-1000) * time.Second)), Duration: sources.Some(time.Duration(i) * time.Millisecond),
		})
	}
	return f
}

// listOf is the list of the tab that is seen.
func listOf(p *Page) *list {
	switch t := p.now().(type) {
	case *overview:
		return t.list
	case *invocations:
		return t.list
	}
	return nil
}

func selected(t *testing.T, p *Page) string {
	t.Helper()
	inv, ok := listOf(p).current()
	if !ok {
		t.Fatal("nothing is selected")
	}
	return inv.RequestID
}

func TestTheListFollowsTheNewestUntilTheUserMoves(t *testing.T) {
	p, env := shown(bare(30), 100, 24)
	if got := selected(t, p); got != "request-30" {
		t.Fatalf("first %s is selected", got)
	}
	more := envOf(bare(33))
	p.Show(more)
	if got := selected(t, p); got != "request-33" {
		t.Fatalf("following, %s is selected", got)
	}
	press(p, more, 'j', 'j', 'j')
	at := listOf(p).table.Cursor() - listOf(p).table.Top()
	for n := 34; n < 70; n += 5 {
		env = envOf(bare(n))
		p.Show(env)
		if got := selected(t, p); got != "request-30" {
			t.Fatalf("with %d invocations %s is selected", n, got)
		}
		if got := listOf(p).table.Cursor() - listOf(p).table.Top(); got != at {
			t.Fatalf("with %d invocations the cursor stands on line %d of the list, not on %d", n, got, at)
		}
	}
	press(p, env, 'g')
	p.Show(envOf(bare(99)))
	if got := selected(t, p); got != "request-99" {
		t.Fatalf("back at the top, %s is selected", got)
	}
}

func TestSeriesAreNotGuessed(t *testing.T) {
	start, _ := sample.Window().At(sample.Now())
	minute := func(i int) time.Time { return start.Add(time.Duration(i) * time.Minute) }
	fn := &fleet.Function{ID: sample.Focused()}
	fn = fn.WithPoints(sources.MetricInvocations, sources.StatSum, time.Minute,
		[]sources.Point{{Time: minute(10), Value: 5}, {Time: minute(20), Value: 7}, {Time: minute(-3), Value: 99}, {Time: minute(70), Value: 99}}, minute(5), minute(40))
	fn = fn.WithPoints(sources.MetricDuration, sources.StatP50, time.Minute, []sources.Point{{Time: minute(10), Value: 120}}, minute(5), minute(40))
	p, _ := shown(fn, 100, 40)
	d := &p.data
	for i, want := range map[int]float64{4: math.NaN(), 5: 0, 10: 5, 11: 0, 20: 7, 39: 0, 40: math.NaN(), 59: math.NaN()} {
		if got := d.invocations[i]; got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("minute %d: %g invocations, want %g", i, got, want)
		}
	}
	if d.p50[10] != 120 || !math.IsNaN(d.p50[11]) {
		t.Errorf("p50 is %g and then %g: a minute without a sample has no percentile", d.p50[10], d.p50[11])
	}
	if d.concurrency[11] != 0 || !math.IsNaN(d.concurrency[10]) || !math.IsNaN(d.concurrency[50]) {
		t.Errorf("concurrency %g with no invocations, %g with some, %g where nothing is known", d.concurrency[11], d.concurrency[10], d.concurrency[50])
	}
	if !math.IsNaN(d.cold[20]) || !math.IsNaN(d.live[45]) {
		t.Error("cold starts are known although no log was read")
	}
}

// TestLateIsNotSilent: the newest minutes are not final because metrics come
// late. One has no point yet, not because nothing happened, and one has a count
// that may still grow.
func TestLateIsNotSilent(t *testing.T) {
	start, end := sample.Window().At(sample.Now())
	fn := (&fleet.Function{ID: sample.Focused()}).WithPoints(sources.MetricInvocations, sources.StatSum, time.Minute,
		[]sources.Point{{Time: end.Add(-3 * time.Minute), Value: 5}, {Time: end.Add(-2 * time.Minute), Value: 1}}, start, end.Add(-2*time.Minute))
	p, _ := shown(fn, 100, 40)
	v := p.data.invocations
	if v[56] != 0 || v[57] != 5 || !math.IsNaN(v[58]) || !math.IsNaN(v[59]) {
		t.Errorf("the newest minutes are %v; want 0, 5 and twice not known", v[56:])
	}
}

func TestRatesArePerMinute(t *testing.T) {
	fn := &fleet.Function{ID: sample.Focused()}
	start := sample.Now().Add(-12 * time.Hour).Truncate(5 * time.Minute)
	fn = fn.WithPoints(sources.MetricInvocations, sources.StatSum, 5*time.Minute, []sources.Point{{Time: start.Add(time.Hour), Value: 50}}, start, start.Add(2*time.Hour))
	p, env := shown(fn, 100, 40)
	press(p, env, ']', ']')
	if p.window.Since != 12*time.Hour || p.data.step != 5*time.Minute {
		t.Fatalf("window %v in steps of %v", p.window.Since, p.data.step)
	}
	if got := p.data.invocations[12]; got != 10 {
		t.Errorf("50 invocations in five minutes are %g a minute", got)
	}
}

func TestTheLogFillsWhatMetricsHaveNotReached(t *testing.T) {
	start, _ := sample.Window().At(sample.Now())
	fn := bare(0)
	fn = fn.WithPoints(sources.MetricInvocations, sources.StatSum, time.Minute, []sources.Point{{Time: start.Add(56 * time.Minute), Value: 3}}, start, start.Add(57*time.Minute))
	fn.InvocationsFrom, fn.InvocationsThrough = start.Add(55*time.Minute+time.Second), start.Add(59*time.Minute+time.Second)
	for i := range 4 {
		fn.Invocations = append(fn.Invocations, sources.Invocation{
			RequestID: fmt.Sprint(i), Start: sources.Some(start.Add(58*time.Minute + time.Duration(i)*time.Second)),
		})
	}
	fn.ColdFrom, fn.ColdThrough = start.Add(55*time.Minute+time.Second), start.Add(59*time.Minute+time.Second)
	fn.ColdStarts = []fleet.ColdStart{{At: start.Add(58*time.Minute + time.Second)}}
	p, _ := shown(fn, 100, 40)
	d := &p.data
	if !math.IsNaN(d.live[55]) || !math.IsNaN(d.live[56]) {
		t.Error("the log is counted where it was not read from the start of the minute, or where metrics are known")
	}
	if d.live[57] != 0 || d.live[58] != 4 || !math.IsNaN(d.live[59]) {
		t.Errorf("from the log: %g, %g, %g; want 0, 4, not known", d.live[57], d.live[58], d.live[59])
	}
	if d.cold[56] != 0 || d.cold[58] != 1 || !math.IsNaN(d.cold[55]) {
		t.Errorf("cold starts %g, %g, %g", d.cold[55], d.cold[56], d.cold[58])
	}
}

func TestTheCursorStaysOnItsMoment(t *testing.T) {
	fn := sample.Focus(sample.Functions(2)[1])
	p, env := shown(fn, 120, 40)
	press(p, env, tea.KeyLeft, tea.KeyLeft, tea.KeyLeft)
	before := p.cursor
	if !strings.Contains(text(p, env), " "+before.Format("15:04")+" │ p50") {
		t.Fatalf("the cursor is not read:\n%s", text(p, env))
	}
	env.Now = env.Now.Add(4 * time.Minute)
	p.Show(env)
	if !p.cursor.Equal(before) {
		t.Errorf("the cursor moved from %v to %v", before, p.cursor)
	}
	press(p, env, tea.KeyRight, tea.KeyRight, tea.KeyRight, tea.KeyRight, tea.KeyRight, tea.KeyRight)
	if !p.cursor.IsZero() {
		t.Error("beyond the newest point the cursor does not go away")
	}
	press(p, env, tea.KeyLeft)
	for range 100 {
		press(p, env, tea.KeyLeft)
	}
	if i := p.data.index(p.cursor); i != 0 {
		t.Errorf("the earliest point is %d", i)
	}
}

func TestRanges(t *testing.T) {
	p, env := shown(bare(1), 120, 40)
	p.window.Since = 2 * time.Hour // between two ranges
	press(p, env, '[')
	if p.window.Since != time.Hour {
		t.Errorf("shorter than two hours is %v", p.window.Since)
	}
	p.window.Since = 2 * time.Hour
	press(p, env, ']')
	if p.window.Since != 3*time.Hour {
		t.Errorf("longer than two hours is %v", p.window.Since)
	}
	press(p, env, ']', ']', ']', ']', ']', ']', ']')
	if p.window.Since != 14*24*time.Hour {
		t.Errorf("the longest range is %v", p.window.Since)
	}
	p.window.Since = 5 * time.Minute
	press(p, env, '[')
	if p.window.Since != 15*time.Minute {
		t.Errorf("shorter than all is %v", p.window.Since)
	}
	if !strings.Contains(text(p, env), "[15m]") {
		t.Error("the range is not shown")
	}
}

func TestSteps(t *testing.T) {
	fn := sample.Focus(sample.Functions(2)[1])
	p, env := shown(fn, 120, 40)
	if _, ok := press(p, env, tea.KeyEscape).(page.Back); !ok {
		t.Error("esc does not go back")
	}
	step, ok := press(p, env, 'j', tea.KeyEnter).(page.OpenInvocation)
	if !ok || step.Known.RequestID != fn.Invocations[1].RequestID {
		t.Errorf("enter gives %+v", step)
	}
	if say, ok := press(p, env, 't').(page.Say); !ok || !strings.Contains(say.Text, "not sampled") {
		t.Error("an unsampled invocation has a trace")
	}
	press(p, env, 'g')
	for range 5 {
		press(p, env, 'j')
	}
	if tr, ok := press(p, env, 't').(page.OpenTrace); !ok || tr.Ref.ID != sample.TraceID || tr.Ref.Scope != fn.ID.Scope() {
		t.Errorf("t gives %+v", tr)
	}
	empty, env := shown(bare(0), 120, 40)
	if got := press(empty, env, tea.KeyEnter); got != nil {
		t.Errorf("enter on nothing gives %+v", got)
	}
}

func TestBarsStayWithinTheirColumn(t *testing.T) {
	fn := bare(0)
	for _, d := range []time.Duration{0, 1, -1, time.Millisecond, time.Hour, math.MaxInt64, math.MinInt64} {
		for _, init := range []sources.Opt[time.Duration]{{}, sources.Some(d), sources.Some(time.Duration(math.MaxInt64))} {
			fn.Invocations = append(fn.Invocations, sources.Invocation{RequestID: "x", Duration: sources.Some(d), Init: init, Outcome: sources.TimedOut})
		}
	}
	fn.Invocations = append(fn.Invocations, sources.Invocation{Outcome: sources.Running})
	for width := 20; width < 200; width += 7 {
		p, env := shown(fn, width, 50)
		for _, l := range p.Draw(env) {
			if w := ansi.StringWidth(l); w > width {
				t.Fatalf("a line of %d columns in %d", w, width)
			}
		}
	}
}
