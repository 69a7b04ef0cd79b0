package cost

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Explain gives the arithmetic of the estimate, a line for each component that
// costs something, takes something off or has no known price, and one for the
// total. Like the lines of [InvocationPrice.Explain] they add up as shown.
func (q Quote) Explain() []Line {
	lines := q.terms()
	_, decimals, _ := strings.Cut(q.Total.String(), ".")
	amounts := roundedToSum(lines, max(len(decimals), 2))
	total := make([]string, len(lines))
	for i := range lines {
		lines[i].Text += " = " + amounts[i]
		total[i] = amounts[i]
	}
	text := strings.ReplaceAll(strings.Join(total, " + "), "+ -", "- ")
	switch known := func(l Line) bool { return l.USD.Known() }; {
	case !slices.ContainsFunc(lines, known):
		text = unknownText // of nothing that is known there is no sum to show
	case len(lines) > 1:
		text += " = " + amounts[len(lines)]
	}
	return append(lines, Line{Component: "total", Text: text, USD: q.Total})
}

// terms gives the lines without their amounts.
func (q Quote) terms() []Line {
	c, u := q.Components, q.Usage
	lines := []Line{{
		Component: "requests",
		Text:      count(u.Requests) + " requests × " + q.rate(RequestPrice, u.Requests),
		USD:       c.Requests,
	}}
	add := func(name string, amount USD, parts ...string) {
		if !amount.IsZero() {
			lines = append(lines, Line{Component: name, Text: strings.Join(parts, " + "), USD: amount})
		}
	}
	run, memory := q.in.run(), int64(q.in.MemoryMB)
	onDemand := q.rate(ComputePrice, int64(u.Compute)+int64(u.Init))
	var compute []string
	if u.Compute > 0 {
		compute = append(compute, times(run.onDemand, run.handler, memory, u.Compute)+" × "+onDemand)
	}
	if u.ProvisionedRun > 0 {
		compute = append(compute, times(q.in.Provisioned.Requests, run.provisioned, memory, u.ProvisionedRun)+
			" on provisioned concurrency × "+q.rate(ProvisionedRunPrice, int64(u.ProvisionedRun)))
	}
	add("compute", c.Compute, compute...)
	add("init", c.Init, times(run.cold, run.init, memory, u.Init)+" × "+onDemand)
	add("ephemeral_storage", c.EphemeralStorage,
		fmt.Sprintf("%d MB above 512 over the billed duration = %s × %s", max(0, q.in.EphemeralMB-includedStorageMB),
			u.EphemeralStorage.grouped(), q.rate(EphemeralStoragePrice, int64(u.EphemeralStorage))))
	add("provisioned", c.Provisioned, u.Provisioned.grouped()+" kept × "+q.rate(ProvisionedPrice, int64(u.Provisioned)))
	add("snapstart", c.SnapStart,
		u.SnapStartCache.grouped()+" cached × "+q.rate(SnapStartCachePrice, int64(u.SnapStartCache)),
		count(u.SnapStartRestored)+" MB restored × "+q.rate(SnapStartRestorePrice, u.SnapStartRestored))
	add("logs_ingestion", c.LogIngestion, count(u.LogBytes)+" bytes × "+q.rate(LogIngestionPrice, u.LogBytes))
	add("free_tier", c.FreeTier, q.free())
	add("response_streaming", c.ResponseStreaming,
		count(u.StreamedBytes)+" bytes × "+q.rate(ResponseStreamingPrice, u.StreamedBytes))
	return lines
}

// rate gives the price that so much usage pays: as it is published within the
// first tier, and the average where it reaches further.
func (q Quote) rate(item Item, used int64) string {
	p := prices().find(q.Region, q.Arch, item)
	if p == nil || len(p.Tiers) == 1 {
		return unitPrice(p)
	}
	unit, size := item.Unit()
	if used/size < p.Tiers[1].From {
		return unitPrice(p)
	}
	average := p.Of(used).ratio(size, used)
	const places = 12 // published prices have ten
	return fmt.Sprintf("$%s a %s on average over its tiers", trimZeros(average.Decimal(places), 2), unit)
}

// free says what the free tier takes off.
func (q Quote) free() string {
	var parts []string
	if n := min(q.Usage.Requests, freeRequests); n > 0 {
		parts = append(parts, count(n)+" requests")
	}
	if n := min(q.Usage.Compute+q.Usage.Init, freeCompute); n > 0 {
		parts = append(parts, n.grouped())
	}
	if n := min(q.Usage.StreamedBytes, freeStreamed); n > 0 {
		parts = append(parts, count(n)+" bytes streamed")
	}
	if n := min(q.Usage.LogBytes, freeLogs); n > 0 {
		parts = append(parts, count(n)+" bytes of logs")
	}
	return strings.Join(parts, " and ") + " free"
}

// times says how often something was billed for so long at so much memory.
func times(n, ms, mb int64, held MemoryTime) string {
	return fmt.Sprintf("%s × %s ms × %d MB = %s", count(n), count(ms), mb, held.grouped())
}

// grouped is String with thousands separators, such as "540,000 GB-s".
func (m MemoryTime) grouped() string {
	number, unit, _ := strings.Cut(m.String(), " ")
	whole, fraction, point := strings.Cut(number, ".")
	if point {
		return group(whole) + "." + fraction + " " + unit
	}
	return group(whole) + " " + unit
}

// count prints a whole number with thousands separators.
func count(n int64) string { return group(strconv.FormatInt(n, 10)) }
