package ui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"fntop/sources/fleet"
	"fntop/ui/internal/sample"
)

// counted is an output that can be asked how much was written to it.
type counted struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (c *counted) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.Write(p)
}

func (c *counted) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.Len()
}

// program runs the dashboard inside a bubble of fake time, in which nothing
// is left running when it ends.
type program struct {
	view *fakeViewer
	in   *io.PipeWriter
	out  *counted
	done chan error
}

func startProgram(ctx context.Context, now func() time.Time) *program {
	r, w := io.Pipe()
	p := &program{view: newViewer(), in: w, out: &counted{}, done: make(chan error, 1)}
	app := New(p.view, Options{Now: now, Price: price, Explain: explain, MetricUSD: 0.00001})
	go func() {
		defer app.stop()
		p.done <- run(ctx, app, tea.WithContext(ctx), tea.WithInput(r), tea.WithOutput(p.out), tea.WithWindowSize(120, 40),
			tea.WithoutSignalHandler(), tea.WithEnvironment([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}), tea.WithFPS(30))
	}()
	return p
}

func (p *program) show(s *fleet.Snapshot) {
	p.view.updates <- s
	settleDown()
}

// settleDown lets everything happen that is due within a second.
func settleDown() {
	time.Sleep(time.Second)
	synctest.Wait()
}

func TestNothingIsWrittenWhenNothingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := startProgram(t.Context(), sample.Now)
		settleDown()
		p.show(sample.Fleet(200))
		before := p.out.Len()
		if before == 0 {
			t.Fatal("nothing was drawn at all")
		}
		for range 60 { // an hour of ticks, with a snapshot now and then
			time.Sleep(time.Minute)
			p.show(sample.Fleet(200))
		}
		if wrote := p.out.Len() - before; wrote != 0 {
			t.Errorf("%d bytes were written although nothing changed", wrote)
		}
		_, _ = p.in.Write([]byte("q"))
		if err := <-p.done; err != nil {
			t.Error(err)
		}
		_ = p.in.Close()
	})
}

func TestTheContextEndsTheDashboard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("the house is on fire")
		ctx, cancel := context.WithCancelCause(t.Context())
		p := startProgram(ctx, sample.Now)
		settleDown()
		p.show(sample.Fleet(20))
		cancel(why)
		if err := <-p.done; !errors.Is(err, why) {
			t.Errorf("ended with %v", err)
		}
		_ = p.in.Close()
	})
}

func TestTheEndOfTheEngineDoesNotEndTheDashboard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := startProgram(t.Context(), sample.Now)
		settleDown()
		p.show(sample.Fleet(20))
		close(p.view.updates)
		settleDown()
		select {
		case err := <-p.done:
			t.Fatalf("ended with %v", err)
		default:
		}
		_, _ = p.in.Write([]byte("q"))
		if err := <-p.done; err != nil {
			t.Error(err)
		}
		_ = p.in.Close()
	})
}
