package function

import (
	"fmt"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources/poll"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// overview is the tab of charts, with the newest invocations below.
type overview struct {
	p             *Page
	width, height int
	grid          grid
	list          *list
}

func newOverview(p *Page) *overview { return &overview{p: p, list: newList(p)} }

func (o *overview) title() string { return Overview }

// leastList is the height below which there is no list, its title included.
const leastList = 4

// resize shares the height: three fifths for the charts, one line that reads
// them, the rest for the invocations. What the list cannot use is the charts'.
func (o *overview) resize(width, height int) {
	o.width, o.height = width, height
	room := max(height-1, 0)
	o.grid = gridFor(chartCount, width, room*3/5)
	list := room - o.grid.lines()
	if list < leastList {
		o.grid = gridFor(chartCount, width, room)
		list = max(room-o.grid.lines(), 0)
	}
	o.list.resize(width, list)
}

func (o *overview) take(env *page.Env) { o.list.take(env) }

// cursorKeys are the bindings of the charts' cursor.
func (p *Page) cursorKeys(env *page.Env) []key.Binding {
	k := env.Keys
	return []key.Binding{k.Left, k.Right, k.ZoomIn, k.ZoomOut, k.Compare}
}

// pressCharts takes a key press for the charts.
func (p *Page) pressCharts(env *page.Env, press tea.KeyPressMsg) (page.Step, bool) {
	k := env.Keys
	switch {
	case key.Matches(press, k.Left):
		p.moveCursor(-1)
	case key.Matches(press, k.Right):
		p.moveCursor(1)
	case key.Matches(press, k.ZoomIn):
		p.zoom(env, -1)
	case key.Matches(press, k.ZoomOut):
		p.zoom(env, 1)
	case key.Matches(press, k.Compare):
		return p.compare(env), true
	default:
		return nil, false
	}
	return nil, true
}

// moveCursor moves the charts' cursor by points; beyond the newest one it
// goes away.
func (p *Page) moveCursor(by int) {
	d := &p.data
	if d.points == 0 {
		return
	}
	i := d.newest + 1
	switch at := d.index(p.cursor); {
	case at >= 0:
		i = at
	case by < 0 && d.measured >= 0: // metrics come minutes late
		i = d.measured + 1
	}
	switch i = max(i+by, 0); {
	case i > d.newest:
		p.cursor = time.Time{}
	default:
		p.cursor = d.start.Add(time.Duration(i) * d.step)
	}
}

func (o *overview) keys(env *page.Env) []key.Binding {
	own := o.list.keys(env)
	return slices.Concat(own[:1], o.p.cursorKeys(env), []key.Binding{env.Keys.Shorter, env.Keys.Longer}, own[1:])
}

func (o *overview) press(env *page.Env, press tea.KeyPressMsg) (page.Step, bool) {
	if step, taken := o.p.pressCharts(env, press); taken {
		return step, true
	}
	return o.list.press(env, press)
}

func (o *overview) demand(f *poll.Focus, d *poll.Demand) {
	f.Charts, f.Invocations = true, true
	f.Before = o.p.before
	d.Changes, d.Triggers = true, true
}

func (o *overview) click(env *page.Env, x, y int) {
	if !o.p.clickGrid(env, o.grid, everyChart(), x, y) {
		o.list.click(env, x, y-(o.height-o.list.height))
	}
}

func (o *overview) scroll(by int) { o.list.scroll(by) }

func (o *overview) draw(env *page.Env) []string {
	lines := o.p.drawGrid(env, o.grid, everyChart(), func(width, height int) []string {
		return o.p.recent(env, width, height)
	})
	lines = append(lines, o.p.reading(env))
	return append(lines, o.list.draw(env)...)
}

// everyChart is the charts of the overview.
func everyChart() []int {
	all := make([]int, chartCount)
	for i := range all {
		all[i] = i
	}
	return all
}

// recent is the newest changes, where the charts leave a place free, and how
// many more there are.
func (p *Page) recent(env *page.Env, width, height int) []string {
	if p.fn == nil || height < leastChart {
		return nil
	}
	th := env.Theme
	b := line.New(th)
	b.Reset(width, theme.Style{}).Text(th.Strong, "changes")
	if from := p.fn.ChangesFrom; !from.IsZero() {
		b.Space(2).Text(th.Muted, "known since "+stamp(env, from))
	}
	lines := []string{"", b.String()}
	row := func(deploy bool, t time.Time, what, by string) {
		b.Reset(width, theme.Style{})
		if deploy {
			b.Sign(th.Accent, th.Glyphs.Mark)
		}
		b.To(2).Text(th.Muted, stamp(env, t)).Space(2).Text(theme.Style{}, what).Text(th.Muted, by)
		lines = append(lines, b.String())
	}
	at, earlier := p.modified()
	n, room := len(p.fn.Changes), max(height-1-len(lines), 1)
	all := n
	if earlier {
		all++
	}
	if all == 0 || p.fn.ChangesFrom.IsZero() && n == 0 {
		text, st := p.noChanges(env)
		if !p.fn.ChangesFrom.IsZero() {
			text = "None." // since when is said above
		}
		lines = append(lines, b.Reset(width, theme.Style{}).Text(st, text).String())
		room--
	}
	if all > room {
		n = min(n, room-1)
	}
	for i := range n {
		c := &p.fn.Changes[i]
		row(c.Deploy(), c.Time, doing(c), by(c))
	}
	switch {
	case all == 0 || room <= 0:
	case all > room:
		tab := slices.IndexFunc(p.tabs, func(t tab) bool { return t.title() == Settings })
		text := fmt.Sprintf("+%d more, %d shows all", all-n, tab+1)
		lines = append(lines, b.Reset(width, theme.Style{}).Space(2).Text(th.Muted, text).String())
	case earlier:
		row(true, at, "modified", "")
	}
	return lines
}

// noChanges is why there are no changes to show.
func (p *Page) noChanges(env *page.Env) (string, theme.Style) {
	th := env.Theme
	switch {
	case p.place.Changes.Err != nil && !p.passing(p.place.Changes.Err):
		return th.Glyphs.Fail + " " + p.place.Changes.Err.Error(), th.Bad
	case p.fn != nil && !p.fn.ChangesFrom.IsZero():
		return "None. Changes are known since " + stamp(env, p.fn.ChangesFrom) + ".", th.Muted
	case p.waiting(env):
		return "Asking what was changed" + th.Glyphs.Ellipsis, th.Muted
	}
	return "Not known.", th.Muted
}

// waiting tells that what is not known yet may still come.
func (p *Page) waiting(env *page.Env) bool {
	return p.fn == nil || env.Behind || !env.Snapshot.Settled
}
