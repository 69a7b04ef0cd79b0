package functions

import "fntop/ui/page"

// Click selects the row at a place, or sorts by the column whose title is
// there; a second click on that turns the order around.
func (p *Page) Click(env *page.Env, x, y int) page.Step {
	defer p.arrange(env)
	if len(p.order) == 0 {
		return nil
	}
	id, row := p.table.Hit(x, y-len(p.notices(env)))
	c := column(id)
	switch {
	case row >= 0:
		p.table.Select(row)
		p.touched(env)
	case id < 0 || c == colSpark:
	case c == p.sort:
		p.desc = !p.desc
		p.rebuild(env)
	default:
		p.sort, p.desc = c, c.descending()
		p.rebuild(env)
	}
	return nil
}

// Scroll moves the rows.
func (p *Page) Scroll(env *page.Env, by int) {
	p.table.Scroll(by)
	p.touched(env)
	p.arrange(env)
}
