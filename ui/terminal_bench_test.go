//go:build unix

package ui

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

// written is a piece of what the dashboard wrote, and when.
type written struct {
	at    time.Time
	bytes []byte
}

// wired is the dashboard as it runs: its own program on its own clock in a
// pseudo-terminal, whose other end is in the hands of a benchmark.
type wired struct {
	b    *testing.B
	view *fakeViewer
	tty  *os.File
	out  chan written
	emu  *vt.Emulator
}

func startWired(b *testing.B, width, height int, snap *fleet.Snapshot) *wired {
	b.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		b.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		b.Fatal(err)
	}
	x := &wired{b: b, view: newViewer(), tty: master, out: make(chan written, 1024), emu: vt.NewEmulator(width, height)}
	var wait sync.WaitGroup
	wait.Go(func() {
		defer close(x.out)
		for buf := make([]byte, 64<<10); ; {
			n, err := master.Read(buf)
			x.out <- written{time.Now(), slices.Clone(buf[:n])}
			if err != nil {
				return
			}
		}
	})
	wait.Go(func() { _, _ = io.Copy(io.Discard, x.emu) }) // its answers are of no interest
	opts := Options{Now: sample.Now, Price: price, Explain: explain, MetricUSD: 0.00001}
	env := []string{"TERM=xterm-256color", "COLORTERM=truecolor"}
	ctx, cancel := context.WithCancel(b.Context())
	wait.Go(func() {
		_ = Run(ctx, x.view, opts, Terminal{In: slave, Out: slave, Env: env}) // it ends with the context
		_ = slave.Close()
		_ = master.Close()
	})
	b.Cleanup(func() {
		cancel()
		for range x.out { // until it is closed
		}
		_, _ = x.emu.InputPipe().Write([]byte{0})
		_ = x.emu.Close()
		wait.Wait()
	})
	x.view.updates <- snap
	x.rest()
	return x
}

// send types raw bytes into the terminal.
func (x *wired) send(raw string) {
	x.b.Helper()
	if _, err := x.tty.WriteString(raw); err != nil {
		x.b.Fatal(err)
	}
}

// rest takes what is written until nothing is for a while, and gives how many
// bytes that was.
func (x *wired) rest() int {
	n := 0
	for {
		select {
		case w := <-x.out:
			n += len(w.bytes)
			_, _ = x.emu.Write(w.bytes)
		case <-time.After(150 * time.Millisecond):
			return n
		}
	}
}

// press presses a key and gives how long it took until the terminal had a
// frame in which the cells that show is about differ from before.
func (x *wired) press(raw string, show func() string) time.Duration {
	x.b.Helper()
	before, began := show(), time.Now()
	x.send(raw)
	for limit := time.After(5 * time.Second); ; {
		select {
		case w := <-x.out:
			_, _ = x.emu.Write(w.bytes)
			if show() != before {
				return w.at.Sub(began)
			}
		case <-limit:
			x.b.Fatalf("nothing moved on:\n%s", x.emu.Render())
		}
	}
}

// column is the cells of one column, one below the other.
func (x *wired) column(at int) string {
	text := ""
	for y := range x.emu.Height() {
		if c := x.emu.CellAt(at, y); c != nil {
			text += c.Content
		}
		text += "\n"
	}
	return text
}

// rushing makes snapshots that follow each other: all figures of the functions
// change a little, and each brings so many new invocations of the focused one.
func rushing(b *testing.B, functions, invocations int) []*fleet.Snapshot {
	b.Helper()
	const n, kept = 10, 2000
	many := sample.Invocations(sample.Focused(), kept+n*invocations)
	snaps := make([]*fleet.Snapshot, 0, n)
	for i := range n {
		list := sample.Functions(functions)
		for j, f := range list {
			row := f.Row(sample.Window())
			if v, ok := row.Invocations.Get(); ok {
				row.Invocations = sources.Some(v + int64(i*(j%7)))
				row.LastMinute = sources.Some(row.LastMinute.Or(0) + float64(i*(j%5)))
			}
			if f.ID == sample.Focused() {
				c := *sample.Focus(f)
				c.Invocations = many[(n-1-i)*invocations:][:kept]
				f = &c
			}
			list[j] = f.WithRow(sample.Window(), row)
		}
		snaps = append(snaps, fleet.Assemble(sample.Head(functions), list, nil, nil))
	}
	return snaps
}

