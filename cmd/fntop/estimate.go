package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/aws"
)

// estimateOptions are the flags of cost estimate: one function's month.
type estimateOptions struct {
	requests     quantity
	duration     time.Duration
	memory       int
	arch         string
	ephemeral    int
	initRate     float64
	initDuration time.Duration
	noFreeTier   bool
}

func (o *estimateOptions) register(f *pflag.FlagSet) {
	f.Var(&o.requests, "requests", "requests a month: 250000, 250k, 3M, 1.5B (required)")
	f.DurationVar(&o.duration, "duration", 0, "how long the handler runs each time, such as 120ms (required)")
	f.IntVar(&o.memory, "memory", 0, "memory in MB, 128 to 10240 (required)")
	f.StringVar(&o.arch, "arch", string(sources.X86), "x86_64 or arm64")
	f.IntVar(&o.ephemeral, "ephemeral", 512, "ephemeral storage in MB, of which 512 are included")
	f.Float64Var(&o.initRate, "init-rate", 0, "share of cold starts among the requests, 0 to 1")
	f.DurationVar(&o.initDuration, "init-duration", 0, "how long the init of a cold start takes, such as 800ms")
	f.BoolVar(&o.noFreeTier, "no-free-tier", false, "do not take off the free tier, which is one for the whole account")
}

