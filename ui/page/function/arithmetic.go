package function

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/spending"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// components are what the month to date is for, each with its arithmetic, and
// the sum.
func (c *costs) components(env *page.Env) []string {
	th, l := env.Theme, &c.month.Report.Lines[c.line]
	b := line.New(th)
	var lines []string
	row := func(name string, usd cost.USD, how string, st theme.Style) {
		text := format.Unknown
		if x, ok := usd.Float64(); ok {
			text = format.Cents(x)
		} else {
			st = th.Muted
		}
		b.Reset(c.width, theme.Style{}).Space(2).Cell(theme.Style{}, name, 18, false).Space(1)
		lines = append(lines, b.Cell(st, text, 11, true).Space(2).Text(th.Muted, how).String())
	}
	for name, usd := range l.Components.All() {
		if usd.IsZero() && name != "requests" && name != "compute" {
			continue // nothing of it is used
		}
		how := arithmetic(name, l, c.month.FreeTier, th.Glyphs.Times)
		if !usd.Known() {
			how = unreckoned(name, l, how)
		}
		row(strings.ReplaceAll(name, "_", " "), usd, how, theme.Style{})
	}
	what := ""
	if l.AtLeast {
		what = "what is known of it"
	}
	row("total", l.ToDate, what, th.Strong)
	return lines
}

// unreckoned says why a component is not known, as far as the notes do not. What
// was used may be known, and only its price not.
func unreckoned(name string, l *spending.Line, how string) string {
	switch {
	case name == "init":
		return "no REPORT lines of it were read"
	case name == "logs_ingestion" && l.Used.LogBytes > 0:
		return how
	}
	return ""
}

// held is memory held over time, exact enough to multiply it by a price.
func held(m cost.MemoryTime) string {
	if gbs := m.GBSeconds(); gbs >= 1000 {
		return format.Int(int64(math.Round(gbs))) + " GB-s"
	}
	return strconv.FormatFloat(math.Round(m.GBSeconds()*1000)/1000, 'f', -1, 64) + " GB-s"
}

// logged is bytes in the GB that their price is for, which are of 2^30.
func logged(bytes int64) string {
	_, size := cost.LogIngestionPrice.Unit()
	return strconv.FormatFloat(float64(bytes)/float64(size), 'f', 4, 64) + " GB of 2^30 bytes"
}

// arithmetic says how a component comes about.
func arithmetic(name string, l *spending.Line, freeTier bool, times string) string {
	u, s := &l.Used, l.Correction.Sample
	price := func(quantity string, item cost.Item) string {
		p, ok := cost.PriceOf(u.Region, u.Arch, item)
		unit, _ := item.Unit()
		if !ok || len(p.Tiers) == 0 {
			return quantity + " " + times + " an unknown price"
		}
		text := quantity + " " + times + " " + p.Tiers[0].USD.Exact()
		if unit != "GB-second" { // the quantity says so
			text += " a " + unit
		}
		if len(p.Tiers) > 1 && freeTier {
			text += " in the first tier"
		}
		return text
	}
	switch name {
	case "requests":
		return price(format.Int(u.Requests)+" requests", cost.RequestPrice)
	case "compute":
		text := price(held(u.Compute+u.Spillover), cost.ComputePrice)
		if u.ProvisionedRun > 0 {
			text += " + " + price(held(u.ProvisionedRun), cost.ProvisionedRunPrice)
		}
		if usd, ok := l.Correction.Rounding.Get(); ok {
			text += "; " + format.USDShort(usd) + " of it is rounding up"
		}
		return text
	case "init":
		text := price(held(u.Init), cost.ComputePrice)
		if sample, ok := s.Get(); ok {
			text += fmt.Sprintf("; %s cold starts in REPORT lines of %s", format.Int(int64(sample.Cold)), format.Span(sample.Looked))
		}
		return text
	case "ephemeral_storage":
		return price(held(u.EphemeralStorage)+" above 512 MB", cost.EphemeralStoragePrice)
	case "provisioned":
		return price(held(u.Provisioned)+" kept ready", cost.ProvisionedPrice)
	case "logs_ingestion":
		return price(logged(u.LogBytes), cost.LogIngestionPrice)
	case "free_tier":
		return "its share of the account's, by usage"
	}
	return ""
}

// dollars is an amount that may be unknown.
func dollars(usd cost.USD) sources.Opt[float64] {
	if x, ok := usd.Float64(); ok {
		return sources.Some(x)
	}
	return sources.Opt[float64]{}
}
