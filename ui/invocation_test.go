package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

// lived is a function with three invocations in one environment, the first of
// them cold, and two attempts of one request, of which the second is in it.
func lived(lines *fleet.Lines) *fleet.Snapshot {
	list := sample.Functions(4)
	id := sample.Focused()
	ms := func(n int) sources.Opt[time.Duration] { return sources.Some(time.Duration(n) * time.Millisecond) }
	inv := func(request, environment string, attempt int, before time.Duration, outcome sources.Outcome) sources.Invocation {
		start := sample.Now().Add(-before)
		return sources.Invocation{
			Function: id, RequestID: request, Attempt: attempt, Environment: environment, Version: "41",
			Start: sources.Some(start), Reported: sources.Some(start.Add(1500 * time.Millisecond)), Duration: ms(1500), Billed: ms(1500),
			MemoryMB: sources.Some(2048), MaxMemoryMB: sources.Some(611), Cold: sources.Some(false), Outcome: outcome,
		}
	}
	const one, two = "2026/11/23/[41]aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "2026/11/23/[41]bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	cold := inv("first", one, 1, 10*time.Minute, sources.OK)
	cold.Cold, cold.Init, cold.Billed = sources.Some(true), ms(612), ms(2112)
	failed := inv("again", two, 1, 8*time.Minute, sources.TimedOut)
	failed.Duration, failed.Billed = ms(3000), ms(3000)
	all := []sources.Invocation{
		inv("last", one, 1, time.Minute, sources.OK), inv("again", one, 2, 5*time.Minute, sources.Failed), failed, cold,
	}
	all[1].ErrorType = "ValueError"
	known := map[sources.FunctionID]map[sources.InvocationKey]*fleet.Lines{id: {}}
	for i, f := range list {
		if f.ID == id {
			c := *sample.Focus(f)
			c.Invocations, c.InvocationsDropped = all, 0
			list[i] = &c
		}
	}
	if lines != nil {
		known[id][all[1].Key()] = lines
	}
	return fleet.Assemble(sample.Head(4), list, known, nil)
}

// told is a log with a stack trace of an event for each line, JSON and levels.
func told() *fleet.Lines {
	at := sample.Now().Add(-5 * time.Minute)
	l := &fleet.Lines{Complete: true, Health: fleet.Health{Good: sample.Now()}}
	for i, message := range []string{
		"START RequestId: again Version: 41\n", "[INFO]\t2026-11-23T13:58:25.002Z\tagain\tresize cats/1.jpg\n",
		`{"level":"WARN","message":"slow answer","peer":{"host":"api.payments.example.com","port":443,"region":"us-east-1"},"ms":812}`,
		"Traceback (most recent call last):\n", "  File \"/var/task/app.py\", line 14, in handler\n", "    img = load(key)\n",
		"ValueError: cannot identify image file\n", "END RequestId: again\n",
		"REPORT RequestId: again\tDuration: 1500.00 ms\tBilled Duration: 1500 ms\tMemory Size: 2048 MB\tMax Memory Used: 611 MB\t\n",
	} {
		l.Events = append(l.Events, sources.LogEvent{ID: string(rune('a' + i)), Time: at.Add(time.Duration(i) * 7 * time.Millisecond), Message: message})
	}
	return l
}

func openLived(t *testing.T, lines *fleet.Lines, width, height int) *desk {
	t.Helper()
	return open(t, width, height).show(lived(lines)).openFunction().keys("down", "enter").sees("again")
}

// TestInvocationStates keeps the picture of every state of the page.
func TestInvocationStates(t *testing.T) {
	denied := &sources.Error{Op: "logs:FilterLogEvents", On: "/aws/lambda/image-resize", Kind: sources.Denied, Fix: "run fntop iam-policy", Err: errors.New("no")}
	part, stale := told(), told()
	part.Events, part.Complete = part.Events[:3], false
	stale.Health.Err = denied
	cut := told()
	cut.Cut = true
	for name, lines := range map[string]*fleet.Lines{
		"full": told(), "loading": {Loading: true}, "empty": {}, "partial": part, "cut": cut, "stale": stale,
		"denied": {Health: fleet.Health{Err: denied}},
	} {
		t.Run(name, func(t *testing.T) {
			d := openLived(t, lines, 120, 40)
			checkFrame(t, d.frame(), 120, 40)
			golden.RequireEqual(t, d.screen())
		})
	}
}

