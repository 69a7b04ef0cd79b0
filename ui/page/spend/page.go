// Package spend is the page of what the functions cost in the month: so far,
// what it will come to, what has changed, and what would cost less.
//
// # Rules
//
//   - Reading the month costs money. What it costs is said before; below a cent
//     it is read at once, above it when the user says so, once for the session.
//   - Rows are made when the engine has reckoned anew, and not for each
//     snapshot.
//   - What is not known is a dash, and what a sum leaves out is said above it.
package spend

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/sources/spending"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/page/function"
	"fntop/ui/widget/prompt"
	"fntop/ui/widget/table"
)

// freely is what reading the month may cost without being asked, in USD.
const freely = 0.01

// Page is the cost page. It is made once for a session, since it remembers
// that the user has agreed to what reading costs.
type Page struct {
	width, height int

	tables [viewCount]*table.Model
	view   view
	sort   column
	desc   bool

	agreed bool            // the user wants it read, whatever it costs
	sp     *fleet.Spending // of the newest snapshot; nil before
	month  *fleet.Month    // that items are of; nil before anything was read
	items  []item
	shown  []int // indices of items, filtered and sorted
	many   manyOf

	chosen  name // the item under the cursor, once the user has moved
	options []spending.Option

	prompt   *prompt.Model
	before   string // the filter before it was edited
	filterIs string
	problem  error
}

// view is a side of the page.
type view int

const (
	byFunction view = iota
	byComponent
	whatChanged
	whatIf
	viewCount
)

func (v view) String() string {
	return [...]string{"by function", "by component", "what changed", "what if"}[v]
}

// New makes the page.
func New() *Page {
	p := &Page{prompt: prompt.New("/"), sort: colToDate, desc: true}
	p.tables[byFunction] = table.New(columns(manyOf{}))
	p.tables[byComponent] = table.New(componentColumns())
	p.tables[whatChanged] = table.New(changedColumns(manyOf{}))
	p.tables[whatIf] = table.New(optionColumns())
	return p
}

// table is the table of the view that is seen.
func (p *Page) table() *table.Model { return p.tables[p.view] }

// Resize gives the page its area.
func (p *Page) Resize(env *page.Env, width, height int) {
	p.width, p.height = width, height
	p.arrange(env)
}

// Show takes a new snapshot, time or look over.
func (p *Page) Show(env *page.Env) {
	if env.Snapshot != nil {
		p.sp = env.Snapshot.Spending
		if p.sp != nil && p.sp.Month != p.month {
			p.month = p.sp.Month
			p.take()
		}
	}
	p.arrange(env)
}

// arrange lays the parts of the page out.
func (p *Page) arrange(env *page.Env) {
	height := p.height - len(p.above(env)) - p.under()
	if p.barShown() {
		height--
	}
	p.tables[byFunction].SortColumn, p.tables[byFunction].Descending = int(p.sort), p.desc
	for v, rows := range p.lengths() {
		p.tables[v].Resize(p.width, height)
		p.tables[v].SetLen(rows)
	}
}

// under is how many lines stand below the table.
func (p *Page) under() int {
	if p.month != nil && p.height >= notesFrom && p.view != byComponent {
		return 1
	}
	return 0
}

// lengths are the rows of each view.
func (p *Page) lengths() [viewCount]int {
	if p.month == nil {
		return [viewCount]int{}
	}
	return [viewCount]int{len(p.shown), len(p.components()), len(p.month.Report.Changed.Lines), len(p.options)}
}

func (p *Page) barShown() bool {
	return p.filters() && (p.prompt.Focused() || p.filterIs != "")
}

// filters tells whether the filter of functions is seen in the view: it says
// which of them the view of options goes through.
func (p *Page) filters() bool { return p.view == byFunction || p.view == whatIf }

// Demand says what the page wants to have known.
func (p *Page) Demand(_ *page.Env, d *poll.Demand) {
	d.Catalogue = true
	d.Spending = poll.Spending{All: true, Read: p.reads()}
}

