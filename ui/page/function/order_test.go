package function

import (
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
	"fntop/ui/page"
)

// inOrder are the request IDs of the list that is seen.
func inOrder(p *Page) []string {
	var ids []string
	l := listOf(p)
	for row := range l.order {
		ids = append(ids, l.at(row).RequestID)
	}
	return ids
}

func typed(p *Page, env *page.Env, text string) {
	for _, r := range text {
		p.Press(env, tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// mixed are four invocations, the newest first, of which one still runs and
// one is older than the window.
func mixed() *fleet.Function {
	ago := func(s int) sources.Opt[time.Time] {
		return sources.Some(sample.Now().Add(-time.Duration(s) * time.Second))
	}
	ms := func(n int) sources.Opt[time.Duration] { return sources.Some(time.Duration(n) * time.Millisecond) }
	return &fleet.Function{ID: sample.Focused(), InvocationsThrough: sample.Now(), Invocations: []sources.Invocation{
		{RequestID: "runs", Start: ago(1), Outcome: sources.Running},
		{RequestID: "quick", Start: ago(2), Duration: ms(10), MaxMemoryMB: sources.Some(300), Cold: sources.Some(false), Outcome: sources.OK},
		{RequestID: "slow", Start: ago(3), Duration: ms(900), Init: ms(700), MaxMemoryMB: sources.Some(200), Cold: sources.Some(true), Outcome: sources.TimedOut},
		{RequestID: "middle", Start: ago(4), Duration: ms(90), MaxMemoryMB: sources.Some(100), Cold: sources.Some(false), Outcome: sources.OK},
		{RequestID: "old", Start: ago(2 * 3600), Duration: ms(90), Outcome: sources.OK},
	}}
}

func TestInvocationsAreSorted(t *testing.T) {
	p, env := shown(mixed(), 120, 40)
	env.Price = func(inv sources.Invocation, _ sources.Function) (float64, bool) {
		d, ok := inv.Duration.Get()
		return -d.Seconds(), ok
	}
	press(p, env, '2')
	for _, c := range []struct {
		keys string
		want []string
	}{
		{"", []string{"runs", "quick", "slow", "middle"}},
		{"S", []string{"middle", "slow", "quick", "runs"}},
		{"s", []string{"slow", "middle", "quick", "runs"}}, // duration
		{"S", []string{"quick", "middle", "slow", "runs"}}, // what is not known stays last
		{"s", []string{"slow", "runs", "quick", "middle"}}, // init
		{"s", []string{"quick", "slow", "middle", "runs"}}, // memory
		{"s", []string{"quick", "middle", "slow", "runs"}}, // cost
		{"s", []string{"runs", "quick", "slow", "middle"}}, // time again
		{"/dur>50", []string{"slow", "middle"}},
	} {
		typed(p, env, c.keys)
		if got := inOrder(p); !slices.Equal(got, c.want) {
			t.Errorf("after %q the order is %v, want %v", c.keys, got, c.want)
		}
	}
}

// TestTheSelectionStaysWhileTheListIsFiltered and comes back with its row.
func TestTheSelectionStaysWhileTheListIsFiltered(t *testing.T) {
	p, env := shown(mixed(), 120, 40)
	press(p, env, '2', 'j', 'j')
	typed(p, env, "/dur>50")
	if got := selected(t, p); got != "slow" {
		t.Errorf("filtered, %s is selected", got)
	}
	press(p, env, tea.KeyEscape)
	if got := selected(t, p); got != "slow" || len(inOrder(p)) != 4 {
		t.Errorf("without the filter %s of %v is selected", got, inOrder(p))
	}
	if p.Capturing() {
		t.Error("letters are still text")
	}
}

func TestAPastWindowShowsItsOwnInvocations(t *testing.T) {
	fn := mixed()
	fn.InvocationsFrom = sample.Now().Add(-3 * time.Hour)
	p, env := shown(fn, 120, 40)
	p.window.Until = sample.Now().Add(-90 * time.Minute).Truncate(time.Minute)
	p.take(env)
	if got := inOrder(p); !slices.Equal(got, []string{"old"}) {
		t.Errorf("in the past there are %v", got)
	}
}
