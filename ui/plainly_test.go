package ui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fntop/ui/internal/sample"
)

// paper is what the plain mode writes on.
type paper struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.Write(b)
}

func (p *paper) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.String()
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func plainOptions(start time.Time) Options {
	return Options{Label: "prod", MetricUSD: 0.00001, Now: func() time.Time { return sample.Now().Add(time.Since(start)) }}
}

// TestPlainDemands: the busiest functions are asked for as rows on a screen
// are, and totals are told as often as was asked for.
func TestPlainDemands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, out := newViewer(), new(paper)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- RunPlain(ctx, v, plainOptions(time.Now()), Pipe{Out: out, Every: time.Minute}) }()
		v.updates <- sample.Fleet(60)
		time.Sleep(150 * time.Second)
		synctest.Wait()
		d := v.last()
		if len(d.Rows) != plainRows || !d.Catalogue || !d.AllRows || !d.Totals || d.Window != sample.Window() {
			t.Errorf("it demands %+v", d)
		}
		if d.Rows[0].Name != "checkout-api" {
			t.Errorf("the busiest function is %q", d.Rows[0].Name)
		}
		text := out.text()
		if strings.Count(text, "fntop watches prod") != 1 || strings.Count(text, "totals: ") != 2 {
			t.Errorf("told:\n%s", text)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestPlainEnds(t *testing.T) {
	for name, c := range map[string]struct {
		in   io.Reader
		out  io.Writer
		stop bool
		want string
	}{
		"engine":  {nil, io.Discard, true, "the engine has stopped"},
		"writing": {strings.NewReader("help\n"), brokenPipe{}, false, io.ErrClosedPipe.Error()},
		"quit":    {strings.NewReader("help\nquit\nlist\n"), io.Discard, false, ""},
		"no more": {strings.NewReader(""), io.Discard, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := newViewer()
			if c.stop {
				close(v.updates)
			}
			got := ""
			if err := RunPlain(t.Context(), v, Options{Now: sample.Now}, Pipe{In: c.in, Out: c.out}); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("ended with %q, want %q", got, c.want)
			}
		})
	}
}
