package function

import (
	"strconv"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources/poll"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
)

// tab is one side of the page. It reads what is known from the page, and has
// an area of its own below the head.
type tab interface {
	// title is what stands in the line of tabs. ASCII.
	title() string
	// resize gives the tab its area.
	resize(width, height int)
	// take takes over what the page has taken from a new snapshot.
	take(env *page.Env)
	// draw gives as many lines as the area is high. It changes nothing.
	draw(env *page.Env) []string
	// keys are the bindings of the tab, the most wanted first.
	keys(env *page.Env) []key.Binding
	// press takes a key press; taken tells that it was for the tab.
	press(env *page.Env, press tea.KeyPressMsg) (step page.Step, taken bool)
	// demand adds what the tab wants to have known to the page's focus on the
	// function, and to its demand.
	demand(f *poll.Focus, d *poll.Demand)
	// click and scroll take the mouse.
	click(env *page.Env, x, y int)
	scroll(by int)
}

// The names by which tabs are opened from elsewhere.
const (
	Overview    = "Overview"
	Invocations = "Invocations"
	Traces      = "Traces"
	ColdStarts  = "Cold starts"
	Cost        = "Cost"
	Triggers    = "Triggers"
	Settings    = "Configuration"
)

// tabs are the tabs in their order. A new one is one more line.
func tabs(p *Page) []tab {
	return []tab{
		newOverview(p),
		newInvocations(p),
		newTraces(p),
		newColdStarts(p),
		newCosts(p),
		newTriggers(p),
		newConfiguration(p),
	}
}

// Open chooses the tab of that title, and the moment that the charts are read
// at; an empty or unknown title leaves it as it is, and a zero moment is none.
func (p *Page) Open(title string, at time.Time) *Page {
	p.cursor = at
	for i, t := range p.tabs {
		if t.title() == title {
			p.tab = i
		}
	}
	return p
}

// now is the tab that is seen.
func (p *Page) now() tab { return p.tabs[p.tab] }

// turn takes a key press that chooses a tab.
func (p *Page) turn(env *page.Env, press tea.KeyPressMsg) bool {
	k, n := env.Keys, len(p.tabs)
	switch {
	case key.Matches(press, k.NextTab):
		p.tab = (p.tab + 1) % n
	case key.Matches(press, k.PreviousTab):
		p.tab = (p.tab + n - 1) % n
	case key.Matches(press, k.Tabs):
		if i := int(press.Code - '1'); i < n {
			p.tab = i
		}
	default:
		return false
	}
	p.now().take(env)
	return true
}

// tabsLine is the line of tabs, with the time range at its right edge.
func (p *Page) tabsLine(env *page.Env) string {
	th := env.Theme
	b := line.New(th).Reset(p.width, theme.Style{})
	b.Space(1)
	if p.tabsFit() {
		for i, t := range p.tabs {
			p.tabTitle(b, th, i, t.title())
		}
	} else {
		p.tabTitle(b, th, p.tab, p.now().title())
		b.Text(th.Muted, " "+strconv.Itoa(p.tab+1)+"/"+strconv.Itoa(len(p.tabs)))
	}
	p.rangeLine(env, b)
	return b.String()
}

// tabTitle writes the title of a tab, in brackets when it is seen.
func (p *Page) tabTitle(b *line.Builder, th *theme.Theme, i int, title string) {
	if i == p.tab {
		b.Text(th.Accent, "["+title+"]")
		return
	}
	b.Text(th.Muted, " "+title+" ")
}

// tabsFit tells whether all titles have room.
func (p *Page) tabsFit() bool {
	used := 1
	for _, t := range p.tabs {
		used += tabWidth(t)
	}
	return used <= p.width
}

// tabWidth is the columns of a title in the line of tabs.
func tabWidth(t tab) int { return len(t.title()) + 2 }

// tabAt is the tab whose title stands in a column of the line, or -1.
func (p *Page) tabAt(x int) int {
	if !p.tabsFit() {
		return -1
	}
	left := 1
	for i, t := range p.tabs {
		if left += tabWidth(t); x < left {
			return i
		}
	}
	return -1
}
