package tail

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
	"fntop/ui/filter"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/theme"
)

func start() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }

// rig is a page over a journal that grows.
type rig struct {
	tb    testing.TB
	page  *Page
	fleet *fleet.Fleet
	env   *page.Env
	ids   []sources.FunctionID
	wrote int
	size  int // bytes to pad messages with
}

func newRig(tb testing.TB, functions int) *rig {
	tb.Helper()
	th := theme.New(theme.Spec{Dark: true, Profile: colorprofile.TrueColor})
	r := &rig{tb: tb, fleet: fleet.New(fleet.Config{}), env: &page.Env{Now: start(), Theme: th, Keys: keys.New(&th.Glyphs)}}
	scope := sources.Scope{Cloud: sources.AWS, Account: "123456789012", Region: "eu-west-1"}
	var all []sources.Function
	var d poll.Demand
	for i := range functions {
		id := scope.In(fmt.Sprintf("fn-%d", i))
		r.ids = append(r.ids, id)
		all = append(all, sources.Function{ID: id, LogGroup: "/aws/lambda/" + id.Name, Timeout: time.Minute})
		d.Tail = append(d.Tail, poll.TailRef{Function: id})
	}
	r.fleet.ApplyFunctions(scope, all, start())
	r.fleet.Tails([]poll.Demand{d}, start())
	r.page = New(r.ids, start())
	r.page.Resize(r.env, 120, 40)
	return r
}

// write lets n lines come in; the page sees them with the next show.
func (r *rig) write(n int) {
	r.env.Now = r.env.Now.Add(time.Second)
	events := make([][]sources.LogEvent, len(r.ids))
	for range n {
		level := []string{"INFO", "INFO", "WARN", "ERROR", "DEBUG"}[r.wrote%5]
		fn := r.wrote % len(r.ids)
		events[fn] = append(events[fn], sources.LogEvent{
			ID: fmt.Sprint(r.wrote), Time: r.env.Now, Ingested: r.env.Now, Stream: "s",
			Message: fmt.Sprintf("[%s] line %d word%d%s", level, r.wrote, r.wrote%7, strings.Repeat(".", r.size)),
		})
		r.wrote++
	}
	for i, id := range r.ids {
		g := r.fleet.TailGeneration(id)
		r.fleet.ApplyTailed(id, g, events[i], false, r.env.Now)
		r.fleet.EndTailed(poll.Request{Kind: poll.Tail, Function: id, Start: start(), End: r.env.Now}, g, r.env.Now, time.Time{}, nil, r.env.Now)
	}
	r.env.Snapshot = r.fleet.Publish(r.env.Now, nil, meter.Bill{})
}

func (r *rig) press(b key.Binding) page.Step {
	name := b.Keys()[0]
	if code, ok := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "pgup": tea.KeyPgUp, "tab": tea.KeyTab}[name]; ok {
		return r.page.Press(r.env, tea.KeyPressMsg{Code: code})
	}
	return r.page.Press(r.env, tea.KeyPressMsg{Code: []rune(name)[0], Text: name})
}

func (r *rig) typeText(text string) {
	r.press(r.env.Keys.Filter)
	r.page.prompt.Set("")
	for _, c := range text {
		r.page.Press(r.env, tea.KeyPressMsg{Code: c, Text: string(c)})
	}
	r.page.Press(r.env, tea.KeyPressMsg{Code: tea.KeyEnter})
}

// check holds what is shown against all lines kept, gone through at once.
func (r *rig) check(step string) {
	r.tb.Helper()
	p := r.page
	bytes, levels, gaps := 0, [levelCount]int{}, 0
	var want []int
	least := p.filter.least.Severity()
	chosen, _ := filter.ParseLines(p.filter.text)
	for i := range p.lines.all {
		k := &p.lines.all[i]
		bytes += len(k.Message)
		if k.gap > 0 {
			gaps++
			want = append(want, p.lines.gone+i)
			continue
		}
		levels[classOf(k.level)]++
		if (p.filter.all || chosen.Match(k.Message)) && k.level.Severity() >= least {
			want = append(want, p.lines.gone+i)
		}
	}
	if !p.Working() && !slices.Equal(want, p.shown) {
		r.tb.Fatalf("%s: %d lines are shown, want %d", step, len(p.shown), len(want))
	}
	if bytes != p.lines.bytes || levels != p.lines.levels || gaps != p.lines.gaps {
		r.tb.Fatalf("%s: %d bytes, levels %v, %d gaps; counted %d, %v, %d", step, bytes, levels, gaps, p.lines.bytes, p.lines.levels, p.lines.gaps)
	}
	if len(p.lines.all) > fleet.KeptLines || bytes > fleet.KeptLineBytes+r.size+100 {
		r.tb.Fatalf("%s: %d lines of %d bytes are kept", step, len(p.lines.all), bytes)
	}
	if p.logs.Len() != len(p.shown) {
		r.tb.Fatalf("%s: the view has %d lines of %d", step, p.logs.Len(), len(p.shown))
	}
	if n := len(p.Draw(r.env)); n != p.height {
		r.tb.Fatalf("%s: %d rows of %d are drawn", step, n, p.height)
	}
}

