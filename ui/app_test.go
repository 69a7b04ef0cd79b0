package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/internal/sample"
	"fntop/ui/theme"
)

// fleetOf makes a snapshot of functions with these invocations a minute.
func fleetOf(rates map[string]float64) *fleet.Snapshot {
	var list []*fleet.Function
	for _, name := range []string{"alpha", "beta", "gamma", "delta", "epsilon", "zeta"} {
		rate, ok := rates[name]
		if !ok {
			continue
		}
		id := sources.FunctionID{Cloud: sources.AWS, Account: sample.Account, Region: "us-east-1", Name: name}
		f := &fleet.Function{ID: id, Configured: true, Config: sources.Function{ID: id, MemoryMB: 128}}
		row := fleet.Row{}
		if !math.IsNaN(rate) {
			row.LastMinute, row.Invocations = sources.Some(rate), sources.Some(int64(rate*60))
		}
		list = append(list, f.WithRow(sample.Window(), row))
	}
	return fleet.Assemble(sample.Head(len(list)), list, nil, nil)
}

// order is the names of the rows, from the top.
func (d *desk) order() []string {
	var found []string
	for l := range strings.SplitSeq(d.screen(), "\n") {
		word := strings.Fields(strings.TrimLeft(l, "▸ "))
		if len(word) > 0 && slices.Contains([]string{"alpha", "beta", "gamma", "delta", "epsilon", "zeta"}, word[0]) {
			found = append(found, word[0])
		}
	}
	return found
}

func (d *desk) wantOrder(names ...string) *desk {
	d.t.Helper()
	if got := d.order(); !slices.Equal(got, names) {
		d.t.Fatalf("rows are %v, want %v", got, names)
	}
	return d
}

func TestUnknownComesLastInBothDirections(t *testing.T) {
	rates := map[string]float64{"alpha": 1, "beta": math.NaN(), "gamma": 3, "delta": 0, "epsilon": 3}
	d := open(t, 100, 20).show(fleetOf(rates))
	d.wantOrder("epsilon", "gamma", "alpha", "delta", "beta")
	d.keys("S").wantOrder("delta", "alpha", "epsilon", "gamma", "beta")
	d.keys(":", "type:sort function", "enter").wantOrder("alpha", "beta", "delta", "epsilon", "gamma")
	d.keys("S").wantOrder("gamma", "epsilon", "delta", "beta", "alpha")
}

func TestRowsKeepTheirPlaceWhileTheUserMoves(t *testing.T) {
	d := open(t, 100, 20).show(fleetOf(map[string]float64{"alpha": 5, "beta": 4, "gamma": 3, "delta": 2}))
	d.wantOrder("alpha", "beta", "gamma", "delta").keys("down", "down")
	turned := map[string]float64{"alpha": 1, "beta": 2, "gamma": 3, "delta": 4}
	d.now = d.now.Add(time.Second)
	d.show(fleetOf(turned)).wantOrder("alpha", "beta", "gamma", "delta")
	turned["epsilon"] = 9
	d.now = d.now.Add(time.Second)
	d.show(fleetOf(turned)).wantOrder("alpha", "beta", "gamma", "delta", "epsilon")
	if l := d.cursorLine(); !strings.Contains(l, "gamma") {
		t.Fatalf("the cursor is on %q", l)
	}
	d.now = d.now.Add(10 * time.Second) // the cursor has rested
	d.show(fleetOf(turned)).wantOrder("epsilon", "delta", "gamma", "beta", "alpha")
	if l := d.cursorLine(); !strings.Contains(l, "gamma") {
		t.Fatalf("after sorting the cursor is on %q", l)
	}
	d.keys("S").wantOrder("alpha", "beta", "gamma", "delta", "epsilon") // asked: at once
}

func TestTheCursorStaysOnItsLineWhenRowsAreSorted(t *testing.T) {
	d := open(t, 120, 24).show(sample.Fleet(400))
	for range 37 {
		d.keys("down")
	}
	before, line := d.cursorLine(), d.line("▸ ")
	name := strings.Fields(before)[1]
	d.keys("s")
	if after := d.cursorLine(); !strings.Contains(after, name) {
		t.Fatalf("the cursor was on %q and is on %q", before, after)
	}
	if got := d.line("▸ "); got != line {
		t.Fatalf("the cursor was on line %d and is on line %d", line, got)
	}
}

