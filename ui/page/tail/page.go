// Package tail is the page that follows the logs of functions: one stream of
// lines of up to twenty of them, in the order in which they become readable.
//
// # Words
//
// The lines kept are those that the page has taken from the journal. Those
// shown pass the level and, unless all are shown, the text filter. A hit is a
// line that the text chooses.
//
// # Rules
//
//   - At its end, the page follows. Anywhere else, it holds its place: lines
//     go on coming in below as long as there is room for them, then they wait
//     in the journal. Nothing is let go of that is on the screen.
//   - Paused, the page takes nothing; what comes waits in the journal, which
//     is bounded. What the journal has had to let go of is counted, and a row
//     stands in its place.
//   - A snapshot costs what is new in it, a frame what is on the screen. Only
//     another filter goes through all lines.
package tail

import (
	"math"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/keys"
	"fntop/ui/page"
	"fntop/ui/page/function"
	"fntop/ui/theme"
	"fntop/ui/widget/logview"
	"fntop/ui/widget/prompt"
)

// lookBack is how far before the opening lines are wanted too.
const lookBack = 5 * time.Minute

// sideways is how many columns a key press scrolls lines that are not wrapped.
const sideways = 16

// Page follows the logs of some functions.
type Page struct {
	ids   []sources.FunctionID
	names []string // as they are shown
	since time.Time
	live  function.LiveTail

	width, height int
	lines         lines
	shown         []int // numbers of the lines that are shown
	logs          *logview.Model
	fresh         int // lines that have come in below while the place is held
	rate          sources.Opt[float64]
	sifter        sifter
	filter        choice
	prompt        *prompt.Model
	before        string // the text before it was edited
	zone          *time.Location
	styles        []theme.Style // of names
	seen          *fleet.Snapshot
	held          bool // paused when seen was taken
}

// New makes the page of these functions, at most page.MostTailed, opened now.
func New(ids []sources.FunctionID, now time.Time) *Page {
	ids = ids[:min(len(ids), page.MostTailed)]
	p := &Page{ids: ids, names: names(ids), since: now.Add(-lookBack).UTC(), logs: logview.New(), prompt: prompt.New("/"), zone: now.Location(), styles: make([]theme.Style, 1)}
	p.logs.ToggleWrap() // cut: a row for each line
	p.lines.index = make(map[sources.FunctionID]int, len(ids))
	for i, id := range ids {
		p.lines.index[id] = i
	}
	return p
}

// names are the names of functions; those that are there twice have the
// region before them, and the account if need be.
func names(ids []sources.FunctionID) []string {
	short := func(id sources.FunctionID) string { return id.Name }
	long := func(id sources.FunctionID) string { return id.Region + "/" + id.Name }
	count := func(name func(sources.FunctionID) string) map[string]int {
		n := make(map[string]int)
		for _, id := range ids {
			n[name(id)]++
		}
		return n
	}
	shorts, longs := count(short), count(long)
	list := make([]string, len(ids))
	for i, id := range ids {
		switch {
		case shorts[short(id)] == 1:
			list[i] = short(id)
		case longs[long(id)] == 1:
			list[i] = long(id)
		default:
			list[i] = id.Account + "/" + long(id)
		}
		list[i] = sources.Clean(list[i])
	}
	return list
}

// Live marks that the page gets newest data even while the picture is paused:
// it holds its lines itself, and counts those that wait.
func (p *Page) Live() {}

// Resize gives the page its area.
func (p *Page) Resize(env *page.Env, width, height int) {
	p.width, p.height = width, height
	p.arrange(env)
}

// Show takes a new snapshot, time or look over.
func (p *Page) Show(env *page.Env) {
	p.zone = env.Now.Location()
	p.logs.Ellipsis, p.styles = env.Theme.Glyphs.Ellipsis, styles(env.Theme)
	if env.Snapshot != nil && (env.Snapshot != p.seen || env.Paused != p.held) {
		p.seen, p.held = env.Snapshot, env.Paused
		p.take(env)
	}
	p.arrange(env)
}

