package functions

import (
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"fntop/sources"
	"fntop/ui/keys"
	"fntop/ui/page"
)

// pressMark takes a key press that has to do with marks.
func (p *Page) pressMark(env *page.Env, press tea.KeyPressMsg) page.Step {
	switch {
	case key.Matches(press, env.Keys.Mark):
		return p.mark(env)
	case key.Matches(press, env.Keys.Logs):
		if ids := p.Chosen(); len(ids) > 0 {
			return page.OpenTail{Functions: ids}
		}
	}
	return nil
}

// mark marks the function under the cursor, or takes its mark off, and goes on
// to the next row. Marks are kept by function, whatever the rows do.
func (p *Page) mark(env *page.Env) page.Step {
	fn := p.current()
	if fn == nil {
		return nil
	}
	i := slices.Index(p.marked, fn.ID)
	switch {
	case i >= 0:
		p.marked = slices.Delete(p.marked, i, i+1)
	case len(p.marked) == page.MostTailed:
		return page.Say{Text: fmt.Sprintf("%d functions are marked: no more can be tailed at once.", page.MostTailed), Bad: true}
	default:
		p.marked = append(p.marked, fn.ID)
	}
	p.table.Move(1)
	p.touched(env)
	return nil
}

// unmark takes all marks off.
func (p *Page) unmark() { p.marked = nil }

// Chosen are the functions that are marked, or else the one under the cursor.
func (p *Page) Chosen() []sources.FunctionID {
	if len(p.marked) > 0 {
		return slices.Clone(p.marked)
	}
	if fn := p.current(); fn != nil {
		return []sources.FunctionID{fn.ID}
	}
	return nil
}

// signs gives the sign before each row that is marked.
func (p *Page) signs(env *page.Env) func(row int) string {
	if len(p.marked) == 0 {
		return nil
	}
	return func(row int) string {
		if fn, _ := p.rowAt(row); fn != nil && slices.Contains(p.marked, fn.ID) {
			return env.Theme.Glyphs.Good
		}
		return ""
	}
}

// tails are the bindings that have to do with logs.
func (p *Page) tails(env *page.Env) []key.Binding {
	k := env.Keys
	if len(p.marked) == 0 {
		return []key.Binding{k.Logs, k.Mark}
	}
	all := []key.Binding{keys.Named(k.Logs, fmt.Sprintf("logs of %d marked", len(p.marked))), k.Mark}
	if p.filterIs == "" {
		all = append(all, keys.Named(k.Back, "unmark all"))
	}
	return all
}
