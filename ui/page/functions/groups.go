package functions

import (
	"cmp"
	"slices"

	"fntop/sources/fleet"
	"fntop/ui/format"
	"fntop/ui/page"
	"fntop/ui/theme"
	"fntop/ui/traffic"
	"fntop/ui/widget/line"
	"fntop/ui/widget/spark"
	"fntop/ui/widget/table"
)

// group is the functions that have something in common.
type group struct {
	key     groupKey
	title   string
	total   subtotal
	traffic traffic.Sum
	members []int32 // sorted
	sort    sortKey
}

// foldKey names a group of any grouping.
type foldKey struct {
	grouping Grouping
	group    groupKey
}

// join puts a function that passes the filter into its group.
func (p *Page) join(i int, fn *fleet.Function, row *fleet.Row) {
	key := p.grouping.of(fn)
	at, ok := p.groupAt[key]
	if !ok {
		at = int32(len(p.groups)) //nolint:gosec // far fewer groups than that
		p.groupAt[key] = at
		p.groups = append(p.groups, group{key: key, title: p.grouping.title(key)})
	}
	p.groupOf[i] = at
	p.groups[at].total.add(fn, row, p.win)
	p.groups[at].traffic.Add(row)
}

// disband forgets the groups before they are made anew.
func (p *Page) disband() {
	p.groups, p.groupOrder = p.groups[:0], p.groupOrder[:0]
	p.groupAt = make(map[groupKey]int32)
	p.groupOf = slices.Grow(p.groupOf[:0], p.snap.Len())[:p.snap.Len()]
	for i := range p.groupOf {
		p.groupOf[i] = -1
	}
}

// recount adds the rows of each group up again. ok is false when a function
// has come or has changed its group.
func (p *Page) recount() (ok bool) {
	if p.snap.Len() != len(p.groupOf) {
		return false
	}
	for i := range p.groups {
		p.groups[i].total, p.groups[i].traffic = subtotal{}, traffic.Sum{}
	}
	for i, at := range p.groupOf {
		if at < 0 {
			continue
		}
		fn, g := p.snap.Function(i), &p.groups[at]
		if p.grouping.of(fn) != g.key {
			return false
		}
		p.row = fn.Row(p.win)
		g.total.add(fn, &p.row, p.win)
		g.traffic.Add(&p.row)
	}
	return true
}

// gather deals the sorted functions out to their groups and sorts these: by
// their subtotals where the column has some, and else by their first function.
func (p *Page) gather() {
	p.dealt = slices.Grow(p.dealt[:0], len(p.keys))[:len(p.keys)]
	size := make([]int, len(p.groups))
	for _, k := range p.keys {
		size[p.groupOf[k.index]]++
	}
	from := 0
	for i := range p.groups {
		p.groups[i].members = p.dealt[from : from : from+size[i]]
		from += size[i]
		p.groupOrder = append(p.groupOrder, int32(i)) //nolint:gosec // far fewer groups than that
	}
	for _, k := range p.keys {
		g := &p.groups[p.groupOf[k.index]]
		if len(g.members) == 0 {
			g.sort = k
		}
		g.members = append(g.members, k.index)
	}
	slices.SortFunc(p.groupOrder, func(a, b int32) int {
		x, y := &p.groups[a], &p.groups[b]
		return cmp.Or(cmp.Compare(x.key.kind, y.key.kind), cmp.Compare(x.title, y.title), cmp.Compare(x.key.name, y.key.name))
	})
	for rank, at := range p.groupOrder {
		g := &p.groups[at]
		g.sort.rank = int32(rank) //nolint:gosec // far fewer groups than that
		switch {
		case p.sort == colName:
			g.sort.num, g.sort.known = float64(rank), true
		case p.sort.addsUp():
			g.sort.num, g.sort.known = g.total.figure(p.sort)
		}
	}
	order := ascending
	if p.desc {
		order = descending
	}
	slices.SortFunc(p.groupOrder, func(a, b int32) int { return order(p.groups[a].sort, p.groups[b].sort) })
}

// unroll makes the rows of the groups: of each a header, and its functions
// unless it is folded.
func (p *Page) unroll() {
	p.order = p.order[:0]
	for _, at := range p.groupOrder {
		p.order = append(p.order, ^at)
		if !p.folded[p.foldKey(at)] {
			p.order = append(p.order, p.groups[at].members...)
		}
	}
}

func (p *Page) foldKey(at int32) foldKey { return foldKey{p.grouping, p.groups[at].key} }

// rowAt is the function in a row, or the group whose header it is.
func (p *Page) rowAt(i int) (*fleet.Function, *group) {
	switch at := p.order[i]; {
	case at < 0:
		return nil, &p.groups[^at]
	default:
		return p.snap.Function(int(at)), nil
	}
}

