package main

import (
	"fmt"
	"math"
	"strings"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/pricing"
	"fntop/sources/spending"
	"fntop/ui/format"
	"fntop/ui/sums"
)

// summary is what the rows do not show: total, change, what is missing, and
// what it all rests on.
func (v *costView) summary() []string {
	r := &v.report
	var lines []string
	if !v.single {
		lines = append(lines, v.totalLine())
		if v.until != "" {
			lines = append(lines, v.until)
		}
		if !r.Changed.Short {
			lines = append(lines, changedLine(&r.Changed, sums.Of(r, true).Change))
		}
		lines = append(lines, missingLines(r.Missing)...)
	}
	return append(append(lines, v.pricesLines()...), neverRead)
}

// neverRead is what no figure of the command has in it: it is not in the metrics
// that are read, nor in REPORT lines (see package spending).
const neverRead = "never in these figures: storage of logs, logs of the Infrequent Access class, X-Ray, streamed responses, Lambda@Edge"

func (v *costView) totalLine() string {
	t := sums.Of(&v.report, true)
	parts := []string{"month to date " + sums.Mark("≥", t.AtLeast, t.ToDate, format.Opt(t.ToDate, format.USD))}
	if f, ok := t.Forecast.Get(); ok {
		value := sums.Mark("≥", t.AtLeast, t.Forecast, format.USD(f.Value))
		parts = append(parts, fmt.Sprintf("forecast %s (%s – %s)", value, format.USD(f.Low), format.USD(f.High)))
	} else {
		parts = append(parts, "forecast "+format.Unknown)
	}
	parts = append(parts, "last month "+sums.Mark("≥", t.LastAtLeast, t.LastMonth, format.Opt(t.LastMonth, format.USD)))
	return strings.Join(parts, " · ") + " · to " + v.report.Span.Now.Format("2 January 15:04") + " UTC"
}

// leastShown is half a cent: what is less is no change to a person.
const leastShown = 0.005

// changedLine is the change of the week in a line.
func changedLine(c *spending.Changed, change sources.Opt[float64]) string {
	usd, ok := change.Get()
	if !ok {
		return "Δ week " + format.Unknown
	}
	sign := func(x float64) string {
		if x < 0 {
			return "-$" + format.Amount(-x)
		}
		return "+$" + format.Amount(x)
	}
	var causes []string
	for _, p := range c.Total.Causes {
		if part, ok := p.USD.Float64(); ok && math.Abs(part) >= leastShown {
			causes = append(causes, string(p.Cause)+" "+sign(part))
		}
	}
	line := "Δ week " + sign(usd)
	if len(causes) > 0 {
		line += ": " + strings.Join(causes, ", ")
	}
	if c.Unknown > 0 {
		line += fmt.Sprintf(" (without %s)", several(c.Unknown, "function"))
	}
	return line
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return format.Int(int64(n)) + " " + what + "s"
}

// missingLines say what the total leaves out.
func missingLines(m spending.Missing) []string {
	var lines []string
	add := func(n int, text string) {
		if n > 0 {
			lines = append(lines, "not in the total: "+fmt.Sprintf(text, several(n, "function")))
		}
	}
	if m.Functions > 0 {
		text := "%s of which hours or prices are not known"
		if m.Hours > 0 {
			text += fmt.Sprintf(" (%s)", several(m.Hours, "hour"))
		}
		if len(m.Regions) > 0 {
			text += "; there are no prices of " + strings.Join(m.Regions, ", ")
		}
		add(m.Functions, text)
	}
	add(m.Deleted, "%s deleted in the month")
	add(m.Memory, "compute of %s before the oldest known change of their memory ("+several(m.MemoryHours, "hour")+")")
	add(m.Init, "inits of %s without REPORT lines read, which have "+format.USD(m.InitCompute)+" of the compute")
	add(m.Provisioned, "provisioned concurrency kept ready, of %s")
	add(m.SnapStart, "snapshots of SnapStart, of %s")
	add(m.Logs, "logs of %s whose log group is not known")
	add(m.LogPrice, "logs of %s in regions whose price of them is not known (fntop prices update)")
	return lines
}

func (v *costView) pricesLines() []string {
	date := v.report.PriceDate
	line := "prices " + date
	if off := cost.Discounts(); off != "" {
		line += " with your discounts: " + off
	}
	switch {
	case date == "":
		line = "there are no prices"
	case v.single:
		line += " · before the free tier and the tiers of the account"
	case !v.options.FreeTier:
		line += " · without the free tier"
	case v.options.OnePayer:
		line += " · free tier applied once for all accounts, over the regions read"
	default:
		line += " · free tier applied per account, over the regions read"
	}
	lines := []string{line + " · " + v.memory()}
	if old := pricing.Old(date, v.now); old != "" {
		lines = append(lines, old)
	}
	return lines
}

// memory says which memory hours are priced at.
func (v *costView) memory() string {
	changed := 0
	for i := range v.usage.Used {
		if len(v.usage.Used[i].Memory) > 0 {
			changed++
		}
	}
	if changed == 0 {
		return "at today's memory"
	}
	return "at today's memory, but " + several(changed, "function") + " whose changes are known"
}

// basis says what a component is reckoned from.
func (v *costView) basis(component string) string {
	switch component {
	case "requests":
		return "hourly metrics"
	case "compute":
		return fmt.Sprintf("hourly metrics; %s of it is durations rounded up, %s", format.USD(v.report.Total.Rounding), v.reports())
	case "init":
		return v.inits()
	case "ephemeral_storage":
		return "hourly metrics and today's configuration"
	case "provisioned":
		return "as it is set today, where something ran on it"
	case "snapstart":
		return "not read; free for Java"
	case "logs_ingestion":
		return "hourly metrics of log groups, Standard class"
	case "free_tier":
		return "of Lambda and of logs, shared out by usage"
	}
	return "not read"
}

func (v *costView) reports() string {
	reports, functions := 0, 0
	for i := range v.report.Lines {
		if s, ok := v.report.Lines[i].Correction.Sample.Get(); ok && s.Reports > 0 {
			reports += s.Reports
			functions++
		}
	}
	if reports == 0 {
		return "half a millisecond taken for each"
	}
	return fmt.Sprintf("by %s REPORT lines of %s, half a millisecond for the others", format.Int(int64(reports)), several(functions, "function"))
}

func (v *costView) inits() string {
	cold, functions, whole := 0, 0, 0
	for i := range v.report.Lines {
		if s, ok := v.report.Lines[i].Correction.Sample.Get(); ok {
			cold += s.Cold
			functions++
			if s.Whole {
				whole++
			}
		}
	}
	if functions == 0 {
		return "no REPORT lines were read"
	}
	return fmt.Sprintf("%s in REPORT lines of %s, %d of them over all of the month and the others over parts of it",
		several(cold, "cold start"), several(functions, "function"), whole)
}
