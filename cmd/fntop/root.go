package main

import (
	"context"
	"os"

	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"

	"fntop/sources/pricing"
	"fntop/ui"
	"fntop/ui/theme"
)

const longHelp = `fntop is htop for serverless functions: a live dashboard of AWS Lambda
functions, their invocations, cold starts, cost, logs and traces.

Without a command it opens the dashboard on your AWS account, with the standard
credential chain. Try it without an account: fntop demo

Exit codes: 0 fine, 1 the work failed, 2 usage, 3 no credentials or denied,
130 interrupted. Every flag can be set by a variable: FNTOP_REGION=eu-west-1, and
the global ones in config.toml: region = ["eu-west-1"]. A flag beats a variable,
which beats the file.`

// newRoot makes the command tree.
func newRoot(s streams) *cobra.Command {
	g := new(globals)
	root := &cobra.Command{
		Use:     "fntop",
		Short:   "htop for serverless functions",
		Long:    longHelp,
		Version: version,
		Args:    cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			g.windowed = cmd.Flags().Changed("since") || cmd.Flags().Changed("until")
			if err := fromEnvironment(cmd, s.env); err != nil {
				return err
			}
			g.given = cmd.Flags().Lookup("since").Changed
			if err := g.fromConfig(cmd, s); err != nil {
				return err
			}
			g.usePrices(s)
			if err := g.useDiscounts(cmd); err != nil {
				return err
			}
			g.refreshed = cmd.Flags().Lookup("refresh").Changed
			return g.check()
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			ses, err := g.open(cmd.Context(), s)
			if err != nil {
				return err
			}
			defer ses.stop()
			return g.dashboard(cmd.Context(), s, ses)
		},
	}
	quiet(root)
	g.register(root.PersistentFlags())
	g.registerPlain(root.Flags())
	root.AddCommand(newFunctions(g, s), newInvocations(g, s), newTail(g, s), newCost(g, s), newPrices(g, s), newDemo(g, s), newIAMPolicy(s))
	return root
}

// quiet leaves the telling of errors to exitCode.
func quiet(cmd *cobra.Command) {
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
}

// dashboard shows the dashboard on a session until the user quits, or with
// --plain tells what changes as lines.
func (g *globals) dashboard(ctx context.Context, s streams, ses *session) error {
	if !g.plain && !terminal(s.out) {
		return usagef("the dashboard needs a terminal; for a pipe use: fntop --plain, or fntop functions -o json")
	}
	looks, err := theme.ParseChoice(g.theme)
	if err != nil {
		return usagef("--theme %q: %v", g.theme, err)
	}
	window, err := g.window(ses.clock.Now())
	if err != nil {
		return err
	}
	v := ses.engine.View()
	defer v.Close()
	options := ui.Options{
		Version: version, Now: ses.clock.Now, Label: ses.label, Demo: ses.demo, Faults: ses.faults,
		WindowGiven: g.given, Functions: g.page, Theme: looks, NoMouse: !g.mouse, Trouble: g.trouble,
		NoColor: g.noColor(s), ASCII: g.ascii, Window: window.Since, MetricUSD: pricing.MetricUSD(),
		Price: pricing.USD, Explain: pricing.Explain,
	}
	if g.plain {
		return ui.RunPlain(ctx, v, options, g.pipe(s))
	}
	options.Memory = g.memory(s, ses)
	defer g.complainOfConfig(s) // once the screen is as it was
	return ui.Run(ctx, v, options, ui.Terminal{In: s.in, Out: s.out, Env: os.Environ()})
}

// pipe is where the plain mode reads and writes: commands are typed at a
// terminal only. A --refresh sets how often totals are told, too.
func (g *globals) pipe(s streams) ui.Pipe {
	p := ui.Pipe{Out: s.out}
	if terminal(s.in) {
		p.In = s.in
	}
	if g.refreshed {
		p.Every, _ = parseRefresh(g.refresh) // checked before
	}
	return p
}

// noColor tells whether colour is unwanted: by flag, or by a NO_COLOR that
// is not empty (no-color.org).
func (g *globals) noColor(s streams) bool {
	if g.color != "auto" {
		return g.color == "never"
	}
	v, ok := s.env("NO_COLOR")
	return ok && v != "" || colorprofile.Detect(s.out, os.Environ()) <= colorprofile.Ascii
}
