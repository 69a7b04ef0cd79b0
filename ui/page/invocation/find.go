package invocation

import (
	tea "charm.land/bubbletea/v2"

	"fntop/ui/page"
)

// Capturing tells that letters are text and not commands.
func (p *Page) Capturing() bool { return p.prompt.Focused() }

// Paste takes pasted text.
func (p *Page) Paste(env *page.Env, msg tea.PasteMsg) {
	if p.prompt.Focused() {
		p.typed(env, msg)
	}
}

// Cursor is where the terminal's cursor belongs while text is typed.
func (p *Page) Cursor(env *page.Env) (x, y int, ok bool) {
	if !p.prompt.Focused() {
		return 0, 0, false
	}
	_, x = p.bar(env)
	return x, p.height - 1, x >= 0
}

// bar is the line in which what is looked for is typed.
func (p *Page) bar(env *page.Env) (string, int) {
	th := env.Theme
	remark, st := "", th.Muted
	if p.logs.Finding() != "" {
		remark = p.found()
		if p.matches == 0 {
			st = th.Warn
		}
	}
	return p.prompt.Draw(th, p.width, remark, st)
}

// ask begins to look for something.
func (p *Page) ask() {
	p.prompt.Set(p.logs.Finding())
	p.prompt.Focus()
}

// typed takes what is typed: the cursor goes to where the text is at once.
func (p *Page) typed(env *page.Env, msg tea.Msg) {
	defer p.arrange(env)
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch press.String() {
		case "enter":
			p.prompt.Blur()
			return
		case "esc", "ctrl+c":
			p.prompt.Blur()
			p.find("")
			return
		case "up", "down":
			by := 1
			if press.String() == "up" {
				by = -1
			}
			p.again(by)
			return
		}
	}
	p.prompt.Update(msg)
	p.find(p.prompt.Value())
}

// find looks for a text, from the cursor on.
func (p *Page) find(text string) {
	p.logs.Find(text)
	p.again(0)
}

// again goes to the next line with what is looked for, or the one before.
func (p *Page) again(by int) page.Step {
	found := p.logs.FindNext(by)
	p.count()
	switch {
	case p.logs.Finding() == "":
		return page.Say{Text: "Nothing is looked for yet."}
	case !found:
		return page.Say{Text: "No line has it."}
	}
	return nil
}