// BenchmarkKeyToFrame is the time from a key press to the bytes of the frame
// that answers it, in the running program: ten thousand functions, twenty new
// snapshots a second with all figures changed, a thousand invocations a second.
func BenchmarkKeyToFrame(b *testing.B) {
	const perSecond = 20
	snaps := rushing(b, 10_000, 1000/perSecond)
	pages := []struct {
		name string
		open string // the keys that go there
		at   int    // the column of the cursor's sign
	}{{"functions", "", 0}, {"invocations", ":open image-resize\r", 0}}
	for _, p := range pages {
		b.Run(p.name, func(b *testing.B) {
			x := startWired(b, 120, 40, snaps[0])
			if p.open != "" {
				x.send(p.open)
				x.rest()
			}
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			go func() {
				every := time.NewTicker(time.Second / perSecond)
				defer every.Stop()
				for i := 0; ; i++ {
					select {
					case <-every.C:
					case <-ctx.Done():
						return
					}
					select { // the newest only, as the engine publishes
					case <-x.view.updates:
					default:
					}
					x.view.updates <- snaps[i%len(snaps)]
				}
			}()
			rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same at each run
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				raw := "\x1b[B"
				if i/12%2 == 1 {
					raw = "\x1b[A"
				}
				took = append(took, x.press(raw, func() string { return x.column(p.at) }))
				time.Sleep(time.Duration(10+rng.IntN(30)) * time.Millisecond)
			}
			slices.Sort(took)
			at := func(q float64) float64 { return took[int(q*float64(len(took)-1))].Seconds() * 1000 }
			b.ReportMetric(at(0.5), "ms-p50")
			b.ReportMetric(at(0.99), "ms-p99")
			b.ReportMetric(at(1), "ms-max")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// cells is a copy of what a terminal shows.
func cells(emu *vt.Emulator) [][]uv.Cell {
	rows := make([][]uv.Cell, emu.Height())
	for y := range rows {
		rows[y] = make([]uv.Cell, emu.Width())
		for x := range rows[y] {
			if c := emu.CellAt(x, y); c != nil {
				rows[y][x] = *c
			}
		}
	}
	return rows
}

// least is how many bytes the changed cells need at the least, when each run of
// them is gone to and written: the shorter of going on over what has not
// changed and of moving there, the text, and what changes of its style.
func least(from, to [][]uv.Cell) int {
	n, pen := 0, uv.Style{}
	write := func(c *uv.Cell) int {
		k := len(c.Content) + len(uv.StyleDiff(&pen, &c.Style))
		pen = c.Style
		return k
	}
	for y := range to {
		last := -1 // the column after the last one written in this row
		for x := range to[y] {
			if to[y][x].Equal(&from[y][x]) || to[y][x].Width == 0 {
				continue
			}
			move := len(fmt.Sprintf("\x1b[%d;%dH", y+1, x+1))
			if last >= 0 {
				move = len("\x1b[C") + len(strconv.Itoa(x-last))
				over, was := 0, pen
				for i := last; i < x; i++ {
					over += write(&to[y][i])
				}
				if over < move {
					move = over
				} else {
					pen = was
				}
			}
			n += move + write(&to[y][x])
			last = x + max(to[y][x].Width, 1)
		}
	}
	return n
}

// BenchmarkBytes is what a key press, and a second in which new figures come
// in, write to the terminal, against what the changed cells need.
func BenchmarkBytes(b *testing.B) {
	snaps := rushing(b, 200, 5)
	quiet := sample.Fleet(200)
	for _, p := range []struct{ name, open string }{{"functions", ""}, {"function", ":open image-resize\r"}} {
		b.Run(p.name, func(b *testing.B) {
			x := startWired(b, 120, 40, quiet)
			if p.open != "" {
				x.send(p.open)
				x.rest()
			}
			steps := []struct {
				name string
				do   func(i int)
			}{
				{"arrow", func(i int) { x.send([]string{"\x1b[B", "\x1b[B", "\x1b[A"}[i%3]) }},
				{"page", func(i int) { x.send([]string{"\x1b[6~", "\x1b[5~"}[i%2]) }},
				{"second", func(i int) { x.view.updates <- snaps[i%len(snaps)] }},
				{"idle-second", func(int) { x.view.updates <- snaps[0] }},
			}
			wrote, needed := make([]float64, len(steps)), make([]float64, len(steps))
			rounds := 0.0
			for b.Loop() {
				for k, s := range steps {
					if s.name == "idle-second" {
						s.do(0)
						x.rest()
					}
					for i := range 10 {
						before := cells(x.emu)
						s.do(i)
						wrote[k] += float64(x.rest())
						needed[k] += float64(least(before, cells(x.emu)))
					}
				}
				rounds += 10
			}
			for k, s := range steps {
				b.ReportMetric(wrote[k]/rounds, "B/"+s.name)
				if needed[k] > 0 {
					b.ReportMetric(math.Round(100*wrote[k]/needed[k])/100, "x-least-"+s.name)
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
