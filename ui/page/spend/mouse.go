package spend

import (
	"strconv"
	"strings"

	"fntop/sources"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/whatif"
)

// Click selects the row at a place, or sorts by the column whose title is
// there; a second click on that turns the order around.
func (p *Page) Click(env *page.Env, x, y int) page.Step {
	defer p.arrange(env)
	if p.month == nil {
		return nil
	}
	id, row := p.table().Hit(x, y-len(p.above(env)))
	switch {
	case row >= 0:
		p.table().Select(row)
		p.touched()
	case id >= 0 && p.view == byFunction:
		p.sortBy(column(id))
	}
	return nil
}

// Scroll moves the rows.
func (p *Page) Scroll(env *page.Env, by int) {
	p.table().Scroll(by)
	p.touched()
	p.arrange(env)
}

// copied is the row under the cursor, its fields separated by tabs, as a
// spreadsheet takes them.
func (p *Page) copied() page.Step {
	if p.month == nil {
		return nil
	}
	var fields []string
	rows, i := p.rows(new(theme.Theme)), p.table().Cursor()
	if i >= rows.Len() {
		return nil
	}
	switch p.view {
	case byFunction:
		it := p.current()
		fields = []string{it.title(), it.id.Region, it.id.Account}
		for c := colToDate; c < colCount; c++ {
			if c == colRange {
				continue
			}
			fields = append(fields, exactly(it.figures[c]))
		}
	case byComponent:
		c := p.components()[i]
		fields = []string{c.name, exactly(c.usd)}
	case whatChanged:
		d := p.difference()
		fields = []string{name{d.Function, d.Group}.title(), d.Function.Region, exactly(dollars(d.Before)), exactly(dollars(d.After)), exactly(dollars(d.USD()))}
	case whatIf:
		o := p.options[i]
		fields = []string{p.current().title(), whatif.What(o), exactly(o.Low), exactly(o.High), whatif.Latency(o), string(o.Basis)}
	case viewCount:
	}
	for i := range fields {
		fields[i] = sources.Clean(fields[i])
	}
	return page.Copy{What: "the row", Text: strings.Join(fields, "\t")}
}

// exactly is an amount with all its digits; empty when it is not known.
func exactly(usd sources.Opt[float64]) string {
	x, ok := usd.Get()
	if !ok {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
