package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/engine"
	"fntop/sources/pricing"
)

// priceReader is a source that can read the public price list. It costs
// nothing.
type priceReader interface {
	Prices(ctx context.Context, date, source string) ([]cost.Price, error)
}

func newPrices(g *globals, s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prices",
		Short: "Print the regions there are prices of, with their date and source",
		Long: `Print the regions that Lambda prices are known of, with the date and the source of
the price of duration. Prices come with the program; fntop prices update reads newer ones.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return g.writePrices(s) },
	}
	into := ""
	update := &cobra.Command{
		Use:   "update",
		Short: "Read the prices of all regions from the AWS Price List API, which is free",
		Long: `Read the public prices of Lambda and its logs, of all regions, from the AWS Price
List API (pricing:GetProducts), and keep them in the cache folder. They are used
in place of the program's own from then on; remove the file to go back. What
another endpoint tells (--endpoint-url) is kept only in a file named by --into.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return g.updatePrices(cmd.Context(), s, into) },
	}
	update.Flags().StringVar(&into, "into", "", "keep the prices in this file and not in the cache folder, whose prices alone are used")
	cmd.AddCommand(update)
	return cmd
}

// pricesPath is where newer prices are kept.
func pricesPath(s streams) (string, error) {
	dir, ok := s.env("XDG_CACHE_HOME")
	if !ok || !filepath.IsAbs(dir) { // relative ones are to be ignored (XDG Base Directory Specification)
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, "fntop", "prices.json"), nil
}

// usePrices takes newer prices into use, if there are some. A file that is
// broken is told of and left alone.
func (g *globals) usePrices(s streams) {
	path, err := pricesPath(s)
	if err != nil {
		return // there is no cache folder
	}
	prices, err := pricing.Load(path, engine.Wall{}.Now())
	if err == nil {
		err = cost.Refresh(prices)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(s.err, "fntop: %s\n", g.plainText("kept prices are not used: "+sources.Clean(err.Error())+" — fntop prices update"))
	}
}

// useDiscounts takes what the configuration file says off public prices: not
// off those that are listed as the public ones, nor off the demo cloud's.
func (g *globals) useDiscounts(cmd *cobra.Command) error {
	if g.source == "demo" || cmd.Name() == "demo" || cmd.Name() == "prices" || cmd.Parent() != nil && cmd.Parent().Name() == "prices" {
		return nil
	}
	if err := cost.Discount(g.discount); err != nil {
		return usageError{err}
	}
	return nil
}

// keptAt is where an update is kept.
func (g *globals) keptAt(s streams, into string) (string, error) {
	switch {
	case g.source == "demo":
		return "", usagef("the demo cloud has no prices but the program's own")
	case into != "":
		return into, nil
	case g.endpoint != "":
		return "", usagef("prices from --endpoint-url %s are not AWS's, and would be taken for them from then on: leave it out, or name a file with --into", g.endpoint)
	}
	return pricesPath(s)
}

func (g *globals) updatePrices(ctx context.Context, s streams, into string) error {
	path, err := g.keptAt(s, into)
	if err != nil {
		return err
	}
	c, err := g.connect(ctx, s, engine.Wall{}, demoOptions{})
	if err != nil {
		return err
	}
	defer c.stop()
	source, err := c.places[0].Open(ctx)
	if err != nil {
		return err
	}
	reader, ok := source.(priceReader)
	if !ok {
		return &sources.Error{Op: "read prices", Kind: sources.Unsupported}
	}
	from := "AWS Price List API"
	if g.endpoint != "" {
		from = "price list at " + g.endpoint
	}
	prices, err := reader.Prices(ctx, c.clock.Now().UTC().Format(time.DateOnly), from)
	if err != nil {
		return err
	}
	if err := cost.Refresh(prices); err != nil { // before a file is kept that would be refused
		return &sources.Error{Op: "pricing:GetProducts", Kind: sources.Malformed, Err: err}
	}
	if err := pricing.Save(path, prices); err != nil {
		return fmt.Errorf("keep the prices: %w", err)
	}
	regions := make(map[string]bool)
	for _, p := range prices {
		regions[p.Region] = true
	}
	fmt.Fprintf(s.err, "fntop: %s of %s, kept in %s\n", several(len(prices), "price"), several(len(regions), "region"), path)
	return nil
}

// regionShape is what is known of a region's prices.
type regionShape struct {
	Region string   `json:"region"`
	X86    cost.USD `json:"x86_64_gb_second_usd"`
	ARM    cost.USD `json:"arm64_gb_second_usd"`
	Logs   cost.USD `json:"logs_gb_usd"`
	Date   string   `json:"date"`
	Source string   `json:"source"`
}

func (g *globals) writePrices(s streams) error {
	exact := func(of func(regionShape) cost.USD) func(regionShape) string {
		return func(r regionShape) string {
			if u := of(r); u.Known() || !g.ascii {
				return u.Exact()
			}
			return "-"
		}
	}
	out := newWriter(s.out, g.output, []column[regionShape]{
		{"REGION", false, func(r regionShape) string { return r.Region }},
		{"X86_64 $/GB-S", true, exact(func(r regionShape) cost.USD { return r.X86 })},
		{"ARM64 $/GB-S", true, exact(func(r regionShape) cost.USD { return r.ARM })},
		{"LOGS $/GB", true, exact(func(r regionShape) cost.USD { return r.Logs })},
		{"DATE", false, func(r regionShape) string { return r.Date }},
		{"SOURCE", false, func(r regionShape) string { return r.Source }},
	})
	oldest := ""
	for _, region := range cost.Regions() {
		first := func(arch cost.Arch, item cost.Item) cost.USD {
			p, ok := cost.PriceOf(region, arch, item)
			if !ok {
				return cost.Unknown()
			}
			return p.Tiers[0].USD
		}
		p, _ := cost.PriceOf(region, cost.X86, cost.ComputePrice)
		row := regionShape{
			Region: region, X86: first(cost.X86, cost.ComputePrice), ARM: first(cost.ARM, cost.ComputePrice),
			Logs: first(cost.X86, cost.LogIngestionPrice), Date: p.Date, Source: p.Source,
		}
		if oldest == "" || p.Date < oldest {
			oldest = p.Date
		}
		if err := out.write(row); err != nil {
			return err
		}
	}
	return errors.Join(out.close(), tellOld(s, oldest))
}

// tellOld says that prices of a date are old, where no other line does.
func tellOld(s streams, date string) error {
	old := pricing.Old(date, engine.Wall{}.Now())
	if old == "" {
		return nil
	}
	_, err := fmt.Fprintf(s.err, "fntop: %s\n", old)
	return err
}