func TestInvocationSmall(t *testing.T) {
	for _, s := range []size{{20, 5}, {40, 12}, {60, 16}} {
		t.Run(s.String(), func(t *testing.T) {
			d := open(t, s.width, s.height).show(lived(told()))
			d.keys(":", "type:open image-resize", "enter", "down", "enter")
			checkFrame(t, d.frame(), s.width, s.height)
			golden.RequireEqual(t, d.screen())
		})
	}
}

// TestPhasesAddUp: init and run are an addition, and the bill is told apart.
func TestPhasesAddUp(t *testing.T) {
	openLived(t, told(), 120, 40).keys("{").sees("init 612.00 ms + ━ run 1,500.00 ms = 2,112.00 ms   billed 2,112ms")
}

// TestOverheadIsToldApart where the log tells when the runtime had answered.
func TestOverheadIsToldApart(t *testing.T) {
	lines := told()
	lines.Events[7].Message = `{"time":"2026-11-23T13:58:26.400Z","type":"platform.runtimeDone","record":{"requestId":"again","status":"error","metrics":{"durationMs":1400.0}}}`
	openLived(t, lines, 120, 40).sees("run 1,400.00 ms + · overhead 100.00 ms = 1,500.00 ms   billed 1,500ms")
}

func TestEnvironmentNeighbours(t *testing.T) {
	d := openLived(t, told(), 120, 40)
	d.sees("2nd of this environment · 4m59s after the one before · environment since 13:53:24 (cold)")
	d.keys("}").sees("last  ok", "3rd of this environment · 3m59s after the one before").keys("}").sees("No later invocation of this environment is known.")
	d.keys("{", "{").sees("first  ok", "1st of this environment · environment since 13:53:24 (cold)").keys("{").sees("No earlier invocation of this environment is kept.")
	d.keys(">").sees("timeout", "1st known of this environment · – after the one before · environment since –", "stopped after 3.00s: its timeout had passed")
}

func TestAttempts(t *testing.T) {
	d := openLived(t, told(), 120, 40)
	d.sees("attempts     1 ✗ timeout 13:55:25 · [2 ✗ error ValueError 13:58:25]")
	d.keys("tab").sees("[1 ✗ timeout 13:55:25] · 2 ✗ error ValueError 13:58:25")
	d.keys("tab").sees("Log 9 lines").keys("}", "tab").sees("No other attempt of this request is among those that are kept.")
}

func TestLogFoldsAndFinds(t *testing.T) {
	d := openLived(t, told(), 120, 40)
	d.sees("ERROR Traceback: ValueError: cannot identify image file … 3 more lines").seesNot("img = load")
	d.keys("Z").sees("img = load", `"port": 443`).keys("Z").seesNot("img = load")
	d.keys("/", "type:IMG").sees("img = load", "1 of 1", "find IMG").keys("enter", "enter").seesNot("img = load")
	d.keys("/", "backspace", "backspace", "backspace", "type:again", "enter").sees("find again 2 of 3")
	d.keys("n").sees("3 of 3").keys("n").sees("1 of 3").keys("N").sees("3 of 3").keys("esc").seesNot("find again").sees("Log 9 lines")
	d.keys("n").sees("Nothing is looked for yet.").keys("/", "type:nowhere").sees("in no line").keys("enter", "n").sees("No line has it.")
}

// TestCopyIsTheLine as the cloud sent it, however it is shown.
func TestCopyIsTheLine(t *testing.T) {
	lines := told()
	trace := ""
	for _, ev := range lines.Events[3:7] {
		trace += ev.Message
	}
	d := openLived(t, lines, 120, 40).keys("down", "down")
	copied := func(want string) {
		t.Helper()
		if got := fmt.Sprint(d.keys("y").cmd()); got != want {
			t.Errorf("copied %q, want %q", got, want)
		}
	}
	copied(lines.Events[2].Message)
	d.keys("enter")
	copied(lines.Events[2].Message)
	d.keys("enter", "w", "down")
	copied(strings.TrimSuffix(trace, "\n"))
	if got := fmt.Sprint(d.keys("Y").cmd()); got != "again" {
		t.Errorf("copied %q, want the request ID", got)
	}
}
