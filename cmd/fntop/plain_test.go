//go:build unix

package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestPlainInATerminal: typed lines are answered, nothing but text is
// written, and quit ends it.
func TestPlainInATerminal(t *testing.T) {
	s := start(t, 160, 50, "demo", "--seed", "7", "--plain")
	s.see("type help and enter", "fntop watches demo, account fntop-demo in us-east-1", "28 functions", "reads metrics every 1m")
	s.press("help\r")
	s.see("show NAME")
	s.press("list\r")
	s.see("1. ", "invocations, ")
	s.press("show image-res\r")
	s.see("image-resize in us-east-1: python3.13", "duration p50")
	s.press("nonsense\r")
	s.see(`no command "nonsense"`)
	s.press("quit\r")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes.ContainsAny(s.written, "\x1b\x07\b") {
		t.Errorf("more than text was written: %q", s.written)
	}
}

func TestPlainIsInterrupted(t *testing.T) {
	s := start(t, 120, 40, "demo", "--plain")
	s.see("fntop watches demo")
	s.press("\x03")
	if code := s.exit(); code != exitInterrupted {
		t.Errorf("exit code %d after Ctrl-C, want %d", code, exitInterrupted)
	}
	s = start(t, 120, 40, "demo", "--plain")
	s.see("type help")
	s.press("\x04") // the end of what is typed
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d at the end of what is typed", code)
	}
}

// TestPlainInAPipe: lines come as they are told, also when there is no
// terminal at all, with totals as often as --refresh says; a reader that goes
// away is a quiet end.
func TestPlainInAPipe(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	begin := func(args ...string) (*exec.Cmd, *bufio.Reader, *bytes.Buffer) {
		cmd := exec.CommandContext(t.Context(), exe, append([]string{"demo", "--seed", "7", "--plain"}, args...)...)
		cmd.Env = append(os.Environ(), "FNTOP_TEST_MAIN=1", "XDG_CONFIG_HOME="+t.TempDir())
		stderr := new(bytes.Buffer)
		cmd.Stderr = stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd, bufio.NewReader(out), stderr
	}
	line := func(r *bufio.Reader) string {
		l, err := r.ReadString('\n')
		if err != nil || !regexp.MustCompile(`^\d\d:\d\d:\d\d [^\x00-\x1f]+\n$`).MatchString(l) {
			t.Fatalf("read %q: %v", l, err)
		}
		return l
	}
	cmd, r, stderr := begin("--speed", "60", "--refresh", "2m")
	if l := line(r); !strings.Contains(l, "fntop watches demo") {
		t.Errorf("it begins with %q", l)
	}
	if l := line(r); !strings.Contains(l, "reads metrics every 2m") {
		t.Errorf("it reads: %q", l)
	}
	for !strings.Contains(line(r), " totals: ") {
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || stderr.Len() > 0 {
		t.Errorf("exit code %d, said %q", code, stderr)
	}

	cmd = exec.CommandContext(t.Context(), "sh", "-c", `"$0" demo --plain --speed 600 | head -n 1`, exe)
	cmd.Env = append(os.Environ(), "FNTOP_TEST_MAIN=1", "XDG_CONFIG_HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "\n") != 1 {
		t.Errorf("in front of head: %q, %v", out, err)
	}
}
