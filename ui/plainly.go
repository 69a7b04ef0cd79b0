package ui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/muesli/cancelreader"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/plain"
)

// Pipe is what the plain mode reads and writes.
type Pipe struct {
	In  io.Reader // what is typed; nil for nothing
	Out io.Writer // required
	// Every is how often totals are told; 0 means five minutes.
	Every time.Duration
}

const (
	// plainTick is how often what has changed is told.
	plainTick = time.Second
	// plainRows is how many functions are read as rows on a screen would be,
	// and plainChoose how often they are chosen anew.
	plainRows   = 30
	plainChoose = time.Minute
)

// RunPlain tells as lines what changes: for screen readers and pipes. It moves
// no cursor, draws nothing again and has no colours. It returns nil when the
// user typed quit, the context's error when ctx ends, and the error of writing
// when there is one.
func RunPlain(ctx context.Context, v Viewer, opts Options, p Pipe) error {
	opts = opts.withDefaults()
	r := &teller{viewer: v, opts: opts, out: p.Out, window: sources.Window{Since: opts.Window}}
	r.watch = plain.New(plain.Options{
		Window: r.window, Zone: opts.Zone, Label: opts.Label, Every: p.Every, MetricUSD: opts.MetricUSD,
	})
	if opts.Trouble != "" {
		r.say(r.watch.Line(opts.Now(), opts.Trouble))
	}
	r.want()
	if p.In == nil {
		return r.loop(ctx, nil)
	}
	in, err := cancelreader.NewReader(p.In)
	if err != nil {
		return fmt.Errorf("read what is typed: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	typed, ended := make(chan string), make(chan struct{})
	go func() {
		defer close(ended)
		defer close(typed)
		for lines := bufio.NewScanner(in); lines.Scan(); {
			select {
			case typed <- lines.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	defer func() {
		cancel()
		if in.Cancel() {
			<-ended
		}
		_ = in.Close() // nothing is read any more
	}()
	r.say(r.watch.Line(opts.Now(), "type help and enter for what can be asked"))
	return r.loop(ctx, typed)
}

// teller is the plain mode as it runs.
type teller struct {
	viewer Viewer
	opts   Options
	out    io.Writer
	window sources.Window
	watch  *plain.Watch

	newest *fleet.Snapshot
	demand poll.Demand
	chosen time.Time // when its rows were
	failed error     // of writing
}

// loop tells what happens until there is an end.
func (r *teller) loop(ctx context.Context, typed <-chan string) error {
	ticker := time.NewTicker(plainTick)
	defer ticker.Stop()
	for r.failed == nil {
		select {
		case <-ctx.Done():
			return fmt.Errorf("watch: %w", context.Cause(ctx))
		case snap, ok := <-r.viewer.Updates():
			if !ok {
				if ctx.Err() != nil {
					return fmt.Errorf("watch: %w", context.Cause(ctx))
				}
				return errors.New("the engine has stopped")
			}
			r.newest = snap
		case <-ticker.C:
			r.tell()
		case text, ok := <-typed:
			if !ok { // the end of what is typed
				return nil
			}
			lines, quit := r.watch.Answer(text)
			r.say(lines...)
			if quit {
				return r.failed
			}
		}
	}
	return r.failed
}

// tell tells what the newest snapshot is worth.
func (r *teller) tell() {
	if r.newest == nil {
		return
	}
	t := total(r.newest, r.window)
	r.say(r.watch.Take(r.newest, plain.Totals{
		Functions: t.functions, Active: t.active, PerMinute: t.perMinute, Errors: t.errors, Cold: t.cold,
		CostHour: t.costHour, Throttles: t.throttles, Age: t.age,
		PartTraffic:   t.perMinute.Known() && !t.allTraffic,
		PartThrottles: t.throttles.Known() && !t.allThrottles, PartCost: t.costHour.Known() && !t.allCost,
	}, r.opts.Now())...)
	r.want()
}

// want asks for what the functions page asks for, with the busiest functions
// as its rows.
func (r *teller) want() {
	now := r.opts.Now()
	if r.newest != nil && (len(r.demand.Rows) == 0 || now.Sub(r.chosen) >= plainChoose) {
		r.chosen = now
		r.demand.Rows = nil
		for _, fn := range plain.Busiest(r.newest, r.window, plainRows) {
			r.demand.Rows = append(r.demand.Rows, fn.ID)
		}
	} else if !r.chosen.IsZero() || r.demand.Catalogue {
		return
	}
	r.demand.Catalogue, r.demand.AllRows, r.demand.Totals, r.demand.Changes = true, true, true, true
	r.demand.Window = r.window
	r.viewer.Want(r.demand)
}

// say writes lines.
func (r *teller) say(lines ...string) {
	for _, l := range lines {
		if r.failed == nil {
			_, r.failed = fmt.Fprintln(r.out, sources.Clean(l))
		}
	}
}
