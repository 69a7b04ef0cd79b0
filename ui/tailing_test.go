package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

// journal is a fleet with a journal of these lines, after a change of how the
// following of its functions does.
func journal(lines []fleet.Line, first, next uint64, change func(id sources.FunctionID, t *fleet.Tailed)) *fleet.Snapshot {
	functions := make(map[sources.FunctionID]fleet.Tailed)
	for _, id := range sample.Tailed() {
		t := fleet.Tailed{Health: fleet.Health{Good: sample.Now().Add(-time.Second)}, From: sample.Now().Add(-5 * time.Minute), Through: sample.Now().Add(-time.Second)}
		if change != nil {
			change(id, &t)
		}
		functions[id] = t
	}
	head := sample.Head(24)
	head.Journal = fleet.NewJournal(lines, first, next, functions)
	list := sample.Functions(24)
	for i, f := range list {
		if f.ID == sample.Focused() {
			list[i] = sample.Focus(f)
		}
	}
	return fleet.Assemble(head, list, nil, nil)
}

func logsDenied(id sources.FunctionID) error {
	return &sources.Error{
		Op: "logs:FilterLogEvents", On: "/aws/lambda/" + id.Name, Kind: sources.Denied,
		Fix: "run fntop iam-policy and attach the policy", Err: errors.New("api error"),
	}
}

func denyLogs(id sources.FunctionID, t *fleet.Tailed) {
	*t = fleet.Tailed{Health: fleet.Health{Bad: sample.Now(), Err: logsDenied(id)}}
}

// TestTailStates shows what the page says when not all is well.
func TestTailStates(t *testing.T) {
	some := sample.JournalLines(1, 60)
	unread := func(_ sources.FunctionID, s *fleet.Tailed) { *s = fleet.Tailed{} }
	for name, c := range map[string]struct {
		snap *fleet.Snapshot
		keys []string
		then *fleet.Snapshot
		want []string
	}{
		"loading": {snap: journal(nil, 1, 1, unread), want: []string{"Reading 3 logs…", "– lines/s"}},
		"empty":   {snap: journal(nil, 1, 1, nil), want: []string{"No line since 13:58:25.", "0 lines/s"}},
		"none passes": {
			snap: journal(some, 1, 61, nil), keys: []string{"v", "/", "type:nowhere", "enter"},
			want: []string{"None of 60 lines passes the filter.", "warnings and errors"},
		},
		"partial": {snap: journal(some, 1, 61, func(id sources.FunctionID, s *fleet.Tailed) {
			switch id.Name {
			case "checkout-api":
				denyLogs(id, s)
			case "orders-consumer":
				err := &sources.Error{Op: "logs:FilterLogEvents", On: "/aws/lambda/orders-consumer", Kind: sources.NotFound, Fix: "it has no log group until it is invoked"}
				*s = fleet.Tailed{Health: fleet.Health{Bad: sample.Now(), Err: err}}
			}
		}), want: []string{"✗ checkout-api     AccessDenied", "iam-policy and attach the policy", "✗ orders-consumer  not found", "until it is invoked"}},
		"stale": {snap: journal(some, 1, 61, func(_ sources.FunctionID, s *fleet.Tailed) {
			s.Good, s.Bad = sample.Now().Add(-4*time.Minute), sample.Now()
			s.Err = &sources.Error{Op: "logs:FilterLogEvents", Kind: sources.Unreachable, Err: errors.New("no route to host")}
		}), want: []string{"▲ stale 4m", "✗ 3 functions  unreachable: logs:FilterLogEvents: no route to host"}},
		"denied": {snap: journal(nil, 1, 1, denyLogs), want: []string{"No log can be read.", "→ run fntop iam-policy"}},
		"paused": {
			snap: journal(some, 1, 61, nil), keys: []string{"p"}, then: journal(sample.JournalLines(70, 20), 70, 90, nil),
			want: []string{"paused", "20 lines wait", "9 lines dropped meanwhile"},
		},
		"gap": {
			snap: journal(some, 1, 61, nil), then: journal(sample.JournalLines(70, 12), 70, 82, nil),
			want: []string{"9 lines were dropped here: more came than are kept"},
		},
		"cut": {snap: journal(some, 1, 61, func(id sources.FunctionID, s *fleet.Tailed) {
			if id.Name == "checkout-api" {
				s.From, s.Cut = sample.Now().Add(-3*time.Second), true
			}
		}), want: []string{"checkout-api  lines before 14:03:22 are missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, 120, 40).show(c.snap)
			toTail(d)
			d.show(c.snap).keys(c.keys...)
			if c.then != nil {
				d.show(c.then)
			}
			d.sees(c.want...)
			checkFrame(t, d.frame(), 120, 40)
			golden.RequireEqual(t, d.screen())
		})
	}
}

