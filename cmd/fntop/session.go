package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"time"

	"fntop/sources"
	"fntop/sources/aws"
	"fntop/sources/engine"
	"fntop/sources/fleet"
	"fntop/sources/meter"
	"fntop/sources/poll"
	"fntop/sources/pricing"
	"fntop/ui"
)

// version is set when a release is built.
var version = "dev" // set by the linker

// connection is what a command talks to the clouds through: places that may be
// opened, and the meter and the budget of their calls.
type connection struct {
	places []sources.Place
	meter  *meter.Meter
	budget *meter.Budget
	log    *slog.Logger
	clock  engine.Clock
	began  time.Time
	label  string
	demo   bool
	faults []ui.Fault // that the demo cloud can be made to have

	// stop ends the demo cloud and the log, and writes the statistics.
	stop func()
}

// session is an engine that runs for as long as a command needs it.
type session struct {
	*connection
	engine *engine.Engine

	stop func()
	done chan error
}

// open makes and starts the engine that the flags ask for. stop must be
// called.
func (g *globals) open(ctx context.Context, s streams) (*session, error) {
	return g.openOn(ctx, s, engine.Wall{}, demoOptions{})
}

// connect makes the connection that the flags ask for, on a clock of the
// caller's; the options are of the demo cloud, when that is the source. stop
// must be called.
func (g *globals) connect(ctx context.Context, s streams, clock engine.Clock, demo demoOptions) (*connection, error) {
	limit, err := g.limit()
	if err != nil {
		return nil, err
	}
	log, closeLog, err := g.logger()
	if err != nil {
		return nil, err
	}
	c := &connection{clock: clock, began: clock.Now(), log: log, label: g.profile}
	c.meter = meter.New(clock.Now, pricing.Call)
	c.budget = meter.NewBudget(limit, clock.Now)
	c.meter.ChargeTo(c.budget)
	options := aws.Options{
		Profile: g.profile, Regions: g.regions, RoleARNs: g.roles, EndpointURL: g.endpoint,
		Meter: c.meter, Version: version, Now: clock.Now,
	}
	stopDemo := func() error { return nil }
	if g.source == "demo" {
		if c.faults, stopDemo, err = demo.start(ctx, clock, &options); err != nil {
			return nil, errors.Join(err, closeLog())
		}
		c.demo, c.label = true, "demo"
	}
	c.places = aws.Places(ctx, options)
	c.stop = func() {
		complain(s, errors.Join(stopDemo(), closeLog()))
		if g.stats {
			c.writeStats(s.err)
		}
	}
	return c, nil
}

// complain tells of an error at the end, which changes nothing any more.
func complain(s streams, err error) {
	if err != nil {
		fmt.Fprintf(s.err, "fntop: %s\n", sources.Clean(err.Error()))
	}
}

// openOn is open on a clock of the caller's; the options are of the demo
// cloud, when that is the source.
func (g *globals) openOn(ctx context.Context, s streams, clock engine.Clock, demo demoOptions) (*session, error) {
	every, err := parseRefresh(g.refresh)
	if err != nil {
		return nil, usagef("--refresh %q: %v", g.refresh, err)
	}
	c, err := g.connect(ctx, s, clock, demo)
	if err != nil {
		return nil, err
	}
	ses := &session{connection: c, done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(ctx)
	ses.engine = engine.New(engine.Config{
		Places: c.places, Clock: clock, Log: c.log,
		Bill: c.meter.Bill,
		Budget: func(time.Time) poll.Budget {
			b := metricsLeft(c.budget)
			b.Every = every
			return b
		},
		Price: func(fn sources.Function, u fleet.Usage) (float64, bool) {
			return pricing.Usage(fn, u.Invocations, u.Billed)
		},
	})
	go func() { ses.done <- ses.engine.Run(ctx) }()
	ses.stop = func() {
		cancel()
		if ended := <-ses.done; !errors.Is(ended, context.Canceled) { // as it was told to
			complain(s, ended)
		}
		c.stop()
	}
	return ses, nil
}

// metricsLeft is how many metrics the budget allows to ask for now.
func metricsLeft(b *meter.Budget) poll.Budget {
	limit := b.Limit()
	switch {
	case limit.FreeOnly:
		return poll.Budget{Free: true}
	case !limit.Limited:
		return poll.Budget{}
	}
	metric := pricing.MetricUSD()
	return poll.Budget{Limited: true, Left: int(math.Min(b.Left()/metric, 1e9)), PerMinute: b.Flow() / metric / 60}
}

// logger writes to the log file, if there is one.
func (g *globals) logger() (*slog.Logger, func() error, error) {
	if g.logFile == "" {
		return slog.New(slog.DiscardHandler), func() error { return nil }, nil
	}
	f, err := os.OpenFile(g.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open log file: %w", err)
	}
	return slog.New(slog.NewJSONHandler(f, nil)), f.Close, nil
}

// stats is the line that --stats prints.
type stats struct {
	Calls     map[string]int64 `json:"calls"`
	Metrics   int64            `json:"metrics_requested"`
	USD       float64          `json:"usd"`
	BytesIn   int64            `json:"bytes_in"`
	Throttles int64            `json:"throttles"`
	Retries   int64            `json:"retries"`
	WallS     float64          `json:"wall_s"`
}

func (c *connection) writeStats(w io.Writer) {
	bill := c.meter.Bill()
	out := stats{
		Calls: make(map[string]int64, len(bill.Ops)), Metrics: bill.Total.Metrics, USD: bill.Total.USD,
		BytesIn: bill.Total.BytesIn, Throttles: bill.Total.Throttles, Retries: bill.Total.Retries,
		WallS: math.Round(c.clock.Now().Sub(c.began).Seconds()*1000) / 1000,
	}
	for _, op := range bill.Ops {
		out.Calls[op.Name] = op.Calls
	}
	if b, err := json.Marshal(out); err == nil {
		fmt.Fprintf(w, "%s\n", b)
	}
}
