//go:build unix

package ui

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"go.uber.org/goleak"

	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

// childEnv makes the test binary run the dashboard instead of tests, on the
// snapshot of that name.
const childEnv = "FNTOP_UI_TEST_CHILD"

func TestMain(m *testing.M) {
	if name := os.Getenv(childEnv); name != "" {
		os.Exit(child(name))
	}
	os.Exit(m.Run())
}

// child runs the dashboard in the terminal it was started in. It fails when
// the dashboard does, and when it leaves goroutines behind.
func child(name string) int {
	v := newViewer()
	v.updates <- childSnapshot(name)
	err := Run(context.Background(), v, childOptions(), Terminal{Env: os.Environ()})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// os/signal keeps one goroutine for good once signals were asked for.
	if err := goleak.Find(goleak.IgnoreTopFunction("os/signal.loop"), goleak.IgnoreTopFunction("os/signal.signal_recv")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	return 0
}

func childSnapshot(name string) *fleet.Snapshot {
	if name == "hostile" {
		return hostileFleet()
	}
	return sample.Fleet(60)
}

func childOptions() Options {
	return Options{Version: "0.1.0", Now: sample.Now, Label: "prod", Price: price, Explain: explain, MetricUSD: 0.00001}
}

// terminal is a terminal with the dashboard in it, and beside it a dashboard
// without a terminal that is given the same keys: what the terminal shows
// must become what the other would draw.
type terminal struct {
	t     *testing.T
	tty   *os.File
	cmd   *exec.Cmd
	mu    sync.Mutex // guards emu, but for its replies
	emu   *vt.Emulator
	twin  *desk
	size  size
	bytes atomic.Int64
	wait  sync.WaitGroup
	// drained is closed when all that the dashboard wrote has been read.
	drained chan struct{}
}

func startTerminal(t *testing.T, snapshot string, s size, env ...string) *terminal {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append([]string{childEnv + "=" + snapshot, "TERM=xterm-256color", "COLORTERM=truecolor", "PATH=" + os.Getenv("PATH")}, env...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(s.width), Rows: uint16(s.height)}) //nolint:gosec // small
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, tty: tty, cmd: cmd, emu: vt.NewEmulator(s.width, s.height), size: s}
	x.drained = make(chan struct{})
	x.wait.Go(x.copyOut)
	x.wait.Go(x.copyReplies)
	x.twin = open(t, s.width, s.height, func(o *Options) { *o = childOptions() }).show(childSnapshot(snapshot))
	return x
}

// copyOut feeds what the dashboard writes to the emulator.
func (x *terminal) copyOut() {
	defer close(x.drained)
	buf := make([]byte, 64<<10)
	for {
		n, err := x.tty.Read(buf)
		x.bytes.Add(int64(n))
		x.mu.Lock()
		_, _ = x.emu.Write(buf[:n])
		x.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// copyReplies feeds what the emulator answers back to the dashboard.
func (x *terminal) copyReplies() {
	buf := make([]byte, 4<<10)
	for {
		n, err := x.emu.Read(buf)
		if err != nil {
			return
		}
		if _, err := x.tty.Write(buf[:n]); err != nil {
			return
		}
	}
}

// press presses keys in the terminal and on the twin, and waits until the
// terminal shows what the twin draws.
func (x *terminal) press(names ...string) *terminal {
	x.t.Helper()
	for _, name := range names {
		if _, err := x.tty.WriteString(code(name)); err != nil {
			x.t.Fatal(err)
		}
		if name == "esc" { // or it begins the sequence of the next key
			time.Sleep(100 * time.Millisecond)
		}
		x.twin.keys(name)
		x.settles()
	}
	return x
}

// settles waits until the terminal shows what the twin draws.
func (x *terminal) settles() *terminal {
	x.t.Helper()
	want := unmarked(x.twin.screen())
	got := ""
	for range 3000 {
		if got = unmarked(x.screen()); got == want {
			return x
		}
		time.Sleep(10 * time.Millisecond)
	}
	x.t.Fatalf("the terminal shows\n%s\nand should show\n%s", got, want)
	return x
}

// unmarked is a screen without combining marks: the emulator loses those that
// come in another read than their letter.
func unmarked(screen string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, screen)
}

// screen is what the emulator shows, without spaces at line ends.
func (x *terminal) screen() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var b strings.Builder
	for y := range x.size.height {
		if y > 0 {
			b.WriteByte('\n')
		}
		var l strings.Builder
		for col := 0; col < x.size.width; {
			c := x.emu.CellAt(col, y)
			if c == nil || c.Content == "" {
				l.WriteByte(' ')
				col++
				continue
			}
			l.WriteString(c.Content)
			col += max(c.Width, 1)
		}
		b.WriteString(strings.TrimRight(l.String(), " "))
	}
	return b.String()
}