// TestATailHoldsItsPlace while lines come in, and follows again.
func TestATailHoldsItsPlace(t *testing.T) {
	lines := sample.JournalLines(1, 3000)
	d := open(t, 120, 40).show(journal(lines[:1000], 1, 1001, nil))
	toTail(d)
	d.sees("● following", "order=42000")
	d.keys("up", "up", "pgup").sees("held here")
	at, place := d.cursorLine(), d.screen()
	d.show(journal(lines[:2204], 1, 2205, nil)).sees("held here  1,204 new lines")
	if got := d.cursorLine(); got != at || !strings.Contains(place, got) || d.line(at) != strings.Count(place[:strings.Index(place, at)], "\n") {
		t.Errorf("the cursor was on %q and is on %q", at, got)
	}
	d.keys("end").sees("● following").seesNot("new lines")
	d.show(journal(lines, 1, 3001, nil)).sees("● following", "order=44000")
}

// TestATailPauses without loss, as long as the journal keeps what comes.
func TestATailPauses(t *testing.T) {
	lines := sample.JournalLines(1, 9000)
	d := open(t, 120, 40).show(journal(lines[:1000], 1, 1001, nil))
	toTail(d)
	d.keys("p").show(journal(lines[:6000], 1, 6001, nil)).sees("‖ paused  5,000 lines wait", "order=42000").seesNot("dropped")
	if tail := d.view.last().Tail; len(tail) != 3 {
		t.Fatalf("paused, %d logs are wanted", len(tail))
	}
	d.keys("/", "type:timeout", "enter").sees("of 1,000 lines").keys("esc")
	d.keys("p").sees("● following", "6,000 lines", "order=47000").seesNot("dropped")
	d.keys("p").show(journal(lines[7000:], 7001, 9001, nil)).sees("2,000 lines wait", "1,000 lines dropped meanwhile")
	d.keys("p").sees("8,000 lines").keys("/", "type:dropped here")
	d.sees("1,000 lines were dropped here")
}

// TestATailOnlyHoldsSoMuch: a held place keeps what is on the screen, and what
// there is no room for waits.
func TestATailOnlyHoldsSoMuch(t *testing.T) {
	lines := sample.JournalLines(1, 70_000)
	window := func(to int) *fleet.Snapshot {
		from := max(to-fleet.KeptLines, 0)
		return journal(lines[from:to], uint64(from+1), uint64(to+1), nil)
	}
	d := open(t, 120, 40).show(window(15_000))
	toTail(d)
	d.keys("pgup", "up")
	at := d.cursorLine()
	d.show(window(30_000)).sees("15,000 new lines").seesNot("wait", "dropped")
	d.show(window(45_000)).sees("more wait")
	d.show(window(70_000)).sees("more wait", "lines dropped meanwhile")
	if d.cursorLine() != at {
		t.Errorf("the cursor was on %q and is on %q", at, d.cursorLine())
	}
	d.keys("G").show(window(70_000)).sees("● following", "20,000 lines")
}

func TestATailIsFilteredAndSearched(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24))
	toTail(d)
	d.keys("/", "type:/time(out").sees("✗ not a regular expression: missing closing )", "709 of 1,240 lines")
	d.keys("type:)/").sees("25 of 1,240 lines").seesNot("not a regular", "order placed")
	d.keys("tab").sees("25 of 1,240 lines match, others are shown too", "order placed").keys("enter", "N").sees("held here")
	if l := d.cursorLine(); !strings.Contains(l, "order=42219") {
		t.Errorf("N goes to %q", l)
	}
	d.keys("n").sees("No line below matches.").keys("tab").seesNot("order placed")
	if l := d.cursorLine(); !strings.Contains(l, "order=42219") {
		t.Errorf("the line is not kept: %q", l)
	}
	d.keys("esc", "v").sees("v warnings and errors").seesNot(" INFO ")
	d.keys("v").sees("v errors").seesNot(" INFO ", " WARN ").keys("v").sees(" INFO ")
	d.keys("/", "type:x", "esc").seesNot("/ x").keys("esc").sees("FUNCTION")
}

