package functions

import "fntop/ui/page"

// Click selects the row at a place, or sorts by the column whose title is
// there; a second click on that turns the order around, and one on the header
// of a group folds it.
func (p *Page) Click(env *page.Env, x, y int) page.Step {
	defer p.arrange(env)
	if step, ok := p.clickEvents(env, x, y); ok {
		return step
	}
	if len(p.order) == 0 {
		return nil
	}
	id, row := p.table.Hit(x, y)
	c := column(id)
	switch {
	case row >= 0:
		again := p.table.Cursor() == row
		p.table.Select(row)
		p.touched(env)
		if at, ok := p.header(); ok && again {
			p.fold(env, !p.folded[p.foldKey(at)])
		}
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

// clickEvents takes a click at the events: the strip opens into the list, where
// a click selects. Any click beside the list closes it.
func (p *Page) clickEvents(env *page.Env, x, y int) (page.Step, bool) {
	above := p.height - p.stripHeight()
	if p.barShown() {
		above--
	}
	switch s := &p.strip; {
	case !s.open && y < above || p.stripHeight() == 0:
		return nil, false
	case !s.open:
		return p.openEvents(env), true
	case y < above:
		s.open = false
	default:
		if _, row := s.list.Hit(x, y-above); row >= 0 {
			s.list.Select(row)
		}
	}
	return nil, true
}

// Scroll moves the rows, or the events while their list is open.
func (p *Page) Scroll(env *page.Env, by int) {
	if p.strip.open {
		p.strip.list.Scroll(by)
		return
	}
	p.table.Scroll(by)
	p.touched(env)
	p.arrange(env)
}
