package functions

import (
	"slices"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/ui/filter"
	"fntop/ui/format"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/spark"
	"fntop/ui/widget/table"
)

// name is the name of a function, with badges of what invokes it at the right
// edge where there is room.
func (r *rows) name(width int) table.Cell {
	text, st := r.fn.ID.Name, theme.Style{}
	if n, ok := r.row.Invocations.Get(); ok && n == 0 {
		st = r.th.Muted
	}
	if r.fn.Gone {
		text, st = text+" (gone)", r.th.Muted
	}
	indent := 0
	if r.p.grouping != (Grouping{}) {
		indent = min(indented, width/4)
	}
	kinds := r.badges(width - indent - line.Width(sources.Clean(text)) - apart)
	taken := 0
	if kinds != "" {
		taken = line.Width(kinds) + apart
	}
	if indent == 0 && kinds == "" {
		return table.Cell{Text: text, Style: st}
	}
	return table.Cell{Draw: func(b *line.Builder) {
		b.Space(indent).Cell(st, text, width-indent-taken, false)
		if kinds != "" {
			b.Space(1).Text(r.th.Muted, kinds)
		}
	}}
}

// indented is how far the functions of a group stand in, and apart what badges
// keep free before and behind them.
const (
	indented = 2
	apart    = 2
)

// badges are the kinds of trigger that fit into width, each once.
func (r *rows) badges(width int) string {
	all := badges(r.fn, r.th.Glyphs.Ellipsis)
	text := ""
	for _, b := range all {
		next := b
		if text != "" {
			next = text + " " + b
		}
		if line.Width(next) > width {
			break
		}
		text = next
	}
	return text
}

// widestBadge bounds the name of a kind that the cloud gave.
const widestBadge = 11

// badges are the kinds of trigger of a function, cleaned, each once.
func badges(fn *fleet.Function, ellipsis string) []string {
	var all []string
	for i := range fn.Triggers {
		b, _ := line.Fit(string(fn.Triggers[i].Kind), widestBadge, ellipsis)
		if b != "" && !slices.Contains(all, b) {
			all = append(all, b)
		}
	}
	return all
}

// badgeRoom is what the badges of a function would like to take.
func badgeRoom(fn *fleet.Function) int {
	const widest = 13
	n := 0
	for i := range fn.Triggers {
		n += min(len(fn.Triggers[i].Kind), widestBadge) + 1
	}
	return min(n, widest)
}

// runtimeOf is what a function runs on; "" when that is not known.
func runtimeOf(fn *fleet.Function) string { return filter.RuntimeOf(&fn.Config) }

// shortRuntime is a runtime in less room: of provided.al2023 its end tells
// more.
func shortRuntime(text string) string { return strings.TrimPrefix(text, "provided.") }

// runtime is what a function runs on, with a sign when its environments are
// prepared: provisioned, or restored from a snapshot.
func (r *rows) runtime(width int) table.Cell {
	text := runtimeOf(r.fn)
	if text == "" {
		text = format.Unknown
	}
	room := width
	if prepared(r.fn) {
		room -= 2
	}
	if len(text) > room {
		text = shortRuntime(text)
	}
	if !prepared(r.fn) || width < 4 {
		return table.Cell{Text: text, Style: r.th.Muted}
	}
	return table.Cell{Draw: func(b *line.Builder) {
		b.Cell(r.th.Muted, text, min(width-2, line.Width(sources.Clean(text))), false)
		b.Space(1).Sign(r.th.Init, r.th.Glyphs.Ready)
	}}
}

// prepared tells that environments of the function are kept ready, or start
// from a snapshot.
func prepared(fn *fleet.Function) bool {
	if c, ok := fn.Concurrency.Get(); ok {
		for _, p := range c.Provisioned {
			if p.Requested > 0 {
				return true
			}
		}
	}
	return fn.Config.SnapStart || fn.Config.ProvisionedConcurrency.Or(0) > 0
}

// traffic is the shape of the traffic, with a mark where a deploy was.
func (r *rows) traffic(width int) table.Cell {
	row := &r.row
	signs := spark.Draw(&r.th.Glyphs, row.PerMinute, width)
	marks := r.deploys(width)
	if len(marks) == 0 {
		return table.Cell{Text: signs, Style: r.th.Spark, Trusted: true}
	}
	return table.Cell{Draw: func(b *line.Builder) {
		at := 0
		for _, sign := range signs {
			if slices.Contains(marks, at) {
				b.Sign(r.th.Accent, r.th.Glyphs.Mark)
			} else {
				b.Sign(r.th.Spark, string(sign))
			}
			at++
		}
	}}
}

// mostMarks keeps the shape of the traffic readable where deploys come by the
// minute.
const mostMarks = 3

// deploys are the columns of the sparkline in which the newest deploys were.
func (r *rows) deploys(width int) []int {
	row := &r.row
	length := row.Step * time.Duration(len(row.PerMinute))
	var at []int
	for i := range r.fn.Changes {
		c := &r.fn.Changes[i]
		if len(at) == mostMarks {
			break
		}
		if after := c.Time.Sub(row.Start); c.Deploy() && length > 0 && after >= 0 && after < length {
			if column := int(float64(after) / float64(length) * float64(width)); !slices.Contains(at, column) {
				at = append(at, column)
			}
		}
	}
	return at
}
