//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestSuspendUnderAShell: Ctrl-Z gives the terminal back to the shell that
// started fntop, and fg brings the picture back.
func TestSuspendUnderAShell(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash, which has job control")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := startProgram(t, shell, 100, 30, "--norc", "--noprofile", "-i")
	s.press("'" + exe + "' demo --seed 7\r")
	s.see("FUNCTION", "checkout-api", "live")
	s.press(down, down, "\x1a")
	s.see("Stopped")
	if !s.restored() {
		t.Error("the terminal was not restored while fntop is stopped")
	}
	s.press("echo still $((40+2))\r")
	s.see("still 42")
	s.press("fg\r")
	s.see("FUNCTION", "checkout-api", "live")
	s.press("q")
	for deadline := time.Now().Add(20 * time.Second); !s.restored() && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	s.press("exit\r")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if !s.restored() {
		t.Error("the terminal was not restored")
	}
}

// TestTitle: the terminal's title says what runs in it.
func TestTitle(t *testing.T) {
	s := start(t, 80, 24, "demo", "--seed", "7")
	s.see("checkout-api")
	s.press("q")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !bytes.Contains(s.written, []byte("\x1b]2;fntop\x07")) {
		t.Errorf("no title among what was written: %q", s.written[:min(len(s.written), 400)])
	}
}

// TestSmallScreens: down to 20x5 there is a picture, and below that a word
// about it; the picture comes back.
func TestSmallScreens(t *testing.T) {
	s := start(t, 80, 24, "demo", "--seed", "7")
	s.see("checkout-api", "live")
	s.resize(20, 5)
	if text := s.see("fntop", "live"); strings.Contains(text, "too small") {
		t.Errorf("at 20x5 it is too small:\n%s", text)
	}
	s.resize(19, 5)
	s.see("too small", "19x5 of 20x5")
	s.resize(20, 4)
	s.see("too small", "20x4 of 20x5")
	s.resize(80, 24)
	s.see("FUNCTION", "checkout-api")
	s.press("q")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
