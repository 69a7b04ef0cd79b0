package function

import "fntop/ui/page"

// Click selects the invocation at a place.
func (p *Page) Click(env *page.Env, x, y int) page.Step {
	_, row := p.table.Hit(x, y-(p.height-p.layout().list))
	if row >= 0 {
		p.table.Select(row)
		p.touched()
		p.arrange(env)
	}
	return nil
}

// Scroll moves the list.
func (p *Page) Scroll(env *page.Env, by int) {
	p.table.Scroll(by)
	p.touched()
	p.arrange(env)
}
