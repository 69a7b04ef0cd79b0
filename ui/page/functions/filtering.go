package functions

import (
	tea "charm.land/bubbletea/v2"

	"fntop/ui/filter"
	"fntop/ui/page"
)

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
	p.rebuild(env)
}
