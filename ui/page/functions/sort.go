package functions

import (
	"cmp"
	"slices"

	"fntop/ui/filter"
	"fntop/ui/page"
)

// sortKey is what a row is sorted by: a number, and among equal ones the
// place of its function by name. Text is sorted by numbers too: its place
// among all texts of the column. A key holds no pointers, so that sorting ten
// thousand of them touches nothing else.
type sortKey struct {
	num   float64
	rank  int32
	index int32
	known bool
}

// rank finds each function's place by name. Functions stay where they are in
// a snapshot, so this is only done when there are new ones.
func (p *Page) rank() {
	if p.ranked != nil && len(p.ranks) == p.snap.Len() && p.sameIDs() {
		p.ranked = p.snap
		return
	}
	byName := make([]int32, p.snap.Len())
	for i := range byName {
		byName[i] = int32(i) //nolint:gosec // far fewer functions than that
	}
	slices.SortFunc(byName, func(a, b int32) int {
		return p.snap.Function(int(a)).ID.Compare(p.snap.Function(int(b)).ID)
	})
	p.ranks = make([]int32, len(byName))
	for rank, i := range byName {
		p.ranks[i] = int32(rank) //nolint:gosec // far fewer functions than that
	}
	p.ranked = p.snap
}

// sameIDs tells whether the snapshot has the functions that were ranked, in
// their places.
func (p *Page) sameIDs() bool {
	if p.ranked == p.snap {
		return true
	}
	for i := range p.snap.Len() {
		a, b := p.snap.Function(i), p.ranked.Function(i)
		if a != b && a.ID != b.ID {
			return false
		}
	}
	return true
}

// texts numbers the texts of the sorted column by their order; nil when the
// column holds figures.
func (p *Page) texts() map[string]float64 {
	get := p.sort.text()
	if get == nil || p.sort == colName {
		return nil
	}
	numbers := make(map[string]float64)
	var all []string
	for i := range p.snap.Len() {
		text := get(p.snap.Function(i))
		if _, ok := numbers[text]; !ok {
			numbers[text] = 0
			all = append(all, text)
		}
	}
	slices.Sort(all)
	for i, text := range all {
		numbers[text] = float64(i)
	}
	return numbers
}

// ascending and descending order rows: what is not known comes last in both,
// and equal rows stand by name.
func ascending(a, b sortKey) int {
	switch {
	case a.known != b.known:
		return knownFirst(a)
	case a.num != b.num:
		return cmp.Compare(a.num, b.num)
	}
	return cmp.Compare(a.rank, b.rank)
}

func descending(a, b sortKey) int {
	switch {
	case a.known != b.known:
		return knownFirst(a)
	case a.num != b.num:
		return cmp.Compare(b.num, a.num)
	}
	return cmp.Compare(a.rank, b.rank)
}

func knownFirst(a sortKey) int {
	if a.known {
		return -1
	}
	return 1
}

// SortBy sorts by the column of that title, as it stands in the table.
func (p *Page) SortBy(env *page.Env, title string) bool {
	for _, c := range every() {
		if filter.Contains(c.Title, title) && c.ID != int(colSpark) {
			p.sort, p.desc = column(c.ID), column(c.ID).descending()
			p.rebuild(env)
			p.arrange(env)
			return true
		}
	}
	return false
}

// nextSort goes on to the next column that can be sorted by.
func (p *Page) nextSort() {
	for range colCount {
		p.sort = (p.sort + 1) % colCount
		if p.sort == colSpark || !p.has(p.sort) {
			continue
		}
		break
	}
	p.desc = p.sort.descending()
}