// header is the group whose header the cursor is on; ok is false when it is on
// none.
func (p *Page) header() (at int32, ok bool) {
	if i := p.table.Cursor(); i < len(p.order) && p.order[i] < 0 {
		return ^p.order[i], true
	}
	return 0, false
}

// fold folds or unfolds the group of the cursor's header, on its place.
func (p *Page) fold(env *page.Env, folded bool) {
	at, ok := p.header()
	if !ok {
		if folded {
			p.toHeader(env)
		}
		return
	}
	if folded {
		p.folded[p.foldKey(at)] = true
	} else {
		delete(p.folded, p.foldKey(at))
	}
	line := p.table.Cursor() - p.table.Top()
	p.unroll()
	p.table.SetLen(len(p.order))
	p.table.SelectAt(slices.Index(p.order, ^at), line)
	p.touched(env)
}

// toHeader goes to the header of the group that the cursor is in.
func (p *Page) toHeader(env *page.Env) {
	for i := min(p.table.Cursor(), len(p.order)-1); i >= 0; i-- {
		if p.order[i] < 0 {
			p.table.Select(i)
			p.touched(env)
			return
		}
	}
}

// GroupBy gathers the rows.
func (p *Page) GroupBy(env *page.Env, g Grouping) {
	if g == p.grouping {
		return
	}
	if p.onHeader { // of a group that will be no more
		p.onHeader, p.pinned = false, p.selected.Name != ""
	}
	p.grouping = g
	p.table.SetColumns(p.columns())
	p.rebuild(env)
	p.arrange(env)
}

// nextGrouping goes on to the next grouping that makes sense.
func (p *Page) nextGrouping(env *page.Env) page.Step {
	all := groupings(p.snap, p.grouping)
	next := all[(slices.Index(all, p.grouping)+1)%len(all)]
	p.GroupBy(env, next)
	if next == (Grouping{}) {
		return page.Say{Text: "Not grouped.", Done: true}
	}
	return page.Say{Text: "Grouped by " + next.words() + ".", Done: true}
}

// header gives the cells of a group's header: its subtotals.
func (r *rows) header(c column, width int) table.Cell {
	th, t := r.th, &r.group.total
	switch c {
	case colName:
		return r.groupName(width)
	case colPerMinute:
		return r.sum(t.perMinute, width, format.CountIn, th.Strong)
	case colSpark:
		return table.Cell{Text: spark.Draw(&th.Glyphs, r.group.traffic.Values(), width), Style: th.Spark, Trusted: true}
	case colSum:
		return r.sum(t.inv, width, format.CountIn, th.Strong)
	case colThrottles:
		cell := r.sum(t.throttles, width, format.CountIn, th.Warn)
		return quietZero(th, cell, t.throttles.sum == 0)
	case colErrors:
		return errorCell(th, t.share(t.errs))
	case colCold:
		return coldCell(th, t.share(t.cold))
	case colPrice:
		price := t.share(t.cost)
		if v, ok := price.Get(); ok {
			return table.Cell{Text: format.Amount(v * 1e6), Style: th.Strong}
		}
		return table.Cell{Text: format.Unknown, Style: th.Muted}
	case colCost:
		return r.sum(t.cost, width, format.USDIn, th.Strong)
	case colP50, colP95, colP99, colInit:
		return table.Cell{Text: format.Unknown, Style: th.Muted}
	default:
		return table.Cell{}
	}
}

// sum is a subtotal, with a sign when some of it is not known. Of what is at
// least nothing, nothing is known.
func (r *rows) sum(p part, width int, write func(x float64, width int) string, st theme.Style) table.Cell {
	v, ok := p.some().Get()
	switch {
	case !ok, v == 0 && p.missing > 0:
		return table.Cell{Text: format.Unknown, Style: r.th.Muted}
	case p.missing > 0:
		sign := r.th.Glyphs.AtLeast
		return table.Cell{Text: sign + write(v, width-line.Width(sign)), Style: st}
	}
	return table.Cell{Text: write(v, width), Style: st}
}

func (r *rows) groupName(width int) table.Cell {
	g, sign := r.group, r.th.Glyphs.Unfolded
	if r.p.folded[foldKey{r.p.grouping, g.key}] {
		sign = r.th.Glyphs.Folded
	}
	count := format.Int(int64(g.total.functions))
	return table.Cell{Draw: func(b *line.Builder) {
		title, _ := line.Fit(g.title, max(width-3-len(count), 1), r.th.Glyphs.Ellipsis)
		b.Sign(r.th.Accent, sign).Space(1).Text(r.th.Strong, title).Space(1)
		b.Text(r.th.Muted, count)
	}}
}
