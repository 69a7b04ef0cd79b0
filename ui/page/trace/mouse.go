package trace

import "fntop/ui/page"

// Click selects the span at a place.
func (p *Page) Click(env *page.Env, x, y int) page.Step {
	const above = 2 // the ID and the state
	if _, row := p.table.Hit(x, y-above); row >= 0 && row < len(p.rows) {
		p.table.Select(row)
		p.Resize(env, p.width, p.height)
	}
	return nil
}

// Scroll moves the spans.
func (p *Page) Scroll(env *page.Env, by int) {
	p.table.Scroll(by)
	p.Resize(env, p.width, p.height)
}
