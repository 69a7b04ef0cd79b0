package functions

import (
	"fmt"
	"slices"
	"strings"

	"fntop/ui/filter"
	"fntop/ui/page"
	"fntop/ui/widget/table"
)

// Settings are how a user wants the page. The zero Settings are the page's
// own: all columns, the most invoked first, no filter. What is in them must
// have passed [CheckColumn], [CheckSort], filter.Parse and [ParseGrouping];
// anything else is left out.
type Settings struct {
	// Columns are titles, as they stand in the table, in the order of the
	// screen; nil means all. The name of the function always comes first.
	Columns []string
	// Sort is the title of the column to sort by, empty for invocations a
	// minute; Reverse turns its direction around, which for names is from A on
	// and for figures from the largest on.
	Sort    string
	Reverse bool
	// Filter is what is typed after "/".
	Filter string
	// Group is what rows are gathered by, as [ParseGrouping] reads it.
	Group string
}

// View is how a user has left the page.
type View struct {
	Sort       string // the title of a column
	Descending bool
	Filter     string
	Group      string // see ParseGrouping; empty for none
}

// every are all columns that there are.
func every() []table.Column { return columns(manyOf{regions: true, accounts: true}) }

// Columns are the titles of all columns, in lower case.
func Columns() []string {
	var titles []string
	for _, c := range every() {
		titles = append(titles, strings.ToLower(c.Title))
	}
	return titles
}

// SortColumns are the titles of the columns that rows can be sorted by, in
// lower case.
func SortColumns() []string {
	return slices.DeleteFunc(Columns(), func(title string) bool { return CheckSort(title) != nil })
}

// titled finds a column by its whole title, in any case.
func titled(title string) (column, bool) {
	for _, c := range every() {
		if strings.EqualFold(c.Title, title) {
			return column(c.ID), true
		}
	}
	return 0, false
}

// CheckColumn tells what is wrong with the title of a column.
func CheckColumn(title string) error {
	if _, ok := titled(title); !ok {
		return fmt.Errorf("there is no column %q, but %s", title, strings.Join(Columns(), ", "))
	}
	return nil
}

// CheckSort tells why rows cannot be sorted by the column of that title.
func CheckSort(title string) error {
	c, ok := titled(title)
	switch {
	case !ok:
		return CheckColumn(title)
	case c == colSpark:
		return fmt.Errorf("rows are not sorted by %q, which is a picture: sort by inv/min", title)
	}
	return nil
}

// set takes settings over.
func (p *Page) set(s Settings) {
	for _, title := range s.Columns {
		if c, ok := titled(title); ok && c != colName && !slices.Contains(p.chosen, c) {
			p.chosen = append(p.chosen, c)
		}
	}
	if len(p.chosen) > 0 {
		p.chosen = slices.Insert(p.chosen, 0, colName)
	}
	if c, ok := titled(s.Sort); ok && c != colSpark {
		p.sort, p.desc = c, c.descending()
	}
	p.desc = p.desc != s.Reverse
	if f, err := filter.Parse(s.Filter); err == nil {
		p.filter, p.filterIs = f, s.Filter
	}
	if g, err := ParseGrouping(s.Group); err == nil {
		p.grouping = g
	}
	p.table.SetColumns(p.columns())
}

// columns are the columns of the table: those that the user has chosen, or
// else those worth their room.
func (p *Page) columns() []table.Column {
	if len(p.chosen) == 0 {
		return p.titledByGroup(columns(p.many))
	}
	many := p.many
	many.regions, many.accounts = true, true
	all := columns(many)
	var list []table.Column
	for _, id := range p.chosen {
		i := slices.IndexFunc(all, func(c table.Column) bool { return c.ID == int(id) })
		list = append(list, all[i])
	}
	return p.titledByGroup(list)
}

// titledByGroup says over the names what they are gathered by.
func (p *Page) titledByGroup(list []table.Column) []table.Column {
	const longest = 12 // of a label that is worth its room
	label := strings.ToUpper(p.grouping.label())
	if p.grouping.by == byTag { // which has a name of its own, that may be one of ours
		label = p.grouping.String()
	}
	switch {
	case p.grouping == (Grouping{}):
		return list
	case len(p.grouping.label()) > longest || strings.ContainsFunc(label, func(r rune) bool { return r <= ' ' || r > '~' }):
		label = strings.ToUpper(p.grouping.by.String())
	}
	list[0].Title = label + " / " + list[0].Title
	return list
}

// has tells whether the table has a column, on a screen that is wide enough.
func (p *Page) has(c column) bool {
	return slices.ContainsFunc(p.columns(), func(t table.Column) bool { return t.ID == int(c) })
}

// View is how the page is sorted and filtered. A filter that is being typed
// or is wrong is not part of it.
func (p *Page) View() View {
	v := View{Descending: p.desc, Filter: p.filterIs}
	if p.grouping != (Grouping{}) {
		v.Group = p.grouping.String()
	}
	for _, c := range every() {
		if c.ID == int(p.sort) {
			v.Sort = strings.ToLower(c.Title)
		}
	}
	if p.prompt.Focused() {
		v.Filter = p.before
	}
	if _, err := filter.Parse(v.Filter); err != nil {
		v.Filter = ""
	}
	return v
}

// Restore sorts and filters as the user has left the page before. What is
// no longer understood of it is left as it is.
func (p *Page) Restore(env *page.Env, v View) {
	if c, ok := titled(v.Sort); ok && c != colSpark {
		p.sort, p.desc = c, v.Descending
	}
	if f, err := filter.Parse(v.Filter); err == nil {
		p.filter, p.filterIs = f, v.Filter
	}
	if g, err := ParseGrouping(v.Group); err == nil {
		p.grouping = g
		p.table.SetColumns(p.columns())
	}
	p.rebuild(env)
	p.arrange(env)
}
