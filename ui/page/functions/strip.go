package functions

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/sources/events"
	"fntop/sources/fleet"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/widget/line"
	"fntop/ui/widget/table"
)

// strip is the newest events at the foot of the page, and the list of all of
// them that it becomes.
type strip struct {
	finder events.Finder
	all    []events.Event // newest first
	newest []int          // of all, the newest of each kind and function
	more   bool           // there is more to judge

	snap *fleet.Snapshot // that all is of
	win  sources.Window
	at   time.Time

	list *table.Model
	open bool
}

// The columns of the list.
const (
	colWhen = iota
	colWhat
	colOf
	colEvidence
)

func newStrip() strip {
	return strip{list: table.New([]table.Column{
		{ID: colWhen, Title: "TIME", Min: 9, Max: 9},
		{ID: colWhat, Title: "EVENT", Min: 18, Max: 30},
		{ID: colOf, Title: "FUNCTION", Min: 16, Max: 40, Drop: 1},
		{ID: colEvidence, Title: "EVIDENCE", Min: 20, Max: 90, Drop: 2},
	})}
}

// eventsEvery is how often events are looked for at most.
const eventsEvery = time.Second

// find looks for events when there is something new.
func (s *strip) find(env *page.Env) {
	same := s.snap == env.Snapshot && s.win == env.Window
	if env.Snapshot == nil || same && !s.more || s.win == env.Window && env.Now.Sub(s.at) < eventsEvery {
		return
	}
	chosen, line := s.chosen(), s.list.Cursor()-s.list.Top()
	s.snap, s.win, s.at = env.Snapshot, env.Window, env.Now
	s.all, s.more = s.finder.Find(env.Snapshot, env.Window)
	s.pickNewest()
	s.list.SetLen(len(s.all))
	if chosen == nil || s.list.Cursor() == 0 {
		return // the newest one is what is looked at
	}
	for i := range s.all {
		if e := &s.all[i]; e.Function == chosen.Function && e.Kind == chosen.Kind && e.Start.Equal(chosen.Start) {
			s.list.SelectAt(i, line)
		}
	}
}

// mostPicked is more than any strip has room for.
const mostPicked = 24

// pickNewest chooses what the strip shows: a function that is deployed all the
// time would hide the others.
func (s *strip) pickNewest() {
	s.newest = s.newest[:0]
	for i := range s.all {
		e := &s.all[i]
		if len(s.newest) == mostPicked {
			return
		}
		if !slices.ContainsFunc(s.newest, func(k int) bool { return s.all[k].Function == e.Function && s.all[k].Kind == e.Kind }) {
			s.newest = append(s.newest, i)
		}
	}
}

// chosen is the event under the cursor of the list, or nil.
func (s *strip) chosen() *events.Event {
	if i := s.list.Cursor(); i < len(s.all) {
		return &s.all[i]
	}
	return nil
}

// cellWidth is about how wide an event of the strip is.
const cellWidth = 58

// height is how many lines of a page of this height the events take.
func (s *strip) height(width, height int) int {
	const small = 8
	switch {
	case s.open && height < small:
		return height
	case s.open:
		return max(min(len(s.all)+1, height/2), small/2)
	case len(s.all) == 0 || height < 14:
		return 0
	}
	lines := 1
	if height >= 50 {
		lines = 3
	} else if height >= 32 {
		lines = 2
	}
	across := across(width)
	return min(lines, (len(s.newest)+across-1)/across)
}

// stripHeight is the lines that events take.
func (p *Page) stripHeight() int {
	room := p.height
	if p.barShown() {
		room--
	}
	if len(p.order) == 0 && !p.strip.open {
		return 0
	}
	return p.strip.height(p.width, room)
}

// across is how many events stand beside each other.
func across(width int) int { return max(width/cellWidth, 1) }

// draw gives the lines of the strip or of the list.
func (s *strip) draw(env *page.Env, width, height int) []string {
	if s.open {
		return s.list.Draw(env.Theme, &eventRows{s, env})
	}
	th, n := env.Theme, across(width)
	b := line.New(th)
	var lines []string
	for i := 0; i < len(s.newest) && len(lines) < height; i += n {
		b.Reset(width, theme.Style{})
		for k := i; k < min(i+n, len(s.newest)); k++ {
			e := &s.all[s.newest[k]]
			end := (k - i + 1) * width / n
			st, sign := signOf(th, e.Kind)
			b.Space(1).Sign(st, sign).Space(1).Text(th.Muted, when(env, e.Start)).Space(1)
			b.Cell(theme.Style{}, headline(th, e), end-1-b.Used(), false).To(end)
		}
		lines = append(lines, b.String())
	}
	return lines
}

// when is the time of an event, with the day when that is not today.
func when(env *page.Env, t time.Time) string {
	t = env.In(t)
	if y, m, d := t.Date(); y != env.Now.Year() || m != env.Now.Month() || d != env.Now.Day() {
		return t.Format("Mon 15:04")
	}
	return t.Format("15:04")
}

// eventRows draws the list.
type eventRows struct {
	s   *strip
	env *page.Env
}

// Len is the number of rows.
func (r *eventRows) Len() int { return len(r.s.all) }

// Cell is what stands in a column of a row.
func (r *eventRows) Cell(i, id, width int) table.Cell {
	th, e := r.env.Theme, &r.s.all[i]
	switch id {
	case colWhen:
		return table.Cell{Text: when(r.env, e.Start), Style: th.Muted}
	case colWhat:
		st, sign := signOf(th, e.Kind)
		return table.Cell{Draw: func(b *line.Builder) {
			b.Sign(st, sign).Space(1).Cell(theme.Style{}, label(th, e, width-2), width-2, false)
		}}
	case colOf:
		return table.Cell{Text: e.Function.Name}
	default:
		return table.Cell{Text: evidence(e), Style: th.Muted}
	}
}

// pressEvents takes a key press while the list is open.
func (p *Page) pressEvents(env *page.Env, press tea.KeyPressMsg) page.Step {
	s, k := &p.strip, env.Keys
	switch {
	case k.Move(press, s.list):
	case key.Matches(press, k.Back), key.Matches(press, k.Events):
		s.open = false
	case key.Matches(press, k.Open):
		if e := s.chosen(); e != nil {
			return explained(e)
		}
	case key.Matches(press, k.Copy):
		if e := s.chosen(); e != nil {
			text := env.In(e.Start).Format(time.RFC3339) + " " + headline(env.Theme, e) + ": " + evidence(e)
			return page.Copy{What: "the event", Text: sources.Clean(text)}
		}
	case key.Matches(press, k.Console):
		if e := s.chosen(); e != nil {
			return page.LinkTo(e.Function)
		}
	}
	return nil
}

// openEvents opens the list, unless there is nothing in it.
func (p *Page) openEvents(env *page.Env) page.Step {
	if len(p.strip.all) == 0 {
		return page.Say{Text: "No events in the last " + format.Span(env.Window.Since) + "."}
	}
	p.strip.open = true
	return nil
}