func newEstimate(g *globals, s streams) *cobra.Command {
	o := new(estimateOptions)
	cmd := &cobra.Command{
		Use:   "estimate",
		Short: "Estimate what a workload costs a month, with the arithmetic",
		Long: `Estimate what one function costs a month from the public price list of --region.
No cloud is asked. The free tier is taken off as if the function were the only
one of its account.

  fntop cost estimate --requests 3M --duration 120ms --memory 1536 --region us-east-1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, name := range []string{"requests", "duration", "memory"} {
				if !cmd.Flags().Changed(name) {
					return usagef("--%s is required, such as in: fntop cost estimate --requests 3M --duration 120ms --memory 1536 --region us-east-1", name)
				}
			}
			return g.estimate(cmd.Context(), s, o)
		},
	}
	o.register(cmd.Flags())
	return cmd
}

func (g *globals) estimate(ctx context.Context, s streams, o *estimateOptions) error {
	arch, err := parseArch(o.arch)
	if err != nil {
		return err
	}
	if o.initRate > 0 && o.initDuration == 0 {
		return usagef("--init-rate goes with --init-duration: how long the init of a cold start takes")
	}
	if o.initDuration > 0 && o.initRate == 0 {
		return usagef("--init-duration goes with --init-rate: the share of cold starts, such as 0.01")
	}
	if o.ephemeral == 0 {
		return usagef("--ephemeral 0: it is 512 to 10240 MB")
	}
	region, err := g.oneRegion(ctx)
	if err != nil {
		return err
	}
	quote, err := cost.Estimate(cost.EstimateInput{
		Region: region, Arch: cost.Arch(arch), MemoryMB: o.memory, EphemeralMB: o.ephemeral,
		Requests: int64(o.requests), Duration: o.duration,
		InitRate: o.initRate, InitDuration: o.initDuration, FreeTier: !o.noFreeTier,
	})
	if err != nil {
		return usageError{err}
	}
	if err := g.writeEstimate(s, quote); err != nil {
		return err
	}
	if !quote.Total.Known() {
		return unpriced(quote)
	}
	return tellOld(s, quote.PriceDate)
}

// oneRegion is the region of --region, or that of the environment or the
// profile: prices of no other region are ever taken.
func (g *globals) oneRegion(ctx context.Context) (string, error) {
	regions := g.regions
	if len(regions) == 0 && g.source == "aws" {
		for _, p := range aws.Places(ctx, aws.Options{Profile: g.profile}) {
			regions = append(regions, p.Region)
		}
	}
	switch {
	case len(regions) == 0 || len(regions) == 1 && strings.TrimSpace(regions[0]) == "":
		return "", usagef("--region is required: prices differ from region to region (AWS_REGION or a region in the profile will do)")
	case len(regions) > 1 || regions[0] == "all":
		return "", usagef("an estimate takes one --region: a function runs in one")
	}
	return strings.TrimSpace(regions[0]), nil
}

// unpriced says why a total is not known.
func unpriced(q cost.Quote) error {
	regions := cost.Regions()
	if !slices.Contains(regions, q.Region) && q.Region != cost.Edge {
		return &sources.Error{
			Op: "price", On: q.Region, Kind: sources.NotFound, Err: errNoPrices,
			Fix: "there are those of " + strings.Join(regions, ", "),
		}
	}
	return &sources.Error{Op: "price", On: q.Region + " " + string(q.Arch), Kind: sources.NotFound, Err: errNoPrices}
}

var errNoPrices = errors.New("the price list of this program has no price for it; the amounts are unknown")

// estimateCSV is a quote as a row of a spreadsheet.
type estimateCSV struct {
	Total         *float64 `json:"total_usd"`
	PerMillion    *float64 `json:"per_million_usd"`
	PerInvocation *float64 `json:"per_invocation_usd"`
	componentsCSV
	Region    string  `json:"region"`
	Arch      string  `json:"arch"`
	PriceDate *string `json:"price_date"`
}

// componentsCSV is cost.Components as columns. Unknown is empty.
type componentsCSV struct {
	Requests          *float64 `json:"requests"`
	Compute           *float64 `json:"compute"`
	Init              *float64 `json:"init"`
	EphemeralStorage  *float64 `json:"ephemeral_storage"`
	Provisioned       *float64 `json:"provisioned"`
	SnapStart         *float64 `json:"snapstart"`
	LogIngestion      *float64 `json:"logs_ingestion"`
	FreeTier          *float64 `json:"free_tier"`
	ResponseStreaming *float64 `json:"response_streaming"`
}

func flatComponents(c cost.Components) componentsCSV {
	return componentsCSV{
		Requests: dollars(c.Requests), Compute: dollars(c.Compute), Init: dollars(c.Init),
		EphemeralStorage: dollars(c.EphemeralStorage), Provisioned: dollars(c.Provisioned), SnapStart: dollars(c.SnapStart),
		LogIngestion: dollars(c.LogIngestion), FreeTier: dollars(c.FreeTier), ResponseStreaming: dollars(c.ResponseStreaming),
	}
}

// dollars is an amount as a number; nil when it is unknown.
func dollars(u cost.USD) *float64 {
	usd, ok := u.Float64()
	if !ok {
		return nil
	}
	return &usd
}

func (g *globals) writeEstimate(s streams, q cost.Quote) error {
	switch g.output {
	case "json", "ndjson": // one object, not a list
		encode := json.Marshal
		if g.output == "json" {
			encode = func(v any) ([]byte, error) { return json.MarshalIndent(v, "", "  ") }
		}
		b, err := encode(q)
		if err != nil {
			return fmt.Errorf("encode the estimate: %w", err)
		}
		_, err = fmt.Fprintf(s.out, "%s\n", escapeControls(b))
		return err
	case "csv":
		out := newWriter[estimateCSV](s.out, "csv", nil)
		return errors.Join(out.write(estimateCSV{
			Total: dollars(q.Total), PerMillion: dollars(q.PerMillion), PerInvocation: dollars(q.PerInvocation),
			componentsCSV: flatComponents(q.Components),
			Region:        q.Region, Arch: string(q.Arch), PriceDate: text(q.PriceDate),
		}), out.close())
	}
	out := newWriter(s.out, "table", []column[cost.Line]{
		{"COMPONENT", false, func(l cost.Line) string { return strings.ReplaceAll(l.Component, "_", " ") }},
		{"ARITHMETIC", false, func(l cost.Line) string { return g.plainText(l.Text) }},
	})
	date := q.PriceDate
	if date == "" {
		date = "no prices"
	}
	list := "public price list"
	if off := cost.Discounts(); off != "" {
		list += " with your discounts (" + off + ")"
	}
	lines := append(
		q.Explain(),
		cost.Line{Component: "per_million", Text: q.PerMillion.String() + " on average; a million more would cost " + q.NextMillion.String()},
		cost.Line{Component: "per_request", Text: q.PerInvocation.String() + " on average"},
		cost.Line{Component: "prices", Text: fmt.Sprintf("%s %s, %s, %s", q.Region, q.Arch, list, date)},
	)
	for _, l := range lines {
		if err := out.write(l); err != nil {
			return err
		}
	}
	return out.close()
}

func parseArch(s string) (sources.Architecture, error) {
	switch s {
	case string(sources.X86), "x86":
		return sources.X86, nil
	case string(sources.ARM), "arm":
		return sources.ARM, nil
	}
	return "", usagef("--arch %q: it is x86_64 or arm64", s)
}

// quantity is a whole number that may be written with k, M or B.
type quantity int64

// String gives the number in digits.
func (q *quantity) String() string { return fmt.Sprint(int64(*q)) }

// Type names the kind of value in the help.
func (q *quantity) Type() string { return "number" }

// Set reads "3000000", "3,000,000", "250k", "3M" or "1.5B".
func (q *quantity) Set(s string) error {
	bad := errors.New("it is a whole number such as 250000, 250k, 3M or 1.5B")
	digits, zeros := s, 0
	for suffix, n := range map[string]int{"k": 3, "K": 3, "m": 6, "M": 6, "b": 9, "B": 9, "G": 9} {
		if rest, ok := strings.CutSuffix(s, suffix); ok {
			digits, zeros = rest, n
		}
	}
	digits = strings.NewReplacer(",", "", "_", "").Replace(digits)
	if digits == "" || len(digits) > 30 || strings.Trim(digits, "0123456789.") != "" {
		return bad
	}
	n, ok := new(big.Rat).SetString(digits + "e" + fmt.Sprint(zeros))
	if !ok || !n.IsInt() {
		return bad
	}
	if !n.Num().IsInt64() {
		return errors.New("it is more than can be counted (2^63)")
	}
	*q = quantity(n.Num().Int64())
	return nil
}