// TestFromALineToItsInvocation and back, with the logs followed meanwhile.
func TestFromALineToItsInvocation(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24))
	toTail(d)
	d.keys("up", "up", "up", "up")
	at := d.cursorLine()
	d.keys("enter").sees("checkout-api  7d0e3c6a-41b2-4f0e-9a55-0c1d2e3f4ab3", "? unknown", "started      –", "its report has not been found yet", "Reading the log…")
	want := d.view.last()
	if len(want.Tail) != 3 || len(want.Lines) != 1 || want.Lines[0].Environment == "" {
		t.Fatalf("wanted: %d tails, lines %v", len(want.Tail), want.Lines)
	}
	line := sample.JournalLines(1, 1240)[1235]
	if ref := want.Lines[0]; ref.Start.After(line.Time.Add(-30*time.Second)) || ref.End.Before(line.Time.Add(30*time.Second)) {
		t.Errorf("lines are looked for from %v to %v, around %v", ref.Start, ref.End, line.Time)
	}
	d.show(arrived(1240, 300)).keys("esc").sees("held here  300 new lines")
	if d.cursorLine() != at {
		t.Errorf("the cursor was on %q and is on %q", at, d.cursorLine())
	}
	d.keys("/", "type:polled", "enter", "enter").sees("Which invocation wrote this line is not known")
}

// TestAnInvocationOfWhichOnlyLinesAreLeft shows what its lines tell.
func TestAnInvocationOfWhichOnlyLinesAreLeft(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24))
	toTail(d)
	d.keys("/", "type:Billed", "enter", "enter").sees("image-resize")
	ref := d.view.last().Lines[0]
	head := sample.Head(24)
	id := sample.Focused()
	lines := map[sources.FunctionID]map[sources.InvocationKey]*fleet.Lines{id: {ref.Key: {Complete: true, Events: []sources.LogEvent{
		{ID: "9", Time: sample.Now(), Stream: ref.Environment, Message: "REPORT RequestId: " + ref.Key.RequestID +
			"\tDuration: 410.20 ms\tBilled Duration: 411 ms\tMemory Size: 2048 MB\tMax Memory Used: 611 MB\t\n"},
	}}}}
	d.show(fleet.Assemble(head, sample.Functions(24), lines, nil)).sees("run 410.20 ms", "611 of 2048 MB", "$0.00001")
}

func TestATailGoesLive(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24))
	toTail(d)
	d.keys("L").sees("$0.01 a minute for these functions", "L again")
	if d.view.last().Tail[0].Live {
		t.Fatal("a live tail is wanted after one press")
	}
	d.keys("L").sees("live tail begins…")
	for _, ref := range d.view.last().Tail {
		if !ref.Live {
			t.Fatal("no live tail is wanted after the second press")
		}
	}
	tailing := func(change fleet.Tail, functions int) *fleet.Snapshot {
		head := sample.Head(24)
		head.Journal = sample.Journal(1, 1240)
		list := sample.Functions(24)
		for i, f := range list {
			for _, id := range sample.Tailed()[:functions] {
				if f.ID == id {
					c := *f
					c.Tail = change
					list[i] = &c
				}
			}
		}
		return fleet.Assemble(head, list, nil, nil)
	}
	since := d.now.Add(-3 * time.Minute)
	d.show(tailing(fleet.Tail{On: true, Since: since, Updated: d.now}, 3)).sees("● live tail $0.01/min 3m")
	d.show(tailing(fleet.Tail{On: true, Since: since, Updated: d.now}, 2)).sees("● live tail of 2 of 3 $0.01/min 3m")
	d.show(tailing(fleet.Tail{On: true, Since: since, Updated: d.now, Sampled: d.now}, 3)).sees("sampled: over 500 lines a second")
	err := &sources.Error{Op: "logs:StartLiveTail", On: "x", Kind: sources.Denied, Err: errors.New("no")}
	d.show(tailing(fleet.Tail{Err: err}, 3)).sees("✗ no live tail", "no live tail: AccessDenied: logs:StartLiveTail")
	d.keys("L").sees("The live tail has ended.", "read every 2s")
}

func TestFunctionsAreMarked(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(60))
	d.keys("space", "space").sees("✓checkout-api", "✓auth-token-verify", "l logs of 2 marked")
	d.keys("s", "S").sees("✓checkout-api ") // sorted otherwise, the marks stay on their functions
	d.keys("esc", "home").seesNot("✓")
	for range 20 {
		d.keys("space")
	}
	d.sees("logs of 20 marked").keys("space").sees("20 functions are marked: no more can be tailed at once.")
	d.keys("l").sees("Logs", "+").keys("esc").sees("✓")
	if n := len(d.app.functions.Chosen()); n != 20 {
		t.Errorf("%d are marked on coming back", n)
	}
	if d.keys("esc", "g"); len(d.app.functions.Chosen()) != 1 {
		t.Error("without marks not the function under the cursor alone is chosen")
	}
	d = open(t, 120, 40).show(sample.Fleet(60)).openFunction().keys("l").sees("Logs  image-resize")
	if tail := d.view.last().Tail; len(tail) != 1 || tail[0].Function != sample.Focused() || !tail[0].Since.Equal(sample.Now().Add(-5*time.Minute)) {
		t.Errorf("wanted: %v", tail)
	}
}

