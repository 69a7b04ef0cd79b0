package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	liveStart  = "START RequestId: 11111111-1111-4111-8111-111111111111 Version: 1\n"
	liveReport = "REPORT RequestId: 11111111-1111-4111-8111-111111111111\tDuration: 2.00 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\n"
)

// program is a fntop of its own with its standard streams.
type program struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  chan string // of standard output; closed at its end
	stderr strings.Builder
}

func startPiped(t *testing.T, args ...string) *program {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: exec.CommandContext(t.Context(), exe, args...), lines: make(chan string, 100)}
	p.cmd.Env = append(os.Environ(), "FNTOP_TEST_MAIN=1")
	p.cmd.Stderr = &p.stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.lines <- s.Text()
		}
	}()
	return p
}

// line waits for a line of output.
func (p *program) line(t *testing.T) string {
	t.Helper()
	select {
	case l := <-p.lines:
		return l
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is printed")
		return ""
	}
}

// interrupt is Ctrl-C; it gives the exit code.
func (p *program) interrupt(t *testing.T) int {
	t.Helper()
	began := time.Now()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		for range p.lines { // the output must be read to its end before Wait
		}
		_ = p.cmd.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		_ = p.cmd.Process.Kill()
		t.Fatal("Ctrl-C does not end it")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v to end", took)
	}
	return p.cmd.ProcessState.ExitCode()
}

// TestLivePipe checks that rows come while their pipe stays open, and that
// Ctrl-C ends the command though it waits for input.
func TestLivePipe(t *testing.T) {
	for format, rows := range map[string]int{"ndjson": 1, "csv": 2} {
		p := startPiped(t, "invocations", "-f", "-", "-o", format)
		for range 2 {
			if _, err := io.WriteString(p.in, liveStart+liveReport); err != nil {
				t.Fatal(err)
			}
			for range rows {
				if l := p.line(t); l == "" {
					t.Errorf("%s: an empty row", format)
				}
			}
			rows = 1
		}
		if code := p.interrupt(t); code != exitInterrupted {
			t.Errorf("%s: exit code %d, %s", format, code, p.stderr.String())
		}
	}
}

// TestInterruptedWhileNothingComes checks Ctrl-C on a pipe that gives nothing,
// on a terminal, and on a named pipe that nobody has opened.
func TestInterruptedWhileNothingComes(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{"-", pipe} {
		p := startPiped(t, "invocations", "-f", from, "--summary")
		time.Sleep(300 * time.Millisecond) // it waits by now, or will be ended before
		if code := p.interrupt(t); code != exitInterrupted || !strings.Contains(p.stderr.String(), "totals are partial") {
			t.Errorf("%s: exit code %d, %s", from, code, p.stderr.String())
		}
	}
	s := start(t, 80, 24, "invocations", "-f", "-")
	time.Sleep(300 * time.Millisecond)
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := s.cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		t.Errorf("in a terminal: %v", err)
	}
}

// TestPartOfALog checks that a broken file is named, and what to do about it.
func TestPartOfALog(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tc := range map[string]struct{ content, want string }{
		"broken.gz": {"\x1f\x8bnonsense", "broken.gz: read log: gzip: invalid header — the gzip data is broken"},
		"cut.json":  {`{"events":[{"message":"a"}`, "cut.json: read log: unexpected end at byte 26 of the JSON — the JSON is cut off"},
	} {
		code, _, stderr := fntop(t, "invocations", "-f", write(name, tc.content))
		if code != exitFailed || !strings.Contains(stderr, tc.want) || strings.Contains(stderr, "answer") {
			t.Errorf("%s: exit code %d, %s", name, code, stderr)
		}
	}
	for name, tc := range map[string]struct{ content, want string }{
		"empty":      {"", "the input is empty"},
		"insights":   {"@timestamp,@message\n2026,hello\n", "no platform lines among 2 lines (taken for: raw lines)"},
		"ends alone": {"END RequestId: x\n", "none of the 1 platform lines among 1 lines is a START or REPORT"},
		"json":       {`{"events":[],"nextToken":"x"}`, "taken for: JSON documents"},
	} {
		for _, more := range [][]string{nil, {"--summary"}, {"-o", "ndjson"}} {
			code, _, stderr := fntop(t, append([]string{"invocations", "-f", write("log", tc.content)}, more...)...)
			if code != exitOK || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, tc.want) {
				t.Errorf("%s: exit code %d, %s", name, code, stderr)
			}
		}
	}
}

// TestFileFlags checks that flags that cannot be meant are refused, and that a
// region without prices is told.
func TestFileFlags(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, []byte(liveStart+liveReport), 0o600); err != nil {
		t.Fatal(err)
	}
	for flags, want := range map[string]string{
		"--memory=5":                   "128 to 10240",
		"--since=2h":                   "do not go with -f",
		"--until=2026-11-23T00:00:00Z": "do not go with -f",
	} {
		if code, _, stderr := fntop(t, "invocations", "-f", log, flags); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d, %s", flags, code, stderr)
		}
	}
	code, _, stderr := fntop(t, "invocations", "-f", log, "--region", "nowhere-1", "--arch", "arm64")
	if code != exitOK || !strings.Contains(stderr, "no prices are known for the region nowhere-1") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	t.Setenv("FNTOP_SINCE", "3h") // for the dashboard
	if code, _, stderr := fntop(t, "invocations", "-f", log); code != exitOK {
		t.Errorf("with FNTOP_SINCE: exit code %d, %s", code, stderr)
	}
}

// TestNoBill checks that reports of managed instances, which name no bill,
// have no price and are not billed for nothing.
func TestNoBill(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	line := `{"type":"platform.report","record":{"requestId":"a","status":"success","metrics":{"durationMs":1000.148}}}` + "\n"
	if err := os.WriteFile(log, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"invocations", "-f", log, "--memory", "2048", "--region", "us-east-1", "--arch", "arm64", "-o", "ndjson"}
	_, stdout, _ := fntop(t, args...)
	if !strings.Contains(stdout, `"billed_ms":null`) || !strings.Contains(stdout, `"cost_usd":null`) {
		t.Errorf("printed %s", stdout)
	}
	_, stdout, _ = fntop(t, append(args, "--summary")...)
	if !strings.Contains(stdout, `"billed_ms":null,"gb_seconds":null,"cost_usd":null,"unpriced":1`) {
		t.Errorf("printed %s", stdout)
	}
}