// reads tells whether the month is to be read.
func (p *Page) reads() bool {
	sp := p.sp
	switch {
	case p.agreed:
		return true
	case sp == nil:
		return false
	case sp.Reading:
		return true // what has begun is read to its end
	}
	return sp.Listed && sp.USD < freely && (sp.Metrics > 0 || sp.Month != nil)
}

// asks tells whether the page waits for the user to agree.
func (p *Page) asks() bool { return p.sp != nil && p.sp.Listed && p.sp.Metrics > 0 && !p.reads() }

// Keys are the bindings of the page, the most wanted first.
func (p *Page) Keys(env *page.Env) []key.Binding {
	k := env.Keys
	if p.asks() && p.month == nil {
		return []key.Binding{keys.Named(k.Open, "read the month"), k.Back}
	}
	next := keys.Named(k.NextTab, ((p.view + 1) % viewCount).String())
	var all []key.Binding
	switch p.view {
	case byFunction:
		all = []key.Binding{k.Open, next, k.Sort, k.Filter, k.Reverse}
	case whatIf:
		all = []key.Binding{k.Open, next, keys.Named(k.Left, "function before"), keys.Named(k.Right, "next function"), k.Filter}
	case whatChanged:
		all = []key.Binding{k.Open, next}
	case byComponent, viewCount:
		all = []key.Binding{next}
	}
	back := k.Back
	if p.filters() && p.filterIs != "" {
		back = keys.Named(back, "clear filter")
	}
	return append(append(all, back), k.Moving()...)
}

// Capturing tells that letters are text and not commands.
func (p *Page) Capturing() bool { return p.prompt.Focused() }

// Press takes a key press.
func (p *Page) Press(env *page.Env, press tea.KeyPressMsg) page.Step {
	defer p.arrange(env)
	if p.prompt.Focused() {
		p.typed(env, press)
		return nil
	}
	k := env.Keys
	if k.Move(press, p.table()) {
		p.touched()
		return nil
	}
	switch {
	case key.Matches(press, k.Open):
		return p.open()
	case key.Matches(press, k.NextTab):
		p.turn((p.view + 1) % viewCount)
	case key.Matches(press, k.Left) && p.view == whatIf:
		p.neighbour(-1)
	case key.Matches(press, k.Right) && p.view == whatIf:
		p.neighbour(1)
	case key.Matches(press, k.Back):
		if p.filters() && p.filterIs != "" {
			p.setFilter("")
			return nil
		}
		return page.Back{}
	case key.Matches(press, k.Console):
		if id, ok := p.function(); ok {
			return page.LinkTo(id)
		}
	case key.Matches(press, k.Copy):
		return p.copied()
	case key.Matches(press, k.Filter):
		if !p.filters() {
			p.turn(byFunction)
		}
		p.before = p.filterIs
		p.prompt.Set(p.filterIs)
		p.prompt.Focus()
	case p.view != byFunction:
	case key.Matches(press, k.Sort):
		p.nextSort()
	case key.Matches(press, k.Reverse):
		p.desc = !p.desc
		p.order()
	}
	return nil
}

// open agrees to what reading costs, or opens the function under the cursor.
func (p *Page) open() page.Step {
	if p.asks() {
		p.agreed = true
		return nil
	}
	if id, ok := p.function(); ok {
		p.touched()
		return page.OpenFunction{Function: id, Tab: function.Cost}
	}
	return nil
}

// turn shows another view.
func (p *Page) turn(v view) {
	p.touched()
	p.view = v
	if v == whatIf {
		p.weigh()
	}
}

// function is the function that the view is at.
func (p *Page) function() (id sources.FunctionID, ok bool) {
	switch p.view {
	case byFunction, whatIf:
		if it := p.current(); it != nil && it.group == "" {
			return it.id, true
		}
	case whatChanged:
		if d := p.difference(); d != nil && d.Group == "" {
			return d.Function, true
		}
	case byComponent, viewCount:
	}
	return id, false
}
