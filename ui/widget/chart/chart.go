// Package chart draws line charts over time. The lines are drawn by
// asciigraph; what stands around them is made here: a title with a legend,
// a value axis with round figures, a time axis, marks and a cursor.
//
// # Words
//
// A point is one value of a series, at Start plus its index times Step. A
// column is one character of the plot. Where there are more points than
// columns, a column shows the largest of its points, so that a peak is never
// lost; where there are fewer, a point is as wide as several columns.
package chart

import (
	"math"
	"time"

	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// Series is one line of a chart.
type Series struct {
	Name   string
	Values []float64 // NaN is not known; less than zero is drawn as zero
	Style  theme.Style
}

// Chart is what is drawn. All series have the same points.
type Chart struct {
	Title  string
	Series []Series // at most four; a later one is drawn over an earlier one
	Start  time.Time
	Step   time.Duration
	Points int
	// Label writes a value of the axis. ASCII.
	Label func(float64) string
	// Whole tells that values are whole numbers: the axis has no fractions.
	Whole bool
	// Cursor is the point under the cursor; -1 for none.
	Cursor int
	// Marks are moments that are marked, such as deploys.
	Marks []time.Time
	// Empty is said in place of lines when no value is known. It may hold
	// anything.
	Empty string
	// Notes stand behind the names of the series, as many as there is room for.
	// They may hold anything.
	Notes []Note
	// Bare leaves the time axis out: a chart above another one of the same time
	// needs none.
	Bare bool
	// Gutter is the least columns that the value axis takes, so that the plots
	// of several charts lie in line: the most of what their [Chart.Needs] give.
	Gutter int
}

// leastNote is the room below which a note is left out rather than cut.
const leastNote = 16

// Note is something that is said about a chart.
type Note struct {
	Text  string
	Style theme.Style
}

// leastWidth and leastHeight are the smallest area a chart is drawn in.
const (
	leastWidth  = 16
	leastHeight = 4
)

// Draw gives height lines, each exactly width wide or less. Below a least
// size there is only the title.
func (c *Chart) Draw(th *theme.Theme, width, height int) []string {
	b := line.New(th)
	lines := []string{c.legend(b, th, width)}
	if width < leastWidth || height < leastHeight {
		return line.Clip(lines, height)
	}
	rows := c.rows(height)
	scale := scaleFor(c.top(), rows-1, c.Whole)
	labels, needs := c.labels(scale, rows)
	labelWidth := min(max(needs, c.Gutter), width/3)
	columns := width - labelWidth - 1
	grid := c.plot(scale, columns, rows)
	marks := c.markColumns(columns)
	cursor := c.column(c.Cursor, columns)
	for y := range rows {
		b.Reset(width, theme.Style{}).Cell(th.Muted, labels[y], labelWidth, true)
		axis := th.Glyphs.Pipe
		if labels[y] != "" {
			axis = th.Glyphs.AxisTick
		}
		b.Sign(th.Faint, axis)
		if y == rows/2 && !c.known() {
			text, w := line.Fit(c.Empty, columns-2, th.Glyphs.Ellipsis)
			lines = append(lines, b.Space((columns-w)/2).Text(th.Muted, text).String())
			continue
		}
		c.row(b, th, grid, y, cursor, marks)
		lines = append(lines, b.String())
	}
	if c.Bare {
		return lines
	}
	b.Reset(width, theme.Style{}).Space(labelWidth + 1)
	return append(lines, c.axis(b, th, labelWidth+1, columns, cursor))
}

// rows is the height of the plot.
func (c *Chart) rows(height int) int {
	if c.Bare {
		return height - 1
	}
	return height - 2
}

// Needs is how many columns the value axis takes by itself.
func (c *Chart) Needs(height int) int {
	if height < leastHeight {
		return 0
	}
	rows := c.rows(height)
	_, width := c.labels(scaleFor(c.top(), rows-1, c.Whole), rows)
	return width
}

// PointAt is the point that is drawn in a column of the chart, or -1.
func (c *Chart) PointAt(x, width, height int) int {
	left := min(max(c.Needs(height), c.Gutter), width/3) + 1
	if columns := width - left; width >= leastWidth && height >= leastHeight && x >= left && x < width {
		return pointsOf(x-left, c.Points, columns).from
	}
	return -1
}

// row writes one line of the plot.
func (c *Chart) row(b *line.Builder, th *theme.Theme, g grid, y, cursor int, marks map[int]bool) {
	for x, cell := range g.cells[y] {
		switch {
		case y == 0 && marks[x]:
			b.Sign(th.Accent, th.Glyphs.Mark)
		case cell.sign != "":
			st := th.Muted
			if cell.series > 0 {
				st = c.Series[cell.series-1].Style
			}
			if x == cursor {
				st = th.Accent
			}
			b.Sign(st, th.Glyphs.ChartSign(cell.sign))
		case x == cursor:
			b.Sign(th.Faint, th.Glyphs.Pipe)
		default:
			b.Space(1)
		}
	}
}

// legend is the title, and the names of the series in their colours.
func (c *Chart) legend(b *line.Builder, th *theme.Theme, width int) string {
	b.Reset(width, theme.Style{}).Text(th.Strong, c.Title)
	for _, s := range c.Series {
		if s.Name == "" {
			continue
		}
		b.Space(2).Sign(s.Style, th.Glyphs.Rule).Space(1).Text(s.Style, s.Name)
	}
	for _, n := range c.Notes {
		if b.Left() < 2+min(line.Width(n.Text), leastNote) {
			break
		}
		b.Space(2).Text(n.Style, n.Text)
	}
	return b.String()
}

// top is the largest known value, 0 when there is none.
func (c *Chart) top() float64 {
	top := 0.0
	for _, s := range c.Series {
		for _, v := range s.Values {
			if v = sane(v); v > top {
				top = v
			}
		}
	}
	return top
}

func (c *Chart) known() bool {
	for _, s := range c.Series {
		for _, v := range s.Values {
			if !math.IsNaN(sane(v)) {
				return true
			}
		}
	}
	return false
}

// largest bounds values, so that no arithmetic on them overflows.
const largest = 1e15

// sane makes a value drawable: infinite is not known, negative is zero.
func sane(v float64) float64 {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return math.NaN()
	case v < 0:
		return 0
	}
	return math.Min(v, largest)
}