func TestBeforeTheUserMovesTheCursorRestsOnTheFirstRow(t *testing.T) {
	d := open(t, 100, 20).show(fleetOf(map[string]float64{"alpha": 1, "beta": math.NaN()}))
	d.show(fleetOf(map[string]float64{"alpha": 1, "beta": 2})).wantOrder("beta", "alpha")
	if l := d.cursorLine(); !strings.Contains(l, "beta") {
		t.Fatalf("the cursor is on %q", l)
	}
}

func TestDemandIsWhatIsOnTheScreen(t *testing.T) {
	d := open(t, 100, 20).show(sample.Fleet(100))
	first := d.view.last()
	if !first.Catalogue || !first.AllRows || first.Window != sample.Window() {
		t.Fatalf("demand %+v", first)
	}
	rows := 20 - 4 // header, titles, events, foot
	if len(first.Rows) != rows || first.Rows[0].Name != "checkout-api" {
		t.Fatalf("%d rows are wanted, the first %v", len(first.Rows), first.Rows[0])
	}
	n := len(d.view.wants)
	d.show(sample.Fleet(100)).send(tickMsg{})
	if len(d.view.wants) != n {
		t.Fatal("an unchanged screen was demanded again")
	}
	d.keys("pgdown")
	if got := d.view.last().Rows; len(got) != rows || slices.Equal(got, first.Rows) {
		t.Fatalf("after a page down the same %d rows are wanted", len(got))
	}
	d.keys("g", "/", "type:invoice", "enter")
	for _, id := range d.view.last().Rows {
		if !strings.HasPrefix(id.Name, "invoice") {
			t.Fatalf("with a filter %v is wanted", id)
		}
	}
}

func TestDemandOfDetailPages(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(40)).openFunction()
	focus := d.view.last().Focus
	if len(focus) != 1 || focus[0].Function != sample.Focused() || !focus[0].Charts || !focus[0].Invocations ||
		focus[0].Window.Since != time.Hour || d.view.last().AllRows {
		t.Fatalf("demand %+v", d.view.last())
	}
	d.keys("]")
	if got := d.view.last(); got.Focus[0].Window.Since != 3*time.Hour || got.Window.Since != 3*time.Hour {
		t.Fatalf("after ] the window is %v, of rows %v", got.Focus[0].Window, got.Window)
	}
	// The window of the functions page stays computed, at no cost.
	if got := d.view.last().Focus; len(got) != 2 || got[1] != (poll.Focus{Function: sample.Focused(), Window: sample.Window()}) {
		t.Fatalf("demand %+v", got)
	}
	d.keys("[", "[", "[", "[")
	if got := d.view.last().Focus[0].Window.Since; got != 15*time.Minute {
		t.Fatalf("the shortest window is %v", got)
	}
	d.keys("down", "down", "down", "down", "down", "enter")
	lines := d.view.last().Lines
	if len(lines) != 1 || lines[0].Function != sample.Focused() || lines[0].Environment == "" || lines[0].Start.IsZero() || lines[0].End.IsZero() {
		t.Fatalf("demand %+v", d.view.last())
	}
	n := len(d.view.wants)
	d.now = d.now.Add(time.Minute)
	d.show(sample.Fleet(40))
	if len(d.view.wants) != n {
		t.Fatal("the same lines were demanded again")
	}
	d.keys("t")
	if got := d.view.last(); len(got.Traces) != 1 || got.Traces[0].ID != sample.TraceID || len(got.Lines) != 0 {
		t.Fatalf("demand %+v", got)
	}
	d.keys("esc", "esc", "esc")
	if got := d.view.last(); len(got.Traces)+len(got.Focus)+len(got.Lines) != 0 || !got.AllRows {
		t.Fatalf("back at the functions, demand %+v", got)
	}
}

func TestBackFindsThePageAsItWas(t *testing.T) {
	d := open(t, 120, 30).show(sample.Fleet(300)).keys("s", "s", "/", "type:e", "enter", "pgdown", "pgdown", "down", "down")
	before := d.screen()
	d.keys("enter")
	if d.screen() == before {
		t.Fatal("enter opened nothing")
	}
	d.keys("esc")
	if d.screen() != before {
		t.Fatalf("before:\n%s\nafter:\n%s", before, d.screen())
	}
}

func TestEscapeAtTheBottomClearsTheFilterAndStays(t *testing.T) {
	d := open(t, 100, 20).show(sample.Fleet(100)).keys("/", "type:invoice", "enter").sees("/ invoice", "8 of 100")
	d.keys("esc").seesNot("/ invoice").keys("esc", "esc").sees("checkout-api")
}

