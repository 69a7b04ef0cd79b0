package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// built is a stripped binary, as a release has it.
func built(b *testing.B) string {
	b.Helper()
	exe := filepath.Join(b.TempDir(), "fntop")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", exe, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return exe
}

// wait polls quickly until the screen shows a word, and tells how long it
// took since the start.
func (s *screen) wait(began time.Time, word string) time.Duration {
	s.t.Helper()
	for deadline := began.Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if strings.Contains(s.text(), word) {
			return time.Since(began)
		}
	}
	s.t.Fatalf("never saw %q on:\n%s", word, s.text())
	return 0
}

// BenchmarkStart measures the demo's start in a pseudo-terminal of 120x40: the
// first frame, the first rows, and the first figures of a row.
func BenchmarkStart(b *testing.B) {
	exe := built(b)
	var frame, rows, figures time.Duration
	for b.Loop() {
		began := time.Now()
		s := startProgram(b, exe, 120, 40, "demo", "--seed", "7")
		frame += s.wait(began, "fntop")
		rows += s.wait(began, "checkout-api")
		figures += s.wait(began, "1.3")
		s.press("q")
		s.exit()
	}
	per := func(d time.Duration) float64 { return float64(d.Milliseconds()) / float64(b.N) }
	b.ReportMetric(per(frame), "ms-first-frame")
	b.ReportMetric(per(rows), "ms-first-rows")
	b.ReportMetric(per(figures), "ms-first-figures")
	if info, err := os.Stat(exe); err == nil {
		b.ReportMetric(float64(info.Size())/1e6, "MB-binary")
	}
}

// BenchmarkMinute measures a minute of the live dashboard at 120x40: bytes
// written to the terminal, processor time and memory (the demo cloud, which
// runs in the same process, included).
func BenchmarkMinute(b *testing.B) {
	exe := built(b)
	for b.Loop() {
		s := startProgram(b, exe, 120, 40, "demo", "--seed", "7")
		s.see("checkout-api", "live")
		time.Sleep(15 * time.Second) // until the first figures have come
		s.mu.Lock()
		before := len(s.written)
		s.mu.Unlock()
		time.Sleep(time.Minute)
		s.mu.Lock()
		after := len(s.written)
		s.mu.Unlock()
		b.ReportMetric(float64(after-before), "terminal-B/min")
		b.ReportMetric(float64(before), "terminal-B-start")
		s.press("q")
		s.exit()
		b.ReportMetric(s.cmd.ProcessState.UserTime().Seconds()+s.cmd.ProcessState.SystemTime().Seconds(), "cpu-s/75s")
		b.ReportMetric(peakMemory(s.cmd.ProcessState), "MB-peak")
	}
}
