package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// screen is a program running in a real pseudo-terminal, with an emulator
// that shows what a person would see.
type screen struct {
	t    testing.TB
	cmd  *exec.Cmd
	tty  *os.File
	done sync.WaitGroup

	mu      sync.Mutex
	emu     *vt.Emulator
	width   int
	height  int
	written []byte // every byte the program wrote
}

// start runs the fntop of this test in a terminal of the given size.
func start(t *testing.T, width, height int, args ...string) *screen {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return startProgram(t, exe, width, height, args...)
}

// startProgram runs a program in a terminal of the given size.
func startProgram(tb testing.TB, exe string, width, height int, args ...string) *screen {
	tb.Helper()
	s := &screen{t: tb, cmd: exec.CommandContext(tb.Context(), exe, args...), width: width, height: height}
	s.cmd.Env = append(os.Environ(), "FNTOP_TEST_MAIN=1", "TERM=xterm-256color", "COLORTERM=truecolor",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME"} { // not the developer's own
		if !strings.HasPrefix(os.Getenv(name), os.TempDir()) {
			s.cmd.Env = append(s.cmd.Env, name+"="+tb.TempDir())
		}
	}
	var err error
	s.tty, err = pty.StartWithSize(s.cmd, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		tb.Fatal(err)
	}
	s.newEmulator()
	s.done.Go(func() { // the program's output
		buf := make([]byte, 32<<10)
		for {
			n, err := s.tty.Read(buf)
			s.show(buf[:n])
			if err != nil {
				return
			}
		}
	})
	tb.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
		}
		_ = s.tty.Close()
		s.endReplies(s.emu)
		s.done.Wait()
	})
	return s
}

// newEmulator begins with a clear screen. Its answers to the program's
// questions go back to the program.
func (s *screen) newEmulator() {
	emu := vt.NewEmulator(s.width, s.height)
	s.emu = emu
	s.done.Go(func() {
		buf := make([]byte, 4<<10)
		for {
			n, err := emu.Read(buf)
			if err != nil || n == 1 && buf[0] == 0 {
				return
			}
			_, _ = s.tty.Write(buf[:n])
		}
	})
}

// endReplies ends the goroutine that waits for an emulator's answers.
func (s *screen) endReplies(emu *vt.Emulator) { _, _ = emu.InputPipe().Write([]byte{0}) }

// show draws what the program wrote. The emulator panics when the screen
// shrinks while a scroll region is set for the old size; a real terminal does
// not, and the program draws all of its screen after each change of size.
func (s *screen) show(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written = append(s.written, b...)
	defer func() {
		if failure := recover(); failure != nil {
			s.t.Logf("the emulator failed at %dx%d: %v", s.width, s.height, failure)
			s.endReplies(s.emu)
			s.newEmulator()
		}
	}()
	_, _ = s.emu.Write(b)
}

// text is the screen as plain text.
func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ansi.Strip(s.emu.Render())
}

// restored tells whether the terminal is as it was before the program.
func (s *screen) restored() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.emu.IsAltScreen() && !s.emu.CursorHidden()
}

// see waits until the screen shows all of the words.
func (s *screen) see(words ...string) string {
	s.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		text, missing := s.text(), ""
		for _, w := range words {
			if !strings.Contains(text, w) {
				missing = w
			}
		}
		if missing == "" {
			return text
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("never saw %q on:\n%s", missing, text)
		}
	}
}

func (s *screen) press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		if _, err := s.tty.WriteString(k); err != nil {
			s.t.Fatal(err)
		}
		pause := 30 * time.Millisecond
		if k == escape {
			pause = 200 * time.Millisecond // or it begins the sequence of the next key
		}
		time.Sleep(pause)
	}
}

// home goes back until the table of functions is on the screen.
func (s *screen) home() {
	s.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !strings.Contains(s.text(), "TRAFFIC"); {
		if time.Now().After(deadline) {
			s.t.Fatalf("never came home:\n%s", s.text())
		}
		s.press(escape)
		time.Sleep(300 * time.Millisecond)
	}
}

func (s *screen) resize(width, height int) {
	s.t.Helper()
	s.mu.Lock()
	s.width, s.height = width, height
	s.emu.Resize(width, height)
	s.mu.Unlock()
	if err := pty.Setsize(s.tty, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		s.t.Fatal(err)
	}
}

// exit waits for the program's end and gives its exit code.
func (s *screen) exit() int {
	s.t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- s.cmd.Wait() }()
	select {
	case err := <-ended:
		var failed *exec.ExitError
		if err != nil && !errors.As(err, &failed) {
			s.t.Fatal(err)
		}
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(20 * time.Second):
		s.t.Fatalf("still running:\n%s", s.text())
		return -1
	}
}

// peakMemory is the most memory a process had, in MB.
func peakMemory(p *os.ProcessState) float64 {
	if usage, ok := p.SysUsage().(*syscall.Rusage); ok {
		return float64(usage.Maxrss) / 1024 // kilobytes on Linux
	}
	return 0
}

const (
	enter  = "\r"
	escape = "\x1b"
	down   = "\x1b[B"
)

// TestTheWholeWay walks from the table to a trace and back in the demo, with
// the keyboard alone, at each size.
func TestTheWholeWay(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 40}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			s := start(t, size.w, size.h, "demo", "--seed", "7")
			s.see("fntop", "FUNCTION", "live", "checkout-api")
			s.press("/", "checkout", enter)
			s.press(enter)
			s.see("duration", "OUTCOME", "ok")
			s.press(down, down, down)
			s.press(enter)
			s.see("Log", "START RequestId")
			s.press(escape)
			s.see("OUTCOME")
			s.press(escape)
			s.see("FUNCTION", "checkout-api")
			s.press("q")
			if code := s.exit(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			if !s.restored() {
				t.Error("the terminal was not restored")
			}
		})
	}
}

func TestResizeStorm(t *testing.T) {
	s := start(t, 120, 40, "demo", "--seed", "7")
	s.see("checkout-api", "live")
	for i := range 60 {
		s.resize(20+i*3, 5+i)
		if i%7 == 0 {
			s.press(enter)
		}
		if i%11 == 0 {
			s.press(escape)
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.resize(20, 5)
	s.resize(121, 40)
	time.Sleep(200 * time.Millisecond)
	s.resize(120, 40)
	s.home()
	s.see("FUNCTION", "checkout-api")
	s.press("q")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestSignalsRestoreTheTerminal(t *testing.T) {
	s := start(t, 100, 30, "demo")
	s.see("FUNCTION")
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.exit(); code != exitInterrupted {
		t.Errorf("exit code %d after SIGTERM, want %d", code, exitInterrupted)
	}
	if !s.restored() {
		t.Error("the terminal was not restored")
	}
}

func TestCtrlCIsAnInterrupt(t *testing.T) {
	s := start(t, 100, 30, "demo")
	s.see("FUNCTION")
	s.press("\x03")
	if code := s.exit(); code != 0 && code != exitInterrupted {
		t.Errorf("exit code %d after Ctrl-C", code)
	}
}

// TestWithoutCredentials shows the way out on the screen, and goes on running.
func TestWithoutCredentials(t *testing.T) {
	s := start(t, 100, 30, "--region", "us-east-1")
	s.see("no credentials")
	s.press("q")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