func TestTailCommand(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(60))
	d.keys(":", "type:logs", "enter").sees("Logs  checkout-api ").keys("esc")
	d.keys(":", "type:tail checkout-api us-east-1/image-resize", "enter").sees("Logs  checkout-api  image-resize ").keys("esc")
	d.keys(":", "type:tail checkout-api image-res", "tab", "enter").sees("Logs  checkout-api  image-resize ").keys("esc")
	d.keys(":", "type:tail nowhere-at-all", "enter").sees("not found")
	d.keys("b", ":", "type:tail", "enter").sees("no function is chosen here: tail needs names")
}

func TestATailIsPointedAt(t *testing.T) {
	d := open(t, 120, 40).show(sample.Fleet(24))
	toTail(d)
	at := d.line("payment provider timeout")
	d.send(tea.MouseClickMsg{X: 40, Y: at, Button: tea.MouseLeft}).sees("held here")
	if l := d.cursorLine(); !strings.Contains(l, "payment provider timeout") {
		t.Errorf("a click selects %q", l)
	}
	before := d.screen()
	d.send(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	if d.screen() == before {
		t.Error("the wheel moves nothing")
	}
	d.send(tea.MouseClickMsg{X: 40, Y: 3, Button: tea.MouseLeft}).sees("● following")
	d.keys("y").sees("Copied the line.").keys("o").sees("/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/")
	d.keys("right", "right").sees("from column 33").keys("left", "left", "left").seesNot("from column").keys("w", "right").seesNot("from column")
}

// TestHostileLines: whatever is logged, the picture stays whole.
func TestHostileLines(t *testing.T) {
	lines := sample.JournalLines(1, 40)
	for i, text := range []string{
		nasty(), strings.Repeat("x", 256<<10), strings.Repeat("函\xff", 64<<10), strings.Repeat("\n", 5000) + "end", strings.Repeat(nasty()+"\n", 200),
		"", "{", `{"message":"` + strings.Repeat("\u202e", 1000) + `"}`, "{\n" + strings.Repeat(" ", 3000) + `"a":1}`, strings.Repeat("e\u0301", 4000), "\r\r\r\t\t",
	} {
		for k := i; k < len(lines); k += 11 {
			lines[k].Message, lines[k].Stream, lines[k].Time = text, nasty(), []time.Time{{}, sample.Now()}[k%2]
		}
	}
	d := open(t, 120, 40).show(journal(lines, 1, 41, nil))
	toTail(d)
	walk := []string{"z", "up", "w", "z", "pgup", "right", "/", "type:/./", "enter", "n", "N", "tab", "home", "down", "z", "w", "end", "v", "v", "v", "y", "o", "enter", "esc", "z", "z"}
	for _, s := range []size{{20, 5}, {24, 8}, {39, 9}, {60, 12}, {80, 24}, {120, 40}, {200, 60}} {
		d.send(resizeTo(s))
		for _, k := range walk {
			d.keys(k)
			checkFrame(t, d.frame(), s.width, s.height)
		}
	}
	for i := range 3 {
		d.show(journal(lines[i*13:], uint64(i*13+1), uint64(41+i), nil))
		checkFrame(t, d.frame(), 200, 60)
	}
}

// TestTailStatesInASCII: what stands for what is not known is ASCII too.
func TestTailStatesInASCII(t *testing.T) {
	for _, change := range []func(sources.FunctionID, *fleet.Tailed){denyLogs, nil, func(_ sources.FunctionID, s *fleet.Tailed) { *s = fleet.Tailed{} }} {
		d := open(t, 100, 30, func(o *Options) { o.ASCII, o.NoColor = true, true }).show(journal(nil, 1, 1, change))
		toTail(d)
		d.show(journal(nil, 1, 1, change)).keys("p").sees("lines/s")
		for _, r := range d.screen() {
			if r > '~' {
				t.Fatalf("%q is drawn:\n%s", r, d.screen())
			}
		}
	}
}
