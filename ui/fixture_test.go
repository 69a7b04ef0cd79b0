package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/internal/sample"
)

// fakeViewer is an engine that answers nothing by itself.
type fakeViewer struct {
	updates chan *fleet.Snapshot
	wants   []poll.Demand
}

func newViewer() *fakeViewer { return &fakeViewer{updates: make(chan *fleet.Snapshot, 1)} }

func (v *fakeViewer) Want(d poll.Demand) int {
	d.Rows = slices.Clone(d.Rows)
	v.wants = append(v.wants, d)
	return len(v.wants)
}

func (v *fakeViewer) Updates() <-chan *fleet.Snapshot { return v.updates }

func (v *fakeViewer) last() poll.Demand { return v.wants[len(v.wants)-1] }

// desk is a dashboard without a terminal.
type desk struct {
	t    testing.TB
	app  *App
	view *fakeViewer
	now  time.Time
	cmd  tea.Cmd
}

// price is a simple price list for tests: so much a GB-second.
func price(inv sources.Invocation, fn sources.Function) (float64, bool) {
	billed, ok := inv.Billed.Get()
	if !ok {
		return 0, false
	}
	memory := float64(inv.MemoryMB.Or(fn.MemoryMB)) / 1024
	return 0.2e-6 + billed.Seconds()*memory*0.0000133334, true
}

func explain(sources.Invocation, sources.Function) []string {
	return []string{"1 request          $0.0000002000", "1.924 s × 2 GB     $0.0000513069", "arm64, us-east-1, prices of 2026-09-19"}
}

func open(tb testing.TB, width, height int, change ...func(*Options)) *desk {
	tb.Helper()
	d := &desk{t: tb, view: newViewer(), now: sample.Now()}
	opts := Options{
		Version: "0.1.0", Now: func() time.Time { return d.now }, Label: "prod", Price: price, Explain: explain, MetricUSD: 0.00001,
	}
	for _, c := range change {
		c(&opts)
	}
	d.app = New(d.view, opts)
	tb.Cleanup(d.app.stop)
	_ = d.app.Init()
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	return d
}

func (d *desk) send(msg tea.Msg) *desk {
	_, d.cmd = d.app.Update(msg)
	for d.app.working { // as the program does at once, when no key comes
		_, _ = d.app.Update(workMsg{})
	}
	return d
}

func (d *desk) show(s *fleet.Snapshot) *desk { return d.send(snapshotMsg{s}) }

// keys presses keys by their names; text in quotes is typed.
func (d *desk) keys(names ...string) *desk {
	for _, name := range names {
		if text, ok := strings.CutPrefix(name, "type:"); ok {
			for _, r := range text {
				d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
			continue
		}
		d.send(keyPress(name))
	}
	return d
}

func keyPress(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "enter": tea.KeyEnter,
		"esc": tea.KeyEscape, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "tab": tea.KeyTab,
		"home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace,
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	if code, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if code, ok := special[strings.TrimPrefix(name, "shift+")]; ok {
		return tea.KeyPressMsg{Code: code, Mod: tea.ModShift}
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(letter[0]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func resizeTo(s size) tea.WindowSizeMsg { return tea.WindowSizeMsg{Width: s.width, Height: s.height} }

func (d *desk) frame() string { return d.app.View().Content }

// screen is the frame without styles, without the spaces at line ends.
func (d *desk) screen() string {
	lines := strings.Split(ansi.Strip(d.frame()), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

func (d *desk) sees(texts ...string) *desk {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(d.screen(), text) {
			d.t.Fatalf("the screen lacks %q:\n%s", text, d.screen())
		}
	}
	return d
}

func (d *desk) seesNot(texts ...string) *desk {
	d.t.Helper()
	for _, text := range texts {
		if strings.Contains(d.screen(), text) {
			d.t.Fatalf("the screen must not have %q:\n%s", text, d.screen())
		}
	}
	return d
}

// line is the first line of the screen that holds text.
func (d *desk) line(text string) int {
	d.t.Helper()
	for i, l := range strings.Split(d.screen(), "\n") {
		if strings.Contains(l, text) {
			return i
		}
	}
	d.t.Fatalf("the screen lacks %q:\n%s", text, d.screen())
	return -1
}

// openFunction goes to the function whose detail the samples know.
func (d *desk) openFunction() *desk {
	d.t.Helper()
	return d.keys(":", "type:open image-resize", "enter").sees("image-resize", "duration")
}

// cursorLine is the line with the cursor sign.
func (d *desk) cursorLine() string {
	for l := range strings.SplitSeq(d.screen(), "\n") {
		if strings.HasPrefix(strings.TrimLeft(l, " "), "▸") {
			return l
		}
	}
	return ""
}
