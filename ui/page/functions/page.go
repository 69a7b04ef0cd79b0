// Package functions is the page every session begins with: one row for each
// function, its figures of the last hour and the shape of its traffic.
//
// # Words
//
// The order is the rows that pass the filter, sorted; it holds indices into
// the snapshot, which stay. The selection is kept by function and not by
// row, once the user has moved; until then the cursor rests on the first row
// whatever it is.
//
// # Rules
//
//   - Rows keep their place while the user moves. They are sorted anew when
//     the user asks, and by themselves when the cursor has rested.
//   - A snapshot costs a pass over the functions; a frame costs the rows on
//     the screen.
//   - Groups have headers among the rows, with subtotals of what is known.
package functions

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/filter"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/page/function"
	"fntop/ui/widget/prompt"
	"fntop/ui/widget/table"
)

// Page is the functions page.
type Page struct {
	width, height int

	table *table.Model
	sort  column
	desc  bool

	snap   *fleet.Snapshot // that order is about
	win    sources.Window
	order  []int32 // a function's index, or ^ that of a group for its header
	passed int     // functions that pass the filter, those in folded groups included
	known  int     // functions with figures when order was made
	untold untoldCount

	grouping   Grouping
	groups     []group
	groupAt    map[groupKey]int32
	groupOf    []int32 // of each function of snap, -1 for those that do not pass
	groupOrder []int32
	dealt      []int32 // what the members of groups are cut from
	folded     map[foldKey]bool

	ranked *fleet.Snapshot // that ranks are about
	ranks  []int32         // place by name of each function
	keys   []sortKey       // scratch
	row    fleet.Row       // scratch

	marked        []sources.FunctionID
	selected      sources.FunctionID
	selectedGroup groupKey
	onHeader      bool // the selection is the header of selectedGroup
	pinned        bool // the user has moved: the selection is kept by ID
	moved         time.Time
	sorted        time.Time
	began         time.Time // when the page was first shown

	strip strip

	chosen []column // by the user; nil for those worth their room

	prompt   *prompt.Model
	before   string // the filter before it was edited
	filter   filter.Filter
	filterIs string
	problem  error // of the text being typed

	many     manyOf
	surveyed struct {
		functions int
		at        time.Time
	}
}

// manyOf tells which columns are worth their room because values differ, and
// how wide the longest texts are, in steps so that columns rarely move.
type manyOf struct {
	regions, accounts, prepared bool
	name, region, runtime       int
}

// New makes the page.
func New(s Settings) *Page {
	p := &Page{
		table:  table.New(nil),
		prompt: prompt.New("/"),
		folded: make(map[foldKey]bool),
		strip:  newStrip(),
		sort:   colPerMinute,
		desc:   true,
	}
	p.set(s)
	return p
}

// Resize gives the page its area.
func (p *Page) Resize(env *page.Env, width, height int) {
	p.width, p.height = width, height
	p.arrange(env)
}

// Show takes a new snapshot, a new time or a new look over.
func (p *Page) Show(env *page.Env) {
	if p.began.IsZero() {
		p.began = env.Now
	}
	if env.Snapshot != nil && (env.Snapshot != p.snap || env.Window != p.win) {
		p.refresh(env)
	}
	p.strip.find(env)
	p.arrange(env)
}

// arrange lays the parts of the page out.
func (p *Page) arrange(env *page.Env) {
	below := p.stripHeight()
	height := p.height - len(p.notices(env)) - below
	if p.barShown() {
		height--
	}
	p.strip.list.Resize(p.width, below)
	p.table.Blurred = p.strip.open
	p.table.SortColumn, p.table.Descending, p.table.Mark = int(p.sort), p.desc, p.signs(env)
	p.table.SortTitle = p.sort.title()
	p.table.Resize(p.width, height)
	p.table.SetLen(len(p.order))
}

func (p *Page) barShown() bool { return p.prompt.Focused() || p.filterIs != "" }

// Demand says what the page wants to have known.
func (p *Page) Demand(env *page.Env, d *poll.Demand) {
	d.Catalogue, d.AllRows, d.Totals = true, true, true
	d.Window = env.Window
	d.Changes, d.Triggers = true, true
	d.Tags = p.wantsTags()
	from, to := p.table.Visible()
	for i := from; i < to && i < len(p.order); i++ {
		if fn, _ := p.rowAt(i); fn != nil {
			d.Rows = append(d.Rows, fn.ID)
		}
	}
}

// wantsTags tells that tags are needed for what is shown.
func (p *Page) wantsTags() bool { return p.grouping.tags() || p.filter.Uses("tag") }

