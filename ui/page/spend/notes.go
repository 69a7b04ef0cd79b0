package spend

import (
	"fmt"
	"strings"

	"fntop/sources"
	"fntop/sources/pricing"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// note is a line about what is going on or missing.
type note struct {
	sign  string
	style theme.Style
	text  string
}

// notes say what is being read, what has failed and what is not in the sums.
func (p *Page) notes(env *page.Env) []string {
	th := env.Theme
	var all []note
	if p.sp != nil {
		all = append(all, p.troubles(env)...)
		if text := p.progress(); text != "" {
			all = append(all, note{th.Glyphs.Ellipsis, th.Muted, text})
		}
		if p.asks() {
			all = append(all, note{th.Glyphs.Rise, th.Warn, fmt.Sprintf("not all has been read: %s reads the rest, up to %s, %s",
				th.Glyphs.Enter, several(p.sp.Metrics, "metric"), format.USDShort(p.sp.USD))})
		}
	}
	if text := p.missing(); text != "" {
		all = append(all, note{th.Glyphs.AtLeast, th.Warn, "not in the sums: " + text})
	}
	if text := pricing.Old(p.month.Report.PriceDate, env.Now); text != "" {
		all = append(all, note{th.Glyphs.Rise, th.Warn, text})
	}
	b := line.New(th)
	lines := make([]string, 0, len(all))
	for _, n := range all {
		b.Reset(p.width, theme.Style{}).Space(1).Sign(n.style, n.sign).Space(1).Text(n.style, n.text)
		lines = append(lines, b.String())
	}
	return lines
}

// troubles are what has failed.
func (p *Page) troubles(env *page.Env) []note {
	th := env.Theme
	var all []note
	bad := func(where string, err error) {
		all = append(all, note{th.Glyphs.Fail, th.Bad, sources.Clean(where) + "  " + err.Error()})
	}
	if p.sp.Refused != nil {
		all = append(all, note{th.Glyphs.Rise, th.Warn, p.sp.Refused.Error()})
	}
	for i := range p.sp.Places {
		pl := &p.sp.Places[i]
		if pl.Err != nil {
			bad(pl.Region, pl.Err)
		}
		if pl.Rest != nil {
			bad(pl.Region, pl.Rest)
		}
	}
	for i := range env.Snapshot.Places {
		if pl := &env.Snapshot.Places[i]; pl.Err != nil {
			bad(pl.Label, pl.Err)
		}
	}
	return all
}

// progress is what is being read; "" when nothing is.
func (p *Page) progress() string {
	var hours, lines []string
	done, of := 0, 0
	for i := range p.sp.Places {
		pl := &p.sp.Places[i]
		if pl.Reading {
			hours = append(hours, pl.Region)
			done, of = done+pl.Done, of+pl.Of
		}
		if pl.Sampling {
			lines = append(lines, pl.Region)
		}
	}
	var parts []string
	if len(hours) > 0 {
		parts = append(parts, "reading metrics of "+doneOf(done, of)+" in "+strings.Join(hours, ", "))
	}
	if len(lines) > 0 {
		parts = append(parts, "reading REPORT lines and changes of "+strings.Join(lines, ", ")+", which is free")
	}
	return strings.Join(parts, "; ")
}

// missing says what the total leaves out; "" when nothing.
func (p *Page) missing() string {
	m := &p.month.Report.Missing
	var parts []string
	add := func(n int, text string) {
		if n > 0 {
			parts = append(parts, text+several(n, "function"))
		}
	}
	if m.Functions > 0 {
		text := several(m.Functions, "function") + " with unknown hours or prices"
		if len(m.Regions) > 0 {
			text += " (no prices of " + strings.Join(m.Regions, ", ") + ")"
		}
		parts = append(parts, text)
	}
	add(m.Deleted, "what was deleted in the month: ")
	add(m.Memory, "compute before the oldest known change of memory, of ")
	if m.Init > 0 {
		parts = append(parts, "inits of "+several(m.Init, "function")+" without a sample, with "+format.USD(m.InitCompute)+" of the compute")
	}
	add(m.LogPrice, "logs without a price, of ")
	add(m.Logs, "logs without a known group, of ")
	add(m.Provisioned, "provisioned concurrency of ")
	add(m.SnapStart, "SnapStart snapshots of ")
	return strings.Join(parts, "; ")
}
