package function

import (
	"time"

	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/chart"
	"fntop/ui/widget/line"
)

// grid is where charts stand: so many across and down, with the height of
// each but of those at the foot of a column, which have the axis of time
// beneath.
type grid struct {
	charts, across, down, height int
}

// lines is the height of all of it.
func (g grid) lines() int {
	if g.charts == 0 {
		return 0
	}
	return g.down*g.height + 1
}

// The bounds of a chart: below the least it is left out and not squeezed.
const (
	leastChart = 5
	mostChart  = 13
	chartWidth = 55
	mostAcross = 3
)

// gridFor shares an area among so many charts: one column on 80 columns of
// the screen, two on 120, three on 200.
func gridFor(charts, width, height int) grid {
	g := grid{across: max(min(width/chartWidth, mostAcross, charts), 1)}
	g.down = min((height-1)/leastChart, (charts+g.across-1)/g.across)
	if g.down <= 0 || width < 20 {
		return grid{}
	}
	g.charts = min(charts, g.across*g.down)
	g.height = min((height-1)/g.down, mostChart)
	return g
}

// between is the columns of the screen between charts.
const between = 3

// tall is the height of a chart with its axis of time, if it has one.
func (g grid) tall(c *chart.Chart) int {
	if c.Bare {
		return g.height
	}
	return g.height + 1
}

// charted are the charts of a grid, their plots in line: those above each
// other share one axis of time. width is that of each.
func (p *Page) charted(env *page.Env, g grid, charts []int) (all []*chart.Chart, width int) {
	gutter := 0
	for i := range g.charts {
		c := p.chart(env, charts[i])
		c.Bare = i+g.across < g.charts
		gutter = max(gutter, c.Needs(g.tall(c)))
		all = append(all, c)
	}
	for _, c := range all {
		c.Gutter = gutter
	}
	return all, (p.width - 2 - between*(g.across-1)) / g.across
}

// drawGrid draws charts, row by row. Where nothing is left out and a place
// stays free, aside draws there.
func (p *Page) drawGrid(env *page.Env, g grid, charts []int, aside func(width, height int) []string) []string {
	if g.charts == 0 {
		return nil
	}
	all, width := p.charted(env, g, charts)
	columns := make([][]string, g.across)
	for i, c := range all {
		columns[i%g.across] = append(columns[i%g.across], c.Draw(env.Theme, width, g.tall(c))...)
	}
	if last := g.across - 1; aside != nil && g.charts == len(charts) && g.lines() > len(columns[last]) {
		columns[last] = append(columns[last], aside(width, g.lines()-len(columns[last]))...)
	}
	lines := make([]string, g.lines())
	b := line.New(env.Theme)
	for y := range lines {
		b.Reset(p.width, theme.Style{})
		for col, drawn := range columns {
			b.To(1 + col*(width+between))
			if y < len(drawn) {
				b.Glyphs(theme.Style{}, drawn[y], line.Width(line.Plain(drawn[y])))
			}
		}
		lines[y] = b.String()
	}
	return lines
}

// clickGrid puts the cursor on the moment at a place of a grid. It tells
// whether the place was of a chart.
func (p *Page) clickGrid(env *page.Env, g grid, charts []int, x, y int) bool {
	if g.charts == 0 || y < 0 || y >= g.lines() {
		return false
	}
	all, width := p.charted(env, g, charts)
	col := (x - 1) / (width + between)
	i := min(y/g.height, g.down-1)*g.across + col
	if x < 1 || col >= g.across || i >= len(all) {
		return false
	}
	point := all[i].PointAt(x-1-col*(width+between), width, g.tall(all[i]))
	if point < 0 || point > p.data.newest {
		return false
	}
	p.cursor = p.data.start.Add(time.Duration(point) * p.data.step)
	return true
}