// take takes the lines that are new.
func (p *Page) take(env *page.Env) {
	j := env.Snapshot.Journal
	p.sifter.more = false
	if env.Paused {
		p.lines.wait(j)
		p.count(j)
		return
	}
	number, gone := p.lines.end(), p.lines.gone
	following, keep := true, math.MaxInt
	if len(p.shown) > 0 && !p.logs.Following() {
		following, keep = false, p.shown[p.logs.Top()]
	}
	p.sifter.more = p.lines.take(j, keep, p.part(), p.filter.lines.Match)
	p.count(j)
	if p.lines.gone == gone && p.lines.end() == number {
		return
	}
	left := 0
	for left < len(p.shown) && p.shown[left] < p.lines.gone {
		left++
	}
	p.shown = p.shown[left:]
	was := len(p.shown)
	for n := max(number, p.lines.gone); n < p.lines.end(); n++ {
		if p.filter.shows(p.lines.line(n)) {
			p.shown = append(p.shown, n)
		}
	}
	if following {
		p.fresh = 0
	} else {
		p.fresh += len(p.shown) - was
	}
	p.logs.Advance(left, len(p.shown), p.entry)
}

// count counts lines a second, once every log has been read.
func (p *Page) count(j *fleet.Journal) {
	p.rate = sources.Opt[float64]{}
	if !p.reading() || p.lines.count() > 0 {
		p.rate = p.lines.rate(j, p.through())
	}
}

// arrange lays the parts of the page out.
func (p *Page) arrange(env *page.Env) {
	p.logs.NameWidth = p.nameWidth()
	p.logs.Resize(p.width, max(p.height-len(p.head(env))-p.barHeight(), 0))
	if p.logs.Following() {
		p.fresh = 0
	}
}

// Tails are the logs that the page follows, also while another page is above.
func (p *Page) Tails() []poll.TailRef {
	refs := make([]poll.TailRef, len(p.ids))
	for i, id := range p.ids {
		refs[i] = poll.TailRef{Function: id, Since: p.since, Live: p.live.On}
	}
	return refs
}

// Demand says what the page wants to have known.
func (p *Page) Demand(_ *page.Env, d *poll.Demand) { d.Tail = append(d.Tail, p.Tails()...) }

// Keys are the bindings of the page, the most wanted first.
func (p *Page) Keys(env *page.Env) []key.Binding {
	k := env.Keys
	back, tab := k.Back, keys.Named(k.NextTab, "show all lines")
	if p.filter.active() {
		back = keys.Named(k.Back, "show all")
	}
	if p.filter.all {
		tab = keys.Named(k.NextTab, "show matches only")
	}
	all := []key.Binding{keys.Named(k.Open, "invocation"), back, k.Filter, k.Level}
	if !p.filter.lines.All() {
		all = append(all, keys.Named(k.Next, "next match"), keys.Named(k.Previous, "match before"), tab)
	}
	all = append(all, k.Unfold, k.Wrap)
	if !p.logs.Wrapped() {
		all = append(all, keys.Named(k.Left, "scroll sideways"), keys.Named(k.Right, "scroll to the right"))
	}
	return append(append(all, k.Live, keys.Named(k.Copy, "copy line")), k.Moving()...)
}

// Press takes a key press.
func (p *Page) Press(env *page.Env, press tea.KeyPressMsg) page.Step {
	defer p.arrange(env)
	if p.prompt.Focused() {
		p.typed(env, press)
		return nil
	}
	k := env.Keys
	if k.Move(press, p.logs) {
		p.sifter.anchored = false
		return nil
	}
	switch {
	case key.Matches(press, k.Open):
		return p.open(env)
	case key.Matches(press, k.Back):
		if !p.filter.active() {
			return page.Back{}
		}
		p.clear()
	case key.Matches(press, k.Filter):
		p.ask()
	case key.Matches(press, k.Level):
		p.filter.nextLevel()
		p.choose()
	case key.Matches(press, k.NextTab):
		p.filter.all = !p.filter.all && !p.filter.lines.All()
		p.choose()
	case key.Matches(press, k.Next):
		return p.search(1)
	case key.Matches(press, k.Previous):
		return p.search(-1)
	case key.Matches(press, k.Unfold):
		p.logs.Toggle()
	case key.Matches(press, k.Wrap):
		p.logs.ToggleWrap()
	case key.Matches(press, k.Left):
		p.logs.Shift(-sideways)
	case key.Matches(press, k.Right):
		p.logs.Shift(sideways)
	case key.Matches(press, k.Live):
		return p.live.Turn(env, p.price())
	case key.Matches(press, k.Console):
		return p.link(env)
	case key.Matches(press, k.Copy):
		return p.copied()
	}
	return nil
}

// current is the line under the cursor, or nil.
func (p *Page) current() *kept {
	if i := p.logs.Cursor(); i < len(p.shown) {
		return p.lines.line(p.shown[i])
	}
	return nil
}