func TestFilterWhileTyping(t *testing.T) {
	d := open(t, 100, 20).show(sample.Fleet(100)).keys("/", "type:err>x").sees(`✗ err>x: "x" is not a number`)
	d.keys("backspace", "type:1").sees(" of 100").seesNot("✗ err")
	if d.app.View().Cursor == nil {
		t.Fatal("no cursor while text is typed")
	}
	d.keys("q", "backspace") // letters are text and not commands
	if d.cmd != nil && fmt.Sprintf("%T", d.cmd()) == "tea.QuitMsg" {
		t.Fatal("a letter of the filter quit")
	}
	d.keys("esc").sees("checkout-api")
	if d.app.View().Cursor != nil {
		t.Fatal("a cursor although nothing is typed")
	}
	d.keys("/", "type:nothing-like-this", "enter").sees("No function passes the filter.")
	d.keys("esc").sees("checkout-api")
	d.keys("/").send(tea.PasteMsg{Content: "invoice\n\x1b[31m"}).sees("invoice")
	checkFrame(t, d.frame(), 100, 20)
}

func TestPauseHoldsThePicture(t *testing.T) {
	d := open(t, 100, 20).show(fleetOf(map[string]float64{"alpha": 111, "beta": 4})).keys("p").sees("‖ paused", "111")
	if got := d.view.last(); got.Catalogue || got.AllRows || len(got.Rows) != 0 {
		t.Fatalf("while paused, demand %+v", got)
	}
	d.show(fleetOf(map[string]float64{"alpha": 222, "beta": 4})).sees("111").seesNot("222")
	d.keys("p").sees("222", "● live").seesNot("111")
	if got := d.view.last(); !got.Catalogue || len(got.Rows) != 2 {
		t.Fatalf("after the pause, demand %+v", got)
	}
}

func TestWhatIsOpenedWhilePausedIsStillFetched(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(40)).openFunction().keys("p", "down", "down", "down", "down", "down", "enter")
	if got := d.view.last(); len(got.Lines) != 1 || len(got.Focus) != 0 {
		t.Fatalf("demand %+v", got)
	}
	d.show(sample.Fleet(40)).sees("resize bucket=uploads")
}

func TestFocusOfTheTerminal(t *testing.T) {
	d := open(t, 100, 20).show(sample.Fleet(10)).send(tea.BlurMsg{})
	if !d.view.last().Unseen {
		t.Fatal("a terminal without focus is polled at full pace")
	}
	d.send(tea.FocusMsg{})
	if d.view.last().Unseen {
		t.Fatal("a terminal with focus is not polled at full pace")
	}
}

func TestRefresh(t *testing.T) {
	d := open(t, 100, 20).show(sample.Fleet(10)).keys("r", "r")
	if got := d.view.last().Refresh; got != 2 {
		t.Fatalf("refresh is %d", got)
	}
	d.sees("Asked for fresh data.")
	d.now = d.now.Add(time.Minute)
	d.send(tickMsg{}).seesNot("Asked for fresh data.")
}

func TestQuitAndSuspend(t *testing.T) {
	for _, k := range []string{"q", "ctrl+c"} {
		d := open(t, 100, 20).show(sample.Fleet(10)).keys(k)
		if d.cmd == nil {
			t.Fatalf("%s does nothing", k)
		}
		if _, ok := d.cmd().(tea.QuitMsg); !ok {
			t.Fatalf("%s does not quit", k)
		}
	}
	d := open(t, 100, 20).show(sample.Fleet(10)).keys("ctrl+z")
	if _, ok := d.cmd().(tea.SuspendMsg); !ok {
		t.Fatal("ctrl+z does not suspend")
	}
}

func TestCopy(t *testing.T) {
	d := open(t, 100, 20).show(sample.Fleet(10)).keys("y").sees("Copied the ARN.")
	if got := fmt.Sprint(d.cmd()); got != "arn:aws:lambda:us-east-1:123456789012:function:checkout-api" {
		t.Fatalf("copied %q", got)
	}
	d = open(t, 120, 40).show(sample.Fleet(10)).openFunction().keys("down", "y").sees("Copied the request ID.")
	if got := fmt.Sprint(d.cmd()); got != sample.Invocations(sample.Focused(), 2)[1].RequestID {
		t.Fatalf("copied %q", got)
	}
}