// TestWhatIsShownIsWhatPasses does things at random while lines come in.
func TestWhatIsShownIsWhatPasses(t *testing.T) {
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 1))
		r := newRig(t, 1+int(seed)%3)
		r.size = int(seed) * 150
		for i := range 100 {
			k := r.env.Keys
			step := ""
			switch rng.IntN(12) {
			case 0, 1, 2:
				r.write(rng.IntN(3000))
				step = "write"
			case 3:
				r.typeText([]string{"", "word3", "/word[12]/", "/(unclosed", "no such text", "line 1"}[rng.IntN(6)])
				step = "type"
			case 4:
				r.press(k.Level)
				step = "level"
			case 5:
				r.press(k.NextTab)
				step = "tab"
			case 6:
				r.press(k.PageUp)
				step = "page up"
			case 7:
				r.press(k.End)
				step = "end"
			case 8:
				r.env.Paused = !r.env.Paused
				step = "pause"
			case 9:
				r.press([]key.Binding{k.Next, k.Previous, k.Up, k.Wrap, k.Unfold, k.Back}[rng.IntN(6)])
				step = "key"
			default:
				for r.page.Working() && rng.IntN(4) > 0 {
					r.page.Work(r.env)
				}
				step = "work"
			}
			if rng.IntN(3) > 0 {
				r.page.Show(r.env)
			}
			r.check(fmt.Sprintf("seed %d, step %d, %s", seed, i, step))
		}
		for r.page.Working() {
			r.page.Work(r.env)
		}
		r.check("end")
	}
}

// TestTheLineUnderTheCursorStays while a text is looked for and lines come.
func TestTheLineUnderTheCursorStays(t *testing.T) {
	r := newRig(t, 2)
	r.size = 300
	r.write(9000)
	r.page.Show(r.env)
	for range 20 {
		r.press(r.env.Keys.PageUp)
	}
	for !strings.Contains(r.page.current().Message, "word3") {
		r.press(r.env.Keys.Up)
	}
	at, line := r.page.current().Message, r.page.logs.CursorLine()
	r.press(r.env.Keys.Filter)
	for _, c := range "/word3/" {
		r.page.Press(r.env, tea.KeyPressMsg{Code: c, Text: string(c)})
	}
	r.page.Work(r.env)
	r.write(50)
	r.page.Show(r.env)
	for r.page.Working() {
		r.page.Work(r.env)
	}
	if got := r.page.current().Message; got != at {
		t.Errorf("the cursor was on %.40q and is on %.40q", at, got)
	}
	r.page.Press(r.env, tea.KeyPressMsg{Code: tea.KeyEnter})
	r.press(r.env.Keys.NextTab)
	if got := r.page.current().Message; got != at {
		t.Errorf("with all lines shown, the cursor was on %.40q and is on %.40q", at, got)
	}
	if got := r.page.logs.CursorLine(); got < line-3 || got > line+3 {
		t.Errorf("it was on line %d of the screen and is on %d", line, got)
	}
}

// TestAnInvocationIsFoundInItsEnvironment: of a line that names no request, by
// the START before it; and what the lines kept tell of it is handed over.
func TestAnInvocationIsFoundInItsEnvironment(t *testing.T) {
	const one, two = "7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5b", "7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4a5c"
	texts := []struct{ stream, text, want string }{
		{"a", "left over", ""},
		{"a", "START RequestId: " + one + " Version: 1", one},
		{"b", "START RequestId: " + two + " Version: 1", two},
		{"a", "no name", one},
		{"b", "no name", two},
		{"a", "END RequestId: " + one, one},
		{"a", "REPORT RequestId: " + one + "\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t", one},
		{"a", "between two", ""},
		{"", "without a stream", ""},
	}
	r := newRig(t, 1)
	var events []sources.LogEvent
	for i, x := range texts {
		events = append(events, sources.LogEvent{ID: fmt.Sprint(i), Time: start().Add(time.Duration(i) * time.Millisecond), Ingested: start(), Stream: x.stream, Message: x.text})
	}
	g := r.fleet.TailGeneration(r.ids[0])
	r.fleet.ApplyTailed(r.ids[0], g, events, false, start())
	r.write(0)
	r.page.Show(r.env)
	r.page.logs.Home()
	for i, x := range texts {
		step := r.press(r.env.Keys.Open)
		open, ok := step.(page.OpenInvocation)
		if ok != (x.want != "") || open.Known.RequestID != x.want {
			t.Errorf("line %d, %q: %+v, want %q", i, x.text, step, x.want)
		}
		if at, began := open.Known.Start.Get(); ok && (!began || open.Known.Environment != x.stream || at.After(start().Add(2*time.Millisecond))) {
			t.Errorf("line %d: known is %+v", i, open.Known)
		}
		if d, known := open.Known.Duration.Get(); x.want == one && (!known || d != 12500*time.Microsecond) {
			t.Errorf("line %d: the duration is %v", i, d)
		}
		r.press(r.env.Keys.Down)
	}
}

func TestNames(t *testing.T) {
	us := sources.Scope{Cloud: sources.AWS, Account: "1", Region: "us-east-1"}
	eu := sources.Scope{Cloud: sources.AWS, Account: "1", Region: "eu-west-1"}
	other := sources.Scope{Cloud: sources.AWS, Account: "2", Region: "eu-west-1"}
	got := names([]sources.FunctionID{us.In("a"), us.In("b"), eu.In("b"), eu.In("c"), other.In("c")})
	if want := []string{"a", "us-east-1/b", "eu-west-1/b", "1/eu-west-1/c", "2/eu-west-1/c"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, c := range []struct {
		name  string
		width int
		want  string
	}{
		{"orders-consumer-eu-blue", 23, "orders-consumer-eu-blue"},
		{"orders-consumer-eu-blue", 12, "orders…-blue"},
		{"函数函数函数函数", 9, "函数…函数"},
		{"abc", 2, "a…"},
		{"abc", 1, "…"},
	} {
		if got := middle(c.name, c.width, "…"); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.name, c.width, got, c.want)
		}
	}
}
