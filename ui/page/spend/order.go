package spend

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"fntop/sources/spending"
	"fntop/ui/filter"
	"fntop/ui/page"
	"fntop/ui/widget/table"
)

// language is what a filter can ask of an item.
func language() *filter.Language[*item] {
	text := func(name string, get func(*item) string) filter.Field[*item] {
		return filter.Field[*item]{Name: name, Texts: func(it *item) ([]string, bool) { return []string{get(it)}, true }}
	}
	figure := func(name string, c column, also ...string) filter.Field[*item] {
		return filter.Field[*item]{
			Name: name, Also: also, Figure: func(it *item) (float64, bool) { return it.figures[c].Get() }, Read: usd,
		}
	}
	return &filter.Language[*item]{
		Fields: []filter.Field[*item]{
			text("name", func(it *item) string { return it.title() }),
			text("region", func(it *item) string { return it.id.Region }),
			text("account", func(it *item) string { return it.id.Account }),
			text("runtime", func(it *item) string { return it.runtime }),
			text("arch", func(it *item) string { return string(it.arch) }),
			figure("mtd", colToDate, "month"),
			figure("forecast", colForecast),
			figure("requests", colRequests),
			figure("compute", colCompute),
			figure("init", colInit),
			figure("logs", colLogs),
			figure("million", colMillion, "cost"),
			figure("saves", colWhatIf),
		},
		Plain: func(it *item, word string) filter.Verdict {
			return filter.VerdictOf(filter.Contains(it.title(), word) || filter.Contains(it.runtime, word) || filter.Contains(it.id.Region, word))
		},
	}
}

// usd reads an amount of dollars.
func usd(text string) (float64, error) {
	x, err := strconv.ParseFloat(strings.TrimPrefix(text, "$"), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no amount of dollars", text)
	}
	return x, nil
}

// order filters and sorts the items, and puts the cursor where it was: on the
// chosen item, on the same line of the screen.
func (p *Page) order() {
	t := p.tables[byFunction]
	line := t.Cursor() - t.Top()
	terms, _ := language().Parse(p.filterIs)
	p.shown = p.shown[:0]
	for i := range p.items {
		if terms.Match(&p.items[i]) {
			p.shown = append(p.shown, i)
		}
	}
	slices.SortFunc(p.shown, func(a, b int) int { return p.compare(&p.items[a], &p.items[b]) })
	t.SetLen(len(p.shown))
	if at := p.place(); at >= 0 {
		t.SelectAt(at, line)
	}
}

// place is the row of the chosen item; -1 when it has none.
func (p *Page) place() int {
	return slices.IndexFunc(p.shown, func(i int) bool { return p.items[i].name == p.chosen })
}

// compare orders two items: what is not known comes last in both directions,
// and equal ones stand by name.
func (p *Page) compare(a, b *item) int {
	switch p.sort {
	case colName, colRegion, colAccount:
		by := map[column]func(*item) string{
			colName:    func(it *item) string { return it.title() },
			colRegion:  func(it *item) string { return it.id.Region },
			colAccount: func(it *item) string { return it.id.Account },
		}[p.sort]
		if c := cmp.Compare(by(a), by(b)); c != 0 {
			return p.directed(c)
		}
		return a.compare(b.name)
	default:
	}
	x, ok := a.figures[p.sort].Get()
	y, known := b.figures[p.sort].Get()
	switch {
	case ok != known && ok:
		return -1
	case ok != known:
		return 1
	}
	if c := cmp.Compare(x, y); c != 0 {
		return p.directed(c)
	}
	return a.compare(b.name)
}

func (p *Page) directed(c int) int {
	if p.desc {
		return -c
	}
	return c
}

// nextSort goes on to the next column that is on the screen.
func (p *Page) nextSort() {
	all := columns(p.many)
	at := slices.IndexFunc(all, func(c table.Column) bool { return c.ID == int(p.sort) })
	p.sortBy(column(all[(at+1)%len(all)].ID))
}

// sortBy sorts by a column, or the other way around if it is that already.
func (p *Page) sortBy(c column) {
	if c == p.sort {
		p.desc = !p.desc
	} else {
		p.sort, p.desc = c, c > colRegion // names from A on, figures from the largest
	}
	p.order()
}

// touched notes that the user has moved or chosen.
func (p *Page) touched() {
	if p.view == byFunction {
		if it := p.current(); it != nil {
			p.chosen = it.name
		}
	}
}

// current is the item under the cursor of the table by function, or nil.
func (p *Page) current() *item {
	i := p.tables[byFunction].Cursor()
	if p.month == nil || i >= len(p.shown) {
		return nil
	}
	return &p.items[p.shown[i]]
}

// neighbour goes to another function in the view of options.
func (p *Page) neighbour(by int) {
	p.tables[byFunction].Move(by)
	if it := p.current(); it != nil {
		p.chosen = it.name
	}
	p.weigh()
	p.tables[whatIf].Home()
}

// difference is the change under the cursor, or nil.
func (p *Page) difference() *spending.Difference {
	i := p.tables[whatChanged].Cursor()
	if p.month == nil || i >= len(p.month.Report.Changed.Lines) {
		return nil
	}
	return &p.month.Report.Changed.Lines[i]
}

func (p *Page) setFilter(text string) {
	_, p.problem = language().Parse(text)
	p.filterIs = text
	p.order()
	if p.view == whatIf {
		p.weigh()
	}
}

// Paste takes pasted text.
func (p *Page) Paste(env *page.Env, msg tea.PasteMsg) {
	if p.prompt.Focused() {
		p.typed(env, msg)
		p.arrange(env)
	}
}

// typed takes what is typed while the filter is edited.
func (p *Page) typed(env *page.Env, msg tea.Msg) {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch press.String() {
		case "enter":
			p.prompt.Blur()
			p.problem = nil
			return
		case "esc", "ctrl+c":
			p.prompt.Blur()
			p.setFilter(p.before)
			return
		case "up", "down", "pgup", "pgdown":
			env.Keys.Move(press, p.table())
			p.touched()
			return
		}
	}
	p.prompt.Update(msg)
	p.setFilter(p.prompt.Value())
}
