package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/format"
)

func newFunctions(g *globals, s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "functions",
		Short: "Print the functions table once",
		Long: `Print every function with the figures of the time range: invocations, errors,
throttles, durations, cold starts and cost. Unknown figures are null (– in the
table), never zero.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return g.functions(cmd.Context(), s) },
	}
}

func (g *globals) functions(ctx context.Context, s streams) error {
	ses, err := g.open(ctx, s)
	if err != nil {
		return err
	}
	defer ses.stop()
	window, err := g.window(ses.clock.Now())
	if err != nil {
		return err
	}
	if err := kept(window, ses.clock.Now()); err != nil {
		return err
	}
	v := ses.engine.View()
	defer v.Close()
	snap, err := settle(ctx, v, poll.Demand{Catalogue: true, Window: window}, g.progress(s))
	if err != nil {
		return err
	}
	failed, working := placeErrors(snap)
	if working == 0 {
		return sources.JoinCauses(failed)
	}
	rows := functionIDs(snap)
	d := poll.Demand{Catalogue: true, Window: window, Rows: rows, Concurrency: true}
	if snap, err = settle(ctx, v, d, g.progress(s)); err != nil {
		return err
	}
	if err := g.writeFunctions(s, snap, rows, window); err != nil {
		return err
	}
	if snap.OverBudget > 0 {
		fmt.Fprintf(s.err, "fntop: %d figures were not asked for: the budget does not allow it; they are unknown\n", snap.OverBudget)
	}
	failed = append(failed, dataErrors(snap, rows)...)
	return sources.JoinCauses(failed)
}

// kept tells whether CloudWatch still has the points that a window is made
// of: those of one minute are kept 15 days, those of five minutes 63 days
// (CloudWatch API reference, GetMetricData). An answer without them would look
// like silence.
func kept(w sources.Window, now time.Time) error {
	const day = 24 * time.Hour
	start, _ := w.At(now)
	least := time.Minute
	switch age := now.Sub(start); {
	case age >= 63*day:
		least = time.Hour
	case age >= 15*day:
		least = 5 * time.Minute
	}
	if poll.RowPeriod(w)%least != 0 || start.Truncate(least) != start {
		return usagef("metrics of that time are kept in steps of %s: choose a longer --since of whole hours and an --until at a full hour", format.Span(least))
	}
	return nil
}

// functionIDs are the functions there are, by name.
func functionIDs(snap *fleet.Snapshot) []sources.FunctionID {
	var ids []sources.FunctionID
	for i := range snap.Len() {
		if fn := snap.Function(i); !fn.Gone {
			ids = append(ids, fn.ID)
		}
	}
	slices.SortFunc(ids, sources.FunctionID.Compare)
	return ids
}

// dataErrors are what kept figures unknown.
func dataErrors(snap *fleet.Snapshot, rows []sources.FunctionID) []error {
	var all []error
	for _, id := range rows {
		fn := snap.Get(id)
		for _, h := range []fleet.Health{fn.Metrics, fn.Cold} {
			if h.Err != nil && sources.KindOf(h.Err) != sources.NotFound { // a function that never ran has no log group
				all = append(all, h.Err)
			}
		}
	}
	return all
}

// progress tells on a terminal how far things are.
func (g *globals) progress(s streams) func(*fleet.Snapshot) {
	if !terminal(s.err) {
		return nil
	}
	return func(snap *fleet.Snapshot) {
		fmt.Fprintf(s.err, "\r%d functions, %d requests under way \x1b[K\r", snap.Len(), snap.InFlight)
	}
}

func (g *globals) writeFunctions(s streams, snap *fleet.Snapshot, rows []sources.FunctionID, w sources.Window) error {
	if terminal(s.err) {
		fmt.Fprint(s.err, "\x1b[K")
	}
	out := newWriter(s.out, g.output, functionColumns())
	if g.output == "table" {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, func(a, b sources.FunctionID) int {
			return cmp.Compare(snap.Get(b).Row(w).Invocations.Or(-1), snap.Get(a).Row(w).Invocations.Or(-1))
		})
	}
	for _, id := range rows {
		if err := out.write(shapeFunction(snap.Get(id), w)); err != nil {
			return err
		}
	}
	return out.close()
}

func functionColumns() []column[functionShape] {
	ms := func(v *float64) string {
		if v == nil {
			return format.Unknown
		}
		return format.Duration(time.Duration(*v * float64(time.Millisecond)))
	}
	count := func(v *int64) string {
		if v == nil {
			return format.Unknown
		}
		return format.Int(*v)
	}
	or := func(v *string) string {
		if v == nil {
			return format.Unknown
		}
		return *v
	}
	return []column[functionShape]{
		{"FUNCTION", false, func(f functionShape) string { return f.Function }},
		{"REGION", false, func(f functionShape) string { return f.Region }},
		{"RUNTIME", false, func(f functionShape) string { return or(f.Runtime) }},
		{"MEM", true, func(f functionShape) string {
			if f.MemoryMB == nil {
				return format.Unknown
			}
			return fmt.Sprint(*f.MemoryMB)
		}},
		{"INVOCATIONS", true, func(f functionShape) string { return count(f.Invocations) }},
		{"ERRORS", true, func(f functionShape) string { return count(f.Errors) }},
		{"THROTTLES", true, func(f functionShape) string { return count(f.Throttles) }},
		{"P50", true, func(f functionShape) string { return ms(f.DurationP50MS) }},
		{"P95", true, func(f functionShape) string { return ms(f.DurationP95MS) }},
		{"P99", true, func(f functionShape) string { return ms(f.DurationP99MS) }},
		{"COLD", true, func(f functionShape) string { return count(f.ColdStarts) }},
		{"INIT P95", true, func(f functionShape) string { return ms(f.InitP95MS) }},
		{"$/1M", true, func(f functionShape) string {
			if f.CostPerMillion == nil {
				return format.Unknown
			}
			return format.Amount(*f.CostPerMillion)
		}},
	}
}
