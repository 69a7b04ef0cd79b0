// Package function is the page of one function, in tabs: charts of what it
// does over a time range and a line that reads them, its invocations as they
// come, its traces, its cold starts, what invokes it, and how it is configured.
//
// # Rules
//
//   - A tab keeps its cursor, filter and order while another one is seen, and
//     asks only for what it shows.
//   - The selected invocation is kept by its key. While the cursor is on the
//     newest one, the list follows; once it has moved, new rows come in above
//     without moving the line under the cursor.
//   - The cursor of the charts is a moment, not a column: it stays on its
//     moment while time moves on.
package function

import (
	"slices"
	"strconv"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/keys"
	"fntop/ui/page"
)

// NewestInvocations is how many invocations of a function are asked for.
// Reading more would take the log's whole quota at a busy function.
const NewestInvocations = 500

// Page is the page of one function.
type Page struct {
	id     sources.FunctionID
	window sources.Window
	before time.Duration // the window so much earlier is compared with; 0 for none

	width, height int
	tabs          []tab
	tab           int
	fn            *fleet.Function // as last shown; nil before it is known
	place         fleet.Place     // where it lives, as far as it is known
	wrong         []trouble

	cursor time.Time // of the charts; zero when there is none

	tail LiveTail

	data  data
	seen  *fleet.Snapshot
	clock time.Time // the minute data was computed for
}

// New makes the page of a function, over the window to begin with.
func New(id sources.FunctionID, w sources.Window) *Page {
	p := &Page{id: id, window: w}
	p.tabs = tabs(p)
	return p
}

// Resize gives the page its area.
func (p *Page) Resize(env *page.Env, width, height int) {
	p.width, p.height = width, height
	p.arrange(env)
}

// head is how many lines stand above the tabs: the title, the line of tabs,
// and what is wrong.
func (p *Page) head() int {
	wrong := min(len(p.wrong), 1)
	if p.height < leastTabs {
		return max(min(p.height-1, 1+wrong), 0)
	}
	return 2 + wrong
}

// leastTabs is the height from which there is a line of tabs.
const leastTabs = 4

// arrange lays the parts out.
func (p *Page) arrange(env *page.Env) {
	p.wrong = p.troubles(env)
	for _, t := range p.tabs {
		t.resize(p.width, max(p.height-p.head(), 0))
	}
}

// Show takes a new snapshot, time or look over.
func (p *Page) Show(env *page.Env) {
	minute := env.Now.Truncate(time.Minute)
	if env.Snapshot != p.seen || !minute.Equal(p.clock) {
		p.seen, p.clock = env.Snapshot, minute
		p.take(env)
	}
	p.arrange(env)
}

// take takes what is known of the function over.
func (p *Page) take(env *page.Env) {
	if fn := env.Function(p.id); fn != nil {
		p.fn = fn
	}
	if p.fn == nil {
		return
	}
	p.findPlace(env)
	p.data = p.read(env)
	p.now().take(env)
}

// findPlace finds the place the function lives in: its own, or else the one
// it is read through.
func (p *Page) findPlace(env *page.Env) {
	if env.Snapshot == nil {
		return
	}
	for _, pl := range env.Snapshot.Places {
		own := pl.Region == p.id.Region && pl.Account == p.id.Account
		reader := pl.Region == p.fn.Reader.Region && pl.Account == p.fn.Reader.Account
		if own || reader {
			p.place = pl
		}
		if own {
			return
		}
	}
}

// Demand says what the page wants to have known.
func (p *Page) Demand(env *page.Env, d *poll.Demand) {
	d.Window = rowsWindow(p.window)
	d.Rows = []sources.FunctionID{p.id}
	f := poll.Focus{Function: p.id, Window: p.window, Limits: true, Tail: p.tail.On, Invocations: p.tail.On, Limit: NewestInvocations}
	p.now().demand(&f, d)
	d.Focus = []poll.Focus{f}
	Keep(env, d)
}

// Keep goes on wanting the figures of the functions page, so that they are
// there when the user comes back to it: a focus that asks for nothing but
// keeps its window computed.
func Keep(env *page.Env, d *poll.Demand) {
	if d.Window != env.Window && len(d.Focus) > 0 {
		d.Focus = append(d.Focus, poll.Focus{Function: d.Focus[0].Function, Window: env.Window})
	}
}

// Keys are the bindings of the page, the most wanted first.
func (p *Page) Keys(env *page.Env) []key.Binding {
	k := env.Keys
	number := k.Tabs
	number.SetHelp("1-"+strconv.Itoa(len(p.tabs)), "a tab")
	back := k.Back
	if !p.window.Until.IsZero() {
		back = keys.Named(back, "back to live")
	}
	all := p.now().keys(env)
	all = slices.Insert(all, min(2, len(all)), k.NextTab)
	if !p.window.Until.IsZero() {
		all = slices.Insert(all, 0, back)
	}
	for _, b := range append([]key.Binding{k.Shorter, k.Longer, back, k.Logs, k.Live, k.Copy, number, k.PreviousTab}, k.Moving()...) {
		if !slices.ContainsFunc(all, func(own key.Binding) bool { return own.Help().Key == b.Help().Key }) {
			all = append(all, b)
		}
	}
	return all
}

// Press takes a key press.
func (p *Page) Press(env *page.Env, press tea.KeyPressMsg) page.Step {
	defer p.arrange(env)
	if step, taken := p.now().press(env, press); taken {
		return step
	}
	if p.turn(env, press) {
		return nil
	}
	k := env.Keys
	switch {
	case key.Matches(press, k.Back):
		if !p.live(env) {
			return page.Back{}
		}
	case key.Matches(press, k.Live):
		return p.tail.Turn(env, "$0.01 a minute")
	case key.Matches(press, k.Logs):
		return page.OpenTail{Functions: []sources.FunctionID{p.id}}
	case key.Matches(press, k.Shorter):
		p.stretch(env, -1)
	case key.Matches(press, k.Longer):
		p.stretch(env, 1)
	case key.Matches(press, k.Console):
		return page.LinkTo(p.id)
	case key.Matches(press, k.Copy):
		if p.fn != nil && p.fn.Config.ARN != "" {
			return page.Copy{What: "the ARN", Text: p.fn.Config.ARN}
		}
		return page.Copy{What: "the name", Text: p.id.Name}
	}
	return nil
}

// typist is a tab in which text can be typed.
type typist interface {
	capturing() bool
	paste(env *page.Env, msg tea.PasteMsg)
	cursor(env *page.Env) (x, y int, ok bool)
}

// Capturing tells that letters are text and not commands.
func (p *Page) Capturing() bool {
	t, ok := p.now().(typist)
	return ok && t.capturing()
}

// Paste takes pasted text.
func (p *Page) Paste(env *page.Env, msg tea.PasteMsg) {
	if t, ok := p.now().(typist); ok {
		t.paste(env, msg)
		p.arrange(env)
	}
}

// Cursor is where the terminal's cursor belongs while text is typed.
func (p *Page) Cursor(env *page.Env) (x, y int, ok bool) {
	t, is := p.now().(typist)
	if !is {
		return 0, 0, false
	}
	x, y, ok = t.cursor(env)
	return x, y + p.head(), ok
}
