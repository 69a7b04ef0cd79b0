package chart

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/guptarohit/asciigraph"
)

// cell is one character of the plot.
type cell struct {
	sign   string // empty where nothing is drawn
	series int    // from 1
}

// grid is the plot, rows from the top.
type grid struct {
	cells [][]cell
}

func newGrid(columns, rows int) grid {
	g := grid{make([][]cell, rows)}
	for y := range g.cells {
		g.cells[y] = make([]cell, columns)
	}
	return g
}

// plot lets asciigraph draw the lines, and reads what it drew into a grid.
//
// asciigraph draws in column x the way from value x to value x+1, so a copy
// of the first value goes before the others: column x then ends at value x.
// Colours serve as marks of whose line it is.
func (c *Chart) plot(s scale, columns, rows int) grid {
	g := newGrid(columns, rows)
	if columns < 1 || rows < 2 || !c.known() {
		return g
	}
	var data [][]float64
	var tags []asciigraph.AnsiColor
	for i, series := range c.Series {
		values := columnsOf(series.Values, c.Points, columns)
		data = append(data, append([]float64{values[0]}, values...))
		tags = append(tags, tagOf(i))
	}
	top := s.top
	if top == 0 {
		top = s.step * float64(rows-1)
	}
	drawn := asciigraph.PlotMany(data,
		asciigraph.Height(rows-1), asciigraph.Offset(1),
		asciigraph.LowerBound(0), asciigraph.UpperBound(top),
		asciigraph.SeriesColors(tags...),
		asciigraph.YAxisValueFormatter(func(float64) string { return "" }))
	for y, text := range strings.Split(drawn, "\n") {
		if y < rows {
			g.read(y, text)
		}
	}
	return g
}

// read puts one drawn line into the grid, without its first column, which is
// asciigraph's own axis.
func (g grid) read(y int, text string) {
	x, series := -1, 0
	for len(text) > 0 {
		if text[0] == '\x1b' {
			end := strings.IndexByte(text, 'm')
			if end < 0 {
				return
			}
			series, text = seriesOf(text[:end+1]), text[end+1:]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		if x >= 0 && x < len(g.cells[y]) && r != ' ' {
			g.cells[y][x] = cell{text[:size], series}
		}
		x, text = x+1, text[size:]
	}
}

// tagOf is the colour that marks the lines of a series, and seriesOf reads it
// back: the basic colours 1 to 4 are written as 31 to 34.
func tagOf(i int) asciigraph.AnsiColor { return asciigraph.AnsiColor(i%4 + 1) } //nolint:gosec // 1 to 4

func seriesOf(sgr string) int {
	if len(sgr) == len("\x1b[31m") && sgr[2] == '3' && sgr[3] >= '1' && sgr[3] <= '4' {
		return int(sgr[3] - '0')
	}
	return 0
}

// stretch is a range of points, to exclusive.
type stretch struct{ from, to int }

// pointsOf are the points that a column shows.
func pointsOf(x, points, columns int) stretch {
	from := x * points / columns
	return stretch{from, max((x+1)*points/columns, from+1)}
}

// columnsOf turns points into columns: the largest of several points, or one
// point several times.
func columnsOf(values []float64, points, columns int) []float64 {
	out := make([]float64, columns)
	for x := range out {
		out[x] = math.NaN()
		span := pointsOf(x, points, columns)
		for i := span.from; i < span.to && i < len(values); i++ {
			if v := sane(values[i]); !math.IsNaN(v) && !(out[x] >= v) {
				out[x] = v
			}
		}
	}
	return out
}