func TestCommandLine(t *testing.T) {
	d := open(t, 120, 30).show(sample.Fleet(30))
	d.keys(":", "type:b", "enter").sees("What fntop itself has asked for")
	d.keys(":", "type:functions", "enter").sees("TRAFFIC")
	d.keys(":", "type:fi", "tab", "type:invoice", "enter").sees("/ invoice")
	d.keys(":", "type:nonsense", "enter").sees(`No command "nonsense"`)
	d.keys(":", "type:sort colour", "enter").sees(`no column "colour"`)
	d.keys(":", "type:open nobody", "enter").sees(`no function "nobody"`)
	d.keys(":", "type:open checkout").sees("checkout-api ", "checkout-api-001 ").keys("enter").sees("checkout-api ", "duration").keys("esc")
	d.keys(":", "type:xyz", "esc").seesNot("xyz")
	d.keys(":", "backspace").sees("? help")
	d.keys(":", "type:quit", "enter")
	if _, ok := d.cmd().(tea.QuitMsg); !ok {
		t.Fatal(":quit does not quit")
	}
}

func TestBillOpensOnceAndCloses(t *testing.T) {
	d := open(t, 120, 30).show(sample.Fleet(30)).keys("b").sees("What fntop itself has asked for", "cloudwatch:GetMetricData", "$0.0221")
	d.keys("b").seesNot("What fntop itself").keys("b", "esc").seesNot("What fntop itself")
}

func TestHelp(t *testing.T) {
	d := open(t, 120, 30).show(sample.Fleet(30)).keys("?").sees("half a page up", "suspend", "type to search")
	d.keys("esc").seesNot("half a page up").keys("?", "?").seesNot("half a page up")
	d.keys("?", "enter").seesNot("half a page up").sees("TRAFFIC")
}

func TestHelpIsSearchedByTyping(t *testing.T) {
	d := open(t, 120, 30).show(sample.Fleet(30)).keys("?", "type:sor").sees("help: sor", "│ s             sort", ":sort COLUMN", "the table by a column")
	d.seesNot("half a page up", "suspend")
	d.keys("type:q").sees("No key and no command is about that.") // q searches and does not quit
	d.keys("backspace").sees(":sort COLUMN").keys("esc").sees("half a page up").keys("esc").seesNot("half a page up")
	d.keys("?", "type:CLIPBOARD", "esc", "type:copy").sees("y  copy")
	if d.cmd != nil {
		t.Fatal("what is typed in the help does something")
	}
}

func TestEveryCommandSaysWhatItDoes(t *testing.T) {
	d := open(t, 120, 30, func(o *Options) { o.Faults = []Fault{{Name: "x"}} })
	known := about()
	for _, c := range d.app.commands() {
		if known[c.name] == "" {
			t.Errorf("%s says nothing", c.name)
		}
		delete(known, c.name)
	}
	for name := range known {
		t.Errorf("%s is no command", name)
	}
}

func TestPalette(t *testing.T) {
	d := open(t, 120, 30).show(sample.Fleet(60)).keys(":").sees("bill", "what fntop itself has asked for", "filter WORDS")
	d.keys("type:imgres").sees("image-resize ", "us-east-1").seesNot("what fntop itself").keys("enter")
	d.sees("duration", "image-resize")
	// What is typed in full is done even when something else is offered too.
	d.keys(":", "type:functions", "enter").sees("TRAFFIC")
	// Down chooses.
	d.keys(":", "type:sort ", "down", "down", "enter").seesNot("▾INV/MIN")
	if got := d.app.functions.View().Sort; got != "region" {
		t.Errorf("sorted by %q", got)
	}
	// A command that needs more asks for it.
	d.keys(":", "type:so", "enter").sees("inv/min", "err%").keys("type:err", "tab", "enter").sees("▾ERR%")
	d.keys(":", "type:theme hc", "enter")
	if d.app.spec.Choice != theme.HighContrast {
		t.Errorf("the theme is %v", d.app.spec.Choice)
	}
	d.keys(":", "type:chekcot", "enter").sees("✗ No command")
	// Tab takes over what is offered.
	d.keys(":", "type:orco", "tab").sees(": open orders-consumer").keys("esc").seesNot(": open")
	// What commands do is searched too.
	d.keys(":", "type:costs").sees("bill")
}

func TestThePaletteFitsAnyScreen(t *testing.T) {
	for _, snap := range []*fleet.Snapshot{sample.Fleet(60), hostileFleet()} {
		d := open(t, 80, 24).show(snap).keys(":", "type:o")
		for _, s := range []size{{80, 24}, {20, 5}, {25, 7}, {33, 11}, {200, 60}} {
			d.send(resizeTo(s))
			checkFrame(t, d.frame(), s.width, s.height)
			d.keys("down", "down")
			checkFrame(t, d.frame(), s.width, s.height)
		}
	}
}

