package tail

import "fntop/ui/page"

// Click selects the line at a place; on the rule above the lines it goes to
// the newest.
func (p *Page) Click(env *page.Env, _, y int) page.Step {
	switch head := len(p.head(env)); {
	case head > 0 && y == head-1:
		p.logs.End()
	default:
		p.logs.Select(y - head)
	}
	p.sifter.anchored = false
	p.arrange(env)
	return nil
}

// Scroll moves the lines.
func (p *Page) Scroll(env *page.Env, by int) {
	p.logs.Scroll(by)
	p.sifter.anchored = false
	p.arrange(env)
}
