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
	"fntop/ui/widget/prompt"
	"fntop/ui/widget/table"
)

// Page is the functions page.
type Page struct {
	width, height int

	table *table.Model
	sort  column
	desc  bool

	snap  *fleet.Snapshot // that order is about
	win   sources.Window
	order []int32
	known int // rows with figures when order was made

	ranked *fleet.Snapshot // that ranks are about
	ranks  []int32         // place by name of each function
	keys   []sortKey       // scratch
	row    fleet.Row       // scratch

	marked   []sources.FunctionID
	selected sources.FunctionID
	pinned   bool // the user has moved: the selection is kept by ID
	moved    time.Time
	sorted   time.Time

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
	regions, accounts     bool
	name, region, runtime int
}

// New makes the page.
func New(s Settings) *Page {
	p := &Page{
		table:  table.New(nil),
		prompt: prompt.New("/"),
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
	if env.Snapshot != nil && (env.Snapshot != p.snap || env.Window != p.win) {
		p.refresh(env)
	}
	p.arrange(env)
}

// arrange lays the parts of the page out.
func (p *Page) arrange(env *page.Env) {
	height := p.height - len(p.notices(env))
	if p.barShown() {
		height--
	}
	p.table.SortColumn, p.table.Descending, p.table.Mark = int(p.sort), p.desc, p.signs(env)
	p.table.Resize(p.width, height)
	p.table.SetLen(len(p.order))
}

func (p *Page) barShown() bool { return p.prompt.Focused() || p.filterIs != "" }

// Demand says what the page wants to have known.
func (p *Page) Demand(env *page.Env, d *poll.Demand) {
	d.Catalogue, d.AllRows, d.Totals = true, true, true
	d.Window = env.Window
	from, to := p.table.Visible()
	for i := from; i < to && i < len(p.order); i++ {
		d.Rows = append(d.Rows, p.snap.Function(int(p.order[i])).ID)
	}
}

// Keys are the bindings of the page, the most wanted first.
func (p *Page) Keys(env *page.Env) []key.Binding {
	k := env.Keys
	if p.snap == nil || p.snap.Len() == 0 {
		return nil
	}
	all := append([]key.Binding{k.Open, k.Filter, k.Sort, k.Reverse}, p.tails(env)...)
	if p.filterIs != "" {
		all = append(all, keys.Named(k.Back, "clear filter"))
	}
	all = append(all, k.Shorter, k.Longer)
	return append(all, k.Moving()...)
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
	if k.Move(press, p.table) {
		p.touched(env)
		if key.Matches(press, k.Home) {
			p.pinned = false
		}
		return nil
	}
	switch {
	case key.Matches(press, k.Open):
		if fn := p.current(); fn != nil {
			p.touched(env)
			return page.OpenFunction{Function: fn.ID}
		}
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
	case key.Matches(press, k.Console):
		if fn := p.current(); fn != nil {
			return page.LinkTo(fn.ID)
		}
	case key.Matches(press, k.Copy):
		if fn := p.current(); fn != nil {
			if fn.Config.ARN != "" {
				return page.Copy{What: "the ARN", Text: fn.Config.ARN}
			}
			return page.Copy{What: "the name", Text: fn.ID.Name}
		}
	default:
		return p.pressMark(env, press)
	}
	return nil
}

// Paste takes pasted text.
func (p *Page) Paste(env *page.Env, msg tea.PasteMsg) {
	if p.prompt.Focused() {
		p.typed(env, msg)
	}
}

// typed takes what is typed while the filter is edited.
func (p *Page) typed(env *page.Env, msg tea.Msg) {
	defer p.arrange(env)
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch press.String() {
		case "enter":
			p.prompt.Blur()
			p.problem = nil
			return
		case "esc", "ctrl+c":
			p.prompt.Blur()
			p.setFilter(env, p.before)
			return
		case "up", "down", "pgup", "pgdown":
			env.Keys.Move(press, p.table)
			p.touched(env)
			return
		}
	}
	p.prompt.Update(msg)
	p.setFilter(env, p.prompt.Value())
}

// SetFilter applies a filter from outside, such as the command line.
func (p *Page) SetFilter(env *page.Env, text string) error {
	p.setFilter(env, text)
	p.arrange(env)
	return p.problem
}

func (p *Page) setFilter(env *page.Env, text string) {
	f, err := filter.Parse(text)
	p.filter, p.filterIs, p.problem = f, text, err
	if !p.prompt.Focused() && err == nil {
		p.problem = nil
	}
	p.rebuild(env)
}

// SortBy sorts by the column of that title, as it stands in the table.
func (p *Page) SortBy(env *page.Env, title string) bool {
	for _, c := range every() {
		if filter.Contains(c.Title, title) && c.ID != int(colSpark) {
			p.sort, p.desc = column(c.ID), column(c.ID).descending()
			p.rebuild(env)
			p.arrange(env)
			return true
		}
	}
	return false
}

// touched notes that the user has moved or chosen.
func (p *Page) touched(env *page.Env) {
	p.moved = env.Now
	if fn := p.current(); fn != nil {
		p.selected, p.pinned = fn.ID, true
	}
}

// current is the function under the cursor, or nil.
func (p *Page) current() *fleet.Function {
	i := p.table.Cursor()
	if p.snap == nil || i >= len(p.order) {
		return nil
	}
	return p.snap.Function(int(p.order[i]))
}