func (x *terminal) resize(s size) {
	x.t.Helper()
	x.mu.Lock()
	x.emu.Resize(s.width, s.height)
	x.mu.Unlock()
	x.size = s
	if err := pty.Setsize(x.tty, &pty.Winsize{Cols: uint16(s.width), Rows: uint16(s.height)}); err != nil { //nolint:gosec // small
		x.t.Fatal(err)
	}
	x.twin.send(tea.WindowSizeMsg{Width: s.width, Height: s.height})
}

// quit presses q and checks that the terminal is as it was before.
func (x *terminal) quit() {
	x.t.Helper()
	if _, err := x.tty.WriteString("q"); err != nil {
		x.t.Fatal(err)
	}
	if err := x.cmd.Wait(); err != nil {
		x.t.Fatalf("the dashboard ended with %v:\n%s", err, x.screen())
	}
	<-x.drained
	_ = x.tty.Close()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.emu.IsAltScreen() {
		x.t.Error("the alternate screen is still on")
	}
	if x.emu.CursorHidden() {
		x.t.Error("the cursor is still hidden")
	}
	if p, ok := x.emu.InputPipe().(interface{ Close() error }); ok {
		_ = p.Close()
	}
	x.wait.Wait()
}

func TestInATerminal(t *testing.T) {
	x := startTerminal(t, "sample", size{120, 40}).settles()
	x.press("down", "pgdown", "s", "/", "type:image-resize", "enter", "g")
	x.press("enter", "left", "left", "[", "]", "tab", "down", "down", "down", "down", "down", "enter")
	x.twin.sees("UnidentifiedImageError", "resize bucket=uploads")
	x.press("down", "down", "down", "enter", "w", "t", "down")
	x.twin.sees("trace "+sample.TraceID, "self of")
	x.press("esc").twin.sees("Log 8 lines")
	x.press("esc").twin.sees("INIT", "OUTCOME")
	x.press("esc", "esc", "?", "?", "b", "b", ":", "type:sort name", "esc")
	x.quit()
}

func TestResizeStorm(t *testing.T) {
	x := startTerminal(t, "sample", size{120, 40}).settles()
	for range 3 {
		for _, s := range []size{{80, 24}, {20, 5}, {200, 60}, {19, 4}, {61, 17}, {140, 9}, {33, 50}, {120, 40}} {
			x.resize(s)
		}
		x.settles()
		x.press("down")
	}
	x.press("enter")
	for _, s := range []size{{80, 24}, {20, 5}, {200, 60}, {100, 30}} {
		x.resize(s)
	}
	x.settles().quit()
}

func TestHostileInATerminal(t *testing.T) {
	x := startTerminal(t, "hostile", size{120, 40}).settles()
	x.press("enter", "enter", "down", "enter", "w", "down", "down", "t", "down", "down", "esc", "esc", "esc", "b")
	x.quit()
}

// TestSuspend: ctrl+z gives the terminal back, and the picture returns when
// the program goes on. In the test nobody is there to stop it, so it only
// waits to be continued.
func TestSuspend(t *testing.T) {
	x := startTerminal(t, "sample", size{100, 30}).settles()
	alternate := func() bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		return x.emu.IsAltScreen()
	}
	if _, err := x.tty.WriteString("\x1a"); err != nil {
		t.Fatal(err)
	}
	for i := 0; alternate(); i++ {
		if i > 400 {
			t.Fatal("ctrl+z does not give the terminal back")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := x.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	x.settles().press("down", "pgdown")
	x.quit()
}

func TestNoColor(t *testing.T) {
	x := startTerminal(t, "sample", size{100, 30}, "NO_COLOR=yes").settles()
	x.mu.Lock()
	for y := range 30 {
		for col := range 100 {
			if c := x.emu.CellAt(col, y); c != nil && (c.Style.Fg != nil || c.Style.Bg != nil) {
				t.Errorf("%q at %d,%d has a colour", c.Content, col, y)
			}
		}
	}
	x.mu.Unlock()
	x.press("down", "enter")
	x.quit()
}
