package tail

import (
	tea "charm.land/bubbletea/v2"

	"fntop/sources/platformlog"
	"fntop/ui/filter"
	"fntop/ui/page"
)

// choice is which lines are shown, and what of them stands out.
type choice struct {
	text    string
	lines   filter.Lines
	problem error // of the text being typed; the choice before it stays
	least   platformlog.Level
	all     bool // lines that the text does not choose are shown too
}

// active tells that lines may be hidden, or stand out.
func (c *choice) active() bool { return c.text != "" || c.least != platformlog.LevelNone }

// shows tells whether a line is shown. A gap always is.
func (c *choice) shows(k *kept) bool {
	if k.gap > 0 {
		return true
	}
	return (k.hit || c.all) && (c.least == platformlog.LevelNone || k.level.Severity() >= c.least.Severity())
}

// nextLevel goes from all lines to warnings, to errors, and back.
func (c *choice) nextLevel() {
	switch c.least {
	case platformlog.LevelNone:
		c.least = platformlog.LevelWarn
	case platformlog.LevelWarn:
		c.least = platformlog.LevelError
	default:
		c.least = platformlog.LevelNone
	}
}

// ask opens the prompt.
func (p *Page) ask() {
	p.before = p.filter.text
	p.prompt.Set(p.filter.text)
	p.prompt.Focus()
}

// clear shows all lines again.
func (p *Page) clear() {
	p.filter = choice{}
	p.find()
	p.choose()
}

// setText takes another text. One that is no regular expression yet changes
// nothing but what is said about it.
func (p *Page) setText(text string) {
	chosen, err := filter.ParseLines(text)
	p.filter.problem = err
	if err != nil || text == p.filter.text {
		return
	}
	p.filter.text, p.filter.lines = text, chosen
	if chosen.All() {
		p.filter.all = false
	}
	p.find()
	p.choose()
}

// find begins to find the lines that the text chooses.
func (p *Page) find() {
	chosen := p.filter.lines
	if p.logs.Match = nil; !chosen.All() {
		p.logs.Match = chosen.Find
	}
	p.sifter.todo = p.lines.end()
	if chosen.All() {
		p.sifter.todo = p.lines.gone
		for i := range p.lines.all {
			p.lines.all[i].hit = true
		}
	}
}

// choose finds the lines that are shown, and stays where it was: on the line
// under the cursor, or the one nearest below it.
func (p *Page) choose() {
	s := &p.sifter
	if !s.anchored {
		s.number, s.line = p.lines.gone, p.logs.CursorLine()
		if i := p.logs.Cursor(); i < len(p.shown) {
			s.number = p.shown[i]
		}
	}
	s.anchored = true
	p.shown = nil
	from := p.lines.gone
	if !p.filter.all {
		from = max(from, s.todo)
	}
	for n := from; n < p.lines.end(); n++ {
		if p.filter.shows(p.lines.line(n)) {
			p.shown = append(p.shown, n)
		}
	}
	p.fresh = 0
	p.place()
	p.sift()
}

// search goes to the next line that the text chooses, or the one before.
func (p *Page) search(by int) page.Step {
	if p.filter.lines.All() {
		return page.Say{Text: "There is no text to look for: / takes one."}
	}
	for i := p.logs.Cursor() + by; i >= 0 && i < len(p.shown); i += by {
		if p.hit(p.shown[i]) {
			p.sifter.anchored = false
			p.logs.SelectEntry(i)
			return nil
		}
	}
	if by < 0 {
		return page.Say{Text: "No line above matches."}
	}
	return page.Say{Text: "No line below matches."}
}

// Capturing tells that letters are text and not commands.
func (p *Page) Capturing() bool { return p.prompt.Focused() }

// Paste takes pasted text.
func (p *Page) Paste(env *page.Env, msg tea.PasteMsg) {
	if p.prompt.Focused() {
		p.typed(env, msg)
		p.arrange(env)
	}
}

// typed takes what is typed while the text is edited.
func (p *Page) typed(env *page.Env, msg tea.Msg) {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch press.String() {
		case "enter":
			p.prompt.Blur()
			p.filter.problem = nil
			return
		case "esc", "ctrl+c":
			p.prompt.Blur()
			p.setText(p.before)
			return
		case "tab":
			p.filter.all = !p.filter.all && !p.filter.lines.All()
			p.choose()
			return
		case "up", "down", "pgup", "pgdown":
			env.Keys.Move(press, p.logs)
			p.sifter.anchored = false
			return
		}
	}
	p.prompt.Update(msg)
	p.setText(p.prompt.Value())
}
