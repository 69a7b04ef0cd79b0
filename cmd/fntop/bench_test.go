package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fntop/sources"
	"fntop/sources/engine"
	"fntop/sources/poll"
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
		before := s.wrote()
		time.Sleep(time.Minute)
		b.ReportMetric(float64(s.wrote()-before), "terminal-B/min")
		b.ReportMetric(float64(before), "terminal-B-start")
		s.press("q")
		s.exit()
		b.ReportMetric(s.cmd.ProcessState.UserTime().Seconds()+s.cmd.ProcessState.SystemTime().Seconds(), "cpu-s/75s")
		b.ReportMetric(peakMemory(s.cmd.ProcessState), "MB-peak")
	}
}

// BenchmarkTenThousand opens the functions view on a demo cloud of ten thousand
// functions behind the documented quotas, at fifty milliseconds a call. The
// cloud is a process of its own, as the real one is; it has been asked once
// before, so that its simulation is not what is measured. Told are the seconds
// until thirty rows have figures, until the names of all active functions are
// known, and until the catalogue is complete, and what the session has used by
// then and after scrolling to the end and back.
func BenchmarkTenThousand(b *testing.B) {
	exe := built(b)
	address, stop := serveProcess(b, exe, "--functions", "10000", "--quotas", "--fault", "latency=50ms")
	defer stop()
	b.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	b.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	g := globals{source: "aws", endpoint: address, regions: []string{"us-east-1", "eu-west-1", "ap-southeast-2"}, output: "table"}
	for round := range 2 { // the first one warms the cloud
		var rows, names, all time.Duration
		ses, err := g.open(b.Context(), streams{err: io.Discard, env: os.LookupEnv})
		if err != nil {
			b.Fatal(err)
		}
		v := ses.engine.View()
		began := time.Now()
		w := sources.Window{Since: time.Hour}
		d := poll.Demand{Catalogue: true, AllRows: true, Totals: true, Window: w}
		for snap := range v.Updates() {
			if len(d.Rows) == 0 {
				for i := range min(30, snap.Len()) {
					d.Rows = append(d.Rows, snap.Function(i).ID)
				}
				v.Want(d)
			}
			known := 0
			for _, id := range d.Rows {
				if row := snap.Get(id).Row(w); row.Invocations.Known() {
					known++
				}
			}
			if rows == 0 && known == 30 {
				rows = time.Since(began)
			}
			active, complete := true, true
			for _, p := range snap.Places {
				active = active && !p.Activity.Good.IsZero()
				complete = complete && p.Complete
			}
			if names == 0 && active && len(snap.Places) > 0 {
				names = time.Since(began)
			}
			if complete && len(snap.Places) > 0 && names > 0 && rows > 0 {
				all = time.Since(began)
				break
			}
			if time.Since(began) > 2*time.Minute {
				b.Fatalf("after two minutes: rows %v, names %v", rows, names)
			}
		}
		spent := ses.meter.Bill().Total
		scrolled := scroll(b, v, d, ses)
		v.Close()
		ses.stop()
		if round == 0 {
			continue
		}
		b.ReportMetric(rows.Seconds(), "s-rows")
		b.ReportMetric(names.Seconds(), "s-active-names")
		b.ReportMetric(all.Seconds(), "s-catalogue")
		b.ReportMetric(float64(spent.Metrics), "metrics-start")
		b.ReportMetric(float64(spent.Calls), "calls-start")
		b.ReportMetric(float64(scrolled), "metrics-scroll")
		b.ReportMetric(0, "ns/op")
	}
}

// scroll holds a key down to the end of the list and back, thirty rows a
// second times ten, and gives how many metrics that has asked for.
func scroll(b *testing.B, v *engine.Viewer, d poll.Demand, ses *session) int64 {
	b.Helper()
	snap := <-v.Updates()
	time.Sleep(3 * time.Second) // what the start has begun comes in
	before := ses.meter.Bill().Total.Metrics
	ids := make([]sources.FunctionID, snap.Len())
	for i := range ids {
		ids[i] = snap.Function(i).ID
	}
	for at := 0; at+30 <= len(ids); at += 30 {
		d.Rows = ids[at : at+30]
		v.Want(d)
		time.Sleep(time.Second / 30)
	}
	d.Rows = ids[:30]
	v.Want(d)
	time.Sleep(3 * time.Second)
	return ses.meter.Bill().Total.Metrics - before
}

// serveProcess starts the demo cloud as a process and gives its address.
func serveProcess(b *testing.B, exe string, args ...string) (address string, stop func()) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), exe, append([]string{"demo", "--serve", "127.0.0.1:0"}, args...)...)
	told, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	line, err := bufio.NewReader(told).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	address, _, _ = strings.Cut(strings.TrimPrefix(line, "demo cloud on "), " ")
	return address, func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // it was interrupted
		b.ReportMetric(peakMemory(cmd.ProcessState), "MB-peak-cloud")
	}
}

// BenchmarkIdle leaves the dashboard open on live data, its cloud a process of
// its own, and tells what share of a core that takes and what it writes to the
// terminal: on the functions page, and with a function open whose invocations
// are followed.
func BenchmarkIdle(b *testing.B) {
	exe := built(b)
	address, stop := serveProcess(b, exe, "--seed", "7")
	defer stop()
	b.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	b.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	for b.Loop() {
		s := startProgram(b, exe, 120, 40, "--endpoint-url", address, "--region", "us-east-1")
		s.see("checkout-api", "live")
		time.Sleep(15 * time.Second) // until the first figures have come
		for _, page := range []struct{ name, keys string }{{"functions", ""}, {"function", "\r"}} {
			s.press(page.keys)
			time.Sleep(3 * time.Second)
			used, wrote := s.processor(), s.wrote()
			time.Sleep(time.Minute)
			b.ReportMetric(100*(s.processor()-used).Seconds()/60, "%-core-"+page.name)
			b.ReportMetric(float64(s.wrote()-wrote)/60, "B/s-"+page.name)
		}
		s.press("q")
		s.exit()
		b.ReportMetric(peakMemory(s.cmd.ProcessState), "MB-peak")
	}
	b.ReportMetric(0, "ns/op")
}

// wrote is how many bytes the program has written.
func (s *screen) wrote() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.written)
}

// processor is the processor time the program has used, by what the kernel
// tells of processes (proc(5), fields 14 and 15 of stat, in hundredths of a
// second).
func (s *screen) processor() time.Duration {
	s.t.Helper()
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "stat"))
	if err != nil {
		s.t.Skip("the kernel does not tell what a process uses")
	}
	_, after, _ := strings.Cut(string(stat), ") ") // the name may hold spaces
	fields := strings.Fields(after)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
