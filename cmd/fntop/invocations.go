package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/sources/pricing"
	"fntop/ui/format"
)

func newInvocations(g *globals, s streams) *cobra.Command {
	var file fileOptions
	cmd := &cobra.Command{
		Use:   "invocations [FUNCTION]",
		Short: "Print the invocations of a function, or of saved log lines",
		Long: `Print the invocations of a function in the time range, oldest first, from its
platform log lines. FUNCTION is a name, region/name or an ARN.

With -f the lines come from a file (- is standard input) and no cloud is asked:
raw lines, the output of aws logs tail or filter-log-events, exports, NDJSON,
each also gzipped.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case file.path != "" && len(args) > 0:
				return usagef("FUNCTION and -f exclude each other: the lines of a file have no function to choose")
			case file.path != "" && g.windowed:
				return usagef("--since and --until do not go with -f: all lines are read")
			case file.path != "":
				return g.fileInvocations(cmd.Context(), s, file)
			case len(args) == 0:
				return usagef("name a function, or a file of log lines with -f")
			case file.given():
				return usagef("--memory and --arch go with -f: a function knows its own")
			}
			return g.invocations(cmd.Context(), s, args[0])
		},
	}
	file.register(cmd.Flags())
	return cmd
}

func (g *globals) invocations(ctx context.Context, s streams, name string) error {
	ses, err := g.open(ctx, s)
	if err != nil {
		return err
	}
	defer ses.stop()
	window, err := g.window(ses.clock.Now())
	if err != nil {
		return err
	}
	v := ses.engine.View()
	defer v.Close()
	snap, err := settle(ctx, v, poll.Demand{Catalogue: true}, g.progress(s))
	if err != nil {
		return err
	}
	failed, _ := placeErrors(snap)
	id, err := sources.Find(name, functionIDs(snap))
	if err != nil {
		if len(failed) > 0 {
			return sources.JoinCauses(failed)
		}
		return err
	}
	d := poll.Demand{Catalogue: true, Focus: []poll.Focus{{Function: id, Invocations: true, Window: window}}}
	if snap, err = settle(ctx, v, d, g.progress(s)); err != nil {
		return err
	}
	fn := snap.Get(id)
	out := newWriter(s.out, g.output, invocationColumns())
	price := func(inv sources.Invocation) (float64, bool) { return pricing.USD(inv, fn.Config) }
	for _, inv := range slices.Backward(within(fn, window)) {
		if err := out.write(shapeInvocation(inv, price)); err != nil {
			return err
		}
	}
	if err := out.close(); err != nil {
		return err
	}
	return fn.Logs.Err
}

// within are the invocations that began in the window, newest first.
func within(fn *fleet.Function, w sources.Window) []sources.Invocation {
	from := w.Until.Add(-w.Since)
	return slices.DeleteFunc(slices.Clone(fn.Invocations), func(inv sources.Invocation) bool {
		at := inv.Start.OrElse(inv.Reported).Or(time.Time{})
		return at.Before(from) || !at.Before(w.Until)
	})
}

func invocationColumns() []column[invocationShape] {
	or := func(v *string) string {
		if v == nil {
			return format.Unknown
		}
		return *v
	}
	ms := func(v *float64) string {
		if v == nil {
			return format.Unknown
		}
		return format.Duration(time.Duration(*v * float64(time.Millisecond)))
	}
	return []column[invocationShape]{
		{"TIME", false, func(i invocationShape) string { return or(i.Time) }},
		{"REQUEST", false, func(i invocationShape) string { return i.RequestID }},
		{"DURATION", true, func(i invocationShape) string { return ms(i.DurationMS) }},
		{"INIT", true, func(i invocationShape) string {
			if i.InitMS == nil {
				return ms(i.RestoreMS)
			}
			return ms(i.InitMS)
		}},
		{"BILLED", true, func(i invocationShape) string {
			if i.BilledMS == nil {
				return format.Unknown
			}
			return format.Int(int64(*i.BilledMS)) + "ms"
		}},
		{"MEMORY", true, func(i invocationShape) string { return memory(i.MaxMemoryMB) + "/" + memory(i.MemoryMB) }},
		{"OUTCOME", false, func(i invocationShape) string {
			if i.ErrorType == nil {
				return i.Outcome
			}
			return i.Outcome + " " + *i.ErrorType
		}},
		{"COST", true, func(i invocationShape) string {
			if i.CostUSD == nil {
				return format.Unknown
			}
			return format.PerInvocation(*i.CostUSD)
		}},
	}
}

func memory(mb *int) string {
	if mb == nil {
		return format.Unknown
	}
	return fmt.Sprint(*mb)
}