// labels are the texts of the value axis from the top row to the bottom one,
// empty where a row has none, and the columns they need.
func (c *Chart) labels(s scale, rows int) (labels []string, width int) {
	labels = make([]string, rows)
	for i := range rows {
		up := rows - 1 - i
		if up%s.every != 0 || s.top == 0 && up > 0 {
			continue
		}
		labels[i] = c.Label(float64(up) * s.step)
		width = max(width, line.Width(labels[i])+1)
	}
	for i, text := range labels {
		if text != "" {
			labels[i] = text + " "
		}
	}
	return labels, width
}

// column is the column of a point, or -1.
func (c *Chart) column(point, columns int) int {
	switch {
	case point < 0 || point >= c.Points || columns <= 0:
		return -1
	case c.Points < columns: // the middle of the point's columns
		return (2*point + 1) * columns / (2 * c.Points)
	}
	x := point * columns / c.Points
	for x < columns-1 && pointsOf(x, c.Points, columns).to <= point {
		x++
	}
	return x
}

// markColumns are the columns of the marks that lie within the chart.
func (c *Chart) markColumns(columns int) map[int]bool {
	marks := make(map[int]bool)
	for _, t := range c.Marks {
		if t.Before(c.Start) || c.Step <= 0 {
			continue
		}
		if p := int(t.Sub(c.Start) / c.Step); p < c.Points {
			marks[c.column(p, columns)] = true
		}
	}
	return marks
}
