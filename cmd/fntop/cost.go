package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fntop/sources"
	"fntop/sources/engine"
	"fntop/sources/pricing"
	"fntop/sources/spending"
	"fntop/ui/format"
)

// costOptions are the flags of cost.
type costOptions struct {
	by          string
	whatChanged bool
	whatIf      bool
	reconcile   bool
	yes         bool
	noFreeTier  bool
	onePayer    bool
}

func (o *costOptions) register(f *pflag.FlagSet) {
	f.StringVar(&o.by, "by", "function", "rows: function or component")
	f.BoolVar(&o.whatChanged, "what-changed", false, "the last seven days against the seven before, by function and cause")
	f.BoolVar(&o.whatIf, "what-if", false, "what other memory, arm64, fewer logs, provisioned concurrency or SnapStart would cost")
	f.BoolVar(&o.reconcile, "reconcile", false, "compare with Cost Explorer by component; asking it costs $0.01 for each account")
	f.BoolVar(&o.yes, "yes", false, fmt.Sprintf("read the month even if that costs more than %s", format.USD(freelySpent)))
	f.BoolVar(&o.noFreeTier, "no-free-tier", false, "do not take off the free tier")
	f.BoolVar(&o.onePayer, "one-payer", false, "all accounts are billed together: one free tier, and tiers reached together")
}

func (o *costOptions) check(args []string) error {
	if o.by != "function" && o.by != "component" {
		return usagef("--by %q: it is function or component", o.by)
	}
	views := 0
	for _, on := range []bool{o.whatChanged, o.whatIf, o.reconcile, o.by == "component"} {
		if on {
			views++
		}
	}
	if views > 1 {
		return usagef("--by component, --what-changed, --what-if and --reconcile exclude each other: each prints rows of its own")
	}
	if o.reconcile && len(args) > 0 {
		return usagef("--reconcile takes no FUNCTION: Cost Explorer tells of an account and not of a function")
	}
	return nil
}

// freelySpent is what reading the month may cost without being asked: 25,000
// metrics, of some 6,000 functions.
const freelySpent = 0.25

func newCost(g *globals, s streams) *cobra.Command {
	o := new(costOptions)
	cmd := &cobra.Command{
		Use:   "cost [FUNCTION]",
		Short: "Print what the month costs so far and will come to",
		Long: `Print what each function costs: the month to date, and a forecast with the range
it is expected in nine times of ten. It is reckoned from hourly metrics at public
list prices. Inits and rounding come from REPORT lines of the functions that use
the most compute, and logs from what the log groups took in. What is not known
is null (– in the table) and left out of the sums, which are then at least (≥).
Storage of logs, logs of the Infrequent Access class, X-Ray, streamed responses
and Lambda@Edge are never in it.

Metrics cost $0.01 a thousand, up to four for each function; what that comes to
is said before. With FUNCTION only that function is read, before the free tier,
which is the whole account's. --since and --until do not matter.

  fntop cost --by component
  fntop cost --what-changed
  fntop cost --what-if image-resize
  fntop cost --reconcile`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(args); err != nil {
				return err
			}
			return g.cost(cmd.Context(), s, o, args)
		},
	}
	o.register(cmd.Flags())
	cmd.AddCommand(newEstimate(g, s))
	return cmd
}

// cost reads the month and writes what was asked for. What could not be read
// is an error at the end; the rest is written.
func (g *globals) cost(ctx context.Context, s streams, o *costOptions, args []string) error {
	c, err := g.connect(ctx, s, engine.Wall{}, demoOptions{})
	if err != nil {
		return err
	}
	defer c.stop()
	span := spending.SpanAt(c.clock.Now())
	scopes, failed := openScopes(ctx, c.places)
	if len(scopes) == 0 {
		return sources.JoinCauses(failed)
	}
	usages := make([]spending.Usage, len(scopes))
	for i, sc := range scopes {
		usages[i] = spending.NewUsage(sc.functions, span)
	}
	options := spending.Options{FreeTier: !o.noFreeTier, OnePayer: o.onePayer}
	if len(args) > 0 {
		id, err := sources.Find(args[0], allIDs(scopes))
		if err != nil {
			return sources.JoinCauses(append(failed, err))
		}
		for i := range usages {
			usages[i] = usages[i].Only(id)
		}
		options.FreeTier = false
	}
	if err := g.afford(s, c, o, usages, len(payers(scopes))); err != nil {
		return err
	}
	functions := len(allIDs(scopes))
	if len(args) > 0 {
		functions = 1
	}
	progress := newCostProgress(scopes, functions)
	progress.show(s, func() { failed = append(failed, readScopes(ctx, scopes, usages, progress)...) })
	g.clearProgress(s)
	usage := spending.Join(usages...)
	report, err := spending.Bill(usage, options)
	if err != nil {
		return err
	}
	v := costView{g: g, s: s, report: report, usage: usage, options: options, now: c.clock.Now(), single: len(args) > 0}
	switch {
	case o.whatChanged:
		err = v.writeChanged()
	case o.whatIf:
		err = v.writeWhatIf()
	case o.reconcile:
		err = v.writeReconciled(ctx, scopes)
	case o.by == "component":
		err = v.writeComponents()
	default:
		err = v.writeLines()
	}
	return errors.Join(err, sources.JoinCauses(failed))
}

// afford says what reading the month will cost, or why it will not be read.
func (g *globals) afford(s streams, c *connection, o *costOptions, usages []spending.Usage, accounts int) error {
	metrics := 0
	for _, u := range usages {
		metrics += spending.MostMetrics(u)
	}
	usd := float64(metrics) * pricing.MetricUSD()
	if o.reconcile {
		usd += reconcileUSD(accounts)
	}
	price := fmt.Sprintf("reading the month costs up to %s: %s metrics", format.USD(usd), format.Int(int64(metrics)))
	if o.reconcile {
		price += ", and " + format.USD(reconcileUSD(accounts)) + " of it for Cost Explorer"
	}
	refuse := func(why, fix string) error {
		return &sources.Error{Op: "fntop cost", Kind: sources.OverBudget, Err: errors.New(price + "; " + why), Fix: fix}
	}
	limit := c.budget.Limit()
	switch {
	case usd == 0:
		return nil
	case limit.FreeOnly:
		return refuse("--free allows nothing", "leave --free out; fntop cost estimate costs nothing")
	case limit.Limited && !c.budget.Allow(usd):
		return refuse(
			fmt.Sprintf("--budget %s allows %s at once", g.budget, format.USD(c.budget.Left())),
			fmt.Sprintf("name a FUNCTION or fewer regions, or use --budget %.2f/h", usd*6+0.005),
		)
	case !limit.Limited && usd > freelySpent && !o.yes:
		return refuse("that is more than "+format.USD(freelySpent), "name a FUNCTION or fewer regions, or use --yes")
	}
	fmt.Fprintf(s.err, "fntop: %s\n", price)
	return nil
}
