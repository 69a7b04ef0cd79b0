package function

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/internal/sample"
	"fntop/ui/page"
)

// listed is a function with traces 1 to n, the largest number the newest, of
// which every third took long and every fourth is not all there.
func listed(n int) *fleet.Function {
	f := &fleet.Function{ID: sample.Focused(), TracesFrom: sample.Now().Add(-2 * time.Hour), TracesThrough: sample.Now()}
	for i := n; i > 0; i-- {
		t := sources.TraceSummary{ID: fmt.Sprintf("1-6d2f3a10-%024d", i), Start: sample.Now().Add(time.Duration(i-1000) * time.Second)}
		if t.Partial = i%4 == 0; !t.Partial {
			t.Duration = sources.Some(time.Duration(i+i%3*1000) * time.Millisecond)
		}
		f.Traces = append(f.Traces, t)
	}
	return f
}

func (t *traces) ids() string {
	var all []string
	for _, one := range t.list {
		all = append(all, strings.TrimLeft(one.ID[11:], "0"))
	}
	return strings.Join(all, " ")
}

func TestTracesAreSortedAndOpened(t *testing.T) {
	fn := listed(8)
	fn.Invocations = []sources.Invocation{{RequestID: "r", TraceID: fn.Traces[1].ID, Init: sources.Some(777 * time.Millisecond)}}
	p, env := shown(fn, 160, 40)
	press(p, env, '3')
	tab := p.now().(*traces)
	if got := tab.ids(); got != "8 7 6 5 4 3 2 1" || !strings.Contains(text(p, env), "777ms") {
		t.Errorf("in order of time %s, and shown:\n%s", got, text(p, env))
	}
	for i, want := range []string{"5 2 7 1 6 3 8 4", "3 6 1 7 2 5 8 4"} { // what is not known is last
		if press(p, env, []rune{'s', 'S'}[i]); tab.ids() != want {
			t.Errorf("sorted by duration: %s, want %s", tab.ids(), want)
		}
	}
	if press(p, env, 's', 's', 'S'); tab.ids() != "1 2 3 4 5 6 7 8" {
		t.Errorf("oldest first: %s", tab.ids())
	}
	press(p, env, 'S', 'j')
	id := fn.Traces[1].ID
	for _, k := range []rune{tea.KeyEnter, 't'} {
		if got, ok := press(p, env, k).(page.OpenTrace); !ok || got.Ref != (poll.TraceRef{Scope: fn.ID.Scope(), ID: id}) || got.Title != fn.ID.Name {
			t.Errorf("%q gives %+v", k, got)
		}
	}
	if got, ok := press(p, env, 'y').(page.Copy); !ok || got.Text != id {
		t.Errorf("y gives %+v", got)
	}
	if got, ok := press(p, env, 'o').(page.Link); !ok || !strings.HasSuffix(got.URL, "#/traces/"+id) {
		t.Errorf("o gives %+v", got)
	}
	// What is new comes in above, and the line under the cursor stays.
	grown := listed(30)
	env.Snapshot = fleet.Assemble(sample.Head(1), []*fleet.Function{grown}, nil, nil)
	p.Show(env)
	if got := tab.list[tab.table.Cursor()].ID; got != id {
		t.Errorf("the cursor has moved to %s", got)
	}
}

// TestTracesOfAnotherAccountAreReadThroughTheirReader, and those of the window.
func TestTracesOfAnotherAccountAreReadThroughTheirReader(t *testing.T) {
	fn := listed(3)
	fn.Reader = sources.Scope{Cloud: sources.AWS, Account: "210987654321", Region: "us-east-1"}
	fn.Traces[2].Start = sample.Now().Add(-90 * time.Minute)
	p, env := shown(fn, 120, 40)
	press(p, env, '3')
	if got := p.now().(*traces).ids(); got != "3 2" {
		t.Errorf("in the hour lie %s", got)
	}
	if got, ok := press(p, env, tea.KeyEnter).(page.OpenTrace); !ok || got.Ref.Scope != fn.Reader {
		t.Errorf("enter gives %+v", got)
	}
}

// TestWhatIsNotTracedIsNotSearched: to search costs money.
func TestWhatIsNotTracedIsNotSearched(t *testing.T) {
	for mode, want := range map[sources.TracingMode]bool{sources.TracingActive: true, sources.TracingPassThrough: false, "": false} {
		fn := listed(0)
		fn.Configured, fn.Config.Tracing = true, mode
		p, env := shown(fn, 120, 40)
		press(p, env, '3')
		var d poll.Demand
		if p.Demand(env, &d); d.Focus[0].TraceList != want {
			t.Errorf("tracing %q: demand %+v", mode, d.Focus[0])
		}
	}
	fn := listed(0) // not known
	p, env := shown(fn, 120, 40)
	press(p, env, '3')
	var d poll.Demand
	if p.Demand(env, &d); !d.Focus[0].TraceList {
		t.Error("nothing is asked while nobody knows whether it is traced")
	}
}
