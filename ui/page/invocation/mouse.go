package invocation

import "fntop/ui/page"

// Click selects the log line at a place.
func (p *Page) Click(env *page.Env, _, y int) page.Step {
	p.logs.Select(y - len(p.top(env)) - 1)
	return nil
}

// Scroll moves the log.
func (p *Page) Scroll(_ *page.Env, by int) { p.logs.Scroll(by) }
