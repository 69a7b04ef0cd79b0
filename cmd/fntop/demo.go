package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fntop/sources"
	"fntop/sources/aws"
	"fntop/sources/demo"
	"fntop/sources/demo/world"
	"fntop/sources/engine"
	"fntop/sources/pricing"
	"fntop/ui"
)

// mostFunctions bounds --functions: the largest fleet the demo is measured with.
const mostFunctions = 10_000

// demoOptions say which demo cloud to start. The zero value is the default one.
type demoOptions struct {
	functions int
	seed      uint64
	speed     float64
	serve     string
	truth     bool
	faults    []string
	quotas    bool
}

func (o *demoOptions) register(f *pflag.FlagSet) {
	f.IntVar(&o.functions, "functions", world.DefaultFunctions, "number of functions, 24 to 10000 (default 28)")
	f.Uint64Var(&o.seed, "seed", 0, "seed of the fleet: the same seed and time give the same fleet")
	f.Float64Var(&o.speed, "speed", 1, "how fast simulated time runs: 60 is an hour a minute")
	f.StringVar(&o.serve, "serve", "", "serve the demo cloud on this address for any client, without a dashboard")
	f.BoolVar(&o.truth, "truth", false, "print what really happened from --since to --until as NDJSON")
	f.StringSliceVar(&o.faults, "fault", nil, "make calls fail: kind[:service[:operation]][@region][=delay], such as throttle:logs or dead@eu-west-1")
	f.BoolVar(&o.quotas, "quotas", false, "enforce the clouds' documented request quotas")
}

func newDemo(g *globals, s streams) *cobra.Command {
	o := new(demoOptions)
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the dashboard on the embedded demo cloud",
		Long: `Show the dashboard on a simulated fleet. Nothing is mocked: the fleet stands behind
the clouds' own wire protocols on a loopback port, and fntop reads it with the
real SDK clients.

With --serve any client can read it, the AWS CLI too, with any credentials:
  fntop demo --serve 127.0.0.1:4600
  fntop --endpoint-url http://127.0.0.1:4600 functions`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if o.serve != "" && o.truth {
				return usagef("--serve and --truth exclude each other: the truth needs no server")
			}
			switch {
			case o.truth:
				return g.demoTruth(cmd.Context(), s, o)
			case o.serve != "":
				return o.demoServe(cmd.Context(), s)
			}
			g.source = "demo"
			ses, err := g.openOn(cmd.Context(), s, o.clock(), *o)
			if err != nil {
				return err
			}
			defer ses.stop()
			return g.dashboard(cmd.Context(), s, ses)
		},
	}
	o.register(cmd.Flags())
	g.registerPlain(cmd.Flags())
	return cmd
}

func (o *demoOptions) check() error {
	if o.functions != 0 && (o.functions < world.MinFunctions || o.functions > mostFunctions) {
		return usagef("--functions %d: it is %d to %d", o.functions, world.MinFunctions, mostFunctions)
	}
	if !(o.speed >= 0.1 && o.speed <= 3600) {
		return usagef("--speed %v: it is 0.1 to 3600", o.speed)
	}
	_, err := o.rules()
	return err
}

// rules are the faults of --fault.
func (o *demoOptions) rules() ([]demo.Fault, error) {
	var rules []demo.Fault
	for _, text := range o.faults {
		rest, delay, hasDelay := strings.Cut(text, "=")
		rest, region, _ := strings.Cut(rest, "@")
		parts := strings.SplitN(rest, ":", 3)
		fault := demo.Fault{Kind: demo.FaultKind(parts[0]), Region: region}
		known := false
		for _, k := range demo.FaultKinds() {
			known = known || k == fault.Kind
		}
		if !known {
			return nil, usagef("--fault %q: the kind is one of %v", text, demo.FaultKinds())
		}
		if len(parts) > 1 {
			fault.Service = parts[1]
		}
		if len(parts) > 2 {
			fault.Operation = parts[2]
		}
		if hasDelay {
			d, err := time.ParseDuration(delay)
			if err != nil {
				return nil, usagef("--fault %q: %v", text, err)
			}
			fault.Delay = d
		}
		rules = append(rules, fault)
	}
	return rules, nil
}

func (o *demoOptions) clock() engine.Clock {
	if o.speed == 0 || o.speed == 1 {
		return engine.Wall{}
	}
	return engine.Fast{Epoch: engine.Wall{}.Now(), Speed: o.speed}
}

func (o *demoOptions) world() *world.World {
	return world.New(world.Config{Seed: o.seed, Functions: o.functions, Price: pricing.OnCapacity})
}

// given are the faults of the flags.
func (o *demoOptions) given() (demo.Faults, error) {
	rules, err := o.rules()
	return demo.Faults{Rules: rules, Quotas: o.quotas}, err
}

// server makes the demo cloud: its wire faces, and the fleet behind them.
func (o *demoOptions) server(clock engine.Clock) (*demo.Server, *world.World, error) {
	faults, err := o.given()
	if err != nil {
		return nil, nil, err
	}
	model := o.world()
	return demo.NewServer(demo.ServerConfig{Model: model, Now: clock.Now, Faults: faults}), model, nil
}

// start serves the demo cloud on a loopback port of its own, and points the
// options at it. stop ends it. The switches make it fail meanwhile.
func (o *demoOptions) start(ctx context.Context, clock engine.Clock, options *aws.Options) (switches []ui.Fault, stop func() error, err error) {
	server, model, err := o.server(clock)
	if err != nil {
		return nil, nil, err
	}
	given, err := o.given()
	if err != nil {
		return nil, nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("start the demo cloud: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, listener) }()
	options.EndpointURL = "http://" + listener.Addr().String()
	options.Credentials = credentials.NewStaticCredentialsProvider("AKIADEMO", "demo", "")
	if len(options.Regions) == 0 {
		options.Regions = model.Regions()
	}
	return faultSwitches(server, given, options.Regions), func() error {
		cancel()
		return <-done
	}, nil
}

// demoServe serves the demo cloud until the program is ended.
func (o *demoOptions) demoServe(ctx context.Context, s streams) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.serve)
	if err != nil {
		return &sources.Error{Op: "serve", On: o.serve, Kind: sources.Other, Err: err, Fix: "choose a free address such as 127.0.0.1:4600"}
	}
	clock := o.clock()
	server, _, err := o.server(clock)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	fmt.Fprintf(s.err, "demo cloud on http://%s (any credentials do)\n", listener.Addr())
	return server.Serve(ctx, listener)
}

// demoTruth prints what really happened.
func (g *globals) demoTruth(ctx context.Context, s streams, o *demoOptions) error {
	window, err := g.window(o.clock().Now())
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(s.out, 1<<16)
	for record := range o.world().Truth(window.Until.Add(-window.Since), window.Until) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := json.Marshal(record)
		if err != nil {
			return fmt.Errorf("encode the truth: %w", err)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return out.Flush()
}