// Keys are the bindings of the page, the most wanted first.
func (p *Page) Keys(env *page.Env) []key.Binding {
	k := env.Keys
	if p.snap == nil || p.snap.Len() == 0 {
		return nil
	}
	if p.strip.open {
		return append([]key.Binding{k.Open, keys.Named(k.Back, "close"), k.Copy}, k.Moving()...)
	}
	open := k.Open
	at, onGroup := p.header()
	if onGroup {
		open = keys.Named(k.Open, "fold")
		if p.folded[p.foldKey(at)] {
			open = keys.Named(k.Open, "unfold")
		}
	}
	all := []key.Binding{open, k.Filter, k.Sort, k.Reverse}
	if !onGroup || len(p.marked) > 0 {
		all = append(all, p.tails(env)...)
	}
	all = append(all, k.Group)
	if p.filterIs != "" {
		all = append(all, keys.Named(k.Back, "clear filter"))
	}
	if len(p.strip.all) > 0 {
		all = append(all, k.Events)
	}
	all = append(all, k.ColdStarts, keys.Named(k.Trace, "traces"), k.Shorter, k.Longer)
	if p.grouping != (Grouping{}) {
		all = append(all, keys.Named(k.Left, "fold group"), keys.Named(k.Right, "unfold group"))
	}
	return append(all, k.Moving()...)
}

// openTab opens the function under the cursor on one of its tabs.
func (p *Page) openTab(env *page.Env, tab string) page.Step {
	fn := p.current()
	if fn == nil {
		return p.noFunction()
	}
	p.touched(env)
	return page.OpenFunction{Function: fn.ID, Tab: tab}
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
	if p.strip.open {
		return p.pressEvents(env, press)
	}
	k := env.Keys
	if k.Move(press, p.table) {
		p.touched(env)
		if key.Matches(press, k.Home) {
			p.pinned = false
		}
		return nil
	}
	switch {
	case key.Matches(press, k.Group) && p.snap != nil:
		return p.nextGrouping(env)
	case key.Matches(press, k.Events):
		return p.openEvents(env)
	case key.Matches(press, k.ColdStarts):
		return p.openTab(env, function.ColdStarts)
	case key.Matches(press, k.Trace):
		return p.openTab(env, function.Traces)
	case key.Matches(press, k.Filter):
		p.before = p.filterIs
		p.prompt.Set(p.filterIs)
		p.prompt.Focus()
	case key.Matches(press, k.Back):
		if p.filterIs != "" {
			p.setFilter(env, "")
		} else {
			p.unmark()
		}
	case key.Matches(press, k.Sort):
		p.nextSort()
		p.rebuild(env)
	case key.Matches(press, k.Shorter):
		return page.Zoom{By: -1}
	case key.Matches(press, k.Longer):
		return page.Zoom{By: 1}
	case key.Matches(press, k.Reverse):
		p.desc = !p.desc
		p.rebuild(env)
	default:
		return p.pressRow(env, press)
	}
	return nil
}

// pressRow takes a key press that is about the row under the cursor.
func (p *Page) pressRow(env *page.Env, press tea.KeyPressMsg) page.Step {
	k := env.Keys
	switch {
	case key.Matches(press, k.Open):
		if at, ok := p.header(); ok {
			p.fold(env, !p.folded[p.foldKey(at)])
		} else if fn := p.current(); fn != nil {
			p.touched(env)
			return page.OpenFunction{Function: fn.ID}
		}
	case key.Matches(press, k.Left) && p.grouping != (Grouping{}):
		p.fold(env, true)
	case key.Matches(press, k.Right) && p.grouping != (Grouping{}):
		p.fold(env, false)
	case key.Matches(press, k.Console):
		if fn := p.current(); fn != nil {
			return page.LinkTo(fn.ID)
		}
		return p.noFunction()
	case key.Matches(press, k.Copy):
		if fn := p.current(); fn != nil {
			if fn.Config.ARN != "" {
				return page.Copy{What: "the ARN", Text: fn.Config.ARN}
			}
			return page.Copy{What: "the name", Text: fn.ID.Name}
		}
		return p.noFunction()
	default:
		return p.pressMark(env, press)
	}
	return nil
}

// noFunction says why a key that is about a function does nothing.
func (p *Page) noFunction() page.Step {
	if _, ok := p.header(); ok {
		return page.Say{Text: "This is a group: move to one of its functions."}
	}
	return nil
}

// touched notes that the user has moved or chosen.
func (p *Page) touched(env *page.Env) {
	p.moved = env.Now
	if at, ok := p.header(); ok {
		p.selectedGroup, p.onHeader, p.pinned = p.groups[at].key, true, true
		return
	}
	if fn := p.current(); fn != nil {
		p.selected, p.onHeader, p.pinned = fn.ID, false, true
	}
}

// current is the function under the cursor; nil when there is none, or the
// header of a group.
func (p *Page) current() *fleet.Function {
	i := p.table.Cursor()
	if p.snap == nil || i >= len(p.order) || p.order[i] < 0 {
		return nil
	}
	return p.snap.Function(int(p.order[i]))
}
