package function

import "fntop/ui/page"

// Click chooses the tab at a place, or does what the tab does there.
func (p *Page) Click(env *page.Env, x, y int) page.Step {
	defer p.arrange(env)
	switch head := p.head(); {
	case p.height >= leastTabs && y == 1:
		if i := p.tabAt(x); i >= 0 {
			p.tab = i
			p.now().take(env)
		}
	case y >= head:
		p.now().click(env, x, y-head)
	}
	return nil
}

// Scroll moves what the tab shows.
func (p *Page) Scroll(env *page.Env, by int) {
	p.now().scroll(by)
	p.arrange(env)
}