// TestBindings checks that no two bindings that are on at the same time share
// a key.
func TestBindings(t *testing.T) {
	for name, walk := range views() {
		d := open(t, 120, 40).show(sample.Fleet(60))
		walk(d)
		k := d.app.env.Keys
		seen := map[string]string{}
		for _, b := range append(d.app.top().Keys(d.app.scene()), k.Pause, k.Refresh, k.Bill, k.Command, k.Help, k.Suspend, k.Quit) {
			if !b.Enabled() {
				continue
			}
			for _, key := range b.Keys() {
				if other, ok := seen[key]; ok {
					t.Errorf("%s: %q is bound to %q and to %q", name, key, other, b.Help().Desc)
				}
				seen[key] = b.Help().Desc
			}
		}
	}
}

func TestTheEngineEnds(t *testing.T) {
	d := open(t, 120, 30).show(sample.Fleet(30)).send(endedMsg{}).sees("✗ stopped", "The engine has stopped")
	checkFrame(t, d.frame(), 120, 30)
}

func TestSpinnerTurnsOnlyWhileDataAreOnTheirWay(t *testing.T) {
	d := open(t, 120, 30)
	if !d.app.busy() || !d.app.spinning {
		t.Fatal("nothing turns while opening")
	}
	d.show(sample.Fleet(30))
	if d.app.busy() {
		t.Fatal("busy although all is read")
	}
	if before := d.frame(); d.send(d.app.spin.Tick()).frame() != before {
		t.Fatal("a turn of the spinner changed a screen at rest")
	}
	if d.app.spinning || d.cmd != nil {
		t.Fatal("the spinner goes on turning")
	}
}

// TestAScreenAtRestDoesNotChange: ages are coarse, so that five seconds
// change nothing.
func TestAScreenAtRestDoesNotChange(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(40))
	before := d.frame()
	d.now = d.now.Add(5 * time.Second)
	if d.send(tickMsg{}).frame() != before {
		t.Fatal("five seconds changed the screen")
	}
}

func TestViewIsAFunctionOfTheModel(t *testing.T) {
	for name, walk := range views() {
		d := open(t, 120, 40).show(sample.Fleet(60))
		walk(d)
		first := d.frame()
		d.now = d.now.Add(time.Hour) // the clock is not read
		for range 3 {
			if d.frame() != first {
				t.Errorf("%s: the same model was drawn differently", name)
			}
		}
	}
}

func TestFromATraceToTheLogsOfItsInvocation(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(40)).openFunction().keys("down", "down", "down", "down", "down", "t")
	d.sees("trace "+sample.TraceID).keys("end", "up", "enter") // on SQS: its segment is two levels up
	d.sees("UnidentifiedImageError", "Log 8 lines")
	d.keys("esc").sees("trace " + sample.TraceID)
}

func TestTheStackIsBounded(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(40)).openFunction().keys("down", "down", "down", "down", "down", "t")
	for range 100 {
		d.keys("enter", "t")
	}
	if n := len(d.app.stack); n > deepest {
		t.Fatalf("%d pages are kept", n)
	}
	for range deepest {
		d.keys("esc")
	}
	d.sees("TRAFFIC", "checkout-api")
}

func TestNeighbours(t *testing.T) {
	all := sample.Invocations(sample.Focused(), 200)
	d := open(t, 120, 40).show(sample.Fleet(40)).openFunction().keys("down", "enter")
	d.sees(all[1].RequestID, "2 of 200").keys("<").sees(all[2].RequestID, "3 of 200")
	if got := d.view.last().Lines; len(got) != 1 || got[0].Key != all[2].Key() {
		t.Fatalf("the neighbour's lines are not wanted: %+v", got)
	}
	d.keys(">", ">").sees(all[0].RequestID, "1 of 200").keys(">").sees("This is the newest invocation.")
	d.keys("esc").sees("OUTCOME")
}

// TestNeighboursWhileNewOnesCome: the page stays on its invocation.
func TestNeighboursWhileNewOnesCome(t *testing.T) {
	snap := sample.Fleet(40)
	d := open(t, 120, 40).show(snap).openFunction().keys("down", "down", "enter")
	id := sample.Focused()
	want := snap.Get(id).Invocations[2]
	list := sample.Functions(40)
	for i, f := range list {
		if f.ID == id {
			c := *sample.Focus(f)
			fresh := sources.Invocation{Function: id, RequestID: "a-new-one", Attempt: 1, Outcome: sources.OK}
			c.Invocations = append([]sources.Invocation{fresh}, c.Invocations...)
			list[i] = &c
		}
	}
	d.show(fleet.Assemble(sample.Head(40), list, nil, nil)).sees(want.RequestID, "4 of 201")
}
